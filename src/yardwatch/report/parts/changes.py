"""What changed between scenes."""

from collections.abc import Iterator

from yardwatch.report.blocks import Block, Figure, Heading, Paragraph, Row, Section, Words
from yardwatch.report.compared import BeforeAfter, ChangeRow
from yardwatch.report.ledger import name, words
from yardwatch.report.parts.common import Made, cell, head, made_section, notes, table
from yardwatch.report.swiping import ChangesTold, changes_told
from yardwatch.report.tracing import Subject

__all__ = ["changes_section"]


def changes_section(made: Made) -> Section | None:
    """Each pair of scenes with its figure and its tables."""
    blocks: list[Block] = []
    for index, pair in enumerate(made.report.before_after, 1):
        blocks += _pair(made, pair, index)
    return made_section("changes", "Changes", blocks)


def _pair(made: Made, pair: BeforeAfter, index: int) -> Iterator[Block]:
    told = changes_told(pair)
    before, after = pair.comparison.before, pair.comparison.after
    seen = [one.id for one in made.report.observations if one.scene_id == after.id and one.klass.startswith("change:")]
    key = f"changes/{before.id}/{after.id}"
    place = f"changes from {told.before_when} to {told.after_when}"
    subject = made.ledger.subject(key, place, seen, anchor=f"changed-{index}")
    yield Heading(made.ledger.traced(told.said, subject), anchor=f"changed-{index}")
    caption = f"Left: {told.before_when}. Right: {told.after_when}."
    credit = f"Left: {told.before_credit} Right: {told.after_credit}"
    yield Figure(
        key, (told.figure,), f"{told.said}. {caption}", made.ledger.tracer.fixed(caption), credit=credit,
        scenes=(before, after), kind="pair",
    )  # fmt: skip
    yield from _tables(told)
    yield from _rest(made, told, subject)


def _tables(told: ChangesTold) -> Iterator[Block]:
    heading = head("No.", "Kind", "Zone", "Size", "Area", "Between", "Phase", "Sure")
    changes = table(
        "Numbers as on the figure. Sizes and areas with their standard errors.", heading,
        [_change(row) for row in told.rows], kind="changes",
    )  # fmt: skip
    heading = head("Zone", "Verdict", "Seen in both", "Smallest to be found")
    rows = [
        Row((cell((name(zone.name),), name=True), cell(zone.verdict), cell(zone.seen), cell(zone.smallest)))
        for zone in told.zones
    ]
    caption = "Zones of the site. A change smaller than what is given could have been missed."
    zones = table(caption, heading, rows, kind="verdicts")
    yield from (one for one in (changes, zones) if one is not None)


def _change(row: ChangeRow) -> Row:
    return Row(
        (
            cell(str(row.number), name=True), cell(row.kind), cell((name(row.zone),)), cell(row.size), cell(row.area),
            cell((Words(row.dates, "date"),)), cell(row.phase), cell(row.confidence),
        )
    )  # fmt: skip


def _rest(made: Made, told: ChangesTold, subject: Subject) -> Iterator[Block]:
    ledger = made.ledger
    if told.hidden:
        part = Subject(f"{subject.key}/hidden", subject.place, subject.grounds, subject.anchor)
        said = ledger.traced(told.hidden, part)
        yield Paragraph((*words("Not compared, since it could not be seen: "), *said, Words(".")))
    if told.alignment:
        part = Subject(f"{subject.key}/alignment", subject.place, subject.grounds, subject.anchor)
        yield Paragraph(ledger.traced(told.alignment, part), "small")
    for one in told.measured:
        part = Subject(f"{subject.key}/measured/{one.name}", subject.place, subject.grounds, subject.anchor)
        yield Paragraph((name(one.name), Words(": "), *ledger.traced(one.size, part), Words(".")))
    noted = notes(made, told.notices)
    if noted is not None:
        yield noted
