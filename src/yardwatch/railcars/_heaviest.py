"""The heaviest path through sequences side by side, a window of columns at a time."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from yardwatch.model.frame import Floats
from yardwatch.railcars._lanes import Lanes
from yardwatch.railcars._tables import Tables

__all__ = ["Heaviest"]

_NEVER = -1e30
_NEVER_AGAIN = -1e3
_AT_ONCE = 2**18
Weights = NDArray[np.float32]


class Heaviest:
    """Weights of the heaviest beginnings of sequences; then their paths, from the end.

    Weights of a window are kept in single precision, less the best one of the window before it, so that they are
    rounded by less than 10⁻⁴. States come first in every array, in the order of the tables.

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
        every, beyond = slice(0, len(order)), slice(tables.single.stop, len(order))
        self._links = {
            "brief": _Links(self._next, every, tables.brief),
            "long": _Links(self._next, every, tables.long),
            "single": _Links(self._next, beyond, tables.single),
            "switch": _Links(self._next, tables.single, tables.single, others=True),
        }
        long, brief = (turn.shape for turn in (tables.long_turn, tables.brief_turn))
        self._long = np.full((long[0], count, long[1]), _NEVER, np.float32)
        self._brief = np.full((brief[0], count, brief[1] - tables.window + 1), _NEVER, np.float32)
        self._single = np.full((tables.single.stop, count), _NEVER, np.float32)
        self._begun = self._first.T.astype(np.float32)
        lasting = _padded(self._duration[:, tables.long].T, long[1])[:, tables.window - 1 :][:, ::-1]
        self._lasting = lasting[:, None, None].astype(np.float32)
        self._column, self._begin, self._end = (
            np.ascontiguousarray(np.moveaxis(values[0], 2, 0), np.float32)
            for values in (lanes.column, lanes.log_begin, lanes.log_end)
        )
        self._through = np.cumsum(self._column, axis=2)
        self._left, self._enter = np.empty((2, *self._column.shape), np.float32)
        self._offset = np.zeros(self._column.shape[1])
        for number in range(int(lanes.windows[0])):
            self._window(number)

    def path(self, lane: int) -> list[tuple[int, int, int]]:
        """State, first column and the column after the last of each segment of one sequence."""
        left, enter = self._along(self._left, lane), self._along(self._enter, lane)
        column, begin = (self._lanes.along(one[0], lane) for one in (self._lanes.column, self._lanes.log_begin))
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

    def _along(self, values: Weights, lane: int) -> Floats:
        """Weights of one sequence, shape (T, J)."""
        rows = self._lanes.rows_of(lane)
        whole = values[:, rows] + self._offset[rows, None]
        return np.ascontiguousarray(whole.reshape(len(values), -1).T[: self._lanes.lengths[lane]])

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
        rows, tables, lanes = self._lanes.rows(number), self._tables, self._lanes.active(number)
        start, brief, long = number * tables.window, tables.brief, tables.long
        through, begin, end = (values[:, rows] for values in (self._through, self._begin, self._end))
        left, enter = self._left[:, rows], self._enter[:, rows]
        left[:] = _NEVER
        cut = self._cut[start : start + tables.window].T
        left[..., : cut.shape[1]] = self._begun[:, :lanes, None] + cut[:, None] + through[..., : cut.shape[1]]
        np.maximum(left[long], self._long_leaving(lanes) + through[long], out=left[long])
        left[long] += end[long]
        if self._brief.size:
            enter[brief] = self._links["brief"](left)
            ready = enter[brief] + begin[brief] - through[brief]
            np.maximum(left[brief], self._brief_leaving(ready) + through[brief], out=left[brief])
            left[brief] += end[brief]
        if self._single.size:
            self._single_leaving(left, enter, rows)
        enter[long] = self._links["long"](left)
        following = self._lanes.active(number + 1)
        if following:
            shift = _best(left[:, :following, -1])
            after = self._lanes.rows(number + 1)
            self._offset[after] = self._offset[rows][:following] + shift
            self._advance((enter + begin - through)[:, :following], through[:, :following, -1] - shift)
            self._single[:, :following] -= shift

    def _long_leaving(self, lanes: int) -> Weights:
        """Of long segments, each of which began before the window, less what its own columns add."""
        width, ages = self._tables.window, self._lasting.shape[3]
        entered = sliding_window_view(self._long[:, :lanes], ages, axis=2)
        best = np.empty(entered.shape[:3], np.float32)
        step = max(1, _AT_ONCE // max(1, best.size // width * ages))
        for first in range(0, width, step):
            borders = slice(first, first + step)
            (entered[:, :, borders] + self._lasting).max(3, out=best[:, :, borders])
        return best

    def _brief_leaving(self, ready: Weights) -> Weights:
        lanes, width = ready.shape[1:]
        held, durations = self._brief[:, :lanes], self._duration[:, self._tables.brief].astype(np.float32)
        reach = held.shape[2]
        entered = np.concatenate([held, ready[..., :-1]], axis=2)
        best = np.full(ready.shape, _NEVER, np.float32)
        for age in range(1, reach + 1):
            came = entered[..., reach - age : reach - age + width] + durations[age - 1, :, None, None]
            np.maximum(best, came, out=best)
        return best

    def _single_leaving(self, left: Weights, enter: Weights, rows: slice) -> None:
        """Each single state goes on by itself; what they pass to one another is repeated until nothing changes."""
        single, lanes = self._tables.single, left.shape[1]
        once = self._column[single, rows] + self._duration[0, single, None, None].astype(np.float32)
        begin, end = self._begin[single, rows], self._end[single, rows]
        others = self._links["single"](left)
        again = np.diag(self._next)[single, None, None].astype(np.float32)
        going_on = np.zeros_like(once)
        going_on[..., 1:] = np.maximum(again, _NEVER_AGAIN) + begin[..., :-1] + once[..., 1:] + end[..., 1:]
        fixed = left[single] + end
        fixed[..., 0] = np.maximum(fixed[..., 0], self._single[:, :lanes] + once[..., 0] + end[..., 0])
        passed, now, settled = others, np.empty(0, np.float32), False
        while not settled:
            came = fixed.copy()
            came[..., 1:] = np.maximum(came[..., 1:], passed[..., :-1] + begin[..., :-1] + once[..., 1:] + end[..., 1:])
            before, now = now, np.where(again > _NEVER / 2, _kept_up(came, going_on), came)
            settled = np.array_equal(before, now)
            passed = np.maximum(others, self._links["switch"](now))
        left[single] = now
        enter[single] = np.maximum(passed, now + again)
        self._single[:, :lanes] = enter[single, :, -1] + begin[..., -1]

    def _advance(self, ready: Weights, through: Weights) -> None:
        lanes, width = ready.shape[1], self._tables.window
        self._begun[:, :lanes] += through
        new = ready + through[..., None]
        for kind, held in ((self._tables.brief, self._brief), (self._tables.long, self._long)):
            kept, reach = held[:, :lanes], held.shape[2]
            older = max(reach - width, 0)
            kept[..., :older] = kept[..., width : width + older] + through[kind, :, None]
            kept[..., older:] = new[kind, :, max(width - reach, 0) :]


class _Links:
    """Weight of entering some states behind the best of some others."""

    def __init__(self, log_next: Floats, sources: slice, targets: slice, *, others: bool = False) -> None:
        links = log_next[sources, targets].astype(np.float32)
        if others:
            np.fill_diagonal(links, _NEVER)
        used = np.flatnonzero((links > _NEVER / 2).any(1))
        self._sources, self._links = used + (sources.start or 0), links[used][..., None, None]

    def __call__(self, left: Weights) -> Weights:
        """Of states, shape (k, lanes, W), from the weights of all, shape (J, lanes, W)."""
        if not len(self._sources):
            return np.full((self._links.shape[1], *left.shape[1:]), _NEVER, np.float32)
        best: Weights = (left[self._sources][:, None] + self._links).max(0)
        return best


def _best(left: Weights) -> Weights:
    """The best weight of each sequence; nought where it cannot be."""
    best = left.max(0)
    return np.where(best > _NEVER / 2, best, np.float32(0))


def _kept_up(came: Weights, going_on: Weights) -> Weights:
    """The best of what came up to each column and went on from there."""
    gone = np.cumsum(going_on, axis=2)
    return np.asarray(np.maximum.accumulate(came - gone, axis=2) + gone)


def _padded(values: Floats, length: int) -> Floats:
    return np.pad(values[:, :length], ((0, 0), (0, max(0, length - values.shape[1]))), constant_values=_NEVER)


def _log(values: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.maximum(np.log(values), _NEVER))
