"""What happened, what followed it, and what became of plans."""

from collections.abc import Iterator, Sequence

from yardwatch.report.blocks import Block, Heading, Paragraph, Row, Runs, Section, Table, Words
from yardwatch.report.dates import date_words
from yardwatch.report.ledger import Ledger, cites, joined_runs, name, words
from yardwatch.report.parts.common import Made, cell, head, made_section, measured, table
from yardwatch.report.told_events import EventRow, EventsTold, MilestoneRow, TestGroup, TestRow, events_told

__all__ = ["events_section"]


def events_section(made: Made) -> Section | None:
    """All about events."""
    if made.report.case is None or not made.case.events:
        return None
    told = events_told(made.case, made.ledger.numbers)
    ledger = made.ledger
    blocks: list[Block | None] = [_events(ledger, told.rows), *_tests(made, told), *_plans(ledger, told.milestones)]
    return made_section("events", "What happened", blocks)


def _events(ledger: Ledger, rows: Sequence[EventRow]) -> Table | None:
    heading = head("No.", "Date", "What happened", "Where", "Kind", "Who says so")
    return table("Events, by date", heading, [_event(ledger, row) for row in rows], kind="events")


def _event(ledger: Ledger, row: EventRow) -> Row:
    event = row.event
    who: Runs = ()
    if row.source:
        cited: Runs = (Words(" "), ledger.cite(row.source_cite)) if row.source_cite else ()
        who = (name(row.source), *cited)
        if event.source_date is not None:
            who = (*who, Words(f", {date_words(event.source_date)}", "date"))
    if row.wanting:
        who = (*who, Words(" "), Words("wants a source", "flag"))
    return Row(
        (
            cell(row.cite.label),
            cell((Words(row.when, "date"),)),
            cell((name(event.title),), name=True),
            cell((name(event.place or "–"),)),
            cell((name(event.kind.replace("_", " ")),)),
            cell(who),
        ),
        row.cite.anchor,
    )


def _tests(made: Made, told: EventsTold) -> Iterator[Block]:
    if not told.tests:
        return
    yield Heading(words("Did activity differ before and after?"))
    counted = (
        f"Events were held against {len(told.tests)} series. Tests that show a change: {told.shown}. Tests that could "
        f"have shown one and do not: {told.not_shown}. Tests for which the dates are insufficient: {told.insufficient}."
    )
    rest = (
        " A test looks only at the dates for which there are images, and allows for a trend and for a step elsewhere. "
        "That something followed an event does not say why."
    )
    yield Paragraph((Words(counted, "own"), Words(rest)))
    for group in told.tests:
        yield _group(made, group)
    yield Paragraph(
        words(
            "p is corrected for the number of events tested. “Smallest visible” is the factor of rise or fall that "
            "these dates would have shown four times out of five; a dash means that no factor can be given."
        ),
        "small",
    )


def _group(made: Made, group: TestGroup) -> Table:
    seen = [one.series for one in made.case.followed if one.series.name == group.series]
    ids = dict.fromkeys(name for series in seen for point in series.points for name in point.ids)
    heading = head(
        "Event",
        "Verdict",
        "Usable dates",
        "After / before",
        "Began after",
        "p",
        "Smallest visible",
        "Why",
        numeric=(5,),
    )
    rows = tuple(_test(made.ledger, row, group.series, tuple(ids)) for row in group.rows)
    return Table((Words(group.series, "strong"),), heading, rows, kind="tests")


def _test(ledger: Ledger, row: TestRow, series: str, ids: tuple[str, ...]) -> Row:
    key = f"test/{series}/{'+'.join(row.ids)}"
    others = tuple(cite for cite, _ in row.events) if not ids else ()
    subject = ledger.subject(key, f"{series} before and after", ids, others=others, anchor="part-points")
    if len(row.events) == 1:
        cite, title = row.events[0]
        event: Runs = (ledger.cite(cite), Words(" "), name(title))
    else:
        event = joined_runs([(ledger.cite(cite),) for cite, _ in row.events])
    return Row(
        (
            cell(event), cell(row.verdict, name=True), measured(ledger, row.dates, subject, "dates"),
            measured(ledger, row.ratio, subject, "ratio"), measured(ledger, row.lag, subject, "lag"),
            measured(ledger, row.p, subject, "p", numeric=True), measured(ledger, row.smallest, subject, "smallest"),
            measured(ledger, row.reason, subject, "reason"),
        )
    )  # fmt: skip


def _plan(ledger: Ledger, row: MilestoneRow) -> Row:
    subject = ledger.subject(f"plan/{row.event}", row.title, row.under, others=() if row.under else (row.cite,))
    return Row(
        (
            cell((ledger.cite(row.cite), Words(" "), name(row.title)), name=True),
            cell((Words(row.planned, "date"),)),
            cell((Words(row.observed, "date"),)),
            measured(ledger, row.late, subject, "late"),
            cell(cites(ledger, [ledger.observation(one) for one in row.under]) or words("–")),
        )
    )


def _plans(ledger: Ledger, rows: Sequence[MilestoneRow]) -> Iterator[Block]:
    made = [_plan(ledger, row) for row in rows]
    heading = head("Plan", "Planned for", "Observed", "Late by", "Looks")
    planned = table("What was planned, and when it was seen", heading, made)
    if planned is not None:
        yield Heading(words("Plans"))
        yield planned
