"""An invented place painted as one camera sees it on one day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.simulate._town_canvas import Light, Pixels, TownCanvas, noise, oblong
from yardwatch.simulate._town_ground import Cover, Season, cover_colour
from yardwatch.simulate._town_plan import TownPlan
from yardwatch.simulate._town_structures import Tree, paint_building, paint_heap, paint_tree, shadow_of

__all__ = ["Ground", "Painted", "paint", "random_light"]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Covers with where they lie, and where earth was moved."""

    covers: tuple[tuple[Cover, Cover, Pixels], ...]
    """Cover before, cover after, and its share of each pixel, shape (n, n)."""
    dug: Pixels
    """Share of each pixel in which earth was moved."""
    soil: Cover
    """What lies open there."""
    dug_before: bool
    """Whether it was so before, too."""


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """A picture with what of it is there at this time only."""

    picture: Pixels
    """Shape (n, n, 3), 0 to 1."""
    roofs: Pixels
    """Share of each pixel under roofs."""
    other: Pixels
    """Roofs of buildings that stand at this time only."""
    roads: Pixels
    """Roads that are there at this time only."""
    heaps: Pixels
    """Heaps that are there at this time only."""


def random_light(rng: np.random.Generator, azimuth: float) -> Light:
    """A sun of any height about an azimuth, and a camera that looks down from anywhere."""
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


def paint(
    canvas: TownCanvas, plan: TownPlan, ground: Ground, season: Season, light: Light, epoch: int,
    rng: np.random.Generator,
) -> Painted:  # fmt: skip
    """The place before (epoch 0) or after (1); what stands, drives and grows there for the day comes from `rng`."""
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
    return Painted(np.clip(canvas.colour, 0, 1), roofs, other, roads, heaps)


def _rim(tree: Tree, share: float) -> NDArray[np.float64]:
    turn = np.linspace(0, 2 * np.pi, 9)[:-1]
    rim = share * tree.radius_m * np.column_stack([np.cos(turn), np.sin(turn)])
    return np.asarray(rim + np.array([tree.x_m, tree.y_m]))


def _paint_ground(canvas: TownCanvas, ground: Ground, season: Season, epoch: int, rng: np.random.Generator) -> None:
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
