"""Scenery around and between the tracks as it looks from above."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from yardwatch.errors import MisuseError
from yardwatch.simulate._canvas import Canvas, Overhead, Patch, Surface, coverage, linear, smoothstep
from yardwatch.simulate._noise import Reals
from yardwatch.simulate.plan import Colour, Thing

__all__ = ["THINGS", "paint_thing"]

_ROOFS: tuple[Colour, ...] = (
    (0.55, 0.55, 0.55), (0.32, 0.33, 0.36), (0.74, 0.74, 0.73), (0.48, 0.33, 0.27), (0.40, 0.37, 0.34),
    (0.62, 0.66, 0.60), (0.26, 0.29, 0.36), (0.86, 0.87, 0.88), (0.35, 0.43, 0.52),
)  # fmt: skip
_PAINTS: tuple[Colour, ...] = (
    (0.88, 0.88, 0.88), (0.14, 0.14, 0.15), (0.55, 0.56, 0.57), (0.33, 0.34, 0.36), (0.58, 0.13, 0.12),
    (0.18, 0.26, 0.45), (0.72, 0.72, 0.70), (0.30, 0.33, 0.28),
)  # fmt: skip
_BOXES: tuple[Colour, ...] = (
    (0.55, 0.22, 0.17), (0.62, 0.31, 0.19), (0.20, 0.31, 0.55), (0.28, 0.50, 0.68), (0.24, 0.43, 0.31),
    (0.78, 0.78, 0.76), (0.45, 0.45, 0.46), (0.80, 0.50, 0.18),
)  # fmt: skip
_GREENS: tuple[Colour, ...] = (
    (0.19, 0.26, 0.13), (0.25, 0.33, 0.15), (0.16, 0.22, 0.13), (0.31, 0.36, 0.18), (0.24, 0.27, 0.16),
)  # fmt: skip

_Painter = Callable[[Canvas, Thing, Patch, np.random.Generator], Surface]


def paint_thing(canvas: Canvas, thing: Thing) -> None:
    """Paint a piece of scenery.

    Raises
    ------
    MisuseError
        If its kind is none of `THINGS`.
    """
    if thing.kind not in THINGS:
        raise MisuseError(f"thing {thing.kind!r} cannot be painted; use one of {', '.join(THINGS)}")
    angle = float(np.radians(thing.heading_deg))
    patch = canvas.oblong(thing.x_m, thing.y_m, angle, thing.length_m / 2, thing.width_m / 2)
    rng = np.random.default_rng(thing.look)
    if thing.kind == "portal":
        _hang(canvas, thing, patch, rng)
    elif len(patch.cells):
        surface = _PAINTERS[thing.kind](canvas, thing, patch, rng)
        standing = surface.height_m > -1
        shown = Surface(
            surface.colour[:, standing],
            surface.height_m[standing],
            _part(surface.slope_across, standing),
            _part(surface.slope_along, standing),
            surface.side,
        )
        canvas.put(patch.where(standing), shown, angle)


def _part(slope: Reals | float, chosen: NDArray[np.bool_]) -> Reals | float:
    return slope[chosen] if isinstance(slope, np.ndarray) else slope


def _tone(colour: Colour, patch: Patch, nir: float | None = None) -> Reals:
    return np.repeat(linear(colour, nir)[:, None], len(patch.cells), axis=1)


def _pick(rng: np.random.Generator, colours: tuple[Colour, ...]) -> Colour:
    colour = np.clip(np.array(colours[int(rng.integers(len(colours)))]) * rng.normal(1, 0.07), 0.03, 0.97)
    return float(colour[0]), float(colour[1]), float(colour[2])


def _noise(canvas: Canvas, patch: Patch, scale_m: float, rng: np.random.Generator) -> Reals:
    shift = rng.uniform(0, 200, 2).astype(np.float32)
    return canvas.texture.at(40, patch.along_m / scale_m + shift[0], patch.across_m / scale_m + shift[1])


def _stripes(position: Reals, pitch: float, width: float, cell: float) -> Reals:
    apart = np.mod(position + pitch / 2, pitch) - pitch / 2
    return coverage(apart.astype(np.float32), 0.0, width, cell)


def _building(canvas: Canvas, thing: Thing, patch: Patch, rng: np.random.Generator) -> Surface:
    paint, part = _pick(rng, _ROOFS), 2 * patch.across_m / thing.width_m
    colour = _tone(paint, patch) * (1 + 0.06 * _noise(canvas, patch, 4, rng) + 0.04 * _noise(canvas, patch, 0.6, rng))
    gabled = rng.random() < 0.55 and thing.width_m < 30
    rise = float(rng.uniform(0.1, 0.25)) * thing.width_m / 2 if gabled else 0.0
    height = np.asarray(thing.height_m - rise * np.abs(part), np.float32)
    slope = np.asarray(-np.sign(part) * 2 * rise / thing.width_m, np.float32)
    colour = colour * (
        1 - float(rng.uniform(0, 0.2)) * _stripes(patch.along_m, float(rng.uniform(1, 6)), 0.2, canvas.cell_m)
    )
    if not gabled:
        edge = np.minimum(thing.length_m / 2 - np.abs(patch.along_m), thing.width_m / 2 - np.abs(patch.across_m))
        rim = coverage(edge, 0.2, 0.4, canvas.cell_m)
        colour = colour * (1 + 0.5 * rim)
        lights = (np.mod(patch.along_m + 4, 12) < 1.5) & (np.mod(patch.across_m + 3, 11) < 1.5)
        shown = lights & (edge > 2) & (rng.random() < 0.6)
        colour = np.where(shown, _tone((0.82, 0.83, 0.84), patch), colour)
        height = np.where(shown, height + 0.5, height)
    wall = _pick(rng, ((0.7, 0.68, 0.64), (0.5, 0.47, 0.44), (0.55, 0.38, 0.30)))
    return Surface(np.asarray(colour, np.float32), np.asarray(height, np.float32), slope, 0.0, wall)


def _canopy(canvas: Canvas, thing: Thing, patch: Patch, rng: np.random.Generator) -> Surface:
    surface = _building(canvas, thing, patch, rng)
    return Surface(surface.colour, surface.height_m, surface.slope_across, 0.0, (0.16, 0.16, 0.16))


def _plant(canvas: Canvas, thing: Thing, patch: Patch, rng: np.random.Generator) -> Surface:
    lumps = _noise(canvas, patch, max(0.4, thing.width_m / 7), rng)
    leaves = _noise(canvas, patch, 0.35, rng)
    radius = np.hypot(patch.along_m / thing.length_m, patch.across_m / thing.width_m) * 2
    dome = 1 - radius**2 + 0.22 * lumps + 0.06 * leaves
    height = thing.height_m * np.sqrt(np.clip(dome, 0, None)) * (1 + 0.12 * lumps) - 2 * (dome <= 0.05)
    colour = _tone(_pick(rng, _GREENS), patch, 0.34)
    colour = colour * np.clip(1 + 0.3 * lumps + 0.25 * leaves, 0.3, 1.9)
    steep = thing.height_m / max(thing.width_m, 1.0)
    across = -2 * steep * patch.across_m / thing.width_m + 0.3 * leaves
    along = -2 * steep * patch.along_m / thing.length_m + 0.3 * lumps
    return Surface(
        np.asarray(colour, np.float32), np.asarray(height, np.float32), np.asarray(across, np.float32),
        np.asarray(along, np.float32), (0.15, 0.19, 0.11),
    )  # fmt: skip


def _box(canvas: Canvas, thing: Thing, patch: Patch, rng: np.random.Generator) -> Surface:
    paint = _pick(rng, _BOXES)
    ribs = 1 - 0.14 * _stripes(patch.along_m, 0.6, 0.1, canvas.cell_m)
    colour = _tone(paint, patch) * ribs * (1 + 0.07 * _noise(canvas, patch, 1.5, rng))
    return Surface(np.asarray(colour, np.float32), np.full(len(patch.cells), thing.height_m, np.float32), side=paint)


def _truck(_canvas: Canvas, thing: Thing, patch: Patch, rng: np.random.Generator) -> Surface:
    box, cab = _pick(rng, (*_BOXES, (0.9, 0.9, 0.9), (0.85, 0.85, 0.83))), _pick(rng, _PAINTS)
    front = patch.along_m > thing.length_m / 2 - 2.2
    gap = (patch.along_m > thing.length_m / 2 - 2.9) & ~front
    colour = np.where(front, _tone(cab, patch), _tone(box, patch))
    colour = np.where(gap, _tone((0.12, 0.12, 0.12), patch), colour)
    height = np.where(gap, 1.0, np.where(front, thing.height_m - 0.7, thing.height_m))
    return Surface(np.asarray(colour, np.float32), np.asarray(height, np.float32), side=box)


def _car(_canvas: Canvas, thing: Thing, patch: Patch, rng: np.random.Generator) -> Surface:
    paint, part = _pick(rng, _PAINTS), patch.along_m / thing.length_m
    corner = (np.abs(part) > 0.44) & (np.abs(patch.across_m) > thing.width_m * 0.36)
    glass = ((np.abs(part - 0.17) < 0.07) | (np.abs(part + 0.30) < 0.06)) & (
        np.abs(patch.across_m) < thing.width_m * 0.42
    )
    colour = np.where(glass, _tone((0.12, 0.13, 0.15), patch), _tone(paint, patch))
    top = (part < 0.12) & (part > -0.26)
    height = np.where(top, thing.height_m, 0.6 * thing.height_m)
    height = np.where(corner, -2, height)
    return Surface(np.asarray(colour, np.float32), np.asarray(height, np.float32), side=paint)


def _mast(_canvas: Canvas, thing: Thing, patch: Patch, rng: np.random.Generator) -> Surface:
    grey = float(rng.uniform(0.35, 0.7))
    colour = _tone((grey, grey, grey), patch)
    return Surface(
        np.asarray(colour, np.float32), np.full(len(patch.cells), thing.height_m, np.float32), side=(grey, grey, grey)
    )


def _hang(canvas: Canvas, thing: Thing, patch: Patch, rng: np.random.Generator) -> None:
    """A truss across the tracks: two chords and crossing braces; a narrow one is a single arm."""
    half, cell = thing.width_m / 2, canvas.cell_m
    grey = float(rng.uniform(0.4, 0.75))
    if thing.width_m < 0.5:
        opacity = coverage(patch.across_m, 0.0, 0.12, cell)
    else:
        chords = coverage(np.abs(patch.across_m), half - 0.15, 0.13, cell)
        saw = np.abs(np.mod(patch.along_m, 4 * half) - 2 * half) - half
        opacity = np.maximum(chords, 0.7 * coverage(saw.astype(np.float32), patch.across_m, 0.12, cell))
    canvas.overhead.append(Overhead(patch, linear((grey, grey, grey)), opacity, thing.height_m))


def _pile(canvas: Canvas, thing: Thing, patch: Patch, rng: np.random.Generator) -> Surface:
    lumps = _noise(canvas, patch, thing.width_m / 4, rng)
    dome = 1 - (2 * patch.along_m / thing.length_m) ** 2 - (2 * patch.across_m / thing.width_m) ** 2 + 0.3 * lumps
    height = thing.height_m * np.clip(dome, 0, 1) - 2 * (dome <= 0)
    paint = _pick(
        rng, ((0.16, 0.15, 0.15), (0.62, 0.58, 0.50), (0.44, 0.40, 0.36), (0.46, 0.28, 0.2), (0.36, 0.33, 0.3))
    )
    colour = _tone(paint, patch) * np.clip(1 + 0.2 * _noise(canvas, patch, 0.4, rng), 0.4, 1.8)
    across = -4 * thing.height_m * patch.across_m / thing.width_m**2
    along = -4 * thing.height_m * patch.along_m / thing.length_m**2
    return Surface(np.asarray(colour, np.float32), np.asarray(height, np.float32), across, along, paint)


def _sleepers(canvas: Canvas, thing: Thing, patch: Patch, rng: np.random.Generator) -> Surface:
    paint = _pick(rng, ((0.28, 0.23, 0.19), (0.58, 0.56, 0.52), (0.36, 0.24, 0.18)))
    rows = 1 - 0.4 * _stripes(patch.along_m, 0.28, 0.08, canvas.cell_m)
    bays = _stripes(patch.across_m, 2.8, 0.35, canvas.cell_m) > 0.5
    colour = _tone(paint, patch) * rows * (1 + 0.15 * _noise(canvas, patch, 0.5, rng))
    height = np.where(bays, -2, thing.height_m)
    return Surface(np.asarray(colour, np.float32), np.asarray(height, np.float32), side=paint)


def _platform(canvas: Canvas, thing: Thing, patch: Patch, rng: np.random.Generator) -> Surface:
    paint = _pick(rng, ((0.60, 0.59, 0.57), (0.46, 0.45, 0.44), (0.55, 0.48, 0.43)))
    colour = _tone(paint, patch) * (1 + 0.07 * _noise(canvas, patch, 1.5, rng))
    edge = coverage(np.abs(patch.across_m), thing.width_m / 2 - 0.35, 0.35, canvas.cell_m)
    colour = colour + (linear((0.88, 0.87, 0.82))[:, None] - colour) * edge * float(rng.uniform(0.2, 0.9))
    return Surface(np.asarray(colour, np.float32), np.full(len(patch.cells), thing.height_m, np.float32), side=paint)


def _panel(canvas: Canvas, thing: Thing, patch: Patch, rng: np.random.Generator) -> Surface:
    """Planks, plates, gravel or snow flush with the rails, its edges straight or ragged."""
    paint = _pick(
        rng, ((0.60, 0.60, 0.59), (0.50, 0.49, 0.46), (0.36, 0.34, 0.31), (0.72, 0.71, 0.68), (0.42, 0.36, 0.30))
    )
    grain = float(rng.uniform(0.02, 0.1))
    colour = _tone(paint, patch) * (1 + grain * (_noise(canvas, patch, 0.5, rng) + _noise(canvas, patch, 3.0, rng)))
    ragged = float(rng.choice([0.0, 0.3, 0.8])) * _noise(canvas, patch, 1.2, rng)
    edge = np.minimum(thing.length_m / 2 - np.abs(patch.along_m), thing.width_m / 2 - np.abs(patch.across_m))
    height = np.where(edge > ragged, thing.height_m, -2)
    return Surface(np.asarray(colour, np.float32), np.asarray(height, np.float32), side=paint)


def _litter(_canvas: Canvas, thing: Thing, patch: Patch, rng: np.random.Generator) -> Surface:
    """Point machines, covers, bags and boards: small spots, often bright."""
    paint = _pick(rng, ((0.92, 0.91, 0.88), (0.80, 0.66, 0.18), (0.85, 0.85, 0.85), (0.3, 0.28, 0.26), (0.6, 0.4, 0.3)))
    return Surface(_tone(paint, patch), np.full(len(patch.cells), thing.height_m, np.float32), side=paint)


def _rails(canvas: Canvas, thing: Thing, patch: Patch, rng: np.random.Generator) -> Surface:
    """Rails laid down between or beside the tracks."""
    lines = smoothstep(_stripes(patch.across_m, 0.35, 0.12, canvas.cell_m), 0.2, 0.8)
    colour = _tone(_pick(rng, ((0.35, 0.22, 0.16), (0.28, 0.21, 0.18))), patch)
    return Surface(colour, np.where(lines > 0.4, thing.height_m, -2).astype(np.float32), side=(0.25, 0.2, 0.17))


_PAINTERS: dict[str, _Painter] = {
    "building": _building, "canopy": _canopy, "plant": _plant, "box": _box, "truck": _truck, "car": _car,
    "mast": _mast, "pile": _pile, "sleepers": _sleepers, "platform": _platform,
    "litter": _litter, "rails": _rails, "panel": _panel,
}  # fmt: skip
THINGS = (*_PAINTERS, "portal")
"""Kinds of scenery."""
