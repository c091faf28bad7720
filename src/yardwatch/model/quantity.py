"""How many, and how firmly that is known."""

import re
from dataclasses import dataclass
from enum import StrEnum

from yardwatch.errors import InputError

__all__ = ["Qualifier", "Quantity", "parse_quantity"]

_LARGEST = 1_000_000
_REMEDY = 'write a whole number with what you know of it: "7", "about 73", "at least 7", "at most 20", "2..3", "none"'
_WORDS = {
    "": "exact",
    "exactly": "exact",
    "about": "about",
    "approximately": "about",
    "approx": "about",
    "around": "about",
    "ca": "about",
    "~": "about",
    "at least": "at_least",
    "at_least": "at_least",
    ">=": "at_least",
    "≥": "at_least",
    "more than": "more than",
    ">": "more than",
    "at most": "at_most",
    "at_most": "at_most",
    "up to": "at_most",
    "<=": "at_most",
    "≤": "at_most",
    "fewer than": "fewer than",
    "less than": "fewer than",
    "<": "fewer than",
}


class Qualifier(StrEnum):
    """What a number is: itself, near, a lower bound, an upper bound, or not known."""

    EXACT = "exact"
    ABOUT = "about"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of things with its bounds and its qualifier."""

    value: float | None
    """Best single number; None where only bounds, or nothing, are known. Whole where things are counted."""
    low: float | None
    """Lower bound; None where unknown."""
    high: float | None
    """Upper bound; None where unknown (``at least 7`` has none)."""
    qualifier: Qualifier
    """How `value` is meant."""

    def __str__(self) -> str:
        if self.qualifier is Qualifier.UNKNOWN:
            return "unknown" if self.high is None else f"at most {_number(self.high)}"
        words = {"exact": "", "about": "about ", "at_least": "at least ", "at_most": "at most "}
        single = self.value is not None or self.low is None or self.high is None
        number = _number(self.value) if single else f"{_number(self.low)}–{_number(self.high)}"
        return words[self.qualifier] + number


def _number(value: float | None) -> str:
    """A number without needless decimals."""
    if value is None:
        return "?"
    return str(int(value)) if value == int(value) else f"{value:.3g}"


def parse_quantity(text: str) -> Quantity:
    """Read what a person writes for a count.

    Raises
    ------
    InputError
        If it holds no whole number between 0 and a million, or words that are not known here.
    """
    plain = " ".join(text.lower().replace(",", "").split())
    if plain in {"none", "nothing", "no", "empty", "zero"}:
        return Quantity(0, 0, 0, Qualifier.EXACT)
    if plain in {"unknown", "?", "some", "present"}:
        return Quantity(None, 1 if plain in {"some", "present"} else None, None, Qualifier.UNKNOWN)
    between = re.fullmatch(r"(\d{1,9})\s*(?:\.\.|-|–|to)\s*(\d{1,9})", plain)
    if between:
        low, high = int(between[1]), int(between[2])
        if low <= high <= _LARGEST:
            return Quantity(None if low != high else low, low, high, Qualifier.ABOUT)
    single = re.fullmatch(r"(\D*?)\.?\s*(\d{1,9})", plain)
    word = _WORDS.get(single[1].strip()) if single else None
    if not single or word is None or int(single[2]) > _LARGEST:
        raise InputError(f"count {text!r}", "is not understood", _REMEDY)
    return _qualified(word, int(single[2]))


def _qualified(word: str, number: int) -> Quantity:
    match word:
        case "exact":
            return Quantity(number, number, number, Qualifier.EXACT)
        case "about":
            return Quantity(number, None, None, Qualifier.ABOUT)
        case "at_least" | "more than":
            floor = number + (word == "more than")
            return Quantity(floor, floor, None, Qualifier.AT_LEAST)
        case _:
            ceiling = max(0, number - (word == "fewer than"))
            return Quantity(ceiling, 0, ceiling, Qualifier.AT_MOST)
