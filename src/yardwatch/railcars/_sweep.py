"""One pass over sequences side by side, a window of columns at a time: all that ends in a window is summed at once."""

from dataclasses import dataclass

import numpy as np

from yardwatch.model.frame import Floats
from yardwatch.railcars._lanes import Lanes
from yardwatch.railcars._tables import TINY, Tables
from yardwatch.railcars._turning import Turning

__all__ = ["Sweep"]

_EVERY = 8


@dataclass(frozen=True, slots=True, eq=False)
class _Window:
    """Evidence of one window of the sequences that reach it; shapes (sides, lanes, W, J)."""

    number: int
    start: int
    lanes: int
    through: Floats
    grown: Floats
    once: Floats
    begin: Floats
    end: Floats


class Sweep:
    """Sums over the segments of sequences, from their beginnings on.

    Parameters
    ----------
    lanes : Lanes
        The sequences; its sides are S, or one for all of S.
    tables : Tables
        The model.
    moves : ndarray
        Probability of each state after each other, by side, shape (S or 1, J, J).
    first : ndarray
        Of beginning in each state, by side and sequence, shape (S, lanes, J).
    turning : Turning, optional
        Counts segments.
    """

    def __init__(
        self, lanes: Lanes, tables: Tables, *, moves: Floats, first: Floats, turning: Turning | None = None
    ) -> None:
        order, (sides, count, _) = tables.order, first.shape
        self._lanes, self._tables, self._turning = lanes, tables, turning
        self._moves = np.ascontiguousarray(moves[:, order][:, :, order])
        self._first = first[..., order]
        long, brief = (turn.shape for turn in (tables.long_turn, tables.brief_turn))
        self._long = np.zeros((long[0], sides, count, long[1]))
        self._brief = np.zeros((brief[0], sides, count, brief[1] - tables.window + 1))
        self._single = np.zeros((sides, count, tables.single.stop))
        self.log_scale = np.zeros((lanes.column.shape[0], count))
        """Logarithm of what the numbers of the next window are to be multiplied by, beside its peaks."""

    def __call__(self, number: int) -> tuple[Floats, Floats]:
        """Sums at the borders of the next window: of segments that end there, and of what enters behind it.

        Returns
        -------
        left, enter : ndarray
            Shape (S, lanes that reach the window, W, J), states in the order of the tables; where a sequence ends in
            the window, `left` at its end is of segments cut there.
        """
        window = self._window(number)
        left = self._from_first(window)
        self._long_leaving(left, window)
        if self._brief.size:
            self._brief_leaving(left, window)
        left[..., self._tables.brief.start :] *= window.end[..., self._tables.brief.start :]
        if self._single.size:
            self._single_leaving(left, window)
        enter = self._moved(left, slice(None))
        for lane in self._lanes.ending(number):
            left[:, lane, self._lanes.lengths[lane] - 1 - window.start] = self._ended(lane, enter, window)
        self._advance(left, enter, window)
        return left, enter

    def _window(self, number: int) -> _Window:
        rows = self._lanes.rows(number)
        column = self._lanes.column[:, rows]
        through = np.cumsum(column, axis=2)
        return _Window(
            number,
            number * self._tables.window,
            self._lanes.active(number),
            through,
            np.exp(through),
            np.exp(column[..., self._tables.single]),
            np.exp(self._lanes.log_begin[:, rows]),
            np.exp(self._lanes.log_end[:, rows]),
        )

    def _moved(self, left: Floats, states: slice) -> Floats:
        sides, lanes, window, every = left.shape
        moved = left.reshape(sides, lanes * window, every) @ self._moves[..., states]
        return moved.reshape(sides, lanes, window, -1)

    def _from_first(self, window: _Window) -> Floats:
        """Of segments that began with the sequence."""
        cut = self._tables.cut[window.start : window.start + self._tables.window]
        first = self._first[:, : window.lanes]
        left = np.zeros((len(first), *window.grown.shape[1:]))
        if len(cut):
            part = first[:, :, None] * cut * window.grown[:, :, : len(cut)]
            left[:, :, : len(cut)] = self._turning.first(part, window.start) if self._turning else part
        return left

    def _long_leaving(self, left: Floats, window: _Window) -> None:
        entered = self._long[:, :, : window.lanes]
        whole = entered @ self._tables.long_turn[:, None]
        if self._turning:
            whole = self._turning.long(whole, entered, window.start)
        left[..., self._tables.long] += whole.transpose(1, 2, 3, 0) * window.grown[..., self._tables.long]

    def _brief_leaving(self, left: Floats, window: _Window) -> None:
        """Of brief segments: what enters them comes from long ones, and is known for the whole window."""
        brief, long = self._tables.brief, self._tables.long
        ended = np.zeros_like(left)
        ended[..., long] = left[..., long] * window.end[..., long]
        entering = self._moved(ended, brief) * (window.begin / window.grown)[..., brief]
        before = self._brief[:, :, : window.lanes]
        entered = np.concatenate([before, entering[:, :, :-1].transpose(3, 0, 1, 2)], axis=3)
        whole = entered @ self._tables.brief_turn[:, None]
        left[..., brief] += whole.transpose(1, 2, 3, 0) * window.grown[..., brief]

    def _single_leaving(self, left: Floats, window: _Window) -> None:
        """Of single segments, column by column, as they follow one another."""
        single = self._tables.single
        begin, end = window.begin[..., single], window.end[..., single]
        begun = left[..., single] * end
        left[..., single] = 0.0
        others, again = self._moved(left, single) * begin, self._moves[:, single, single]
        entering, once = self._single[:, : window.lanes], window.once * end * self._tables.duration[0, single]
        by_column = [values.transpose(2, 0, 1, 3) for values in (begun, once, others, begin)]
        for column, (cut, through, came, into) in enumerate(zip(*by_column, strict=True)):
            now = entering * through
            now += cut
            left[:, :, column, single] = now
            entering = now @ again
            entering *= into
            entering += came

    def _ended(self, lane: int, enter: Floats, window: _Window) -> Floats:
        """Of the segments that end with a sequence and are cut there, shape (S, J)."""
        tables, length = self._tables, int(self._lanes.lengths[lane])
        last = length - 1 - window.start
        total = np.zeros(self._first[:, lane].shape)
        if length <= tables.reach:
            part = (self._first[:, lane] * tables.cut[length - 1] * window.grown[:, lane, last])[:, None, None]
            total += (self._turning.first(part, length - 1, lane) if self._turning else part)[:, 0, 0]
        rest = np.exp(window.through[:, lane, last, None] - window.through[:, lane, :last])
        begun = enter[:, lane, :last] * window.begin[:, lane, :last]
        single = begun[:, -1, tables.single] if last else self._single[:, lane]
        total[:, tables.single] += single * window.once[:, lane, last] * tables.cut[0, tables.single]
        for kind, held in ((tables.brief, self._brief), (tables.long, self._long)):
            before = held[:, :, lane] * window.grown[:, lane, last, kind].T[:, :, None]
            entered = np.concatenate([before, (begun * rest)[..., kind].transpose(2, 0, 1)], axis=2)
            age = np.arange(entered.shape[2], 0, -1)
            cut = np.where(age <= tables.reach, tables.cut[np.minimum(age, tables.reach) - 1, kind].T, 0.0)
            weighed = entered * cut[:, None]
            turned = self._turning.ended(weighed, kind, lane, length - age, length) if self._turning else weighed.sum(2)
            total[:, kind] += turned.T
        return total

    def _advance(self, left: Floats, enter: Floats, window: _Window) -> None:
        """Carry what is under way to the next window, in numbers that stay in range."""
        lanes, width, single = self._lanes.active(window.number + 1), self._tables.window, self._tables.single
        if not lanes:
            return
        carried = window.grown[:, :lanes, -1]
        sides = len(carried)
        self._single[:, :lanes] = enter[:, :lanes, -1, single] * window.begin[:, :lanes, -1, single]
        self._first[:, :lanes] *= carried
        behind = slice(single.stop, None)
        rest = np.exp(window.through[:, :lanes, -1:, behind] - window.through[:, :lanes, :, behind])
        begun = np.empty(enter[:, :lanes].shape)
        np.multiply(enter[:, :lanes, :, behind], window.begin[:, :lanes, :, behind] * rest, out=begun[..., behind])
        largest = np.abs(left[:sides, :lanes, -1]).max(2)
        for values in (self._first, self._single):
            largest = np.maximum(largest, np.abs(values[:sides, :lanes]).max(2, initial=0.0))
        for kind, held in ((self._tables.brief, self._brief), (self._tables.long, self._long)):
            kept, new = held[:, :, :lanes], begun[..., kind].transpose(3, 0, 1, 2)
            reach = kept.shape[3]
            older = max(reach - width, 0)
            kept[..., :older] = kept[..., width : width + older] * carried[..., kind].transpose(2, 0, 1)[..., None]
            kept[..., older:] = new[..., max(width - reach, 0) :]
            size = kept[:, :sides] if self._turning is None else np.abs(kept[:, :sides])
            largest = np.maximum(largest, size.max(3).max(0, initial=0.0))
        self._rescale(lanes, np.where(largest > TINY, largest, 1.0), sweep=window.number % _EVERY == 0)
        peak = self._lanes.peak[:, self._lanes.rows(window.number)][:, :lanes, -1]
        self.log_scale[:, :lanes] += peak + np.log(np.where(largest > TINY, largest, 1.0))

    def _rescale(self, lanes: int, size: Floats, *, sweep: bool) -> None:
        for values in (self._first, self._single):
            values[:, :lanes] /= size[..., None]
        for held in (self._brief, self._long):
            kept = held[:, :, :lanes]
            kept /= size[..., None]
            if sweep:
                kept[np.abs(kept) < TINY] = 0.0
