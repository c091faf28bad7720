"""Coordinates of a site as longitude and latitude for maps, and back."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from pyproj import CRS, Transformer

from yardwatch.errors import MisuseError
from yardwatch.model.site import Coordinates
from yardwatch.pipeline.documents import Json, rounded_ring

__all__ = ["LONGITUDE_LATITUDE", "Shown", "bounds_of", "ring_of"]

LONGITUDE_LATITUDE = "OGC:CRS84"
"""Longitude and latitude in degrees, in this order."""

_PLACES = 8


@dataclass(frozen=True, slots=True)
class Shown:
    """In which coordinates places of a site are written and read."""

    site_crs: str
    """CRS of the site."""
    lonlat: bool
    """True for longitude and latitude, False for the site's own."""

    @classmethod
    def asked(cls, word: str, site_crs: str) -> "Shown":
        """By the word ``lonlat`` or ``site``."""
        return cls(site_crs, word == "lonlat")

    def points(self, points: Coordinates) -> list[list[float]]:
        """Coordinates of the site as they are written, to about a millimetre."""
        if not self.lonlat:
            return rounded_ring(points, self.site_crs)
        return ring_of(points, self.site_crs) or []

    def read(self, points: Sequence[Sequence[float]]) -> Coordinates:
        """Coordinates as they are written in the CRS of the site.

        Raises
        ------
        MisuseError
            If they do not lie on the Earth there.
        """
        given = np.array([(point[0], point[1]) for point in points], float)
        x, y = given.T if not self.lonlat else _transformer(LONGITUDE_LATITUDE, self.site_crs).transform(*given.T)
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise MisuseError("coordinates do not lie on the Earth; give them as the crs that is named with them")
        return tuple(zip(np.asarray(x, float).tolist(), np.asarray(y, float).tolist(), strict=True))

    def geometry(self, kind: str, rings: Sequence[Coordinates]) -> dict[str, Json]:
        """A GeoJSON geometry of one of our shapes."""
        written: list[Json] = [self.points(ring) for ring in rings]
        match kind:
            case "Polygon":
                return {"type": kind, "coordinates": written}
            case _:
                line = written[0]
                assert isinstance(line, list)  # noqa: S101 -- a list of points
                return {"type": kind, "coordinates": line[0] if kind == "Point" else line}

    def rewrite(self, geometry: Mapping[str, Json]) -> dict[str, Json]:
        """A GeoJSON polygon in the site's CRS as it is written."""
        rings = geometry["coordinates"]
        assert isinstance(rings, Sequence)  # noqa: S101 -- a polygon of ours
        return self.geometry("Polygon", [tuple((float(x), float(y)) for x, y in ring) for ring in rings])  # type: ignore[misc, union-attr, arg-type]


def ring_of(points: Coordinates, crs: str) -> list[list[float]] | None:
    """Points as longitude and latitude; None where one has none."""
    x, y = _transformer(crs, LONGITUDE_LATITUDE).transform(*np.array(points, float).T)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return None
    return [[round(lon, _PLACES), round(lat, _PLACES)] for lon, lat in zip(x.tolist(), y.tolist(), strict=True)]


def bounds_of(points: Sequence[Sequence[float]] | None) -> list[float] | None:
    """West, south, east and north of points; None where there are none."""
    if not points:
        return None
    x, y = [point[0] for point in points], [point[1] for point in points]
    found = [min(x), min(y), max(x), max(y)]
    return found if all(math.isfinite(value) for value in found) else None


@lru_cache(maxsize=64)
def _cached(source: str, target: str) -> Transformer:
    return Transformer.from_crs(CRS.from_user_input(source), CRS.from_user_input(target), always_xy=True)


def _transformer(source: str, target: str) -> Transformer:
    return _cached(source, target)
