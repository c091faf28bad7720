"""A table of words, and how its text is kept from being run as a formula."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Sheet", "guarded", "unguarded"]

_RUNS = re.compile(r"'*[=+\-@\t\r\n]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: of a CSV file, or one sheet of a workbook."""

    name: str
    """Stem of the file, or name of the sheet."""
    header: tuple[str, ...]
    """Names of the columns."""
    rows: tuple[tuple[str, ...], ...]
    """The cells as text, each row as long as the header; an empty cell is an empty text."""
    lines: Sequence[int] = ()
    """Number of each row as the spreadsheet shows it, from 1."""


def guarded(text: str) -> str:
    """Text that a spreadsheet takes for text: with an apostrophe before what it would run as a formula.

    `unguarded` takes it off again, for any text.
    """
    return f"'{text}" if _RUNS.match(text) else text


def unguarded(text: str) -> str:
    """Text as it was before `guarded`."""
    return text[1:] if text.startswith("'") and _RUNS.match(text[1:]) else text
