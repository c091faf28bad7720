"""Numbers and days of usable points, for arithmetic."""

from datetime import datetime
from typing import TypeVar

from yardwatch.errors import MisuseError
from yardwatch.model.series import Censored, Point

__all__ = ["days_between", "end", "gap_text", "highest", "lowest", "middle", "number", "partly_hidden", "start"]

_DAY_S = 86400.0
_T = TypeVar("_T")


def number(point: Point) -> float:
    """The best number of a usable point."""
    return _known(point, point.best)


def lowest(point: Point) -> float:
    """The lowest the truth may be, as far as the point says; zero for "at most"."""
    if point.low is not None:
        return point.low
    return 0.0 if point.censored is Censored.UPPER else number(point)


def highest(point: Point) -> float | None:
    """The highest the truth may be, as far as the point says; None for "at least"."""
    if point.censored is Censored.LOWER:
        return None
    return point.high if point.high is not None else number(point)


def start(point: Point) -> datetime:
    """First instant of its date."""
    return _known(point, point.when.earliest)


def end(point: Point) -> datetime:
    """Last instant of its date."""
    return _known(point, point.when.latest)


def middle(point: Point) -> datetime:
    """Middle of its date."""
    return _known(point, point.at)


def partly_hidden(point: Point) -> bool:
    """Whether enough of the extent was hidden to be worth a word: a hundredth of it."""
    return point.hidden_share is not None and point.hidden_share >= 0.01


def days_between(first: datetime, last: datetime) -> float:
    """Days from one instant to another, negative if the other is earlier."""
    return (last - first).total_seconds() / _DAY_S


def gap_text(before: Point, after: Point) -> str:
    """The time between two points as an EDTF interval, from day to day."""
    first, last = sorted([start(before), end(after)])
    return f"{first:%Y-%m-%d}/{last:%Y-%m-%d}"


def _known(point: Point, value: _T | None) -> _T:
    if value is None:
        raise MisuseError(f"the point of {point.when} has no number or no closed date; use Series.usable")
    return value
