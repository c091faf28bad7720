"""Every way to cut a series into segments, weighed exactly."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.errors import MisuseError

__all__ = ["Segmentation", "segment"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """What the data say about where a series changes."""

    cuts: tuple[int, ...]
    """Most probable set of changes: each the index of the first date after one."""
    log_evidence: float
    """Logarithm of the probability of the data, summed over every segmentation."""
    log_best: float
    """Logarithm of the joint probability of the data and the most probable segmentation."""
    gap_probabilities: Floats
    """Probability of a change in each gap between dates, shape (n - 1,)."""
    any_change: float
    """Probability of at least one change."""
    _segments: Floats
    _log_change: Floats

    def place_of_one(self, first: int, stop: int) -> Floats:
        """Where a change lies if dates `first` to `stop` - 1 hold exactly one: its probability at each inner gap."""
        cuts = np.arange(first + 1, stop)
        weights = self._segments[first, cuts] + self._segments[cuts, stop] + self._log_change[cuts - 1]
        places: Floats = np.exp(weights - _log_sum_of(weights))
        return places

    def change_within(self, first: int, last: int) -> float:
        """Probability of at least one change in the gaps from `first` to `last`, both included."""
        log_change = self._log_change.copy()
        log_change[first : last + 1] = -np.inf
        return float(-np.expm1(_forward(self._segments, log_change)[-1] - self.log_evidence))


def segment(log_likelihood: Floats, log_rate_prior: Floats, change: Floats) -> Segmentation:
    """Weigh every segmentation of a series whose rate is constant between changes.

    Each segment draws its rate anew from a prior over a grid of rates, so its evidence is a sum over the grid, and sums
    and maxima over all ``2**(n - 1)`` segmentations follow by recursion over dates: exact, in time n² times the grid.

    Parameters
    ----------
    log_likelihood : array, shape (n, k)
        Logarithm of the probability of each date's number under each rate.
    log_rate_prior : array, shape (k,)
        Logarithm of the prior over rates.
    change : array, shape (n - 1,)
        Prior probability of a change in each gap, each above 0 and below 1.

    Raises
    ------
    MisuseError
        If there is no date, or the shapes do not fit.

    References
    ----------
    Fearnhead 2006, doi:10.1007/s11222-006-8450-8 (posterior); Jackson et al. 2005, doi:10.1109/LSP.2001.838216
    (optimal partitioning).
    """
    n = len(log_likelihood)
    if n == 0 or change.shape != (n - 1,) or log_likelihood.shape[1:] != log_rate_prior.shape:
        raise MisuseError(f"{n} dates, {change.shape} gaps and {log_rate_prior.shape} rates do not fit together")
    log_change = np.log(change)
    segments = _segments(log_likelihood, log_rate_prior, np.log1p(-change))
    forward = _forward(segments, log_change)
    backward = _backward(segments, log_change)
    gaps = np.exp(np.minimum(forward[1:-1] + log_change + backward[1:-1] - forward[-1], 0.0))
    cuts, log_best = _best(segments, log_change)
    return Segmentation(
        cuts=cuts,
        log_evidence=float(forward[-1]),
        log_best=log_best,
        gap_probabilities=gaps,
        any_change=float(max(0.0, -np.expm1(segments[0, n] - forward[-1]))),
        _segments=segments,
        _log_change=log_change,
    )


def _segments(log_likelihood: Floats, log_rate_prior: Floats, log_stay: Floats) -> Floats:
    """Log evidence of dates i to j - 1 as one segment, its inner gaps without a change, shape (n, n + 1)."""
    n = len(log_likelihood)
    sums = np.vstack([np.zeros_like(log_rate_prior), np.cumsum(log_likelihood, axis=0)])
    stay = np.concatenate([[0.0], np.cumsum(log_stay)])
    table = np.full((n, n + 1), -np.inf)
    for j in range(1, n + 1):
        table[:j, j] = _log_sum(sums[j] - sums[:j] + log_rate_prior) + stay[j - 1] - stay[:j]
    return table


def _log_sum(terms: Floats) -> Floats:
    """Log of the sum of exponentials along the last axis; single precision, good to 1e-7, is fast."""
    peak = terms.max(axis=-1)
    total: Floats = peak + np.log(np.exp((terms - peak[:, None]).astype(np.float32)).sum(axis=-1, dtype=np.float64))
    return total


def _log_sum_of(terms: Floats) -> float:
    """Log of the sum of exponentials of terms of which at least one is finite."""
    peak = float(terms.max())
    return peak + float(np.log(np.exp(terms - peak).sum()))


def _forward(segments: Floats, log_change: Floats) -> Floats:
    """Log probability of the first j dates with a segment ending there, shape (n + 1,)."""
    n = len(segments)
    opening = np.concatenate([[0.0], log_change])
    forward = np.zeros(n + 1)
    for j in range(1, n + 1):
        forward[j] = _log_sum_of(forward[:j] + opening[:j] + segments[:j, j])
    return forward


def _backward(segments: Floats, log_change: Floats) -> Floats:
    """Log probability of the dates from i on, given that a segment begins there, shape (n + 1,)."""
    n = len(segments)
    closing = np.concatenate([[0.0], log_change, [0.0]])
    backward = np.zeros(n + 1)
    for i in range(n - 1, -1, -1):
        backward[i] = _log_sum_of(segments[i, i + 1 :] + closing[i + 1 :] + backward[i + 1 :])
    return backward


def _best(segments: Floats, log_change: Floats) -> tuple[tuple[int, ...], float]:
    """The most probable segmentation and its log probability."""
    n = len(segments)
    opening = np.concatenate([[0.0], log_change])
    best = np.zeros(n + 1)
    since = np.zeros(n + 1, int)
    for j in range(1, n + 1):
        scores = best[:j] + opening[:j] + segments[:j, j]
        since[j] = int(scores.argmax())
        best[j] = scores[since[j]]
    cuts = []
    at = int(since[n])
    while at > 0:
        cuts.append(at)
        at = int(since[at])
    return tuple(reversed(cuts)), float(best[n])
