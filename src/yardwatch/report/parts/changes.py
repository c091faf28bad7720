"""What changed between scenes."""

from collections.abc import Iterator
from hashlib import sha256

from markupsafe import Markup

from yardwatch.model.change import Change
from yardwatch.report.blocks import Block, Figure, Heading, Paragraph, Row, Section, Words
from yardwatch.report.compared import BeforeAfter, ChangeRow, before_after_drawing
from yardwatch.report.drawing import drawing_svg
from yardwatch.report.ledger import Ledger, name, words
from yardwatch.report.panels import window_of
from yardwatch.report.parts.common import Made, cell, head, made_section, measured, notes, table
from yardwatch.report.swiping import ChangesTold, ZoneTold, changes_told
from yardwatch.report.tracing import Ground, Subject

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
    drawn = Markup(drawing_svg(before_after_drawing(pair, with_table=False)))  # noqa: S704 -- escaped where it is made
    credit = f"Left: {told.before_credit} Right: {told.after_credit}"
    yield Figure(
        key, (drawn,), f"{told.said}. {caption}", made.ledger.tracer.fixed(caption), credit=credit,
        scenes=(before, after), windows=tuple(window_of(one.scene.grid, one.grid) for one in (pair.before, pair.after)),
        kind="pair",
    )  # fmt: skip
    yield from _tables(made, pair, told, subject)
    yield from _rest(made, told, subject)


def _tables(made: Made, pair: BeforeAfter, told: ChangesTold, subject: Subject) -> Iterator[Block]:
    heading = head("No.", "Kind", "Zone", "Size", "Area", "Between", "Phase", "Sure")
    changes = table(
        "Numbers as on the figure. Sizes and areas with their standard errors.", heading,
        [
            _change(made.ledger, row, _of_change(made, pair, change, subject))
            for row, change in zip(told.rows, pair.comparison.changes, strict=True)
        ],
        kind="changes",
    )  # fmt: skip
    heading = head("Zone", "Verdict", "Seen in both", "Smallest to be found")
    rows = [_zone(made.ledger, zone, subject) for zone in told.zones]
    caption = "Zones of the site. A change smaller than what is given could have been missed."
    zones = table(caption, heading, rows, kind="verdicts")
    yield from (one for one in (changes, zones) if one is not None)


def _of_change(made: Made, pair: BeforeAfter, change: Change, subject: Subject) -> Subject:
    """What the numbers of a change are about: what was seen of its kind in its zone, else the later scene.

    A change with another outline is another one, so that its numbers are no corrections of this one's.
    """
    after, outline = pair.comparison.after, sha256(repr(change.polygon).encode()).hexdigest()[:8]
    inputs = pair.comparison.provenance.inputs
    ids = [
        one.id
        for one in made.report.observations
        if (one.scene_id, one.klass, one.zone) == (after.id, f"change:{change.kind}", change.zone)
        and one.provenance is not None and one.provenance.inputs == inputs
    ]  # fmt: skip
    key = f"change/{pair.comparison.before.id}/{after.id}/{outline}"
    grounds = [ground for one in ids if (ground := made.ledger.ground(one)) is not None]
    return Subject(key, subject.place, tuple(grounds) or (Ground(made.ledger.scene(after.id)),))


def _change(ledger: Ledger, row: ChangeRow, subject: Subject) -> Row:
    return Row(
        (
            cell((Words(str(row.number), "disc"),), name=True), cell(row.kind), cell((name(row.zone),)),
            measured(ledger, row.size, subject, "size"), measured(ledger, row.area, subject, "area"),
            cell((Words(row.dates, "date"),)), cell(row.phase), measured(ledger, row.confidence, subject, "confidence"),
        )
    )  # fmt: skip


def _zone(ledger: Ledger, zone: ZoneTold, subject: Subject) -> Row:
    part = f"zone/{zone.name}"
    return Row(
        (
            cell((name(zone.name),), name=True), cell(zone.verdict),
            measured(ledger, zone.seen, subject, f"{part}/seen"),
            measured(ledger, zone.smallest, subject, f"{part}/smallest"),
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
