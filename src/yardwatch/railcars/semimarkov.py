"""Exact inference in an explicit-duration hidden semi-Markov model, many sequences at once.

A sequence of columns is cut into segments. Each segment has a state and a duration; its weight is the probability of
entering the state from the one before, times that of its duration, times the likelihood of the columns it covers, times
that of its two ends. A state with a memoryless duration is written as segments of one column with a transition to
itself. The first and last segment may be cut by the ends of the sequence and have duration tables of their own.

Method: Yu, S.-Z. (2010), Hidden semi-Markov models, Artificial Intelligence 174, doi:10.1016/j.artint.2009.11.011;
the count distribution by evaluating its generating function on the unit circle and transforming back.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats

__all__ = ["Evidence", "Passes", "Segment", "SemiMarkov", "best_path", "count_distribution", "run_passes"]

_NEVER = -1e30
Complexes = NDArray[np.complex128]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class SemiMarkov:
    """States, how they follow one another, and how long they last."""

    states: tuple[str, ...]
    """Names, J of them."""
    log_first: Floats
    """Log-probability that the sequence begins in each state, shape (J,)."""
    log_last: Floats
    """Log-weight of a sequence that ends in each state, shape (J,)."""
    log_next: Floats
    """Log-probability of the next state, shape (J, J), row = from."""
    log_duration: Floats
    """Log-probability of lasting 1 … D columns, shape (J, D)."""
    log_cut: Floats
    """The same for a segment cut by one end of the sequence: that at least so many columns of it are left, (J, D)."""

    def reversed(self) -> "SemiMarkov":
        """The same model read from the end to the beginning."""
        return SemiMarkov(
            self.states, self.log_last, self.log_first, self.log_next.T.copy(), self.log_duration, self.log_cut
        )


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the columns of one sequence say about the states."""

    log_likelihood: Floats
    """Of each state in each column, shape (J, T)."""
    log_begin: Floats
    """Of a segment beginning at each border, shape (J, T + 1); border t lies before column t."""
    log_end: Floats
    """Of a segment ending at each border, shape (J, T + 1)."""

    def reversed(self) -> "Evidence":
        """The same sequence read from the end to the beginning."""
        return Evidence(self.log_likelihood[:, ::-1], self.log_end[:, ::-1], self.log_begin[:, ::-1])


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of columns in one state."""

    state: int
    """Index of the state."""
    start: int
    """First column."""
    end: int
    """Column after the last."""


@dataclass(frozen=True, slots=True, eq=False)
class Passes:
    """Forward and backward sums of one sequence, from which any posterior follows."""

    model: SemiMarkov
    """The model."""
    evidence: Evidence
    """The evidence."""
    log_enter: Floats
    """Of all that comes before entering each state at each border, shape (J, T + 1)."""
    log_left: Floats
    """Of all up to a segment of each state that ends at each border, shape (J, T + 1)."""
    log_from: Floats
    """Of all from entering each state at each border to the end, shape (J, T + 1)."""
    log_after: Floats
    """Of all that follows when each state is left at each border, shape (J, T + 1)."""
    log_total: float
    """Log-likelihood of the whole sequence."""

    def begins(self) -> Floats:
        """Probability that a segment of each state begins at each border, shape (J, T + 1)."""
        return np.exp(self.log_enter + self.log_from - self.log_total)

    def ends(self) -> Floats:
        """Probability that a segment of each state ends at each border, shape (J, T + 1)."""
        return np.exp(self.log_left + self.log_after - self.log_total)

    def occupancy(self) -> Floats:
        """Probability of each state in each column, shape (J, T)."""
        change = self.begins()[:, :-1] - np.concatenate(
            [np.zeros((len(self.model.states), 1)), self.ends()[:, 1:-1]], 1
        )
        occupancy: Floats = np.clip(np.cumsum(change, axis=1), 0.0, 1.0)
        return occupancy

    def segments(self, state: int, starts: Integers, ends: Integers) -> Floats:
        """Probability that exactly the segment from each start to each end is part of the truth, shape (starts, ends).

        Zero where the start is not before the end, or the model knows no segment that long.
        """
        columns = self.evidence.log_likelihood.shape[1]
        begin, end = np.meshgrid(starts, ends, indexing="ij")
        length = end - begin
        possible = (begin >= 0) & (end <= columns) & (length > 0) & (length <= self.model.log_duration.shape[1])
        begin, end, length = (
            np.where(possible, values, instead) for values, instead in ((begin, 0), (end, 1), (length, 1))
        )
        cut = (begin == 0) | (end == columns)
        duration = np.where(cut, self.model.log_cut[state, length - 1], self.model.log_duration[state, length - 1])
        cumulated = np.concatenate([[0.0], np.cumsum(self.evidence.log_likelihood[state])])
        borders = np.where(begin > 0, self.evidence.log_begin[state, begin], 0.0)
        borders += np.where(end < columns, self.evidence.log_end[state, end], 0.0)
        weight = self.log_enter[state, begin] + duration + cumulated[end] - cumulated[begin] + borders
        weight += self.log_after[state, end] - self.log_total
        return np.where(possible, np.exp(np.minimum(weight, 0.0)), 0.0)


def run_passes(model: SemiMarkov, sequences: list[Evidence]) -> list[Passes]:
    """Forward and backward sums of each sequence; time and memory grow linearly with their length.

    Raises
    ------
    MisuseError
        If a sequence has no column or cannot be explained by the model at all.
    """
    forward = _sums(model, sequences)
    backward = _sums(model.reversed(), [sequence.reversed() for sequence in sequences])
    passes = []
    for evidence, (enter, left), (after, back) in zip(sequences, forward, backward, strict=True):
        total = float(np.logaddexp.reduce(left[:, -1] + model.log_last))
        if not np.isfinite(total) or total <= _NEVER / 2:
            raise MisuseError(f"a sequence of {evidence.log_likelihood.shape[1]} columns fits no path of the model")
        passes.append(Passes(model, evidence, enter, left, back[:, ::-1], after[:, ::-1], total))
    return passes


def best_path(model: SemiMarkov, sequences: list[Evidence]) -> list[list[Segment]]:
    """The most probable segments of each sequence (Viterbi)."""
    return [
        _trace(model, len(s.log_likelihood[0]), *found)
        for s, found in zip(sequences, _maxima(model, sequences), strict=True)
    ]


def count_distribution(
    model: SemiMarkov, sequences: list[Evidence], counted: list[NDArray[np.bool_]], *, points: int
) -> list[Floats]:
    """Exact distribution of the number of counted segments in each sequence, modulo `points`.

    Parameters
    ----------
    model : SemiMarkov
        The model.
    sequences : list of Evidence
        The sequences.
    counted : list of ndarray of bool
        For each sequence, whether a segment of each state counts whose start and end add up to each number, shape
        (J, 2 T + 1): twice the middle of the segment.
    points : int
        Number of points on the unit circle; even. Time grows with it. Counts that differ by a multiple of it fall
        together, so it must exceed the spread of the count, not the count.

    Returns
    -------
    list of ndarray
        Probabilities of 0 … points − 1 (modulo points) for each sequence.
    """
    angles = np.exp(2j * np.pi * np.arange(points // 2 + 1) / points)
    total = _generating(model, sequences, counted, angles)
    distributions = np.clip(np.fft.irfft(np.conj(total / total[:, :1].real), points, axis=1), 0.0, None)
    return list(distributions / distributions.sum(1, keepdims=True))


class _Lanes:
    """Sequences side by side, padded to one length, with the segment weights that end at a border."""

    def __init__(self, model: SemiMarkov, sequences: list[Evidence]) -> None:
        if any(sequence.log_likelihood.shape[1] == 0 for sequence in sequences):
            raise MisuseError("a sequence has no column; leave it out")
        self.model = model
        self.lengths = np.array([sequence.log_likelihood.shape[1] for sequence in sequences])
        self.columns = int(self.lengths.max())
        self.longest = model.log_duration.shape[1]
        shape = (len(sequences), len(model.states), self.columns + 1)
        self.cumulated, self.begin, self.end = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for lane, sequence in enumerate(sequences):
            length = self.lengths[lane]
            self.cumulated[lane, :, 1 : length + 1] = np.cumsum(sequence.log_likelihood, axis=1)
            self.begin[lane, :, 1:length] = sequence.log_begin[:, 1:-1]
            self.end[lane, :, 1:length] = sequence.log_end[:, 1:-1]

    def weights(self, border: int) -> Floats:
        """Log-weight of the segments that end at a border, by lane, state and duration from 1 up: (L, J, d)."""
        reach = min(border, self.longest)
        starts = slice(border - reach, border)
        weight = self.cumulated[:, :, border, None] - self.cumulated[:, :, starts][..., ::-1]
        weight += self.begin[:, :, starts][..., ::-1] + self.end[:, :, border, None]
        table = np.where(
            (self.lengths == border)[:, None, None], self.model.log_cut[:, :reach], self.model.log_duration[:, :reach]
        )
        if reach == border:
            table[..., -1] = self.model.log_cut[:, reach - 1]
        return weight + table


def _sums(model: SemiMarkov, sequences: list[Evidence]) -> list[tuple[Floats, Floats]]:
    """Log-sums (entering, leaving) at each border of each sequence, shapes (J, T + 1)."""
    lanes = _Lanes(model, sequences)
    enter = np.full(lanes.cumulated.shape, _NEVER)
    left = np.full(lanes.cumulated.shape, _NEVER)
    enter[:, :, 0] = model.log_first
    move = np.exp(model.log_next)
    for border in range(1, lanes.columns + 1):
        weight = lanes.weights(border)
        reach = weight.shape[2]
        weight += enter[:, :, border - reach : border][..., ::-1]
        left[:, :, border] = _logsum(weight)
        peak = left[:, :, border].max(1, keepdims=True)
        with np.errstate(divide="ignore"):
            enter[:, :, border] = np.maximum(np.log(np.exp(left[:, :, border] - peak) @ move) + peak, _NEVER)
    return [(enter[lane, :, : n + 1], left[lane, :, : n + 1]) for lane, n in enumerate(lanes.lengths)]


def _maxima(model: SemiMarkov, sequences: list[Evidence]) -> list[tuple[NDArray[np.int32], NDArray[np.int32], int]]:
    """For each sequence: best duration of a segment ending at each border, best state before it, best last state."""
    lanes = _Lanes(model, sequences)
    enter = np.full(lanes.cumulated.shape, _NEVER)
    enter[:, :, 0] = model.log_first
    duration = np.zeros(lanes.cumulated.shape, np.int32)
    before = np.full(lanes.cumulated.shape, -1, np.int32)
    final = np.zeros(len(sequences), np.int64)
    for border in range(1, lanes.columns + 1):
        weight = lanes.weights(border)
        reach = weight.shape[2]
        weight += enter[:, :, border - reach : border][..., ::-1]
        best = weight.argmax(2)
        duration[:, :, border] = best + 1
        score = np.take_along_axis(weight, best[..., None], 2)[..., 0]
        final = np.where(lanes.lengths == border, (score + model.log_last).argmax(1), final)
        step = score[:, :, None] + model.log_next
        before[:, :, border] = step.argmax(1)
        enter[:, :, border] = np.maximum(step.max(1), _NEVER)
    return [
        (duration[lane, :, : n + 1], before[lane, :, : n + 1], int(final[lane])) for lane, n in enumerate(lanes.lengths)
    ]


def _trace(
    model: SemiMarkov, columns: int, duration: NDArray[np.int32], before: NDArray[np.int32], state: int
) -> list[Segment]:
    """Walk back from the end; runs of one memoryless state become one segment."""
    path: list[Segment] = []
    end = columns
    memoryless = np.isfinite(np.diag(model.log_next)) & (np.diag(model.log_next) > _NEVER / 2)
    while end > 0:
        start = end - int(duration[state, end])
        if path and path[-1].state == state and memoryless[state]:
            path[-1] = Segment(state, start, path[-1].end)
        else:
            path.append(Segment(state, start, end))
        state, end = int(before[state, start]), start
    return path[::-1]


def _generating(
    model: SemiMarkov, sequences: list[Evidence], counted: list[NDArray[np.bool_]], angles: Complexes
) -> Complexes:
    """Generating function of the count at each angle, up to a factor for each sequence: shape (L, M)."""
    lanes = _Lanes(model, sequences)
    marks = np.zeros((len(sequences), len(model.states), 2 * lanes.columns + 1), bool)
    for lane, mark in enumerate(counted):
        marks[lane, :, : mark.shape[1]] = mark
    turn = angles - 1
    enter = np.zeros((*lanes.cumulated.shape, 2 * len(angles)))
    enter[:, :, 0, : len(angles)] = np.exp(model.log_first)[:, None]
    scale = np.zeros((len(sequences), lanes.columns + 1))
    total = np.zeros((len(sequences), len(angles)), complex)
    move, last = np.exp(model.log_next), np.exp(model.log_last)
    for border in range(1, lanes.columns + 1):
        weight = lanes.weights(border)
        reach = weight.shape[2]
        weight += scale[:, None, border - reach : border][..., ::-1]
        alive = enter[:, :, border - reach : border, 0][..., ::-1] > 0
        peak = np.where(alive, weight, _NEVER).max((1, 2))
        factor = (np.exp(np.minimum(weight - peak[:, None, None], 0.0)) * alive)[..., ::-1]
        middle = marks[:, :, 2 * border - reach : 2 * border]
        both = np.stack([factor, factor * middle], axis=2) @ enter[:, :, border - reach : border]
        whole = both[..., : len(angles)] + 1j * both[..., len(angles) :]
        left = whole[:, :, 0] + turn * whole[:, :, 1]
        done = lanes.lengths == border
        total[done] = np.einsum("ljm,j->lm", left[done], last)
        entering = np.einsum("ljm,jk->lkm", left, move)
        size = np.maximum(entering[..., 0].real.max(1), 1e-300)
        entering /= size[:, None, None]
        enter[:, :, border, : len(angles)], enter[:, :, border, len(angles) :] = entering.real, entering.imag
        scale[:, border] = peak + np.log(size)
    return total


def _logsum(values: Floats) -> Floats:
    """Log of the sum of exponentials over the last axis."""
    peak = values.max(-1)
    return np.asarray(peak + np.log(np.exp(values - peak[..., None]).sum(-1)))
