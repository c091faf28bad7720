"""How long, wide and large a changed place is, and how well that is known."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon

from yardwatch.model.frame import Floats

__all__ = ["EDGE_SE_CELLS", "Size", "regularised", "size_of"]

EDGE_SE_CELLS = 1.6
"""Standard error of one edge of an outline, cells; from simulated pairs (`tools/change_accuracy.py`)."""

_RECTANGULAR = 0.8
_RIBBON = 4.0


@dataclass(frozen=True, slots=True)
class Size:
    """Area, length and width with their standard errors, metres."""

    area_m2: float
    """Area."""
    area_m2_se: float
    """Its standard error."""
    length_m: float
    """Length."""
    length_m_se: float
    """Its standard error."""
    width_m: float
    """Width."""
    width_m_se: float
    """Its standard error."""


def regularised(shape: Polygon, *, tolerance_m: float, rectangles: bool) -> Polygon:
    """An outline without the steps of cells: a rectangle of the same area where that fits, else fewer corners.

    Parameters
    ----------
    shape : Polygon
        In metres.
    tolerance_m : float
        Corners that lie this near to the line between their neighbours go.
    rectangles : bool
        Whether it is of a sort that has right angles.
    """
    box = shape.minimum_rotated_rectangle
    if rectangles and isinstance(box, Polygon) and shape.area >= _RECTANGULAR * box.area and not shape.interiors:
        scale = math.sqrt(shape.area / box.area)
        return Polygon(shapely.transform(box, lambda xy: _about(xy, np.array(box.centroid.coords[0]), scale)))
    simple = shape.simplify(tolerance_m, preserve_topology=True)
    return simple if isinstance(simple, Polygon) and simple.is_valid and simple.area > 0 else shape


def size_of(shape: Polygon, *, edge_se_m: float, ribbon: bool) -> Size:
    """Size of an outline in metres.

    Length and width are the sides of the smallest rectangle around it; those of a ribbon, such as a road, follow from
    area and perimeter, so that it may bend. Each edge errs on its own by `edge_se_m`.
    """
    area = shape.area
    length, width = _ribbon(shape) if ribbon else _sides(shape)
    side_se = math.sqrt(2) * edge_se_m
    area_se = math.hypot(length * side_se, width * side_se) * math.sqrt(min(1.0, area / max(length * width, 1e-9)))
    width_se = area_se / length if ribbon and length > 0 else side_se
    return Size(area, area_se, length, side_se, width, width_se)


def _sides(shape: Polygon) -> tuple[float, float]:
    box = shape.minimum_rotated_rectangle
    if not isinstance(box, Polygon):
        return float(shape.length) / 2, 0.0
    corners = np.array(box.exterior.coords)
    sides = np.hypot(*np.diff(corners, axis=0)[:2].T)
    return float(sides.max()), float(sides.min())


def _ribbon(shape: Polygon) -> tuple[float, float]:
    """Sides of the rectangle with the same area and perimeter; of the smallest one around it if that is no ribbon."""
    half = shape.exterior.length / 2
    root = half**2 - 4 * shape.area
    length = (half + math.sqrt(root)) / 2 if root > 0 else 0.0
    if length == 0 or length**2 < _RIBBON * shape.area:
        return _sides(shape)
    return length, shape.area / length


def _about(xy: Floats, middle: Floats, scale: float) -> Floats:
    return middle + (xy - middle) * scale
