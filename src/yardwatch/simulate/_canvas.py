"""A finely divided piece of ground that things are painted on: colour, height and slope."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats
from yardwatch.model.line import Line
from yardwatch.simulate._noise import Reals, Texture
from yardwatch.simulate.plan import Colour

__all__ = ["Canvas", "Overhead", "Patch", "Surface", "coverage", "linear", "smoothstep"]

_PIECE_M = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Some cells of a canvas in the coordinates of a thing: along and across."""

    cells: NDArray[np.int64]
    """Flat indices, shape (n,)."""
    along_m: Reals
    """Position along the thing, shape (n,)."""
    across_m: Reals
    """Position across it, positive to the left, shape (n,)."""

    def where(self, chosen: NDArray[np.bool_]) -> "Patch":
        """The chosen ones of its cells."""
        return Patch(self.cells[chosen], self.along_m[chosen], self.across_m[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """What covers the cells of a patch."""

    colour: Reals
    """Linear reflectance, shape (4, n): red, green, blue, near infrared."""
    height_m: Reals
    """Height over the rails, shape (n,)."""
    slope_across: Reals | float = 0.0
    """Rise for each metre to the left."""
    slope_along: Reals | float = 0.0
    """Rise for each metre along."""
    side: Colour = (0.3, 0.3, 0.3)
    """Colour of its walls as a screen shows it."""


@dataclass(frozen=True, slots=True, eq=False)
class Overhead:
    """Something thin that hangs in the air: trusses, arms, wires."""

    patch: Patch
    """The cells below it."""
    colour: Reals
    """Linear reflectance, shape (4,)."""
    opacity: Reals
    """Share of each cell that it covers, shape (n,)."""
    height_m: float
    """How high it hangs, metres."""


class Canvas:
    """Cells of `cell_m`, the first row in the north; cell (0, 0) of the whole picture starts at `origin_m`."""

    def __init__(self, *, origin_m: tuple[float, float], cell_m: float, rows: range, columns: range, seed: int) -> None:
        self.cell_m = cell_m
        self.rows, self.columns = np.arange(rows.start, rows.stop), np.arange(columns.start, columns.stop)
        self.x_m: Floats = np.asarray(origin_m[0] + (self.columns + 0.5) * cell_m, float)
        self.y_m: Floats = np.asarray(origin_m[1] - (self.rows + 0.5) * cell_m, float)
        self.shape = len(self.rows), len(self.columns)
        size = self.shape[0] * self.shape[1]
        self.colour = np.empty((4, size), np.float32)
        self.height_m = np.zeros(size, np.float32)
        self.slope_x = np.zeros(size, np.float32)
        self.slope_y = np.zeros(size, np.float32)
        self.owner = np.zeros(size, np.int32)
        self.overhead: list[Overhead] = []
        self._scratch = np.zeros(size, np.int32)
        self.walls: list[tuple[Reals, float]] = [(linear((0.3, 0.3, 0.3)), 0.0)]
        self.texture = Texture(seed)
        self.seed = seed

    def rng(self, *key: int) -> np.random.Generator:
        """Chance that depends on the scene and the key alone."""
        return np.random.default_rng([self.seed, *key])

    def oblong(self, x_m: float, y_m: float, angle: float, half_length_m: float, half_width_m: float) -> Patch:
        """Cells in an oblong around a point; along is counted from that point."""
        reach = abs(np.cos(angle)) * half_length_m + abs(np.sin(angle)) * half_width_m
        rise = abs(np.sin(angle)) * half_length_m + abs(np.cos(angle)) * half_width_m
        left, right = np.searchsorted(self.x_m, [x_m - reach, x_m + reach])
        top, bottom = np.searchsorted(-self.y_m, [-(y_m + rise), -(y_m - rise)])
        dx, dy = (self.x_m[left:right] - x_m)[None, :], (self.y_m[top:bottom] - y_m)[:, None]
        along = dx * np.cos(angle) + dy * np.sin(angle)
        across = dy * np.cos(angle) - dx * np.sin(angle)
        row, column = np.nonzero((np.abs(along) <= half_length_m) & (np.abs(across) <= half_width_m))
        cells = (row + top) * self.shape[1] + column + left
        return Patch(
            cells.astype(np.int64), along[row, column].astype(np.float32), across[row, column].astype(np.float32)
        )

    def corridor(self, line: Line, half_width_m: float) -> Patch:
        """Cells beside a line, each once; along is the chainage."""
        starts, ends = line.vertices_m[:-1], line.vertices_m[1:]
        reach = half_width_m + 1
        near = (
            (np.minimum(starts[:, 0], ends[:, 0]) < self.x_m[-1] + reach)
            & (np.maximum(starts[:, 0], ends[:, 0]) > self.x_m[0] - reach)
            & (np.minimum(starts[:, 1], ends[:, 1]) < self.y_m[0] + reach)
            & (np.maximum(starts[:, 1], ends[:, 1]) > self.y_m[-1] - reach)
        )
        patches = [p for i in np.nonzero(near)[0] for p in self._segment(line, int(i), half_width_m)]
        if not patches:
            none = np.zeros(0, np.float32)
            return Patch(np.zeros(0, np.int64), none, none)
        cells, along, across = (
            np.concatenate([getattr(patch, name) for patch in patches]) for name in ("cells", "along_m", "across_m")
        )
        number = np.arange(len(cells), dtype=np.int32)
        self._scratch[cells] = number
        return Patch(cells, along, across).where(self._scratch[cells] == number)

    def _segment(self, line: Line, index: int, half_width_m: float) -> Iterator[Patch]:
        step = line.vertices_m[index + 1] - line.vertices_m[index]
        length = float(np.hypot(*step))
        pieces = max(1, int(np.ceil(length / _PIECE_M)))
        angle = float(np.arctan2(step[1], step[0]))
        half = length / pieces / 2
        for piece in range(pieces):
            part = (piece + 0.5) / pieces
            x, y = line.vertices_m[index] + part * step
            patch = self.oblong(float(x), float(y), angle, half + 0.15, half_width_m)
            if len(patch.cells):
                chainage = patch.along_m + np.float32(line.chainages_m[index] + part * length)
                yield Patch(patch.cells, chainage, patch.across_m)

    def tint(self, patch: Patch, colour: Reals, strength: Reals | float) -> None:
        """Blend a colour, shape (4,) or (4, n), over the cells."""
        tone = colour if colour.ndim == 2 else colour[:, None]
        for band in range(4):
            below = self.colour[band, patch.cells]
            self.colour[band, patch.cells] = below + (tone[band] - below) * strength

    def shade(self, patch: Patch, factor: Reals | float) -> None:
        """Multiply the colour of the cells."""
        for band in range(4):
            self.colour[band, patch.cells] *= factor

    def put(self, patch: Patch, surface: Surface, angle: float) -> None:
        """Stand a thing on the cells, hiding what is below and lower."""
        if not len(patch.cells):
            return
        higher = surface.height_m >= self.height_m[patch.cells]
        cells = patch.cells[higher]
        self.colour[:, cells] = surface.colour[:, higher]
        self.height_m[cells] = surface.height_m[higher]
        across = np.broadcast_to(np.asarray(surface.slope_across, np.float32), higher.shape)[higher]
        along = np.broadcast_to(np.asarray(surface.slope_along, np.float32), higher.shape)[higher]
        cosine, sine = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        self.slope_x[cells] = along * cosine - across * sine
        self.slope_y[cells] = along * sine + across * cosine
        self.owner[cells] = len(self.walls)
        self.walls.append((linear(surface.side), angle))


def linear(colour: Colour, nir: float | None = None) -> Reals:
    """Reflectance of a colour given as a screen shows it: shape (4,), the near infrared last."""
    red, green, blue = (max(0.0, min(1.0, c)) ** 2.2 for c in colour)
    return np.array([red, green, blue, red * 1.15 if nir is None else nir], np.float32)


def coverage(position: Reals, middle: Reals | float, width: float, cell: float) -> Reals:
    """Share of a cell of size `cell` that a stripe covers."""
    apart = np.abs(position - middle)
    return np.asarray(np.clip((width + cell) / 2 - apart, 0, min(width, cell)) / cell, np.float32)


def smoothstep(value: Reals | Floats, low: float, high: float) -> Reals:
    """0 below `low`, 1 above `high`, smooth between."""
    part = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(part * part * (3 - 2 * part), np.float32)
