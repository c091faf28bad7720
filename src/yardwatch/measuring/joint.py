"""Drawing whole outlines by chance as often as the drawing, the image and the habits of builders make them likely."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.measuring.outlines import turned
from yardwatch.measuring.sides import LOST, Look
from yardwatch.model.frame import Floats

__all__ = ["Draws", "draw_outlines"]

Indices = NDArray[np.int64]
_DRAWS = 256
_STAGES = 16
_SWEEPS = 2
_SQUARE = (0.95, 0.2)
"""Share of sides along the two main directions: of outlines with right angles, and of others."""
_RIGHT_ANGLED = 0.9
"""Share of outlines with right angles."""
_ALIGNED_RAD = 0.025
_VERTEX_M = 0.3
"""How far a vertex of a true outline lies off the square, metres."""
_FOLD = 24.0
_FOLD_FROM_RAD = 1.75
_FOLD_OVER_RAD = 0.8
_SHORT = 3.0
_LEAST_M = 2.0
_APART = 4


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Outlines drawn by chance."""

    vertices_m: Floats
    """Shape (draws, n, 2), local metres."""
    axis_rad: Floats
    """One of the main directions of each, shape (draws,)."""
    out_m: Floats
    """How far each side lies outside of where it was drawn, at the drawn side's middle, shape (draws, n)."""
    turn_rad: Floats
    """How much each side is turned, shape (draws, n)."""


def draw_outlines(looks: Sequence[Look], *, drawn_se_m: float, rng: np.random.Generator) -> Draws:
    """Outlines by chance, each as often as it is believed in.

    Belief in an outline is the product of three: that of the drawing (each vertex normal, `drawn_se_m`), what the image
    says of each of its sides, and what outlines are like: most sides run along two directions at right angles, corners
    do not fold back, sides are seldom very short. Drawn by annealed importance with resampling (a sequential Monte
    Carlo sampler: Del Moral, Doucet and Jasra 2006, doi:10.1111/j.1467-9868.2006.00553.x): 256 outlines start as the
    drawing alone allows; image and habits are let in step by step, and in each step sides are shifted, vertices moved
    and outlines turned at random (Metropolis).

    Parameters
    ----------
    looks : sequence of Look
        What the image says of each drawn side, in order round the outline, counter-clockwise.
    drawn_se_m : float
        Standard error of each drawn vertex in each direction, metres.
    rng : numpy.random.Generator
        Chance.
    """
    sampler = _Sampler(looks, drawn_se_m, rng)
    weights = np.linspace(0, 1, _STAGES + 1)[1:] ** 1.5
    for before, now in zip([0.0, *weights[:-1]], weights, strict=True):
        sampler.resample(now - before)
        for _ in range(_SWEEPS):
            sampler.sweep(now)
    out, turn = sampler.table.against_drawn(sampler.at, np.roll(sampler.at, -1, axis=1), np.arange(len(looks)))
    return Draws(sampler.at, sampler.axis[:, 0], out, turn)


class _Table:
    """What the image says of all sides, to be looked up for many outlines at once."""

    def __init__(self, looks: Sequence[Look]) -> None:
        count = len(looks)
        self.seen = np.array([look.evidence is not None for look in looks])
        shape = np.max([look.support.shape for look in looks], axis=0)
        self._support = np.full((count, *shape), np.log(LOST), np.float32)
        self._size = np.ones((2, count))
        self._first, self._step = np.zeros((2, count)), np.ones((2, count))
        for index, look in enumerate(looks):
            if look.evidence is None:
                continue
            turns, places = look.support.shape
            self._support[index, :turns, :places] = look.support
            self._size[:, index] = look.support.shape
            for row, values in enumerate((look.evidence.turns_rad, look.evidence.out_m)):
                self._first[row, index], self._step[row, index] = values[0], values[1] - values[0]
        self._angle = np.array([look.side.angle_rad for look in looks])
        self._middle = np.array([look.side.middle_m for look in looks])

    def against_drawn(self, start_m: Floats, end_m: Floats, sides: Indices) -> tuple[Floats, Floats]:
        """Place and turn of sides against the drawn ones, each of shape (draws, sides)."""
        step = end_m - start_m
        turn = turned(np.arctan2(step[..., 1], step[..., 0]) - self._angle[sides], 2 * np.pi)
        apart = self._middle[sides] - start_m
        across = apart[..., 1] * step[..., 0] - apart[..., 0] * step[..., 1]
        length = np.hypot(step[..., 0], step[..., 1]) + 1e-6
        return across / length / np.maximum(np.cos(turn), 0.3), turn

    def said(self, start_m: Floats, end_m: Floats, sides: Indices) -> Floats:
        """Logarithm of what the image says for sides, shape (draws, sides)."""
        out, turn = self.against_drawn(start_m, end_m, sides)
        row = (turn - self._first[0, sides]) / self._step[0, sides]
        column = (out - self._first[1, sides]) / self._step[1, sides]
        last_row, last_column = self._size[0, sides] - 1, self._size[1, sides] - 1
        known = (row >= 0) & (row <= last_row) & (column >= 0) & (column <= last_column)
        row = np.minimum(np.maximum(row, 0), last_row - 0.001)
        column = np.minimum(np.maximum(column, 0), last_column - 0.001)
        upper, left = row.astype(np.intp), column.astype(np.intp)
        down, over = row - upper, column - left
        _, rows, columns = self._support.shape
        corner = (sides * rows + upper) * columns + left
        table = self._support.ravel()
        right, below = np.where(left + 1 < columns, 1, 0), np.where(upper + 1 < rows, columns, 0)
        first = table[corner] * (1 - over) + table[corner + right] * over
        corner = corner + below
        second = table[corner] * (1 - over) + table[corner + right] * over
        value = first * (1 - down) + second * down
        return np.asarray(np.where(self.seen[sides], np.where(known, value, np.log(LOST)), 0.0), float)


class _Sampler:
    """The outlines drawn so far."""

    def __init__(self, looks: Sequence[Look], drawn_se_m: float, rng: np.random.Generator) -> None:
        self.table = _Table(looks)
        self._drawn = np.array([look.side.start_m for look in looks])
        self._se, self._rng = drawn_se_m, rng
        self._all = np.arange(len(looks))
        self._groups = _groups(len(looks))
        lengths = np.array([look.side.length_m for look in looks])
        angles = np.array([look.side.angle_rad for look in looks])
        main = float(np.angle((lengths**2 * np.exp(4j * angles)).sum()) / 4)
        swing = 0.35 * min(1.0, 2**1.5 * drawn_se_m / float(np.sqrt((lengths**2).sum())))
        self.at = self._drawn + drawn_se_m * rng.standard_normal((_DRAWS, len(looks), 2))
        self.axis = main + swing * rng.standard_normal((_DRAWS, 1))
        self.square = np.where(rng.random((_DRAWS, 1)) < _RIGHT_ANGLED, *_SQUARE)
        self._sides = self._belief(self.at, self._all, self.axis, self.square)

    def _belief(self, at: Floats, sides: Indices, axis: Floats, square: Floats) -> Floats:
        """Logarithm of belief in sides by image and main directions, shape (draws, sides)."""
        start, end = at[:, sides], at[:, (sides + 1) % len(self._all)]
        step = end - start
        off = turned(np.arctan2(step[..., 1], step[..., 0]) - axis, np.pi / 2)
        spread = np.hypot(_ALIGNED_RAD, 2**0.5 * _VERTEX_M / (np.hypot(step[..., 0], step[..., 1]) + 1e-6))
        aligned = np.exp(-0.5 * (off / spread) ** 2) / (spread * np.sqrt(2 * np.pi))
        along = np.log(square * aligned + (1 - square) * 2 / np.pi)
        return np.asarray(self.table.said(start, end, sides) + along, float)

    def _corners(self, at: Floats, corners: Indices) -> Floats:
        """Logarithm of belief in corners: they do not fold back, and sides are seldom very short."""
        count = len(self._all)
        before = at[:, corners] - at[:, (corners - 1) % count]
        after = at[:, (corners + 1) % count] - at[:, corners]
        cross = before[..., 0] * after[..., 1] - before[..., 1] * after[..., 0]
        bend = np.abs(np.arctan2(cross, (before * after).sum(axis=-1)))
        length = np.hypot(before[..., 0], before[..., 1])
        fold = np.clip((bend - _FOLD_FROM_RAD) / _FOLD_OVER_RAD, 0, 1)
        return np.asarray(-_FOLD * fold - _SHORT * np.clip(1 - length / _LEAST_M, 0, 1), float)

    def _misfit(self, at: Floats, vertices: Indices) -> Floats:
        """Logarithm of the drawing's belief in vertices, shape (draws, vertices)."""
        return np.asarray(-0.5 * ((at[:, vertices] - self._drawn[vertices]) ** 2).sum(axis=-1) / self._se**2, float)

    def resample(self, more: float) -> None:
        """Keep each outline as often as a further share of image and habits makes it likely."""
        weight = more * (self._sides.sum(axis=1) + self._corners(self.at, self._all).sum(axis=1))
        share = np.exp(weight - weight.max())
        at = (self._rng.random() + np.arange(_DRAWS)) / _DRAWS
        kept = np.minimum(np.searchsorted(np.cumsum(share / share.sum()), at), _DRAWS - 1)
        self.at, self._sides = self.at[kept], self._sides[kept]
        self.axis, self.square = self.axis[kept], self.square[kept]

    def sweep(self, weight: float) -> None:
        """Shift each side, move each vertex and turn each outline once."""
        count = len(self._all)
        for group in self._groups:
            after = (group + 1) % count
            step = self.at[:, after] - self.at[:, group]
            outwards = np.stack([step[..., 1], -step[..., 0]], axis=-1)
            outwards /= np.hypot(step[..., 0], step[..., 1])[..., None] + 1e-6
            self._move([group, after], outwards * self._some(len(group), 1), weight)
        for group in self._groups:
            self._move([group], 0.7 * self._some(len(group), 2), weight)
        self._turn(weight, whole=False)
        self._turn(weight, whole=True)

    def _some(self, count: int, width: int) -> Floats:
        """Steps of very different sizes, metres, shape (draws, count, width)."""
        size = self._se * np.exp(-3 * self._rng.random((_DRAWS, count, 1)))
        return np.asarray(size * self._rng.standard_normal((_DRAWS, count, width)), float)

    def _move(self, moved: list[Indices], step: Floats, weight: float) -> None:
        """Move the vertices in `moved`, each list by the same step, where chance allows it."""
        count, width = len(self._all), len(moved[0])
        near = [(moved[0] - 1) % count, *moved]
        beyond = [] if count == len(near) else [(moved[-1] + 1) % count]
        corners = np.concatenate([*near, *beyond])
        sides, vertices = np.concatenate(near), np.concatenate(moved)
        new = self.at.copy()
        new[:, vertices] += np.concatenate([step] * len(moved), axis=1)
        belief = self._belief(new, sides, self.axis, self.square)
        gain = self._by_group(weight * (belief - self._sides[:, sides]), width)
        gain += self._by_group(weight * (self._corners(new, corners) - self._corners(self.at, corners)), width)
        gain += self._by_group(self._misfit(new, vertices) - self._misfit(self.at, vertices), width)
        taken = np.log(self._rng.random(gain.shape)) < gain
        self.at[:, vertices] = np.where(np.tile(taken, len(moved))[..., None], new[:, vertices], self.at[:, vertices])
        self._sides[:, sides] = np.where(np.tile(taken, len(near)), belief, self._sides[:, sides])

    @staticmethod
    def _by_group(gains: Floats, width: int) -> Floats:
        return np.asarray(gains.reshape(_DRAWS, -1, width).sum(axis=1), float)

    def _turn(self, weight: float, *, whole: bool) -> None:
        """Turn the main directions, with the outline (shifted a little) or without."""
        rng = self._rng
        turn = 0.1 * rng.standard_normal((_DRAWS, 1)) * np.exp(-3 * rng.random((_DRAWS, 1)))
        new, square = self.at, self.square
        if whole:
            middle = self.at.mean(axis=1, keepdims=True)
            x, y = np.moveaxis(self.at - middle, -1, 0)
            cosine, sine = np.cos(turn), np.sin(turn)
            new = middle + np.stack([x * cosine - y * sine, x * sine + y * cosine], axis=-1) + self._some(1, 2) / 3
        else:
            square = np.where(rng.random((_DRAWS, 1)) < _RIGHT_ANGLED, *_SQUARE)
        belief = self._belief(new, self._all, self.axis + turn, square)
        gain = weight * (belief - self._sides).sum(axis=1)
        gain += (self._misfit(new, self._all) - self._misfit(self.at, self._all)).sum(axis=1)
        taken = (np.log(rng.random(_DRAWS)) < gain)[:, None]
        self.at = np.where(taken[..., None], new, self.at)
        self.axis, self.square = np.where(taken, self.axis + turn, self.axis), np.where(taken, square, self.square)
        self._sides = np.where(taken, belief, self._sides)


def _groups(count: int) -> list[Indices]:
    """Sides far enough apart to be moved at once."""
    if count < 2 * _APART:
        return [np.array([index]) for index in range(count)]
    left = count % _APART
    together = [np.arange(first, count - left, _APART) for first in range(_APART)]
    return together + [np.array([index]) for index in range(count - left, count)]
