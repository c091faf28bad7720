"""Lines and polygons of a site: whether they are well drawn and on the Earth (child process only)."""

import math
import re
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError, ProjError

from yardwatch.errors import SiteError
from yardwatch.model.frame import crs_name

__all__ = ["Point", "Shapes", "parts_of"]

Point = tuple[float, float]

_WIDEST_M = 500_000
_MARGIN_DEG = 10.0
_WHERE = re.compile(r"(.*)\[(\S+) (\S+)\]")
_REDRAW = "draw it again"


def parts_of(geometry: dict[str, Any], *, subject: str) -> list[Any]:
    """The single lines or polygons of a geometry, as nested lists.

    Raises
    ------
    SiteError
        If there are none.
    """
    coordinates = geometry.get("coordinates")
    parts = coordinates if str(geometry["type"]).startswith("Multi") else [coordinates]
    if not isinstance(parts, list) or not parts or not all(isinstance(part, list) and part for part in parts):
        raise SiteError(subject, "has no coordinates", _REDRAW)
    return parts


class Shapes:
    """Checks the shapes of one site.

    Parameters
    ----------
    crs : str
        As the file says it.
    subject : str
        The file, for errors.
    """

    def __init__(self, crs: str, *, subject: str) -> None:
        self._subject = subject
        self._crs = _parsed(crs, subject)
        authority = self._crs.to_authority()
        self.crs = ":".join(authority) if authority else self._crs.to_wkt()
        """Authority code or WKT."""
        self._to_degrees = Transformer.from_crs(self._crs, "EPSG:4326", always_xy=True)
        self._corners: list[tuple[float, float, float, float]] = []

    def line(self, part: Any, *, subject: str) -> list[Point]:  # noqa: ANN401 -- GeoJSON
        """The vertices of a track.

        Raises
        ------
        SiteError
            If it has fewer than two, or they are not places in this CRS.
        """
        points = _points(part, subject)
        if len(set(points)) < 2:
            raise SiteError(subject, "is a track of one point", "draw it as a line along the track, or remove it")
        self._place(points, subject)
        return points

    def point(self, coordinates: Any, *, subject: str) -> Point:  # noqa: ANN401 -- GeoJSON
        """A single point.

        Raises
        ------
        SiteError
            If it is not a place in this CRS.
        """
        points = _points([coordinates], subject)
        self._place(points, subject)
        return points[0]

    def rings(self, part: Any, *, subject: str) -> list[list[Point]]:  # noqa: ANN401 -- GeoJSON
        """The closed rings of a zone, the outer one first.

        Raises
        ------
        SiteError
            If the outline is not one of an area, or does not lie in this CRS.
        """
        rings = [_points(ring, subject) for ring in part]
        for ring in rings:
            if len(set(ring)) < 3:
                raise SiteError(subject, "has an outline of fewer than three points", _REDRAW)
            self._place(ring, subject)
            if ring[0] != ring[-1]:
                ring.append(ring[0])
        reason = shapely.is_valid_reason(shapely.Polygon(rings[0], rings[1:]))
        if reason != "Valid Geometry":
            raise SiteError(
                subject, _what_is_wrong(reason), "move its corners so that the outline does not cross itself"
            )
        return rings

    def check_span(self) -> None:
        """Raise SiteError if the site is wider than any site can be."""
        if not self._corners:
            return
        corners = np.array(self._corners)
        west, south = corners[:, :2].min(axis=0)
        east, north = corners[:, 2:].max(axis=0)
        span_m = Geod(ellps="WGS84").inv(west, south, east, north)[2]
        if span_m > _WIDEST_M:
            problem = f"spans {span_m / 1000:.0f} km, from {west:.3f}, {south:.3f} to {east:.3f}, {north:.3f} degrees"
            raise SiteError(self._subject, problem, "keep one site in a file; check its coordinates and crs")

    def _place(self, points: list[Point], subject: str) -> None:
        """Check that points lie on the Earth, where this CRS is meant for."""
        xy = np.array(points)
        if self._crs.is_geographic and (np.abs(xy) > (180, 90)).any():
            problem = f"has coordinates that look like metres ({_pair(xy[0])}), but {crs_name(self.crs)} is in degrees"
            raise SiteError(subject, problem, "save it in WGS 84, or add the crs member that QGIS writes")
        metric = self._crs.is_projected and self._crs.area_of_use is not None
        if metric and (np.abs(xy) <= (180, 90)).all():
            problem = f"has coordinates that look like degrees ({_pair(xy[0])}), but {crs_name(self.crs)} is in metres"
            raise SiteError(subject, problem, f"save it in {crs_name(self.crs)}, or the whole file in WGS 84")
        longitude, latitude = self._to_degrees.transform(*xy.T)
        if not (np.isfinite(longitude).all() and np.isfinite(latitude).all() and self._meant_for(longitude, latitude)):
            problem = f"lies outside the area of {crs_name(self.crs)} ({_pair(xy[0])})"
            raise SiteError(subject, problem, "check its coordinates and the crs of the file")
        self._corners.append((longitude.min(), latitude.min(), longitude.max(), latitude.max()))

    def _meant_for(self, longitude: Any, latitude: Any) -> bool:  # noqa: ANN401 -- arrays
        """Whether places in degrees are in the CRS's area of use, or not far from it."""
        area = self._crs.area_of_use
        if area is None:
            return True
        inside = (latitude >= area.south - _MARGIN_DEG) & (latitude <= area.north + _MARGIN_DEG)
        if area.west < area.east:
            inside &= (longitude >= area.west - _MARGIN_DEG) & (longitude <= area.east + _MARGIN_DEG)
        return bool(np.all(inside))


def _parsed(crs: str, subject: str) -> CRS:
    try:
        parsed = CRS.from_user_input(crs).to_2d()
        Transformer.from_crs(parsed, "EPSG:4326", always_xy=True)
    except (CRSError, ProjError):
        parsed = None
    if parsed is None or not (parsed.is_projected or parsed.is_geographic):
        remedy = "save it in WGS 84 or in the UTM zone of the site"
        raise SiteError(subject, f"its coordinate system ({crs[:60]}) is not a known one", remedy)
    return parsed


def _points(part: Any, subject: str) -> list[Point]:  # noqa: ANN401 -- GeoJSON
    """Pairs of finite numbers; heights are dropped."""
    if not isinstance(part, list):
        raise SiteError(subject, "has no coordinates", _REDRAW)
    points = []
    for entry in part:
        pair = entry[:2] if isinstance(entry, list) else []
        if len(pair) != 2 or any(isinstance(n, bool) or not isinstance(n, int | float) for n in pair):
            raise SiteError(subject, "has a coordinate that is not a pair of numbers", _REDRAW)
        points.append((_finite(pair[0], subject), _finite(pair[1], subject)))
    return points


def _finite(number: float, subject: str) -> float:
    try:
        value = float(number)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise SiteError(subject, "has a coordinate that is not a finite number (NaN or infinity)", _REDRAW)
    return value


def _what_is_wrong(reason: str) -> str:
    """The words of GEOS for an analyst."""
    found = _WHERE.fullmatch(reason)
    what, where = (found[1], f" at {found[2]}, {found[3]}") if found else (reason, "")
    if "elf-intersection" in what:
        return f"has an outline that crosses itself{where}"
    return f"has a bad outline: {what.lower()}{where}"


def _pair(point: Any) -> str:  # noqa: ANN401 -- array
    return f"{point[0]:.10g}, {point[1]:.10g}"
