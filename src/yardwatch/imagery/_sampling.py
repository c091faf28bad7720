"""Numbers at any place in an image, reading only the blocks that hold them (child process only)."""

import math
from collections import OrderedDict
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yardwatch.imagery._raster import Numbers, Raster

__all__ = ["Sampler"]

_KEPT_BYTES = 40 * 2**20
_WIDEST_EXACT = 16
"""Footprint in pixels up to which every pixel is weighed; wider ones are sampled with this many taps across."""

Floats = NDArray[np.float64]
Weights = NDArray[np.float32]
Indexes = NDArray[np.integer[Any]]


class Sampler:
    """Samples one raster; keeps the blocks read last.

    The value at a point is the mean of the image over a square around it, `footprint_px` wide and at least one pixel,
    each pixel taken as a square of even brightness. With one pixel that is bilinear interpolation. Pixels without data
    have no weight; a point whose own pixel has none is NaN.
    """

    def __init__(self, raster: Raster) -> None:
        self._raster = raster
        self._shelf = _Shelf(raster)

    def sample(self, column: Floats, row: Floats, footprint_px: float) -> NDArray[np.float32]:
        """Values at n points, shape (bands, n); NaN where there are none."""
        raster = self._raster
        inside = (column >= 0) & (column < raster.width) & (row >= 0) & (row < raster.height)
        if inside.all():
            return self._sample_inside(column, row, max(1.0, footprint_px))
        values = np.full((raster.bands, len(column)), np.nan, np.float32)
        if inside.any():
            values[:, inside] = self._sample_inside(column[inside], row[inside], max(1.0, footprint_px))
        return values

    def _sample_inside(self, column: Floats, row: Floats, footprint_px: float) -> NDArray[np.float32]:
        raster = self._raster
        across = _Axis(column, footprint_px, size=raster.width, block=raster.block_width)
        down = _Axis(row, footprint_px, size=raster.height, block=raster.block_height)
        total = np.zeros((raster.bands, len(column)), np.float32)
        if raster.always_valid:
            for place, weight in self._taps(across, down, raster.blocks_across):
                self._add(total, place, weight)
            return total
        return self._masked(total, across, down)

    def _masked(self, total: NDArray[np.float32], across: "_Axis", down: "_Axis") -> NDArray[np.float32]:
        """Like the plain sum, with weight only where there is data."""
        weights = np.zeros_like(total)
        own = np.zeros(total.shape, bool)
        for place, weight in self._taps(across, down, self._raster.blocks_across, own_pixel=True):
            layers = self._shelf.take(place.index)
            valid = self._raster.validity(layers)
            if weight is None:
                own[:, place.points] = valid
                continue
            share = np.where(valid, weight, np.float32(0))
            values = np.where(valid, layers[: self._raster.bands], 0).astype(np.float32)
            total[:, place.points] += share * values
            weights[:, place.points] += share
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(own & (weights > 0), total / weights, np.float32(np.nan))

    def _add(self, total: NDArray[np.float32], place: "_Place", weight: Weights | None) -> None:
        for band in range(self._raster.bands):
            values = self._shelf.take_layer(place.index, band)
            total[band, place.points] += (values * weight).astype(np.float32, copy=False)

    def _taps(
        self, across: "_Axis", down: "_Axis", blocks_across: int, *, own_pixel: bool = False
    ) -> Iterator[tuple["_Place", Weights | None]]:
        """Each pixel of each footprint, by batches of blocks that fit the shelf; weight None: the point's own pixel."""
        taps = list(product(range(down.taps), range(across.taps))) + ([(-1, -1)] if own_pixel else [])
        touched = np.zeros(self._raster.blocks_across * self._raster.blocks_down, bool)
        for j, i in taps:
            touched[down.block[j] * blocks_across + across.block[i]] = True
        batches = self._shelf.batches(np.flatnonzero(touched))
        for batch in batches:
            starts = self._shelf.hold(batch)
            for j, i in taps:
                start = starts[down.block[j] * blocks_across + across.block[i]]
                within = down.within[j] * np.int32(self._raster.block_width) + across.within[i]
                weight = None if j < 0 else down.weight[j] * across.weight[i]
                yield _place(start, within, weight, whole=len(batches) == 1)


class _Axis:
    """The pixels along one axis under the footprint of each of n points, and the point's own pixel as the last one."""

    def __init__(self, position: Floats, footprint_px: float, *, size: int, block: int) -> None:
        own = position.astype(np.int32)
        pixels, weights = (_exact if footprint_px <= _WIDEST_EXACT else _sparse)(position, footprint_px)
        if pixels.min() < 0 or pixels.max() >= size:
            weights[(pixels < 0) | (pixels >= size)] = 0
            weights /= weights.sum(axis=0)
        if not weights.all():
            pixels = np.where(weights > 0, pixels, own)
        whole = np.concatenate([pixels, own[None]])
        self.taps = len(pixels)
        self.weight = weights
        self.block: Indexes = whole // np.int32(block)
        self.within: Indexes = whole - self.block * np.int32(block)


def _exact(position: Floats, footprint_px: float) -> tuple[Indexes, Weights]:
    """Every pixel that the footprint touches, weighed by how much of it is touched."""
    low = position - footprint_px / 2
    first = np.floor(low)
    start = (low - first).astype(np.float32)
    count = math.ceil(footprint_px) + 1
    step = np.arange(count, dtype=np.int32)[:, None]
    end = start + np.float32(footprint_px)
    weights = np.minimum(step + np.float32(1), end) - np.maximum(step.astype(np.float32), start)
    weights = np.maximum(weights, np.float32(0)) / np.float32(footprint_px)
    return first.astype(np.int32) + step, weights


def _sparse(position: Floats, footprint_px: float) -> tuple[Indexes, Weights]:
    """Evenly spaced pixels across a very wide footprint."""
    steps = (np.arange(_WIDEST_EXACT) + 0.5) / _WIDEST_EXACT - 0.5
    pixels = np.floor(position + footprint_px * steps[:, None]).astype(np.int32)
    return pixels, np.full(pixels.shape, 1 / _WIDEST_EXACT, np.float32)


class _Place:
    """Where on the shelf the pixels of some points are."""

    __slots__ = ("index", "points")

    def __init__(self, index: Indexes, points: Indexes | slice) -> None:
        self.index = index
        self.points = points


def _place(start: Indexes, within: Indexes, weight: Weights | None, *, whole: bool) -> tuple[_Place, Weights | None]:
    """All points, or those whose block is on the shelf now."""
    if whole:
        return _Place(start + within, slice(None)), weight
    points = np.flatnonzero(start >= 0)
    return _Place(start[points] + within[points], points), None if weight is None else weight[points]


class _Shelf:
    """Decoded blocks, as many as fit; those not used for longest make room."""

    def __init__(self, raster: Raster) -> None:
        self._raster = raster
        self._pixels = raster.block_width * raster.block_height
        self._stride = raster.layers * self._pixels
        fitting = _KEPT_BYTES // (self._stride * raster.dtype.itemsize)
        self._slots = max(1, min(fitting, raster.blocks_across * raster.blocks_down))
        self._store: Numbers | None = None
        self._held: OrderedDict[int, int] = OrderedDict()

    def batches(self, blocks: Indexes) -> list[Indexes]:
        """The blocks in groups that fit."""
        self._raster.check_decoded(len(blocks) * self._stride * self._raster.dtype.itemsize)
        return [blocks[start : start + self._slots] for start in range(0, len(blocks), self._slots)]

    def hold(self, blocks: Indexes) -> Indexes:
        """Have these blocks on the shelf; returns where each block of the image starts, -1 for those not asked for."""
        for number in blocks.tolist():
            if number in self._held:
                self._held.move_to_end(number)
        starts = np.full(self._raster.blocks_across * self._raster.blocks_down, -1, np.int64)
        for number in blocks.tolist():
            starts[number] = self._stride * (self._held[number] if number in self._held else self._load(number))
        return starts

    def take(self, index: Indexes) -> Numbers:
        """All layers at places of the shelf, shape (layers, n)."""
        return np.stack([self.take_layer(index, layer) for layer in range(self._raster.layers)])

    def take_layer(self, index: Indexes, layer: int) -> Numbers:
        """One layer at places of the shelf, shape (n,)."""
        return self._flat[layer * self._pixels :].take(index)

    @property
    def _flat(self) -> Numbers:
        if self._store is None:
            self._store = np.empty(self._slots * self._stride, self._raster.dtype)
        return self._store

    def _load(self, number: int) -> int:
        block = self._raster.block(number)
        layers = self._raster.read(block)
        slot = len(self._held) if len(self._held) < self._slots else self._held.popitem(last=False)[1]
        place = self._flat[slot * self._stride : (slot + 1) * self._stride]
        place = place.reshape(self._raster.layers, self._raster.block_height, self._raster.block_width)
        place[:, : block.height, : block.width] = layers
        self._held[number] = slot
        return slot
