"""Buildings, trees, vehicles and heaps of an invented place, painted under one light."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.simulate._town_canvas import Light, Pixels, TownCanvas, hull, oblong

__all__ = ["Building", "Heap", "Tree", "paint_building", "paint_heap", "paint_tree", "random_roof", "shadow_of"]

_ROOFS = np.array([
    (0.28, 0.28, 0.29), (0.36, 0.35, 0.34), (0.47, 0.46, 0.44), (0.4, 0.37, 0.32), (0.34, 0.29, 0.25),
    (0.5, 0.33, 0.26), (0.58, 0.42, 0.34), (0.62, 0.6, 0.56), (0.75, 0.74, 0.72), (0.88, 0.88, 0.87),
    (0.34, 0.42, 0.55), (0.25, 0.35, 0.58), (0.36, 0.46, 0.4), (0.7, 0.64, 0.54), (0.2, 0.2, 0.22),
])  # fmt: skip
_ROOF_SHARES = np.array([1.4, 1.6, 1.4, 1.0, 0.9, 0.9, 0.7, 1.0, 0.8, 0.8, 0.5, 0.5, 0.3, 0.7, 0.5])


@dataclass(frozen=True, slots=True, eq=False)
class Building:
    """A building of one or more wings."""

    wings: tuple[tuple[float, float, float, float], ...]
    """Middle right and down, length and width of each wing, metres."""
    angle: float
    """Direction of the lengths, radians; every other wing lies across."""
    height_m: float
    """Height of its walls."""
    roof: str
    """``flat``, ``gable``, ``hip`` or ``shed``."""
    colour: NDArray[np.float64]
    """Colour of the roof, shape (3,)."""
    wall: float
    """Brightness of its walls."""
    pitch: float
    """Rise of a pitched roof for each metre."""
    seed: int
    """For what stands on its roof."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree or bush."""

    x_m: float
    """Middle, metres right."""
    y_m: float
    """Middle, metres down."""
    radius_m: float
    """Radius of the crown."""
    tone: float
    """Its own brightness, about 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Heap:
    """A heap of bulk or a stack of boxes in the open."""

    x_m: float
    """Middle, metres right."""
    y_m: float
    """Middle, metres down."""
    length_m: float
    """Longer side."""
    width_m: float
    """Shorter side."""
    angle: float
    """Direction of its length, radians."""
    height_m: float
    """Height."""
    colour: NDArray[np.float64]
    """Colour, shape (3,)."""
    loose: bool
    """A heap of bulk rather than a stack."""


def random_roof(rng: np.random.Generator) -> NDArray[np.float64]:
    """A colour of a roof."""
    colour = _ROOFS[rng.choice(len(_ROOFS), p=_ROOF_SHARES / _ROOF_SHARES.sum())]
    return np.asarray(np.clip(colour * rng.uniform(0.75, 1.2) + rng.normal(0, 0.02, 3), 0.05, 0.97))


def paint_building(canvas: TownCanvas, building: Building, light: Light, roofs: tuple[Pixels, ...] = ()) -> None:
    """Paint walls and roof; what the roof covers goes into each of `roofs`, shape (rows, columns)."""
    rng = np.random.default_rng(building.seed)
    lean = np.array(light.lean) * building.height_m
    for number, (x, y, length, width) in enumerate(building.wings):
        angle = building.angle + (number % 2) * np.pi / 2
        base = oblong(x, y, length, width, angle)
        if np.hypot(*lean) > 0.3 * canvas.pixel_m:
            facing = float(np.dot(light.lean, light.to_sun[:2]))
            wall = building.wall * (0.75 if facing < 0 else 0.5) * np.array([1.0, 0.98, 0.94])
            canvas.paint(hull(np.concatenate([base, base + lean])), wall)
        top = base + lean
        covered = canvas.convex(top)
        if covered is None:
            continue
        for share in roofs:
            np.maximum(share[covered[0]], covered[1], out=share[covered[0]])
        _paint_roof(canvas, building, top, light, rng)


def shadow_of(building: Building, light: Light) -> list[NDArray[np.float64]]:
    """Where a building throws its shadow, one polygon for each wing."""
    reach = np.array(light.shadow) * (building.height_m + (0 if building.roof == "flat" else 1.0))
    shadows = []
    for number, (x, y, length, width) in enumerate(building.wings):
        base = oblong(x, y, length, width, building.angle + (number % 2) * np.pi / 2)
        shadows.append(hull(np.concatenate([base, base + reach])))
    return shadows


def paint_tree(canvas: TownCanvas, tree: Tree, light: Light, crown: NDArray[np.float64]) -> None:
    """Paint a crown, lit on the side of the sun."""
    covered = canvas.disc(tree.x_m, tree.y_m, tree.radius_m)
    if covered is None:
        return
    spot, share, right, down = covered
    lit = 0.8 + 0.45 * (right * light.to_sun[0] + down * light.to_sun[1])
    ragged = 0.8 + 0.2 * np.sin(9.1 * right + 40 * tree.tone) * np.cos(8.3 * down + 31 * tree.tone)
    canvas.blend(spot, 0.95 * share, (lit * ragged * tree.tone)[..., None] * crown)


def paint_heap(canvas: TownCanvas, heap: Heap, light: Light, covered: Pixels | None) -> None:
    """Paint a heap or a stack with its shadow."""
    base = oblong(heap.x_m, heap.y_m, heap.length_m, heap.width_m, heap.angle)
    canvas.shade(hull(np.concatenate([base, base + np.array(light.shadow) * heap.height_m])))
    canvas.cast(light.darkness)
    share = canvas.convex(base)
    if share is None:
        return
    if covered is not None:
        np.maximum(covered[share[0]], share[1], out=covered[share[0]])
    if not heap.loose:
        canvas.blend(*share, heap.colour)
        return
    middle = base.mean(0)
    for i in range(4):
        face = np.array([base[i], base[(i + 1) % 4], middle])
        outward = (base[i] + base[(i + 1) % 4]) / 2 - middle
        canvas.paint(face, heap.colour * _lit(outward, 0.7, light))


def _paint_roof(
    canvas: TownCanvas, building: Building, top: NDArray[np.float64], light: Light, rng: np.random.Generator
) -> None:
    if building.roof == "flat":
        canvas.paint(top, np.clip(building.colour * 1.15, 0, 1))
        middle = top.mean(0)
        canvas.paint(middle + (top - middle) * 0.94, building.colour)
        _paint_units(canvas, building, top, light, rng)
        return
    for face, outward in _faces(top, hip=building.roof == "hip"):
        canvas.paint(face, np.clip(building.colour * _lit(outward, building.pitch, light), 0, 1))
    if building.roof == "shed":
        _paint_seams(canvas, building, top, rng)


def _faces(top: NDArray[np.float64], *, hip: bool) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Faces of a roof with a ridge along its length, each with the direction it slopes to."""
    a, b, c, d = top
    along, across = b - a, d - a
    if np.hypot(*along) < np.hypot(*across):
        a, b, c, d = b, c, d, a
        along, across = b - a, d - a
    inset = along * min(0.5, 0.5 * np.hypot(*across) / max(np.hypot(*along), 1e-6)) if hip else 0 * along
    first, second = (a + d) / 2 + inset, (b + c) / 2 - inset
    faces = [(np.array([a, b, second, first]), -across), (np.array([d, c, second, first]), across)]
    if hip:
        faces += [(np.array([a, d, first]), -along), (np.array([b, c, second]), along)]
    return faces


def _lit(outward: NDArray[np.float64], pitch: float, light: Light) -> float:
    """Brightness of a slope against that of level ground."""
    direction = outward / max(float(np.hypot(*outward)), 1e-6)
    normal = np.array([pitch * direction[0], pitch * direction[1], 1.0]) / np.hypot(pitch, 1.0)
    direct = max(0.0, float(normal @ np.array(light.to_sun))) / max(light.to_sun[2], 0.2)
    return float(np.clip(1 - light.darkness + light.darkness * direct, 0.25, 1.8))


def _paint_units(
    canvas: TownCanvas, building: Building, top: NDArray[np.float64], light: Light, rng: np.random.Generator
) -> None:
    for _ in range(int(rng.integers(0, 6))):
        u, v = rng.uniform(0.12, 0.85, 2)
        x, y = top[0] + u * (top[1] - top[0]) + v * (top[3] - top[0])
        unit = oblong(float(x), float(y), rng.uniform(1.5, 5), rng.uniform(1.5, 4), building.angle)
        canvas.paint(unit + 1.5 * np.array(light.shadow), building.colour * (1 - light.darkness))
        canvas.paint(unit, np.clip(building.colour * rng.uniform(0.7, 1.5), 0, 1))


def _paint_seams(canvas: TownCanvas, building: Building, top: NDArray[np.float64], rng: np.random.Generator) -> None:
    strips = int(rng.integers(2, 10))
    for start in np.linspace(0.05, 0.9, strips):
        low, high = top[0] + start * (top[1] - top[0]), top[3] + start * (top[2] - top[3])
        step = 0.03 * (top[1] - top[0])
        canvas.paint(np.array([low, low + step, high + step, high]), np.clip(building.colour * 1.12, 0, 1))
