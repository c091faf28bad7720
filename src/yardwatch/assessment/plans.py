"""Was a plan kept: what was announced for a date, and when it was seen."""

from dataclasses import dataclass

from yardwatch.assessment.ground import NOTHING, Ground, confidence_of
from yardwatch.assessment.wording import checked, identity, in_words, likelihood_of, quoted, rule_of
from yardwatch.model.assessment import Assessment, Confidence

__all__ = ["MilestoneFinding", "assess_milestone"]

_MISREAD = 0.03
_OVERLOOKED = 0.1


@dataclass(frozen=True, slots=True)
class MilestoneFinding:
    """A planned date and what was seen of it."""

    event_id: str
    """The planned event."""
    name: str
    """What was planned."""
    planned: str
    """For when, EDTF."""
    observed: str | None = None
    """When it was first seen done, EDTF with the bounds of the images; None if it was not."""
    not_seen_by: str | None = None
    """The last usable image on which it was not done; None if there is none."""
    late_days: tuple[float | None, float | None] | None = None
    """Least and most days late, negative for early; an open end is None; None where nothing can be said."""
    observations: tuple[str, ...] = ()
    """Ids of the observations under it."""


def assess_milestone(finding: MilestoneFinding, ground: Ground) -> Assessment:
    """Conclude whether something came later than planned.

    Seen done: the share of the bounds that lies after the planned date, with 3 % left for misreading. Not seen done on
    an image after the planned date: 0.9, since an image may not show it. Insufficient where no usable image is later
    than the planned date and it was not seen done.
    """
    confidence, because = confidence_of(ground)
    probability, seen = _probability(finding)
    matter = f"{quoted(finding.name)} came, or will come, later than planned ({finding.planned})"
    if probability is None:
        likelihood, conclusion = None, f"The record is insufficient to say whether {matter}: {seen}."
        rule, confidence = f"No probability is given: {seen}.", Confidence.LOW
        because = NOTHING
    else:
        likelihood = likelihood_of(probability)
        conclusion, rule = f"{in_words(likelihood)} {matter}: {seen}.", rule_of(probability, "The bounds of the images")
    return checked(
        Assessment(
            id=identity("milestone", finding.event_id),
            about=f"Was {quoted(finding.name)} done by {finding.planned}?",
            conclusion=conclusion,
            likelihood=likelihood,
            rule=rule,
            confidence=confidence,
            because=because,
            observations=finding.observations,
            events=(finding.event_id,),
            alternatives=(
                "The work may be done in a part that is roofed or was not looked at.",
                "The plan may have been changed without an announcement.",
            ),
            would_change=("A usable image after the planned date.", "An announcement of completion, or of a new date."),
        )
    )


def _probability(finding: MilestoneFinding) -> tuple[float | None, str]:
    """Probability of being late, and what was seen."""
    low, high = finding.late_days or (None, None)
    if finding.observed is not None:
        seen = f"it was first seen done in {finding.observed}"
        if (low is None and high is None) or (low is None and (high or 0) > 0) or (high is None and (low or 0) <= 0):
            return None, f"{seen}, and the images do not bound it on both sides"
        return min(max(_share_late(low, high), _MISREAD), 1 - _MISREAD), seen
    if finding.not_seen_by is not None and low is not None and low > 0:
        return 1 - _OVERLOOKED, f"it was not seen done by {finding.not_seen_by}"
    return None, "no usable image is later than the planned date"


def _share_late(low: float | None, high: float | None) -> float:
    """Share of the bounds that lies after the planned date; an open end counts as far off."""
    if low is None or (high is not None and high <= 0):
        return 0.0
    if high is None or low >= 0:
        return float(low > 0 or (high or 0) > 0)
    return high / (high - low)
