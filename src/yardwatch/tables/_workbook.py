"""The cells of an XLSX workbook as text (child process only)."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from yardwatch.errors import LimitError, TableError

__all__ = ["new_handlers"]

_MOST_UNPACKED = 120 * 10**6
_MOST_PARTS = 2_000
_MOST_SHEETS = 50
_MOST_ROWS = 100_000
_MOST_COLUMNS = 200
_SPELLED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REMEDY = "save it anew as XLSX, or as CSV in UTF-8"


def new_handlers() -> dict[str, Callable[..., tuple[dict[str, Any], bytes]]]:
    """What a child that reads one workbook can do."""
    return {"workbook": _workbook}


def _workbook(subject: str, _: bytearray, *, path: str) -> tuple[dict[str, Any], bytes]:
    """All sheets as lists of rows of text."""
    data = Path(path).read_bytes()
    _check(data, subject)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheets = [
            (sheet.title, _rows(sheet, f"{subject}: sheet {sheet.title}")) for sheet in _few(book.worksheets, subject)
        ]
    except (LimitError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 -- a hostile workbook may make the library raise anything
        raise TableError(subject, f"is no workbook that can be read ({type(error).__name__})", _REMEDY) from None
    return {"sheets": sheets}, b""


def _check(data: bytes, subject: str) -> None:
    """See what the archive claims to hold before any of it is unpacked; what it then holds, the memory limit bounds."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise TableError(subject, f"is a damaged archive ({error})", _REMEDY) from None
    unpacked = sum(part.file_size for part in parts)
    if unpacked > _MOST_UNPACKED or len(parts) > _MOST_PARTS:
        raise LimitError(subject, f"unpacks to {unpacked / 1e6:.0f} MB in {len(parts)} parts", "save only the tables")


def _few(sheets: list[Any], subject: str) -> list[Any]:
    if len(sheets) > _MOST_SHEETS:
        raise LimitError(subject, f"has {len(sheets)} sheets", "save only those with the tables")
    return sheets


def _rows(sheet: Any, subject: str) -> list[list[str]]:  # noqa: ANN401 -- of the library
    """The cells as text, whatever size the sheet claims to have."""
    sheet.reset_dimensions()
    rows = []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > _MOST_ROWS or len(row) > _MOST_COLUMNS:
            raise LimitError(subject, f"has more than {_MOST_ROWS} rows or {_MOST_COLUMNS} columns", "split it")
        rows.append([_text(cell.value) for cell in row])
    return rows


def _text(value: object) -> str:
    """A cell as the text that people read in it; a formula as the formula."""
    match value:
        case None:
            text = ""
        case bool():
            text = "yes" if value else "no"
        case datetime() if value.time() == time(0):
            text = value.date().isoformat()
        case datetime():
            text = value.isoformat(timespec="minutes")
        case float() if value.is_integer():
            text = str(int(value))
        case str():
            text = _SPELLED.sub(lambda found: chr(int(found[1], 16)), value)
        case _:
            text = str(getattr(value, "text", value))
    return text
