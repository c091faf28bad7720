"""Railway lines and areas in a file from OpenStreetMap."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from yardwatch.errors import SiteError
from yardwatch.model.site import Coordinates
from yardwatch.sandbox.child import Limits, ask_once
from yardwatch.sandbox.files import plain_file

__all__ = ["OSM_LIMITS", "OsmArea", "OsmExtract", "OsmLine", "read_osm"]

OSM_LIMITS = Limits(memory_bytes=640 * 2**20, cpu_s=20, wall_s=120)
"""Enough for any extract that `read_osm` accepts."""

_PARSER = "yardwatch.imagery._osm_parsing"


@dataclass(frozen=True, slots=True)
class OsmLine:
    """One railway line."""

    id: str
    """As in the file: ``way/123``."""
    tags: Mapping[str, str]
    """Those of its tags that matter here."""
    points: Coordinates
    """Longitudes and latitudes, degrees."""


@dataclass(frozen=True, slots=True)
class OsmArea:
    """One area."""

    id: str
    """As in the file: ``way/123``."""
    tags: Mapping[str, str]
    """Those of its tags that matter here."""
    rings: tuple[Coordinates, ...]
    """Outer rings, longitudes and latitudes, degrees."""


@dataclass(frozen=True, slots=True)
class OsmExtract:
    """What a file from OpenStreetMap says of railways."""

    filename: str
    """Name of the file, for people."""
    lines: tuple[OsmLine, ...]
    """In the order of the file."""
    areas: tuple[OsmArea, ...]
    """In the order of the file."""


def read_osm(path: str | Path, *, called: str | None = None, limits: Limits = OSM_LIMITS) -> OsmExtract:
    """The railway lines and areas in an Overpass JSON or a GeoJSON, parsed in a child process.

    People know the file by the name it is `called`, if that is another than on the disk.

    Raises
    ------
    SiteError
        If the file is bad or holds no railway line; it names the element and the remedy.
    LimitError
        If it holds too much.
    """
    real = plain_file(path, error=SiteError)
    plain = ask_once(called or str(path), "osm", handlers=_PARSER, limits=limits, error=SiteError, path=str(real))
    lines = tuple(OsmLine(one["id"], MappingProxyType(one["tags"]), _points(one["points"])) for one in plain["lines"])
    areas = tuple(
        OsmArea(one["id"], MappingProxyType(one["tags"]), tuple(_points(ring) for ring in one["rings"]))
        for one in plain["areas"]
    )
    return OsmExtract(called or Path(path).name, lines, areas)


def _points(plain: list[list[float]]) -> Coordinates:
    return tuple((float(x), float(y)) for x, y in plain)
