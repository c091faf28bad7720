"""What every kind of site file is brought to before it is checked (child process only)."""

from dataclasses import dataclass, field
from typing import Any

from yardwatch.errors import LimitError, Notice

__all__ = ["MOST_FEATURES", "MOST_VERTICES", "Collection", "Feature", "too_many"]

MOST_VERTICES = 100_000
"""Most vertices in a site file."""

MOST_FEATURES = 10_000
"""Most features in a site file."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One drawn thing, not yet checked."""

    label: str
    """How to find it in the file, e.g. ``feature 3``."""
    geometry: Any
    """A GeoJSON geometry, or None."""
    properties: dict[str, Any]
    """As in the file."""
    kind: str | None = None
    """What the place in the file says it is: ``zone``, ``track``, or None."""


@dataclass(slots=True)
class Collection:
    """The features of a site file, not yet checked."""

    crs: str
    """CRS of all coordinates."""
    features: list[Feature]
    """In the order of the file."""
    name: str | None = None
    """Name of the site, if the file gives one."""
    aliases: Any = None
    """Other names, as in the file."""
    kinds_expected: bool = True
    """Whether features of this format say what they are."""
    notices: list[Notice] = field(default_factory=list)
    """What was noticed on reading."""


def too_many(subject: str, what: str, most: int) -> LimitError:
    """The error for a file with too much in it."""
    return LimitError(subject, f"has more than {most:,} {what}", "simplify its lines (QGIS: Vector geometry, Simplify)")
