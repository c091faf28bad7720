"""Noise that depends on the place alone, so that tiles fit together."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

__all__ = ["Reals", "Texture", "wobble"]

Reals = NDArray[np.float32]

_LATTICE = 509
_COARSE = 251


class Texture:
    """Endless noise fields drawn from a seed, read at whole positions on the working grid."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self._fine, self._coarse = _lattices()
        self._turns = rng.integers(0, _LATTICE, (64, 2))

    def fine(self, layer: int, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Reals:
        """Noise from cell to cell, about standard normal; shape (rows, columns)."""
        turn = self._turns[layer]
        return self._fine[np.ix_((rows + turn[0]) % _LATTICE, (columns + turn[1]) % _LATTICE)]

    def smooth(self, layer: int, rows: NDArray[np.int64], columns: NDArray[np.int64], cells: float) -> Reals:
        """Noise that changes over some `cells`, about standard normal; shape (rows, columns)."""
        turn = self._turns[layer]
        r0, rw = _lattice_weights(rows, cells, int(turn[0]))
        c0, cw = _lattice_weights(columns, cells, int(turn[1]))
        first, count = int(r0.min()), int(r0.max() - r0.min()) + 2
        block = self._coarse[np.arange(first, first + count) % _COARSE]
        across = block[:, c0 % _COARSE] * (1 - cw) + block[:, (c0 + 1) % _COARSE] * cw
        lower = across[r0 - first]
        lower += (across[r0 - first + 1] - lower) * rw[:, None]
        return lower

    def at(self, layer: int, x: NDArray[Any], y: NDArray[Any]) -> Reals:
        """Noise at scattered positions in lattice units, bilinear; any shape."""
        turn = self._turns[layer]
        column, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
        across, down = (x - column).astype(np.float32), (y - row).astype(np.float32)
        columns, rows = (column + turn[1]) % _COARSE, (row + turn[0]) % _COARSE
        right, below = (columns + 1) % _COARSE, (rows + 1) % _COARSE
        upper = self._coarse[rows, columns] * (1 - across) + self._coarse[rows, right] * across
        lower = self._coarse[below, columns] * (1 - across) + self._coarse[below, right] * across
        return np.asarray(upper + (lower - upper) * down, np.float32)


def wobble(rng: np.random.Generator, position: Reals, scale: float) -> Reals:
    """Smooth noise along one direction, about standard normal, changing over `scale` units of `position`."""
    table = rng.standard_normal(1024).astype(np.float32)
    where = position / scale
    left = np.floor(where).astype(np.int64)
    part = (where - left).astype(np.float32)
    part = part * part * (3 - 2 * part)
    return np.asarray(table[left % 1024] * (1 - part) + table[(left + 1) % 1024] * part, np.float32)


def _lattice_weights(cells: NDArray[np.int64], scale: float, turn: int) -> tuple[NDArray[np.int64], Reals]:
    where = cells / scale
    lower = np.floor(where).astype(np.int64)
    return lower + turn, (where - lower).astype(np.float32)


@lru_cache(maxsize=1)
def _lattices() -> tuple[Reals, Reals]:
    rng = np.random.default_rng(20240617)
    fine = rng.standard_normal((_LATTICE, _LATTICE))
    coarse = ndimage.gaussian_filter(rng.standard_normal((_COARSE, _COARSE)), 0.7, mode="wrap")
    return fine.astype(np.float32), (coarse / coarse.std()).astype(np.float32)
