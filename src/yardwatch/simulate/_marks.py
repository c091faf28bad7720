"""What people do to pictures before they pass them on: boxes drawn around cars, and boxes painted out again."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from yardwatch.model.frame import Floats
from yardwatch.simulate._noise import Reals

__all__ = ["Outline", "draw_outlines", "retouch_outlines"]

Outline = tuple[float, float, float, float, float]
"""Middle along and across the ribbon, length, width (metres) and direction (radians) of an oblong."""

_COLOURS = (
    (255, 40, 40),
    (40, 220, 60),
    (60, 90, 255),
    (255, 230, 40),
    (240, 60, 230),
    (60, 230, 240),
    (250, 250, 250),
)


def draw_outlines(
    pixels: Reals, outlines: list[Outline], chainages_m: Floats, offsets_m: Floats, rng: np.random.Generator
) -> Reals:
    """Thin coloured boxes over a picture, shape (bands, m, n), as detectors and people draw them."""
    half_m = float(rng.uniform(0.06, 0.2))
    colour = np.array(_COLOURS[int(rng.integers(len(_COLOURS)))], np.float32) / 255 * float(np.nanmax(pixels))
    strength = np.float32(rng.uniform(0.6, 1.0))
    line = _frames(outlines, chainages_m, offsets_m, half_m) * strength
    shown = colour[: len(pixels)] if len(pixels) == 3 else np.full(len(pixels), colour.mean(), np.float32)
    drawn = np.asarray(pixels + (shown[:, None, None] - pixels) * line, np.float32)
    return _tagged(drawn, outlines, chainages_m, offsets_m, rng) if rng.random() < 0.4 else drawn


def _tagged(
    pixels: Reals, outlines: list[Outline], chainages_m: Floats, offsets_m: Floats, rng: np.random.Generator
) -> Reals:
    """White labels with dark writing beside the boxes."""
    white = float(np.nanmax(pixels))
    long_m, high_m, skew = float(rng.uniform(3, 8)), float(rng.uniform(0.9, 2.2)), float(rng.normal(0, 0.25))
    for middle_m, aside_m, length_m, width_m, _ in outlines:
        x = chainages_m[None, :] - (middle_m - length_m / 2 + long_m / 2)
        y = offsets_m[:, None] - (aside_m + width_m / 2 + high_m / 2) - skew * x
        inside = (np.abs(x) < long_m / 2) & (np.abs(y) < high_m / 2)
        writing = (rng.random(inside.shape) < 0.3) & (np.abs(y) < high_m / 3)
        pixels = np.where(inside, np.where(writing, 0.1 * white, white), pixels)
    return np.asarray(pixels, np.float32)


def retouch_outlines(
    pixels: Reals, outlines: list[Outline], chainages_m: Floats, offsets_m: Floats, rng: np.random.Generator
) -> Reals:
    """The picture with the surroundings of each outline filled in from what lies beside it."""
    hole = _frames(outlines, chainages_m, offsets_m, float(rng.uniform(0.3, 0.9))) > 0.5
    filled = np.where(hole, 0, pixels).astype(np.float32)
    known = (~hole).astype(np.float32)
    spread = float(rng.uniform(1.2, 4.0))
    weight = ndimage.gaussian_filter(known, spread) + np.float32(1e-4)
    smooth = np.stack([ndimage.gaussian_filter(band, spread) / weight for band in filled])
    edge = ndimage.gaussian_filter(hole.astype(np.float32), float(rng.uniform(0.3, 1.2)))
    return np.asarray(pixels + (smooth - pixels) * np.clip(edge * 1.4, 0, 1), np.float32)


def _frames(outlines: list[Outline], chainages_m: Floats, offsets_m: Floats, half_m: float) -> NDArray[np.float32]:
    """How much each sample belongs to the drawn lines, 0 to 1, shape (m, n)."""
    drawn = np.zeros((len(offsets_m), len(chainages_m)), np.float32)
    soft = abs(float(chainages_m[1] - chainages_m[0])) / 2
    for middle_m, aside_m, length_m, width_m, angle in outlines:
        reach = length_m / 2 + 2.0
        columns = np.flatnonzero(np.abs(chainages_m - middle_m) < reach)
        if not len(columns):
            continue
        x, y = chainages_m[columns][None, :] - middle_m, offsets_m[:, None] - aside_m
        along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        inward = np.maximum(np.abs(along) - length_m / 2, np.abs(across) - width_m / 2)
        line = np.clip((half_m + soft - np.abs(inward)) / (2 * soft), 0, 1)
        drawn[:, columns] = np.maximum(drawn[:, columns], line)
    return drawn
