"""Where windows of one scene are found in another, to a fraction of a pixel."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from yardwatch.model.frame import Floats
from yardwatch.registration.structure import Field, Reals

__all__ = ["Matches", "joined", "match"]

_LEAST_ENERGY = 0.03
_SPREAD = 0.0012
"""Variance of a shift whose peak has unit sharpness; measured on simulated pairs."""
_FLOOR_PX = 0.03


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """What was found of n windows."""

    shift: Floats
    """From where a window is looked for to where it is found, shape (n, 2), columns and rows in working pixels."""
    covariance: Floats
    """Of each shift, shape (n, 2, 2), working pixels squared: from how sharply the correlation falls off."""
    score: Floats
    """Correlation there, −1 to 1, shape (n,)."""
    clearness: Floats
    """How far that stands out from the correlation elsewhere, in standard deviations, shape (n,)."""
    usable: NDArray[np.bool_]
    """Whether the window holds structure in both and its peak does not lie on the rim of the search, shape (n,)."""


def match(reference: Field, moving: Field, *, reach_px: int) -> Matches:
    """Find the middle of each moving window in its reference window.

    The moving window is tapered (Hann) and smaller than the reference window by the reach on each side, and the
    correlation is divided by the energy below it: no shift is preferred, as none must be when chance agreement is to be
    told from real agreement.

    Parameters
    ----------
    reference, moving : ndarray
        Structure of windows at the same places, shape (n, p, p).
    reach_px : int
        Largest shift looked for; at most a third of p.
    """
    size = reference.shape[-1]
    taper, taper_spectrum = _taper(size, reach_px)
    spectrum = fft.fft2(reference) * np.conj(fft.fft2(moving * taper))
    found = _lags(fft.ifft2(spectrum).real, reach_px)
    energy = fft.irfft2(fft.rfft2(_squared(reference)) * taper_spectrum, s=(size, size))
    below = np.maximum(_lags(energy, reach_px), 0)
    own = (_squared(moving) * taper).sum(axis=(-2, -1))
    room = np.float32(taper.sum())
    scores = found / np.sqrt(
        np.maximum(below, _LEAST_ENERGY * room) * np.maximum(own, _LEAST_ENERGY * room)[:, None, None]
    )
    return _peaks(scores, own > _LEAST_ENERGY * room, reach_px)


def joined(parts: Sequence[Matches]) -> Matches:
    """Matches of several batches as one."""
    return Matches(
        shift=np.concatenate([part.shift for part in parts]),
        covariance=np.concatenate([part.covariance for part in parts]),
        score=np.concatenate([part.score for part in parts]),
        clearness=np.concatenate([part.clearness for part in parts]),
        usable=np.concatenate([part.usable for part in parts]),
    )


def _peaks(scores: Reals, solid: NDArray[np.bool_], reach_px: int) -> Matches:
    count, side = len(scores), 2 * reach_px + 1
    best = scores.reshape(count, -1).argmax(axis=1)
    row, column = np.divmod(best, side)
    inside = (row > 0) & (row < side - 1) & (column > 0) & (column < side - 1)
    down, across = np.clip(row, 1, side - 2), np.clip(column, 1, side - 2)
    near = np.arange(-1, 2)
    which = np.arange(count)[:, None, None]
    around = scores[which, down[:, None, None] + near[:, None], across[:, None, None] + near].astype(float)
    offset, bend, height = _summit(around)
    spread = scores.std(axis=(1, 2)) + 1e-9
    score = np.clip(height, 0, 0.99)
    solid = solid & inside & (np.abs(offset).max(axis=1) <= 1) & (np.linalg.det(bend) > 0)
    shift = np.stack([across, down], axis=-1) + offset - reach_px
    clearness = (height - scores.mean(axis=(1, 2))) / spread
    return Matches(shift, _covariance(bend, score), score, clearness, solid)


def _summit(around: Floats) -> tuple[Floats, Floats, Floats]:
    """Top of the paraboloid through 3 × 3 values: where (column, row), how bent (2 × 2, positive) and how high."""
    dx = (around[:, :, 2] - around[:, :, 0]).mean(axis=1) / 2
    dy = (around[:, 2] - around[:, 0]).mean(axis=1) / 2
    dxx = (around[:, :, 2] - 2 * around[:, :, 1] + around[:, :, 0]) @ np.array([0.25, 0.5, 0.25])
    dyy = (around[:, 2] - 2 * around[:, 1] + around[:, 0]) @ np.array([0.25, 0.5, 0.25])
    dxy = (around[:, 2, 2] - around[:, 2, 0] - around[:, 0, 2] + around[:, 0, 0]) / 4
    bend = -np.stack([np.stack([dxx, dxy], -1), np.stack([dxy, dyy], -1)], -2)
    bend = bend + 1e-9 * np.eye(2)
    safe = np.where((np.linalg.det(bend) > 1e-12)[:, None, None], bend, np.eye(2))
    slope = np.stack([dx, dy], axis=-1)
    offset = np.linalg.solve(safe, slope[..., None])[..., 0]
    return offset, bend, around[:, 1, 1] + 0.5 * (slope * offset).sum(axis=1)


def _covariance(bend: Floats, score: Floats) -> Floats:
    """Shifts are held the more firmly the sharper and the higher the peak; never better than `_FLOOR_PX`."""
    firm = bend * (np.maximum(score, 0.01) / (1 - score**2))[:, None, None]
    loose = np.linalg.inv(np.where((np.linalg.det(firm) > 1e-9)[:, None, None], firm, 1e-4 * np.eye(2)))
    return np.asarray(_SPREAD * loose + _FLOOR_PX**2 * np.eye(2), float)


def _lags(correlation: Reals, reach_px: int) -> Reals:
    """Shifts from −reach to +reach, that of zero in the middle."""
    lags = np.arange(-reach_px, reach_px + 1)
    return np.asarray(correlation[:, lags[:, None], lags], np.float32)


@lru_cache(maxsize=8)
def _taper(size: int, reach_px: int) -> tuple[Reals, Field]:
    inner = size - 2 * reach_px
    hann = np.zeros(size, np.float32)
    hann[reach_px : size - reach_px] = np.hanning(inner + 2)[1:-1]
    taper = np.outer(hann, hann)
    return taper, np.conj(fft.rfft2(taper))


def _squared(field: Field) -> Reals:
    return np.asarray(field.real**2 + field.imag**2, np.float32)
