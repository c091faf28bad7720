"""Pairs of pictures of invented places, before and after, with what changed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from yardwatch.simulate._town_canvas import Pixels, TownCanvas, noise, oblong
from yardwatch.simulate._town_ground import BARE, GROWN, random_cover, random_season
from yardwatch.simulate._town_paint import Ground, Painted, paint, random_light
from yardwatch.simulate._town_plan import random_plan

__all__ = ["PAIR_LABELS", "SimulatedPair", "random_pair", "sensed"]

PAIR_LABELS = ("none", "built", "razed", "road", "earthwork", "stockpile")
"""What a pixel of `SimulatedPair.labels` may be, by its number."""


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedPair:
    """An invented place before and after."""

    before: Pixels
    """Colour as a screen shows it, 0 to 1, shape (3, n, n)."""
    after: Pixels
    """The same later, under another sun, in another season, from another angle."""
    labels: NDArray[np.uint8]
    """What changed, index into `PAIR_LABELS`, shape (n, n)."""
    roofs: Pixels
    """Share of each pixel under roofs before and after, shape (2, n, n)."""
    pixel_m: float
    """Size of a pixel, metres."""


def random_pair(rng: np.random.Generator, *, size_px: int, pixel_m: float) -> SimulatedPair:
    """A place in two seasons, in which things may have been built, razed, paved, dug or piled up between.

    Parameters
    ----------
    rng : Generator
        Source of all that is random.
    size_px : int
        Side of the square pictures, pixels.
    pixel_m : float
        Size of a pixel, metres.
    """
    plan = random_plan(rng, size_px * pixel_m)
    ground = _random_ground(rng, size_px, pixel_m)
    azimuth = float(rng.uniform(0, 2 * np.pi))
    seasons = random_season(rng), random_season(rng)
    slip = rng.normal(0, 0.5 * pixel_m, 2)
    shots = []
    for epoch in (0, 1):
        light = random_light(rng, azimuth + rng.normal(0, 0.5))
        offset = (0.0, 0.0) if epoch == 0 else (float(slip[0]), float(slip[1]))
        canvas = TownCanvas(size_px, pixel_m, offset)
        shots.append(paint(canvas, plan, ground, seasons[epoch], light, epoch, rng))
    before, after = shots
    return SimulatedPair(
        before=before.picture.transpose(2, 0, 1),
        after=after.picture.transpose(2, 0, 1),
        labels=_labels(before, after, ground),
        roofs=np.stack([before.roofs, after.roofs]),
        pixel_m=pixel_m,
    )


def sensed(rng: np.random.Generator, picture: Pixels) -> Pixels:
    """A picture as some camera would give it: haze, tint, contrast, blur and noise; shape (3, n, n)."""
    out = np.asarray(picture, np.float32) * rng.uniform(0.88, 1.14, (3, 1, 1)).astype(np.float32)
    grey = out.mean(0, keepdims=True)
    out = grey + (out - grey) * np.float32(0.0 if rng.random() < 0.08 else rng.uniform(0.4, 1.5))
    out = np.exp(np.float32(rng.uniform(0.6, 1.6)) * np.log(np.clip(out, 0.003, 1.3)))
    haze = rng.uniform(0, 0.3) * np.array([0.8, 0.9, 1.1], np.float32)[:, None, None]
    out = out * np.float32(rng.uniform(0.6, 1.1)) + haze.astype(np.float32)
    out = _focused(_focused(out, rng.uniform(-0.1, 0.3), axis=1), rng.uniform(-0.1, 0.3), axis=2)
    out += np.float32(rng.uniform(0.002, 0.022)) * rng.standard_normal(out.shape, np.float32)
    return np.asarray(np.clip(out, 0, 1), np.float32)


def _focused(picture: Pixels, share: float, *, axis: int) -> Pixels:
    """Each pixel with a share of both neighbours along an axis: blurred, or sharpened if the share is negative."""
    out = picture * np.float32(1 - 2 * share)
    here, there = [slice(None)] * 3, [slice(None)] * 3
    here[axis], there[axis] = slice(1, None), slice(None, -1)
    out[tuple(here)] += np.float32(share) * picture[tuple(there)]
    out[tuple(there)] += np.float32(share) * picture[tuple(here)]
    return out


def _random_ground(rng: np.random.Generator, size_px: int, pixel_m: float) -> Ground:
    """A few covers by ragged or straight borders, of which some are another kind later; and a dug place."""
    number = int(rng.integers(1, 5))
    hearts = rng.uniform(-0.1, 1.1, (number, 2)) * size_px
    ragged = float(rng.choice([0.0, 0.06, 0.2])) * size_px
    rows, columns = np.mgrid[:size_px, :size_px].astype(np.float32)
    if ragged:
        rows = rows + ragged * noise(rng, size_px, finest_px=4, coarsest_px=size_px, power=1.6)
        columns = columns + ragged * noise(rng, size_px, finest_px=4, coarsest_px=size_px, power=1.6)
    nearest = np.argmin([np.hypot(rows - y, columns - x) for y, x in hearts], axis=0)
    covers = []
    for index in range(number):
        cover = random_cover(rng)
        later = random_cover(rng, GROWN) if cover.name in GROWN and rng.random() < 0.4 else cover
        covers.append((cover, later, ndimage.gaussian_filter((nearest == index).astype(np.float32), 0.6)))
    return Ground(tuple(covers), _dug(rng, size_px, pixel_m), random_cover(rng, BARE), bool(rng.random() < 0.15))


def _dug(rng: np.random.Generator, size_px: int, pixel_m: float) -> Pixels:
    """Where earth was moved, 0 to 1; nowhere in most places."""
    dug = np.zeros((size_px, size_px), np.float32)
    if rng.random() > 0.22:
        return dug
    canvas = TownCanvas(size_px, pixel_m)
    x, y = rng.uniform(0.1, 0.9, 2) * size_px * pixel_m
    covered = canvas.convex(oblong(x, y, rng.uniform(20, 140), rng.uniform(15, 80), rng.uniform(0, np.pi)))
    if covered:
        dug[covered[0]] = covered[1]
    ragged = 0.35 * noise(rng, size_px, finest_px=3, coarsest_px=30, power=1.2)
    return np.asarray(np.clip(4 * (ndimage.gaussian_filter(dug, 3) + ragged * (dug > 0) - 0.4), 0, 1), np.float32)


def _labels(before: Painted, after: Painted, ground: Ground) -> NDArray[np.uint8]:
    """Structures win over heaps, heaps over roads, roads over moved earth."""
    labels = np.zeros(before.roofs.shape, np.uint8)
    grown = sum(share for cover, _, share in ground.covers if cover.name in GROWN)
    if not ground.dug_before:
        labels[(ground.dug > 0.5) & (grown > 0.5)] = PAIR_LABELS.index("earthwork")
    labels[after.roads > 0.5] = PAIR_LABELS.index("road")
    labels[after.heaps > 0.5] = PAIR_LABELS.index("stockpile")
    labels[before.other > 0.5] = PAIR_LABELS.index("razed")
    labels[after.other > 0.5] = PAIR_LABELS.index("built")
    return labels
