"""Was a place in use: from images that show activity and images that do not."""

from dataclasses import dataclass

from scipy.special import betaincc

from yardwatch.assessment.ground import NOTHING, Ground, confidence_of
from yardwatch.assessment.wording import checked, identity, in_words, likelihood_of, rule_of
from yardwatch.errors import MisuseError
from yardwatch.model.assessment import Assessment, Confidence

__all__ = ["PresenceFinding", "assess_presence"]

_FEWEST = 3


@dataclass(frozen=True, slots=True)
class PresenceFinding:
    """On how many usable images something was there."""

    place: str
    """Zone, place or site."""
    what: str
    """What was looked for: ``railcars``, ``tarped cargo`` …"""
    period: str
    """From when to when, EDTF."""
    active: int
    """Usable images that show it."""
    usable: int
    """Usable images."""
    unusable: int = 0
    """Images on which nothing could be seen: clouded, hidden, too coarse."""
    no_image: int = 0
    """Dates looked for that have no image."""
    share: float = 0.5
    """The question: was it there on more than this share of days?"""
    observations: tuple[str, ...] = ()
    """Ids of the observations under it."""

    def __post_init__(self) -> None:
        if not (0 <= self.active <= self.usable and min(self.unusable, self.no_image) >= 0 and 0 < self.share < 1):
            counts = f"active in {self.active} of {self.usable} images, more than {self.share} of days"
            raise MisuseError(f"{self.place}: {counts}; give active up to usable, from 0, and a share between 0 and 1")


def assess_presence(finding: PresenceFinding, ground: Ground) -> Assessment:
    """Conclude whether something was there on more than a share of days.

    The share of days has a Jeffreys posterior, Beta(active + ½, usable − active + ½), as if the images were of days
    chosen at random; the alternatives say that they may not be. Insufficient below three usable images.
    """
    confidence, because = confidence_of(ground)
    counts = f"seen in {finding.active} of {finding.usable} usable images"
    unseen = f"not usable: {finding.unusable}; dates without image: {finding.no_image}"
    matter = f"{finding.place} had {finding.what} on more than {100 * finding.share:.0f} % of days in {finding.period}"
    if finding.usable < _FEWEST:
        why = f"{finding.usable} usable images, and {_FEWEST} are needed; {unseen}"
        likelihood, conclusion = None, f"The record is insufficient to say whether {matter}: {why}."
        rule, confidence = f"No probability is given: {why}.", Confidence.LOW
        because = NOTHING
    else:
        inactive = finding.usable - finding.active
        probability = float(betaincc(finding.active + 0.5, inactive + 0.5, finding.share))
        likelihood = likelihood_of(probability)
        conclusion = f"{in_words(likelihood)} {matter} ({counts}; {unseen})."
        rule = rule_of(probability, f"Beta({finding.active + 0.5:g}, {inactive + 0.5:g}) above {finding.share:g}")
    return checked(
        Assessment(
            id=identity("presence", finding.place, finding.what, finding.period, f"{finding.share:g}"),
            about=f"Did {finding.place} have {finding.what} on more than {100 * finding.share:.0f} % of days?",
            conclusion=conclusion,
            likelihood=likelihood,
            rule=rule,
            confidence=confidence,
            because=because,
            observations=finding.observations,
            alternatives=(
                "The images may have been chosen because something was going on there.",
                "An image shows one hour; what comes and goes by night is missed.",
            ),
            would_change=(
                "Images of days chosen without regard to the news.",
                "Usable images of the dates that have none.",
            ),
        )
    )
