"""What range of numbers a claim allows, and in which unit."""

from dataclasses import dataclass
from math import inf

from yardwatch.claims.phrases import stem
from yardwatch.model.claim import Claim, ClaimQualifier

__all__ = ["ABOUT", "Bounds", "amount_of", "bounds_of", "same_unit", "unit_of"]

ABOUT = 0.1
"""How far from the truth an "about" may be, as a share of the number; never less than one."""

_UPPER = {ClaimQualifier.UP_TO, ClaimQualifier.AT_MOST}
_NAMES = {
    "railcar": "railcar car wagon carriage boxcar railwagon",
    "train": "train",
    "locomotive": "locomotive engine",
    "container": "container",
    "person": "person people soldier troop",
}
_FACTORS = {
    "m": ("m metre meter", 1.0),
    "km": ("km kilometre kilometer", 1000.0),
    "cm": ("cm centimetre centimeter", 0.01),
    "ft": ("ft foot feet", 0.3048),
    "yd": ("yd yard", 0.9144),
    "mile": ("mile mi", 1609.344),
}
_CANONICAL = {word: (name, 1.0) for name, words in _NAMES.items() for word in words.split()}
_CANONICAL |= {word: ("m", factor) for words, factor in _FACTORS.values() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Bounds:
    """A range of numbers, both ends in it; an open end is infinite."""

    low: float
    """Lower end."""
    high: float
    """Upper end."""

    def meets(self, other: "Bounds") -> bool:
        """Whether some number lies in both."""
        return self.low <= other.high and other.low <= self.high

    def within(self, other: "Bounds") -> bool:
        """Whether all of it lies in the other."""
        return other.low <= self.low and self.high <= other.high

    def __str__(self) -> str:
        if self.high == inf:
            return f"{self.low:,.10g} or more"
        return f"{self.low:,.10g}" if self.low == self.high else f"{self.low:,.10g}–{self.high:,.10g}"


def unit_of(unit: str) -> tuple[str, float]:
    """The plain name of a unit, and how many of it one `unit` is: ``km`` is 1000 ``m``.

    Words for things are brought to one word where they mean the same (wagon, railcar); unknown words stay.
    """
    words = [stem(word) for word in unit.casefold().replace("-", " ").split()]
    known = _CANONICAL.get(words[-1]) if words else None
    return known or (" ".join(words), 1.0)


def same_unit(one: Claim, other: Claim) -> bool:
    """Whether the numbers of two claims can be compared; a unit that is not said fits any."""
    return one.unit is None or other.unit is None or unit_of(one.unit)[0] == unit_of(other.unit)[0]


def amount_of(claim: Claim) -> float | None:
    """The number of a claim in its plain unit (metres for lengths); None if it has none."""
    return None if claim.value is None else claim.value * _factor(claim)


def bounds_of(claim: Claim, *, about: float = ABOUT) -> Bounds | None:
    """The numbers that the words of a claim allow, in its plain unit; None if it names no number.

    Parameters
    ----------
    claim : Claim
        Its own `low` and `high` go before the qualifier where it has them.
    about : float
        Share of the number by which "about" may be off.
    """
    if claim.value is None and claim.low is None and claim.high is None:
        return Bounds(0, 0) if claim.qualifier is ClaimQualifier.NONE else None
    stated = _around(claim, about) if claim.value is not None else Bounds(0, inf)
    factor = _factor(claim)
    low = stated.low if claim.low is None else claim.low
    high = stated.high if claim.high is None else claim.high
    return Bounds(min(low, high) * factor, max(low, high) * factor)


def _around(claim: Claim, about: float) -> Bounds:
    value = claim.value or 0.0
    if claim.qualifier is ClaimQualifier.AT_LEAST:
        return Bounds(value, inf)
    if claim.qualifier in _UPPER:
        return Bounds(0, value)
    off = max(1.0, about * value) if claim.qualifier is ClaimQualifier.ABOUT else 0.0
    return Bounds(max(0.0, value - off), value + off)


def _factor(claim: Claim) -> float:
    return 1.0 if claim.unit is None else unit_of(claim.unit)[1]
