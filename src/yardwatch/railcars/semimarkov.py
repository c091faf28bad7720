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
from yardwatch.railcars._lanes import Lanes, Ring, batches

__all__ = ["Evidence", "Passes", "Segment", "SemiMarkov", "best_path", "count_distribution", "run_passes"]

_NEVER = -1e30
_FEW, _MANY, _SLIGHT = 8, 64, 2 * np.pi / 64
_NARROW = 0.5
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
        scale = self.forward.log_scale + self.backward.log_scale[::-1] - self.log_total
        joint: Floats = (before * behind[::-1] * np.exp(np.minimum(scale, 700.0))[:, None]).T
        return joint

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
    forward = _sums(model, sequences)
    backward = _sums(model.reversed(), [sequence.reversed() for sequence in sequences])
    passes = []
    for evidence, ahead, back in zip(sequences, forward, backward, strict=True):
        last = model.log_last if evidence.log_last is None else evidence.log_last
        with np.errstate(divide="ignore"):
            total = float(np.logaddexp.reduce(np.log(ahead.left[-1]) + last) + ahead.log_scale[-1])
        if not np.isfinite(total) or total <= _NEVER / 2:
            raise MisuseError(f"a sequence of {evidence.log_likelihood.shape[1]} columns fits no path of the model")
        passes.append(Passes(model, evidence, ahead, back, total))
    return passes


def best_path(model: SemiMarkov, sequences: list[Evidence]) -> list[list[Segment]]:
    """The most probable segments of each sequence (Viterbi)."""
    paths: list[list[Segment]] = [[] for _ in sequences]
    for chosen in batches([s.log_likelihood.shape[1] for s in sequences]):
        for index, path in zip(chosen, _paths(model, [sequences[i] for i in chosen]), strict=True):
            paths[index] = path
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
        together, so it must exceed the spread of the count, not the count. Unless given, 8 where the variance of the
        count, known from the generating function beside 1, is below a half, and 64 elsewhere.

    Returns
    -------
    list of ndarray
        Probabilities of 0 … points − 1 (modulo points) for each sequence.
    """
    if points is not None:
        return _distributions(model, sequences, counted, points)[0]
    found, variances = _distributions(model, sequences, counted, _FEW)
    wide = [index for index, variance in enumerate(variances) if variance > _NARROW]
    again = _distributions(model, [sequences[i] for i in wide], [counted[i] for i in wide], _MANY)[0] if wide else []
    for index, distribution in zip(wide, again, strict=True):
        found[index] = distribution
    return found


def _sums(model: SemiMarkov, sequences: list[Evidence]) -> list[Sums]:
    found: list[Sums | None] = [None] * len(sequences)
    for chosen in batches([s.log_likelihood.shape[1] for s in sequences]):
        for index, sums in zip(chosen, _batch_sums(model, [sequences[i] for i in chosen]), strict=True):
            found[index] = sums
    return [sums for sums in found if sums is not None]


def _lanes(model: SemiMarkov, sequences: list[Evidence]) -> Lanes:
    return Lanes(
        log_likelihood=[s.log_likelihood for s in sequences],
        log_begin=[s.log_begin for s in sequences],
        log_end=[s.log_end for s in sequences],
        log_first=[model.log_first if s.log_first is None else s.log_first for s in sequences],
    )


def _batch_sums(model: SemiMarkov, sequences: list[Evidence]) -> list[Sums]:
    """Sums at each border of sequences of falling length."""
    lanes = _lanes(model, sequences)
    ring = Ring(len(sequences), model.log_duration, model.log_cut)
    move = np.exp(model.log_next)
    enter, left = np.zeros((2, lanes.columns + 1, len(sequences), len(model.states)))
    scale = np.zeros((lanes.columns + 1, len(sequences)))
    enter[0] = lanes.first
    for border in range(1, lanes.columns + 1):
        active = lanes.active(border)
        start, now = enter[border - 1, :active], left[border, :active]
        ring.advance(border, start * lanes.begin[border - 1, :active], lanes.factor[border - 1, :active])
        now[:] = ring.leaving(border, active) * lanes.end[border, :active]
        ending = lanes.ending(border)
        if ending.stop > ending.start:
            now[ending] = ring.leaving_cut(border, ending)
        size = ring.rescaled(border, now)
        now /= size[:, None]
        np.matmul(now, move, out=enter[border, :active])
        scale[border, :active] = scale[border - 1, :active] + lanes.peak[border - 1, :active] + np.log(size)
    return [
        Sums(enter[: n + 1, lane], left[: n + 1, lane], scale[: n + 1, lane]) for lane, n in enumerate(lanes.lengths)
    ]


def _paths(model: SemiMarkov, sequences: list[Evidence]) -> list[list[Segment]]:
    """Best segments of sequences of falling length."""
    lanes = _lanes(model, sequences)
    longest = model.log_duration.shape[1]
    count, states = len(sequences), len(model.states)
    slots = np.full((count, states, longest), _NEVER)
    duration = np.zeros((lanes.columns + 1, count, states), np.int32)
    before = np.full((lanes.columns + 1, count, states), -1, np.int32)
    final = np.zeros(count, np.int64)
    with np.errstate(divide="ignore"):
        enter = np.maximum(np.log(lanes.first), _NEVER)
    doubled, doubled_cut = (np.tile(table[:, ::-1], 2) for table in (model.log_duration, model.log_cut))
    first = enter.copy()
    last = np.stack([model.log_last if s.log_last is None else s.log_last for s in sequences])
    for border in range(1, lanes.columns + 1):
        active, turn = lanes.active(border), (border - 1) % longest
        slots[:active, :, turn] = enter[:active] + lanes.log_begin[border - 1, :active] if border > 1 else _NEVER
        slots[:active] += lanes.log_likelihood[border - 1, :active, :, None]
        first[:active] += lanes.log_likelihood[border - 1, :active]
        weights = slice(longest - 1 - turn, 2 * longest - 1 - turn)
        score, best = _best(slots[:active] + doubled[:, weights], turn, longest)
        score += lanes.log_end[border, :active]
        _from_first(score, best, first[:active], model, lanes.log_end[border, :active], border)
        ending = lanes.ending(border)
        if ending.stop > ending.start:
            score[ending], best[ending] = _best(slots[ending] + doubled_cut[:, weights], turn, longest)
            _from_first(score[ending], best[ending], first[ending], model, np.zeros(1), border)
            final[ending] = (score[ending] + last[ending]).argmax(1)
        duration[border, :active] = best
        step = score[:, :, None] + model.log_next
        before[border, :active] = step.argmax(1)
        enter = np.maximum(step.max(1), _NEVER)
    return [
        _trace(model, int(n), duration[: n + 1, lane].T, before[: n + 1, lane].T, int(final[lane]))
        for lane, n in enumerate(lanes.lengths)
    ]


def _best(scores: Floats, turn: int, longest: int) -> tuple[Floats, NDArray[np.int32]]:
    """Highest score of each lane and state over the slots, and the duration it stands for."""
    slot = scores.argmax(2)
    value = np.take_along_axis(scores, slot[..., None], 2)[..., 0]
    return value, ((turn - slot) % longest + 1).astype(np.int32)


def _from_first(
    score: Floats, best: NDArray[np.int32], first: Floats, model: SemiMarkov, log_end: Floats, border: int
) -> None:
    """Let the segment that began with the sequence compete; changes `score` and `best`."""
    if border > model.log_cut.shape[1]:
        return
    cut = first + model.log_cut[:, border - 1] + log_end
    better = cut > score
    score[better], best[better] = cut[better], border


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


def _distributions(
    model: SemiMarkov, sequences: list[Evidence], counted: list[NDArray[np.bool_]], points: int
) -> tuple[list[Floats], list[float]]:
    """Distribution of the count modulo `points` and its variance, for each sequence."""
    angles = np.exp(1j * np.append(2 * np.pi * np.arange(points // 2 + 1) / points, _SLIGHT))
    total = np.zeros((len(sequences), len(angles)), complex)
    for chosen in batches([s.log_likelihood.shape[1] for s in sequences], most=16 if points > _FEW else 64):
        total[chosen] = _generating(model, [sequences[i] for i in chosen], [counted[i] for i in chosen], angles)
    total /= total[:, :1].real
    distributions = np.clip(np.fft.irfft(np.conj(total[:, :-1]), points, axis=1), 0.0, None)
    variances = (1 - np.abs(total[:, -1]) ** 2) / _SLIGHT**2
    return list(distributions / distributions.sum(1, keepdims=True)), variances.tolist()


def _generating(
    model: SemiMarkov, sequences: list[Evidence], counted: list[NDArray[np.bool_]], angles: Complexes
) -> Complexes:
    """Generating function of the count at each angle, up to a factor for each sequence: shape (L, M)."""
    lanes = _lanes(model, sequences)
    number = len(angles)
    marks = np.zeros((len(sequences), len(model.states), 2 * lanes.columns + 1), bool)
    for lane, mark in enumerate(counted):
        marks[lane, :, : mark.shape[1]] = mark
    ring = Ring(len(sequences), model.log_duration, model.log_cut, wide=2 * number)
    enter = np.zeros((len(sequences), len(model.states), 2 * number))
    enter[..., :number] = lanes.first[..., None]
    total = np.zeros((len(sequences), number), complex)
    move = np.exp(model.log_next).T
    last = np.exp(np.stack([model.log_last if s.log_last is None else s.log_last for s in sequences]))
    for border in range(1, lanes.columns + 1):
        active = lanes.active(border)
        ring.advance(
            border, enter[:active] * lanes.begin[border - 1, :active, :, None], lanes.factor[border - 1, :active]
        )
        left = ring.leaving_turned(border, slice(0, active), marks, angles - 1) * lanes.end[border, :active, :, None]
        ending = lanes.ending(border)
        if ending.stop > ending.start:
            done = ring.leaving_turned(border, ending, marks, angles - 1, cut=True)
            total[ending] = np.einsum("ljm,lj->lm", done[..., :number] + 1j * done[..., number:], last[ending])
        left /= ring.rescaled(border, left[..., 0])[:, None, None]
        enter = np.matmul(move, left)
    return total


def _log(values: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.maximum(np.log(values), _NEVER))
