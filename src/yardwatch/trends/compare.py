"""Two series side by side, on dates that match."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from yardwatch.errors import MisuseError
from yardwatch.model.series import Censored, Point, Series
from yardwatch.trends._points import end, number, start
from yardwatch.trends.series import by_day

__all__ = ["Comparison", "Pair", "against_neighbours", "compare"]

_LEVEL = 0.9
_FEWEST = 3
"""Pairs below which no interval of the ratio is given."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One date of each series, near enough to each other."""

    first: Point
    """Of the first series."""
    second: Point
    """Of the second."""
    apart_days: float
    """Days between the two dates; zero if they overlap."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two series stand to each other on matched dates."""

    first: str
    """Name of the first series."""
    second: str
    """Name of the second."""
    tolerance_days: float
    """How far apart two dates may be and still match."""
    pairs: tuple[Pair, ...]
    """The matched dates, by date."""
    higher_in_first: int
    """Pairs in which the first is surely the higher one, censoring taken into account."""
    higher_in_second: int
    """Likewise for the second; the rest are equal or undecided."""
    ratio: float | None
    """Typical ratio of the first to the second (geometric mean, a half added to each number); None without pairs."""
    low: float | None
    """Lower bound of the ratio at 90 %, as if pairs were independent; None with fewer than three."""
    high: float | None
    """Upper bound of it."""
    unmatched_first: int
    """Usable dates of the first without a partner."""
    unmatched_second: int
    """Likewise of the second."""
    censored: int
    """Pairs with a one-sided number; they are in `pairs` and not in the ratio."""


def compare(first: Series, second: Series, *, tolerance_days: float) -> Comparison:
    """Compare two sites, crossings or extents on dates that match; nothing is pooled.

    Dates are paired nearest first, each used once.

    Parameters
    ----------
    first, second : Series
        Of one unit.
    tolerance_days : float
        How far apart two dates may be, days; zero asks for the same day.

    Raises
    ------
    MisuseError
        If the units differ or the tolerance is negative.
    """
    if first.unit != second.unit:
        raise MisuseError(f"{first.name} and {second.name} differ in unit; compare like with like")
    if not tolerance_days >= 0:
        raise MisuseError(f"a tolerance of {tolerance_days} days is negative; use 0 for the same day")
    ones, others = by_day(first).usable, by_day(second).usable
    pairs = _match(ones, others, tolerance_days)
    firm = [pair for pair in pairs if Censored.NONE is pair.first.censored is pair.second.censored]
    ratio, low, high = _ratio([math.log((number(p.first) + 0.5) / (number(p.second) + 0.5)) for p in firm])
    return Comparison(
        first=first.name,
        second=second.name,
        tolerance_days=tolerance_days,
        pairs=pairs,
        higher_in_first=sum(_surely_higher(pair.first, pair.second) for pair in pairs),
        higher_in_second=sum(_surely_higher(pair.second, pair.first) for pair in pairs),
        ratio=ratio,
        low=low,
        high=high,
        unmatched_first=len(ones) - len(pairs),
        unmatched_second=len(others) - len(pairs),
        censored=len(pairs) - len(firm),
    )


def against_neighbours(site: Series, neighbours: Sequence[Series], *, tolerance_days: float) -> tuple[Comparison, ...]:
    """A site against each of its neighbours, one by one; neighbours are not pooled.

    Raises
    ------
    MisuseError
        As for `compare`.
    """
    return tuple(compare(site, neighbour, tolerance_days=tolerance_days) for neighbour in neighbours)


def _match(ones: Sequence[Point], others: Sequence[Point], tolerance_days: float) -> tuple[Pair, ...]:
    near = [
        (apart, i, j)
        for i, one in enumerate(ones)
        for j, other in enumerate(others)
        if (apart := _apart(one, other)) <= tolerance_days
    ]
    taken_one: set[int] = set()
    taken_other: set[int] = set()
    pairs = []
    for apart, i, j in sorted(near):
        if i not in taken_one and j not in taken_other:
            taken_one.add(i)
            taken_other.add(j)
            pairs.append((i, Pair(ones[i], others[j], apart)))
    return tuple(pair for _, pair in sorted(pairs, key=lambda item: item[0]))


def _apart(one: Point, other: Point) -> float:
    """Whole days between two dates; zero if they share a day."""
    first, last = (one, other) if start(one) <= start(other) else (other, one)
    return float(max(0, (start(last).date() - end(first).date()).days))


def _surely_higher(one: Point, other: Point) -> bool:
    if one.censored is Censored.UPPER or other.censored is Censored.LOWER:
        return False
    floor = one.low if one.low is not None else number(one)
    ceiling = other.high if other.high is not None else number(other)
    return floor > ceiling


def _ratio(logs: list[float]) -> tuple[float | None, float | None, float | None]:
    if not logs:
        return None, None, None
    mean = float(np.mean(logs))
    if len(logs) < _FEWEST:
        return math.exp(mean), None, None
    half = float(stdtrit(len(logs) - 1, (1 + _LEVEL) / 2) * np.std(logs, ddof=1) / len(logs) ** 0.5)
    return math.exp(mean), math.exp(mean - half), math.exp(mean + half)
