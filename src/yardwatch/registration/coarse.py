"""Roughly how far and how much turned one scene lies from another."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from yardwatch.model.frame import Floats
from yardwatch.registration.plane import Affine, Plane
from yardwatch.registration.sampling import Overview
from yardwatch.registration.structure import Field, Reals, structure

__all__ = ["Candidate", "Sketches", "candidates"]

_TURNS_DEG = (-1.0, 1.0, -2.0, 2.0, -3.0, 3.0)
_PEAKS = 3
_APART_PX = 6
_LEAST_COMMON = 0.1


@dataclass(frozen=True, slots=True)
class Sketches:
    """Both scenes at low resolution."""

    reference: Overview
    """The reference."""
    moving: Overview
    """The moving scene."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where the moving scene may lie."""

    plane: Plane
    """With the moving scene there."""
    clearness: float
    """How unlikely so much agreement is by chance, in standard deviations."""


def candidates(
    sketches: Sketches, plane: Plane, box: Floats, *, step: float, reach: float, turned: bool
) -> list[Candidate]:
    """Places where the structure of both agrees best, the clearest first.

    The whole of both scenes is correlated at once at every shift, at once for all that they have in common there; where
    one of them has no data nothing counts.

    Parameters
    ----------
    sketches : Sketches
        Both scenes.
    plane : Plane
        Where they are said to lie.
    box : ndarray
        Part of the plane to look at, two opposite corners, shape (2, 2).
    step : float
        Size of a working pixel, units of the plane.
    reach : float
        Largest shift looked for, units of the plane.
    turned : bool
        Whether to try turns of up to 3° instead of none.
    """
    size = np.maximum(np.ceil((box[1] - box[0]) / step).astype(int), 8)
    columns, rows = (box[0][axis] + (np.arange(size[axis]) + 0.5) * step for axis in (0, 1))
    lattice = np.stack(np.meshgrid(columns, rows), axis=-1)
    still = structure(sketches.reference.at(lattice))
    lags = min(int(np.ceil(reach / step)) + 1, int(size.min()) - 1)
    found = []
    middle = plane.from_moving(np.array([plane.moving.width / 2, plane.moving.height / 2]))
    for turn in _TURNS_DEG if turned else (0.0,):
        there = plane.moved(_turn(middle, turn), box) if turn else plane
        agreement = _agreement(still, structure(sketches.moving.at(_carried(there, lattice))), lags)
        for clearness, shift in _tops(agreement, lags):
            offset = Affine(middle, shift * step, np.zeros((2, 2)))
            found.append(Candidate(there.moved(offset, box), clearness))
    return sorted(found, key=lambda candidate: -candidate.clearness)


def _carried(plane: Plane, lattice: Floats) -> Floats:
    """Pixels of the moving scene at a lattice of the plane: exact at some of its points, between them bilinear."""
    rows, columns = lattice.shape[:2]
    knots = [np.unique(np.linspace(0, count - 1, min(count, 9)).astype(int)) for count in (rows, columns)]
    exact = plane.to_moving(lattice[np.ix_(*knots)])
    place = np.meshgrid(
        *(
            np.interp(np.arange(count), knot, np.arange(len(knot)))
            for count, knot in zip((rows, columns), knots, strict=True)
        ),
        indexing="ij",
    )
    return np.stack([ndimage.map_coordinates(exact[..., axis], place, order=1) for axis in (0, 1)], axis=-1)


def _agreement(reference: Field, moving: Field, lags: int) -> Reals:
    """Agreement at each shift in standard deviations of chance, shape (2 lags + 1, 2 lags + 1)."""
    shape = [fft.next_fast_len(int(size) + lags + 1) for size in reference.shape]
    one, other = fft.fft2(reference, shape), fft.fft2(moving, shape)
    total = _lags(fft.ifft2(one * np.conj(other)).real, lags)
    strength = [np.asarray(np.abs(field) ** 2, np.float32) for field in (reference, moving)]
    weights = [fft.rfft2(field, shape) for field in strength]
    common = _lags(fft.irfft2(weights[0] * np.conj(weights[1]), shape), lags)
    least = _LEAST_COMMON * np.sqrt(float((strength[0] ** 2).sum()) * float((strength[1] ** 2).sum()))
    chance = np.sqrt(np.maximum(common, max(least, 1e-6)) / 2)
    return np.asarray(total / chance, np.float32)


def _tops(agreement: Reals, lags: int) -> Iterator[tuple[float, NDArray[np.float64]]]:
    """The highest peaks that lie apart: how clear, and (columns, rows) of shift."""
    rest = agreement.copy()
    for _ in range(_PEAKS):
        row, column = np.unravel_index(int(rest.argmax()), rest.shape)
        top = float(rest[row, column])
        if not np.isfinite(top):
            return
        yield top, np.array([column - lags, row - lags], float)
        rest[
            max(0, row - _APART_PX) : row + _APART_PX + 1, max(0, column - _APART_PX) : column + _APART_PX + 1
        ] = -np.inf


def _lags(correlation: Reals, lags: int) -> Reals:
    across = np.arange(-lags, lags + 1)
    return np.asarray(correlation[across[:, None], across], np.float32)


def _turn(middle: Floats, degrees: float) -> Affine:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return Affine(middle, np.zeros(2), turn - np.eye(2))
