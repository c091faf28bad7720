"""Whether stated intervals and distributions of counts tell the truth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats

__all__ = ["Forecast", "coverage", "interval_score", "median_relative_width", "pit", "pit_histogram"]


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """What was said of a number before it was known, and the number."""

    truth: int
    """The number."""
    low: int
    """Lower bound of the interval."""
    high: int
    """Upper bound of the interval."""
    lowest: int = 0
    """The number to which the first of `chances` belongs."""
    chances: tuple[float, ...] = ()
    """Probabilities of `lowest` and the numbers that follow it; empty if only the interval is known."""


def coverage(forecasts: Sequence[Forecast]) -> float:
    """Share of the forecasts whose interval holds the truth.

    Raises
    ------
    MisuseError
        If there is no forecast.
    """
    _check(forecasts)
    return float(np.mean([one.low <= one.truth <= one.high for one in forecasts]))


def interval_score(forecast: Forecast, *, level: float) -> float:
    """Width of an interval and what it costs to miss; smaller is better.

    Gneiting and Raftery (2007), Strictly proper scoring rules, prediction, and estimation, equation 43;
    doi:10.1198/016214506000001437.

    Parameters
    ----------
    forecast : Forecast
        An interval and the truth.
    level : float
        Probability that the interval claims to hold the truth, e.g. 0.9.

    Raises
    ------
    MisuseError
        If the level is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise MisuseError(f"level {level!r} is no probability of an interval; use one between 0 and 1, e.g. 0.9")
    missed = max(0, forecast.low - forecast.truth) + max(0, forecast.truth - forecast.high)
    return forecast.high - forecast.low + 2 / (1 - level) * missed


def median_relative_width(forecasts: Sequence[Forecast]) -> float:
    """Median of the interval's width divided by the truth, over the forecasts whose truth is not 0.

    Raises
    ------
    MisuseError
        If there is no such forecast.
    """
    counted = [one for one in forecasts if one.truth]
    _check(counted)
    return float(np.median([(one.high - one.low) / one.truth for one in counted]))


def pit(forecast: Forecast, *, rng: np.random.Generator) -> float:
    """Randomised probability integral transform of a count: uniform on 0 to 1 if the distributions tell the truth.

    Czado, Gneiting and Held (2009), Predictive model assessment for count data; doi:10.1111/j.1541-0420.2009.01191.x.

    Raises
    ------
    MisuseError
        If the forecast has no distribution.
    """
    if not forecast.chances:
        raise MisuseError(f"the forecast of {forecast.truth} has an interval only; give the chances of each number")
    chances: Floats = np.asarray(forecast.chances, float) / np.sum(forecast.chances)
    place = forecast.truth - forecast.lowest
    below = float(chances[: max(0, min(place, len(chances)))].sum())
    own = float(chances[place]) if 0 <= place < len(chances) else 0.0
    return min(1.0, below + float(rng.random()) * own)


def pit_histogram(values: Iterable[float], *, bins: int = 10) -> list[int]:
    """How many values lie in each of as many equal parts of 0 to 1."""
    counts, _ = np.histogram(list(values), bins=bins, range=(0.0, 1.0))
    return [int(count) for count in counts]


def _check(forecasts: Sequence[Forecast]) -> None:
    if not forecasts:
        raise MisuseError("there is no forecast to judge; give at least one")
