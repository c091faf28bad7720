"""Simulated pairs of pictures that the change network learns from."""

from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

import numpy as np
import shapely
from numpy.typing import NDArray

from yardwatch.change.evidence import NETWORK_LABELS
from yardwatch.model.grid import Grid
from yardwatch.pipeline.training_making import made_of
from yardwatch.simulate.histories import SiteHistory, TrueObject, random_history
from yardwatch.simulate.pairs import random_pair

__all__ = ["CROP_MARGIN_PX", "IGNORED", "PairExample", "make_pairs"]

IGNORED = 255
"""Label of pixels that teach nothing, such as those of a half-finished building."""

CROP_MARGIN_PX = 32
"""Pixels by which examples are wider than what is cut from them."""

_SIDE_PX = 160
_FINEST_M, _COARSEST_M = 0.8, 2.8
_HISTORY_M = (0.9, 1.4)
_DATES = 4
_KINDS = {"concealment": "built"}
_LEAST_LABELLED = 0.002


@dataclass(frozen=True, slots=True, eq=False)
class PairExample:
    """A simulated pair before any camera."""

    pictures: NDArray[np.uint8]
    """Before and after, shape (6, n, n)."""
    labels: NDArray[np.uint8]
    """What changed, index into `NETWORK_LABELS` or `IGNORED`, shape (n, n)."""
    roofs: NDArray[np.uint8]
    """Roofs before and after: 1, 0, or `IGNORED` where that was not kept; shape (2, n, n)."""


def make_pairs(number: int, *, histories: int, seed: int, processes: int) -> list[PairExample]:
    """Simulate pairs of towns, and yards over several dates; the same for the same seed and any number of processes."""
    towns, yards = np.random.SeedSequence(seed).spawn(2)
    examples = list(made_of(_town, towns.spawn(number), processes=processes, what="pairs", every=200))
    for more in made_of(_yard, yards.spawn(histories), processes=processes, what="histories", every=10):
        examples += more
    return examples


def _town(seed: np.random.SeedSequence) -> PairExample:
    rng = np.random.default_rng(seed)
    pixel_m = float(np.exp(rng.uniform(np.log(_FINEST_M), np.log(_COARSEST_M))))
    pair = random_pair(rng, size_px=_SIDE_PX, pixel_m=pixel_m)
    pictures = np.concatenate([pair.before, pair.after])
    return PairExample(
        pictures=(255 * pictures).round().astype(np.uint8),
        labels=pair.labels,
        roofs=(pair.roofs > 0.5).astype(np.uint8),
    )


def _yard(seed: np.random.SeedSequence) -> list[PairExample]:
    """Pieces of a yard at several dates, with those of them that show a change before the others."""
    rng = np.random.default_rng(seed)
    history = random_history(rng, dates=_DATES, gsd_m=float(rng.uniform(*_HISTORY_M)))
    dates = sorted(rng.choice(_DATES, 3, replace=False).tolist())
    scenes = {date: history.pixels(date) for date in dates}
    examples = []
    for first, second in combinations(dates, 2):
        labels = _labels(history, first, second, scenes[first].shape[1:])
        for rows, columns in _pieces(labels.shape):
            piece = labels[rows, columns]
            telling = np.mean((piece > 0) & (piece < IGNORED)) > _LEAST_LABELLED
            if telling or rng.random() < 0.5:
                pictures = np.concatenate([scenes[first][:, rows, columns], scenes[second][:, rows, columns]])
                unknown = np.full((2, _SIDE_PX, _SIDE_PX), IGNORED, np.uint8)
                examples.append(PairExample(pictures, piece, unknown))
    return examples


def _pieces(shape: tuple[int, ...]) -> list[tuple[slice, slice]]:
    """Squares that cover a picture evenly."""
    starts = [np.linspace(0, size - _SIDE_PX, -(-size // _SIDE_PX)).round().astype(int).tolist() for size in shape]
    return [(slice(row, row + _SIDE_PX), slice(column, column + _SIDE_PX)) for row in starts[0] for column in starts[1]]


def _labels(history: SiteHistory, first: int, second: int, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """What changed between two dates; what was under way at either teaches nothing."""
    grid = history.reader(first, np.zeros((1, *shape), np.uint8)).scene.grid
    labels = np.zeros(shape, np.uint8)
    for thing in history.objects:
        state = [_state(thing, history.shots[date].when.earliest) for date in (first, second)]
        if state[0] == state[1] and state[0] in {0, 2}:
            continue
        kind = _KINDS.get(thing.kind, thing.kind)
        if kind in NETWORK_LABELS:
            clear = state == [0, 2]
            labels[_inside(thing, grid, shape)] = NETWORK_LABELS.index(kind) if clear else IGNORED
    return labels


def _state(thing: TrueObject, instant: datetime | None) -> int:
    """0 before it began, 1 under way, 2 finished."""
    assert instant is not None  # noqa: S101 -- histories are dated
    return int(instant > thing.began) + int(instant > thing.finished)


def _inside(thing: TrueObject, grid: Grid, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    column, row = grid.to_pixel(*np.array(thing.ring).T)
    outline = shapely.Polygon(np.column_stack([column, row])).buffer(0)
    across, down = np.meshgrid(np.arange(shape[1]) + 0.5, np.arange(shape[0]) + 0.5)
    return np.asarray(shapely.contains_xy(outline, across, down), bool)
