"""The pixels of two scenes in one plane: that of the reference's own pixels."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from yardwatch.model.frame import Floats
from yardwatch.model.grid import Grid

__all__ = ["Affine", "Plane"]

_LATTICE = np.linspace(0, 1, 5)


@dataclass(frozen=True, slots=True)
class Plane:
    """Continuous pixel coordinates of the reference, and how those of the moving scene lie in them."""

    reference: Grid
    """Grid of the reference."""
    moving: Grid
    """Grid of the moving scene, as it is taken to lie now."""

    def to_moving(self, points: Floats) -> Floats:
        """Pixels of the moving scene, shape (…, 2), at points of the plane of the same shape."""
        x, y = self.reference.to_crs(points[..., 0], points[..., 1])
        return np.stack(self.moving.to_pixel(*_carried(self.reference.crs, self.moving.crs, x, y)), axis=-1)

    def from_moving(self, pixels: Floats) -> Floats:
        """Points of the plane, shape (…, 2), at pixels of the moving scene."""
        x, y = self.moving.to_crs(pixels[..., 0], pixels[..., 1])
        return np.stack(self.reference.to_pixel(*_carried(self.moving.crs, self.reference.crs, x, y)), axis=-1)

    def slope(self, points: Floats) -> Floats:
        """How pixels of the moving scene change with the plane, shape (…, 2, 2): columns are the plane's axes."""
        steps = np.array([[0.5, 0], [-0.5, 0], [0, 0.5], [0, -0.5]])
        around = self.to_moving(points[..., None, :] + steps)
        return np.stack([around[..., 0, :] - around[..., 1, :], around[..., 2, :] - around[..., 3, :]], axis=-1)

    def moving_pixel(self, box: Floats) -> float:
        """Size of a pixel of the moving scene in the middle of a box (two opposite corners), units of the plane."""
        return float(np.abs(np.linalg.det(self.slope(box.mean(axis=0)))) ** -0.5)

    def common(self, margin: float) -> Floats:
        """The box around what both scenes show, two opposite corners, with the moving scene grown by a margin."""
        columns, rows = np.meshgrid(self.moving.width * _LATTICE, self.moving.height * _LATTICE)
        there = self.from_moving(np.stack([columns.ravel(), rows.ravel()], axis=-1))
        size = np.array([self.reference.width, self.reference.height], float)
        return np.array([np.clip(there.min(axis=0) - margin, 0, size), np.clip(there.max(axis=0) + margin, 0, size)])

    def either(self, margin: float) -> Floats:
        """The box around those parts of both scenes that lie within a margin of the other, two opposite corners."""
        columns, rows = np.meshgrid(self.moving.width * _LATTICE, self.moving.height * _LATTICE)
        there = self.from_moving(np.stack([columns.ravel(), rows.ravel()], axis=-1))
        size = np.array([self.reference.width, self.reference.height], float)
        mine = np.array([np.clip(corner, -margin, size + margin) for corner in (there.min(axis=0), there.max(axis=0))])
        still = self.common(margin)
        return np.array([np.minimum(mine[0], still[0]), np.maximum(mine[1], still[1])])

    def moved(self, shift: "Affine", box: Floats) -> "Plane":
        """The plane after what lay at a point p is found to belong at ``p + shift(p)``.

        The moving scene's map stays affine; `box` (two opposite corners) is where it fits best.
        """
        points = np.stack(np.meshgrid(*(box[0] + np.outer(_LATTICE, box[1] - box[0])).T), axis=-1).reshape(-1, 2)
        pixels = self.to_moving(points)
        target = points + shift.at(points)
        x, y = self.reference.to_crs(target[:, 0], target[:, 1])
        x, y = _carried(self.reference.crs, self.moving.crs, x, y)
        return replace(self, moving=replace(self.moving, transform=_fitted(pixels, x, y)))


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """A displacement that changes evenly over the plane."""

    middle: Floats
    """Point where it is `offset`, shape (2,)."""
    offset: Floats
    """Displacement there, shape (2,)."""
    slope: Floats
    """Change of the displacement with the plane's axes, shape (2, 2)."""

    def at(self, points: Floats) -> Floats:
        """Displacement at points of shape (…, 2)."""
        return np.asarray(self.offset + (points - self.middle) @ self.slope.T, float)


def _carried(source: str, target: str, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    if source == target:
        return x, y
    new_x, new_y = Transformer.from_crs(source, target, always_xy=True).transform(x, y)
    return np.asarray(new_x, float), np.asarray(new_y, float)


def _fitted(pixels: Floats, x: Floats, y: Floats) -> tuple[float, float, float, float, float, float]:
    """The affine map from pixels to coordinates that fits best."""
    middle = pixels.mean(axis=0)
    design: NDArray[np.float64] = np.column_stack([pixels - middle, np.ones(len(pixels))])
    x0, y0 = x.mean(), y.mean()
    (a, b, c), (d, e, f) = np.linalg.lstsq(design, np.column_stack([x - x0, y - y0]), rcond=None)[0].T
    c, f = c + x0 - a * middle[0] - b * middle[1], f + y0 - d * middle[0] - e * middle[1]
    return float(a), float(b), float(c), float(d), float(e), float(f)
