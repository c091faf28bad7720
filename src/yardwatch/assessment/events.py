"""Did activity change after an event: the outcome of a test, in words, without a word on causes."""

from dataclasses import dataclass
from math import e, log

from yardwatch.assessment.ground import NOTHING, Ground, confidence_of
from yardwatch.assessment.wording import checked, identity, in_words, likelihood_of, quoted, rule_of
from yardwatch.errors import MisuseError
from yardwatch.model.assessment import Assessment, Confidence

__all__ = ["EVENT_VERDICTS", "EventFinding", "assess_event", "chance_from_p"]

EVENT_VERDICTS = ("change", "no change shown", "insufficient")
"""What a test can come to."""

_MISSED = 0.2
_KEPT = 0.95


@dataclass(frozen=True, slots=True)
class EventFinding:
    """What a test of one event against one series came to."""

    event_id: str
    """The event."""
    title: str
    """What happened."""
    when: str
    """When, EDTF."""
    place: str
    """Where activity was counted."""
    what: str
    """What was counted."""
    verdict: str
    """One of `EVENT_VERDICTS`."""
    reason: str
    """Why, in a few words; what is missing where it is insufficient."""
    ratio: float | None = None
    """Rate after over rate before."""
    ratio_low: float | None = None
    """Lower end of its interval."""
    ratio_high: float | None = None
    """Upper end."""
    p: float | None = None
    """p-value, corrected for the number of events looked at."""
    smallest_ratio: float | None = None
    """Smallest ratio that these dates show with 80 % power."""
    others_near: tuple[str, ...] = ()
    """Titles of other events that the dates cannot tell from this one."""
    observations: tuple[str, ...] = ()
    """Ids of the observations under it."""


def assess_event(finding: EventFinding, ground: Ground) -> Assessment:
    """Conclude whether activity after an event differs from before.

    For a change the corrected p-value is turned into the most that it can be worth, `chance_from_p`. Where no change
    was shown, a change of the smallest ratio that the dates show with 80 % power has probability 0.2 / (0.2 + 0.95) =
    0.17 at even odds, for a test of size 5 %.
    """
    if finding.verdict not in EVENT_VERDICTS:
        raise MisuseError(
            f"event {finding.title!r}: verdict {finding.verdict!r} is none of {', '.join(EVENT_VERDICTS)}"
        )
    probability, what, why = _outcome(finding)
    confidence, because = confidence_of(ground)
    if probability is None:
        likelihood, conclusion, rule = None, what, f"No probability is given: {why}."
        confidence, because = Confidence.LOW, NOTHING
    else:
        likelihood = likelihood_of(probability)
        conclusion, rule = f"{in_words(likelihood)} {what}", rule_of(probability, why)
    return checked(
        Assessment(
            id=identity("event", finding.event_id, finding.place, finding.what),
            about=f"Did {finding.what} at {finding.place} change after {quoted(finding.title)} ({finding.when})?",
            conclusion=conclusion,
            likelihood=likelihood,
            rule=rule,
            confidence=confidence,
            because=because,
            observations=finding.observations,
            events=(finding.event_id,),
            alternatives=_alternatives(finding),
            would_change=(
                f"Usable images in the weeks before and after {finding.when}, chosen without regard to the news.",
                "The same look at a place that the event should not touch.",
            ),
        )
    )


def chance_from_p(p: float) -> float:
    """The most that a p-value can be worth as a probability of an effect, at even odds beforehand.

    ``1 / (1 − e p ln p)`` for p below 1/e, else one half.

    References
    ----------
    Sellke, Bayarri and Berger, Calibration of p values for testing precise null hypotheses, The American Statistician
    55 (2001), doi:10.1198/000313001300339950.
    """
    if not 0 <= p <= 1:
        raise MisuseError(f"a p-value of {p} is none; give one between 0 and 1")
    return 0.5 if p >= 1 / e else 1.0 if p == 0 else 1 / (1 - e * p * log(p))


def _outcome(finding: EventFinding) -> tuple[float | None, str, str]:
    """Probability, the clause it is the probability of, and where it comes from."""
    matter = f"{finding.what} at {finding.place}"
    if finding.verdict == "change" and finding.p is not None:
        interval = (
            f" ({finding.ratio_low:.2g}–{finding.ratio_high:.2g})" if finding.ratio_low and finding.ratio_high else ""
        )
        ratio = f": the rate after is {finding.ratio:.2g}{interval} times that before" if finding.ratio else ""
        clause = f"{matter} differed before and after {quoted(finding.title)} ({finding.when}){ratio}."
        return chance_from_p(finding.p), clause, f"At even odds a corrected p of {finding.p:.2g} at most"
    if finding.verdict == "no change shown" and finding.smallest_ratio is not None:
        clause = f"{matter} changed by a factor of {finding.smallest_ratio:.2g} or more after {quoted(finding.title)}."
        return _MISSED / (_MISSED + _KEPT), clause, "A test of 80 % power and 5 % size that shows no change"
    why = finding.reason.rstrip(". ") or "these dates could not have shown a change"
    return (
        None,
        f"The record is insufficient to say whether {matter} changed after {quoted(finding.title)}: {why}.",
        why,
    )


def _alternatives(finding: EventFinding) -> tuple[str, ...]:
    near = (f"Other events fall between the same images: {', '.join(map(quoted, finding.others_near))}.",)
    return (
        *(near if finding.others_near else ()),
        "Activity may have been rising or falling already.",
        "Images may have been taken, or published, because of the event.",
        "Coming after an event is not coming from it.",
    )
