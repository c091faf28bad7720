"""What persons decided and what we conclude, as JSON."""

from yardwatch.model.assessment import Assessment
from yardwatch.model.ports import WorkspaceStore
from yardwatch.model.review import Review
from yardwatch.pipeline.documents import Json
from yardwatch.pipeline.findings import findings_of
from yardwatch.pipeline.records import cells_of, kind_of_record

__all__ = ["assessment_facts", "review_facts"]


def assessment_facts(store: WorkspaceStore) -> list[dict[str, Json]]:
    """All conclusions that follow from a workspace, as its report prints them."""
    findings = findings_of(store)
    return [_assessment(one) for one in findings.assessments] if findings else []


def review_facts(review: Review) -> dict[str, Json]:
    """What a person decided about a source, claim or event, with both versions."""
    return {
        "table": kind_of_record(review.after),
        "id": review.after.id,
        "by": review.by,
        "reviewed_at": review.reviewed_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "note": review.note,
        "before": cells_of(review.before),
        "after": cells_of(review.after),
    }


def _assessment(one: Assessment) -> dict[str, Json]:
    return {
        "id": one.id,
        "about": one.about,
        "conclusion": one.conclusion,
        "likelihood": one.likelihood.value if one.likelihood else None,
        "percent": list(one.likelihood.percent) if one.likelihood else None,
        "rule": one.rule,
        "confidence": one.confidence.value,
        "because": one.because,
        "observations": list(one.observations),
        "claims": list(one.claims),
        "events": list(one.events),
        "alternatives": list(one.alternatives),
        "would_change": list(one.would_change),
    }
