"""Where a picture lies by points that a person found in it and on a map."""

from dataclasses import dataclass

import numpy as np

from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats, frame_around
from yardwatch.model.grid import Grid

__all__ = ["Placed", "place_by_points"]

_LEAST_SPREAD = 0.02
"""Points on a line, or nearly, leave the picture free to turn about it."""


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A picture placed by control points."""

    grid: Grid
    """Where it lies."""
    kind: str
    """``similarity`` by two points, ``affine`` by three or more."""
    residuals_m: Floats
    """How far each point lies from where the map puts it, metres, shape (n,)."""
    left_out_m: Floats | None
    """The same where the map was made without that point; None with too few points to leave one out."""
    pixel_m: float
    """Ground size of a pixel, metres."""

    @property
    def rmse_m(self) -> float:
        """Root mean square residual, metres."""
        return float(np.sqrt((self.residuals_m**2).mean()))

    @property
    def left_out_rmse_m(self) -> float | None:
        """Root mean square error at points left out, metres; the honest figure."""
        return None if self.left_out_m is None else float(np.sqrt((self.left_out_m**2).mean()))


def place_by_points(pixels: Floats, places: Floats, *, crs: str, width: int, height: int) -> Placed:
    """Place a picture: an affine map by three points or more, a similarity by two.

    Parameters
    ----------
    pixels : ndarray
        Continuous column and row of each point, shape (n, 2); the first pixel's centre is (0.5, 0.5).
    places : ndarray
        Its x and y in `crs`, shape (n, 2).
    crs : str
        CRS of the places.
    width, height : int
        Size of the picture, pixels.

    Raises
    ------
    MisuseError
        If there are fewer than two points, they lie on a line or on one another, or not on the Earth.
    """
    if len(pixels) < 2 or pixels.shape != places.shape:
        raise MisuseError(f"{len(pixels)} control point(s) place nothing; give at least three, spread over the picture")
    affine = len(pixels) >= 3
    frame = frame_around(crs, places[:, 0], places[:, 1])
    local = np.column_stack(frame.to_local(places[:, 0], places[:, 1]))
    _check_spread(pixels, affine=affine, what="picture")
    _check_spread(local, affine=affine, what="map")
    solution = _solved(pixels, local, affine=affine)
    residuals = np.hypot(*(_mapped(solution, pixels) - local).T)
    least = 4 if affine else 3
    left_out = None
    if len(pixels) >= least:
        left_out = np.array([_without(pixels, local, index, affine=affine) for index in range(len(pixels))])
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]], float)
    x, y = frame.to_crs(*_mapped(solution, corners).T)
    step = np.linalg.lstsq(np.column_stack([corners, np.ones(4)]), np.column_stack([x - x[0], y - y[0]]), rcond=None)[0]
    (a, d), (b, e), (c, f) = step.tolist()
    grid = Grid(crs, (a, b, c + float(x[0]), d, e, f + float(y[0])), width, height)
    return Placed(grid, "affine" if affine else "similarity", residuals, left_out, grid.pixel_m(frame))


def _check_spread(points: Floats, *, affine: bool, what: str) -> None:
    spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    if spread[0] == 0 or (affine and spread[1] < _LEAST_SPREAD * spread[0]):
        raise MisuseError(f"the control points lie on a line or on one another on the {what}; spread them over it")


def _solved(pixels: Floats, local: Floats, *, affine: bool) -> Floats:
    """Numbers of the map, shape (3, 2): what column, row and 1 are multiplied by."""
    if affine:
        design = np.column_stack([pixels, np.ones(len(pixels))])
        return np.asarray(np.linalg.lstsq(design, local, rcond=None)[0], float)
    # Rows count downwards: the picture is a mirrored map, turned and grown.
    source, target = pixels @ [1, -1j], local @ [1, 1j]
    design = np.column_stack([source, np.ones(len(source))])
    factor, offset = np.linalg.lstsq(design, target, rcond=None)[0]
    return np.array([[factor.real, factor.imag], [factor.imag, -factor.real], [offset.real, offset.imag]])


def _mapped(solution: Floats, pixels: Floats) -> Floats:
    return np.asarray(np.column_stack([pixels, np.ones(len(pixels))]) @ solution, float)


def _without(pixels: Floats, local: Floats, index: int, *, affine: bool) -> float:
    """Error at a point by the others, metres; infinite if these lie on a line."""
    rest = np.arange(len(pixels)) != index
    try:
        _check_spread(pixels[rest], affine=affine, what="picture")
    except MisuseError:
        return float("inf")
    solution = _solved(pixels[rest], local[rest], affine=affine)
    return float(np.hypot(*(_mapped(solution, pixels[index : index + 1]) - local[index : index + 1])[0]))
