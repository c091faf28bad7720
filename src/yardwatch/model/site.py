"""The nouns of a place: site, zone, track."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import ArrayLike
from shapely import Point, Polygon, STRtree
from shapely.ops import polylabel

from yardwatch.errors import MisuseError
from yardwatch.model.dates import When
from yardwatch.model.frame import Frame, frame_around
from yardwatch.model.line import Line

__all__ = [
    "ROLES",
    "Coordinates",
    "Place",
    "Site",
    "Track",
    "Zone",
    "ZoneFinder",
    "ZoneStatus",
    "frame_of",
    "label_point",
]

Coordinates = tuple[tuple[float, float], ...]

ROLES = frozenset({
    "rail_yard", "secure_yard", "station", "locomotive_servicing", "railcar_servicing", "warehouse",
    "petroleum_unloading", "freight_handling", "container_yard", "factory", "bridge", "road_bridge_site",
    "inspection", "quarantine", "support", "housing",
})  # fmt: skip
"""The roles we know; others are kept as they are."""


@dataclass(frozen=True, slots=True)
class ZoneStatus:
    """What state a zone was in, and for what time that is known."""

    state: str
    """A word for people: ``derelict``, ``under construction``, ``in use`` …"""
    when: When | None
    """The time for which it holds, e.g. EDTF ``2002/..`` for "since at least 2002"; None if not dated."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A named area of a site with a role."""

    name: str
    """Unique in its site."""
    role: str
    """One of `ROLES`, or whatever the analyst wrote."""
    rings: tuple[Coordinates, ...]
    """Exterior ring and then holes, each closed, in the site's CRS."""
    aliases: tuple[str, ...] = ()
    """Other names of the same place."""
    status: tuple[ZoneStatus, ...] = ()
    """What state it was in when; empty if nothing is known."""
    conceals_from: When | None = None
    """From when on a roof over it hides what stands below; None if it does not."""


@dataclass(frozen=True, slots=True)
class Place:
    """A named part of a site that nobody has drawn yet: a point at best."""

    name: str
    """Unique among the zones and places of its site."""
    point: tuple[float, float] | None = None
    """Roughly where it is, in the site's CRS; None if not known."""
    precision_m: float | None = None
    """How far off the point may be, metres; None if not known."""
    source: str | None = None
    """Where the point comes from."""
    aliases: tuple[str, ...] = ()
    """Other names of the same place."""


Extent = TypeVar("Extent", Zone, Place, Zone | Place)


@dataclass(frozen=True, slots=True)
class Track:
    """A railway track drawn as a line."""

    name: str
    """Unique in its site."""
    coordinates: Coordinates
    """Vertices in the site's CRS; chainage counts from the first."""
    gauge_mm: int | None = None
    """Rail gauge in millimetres, e.g. 1520 or 1435."""
    zone: str | None = None
    """Name of the zone it was drawn for, if said."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place that is watched."""

    name: str
    """Name for people."""
    crs: str
    """CRS of all its coordinates: an authority code or WKT; x = east or longitude."""
    zones: tuple[Zone, ...]
    """In the order of the file."""
    tracks: tuple[Track, ...]
    """In the order of the file."""
    aliases: tuple[str, ...] = ()
    """Other names, e.g. Tumangan for Tumangang."""
    places: tuple[Place, ...] = ()
    """Parts of it that are named but not drawn."""

    @property
    def extents(self) -> tuple[Zone | Place, ...]:
        """All that an observation or a claim can be about: the zones, then the places."""
        return (*self.zones, *self.places)

    def zone(self, name: str) -> Zone:
        """The zone with that name or alias, whatever the case.

        Raises
        ------
        MisuseError
            If there is none, or an alias fits two.
        """
        found = _named(self.zones, name)
        if found is None:
            known = ", ".join(zone.name for zone in self.zones) or "none"
            raise MisuseError(f'{self.name} has no zone "{name}"; its zones are: {known}')
        return found

    def extent(self, name: str) -> Zone | Place:
        """The zone or place with that name or alias, whatever the case.

        Raises
        ------
        MisuseError
            If there is none, or an alias fits two.
        """
        found = _named(self.extents, name)
        if found is None:
            known = ", ".join(extent.name for extent in self.extents) or "none"
            raise MisuseError(f'{self.name} has no zone or place "{name}"; its zones and places are: {known}')
        return found

    def track(self, name: str) -> Track:
        """The track with exactly that name.

        Raises
        ------
        MisuseError
            If there is none.
        """
        for track in self.tracks:
            if track.name == name:
                return track
        raise MisuseError(f'{self.name} has no track "{name}"')

    def line(self, track: Track) -> Line:
        """The track in ground metres of the site's frame."""
        x, y = np.array(track.coordinates, float).T
        return Line.through(*frame_of(self).to_local(x, y))


class ZoneFinder:
    """Finds the zone that holds a point; of several the smallest, since zones nest."""

    def __init__(self, zones: Iterable[Zone]) -> None:
        polygons = [(zone.name, Polygon(zone.rings[0], zone.rings[1:])) for zone in zones]
        polygons.sort(key=lambda pair: pair[1].area)
        self._names = [name for name, _ in polygons]
        self._polygons = [polygon for _, polygon in polygons]
        self._tree = STRtree(self._polygons)

    def at(self, x: float, y: float) -> str | None:
        """Name of the zone at a point in the site's CRS, or None."""
        hits = self._tree.query(Point(x, y), predicate="intersects")
        return self._names[int(hits.min())] if len(hits) else None

    def among(self, x: ArrayLike, y: ArrayLike) -> tuple[str | None, ...]:
        """Name of the zone at each of n points in the site's CRS, or None; the same as `at`, of all at once."""
        points = np.array(shapely.points(np.ravel(x), np.ravel(y)))
        if not self._names:
            return (None,) * len(points)
        which, hits = self._tree.query(points, predicate="intersects")
        first = np.full(len(points), len(self._names))
        np.minimum.at(first, which, hits)
        names = (*self._names, None)
        return tuple(names[place] for place in first.tolist())


def label_point(zone: Zone) -> tuple[float, float]:
    """A point well inside a zone, where its number can be written."""
    polygon = Polygon(zone.rings[0], zone.rings[1:])
    west, south, east, north = polygon.bounds
    point = polylabel(polygon, max(east - west, north - south) / 100)
    return point.x, point.y


@lru_cache(maxsize=16)
def frame_of(site: Site) -> Frame:
    """The local metric frame of a site.

    Raises
    ------
    MisuseError
        If the site has neither zone nor track nor place with a point.
    """
    rings = [zone.rings[0] for zone in site.zones] + [track.coordinates for track in site.tracks]
    rings += [(place.point,) for place in site.places if place.point is not None]
    if not rings:
        raise MisuseError(f"{site.name} has neither zone nor track nor place with a point")
    x, y = np.array([point for ring in rings for point in ring], float).T
    return frame_around(site.crs, x, y)


def _named(extents: Sequence[Extent], name: str) -> Extent | None:
    """The only one with that name, or else with that alias; None if there is none."""
    for wanted in ("name", "alias"):
        found = [extent for extent in extents if name.casefold() in _names(extent, wanted)]
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            names = ", ".join(extent.name for extent in found)
            raise MisuseError(f'"{name}" may be any of {names}; use one of these names')
    return None


def _names(extent: Zone | Place, wanted: str) -> set[str]:
    return {extent.name.casefold()} if wanted == "name" else {alias.casefold() for alias in extent.aliases}
