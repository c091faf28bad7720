"""The best smooth path along a corridor, and how well it is known."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cholesky_banded, solve_banded
from scipy.ndimage import uniform_filter1d

from yardwatch.model.frame import Floats

__all__ = ["RailPath", "along_path", "best_path", "places_near", "polished"]

_SLOPES = np.arange(-5, 6)
_TURNS = (-1, 0, 1)
_BEND_COST = 0.5
_TEMPER = 0.5
_PIN_M = 0.7
_PIN_LIMIT_M = 2.2

_NEAR_M = 1.25
_FLOOR_M = 0.10
_BEND_M = 0.03
_ROUNDS = 5
_SURE_BLOCKS = 5
_WEAK = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class RailPath:
    """A track in a corridor: one position across for each block along."""

    offsets_m: Floats
    """Offset of the track from the corridor's line at each block, metres, shape (b,)."""
    se_m: Floats
    """Its standard error, metres, shape (b,)."""
    log_odds: Floats
    """That a track is there rather than not, mean over some blocks around each, shape (b,)."""


def best_path(
    log_odds: Floats,
    offsets_m: Floats,
    *,
    stray_cost: float = 0.02,
    start_m: float | None = None,
    end_m: float | None = None,
) -> Floats:
    """The path of the highest sum of log-odds that bends little, by dynamic programming over place and slope.

    Parameters
    ----------
    log_odds : ndarray
        Shape (b, k).
    offsets_m : ndarray
        The places that they are for, evenly spaced and rising, metres, shape (k,).
    stray_cost : float
        What a block costs whose path turns from the direction of the corridor by one in twenty; grows with the square.
    start_m, end_m : float, optional
        Where the path must begin and end, roughly; anywhere unless given.

    Returns
    -------
    ndarray
        Offset of the path at each block, shape (b,), one of `offsets_m` each.
    """
    blocks, places = log_odds.shape
    gain = _TEMPER * log_odds
    toll = stray_cost * _SLOPES**2
    score = (gain[0] + _pinned(offsets_m, start_m))[:, None] - toll
    came = np.zeros((blocks, places, len(_SLOPES)), np.int8)
    for block in range(1, blocks):
        turned = np.stack([_turned(score, turn) - _BEND_COST * abs(turn) for turn in _TURNS])
        came[block] = turned.argmax(0) - 1
        best = turned.max(0)
        score = np.full_like(best, -np.inf)
        for index, slope in enumerate(_SLOPES):
            score[max(0, slope) : places + min(0, slope), index] = best[max(0, -slope) : places + min(0, -slope), index]
        score += gain[block][:, None] - toll
    score = score + _pinned(offsets_m, end_m)[:, None]
    place, index = (int(one) for one in np.unravel_index(int(np.argmax(score)), score.shape))
    path = np.empty(blocks, int)
    for block in range(blocks - 1, -1, -1):
        path[block] = place
        if block:
            place -= int(_SLOPES[index])
            index += int(came[block, place, index])
    return offsets_m[path]


def polished(log_odds: Floats, offsets_m: Floats, path_m: Floats) -> RailPath:
    """A path brought to a fraction of a step, with its standard error.

    Around the path the likelihood of each block is taken as a normal one, of which the mean and the variance are
    known; the second differences of the path are normal with a standard deviation of 3 cm over 5 m. The path that is
    likeliest under both solves a banded system, whose inverse holds the variances.

    Parameters
    ----------
    log_odds, offsets_m
        As for `best_path`.
    path_m : ndarray
        A path, shape (b,), metres.
    """
    here = np.asarray(path_m, float)
    held = np.zeros(len(here))
    variance = np.full(len(here), np.inf)
    for _ in range(_ROUNDS):
        middle, spread, held = places_near(log_odds, offsets_m, here)
        weight = np.maximum(held, _WEAK) / (spread + _FLOOR_M**2)
        here, variance = _smoothed(middle, weight)
    return RailPath(here, np.sqrt(variance), along_path(log_odds, offsets_m, here))


def _pinned(offsets_m: Floats, at_m: float | None) -> Floats:
    if at_m is None:
        return np.zeros(len(offsets_m))
    away = np.abs(offsets_m - at_m)
    return np.where(away > _PIN_LIMIT_M, -1e6 * away, -0.5 * (away / _PIN_M) ** 2)


def _turned(score: Floats, turn: int) -> Floats:
    """For each slope, the score of the slope `turn` further on."""
    moved = np.full_like(score, -np.inf)
    count = score.shape[1]
    moved[:, max(0, -turn) : count - max(0, turn)] = score[:, max(0, turn) : count + min(0, turn)]
    return moved


def places_near(log_odds: Floats, offsets_m: Floats, path_m: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean and variance of the place near the path in each block, and how likely a track is there at all."""
    away = offsets_m[None, :] - path_m[:, None]
    near = np.where(np.abs(away) <= _NEAR_M, log_odds, -np.inf)
    peak = near.max(1, keepdims=True)
    share = np.exp(near - np.where(np.isfinite(peak), peak, 0))
    total = np.maximum(share.sum(1), 1e-12)
    middle = (share * np.where(share > 0, away, 0)).sum(1) / total
    spread = (share * np.where(share > 0, away - middle[:, None], 0) ** 2).sum(1) / total
    likely = 1 / (1 + np.exp(-np.clip(np.where(np.isfinite(peak), peak, -30), -30, 30)[:, 0]))
    return path_m + middle, spread, likely


def _smoothed(middle_m: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """The smooth path through places of known weight, and its variance at each."""
    count = len(middle_m)
    bands = np.zeros((3, count))
    bands[0] = weight
    if count > 2:
        stiff = 1 / _BEND_M**2
        for place, share in ((0, 1.0), (1, 4.0), (2, 1.0)):
            bands[0, place : count - 2 + place] += share * stiff
        for place in (0, 1):
            bands[1, place : count - 2 + place] -= 2 * stiff
        bands[2, : count - 2] += stiff
    lower = np.asarray(cholesky_banded(bands, lower=True))
    both = np.column_stack([weight * middle_m, np.eye(count)])
    half = solve_banded((2, 0), lower, both)
    upper = np.zeros_like(lower)
    for band in range(3):
        upper[2 - band, band:] = lower[band, : count - band]
    solved = solve_banded((0, 2), upper, half)
    return solved[:, 0], np.diag(solved[:, 1:]).copy()


def along_path(log_odds: Floats, offsets_m: Floats, path_m: Floats) -> Floats:
    """Log-odds along a path, averaged over some blocks."""
    step = offsets_m[1] - offsets_m[0]
    place = np.clip((path_m - offsets_m[0]) / step, 0, len(offsets_m) - 1.001)
    low = place.astype(int)
    part = place - low
    rows = np.arange(len(path_m))
    found = (1 - part) * log_odds[rows, low] + part * log_odds[rows, low + 1]
    return np.asarray(uniform_filter1d(found, _SURE_BLOCKS, mode="nearest"), float)
