"""How a place stands out from the ground around it at each date."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from shapely import Geometry, Polygon

from yardwatch.change.bounding import stages_of
from yardwatch.change.lattice import Tile
from yardwatch.change.layers import filled
from yardwatch.change.light import StackReader
from yardwatch.change.spots import Spot
from yardwatch.model.frame import Floats

__all__ = ["standing_out"]

_AROUND, _GAP, _EDGE, _FEWEST = 10, 3, 2, 20
_LEAST, _USUAL = 1.0, 0.1

Mask = NDArray[np.bool_]


def standing_out(spots: Sequence[Spot], stacks: StackReader) -> list[Spot]:
    """Those spots of `lasting_spots` that stand out since their change otherwise than before.

    A roof between grass and snow, or ground in a shadow, looks different from its surroundings at each date. So the
    level of a spot, less that of the ground around it, must differ more between before and since than among the dates
    of one side.

    Parameters
    ----------
    spots : sequence of Spot
        In cells of the first lattice of `stacks`.
    stacks : StackReader
        Reads a place at all dates.
    """
    taken = shapely.union_all([spot.shape for spot in spots])
    return [spot for spot in spots if _stands_out(spot, _levels(spot.shape, taken, stacks))]


def _stands_out(spot: Spot, levels: Floats) -> bool:
    first, last = stages_of(spot)
    sides = levels[:first], levels[last:]
    rest = np.concatenate([side - side.mean(0) for side in sides])
    scatter = float(np.sqrt((rest**2).mean(1).sum() / max(len(rest) - 2, 1)))
    return _apart(sides[0].mean(0), sides[1].mean(0)) >= _LEAST * (scatter + _USUAL)


def _apart(one: Floats, other: Floats) -> float:
    return float(np.sqrt(((one - other) ** 2).mean()))


def _levels(shape: Polygon, taken: Geometry, stacks: StackReader) -> Floats:
    """Median level of a place in each colour at each date, less that of the ground around it; shape (dates, 3)."""
    tile = _around(shape, stacks)
    values = filled(stacks.read(tile).values)
    inside = _cells(shape, tile)
    core = ndimage.binary_erosion(inside, iterations=_EDGE)
    core = core if core.sum() > _FEWEST else inside
    ring = ndimage.binary_dilation(inside, iterations=_AROUND) & ~ndimage.binary_dilation(inside, iterations=_GAP)
    ring &= ~_cells(taken, tile)
    levels = np.median(values[:, :, core], axis=2).astype(float)
    return levels - np.median(values[:, :, ring], axis=2) if ring.sum() > _FEWEST else levels


def _around(shape: Polygon, stacks: StackReader) -> Tile:
    """A place and the ground around it."""
    lattice = stacks.lattices[0]
    left, top, right, bottom = shape.bounds
    rows = max(0, int(top) - _AROUND), min(lattice.rows, int(np.ceil(bottom)) + _AROUND)
    columns = max(0, int(left) - _AROUND), min(lattice.columns, int(np.ceil(right)) + _AROUND)
    size = rows[1] - rows[0], columns[1] - columns[0]
    return Tile(rows[0], columns[0], *size, (slice(0, size[0]), slice(0, size[1])))


def _cells(shape: Geometry, tile: Tile) -> Mask:
    column, row = np.meshgrid(tile.column + np.arange(tile.columns) + 0.5, tile.row + np.arange(tile.rows) + 0.5)
    return np.asarray(shapely.contains_xy(shape, column, row))
