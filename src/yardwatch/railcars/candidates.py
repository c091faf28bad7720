"""Tracks that a corridor may hold, each apart from the others, and where they stand to those beside."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from yardwatch.model.frame import Floats
from yardwatch.railcars.corridors import Corridor
from yardwatch.railcars.paths import best_path
from yardwatch.railcars.rails import BLOCK_M

__all__ = ["LEAST_APART_M", "Abreast", "abreast", "candidates", "support"]

LEAST_APART_M = 3.3
"""Two tracks that run side by side are never closer, metres: two cars would touch."""

_APART_M = 1.9
_SUPPRESSED = -8.0
_MOST = 5
_STRAY_COST = 0.12
_BESIDE_M = 9.0
_LEAST_ABREAST = 4
_MOST_LOST, _MOST_WON = -1.5, 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Abreast:
    """Two corridors that run side by side."""

    first: int
    """Number of the one."""
    second: int
    """Number of the other."""
    blocks: NDArray[np.intp]
    """Blocks of the first, shape (m,)."""
    others: NDArray[np.intp]
    """The block of the second beside each of them, shape (m,)."""
    apart_m: Floats
    """How far to the left of the first line the second one lies there, metres, shape (m,)."""
    turned: float
    """1 if both lines run the same way, −1 if not."""


def candidates(corridor: Corridor, *, most: int = _MOST) -> Floats:
    """Offsets of the best paths in a corridor that lie apart from one another, best first, shape (c, b)."""
    offsets = corridor.view.offsets_m
    left = corridor.view.log_odds.copy()
    found: list[Floats] = []
    for _ in range(most):
        path = best_path(left, offsets, stray_cost=_STRAY_COST)
        found.append(path)
        left[np.abs(offsets[None, :] - path[:, None]) < _APART_M] = _SUPPRESSED
    return np.array(found)


def support(corridor: Corridor, path_m: Floats) -> Floats:
    """What each block says for a track at a path, bounded, shape (b,)."""
    offsets = corridor.view.offsets_m
    place = np.clip(np.round((path_m - offsets[0]) / (offsets[1] - offsets[0])).astype(int), 0, len(offsets) - 1)
    return np.asarray(np.clip(corridor.view.log_odds[np.arange(len(place)), place], _MOST_LOST, _MOST_WON))


def abreast(corridors: list[Corridor]) -> list[Abreast]:
    """All pairs of corridors whose lines run side by side, not much farther apart than two tracks."""
    laid = [_laid(one) for one in corridors]
    boxes = [(points.min(0) - _BESIDE_M, points.max(0) + _BESIDE_M) for points, _ in laid]
    found = []
    for first in range(len(corridors)):
        low, high = boxes[first]
        for second in range(first + 1, len(corridors)):
            if (boxes[second][1] < low).any() or (boxes[second][0] > high).any():
                continue
            pair = _pair(first, second, laid)
            if pair is not None:
                found.append(pair)
    return found


def _laid(corridor: Corridor) -> tuple[Floats, Floats]:
    """Middle of each block and the direction to its left, shapes (b, 2)."""
    x, y = corridor.line.points(corridor.view.chainages_m, np.array([[0.0], [1.0]]))
    return np.column_stack([x[0], y[0]]), np.column_stack([x[1] - x[0], y[1] - y[0]])


def _pair(first: int, second: int, laid: list[tuple[Floats, Floats]]) -> Abreast | None:
    (points, left), (theirs, their_left) = laid[first], laid[second]
    away, nearest = cKDTree(theirs).query(points)
    gap = theirs[nearest] - points
    apart = (gap * left).sum(1)
    near = (away < _BESIDE_M) & (np.abs((gap * [1, -1] * left[:, ::-1]).sum(1)) < BLOCK_M)
    if near.sum() < _LEAST_ABREAST:
        return None
    turned = 1.0 if np.median((left * their_left[nearest]).sum(1)[near]) > 0 else -1.0
    return Abreast(first, second, np.flatnonzero(near), nearest[near], apart[near], turned)
