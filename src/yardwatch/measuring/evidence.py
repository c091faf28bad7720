"""How much an image speaks for the side of a structure lying here rather than there."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from yardwatch.measuring.profiles import Strip
from yardwatch.model.frame import Floats

__all__ = ["FEATURES", "WEIGHTS", "Evidence", "features_of", "sheared"]

FEATURES = (
    "step", "step_by_length", "support", "support_by_length", "contrast", "contrast_by_length", "crest",
    "of_strongest", "brighter_inside", "dark_outside", "steps_outside",
)  # fmt: skip
"""Names of what `features_of` gives, in order."""
WEIGHTS = np.array([3.99, 0.62, 2.76, 1.21, -1.64, -0.07, -3.12, 1.82, 0.97, 0.71, 2.31])
"""What each feature weighs in the logarithm of belief; fitted by maximum likelihood on simulated structures
and on the real houses of three pictures."""
_BLUR_PX = 0.8
_CLIP = 6.0
_WIDE_PX = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What speaks for each place and direction of a side."""

    out_m: Floats
    """Places across, shape (m,), metres."""
    turns_rad: Floats
    """Directions against that of the strip, shape (k,), radians."""
    features: Floats
    """Shape (k, m, features), each about 0 to 3."""


def features_of(strip: Strip, turns_rad: Floats, *, reach_m: float) -> Evidence | None:
    """Features of every direction and place within `reach_m`; None where the image has too little data.

    A side is a step in brightness that holds along its whole length: the mean gradient across, in units of the strip's
    own unrest, the share of places that take part, and the contrast between broad bands to both sides.
    """
    usable = np.isfinite(strip.pixels).all(axis=(0, 2))
    if usable.sum() < 5 or usable.mean() < 0.5:
        return None
    pixels = strip.pixels[:, usable].astype(float)
    along = strip.along_m[usable]
    blur = _BLUR_PX * strip.pixel_m / strip.step_m
    slope = ndimage.gaussian_filter1d(pixels, blur, axis=2, order=1, mode="nearest")
    unrest = 1.4826 * np.median(np.abs(slope)) + 0.02 * np.abs(slope).max() + 1e-9
    spread = pixels.std() + 1e-9
    near = np.abs(strip.out_m) <= reach_m
    parts = max(along.max() - along.min(), strip.pixel_m) / (2 * strip.pixel_m)
    rows = [
        _at_turn(_Turned(strip, along, turn, slope / unrest, (pixels - pixels.mean()) / spread), parts)[near]
        for turn in turns_rad
    ]
    features = np.stack(rows)
    top = features[..., 0].max() + 1e-9
    features[..., FEATURES.index("of_strongest")] = features[..., 0] / top
    return Evidence(strip.out_m[near], turns_rad, features)


def sheared(values: Floats, along_m: Floats, out_m: Floats, turn_rad: float) -> Floats:
    """`values`, shape (bands, n, m), read along lines turned by `turn_rad` about the strip's middle."""
    step = out_m[1] - out_m[0]
    shift = -along_m * np.tan(turn_rad) / step
    whole = np.floor(shift).astype(int)
    part = (shift - whole)[None, :, None]
    column = np.arange(len(out_m))[None, :] + whole[:, None]
    rows = np.arange(len(along_m))[:, None]
    low = np.clip(column, 0, len(out_m) - 1)
    high = np.clip(column + 1, 0, len(out_m) - 1)
    return np.asarray(values[:, rows, low] * (1 - part) + values[:, rows, high] * part, float)


@dataclass(frozen=True, slots=True, eq=False)
class _Turned:
    strip: Strip
    along_m: Floats
    turn_rad: float
    slope: Floats
    tone: Floats


def _at_turn(turned: _Turned, parts: float) -> Floats:
    """Features at one direction, shape (m, features)."""
    strip = turned.strip
    slope = np.clip(sheared(turned.slope, turned.along_m, strip.out_m, turned.turn_rad), -_CLIP, _CLIP)
    tone = sheared(turned.tone, turned.along_m, strip.out_m, turned.turn_rad)
    mean = slope.mean(axis=1)
    strength = np.sqrt((mean**2).mean(axis=0))
    direction = mean / (np.sqrt((mean**2).sum(axis=0)) + 1e-9)
    taking_part = (slope * direction[:, None]).sum(axis=0)
    support = (taking_part > 0.7 * np.sqrt(len(slope))).mean(axis=0)
    wide = max(2, round(_WIDE_PX * strip.pixel_m / strip.step_m))
    gap = max(1, round(strip.pixel_m / strip.step_m))
    inside, outside = _beside(tone, wide, gap)
    contrast = np.sqrt((np.median(outside - inside, axis=1) ** 2).mean(axis=0))
    longer = np.log(max(parts, 1.0) / 10.0)
    step = np.log1p(strength)
    crest = strength / (ndimage.maximum_filter1d(strength, 2 * gap + 1, mode="nearest") + 1e-9)
    inner, outer = inside.mean(axis=(0, 1)), outside.mean(axis=(0, 1))
    energy = ndimage.gaussian_filter1d(strength**2, gap, mode="nearest")
    before = np.cumsum(energy) - energy
    total = energy.sum() + 1e-9
    nothing = np.zeros_like(step)
    return np.stack([
        step, step * longer, support, support * longer, np.log1p(contrast), np.log1p(contrast) * longer,
        crest, nothing, np.tanh(inner - outer), np.clip(-outer - 0.8, 0, 2), (total - before) / total,
    ], axis=-1)  # fmt: skip


def _beside(tone: Floats, wide: int, gap: int) -> tuple[Floats, Floats]:
    """Mean tone of the bands just inside and just outside of each place, shapes (bands, n, m)."""
    mean = ndimage.uniform_filter1d(tone, wide, axis=2, mode="nearest")
    shift = gap + wide // 2
    inside = np.concatenate([np.repeat(mean[..., :1], shift, axis=2), mean[..., :-shift]], axis=2)
    outside = np.concatenate([mean[..., shift:], np.repeat(mean[..., -1:], shift, axis=2)], axis=2)
    return inside, outside
