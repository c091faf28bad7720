"""Tables as CSV and XLSX that a spreadsheet opens without running anything."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from yardwatch.errors import MisuseError
from yardwatch.tables.sheet import guarded

__all__ = ["Cell", "to_csv", "to_xlsx"]

Cell: TypeAlias = str | int | float | bool | None
"""What one cell holds."""

_LONGEST = 32_767
"""Characters that a cell of a workbook can hold."""
_WIDEST = 60
_HIDDEN = re.compile(r"_x[0-9A-Fa-f]{4}_|[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]")


def to_csv(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """A table as CSV in UTF-8 with a byte order mark, as spreadsheets read it best; numbers in full."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([guarded(name) for name in header])
    writer.writerows([[guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows])
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8", "replace")


def to_xlsx(tables: Mapping[str, tuple[Sequence[str], Sequence[Sequence[Cell]]]]) -> bytes:
    """Tables as one workbook with a sheet for each; every text is a text cell, never a formula.

    What looks like a formula has its apostrophe here, too, so that it stays text when the workbook is saved as CSV.

    Parameters
    ----------
    tables : mapping of str to (header, rows)
        By the name of the sheet.

    Raises
    ------
    MisuseError
        If a text is longer than a cell of a workbook can hold.
    """
    for name, (header, rows) in tables.items():
        for number, row in enumerate(rows, start=2):
            for column, cell in zip(header, row, strict=True):
                _check_length(cell, f"{name} row {number}, {column}")
    book = Workbook(write_only=True)
    for name, (header, rows) in tables.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for number, width in enumerate(_widths(header, rows), start=1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.append([_cell(sheet, column, bold=True) for column in header])
        for row in rows:
            sheet.append([_cell(sheet, cell) for cell in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cell(sheet: Any, value: Cell, *, bold: bool = False) -> object:  # noqa: ANN401 -- of the library
    if value is None:
        return None
    written = WriteOnlyCell(sheet, value=_shown(guarded(value)) if isinstance(value, str) else value)
    if isinstance(value, str):
        written.data_type = "s"
    if bold:
        written.font = Font(bold=True)
    return written


def _shown(text: str) -> str:
    """Text whose characters that XML cannot hold are spelled ``_x0001_``, as workbooks do."""
    sound = text.encode("utf-8", "replace").decode()
    return _HIDDEN.sub(lambda found: f"_x{ord(found[0][0]):04X}_{found[0][1:]}", sound)


def _check_length(cell: Cell, subject: str) -> None:
    if isinstance(cell, str) and len(_shown(cell)) > _LONGEST:
        raise MisuseError(f"{subject}: {len(cell)} characters are more than a workbook's cell holds; export to CSV")


def _widths(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[float]:
    longest = [max([len(name), *(len(str(row[at])) for row in rows[:200])]) for at, name in enumerate(header)]
    return [min(length + 2, _WIDEST) for length in longest]
