"""A stretch of image straightened along a track."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats

__all__ = ["Ribbon", "RibbonSpec"]


@dataclass(frozen=True, slots=True)
class RibbonSpec:
    """How finely and how widely a track is straightened."""

    step_m: float = 0.25
    """Distance between columns (along) and between rows (across), metres."""
    half_width_m: float = 5.0
    """How far it reaches to each side of the track, metres."""

    @property
    def offsets_m(self) -> Floats:
        """Offset of each row, from left (positive) to right (negative), metres."""
        half = round(self.half_width_m / self.step_m)
        return self.step_m * np.arange(half, -half - 1, -1, dtype=float)


@dataclass(frozen=True, slots=True, eq=False)
class Ribbon:
    """The pixels along one track: left of the track on top, chainage growing to the right."""

    track: str
    """Name of the track."""
    chainages_m: Floats
    """Chainage of the middle of each column, shape (n,), metres, evenly spaced."""
    offsets_m: Floats
    """Offset of the middle of each row, shape (m,), metres, falling: the first row lies to the left."""
    pixels: NDArray[np.float32]
    """Shape (bands, m, n), in the units of the file; NaN where the image has no data."""

    @property
    def step_m(self) -> float:
        """Distance between columns, metres."""
        return float(self.chainages_m[1] - self.chainages_m[0])
