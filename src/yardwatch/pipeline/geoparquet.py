"""Railcars as GeoParquet: a table with an outline in the site's CRS for each."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely import Polygon

from yardwatch.errors import TableError
from yardwatch.model.railcar import Count
from yardwatch.model.site import Site
from yardwatch.pipeline.labels import Label, car_type, label_of
from yardwatch.tables.parquet import read_outlines, to_geoparquet

__all__ = ["read_geoparquet", "write_geoparquet"]

_TEXTS = ("scene", "type")
_LONGEST_CRS = 50_000


def write_geoparquet(counts: Sequence[Count], site: Site) -> bytes:
    """All cars of some scenes."""
    pairs = [(count, car) for count in counts for car in count.railcars]
    outlines = [Polygon(car.footprint) for _, car in pairs]
    numbers = {
        name: [float(getattr(car, name)) for _, car in pairs]
        for name in ("start_m", "end_m", "offset_m", "width_m", "confidence")
    }
    names = ("id", "track", "zone", "type", "subtype")
    texts: dict[str, list[str | None]] = {name: [getattr(car, name) for _, car in pairs] for name in names}
    texts |= {
        "type_probabilities": [json.dumps(dict(car.type_probabilities)) for _, car in pairs],
        "by": [car.by or "machine" for _, car in pairs],
        "scene": [count.scene.id for count, _ in pairs],
        "acquired": [count.scene.acquired.text if count.scene.acquired else None for count, _ in pairs],
        "image_sha256": [count.scene.sha256 for count, _ in pairs],
        "method": [count.provenance.method for count, _ in pairs],
    }
    bounds = shapely.total_bounds(np.array(outlines)) if outlines else np.zeros(4)
    return to_geoparquet(
        [shapely.to_wkb(outline) for outline in outlines],
        texts=texts,
        numbers=numbers,
        crs=CRS.from_user_input(site.crs).to_json_dict(),
        bbox=[float(bound) for bound in bounds],
    )


def read_geoparquet(path: Path) -> tuple[list[Label], list[str]]:
    """The labels of a GeoParquet file, and the types that we have no word for.

    Raises
    ------
    TableError
        If it is none, states no CRS, or a row is no polygon.
    LimitError
        If there is too much in it.
    MisuseError
        If the extra ``geoparquet`` is not installed.
    """
    found = read_outlines(path, columns=_TEXTS)
    crs = _crs(found.crs, str(path))
    empty = (None,) * len(found.geometry)
    scenes, types = (found.texts.get(name, empty) for name in _TEXTS)
    rows = enumerate(zip(found.geometry, scenes, types, strict=True), 1)
    labels = [_label(f"{path} row {number}", *row, crs) for number, row in rows]
    return labels, [name for name in dict.fromkeys(types) if name and car_type(name) is None]


def _label(subject: str, wkb: bytes | None, scene: str | None, kind: str | None, crs: str) -> Label:
    try:
        outline = None if wkb is None else shapely.from_wkb(wkb)
    except shapely.errors.ShapelyError:
        outline = None
    points = list(outline.exterior.coords) if isinstance(outline, Polygon) and not outline.is_empty else []
    label = label_of(subject, scene, [(x, y) for x, y, *_ in points], car_type(kind or "") or "unknown", crs=crs)
    if label is None:
        raise TableError(subject, "is no polygon", "draw each railcar as one polygon")
    return label


def _crs(stated: str | None, subject: str) -> str:
    if stated is None or len(stated) > _LONGEST_CRS:
        raise TableError(subject, "states no CRS", "save it anew with the CRS of its coordinates")
    try:
        parsed = CRS.from_user_input(stated)
    except CRSError:
        raise TableError(subject, "states a CRS that is none", "save it anew with the CRS of its coordinates") from None
    authority = parsed.to_authority(min_confidence=100)
    return ":".join(authority) if authority else parsed.to_wkt()
