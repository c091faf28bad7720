"""Exact inference in an explicit-duration hidden semi-Markov model, many sequences at once.

A sequence of columns is cut into segments. Each segment has a state and a duration; its weight is the probability of
entering the state from the one before, times that of its duration, times the likelihood of the columns it covers, times
that of its two ends. A state with a memoryless duration is written as segments of one column with a transition to
itself. The first and last segment may be cut by the ends of the sequence and have duration tables of their own.

Sums are kept as plain numbers, scaled as they go: what is smaller than the likeliest by a factor of 10²⁵⁰ counts as
nought.

Method: Yu, S.-Z. (2010), Hidden semi-Markov models, Artificial Intelligence 174, doi:10.1016/j.artint.2009.11.011;
the count distribution by evaluating its generating function on the unit circle and transforming back.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats
from yardwatch.railcars._generating import generating
from yardwatch.railcars._heaviest import Heaviest
from yardwatch.railcars._lanes import Lanes, batches
from yardwatch.railcars._sweep import Sweep
from yardwatch.railcars._tables import Tables, tables_for

__all__ = ["Evidence", "Passes", "Segment", "SemiMarkov", "best_path", "count_distribution", "run_passes"]

_NEVER = -1e30
_MANY = 64
_STAGES = ((4, 0.02), (8, 0.5), (_MANY, np.inf))
_SLIGHT = 1 / _MANY
_MOST_TURNED = 512
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
    log_first: Floats | None = None
    """Of beginning in each state, where it differs from the model's, shape (J,)."""
    log_last: Floats | None = None
    """Of ending in each state, where it differs from the model's, shape (J,)."""

    def reversed(self) -> "Evidence":
        """The same sequence read from the end to the beginning."""
        return Evidence(
            self.log_likelihood[:, ::-1],
            self.log_end[:, ::-1],
            self.log_begin[:, ::-1],
            self.log_last,
            self.log_first,
        )


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
class Sums:
    """Sums of one direction, in numbers that are to be multiplied by the exponential of `log_scale`."""

    enter: Floats
    """Of all that comes before entering each state at each border, shape (T + 1, J)."""
    left: Floats
    """Of all up to a segment of each state that ends at each border, shape (T + 1, J)."""
    log_scale: Floats
    """Of each border, shape (T + 1,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Passes:
    """Forward and backward sums of one sequence, from which any posterior follows."""

    model: SemiMarkov
    """The model."""
    evidence: Evidence
    """The evidence."""
    forward: Sums
    """Read from the beginning."""
    backward: Sums
    """Read from the end: its borders count from there."""
    log_total: float
    """Log-likelihood of the whole sequence."""

    def begins(self) -> Floats:
        """Probability that a segment of each state begins at each border, shape (J, T + 1)."""
        return self._joint(self.forward.enter, self.backward.left)

    def ends(self) -> Floats:
        """Probability that a segment of each state ends at each border, shape (J, T + 1)."""
        return self._joint(self.forward.left, self.backward.enter)

    def occupancy(self) -> Floats:
        """Probability of each state in each column, shape (J, T)."""
        change = self.begins()[:, :-1]
        change[:, 1:] -= self.ends()[:, 1:-1]
        occupancy: Floats = np.clip(np.cumsum(change, axis=1), 0.0, 1.0)
        return occupancy

    def covered(self, states: slice) -> Floats:
        """Probability that one of some states covers each column, shape (T,): the sum of their occupancy."""
        scale = self._scale()
        begins = np.einsum("tj,tj->t", self.forward.enter[:, states], self.backward.left[::-1, states]) * scale
        ends = np.einsum("tj,tj->t", self.forward.left[:, states], self.backward.enter[::-1, states]) * scale
        covered: Floats = np.clip(np.cumsum(begins[:-1] - np.concatenate([[0.0], ends[1:-1]])), 0.0, 1.0)
        return covered

    def around(self, states: slice, starts: Integers, ends: Integers, *, reach: int) -> Floats:
        """Probability that a segment of each state stands here, both ends within `reach` borders of those given.

        Parameters
        ----------
        states : slice
            The states, k of them.
        starts, ends : ndarray of int
            Borders of n segments, shape (n,).
        reach : int
            How far the true borders may lie from them.

        Returns
        -------
        ndarray
            Shape (n, k).
        """
        columns, near = self.evidence.log_likelihood.shape[1], np.arange(-reach, reach + 1)
        found = np.zeros((len(starts), states.stop - states.start))
        inside = (starts > reach) & (ends < columns - reach)
        for index in np.flatnonzero(~inside):
            found[index] = [
                self.segments(state, starts[index] + near, ends[index] + near).sum()
                for state in range(states.start, states.stop)
            ]
        if inside.any():
            found[inside] = self._around(states, starts[inside], ends[inside], near)
        return found

    def _around(self, states: slice, starts: Integers, ends: Integers, near: Integers) -> Floats:
        """The same, of segments that are cut nowhere near."""
        likelihood = self.evidence.log_likelihood[states]
        through = np.concatenate([np.zeros((len(likelihood), 1)), np.cumsum(likelihood, axis=1)], axis=1)
        last, begin, end = likelihood.shape[1], starts[:, None] + near, ends[:, None] + near
        before = _log(self.forward.enter[begin, states]) + self.forward.log_scale[begin, None]
        before += (self.evidence.log_begin[states] - through)[:, begin].transpose(1, 2, 0)
        after = _log(self.backward.enter[last - end, states]) + self.backward.log_scale[last - end, None]
        after += (self.evidence.log_end[states] + through)[:, end].transpose(1, 2, 0)
        most = before.max(1), after.max(1)
        lasting = np.pad(np.exp(self.model.log_duration[states]), ((0, 0), (1, 2 * len(near))))
        length = (ends - starts)[:, None, None] + near - near[:, None]
        weights = lasting[:, np.clip(length, 0, lasting.shape[1] - 1)]
        before, after = np.exp(before - most[0][:, None]), np.exp(after - most[1][:, None])
        ended = (weights @ after.transpose(2, 0, 1)[..., None])[..., 0]
        sums = (ended * before.transpose(2, 0, 1)).sum(2).T
        return np.asarray(sums * np.exp(np.minimum(most[0] + most[1] - self.log_total, 700.0)))

    def segments(self, state: int, starts: Integers, ends: Integers) -> Floats:
        """Probability that exactly the segment from each start to each end is part of the truth, shape (starts, ends).

        Zero where the start is not before the end, or the model knows no segment that long.
        """
        columns, longest = self.evidence.log_likelihood.shape[1], self.model.log_duration.shape[1]
        length = ends[None, :] - starts[:, None]
        possible = (starts >= 0)[:, None] & (ends <= columns) & (length > 0) & (length <= longest)
        begin, end = np.clip(starts, 0, columns), np.clip(ends, 0, columns)
        length = np.clip(length, 1, longest) - 1
        cut = (begin == 0)[:, None] | (end == columns)
        weight = np.where(cut, self.model.log_cut[state, length], self.model.log_duration[state, length])
        first = int(begin.min(initial=columns))
        cumulated = np.concatenate([[0.0], np.cumsum(self.evidence.log_likelihood[state, first : end.max(initial=0)])])
        reached = cumulated[np.clip(end - first, 0, len(cumulated) - 1)]
        weight = (
            weight + (self._log_enter(state, begin) - cumulated[np.minimum(begin - first, len(cumulated) - 1)])[:, None]
        )
        weight += self._log_after(state, end) + reached - self.log_total
        return np.where(possible, np.exp(np.minimum(weight, 0.0)), 0.0)

    def _joint(self, before: Floats, behind: Floats) -> Floats:
        joint: Floats = (before * behind[::-1] * self._scale()[:, None]).T
        return joint

    def _scale(self) -> Floats:
        scale = self.forward.log_scale + self.backward.log_scale[::-1] - self.log_total
        return np.asarray(np.exp(np.minimum(scale, 700.0)))

    def _log_enter(self, state: int, border: Integers) -> Floats:
        """Of all that comes before a segment begins at some borders, the evidence for that beginning included."""
        begins = np.where(border > 0, self.evidence.log_begin[state, border], 0.0)
        return np.asarray(_log(self.forward.enter[border, state]) + self.forward.log_scale[border] + begins)

    def _log_after(self, state: int, border: Integers) -> Floats:
        """Of all that follows when a segment ends at some borders, the evidence for that end included."""
        last = self.evidence.log_likelihood.shape[1]
        ends = np.where(border < last, self.evidence.log_end[state, border], 0.0)
        return np.asarray(
            _log(self.backward.enter[last - border, state]) + self.backward.log_scale[last - border] + ends
        )


def run_passes(model: SemiMarkov, sequences: list[Evidence]) -> list[Passes]:
    """Forward and backward sums of each sequence; time and memory grow linearly with their length.

    Raises
    ------
    MisuseError
        If a sequence has no column or cannot be explained by the model at all.
    """
    sums: dict[int, tuple[Sums, Sums]] = {}
    for chosen in batches([s.log_likelihood.shape[1] for s in sequences]):
        some = [sequences[index] for index in chosen]
        sums |= zip(chosen, _both_ways(model, some, _tables(model, some)), strict=True)
    passes = []
    for index, evidence in enumerate(sequences):
        ahead, back = sums[index]
        last = model.log_last if evidence.log_last is None else evidence.log_last
        with np.errstate(divide="ignore"):
            total = float(np.logaddexp.reduce(np.log(ahead.left[-1]) + last) + ahead.log_scale[-1])
        if not np.isfinite(total) or total <= _NEVER / 2:
            raise MisuseError(f"a sequence of {evidence.log_likelihood.shape[1]} columns fits no path of the model")
        passes.append(Passes(model, evidence, ahead, back, total))
    return passes


def best_path(model: SemiMarkov, sequences: list[Evidence]) -> list[list[Segment]]:
    """The most probable segments of each sequence (Viterbi); those of a state that follows itself are made one."""
    again = np.diag(model.log_next) > _NEVER / 2
    paths: list[list[Segment]] = [[] for _ in sequences]
    for chosen in batches([s.log_likelihood.shape[1] for s in sequences]):
        some = [sequences[index] for index in chosen]
        tables = _tables(model, some)
        heaviest = Heaviest(
            Lanes([_packed(some)], tables),
            tables,
            log_next=model.log_next,
            log_first=np.stack([model.log_first if one.log_first is None else one.log_first for one in some]),
            log_last=np.stack([model.log_last if one.log_last is None else one.log_last for one in some]),
        )
        for lane, index in enumerate(chosen):
            paths[index] = _joined(heaviest.path(lane), again)
    return paths


def count_distribution(
    model: SemiMarkov, sequences: list[Evidence], counted: list[NDArray[np.bool_]], *, points: int | None = None
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
    points : int, optional
        Number of points on the unit circle; even. Time grows with it. Counts that differ by a multiple of it fall
        together, so it must exceed the spread of the count, not the count. Unless given, 4 where the variance of the
        count, known from the generating function beside 1, is below a fiftieth, 8 where it is below a half, and 64
        elsewhere.

    Returns
    -------
    list of ndarray
        Probabilities of 0 … points − 1 (modulo points) for each sequence.
    """
    if points is not None:
        turns = np.arange(points // 2 + 1) / points
        return _transformed(_generating(model, sequences, counted, turns), points)
    known = np.ones((len(sequences), _MANY // 2 + 1), complex)
    found: list[Floats] = [np.ones(1)] * len(sequences)
    waiting, done, variances = list(range(len(sequences))), {0}, np.zeros(len(sequences))
    for stage, widest in _STAGES:
        if not waiting:
            break
        grid = range(0, _MANY // 2 + 1, _MANY // stage)
        new = [place for place in grid if place not in done]
        turns = np.array(new) / _MANY if len(done) > 1 else np.append(np.array(new) / _MANY, _SLIGHT)
        values = _generating(model, [sequences[i] for i in waiting], [counted[i] for i in waiting], turns)
        known[np.ix_(waiting, new)] = values[:, : len(new)]
        if len(done) == 1:
            variances = (1 - np.abs(values[:, -1]) ** 2) / (2 * np.pi * _SLIGHT) ** 2
        done.update(new)
        for index, distribution in zip(waiting, _transformed(known[np.ix_(waiting, list(grid))], stage), strict=True):
            found[index] = distribution
        waiting = [index for index in waiting if variances[index] > widest]
    return found


def _packed(sequences: list[Evidence]) -> list[tuple[Floats, Floats, Floats]]:
    return [(one.log_likelihood, one.log_begin, one.log_end) for one in sequences]


def _first(model: SemiMarkov, sequences: list[Evidence]) -> Floats:
    """Probability of beginning in each state, shape (1, lanes, J)."""
    logs = [model.log_first if one.log_first is None else one.log_first for one in sequences]
    return np.asarray(np.exp(np.stack(logs))[None])


def _tables(model: SemiMarkov, sequences: list[Evidence], counted: NDArray[np.bool_] | None = None) -> Tables:
    depth = max(float(np.ptp(one.log_likelihood, axis=0).max()) for one in sequences)
    return tables_for(model.log_duration, model.log_cut, model.log_next, depth=depth, counted=counted)


def _both_ways(model: SemiMarkov, sequences: list[Evidence], tables: Tables) -> list[tuple[Sums, Sums]]:
    """Sums from the beginning and from the end, of sequences of falling length."""
    turned, back = [sequence.reversed() for sequence in sequences], model.reversed()
    lanes = Lanes([_packed(sequences), _packed(turned)], tables)
    first = np.concatenate([_first(model, sequences), _first(back, turned)])
    sweep = Sweep(lanes, tables, moves=np.exp(np.stack([model.log_next, back.log_next])), first=first)
    left, enter = np.empty((2, *lanes.column.shape))
    scale = np.empty(lanes.peak.shape)
    for number in range(int(lanes.windows[0])):
        rows = lanes.rows(number)
        scale[:, rows] = lanes.peak[:, rows] + sweep.log_scale[:, : lanes.active(number), None]
        left[:, rows], enter[:, rows] = sweep(number)
    states = np.argsort(tables.order)

    def own(side: int, lane: int) -> Sums:
        nought = np.zeros((1, len(states)))
        return Sums(
            np.concatenate([first[side, None, lane], lanes.along(enter[side], lane)[:, states]]),
            np.concatenate([nought, lanes.along(left[side], lane)[:, states]]),
            np.concatenate([nought[0, :1], lanes.along(scale[side], lane)]),
        )

    return [(own(0, lane), own(1, lane)) for lane in range(len(sequences))]


def _joined(path: list[tuple[int, int, int]], again: NDArray[np.bool_]) -> list[Segment]:
    """Segments of a path, runs of a state that may follow itself as one."""
    joined: list[Segment] = []
    for state, start, end in path:
        if joined and joined[-1].state == state and again[state]:
            joined[-1] = Segment(state, joined[-1].start, end)
        else:
            joined.append(Segment(state, start, end))
    return joined


def _transformed(known: Complexes, points: int) -> list[Floats]:
    """Distributions modulo `points` from their generating functions on the upper half of the unit circle."""
    distributions = np.clip(np.fft.irfft(np.conj(known), points, axis=1), 0.0, None)
    return list(distributions / distributions.sum(1, keepdims=True))


def _generating(
    model: SemiMarkov, sequences: list[Evidence], counted: list[NDArray[np.bool_]], turns: Floats
) -> Complexes:
    """Generating function of the count at each turn, for each sequence: shape (sequences, M)."""
    found = np.empty((len(sequences), len(turns)), complex)
    for chosen in batches([s.log_likelihood.shape[1] for s in sequences], most=_MOST_TURNED // len(turns)):
        some, marks = [sequences[index] for index in chosen], [counted[index] for index in chosen]
        tables = _tables(model, some, np.any([mark.any(1) for mark in marks], axis=0))
        lanes = Lanes([_packed(some)], tables)
        last = np.exp(np.stack([model.log_last if one.log_last is None else one.log_last for one in some]))
        ends = _first(model, some)[0], last
        found[chosen] = generating(lanes, tables, turns, moves=np.exp(model.log_next), ends=ends, counted=marks)
    return found


def _log(values: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.maximum(np.log(values), _NEVER))
