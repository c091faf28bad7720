"""Railcars as they look from above, by type."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from yardwatch.model.line import Line
from yardwatch.simulate._canvas import Canvas, Surface, coverage, linear, smoothstep
from yardwatch.simulate._noise import Reals, wobble
from yardwatch.simulate.plan import Colour, PlacedCar

__all__ = ["chord", "paint_car"]

_DECK_M = 1.25
_PIVOT = 0.17

_RUST: tuple[Colour, ...] = ((0.40, 0.25, 0.19), (0.33, 0.23, 0.19), (0.28, 0.20, 0.17), (0.46, 0.30, 0.22))
_FREIGHT: tuple[Colour, ...] = (
    *_RUST, (0.36, 0.36, 0.37), (0.50, 0.50, 0.51), (0.24, 0.30, 0.27), (0.26, 0.33, 0.42), (0.20, 0.21, 0.22),
)  # fmt: skip
_ROOFS: tuple[Colour, ...] = (
    (0.62, 0.62, 0.61), (0.52, 0.52, 0.52), (0.74, 0.74, 0.72), (0.45, 0.42, 0.40), (0.40, 0.30, 0.25),
    (0.34, 0.35, 0.36), (0.45, 0.36, 0.30), (0.86, 0.86, 0.84), (0.31, 0.38, 0.50), (0.36, 0.44, 0.38),
    (0.64, 0.56, 0.44), (0.52, 0.28, 0.22),
)  # fmt: skip
_TANKS: tuple[Colour, ...] = (
    (0.16, 0.16, 0.17), (0.24, 0.24, 0.25), (0.55, 0.55, 0.55), (0.82, 0.82, 0.80), (0.30, 0.38, 0.55),
    (0.70, 0.68, 0.62), (0.42, 0.33, 0.26), (0.66, 0.45, 0.22), (0.33, 0.36, 0.33),
)  # fmt: skip
_BOXES: tuple[Colour, ...] = (
    (0.55, 0.22, 0.17), (0.62, 0.31, 0.19), (0.20, 0.31, 0.55), (0.28, 0.50, 0.68), (0.24, 0.43, 0.31),
    (0.72, 0.72, 0.70), (0.86, 0.86, 0.84), (0.46, 0.46, 0.47), (0.80, 0.50, 0.18), (0.45, 0.16, 0.18),
    (0.75, 0.66, 0.30), (0.36, 0.28, 0.25), (0.30, 0.31, 0.33),
)  # fmt: skip
_ENGINES: tuple[Colour, ...] = (
    (0.28, 0.40, 0.30), (0.58, 0.20, 0.16), (0.24, 0.33, 0.52), (0.78, 0.56, 0.16), (0.33, 0.33, 0.34),
    (0.19, 0.21, 0.24), (0.62, 0.60, 0.55), (0.66, 0.34, 0.16),
)  # fmt: skip
_LOADS: tuple[tuple[Colour, float], ...] = (
    ((0.13, 0.13, 0.14), 0.25), ((0.17, 0.16, 0.16), 0.2), ((0.42, 0.25, 0.18), 0.2), ((0.50, 0.47, 0.43), 0.2),
    ((0.62, 0.58, 0.50), 0.15), ((0.40, 0.36, 0.32), 0.4), ((0.30, 0.26, 0.24), 0.6),
)  # fmt: skip


@dataclass(slots=True, eq=False)
class _Work:
    """One car on the bench."""

    u: Reals
    """From one end of the body to the other, metres."""
    v: Reals
    """Across, metres from the middle."""
    length_m: float
    width_m: float
    height_m: float
    subtype: str
    look: np.random.Generator
    """Chance shared by cars of one batch."""
    age: np.random.Generator
    """Chance of this car alone."""
    cell_m: float
    canvas: Canvas

    def pick(self, colours: tuple[Colour, ...]) -> Colour:
        """One of the colours, each a little different from batch to batch."""
        colour = np.array(colours[int(self.look.integers(len(colours)))])
        colour = colour.mean() + (colour - colour.mean()) * float(self.look.beta(2.2, 1.4))
        varied = np.clip(colour * self.look.normal(1, 0.06) + self.look.normal(0, 0.02, 3), 0.05, 0.95)
        return float(varied[0]), float(varied[1]), float(varied[2])

    def grain(self, scale_m: float, seed: float) -> Reals:
        """Noise over the car, about standard normal."""
        return self.canvas.texture.at(30, self.u / scale_m + 37 * seed, self.v / scale_m + 91 * seed)


_Painter = Callable[[_Work], Surface]


def chord(line: Line, car: PlacedCar) -> tuple[float, float, float, float]:
    """Middle x, y, direction (radians) and length of a car: rigid, carried by the track at its two pivots."""
    length = car.end_m - car.start_m
    x, y = line.points(np.array([car.start_m + _PIVOT * length, car.end_m - _PIVOT * length]))
    return float(x.mean()), float(y.mean()), float(np.arctan2(y[1] - y[0], x[1] - x[0])), length


def paint_car(canvas: Canvas, line: Line, car: PlacedCar) -> None:
    """Paint a car with the couplers at its ends."""
    x, y, angle, length = chord(line, car)
    reach = length / 2 + 1.2
    if not (canvas.x_m[0] - reach < x < canvas.x_m[-1] + reach and canvas.y_m[-1] - reach < y < canvas.y_m[0] + reach):
        return
    width = car.model.width_m
    _paint_coupler(canvas, x, y, angle, length)
    patch = canvas.oblong(x, y, angle, length / 2, width / 2)
    if not len(patch.cells):
        return
    look = np.random.default_rng(car.look)
    flip = -1.0 if look.random() < 0.5 else 1.0
    age = np.random.default_rng(car.age)
    if age.random() < 0.3:
        flip = -flip
    work = _Work(
        u=(patch.along_m * flip + length / 2).astype(np.float32), v=(patch.across_m * flip).astype(np.float32),
        length_m=length, width_m=width, height_m=car.model.height_m, subtype=car.model.subtype or "",
        look=look, age=age, cell_m=canvas.cell_m, canvas=canvas,
    )  # fmt: skip
    surface = _PAINTERS.get(car.model.type, _other)(work)
    surface = _weather(work, surface)
    canvas.put(patch, surface, angle if flip > 0 else angle + np.pi)


def _paint_coupler(canvas: Canvas, x: float, y: float, angle: float, length: float) -> None:
    for end in (-1, 1):
        middle = length / 2 + 0.35
        patch = canvas.oblong(
            x + end * middle * float(np.cos(angle)), y + end * middle * float(np.sin(angle)), angle, 0.45, 1.1
        )
        if not len(patch.cells):
            continue
        rod = coverage(patch.across_m, 0.0, 0.35, canvas.cell_m)
        canvas.shade(patch, 0.75)
        canvas.tint(patch, linear((0.2, 0.18, 0.17)), rod * 0.9)


def _weather(work: _Work, surface: Surface) -> Surface:
    """Dirt and wear of years."""
    amount = float(work.age.beta(1.6, 3.2))
    stripes = wobble(work.age, work.u, 0.5) * 0.5 + wobble(work.age, work.u, 2.2)
    blotches = work.grain(1.3, float(work.age.random()))
    dirt = np.clip(1 - amount * (0.13 * stripes + 0.16 * blotches) - 0.18 * amount, 0.35, 1.4)
    brightness = float(np.exp(work.age.normal(-0.06, 0.09)))
    colour = surface.colour
    dust = linear((0.42, 0.40, 0.37))[:, None] * (0.35 + 0.65 * colour.mean(axis=0) / 0.14)
    colour = (colour + (dust - colour) * np.float32(0.18 + 0.5 * amount)) * (dirt * brightness)
    rust = np.clip(amount * 1.3 - 0.45, 0, 0.5) * smoothstep(blotches + 0.5 * stripes, 0.3, 1.2)
    colour = colour + (linear((0.40, 0.27, 0.20))[:, None] - colour) * rust
    return Surface(colour.astype(np.float32), surface.height_m, surface.slope_across, surface.slope_along, surface.side)


def _flat_tone(work: _Work, colour: Colour) -> Reals:
    return np.repeat(linear(colour)[:, None], len(work.u), axis=1)


def _mix(below: Reals, colour: Colour, strength: Reals) -> Reals:
    return np.asarray(below + (linear(colour)[:, None] - below) * strength, np.float32)


def _repeat(position: Reals, pitch: float, width: float, cell: float, start: float = 0.0) -> Reals:
    """Coverage by stripes that repeat along a position."""
    apart = np.mod(position - start + pitch / 2, pitch) - pitch / 2
    return coverage(apart.astype(np.float32), 0.0, width, cell)


def _rim(work: _Work, thick: float) -> Reals:
    sides = coverage(np.abs(work.v), work.width_m / 2 - thick / 2, thick, work.cell_m)
    ends = coverage(np.abs(work.u - work.length_m / 2), work.length_m / 2 - thick / 2, thick, work.cell_m)
    return np.maximum(sides, ends)


def _open_top(work: _Work) -> Surface:
    paint = work.pick(_FREIGHT)
    hopper = work.subtype in ("hopper", "ore")
    rim = _rim(work, float(work.look.uniform(0.14, 0.26)))
    edge = np.minimum(work.width_m / 2 - np.abs(work.v), np.minimum(work.u, work.length_m - work.u))
    inside = edge > 1.5 * work.cell_m
    loaded = work.look.random() < 0.5
    if loaded:
        tone, height, across, along = _load(work)
    else:
        tone, height, across, along = _empty_box(work, paint, hopper=hopper)
    colour = np.where(inside, tone, _mix(tone, _lighter(paint, 1.25), np.minimum(1, rim * 1.5)))
    height = np.where(inside, height, work.height_m)
    bars = _repeat(work.u, work.length_m / (1 + int(work.look.integers(3))), 0.13, work.cell_m)
    if hopper and not loaded and work.look.random() < 0.6:
        braced = (bars > 0.5) & inside
        colour, height = (
            np.where(braced, _flat_tone(work, paint), colour),
            np.where(braced, work.height_m - 0.1, height),
        )
    still = inside.astype(np.float32)
    return Surface(colour.astype(np.float32), height.astype(np.float32), across * still, along * still, side=paint)


def _empty_box(work: _Work, paint: Colour, *, hopper: bool) -> tuple[Reals, Reals, Reals, Reals]:
    """Floor and inner walls of an empty car, dirty from its last load."""
    colour = _flat_tone(work, _lighter(paint, float(work.look.uniform(0.55, 1.1))))
    dirt = smoothstep(work.grain(1.8, float(work.age.random())), -0.5, 1.2)
    colour = _mix(colour, (0.36, 0.32, 0.28), dirt * float(work.look.uniform(0, 0.8)))
    level = np.zeros_like(work.u)
    height, along = np.full_like(work.u, _DECK_M), level
    if hopper:
        depth = work.height_m - _DECK_M
        end = np.minimum(work.u, work.length_m - work.u)
        rise = np.clip(1 - end / (0.3 * work.length_m), 0, 1)
        height = height + (0.85 * depth * rise).astype(np.float32)
        along = np.where(rise > 0, np.sign(work.u - work.length_m / 2) * 0.8, 0).astype(np.float32)
        doors = _repeat(work.u, work.length_m / 4, 0.5, work.cell_m, work.length_m / 8)
        colour = colour * (1 - 0.5 * doors * (rise <= 0))
    return np.asarray(colour, np.float32), height, level, along


def _load(work: _Work) -> tuple[Reals, Reals, Reals, Reals]:
    """Heaps of coal, ore, gravel or scrap; or timber."""
    if work.look.random() < 0.12:
        return _timber(work)
    index = int(work.look.integers(len(_LOADS)))
    tone, rough = _LOADS[index]
    fill = float(work.look.uniform(-0.9, 0.15))
    heap = float(work.look.uniform(0.15, 0.75))
    heaps = 1 + int(work.look.integers(5))
    across = 2 * work.v / work.width_m
    phase = 2 * np.pi * heaps * work.u / work.length_m
    profile = 0.7 + 0.3 * (1 - np.cos(phase)) / 2
    lumps = work.grain(0.35, float(work.age.random())) * 0.05 * (1 + 3 * rough)
    height = work.height_m + fill + heap * (1 - across**2) * profile + lumps + 0.1 * wobble(work.age, work.u, 1.5)
    slope_across = -4 * heap * across / work.width_m * profile
    slope_along = heap * (1 - across**2) * 0.15 * np.sin(phase) * 2 * np.pi * heaps / work.length_m
    grit = 1 + rough * (0.35 * work.grain(0.3, float(work.age.random())) + 0.25 * work.grain(0.9, 0.3))
    colour = _flat_tone(work, tone) * np.clip(grit, 0.3, 2)
    return (
        np.asarray(colour, np.float32), np.asarray(np.maximum(height, _DECK_M), np.float32),
        np.asarray(slope_across, np.float32), np.asarray(slope_along, np.float32),
    )  # fmt: skip


def _timber(work: _Work) -> tuple[Reals, Reals, Reals, Reals]:
    stacks = max(1, round(work.length_m / float(work.look.uniform(3, 6.5))))
    gap = _repeat(work.u, work.length_m / stacks, 0.35, work.cell_m)
    log = float(work.look.uniform(0.25, 0.45))
    number = np.floor(work.v / log).astype(np.int64)
    part = (work.v / log - number - 0.5) * 2
    table = work.age.normal(1, 0.12, (64, 64)).astype(np.float32)
    stack = np.clip(work.u / work.length_m * stacks, 0, 63).astype(np.int64)
    colour = _flat_tone(work, (0.60, 0.50, 0.37)) * table[number % 64, stack] * (1 - 0.5 * part**2)
    colour = colour * (1 - 0.8 * gap)
    height = np.where(gap > 0.5, _DECK_M, work.height_m + 0.1 * (1 - part**2))
    level = np.zeros_like(work.u)
    return np.asarray(colour, np.float32), np.asarray(height, np.float32), np.asarray(-0.4 * part, np.float32), level


def _roof(work: _Work, height: float, rise: float, *, ridged: bool) -> tuple[Reals, Reals]:
    """Height and slope across of a roof."""
    part = 2 * work.v / work.width_m
    if ridged:
        return (
            np.asarray(height - rise * np.abs(part), np.float32),
            np.asarray(-np.sign(part) * 2 * rise / work.width_m, np.float32),
        )
    return np.asarray(height - rise * part**2, np.float32), np.asarray(-4 * rise * part / work.width_m, np.float32)


def _covered(work: _Work) -> Surface:
    paint = work.pick(_ROOFS)
    autorack = work.subtype == "autorack"
    if autorack:
        paint = work.pick(((0.82, 0.82, 0.80), (0.70, 0.71, 0.70), (0.62, 0.60, 0.56)))
    style = float(work.look.random())
    ridged = style < 0.35 and not autorack
    rise = float(work.look.uniform(0.12, 0.5)) * (0.3 if autorack else 1)
    height, slope = _roof(work, work.height_m, rise, ridged=ridged)
    colour = _flat_tone(work, paint)
    pitch = float(work.look.uniform(0.7, 2.4))
    colour = colour * (1 - float(work.look.uniform(0, 0.22)) * _repeat(work.u, pitch, 0.12, work.cell_m))
    if style > 0.75:
        colour = colour * (1 + 0.15 * (2 * (np.floor(work.u / (2 * pitch)) % 2) - 1))
    if work.subtype == "hopper" or work.look.random() < 0.25:
        colour, height = _hatches(work, colour, height)
    elif work.look.random() < 0.5:
        colour = _mix(colour, _lighter(paint, 0.75), 0.8 * coverage(work.v, 0.0, 0.5, work.cell_m))
    ends = smoothstep(np.abs(work.u - work.length_m / 2), work.length_m / 2 - 0.25, work.length_m / 2)
    side = work.pick(_FREIGHT) if work.look.random() < 0.6 else paint
    return Surface(np.asarray(colour * (1 - 0.25 * ends), np.float32), height, slope, 0.0, side)


def _hatches(work: _Work, colour: Reals, height: Reals) -> tuple[Reals, Reals]:
    size = float(work.look.uniform(0.45, 0.75))
    count = int(work.look.integers(2, 7))
    pitch = work.length_m / count
    along = np.mod(work.u, pitch) - pitch / 2
    long = work.look.random() < 0.35
    hatch = (
        (np.hypot(along, work.v) < size) if not long else (np.abs(work.v) < size / 2) & (np.abs(along) < pitch * 0.42)
    )
    tone = float(work.look.choice([0.7, 1.25, 1.4]))
    return (
        np.asarray(np.where(hatch, colour * tone, colour), np.float32),
        np.asarray(np.where(hatch, height + 0.15, height), np.float32),
    )


def _tank(work: _Work) -> Surface:
    paint = work.pick(_TANKS)
    radius = work.width_m / 2 * float(work.look.uniform(0.88, 0.99))
    inset = float(work.look.uniform(0.15, 0.9))
    end = np.minimum(work.u, work.length_m - work.u) - inset
    dished = np.clip(end / (0.5 * radius), 0, 1)
    reach = radius * np.sqrt(np.clip(1 - (1 - dished) ** 2, 0, 1)) ** 0.5
    on = (np.abs(work.v) < reach) & (end > 0)
    fall = np.clip(work.v / radius, -0.97, 0.97)
    height = np.where(on, work.height_m - radius + radius * np.sqrt(1 - fall**2), _DECK_M)
    slope = np.where(on, -fall / np.sqrt(1 - fall**2), 0)
    colour = np.where(on, _flat_tone(work, paint), _flat_tone(work, (0.24, 0.21, 0.20)))
    if work.look.random() < 0.6:
        stripe = coverage(work.v, 0.0, float(work.look.uniform(0.4, 0.8)), work.cell_m)
        long = np.abs(work.u - work.length_m / 2) < work.length_m * float(work.look.choice([0.12, 0.4]))
        colour = _mix(colour, _lighter(paint, float(work.look.choice([0.6, 1.5]))), 0.7 * stripe * (long & on))
    hoops = int(work.look.integers(0, 5))
    if hoops:
        band = _repeat(work.u, work.length_m / (hoops + 1), 0.15, work.cell_m)
        colour = colour * (1 + float(work.look.choice([-0.4, 0.3])) * band)
    dome = np.hypot(work.u - work.length_m * 0.5, work.v) < float(work.look.uniform(0.4, 0.8))
    colour = np.where(dome, colour * float(work.look.choice([0.5, 0.8, 1.3])), colour)
    height = np.where(dome, work.height_m + 0.2, height)
    slope = np.where(dome, 0, slope)
    spill = np.exp(-(((work.u - work.length_m / 2) / 0.9) ** 2)) * float(work.age.choice([0, 0, 0.5, 0.75]))
    colour = colour * (1 - spill)
    return Surface(
        np.asarray(colour, np.float32), np.asarray(height, np.float32), np.asarray(slope, np.float32), 0.0, paint
    )


def _deck(work: _Work) -> tuple[Reals, Reals]:
    """Deck of a flat car: boards, plates or a bare frame over its bogies."""
    style = work.look.random()
    height = np.full_like(work.u, _DECK_M)
    if style < 0.4:
        boards = 1 + 0.12 * np.sin(work.u * 2 * np.pi / 0.31) + 0.14 * wobble(work.age, work.u, 0.5)
        colour = _flat_tone(work, work.pick(((0.46, 0.40, 0.33), (0.37, 0.33, 0.29), (0.53, 0.48, 0.42)))) * boards
    elif style < 0.65:
        colour = _flat_tone(work, work.pick(_RUST))
    else:
        colour = _flat_tone(work, (0.22, 0.19, 0.17))
        beams = np.maximum(
            coverage(np.abs(work.v), 0.42 * work.width_m, 0.25, work.cell_m), coverage(work.v, 0.0, 0.45, work.cell_m)
        )
        beams = np.maximum(beams, _repeat(work.u, work.length_m / 6, 0.25, work.cell_m))
        colour = _mix(colour, work.pick(_FREIGHT), beams)
        for bogie in (0.15, 0.85):
            near = np.abs(work.u - bogie * work.length_m) < 1.3
            wheels = near & (np.abs(np.abs(work.v) - 0.8) < 0.2)
            colour = np.where(wheels, _flat_tone(work, (0.14, 0.13, 0.13)), colour)
        height = np.where(beams > 0.4, height, 0.7)
    return np.asarray(colour, np.float32), np.asarray(height, np.float32)


def _flat(work: _Work) -> Surface:
    colour, height = _deck(work)
    load = str(work.look.choice(["none", "none", "none", "pipes", "vehicles", "tarp", "crates", "timber"]))
    if work.subtype == "container_flat" or work.age.random() < 0.15:
        load = "none"
    slope = np.zeros_like(work.u)
    within = (np.abs(work.v) < work.width_m * 0.45) & (np.abs(work.u - work.length_m / 2) < work.length_m / 2 - 0.5)
    if load == "pipes":
        pipe = float(work.look.uniform(0.5, 1.2))
        part = (np.mod(work.v / pipe + 0.5, 1) - 0.5) * 2
        gap = _repeat(work.u, work.length_m / 2 + 0.2, 0.5, work.cell_m) > 0.5
        on = within & ~gap
        colour = np.where(
            on, _flat_tone(work, work.pick(((0.25, 0.2, 0.18), (0.5, 0.5, 0.5), (0.2, 0.24, 0.22)))), colour
        )
        height = np.where(on, _DECK_M + pipe * (0.6 + 0.4 * (1 - part**2)), height)
        slope = np.where(on, -1.2 * part, 0)
    elif load == "timber":
        tone, top, lean, _ = _timber(work)
        colour, height, slope = np.where(within, tone, colour), np.where(within, top + 1.5, height), lean * within
    elif load != "none":
        colour, height = _lots(work, colour, height, load)
    side = work.pick(_FREIGHT)
    return Surface(
        np.asarray(colour, np.float32), np.asarray(height, np.float32), np.asarray(slope, np.float32), 0.0, side
    )


def _lots(work: _Work, colour: Reals, height: Reals, load: str) -> tuple[Reals, Reals]:
    """Vehicles, crates or bundles under tarpaulin, one behind another."""
    size = {"vehicles": 4.6, "tarp": 6.0, "crates": 2.6}[load] * float(work.look.uniform(0.8, 1.25))
    count = max(1, int((work.length_m - 0.6) / (size + 0.5)))
    pitch = work.length_m / count
    number = np.clip((work.u / pitch).astype(np.int64), 0, count - 1)
    along = work.u - (number + 0.5) * pitch
    half = work.width_m * (0.30 if load == "vehicles" else 0.44)
    there = work.age.random(count) < 0.85
    on = (np.abs(along) < size / 2) & (np.abs(work.v) < half) & there[number]
    tall = work.age.uniform(1.2, 2.3, count).astype(np.float32)[number]
    shades = {
        "vehicles": _BOXES,
        "tarp": ((0.30, 0.36, 0.28), (0.25, 0.35, 0.50), (0.33, 0.33, 0.33)),
        "crates": _LOADS_OF_WOOD,
    }
    tones = np.stack([linear(work.pick(shades[load])) for _ in range(count)], axis=1)[:, number]
    if load == "vehicles":
        glass = (np.abs(np.abs(along) - 0.16 * size) < 0.25) & (np.abs(work.v) < half * 0.85)
        tones = np.where(glass, tones * 0.25, tones)
    if load == "tarp":
        tones = tones * np.clip(1 + 0.25 * work.grain(0.7, float(work.age.random())), 0.4, 1.7)
        tall = tall + 0.4 * (1 - (work.v / half) ** 2)
    return np.where(on, tones, colour), np.where(on, _DECK_M + tall, height)


_LOADS_OF_WOOD: tuple[Colour, ...] = ((0.62, 0.54, 0.42), (0.50, 0.44, 0.36), (0.70, 0.64, 0.54))


def _container(work: _Work) -> Surface:
    colour, height = _deck(work)
    foot = 6.06
    room = work.length_m - 0.3
    boxes: list[float] = []
    while room > foot:
        size = 12.19 if room > 12.4 and work.age.random() < 0.55 else foot
        boxes.append(size)
        room -= size + 0.15
    boxes = [boxes[i] for i in work.age.permutation(len(boxes))] or [work.length_m - 0.4]
    if len(boxes) > 1 and work.age.random() < 0.12:
        boxes[int(work.age.integers(len(boxes)))] *= -1
    start = (work.length_m - sum(abs(b) for b in boxes) - 0.15 * (len(boxes) - 1)) / 2
    side: Colour = (0.4, 0.3, 0.25)
    half = min(1.22, work.width_m / 2)
    for box in boxes:
        if box > 0:
            on = (work.u > start) & (work.u < start + box) & (np.abs(work.v) < half)
            shade = np.random.default_rng(int(work.age.integers(2**31)))
            tone = np.array(_BOXES[int(shade.integers(len(_BOXES)))]) * shade.normal(1, 0.08)
            side = float(tone[0]), float(tone[1]), float(tone[2])
            ribs = 1 - 0.14 * _repeat(work.u, float(shade.choice([0.28, 0.6, 1.2])), 0.08, work.cell_m)
            frame = (work.u < start + 0.15) | (work.u > start + box - 0.15) | (np.abs(work.v) > half - 0.1)
            painted = _flat_tone(work, side) * ribs * np.where(frame, 0.75, 1.0)
            colour = np.where(on, painted, colour)
            height = np.where(on, work.height_m + float(shade.choice([0.0, 0.0, 0.3])), height)
        start += abs(box) + 0.15
    return Surface(np.asarray(colour, np.float32), np.asarray(height, np.float32), 0.0, 0.0, side)


def _passenger(work: _Work) -> Surface:
    paint = work.pick((
        (0.55, 0.55, 0.55), (0.70, 0.70, 0.69), (0.34, 0.42, 0.36), (0.40, 0.40, 0.42), (0.84, 0.84, 0.82),
        (0.30, 0.32, 0.35),
    ))  # fmt: skip
    height, slope = _roof(work, work.height_m, 0.55, ridged=False)
    colour = _flat_tone(work, paint)
    colour = colour * (1 - 0.1 * _repeat(work.u, float(work.look.uniform(0.8, 2.0)), 0.1, work.cell_m))
    count = int(work.look.integers(4, 12))
    pitch = work.length_m / count
    along = np.mod(work.u, pitch) - pitch / 2
    vents = (np.abs(along) < 0.3) & (np.abs(np.abs(work.v) - float(work.look.choice([0.0, 0.5]))) < 0.25)
    colour = np.where(vents, colour * float(work.look.choice([0.5, 0.7, 1.4])), colour)
    if work.look.random() < 0.5:
        for middle in (0.1, 0.9):
            unit = (np.abs(work.u - middle * work.length_m) < 1.3) & (np.abs(work.v) < 0.9)
            colour = np.where(unit, _flat_tone(work, (0.48, 0.48, 0.48)), colour)
            height = np.where(unit, work.height_m + 0.2, height)
    side = work.pick(((0.25, 0.40, 0.30), (0.25, 0.32, 0.50), (0.75, 0.72, 0.68), (0.55, 0.20, 0.18)))
    gutter = np.abs(work.v) > work.width_m / 2 - 0.15
    colour = np.where(gutter, _flat_tone(work, side), colour)
    return Surface(np.asarray(colour, np.float32), np.asarray(height, np.float32), slope, 0.0, side)


def _locomotive(work: _Work) -> Surface:
    paint, roof = work.pick(_ENGINES), work.pick(((0.42, 0.42, 0.42), (0.25, 0.25, 0.26), (0.55, 0.55, 0.54)))
    electric = work.subtype == "electric" or (not work.subtype and work.look.random() < 0.4)
    narrow = work.subtype == "shunter" or (not electric and work.look.random() < 0.5)
    half = work.width_m / 2 * (float(work.look.uniform(0.55, 0.7)) if narrow else 1.0)
    cab_at = float(work.look.uniform(0.1, 0.3)) if narrow else 0.06
    cab = np.abs(work.u / work.length_m - cab_at) < (0.08 if narrow else 0.06)
    hood = (np.abs(work.v) < half) & (np.minimum(work.u, work.length_m - work.u) > (0.9 if narrow else 0.0))
    colour = np.where(hood, _flat_tone(work, roof if not narrow else paint), _flat_tone(work, (0.30, 0.28, 0.27)))
    height = np.where(hood, work.height_m - (0.5 if narrow else 0.1), 1.5)
    colour, height = np.where(cab, _flat_tone(work, paint), colour), np.where(cab, work.height_m, height)
    fans = int(work.look.integers(1, 5))
    for index in range(fans):
        middle = (0.4 + 0.5 * (index + 0.5) / fans) * work.length_m
        fan = np.hypot(work.u - middle, work.v) < min(half * 0.7, 0.75)
        colour = np.where(fan, _flat_tone(work, (0.12, 0.12, 0.13)), colour)
    stripe = coverage(np.abs(work.v), half - 0.15, 0.25, work.cell_m) * hood
    colour = _mix(colour, paint if not narrow else _lighter(paint, 1.4), stripe)
    grilles = (np.floor(work.u / 0.7).astype(np.int64) % 5 == 0) & (np.abs(work.v) < half * 0.8) & ~cab
    colour = np.where(grilles, colour * 0.55, colour)
    if electric:
        for middle in (0.25, 0.75):
            along = np.abs(work.u - middle * work.length_m)
            bars = (along < 0.9) & ((np.abs(np.abs(work.v) - 0.5) < 0.06) | (np.abs(along - 0.8) < 0.08))
            colour = np.where(bars, _flat_tone(work, (0.62, 0.6, 0.58)), colour)
    slope = np.where(hood & ~cab, -0.25 * work.v / max(half, 0.1), 0)
    return Surface(
        np.asarray(colour, np.float32), np.asarray(height, np.float32), np.asarray(slope, np.float32), 0.0, paint
    )


def _other(work: _Work) -> Surface:
    """Cranes, tampers, ploughs: a frame with boxes and a boom on it."""
    colour, height = _deck(work)
    paint = work.pick(((0.80, 0.62, 0.15), (0.78, 0.45, 0.15), (0.45, 0.45, 0.45), (0.6, 0.25, 0.18)))
    for _ in range(int(work.look.integers(2, 6))):
        middle, half = work.look.uniform(0.05, 0.95) * work.length_m, work.look.uniform(0.5, 2.5)
        aside = work.look.uniform(-0.2, 0.2) * work.width_m
        on = (np.abs(work.u - middle) < half) & (np.abs(work.v - aside) < work.look.uniform(0.25, 0.5) * work.width_m)
        tone = _lighter(paint, float(work.look.uniform(0.4, 1.2)))
        colour = np.where(on, _flat_tone(work, tone), colour)
        height = np.where(on, work.look.uniform(0.5, 1) * work.height_m, height)
    return Surface(np.asarray(colour, np.float32), np.asarray(height, np.float32), 0.0, 0.0, paint)


def _lighter(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(0.97, c * factor) for c in colour)
    return red, green, blue


_PAINTERS: dict[str, _Painter] = {
    "open_top": _open_top, "covered": _covered, "tank": _tank, "flat": _flat, "container": _container,
    "passenger": _passenger, "locomotive": _locomotive, "other": _other,
}  # fmt: skip
