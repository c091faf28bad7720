"""Pixels in metres on the ground."""

import numpy as np

from yardwatch.model.frame import Floats, Frame, frame_around
from yardwatch.model.grid import Grid
from yardwatch.registration.plane import Plane

__all__ = ["metres_moved", "pixel_m"]


def pixel_m(grid: Grid) -> float:
    """Ground size of a pixel in the middle of an image, metres.

    Raises
    ------
    MisuseError
        If the image does not lie on the Earth.
    """
    return grid.pixel_m(_frame(grid))


def metres_moved(before: Plane, after: Plane) -> tuple[float, float]:
    """How far the middle of the moving scene has moved, metres east and north."""
    grid = before.moving
    frame = _frame(grid)
    places = [frame.to_local(*plane.moving.to_crs(grid.width / 2, grid.height / 2)) for plane in (before, after)]
    (east, north), (new_east, new_north) = places
    return float(new_east - east), float(new_north - north)


def _frame(grid: Grid) -> Frame:
    corners: Floats = np.array(grid.outline())
    return frame_around(grid.crs, corners[:, 0], corners[:, 1])
