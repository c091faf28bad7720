"""Inventing buildings and roofs of exactly known size, with what stands about them, to measure."""

from dataclasses import dataclass, replace

import numpy as np
import shapely

from yardwatch.model.frame import Floats
from yardwatch.simulate.plan import Thing, YardPlan
from yardwatch.simulate.yard import random_yard

__all__ = ["Structure", "StructurePlan", "random_structures"]

_CLUTTER = {"plant": (3.0, 8.0, 6.0), "car": (4.5, 1.8, 1.5), "box": (6.1, 2.4, 2.6), "pile": (6.0, 4.0, 1.5)}
"""What stands near walls: length, width, height, metres."""
_GAP_M = 14.0


@dataclass(frozen=True, slots=True)
class Structure:
    """A building or roof of exactly known outline."""

    body: Thing
    """Its main part."""
    wings: tuple[Thing, ...] = ()
    """Further parts of the same height and look that stand against it."""

    def outline(self) -> Floats:
        """Corners counter-clockwise, shape (n, 2), local metres."""
        parts = [shapely.Polygon(part.corners()) for part in (self.body, *self.wings)]
        joined = shapely.union_all(shapely.set_precision(parts, 1e-6))
        corners = shapely.get_coordinates(shapely.orient_polygons(shapely.simplify(joined, 0.01)))[:-1]
        return np.asarray(corners, float)


@dataclass(frozen=True, slots=True)
class StructurePlan:
    """An invented place and those of its things whose size is to be measured."""

    plan: YardPlan
    """All that stands there."""
    structures: tuple[Structure, ...]
    """Buildings and roofs to measure."""


def random_structures(
    rng: np.random.Generator,
    *,
    count: int = 6,
    size_m: tuple[float, float] = (320.0, 240.0),
    lengths_m: tuple[float, float] = (9.0, 90.0),
    clutter: float = 1.0,
    wings: float = 0.0,
    wood: float = 0.0,
) -> StructurePlan:
    """Buildings and roofs between tracks, roads, plants and vehicles.

    Parameters
    ----------
    rng : numpy.random.Generator
        Chance.
    count : int
        How many are wanted; fewer stand where there is no room.
    size_m : (float, float)
        Width (east) and height (north) of the place, metres.
    lengths_m : (float, float)
        Shortest and longest structure, metres; widths are 0.25 to 1 of the length, at least 6 m.
    clutter : float
        How many things stand close to the walls, 0 for none.
    wings : float
        Mean number of wings and porches of a structure.
    wood : float
        How thickly trees stand around each, 0 (none) to 1 (a clearing in a wood).
    """
    plan = random_yard(rng, tracks=int(rng.integers(1, 4)), size_m=size_m)
    structures: list[Thing] = []
    for _ in range(40 * count):
        thing = _structure(rng, plan, lengths_m)
        if len(structures) < count and _has_room(plan, thing, structures):
            structures.append(thing)
    built = tuple(Structure(body, _wings(rng, body, wings)) for body in structures)
    parts = [part for structure in built for part in (*structure.wings, structure.body)]
    beside = [thing for structure in structures for thing in _beside(rng, structure, clutter)]
    beside += [tree for structure in structures for tree in _trees(rng, structure, wood)]
    about = [thing for thing in plan.things if all(_gap_m(thing, other) > 0 for other in structures)]
    return StructurePlan(replace(plan, things=(*about, *beside, *parts)), built)


def _wings(rng: np.random.Generator, body: Thing, mean: float) -> tuple[Thing, ...]:
    """Parts that stand out of the longer sides or the ends by some metres."""
    angle = np.radians(body.heading_deg)
    made = []
    for _ in range(int(rng.poisson(mean))):
        on_side = bool(rng.random() < 0.7)
        side_m, depth_m = (body.length_m, body.width_m) if on_side else (body.width_m, body.length_m)
        wide = side_m * float(rng.uniform(0.2, 0.6))
        out = float(rng.uniform(1.5, max(2.5, 0.4 * body.width_m)))
        long = out + 0.5 * depth_m
        along = float(rng.choice([-0.5, 0.0, 0.5])) * (side_m - wide)
        away = float(rng.choice([-1, 1])) * (depth_m / 2 + out - long / 2)
        u, v = (along, away) if on_side else (away, along)
        x = body.x_m + u * np.cos(angle) - v * np.sin(angle)
        y = body.y_m + u * np.sin(angle) + v * np.cos(angle)
        size = (wide, long) if on_side else (long, wide)
        made.append(replace(body, x_m=float(x), y_m=float(y), length_m=size[0], width_m=size[1]))
    return tuple(made)


def _structure(rng: np.random.Generator, plan: YardPlan, lengths_m: tuple[float, float]) -> Thing:
    west, south, east, north = plan.bounds_m
    length = float(np.exp(rng.uniform(*np.log(lengths_m))))
    width = float(max(6.0, length * rng.uniform(0.25, 1.0)))
    length = max(length, width)
    return Thing(
        "canopy" if rng.random() < 0.25 else "building",
        float(rng.uniform(west + length / 2, east - length / 2)),
        float(rng.uniform(south + length / 2, north - length / 2)),
        float(rng.uniform(0, 180)),
        length,
        width,
        float(np.exp(rng.uniform(np.log(3.0), np.log(20.0)))),
        int(rng.integers(2**31)),
    )


def _has_room(plan: YardPlan, thing: Thing, others: list[Thing]) -> bool:
    if any(_gap_m(thing, other) < _GAP_M for other in others):
        return False
    radius = _radius_m(thing)
    return all(abs(float(line.locate(thing.x_m, thing.y_m)[1][0])) > radius + 4 for line in plan.tracks)


def _beside(rng: np.random.Generator, structure: Thing, clutter: float) -> list[Thing]:
    """Plants, vehicles and stacks within a few metres of the walls."""
    angle = np.radians(structure.heading_deg)
    things = []
    for _ in range(int(rng.poisson(clutter * (structure.length_m + structure.width_m) / 20))):
        kind = str(rng.choice(list(_CLUTTER)))
        long, wide, tall = (float(size * rng.uniform(0.7, 1.3)) for size in _CLUTTER[kind])
        along_side = bool(rng.random() < structure.length_m / (structure.length_m + structure.width_m))
        half = structure.length_m / 2, structure.width_m / 2
        away = float(rng.uniform(0.3, 4.0)) + max(long, wide) / 2
        u = float(rng.uniform(-half[0], half[0])) if along_side else float(rng.choice([-1, 1])) * (half[0] + away)
        v = float(rng.choice([-1, 1])) * (half[1] + away) if along_side else float(rng.uniform(-half[1], half[1]))
        x = structure.x_m + u * np.cos(angle) - v * np.sin(angle)
        y = structure.y_m + u * np.sin(angle) + v * np.cos(angle)
        heading = structure.heading_deg + (0.0 if along_side else 90.0)
        things.append(Thing(kind, float(x), float(y), heading, long, wide, tall, int(rng.integers(2**31))))
    return things


def _trees(rng: np.random.Generator, structure: Thing, wood: float) -> list[Thing]:
    """Trees around a structure, some of which reach over its walls and many of which shade it."""
    around = (structure.length_m + 30) * (structure.width_m + 30) - structure.length_m * structure.width_m
    angle = np.radians(structure.heading_deg)
    trees = []
    for _ in range(int(rng.poisson(wood * around / 40))):
        u, v = rng.uniform(-1, 1, 2) * (structure.length_m / 2 + 15, structure.width_m / 2 + 15)
        wide = float(rng.uniform(4, 10))
        out_m = max(abs(u) - structure.length_m / 2, abs(v) - structure.width_m / 2)
        if out_m < 0.35 * wide:
            continue
        x = structure.x_m + u * np.cos(angle) - v * np.sin(angle)
        y = structure.y_m + u * np.sin(angle) + v * np.cos(angle)
        tall = float(rng.uniform(5, 16))
        trees.append(Thing("plant", float(x), float(y), 0.0, wide, wide, tall, int(rng.integers(2**31))))
    return trees


def _gap_m(thing: Thing, other: Thing) -> float:
    apart = float(np.hypot(thing.x_m - other.x_m, thing.y_m - other.y_m))
    return apart - _radius_m(thing) - _radius_m(other)


def _radius_m(thing: Thing) -> float:
    return 0.5 * float(np.hypot(thing.length_m, thing.width_m))
