"""Sequences side by side, cut into windows of some columns."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats
from yardwatch.railcars._tables import Tables

__all__ = ["Lanes", "batches"]

_MOST = 128


def batches(lengths: Sequence[int], *, most: int = _MOST) -> list[list[int]]:
    """Indices of sequences in groups of falling and similar length.

    Raises
    ------
    MisuseError
        If a sequence has no column.
    """
    if any(length == 0 for length in lengths):
        raise MisuseError("a sequence has no column; leave it out")
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    return [order[first : first + most] for first in range(0, len(order), most)]


class Lanes:
    """Evidence of sequences of falling length, window by window.

    The windows of all sequences lie behind one another: first the first window of each, then the second of those that
    have one, and so on. Beyond the end of a sequence its last window is filled up with nought. Each array may have
    several *sides*, which are the same sequences read in different ways.

    Parameters
    ----------
    sides : sequence of sequence of (ndarray, ndarray, ndarray)
        For each side and sequence the log-likelihood, shape (J, T), and the logarithms of beginning and of ending at
        each border, shape (J, T + 1).
    tables : Tables
        The model: how wide a window is, and in which order its states are worked on.
    """

    def __init__(self, sides: Sequence[Sequence[tuple[Floats, Floats, Floats]]], tables: Tables) -> None:
        window = tables.window
        self.lengths = np.array([likelihood.shape[1] for likelihood, *_ in sides[0]])
        self.window = window
        self.windows = -(-self.lengths // window)
        alive = (self.windows[None, :] > np.arange(self.windows[0] + 1)[:, None]).sum(1)
        self._alive = alive.tolist()
        self._first_row = np.concatenate([[0], np.cumsum(alive)])
        shape = (len(sides), int(alive.sum()), window, sides[0][0][0].shape[0])
        self.column, self.log_begin, self.log_end = np.zeros((3, *shape))
        """Log-likelihood of each column less that of its best state, and of beginning and ending behind it."""
        for side, lanes in enumerate(sides):
            for lane, (likelihood, begin, end) in enumerate(lanes):
                rows, length = self.rows_of(lane), likelihood.shape[1]
                self.column[side, rows] = self._cut(likelihood[tables.order].T, length)
                self.log_begin[side, rows] = self._cut(begin[tables.order, 1:].T, length - 1)
                self.log_end[side, rows] = self._cut(end[tables.order, 1:].T, length - 1)
        peak = self.column.max(3)
        self.column -= peak[..., None]
        self.peak = np.cumsum(peak, axis=2)
        """Log-likelihood of the best states from a window's first border to each later one, (sides, rows, W)."""

    def _cut(self, values: Floats, kept: int) -> Floats:
        windows = -(-len(values) // self.window)
        padded = np.zeros((windows * self.window, values.shape[1]))
        padded[:kept] = values[:kept]
        return padded.reshape(windows, self.window, -1)

    def rows(self, number: int) -> slice:
        """Where the windows of that number lie."""
        return slice(int(self._first_row[number]), int(self._first_row[number + 1]))

    def rows_of(self, lane: int) -> NDArray[np.int64]:
        """Where the windows of one sequence lie."""
        return np.asarray(self._first_row[: self.windows[lane]] + lane)

    def along(self, values: Floats, lane: int) -> Floats:
        """What is known of each window, shape (rows, W, …), of one sequence column by column, shape (T, …)."""
        own = values[self.rows_of(lane)]
        return own.reshape(-1, *own.shape[2:])[: self.lengths[lane]]

    def active(self, number: int) -> int:
        """How many sequences have a window of that number; they come first."""
        return int(self._alive[number])

    def ending(self, number: int) -> range:
        """The sequences of which the window of that number is the last."""
        return range(self._alive[number + 1], self._alive[number])
