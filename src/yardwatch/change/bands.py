"""A scene of which only some bands are looked at."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats
from yardwatch.model.grid import Window
from yardwatch.model.ports import Picture, SceneReader
from yardwatch.model.scene import Scene

__all__ = ["SomeBands"]


class SomeBands:
    """A reader that gives the chosen bands of another, in that order.

    Parameters
    ----------
    reader : SceneReader
        The scene with all its bands.
    bands : sequence of int
        Numbers of the bands, the first is 1.

    Raises
    ------
    MisuseError
        If there is no such band.
    """

    def __init__(self, reader: SceneReader, bands: Sequence[int]) -> None:
        wrong = [band for band in bands if not 1 <= band <= reader.scene.bands]
        if wrong or not bands:
            last = reader.scene.bands
            raise MisuseError(f"{reader.scene.filename} has bands 1 to {last}; it has no band {wrong or 'at all'}")
        self._reader = reader
        self._chosen = [band - 1 for band in bands]

    @property
    def scene(self) -> Scene:
        """The scene, with as many bands as were chosen."""
        return replace(self._reader.scene, bands=len(self._chosen))

    def sample(self, column: Floats, row: Floats, *, footprint_px: float = 1.0) -> NDArray[np.float32]:
        """Values of the chosen bands."""
        return self._reader.sample(column, row, footprint_px=footprint_px)[self._chosen]

    def picture(self, window: Window | None = None, *, longest_px: int = 2000) -> Picture:
        """The picture of the whole scene; the choice of bands does not matter to it."""
        return self._reader.picture(window, longest_px=longest_px)
