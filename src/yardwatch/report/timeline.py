"""A time axis that is true to the days between dates, with events and coverage along it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timedelta

from yardwatch.model.dates import When
from yardwatch.model.event import Event
from yardwatch.model.series import How, Point, Series
from yardwatch.report.dates import date_words
from yardwatch.report.svg import element, number, text, titled

__all__ = [
    "FAINT",
    "INK",
    "SOFT",
    "Numbered",
    "TimeAxis",
    "axis_of",
    "axis_svg",
    "coverage_svg",
    "event_levels",
    "events_svg",
]

INK, SOFT, FAINT = "#14191f", "#4c545c", "#c9ced3"

_DAY = timedelta(days=1)
_LEVEL_H, _LABEL_W = 17.0, 20.0
_MOST_LEVELS = 4
_STEPS = ((900, 12), (420, 3), (120, 1))
"""Longer than so many days: a tick every so many months."""

Numbered = tuple[int, Event]
"""An event with its number in the report."""


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Which instants lie where across a drawing."""

    start: datetime
    """Instant at `left`."""
    end: datetime
    """Instant at `right`."""
    left: float
    """Drawing units."""
    right: float
    """Drawing units."""

    def x(self, moment: datetime) -> float:
        """Where an instant lies; those beyond the ends lie at the ends."""
        share = (moment - self.start) / (self.end - self.start)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)

    def span(self, when: When) -> tuple[float, float] | None:
        """Where a date begins and ends; None if it is open or lies wholly beyond the ends."""
        if when.earliest is None or when.latest is None or when.latest < self.start or when.earliest > self.end:
            return None
        return self.x(when.earliest), self.x(when.latest)

    def moved(self, left: float, right: float) -> "TimeAxis":
        """The same time across another width."""
        return TimeAxis(self.start, self.end, left, right)


def axis_of(series: Iterable[Series], *, left: float, right: float) -> TimeAxis:
    """The axis that holds every date of some series, with a margin; 30 days at least."""
    dates = [point.when for one in series for point in one.points]
    moments = [moment for when in dates for moment in (when.earliest, when.latest) if moment is not None]
    if not moments:
        moments = [datetime(2000, 1, 1, tzinfo=UTC)]
    first, last = min(moments), max(moments)
    margin = max((last - first) * 0.025, 2 * _DAY)
    return TimeAxis(_moved(first, -margin), _moved(max(last, _moved(first, 30 * _DAY)), margin), left, right)


def axis_svg(axis: TimeAxis, y: float, *, up_to: float | None = None) -> str:
    """Ticks and their dates below `y`; thin lines up to `up_to` at the labelled ones."""
    line = element("path", d=f"M{number(axis.left)} {number(y)}H{number(axis.right)}", stroke=INK, stroke_width=1)
    parts = [line]
    for moment, words in _ticks(axis):
        x = axis.x(moment)
        parts.append(element("path", d=f"M{number(x)} {number(y)}v{7 if words else 4}", stroke=INK, stroke_width=1))
        if words and up_to is not None:
            parts.append(element("path", d=f"M{number(x)} {number(y)}V{number(up_to)}", stroke=FAINT, stroke_width=0.6))
        if words:
            at = min(max(x, axis.left + 14), axis.right - 14)
            parts.append(element("text", text(words), x=at, y=y + 21, font_size=13, text_anchor="middle", fill=SOFT))
    return element("g", *parts)


def event_levels(axis: TimeAxis, events: Sequence[Numbered]) -> list[tuple[int, Event, float, float, int]]:
    """Number, event, its two ends on the axis and the level of its label; those beyond the axis are left out."""
    ends: list[float] = []
    placed = []
    for index, event in events:
        span = axis.span(event.when)
        if span is None:
            continue
        middle = sum(span) / 2
        free = next((level for level, taken in enumerate(ends) if taken < middle - _LABEL_W / 2), None)
        if free is None and len(ends) < _MOST_LEVELS:
            ends.append(0.0)
            free = len(ends) - 1
        level = ends.index(min(ends)) if free is None else free
        ends[level] = middle + _LABEL_W / 2
        placed.append((index, event, *span, level))
    return placed


def events_svg(placed: Sequence[tuple[int, Event, float, float, int]], *, bottom: float) -> str:
    """A thin vertical for each event with its number on top; a pale bar where its date is uncertain."""
    parts = []
    for index, event, x0, x1, level in placed:
        x, y = (x0 + x1) / 2, level * _LEVEL_H + 8.5
        bar = ""
        if x1 - x0 > 3:
            bar = element("rect", x=x0, y=y + 8.5, width=x1 - x0, height=bottom - y - 8.5, fill=SOFT, fill_opacity=0.1)
        stem = element(
            "path", d=f"M{number(x)} {number(y + 8)}V{number(bottom)}", stroke=SOFT, stroke_width=0.9,
            stroke_dasharray="2 3",
        )  # fmt: skip
        disc = element("rect", x=x - 9, y=y - 7.5, width=18, height=15, rx=7.5, fill="#ffffff", stroke=SOFT)
        digits = element(
            "text", str(index), x=x, y=y + 0.5, font_size=11, font_weight="600", text_anchor="middle", fill=INK,
            dominant_baseline="central",
        )  # fmt: skip
        parts.append(
            element("g", titled(f"E{index}: {event.title} ({date_words(event.when)})"), bar, stem, disc, digits)
        )
    return element("g", *parts) if parts else ""


def coverage_svg(axis: TimeAxis, points: Sequence[Point], y: float, *, height: float = 13.0) -> str:
    """Which dates were looked at: a bar where it was seen, white by the share hidden; else a ring or a cross."""
    parts = [_covered(axis, point, y, height) for point in points if axis.span(point.when) is not None]
    return element("g", *parts) if parts else ""


def _covered(axis: TimeAxis, point: Point, y: float, height: float) -> str:
    x0, x1 = axis.span(point.when) or (0.0, 0.0)
    x, words = (x0 + x1) / 2, date_words(point.when)
    if point.how is How.NO_IMAGE:
        ring = element("circle", cx=x, cy=y + height / 2, r=4.3, fill="#ffffff", stroke=INK, stroke_width=1.3)
        return element("g", titled(f"{words}: no image"), ring)
    if point.how is How.UNUSABLE or not point.usable:
        cross = f"M{number(x - 4)} {number(y + 2.5)}l8 8m0 -8l-8 8"
        return element(
            "g", titled(f"{words}: not usable"), element("path", d=cross, stroke=INK, stroke_width=1.8, fill="none")
        )
    left, wide = min(x0, x - 2), max(x1 - x0, 4.0)
    hidden = point.hidden_share or 0.0
    whole = element("rect", x=left, y=y, width=wide, height=height, fill="#ffffff", stroke=SOFT, stroke_width=0.8)
    seen = element("rect", x=left, y=y + height * hidden, width=wide, height=height * (1 - hidden), fill=SOFT)
    said = f"{words}: seen" + (f", {100 * hidden:.0f} % of the track hidden" if hidden else "")
    return element("g", titled(said), whole, seen)


def _ticks(axis: TimeAxis) -> Iterator[tuple[datetime, str]]:
    """Months at which a tick stands, with their words where there is room for them."""
    days = (axis.end - axis.start) / _DAY
    months = next((step for least, step in _STEPS if days > least), 0)
    if not months:
        yield from _day_ticks(axis, days)
        return
    years = days / 365.25
    every = 1 if years <= 14 else 5 if years <= 70 else 20
    moment, dated = datetime(axis.start.year, 1, 1, tzinfo=UTC), False
    small = 12 if years > 14 else min(months, 3) if months == 12 and years <= 6 else months
    while moment <= axis.end:
        if moment >= axis.start:
            words = _tick_words(moment, months, every)
            yield moment, f"{words} {moment.year}" if words and not dated and moment.month > 1 else words
            dated = dated or bool(words)
        moment = _months_on(moment, small)
        if moment.year == MAXYEAR:
            return


def _tick_words(moment: datetime, months: int, every: int) -> str:
    if moment.month == 1:
        return f"{moment.year}" if moment.year % every == 0 else ""
    return "" if months == 12 else f"{moment:%b}"


def _day_ticks(axis: TimeAxis, days: float) -> Iterator[tuple[datetime, str]]:
    step = 7 if days > 35 else 3 if days > 14 else 1
    moment = axis.start.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
    while moment <= axis.end:
        yield moment, f"{moment.day} {moment:%b %Y}" if days <= 10 or (axis.end - moment).days > 1 else ""
        moment += max(step, int(days // 8)) * _DAY


def _months_on(moment: datetime, months: int) -> datetime:
    total = moment.year * 12 + moment.month - 1 + months
    return moment.replace(year=min(total // 12, MAXYEAR), month=total % 12 + 1)


def _moved(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:
        return moment
