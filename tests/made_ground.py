"""Invented ground full of edges, and pictures taken of it by a known map."""

import numpy as np
from scipy import ndimage

from yardwatch.model.grid import Grid
from yardwatch.simulate.reading import ArrayReader

CORNER = (500_000.0, 4_600_000.0)
CELL_M = 0.25


def ground(seed, size=1900):
    """Brightness of squares, bars and grain, cells of 0.25 m."""
    rng = np.random.default_rng(seed)
    cells = 100 + 12 * ndimage.gaussian_filter(rng.standard_normal((size, size)), 3) * 6
    for _ in range(420):
        row, column = rng.integers(0, size, 2)
        high, wide = rng.integers(6, 60, 2)
        cells[row : row + high, column : column + wide] = rng.uniform(40, 190)
    return ndimage.gaussian_filter(ndimage.rotate(cells, 20, reshape=False, mode="reflect"), 1.0)


def taken(cells, *, turn_deg=0.0, growth=0.0, middle_m=(225.0, 225.0), shape=(520, 560), gsd_m=0.5, noise=1.0, seed=0):
    """A picture, and the map from its pixels to metres from the ground's corner as (matrix, offset)."""
    angle = np.radians(turn_deg)
    matrix = (1 + growth) * gsd_m * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    offset = np.array(middle_m) - matrix @ np.array([shape[1] / 2, shape[0] / 2])
    row, column = np.mgrid[: shape[0], : shape[1]] + 0.5
    x, y = np.tensordot(matrix, np.stack([column, row]), 1) + offset[:, None, None]
    soft = ndimage.gaussian_filter(cells, 0.4 * gsd_m / CELL_M)
    seen = ndimage.map_coordinates(soft, [y / CELL_M - 0.5, x / CELL_M - 0.5], order=3, mode="constant", cval=np.nan)
    return seen + np.random.default_rng(seed).normal(0, noise, shape), (matrix, offset)


def reader(pixels, *, corner_m, gsd_m=0.5, name="invented", crs="EPSG:32652"):
    """The picture as a scene that is said to have its corner there, north up."""
    rows, columns = pixels.shape
    grid = Grid(crs, (gsd_m, 0, CORNER[0] + corner_m[0], 0, -gsd_m, CORNER[1] - corner_m[1]), columns, rows)
    return ArrayReader(pixels[None].astype(np.float32), grid, gsd_m=gsd_m, name=name)


def reference(cells, **how):
    """A picture that lies where it is said to lie."""
    pixels, (_, offset) = taken(cells, **how)
    return reader(pixels, corner_m=offset, gsd_m=how.get("gsd_m", 0.5), name="reference")


def error_px(grid, truth, gsd_m=0.5):
    """Root mean square distance of a grid from the truth, pixels."""
    matrix, offset = truth
    column, row = (a.ravel() for a in np.meshgrid(np.linspace(0, grid.width, 9), np.linspace(0, grid.height, 9)))
    x, y = grid.to_crs(column, row)
    true = (matrix @ np.stack([column, row])).T + offset
    return float(np.sqrt(((x - CORNER[0] - true[:, 0]) ** 2 + (CORNER[1] - y - true[:, 1]) ** 2).mean())) / gsd_m
