"""What was seen of one thing in one extent over the years."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from yardwatch.model.dates import When

__all__ = ["NO_IMAGE_CLASS", "UNUSABLE_CLASS", "Censored", "How", "Look", "Point", "Series", "middle_of"]

NO_IMAGE_CLASS = "no image"
"""Class of an observation that says: for this date there was no image."""
UNUSABLE_CLASS = "not usable"
"""Class of an observation that says: there was an image, and cloud or something else kept it from being read."""


class How(StrEnum):
    """What became of a date."""

    SEEN = "seen"
    NO_IMAGE = "no image"
    UNUSABLE = "not usable"


class Censored(StrEnum):
    """What a number bounds: itself, or only one side of the truth."""

    NONE = "none"
    LOWER = "lower"
    UPPER = "upper"


@dataclass(frozen=True, slots=True)
class Look:
    """A date on which nothing could be read, and why."""

    when: When
    """The date."""
    how: How
    """`How.NO_IMAGE` or `How.UNUSABLE`."""
    extent: str | None = None
    """Zone or place it holds for; None for the whole site and everything in it."""
    id: str | None = None
    """The observation or scene that says so; None if none does."""
    note: str | None = None
    """Anything more in words, e.g. "cloud over the yard"."""


@dataclass(frozen=True, slots=True)
class Point:
    """One date of a series."""

    when: When
    """When; may be uncertain, and is then kept with its bounds."""
    how: How
    """Whether anything was seen."""
    value: float | None = None
    """Best single number; None where only bounds, or nothing, are known."""
    low: float | None = None
    """Lower bound; None where unknown."""
    high: float | None = None
    """Upper bound; None where unknown."""
    censored: Censored = Censored.NONE
    """`Censored.LOWER` for "at least", `Censored.UPPER` for "at most"."""
    hidden_share: float | None = None
    """Share of the track in the extent that could not be seen, 0 to 1; None if not known."""
    ids: tuple[str, ...] = ()
    """The observations it stands on."""
    superseded: tuple[str, ...] = ()
    """Observations that these replaced: same date, extent, class and looker, written down earlier."""
    note: str | None = None
    """What the observer wrote, or how it was made where it is not one observation as it stands."""
    extent: str | None = None
    """Where it comes from, in a series of joined extents; None where that is the series' own extent."""

    @property
    def usable(self) -> bool:
        """Whether it says anything about the number."""
        return self.how is How.SEEN and self.best is not None

    @property
    def best(self) -> float | None:
        """The value, or the middle of both bounds, or the one bound there is; None where nothing is known."""
        if self.value is not None:
            return self.value
        known = [bound for bound in (self.low, self.high) if bound is not None]
        return sum(known) / len(known) if known else None

    @property
    def at(self) -> datetime | None:
        """The middle of its date, for arithmetic; None where the date is open."""
        return middle_of(self.when)


@dataclass(frozen=True, slots=True)
class Series:
    """One class in one extent and unit, by date."""

    name: str
    """Name for people."""
    extent: str | None
    """Zone or place; None for the whole site."""
    klass: str
    """What was counted, in the analyst's words."""
    unit: str | None
    """Unit; None for a number of things."""
    points: tuple[Point, ...]
    """By date; dates without an image and dates that could not be read among them."""
    undated: tuple[str, ...] = ()
    """Observations without a date, or with an open one: kept, but not in the series."""
    joined: tuple[str, ...] = ()
    """The extents that a person pooled; empty if none."""
    derived: str | None = None
    """How it was worked out from other series; None if it is as observed."""

    @property
    def usable(self) -> tuple[Point, ...]:
        """The points that say something about the number."""
        return tuple(point for point in self.points if point.usable)


def middle_of(when: When) -> datetime | None:
    """The middle of a date's bounds; None where it is open at one end."""
    if when.earliest is None or when.latest is None:
        return None
    half: timedelta = (when.latest - when.earliest) / 2
    return when.earliest + half
