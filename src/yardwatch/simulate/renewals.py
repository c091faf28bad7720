"""Pairs of pictures of invented quarters, of which some parcels are put to another use between."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from yardwatch.simulate._town_canvas import Pixels, TownCanvas, noise, oblong
from yardwatch.simulate._town_ground import BARE, Cover, random_cover, random_season
from yardwatch.simulate._town_paint import Ground, Painted, paint, random_light
from yardwatch.simulate._town_plan import LAYOUTS, Before, District, Lot, TownPlan, Way, plant
from yardwatch.simulate._town_structures import Building, Heap, Tree, random_roof

__all__ = ["LAND_USES", "UNSURE", "Renewal", "random_renewal"]

LAND_USES = ("green", "water", "bare", "built")
"""What a pixel of `Renewal.uses` may be, by its number."""

_USES = {
    "fields": "green", "wood": "green", "park": "green", "water": "water", "bare": "bare", "site": "bare",
    "village": "built", "houses": "built", "blocks": "built", "towers": "built", "sheds": "built", "square": "built",
}  # fmt: skip
_USE_SHARES = {
    "fields": 0.24, "wood": 0.07, "park": 0.05, "water": 0.04, "bare": 0.07, "site": 0.05, "village": 0.17,
    "houses": 0.06, "blocks": 0.09, "towers": 0.06, "sheds": 0.08, "square": 0.02,
}  # fmt: skip
_RENEWED = {
    "bare": 0.14, "site": 0.16, "blocks": 0.16, "towers": 0.2, "sheds": 0.14, "houses": 0.05, "park": 0.07,
    "square": 0.05, "village": 0.03,
}  # fmt: skip
_COVERS = {
    "fields": ("grass", "scrub", "crop", "crop", "soil"), "wood": ("wood", "wood", "scrub"), "park": ("grass", "scrub"),
    "water": ("water",), "bare": ("soil", "sand", "gravel", "soil"), "site": ("soil", "sand", "gravel", "soil"),
    "village": ("soil", "paved", "gravel", "grass"), "houses": ("grass", "paved"), "blocks": ("paved", "grass"),
    "towers": ("paved", "grass", "grass"), "sheds": ("paved", "gravel"), "square": ("paved",),
}  # fmt: skip
_UNSURE = frozenset({("bare", "fields"), ("bare", "wood"), ("bare", "park"), ("bare", "site"), ("wood", "fields"),
                     ("fields", "wood"), ("fields", "park"), ("wood", "park")})  # fmt: skip
_MOST_BUILDINGS = 300
_STREETS_M = (5.0, 26.0)
UNSURE = 255
"""Mark of ground of which one may argue whether it was put to another use, such as a field that lay bare."""


@dataclass(frozen=True, slots=True, eq=False)
class Renewal:
    """An invented quarter before and after."""

    before: Pixels
    """Colour as a screen shows it, 0 to 1, shape (3, n, n)."""
    after: Pixels
    """The same years later, under another sun, in another season, from another angle."""
    renewed: NDArray[np.uint8]
    """1 where the ground was put to another use, 0 where not, 255 where one may argue; shape (n, n)."""
    uses: NDArray[np.uint8]
    """What the ground was used for before and after, index into `LAND_USES`, shape (2, n, n)."""
    pixel_m: float
    """Size of a pixel, metres."""


@dataclass(frozen=True, slots=True, eq=False)
class _Parcel:
    mask: NDArray[np.bool_]
    use: tuple[str, str]
    angle: float

    @property
    def state(self) -> int:
        """1 renewed, 0 not, `UNSURE` in between."""
        if self.use[0] == self.use[1]:
            return UNSURE if self.use[0] == "site" else 0
        return UNSURE if self.use in _UNSURE or self.use[::-1] in _UNSURE else 1


def random_renewal(rng: np.random.Generator, *, size_px: int, pixel_m: float) -> Renewal:
    """A quarter of several parcels, some of which were cleared, built up or put to another use between.

    Parameters
    ----------
    rng : Generator
        Source of all that is random.
    size_px : int
        Side of the square pictures, pixels.
    pixel_m : float
        Size of a pixel, metres.
    """
    parcels, streets = _parcels(rng, size_px, pixel_m)
    plan = TownPlan(size_px * pixel_m, most_buildings=_MOST_BUILDINGS)
    for index in rng.permutation(len(parcels)):
        _lay_out(plan, parcels[index], rng, pixel_m)
    plant(plan, rng)
    ground = _ground(rng, parcels, streets, pixel_m)
    azimuth = float(rng.uniform(0, 2 * np.pi))
    slip = rng.normal(0, 0.7 * pixel_m, 2)
    shots = []
    for epoch in (0, 1):
        canvas = TownCanvas(size_px, pixel_m, (0.0, 0.0) if epoch == 0 else (float(slip[0]), float(slip[1])))
        light = random_light(rng, azimuth + rng.normal(0, 0.7))
        shots.append(paint(canvas, plan, ground, random_season(rng), light, epoch, rng))
    return Renewal(
        before=shots[0].picture.transpose(2, 0, 1),
        after=shots[1].picture.transpose(2, 0, 1),
        renewed=_labels(parcels, shots, pixel_m),
        uses=_uses(parcels),
        pixel_m=pixel_m,
    )


def _parcels(rng: np.random.Generator, size_px: int, pixel_m: float) -> tuple[list[_Parcel], Pixels]:
    """The quarter cut into parcels, and the share of each pixel that is a street between them."""
    side_m = size_px * pixel_m
    number = int(np.clip(rng.poisson((side_m / rng.uniform(70, 220)) ** 2), 1, 14))
    axis = float(rng.uniform(0, np.pi))
    rows, columns = np.mgrid[:size_px, :size_px] * pixel_m
    if rng.random() < 0.5:
        strength = rng.uniform(0, 25)
        rows = rows + strength * noise(rng, size_px, finest_px=8, coarsest_px=size_px, power=1.8)
        columns = columns + strength * noise(rng, size_px, finest_px=8, coarsest_px=size_px, power=1.8)
    along, across = np.cos(axis) * columns + np.sin(axis) * rows, np.cos(axis) * rows - np.sin(axis) * columns
    hearts = rng.uniform(-0.1, 1.1, (number, 2)) * side_m
    u, v = (
        np.cos(axis) * hearts[:, 0] + np.sin(axis) * hearts[:, 1],
        np.cos(axis) * hearts[:, 1] - np.sin(axis) * hearts[:, 0],
    )
    squared = rng.random() < 0.6
    stretch = rng.uniform(0.7, 1.4, number)
    far = [
        np.maximum(abs(along - a) * s, abs(across - b) / s) if squared else np.hypot(along - a, across - b)
        for a, b, s in zip(u, v, stretch, strict=True)
    ]
    away = np.stack(far)
    nearest = away.argmin(0)
    width = float(rng.uniform(*_STREETS_M)) if rng.random() < 0.7 else 0.0
    ordered = np.sort(away, axis=0)
    gap = ordered[1] - ordered[0] if number > 1 else np.full(nearest.shape, np.inf)
    streets = np.clip(0.5 + (width - gap) / pixel_m / 2, 0, 1) * (width > 0)
    share = float(rng.choice([0.0, 0.15, 0.35, 0.6, 0.9], p=[0.12, 0.18, 0.28, 0.26, 0.16]))
    theme = rng.dirichlet(0.6 * len(_USE_SHARES) * np.array(list(_USE_SHARES.values())))
    parcels = [
        _Parcel(
            nearest == index, _use(rng, share, theme), axis + (0.0 if rng.random() < 0.7 else rng.uniform(0, np.pi))
        )
        for index in range(number)
    ]
    return parcels, streets.astype(np.float32)


def _use(rng: np.random.Generator, share: float, theme: NDArray[np.float64]) -> tuple[str, str]:
    was = str(rng.choice(list(_USE_SHARES), p=theme))
    if rng.random() >= share:
        return was, was
    chances = np.array(list(_RENEWED.values()))
    now = str(rng.choice(list(_RENEWED), p=chances / chances.sum()))
    if was in {"towers", "blocks"} and rng.random() < 0.7:
        return was, was
    return was, now


def _lay_out(plan: TownPlan, parcel: _Parcel, rng: np.random.Generator, pixel_m: float) -> None:
    """What stands on a parcel before and after."""
    inner = ndimage.binary_erosion(parcel.mask, iterations=max(1, round(6 / pixel_m)), border_value=1)
    inside = _within(inner, pixel_m)
    for use in dict.fromkeys(parcel.use):
        there = float(parcel.use[0] == use), float(parcel.use[1] == use)
        if there == (1.0, 1.0) and use in LAYOUTS and rng.random() < 0.25:
            there = (float(rng.uniform(0.85, 1)), float(rng.uniform(0.85, 1)))
        if use in LAYOUTS:
            LAYOUTS[use](plan, District(inside, parcel.angle, use, there), rng)
        elif use == "towers":
            _towers(plan, District(inside, parcel.angle, use, there), rng)
        elif use == "site":
            _site(plan, inside, (bool(there[0]), bool(there[1])), rng)
        if use in {"park", "towers", "wood", "blocks"}:
            _trees(plan, inside, (bool(there[0] > 0), bool(there[1] > 0)), rng)


def _within(mask: NDArray[np.bool_], pixel_m: float) -> Callable[[float, float], bool]:
    size = len(mask)

    def inside(x: float, y: float) -> bool:
        column, row = int(np.floor(x / pixel_m)), int(np.floor(y / pixel_m))
        return bool(mask[min(max(row, 0), size - 1), min(max(column, 0), size - 1)])

    return inside


def _towers(plan: TownPlan, district: District, rng: np.random.Generator) -> None:
    """High blocks of flats, each alike, on wide ground."""
    length, width = float(rng.uniform(18, 60)), float(rng.uniform(12, 20))
    height, colour = float(rng.uniform(30, 110)), random_roof(rng)
    step = length + rng.uniform(10, 40), width + rng.uniform(25, 60)
    for x, y in _places(plan, district, step, rng):
        wings: tuple[tuple[float, float, float, float], ...] = ((x, y, length, width),)
        if rng.random() < 0.4:
            wings = (*wings, (x, y, width * 1.5, width * 0.8))
        wall, seed = float(rng.uniform(0.3, 0.8)), int(rng.integers(2**31))
        building = Building(wings, district.angle, height * rng.uniform(0.7, 1.1), "flat", colour, wall, 0.3, seed)
        plan.buildings.append((building, district.there(rng)))


def _places(
    plan: TownPlan, district: District, step_m: tuple[float, float], rng: np.random.Generator
) -> Iterator[tuple[float, float]]:
    reach = 0.75 * plan.side_m
    u, v = (
        part.ravel() for part in np.meshgrid(np.arange(-reach, reach, step_m[0]), np.arange(-reach, reach, step_m[1]))
    )
    cosine, sine = np.cos(district.angle), np.sin(district.angle)
    for index in rng.permutation(len(u)):
        x = plan.side_m / 2 + cosine * u[index] - sine * v[index]
        y = plan.side_m / 2 + sine * u[index] + cosine * v[index]
        if min(x, y) > -40 and max(x, y) < plan.side_m + 40 and district.inside(x, y):
            yield float(x), float(y)


def _site(plan: TownPlan, inside: Callable[[float, float], bool], there: Before, rng: np.random.Generator) -> None:
    """A building site: tracks of lorries, heaps, pits, some huts and half-built slabs."""
    for _ in range(int(rng.integers(10, 60))):
        x, y = (rng.uniform(0, 1, 2) * plan.side_m).tolist()
        if not inside(x, y):
            continue
        angle, sort = float(rng.uniform(0, np.pi)), rng.random()
        if sort < 0.3:
            plan.ways.append(Way(oblong(x, y, rng.uniform(20, 90), rng.uniform(4, 9), angle), 0.65, True, there))
        elif sort < 0.6:
            shade = np.clip(rng.uniform(0.2, 0.85) + rng.normal(0, 0.04, 3), 0, 1)
            plan.lots.append(Lot(oblong(x, y, rng.uniform(8, 60), rng.uniform(6, 40), angle), shade, there))
        elif sort < 0.8:
            (length, width), colour = (
                rng.uniform(4, 25, 2).tolist(),
                np.array([0.55, 0.47, 0.36]) * rng.uniform(0.7, 1.2),
            )
            height = float(rng.uniform(1.5, 6))
            plan.heaps.append((Heap(x, y, length, width, angle, height, colour, loose=True), there))
        else:
            wings = ((x, y, float(rng.uniform(10, 40)), float(rng.uniform(6, 18))),)
            seed = int(rng.integers(2**31))
            hut = Building(wings, angle, float(rng.uniform(3, 25)), "flat", random_roof(rng), 0.5, 0.3, seed)
            plan.buildings.append((hut, there))


def _trees(plan: TownPlan, inside: Callable[[float, float], bool], there: Before, rng: np.random.Generator) -> None:
    for _ in range(int(rng.integers(0, 160))):
        x, y = (rng.uniform(0, 1, 2) * plan.side_m).tolist()
        if inside(x, y):
            plan.trees.append((Tree(x, y, float(rng.uniform(1.5, 6)), float(rng.uniform(0.7, 1.3))), there))


def _ground(rng: np.random.Generator, parcels: list[_Parcel], streets: Pixels, pixel_m: float) -> Ground:
    """What covers each parcel; fields are cut into strips of a crop each."""
    covers: list[tuple[Cover, Cover, Pixels]] = []
    free = 1 - streets
    for parcel in parcels:
        renewed = parcel.use[0] != parcel.use[1]
        for mask in _strips(rng, parcel, pixel_m):
            was = random_cover(rng, _COVERS[parcel.use[0]])
            now = random_cover(rng, _COVERS[parcel.use[1]]) if renewed or parcel.use[0] == "fields" else was
            share = ndimage.gaussian_filter(mask.astype(np.float32), 0.6) * free
            covers.append((was, now, share))
    paved = random_cover(rng, ("paved",) if rng.random() < 0.8 else BARE)
    covers.append((paved, random_cover(rng, ("paved",)) if rng.random() < 0.3 else paved, streets))
    nothing = np.zeros_like(streets)
    return Ground(tuple(covers), nothing, random_cover(rng, BARE), dug_before=False)


def _strips(rng: np.random.Generator, parcel: _Parcel, pixel_m: float) -> Iterator[NDArray[np.bool_]]:
    if "fields" not in parcel.use or rng.random() < 0.3:
        yield parcel.mask
        return
    rows, columns = np.mgrid[: len(parcel.mask), : len(parcel.mask)] * pixel_m
    angle = parcel.angle
    along, across = np.cos(angle) * columns + np.sin(angle) * rows, np.cos(angle) * rows - np.sin(angle) * columns
    length, width = rng.uniform(60, 250), rng.uniform(12, 80)
    strip = np.floor(across / width).astype(int)
    field = strip * 100 + np.floor((along + 37 * strip) / length).astype(int)
    sort = rng.integers(0, 5, 4096)[(field * 7919) % 4096]
    for number in range(5):
        mask = parcel.mask & (sort == number)
        if mask.any():
            yield mask


def _labels(parcels: list[_Parcel], shots: list[Painted], pixel_m: float) -> NDArray[np.uint8]:
    """Parcels put to another use, and buildings that came or went elsewhere with the ground close around them."""
    labels = np.zeros(parcels[0].mask.shape, np.uint8)
    for parcel in parcels:
        labels[parcel.mask] = parcel.state
    changed = (shots[0].other > 0.5) | (shots[1].other > 0.5)
    reach = max(1, round(6 / pixel_m))
    near = ndimage.binary_closing(np.pad(changed, 2 * reach), iterations=reach)[
        2 * reach : -2 * reach, 2 * reach : -2 * reach
    ]
    labels[near & (labels == 0)] = 1
    return labels


def _uses(parcels: list[_Parcel]) -> NDArray[np.uint8]:
    uses = np.zeros((2, *parcels[0].mask.shape), np.uint8)
    for parcel in parcels:
        for epoch in (0, 1):
            uses[epoch][parcel.mask] = LAND_USES.index(_USES[parcel.use[epoch]])
    return uses
