"""The cells on which two scenes are compared, and where each lies in both."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from shapely import Polygon

from yardwatch.model.frame import Floats, Frame, frame_around
from yardwatch.model.grid import Grid
from yardwatch.model.ports import SceneReader

__all__ = ["Lattice", "Tile", "share_ground"]

_KNOTS = 5


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle of cells to look at, and the part of it to report on."""

    row: int
    """First row of cells looked at."""
    column: int
    """First column of cells looked at."""
    rows: int
    """Rows looked at."""
    columns: int
    """Columns looked at."""
    core: tuple[slice, slice]
    """The part to report on, counted within the tile."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """Square cells along the pixel axes of the earlier scene.

    Cell (i, j) covers the pixels from ``step_px · j`` to ``step_px · (j + 1)`` across and likewise down.
    """

    before: Grid
    """Grid of the earlier scene."""
    after: Grid
    """Grid of the later scene, laid on the earlier one."""
    frame: Frame
    """Local metric frame of the place."""
    step_px: float
    """Side of a cell in pixels of the earlier scene."""

    @property
    def rows(self) -> int:
        """Number of rows of cells."""
        return max(1, round(self.before.height / self.step_px))

    @property
    def columns(self) -> int:
        """Number of columns of cells."""
        return max(1, round(self.before.width / self.step_px))

    @property
    def cell_m(self) -> float:
        """Side of a cell on the ground, metres."""
        return self.step_px * self.before.pixel_m(self.frame)

    def tiles(self, core: int, margin: int) -> Iterator[Tile]:
        """Tiles whose cores of `core` cells cover all cells once, each seen with a margin around."""
        for top in range(0, self.rows, core):
            for left in range(0, self.columns, core):
                row, column = max(0, top - margin), max(0, left - margin)
                bottom, right = min(self.rows, top + core), min(self.columns, left + core)
                rows = min(self.rows, bottom + margin) - row
                columns = min(self.columns, right + margin) - column
                inner = slice(top - row, bottom - row), slice(left - column, right - column)
                yield Tile(row, column, rows, columns, inner)

    def windows(self, side: int, most: int) -> list[Tile]:
        """Up to `most` squares of `side` cells spread evenly over all cells; all of them where they are few."""
        if self.rows * self.columns <= most * side * side:
            return [Tile(0, 0, self.rows, self.columns, (slice(0, self.rows), slice(0, self.columns)))]
        across = max(1, round((most * self.columns / self.rows) ** 0.5))
        down = max(1, most // across)
        height, width = min(side, self.rows), min(side, self.columns)
        inner = slice(0, height), slice(0, width)
        rows = np.linspace(0, self.rows - height, down).round().astype(int)
        columns = np.linspace(0, self.columns - width, across).round().astype(int)
        return [Tile(int(row), int(column), height, width, inner) for row in rows for column in columns]

    def read(
        self, before: SceneReader, after: SceneReader, tile: Tile
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Both scenes on the cells of a tile, shape (bands, rows, columns): the bands both have, NaN for nothing."""
        columns = (tile.column + np.arange(tile.columns) + 0.5) * self.step_px
        rows = (tile.row + np.arange(tile.rows) + 0.5) * self.step_px
        column, row = np.meshgrid(columns, rows)
        first = before.sample(column, row, footprint_px=self.step_px)
        moved_column, moved_row, scale = self._nearly_in_after(column, row)
        second = after.sample(moved_column, moved_row, footprint_px=self.step_px * scale)
        common = min(len(first), len(second))
        return first[:common], second[:common]

    def in_after(self, column: ArrayLike, row: ArrayLike) -> tuple[Floats, Floats]:
        """Pixel coordinates in the later scene of pixel coordinates in the earlier one."""
        x, y = self.before.to_crs(column, row)
        if self.before.crs != self.after.crs:
            frame = self._frame_of_before
            x, y = frame.to_crs(*frame.to_local(x, y), crs=self.after.crs)
        return self.after.to_pixel(x, y)

    def _nearly_in_after(self, column: Floats, row: Floats) -> tuple[Floats, Floats, float]:
        """The same for a tile by an affine map, which is exact enough there, with its scale."""
        left, top, right, bottom = column[0, 0], row[0, 0], column[-1, -1], row[-1, -1]
        knots = np.linspace(0, max(right - left, bottom - top, 1.0), _KNOTS)
        across, down = (knot.ravel() for knot in np.meshgrid(left + knots, top + knots))
        terms = np.column_stack([np.ones_like(across), across - left, down - top])
        fit, *_ = np.linalg.lstsq(terms, np.column_stack(self.in_after(across, down)), rcond=None)
        moved = fit[0] + (column - left)[..., None] * fit[1] + (row - top)[..., None] * fit[2]
        scale = float(abs(fit[1, 0] * fit[2, 1] - fit[1, 1] * fit[2, 0]) ** 0.5)
        return moved[..., 0], moved[..., 1], scale

    @property
    def _frame_of_before(self) -> Frame:
        """The frame, seen from the CRS of the earlier scene."""
        return Frame(self.before.crs, self.frame.longitude_deg, self.frame.latitude_deg)


def share_ground(before: Grid, after: Grid) -> bool:
    """Whether two grids have any ground in common."""
    frame = frame_around(before.crs, *np.array(before.outline()).T)
    other = Frame(after.crs, frame.longitude_deg, frame.latitude_deg)
    outlines = [frame.to_local(*np.array(before.outline()).T), other.to_local(*np.array(after.outline()).T)]
    first, second = (Polygon(np.column_stack(outline)) for outline in outlines)
    return bool(np.isfinite(second.bounds).all() and first.intersects(second))
