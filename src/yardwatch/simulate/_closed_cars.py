"""Closed railcars as they look from above: vans, tanks, coaches, locomotives."""

import numpy as np
from numpy.typing import NDArray

from yardwatch.simulate._canvas import Surface, coverage, smoothstep
from yardwatch.simulate._car_bench import (
    DECK_M,
    FREIGHT,
    Work,
    flat_tone,
    gloss,
    lighter,
    mix,
    panels,
    repeat,
    roof_shape,
)
from yardwatch.simulate._noise import Reals
from yardwatch.simulate.plan import Colour

__all__ = ["covered", "locomotive", "passenger", "tank"]

_ROOFS: tuple[Colour, ...] = (
    (0.62, 0.62, 0.61), (0.52, 0.52, 0.52), (0.74, 0.74, 0.72), (0.45, 0.42, 0.40), (0.40, 0.30, 0.25),
    (0.34, 0.35, 0.36), (0.45, 0.36, 0.30), (0.86, 0.86, 0.84), (0.31, 0.38, 0.50), (0.36, 0.44, 0.38),
    (0.64, 0.56, 0.44), (0.52, 0.28, 0.22),
)  # fmt: skip
_TANKS: tuple[Colour, ...] = (
    (0.16, 0.16, 0.17), (0.24, 0.24, 0.25), (0.55, 0.55, 0.55), (0.82, 0.82, 0.80), (0.30, 0.38, 0.55),
    (0.70, 0.68, 0.62), (0.42, 0.33, 0.26), (0.66, 0.45, 0.22), (0.33, 0.36, 0.33),
)  # fmt: skip
_ENGINES: tuple[Colour, ...] = (
    (0.28, 0.40, 0.30), (0.58, 0.20, 0.16), (0.24, 0.33, 0.52), (0.78, 0.56, 0.16), (0.33, 0.33, 0.34),
    (0.19, 0.21, 0.24), (0.62, 0.60, 0.55), (0.66, 0.34, 0.16),
)  # fmt: skip


def covered(work: Work) -> Surface:
    paint = work.pick(_ROOFS)
    autorack = work.subtype == "autorack"
    if autorack:
        paint = work.pick(((0.82, 0.82, 0.80), (0.70, 0.71, 0.70), (0.62, 0.60, 0.56)))
    style = float(work.look.random())
    ridged = style < 0.35 and not autorack
    rise = float(work.look.uniform(0.12, 0.5)) * (0.3 if autorack else 1)
    height, slope = roof_shape(work, work.height_m, rise, ridged=ridged)
    colour = flat_tone(work, paint)
    pitch = float(work.look.uniform(0.7, 2.4))
    colour = colour * (1 - float(work.look.uniform(0, 0.22)) * repeat(work.u, pitch, 0.12, work.cell_m))
    if style > 0.75:
        colour = colour * (1 + 0.15 * (2 * (np.floor(work.u / (2 * pitch)) % 2) - 1))
    if work.subtype == "hopper" or work.look.random() < 0.25:
        colour, height = _hatches(work, colour, height)
    elif work.look.random() < 0.5:
        colour = mix(colour, lighter(paint, 0.75), 0.8 * coverage(work.v, 0.0, 0.5, work.cell_m))
    colour = gloss(work, panels(work, colour))
    ends = smoothstep(np.abs(work.u - work.length_m / 2), work.length_m / 2 - 0.25, work.length_m / 2)
    side = work.pick(FREIGHT) if work.look.random() < 0.6 else paint
    return Surface(np.asarray(colour * (1 - 0.25 * ends), np.float32), height, slope, 0.0, side)


def _hatches(work: Work, colour: Reals, height: Reals) -> tuple[Reals, Reals]:
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


def tank(work: Work) -> Surface:
    livery = work.livery
    paint = work.pick(_TANKS)
    radius = work.width_m / 2 * float(work.look.uniform(0.88, 0.99))
    inset = float(work.look.uniform(0.15, 0.9)) + (float(livery.choice([0, 0, 0.4, 0.8])) if livery else 0.0)
    end = np.minimum(work.u, work.length_m - work.u) - inset
    dished = np.clip(end / (0.5 * radius), 0, 1)
    reach = radius * np.sqrt(np.clip(1 - (1 - dished) ** 2, 0, 1)) ** 0.5
    on = (np.abs(work.v) < reach) & (end > 0)
    fall = np.clip(work.v / radius, -0.97, 0.97)
    height = np.where(on, work.height_m - radius + radius * np.sqrt(1 - fall**2), DECK_M)
    slope = np.where(on, -fall / np.sqrt(1 - fall**2), 0)
    colour = np.where(on, flat_tone(work, paint), flat_tone(work, (0.24, 0.21, 0.20)))
    if work.look.random() < 0.6:
        stripe = coverage(work.v, 0.0, float(work.look.uniform(0.4, 0.8)), work.cell_m)
        long = np.abs(work.u - work.length_m / 2) < work.length_m * float(work.look.choice([0.12, 0.4]))
        colour = mix(colour, lighter(paint, float(work.look.choice([0.6, 1.5]))), 0.7 * stripe * (long & on))
    hoops = int(work.look.integers(0, 5))
    if hoops:
        band = repeat(work.u, work.length_m / (hoops + 1), 0.15, work.cell_m)
        colour = colour * (1 + float(work.look.choice([-0.4, 0.3])) * band)
    colour = np.where(on, gloss(work, _bands(work, colour)), colour)
    domed = livery is None or livery.random() < 0.55
    dome = domed & (np.hypot(work.u - work.length_m * 0.5, work.v) < float(work.look.uniform(0.4, 0.8)))
    colour = np.where(dome, colour * float(work.look.choice([0.5, 0.8, 1.3])), colour)
    height = np.where(dome, work.height_m + 0.2, height)
    slope = np.where(dome, 0, slope)
    spill = np.exp(-(((work.u - work.length_m / 2) / 0.9) ** 2)) * float(work.age.choice([0, 0, 0.5, 0.75]))
    colour = colour * (1 - spill)
    steps = _walkway(work)
    if steps.any():
        colour = np.where(steps, flat_tone(work, work.pick(((0.8, 0.8, 0.8), (0.5, 0.5, 0.5), paint))), colour)
        height, slope = np.where(steps, work.height_m + 0.05, height), np.where(steps, 0, slope)
    return Surface(
        np.asarray(colour, np.float32), np.asarray(height, np.float32), np.asarray(slope, np.float32), 0.0, paint
    )


def _walkway(work: Work) -> NDArray[np.bool_]:
    """Where a gangway crosses the middle of a barrel; nowhere on every other one."""
    if work.livery is None or work.livery.random() >= 0.5:
        return np.zeros(len(work.u), bool)
    near = np.abs(work.u - work.length_m / 2) < float(work.livery.uniform(0.15, 0.4))
    return np.asarray(near & (np.abs(work.v) < work.width_m / 2))


def _bands(work: Work, colour: Reals) -> Reals:
    """Bands of another colour around a barrel."""
    if work.livery is None or work.livery.random() < 0.5:
        return colour
    tone = work.pick(((0.85, 0.85, 0.84), (0.85, 0.85, 0.84), (0.15, 0.15, 0.15), (0.75, 0.5, 0.15), (0.5, 0.18, 0.15)))
    half = float(work.livery.uniform(0.12, 0.6))
    aside = float(work.livery.choice([0.0, 0.0, 0.2, 0.35, 0.42])) * work.length_m
    near = np.abs(np.abs(work.u - work.length_m / 2) - aside) < half
    return np.where(near, flat_tone(work, tone), colour)


def passenger(work: Work) -> Surface:
    paint = work.pick((
        (0.55, 0.55, 0.55), (0.70, 0.70, 0.69), (0.34, 0.42, 0.36), (0.40, 0.40, 0.42), (0.84, 0.84, 0.82),
        (0.30, 0.32, 0.35),
    ))  # fmt: skip
    height, slope = roof_shape(work, work.height_m, 0.55, ridged=False)
    colour = flat_tone(work, paint)
    colour = colour * (1 - 0.1 * repeat(work.u, float(work.look.uniform(0.8, 2.0)), 0.1, work.cell_m))
    count = int(work.look.integers(4, 12))
    pitch = work.length_m / count
    along = np.mod(work.u, pitch) - pitch / 2
    vents = (np.abs(along) < 0.3) & (np.abs(np.abs(work.v) - float(work.look.choice([0.0, 0.5]))) < 0.25)
    colour = np.where(vents, colour * float(work.look.choice([0.5, 0.7, 1.4])), colour)
    if work.look.random() < 0.5:
        for middle in (0.1, 0.9):
            unit = (np.abs(work.u - middle * work.length_m) < 1.3) & (np.abs(work.v) < 0.9)
            colour = np.where(unit, flat_tone(work, (0.48, 0.48, 0.48)), colour)
            height = np.where(unit, work.height_m + 0.2, height)
    side = work.pick(((0.25, 0.40, 0.30), (0.25, 0.32, 0.50), (0.75, 0.72, 0.68), (0.55, 0.20, 0.18)))
    gutter = np.abs(work.v) > work.width_m / 2 - 0.15
    colour = np.where(gutter, flat_tone(work, side), colour)
    return Surface(np.asarray(colour, np.float32), np.asarray(height, np.float32), slope, 0.0, side)


def locomotive(work: Work) -> Surface:
    paint, roof = work.pick(_ENGINES), work.pick(((0.42, 0.42, 0.42), (0.25, 0.25, 0.26), (0.55, 0.55, 0.54)))
    electric = work.subtype == "electric" or (not work.subtype and work.look.random() < 0.4)
    narrow = work.subtype == "shunter" or (not electric and work.look.random() < 0.5)
    half = work.width_m / 2 * (float(work.look.uniform(0.55, 0.7)) if narrow else 1.0)
    cab_at = float(work.look.uniform(0.1, 0.3)) if narrow else 0.06
    cab = np.abs(work.u / work.length_m - cab_at) < (0.08 if narrow else 0.06)
    hood = (np.abs(work.v) < half) & (np.minimum(work.u, work.length_m - work.u) > (0.9 if narrow else 0.0))
    colour = np.where(hood, flat_tone(work, roof if not narrow else paint), flat_tone(work, (0.30, 0.28, 0.27)))
    height = np.where(hood, work.height_m - (0.5 if narrow else 0.1), 1.5)
    colour, height = np.where(cab, flat_tone(work, paint), colour), np.where(cab, work.height_m, height)
    fans = int(work.look.integers(1, 5))
    for index in range(fans):
        middle = (0.4 + 0.5 * (index + 0.5) / fans) * work.length_m
        fan = np.hypot(work.u - middle, work.v) < min(half * 0.7, 0.75)
        colour = np.where(fan, flat_tone(work, (0.12, 0.12, 0.13)), colour)
    stripe = coverage(np.abs(work.v), half - 0.15, 0.25, work.cell_m) * hood
    colour = mix(colour, paint if not narrow else lighter(paint, 1.4), stripe)
    grilles = (np.floor(work.u / 0.7).astype(np.int64) % 5 == 0) & (np.abs(work.v) < half * 0.8) & ~cab
    colour = np.where(grilles, colour * 0.55, colour)
    if electric:
        for middle in (0.25, 0.75):
            along = np.abs(work.u - middle * work.length_m)
            bars = (along < 0.9) & ((np.abs(np.abs(work.v) - 0.5) < 0.06) | (np.abs(along - 0.8) < 0.08))
            colour = np.where(bars, flat_tone(work, (0.62, 0.6, 0.58)), colour)
    colour = _roof_gear(work, colour, hood & ~cab, half)
    slope = np.where(hood & ~cab, -0.25 * work.v / max(half, 0.1), 0)
    return Surface(
        np.asarray(colour, np.float32), np.asarray(height, np.float32), np.asarray(slope, np.float32), 0.0, paint
    )


def _roof_gear(work: Work, colour: Reals, roof: NDArray[np.bool_], half: float) -> Reals:
    """Resistors, blowers and boxes on a roof, and ends in another colour."""
    livery = work.livery
    if livery is None:
        return colour
    if livery.random() < 0.4:
        tip = np.minimum(work.u, work.length_m - work.u) < float(livery.uniform(1.0, 3.5))
        colour = np.where(tip, flat_tone(work, work.pick(_ENGINES)), colour)
    for _ in range(int(livery.choice([0, 4, 8, 14]))):
        middle, long = livery.uniform(0.1, 0.9) * work.length_m, livery.uniform(0.25, 1.4)
        aside, wide = livery.uniform(-0.5, 0.5) * half, livery.uniform(0.15, 0.6) * half
        on = roof & (np.abs(work.u - middle) < long) & (np.abs(work.v - aside) < wide)
        colour = np.where(on, flat_tone(work, (g := float(livery.uniform(0.12, 0.7)), g, g)), colour)
    return np.asarray(colour, np.float32)
