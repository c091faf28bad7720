"""Geometry as a GeoPackage keeps it: a header with an envelope, then WKB."""

import sqlite3
import struct
from collections.abc import Callable

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from yardwatch.errors import MisuseError
from yardwatch.model.site import Coordinates

__all__ = [
    "Bounds",
    "bounds_of",
    "decode",
    "encode",
    "line_of",
    "point_of",
    "points_of",
    "polygon_of",
    "register_functions",
    "rings_of",
    "spot_of",
]

Bounds = tuple[float, float, float, float]
"""Lowest x, lowest y, highest x, highest y."""

_HEADER = struct.Struct("<2sBBi4d")
_LITTLE_ENDIAN_WITH_XY_ENVELOPE = 0b0000_0011
_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_FIXED_BYTES = 8


def encode(geometry: Polygon | LineString | Point, *, srs_id: int) -> bytes:
    """The blob of a geometry that is not empty."""
    west, south, east, north = geometry.bounds
    header = _HEADER.pack(b"GP", 0, _LITTLE_ENDIAN_WITH_XY_ENVELOPE, srs_id, west, east, south, north)
    return header + shapely.to_wkb(geometry, byte_order=1)


def decode(blob: object) -> BaseGeometry:
    """The geometry of a blob, whoever wrote it.

    Raises
    ------
    ValueError
        If it is no GeoPackage geometry.
    """
    if not isinstance(blob, bytes) or len(blob) < _FIXED_BYTES or blob[:2] != b"GP":
        raise ValueError("the geometry is not one of a GeoPackage")
    kind = blob[3] >> 1 & 0b111
    if kind not in _ENVELOPE_BYTES:
        raise ValueError(f"the geometry has an envelope of unknown kind {kind}")
    try:
        return shapely.from_wkb(blob[_FIXED_BYTES + _ENVELOPE_BYTES[kind] :])
    except shapely.errors.ShapelyError as error:
        raise ValueError(f"the geometry cannot be read: {error}") from None


def bounds_of(blob: bytes) -> Bounds | None:
    """The box around the geometry of a blob; None if it is empty. Taken from the header where that says it."""
    if blob[:2] == b"GP" and len(blob) >= _HEADER.size and blob[3] == _LITTLE_ENDIAN_WITH_XY_ENVELOPE:
        _, _, _, _, west, east, south, north = _HEADER.unpack_from(blob)
        return west, south, east, north
    geometry = decode(blob)
    return None if geometry.is_empty else geometry.bounds


def polygon_of(rings: tuple[Coordinates, ...], *, subject: str) -> Polygon:
    """The polygon of an exterior ring and holes.

    Raises
    ------
    MisuseError
        If a ring is open, has fewer than four points or one that is not finite.
    """
    for ring in rings or ((),):
        if len(ring) < 4 or ring[0] != ring[-1] or not np.isfinite(ring).all():
            raise MisuseError(f"{subject}: a ring needs four finite points or more, the last the same as the first")
    return Polygon(rings[0], rings[1:])


def line_of(coordinates: Coordinates, *, subject: str) -> LineString:
    """The line through some points.

    Raises
    ------
    MisuseError
        If there are fewer than two, or one is not finite.
    """
    if len(coordinates) < 2 or not np.isfinite(coordinates).all():
        raise MisuseError(f"{subject}: a line needs two finite points or more")
    return LineString(coordinates)


def spot_of(point: tuple[float, float], *, subject: str) -> Point:
    """The geometry of a single point.

    Raises
    ------
    MisuseError
        If it is not finite.
    """
    if not np.isfinite(point).all():
        raise MisuseError(f"{subject}: a point needs two finite coordinates")
    return Point(point)


def rings_of(blob: object) -> tuple[Coordinates, ...]:
    """Exterior ring and holes of a blob that holds one polygon.

    Raises
    ------
    ValueError
        If it holds anything else.
    """
    geometry = decode(blob)
    if not isinstance(geometry, Polygon) or geometry.is_empty:
        raise ValueError(f"the geometry is {_described(geometry)}, not one polygon")
    return tuple(_pairs(ring) for ring in (geometry.exterior, *geometry.interiors))


def points_of(blob: object) -> Coordinates:
    """Vertices of a blob that holds one line.

    Raises
    ------
    ValueError
        If it holds anything else.
    """
    geometry = decode(blob)
    if not isinstance(geometry, LineString) or geometry.is_empty:
        raise ValueError(f"the geometry is {_described(geometry)}, not one line")
    return _pairs(geometry)


def point_of(blob: object) -> tuple[float, float] | None:
    """The coordinates of a blob that holds one point; None without a blob or with an empty one.

    Raises
    ------
    ValueError
        If it holds anything else.
    """
    geometry = Point() if blob is None else decode(blob)
    if not isinstance(geometry, Point):
        raise ValueError(f"the geometry is {_described(geometry)}, not one point")  # noqa: TRY004 - it is bad data
    return None if geometry.is_empty else (geometry.x, geometry.y)


def register_functions(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that a GeoPackage's R-tree triggers call."""
    for index, name in enumerate(("ST_MinX", "ST_MinY", "ST_MaxX", "ST_MaxY")):
        connection.create_function(name, 1, _bound(index), deterministic=True)
    connection.create_function("ST_IsEmpty", 1, _is_empty, deterministic=True)


def _bound(index: int) -> Callable[[object], float | None]:
    def bound(blob: object) -> float | None:
        bounds = bounds_of(blob) if isinstance(blob, bytes) else None
        return None if bounds is None else bounds[index]

    return bound


def _is_empty(blob: object) -> bool | None:
    return bounds_of(blob) is None if isinstance(blob, bytes) else None


def _pairs(geometry: LineString) -> Coordinates:
    return tuple((float(x), float(y)) for x, y in shapely.get_coordinates(geometry).tolist())


def _described(geometry: BaseGeometry) -> str:
    return f"an empty {geometry.geom_type}" if geometry.is_empty else f"a {geometry.geom_type}"
