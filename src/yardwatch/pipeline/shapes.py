"""Zones, tracks and places as plain values, exactly, and as a page writes them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from shapely import Polygon

from yardwatch.errors import InputError
from yardwatch.model.dates import When, parse_when
from yardwatch.model.site import Coordinates, Place, Track, Zone, ZoneStatus
from yardwatch.pipeline.documents import Json

__all__ = ["Drawn", "changed_shape", "kind_of_shape", "new_shape", "shape_cells", "shape_of_cells"]

Drawn = Zone | Track | Place
"""What is drawn of a site."""

_MOST_POINTS = 20_000
_MOST_RINGS = 100
_LONGEST_NAME = 200
_MOST_ALIASES = 50

Reader = Callable[[Sequence[Sequence[float]]], Coordinates]
"""Takes coordinates as they are written to the CRS of the site."""


def kind_of_shape(shape: Drawn) -> str:
    """``zone``, ``track`` or ``place``."""
    return {Zone: "zone", Track: "track", Place: "place"}[type(shape)]


def new_shape(kind: str, geometry: object, properties: Mapping[str, Json], read: Reader) -> Zone | Track:
    """A zone or track as a page draws it.

    Raises
    ------
    InputError
        If something is missing or not understood.
    """
    if kind == "zone":
        return changed_shape(Zone("", "rail_yard", ()), geometry or {}, {"name": None, **properties}, read)
    return changed_shape(Track("", ()), geometry or {}, {"name": None, **properties}, read)


def changed_shape(shape: Zone | Track, geometry: object, properties: Mapping[str, Json], read: Reader) -> Zone | Track:
    """A zone or track with what a page says of it; what it does not say stays.

    Raises
    ------
    InputError
        If something is not understood.
    """
    told: dict[str, object] = {}
    subject = str(properties.get("name") or getattr(shape, "name", "")) or "a new one"
    if isinstance(shape, Zone):
        readers = _ZONE
        if geometry is not None:
            told["rings"] = _rings(geometry, read, subject)
    else:
        readers = _TRACK
        if geometry is not None:
            told["coordinates"] = _line(geometry, read, subject)
    for name, value in properties.items():
        if name in readers:
            told[name] = readers[name](value, f"{subject}: {name}")
    return replace(shape, **told)  # type: ignore[arg-type]  # as each reader gives it


def shape_cells(shape: Drawn) -> dict[str, Json]:
    """A zone, track or place as plain values, from which `shape_of_cells` makes an equal one."""
    match shape:
        case Zone():
            return {
                "kind": "zone",
                "name": shape.name,
                "role": shape.role,
                "rings": [[list(point) for point in ring] for ring in shape.rings],
                "aliases": list(shape.aliases),
                "status": [[one.state, one.when.text if one.when else None] for one in shape.status],
                "conceals_from": shape.conceals_from.text if shape.conceals_from else None,
            }
        case Track():
            points: list[Json] = [list(point) for point in shape.coordinates]
            return {
                "kind": "track",
                "name": shape.name,
                "coordinates": points,
                "gauge_mm": shape.gauge_mm,
                "zone": shape.zone,
            }
        case Place():
            return {
                "kind": "place",
                "name": shape.name,
                "point": list(shape.point) if shape.point else None,
                "precision_m": shape.precision_m,
                "source": shape.source,
                "aliases": list(shape.aliases),
            }


def shape_of_cells(cells: Mapping[str, object]) -> Drawn:
    """What `shape_cells` wrote; raises KeyError, TypeError or ValueError on anything else."""
    facts = {name: value for name, value in cells.items() if name != "kind"}
    match cells["kind"]:
        case "zone":
            status = tuple(ZoneStatus(str(state), _date(text)) for state, text in facts["status"])  # type: ignore[attr-defined]
            return Zone(
                str(facts["name"]), str(facts["role"]), tuple(_points(ring) for ring in facts["rings"]),  # type: ignore[attr-defined]
                _names(facts["aliases"]), status, _date(facts["conceals_from"]),
            )  # fmt: skip
        case "track":
            return Track(**(facts | {"coordinates": _points(facts["coordinates"])}))  # type: ignore[arg-type]
        case "place":
            point = None if facts["point"] is None else _points([facts["point"]])[0]
            return Place(**(facts | {"point": point, "aliases": _names(facts["aliases"])}))  # type: ignore[arg-type]
    raise ValueError(cells["kind"])


def _points(points: object) -> Coordinates:
    return tuple((float(x), float(y)) for x, y in points)  # type: ignore[attr-defined]


def _names(names: object) -> tuple[str, ...]:
    return tuple(str(name) for name in names)  # type: ignore[attr-defined]


def _date(text: object) -> When | None:
    return None if text is None else parse_when(str(text))


def _line(geometry: object, read: Reader, subject: str) -> Coordinates:
    coordinates = _coordinates(geometry, "LineString", subject)
    points = _positions(coordinates, subject, least=2)
    if len({tuple(point) for point in points}) < 2:
        raise _bad(subject, "is a line of one point", "draw it again, from one place to another")
    return read(points)


def _rings(geometry: object, read: Reader, subject: str) -> tuple[Coordinates, ...]:
    rings = _coordinates(geometry, "Polygon", subject)
    if not 1 <= len(rings) <= _MOST_RINGS:
        raise _bad(subject, f"has {len(rings)} rings", "draw one outline, and at most a few holes")
    closed = []
    for ring in rings:
        points = _positions(ring, subject, least=3)
        if len({tuple(point) for point in points}) < 3:
            raise _bad(subject, "has an outline of fewer than three points", "draw it again")
        closed.append(read(points if points[0] == points[-1] else [*points, points[0]]))
    if not Polygon(closed[0], closed[1:]).is_valid:
        raise _bad(subject, "has an outline that crosses itself or a hole outside it", "draw it without crossing")
    return tuple(closed)


def _coordinates(geometry: object, kind: str, subject: str) -> Sequence[object]:
    if not isinstance(geometry, Mapping) or geometry.get("type") != kind:
        raise _bad(subject, f"has no geometry of type {kind}", f"give a GeoJSON {kind}")
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list) or not coordinates:
        raise _bad(subject, "has no coordinates", f"give a GeoJSON {kind}")
    return coordinates


def _positions(points: object, subject: str, *, least: int) -> list[list[float]]:
    if not isinstance(points, list) or not least <= len(points) <= _MOST_POINTS:
        raise _bad(subject, f"needs {least} to {_MOST_POINTS} points", "draw it again")
    if not all(isinstance(point, list) and len(point) >= 2 and all(map(_is_number, point[:2])) for point in points):
        raise _bad(subject, "has a point that is no pair of numbers", "give x and y of each point")
    return [[float(point[0]), float(point[1])] for point in points]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12 and math.isfinite(value)


def _name(value: Json, subject: str) -> str:
    found = " ".join(value.split()) if isinstance(value, str) else ""
    if not 0 < len(found) <= _LONGEST_NAME:
        raise _bad(subject, "is no name", f"give one of 1 to {_LONGEST_NAME} characters")
    return found


def _maybe_name(value: Json, subject: str) -> str | None:
    return None if value is None else _name(value, subject)


def _aliases(value: Json, subject: str) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _MOST_ALIASES:
        raise _bad(subject, "is no list of names", 'give a list such as ["Old yard"]')
    return tuple(_name(one, subject) for one in value)


def _when(value: Json, subject: str) -> When | None:
    return None if value is None else parse_when(str(value), subject=subject)


def _gauge(value: Json, subject: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 200 <= value <= 3000:
        raise _bad(subject, f"is {str(value)[:40]!r}, which is no gauge", "give whole millimetres, e.g. 1520 or 1435")
    return value


def _bad(subject: str, problem: str, remedy: str) -> InputError:
    return InputError(subject, problem, remedy)


_ZONE: Mapping[str, Callable[[Json, str], object]] = {
    "name": _name,
    "role": _name,
    "aliases": _aliases,
    "conceals_from": _when,
}
_TRACK: Mapping[str, Callable[[Json, str], object]] = {"name": _name, "gauge_mm": _gauge, "zone": _maybe_name}
