"""What could not be seen, and what is new since the last report."""

from collections.abc import Iterator, Sequence

from yardwatch.model.observation import Observation
from yardwatch.model.publishing import Edition, Erratum
from yardwatch.report.blocks import Block, Heading, Item, Items, Link, Number, Paragraph, Row, Runs, Section, Words
from yardwatch.report.dates import date_words
from yardwatch.report.ledger import Ledger, joined_runs, name, words
from yardwatch.report.numbering import by_date
from yardwatch.report.parts.common import Made, cell, head, made_section, notes, table
from yardwatch.report.tracing import Subject
from yardwatch.report.words import instant_words, klass_words

__all__ = ["errata_section", "notices_section", "since_section", "unseen_section"]

_MOST = 12


def unseen_section(made: Made) -> Section | None:
    """Dates for which nothing could be read, the longest gaps, and extents that must not be confused."""
    told = made.told
    if told is None:
        return None
    blocks: list[Block] = [*_dates(made), *_gaps(made)]
    if len(told.extents) > 1:
        lead = (Words(f"The numbers are of {len(told.extents)} different extents, which are kept apart: ", "own"),)
        named = joined_runs([(name(one),) for one in told.extents], between="; ")
        blocks.append(Paragraph((*lead, *named, Words(". A number of one says nothing of another."))))
    return made_section("unseen", "What could not be seen", blocks)


def _dates(made: Made) -> Iterator[Block]:
    unseen = made.told.unseen if made.told else ()
    numbered = any(one.cite for one in unseen)
    rows = []
    for one in unseen:
        why = "no image" if one.how.value == "no image" else "image not usable"
        cells = [
            cell((Words(one.when, "date"),), name=True), cell((name(one.extent),)), cell(why),
            cell((name(one.note or "–"),)),
        ]  # fmt: skip
        label = [cell(one.cite.label if one.cite else "–")] if numbered else []
        rows.append(Row((*label, *cells), one.cite.anchor if one.cite else None))
    heading = head(*(["No."] if numbered else []), "Date", "Extent", "Why", "Note")
    caption = "Dates for which nothing could be read; they are neither active nor quiet"
    made_table = table(caption, heading, rows, kind="unread")
    yield made_table or Paragraph(
        words(
            "The record names no date as one without an image, or with an image that could not be read. Dates that are "
            "not in it are simply unknown."
        )
    )


def _gaps(made: Made) -> Iterator[Block]:
    gaps = made.told.gaps if made.told else ()
    if gaps:
        pieces: list[Runs] = []
        for first, last, days in gaps:
            subject = Subject(f"gap/{first}/{last}", "What could not be seen", (), anchor="part-points")
            said = made.ledger.traced(f"{days} days", subject)
            pieces.append((Words(f"{first} to {last}", "date"), Words(" ("), *said, Words(")")))
        lead = words("The longest times without any usable date: ")
        yield Paragraph((*lead, *joined_runs(pieces, between="; "), Words(".")))


def notices_section(made: Made) -> Section | None:
    """What a reader must know of the report itself."""
    return made_section("notices", "To be known about this report", (notes(made, made.report.notices),))


def since_section(made: Made) -> Section | None:
    """What was recorded, imaged and concluded after the last edition for the same readers."""
    previous = made.imprint.previous if made.imprint else None
    if previous is None:
        return None
    dated = instant_words(previous.published_at)
    lead = (Words("The last report was edition "), Words(f"{previous.number}", "own"), Words(f" of {dated}.", "date"))
    blocks: list[Block] = [Paragraph(lead), *_new(made, previous)]
    if made.imprint is not None and made.imprint.errata:
        blocks.append(Paragraph((*words("Numbers that it printed otherwise are listed under "),
                                 Link("Corrections", "part-errata"), Words("."))))  # fmt: skip
    return made_section("since", "Since our last report", blocks)


def _new(made: Made, previous: Edition) -> Iterator[Block]:
    """Whatever is new, or that nothing is."""
    fresh = [one for one in by_date(made.report.observations) if one.recorded_at > previous.published_at]
    people = [one for one in fresh if one.id in made.ledger.numbers.observations]
    scenes = _scenes(made, fresh, previous)
    asked = [one for one in made.case.assessments if previous.links and one.id not in previous.links]
    if not (people or scenes or asked):
        yield Paragraph(words("Nothing has been added to the record since."))
    if scenes:
        yield Heading(words("Images counted since"))
        yield Items(scenes)
    if people:
        yield Heading(words("Observations recorded since"))
        yield Items(tuple(_observed(made.ledger, one) for one in people[-_MOST:]))
    if asked:
        yield Heading(words("Conclusions that are new"))
        number = made.ledger.numbers.assessments
        fixed = made.ledger.tracer.fixed
        links = [(*fixed(one.about), Words(" "), Link("More", f"a-{number[one.id]}")) for one in asked]
        yield Items(tuple(Item((Paragraph((*one, Words("."))),)) for one in links))


def _scenes(made: Made, fresh: Sequence[Observation], previous: Edition) -> tuple[Item, ...]:
    """Scenes whose tally the last edition did not print."""
    known = {one.scene_id for one in made.report.observations} - {one.scene_id for one in fresh}
    items = []
    for count in made.counts:
        number = made.ledger.tally_number(count.scene.id, count.total)
        if count.scene.id not in known and number.id not in previous.numbers:
            said = (Words(date_words(count.scene.acquired), "date"), Words(": "), number, Words(" railcars."))
            items.append(Item((Paragraph(said),)))
    return tuple(items[:_MOST])


def _observed(ledger: Ledger, one: Observation) -> Item:
    cite = ledger.observation(one.id)
    amount = ledger.amount(one)
    where = name(one.zone) if one.zone is not None else Words("whole site")
    number = Number(amount.id, amount.text, cite.anchor or "", amount.place, amount.observations)
    what = (Words(", "), name(klass_words(one.klass)), Words(": "), number, Words("."))
    said = (ledger.cite(cite), Words(f" {date_words(one.when)}, ", "date"), where, *what)
    return Item((Paragraph(said),))


def errata_section(made: Made) -> Section | None:
    """What an edition before printed otherwise, and why."""
    errata = made.imprint.errata if made.imprint else ()
    if not errata:
        return None
    rows = [_erratum(one) for one in errata]
    heading = head("Where", "Was", "Is", "Why", "Edition", numeric=(4,))
    caption = "Numbers that the last edition printed otherwise"
    return made_section("errata", "Corrections", (table(caption, heading, rows, kind="errata"),))


def _erratum(one: Erratum) -> Row:
    return Row(
        (
            cell((name(one.place),), name=True), cell((name(one.was),)), cell((name(one.now),)), cell((name(one.why),)),
            cell(str(one.edition), numeric=True),
        )
    )  # fmt: skip
