"""What we conclude, in calibrated words."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Assessment", "Confidence", "Likelihood"]


class Likelihood(StrEnum):
    """How likely a conclusion is to be true (ICD 203, with its ranges in percent)."""

    ALMOST_NO_CHANCE = "almost no chance"
    VERY_UNLIKELY = "very unlikely"
    UNLIKELY = "unlikely"
    ROUGHLY_EVEN = "roughly even chance"
    LIKELY = "likely"
    VERY_LIKELY = "very likely"
    ALMOST_CERTAIN = "almost certain"

    @property
    def percent(self) -> tuple[int, int]:
        """The range of probability that the words stand for, percent."""
        return _PERCENT[self]


_PERCENT = {
    Likelihood.ALMOST_NO_CHANCE: (1, 5),
    Likelihood.VERY_UNLIKELY: (5, 20),
    Likelihood.UNLIKELY: (20, 45),
    Likelihood.ROUGHLY_EVEN: (45, 55),
    Likelihood.LIKELY: (55, 80),
    Likelihood.VERY_LIKELY: (80, 95),
    Likelihood.ALMOST_CERTAIN: (95, 99),
}


class Confidence(StrEnum):
    """How good the ground is that a conclusion stands on (ICD 203)."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Assessment:
    """A conclusion and what it stands on; likelihood and confidence are never put in one sentence."""

    id: str
    """Unique in its workspace; follows from what it is about."""
    about: str
    """What question it answers, in a few words."""
    conclusion: str
    """One sentence, with the likelihood word where there is one."""
    likelihood: Likelihood | None
    """How likely; None where the verdict is "insufficient"."""
    rule: str
    """The rule that gave the likelihood, with its numbers."""
    confidence: Confidence
    """How good the ground is."""
    because: str
    """One sentence on why the confidence is what it is."""
    observations: tuple[str, ...] = ()
    """Ids of the observations under it."""
    claims: tuple[str, ...] = ()
    """Ids of the claims under it."""
    events: tuple[str, ...] = ()
    """Ids of the events it speaks of."""
    alternatives: tuple[str, ...] = ()
    """Other explanations that were not ruled out."""
    would_change: tuple[str, ...] = ()
    """What would change it."""
