"""Reading a scene where it lies after it was aligned."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats
from yardwatch.model.grid import Grid, Window
from yardwatch.model.ports import Picture, SceneReader
from yardwatch.model.scene import Scene

__all__ = ["regridded"]


def regridded(reader: SceneReader, grid: Grid) -> SceneReader:
    """The same scene with the same pixels, said to lie elsewhere; nothing is resampled and nothing is read.

    Parameters
    ----------
    reader : SceneReader
        The scene; it stays open as long as its owner keeps it so.
    grid : Grid
        Where it lies, e.g. `yardwatch.model.alignment.Alignment.grid`.

    Raises
    ------
    MisuseError
        If the grid is of another size than the scene.
    """
    own = reader.scene.grid
    if (grid.width, grid.height) != (own.width, own.height):
        size = f"{grid.width} × {grid.height}"
        raise MisuseError(f"a grid of {size} pixels is not one of {reader.scene.filename} ({own.width} × {own.height})")
    return _Regridded(reader, replace(reader.scene, grid=grid))


class _Regridded:
    """A reader that says another grid."""

    def __init__(self, reader: SceneReader, scene: Scene) -> None:
        self._reader = reader
        self._scene = scene

    @property
    def scene(self) -> Scene:
        """The scene that is read, with the grid it was given."""
        return self._scene

    def sample(self, column: Floats, row: Floats, *, footprint_px: float) -> NDArray[np.float32]:
        """Values at continuous pixel coordinates."""
        return self._reader.sample(column, row, footprint_px=footprint_px)

    def picture(self, window: Window | None = None, *, longest_px: int = 2000) -> Picture:
        """The scene, or a window of it, to look at."""
        return self._reader.picture(window, longest_px=longest_px)
