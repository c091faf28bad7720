"""How probable a published or counted number is if the true rate were so and so."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammaln

from yardwatch.model.series import Censored, Point
from yardwatch.trends._points import number

__all__ = ["MOST_HIDDEN", "count_likelihood", "estimate_dispersion", "seen_share"]

Floats = NDArray[np.float64]

MOST_HIDDEN = 0.5
"""Share of hidden track up to which the rest is taken to stand for the whole."""

_ABOUT = 0.1
"""Relative half-width that a number without bounds of its own stands for."""
_FLOOR = 1e-300
_USUAL_DISPERSION = 0.2
_FEWEST_PAIRS = 6


def count_likelihood(points: Sequence[Point], rates: Floats, *, dispersion: float) -> Floats:
    """Log probability of each number under each rate, shape (points, rates).

    The true number is negative binomial about the rate, variance ``rate + dispersion * rate**2``. What was published is
    an interval that holds it: the bounds where there are some, 10 % to each side of a number that came without, and
    everything above (below) an "at least" ("at most"). Where the share of hidden track is known and no more than half,
    the number is that of the visible share, and the hidden track is taken to be used like the rest.

    Parameters
    ----------
    points : sequence of Point
        Usable ones.
    rates : array, shape (k,)
        Mean numbers in the whole extent, above zero.
    dispersion : float
        Above zero; small is nearly Poisson.
    """
    spread = 1.0 / dispersion
    table = np.empty((len(points), len(rates)))
    for row, point in enumerate(points):
        mean = rates * seen_share(point)
        low, high = _interval(point)
        if low == high:
            table[row] = _log_mass(low, mean, spread)
            continue
        chance = spread / (spread + mean)
        below = betainc(spread, np.floor(low - 1) + 1, chance) if low >= 1 else np.zeros_like(mean)
        upto = betainc(spread, np.floor(high) + 1, chance) if high is not None else np.ones_like(mean)
        table[row] = np.log(np.maximum(upto - below, _FLOOR))
    return table


def seen_share(point: Point) -> float:
    """Share of the extent that a number stands for; 1 where the hidden share is unknown or beyond `MOST_HIDDEN`."""
    hidden = point.hidden_share or 0.0
    return 1.0 - hidden if hidden <= MOST_HIDDEN else 1.0


def estimate_dispersion(points: Sequence[Point]) -> float:
    """How much more than a Poisson count the numbers vary from one date to the next.

    From differences of neighbouring dates, the largest tenth left out, so that a step does not pass for noise; between
    0.01 and 2. With fewer than six pairs of numbers without censoring it is 0.2, which is an assumption.
    """
    values = np.array([number(point) for point in points if point.censored is Censored.NONE])
    if len(values) <= _FEWEST_PAIRS:
        return _USUAL_DISPERSION
    means = np.maximum((values[1:] + values[:-1]) / 2, 0.5)
    excess = (values[1:] - values[:-1]) ** 2 / 2 - means
    usual = excess / means**2 <= np.quantile(excess / means**2, 0.9)
    return float(np.clip(excess[usual].sum() / (means[usual] ** 2).sum(), 0.01, 2.0))


def _interval(point: Point) -> tuple[int, int | None]:
    """Whole numbers that the truth in view lies between; None is open above."""
    best = number(point)
    share_known = point.hidden_share is not None and point.hidden_share <= MOST_HIDDEN
    if point.censored is Censored.LOWER and not share_known:
        return round(point.low if point.low is not None else best), None
    if point.censored is Censored.UPPER:
        return 0, round(point.high if point.high is not None else best)
    if point.low is None and point.high is None:
        return round(best * (1 - _ABOUT)), round(best * (1 + _ABOUT))
    low = round(point.low if point.low is not None else best)
    return low, max(low, round(point.high if point.high is not None else best))


def _log_mass(count: int, mean: Floats, spread: float) -> Floats:
    """Log probability of a negative binomial count."""
    mass: Floats = (
        gammaln(count + spread)
        - gammaln(spread)
        - gammaln(count + 1)
        + spread * np.log(spread / (spread + mean))
        + count * np.log(mean / (spread + mean))
    )
    return mass
