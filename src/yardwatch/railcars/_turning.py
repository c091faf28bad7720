"""Counting segments within sums: those that count are turned by an angle each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats
from yardwatch.railcars._lanes import Lanes
from yardwatch.railcars._tables import Tables

__all__ = ["Turning"]


class Turning:
    """Turns what enters a segment that counts.

    Sides of what is turned are the real parts for each of M angles, then the imaginary ones of the last K, which are
    those that have one: the others turn by nothing or by half a circle.

    Parameters
    ----------
    marks : sequence of ndarray of bool
        For each sequence, by state and the sum of a segment's two borders, whether it counts, shape (J, 2 T + 1).
    angles : ndarray of complex
        Numbers of size 1, shape (M,).
    turning : int
        How many of them are not real, K; they come last.
    """

    def __init__(
        self,
        marks: Sequence[NDArray[np.bool_]],
        angles: NDArray[np.complex128],
        lanes: Lanes,
        tables: Tables,
        turning: int,
    ) -> None:
        self._tables, self._turn, self._complex = tables, angles - 1, turning
        states, longest = len(tables.order), 2 * tables.window * int(lanes.windows[0]) + 1
        self._marks = np.zeros((len(marks), states, longest), bool)
        for lane, mark in enumerate(marks):
            self._marks[lane, :, : mark.shape[1]] = mark[tables.order]

    def first(self, whole: Floats, start: int, lane: int = 0) -> Floats:
        """Segments that began with sequences from `lane` on and end behind `start`, shape (M + K, lanes, w, J)."""
        mark = self._marks[lane : lane + whole.shape[1], :, start + 1 : start + 1 + whole.shape[2]]
        return self._turned(whole, whole * mark.transpose(0, 2, 1), axis=0)

    def long(self, whole: Floats, entered: Floats, start: int) -> Floats:
        """Long segments that end in the window from `start` on, shape (l, M + K, lanes, W)."""
        turn = self._tables.long_turn
        lanes, (_, borders, window) = whole.shape[2], turn.shape
        low, high = max(0, 2 * start - borders + 2), 2 * start + window + 1
        inside = np.count_nonzero(self._marks[:lanes, self._tables.long, low:high], axis=2)
        every = inside == high - low
        marked = whole * every.T[:, None, :, None]
        for lane in np.flatnonzero(((inside > 0) & ~every).any(1)):
            sums = (start - borders + 1 + np.arange(borders))[:, None] + start + 1 + np.arange(window)
            mark = self._marks[lane, self._tables.long][:, np.maximum(sums, 0)]
            marked[:, :, lane] = entered[:, :, lane] @ (turn * mark)
        return self._turned(whole, marked, axis=1)

    def ended(self, weighed: Floats, states: slice, lane: int, starts: NDArray[np.int64], end: int) -> Floats:
        """Sum over the segments of some states from each start to a sequence's end, given as (k, M + K, starts)."""
        mark = self._marks[lane, states][:, np.maximum(starts + end, 0)]
        return self._turned(weighed.sum(2), (weighed * mark[:, None]).sum(2), axis=1)

    def _turned(self, whole: Floats, marked: Floats, *, axis: int) -> Floats:
        """What was whole, with the marked part of it turned; `axis` is that of the sides."""
        into, number = np.array(whole), len(self._turn)
        shape = [1] * whole.ndim
        shape[axis] = -1
        along, across = self._turn.real.reshape(shape), self._turn.imag[number - self._complex :].reshape(shape)
        before = (slice(None),) * axis
        plain, turning, imaginary = (
            (*before, part) for part in (slice(number), slice(number - self._complex, number), slice(number, None))
        )
        into[plain] += marked[plain] * along
        if self._complex:
            into[turning] -= marked[imaginary] * across
            back = self._turn.real[number - self._complex :].reshape(shape)
            into[imaginary] += marked[turning] * across + marked[imaginary] * back
        return into
