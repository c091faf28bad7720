"""A local metric frame: where one unit is one metre on the ground."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from yardwatch.errors import MisuseError

__all__ = ["LOCAL_CRS", "Floats", "Frame", "frame_around"]

Floats = NDArray[np.float64]

LOCAL_CRS = "+proj=tmerc +lat_0=0 +lon_0=0 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs +type=crs"
"""Stands in for the CRS of a picture without georeference: metres from its top left corner, y down."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A transverse Mercator centred on a site, beside the CRS of the site.

    Its scale differs from 1 by less than 1 in 30,000 within 50 km, so lengths in it are ground metres.
    """

    crs: str
    """The CRS that the outside world uses: an authority code or WKT."""
    longitude_deg: float
    """Longitude of the frame's origin, degrees (WGS 84)."""
    latitude_deg: float
    """Latitude of the frame's origin, degrees (WGS 84)."""

    def to_local(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """Local metres of points given in `crs` (x = east or longitude)."""
        return _convert(_transformer(self.crs, self._local), x, y)

    def to_crs(self, x_m: ArrayLike, y_m: ArrayLike, *, crs: str | None = None) -> tuple[Floats, Floats]:
        """Coordinates in `crs` (the site's unless given) of points in local metres."""
        return _convert(_transformer(self._local, crs or self.crs), x_m, y_m)

    @property
    def _local(self) -> str:
        return (
            f"+proj=tmerc +lat_0={self.latitude_deg!r} +lon_0={self.longitude_deg!r} +k=1 +x_0=0 +y_0=0 "
            "+datum=WGS84 +units=m +no_defs"
        )


def frame_around(crs: str, x: ArrayLike, y: ArrayLike) -> Frame:
    """The frame centred on the middle of the box around some points in `crs`.

    Raises
    ------
    MisuseError
        If the points do not lie on the Earth in that CRS.
    """
    xs, ys = np.asarray(x, float), np.asarray(y, float)
    middle_x, middle_y = (xs.min() + xs.max()) / 2, (ys.min() + ys.max()) / 2
    longitude, latitude = _convert(_transformer(crs, "EPSG:4326"), middle_x, middle_y)
    if not (np.isfinite(longitude) and np.isfinite(latitude) and abs(latitude) <= 89):
        raise MisuseError(f"({middle_x:g}, {middle_y:g}) is not a place on the Earth in {crs_name(crs)}")
    return Frame(crs, float(longitude), float(latitude))


def crs_name(crs: str) -> str:
    """A short name of a CRS for people: ``EPSG:32652`` where there is one."""
    parsed = CRS.from_user_input(crs)
    authority = parsed.to_authority()
    return ":".join(authority) if authority else parsed.name


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> Transformer:
    try:
        return Transformer.from_crs(source, target, always_xy=True)
    except ProjError as error:
        raise MisuseError(f"no way from {source[:60]} to {target[:60]}: {error}") from None


def _convert(transformer: Transformer, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    new_x, new_y = transformer.transform(np.asarray(x, float), np.asarray(y, float))
    return np.asarray(new_x, float), np.asarray(new_y, float)
