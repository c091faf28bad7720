"""Brightness of both scenes on one lattice, read through the port."""

from dataclasses import dataclass

import numpy as np

from yardwatch.model.frame import Floats
from yardwatch.model.grid import Window
from yardwatch.model.ports import SceneReader
from yardwatch.registration.structure import Reals

__all__ = ["Overview", "brightness", "overview", "windows_of"]


def brightness(reader: SceneReader, points: Floats, *, footprint_px: float) -> Reals:
    """Mean of the bands at pixels of shape (…, 2)."""
    values = reader.sample(points[..., 0], points[..., 1], footprint_px=footprint_px)
    return np.asarray(values[0] if len(values) == 1 else values.mean(axis=0), np.float32)


def windows_of(middles: Floats, slopes: Floats, *, size: int, step: float) -> Floats:
    """Pixels of square windows, shape (n, size, size, 2).

    Parameters
    ----------
    middles : ndarray
        Pixel in the middle of each, shape (n, 2).
    slopes : ndarray
        How pixels change with the plane, shape (n, 2, 2).
    size : int
        Points to a side.
    step : float
        Distance of the points, units of the plane.
    """
    along = (np.arange(size) - size // 2) * step
    along = ((np.arange(size) - size // 2) * step)[:, None]
    across, down = slopes[:, None, None, :, 0], slopes[:, None, None, :, 1]
    return np.asarray(middles[:, None, None, :] + along * across + along[:, None] * down, float)


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """A small copy of a part of a scene."""

    values: Reals
    """Brightness, shape (rows, columns); NaN where there is no data."""
    corner: Floats
    """Pixel of the scene at its upper left corner, shape (2,)."""
    pixels: Floats
    """Pixels of the scene to one of its columns and rows, shape (2,)."""

    def look(self, points: Floats, footprint_px: float) -> Reals:  # noqa: ARG002 -- a `Look`; it is coarse already
        """Brightness at pixels of the scene, whatever the footprint."""
        return self.at(points)

    def at(self, points: Floats) -> Reals:
        """Brightness at pixels of the scene, shape (…, 2): bilinear; NaN outside."""
        place = (points - self.corner) / self.pixels - 0.5
        height, width = self.values.shape
        column, row = place[..., 0], place[..., 1]
        outside = (column < -0.5) | (column > width - 0.5) | (row < -0.5) | (row > height - 0.5)
        left = np.clip(np.floor(column), 0, max(0, width - 2)).astype(np.int64)
        top = np.clip(np.floor(row), 0, max(0, height - 2)).astype(np.int64)
        across = np.clip(column - left, 0, 1).astype(np.float32)
        down = np.clip(row - top, 0, 1).astype(np.float32)
        flat, first = self.values.ravel(), top * width + left
        right, below = int(width > 1), width * int(height > 1)
        upper = flat[first] + (flat[first + right] - flat[first]) * across
        lower = flat[first + below] + (flat[first + below + right] - flat[first + below]) * across
        return np.asarray(np.where(outside, np.float32(np.nan), upper + (lower - upper) * down), np.float32)


def overview(reader: SceneReader, window: Window, *, longest_px: int) -> Overview:
    """A part of a scene at low resolution; files with overviews give it at little cost."""
    picture = reader.picture(window, longest_px=longest_px)
    values = picture[..., :3].mean(axis=2, dtype=np.float32)
    values[picture[..., 3] == 0] = np.nan
    rows, columns = values.shape
    return Overview(
        values,
        np.array([window.column, window.row], float),
        np.array([window.width / columns, window.height / rows]),
    )
