"""Polygons on the grid of an image as a GeoTIFF of small numbers."""

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.errors import NotGeoreferencedWarning
from rasterio.features import rasterize
from rasterio.io import MemoryFile
from rasterio.transform import Affine
from rasterio.windows import Window
from shapely import Polygon, STRtree

from yardwatch.model.frame import LOCAL_CRS
from yardwatch.model.grid import Grid

__all__ = ["CHANGED", "HIDDEN", "SAME", "mask_geotiff"]

SAME, CHANGED, HIDDEN = 0, 1, 255
"""What a pixel of a mask may be."""

_BLOCK = 512


def mask_geotiff(grid: Grid, *, changed: Sequence[Polygon], hidden: Sequence[Polygon]) -> bytes:
    """A GeoTIFF of uint8 on a grid: 0 same, 1 changed, 255 hidden.

    Parameters
    ----------
    grid : Grid
        Where the mask lies; in `LOCAL_CRS` it is written without georeference.
    changed, hidden : sequence of Polygon
        In pixels of the grid; a pixel counts if its centre is inside. What is hidden wins.
    """
    placed = grid.crs != LOCAL_CRS
    place = {"crs": CRS.from_user_input(grid.crs), "transform": Affine(*grid.transform)} if placed else {}
    layers = [(shapes, STRtree(shapes), value) for shapes, value in ((changed, CHANGED), (hidden, HIDDEN)) if shapes]
    with warnings.catch_warnings(), MemoryFile() as file:
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with file.open(
            driver="GTiff", width=grid.width, height=grid.height, count=1, dtype="uint8", compress="deflate",
            tiled=True, blockxsize=_BLOCK, blockysize=_BLOCK, **place,
        ) as target:  # fmt: skip
            for row in range(0, grid.height, _BLOCK):
                for column in range(0, grid.width, _BLOCK):
                    width, height = min(_BLOCK, grid.width - column), min(_BLOCK, grid.height - row)
                    window = Window(column, row, width, height)
                    target.write(_painted(layers, window), 1, window=window)
        return bytes(file.getbuffer())


def _painted(layers: list[tuple[Sequence[Polygon], STRtree, int]], window: Window) -> NDArray[np.uint8]:
    out = np.full((window.height, window.width), SAME, np.uint8)
    left, top = window.col_off, window.row_off
    frame = Polygon([(left, top), (left + window.width, top), (left + window.width, top + window.height),
                     (left, top + window.height)])  # fmt: skip
    for shapes, tree, value in layers:
        met = [(shapes[index], value) for index in sorted(tree.query(frame).tolist())]
        if met:
            rasterize(met, out=out, transform=Affine.translation(left, top))
    return out
