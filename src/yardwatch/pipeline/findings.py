"""What follows from all that a workspace holds."""

import re

from yardwatch.model.claim import ClaimStatus
from yardwatch.model.event import Event
from yardwatch.model.observation import Observation
from yardwatch.model.ports import WorkspaceStore
from yardwatch.pipeline.concluding import Record, conclusions
from yardwatch.pipeline.following import MILESTONE, comparisons_of, follow, milestones_of, series_of, steps_of, testable
from yardwatch.pipeline.seeing import MACHINE
from yardwatch.pipeline.weighing import weigh
from yardwatch.report import CaseFindings
from yardwatch.trends.coverage import days_without_image
from yardwatch.trends.events import judge_events
from yardwatch.trends.series import by_day

__all__ = ["findings_of", "names_nobody"]

_NOBODY = re.compile(r"\b(?:several|some|various)\b.*\b(?:agencies|media|outlets|reports)\b|^press\b", re.IGNORECASE)


def _typed_by_machine(observation: Observation) -> bool:
    """Counts by type of each image have tables of their own; followed over time they would bury the count."""
    return observation.by == MACHINE and observation.klass != "railcar"


def findings_of(store: WorkspaceStore) -> CaseFindings | None:
    """All that follows from a workspace; None where there is nothing to follow or to weigh.

    Claims that a person has rejected, and proposals that nobody has accepted, are left out.
    """
    claims = tuple(claim for claim in store.claims() if claim.status is ClaimStatus.ACCEPTED)
    sources, events, observations = tuple(store.sources()), tuple(store.events()), tuple(store.observations())
    series = series_of([one for one in observations if not _typed_by_machine(one)])
    if not (sources or claims or events) and not any(len(by_day(one).usable) > 1 for one in series):
        return None
    happened = tuple(event for event in events if event.kind != MILESTONE)
    followed, jumps = tuple(follow(one) for one in series), steps_of(series)
    tested = tuple(test for one in testable(series) for test in judge_events(one, happened))
    milestones = milestones_of(events, observations)
    weighed = weigh(claims, sources, events, observations)
    return CaseFindings(
        sources=sources,
        claims=claims,
        events=events,
        followed=followed,
        jumps=jumps,
        comparisons=comparisons_of(series),
        tested=tested,
        milestones=milestones,
        lineage=weighed.lineage,
        statements=weighed.statements,
        drifts=weighed.drifts,
        reconciliations=tuple(weighed.reconciled.values()),
        grades=weighed.grades,
        source_grades=weighed.source_grades,
        assessments=conclusions(
            Record(observations, sources),
            followed=followed,
            jumps=jumps,
            tested=tested,
            events={event.id: event for event in events},
            milestones=milestones,
            weighed=weighed,
        ),
        looks=days_without_image(happened, observations),
        wanting_source=tuple(event.id for event in events if names_nobody(event)),
    )


def names_nobody(event: Event) -> bool:
    """Whether an event wants a source of its own: it has none, or words such as "several news agencies"."""
    return event.source is None or _NOBODY.search(event.source) is not None
