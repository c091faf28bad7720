"""Did the level change: a rise or fall of what is counted at one place."""

from dataclasses import dataclass

from yardwatch.assessment.ground import NOTHING, Ground, confidence_of
from yardwatch.assessment.wording import checked, identity, in_words, likelihood_of, rule_of
from yardwatch.model.assessment import Assessment, Confidence

__all__ = ["LevelChange", "assess_level_change"]

_FEWEST = 4


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A change of level that the series suggests, or a jump between two dates."""

    place: str
    """Zone, place or site."""
    what: str
    """What is counted: ``railcars`` …"""
    between: str
    """The dates it lies between, EDTF."""
    before: float
    """Level before."""
    after: float
    """Level after."""
    probability: float | None
    """Probability that the level changed there; None where it could not be computed."""
    extents: tuple[str, ...]
    """Extents of what was counted; more than one if the two sides differ."""
    joined: bool = False
    """Whether a person has joined the extents."""
    caveats: tuple[str, ...] = ()
    """What else speaks against reading it as a change, one sentence each."""
    observations: tuple[str, ...] = ()
    """Ids of the observations under it."""
    claims: tuple[str, ...] = ()
    """Ids of the claims under it."""


def assess_level_change(change: LevelChange, ground: Ground) -> Assessment:
    """Conclude whether a level changed.

    Insufficient where the extents differ and nobody joined them, where there is no probability, or where fewer than
    four observations stand under it. Else the probability is handed on as it is.
    """
    confidence, because = confidence_of(ground)
    numbers = f"from about {change.before:.3g} to about {change.after:.3g}"
    missing = _missing(change, ground)
    likelihood = None if missing or change.probability is None else likelihood_of(change.probability)
    if missing or likelihood is None or change.probability is None:
        conclusion = (
            f"The record is insufficient to say whether the number of {change.what} at {change.place} changed between "
            f"{_dates(change.between)} ({numbers}): {missing}."
        )
        rule, confidence = f"No probability is given: {missing}.", Confidence.LOW
        because = NOTHING
    else:
        moved = "rose" if change.after > change.before else "fell"
        conclusion = (
            f"{in_words(likelihood)} the number of {change.what} at {change.place} {moved} between "
            f"{_dates(change.between)}, {numbers}."
        )
        rule = rule_of(change.probability, "The change-point posterior")
    return checked(
        Assessment(
            id=identity("level", change.place, change.what, change.between),
            about=f"Did the number of {change.what} at {change.place} change?",
            conclusion=conclusion,
            likelihood=likelihood,
            rule=rule,
            confidence=confidence,
            because=because,
            observations=change.observations,
            claims=change.claims,
            alternatives=_alternatives(change),
            would_change=_would_change(change),
        )
    )


def _missing(change: LevelChange, ground: Ground) -> str:
    """Why nothing can be concluded; empty if something can."""
    if len(set(change.extents)) > 1 and not change.joined:
        return f"the two sides are counts of different extents ({', '.join(dict.fromkeys(change.extents))})"
    if change.probability is None:
        return "no probability could be computed"
    if ground.observations < _FEWEST:
        return f"{ground.observations} observations stand under it, and {_FEWEST} are needed"
    return ""


def _alternatives(change: LevelChange) -> tuple[str, ...]:
    said = [
        "The images may have been taken or published because something was going on, so that busy days stand out.",
        "It may be a short peak between two images, and no lasting change.",
        "Cars may have stood hidden, or on tracks that were not looked at, on one side of the date.",
    ]
    if len(set(change.extents)) > 1:
        said.insert(0, f"What was counted may have changed, not the level: {', '.join(dict.fromkeys(change.extents))}.")
    return (*change.caveats, *said)


def _would_change(change: LevelChange) -> tuple[str, ...]:
    said = (
        f"A usable image between {_dates(change.between)}.",
        "Counts on more dates on both sides, chosen without regard to the news.",
    )
    same = ("A recount of both sides within one drawn extent.",) if len(set(change.extents)) > 1 else ()
    return (*same, *said)


def _dates(between: str) -> str:
    return between.replace("/", " and ")
