"""Reading a picture that is in memory as if it were a scene."""

import hashlib
import math

import numpy as np
from numpy.typing import NDArray

from yardwatch.errors import MisuseError
from yardwatch.model.dates import When
from yardwatch.model.frame import Floats
from yardwatch.model.grid import Grid, Window
from yardwatch.model.ports import Picture
from yardwatch.model.scene import Scene

__all__ = ["ArrayReader"]

Reals = NDArray[np.float32]


class ArrayReader:
    """A `yardwatch.model.ports.SceneReader` of pixels in memory: for simulated scenes, tests and benchmarks.

    Wide footprints are taken from copies that are halved again and again, so that an overview is cheap.

    Parameters
    ----------
    pixels : ndarray
        Shape (bands, rows, columns); NaN where there is no data.
    grid : Grid
        Where they lie.
    gsd_m : float
        Native ground sample distance, metres.
    name : str
        Name of the scene, also its file name.
    acquired : When, optional
        When it was taken.

    Raises
    ------
    MisuseError
        If the pixels do not fit the grid.
    """

    def __init__(
        self,
        pixels: NDArray[np.generic],
        grid: Grid,
        *,
        gsd_m: float,
        name: str = "simulated",
        acquired: When | None = None,
    ) -> None:
        if pixels.ndim != 3 or pixels.shape[1:] != (grid.height, grid.width):
            raise MisuseError(f"pixels of shape {pixels.shape} do not fit a grid of {grid.height} × {grid.width}")
        digest = hashlib.sha256(f"{name}{pixels.shape}{pixels.dtype}".encode() + pixels[:, ::97, ::97].tobytes())
        self._levels = [np.ascontiguousarray(pixels)]
        self._scene = Scene(
            id=f"{name}-{digest.hexdigest()[:8]}",
            filename=f"{name}.tif",
            sha256=digest.hexdigest(),
            grid=grid,
            gsd_m=gsd_m,
            bands=len(pixels),
            dtype=str(pixels.dtype),
            acquired=acquired,
            simulated=True,
        )

    @property
    def scene(self) -> Scene:
        """The scene that is read."""
        return self._scene

    def sample(self, column: Floats, row: Floats, *, footprint_px: float = 1.0) -> Reals:
        """Values at continuous pixel coordinates of any shape, shape (bands, …); NaN where there is no data."""
        level = max(0, round(math.log2(max(1.0, footprint_px))))
        pixels = self._level(level)
        inside = (column >= 0) & (column < self._scene.grid.width) & (row >= 0) & (row < self._scene.grid.height)
        values = _bilinear(pixels, np.asarray(column) / 2**level - 0.5, np.asarray(row) / 2**level - 0.5)
        return values if inside.all() else np.where(inside, values, np.float32(np.nan))

    def picture(self, window: Window | None = None, *, longest_px: int = 2000) -> Picture:
        """The scene, or a window of it, to look at."""
        grid = self._scene.grid
        whole = window or Window(0, 0, grid.width, grid.height)
        left, top = max(0, whole.column), max(0, whole.row)
        right, bottom = min(grid.width, whole.column + whole.width), min(grid.height, whole.row + whole.height)
        if left >= right or top >= bottom:
            raise MisuseError(f"{whole} lies outside the image of {grid.width} × {grid.height} pixels")
        shrink = max(1.0, max(right - left, bottom - top) / longest_px)
        rows, columns = max(1, round((bottom - top) / shrink)), max(1, round((right - left) / shrink))
        x = left + (np.arange(columns) + 0.5) * (right - left) / columns
        y = top + (np.arange(rows) + 0.5) * (bottom - top) / rows
        values = self.sample(*np.meshgrid(x, y), footprint_px=shrink)
        return self._shown(values[[0, 1, 2]] if len(values) >= 3 else values[[0, 0, 0]])

    def _shown(self, values: Reals) -> Picture:
        valid = np.isfinite(values).all(axis=0)
        dark, bright = 0.0, 255.0
        if self._levels[0].dtype != np.uint8 and valid.any():
            dark, bright = np.percentile(values[:, valid], [2, 98])
        shown = np.clip((np.nan_to_num(values) - dark) * (255 / max(bright - dark, 1e-9)), 0, 255).astype(np.uint8)
        return np.concatenate([np.moveaxis(shown, 0, -1), np.where(valid, 255, 0).astype(np.uint8)[..., None]], axis=-1)

    def _level(self, level: int) -> NDArray[np.generic]:
        while len(self._levels) <= level:
            self._levels.append(_halved(self._levels[-1]))
        return self._levels[level]


def _halved(pixels: NDArray[np.generic]) -> Reals:
    """Means of 2 × 2 pixels; an odd last row or column is counted twice."""
    even = np.pad(pixels, ((0, 0), (0, pixels.shape[1] % 2), (0, pixels.shape[2] % 2)), mode="edge")
    wide = even.astype(np.float32, copy=False)
    return (wide[:, ::2, ::2] + wide[:, 1::2, ::2] + wide[:, ::2, 1::2] + wide[:, 1::2, 1::2]) * np.float32(0.25)


def _bilinear(pixels: NDArray[np.generic], column: Floats, row: Floats) -> Reals:
    """Values between the centres of pixels, which lie at whole numbers here; those at the rim are held on."""
    bands, height, width = pixels.shape
    left, top = np.floor(column), np.floor(row)
    across, down = (column - left).astype(np.float32), (row - top).astype(np.float32)
    first = np.clip(left, 0, width - 1).astype(np.int64), np.clip(left + 1, 0, width - 1).astype(np.int64)
    upper = np.clip(top, 0, height - 1).astype(np.int64) * width
    lower = np.clip(top + 1, 0, height - 1).astype(np.int64) * width
    values = np.empty((bands, *np.shape(column)), np.float32)
    for band, layer in enumerate(pixels.reshape(bands, -1)):
        above = _between(layer, upper, first, across)
        values[band] = above + (_between(layer, lower, first, across) - above) * down
    return values


def _between(
    layer: NDArray[np.generic], row: NDArray[np.int64], first: tuple[NDArray[np.int64], ...], part: Reals
) -> Reals:
    left, right = (layer.take(row + column).astype(np.float32) for column in first)
    return np.asarray(left + (right - left) * part, np.float32)
