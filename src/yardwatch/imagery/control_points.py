"""Control points from a file: CSV, or as the georeferencer of QGIS saves them."""

import csv
import io
import math
from pathlib import Path

import numpy as np

from yardwatch.errors import TableError
from yardwatch.model.frame import Floats
from yardwatch.sandbox.files import plain_file

__all__ = ["read_control_points"]

_MOST_BYTES = 2**20
_MOST_POINTS = 1000
_COLUMNS = (("px", "py", "x", "y"), ("column", "row", "x", "y"))
_QGIS = (("sourcex", "sourcey", "mapx", "mapy"), ("pixelx", "pixely", "mapx", "mapy"))
_REMEDY = "give lines px,py,x,y: column and row in the picture, then x = east or longitude and y"


def read_control_points(path: Path) -> tuple[Floats, Floats]:
    """Pixels and places of the control points in a file, each of shape (n, 2).

    Lines ``px,py,x,y`` with or without a heading, or a ``.points`` file of QGIS, whose rows count upwards and whose
    points that are switched off are left out.

    Raises
    ------
    TableError
        If it cannot be read, or a line of it is bad.
    """
    real = plain_file(path, error=TableError)
    if real.stat().st_size > _MOST_BYTES:
        raise TableError(str(path), "is too large for a list of control points", _REMEDY)
    text = real.read_bytes().decode("utf-8-sig", errors="replace")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    rows = list(csv.reader(io.StringIO("\n".join(lines)), skipinitialspace=True))
    if not rows or len(rows) > _MOST_POINTS:
        raise TableError(str(path), f"holds {len(rows)} lines", _REMEDY)
    names, is_qgis = _heading(rows[0], path)
    body = rows[1:] if names else rows
    order = names or [0, 1, 2, 3]
    enabled = _enabled_column(rows[0]) if is_qgis else None
    found = [
        _numbers(row, order, f"{path}: line {number}")
        for number, row in enumerate(body, 1)
        if enabled is None or _cell(row, enabled) != "0"
    ]
    points = np.array(found, float).reshape(-1, 4)
    if is_qgis:
        points[:, 1] *= -1
    return points[:, :2], points[:, 2:]


def _heading(row: list[str], path: Path) -> tuple[list[int], bool]:
    """Where the four columns are; empty if the first line is no heading."""
    names = [name.strip().lower() for name in row]
    for wanted in (*_COLUMNS, *_QGIS):
        if all(name in names for name in wanted):
            return [names.index(name) for name in wanted], wanted in _QGIS
    if any(_number(cell) is None for cell in row[:4]):
        raise TableError(str(path), "its heading does not name px, py, x and y", _REMEDY)
    return [], False


def _enabled_column(row: list[str]) -> int | None:
    names = [name.strip().lower() for name in row]
    return names.index("enable") if "enable" in names else None


def _numbers(row: list[str], order: list[int], subject: str) -> list[float]:
    numbers = [_number(_cell(row, index)) for index in order]
    known = [number for number in numbers if number is not None]
    if len(known) != 4:
        raise TableError(subject, "does not hold four numbers", _REMEDY)
    return known


def _cell(row: list[str], index: int) -> str:
    return row[index].strip() if index < len(row) else ""


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
