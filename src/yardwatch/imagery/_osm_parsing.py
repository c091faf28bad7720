"""Turns an OpenStreetMap extract into railway lines and areas as plain data (child process only)."""

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from yardwatch.errors import LimitError, SiteError
from yardwatch.imagery._features import too_many
from yardwatch.imagery._site_values import text_of

__all__ = ["new_handlers"]

_MOST_BYTES = 64 * 2**20
_MOST_ELEMENTS = 300_000
_MOST_POINTS = 200_000
_ASK = "save it with Overpass ([out:json]; … out geom;) or as GeoJSON"
_TAGS = (
    "name", "ref", "railway:track_ref", "railway", "service", "usage", "gauge", "tunnel", "bridge", "layer", "landuse",
    "building", "man_made", "industrial", "amenity", "disused:railway", "abandoned:railway", "razed:railway",
    "construction:railway", "proposed:railway",
)  # fmt: skip
_OF_RAILWAYS = tuple(tag for tag in _TAGS if tag.endswith("railway"))
_OF_AREAS = ("landuse", "building", "man_made", "industrial", "amenity", "railway")
_AREA_OF = {"station", "halt", "workshop", "engine_shed", "roundhouse", "wash", "platform", "facility", "yard"}
Element = tuple[str, dict[str, str], list[Any], bool]


def parse_osm(subject: str, _: bytearray, *, path: str) -> tuple[dict[str, Any], bytes]:
    """Read and check the file; answers its railway lines and its areas, in degrees.

    Raises
    ------
    SiteError
        If it is no OpenStreetMap extract or a coordinate in it is none.
    LimitError
        If there is too much in it.
    """
    document = _parsed(Path(path), subject)
    lines: list[dict[str, Any]] = []
    areas: list[dict[str, Any]] = []
    points = 0
    for name, tags, parts, closed in _elements(document, subject):
        is_area = closed and ("landuse" in tags or _is_area(tags))
        is_line = not is_area and any(tag in tags for tag in _OF_RAILWAYS)
        if not (is_area or is_line):
            continue
        checked = [_checked(part, f"{subject}: {name}") for part in parts]
        checked = [part for part in checked if len(set(part)) >= (3 if is_area else 2)]
        points += sum(map(len, checked))
        if points > _MOST_POINTS:
            raise too_many(subject, "vertices", _MOST_POINTS)
        if is_area and checked:
            areas.append({"id": name, "tags": tags, "rings": checked})
        elif is_line:
            lines += [{"id": name, "tags": tags, "points": part} for part in checked]
    if not lines:
        raise SiteError(subject, "holds no railway line", 'ask Overpass for way["railway"] around the site, out geom')
    return {"lines": lines, "areas": areas}, b""


def new_handlers() -> dict[str, Callable[..., tuple[dict[str, Any], bytes | memoryview]]]:
    """What a child that parses one OpenStreetMap extract can do."""
    return {"osm": parse_osm}


def _parsed(path: Path, subject: str) -> dict[str, Any]:
    size = path.stat().st_size
    if size > _MOST_BYTES:
        raise LimitError(subject, f"is {size / 1e6:.0f} MB", "ask Overpass for the surroundings of this site only")
    data = path.read_bytes()
    if data.lstrip()[:1] == b"<":
        raise SiteError(subject, "is XML, not JSON", _ASK)
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise SiteError(subject, "is nested too deeply", _ASK) from None
    except ValueError:
        raise SiteError(subject, "is not valid JSON in UTF-8", _ASK) from None
    if not isinstance(document, dict):
        raise SiteError(subject, "is no OpenStreetMap extract", _ASK)
    return document


def _elements(document: dict[str, Any], subject: str) -> Iterator[Element]:
    """Name, tags, parts and whether these are areas, of each element."""
    if isinstance(document.get("elements"), list):
        found = document["elements"]
        element_of = _Overpass(found).element
    elif isinstance(document.get("features"), list):
        _check_degrees(document.get("crs"), subject)
        found = document["features"]
        element_of = _feature
    else:
        raise SiteError(subject, "is neither Overpass JSON nor a GeoJSON FeatureCollection", _ASK)
    if len(found) > _MOST_ELEMENTS:
        raise too_many(subject, "elements", _MOST_ELEMENTS)
    for number, one in enumerate(found, 1):
        if isinstance(one, dict):
            element = element_of(one, number)
            if element is not None:
                yield element


class _Overpass:
    """Ways and multipolygons as Overpass writes them, with their geometry or with nodes beside."""

    def __init__(self, found: list[Any]) -> None:
        known = [one for one in found if isinstance(one, dict)]
        self._nodes = {one.get("id"): one for one in known if one.get("type") == "node" and _hashable(one.get("id"))}
        self._ways = {one.get("id"): one for one in known if one.get("type") == "way" and _hashable(one.get("id"))}

    def element(self, one: dict[str, Any], number: int) -> Element | None:
        """A way or a multipolygon; None for anything else."""
        tags = _tags(one.get("tags"))
        name = f"{text_of(one.get('type')) or 'element'}/{text_of(one.get('id')) or number}"
        if one.get("type") == "way":
            points = self._points(one)
            return (name, tags, [points], _closed(points)) if tags and points else None
        if one.get("type") == "relation" and ("landuse" in tags or _is_area(tags)):
            parts = self._outlines(one)
            return (name, tags, parts, True) if parts else None
        return None

    def _points(self, way: dict[str, Any]) -> list[Any]:
        geometry = way.get("geometry")
        if isinstance(geometry, list):
            return [[one.get("lon"), one.get("lat")] for one in geometry if isinstance(one, dict)]
        nodes = _listed(way.get("nodes"))
        held = [self._nodes[key] for key in nodes if _hashable(key) and key in self._nodes]
        return [[one.get("lon"), one.get("lat")] for one in held]

    def _outlines(self, relation: dict[str, Any]) -> list[Any]:
        """Outer rings of a multipolygon: ways joined where they meet."""
        members = _listed(relation.get("members"))
        pieces = []
        for member in members:
            if isinstance(member, dict) and member.get("role") in ("outer", "", None):
                key = member.get("ref")
                way = member if "geometry" in member else self._ways.get(key) if _hashable(key) else None
                if isinstance(way, dict):
                    pieces.append(self._points(way))
        return _joined([piece for piece in pieces if len(piece) > 1])


def _feature(one: dict[str, Any], number: int) -> Element | None:
    """A line or an area of a GeoJSON as overpass turbo, osmtogeojson or QGIS write it; None for anything else."""
    properties, geometry = _mapping(one.get("properties")), _mapping(one.get("geometry"))
    tags = _tags(properties.get("tags") if isinstance(properties.get("tags"), dict) else properties)
    names = (text_of(properties.get(key)) for key in ("@id", "osm_id", "id"))
    name = next((text for text in names if text), text_of(one.get("id")) or f"feature {number}")
    kind, coordinates = geometry.get("type"), _listed(geometry.get("coordinates"))
    parts = _parts(str(kind), coordinates)
    if not parts:
        return None
    return name, tags, parts, str(kind).endswith("Polygon")


def _parts(kind: str, coordinates: list[Any]) -> list[Any]:
    """The lines or outer rings of a geometry; none for anything else."""
    if kind == "LineString":
        return [coordinates] if coordinates else []
    if kind == "MultiLineString":
        return coordinates
    if kind == "Polygon":
        return coordinates[:1]
    return [part[0] for part in coordinates if isinstance(part, list) and part] if kind == "MultiPolygon" else []


def _mapping(value: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON
    return value if isinstance(value, dict) else {}


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 -- JSON
    return value if isinstance(value, list) else []


def _tags(held: Any) -> dict[str, str]:  # noqa: ANN401 -- JSON
    """The tags that matter, as clean text."""
    if not isinstance(held, dict):
        return {}
    found = {key: text_of(held.get(key)) for key in _TAGS}
    return {key: text for key, text in found.items() if text is not None}


def _is_area(tags: dict[str, str]) -> bool:
    """Whether a closed line with such tags is an area."""
    if tags.get("railway") in _AREA_OF:
        return True
    return "railway" not in tags and any(tag in tags for tag in _OF_AREAS)


def _check_degrees(member: Any, subject: str) -> None:  # noqa: ANN401 -- JSON
    text = json.dumps(member)[:500] if member is not None else "CRS84"
    if "CRS84" not in text and "4326" not in text:
        raise SiteError(subject, "is not in degrees (WGS 84), as OpenStreetMap is", "save it in EPSG:4326")


def _checked(part: Any, subject: str) -> list[tuple[float, float]]:  # noqa: ANN401 -- JSON
    """Longitudes and latitudes."""
    points = []
    for one in part if isinstance(part, list) else []:
        pair = one[:2] if isinstance(one, list) else []
        if len(pair) != 2 or any(isinstance(n, bool) or not isinstance(n, int | float) for n in pair):
            raise SiteError(subject, "has a coordinate that is not a pair of numbers", _ASK)
        try:
            longitude, latitude = float(pair[0]), float(pair[1])
        except OverflowError:
            longitude, latitude = math.inf, math.inf
        if not (abs(longitude) <= 180 and abs(latitude) <= 89):
            raise SiteError(
                subject, f"has a point that is no place in degrees ({pair[0]!s:.20}, {pair[1]!s:.20})", _ASK
            )
        points.append((longitude, latitude))
    return points


def _closed(points: list[Any]) -> bool:
    return len(points) > 3 and points[0] == points[-1]


def _joined(pieces: list[list[Any]]) -> list[Any]:
    """Rings from pieces that meet end to end; what does not close is left out."""
    rings, left = [], list(pieces)
    while left:
        ring = left.pop(0)
        while not _closed(ring):
            index = next((i for i, piece in enumerate(left) if ring[-1] in (piece[0], piece[-1])), None)
            if index is None:
                break
            piece = left.pop(index)
            ring = ring + (piece[1:] if piece[0] == ring[-1] else piece[-2::-1])
        if _closed(ring):
            rings.append(ring)
    return rings


def _hashable(value: object) -> bool:
    return isinstance(value, int | str)
