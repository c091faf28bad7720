"""Scenes as tiles of a web map: squares of the world in Web Mercator, cut where a map asks for them."""

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from pyproj import Transformer

from yardwatch.errors import MisuseError
from yardwatch.imagery.scenes import TILE_FORMS, SceneFile
from yardwatch.model.frame import Floats
from yardwatch.model.grid import Grid
from yardwatch.model.scene import Scene
from yardwatch.pipeline.reopening import reopened
from yardwatch.workspace import open_workspace

__all__ = ["MOST_ZOOM", "TILE_FORMS", "TILE_PX", "Square", "TileReader", "open_tiles", "tile_of", "zooms_of"]

TILE_PX = 256
"""Side of a tile, pixels."""
MOST_ZOOM = 24
"""The closest zoom at which tiles are made."""

TileReader = SceneFile
"""An open image that tiles are cut from."""

_HALF_WORLD_M = math.pi * 6_378_137.0
_NODES = 17
_CLOSER = 2


@dataclass(frozen=True, slots=True)
class Square:
    """A tile by its address: zoom, and column and row counted from the north-west corner of the world."""

    zoom: int
    """0 is the whole world."""
    column: int
    """From the west."""
    row: int
    """From the north."""

    def __post_init__(self) -> None:
        if not (0 <= self.zoom <= MOST_ZOOM and 0 <= self.column < 2**self.zoom and 0 <= self.row < 2**self.zoom):
            raise MisuseError(
                f"there is no tile {self.zoom}/{self.column}/{self.row}; zoom goes to {MOST_ZOOM}, column and row to "
                "two to the power of zoom"
            )

    def nodes(self) -> tuple[Floats, Floats]:
        """Metres of Web Mercator at nodes spread evenly over the tile, north first; shape (n, n) each."""
        side_m = 2 * _HALF_WORLD_M / 2**self.zoom
        steps = np.linspace(0, side_m, _NODES)
        x, y = np.meshgrid(self.column * side_m - _HALF_WORLD_M + steps, _HALF_WORLD_M - self.row * side_m - steps)
        return x, y


@contextmanager
def open_tiles(folder: Path, scene: Scene) -> Iterator[SceneFile]:
    """The file of a scene of the workspace in `folder`, to cut tiles from.

    Raises
    ------
    ImageError
        If the file is gone, has changed, or cannot be read.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    with ExitStack() as stack:
        with open_workspace(folder) as store:
            reader = stack.enter_context(reopened(store, store.site(), scene))
        yield reader


def tile_of(reader: SceneFile, square: Square, *, form: str = "png") -> bytes:
    """A tile of a scene, encoded; transparent where the scene shows nothing.

    Raises
    ------
    ImageError
        If the file cannot be decoded there.
    LimitError
        If that takes more memory or time than is allowed.
    """
    grid = reader.scene.grid
    x, y = (np.asarray(one, float) for one in _to_image(grid.crs).transform(*square.nodes()))
    nowhere = ~(np.isfinite(x) & np.isfinite(y))
    x[nowhere] = y[nowhere] = np.nan
    column, row = grid.to_pixel(x, y)
    return reader.tile(column, row, size_px=TILE_PX, form=form)


def zooms_of(grid: Grid) -> tuple[int, int]:
    """The zooms at which tiles of an image are worth asking for: from where it fits a tile to where pixels show."""
    corners = np.array(grid.outline()[:4])
    x, y = _from_image(grid.crs).transform(*corners.T)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return 0, MOST_ZOOM
    sides_m = np.hypot(np.diff([*x, x[0]]), np.diff([*y, y[0]]))
    pixel_m = float(min(sides_m[0] / grid.width, sides_m[1] / grid.height))
    whole = math.log2(2 * _HALF_WORLD_M / max(float(sides_m.max()), 1e-9))
    closest = math.log2(2 * _HALF_WORLD_M / TILE_PX / max(pixel_m, 1e-9))
    least = min(max(0, math.floor(whole) - 1), MOST_ZOOM)
    return least, min(max(least, math.ceil(closest) + _CLOSER), MOST_ZOOM)


@lru_cache(maxsize=64)
def _to_image(crs: str) -> Transformer:
    return Transformer.from_crs("EPSG:3857", crs, always_xy=True)


@lru_cache(maxsize=64)
def _from_image(crs: str) -> Transformer:
    return Transformer.from_crs(crs, "EPSG:3857", always_xy=True)
