"""Whether two structures, or a structure and a published figure, are of the same size."""

import math
import re
from dataclasses import dataclass

from yardwatch.errors import InputError
from yardwatch.model.measurement import Measured, Measurement

__all__ = ["CONSISTENT_Z", "Comparison", "Published", "compare", "compare_published", "parse_published"]

CONSISTENT_Z = 2.0
"""Two figures are consistent if they differ by no more than this many standard errors of their difference."""

_METRES = {
    "m": 1.0,
    "metre": 1.0,
    "meter": 1.0,
    "km": 1000.0,
    "ft": 0.3048,
    "foot": 0.3048,
    "feet": 0.3048,
    "yd": 0.9144,
}
_FIGURE = re.compile(
    r"(?P<about>about|approximately|approx\.?|ca\.?|some|~|≈)?\s*"
    r"(?P<value>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,6}(?:\.\d{1,3})?)\s*"
    r"(?:(?:±|\+/-|\+-)\s*(?P<se>\d{1,4}(?:\.\d{1,3})?)\s*)?"
    r"(?P<unit>[a-z]+\.?)?(?:\s+(?:long|wide|in length|in width))?"
)
_ABOUT = 0.05
_REMEDY = 'write it like "348 x 26 m", "about 350 m", "348 ± 2 m x 26 ± 1 m" or "1,142 x 85 ft"'


@dataclass(frozen=True, slots=True)
class Published:
    """A length, or a length and a width, as somebody else gave them."""

    text: str
    """As written."""
    length: Measurement
    """The length, with the error that its rounding or wording implies."""
    width: Measurement | None
    """The width, if given."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one quantity of two structures differs."""

    first: str
    """Name of the one."""
    second: str
    """Name of the other, or the published words."""
    what: str
    """``length``, ``width`` or ``area``."""
    difference: float
    """The first less the second, in the unit of `what`."""
    difference_se: float
    """Its standard error."""
    z: float
    """The difference in standard errors."""

    @property
    def consistent(self) -> bool:
        """Whether the two may be the same."""
        return abs(self.z) <= CONSISTENT_Z


def compare(first: Measured, second: Measured) -> tuple[Comparison, ...]:
    """Length, width and area of two structures, as far as both have them.

    The scale of one image is common to both, so its error is counted twice if they stand in the same image; that makes
    the comparison careful, not bold.
    """
    pairs = (
        ("length", first.length, second.length),
        ("width", first.width, second.width),
        ("area", first.area, second.area),
    )
    return tuple(
        _compared(first.name, second.name, what, one, other)
        for what, one, other in pairs
        if one is not None and other is not None
    )


def compare_published(measured: Measured, published: Published) -> tuple[Comparison, ...]:
    """Length and width of a structure against a published figure."""
    pairs = (("length", measured.length, published.length), ("width", measured.width, published.width))
    return tuple(
        _compared(measured.name, published.text, what, one, other)
        for what, one, other in pairs
        if one is not None and other is not None
    )


def parse_published(text: str) -> Published:
    """Read a published figure: a length, or a length by a width; the larger number is the length.

    A number stands for all that rounds to it (348 m: ± 0.29 m; 350 m: ± 2.9 m; of two, both are taken to be as fine as
    the finer); one that is said to be about right, for 5 % more or less.

    Raises
    ------
    InputError
        If it is not understood.
    """
    plain = " ".join(text.lower().split())
    parts = [part.strip() for part in re.split(r"\s+(?:by|x)\s+|×|(?<=\d)\s*x\s*(?=\d)", plain)]
    found = [_FIGURE.fullmatch(part) for part in parts]
    if not 1 <= len(parts) <= 2 or not all(found) or len(plain) > 80:
        raise InputError(f"published figure {text!r}", "is not understood", _REMEDY)
    figures = [match for match in found if match]
    last = figures[-1]["unit"]
    step = min(_last_place(match["value"].replace(",", "")) for match in figures)
    sizes = sorted((_size(match, match["unit"] or last, step, text) for match in figures), reverse=True)
    length = Measurement.of("length", sizes[0][0], {"published": sizes[0][1]})
    width = Measurement.of("width", sizes[1][0], {"published": sizes[1][1]}) if len(sizes) == 2 else None
    return Published(text.strip(), length, width)


def _size(match: re.Match[str], unit: str | None, step: float, text: str) -> tuple[float, float]:
    """Value and standard error in metres."""
    name = (unit or "m").rstrip(".")
    name = name if name in _METRES else name.removesuffix("s")
    if name not in _METRES:
        raise InputError(
            f"published figure {text!r}", f"has the unit {unit!r}, which is not a length", "use m, km, ft or yd"
        )
    digits = match["value"].replace(",", "")
    value = float(digits)
    if value <= 0:
        raise InputError(f"published figure {text!r}", "is zero", _REMEDY)
    if match["se"]:
        se = float(match["se"])
    elif match["about"]:
        se = _ABOUT * value
    else:
        se = step / math.sqrt(12)
    return value * _METRES[name], max(se, 1e-3) * _METRES[name]


def _last_place(digits: str) -> float:
    """What one step of the last figure given is worth: 10 for 350, 1 for 348, 0.1 for 4.5."""
    if "." in digits:
        return float(10.0 ** -len(digits.split(".")[1]))
    zeros = len(digits) - len(digits.rstrip("0"))
    return float(10.0 ** min(zeros, len(digits) - 1))


def _compared(first: str, second: str, what: str, one: Measurement, other: Measurement) -> Comparison:
    difference, se = one.value - other.value, math.hypot(one.se, other.se)
    return Comparison(
        first, second, what, difference, se, difference / se if se > 0 else math.copysign(math.inf, difference)
    )
