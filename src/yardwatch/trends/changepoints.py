"""When activity changed, as exactly as the dates of the images allow."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from yardwatch.errors import MisuseError
from yardwatch.model.dates import When
from yardwatch.model.series import Point, Series
from yardwatch.trends._points import days_between, gap_text, lowest, middle, number
from yardwatch.trends.likelihood import count_likelihood, estimate_dispersion, seen_share
from yardwatch.trends.segmentation import segment
from yardwatch.trends.series import by_day

__all__ = ["Change", "ChangePoints", "Segment", "find_changes"]

Floats = NDArray[np.float64]

_RATES = 96
_FINE_RATES = 100
_UNLIKELY = 12.0
"""Log likelihood below the best at which a rate is left out of the fine scale."""
_LOWEST_RATE = 0.05
_DAYS_A_YEAR = 365.25
_SHORTEST_GAP_DAYS = 0.5


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of dates with one rate."""

    first: When
    """Its first usable date."""
    last: When
    """Its last."""
    dates: int
    """How many usable dates it holds."""
    rate: float
    """Median of the mean number in it."""
    low: float
    """Lower bound of that mean."""
    high: float
    """Upper bound."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change, and between which images it lies."""

    after: When
    """The last usable date before it, where it most probably lies."""
    before: When
    """The first usable date after it."""
    edtf: str
    """Between these two, as an EDTF interval; no image says when in between."""
    interval_edtf: str
    """Where it lies with the probability of `ChangePoints.level`, if it is one change."""
    probability: float
    """Probability of at least one change within `interval_edtf`."""
    ratio: float
    """Rate after over rate before, of the medians."""


@dataclass(frozen=True, slots=True)
class ChangePoints:
    """The changes of one series, with a posterior over each date."""

    series: str
    """Name of the series."""
    dates: tuple[When, ...]
    """The usable dates, n of them."""
    gap_probabilities: tuple[float, ...]
    """Probability of a change between each date and the next, n - 1 of them."""
    any_change: float
    """Probability of at least one change."""
    changes: tuple[Change, ...]
    """Those of the most probable segmentation, by date."""
    segments: tuple[Segment, ...]
    """Its segments; one more than there are changes."""
    dispersion: float
    """Dispersion of the counts that was used."""
    per_year: float
    """Prior number of changes a year that was used."""
    level: float
    """Probability of all intervals."""


def find_changes(
    series: Series, *, per_year: float = 0.5, dispersion: float | None = None, level: float = 0.9
) -> ChangePoints:
    """Find when the rate of a series changed, by exact search over every segmentation.

    Counts are negative binomial about a rate that is constant between changes; bounds, "at least" and hidden track
    enter as `likelihood.count_likelihood` says. A priori changes come at random, so a longer gap between images is
    likelier to hold one; a rate is any of 96, evenly spread on a logarithmic scale. Given this model the result is
    exact. It knows no trend: a steady rise becomes a staircase.

    Parameters
    ----------
    series : Series
        Counts, or any numbers that vary like counts.
    per_year : float
        Expected changes a year before looking, above zero.
    dispersion : float, optional
        Dispersion of the counts; estimated from neighbouring dates unless given.
    level : float
        Probability of the intervals.

    Returns
    -------
    ChangePoints
        Without dates, changes or segments if no date is usable.

    Raises
    ------
    MisuseError
        If the rate of changes or the dispersion is not above zero.
    """
    if not per_year > 0 or (dispersion is not None and not dispersion > 0):
        raise MisuseError(f"per_year {per_year} and dispersion {dispersion} must be above zero")
    points = by_day(series).usable
    spread = estimate_dispersion(points) if dispersion is None else dispersion
    if not points:
        return ChangePoints(series.name, (), (), 0.0, (), (), spread, per_year, level)
    rates = _rates(points)
    table = count_likelihood(points, rates, dispersion=spread)
    found = segment(table, np.full(len(rates), -np.log(len(rates))), _chances(points, per_year))
    edges = (0, *found.cuts, len(points))
    spans = list(pairwise(edges))
    segments = tuple(_segment(points[a:b], rates, dispersion=spread, level=level) for a, b in spans)
    windows = [
        _window(found.place_of_one(start, stop), start, level) for start, stop in zip(edges, edges[2:], strict=False)
    ]
    changes = tuple(
        _change(points, cut, window, found.change_within(*window), after.rate / before.rate)
        for cut, window, before, after in zip(found.cuts, windows, segments, segments[1:], strict=False)
    )
    return ChangePoints(
        series=series.name,
        dates=tuple(point.when for point in points),
        gap_probabilities=tuple(found.gap_probabilities.tolist()),
        any_change=found.any_change,
        changes=changes,
        segments=segments,
        dispersion=spread,
        per_year=per_year,
        level=level,
    )


def _rates(points: tuple[Point, ...]) -> Floats:
    numbers = [max(number(point), point.high or 0.0) / seen_share(point) for point in points]
    floor = min(min(number(point), lowest(point)) for point in points)
    return np.geomspace(max(_LOWEST_RATE, floor / 4), 2 * max(numbers) + 1, _RATES)


def _chances(points: tuple[Point, ...], per_year: float) -> Floats:
    """Prior probability of a change in each gap."""
    gaps = [days_between(middle(one), middle(other)) for one, other in pairwise(points)]
    years = np.maximum(np.array(gaps, float), _SHORTEST_GAP_DAYS) / _DAYS_A_YEAR
    chances: Floats = np.clip(-np.expm1(-per_year * years), 1e-9, 1 - 1e-9)
    return chances


def _segment(points: tuple[Point, ...], coarse: Floats, *, dispersion: float, level: float) -> Segment:
    """One run of dates; its rate is worked out on a finer scale around what is likely."""
    weights = count_likelihood(points, coarse, dispersion=dispersion).sum(axis=0)
    likely = np.flatnonzero(weights > weights.max() - _UNLIKELY)
    fine = np.geomspace(coarse[max(likely[0] - 1, 0)], coarse[min(likely[-1] + 1, len(coarse) - 1)], _FINE_RATES)
    weights = count_likelihood(points, fine, dispersion=dispersion).sum(axis=0)
    below = np.cumsum(np.exp(weights - weights.max()))
    low, rate, high = np.interp(np.array([(1 - level) / 2, 0.5, (1 + level) / 2]) * below[-1], below, fine).tolist()
    return Segment(points[0].when, points[-1].when, len(points), rate, low, high)


def _window(places: Floats, start: int, level: float) -> tuple[int, int]:
    """Fewest neighbouring gaps about the likeliest that hold `level` of a change; indices of the first and last."""
    low = high = int(places.argmax())
    while places[low : high + 1].sum() < level - 1e-12:
        left = places[low - 1] if low > 0 else -1.0
        right = places[high + 1] if high + 1 < len(places) else -1.0
        low, high = (low - 1, high) if left >= right else (low, high + 1)
    return start + low, start + high


def _change(points: tuple[Point, ...], cut: int, window: tuple[int, int], probability: float, ratio: float) -> Change:
    before, after = points[cut - 1], points[cut]
    return Change(
        after=before.when,
        before=after.when,
        edtf=gap_text(before, after),
        interval_edtf=gap_text(points[window[0]], points[window[1] + 1]),
        probability=probability,
        ratio=ratio,
    )
