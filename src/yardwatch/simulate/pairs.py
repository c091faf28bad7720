"""Pairs of pictures of invented places, before and after, with what changed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from yardwatch.simulate._town_canvas import Light, Pixels, TownCanvas, noise, oblong
from yardwatch.simulate._town_ground import BARE, GROWN, Cover, Season, cover_colour, random_cover, random_season
from yardwatch.simulate._town_plan import TownPlan, random_plan
from yardwatch.simulate._town_structures import Tree, paint_building, paint_heap, paint_tree, shadow_of

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


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """Covers with where they lie, and where earth was moved."""

    covers: tuple[tuple[Cover, Cover, Pixels], ...]
    dug: Pixels
    soil: Cover
    dug_before: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Painted:
    picture: Pixels
    roofs: Pixels
    other: Pixels
    """Roofs of buildings that stand at this time only."""
    roads: Pixels
    """Roads that are there at this time only."""
    heaps: Pixels
    """Heaps that are there at this time only."""


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
        light = _random_light(rng, azimuth + rng.normal(0, 0.5))
        offset = (0.0, 0.0) if epoch == 0 else (float(slip[0]), float(slip[1]))
        canvas = TownCanvas(size_px, pixel_m, offset)
        shots.append(_paint(canvas, plan, ground, seasons[epoch], light, epoch, rng))
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


def _random_ground(rng: np.random.Generator, size_px: int, pixel_m: float) -> _Ground:
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
    return _Ground(tuple(covers), _dug(rng, size_px, pixel_m), random_cover(rng, BARE), bool(rng.random() < 0.15))


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


def _random_light(rng: np.random.Generator, azimuth: float) -> Light:
    elevation = float(np.radians(rng.uniform(25, 72)))
    toward = np.cos(azimuth) * np.cos(elevation), np.sin(azimuth) * np.cos(elevation), np.sin(elevation)
    reach = 1 / np.tan(elevation)
    view, lean = float(rng.uniform(0, 2 * np.pi)), abs(float(np.tan(np.radians(rng.normal(0, 13)))))
    return Light(
        shadow=(-float(np.cos(azimuth)) * reach, -float(np.sin(azimuth)) * reach),
        lean=(lean * float(np.cos(view)), lean * float(np.sin(view))),
        to_sun=(float(toward[0]), float(toward[1]), float(toward[2])),
        darkness=float(rng.uniform(0.35, 0.8)),
    )


def _paint(
    canvas: TownCanvas, plan: TownPlan, ground: _Ground, season: Season, light: Light, epoch: int,
    rng: np.random.Generator,
) -> _Painted:  # fmt: skip
    shape = (canvas.size_px, canvas.size_px)
    roofs, other, roads, heaps = (np.zeros(shape, np.float32) for _ in range(4))
    _paint_ground(canvas, ground, season, epoch, rng)
    _paint_ways(canvas, plan, roads, epoch, rng)
    _paint_tracks(canvas, plan, rng)
    _park(canvas, plan, light, rng)
    for heap, there in plan.heaps:
        if there[epoch]:
            paint_heap(canvas, heap, light, None if all(there) else heaps)
    standing = [(building, there) for building, there in plan.buildings if there[epoch]]
    standing.sort(key=lambda pair: pair[0].height_m)
    trees = [tree for tree, there in plan.trees if there[epoch]]
    for building, _ in standing:
        for shadow in shadow_of(building, light):
            canvas.shade(shadow)
    for tree in trees:
        canvas.shade(_rim(tree, 0.9) + 1.2 * tree.radius_m * np.array(light.shadow))
    canvas.cast(light.darkness)
    for building, there in standing:
        paint_building(canvas, building, light, (roofs,) if all(there) else (roofs, other))
    green = 0.35 + 0.65 * season.green
    crown = np.array([0.3, 0.25, 0.17]) * (1 - green) + np.array([0.12, 0.19, 0.08]) * green
    for tree in trees:
        paint_tree(canvas, tree, light, crown * rng.uniform(0.85, 1.15))
    grain = noise(rng, canvas.size_px, finest_px=2, coarsest_px=float(rng.uniform(4, 20)), power=0.6)
    canvas.colour *= 1 + np.float32(rng.uniform(0.01, 0.07)) * grain[..., None]
    return _Painted(np.clip(canvas.colour, 0, 1), roofs, other, roads, heaps)


def _rim(tree: Tree, share: float) -> NDArray[np.float64]:
    turn = np.linspace(0, 2 * np.pi, 9)[:-1]
    rim = share * tree.radius_m * np.column_stack([np.cos(turn), np.sin(turn)])
    return np.asarray(rim + np.array([tree.x_m, tree.y_m]))


def _paint_ground(canvas: TownCanvas, ground: _Ground, season: Season, epoch: int, rng: np.random.Generator) -> None:
    size, pixel_m = canvas.size_px, canvas.pixel_m
    for now, later, share in ground.covers:
        colour = cover_colour(later if epoch else now, season, rng, size, pixel_m)
        canvas.colour += share[..., None] * colour
    if (epoch == 1 or ground.dug_before) and ground.dug.any():
        canvas.blend(
            (slice(0, size), slice(0, size)), ground.dug, cover_colour(ground.soil, season, rng, size, pixel_m)
        )


def _paint_ways(canvas: TownCanvas, plan: TownPlan, roads: Pixels, epoch: int, rng: np.random.Generator) -> None:
    for lot in plan.lots:
        if lot.there[epoch]:
            canvas.paint(lot.corners, np.clip(lot.colour * rng.uniform(0.95, 1.05), 0, 1))
    for way in plan.ways:
        if not way.there[epoch]:
            continue
        covered = canvas.convex(way.corners)
        if covered:
            colour = way.tone * (np.array([1.1, 0.95, 0.75]) if way.dirt else np.array([1.0, 1.0, 0.99]))
            canvas.blend(*covered, colour)
            if not all(way.there):
                np.maximum(roads[covered[0]], covered[1], out=roads[covered[0]])
    grain = noise(rng, canvas.size_px, finest_px=2, coarsest_px=12, power=0.7)
    canvas.colour *= 1 + 0.035 * grain[..., None]


def _paint_tracks(canvas: TownCanvas, plan: TownPlan, rng: np.random.Generator) -> None:
    """Tracks with whatever trains stand there at the moment."""
    for outline in plan.tracks:
        canvas.paint(outline, np.array([0.4, 0.37, 0.34]))
        start, end = (outline[0] + outline[3]) / 2, (outline[1] + outline[2]) / 2
        if rng.random() < 0.4:
            continue
        direction = (end - start) / np.hypot(*(end - start))
        angle, colour = float(np.arctan2(direction[1], direction[0])), rng.uniform(0.1, 0.7) + rng.normal(0, 0.07, 3)
        place = start + direction * rng.uniform(0, 1) * np.hypot(*(end - start)) / 2
        for _ in range(int(rng.integers(1, 50))):
            car = oblong(float(place[0]), float(place[1]), 13.5, 3.0, angle)
            canvas.paint(car, np.clip(colour * rng.uniform(0.7, 1.3), 0, 1))
            place = place + direction * 14.8


def _park(canvas: TownCanvas, plan: TownPlan, light: Light, rng: np.random.Generator) -> None:
    """Vehicles on roads and yards, others each time."""
    outlines = [way.corners for way in plan.ways] + [lot.corners for lot in plan.lots]
    if not outlines or canvas.pixel_m > 1.6:
        return
    for _ in range(int(rng.integers(0, 40))):
        corners = outlines[rng.integers(len(outlines))]
        u, v = rng.uniform(0.1, 0.9, 2)
        x, y = corners[0] + u * (corners[1] - corners[0]) + v * (corners[3] - corners[0])
        angle = float(np.arctan2(*(corners[1] - corners[0])[::-1])) + rng.choice([0, np.pi / 2])
        car = oblong(float(x), float(y), 4.6, 1.9, angle)
        canvas.paint(car + 1.2 * np.array(light.shadow), np.full(3, 0.15))
        canvas.paint(car, np.clip(rng.choice([0.1, 0.3, 0.6, 0.9]) + rng.normal(0, 0.06, 3), 0, 1))


def _labels(before: _Painted, after: _Painted, ground: _Ground) -> NDArray[np.uint8]:
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
