"""Open railcars as they look from above: gondolas and hoppers, flats, containers, engineers' cars."""

import numpy as np
from numpy.typing import NDArray

from yardwatch.simulate._canvas import Surface, coverage, linear, smoothstep
from yardwatch.simulate._car_bench import (
    DECK_M,
    FREIGHT,
    RUST,
    Work,
    flat_tone,
    lighter,
    mix,
    repeat,
    rim_of,
)
from yardwatch.simulate._noise import Reals, wobble
from yardwatch.simulate.plan import Colour

__all__ = ["container", "flat", "open_top", "other"]

_LOADS: tuple[tuple[Colour, float], ...] = (
    ((0.13, 0.13, 0.14), 0.25), ((0.17, 0.16, 0.16), 0.2), ((0.42, 0.25, 0.18), 0.2), ((0.50, 0.47, 0.43), 0.2),
    ((0.62, 0.58, 0.50), 0.15), ((0.40, 0.36, 0.32), 0.4), ((0.30, 0.26, 0.24), 0.6),
)  # fmt: skip
_BOXES: tuple[Colour, ...] = (
    (0.55, 0.22, 0.17), (0.62, 0.31, 0.19), (0.20, 0.31, 0.55), (0.28, 0.50, 0.68), (0.24, 0.43, 0.31),
    (0.72, 0.72, 0.70), (0.86, 0.86, 0.84), (0.46, 0.46, 0.47), (0.80, 0.50, 0.18), (0.45, 0.16, 0.18),
    (0.75, 0.66, 0.30), (0.36, 0.28, 0.25), (0.30, 0.31, 0.33),
)  # fmt: skip
_LOADS_OF_WOOD: tuple[Colour, ...] = ((0.62, 0.54, 0.42), (0.50, 0.44, 0.36), (0.70, 0.64, 0.54))


def open_top(work: Work) -> Surface:
    paint = work.pick(FREIGHT)
    hopper = work.subtype in ("hopper", "ore")
    rim = rim_of(work, float(work.look.uniform(0.14, 0.26)))
    edge = np.minimum(work.width_m / 2 - np.abs(work.v), np.minimum(work.u, work.length_m - work.u))
    inside = edge > 1.5 * work.cell_m
    loaded = work.look.random() < 0.5
    if loaded:
        tone, height, across, along = _load(work)
    else:
        tone, height, across, along = _empty_box(work, paint, hopper=hopper)
    colour = np.where(inside, tone, mix(tone, lighter(paint, 1.25), np.minimum(1, rim * 1.5)))
    height = np.where(inside, height, work.height_m)
    if work.livery is not None:
        colour = _worn(work, work.livery, colour, inside, loaded=loaded)
    bars = repeat(work.u, work.length_m / (1 + int(work.look.integers(3))), 0.13, work.cell_m)
    if hopper and not loaded and work.look.random() < 0.6:
        braced = (bars > 0.5) & inside
        colour, height = (
            np.where(braced, flat_tone(work, paint), colour),
            np.where(braced, work.height_m - 0.1, height),
        )
    still = inside.astype(np.float32)
    return Surface(colour.astype(np.float32), height.astype(np.float32), across * still, along * still, side=paint)


def _worn(work: Work, livery: np.random.Generator, colour: Reals, inside: NDArray[np.bool_], *, loaded: bool) -> Reals:
    """Dark inside where nothing is loaded, posts along the walls."""
    if not loaded and livery.random() < 0.4:
        colour = np.where(inside, colour * float(livery.uniform(0.25, 0.7)), colour)
    if livery.random() < 0.3:
        posts = repeat(work.u, float(livery.uniform(0.8, 1.8)), 0.2, work.cell_m)
        colour = np.where(inside, colour, colour * (1 - float(livery.uniform(-0.4, 0.5)) * posts))
    return colour


def _empty_box(work: Work, paint: Colour, *, hopper: bool) -> tuple[Reals, Reals, Reals, Reals]:
    """Floor and inner walls of an empty car, dirty from its last load."""
    colour = flat_tone(work, lighter(paint, float(work.look.uniform(0.55, 1.1))))
    dirt = smoothstep(work.grain(1.8, float(work.age.random())), -0.5, 1.2)
    colour = mix(colour, (0.36, 0.32, 0.28), dirt * float(work.look.uniform(0, 0.8)))
    level = np.zeros_like(work.u)
    height, along = np.full_like(work.u, DECK_M), level
    if hopper:
        depth = work.height_m - DECK_M
        end = np.minimum(work.u, work.length_m - work.u)
        rise = np.clip(1 - end / (0.3 * work.length_m), 0, 1)
        height = height + (0.85 * depth * rise).astype(np.float32)
        along = np.where(rise > 0, np.sign(work.u - work.length_m / 2) * 0.8, 0).astype(np.float32)
        doors = repeat(work.u, work.length_m / 4, 0.5, work.cell_m, work.length_m / 8)
        colour = colour * (1 - 0.5 * doors * (rise <= 0))
    return np.asarray(colour, np.float32), height, level, along


def _load(work: Work) -> tuple[Reals, Reals, Reals, Reals]:
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
    colour = flat_tone(work, tone) * np.clip(grit, 0.3, 2)
    return (
        np.asarray(colour, np.float32), np.asarray(np.maximum(height, DECK_M), np.float32),
        np.asarray(slope_across, np.float32), np.asarray(slope_along, np.float32),
    )  # fmt: skip


def _timber(work: Work) -> tuple[Reals, Reals, Reals, Reals]:
    stacks = max(1, round(work.length_m / float(work.look.uniform(3, 6.5))))
    gap = repeat(work.u, work.length_m / stacks, 0.35, work.cell_m)
    log = float(work.look.uniform(0.25, 0.45))
    number = np.floor(work.v / log).astype(np.int64)
    part = (work.v / log - number - 0.5) * 2
    table = work.age.normal(1, 0.12, (64, 64)).astype(np.float32)
    stack = np.clip(work.u / work.length_m * stacks, 0, 63).astype(np.int64)
    colour = flat_tone(work, (0.60, 0.50, 0.37)) * table[number % 64, stack] * (1 - 0.5 * part**2)
    colour = colour * (1 - 0.8 * gap)
    height = np.where(gap > 0.5, DECK_M, work.height_m + 0.1 * (1 - part**2))
    level = np.zeros_like(work.u)
    return np.asarray(colour, np.float32), np.asarray(height, np.float32), np.asarray(-0.4 * part, np.float32), level


def deck(work: Work) -> tuple[Reals, Reals]:
    """Deck of a flat car: boards, plates or a bare frame over its bogies."""
    style = work.look.random()
    height = np.full_like(work.u, DECK_M)
    if style < 0.4:
        boards = 1 + 0.12 * np.sin(work.u * 2 * np.pi / 0.31) + 0.14 * wobble(work.age, work.u, 0.5)
        colour = flat_tone(work, work.pick(((0.46, 0.40, 0.33), (0.37, 0.33, 0.29), (0.53, 0.48, 0.42)))) * boards
    elif style < 0.65:
        colour = flat_tone(work, work.pick(RUST))
    else:
        colour = flat_tone(work, (0.22, 0.19, 0.17))
        beams = np.maximum(
            coverage(np.abs(work.v), 0.42 * work.width_m, 0.25, work.cell_m), coverage(work.v, 0.0, 0.45, work.cell_m)
        )
        beams = np.maximum(beams, repeat(work.u, work.length_m / 6, 0.25, work.cell_m))
        colour = mix(colour, work.pick(FREIGHT), beams)
        for bogie in (0.15, 0.85):
            near = np.abs(work.u - bogie * work.length_m) < 1.3
            wheels = near & (np.abs(np.abs(work.v) - 0.8) < 0.2)
            colour = np.where(wheels, flat_tone(work, (0.14, 0.13, 0.13)), colour)
        height = np.where(beams > 0.4, height, 0.7)
    return np.asarray(colour, np.float32), np.asarray(height, np.float32)


def flat(work: Work) -> Surface:
    colour, height = deck(work)
    load = str(work.look.choice(["none", "none", "none", "pipes", "vehicles", "tarp", "crates", "timber"]))
    if work.subtype == "container_flat" or work.age.random() < 0.15:
        load = "none"
    slope = np.zeros_like(work.u)
    within = (np.abs(work.v) < work.width_m * 0.45) & (np.abs(work.u - work.length_m / 2) < work.length_m / 2 - 0.5)
    if load == "pipes":
        pipe = float(work.look.uniform(0.5, 1.2))
        part = (np.mod(work.v / pipe + 0.5, 1) - 0.5) * 2
        gap = repeat(work.u, work.length_m / 2 + 0.2, 0.5, work.cell_m) > 0.5
        on = within & ~gap
        colour = np.where(
            on, flat_tone(work, work.pick(((0.25, 0.2, 0.18), (0.5, 0.5, 0.5), (0.2, 0.24, 0.22)))), colour
        )
        height = np.where(on, DECK_M + pipe * (0.6 + 0.4 * (1 - part**2)), height)
        slope = np.where(on, -1.2 * part, 0)
    elif load == "timber":
        tone, top, lean, _ = _timber(work)
        colour, height, slope = np.where(within, tone, colour), np.where(within, top + 1.5, height), lean * within
    elif load != "none":
        colour, height = _lots(work, colour, height, load)
    side = work.pick(FREIGHT)
    return Surface(
        np.asarray(colour, np.float32), np.asarray(height, np.float32), np.asarray(slope, np.float32), 0.0, side
    )


def _lots(work: Work, colour: Reals, height: Reals, load: str) -> tuple[Reals, Reals]:
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
    return np.where(on, tones, colour), np.where(on, DECK_M + tall, height)


def container(work: Work) -> Surface:
    colour, height = deck(work)
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
            ribs = 1 - 0.14 * repeat(work.u, float(shade.choice([0.28, 0.6, 1.2])), 0.08, work.cell_m)
            frame = (work.u < start + 0.15) | (work.u > start + box - 0.15) | (np.abs(work.v) > half - 0.1)
            painted = flat_tone(work, side) * ribs * np.where(frame, 0.75, 1.0)
            if work.livery is not None and work.livery.random() < 0.3:
                painted = _soft_top(work, work.livery)
            colour = np.where(on, painted, colour)
            height = np.where(on, work.height_m + float(shade.choice([0.0, 0.0, 0.3])), height)
        start += abs(box) + 0.15
    return Surface(np.asarray(colour, np.float32), np.asarray(height, np.float32), 0.0, 0.0, side)


def _soft_top(work: Work, livery: np.random.Generator) -> Reals:
    """A swap body: a pale sheet or a smooth roof over bows."""
    tone = work.pick(((0.88, 0.88, 0.87), (0.88, 0.88, 0.87), (0.72, 0.73, 0.74), (0.30, 0.40, 0.60), (0.62, 0.2, 0.2)))
    bows = repeat(work.u, float(livery.uniform(0.6, 2.5)), 0.15, work.cell_m)
    sag = 1 + float(livery.uniform(0, 0.12)) * work.grain(1.1, float(work.age.random()))
    return np.asarray(flat_tone(work, tone) * (1 - float(livery.uniform(0, 0.12)) * bows) * sag, np.float32)


def other(work: Work) -> Surface:
    """Cranes, tampers, ploughs: a frame with boxes and a boom on it."""
    colour, height = deck(work)
    paint = work.pick(((0.80, 0.62, 0.15), (0.78, 0.45, 0.15), (0.45, 0.45, 0.45), (0.6, 0.25, 0.18)))
    for _ in range(int(work.look.integers(2, 6))):
        middle, half = work.look.uniform(0.05, 0.95) * work.length_m, work.look.uniform(0.5, 2.5)
        aside = work.look.uniform(-0.2, 0.2) * work.width_m
        on = (np.abs(work.u - middle) < half) & (np.abs(work.v - aside) < work.look.uniform(0.25, 0.5) * work.width_m)
        tone = lighter(paint, float(work.look.uniform(0.4, 1.2)))
        colour = np.where(on, flat_tone(work, tone), colour)
        height = np.where(on, work.look.uniform(0.5, 1) * work.height_m, height)
    return Surface(np.asarray(colour, np.float32), np.asarray(height, np.float32), 0.0, 0.0, paint)
