"""Numbers at any place in an image, reading only the blocks that hold them (child process only)."""

import math
from collections import OrderedDict
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yardwatch.imagery._raster import Block, Numbers, Raster

__all__ = ["Sampler"]

_KEPT_BYTES = 40 * 2**20
_WIDEST_EXACT = 16
"""Footprint in pixels up to which every pixel is weighed; wider ones are sampled with this many taps across."""

_LARGEST_WINDOW = 2**20
"""Pixels of the largest window that is put together from blocks for one request."""

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
            for place, weight in self._taps(across, down):
                if weight is not None:
                    self._add(total, place, weight)
            return total
        return self._masked(total, across, down)

    def _masked(self, total: NDArray[np.float32], across: "_Axis", down: "_Axis") -> NDArray[np.float32]:
        """Like the plain sum, with weight only where there is data."""
        weights = np.zeros_like(total)
        own = np.zeros(total.shape, bool)
        for place, weight in self._taps(across, down, own_pixel=True):
            layers = np.stack([place.take(layer) for layer in range(self._raster.layers)])
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

    def _add(self, total: NDArray[np.float32], place: "_Place", weight: Weights) -> None:
        for band in range(self._raster.bands):
            total[band, place.points] += (place.take(band) * weight).astype(np.float32, copy=False)

    def _taps(
        self, across: "_Axis", down: "_Axis", *, own_pixel: bool = False
    ) -> Iterator[tuple["_Place", Weights | None]]:
        """Each pixel of each footprint; weight None: the point's own pixel."""
        taps = list(product(range(down.taps), range(across.taps))) + ([(-1, -1)] if own_pixel else [])
        batches = self._shelf.batches(_touched(across, down, taps, self._raster))
        near = across.extent * down.extent <= _LARGEST_WINDOW
        for j, i, place in self._near(across, down, taps, batches) if near else self._far(across, down, taps, batches):
            weight = None if j < 0 else down.weight[j] * across.weight[i]
            yield place, weight if weight is None or isinstance(place.points, slice) else weight[place.points]

    def _near(
        self, across: "_Axis", down: "_Axis", taps: list[tuple[int, int]], batches: list[Indexes]
    ) -> Iterator[tuple[int, int, "_Place"]]:
        """Places in a window that holds all points."""
        window = Block(across.first, down.first, across.extent, down.extent)
        layers = np.empty((self._raster.layers, window.height, window.width), self._raster.dtype)
        for batch in batches:
            self._shelf.copy(batch, window, layers)
        rows = (down.pixels - np.int32(window.row)).astype(np.intp) * window.width
        columns = (across.pixels - np.int32(window.column)).astype(np.intp)
        for j, i in taps:
            yield j, i, _Place(layers.reshape(-1), window.width * window.height, rows[j] + columns[i], slice(None))

    def _far(
        self, across: "_Axis", down: "_Axis", taps: list[tuple[int, int]], batches: list[Indexes]
    ) -> Iterator[tuple[int, int, "_Place"]]:
        """Places on the shelf, by batches of blocks that fit it."""
        for batch in batches:
            starts = self._shelf.hold(batch).reshape(self._raster.blocks_down, -1)
            for j, i in taps:
                start = starts[down.block[j], across.block[i]]
                points = np.flatnonzero(start >= 0)
                within = down.within(j)[points] * np.int32(self._raster.block_width) + across.within(i)[points]
                yield j, i, _Place(self._shelf.flat, self._shelf.layer, start[points] + within, points)


class _Axis:
    """The pixels along one axis under the footprint of each of n points, and the point's own pixel as the last one."""

    def __init__(self, position: Floats, footprint_px: float, *, size: int, block: int) -> None:
        pixels, weights = (_exact if footprint_px <= _WIDEST_EXACT else _sparse)(position, footprint_px)
        own = position.astype(np.int32)
        if pixels.min() < 0 or pixels.max() >= size:
            weights[(pixels < 0) | (pixels >= size)] = 0
            weights /= weights.sum(axis=0)
        if not weights.all():
            pixels = np.where(weights > 0, pixels, own)
        self.taps = len(pixels)
        self.weight = weights
        self.pixels: Indexes = np.concatenate([pixels, own[None]])
        self.block: Indexes = self.pixels // np.int32(block)
        self._size = np.int32(block)
        self.first = int(self.pixels.min())
        self.extent = int(self.pixels.max()) + 1 - self.first

    def within(self, tap: int) -> Indexes:
        """Which pixel of its block each is."""
        return np.asarray(self.pixels[tap] - self.block[tap] * self._size)


def _exact(position: Floats, footprint_px: float) -> tuple[Indexes, Weights]:
    """Every pixel that the footprint touches, weighed by how much of it is touched."""
    low = position - footprint_px / 2
    first = np.floor(low)
    start = (low - first).astype(np.float32)
    count = math.ceil(footprint_px) + 1
    step = np.arange(count, dtype=np.int32)[:, None]
    if footprint_px == 1:
        return first.astype(np.int32) + step, np.stack([1 - start, start])
    end = start + np.float32(footprint_px)
    weights = np.minimum(step + np.float32(1), end) - np.maximum(step.astype(np.float32), start)
    weights = np.maximum(weights, np.float32(0)) / np.float32(footprint_px)
    return first.astype(np.int32) + step, weights


def _sparse(position: Floats, footprint_px: float) -> tuple[Indexes, Weights]:
    """Evenly spaced pixels across a very wide footprint."""
    steps = (np.arange(_WIDEST_EXACT) + 0.5) / _WIDEST_EXACT - 0.5
    pixels = np.floor(position + footprint_px * steps[:, None]).astype(np.int32)
    return pixels, np.full(pixels.shape, 1 / _WIDEST_EXACT, np.float32)


def _touched(across: _Axis, down: _Axis, taps: list[tuple[int, int]], raster: Raster) -> Indexes:
    """Numbers of the blocks that hold any of these pixels."""
    touched = np.zeros(raster.blocks_down * raster.blocks_across, bool)
    touched[down.block[0] * np.int32(raster.blocks_across) + across.block[0]] = True
    crossing = np.flatnonzero((down.block != down.block[0]).any(0) | (across.block != across.block[0]).any(0))
    for j, i in taps:
        touched[down.block[j, crossing] * np.int32(raster.blocks_across) + across.block[i, crossing]] = True
    return np.flatnonzero(touched)


class _Place:
    """Where in some layers of numbers the pixels of some points are."""

    __slots__ = ("_index", "_layer", "_values", "points")

    def __init__(self, values: Numbers, layer: int, index: Indexes, points: Indexes | slice) -> None:
        self._values, self._layer, self._index = values, layer, index
        self.points = points

    def take(self, layer: int) -> Numbers:
        """One layer of them, shape (n,)."""
        return self._values[layer * self._layer :].take(self._index)


class _Shelf:
    """Decoded blocks, as many as fit; those not used for longest make room."""

    def __init__(self, raster: Raster) -> None:
        self._raster = raster
        self.layer = raster.block_width * raster.block_height
        """Numbers in one layer of a block."""
        self._stride = raster.layers * self.layer
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

    def copy(self, blocks: Indexes, window: Block, layers: Numbers) -> None:
        """Copy what these blocks hold of a window of the image into its layers, shape (layers, rows, columns)."""
        starts = self.hold(blocks)
        for number in blocks.tolist():
            block, start = self._raster.block(number), int(starts[number])
            held = self.flat[start : start + self._stride]
            held = held.reshape(-1, self._raster.block_height, self._raster.block_width)
            rows, from_rows = _shared(block.row, block.height, window.row, window.height)
            columns, from_columns = _shared(block.column, block.width, window.column, window.width)
            layers[:, rows, columns] = held[:, from_rows, from_columns]

    @property
    def flat(self) -> Numbers:
        """All that is on the shelf, block by block and in it layer by layer."""
        if self._store is None:
            self._store = np.empty(self._slots * self._stride, self._raster.dtype)
        return self._store

    def _load(self, number: int) -> int:
        block = self._raster.block(number)
        layers = self._raster.read(block)
        slot = len(self._held) if len(self._held) < self._slots else self._held.popitem(last=False)[1]
        place = self.flat[slot * self._stride : (slot + 1) * self._stride]
        place = place.reshape(self._raster.layers, self._raster.block_height, self._raster.block_width)
        place[:, : block.height, : block.width] = layers
        self._held[number] = slot
        return slot


def _shared(first: int, size: int, window: int, length: int) -> tuple[slice, slice]:
    """What a block shares with a window along one axis: where that is in the window, and in the block."""
    begin, end = max(first, window), min(first + size, window + length)
    return slice(begin - window, end - window), slice(begin - first, end - first)
