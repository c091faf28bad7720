"""The pixel grid of an image and where it lies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats, Frame

__all__ = ["Grid", "Window"]


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of whole pixels."""

    column: int
    """First column."""
    row: int
    """First row."""
    width: int
    """Number of columns."""
    height: int
    """Number of rows."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns and rows of an image and the affine map from them to a CRS.

    Pixel coordinates are continuous: the centre of the first pixel is (0.5, 0.5).
    """

    crs: str
    """CRS of the image: an authority code or WKT."""
    transform: tuple[float, float, float, float, float, float]
    """(a, b, c, d, e, f) with x = a·column + b·row + c and y = d·column + e·row + f; any rotation or flip."""
    width: int
    """Number of columns."""
    height: int
    """Number of rows."""

    def __post_init__(self) -> None:
        a, b, _, d, e, _ = self.transform
        if not np.all(np.isfinite(self.transform)) or a * e - b * d == 0:
            raise MisuseError(f"transform {self.transform} maps the image to a line or to nowhere")

    def to_crs(self, column: ArrayLike, row: ArrayLike) -> tuple[Floats, Floats]:
        """Coordinates in `crs` of continuous pixel coordinates."""
        a, b, c, d, e, f = self.transform
        columns, rows = np.asarray(column, float), np.asarray(row, float)
        return a * columns + b * rows + c, d * columns + e * rows + f

    def to_pixel(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """Continuous (column, row) of coordinates in `crs`."""
        a, b, c, d, e, f = self.transform
        dx, dy = np.asarray(x, float) - c, np.asarray(y, float) - f
        determinant = a * e - b * d
        return (e * dx - b * dy) / determinant, (a * dy - d * dx) / determinant

    def outline(self) -> tuple[tuple[float, float], ...]:
        """Closed ring of the image's corners in `crs`, counted from the first pixel."""
        x, y = self.to_crs([0, self.width, self.width, 0, 0], [0, 0, self.height, self.height, 0])
        return tuple(zip(x.tolist(), y.tolist(), strict=True))

    def pixel_m(self, frame: Frame) -> float:
        """Ground size of a pixel in the middle of the image: geometric mean of its two sides, metres."""
        column, row = self.width / 2, self.height / 2
        x, y = self.to_crs([column, column + 1, column], [row, row, row + 1])
        east, north = Frame(self.crs, frame.longitude_deg, frame.latitude_deg).to_local(x, y)
        along = np.hypot(east[1:] - east[0], north[1:] - north[0])
        return float(np.sqrt(along.prod()))
