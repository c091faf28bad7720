"""What stands in an invented place before and after, laid out as districts of one sort each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from yardwatch.simulate._town_canvas import oblong
from yardwatch.simulate._town_structures import Building, Heap, Tree, random_roof

__all__ = ["LAYOUTS", "Before", "District", "Lot", "TownPlan", "Way", "plant", "random_plan"]

_GARDENS = np.array([(0.2, 0.3, 0.13), (0.28, 0.33, 0.18), (0.42, 0.38, 0.26), (0.5, 0.43, 0.32), (0.16, 0.22, 0.1)])
_STORIES = (  # chance that a building stands before, and after; how likely such a district is
    (0.0, 0.0, 0.06), (1.0, 1.0, 0.3), (0.0, 1.0, 0.2), (0.15, 0.85, 0.14), (0.6, 0.95, 0.12), (0.95, 0.6, 0.06),
    (1.0, 0.05, 0.06), (0.5, 0.5, 0.06),
)  # fmt: skip

Before = tuple[bool, bool]
"""Whether a thing is there before, and after."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A straight piece of road."""

    corners: NDArray[np.float64]
    """Its outline, shape (4, 2)."""
    tone: float
    """Brightness."""
    dirt: bool
    """Whether it is of earth."""
    there: Before
    """Before, and after."""


@dataclass(frozen=True, slots=True, eq=False)
class Lot:
    """A paved or trodden piece of ground beside a building."""

    corners: NDArray[np.float64]
    """Its outline, convex."""
    colour: NDArray[np.float64]
    """Colour, shape (3,)."""
    there: Before
    """Before, and after."""


@dataclass(slots=True)
class TownPlan:
    """All things of a place, each with whether it is there before and after."""

    side_m: float
    """The place is a square of this side."""
    ways: list[Way] = field(default_factory=list)
    """Roads."""
    lots: list[Lot] = field(default_factory=list)
    """Paved ground."""
    buildings: list[tuple[Building, Before]] = field(default_factory=list)
    """Buildings."""
    heaps: list[tuple[Heap, Before]] = field(default_factory=list)
    """Heaps and stacks."""
    trees: list[tuple[Tree, Before]] = field(default_factory=list)
    """Trees and bushes."""
    tracks: list[NDArray[np.float64]] = field(default_factory=list)
    """Railway tracks, on which trains come and go: outlines."""
    most_buildings: int = 140
    """No more buildings than this are laid out."""


@dataclass(frozen=True, slots=True)
class District:
    """A part of the place that is laid out alike."""

    inside: Callable[[float, float], bool]
    """Whether a place, metres right and down, belongs to it."""
    angle: float
    """Direction of its streets, radians."""
    sort: str
    """One of `LAYOUTS`."""
    stands: tuple[float, float]
    """Chance that a building stands before, and after."""

    def there(self, rng: np.random.Generator) -> Before:
        """Of two fates one: what stands stays, unless the district changes."""
        first, second = self.stands
        if first == second and first in {0.0, 1.0}:
            return bool(first), bool(first)
        was = bool(rng.random() < first)
        stays = min(1.0, second / max(first, 1e-6)) if second < first else 1.0
        comes = max(0.0, (second - first * stays) / max(1 - first, 1e-6))
        return was, bool(rng.random() < (stays if was else comes))


def random_plan(rng: np.random.Generator, side_m: float) -> TownPlan:
    """A place of one or two districts with a road between."""
    plan = TownPlan(side_m)
    for district in _districts(rng, side_m):
        LAYOUTS[district.sort](plan, district, rng)
    if rng.random() < 0.25:
        _lay_tracks(plan, rng)
    plant(plan, rng)
    _heap_up(plan, rng)
    return plan


def _districts(rng: np.random.Generator, side_m: float) -> Iterator[District]:
    angle = float(rng.uniform(0, np.pi))
    direction = float(rng.uniform(0, 2 * np.pi))
    normal = np.cos(direction), np.sin(direction)
    cut = normal[0] * side_m / 2 + normal[1] * side_m / 2 + rng.uniform(-0.35, 0.35) * side_m
    sorts, shares = list(LAYOUTS), np.array([0.36, 0.2, 0.2, 0.16, 0.08])
    stories = np.array([story[2] for story in _STORIES])
    for sign in (1, -1):
        sort = str(rng.choice(sorts, p=shares))
        story = _STORIES[rng.choice(len(_STORIES), p=stories / stories.sum())]
        turn = angle + (0 if rng.random() < 0.6 else float(rng.uniform(0, np.pi)))
        yield District(_beyond((sign * normal[0], sign * normal[1]), sign * cut), turn, sort, story[:2])


def _beyond(normal: tuple[float, float], offset_m: float) -> Callable[[float, float], bool]:
    return lambda x, y: normal[0] * x + normal[1] * y <= offset_m


def _grid(
    plan: TownPlan, district: District, step_m: tuple[float, float], rng: np.random.Generator
) -> Iterator[tuple[float, float]]:
    """Places of a turned grid that lie in the district, in any order, as many as can be afforded."""
    reach = plan.side_m * 0.75
    u, v = np.meshgrid(np.arange(-reach, reach, step_m[0]), np.arange(-reach, reach, step_m[1]))
    cosine, sine = np.cos(district.angle), np.sin(district.angle)
    x = plan.side_m / 2 + cosine * u - sine * v
    y = plan.side_m / 2 + sine * u + cosine * v
    edge = 0.6 * max(step_m)
    for index in rng.permutation(x.size):
        px, py = float(x.flat[index]), float(y.flat[index])
        near = -edge < px < plan.side_m + edge and -edge < py < plan.side_m + edge
        if near and district.inside(px, py) and len(plan.buildings) < plan.most_buildings:
            yield px, py


def _streets(
    plan: TownPlan, district: District, rng: np.random.Generator, *, every_m: float, width_m: float, shift_m: float
) -> None:
    reach = plan.side_m * 0.75
    first, second = district.stands
    there = (first >= 0.3 or rng.random() < 0.3, second >= 0.3 or first >= 0.3 or rng.random() < 0.2)
    tone, dirt = float(rng.uniform(0.3, 0.72)), bool(rng.random() < 0.2)
    across = np.array([-np.sin(district.angle), np.cos(district.angle)])
    middle = np.array([plan.side_m / 2, plan.side_m / 2])
    for distance in np.arange(-reach, reach, every_m) + shift_m:
        for start in np.arange(-reach, reach, 20.0):
            along = np.array([np.cos(district.angle), np.sin(district.angle)])
            x, y = (middle + across * distance + along * (start + 10)).tolist()
            if district.inside(x, y):
                plan.ways.append(Way(oblong(x, y, 21.0, width_m, district.angle), tone, dirt, there))


def _houses(plan: TownPlan, district: District, rng: np.random.Generator) -> None:
    """Rows of houses on both sides of streets, with drives."""
    depth, front, width = float(rng.uniform(24, 38)), float(rng.uniform(14, 27)), float(rng.uniform(6, 11))
    _streets(plan, district, rng, every_m=2 * depth + width, width_m=width, shift_m=0)
    style, colour = str(rng.choice(["hip", "hip", "gable", "flat"])), random_roof(rng)
    varied = rng.random() < 0.5
    size = min(front * 0.88, float(rng.uniform(9, 19)))
    across = np.array([-np.sin(district.angle), np.cos(district.angle)])
    drive = np.full(3, rng.uniform(0.45, 0.85))
    for x, y in _grid(plan, district, (front, 2 * depth + width), rng):
        for side in (1, -1):
            there = district.there(rng)
            back = width / 2 + depth * 0.45 + rng.normal(0, 1.2)
            hx, hy = np.array([x, y]) + side * across * back
            roof = random_roof(rng) if varied else np.clip(colour * rng.uniform(0.85, 1.15), 0, 1)
            length, breadth = size * rng.uniform(0.85, 1.2), size * rng.uniform(0.7, 1.0)
            wings = _wings(float(hx), float(hy), length, breadth, rng)
            height = float(rng.uniform(3, 7))
            plan.buildings.append((_building(wings, district.angle, height, style, roof, rng), there))
            _fence(plan, np.array([x, y]), side, (front, depth, width), district, there, rng)
            if rng.random() < 0.6:
                dx, dy = np.array([x, y]) + side * across * (width / 2 + back) / 2
                plan.lots.append(Lot(oblong(float(dx), float(dy), 4.5, back - width / 2, district.angle), drive, there))


def _fence(
    plan: TownPlan, place: NDArray[np.float64], side: int, size_m: tuple[float, float, float], district: District,
    there: Before, rng: np.random.Generator,
) -> None:  # fmt: skip
    """A garden of its own colour behind a fence, now and then."""
    front, depth, width = size_m
    along = np.array([np.cos(district.angle), np.sin(district.angle)])
    across = side * np.array([-np.sin(district.angle), np.cos(district.angle)])
    if rng.random() < 0.6:
        heart = place + across * (width / 2 + depth / 2)
        colour = _GARDENS[rng.integers(len(_GARDENS))] * rng.uniform(0.7, 1.3)
        plan.lots.append(Lot(oblong(heart[0], heart[1], front, depth, district.angle), colour, there))
    if rng.random() < 0.6:
        tone = np.full(3, rng.choice([0.15, 0.3, 0.7]))
        heart = place + across * (width / 2 + depth * 0.7) + along * front / 2
        plan.lots.append(Lot(oblong(heart[0], heart[1], 0.6, depth * 0.6, district.angle), tone, there))
        heart = place + across * (width / 2 + depth)
        plan.lots.append(Lot(oblong(heart[0], heart[1], front, 0.6, district.angle), tone, there))


def _blocks(plan: TownPlan, district: District, rng: np.random.Generator) -> None:
    """Long blocks of flats in rows."""
    length, width = float(rng.uniform(25, 70)), float(rng.uniform(10, 20))
    step = length + rng.uniform(6, 25), width + rng.uniform(12, 45)
    _streets(plan, district, rng, every_m=2 * step[1], width_m=float(rng.uniform(5, 14)), shift_m=step[1] / 2)
    colour, height = random_roof(rng), float(rng.choice([rng.uniform(8, 25), rng.uniform(25, 80)], p=[0.7, 0.3]))
    roof = str(rng.choice(["flat", "flat", "gable", "hip"]))
    for x, y in _grid(plan, district, step, rng):
        there = district.there(rng)
        wings: tuple[tuple[float, float, float, float], ...] = ((x, y, length, width),)
        if rng.random() < 0.25:
            wings = (*wings, (x + rng.normal(0, length / 4), y + rng.normal(0, 3), width * 1.6, width))
        plan.buildings.append((_building(wings, district.angle, height, roof, colour, rng), there))
        if rng.random() < 0.4:
            apron = oblong(x, y, length + 8, width + 10, district.angle)
            plan.lots.append(Lot(apron, np.full(3, rng.uniform(0.35, 0.7)), there))


def _sheds(plan: TownPlan, district: District, rng: np.random.Generator) -> None:
    """Large halls with yards."""
    length, width = float(rng.uniform(25, 110)), float(rng.uniform(14, 50))
    step = length + rng.uniform(8, 40), width + rng.uniform(8, 40)
    for x, y in _grid(plan, district, step, rng):
        there = district.there(rng)
        roof = str(rng.choice(["shed", "gable", "flat"]))
        sized = (x, y, length * rng.uniform(0.5, 1.05), width * rng.uniform(0.5, 1.05))
        height = float(rng.uniform(5, 14))
        plan.buildings.append((_building((sized,), district.angle, height, roof, random_roof(rng), rng), there))
        if rng.random() < 0.7:
            yard = oblong(x, y, step[0] * 0.98, step[1] * 0.98, district.angle)
            always = (True, True) if rng.random() < 0.4 else there
            plan.lots.append(Lot(yard, np.full(3, rng.uniform(0.35, 0.75)) + rng.normal(0, 0.02, 3), always))


def _village(plan: TownPlan, district: District, rng: np.random.Generator) -> None:
    """Small buildings close together, none quite in line."""
    step = float(rng.uniform(9, 20))
    colour = random_roof(rng)
    if rng.random() < 0.7:
        _streets(plan, district, rng, every_m=float(rng.uniform(40, 90)), width_m=4.5, shift_m=step / 2)
    for x, y in _grid(plan, district, (step, step * rng.uniform(1, 1.8)), rng):
        if rng.random() < 0.25:
            continue
        place = float(x + rng.normal(0, step / 10)), float(y + rng.normal(0, step / 10))
        size = step * rng.uniform(0.5, 0.95)
        roof = np.clip(colour * rng.uniform(0.7, 1.2), 0, 1) if rng.random() < 0.6 else random_roof(rng)
        angle = district.angle + rng.normal(0, 0.08) + (np.pi / 2 if rng.random() < 0.3 else 0)
        wings = ((*place, size, size * rng.uniform(0.45, 0.9)),)
        style, height = str(rng.choice(["gable", "flat", "hip"])), float(rng.uniform(2.5, 8))
        plan.buildings.append((_building(wings, angle, height, style, roof, rng), district.there(rng)))


def _country(plan: TownPlan, district: District, rng: np.random.Generator) -> None:
    """Open land with a building here and there."""
    step = float(rng.uniform(50, 120))
    for x, y in _grid(plan, district, (step, step), rng):
        if rng.random() < 0.6:
            continue
        wings = ((x, y, float(rng.uniform(8, 40)), float(rng.uniform(6, 18))),)
        angle, roof = float(rng.uniform(0, np.pi)), str(rng.choice(["gable", "shed", "flat"]))
        there = district.there(rng)
        plan.buildings.append((_building(wings, angle, 5.0, roof, random_roof(rng), rng), there))
    if rng.random() < 0.5:
        _streets(plan, district, rng, every_m=plan.side_m, width_m=float(rng.uniform(3, 9)), shift_m=rng.uniform(-9, 9))


LAYOUTS = {"houses": _houses, "blocks": _blocks, "sheds": _sheds, "village": _village, "country": _country}
"""How the buildings of a district of each sort are laid out."""


def _building(
    wings: tuple[tuple[float, float, float, float], ...], angle: float, height: float, roof: str,
    colour: NDArray[np.float64], rng: np.random.Generator,
) -> Building:  # fmt: skip
    wall, pitch = float(rng.uniform(0.3, 0.8)), float(rng.uniform(0.15, 0.7))
    return Building(wings, angle, height, roof, colour, wall, pitch, int(rng.integers(2**31)))


def _wings(
    x: float, y: float, length: float, width: float, rng: np.random.Generator
) -> tuple[tuple[float, float, float, float], ...]:
    main = (x, y, length, width)
    if rng.random() < 0.35:
        return (main,)
    other = (x + rng.uniform(-0.3, 0.3) * length, y + rng.uniform(-0.3, 0.3) * width)
    return (main, (*other, width * rng.uniform(0.9, 1.25), length * rng.uniform(0.35, 0.6)))


def _lay_tracks(plan: TownPlan, rng: np.random.Generator) -> None:
    angle, spacing = float(rng.uniform(0, np.pi)), float(rng.uniform(4.5, 6))
    middle, across = rng.uniform(0.1, 0.9, 2) * plan.side_m, np.array([-np.sin(angle), np.cos(angle)])
    number = int(rng.integers(1, 9))
    for index in range(number):
        x, y = (middle + across * spacing * index).tolist()
        plan.tracks.append(oblong(x, y, 3 * plan.side_m, 2.8, angle))
    heart = middle + across * spacing * (number - 1) / 2

    def clear(building: Building) -> bool:
        reach = 0.5 * max(max(wing[2:]) for wing in building.wings)
        away = np.array(building.wings[0][:2]) - heart
        return bool(abs(away @ across) > spacing * number / 2 + reach)

    plan.buildings[:] = [(building, there) for building, there in plan.buildings if clear(building)]


def plant(plan: TownPlan, rng: np.random.Generator) -> None:
    """Trees and bushes; some grow up or are felled, which is nothing to report."""
    number = int(rng.integers(0, int(20 + min(300, plan.side_m**2 / 60))) * rng.random())
    hearts = rng.uniform(0, plan.side_m, (max(1, number // 12), 2))
    kept = float(rng.uniform(0.75, 1.0))
    for _ in range(number):
        x, y = hearts[rng.integers(len(hearts))] + rng.normal(0, rng.choice([4, 12, 40]), 2)
        tree = Tree(float(x), float(y), float(rng.uniform(1.0, 5.5)), float(rng.uniform(0.7, 1.3)))
        there = (True, bool(rng.random() < kept)) if rng.random() < 0.8 else (bool(rng.random() < kept), True)
        plan.trees.append((tree, there))


def _heap_up(plan: TownPlan, rng: np.random.Generator) -> None:
    """Heaps or stacks on a yard, close together."""
    if rng.random() > 0.22:
        return
    x, y = rng.uniform(0.1, 0.9, 2) * plan.side_m
    angle, loose = float(rng.uniform(0, np.pi)), bool(rng.random() < 0.5)
    there = ((False, True), (False, True), (True, True), (True, False))[rng.integers(4)]
    length, width = (rng.uniform(6, 18), rng.uniform(5, 12)) if loose else (rng.uniform(4, 13), rng.uniform(2.4, 6))
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    colour = random_roof(rng)
    for i in range(int(rng.integers(1, 6))):
        for j in range(int(rng.integers(1, 6))):
            px, py = np.array([x, y]) + along * i * length * 1.15 + across * j * width * 1.25
            tint = np.clip(colour * rng.uniform(0.8, 1.2), 0, 1)
            heap = Heap(
                float(px), float(py), float(length), float(width), angle, float(rng.uniform(1.5, 5)), tint, loose
            )
            plan.heaps.append((heap, there))
