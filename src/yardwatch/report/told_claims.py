"""What a report tells of claims: who said it, who repeated it, what changed, and how it stands to what was seen."""

from dataclasses import dataclass
from math import isinf

from markupsafe import Markup

from yardwatch.claims.drift import Drift, DriftKind, Relation
from yardwatch.claims.grading import Grade, admiralty
from yardwatch.claims.reconcile import Reconciliation, Verdict
from yardwatch.model.claim import CREDIBILITY, RELIABILITY, Claim, Source
from yardwatch.report.contents import CaseFindings
from yardwatch.report.dates import date_words
from yardwatch.report.numbering import Cite, Numbers, safe_link
from yardwatch.report.trees import Told, grown, lineage_svg
from yardwatch.report.words import joined, numeral

__all__ = [
    "ClaimRow",
    "ClaimsTold",
    "DriftRow",
    "Reference",
    "StatementRow",
    "Tree",
    "VerdictRow",
    "claims_told",
    "references",
]

_KINDS = {
    DriftKind.QUALIFIER: "how firmly",
    DriftKind.VALUE: "number",
    DriftKind.UNIT: "unit",
    DriftKind.OBJECT: "object",
    DriftKind.DATE: "date",
    DriftKind.HEDGE: "reserve",
    DriftKind.NEGATION: "denial",
}
_RELATIONS = {
    Relation.COPY: "repeats",
    Relation.SIBLINGS: "beside",
    Relation.INDEPENDENT: "independent of",
    Relation.EVENT: "against",
}
_VERDICTS = {
    Verdict.CONSISTENT: "Consistent",
    Verdict.NOT_CONSISTENT: "Not consistent",
    Verdict.CANNOT_TELL: "Cannot tell",
    Verdict.NOT_OBSERVABLE: "Not observable from above",
}


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim in the table."""

    cite: Cite
    """Its number."""
    who: str
    """Its publisher."""
    source: Cite
    """Number of the source."""
    published: str
    """When it was said, in words."""
    claim: Claim
    """All of it."""
    matter: str
    """Of what and where."""
    when: str
    """Date of what is claimed, in words."""
    grade: str
    """Admiralty grade in words."""
    graded_by: str
    """Who gave the grade, and why."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A drawn lineage."""

    svg: Markup
    """The drawing."""
    caption: str
    """What it shows."""


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One matter with those who speak of it."""

    claims: tuple[Cite, ...]
    """Who says it."""
    tellings: int
    """How many claims."""
    origins: tuple[str, ...]
    """Independent origins."""
    matter: str
    """Of what and where."""


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One thing that two tellings say differently."""

    kind: str
    """What differs."""
    claim: Cite
    """The one."""
    relation: str
    """How it stands to the other."""
    against: Cite
    """The other."""
    drift: Drift
    """All of it."""


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """A claim against what was observed."""

    cite: Cite
    """The claim."""
    quote: str
    """Its words."""
    claimed: str
    """Its range in numbers."""
    observed: str
    """The range of the observations."""
    claim: str
    """Id of the claim."""
    under: tuple[str, ...]
    """Ids of the observations."""
    verdict: str
    """How it stands."""
    sentence: str
    """The outcome in one sentence."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One source in the list."""

    number: int
    """Its number."""
    source: Source
    """All of it."""
    title: str
    """Its title; empty where it is only the publisher's name."""
    published: str
    """When it appeared, in words."""
    link: str | None
    """Address that may be a link; None if there is none."""
    grade: str
    """Admiralty grade in words."""


@dataclass(frozen=True, slots=True)
class ClaimsTold:
    """Everything about claims, made ready for the page."""

    rows: tuple[ClaimRow, ...]
    """The claims."""
    trees: tuple[Tree, ...]
    """Who repeats whom."""
    statements: tuple[StatementRow, ...]
    """By matter."""
    notes: tuple[str, ...]
    """Hearsay and contradictions in the record of who repeats whom."""
    drifts: tuple[DriftRow, ...]
    """What changed."""
    verdicts: tuple[VerdictRow, ...]
    """Claims against observations."""


def claims_told(case: CaseFindings, numbers: Numbers) -> ClaimsTold:
    """Everything about claims, made ready for the page."""
    sources = {source.id: source for source in case.sources}
    return ClaimsTold(
        rows=tuple(_row(claim, sources.get(claim.source_id), case, numbers) for claim in case.claims),
        trees=_trees(case, numbers, sources),
        statements=_statements(case, numbers),
        notes=_notes(case, numbers),
        drifts=tuple(_drift(drift, numbers) for drift in case.drifts),
        verdicts=tuple(_verdict(one, case, numbers) for one in case.reconciliations),
    )


def references(case: CaseFindings, numbers: Numbers) -> tuple[Reference, ...]:
    """The sources in the order of their numbers."""
    ordered = sorted(case.sources, key=lambda source: numbers.sources[source.id])
    return tuple(
        Reference(
            number=numbers.sources[source.id],
            source=source,
            title="" if source.title.casefold() == source.publisher.casefold() else source.title,
            published=date_words(source.published),
            link=safe_link(source.url),
            grade=_reliability(source, case.source_grades.get(source.id)),
        )
        for source in ordered
    )


def _row(claim: Claim, source: Source | None, case: CaseFindings, numbers: Numbers) -> ClaimRow:
    grade, own = case.grades.get(claim.id), case.source_grades.get(claim.source_id)
    return ClaimRow(
        cite=numbers.claim(claim.id),
        who=source.publisher if source else claim.source_id,
        source=numbers.source(claim.source_id),
        published=date_words(source.published if source else None),
        claim=claim,
        matter=_matter(claim),
        when=date_words(claim.when),
        grade=_grade(claim, source, grade, own),
        graded_by=_graded_by(grade),
    )


def _graded_by(grade: Grade | None) -> str:
    if grade is None:
        return ""
    return "judged by a person" if grade.by_person else f"suggested by rule: {grade.why}"


def _grade(claim: Claim, source: Source | None, grade: Grade | None, own: Grade | None) -> str:
    """Both grades spelled out; a code that is none is shown as it is."""
    letter = own.code if own else source.reliability if source else "F"
    digit = grade.code if grade else claim.credibility
    return admiralty(letter, digit) if letter in RELIABILITY and digit in CREDIBILITY else f"{letter}{digit}"


def _reliability(source: Source, grade: Grade | None) -> str:
    letter = grade.code if grade else source.reliability
    return f"{letter}: {RELIABILITY[letter]}" if letter in RELIABILITY else letter


def _matter(claim: Claim) -> str:
    where = claim.zone or claim.place_text
    what = claim.measure or claim.kind
    return f"{what}, {where}" if where else what


def _trees(case: CaseFindings, numbers: Numbers, sources: dict[str, Source]) -> tuple[Tree, ...]:
    lineage = case.lineage
    if lineage is None:
        return ()
    told = {claim.id: Told(numbers.claim(claim.id).label, claim, sources.get(claim.source_id)) for claim in case.claims}
    roots = {edge.child: lineage.root(edge.child) for edge in lineage.edges}
    changed = {drift.claim for drift in case.drifts if drift.relation is Relation.COPY and drift.serious}
    trees = []
    for root in grown(lineage):
        copies = [edge for edge in lineage.edges if roots[edge.child] == root]
        number = sum(edge.child in changed for edge in copies)
        first = told[root].number if root in told else root
        caption = f"{first} and {_counted(len(copies), 'claim that repeats it', 'claims that repeat it')}"
        caption += f"; what is meant changed on the way in {_share(number, len(copies))}." if number else "."
        svg = lineage_svg(root, lineage, told, case.drifts)
        trees.append(Tree(Markup(svg), caption))  # noqa: S704 -- escaped where it is made
    return tuple(trees)


def _statements(case: CaseFindings, numbers: Numbers) -> tuple[StatementRow, ...]:
    claims = {claim.id: claim for claim in case.claims}
    return tuple(
        StatementRow(
            claims=tuple(numbers.claim(name) for name in one.claims),
            tellings=len(one.claims),
            origins=one.origins,
            matter=next((_matter(claims[name]) for name in one.claims if name in claims), ""),
        )
        for one in case.statements
    )


def _notes(case: CaseFindings, numbers: Numbers) -> tuple[str, ...]:
    if case.lineage is None:
        return ()
    heard = [
        f"{numbers.claim(name).label} is taken from {who}, whose own words are not in the record"
        for name, who in sorted(case.lineage.hearsay.items(), key=lambda item: numbers.claims.get(item[0], 0))
    ]
    return (*heard, *case.lineage.flaws)


def _drift(drift: Drift, numbers: Numbers) -> DriftRow:
    event = drift.relation is Relation.EVENT
    return DriftRow(
        kind=_KINDS.get(drift.kind, str(drift.kind)),
        claim=numbers.any(drift.claim) if event else numbers.claim(drift.claim),
        relation=_RELATIONS.get(drift.relation, str(drift.relation)),
        against=numbers.any(drift.against) if event else numbers.claim(drift.against),
        drift=drift,
    )


def _verdict(one: Reconciliation, case: CaseFindings, numbers: Numbers) -> VerdictRow:
    claim = next((claim for claim in case.claims if claim.id == one.claim_id), None)
    under = dict.fromkeys(name for part in one.comparisons for name in part.observations)
    return VerdictRow(
        cite=numbers.claim(one.claim_id),
        quote=claim.quote if claim else "",
        claimed=_range(one.low, one.high),
        observed=joined(list(dict.fromkeys(_range(part.low, part.high) for part in one.comparisons))) or "–",
        claim=one.claim_id,
        under=tuple(under),
        verdict=_VERDICTS[one.verdict],
        sentence=one.sentence,
    )


def _range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "–"
    if high is None or isinf(high):
        return f"{numeral(low or 0)} or more"
    return numeral(high) if low == high else f"{numeral(low or 0)}–{numeral(high)}"


def _share(number: int, whole: int) -> str:
    return "it" if whole == 1 else "all of them" if number == whole else f"{number} of them"


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
