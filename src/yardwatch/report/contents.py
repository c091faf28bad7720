"""What goes into a report."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from yardwatch.errors import MisuseError, Notice
from yardwatch.model.grid import Grid
from yardwatch.model.observation import Observation
from yardwatch.model.ports import Picture
from yardwatch.model.railcar import Count
from yardwatch.model.ribbon import Ribbon
from yardwatch.model.site import Site

__all__ = ["Inset", "Report", "Sheet", "Unseen"]


@dataclass(frozen=True, slots=True)
class Unseen:
    """A stretch of track on which nothing could be seen."""

    track: str
    """Name of the track."""
    start_m: float
    """Chainage of its lower end, metres."""
    end_m: float
    """Chainage of its upper end, metres."""
    kind: Literal["hidden", "outside"]
    """In the image but not to be seen, or beyond the image."""


@dataclass(frozen=True, slots=True, eq=False)
class Inset:
    """A closer picture of a part of a scene."""

    zone: str | None
    """Name of the zone it shows; None for cars outside all zones."""
    picture: Picture
    """What is seen."""
    grid: Grid
    """Where that picture lies."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One scene with its count and its pictures."""

    count: Count
    """What was counted."""
    picture: Picture
    """The scene to look at, as a scene reader gives it."""
    picture_grid: Grid
    """Where that picture lies; coarser than the scene's grid where the picture was reduced."""
    ribbons: tuple[Ribbon, ...]
    """The tracks straightened, of any number of bands; NaN where there is no data."""
    unseen: tuple[Unseen, ...] = ()
    """Where nothing could be seen; if empty, it is read off the ribbons' missing pixels."""
    insets: tuple[Inset, ...] = ()
    """Closer pictures; if empty, they are cut from `picture`."""


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """All that one document tells."""

    site: Site
    """The place."""
    title: str
    """Title of the document."""
    made_at: datetime
    """When it was made (aware)."""
    version: str
    """Version of Yardwatch that made it."""
    sheets: tuple[Sheet, ...] = ()
    """Scenes with their pictures, in any order."""
    observations: tuple[Observation, ...] = ()
    """What was seen; those by people are listed."""
    notices: tuple[Notice, ...] = ()
    """What a reader must know beside the notices of each count."""
    further: tuple[Count, ...] = ()
    """Counts of scenes that are told in the series only, without pictures."""

    def __post_init__(self) -> None:
        if self.made_at.tzinfo is None:
            raise MisuseError(f"made_at {self.made_at} has no time zone; give an aware datetime")
