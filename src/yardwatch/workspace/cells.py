"""Single values between a row of the database and a field of a noun; what comes back is checked, never trusted."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol, TypeVar

from yardwatch.errors import MisuseError
from yardwatch.model.dates import When, parse_when

__all__ = [
    "Cell",
    "Cells",
    "amount",
    "cell",
    "date_of",
    "dated",
    "instant",
    "maybe",
    "names",
    "numbers",
    "packed",
    "read_instant",
    "sure_date_of",
    "unpacked",
]

Cell = str | int | float | bytes | None
"""What a cell of the database can hold."""

T = TypeVar("T", str, int, float)

_EXACT_BELOW = 2**53


class Cells(Protocol):
    """A row of the database, or what one would hold: the values by the names of their columns."""

    def __getitem__(self, column: str, /) -> object:
        """The value in a column."""


def cell(row: Cells, column: str, kind: type[T]) -> T:
    """The value in a column.

    Raises
    ------
    ValueError
        If it is empty or of another kind.
    """
    value = row[column]
    if kind is float and isinstance(value, int):
        return kind(value)
    if not isinstance(value, kind):
        raise ValueError(f"{column} is {_shown(value)} where {_KINDS[kind]} is needed")  # noqa: TRY004 - it is bad data
    return value


def maybe(row: Cells, column: str, kind: type[T]) -> T | None:
    """The value in a column, or None if that is empty."""
    return None if row[column] is None else cell(row, column, kind)


def amount(row: Cells, column: str) -> float | None:
    """The number in a column, as a whole one where it is one; None if that is empty."""
    value = maybe(row, column, float)
    return int(value) if value is not None and abs(value) < _EXACT_BELOW and value.is_integer() else value


def packed(value: object) -> str:
    """A list or a mapping as JSON.

    Raises
    ------
    MisuseError
        If it holds more than text, numbers, booleans and None.
    """
    try:
        return json.dumps(value, ensure_ascii=False)
    except TypeError as error:
        raise MisuseError(f"{_shown(value)} cannot be kept: {error}; use text, numbers, booleans and None") from None


def unpacked(row: Cells, column: str) -> dict[str, str | int | float | bool | None]:
    """The mapping that a column holds as JSON."""
    value = _json(row, column)
    if not isinstance(value, dict) or any(isinstance(item, (dict, list)) for item in value.values()):
        raise ValueError(f"{column} is {_shown(row[column])} where a flat JSON object is needed")
    return value


def names(row: Cells, column: str) -> tuple[str, ...]:
    """The list of texts that a column holds as JSON; an empty cell is an empty list."""
    value = [] if row[column] is None else _json(row, column)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f'{column} is {_shown(row[column])} where a list such as ["old yard"] is needed')
    return tuple(value)


def numbers(row: Cells, column: str) -> tuple[float, ...]:
    """The list of numbers that a column holds as JSON."""
    value = _json(row, column)
    if not isinstance(value, list) or not all(isinstance(item, (int, float)) for item in value):
        raise ValueError(f"{column} is {_shown(row[column])} where a list of numbers is needed")
    return tuple(float(item) for item in value)


def dated(column: str, when: When | None) -> Mapping[str, Cell]:
    """A date for three columns: as written, and the two bounds that QGIS can filter by."""
    if when is None:
        return {column: None, f"{column}_from": None, f"{column}_to": None}
    return {column: when.text, f"{column}_from": _bound(when.earliest), f"{column}_to": _bound(when.latest)}


def date_of(row: Cells, column: str) -> When | None:
    """The date that a column holds as written; its bounds follow, so a date mended by hand is right at once."""
    text = maybe(row, column, str)
    return None if text is None else _parsed(text)


def sure_date_of(row: Cells, column: str) -> When:
    """The date in a column that cannot be empty."""
    return _parsed(cell(row, column, str))


def instant(moment: datetime) -> str:
    """A moment as the standard writes it, cut to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_instant(row: Cells, column: str) -> datetime:
    """The moment in a column."""
    moment = datetime.fromisoformat(cell(row, column, str))
    if moment.tzinfo is None:
        raise ValueError(f"{column} is a time without a zone")
    return moment.astimezone(UTC)


_KINDS = {str: "a text", int: "a whole number", float: "a number"}


@lru_cache(maxsize=4096)
def _parsed(text: str) -> When:
    return parse_when(text, subject="the date")


def _json(row: Cells, column: str) -> object:
    try:
        return json.loads(cell(row, column, str))
    except json.JSONDecodeError:
        return None


def _bound(moment: datetime | None) -> str | None:
    return None if moment is None else instant(moment)


def _shown(value: object) -> str:
    return "empty" if value is None else repr(value)[:60]
