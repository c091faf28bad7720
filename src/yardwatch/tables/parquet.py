"""GeoParquet 1.1 in and out (needs the extra ``geoparquet``)."""

import base64
import binascii
import importlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yardwatch.errors import LimitError, MisuseError, TableError
from yardwatch.sandbox.child import Limits, ask_once
from yardwatch.sandbox.files import plain_file

__all__ = ["Outlines", "read_outlines", "to_geoparquet"]

_VERSION = "1.1.0"
_GEOMETRY = "geometry"
_LIMITS = Limits(memory_bytes=256 * 2**20, cpu_s=20, wall_s=60)
_MOST_BYTES = 64 * 10**6
_PARSER = "yardwatch.tables._parquet"


@dataclass(frozen=True, slots=True)
class Outlines:
    """The rows of a GeoParquet file."""

    crs: str | None
    """CRS of the geometry as PROJJSON text; None where the file says that it has none."""
    geometry: tuple[bytes | None, ...]
    """Geometry of each row in WKB; None where there is none."""
    texts: Mapping[str, tuple[str | None, ...]]
    """The wanted columns that are there, as text."""


def to_geoparquet(
    wkb: Sequence[bytes],
    *,
    texts: Mapping[str, Sequence[str | None]],
    numbers: Mapping[str, Sequence[float]],
    crs: Mapping[str, Any],
    bbox: Sequence[float],
) -> bytes:
    """Polygons with what is known of each as GeoParquet 1.1 (https://geoparquet.org/releases/v1.1.0/).

    Parameters
    ----------
    wkb : sequence of bytes
        Geometry of each row.
    texts, numbers : mapping of str to sequence
        The other columns.
    crs : mapping
        CRS of the geometry as PROJJSON.
    bbox : sequence of float
        West, south, east, north of all of them.

    Raises
    ------
    MisuseError
        If the extra ``geoparquet`` is not installed.
    """
    core, parquet = _library("arro3.core"), _library("arro3.io")
    columns = {name: core.Array(list(values), core.DataType.utf8()) for name, values in texts.items()}
    columns |= {name: core.Array(list(values), core.DataType.float64()) for name, values in numbers.items()}
    table = core.Table.from_pydict({_GEOMETRY: core.Array(list(wkb), core.DataType.binary()), **columns})
    about = {"encoding": "WKB", "geometry_types": ["Polygon"], "crs": crs, "bbox": list(bbox)}
    geo = {"version": _VERSION, "primary_column": _GEOMETRY, "columns": {_GEOMETRY: about}}
    stream = io.BytesIO()
    parquet.write_parquet(table, stream, key_value_metadata={"geo": json.dumps(geo)}, compression="zstd(3)")
    return stream.getvalue()


def read_outlines(path: Path, *, columns: Sequence[str]) -> Outlines:
    """The geometry and some columns of a GeoParquet file, parsed in a child process.

    Raises
    ------
    TableError
        If it is none, or its geometry is not WKB.
    LimitError
        If there is too much in it.
    MisuseError
        If the extra ``geoparquet`` is not installed.
    """
    _library("arro3.io")
    real = plain_file(path, error=TableError)
    if real.stat().st_size > _MOST_BYTES:
        raise LimitError(str(path), f"is more than {_MOST_BYTES / 1e6:.0f} MB", "split it")
    wanted = [_GEOMETRY, *columns]
    head = ask_once(
        str(path), "parquet", handlers=_PARSER, limits=_LIMITS, error=TableError, path=str(real), columns=wanted
    )
    about = _about(head["geo"], str(path))
    found = {name: tuple(values) for name, values in head["columns"].items()}
    if _GEOMETRY not in found:
        raise TableError(str(path), f"has no column {_GEOMETRY}", "name the column of the outlines so")
    return Outlines(about, tuple(_bytes(cell) for cell in found.pop(_GEOMETRY)), found)


def _about(metadata: str, subject: str) -> str | None:
    """The CRS that the metadata state; by the standard it is longitude and latitude where nothing is said."""
    try:
        column = json.loads(metadata)["columns"][_GEOMETRY]
        encoding, crs = column["encoding"], column.get("crs", {"type": "name"})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise TableError(subject, "says nothing of its geometry", "save it anew as GeoParquet 1.1") from None
    if encoding != "WKB":
        raise TableError(subject, f"has geometry as {str(encoding)[:40]!r}", "save it anew with geometry in WKB")
    if crs == {"type": "name"}:
        return "OGC:CRS84"
    return None if crs is None else json.dumps(crs)


def _bytes(cell: str | None) -> bytes | None:
    try:
        return None if cell is None else base64.b64decode(cell, validate=True)
    except binascii.Error:
        return None


def _library(name: str) -> Any:  # noqa: ANN401 -- a module of the extra
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MisuseError("GeoParquet needs an extra; install it with: pip install 'yardwatch[geoparquet]'") from None
