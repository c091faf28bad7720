"""How long, wide or large something is, and how sure we are of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from yardwatch.errors import MisuseError

__all__ = ["Edge", "Measured", "Measurement", "Ring", "rounded"]

Ring = tuple[tuple[float, float], ...]
"""A closed ring or an open line of (x, y)."""
_UNITS = {"length": "m", "width": "m", "height": "m", "area": "m2", "bearing": "deg"}


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured quantity with its error budget."""

    what: str
    """``length``, ``width``, ``height``, ``area`` or ``bearing``."""
    value: float
    """Best estimate, in the unit that `what` implies, on the ellipsoid."""
    se: float
    """Standard error, same unit: the root sum of squares of `budget`."""
    budget: Mapping[str, float] = field(default_factory=dict)
    """Cause of error to its share, same unit: ``edges``, ``digitising``, ``scale``, ``registration``, ``lean``, …"""

    def __post_init__(self) -> None:
        if self.what not in _UNITS:
            raise MisuseError(f"{self.what!r} is not measured here; one of {', '.join(_UNITS)} is")
        if not (math.isfinite(self.value) and math.isfinite(self.se) and self.se >= 0):
            raise MisuseError(f"{self.what} {self.value} ± {self.se}: both must be finite and the error not negative")

    @property
    def unit(self) -> str:
        """``m``, ``m2`` or ``deg``."""
        return _UNITS[self.what]

    @classmethod
    def of(cls, what: str, value: float, budget: Mapping[str, float]) -> "Measurement":
        """A measurement whose standard error is the root sum of squares of its budget."""
        return cls(what, float(value), math.hypot(*budget.values()) if budget else 0.0, dict(budget))

    def __str__(self) -> str:
        """For people: ``348 ± 2 m``; the error to one figure, never finer than centimetres."""
        value, se = rounded(self.value, self.se)
        sign = {"m": " m", "m2": " m²", "deg": "°"}[self.unit]
        return f"{value} ± {se}{sign}"


@dataclass(frozen=True, slots=True)
class Edge:
    """One straight side of a measured outline, and what the image showed of it."""

    start: tuple[float, float]
    """Where it starts, in the CRS of the feature."""
    end: tuple[float, float]
    """Where it ends."""
    found: bool
    """Whether the image showed it; otherwise drawing, the other sides and right angles say where it lies."""
    offset_m: float
    """How far it was moved from where it was drawn, outwards positive, metres."""
    se_m: float
    """Standard error of its position across itself, metres."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A structure with all that was measured of it."""

    name: str
    """As drawn, or ``feature 3``."""
    outline: Ring
    """The refined outline (closed ring), or line (open), in `crs`."""
    drawn: Ring
    """The outline as it came, same form."""
    rectangle: Ring
    """The oriented rectangle around the outline (closed ring), in `crs`; of a line, the line itself."""
    crs: str
    """CRS of the coordinates."""
    length: Measurement
    """Longer side of the oriented rectangle, or length of the line, metres."""
    width: Measurement | None
    """Shorter side; None for a line."""
    area: Measurement | None
    """Area of the outline, square metres; None for a line."""
    bearing: Measurement
    """Direction of the longer axis, degrees clockwise from true north, 0 to 180."""
    edges: tuple[Edge, ...] = ()
    """Its sides, in order."""

    def __str__(self) -> str:
        """For people: ``348 ± 2 m × 26 ± 1 m``."""
        return str(self.length) if self.width is None else f"{self.length} × {self.width}"


def rounded(value: float, se: float) -> tuple[str, str]:
    """Value and standard error as text: the error to one figure, the value as far as its error lets it be known."""
    if se <= 0 or not math.isfinite(se):
        return f"{value:,.2f}", "0"
    places = max(-math.floor(math.log10(se)), -6)
    if round(se, places) >= 10 ** (1 - places):
        places -= 1
    places = min(places, 2)
    shown = max(places, 0)
    least = max(round(se, places), 0.01)
    return f"{round(value, places):,.{shown}f}", f"{least:,.{shown}f}"
