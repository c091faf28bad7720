"""An image, or a part of it, to look at (child process only)."""

import math

import numpy as np
from numpy.typing import NDArray

from yardwatch.imagery._raster import Block, Numbers, Raster

__all__ = ["Painter"]

_STRIPE_BYTES = 12 * 2**20
_SPOTS = 5
_SPOT_PIXELS = 20_000
_DARKEST_PERCENT, _BRIGHTEST_PERCENT = 2.0, 98.0


class Painter:
    """Makes pictures of one raster, all with the same brightness."""

    def __init__(self, raster: Raster) -> None:
        self._raster = raster
        self._stretch: tuple[float, float] | None = None

    def picture(self, window: Block, longest_px: int) -> NDArray[np.uint8]:
        """Red, green, blue and opacity of a window, shape (rows, columns, 4), at most `longest_px` on a side."""
        shrink = max(1.0, max(window.width, window.height) / longest_px)
        rows, columns = max(1, round(window.height / shrink)), max(1, round(window.width / shrink))
        self._raster.check_decoded(window.width * window.height * self._pixel_bytes)
        picture = np.zeros((rows, columns, 4), np.uint8)
        step = max(1, int(_STRIPE_BYTES / (window.width * shrink * self._pixel_bytes)))
        for first in range(0, rows, step):
            last = min(rows, first + step)
            top, bottom = (round(row * window.height / rows) for row in (first, last))
            stripe = Block(window.column, window.row + top, window.width, bottom - top)
            self._paint(picture[first:last], stripe)
        return picture

    @property
    def _pixel_bytes(self) -> int:
        return (len(self._raster.colour_bands) + int(self._raster.has_mask)) * int(self._raster.dtype.itemsize)

    def _paint(self, target: NDArray[np.uint8], stripe: Block) -> None:
        colours = self._raster.colour_bands
        layers = self._raster.read(stripe, shape=target.shape[:2], bands=colours)
        valid = self._raster.validity(layers)
        values = self._to_bytes(np.where(valid, layers[: len(colours)], 0))
        target[..., :3] = np.moveaxis(values, 0, -1)
        target[..., 3] = np.where(valid.all(axis=0), 255, 0)

    def _to_bytes(self, values: Numbers) -> NDArray[np.uint8]:
        if self._raster.dtype == np.uint8:
            return values.astype(np.uint8, copy=False)
        if self._stretch is None:
            self._stretch = self._brightness()
        dark, bright = self._stretch
        return np.clip((values - dark) * (255 / (bright - dark)), 0, 255).astype(np.uint8)

    def _brightness(self) -> tuple[float, float]:
        """What is to be black and what white: robust percentiles over all colours together, so that hues stay."""
        values = np.concatenate([self._spot(number) for number in self._spots()])
        if not len(values):
            return 0.0, 1.0
        dark, bright = np.percentile(values, [_DARKEST_PERCENT, _BRIGHTEST_PERCENT])
        return float(dark), float(max(bright, np.nextafter(dark, math.inf), dark + 1e-9))

    def _spots(self) -> list[int]:
        """Numbers of blocks spread evenly over the image."""
        raster = self._raster
        down = np.unique(np.linspace(0, raster.blocks_down - 1, min(raster.blocks_down, _SPOTS**2)).astype(int))
        if raster.blocks_across > 1:
            down = np.unique(np.linspace(0, raster.blocks_down - 1, _SPOTS).astype(int))
        across = np.unique(np.linspace(0, raster.blocks_across - 1, _SPOTS).astype(int))
        return [int(row * raster.blocks_across + column) for row in down for column in across]

    def _spot(self, number: int) -> NDArray[np.float64]:
        """Valid values of some pixels of a block."""
        layers = self._raster.read(self._raster.block(number), bands=self._raster.colour_bands)
        every = max(1, int(math.sqrt(layers[0].size / _SPOT_PIXELS)))
        layers = layers[:, ::every, ::every]
        values = layers[: len(self._raster.colour_bands)]
        return values[self._raster.validity(layers)].astype(np.float64)
