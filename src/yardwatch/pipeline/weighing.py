"""What was said, weighed: who repeats whom, what changed on the way, and how it stands against what was seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yardwatch.claims.drift import Drift, drifts
from yardwatch.claims.grading import Corroboration, Grade, corroboration, suggest_credibility, suggest_reliability
from yardwatch.claims.lineage import Lineage, Statement, sources_behind, statements, trace
from yardwatch.claims.reconcile import Reconciliation, Verdict, reconcile
from yardwatch.model.claim import Claim, Source
from yardwatch.model.event import Event
from yardwatch.model.observation import Observation

__all__ = ["Weighed", "weigh"]


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Claims with all that was found about them."""

    claims: Mapping[str, Claim]
    """By id, in the order of the record."""
    sources: Mapping[str, Source]
    """By id."""
    lineage: Lineage
    """Which repeats which."""
    statements: tuple[Statement, ...]
    """By matter."""
    drifts: tuple[Drift, ...]
    """What changed on the way."""
    reconciled: Mapping[str, Reconciliation]
    """By claim: how it stands against what was seen."""
    others: Mapping[str, Corroboration]
    """By claim: who else says so or the contrary."""
    grades: Mapping[str, Grade]
    """By claim."""
    source_grades: Mapping[str, Grade]
    """By source."""


def weigh(
    claims: Sequence[Claim], sources: Sequence[Source], events: Sequence[Event], observations: Sequence[Observation]
) -> Weighed:
    """Trace, compare, reconcile and grade all claims."""
    lineage = trace(claims, sources)
    found = drifts(claims, sources, lineage, events=events)
    others = {claim.id: corroboration(claim, claims, sources, lineage) for claim in claims}
    reconciled = {
        claim.id: reconcile(
            claim, observations, own_sources=sources_behind(claim.id, claims, sources, lineage)
        )
        for claim in claims
    }  # fmt: skip
    return Weighed(
        claims={claim.id: claim for claim in claims},
        sources={source.id: source for source in sources},
        lineage=lineage,
        statements=statements(claims, lineage),
        drifts=found,
        reconciled=reconciled,
        others=others,
        grades={
            claim.id: suggest_credibility(claim, others[claim.id], drifts=found, reconciled=[reconciled[claim.id]])
            for claim in claims
        },
        source_grades={source.id: suggest_reliability(source, _held(source, claims, reconciled)) for source in sources},
    )


def _held(source: Source, claims: Sequence[Claim], reconciled: Mapping[str, Reconciliation]) -> list[bool]:
    """For each claim of a source that could be checked against what was seen, whether it held."""
    settled = {Verdict.CONSISTENT, Verdict.NOT_CONSISTENT}
    verdicts = [reconciled[claim.id].verdict for claim in claims if claim.source_id == source.id]
    return [verdict is Verdict.CONSISTENT for verdict in verdicts if verdict in settled]
