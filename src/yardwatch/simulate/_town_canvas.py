"""A small picture that flat shapes are painted on with soft edges, and the labels that go with it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft

__all__ = ["Light", "Pixels", "TownCanvas", "hull", "noise", "oblong"]

Pixels = NDArray[np.float32]
Spot = tuple[slice, slice]


@dataclass(frozen=True, slots=True)
class Light:
    """Where the sun and the sensor stand, as displacements in the picture for each metre of height."""

    shadow: tuple[float, float]
    """Shadow of one metre: metres right and down."""
    lean: tuple[float, float]
    """Lean of one metre: metres right and down."""
    to_sun: tuple[float, float, float]
    """Unit vector to the sun: right, down, up."""
    darkness: float
    """Share of light that a shadow takes."""


class TownCanvas:
    """A square picture of `size_px` pixels of `pixel_m`; positions are metres right and down from its corner.

    With an offset the picture is shifted by that much against the world, as a scene is that was laid on badly.
    """

    def __init__(self, size_px: int, pixel_m: float, offset_m: tuple[float, float] = (0.0, 0.0)) -> None:
        self.size_px, self.pixel_m = size_px, pixel_m
        self.colour: Pixels = np.zeros((size_px, size_px, 3), np.float32)
        self._shade: Pixels = np.zeros((size_px, size_px), np.float32)
        middles = (np.arange(size_px) + 0.5) * pixel_m
        self._right: Pixels = (middles + offset_m[0]).astype(np.float32)
        self._down: Pixels = (middles + offset_m[1]).astype(np.float32)
        self._offset_m = np.array(offset_m)

    def convex(self, corners: ArrayLike) -> tuple[Spot, Pixels] | None:
        """Share of each pixel that a convex polygon covers; None where it lies outside."""
        points = np.asarray(corners, np.float32)
        spot = self._spot(points.min(0), points.max(0))
        if spot is None:
            return None
        following = np.roll(points, -1, axis=0)
        (x, y), (dx, dy) = points.T, (following - points).T
        length = np.maximum(np.hypot(dx, dy), 1e-6)
        turn = 1.0 if float((x * following[:, 1] - following[:, 0] * y).sum()) > 0 else -1.0
        a, b = turn * dy / length, -turn * dx / length
        away = np.full((spot[0].stop - spot[0].start, spot[1].stop - spot[1].start), -np.inf, np.float32)
        right, down = self._right[spot[1]][None, :], self._down[spot[0]][:, None]
        for i in range(len(points)):
            np.maximum(away, a[i] * (right - x[i]) + b[i] * (down - y[i]), out=away)
        return spot, np.clip(0.5 - away / np.float32(self.pixel_m), 0, 1)

    def disc(self, x_m: float, y_m: float, radius_m: float) -> tuple[Spot, Pixels, Pixels, Pixels] | None:
        """Cover of a disc with the position in it, in radii right and down; None where it lies outside."""
        middle = np.array([x_m, y_m], np.float32)
        spot = self._spot(middle - radius_m, middle + radius_m)
        if spot is None:
            return None
        right = (self._right[spot[1]][None, :] - np.float32(x_m)) / np.float32(radius_m)
        down = (self._down[spot[0]][:, None] - np.float32(y_m)) / np.float32(radius_m)
        away = (np.hypot(right, down) - 1) * np.float32(radius_m / self.pixel_m)
        return spot, np.clip(0.5 - away, 0, 1), right, down

    def paint(self, corners: ArrayLike, colour: ArrayLike) -> None:
        """Fill a convex polygon."""
        covered = self.convex(corners)
        if covered:
            self.blend(*covered, colour)

    def blend(self, spot: Spot, share: Pixels, colour: ArrayLike) -> None:
        """Lay a colour (one, or one for each pixel) over some pixels."""
        piece = self.colour[spot]
        piece += share[..., None] * (np.asarray(colour, np.float32) - piece)

    def shade(self, corners: ArrayLike) -> None:
        """Add a convex polygon to the shadows."""
        covered = self.convex(corners)
        if covered:
            np.maximum(self._shade[covered[0]], covered[1], out=self._shade[covered[0]])

    def cast(self, darkness: float) -> None:
        """Darken what the shadows gathered so far cover, a little bluish, and forget them."""
        takes = np.float32(darkness) * np.array([1.0, 0.97, 0.9], np.float32)
        self.colour *= 1 - self._shade[..., None] * takes
        self._shade[:] = 0

    def _spot(self, low: ArrayLike, high: ArrayLike) -> Spot | None:
        left, top = np.floor((np.asarray(low) - self._offset_m) / self.pixel_m).astype(int) - 1
        right, bottom = np.ceil((np.asarray(high) - self._offset_m) / self.pixel_m).astype(int) + 1
        left, top, right, bottom = max(left, 0), max(top, 0), min(right, self.size_px), min(bottom, self.size_px)
        return (slice(top, bottom), slice(left, right)) if left < right and top < bottom else None


def noise(rng: np.random.Generator, size_px: int, *, finest_px: float, coarsest_px: float, power: float) -> Pixels:
    """A random field of mean 0 and deviation 1 whose strength goes with the wavelength to `power`."""
    spectrum = fft.rfft2(rng.standard_normal((size_px, size_px), dtype=np.float32))
    waves = np.hypot(fft.fftfreq(size_px)[:, None], fft.rfftfreq(size_px)[None, :])
    keep = (waves <= 1 / finest_px) & (waves >= 1 / coarsest_px)
    field = fft.irfft2(spectrum * np.where(keep, np.maximum(waves, 1e-6) ** -power, 0), s=(size_px, size_px))
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-6), np.float32)


def oblong(x_m: float, y_m: float, length_m: float, width_m: float, angle: float) -> NDArray[np.float64]:
    """Corners of a rectangle around a middle, its length along `angle`, shape (4, 2)."""
    along = 0.5 * length_m * np.array([np.cos(angle), np.sin(angle)])
    across = 0.5 * width_m * np.array([-np.sin(angle), np.cos(angle)])
    middle = np.array([x_m, y_m])
    return np.array(
        [middle - along - across, middle + along - across, middle + along + across, middle - along + across]
    )


def hull(points: ArrayLike) -> NDArray[np.float64]:
    """Corners of the convex hull of a few points, in order."""
    ordered = sorted(map(tuple, np.asarray(points, float).tolist()))
    chains = []
    for run in (ordered, ordered[::-1]):
        chain: list[tuple[float, float]] = []
        for x, y in run:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], (x, y)) <= 0:
                chain.pop()
            chain.append((x, y))
        chains.append(chain[:-1])
    return np.array(chains[0] + chains[1])


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
