"""From cells to pixels, metres and the CRS of the result, and to the zones and tracks of a site."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from yardwatch.change.lattice import Lattice
from yardwatch.model.change import Verdict, ZoneVerdict
from yardwatch.model.frame import Floats, Frame
from yardwatch.model.site import Coordinates, Site, Zone, ZoneFinder

__all__ = ["Places"]

_CORRIDOR_M = 2.6
_SEEN_SHARE = 0.5
_TOUCHES_M2 = 10.0


class Places:
    """Where cells lie on the ground, and what the site says of that place.

    Parameters
    ----------
    lattice : Lattice
        The cells.
    site : Site, optional
        Gives the CRS of the result, its zones and its tracks; without it the CRS is that of the earlier scene.
    """

    def __init__(self, lattice: Lattice, site: Site | None) -> None:
        self._lattice = lattice
        self._site = site
        self.cell_m = lattice.cell_m
        """Side of a cell, metres."""
        self.crs = site.crs if site else lattice.before.crs
        """CRS of the result."""
        frame = lattice.frame
        self._from_scene = Frame(lattice.before.crs, frame.longitude_deg, frame.latitude_deg)
        self._to_result = Frame(self.crs, frame.longitude_deg, frame.latitude_deg)
        self._finder = ZoneFinder(site.zones) if site else None
        self._corridor = _corridor(site)

    def in_pixels(self, shape: Polygon) -> Polygon:
        """A polygon counted in cells, in pixels of the earlier scene."""
        return shapely.transform(shape, lambda xy: xy * self._lattice.step_px)

    def in_metres(self, shape: Polygon) -> Polygon:
        """A polygon counted in cells, in local metres."""
        return shapely.transform(shape, self._metres)

    def area_m2(self, shape: Polygon) -> float:
        """Area on the ground of a polygon counted in cells."""
        return float(self.in_metres(shape).area)

    def rings(self, shape: Polygon) -> tuple[Coordinates, ...]:
        """Rings of a polygon counted in cells, in the CRS of the result."""
        return self.rings_of_metres(self.in_metres(shape))

    def rings_of_metres(self, shape: Polygon) -> tuple[Coordinates, ...]:
        """Rings of a polygon in local metres, in the CRS of the result."""
        rings = [shape.exterior, *shape.interiors]
        return tuple(_pairs(*self._to_result.to_crs(*np.array(ring.coords).T)) for ring in rings)

    def zone_at(self, shape: Polygon) -> str | None:
        """Name of the zone that holds the middle of a polygon in local metres."""
        if self._finder is None:
            return None
        middle = shape.centroid if shape.contains(shape.centroid) else shape.representative_point()
        x, y = self._to_result.to_crs(middle.x, middle.y)
        return self._finder.at(float(x), float(y))

    def on_tracks(self, shape: Polygon) -> float:
        """Share of a polygon in local metres within 2.6 m of a track."""
        if self._corridor is None or not shape.intersects(self._corridor):
            return 0.0
        return float(shape.buffer(0).intersection(self._corridor).area / max(shape.area, 1e-9))

    def verdicts(
        self, changed: Sequence[Polygon], hidden: Sequence[Polygon], smallest_m2: float
    ) -> tuple[ZoneVerdict, ...]:
        """What can be said of each zone, given what changed and what was hidden, both counted in cells."""
        if self._site is None or not self._site.zones:
            return ()
        seen = self._common().difference(shapely.union_all([self.in_metres(shape).buffer(0) for shape in hidden]))
        places = shapely.union_all([self.in_metres(shape).buffer(0) for shape in changed])
        return tuple(self._verdict(zone, seen, places, smallest_m2) for zone in self._site.zones)

    def _verdict(self, zone: Zone, seen: BaseGeometry, changed: BaseGeometry, smallest_m2: float) -> ZoneVerdict:
        rings = [np.column_stack(self._to_result.to_local(*np.array(ring).T)) for ring in zone.rings]
        area = Polygon(rings[0], rings[1:]).buffer(0)
        share = float(area.intersection(seen).area / max(area.area, 1e-9))
        if area.intersection(changed).area >= min(_TOUCHES_M2, smallest_m2):
            return ZoneVerdict(zone.name, Verdict.CHANGED, smallest_m2, share)
        if share < _SEEN_SHARE:
            return ZoneVerdict(zone.name, Verdict.NOT_VISIBLE, None, share)
        return ZoneVerdict(zone.name, Verdict.NO_CHANGE, smallest_m2, share)

    def _common(self) -> BaseGeometry:
        """The ground that both scenes cover, in local metres."""
        own = self.in_metres(shapely.box(0, 0, self._lattice.columns, self._lattice.rows))
        grid = self._lattice.after
        frame = Frame(grid.crs, self._lattice.frame.longitude_deg, self._lattice.frame.latitude_deg)
        other = Polygon(np.column_stack(frame.to_local(*np.array(grid.outline()).T)))
        return own.intersection(other)

    def _metres(self, cells: Floats) -> Floats:
        x, y = self._lattice.before.to_crs(*(cells.T * self._lattice.step_px))
        return np.column_stack(self._from_scene.to_local(x, y))


def _corridor(site: Site | None) -> BaseGeometry | None:
    """The ground under trains, in local metres."""
    if site is None or not site.tracks:
        return None
    return shapely.union_all([LineString(site.line(track).vertices_m).buffer(_CORRIDOR_M) for track in site.tracks])


def _pairs(x: Floats, y: Floats) -> Coordinates:
    return tuple(zip(x.tolist(), y.tolist(), strict=True))
