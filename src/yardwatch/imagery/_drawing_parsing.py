"""Turns a file of drawn outlines and lines into plain data (child process only)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from yardwatch.errors import SiteError
from yardwatch.imagery._features import MOST_VERTICES, Feature, too_many
from yardwatch.imagery._site_parsing import read_collection
from yardwatch.imagery._site_shapes import Shapes, parts_of
from yardwatch.imagery._site_values import text_of

__all__ = ["new_handlers"]

_DRAWN = {"Polygon": "outline", "MultiPolygon": "outline", "LineString": "line", "MultiLineString": "line"}
_NUMBERS = ("height_m", "height_at_most_m", "digitising_m")


def parse_drawings(subject: str, _: bytearray, *, path: str) -> tuple[dict[str, Any], bytes]:
    """Read and check the file; answers the drawn things in its order.

    Raises
    ------
    SiteError
        If the file or one of its features is bad.
    LimitError
        If there is too much in it.
    """
    collection = read_collection(Path(path), subject)
    shapes = Shapes(collection.crs, subject=subject)
    drawings: list[dict[str, Any]] = []
    skipped: list[str] = []
    vertices = 0
    for number, feature in enumerate(collection.features, 1):
        geometry = feature.geometry if isinstance(feature.geometry, dict) else {}
        kind = _DRAWN.get(str(geometry.get("type")))
        name = text_of(feature.properties.get("name")) or f"feature {number}"
        if kind is None:
            skipped.append(name)
            continue
        found = _drawn(feature, geometry, kind, name, shapes, f'{subject}: "{name}"')
        vertices += sum(len(drawing["points"]) for drawing in found)
        if vertices > MOST_VERTICES:
            raise too_many(subject, "vertices", MOST_VERTICES)
        drawings += found
    if not drawings:
        raise SiteError(subject, "holds no polygon and no line", "draw what is to be measured as a polygon or a line")
    shapes.check_span()
    return {"crs": shapes.crs, "drawings": drawings, "skipped": skipped}, b""


def new_handlers() -> dict[str, Callable[..., tuple[dict[str, Any], bytes | memoryview]]]:
    """What a child that parses one file of drawings can do."""
    return {"drawings": parse_drawings}


def _drawn(
    feature: Feature, geometry: dict[str, Any], kind: str, name: str, shapes: Shapes, subject: str
) -> list[dict[str, Any]]:
    parts = parts_of(geometry, subject=subject)
    found = []
    for index, part in enumerate(parts, 1):
        ring = part[0] if kind == "outline" else part
        points = shapes.line(ring, subject=subject)
        if kind == "outline" and len(set(points)) < 3:
            raise SiteError(subject, "has an outline of fewer than three points", "draw it again")
        found.append(
            {
                "name": name if len(parts) == 1 else f"{name} ({index})",
                "kind": kind,
                "points": points,
                "holes": kind == "outline" and len(part) > 1,
                "published": text_of(feature.properties.get("published")),
                **{key: _number(feature.properties.get(key), key, subject) for key in _NUMBERS},
            }
        )
    return found


def _number(value: Any, key: str, subject: str) -> float | None:  # noqa: ANN401 -- GeoJSON
    """A number of metres; None where nothing is said."""
    if value is None or value == "":
        return None
    try:
        number = float(value) if not isinstance(value, bool | dict | list) else -1.0
    except (ValueError, OverflowError):
        number = -1.0
    if not 0 <= number <= 1000:
        raise SiteError(subject, f"has the {key} {str(value)[:40]!r}", "write a number of metres from 0 to 1000")
    return number
