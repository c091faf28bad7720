"""The outlines and texts of a GeoParquet file (child process only)."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

from arro3.io import read_parquet

from yardwatch.errors import LimitError, TableError

__all__ = ["new_handlers"]

_MOST_ROWS = 100_000
_MOST_METADATA = 200_000
_LONGEST = 100_000
_REMEDY = "save it anew as GeoParquet 1.1 with polygons in WKB"


def new_handlers() -> dict[str, Callable[..., tuple[dict[str, Any], bytes]]]:
    """What a child that reads one file can do."""
    return {"parquet": _parquet}


def _parquet(subject: str, _: bytearray, *, path: str, columns: list[str]) -> tuple[dict[str, Any], bytes]:
    """The metadata ``geo`` and those of some columns that are there; binary values as base64."""
    try:
        reader = read_parquet(Path(path))
        metadata = reader.schema.metadata.get(b"geo", b"")
        table = reader.read_all()
        _check(table.num_rows, metadata, subject)
        present = [name for name in columns if name in table.column_names]
        found = {name: [_plain(value) for value in table.column(name).to_pylist()] for name in present}
    except (LimitError, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001 -- a hostile file may make the library panic
        raise TableError(subject, f"is no Parquet file that can be read ({type(error).__name__})", _REMEDY) from None
    return {"geo": metadata.decode("utf-8", "replace"), "columns": found}, b""


def _check(rows: int, metadata: bytes, subject: str) -> None:
    if rows > _MOST_ROWS:
        raise LimitError(subject, f"has more than {_MOST_ROWS} rows", "split it")
    if len(metadata) > _MOST_METADATA:
        raise LimitError(subject, "has more metadata than is allowed", _REMEDY)


def _plain(value: object) -> str | None:
    """A value as text; None and what is too long stay unknown."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii") if len(value) <= _LONGEST else None
    return None if value is None else str(value)[:_LONGEST]
