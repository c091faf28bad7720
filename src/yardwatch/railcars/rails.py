"""How likely each place across a corridor is the middle of a track."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats
from yardwatch.model.ribbon import Ribbon, RibbonSpec

__all__ = ["BLOCK_M", "REACH_M", "RailFinder", "RailView", "rail_features", "rail_windows", "shipped_finder"]

BLOCK_M = 5.0
"""Length of track that is judged at once, metres: short against the radius of a curve, long against a sleeper."""

REACH_M = 4.0
"""How far to each side of a place the finder looks, metres: over the whole track, to the middle between two."""

_STEP_M = RibbonSpec().step_m
_COLUMNS = round(BLOCK_M / _STEP_M)
_REACH = round(REACH_M / _STEP_M)
_LAGS = (1, 2, 5)
_LEAST_SEEN = 0.5
_SMALLEST = 1e-6
_FINEST_M = 0.2
_AT_ONCE = 64
_ANYWHERE = float(np.log(0.14 / 0.86))


@dataclass(frozen=True, slots=True, eq=False)
class RailView:
    """What a corridor shows of tracks that run along it."""

    chainages_m: Floats
    """Middle of each block along the corridor, metres, shape (b,)."""
    offsets_m: Floats
    """Places across it, rising (from right to left), metres, shape (k,)."""
    log_odds: Floats
    """That the middle of a track is there, over those of any place in a yard, shape (b, k); nought without data."""
    seen: NDArray[np.bool_]
    """Whether there is data, shape (b, k)."""
    span_m: tuple[float, float]
    """Chainage where the corridor begins and ends in the image, metres."""


def rail_features(ribbon: Ribbon) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """What the finder looks at, block by block.

    For each block of `BLOCK_M` and each place across: the mean brightness, how much the brightness differs from one
    column to the next, over half a metre and over more than a metre (sleepers differ fast, ballast little, cars
    slowly), and how far it varies within the block. The finder sees them over `REACH_M` to each side.

    Parameters
    ----------
    ribbon : Ribbon
        The corridor, in steps of 0.25 m.

    Returns
    -------
    features : ndarray
        Shape (5, b, k), float32, places across rising.
    seen : ndarray of bool
        Shape (b, k): whether at least half of the block has data.

    Raises
    ------
    MisuseError
        If the ribbon has other steps, or is shorter than a block.
    """
    grey = ribbon.pixels[:3].mean(0)[::-1]
    blocks = grey.shape[1] // _COLUMNS
    if abs(ribbon.step_m - _STEP_M) > 1e-6 or blocks < 1:
        raise MisuseError(f"{ribbon.track}: a corridor of {grey.shape[1]} steps of {ribbon.step_m:g} m; use 0.25 m")
    grey = grey[:, : blocks * _COLUMNS]
    valid = np.isfinite(grey)
    filled = np.where(valid, grey, np.float32(np.median(grey[valid]) if valid.any() else 0.0))
    cut = filled.reshape(len(grey), blocks, _COLUMNS)
    mean = cut.mean(2)
    rough = [np.log(np.abs(cut[..., lag:] - cut[..., :-lag]).mean(2) + _SMALLEST) for lag in _LAGS]
    spread = np.log(cut.std(2) + _SMALLEST)
    seen = valid.reshape(cut.shape).mean(2) >= _LEAST_SEEN
    return np.stack([mean, *rough, spread]).swapaxes(1, 2).astype(np.float32), seen.T


def rail_windows(features: NDArray[np.float32], *, gsd_m: float) -> NDArray[np.float32]:
    """The inputs of the finder for each block and each place at least `REACH_M` from the corridor's edges.

    Brightness is taken relative to the median and the spread of its surroundings, the rest relative to their mean; how
    much those surroundings differ from the corridor as a whole, and the GSD, come along as single numbers.

    Returns
    -------
    ndarray
        Shape (b, k - 2 · reach, inputs), float32.
    """
    around = np.lib.stride_tricks.sliding_window_view(features, 2 * _REACH + 1, axis=2)
    bright = around[0] - np.median(around[0], axis=2, keepdims=True)
    spread = np.abs(bright).mean(2, keepdims=True) * 2 + _SMALLEST
    level = around[1:].mean(3, keepdims=True)
    whole = [np.log(spread), *level]
    parts = [np.clip(bright / spread, -4, 4), *np.clip(around[1:] - level, -3, 3)]
    parts += [np.clip(one - np.median(one), -3, 3) for one in whole]
    parts.append(np.full_like(spread, np.log(max(gsd_m, _FINEST_M) / 0.4)))
    return np.concatenate(parts, axis=2).astype(np.float32)


class RailFinder:
    """Layers that turn what surrounds a place into the log-odds that it is the middle of a track.

    Parameters
    ----------
    layers : sequence of (weights, bias)
        Shapes (inputs, outputs) and (outputs,); rectified in between.
    name : str
        Name and version, for provenance.
    """

    def __init__(self, layers: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]], *, name: str) -> None:
        self._layers = tuple(layers)
        self.name = name

    def view(self, ribbon: Ribbon, *, gsd_m: float) -> RailView:
        """What a corridor shows; its outer `REACH_M` on each side are looked at but not judged."""
        features, seen = rail_features(ribbon)
        inner = slice(_REACH, features.shape[2] - _REACH)
        log_odds = np.empty((features.shape[1], max(0, features.shape[2] - 2 * _REACH)))
        for start in range(0, len(log_odds), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            log_odds[part] = self.judge(rail_windows(features[:, part], gsd_m=gsd_m))
        known = seen[:, inner]
        chainages = ribbon.chainages_m[0] + _STEP_M * (_COLUMNS * (np.arange(len(log_odds)) + 0.5) - 0.5)
        log_odds = np.where(known, log_odds - _ANYWHERE, 0.0)
        span = float(ribbon.chainages_m[0] - _STEP_M / 2), float(ribbon.chainages_m[-1] + _STEP_M / 2)
        return RailView(chainages, ribbon.offsets_m[::-1][inner].copy(), log_odds, known, span)

    def judge(self, values: NDArray[np.float32]) -> Floats:
        """Log-odds of each of many windows, shape (…, inputs) to (…)."""
        for number, (weights, bias) in enumerate(self._layers, 1):
            values = values @ weights + bias
            if number < len(self._layers):
                values = np.maximum(values, 0)
        return values[..., 0].astype(float)


@lru_cache(maxsize=1)
def shipped_finder() -> RailFinder:
    """The finder in the package; ``tools/train_rails.py`` makes it."""
    with files("yardwatch.railcars").joinpath("weights", "rails.npz").open("rb") as stream, np.load(stream) as held:
        layers = [(held[f"weights_{i}"].astype(np.float32), held[f"bias_{i}"]) for i in range(len(held.files) // 2)]
    return RailFinder(layers, name="rails/1")
