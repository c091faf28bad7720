"""Sequences side by side, and the segments of them that are still under way."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats

__all__ = ["Lanes", "Ring", "batches"]

_TINY = 1e-250
_EVERY = 8
_MOST = 64


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
    """Evidence of sequences of falling length, border by border, padded to the longest."""

    def __init__(
        self,
        *,
        log_likelihood: Sequence[Floats],
        log_begin: Sequence[Floats],
        log_end: Sequence[Floats],
        log_first: Sequence[Floats],
    ) -> None:
        self.lengths = np.array([values.shape[1] for values in log_likelihood])
        self.columns = int(self.lengths[0])
        count, states = len(self.lengths), log_likelihood[0].shape[0]
        self.log_likelihood = np.zeros((self.columns, count, states))
        self.log_begin, self.log_end = np.zeros((2, self.columns + 1, count, states))
        self.factor = np.zeros((self.columns, count, states))
        self.begin, self.end = np.zeros((2, self.columns + 1, count, states))
        self.peak = np.zeros((self.columns, count))
        for lane, length in enumerate(self.lengths):
            own = log_likelihood[lane].T
            self.log_likelihood[:length, lane] = own
            self.log_begin[1:length, lane] = log_begin[lane][:, 1:-1].T
            self.log_end[1:length, lane] = log_end[lane][:, 1:-1].T
            self.peak[:length, lane] = own.max(1)
            self.factor[:length, lane] = np.exp(own - own.max(1, keepdims=True))
            self.begin[: length + 1, lane] = np.exp(self.log_begin[: length + 1, lane])
            self.end[: length + 1, lane] = np.exp(self.log_end[: length + 1, lane])
        self.first = np.exp(np.stack(log_first))
        self._alive = (self.lengths[None, :] >= np.arange(self.columns + 2)[:, None]).sum(1)

    def active(self, border: int) -> int:
        """How many lanes reach a border; they come first."""
        return int(self._alive[border])

    def ending(self, border: int) -> slice:
        """The lanes that end at a border."""
        return slice(int(self._alive[border + 1]), int(self._alive[border]))


class _Kind:
    """States whose segments last equally long at most."""

    def __init__(self, states: slice, lanes: int, duration: Floats, cut: Floats, wide: int | None) -> None:
        self.states, self.longest = states, duration.shape[1]
        self.duration, self.cut = np.tile(duration[:, ::-1], 2), np.tile(cut[:, ::-1], 2)
        self.slots = np.zeros((lanes, len(duration), self.longest))
        self.entered = None if wide is None else np.zeros((lanes, len(duration), self.longest, wide))

    def weights(self, border: int, *, cut: bool = False) -> Floats:
        """Probability of the duration that each slot stands for when its segment ends at a border."""
        first = self.longest - 1 - (border - 1) % self.longest
        return (self.cut if cut else self.duration)[:, first : first + self.longest]


class Ring:
    """Weights of the segments that are under way, by lane, state and the border where they began.

    Segments that began with the sequence are kept apart, as their durations follow another table. With `wide`, what
    entered is a vector of that many numbers and the weight of a segment stands apart from it.
    """

    def __init__(self, lanes: int, log_duration: Floats, log_cut: Floats, *, wide: int | None = None) -> None:
        duration, cut = np.exp(log_duration), np.exp(log_cut)
        self._cut, self._wide = cut, wide
        self._kinds = [
            _Kind(part, lanes, duration[part, :longest], cut[part, :longest], wide)
            for part, longest in _alike(np.maximum(duration, cut))
        ]
        self._first = np.zeros((lanes, len(duration)))
        self._entered_first = np.zeros((lanes, len(duration), wide or 1))

    def advance(self, border: int, entering: Floats, factor: Floats) -> None:
        """Begin segments at the border before, and let all pass one column."""
        active = len(entering)
        if border == 1:
            self._first[:] = 1.0 if self._wide else entering
            if self._wide:
                self._entered_first[:] = entering
        self._first[:active] *= factor
        for kind in self._kinds:
            slot = (border - 1) % kind.longest
            slots = kind.slots[:active]
            if kind.entered is None:
                slots[..., slot] = entering[:, kind.states] if border > 1 else 0.0
            else:
                slots[..., slot] = float(border > 1)
                kind.entered[:active, :, slot] = entering[:, kind.states]
            slots *= factor[:, kind.states, None]

    def leaving(self, border: int, active: int) -> Floats:
        """Sum over the segments of each state that end at a border, shape (active, J)."""
        out = self._from_first(border, slice(0, active))
        for kind in self._kinds:
            out[:, kind.states] += np.einsum("ljd,jd->lj", kind.slots[:active], kind.weights(border))
        return out

    def leaving_cut(self, border: int, lanes: slice) -> Floats:
        """The same for lanes that end there, so that their last segment is cut."""
        out = self._from_first(border, lanes)
        for kind in self._kinds:
            out[:, kind.states] += np.einsum("ljd,jd->lj", kind.slots[lanes], kind.weights(border, cut=True))
        return out

    def leaving_turned(
        self, border: int, lanes: slice, marks: NDArray[np.bool_], turn: NDArray[np.complex128], *, cut: bool = False
    ) -> Floats:
        """What entered, summed over the segments that end at a border; those marked are turned by an angle each.

        `marks` has the shape (all lanes, J, 2 T + 1); the result (lanes, J, wide): real parts, then imaginary ones.
        """
        whole = self._entered_first[lanes] * self._from_first(border, lanes)[..., None]
        marked = whole * marks[lanes, :, border, None]
        for kind in self._kinds:
            if kind.entered is None:
                continue
            weight = kind.slots[lanes] * kind.weights(border, cut=cut)
            entered = kind.entered[lanes]
            sums = (weight[:, :, None] @ entered)[:, :, 0]
            whole[:, kind.states] += sums
            ages = (border - 1 - np.arange(kind.longest)) % kind.longest + 1
            mark = marks[lanes, kind.states][..., np.maximum(2 * border - ages, 0)]
            if mark.all():
                marked[:, kind.states] += sums
            elif mark.any():
                marked[:, kind.states] += ((weight * mark)[:, :, None] @ entered)[:, :, 0]
        real, imaginary = np.split(marked, 2, axis=2)
        number = len(turn)
        whole[..., :number] += real * turn.real - imaginary * turn.imag
        whole[..., number:] += real * turn.imag + imaginary * turn.real
        return whole

    def rescaled(self, border: int, leaving: Floats) -> Floats:
        """Now and then: by what each lane's numbers are to be divided so that they stay in range; shape (active,)."""
        active = len(leaving)
        size = np.ones(active)
        if border % _EVERY:
            return size
        begun = (
            self._first[:active] * np.abs(self._entered_first[:active, :, 0]) if self._wide else self._first[:active]
        )
        largest = np.maximum(np.abs(leaving).max(1), begun.max(1))
        for kind in self._kinds:
            slots = kind.slots[:active]
            if kind.entered is not None:
                slots = slots * np.abs(kind.entered[:active, ..., 0])
            largest = np.maximum(largest, slots.max((1, 2)))
        size = np.where(largest > _TINY, largest, 1.0)
        self._first[:active] /= size[:, None]
        for kind in self._kinds:
            slots = kind.slots[:active]
            slots /= size[:, None, None]
            slots[slots < _TINY] = 0.0
        return size

    def _from_first(self, border: int, lanes: slice) -> Floats:
        if border > self._cut.shape[1]:
            return np.zeros_like(self._first[lanes])
        return self._first[lanes] * self._cut[:, border - 1]


def _alike(duration: Floats) -> list[tuple[slice, int]]:
    """Runs of neighbouring states that last equally long at most, and how long."""
    reach = [int(np.flatnonzero(row > 0)[-1]) + 1 if (row > 0).any() else 1 for row in duration]
    edges = [0, *(i for i in range(1, len(reach)) if reach[i] != reach[i - 1]), len(reach)]
    return [(slice(a, b), reach[a]) for a, b in pairwise(edges)]
