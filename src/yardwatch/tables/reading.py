"""Tables of strangers: CSV and XLSX, of which every cell is taken as the text it shows."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from yardwatch.errors import LimitError, TableError
from yardwatch.sandbox.child import Limits, ask_once
from yardwatch.sandbox.files import plain_file
from yardwatch.tables.sheet import Sheet, unguarded

__all__ = ["MOST_BYTES", "MOST_ROWS", "TABLE_LIMITS", "read_tables"]

MOST_BYTES = 20 * 10**6
"""Size of the largest file that is read."""

MOST_ROWS = 100_000
"""Number of rows that are read of one file."""

TABLE_LIMITS = Limits(memory_bytes=160 * 2**20, cpu_s=20, wall_s=60)
"""Enough for any workbook that `read_tables` accepts."""

_PARSER = "yardwatch.tables._workbook"
_SAVE_ANEW = "save it as CSV in UTF-8 or as XLSX"
_MOST_COLUMNS = 200
_LONGEST_CELL = 100_000


def read_tables(path: str | Path, *, limits: Limits = TABLE_LIMITS) -> tuple[Sheet, ...]:
    """The tables in a CSV file (one) or a workbook (one for each sheet that holds any cell).

    The first row that holds anything names the columns. No formula is worked out: a text that begins with ``=``, ``+``,
    ``-`` or ``@`` is that text, and an apostrophe that an export put before it is taken off.

    Parameters
    ----------
    path : str or Path
        CSV in UTF-8, with commas, semicolons or tabs; or XLSX, which is read in a child process.
    limits : Limits
        What the child may use.

    Raises
    ------
    TableError
        If the file is neither, or a row has more cells than there are columns.
    LimitError
        If there is too much in it.
    """
    real = plain_file(path, error=TableError)
    size = real.stat().st_size
    if size > MOST_BYTES:
        raise LimitError(str(path), f"is {size / 1e6:.0f} MB", f"give a table of at most {MOST_BYTES / 1e6:.0f} MB")
    with real.open("rb") as stream:
        start = stream.read(4)
    if start == b"PK\x03\x04":
        found = ask_once(str(path), "workbook", handlers=_PARSER, limits=limits, error=TableError, path=str(real))
        sheets = [_sheet(str(name), rows, f"{path}: sheet {name}") for name, rows in found["sheets"]]
    else:
        sheets = [_sheet(real.stem, _csv_rows(real.read_bytes(), str(path)), str(path))]
    return tuple(sheet for sheet in sheets if sheet is not None)


def _sheet(name: str, rows: Sequence[Sequence[str]], subject: str) -> Sheet | None:
    """A table without the rows that hold nothing; None if that is all of them."""
    kept = [(number, row) for number, row in enumerate(rows, start=1) if any(cell.strip() for cell in row)]
    if not kept:
        return None
    header = _without_tail(kept[0][1])
    body = []
    for number, row in kept[1:]:
        cells = _without_tail(row)
        if len(cells) > len(header):
            raise TableError(
                f"{subject} row {number}",
                f"has {len(cells)} cells where the header has {len(header)}",
                'put a text that holds a comma in quotes: "a, b"',
            )
        body.append(tuple(unguarded(cell) for cell in cells) + ("",) * (len(header) - len(cells)))
    return Sheet(name, tuple(unguarded(cell) for cell in header), tuple(body), tuple(number for number, _ in kept[1:]))


def _without_tail(row: Sequence[str]) -> Sequence[str]:
    filled = max((at for at, cell in enumerate(row) if cell), default=-1)
    return row[: filled + 1]


def _csv_rows(data: bytes, subject: str) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(subject, f"is not UTF-8 at byte {error.start}", _SAVE_ANEW) from None
    if "\0" in text:
        raise TableError(subject, "is not a table of text", _SAVE_ANEW)
    try:
        return list(_limited(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)), subject))
    except csv.Error as error:
        raise TableError(subject, f"is not CSV: {error}", _SAVE_ANEW) from None


def _limited(rows: Iterator[list[str]], subject: str) -> Iterator[list[str]]:
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise LimitError(subject, f"has more than {MOST_ROWS} rows", "split it")
        if len(row) > _MOST_COLUMNS or any(len(cell) > _LONGEST_CELL for cell in row):
            raise LimitError(
                f"{subject} row {number}",
                f"has more than {_MOST_COLUMNS} cells or {_LONGEST_CELL} characters in one",
                "check for a quote that is not closed",
            )
        yield row


def _delimiter(text: str) -> str:
    """What parts the columns in the first line that holds anything."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)
