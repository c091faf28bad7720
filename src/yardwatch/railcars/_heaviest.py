"""The heaviest path through sequences side by side, a window of columns at a time."""

import numpy as np

from yardwatch.model.frame import Floats
from yardwatch.railcars._lanes import Lanes
from yardwatch.railcars._tables import Tables

__all__ = ["Heaviest"]

_NEVER = -1e30


class Heaviest:
    """Weights of the heaviest beginnings of sequences; then their paths, from the end.

    Parameters
    ----------
    lanes : Lanes
        The sequences, of one side.
    tables : Tables
        The model's durations.
    log_next : ndarray
        Logarithm of the probability of each state after each other, shape (J, J).
    log_first, log_last : ndarray
        Of beginning and ending in each state, by sequence, shape (lanes, J).
    """

    def __init__(self, lanes: Lanes, tables: Tables, *, log_next: Floats, log_first: Floats, log_last: Floats) -> None:
        order, count = tables.order, len(log_first)
        self._lanes, self._tables = lanes, tables
        self._next = log_next[np.ix_(order, order)]
        self._first, self._last = np.maximum(log_first[:, order], _NEVER), log_last[:, order]
        self._duration, self._cut = _log(tables.duration), _log(tables.cut)
        long, brief = (turn.shape for turn in (tables.long_turn, tables.brief_turn))
        self._long = np.full((count, *long[:2]), _NEVER)
        self._brief = np.full((count, brief[0], brief[1] - tables.window + 1), _NEVER)
        self._single = np.full((count, tables.single.stop), _NEVER)
        self._begun = self._first.copy()
        self._lasting = _padded(self._duration[:, tables.long].T, long[1])[:, tables.window - 1 :][:, ::-1].copy()
        self._left, self._enter = np.empty((2, *lanes.column.shape[1:]))
        for number in range(int(lanes.windows[0])):
            self._window(number)

    def path(self, lane: int) -> list[tuple[int, int, int]]:
        """State, first column and the column after the last of each segment of one sequence."""
        left, enter, column, begin = (
            self._lanes.along(values, lane)
            for values in (self._left, self._enter, self._lanes.column[0], self._lanes.log_begin[0])
        )
        singles = [(left + self._next[:, state]).argmax(1).tolist() for state in range(self._tables.single.stop)]
        through = np.concatenate([np.zeros((1, column.shape[1])), np.cumsum(column, axis=0)])
        ready = enter + begin - through[1:]
        end, state = len(left), int((self._at_end(lane, ready, through) + self._last[lane]).argmax())
        path = []
        while end > 0:
            single = state < self._tables.single.stop
            start = end - 1 if single else self._start(lane, state, end, ready)
            path.append((int(self._tables.order[state]), start, end))
            if start:
                before = singles[state][start - 1] if single else int((left[start - 1] + self._next[:, state]).argmax())
            end, state = start, before if start else 0
        return path[::-1]

    def _ages(self, lane: int, end: int, ready: Floats, states: slice | int) -> Floats:
        """Weight of a segment that ends at a border by the column where it begins, less that of its own columns."""
        reach = min(self._tables.reach, end)
        durations = self._cut if end == self._lanes.lengths[lane] else self._duration
        weights = np.empty((reach, *durations[:1, states].shape[1:]))
        inner = min(reach, end - 1)
        weights[reach - inner :] = durations[:inner, states][::-1] + ready[end - 1 - inner : end - 1, states]
        if inner < reach:
            weights[0] = self._first[lane, states] + self._cut[end - 1, states]
        return weights

    def _start(self, lane: int, state: int, end: int, ready: Floats) -> int:
        weights = self._ages(lane, end, ready, state)
        return end - len(weights) + int(weights.argmax())

    def _at_end(self, lane: int, ready: Floats, through: Floats) -> Floats:
        every = slice(0, len(self._tables.order))
        best: Floats = self._ages(lane, len(through) - 1, ready, every).max(0) + through[-1]
        return best

    def _window(self, number: int) -> None:
        lanes, rows, tables = self._lanes.active(number), self._lanes.rows(number), self._tables
        start, width = number * tables.window, tables.window
        column, begin, end = (
            values[0, rows] for values in (self._lanes.column, self._lanes.log_begin, self._lanes.log_end)
        )
        through = np.cumsum(column, axis=1)
        left = self._left[rows]
        left[:] = _NEVER
        cut = self._cut[start : start + width]
        left[:, : len(cut)] = self._begun[:lanes, None] + cut + through[:, : len(cut)]
        self._long_leaving(left, through)
        left[..., tables.long] += end[..., tables.long]
        if self._brief.size:
            self._brief_leaving(left, through, begin)
            left[..., tables.brief] += end[..., tables.brief]
        if self._single.size:
            self._single_leaving(left, column, begin, end)
        enter = self._enter[rows]
        enter[:] = _followed(left, self._next)
        following = self._lanes.active(number + 1)
        if following:
            self._advance((enter + begin - through)[:following], through[:following, -1])

    def _long_leaving(self, left: Floats, through: Floats) -> None:
        tables, lanes = self._tables, len(left)
        held = self._long[:lanes]
        lasting = self._lasting
        weights = np.empty((lanes, *lasting.shape))
        for border in range(tables.window):
            np.add(held[:, :, border : border + lasting.shape[1]], lasting, out=weights)
            now = left[:, border, tables.long]
            np.maximum(now, weights.max(2) + through[:, border, tables.long], out=now)

    def _brief_leaving(self, left: Floats, through: Floats, begin: Floats) -> None:
        tables, lanes = self._tables, len(left)
        brief, held = tables.brief, self._brief[:lanes]
        reach, width = held.shape[2], tables.window
        entering = _followed(left[..., tables.long], self._next[tables.long, brief]) + (begin - through)[..., brief]
        entered = np.concatenate([held.transpose(0, 2, 1), entering[:, :-1]], axis=1)
        best = np.full(entering.shape, _NEVER)
        for age in range(1, reach + 1):
            np.maximum(best, entered[:, reach - age : reach - age + width] + self._duration[age - 1, brief], out=best)
        now = left[..., brief]
        np.maximum(now, best + through[..., brief], out=now)

    def _single_leaving(self, left: Floats, column: Floats, begin: Floats, end: Floats) -> None:
        single, rest = self._tables.single, slice(self._tables.single.stop, None)
        others = _followed(left[..., rest], self._next[rest, single])
        again, once = self._next[single, single], column[..., single] + self._duration[0, single]
        entering = self._single[: len(left)]
        for border in range(left.shape[1]):
            now = np.maximum(entering + once[:, border], left[:, border, single]) + end[:, border, single]
            left[:, border, single] = now
            entering = np.maximum(_followed(now, again), others[:, border]) + begin[:, border, single]
        self._single[: len(left)] = entering

    def _advance(self, ready: Floats, through: Floats) -> None:
        lanes, width = len(ready), self._tables.window
        self._begun[:lanes] += through
        new = (ready + through[:, None]).transpose(0, 2, 1)
        for kind, held in ((self._tables.brief, self._brief), (self._tables.long, self._long)):
            kept, reach = held[:lanes], held.shape[2]
            older = max(reach - width, 0)
            kept[..., :older] = kept[..., width : width + older] + through[:, kind, None]
            kept[..., older:] = new[:, kind, max(width - reach, 0) :]


def _followed(left: Floats, log_next: Floats) -> Floats:
    """Weight of entering each state behind the best of those before it, along the last axis."""
    best: Floats = (left[..., None, :] + log_next.T).max(-1)
    return best


def _padded(values: Floats, length: int) -> Floats:
    return np.pad(values[:, :length], ((0, 0), (0, max(0, length - values.shape[1]))), constant_values=_NEVER)


def _log(values: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.maximum(np.log(values), _NEVER))
