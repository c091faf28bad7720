"""Strips of an image laid along the sides of an outline: brightness across each side at many places along it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats, Frame
from yardwatch.model.ports import SceneReader

__all__ = ["Side", "Strip", "read_strip"]

_MOST_ALONG = 240
_MOST_BANDS = 4
_STEPS_PER_PIXEL = 3
_AS_ON_A_SCREEN = np.float32(1 / 2.2)


@dataclass(frozen=True, slots=True)
class Side:
    """A straight side in local metres, the inside of the outline to its left."""

    start_m: tuple[float, float]
    """Local x and y of its start."""
    end_m: tuple[float, float]
    """Local x and y of its end."""

    @property
    def length_m(self) -> float:
        """Length, metres."""
        return float(np.hypot(self.end_m[0] - self.start_m[0], self.end_m[1] - self.start_m[1]))

    @property
    def angle_rad(self) -> float:
        """Direction from start to end, radians counter-clockwise from east."""
        return float(np.arctan2(self.end_m[1] - self.start_m[1], self.end_m[0] - self.start_m[0]))

    @property
    def middle_m(self) -> tuple[float, float]:
        """Local x and y of its middle."""
        return (self.start_m[0] + self.end_m[0]) / 2, (self.start_m[1] + self.end_m[1]) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """What the image shows across a side; `out_m` grows outwards, `along_m` is 0 at the side's middle."""

    along_m: Floats
    """Places along the side, shape (n,), metres."""
    out_m: Floats
    """Places across it, shape (m,), metres, evenly spaced, 0 on the side as drawn."""
    pixels: NDArray[np.float32]
    """Shape (bands, n, m), brightness as on a screen; NaN where the image has no data."""
    pixel_m: float
    """Native ground size of a pixel, metres."""

    @property
    def step_m(self) -> float:
        """Distance between places across, metres."""
        return float(self.out_m[1] - self.out_m[0])


def read_strip(
    reader: SceneReader, frame: Frame, side: Side, *, angle_rad: float, reach_m: float, trim_m: float
) -> Strip:
    """Sample the image along and across a side.

    Values that are proportional to the light (all but 8-bit ones) are brought to the tone curve of a screen, so that a
    glint does not drown the edges beside it.

    Parameters
    ----------
    reader : SceneReader
        The scene; only the pixels under the strip are read.
    frame : Frame
        In whose local metres the side is given.
    side : Side
        Where to look.
    angle_rad : float
        Direction of the strip, which may differ a little from that of the side as drawn.
    reach_m : float
        How far to look to each side, metres.
    trim_m : float
        How much to leave out at each end, metres; at least the middle third remains.
    """
    pixel_m = max(reader.scene.gsd_m, reader.scene.grid.pixel_m(frame))
    half = max(side.length_m / 2 - trim_m, side.length_m / 6)
    count = int(np.clip(2 * half / pixel_m, 5, _MOST_ALONG))
    along = half * (2 * (np.arange(count) + 0.5) / count - 1)
    step = pixel_m / _STEPS_PER_PIXEL
    steps = int(np.ceil(reach_m / step))
    out = step * np.arange(-steps, steps + 1)
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    middle_x, middle_y = side.middle_m
    x = middle_x + along[:, None] * cosine + out[None, :] * sine
    y = middle_y + along[:, None] * sine - out[None, :] * cosine
    column, row = reader.scene.grid.to_pixel(*frame.to_crs(x, y, crs=reader.scene.grid.crs))
    pixels = reader.sample(column, row, footprint_px=1.0)[:_MOST_BANDS]
    if reader.scene.dtype != "uint8":
        pixels = np.maximum(pixels, 0.0) ** _AS_ON_A_SCREEN
    return Strip(np.asarray(along, float), np.asarray(out, float), pixels, pixel_m)
