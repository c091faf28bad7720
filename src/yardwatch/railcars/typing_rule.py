"""How finely a car's type is said: only as fine as the image carries."""

from dataclasses import dataclass

import numpy as np

from yardwatch.model.frame import Floats
from yardwatch.railcars.evidence import TYPES

__all__ = ["TypeRule", "type_rule"]

_FINE_M, _HALF_M = 0.4, 0.65


@dataclass(frozen=True, slots=True)
class TypeRule:
    """What an image of some resolution may say of a car's type."""

    sure: float
    """Least probability with which a type is said; more than 1 where none is."""
    tells_load: bool
    """Whether an empty flat car is told from one that carries containers."""

    @property
    def says_any(self) -> bool:
        """Whether a type is ever said."""
        return self.sure <= 1

    def __str__(self) -> str:
        if not self.says_any:
            return "no type is said: the image is too coarse"
        load = "" if self.tells_load else "; flat and container cars are not told apart"
        return f"a type is said from a probability of {self.sure:g}{load}"

    def say(self, probabilities: Floats) -> tuple[str, dict[str, float]]:
        """The type to report, ``flat_or_container`` or ``unknown``, and the probability of each of `TYPES`."""
        odds = dict(zip(TYPES, probabilities.tolist(), strict=True))
        best = TYPES[int(np.argmax(probabilities))]
        told = self.tells_load or best not in ("flat", "container")
        if told and odds[best] >= self.sure:
            return best, odds
        if odds["flat"] + odds["container"] >= self.sure:
            return "flat_or_container", odds
        return "unknown", odds


def type_rule(gsd_m: float) -> TypeRule:
    """The rule for a ground sample distance in metres.

    Up to 0.4 m a type is said from a probability of 0.5; up to 0.65 m from 0.6, flat and container cars together;
    coarser than that no type is said. Of the types said so nine in ten are right on simulated yards. The borders of
    resolution are ours: NIIRS 5, at which cars are told by type, is met by images of about half a metre.
    """
    if gsd_m <= _FINE_M:
        return TypeRule(0.5, tells_load=True)
    return TypeRule(0.6, tells_load=False) if gsd_m <= _HALF_M else TypeRule(2.0, tells_load=False)
