"""Series as small multiples: numbers with their bounds over honest time, no line drawn where nothing was seen."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from yardwatch.errors import DateError
from yardwatch.model.dates import When, parse_when
from yardwatch.model.series import Censored, Point, Series
from yardwatch.report.contents import Followed
from yardwatch.report.dates import date_words
from yardwatch.report.svg import element, number, text, titled
from yardwatch.report.timeline import (
    FAINT,
    INK,
    SOFT,
    Numbered,
    TimeAxis,
    axis_of,
    axis_svg,
    coverage_svg,
    event_levels,
    events_svg,
)
from yardwatch.report.view import WIDTH, Labels
from yardwatch.report.words import numeral
from yardwatch.trends.changepoints import ChangePoints

__all__ = ["axis_for", "key_svg", "matter_of", "place_of", "rows_svg", "series_svg", "unit_of", "value_words"]

_SANS = "Helvetica Neue, Arial, Liberation Sans, sans-serif"
_LEFT, _RIGHT, _PLOT = 62.0, WIDTH - 16, 150.0
_COLUMN, _ROW = 330.0, 40.0
_ACCENT = "#173f63"
_MOST_LABELS = 30
_NARROWEST = 5.0
_DAY = timedelta(days=1)


def axis_for(series: Sequence[Series]) -> TimeAxis:
    """One axis for all charts of a report, so that dates stand under one another."""
    return axis_of(series, left=_LEFT, right=_RIGHT)


def place_of(series: Series) -> str:
    """The extent in words."""
    return " and ".join(series.joined) if series.joined else series.extent or "whole site"


def matter_of(series: Series) -> str:
    """What is counted, in words."""
    return series.klass.replace("_", " ").replace(":", ": ")


def unit_of(series: Series) -> str:
    """The unit in words."""
    return series.unit or "number"


def value_words(point: Point) -> str:
    """The number of a point with what bounds it."""
    if not point.usable or point.best is None:
        return point.how.value
    if point.censored is Censored.LOWER:
        return f"at least {numeral(point.best)}"
    if point.censored is Censored.UPPER:
        return f"at most {numeral(point.best)}"
    bounded = point.low is not None and point.high is not None and point.low < point.high
    interval = f"{numeral(point.low or 0)}–{numeral(point.high or 0)}" if bounded else ""
    if point.value is None:
        return interval or numeral(point.best)
    return f"{numeral(point.value)} ({interval})" if interval else numeral(point.value)


def series_svg(followed: Followed, *, axis: TimeAxis | None = None, events: Sequence[Numbered] = ()) -> str:
    """One series: points with bounds, changes as bands, events as numbered verticals, and which dates were looked at.

    Parameters
    ----------
    followed : Followed
        The series, with its change points if they are to be drawn.
    axis : TimeAxis, optional
        From `axis_for`, where several charts share one; else the series' own.
    events : sequence of (int, Event)
        Events with their numbers; those beyond the axis are left out.
    """
    series = followed.series
    time = (axis or axis_for((series,))).moved(_LEFT, _RIGHT)
    placed = event_levels(time, events)
    top = 17.0 * (1 + max((level for *_, level in placed), default=-1)) + 14
    foot = top + _PLOT
    scale = _Scale(series, top, foot)
    labels = Labels(foot)
    unread = tuple(point for point in series.points if not point.usable)
    below = foot + (37 if unread else 22)
    parts = [_changes(time, followed.changes, top, foot), scale.grid(), axis_svg(time, below)]
    parts += [events_svg(placed, bottom=foot), _segments(time, scale, followed.changes)]
    parts += [_mark(time, scale, point) for point in series.usable]
    parts += _values(time, scale, series.usable, labels)
    parts += [coverage_svg(time, series.usable, foot + 5), coverage_svg(time, unread, foot + 20)]
    words = f"{place_of(series)}: {matter_of(series)} over time"
    return _figure(below + 26, words, _described(series), parts)


def rows_svg(series: Sequence[Series], *, axis: TimeAxis | None = None) -> str:
    """Series of one or two dates, one row each: a chart of its own would be empty."""
    time = (axis or axis_for(series)).moved(_COLUMN, _RIGHT)
    foot = _ROW * len(series) + 4
    parts = [axis_svg(time, foot, up_to=0)]
    for index, one in enumerate(series):
        parts.append(_row(time, one, index * _ROW + _ROW / 2))
    words = "Series of one or two dates: " + "; ".join(f"{place_of(one)}, {matter_of(one)}" for one in series)
    return _figure(foot + 28, words, " ".join(_described(one) for one in series), parts)


def key_svg(kind: str) -> str:
    """One sign of the charts, small, for the legend."""
    drawn = {
        "point": element("circle", cx=15, cy=8, r=4.2, fill=INK),
        "interval": element("path", d="M15 1V15M11 1h8M11 15h8", stroke=INK, stroke_width=1.4, fill="none")
        + element("circle", cx=15, cy=8, r=3.4, fill=INK),
        "lower": _arrow(15, 13, up=True),
        "upper": _arrow(15, 3, up=False),
        "date": _bar(3, 27, 8),
        "seen": element("rect", x=13, y=2, width=4, height=13, fill="#ffffff", stroke=SOFT, stroke_width=0.8)
        + element("rect", x=13, y=7, width=4, height=8, fill=SOFT),
        "no image": element("circle", cx=15, cy=8, r=4.3, fill="#ffffff", stroke=INK, stroke_width=1.3),
        "not usable": element("path", d="M11 4l8 8m0 -8l-8 8", stroke=INK, stroke_width=1.8, fill="none"),
        "change": element("rect", x=3, y=1, width=24, height=14, fill=_ACCENT, fill_opacity=0.12)
        + element("rect", x=10, y=1, width=10, height=14, fill=_ACCENT, fill_opacity=0.22),
        "level": element("rect", x=2, y=4, width=26, height=8, fill=_ACCENT, fill_opacity=0.12)
        + element("path", d="M2 8h26", stroke=_ACCENT, stroke_width=1.8),
        "event": element("path", d="M15 0v16", stroke=SOFT, stroke_width=1, stroke_dasharray="2 3"),
    }[kind]
    return element("svg", drawn, viewBox="0 0 30 16", width=30, height=16, aria_hidden="true")


class _Scale:
    """Numbers up the side of one chart, from zero."""

    def __init__(self, series: Series, top: float, foot: float) -> None:
        numbers = [
            value
            for point in series.usable
            for value in (point.value, point.low, point.high)
            if value is not None and np.isfinite(value)
        ]
        self.unit = unit_of(series)
        self.step = _step(max(numbers, default=1.0))
        self.most = self.step * max(1, int(np.ceil(max(numbers, default=1.0) / self.step - 1e-9)))
        self.top, self.foot = top, foot

    def y(self, value: float) -> float:
        """Height of a number."""
        room = self.foot - self.top - 16
        return self.foot - room * min(max(value / self.most, 0.0), 1.0)

    def grid(self) -> str:
        """Lines and numbers at round steps, the unit above the highest."""
        steps = [self.step * index for index in range(round(self.most / self.step) + 1)]
        lines = [
            element(
                "path", d=f"M{number(_LEFT)} {number(self.y(at))}H{number(_RIGHT)}", stroke=FAINT if at else INK,
                stroke_width=0.7,
            )
            for at in steps
        ]  # fmt: skip
        digits = [
            element(
                "text", numeral(float(f"{at:.6g}")), x=_LEFT - 8, y=self.y(at), font_size=13, text_anchor="end",
                fill=SOFT, dominant_baseline="central",
            )
            for at in steps
        ]  # fmt: skip
        return element("g", *lines, *digits)


def _step(most: float) -> float:
    """A round step that makes two to five of them."""
    rough = max(most, 1e-6) / 4
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough - 1e-12)
    return float(max(step, 1.0) if most >= 1 else step)


def _mark(time: TimeAxis, scale: _Scale, point: Point) -> str:
    """One point: a dot, or a bar where the date is uncertain; its interval, or an arrow where one side is open."""
    span = time.span(point.when)
    if span is None or point.best is None:
        return ""
    x, y = sum(span) / 2, scale.y(point.best)
    parts = []
    if point.low is not None and point.high is not None and point.high > point.low:
        low, high = scale.y(point.low), scale.y(point.high)
        whisker = f"M{number(x)} {number(low)}V{number(high)}m-4 0h8M{number(x - 4)} {number(low)}h8"
        parts.append(element("path", d=whisker, stroke=INK, stroke_width=1.4, fill="none"))
    if point.censored is not Censored.NONE:
        parts.append(_arrow(x, y, up=point.censored is Censored.LOWER))
    elif point.value is not None and not _uncertain(point, span):
        parts.append(element("circle", cx=x, cy=y, r=4.2, fill=INK))
    if _uncertain(point, span):
        parts.append(_bar(*span, y))
    said = f"{date_words(point.when)}: {value_words(point)}"
    return element("g", titled(said), *parts)


def _uncertain(point: Point, span: tuple[float, float]) -> bool:
    """Whether the date is known less well than to the day, and the drawing can show it."""
    first, last = point.when.earliest, point.when.latest
    return first is not None and last is not None and last - first > _DAY and span[1] - span[0] > _NARROWEST


def _arrow(x: float, y: float, *, up: bool) -> str:
    """A tick at the known bound and an arrow to the open side."""
    turn = -1 if up else 1
    stem = f"M{number(x - 6)} {number(y)}h12M{number(x)} {number(y)}v{number(turn * 10)}"
    head = f"M{number(x - 4)} {number(y + turn * 7)}l4 {number(turn * 5)}l4 {number(-turn * 5)}"
    return element("path", d=stem + head, stroke=INK, stroke_width=1.8, fill="none", stroke_linejoin="round")


def _bar(x0: float, x1: float, y: float) -> str:
    """A horizontal bar with ends: the date lies somewhere on it."""
    d = f"M{number(x0)} {number(y)}H{number(x1)}M{number(x0)} {number(y - 4)}v8M{number(x1)} {number(y - 4)}v8"
    return element("path", d=d, stroke=INK, stroke_width=2.2, fill="none")


def _values(time: TimeAxis, scale: _Scale, points: Sequence[Point], labels: Labels) -> list[str]:
    """The numbers beside the points, where there is room."""
    places = [
        (point, *span, scale.y(point.best))
        for point in points
        if point.best is not None and (span := time.span(point.when)) is not None
    ]
    if len(places) > _MOST_LABELS:
        return []
    for _, x0, x1, y in places:
        labels.take((x0 + x1) / 2, y, max(x1 - x0, 9), 9)
    written = []
    for point, x0, x1, y in sorted(places, key=lambda item: item[3]):
        words = _short(point)
        wide = 7.3 * len(words) + 2
        after, before = x1 + wide / 2 + 8, x0 - wide / 2 - 8
        spots = [(after, y - 1), (before, y - 1), ((x0 + x1) / 2, y - 13), (after, y - 13)]
        for at, height in spots:
            if labels.free(at, height, wide, 12):
                written.append(_label(words, at, height))
                break
    return written


def _label(words: str, x: float, y: float, *, anchor: str = "middle", weight: str = "600", fill: str = INK) -> str:
    return element(
        "text", text(words), x=x, y=y, font_size=13, font_weight=weight, text_anchor=anchor, fill=fill,
        dominant_baseline="central", stroke="#ffffff", stroke_width=3, paint_order="stroke", stroke_linejoin="round",
    )  # fmt: skip


def _short(point: Point) -> str:
    if point.value is None and point.censored is Censored.NONE and point.low is not None and point.high is not None:
        return f"{numeral(point.low)}–{numeral(point.high)}"
    sign = {Censored.LOWER: "≥ ", Censored.UPPER: "≤ ", Censored.NONE: ""}[point.censored]
    return sign + numeral(point.best or 0)


def _changes(time: TimeAxis, found: ChangePoints | None, top: float, foot: float) -> str:
    """For each change a pale band for its interval and a darker one where it most probably lies."""
    parts = []
    for change in found.changes if found else ():
        words = f"change between {date_words(change.after)} and {date_words(change.before)}"
        spans = (_between(time, _parsed(change.interval_edtf)), _between(time, _parsed(change.edtf)))
        bands = [
            element(
                "rect", x=span[0], y=top, width=max(span[1] - span[0], 3), height=foot - top, fill=_ACCENT,
                fill_opacity=shade,
            )
            for span, shade in zip(spans, (0.09, 0.14), strict=True)
            if span
        ]  # fmt: skip
        parts.append(element("g", titled(words), *bands))
    return element("g", *parts) if parts else ""


def _between(time: TimeAxis, when: When | None) -> tuple[float, float] | None:
    return time.span(when) if when else None


def _parsed(edtf: str) -> When | None:
    try:
        return parse_when(edtf)
    except DateError:
        return None


def _segments(time: TimeAxis, scale: _Scale, found: ChangePoints | None) -> str:
    """The level between changes, with its interval."""
    parts = []
    for part in found.segments if found and found.changes else ():
        if part.first.earliest is None or part.last.latest is None:
            continue
        x0, x1 = time.x(part.first.earliest), time.x(part.last.latest)
        x0, x1 = (x0 - 4, x1 + 4) if x1 - x0 < 8 else (x0, x1)
        low, high = scale.y(part.low), scale.y(part.high)
        box = element("rect", x=x0, y=high, width=x1 - x0, height=max(low - high, 1), fill=_ACCENT, fill_opacity=0.12)
        line = f"M{number(x0)} {number(scale.y(part.rate))}H{number(x1)}"
        parts.append(box + element("path", d=line, stroke=_ACCENT, stroke_width=1.8))
    return element("g", *parts) if parts else ""


def _row(time: TimeAxis, series: Series, y: float) -> str:
    what = f"{matter_of(series)} ({series.unit})" if series.unit else matter_of(series)
    names = [
        element("text", text(_cut(place_of(series), 46)), x=0, y=y - 5, font_size=13, font_weight="600", fill=INK),
        element("text", text(_cut(what, 50)), x=0, y=y + 11, font_size=12, fill=SOFT),
    ]
    line = element("path", d=f"M{number(time.left)} {number(y)}H{number(time.right)}", stroke=FAINT, stroke_width=0.7)
    labels, marks = Labels(y + _ROW), []
    for point in sorted(series.points, key=lambda one: one.usable):
        span = time.span(point.when)
        if span is None:
            continue
        if not point.usable:
            marks.append(coverage_svg(time, (point,), y + 5.5))
            labels.take(sum(span) / 2, y + 12, 10, 12)
            continue
        x, words = sum(span) / 2, _short(point)
        labels.take(x, y, 10, 10)
        marks.append(_flat(point, span, y))
        wide = 7.3 * len(words) + 2
        ahead = x + max((span[1] - span[0]) / 2, 6) + 6
        spots = [(ahead + wide / 2, y), (x - wide / 2 - 12, y), (x, y - 13), (ahead + wide / 2, y - 13)]
        spot = next(((at, height) for at, height in spots if labels.free(at, height, wide, 12)), None)
        marks.append(_label(words, *spot) if spot else "")
    return element("g", titled(series.name), *names, line, *marks)


def _flat(point: Point, span: tuple[float, float], y: float) -> str:
    """A point in a row, where height means nothing."""
    mark = _bar(*span, y) if _uncertain(point, span) else ""
    if point.censored is not Censored.NONE:
        up = point.censored is Censored.LOWER
        mark += _arrow(sum(span) / 2, y + (5 if up else -5), up=up)
    elif not mark:
        mark = element("circle", cx=sum(span) / 2, cy=y, r=4.2, fill=INK)
    return element("g", titled(f"{date_words(point.when)}: {value_words(point)}"), mark)


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"


def _described(series: Series) -> str:
    """The whole series in words, for those who do not see the drawing."""
    told = [f"{date_words(point.when)}: {value_words(point)}" for point in series.points[:60]]
    more = f" and {len(series.points) - 60} more dates" if len(series.points) > 60 else ""
    return f"{place_of(series)}, {matter_of(series)} ({unit_of(series)}): {'; '.join(told) or 'no date'}{more}."


def _figure(height: float, words: str, description: str, parts: Sequence[str]) -> str:
    return element(
        "svg", titled(words), element("desc", text(description)), *parts, xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH:.0f} {number(height)}", width=WIDTH, height=round(height), role="img", font_family=_SANS,
        class_="chart",
    )  # fmt: skip
