"""What was said: claims with their grades, who repeats whom, and how it stands to what was seen."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from yardwatch.model.claim import Claim
from yardwatch.report.blocks import Block, Figure, Heading, Note, Paragraph, Row, Run, Runs, Section, Table, Words
from yardwatch.report.ledger import Ledger, cites, joined_runs, name, words
from yardwatch.report.parts.common import Made, begun, cell, head, made_section, measured, table
from yardwatch.report.told_claims import ClaimRow, ClaimsTold, DriftRow, StatementRow, VerdictRow, claims_told

__all__ = ["claims_section"]

_OPENING = (
    "A claim is what somebody says. It is kept in its words and graded by the Admiralty scale: a letter for the "
    "source, a digit for the claim. Copies of one claim count once, however often it is repeated."
)
_TREES = (
    "The first telling stands on the left, its copies on the right. A solid line is a copy that says so, a dashed line "
    "one that was inferred. A thick line, with words on it, marks what changed on the way."
)


def claims_section(made: Made) -> Section | None:
    """All about claims."""
    if made.report.case is None or not made.case.claims:
        return None
    told = claims_told(made.case, made.ledger.numbers)
    ledger = made.ledger
    blocks: list[Block | None] = [Paragraph(words(_OPENING), key="section/claims"), _claims(ledger, told.rows)]
    blocks += [*_trees(ledger, told), _statements(ledger, told.statements), _notes(ledger, told)]
    blocks += [*_titled("What changed on the way", _drifts(ledger, told.drifts))]
    blocks += [*_titled("Claims against observations", _verdicts(ledger, told.verdicts))]
    return made_section("claims", "What was said", blocks)


def _titled(title: str, block: Table | None) -> Iterator[Block]:
    if block is not None:
        yield Heading(words(title))
        yield block


def _claims(ledger: Ledger, rows: Sequence[ClaimRow]) -> Table | None:
    heading = head("No.", "Who and when", "About", "Words", "Grade")
    return table("Claims", heading, [_claim(ledger, row) for row in rows], kind="claims")


def _claim(ledger: Ledger, row: ClaimRow) -> Row:
    who = (name(row.who), Words(" "), ledger.cite(row.source), Words(row.published, "line"))
    why: Runs = (Words(row.graded_by, "line"),) if row.graded_by else ()
    return Row(
        (
            cell(row.cite.label),
            cell(who),
            cell((name(row.matter), Words(row.when, "line"))),
            cell((Words(row.claim.quote, "quote"), *_manner(row.claim)), name=True),
            cell((Words(row.grade), *why)),
        ),
        row.cite.anchor,
    )


def _manner(claim: Claim) -> Iterator[Words]:
    """How it was said, and whether a person has accepted it."""
    if claim.negated:
        yield Words(" a denial", "line")
    if claim.hedged:
        yield Words(" said with reserve", "line")
    if claim.status.value != "accepted":
        yield Words(f" {claim.status.value} only", "line")


def _trees(ledger: Ledger, told: ClaimsTold) -> Iterator[Block]:
    if not told.trees:
        return
    yield Heading(words("Who repeats whom"))
    yield Paragraph(words(_TREES))
    for index, tree in enumerate(told.trees, 1):
        caption = tuple(_own(run) for run in ledger.tracer.fixed(tree.caption))
        yield Figure(f"lineage {index}", (tree.svg,), f"Tree of claims: {tree.caption}", caption, kind="tree")


def _own(run: Run) -> Run:
    """Numbers of claims are about the document itself."""
    return Words(run.text, "own") if isinstance(run, Words) and run.style == "fixed" else run


def _statements(ledger: Ledger, rows: Sequence[StatementRow]) -> Table | None:
    made = [
        Row(
            (
                cell((name(row.matter),), name=True),
                cell(cites(ledger, row.claims)),
                cell((Words(str(row.tellings), "own"),), numeric=True),
                cell((Words(str(len(row.origins)), "own"),), numeric=True),
                cell(joined_runs([(name(origin),) for origin in row.origins], between="; ")),
            )
        )
        for row in rows
    ]
    heading = head("About", "Claims", "Tellings", "Independent", "Origins", numeric=(2, 3))
    return table("How often each thing was said, and by how many independent origins", heading, made)


def _notes(ledger: Ledger, told: ClaimsTold) -> Note | None:
    lines = tuple((*ledger.tracer.fixed(begun(note)), Words(".")) for note in told.notes)
    return Note(lines) if lines else None


def _drifts(ledger: Ledger, rows: Sequence[DriftRow]) -> Table | None:
    made = []
    for row in rows:
        between = (ledger.cite(row.claim), Words(f" {row.relation} "), ledger.cite(row.against))
        drift = row.drift
        place = f"differences between {row.claim.label} and {row.against.label}"
        cited = (row.claim, row.against)
        subject = ledger.subject(f"drift/{drift.claim}/{drift.against}/{drift.kind}", place, (), others=cited)
        change = measured(ledger, f"{drift.before} → {drift.after}", subject, "change", name=True)
        if not drift.serious:
            change = replace(change, runs=(*change.runs, Words("same meaning", "line")))
        made.append(Row((cell(row.kind), cell(between), change, measured(ledger, drift.sentence, subject, "sentence"))))
    heading = head("What", "Between", "From and to", "In one sentence")
    return table("Differences between tellings", heading, made, kind="drifts")


def _verdicts(ledger: Ledger, rows: Sequence[VerdictRow]) -> Table | None:
    made = []
    for row in rows:
        quote = row.quote if len(row.quote) <= 90 else row.quote[:87] + "..."
        quoted: Runs = (Words(" "), Words(quote, "quote")) if quote else ()
        under = [ledger.observation(one) for one in row.under]
        place = f"{row.cite.label} against observations"
        claimed = ledger.subject(f"claimed/{row.claim}", place, (), others=(row.cite,))
        seen = ledger.subject(f"verdict/{row.claim}", place, row.under, others=() if under else (row.cite,))
        observed = measured(ledger, row.observed, seen, "observed", numeric=True)
        if under:
            observed = replace(observed, runs=(*observed.runs, Words(" "), *cites(ledger, under)))
        made.append(
            Row(
                (
                    cell((ledger.cite(row.cite), *quoted)),
                    measured(ledger, row.claimed, claimed, "claimed", numeric=True),
                    observed,
                    cell(row.verdict, name=True),
                    measured(ledger, row.sentence, seen, "sentence"),
                )
            )
        )
    heading = head("Claim", "Claimed", "Observed", "Verdict", "In one sentence", numeric=(1, 2))
    caption = "A claim is held against observations of its own extent and date that do not come from its own source"
    return table(caption, heading, made, kind="verdicts")
