"""Key figures of the newest image, and key findings drafted from the assessments."""

from collections.abc import Iterator

from yardwatch.model.railcar import Tally
from yardwatch.report.blocks import Block, Heading, Item, Items, Link, Paragraph, Runs, Section, Terms, Words
from yardwatch.report.case import Finding, Sum
from yardwatch.report.ledger import Ledger, cites, words
from yardwatch.report.numbering import Cite
from yardwatch.report.parts.common import Made, begun, made_section, notes
from yardwatch.report.sections import Told
from yardwatch.report.tracing import Subject
from yardwatch.report.words import TallyWords

__all__ = ["assessments_section", "figures_section", "findings_section", "tally_runs"]

_SHOWN = 12
_DOUBTED = "cars_doubtful"
_OPENING = (
    "The words for how likely a conclusion is are those of ICD 203, each given by the rule beside it. How good the "
    "ground is stands in a sentence of its own."
)


def figures_section(made: Made) -> Section | None:
    """The newest count; that there is none, where there is no case either."""
    if made.newest is not None:
        return made_section("figures", "Key figures", tuple(_figures(made, made.newest)), kind="key")
    if made.told is not None:
        return None
    said = "Nothing has been observed yet."
    if any(one.by != "machine" for one in made.report.observations):
        said = "What follows was seen by people and written down by hand."
    blocks = (Paragraph(words("No image has been counted"), "headline"), Paragraph(words(said), "support"))
    return made_section("figures", "Key figures", blocks, kind="key")


def _figures(made: Made, newest: Told) -> Iterator[Block]:
    ledger = made.ledger
    scene, total, said = newest.count.scene, newest.count.total, newest.words
    subject = ledger.tally_subject(scene.id, total)
    parts = [part for part in (said.interval, said.bound, said.unseen) if part]
    head = ledger.traced(said.head, subject)
    yield Paragraph(head, "headline")
    rest = ledger.traced("; ".join(parts), _continued(subject, "rest"))
    yield Paragraph((*rest, *words(". " if parts else ""), Words(newest.heading, "date"), Words(".")), "support")
    doubted = notes(made, [notice for notice in newest.count.notices if notice.code == _DOUBTED])
    if doubted:
        yield doubted
    if said.unmoved:
        yield Paragraph((*ledger.traced(begun(said.unmoved), _continued(subject, "unmoved")), Words(".")))
    if said.unseen:
        yield Paragraph(words("Cars may stand where nothing could be seen. They are neither counted nor ruled out."))
    if newest.kinds:
        yield Paragraph(ledger.traced(newest.kinds, _continued(subject, "types")))
    if newest.zones:
        items = tuple(_zone(ledger, scene.id, *zone) for zone in newest.zones)
        yield Items(items, kind="zonewords")


def _zone(ledger: Ledger, scene_id: str, index: int | None, tally: Tally, said: TallyWords) -> Item:
    disc = (Words(str(index), "disc"), Words(" ")) if index else ()
    told = tally_runs(ledger, scene_id, tally, said)
    return Item((Paragraph((*disc, Words(tally.zone or "", "strong"), Words(": "), *told, Words("."))),))


def tally_runs(ledger: Ledger, scene_id: str, tally: Tally, said: TallyWords) -> Runs:
    """A tally as a sentence without full stop whose numbers lead to its row."""
    return ledger.traced(said.sentence, _continued(ledger.tally_subject(scene_id, tally), "sentence"))


def _continued(subject: Subject, part: str) -> Subject:
    return Subject(f"{subject.key}/{part}", subject.place, subject.grounds, subject.anchor)


def findings_section(made: Made) -> Section | None:
    """Conclusions with a likelihood first, then numbers, then what the record cannot answer."""
    told = made.told
    if told is None:
        return None
    if made.newest is not None and not (told.findings or told.insufficient or told.steps or told.sums):
        return None
    blocks = [*_conclusions(made), *_in_numbers(made), *_insufficient(made)]
    return made_section("findings", "Key findings", blocks, kind="key")


def _conclusions(made: Made) -> Iterator[Block]:
    told = made.told
    if told is None:
        return
    if told.findings:
        items = tuple(_finding(made.ledger, one) for one in told.findings)
        yield Items(items, ordered=True, kind="findings")
    elif told.insufficient:
        yield Paragraph(words("The record as it stands supports no conclusion with a likelihood."), "lead")
    else:
        yield Paragraph(words("No conclusion has been drawn from this record yet."), "lead")


def _finding(ledger: Ledger, one: Finding) -> Item:
    subject = _about(ledger, one, "finding")
    under = _stands_on(ledger, one)
    stands: Runs = ()
    if under:
        more = f" and {len(under) - _SHOWN} more" if len(under) > _SHOWN else ""
        stands = (Words("Stands on "), *cites(ledger, under[:_SHOWN]), Words(more, "own"), Words(". "))
    further = Link("Other explanations, and what would change it", f"a-{one.number}")
    return Item(
        (
            Paragraph(ledger.traced(one.assessment.conclusion, subject), "conclusion", f"finding/{one.assessment.id}"),
            Paragraph(ledger.traced(one.confidence, _about(ledger, one, "ground")), "ground"),
            Paragraph((*stands, further, Words(".")), "stands"),
        )
    )


def _about(ledger: Ledger, one: Finding, part: str) -> Subject:
    made = one.assessment
    others = [*(ledger.numbers.claim(name) for name in made.claims), *(ledger.numbers.event(n) for n in made.events)]
    return ledger.subject(
        f"{part}/{made.id}", f"Key findings: {made.about}", made.observations, others=others,
        anchor=f"a-{one.number}", assessment=made.id,
    )  # fmt: skip


def _stands_on(ledger: Ledger, one: Finding) -> list[Cite]:
    made = one.assessment
    return [
        *dict.fromkeys(ledger.observation(seen) for seen in made.observations),
        *(ledger.numbers.claim(said) for said in made.claims),
        *(ledger.numbers.event(happened) for happened in made.events),
    ]


def _in_numbers(made: Made) -> Iterator[Block]:
    told, ledger = made.told, made.ledger
    if told is None or not (told.steps or told.sums):
        return
    items = []
    for index, (said, jump) in enumerate(zip(told.steps[:3], made.case.jumps, strict=False)):
        lead = "Another step: " if index else "Largest step between dates: "
        ids = (*jump.before.ids, *jump.after.ids)
        subject = ledger.subject("step", "Key findings, step between dates", ids)
        items.append(Item((Paragraph((Words(lead), *ledger.traced(said, subject))),)))
    items += [Item((Paragraph(sum_runs(ledger, one)),)) for one in told.sums[-4:]]
    yield Heading(words("In numbers"))
    yield Items(tuple(items))


def sum_runs(ledger: Ledger, one: Sum) -> Runs:
    """Counts by type and what they add up to, in one sentence."""
    ids = [seen for seen in ledger.numbers.observations if ledger.observation(seen) in {part[2] for part in one.parts}]
    return ledger.traced(one.sentence, ledger.subject("sum", f"{one.place}, {one.when}", ids))


def _insufficient(made: Made) -> Iterator[Block]:
    told = made.told
    if told is None or not told.insufficient:
        return
    shown = [_question(made.ledger, one) for one in told.insufficient[:3]]
    left = len(told.insufficient) - len(shown)
    if left > 0:
        noun = "question is" if left == 1 else "questions are"
        more = (Words(f"{left} more such {noun} in the ", "own"), Link("list of assessments", "part-assessments"))
        shown.append(Item((Paragraph((*more, Words("."))),)))
    yield Heading(words("Where the record is insufficient"))
    yield Items(tuple(shown))


def _question(ledger: Ledger, one: Finding) -> Item:
    said = Paragraph(
        ledger.traced(one.assessment.conclusion, _about(ledger, one, "finding")), key=f"finding/{one.assessment.id}"
    )
    return Item((said, Paragraph((Link("More", f"a-{one.number}"), Words(".")), "stands")))


def assessments_section(made: Made) -> Section | None:
    """Every assessment with its rule, what it stands on, other explanations and what would change it."""
    told = made.told
    if told is None or not made.case.assessments:
        return None
    blocks: list[Block] = [Paragraph(made.ledger.tracer.fixed(_OPENING))]
    for one in (*told.findings, *told.insufficient):
        blocks += _assessed(made.ledger, one)
    return made_section("assessments", "Assessments, with what they stand on", blocks, kind="appendix")


def _assessed(ledger: Ledger, one: Finding) -> Iterator[Block]:
    made, under = one.assessment, _stands_on(ledger, one)
    fixed = ledger.tracer.fixed
    yield Heading((*fixed(made.about),), anchor=f"a-{one.number}")
    kind = "conclusion" if made.likelihood else "ground"
    yield Paragraph(ledger.traced(made.conclusion, _about(ledger, one, "finding")), kind)
    yield Paragraph(ledger.traced(one.confidence, _about(ledger, one, "ground")), "ground")
    pairs: list[tuple[str, Runs]] = [("Rule", fixed(made.rule))]
    if under:
        pairs.append(("Stands on", cites(ledger, under)))
    if made.alternatives:
        pairs.append(("Other explanations", fixed(" ".join(made.alternatives))))
    if made.would_change:
        pairs.append(("What would change it", fixed(" ".join(made.would_change))))
    yield Terms(tuple(pairs))
