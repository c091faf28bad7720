"""One image of a site and what is known of it."""

from dataclasses import dataclass
from enum import StrEnum

from yardwatch.model.dates import When
from yardwatch.model.grid import Grid

__all__ = ["Republish", "Rights", "Scene"]


class Republish(StrEnum):
    """Whether a picture may be printed for others."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Rights:
    """Who must be named under a picture and what may be done with it."""

    credit: str | None = None
    """Credit line, printed under each picture."""
    licence: str | None = None
    """Licence by name or SPDX identifier."""
    may_republish: Republish = Republish.UNKNOWN
    """Unknown counts as no in a public export."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One image: what it is, when it was taken, where it lies."""

    id: str
    """Short and safe for file names: from the file's stem and the start of its hash."""
    filename: str
    """Name of the file as it came, without folder; for people only."""
    sha256: str
    """Hash of the file, hexadecimal."""
    grid: Grid
    """Pixels and where they lie."""
    gsd_m: float
    """Native ground sample distance, metres; coarser than the grid's pixels where those were resampled."""
    bands: int
    """Number of bands in the file."""
    dtype: str
    """Pixel type in the file, e.g. ``uint8``, ``uint16``."""
    acquired: When | None = None
    """When it was taken; None if not known."""
    sensor: str | None = None
    """Satellite or camera, if known."""
    sun_azimuth_deg: float | None = None
    """Direction to the sun, degrees clockwise from north."""
    sun_elevation_deg: float | None = None
    """Height of the sun over the horizon, degrees."""
    off_nadir_deg: float | None = None
    """View angle away from straight down, degrees."""
    rights: Rights = Rights()
    """Credit, licence and whether it may be printed."""
    simulated: bool = False
    """Whether the picture was rendered rather than taken; then it is marked in every figure."""
