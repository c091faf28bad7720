"""The generating function of how many segments count, on the unit circle."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats
from yardwatch.railcars._lanes import Lanes
from yardwatch.railcars._sweep import Sweep
from yardwatch.railcars._tables import Tables
from yardwatch.railcars._turning import Turning

__all__ = ["generating"]

Complexes = NDArray[np.complex128]


def generating(
    lanes: Lanes,
    tables: Tables,
    turns: Floats,
    *,
    moves: Floats,
    ends: tuple[Floats, Floats],
    counted: Sequence[NDArray[np.bool_]],
) -> Complexes:
    """Mean over all paths of each sequence of a number of size 1 that each counted segment turns by as much.

    Parameters
    ----------
    lanes : Lanes
        The sequences, of one side.
    tables : Tables
        The model's durations.
    turns : ndarray
        By how much, shape (M,); 1 is once around.
    moves : ndarray
        Probability of each state after each other, shape (J, J).
    ends : (ndarray, ndarray)
        Of beginning and of ending in each state, by sequence, shape (lanes, J) each.
    counted : sequence of ndarray of bool
        As for `count_distribution`.

    Returns
    -------
    ndarray of complex
        Shape (lanes, M).
    """
    bent = ~np.isclose(2 * turns, np.rint(2 * turns), atol=1e-12)
    order, number, turning = np.argsort(bent, kind="stable"), len(turns) + 1, int(bent.sum())
    angles = np.exp(2j * np.pi * np.insert(turns[order], 0, 0.0))
    first, last = ends[0][None], ends[1][:, tables.order]
    first = np.concatenate([np.repeat(first, number, axis=0), np.zeros((turning, *first.shape[1:]))])
    turner = Turning(counted, angles, lanes, tables, turning)
    sweep = Sweep(lanes, tables, moves=moves[None], first=first, turning=turner)
    total = np.zeros((len(counted), number), complex)
    for window in range(int(lanes.windows[0])):
        left, _ = sweep(window)
        for lane in lanes.ending(window):
            done = left[:, lane, (lanes.lengths[lane] - 1) % tables.window] @ last[lane]
            total[lane] = done[:number]
            total[lane, number - turning :] += 1j * done[number:]
    found = np.empty((len(counted), len(turns)), complex)
    found[:, order] = total[:, 1:] / total[:, :1].real
    return found
