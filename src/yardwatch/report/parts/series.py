"""Activity over time: charts with events, steps, comparisons, flow, and the table of all scenes."""

from collections.abc import Iterator
from dataclasses import replace

from markupsafe import Markup

from yardwatch.model.railcar import Count
from yardwatch.model.series import Point
from yardwatch.report.blocks import (
    Block,
    Cell,
    Figure,
    Heading,
    Item,
    Items,
    Legend,
    Link,
    Paragraph,
    Row,
    Runs,
    Section,
    Words,
)
from yardwatch.report.case import Chart, Listed
from yardwatch.report.charts import key_svg
from yardwatch.report.contents import Followed
from yardwatch.report.dates import date_words
from yardwatch.report.ledger import cites, name, words
from yardwatch.report.parts.common import Made, begun, cell, head, made_section, measured, table
from yardwatch.report.parts.scenes import track_metres
from yardwatch.report.tracing import Subject
from yardwatch.report.words import when_words
from yardwatch.trends.compare import Comparison
from yardwatch.trends.flow import Flow

__all__ = ["points_section", "scenes_section", "series_section"]

_SIGNS = (
    ("point", "number"), ("interval", "with interval"), ("lower", "at least"), ("upper", "at most"),
    ("date", "date uncertain: somewhere on the bar"), ("seen", "looked at; white part hidden"),
    ("no image", "no image"),
    ("not usable", "image not usable"), ("change", "change: likeliest place, and interval"),
    ("level", "level with interval"),
)  # fmt: skip
_OPENING = (
    "Each chart shows one thing in one extent. Different extents are never drawn in one chart: a “yard” is not the "
    "“facility” around it. No line joins the points, since nobody looked in between. All charts cover the same time."
)


def series_section(made: Made) -> Section | None:
    """Charts of every series that is long enough, rows of the others, and what was found in them."""
    told = made.told
    if told is None or not told.charts:
        return None
    blocks: list[Block] = [Paragraph(words(_OPENING), key="section/series"), _legend(bool(told.on_axis))]
    order = _followed(made)
    blocks += [_chart(made, chart, order[index]) for index, chart in enumerate(told.charts) if chart.svg is not None]
    for index, rows in enumerate(told.rows, 1):
        blocks.append(_rows(rows, f" ({index} of {len(told.rows)})" if len(told.rows) > 1 else "", index))
    if told.on_axis and any(chart.svg for chart in told.charts):
        blocks += _events(made)
    blocks += [*_steps(made), *_comparisons(made), *_flows(made)]
    return made_section("series", "Activity over time", blocks)


def _legend(events: bool) -> Legend:
    signs = (*_SIGNS, ("event", "event, by number")) if events else _SIGNS
    entries = tuple((Markup(key_svg(kind)), words(said)) for kind, said in signs)  # noqa: S704 -- made of constants
    return Legend("Signs of the charts", entries)


def _followed(made: Made) -> list[Followed]:
    """The series in the order of the charts."""
    left = list(made.case.followed)
    found = []
    for chart in made.told.charts if made.told else ():
        one = next(one for one in left if chart.series is one.series)
        left.remove(one)
        found.append(one)
    return found


def _chart(made: Made, chart: Chart, followed: Followed) -> Figure:
    subject = series_subject(made, followed)
    said = list(made.ledger.traced(" ".join(chart.sentences), subject)) if chart.sentences else []
    if chart.undated:
        are = "observation without a date is" if chart.undated == 1 else "observations without a date are"
        said.append(Words(f" {chart.undated} {are} not in it.", "own"))
    title = (name(chart.place), Words(": "), name(chart.matter))
    key = f"{chart.place}: {chart.matter}"
    return Figure(key, (chart.svg or Markup(),), f"Chart of {key}", tuple(said), title=title, kind="chart")


def series_subject(made: Made, followed: Followed) -> Subject:
    """What a sentence on a series is about: all its observations; numbers of several lead to its points."""
    series = followed.series
    ids = [one for point in series.points for one in point.ids]
    index = next(i for i, chart in enumerate(made.told.charts if made.told else (), 1) if chart.series is series)
    return made.ledger.subject(f"series/{series.name}", series.name, ids, anchor=f"y-{index}")


def _rows(svg: Markup, which: str, index: int) -> Figure:
    title = (Words("Seen on one or two dates only"), Words(which, "own"))
    said = words("Each row is an extent and a thing counted, with its number; height means nothing here.")
    return Figure(f"short series {index}", (svg,), "Series of one or two dates", said, title=title, kind="chart")


def _events(made: Made) -> Iterator[Block]:
    yield Heading(words("Events in the charts"))
    items = []
    for number, event in made.told.on_axis if made.told else ():
        label = Link(f"E{number}", f"e-{number}")
        when = Words(f" {date_words(event.when)}: ", "date")
        items.append(Item((Paragraph((label, when, name(event.title))),)))
    yield Items(tuple(items), kind="eventkey")


def _steps(made: Made) -> Iterator[Block]:
    told, ledger = made.told, made.ledger
    if told is None or not made.case.jumps:
        return
    yield Heading(words("Steps between dates of different extents"))
    items = []
    for said, jump in zip(told.steps, made.case.jumps, strict=True):
        subject = ledger.subject("step", "Activity over time, step", (*jump.before.ids, *jump.after.ids))
        items.append(Item((Paragraph((*ledger.traced(begun(said), subject), Words("."))),)))
    yield Items(tuple(items))


def _comparisons(made: Made) -> Iterator[Block]:
    heading = head(
        "First", "Second", "Pairs", "Ratio", "First higher", "Second higher", "Dates unmatched", numeric=(2, 4, 5, 6)
    )
    rows = [_compared(made, one) for one in made.case.comparisons]
    caption = made.ledger.tracer.fixed(
        "Pairs of dates; ratio of the first to the second with 90 % interval, given from three pairs on"
    )
    made_table = table(caption, heading, rows)
    if made_table is not None:
        yield Heading(words("Side by side on matching dates"))
        yield made_table


def _compared(made: Made, one: Comparison) -> Row:
    ratio = "–" if one.ratio is None else f"{one.ratio:.2g}"
    if one.ratio is not None and one.low is not None and one.high is not None:
        ratio += f" ({one.low:.2g}–{one.high:.2g})"
    ids = dict.fromkeys(name for pair in one.pairs for name in (*pair.first.ids, *pair.second.ids))
    place = f"{one.first} and {one.second}"
    subject = made.ledger.subject(f"compared/{one.first}/{one.second}", place, ids, anchor="part-points")
    counts = (
        ("higher_first", one.higher_in_first), ("higher_second", one.higher_in_second),
        ("unmatched", one.unmatched_first + one.unmatched_second),
    )  # fmt: skip
    return Row(
        (
            cell((name(one.first),), name=True), cell((name(one.second),)),
            measured(made.ledger, str(len(one.pairs)), subject, "pairs", numeric=True),
            measured(made.ledger, ratio, subject, "ratio"),
            *(measured(made.ledger, str(value), subject, part, numeric=True) for part, value in counts),
        )
    )  # fmt: skip


def _flows(made: Made) -> Iterator[Block]:
    if not made.case.flows:
        return
    yield Heading(words("Flow"))
    for flow in made.case.flows:
        yield from _flow(made, flow)


def _flow(made: Made, flow: Flow) -> Iterator[Block]:
    """A range and what it was worked out from: the assumptions below it, which are its ground."""
    subject = Subject("flow", "Activity over time, flow", (), anchor="part-series")
    yield Paragraph((*made.ledger.traced(begun(str(flow)), subject), Words(", if these assumptions hold:")))
    fixed = made.ledger.tracer.fixed
    yield Items(
        tuple(Item((Paragraph(fixed(f"{one.low:.3g} to {one.high:.3g}: {one.because}")),)) for one in flow.assumptions)
    )


def points_section(made: Made) -> Section | None:
    """Every point of every series, with what it stands on."""
    told = made.told
    if told is None or not told.charts:
        return None
    rows = []
    for index, chart in enumerate(told.charts, 1):
        for first, (listed, point) in enumerate(zip(chart.points, chart.series.points, strict=True)):
            label: Runs = (name(chart.place), Words(": "), name(chart.matter))
            row = _point(made, chart, listed, point, label if not first else (name(chart.place),))
            rows.append(row if first else replace(row, anchor=f"y-{index}"))
    heading = head("Series", "Date", "Number", "Hidden", "Observation", "Source", numeric=(3,))
    return made_section("points", "Every point of every series", (table("Points", heading, rows, kind="points"),))


def _point(made: Made, chart: Chart, listed: Listed, point: Point, label: Runs) -> Row:
    ledger, place = made.ledger, f"{chart.place}: {chart.matter}, {listed.when}"
    subject = ledger.subject(f"point/{chart.series.name}/{point.when.text}", place, point.ids)
    under = list(dict.fromkeys(ledger.observation(one) for one in point.ids if one in ledger.known))
    return Row(
        (
            cell(label, name=True),
            cell((Words(listed.when, "date"),)),
            measured(ledger, listed.number, subject, "number"),
            measured(ledger, listed.hidden or "–", subject, "hidden", numeric=True),
            Cell(cites(ledger, under) or words("–")),
            Cell(cites(ledger, listed.sources) or words("–")),
        )
    )


def scenes_section(made: Made) -> Section | None:
    """The table of all scenes."""
    if len(made.counts) < 2:
        return None
    total, full = len(made.counts), len(made.shown)
    lead = f"{total} images, newest first."
    if total > full:
        are = "is" if full == 1 else "are"
        lead += f" The newest {full} {are} shown in full below; the others are told in this table."
    heading = head("Taken", "Railcars", "Track seen, m", "hidden", "outside", "GSD, m", "File", numeric=(2, 3, 4, 5))
    level = made.counts[0].total.level
    caption = made.ledger.tracer.fixed(f"Railcars by scene, with {round(100 * level)} % intervals")
    made_table = table(caption, heading, [_scene(made, count) for count in made.counts])
    return made_section("scenes", "All scenes", (Paragraph((Words(lead, "own"),)), made_table))


def _scene(made: Made, count: Count) -> Row:
    total, scene = count.total, count.scene
    tag: Runs = (Words(" "), Words("simulated", "tag")) if scene.simulated else ()
    return Row(
        (
            cell((Words(when_words(scene.acquired), "date"), *tag), name=True),
            cell((made.ledger.tally_number(scene.id, total),)),
            *track_metres(made.ledger, total, made.ledger.tally_subject(scene.id, total)),
            Cell((Link(f"{scene.gsd_m:.2f}", made.ledger.scene(scene.id)),), numeric=True),
            cell((Link(scene.filename, made.ledger.scene(scene.id)),)),
        )
    )
