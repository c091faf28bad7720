"""What the painters of railcars share: the car on the bench, tones, stripes and roofs."""

from dataclasses import dataclass

import numpy as np

from yardwatch.simulate._canvas import Canvas, coverage, linear
from yardwatch.simulate._noise import Reals
from yardwatch.simulate.plan import Colour

__all__ = [
    "DECK_M",
    "FREIGHT",
    "RUST",
    "Work",
    "flat_tone",
    "gloss",
    "lighter",
    "mix",
    "panels",
    "repeat",
    "rim_of",
    "roof_shape",
]

DECK_M = 1.25

RUST: tuple[Colour, ...] = ((0.40, 0.25, 0.19), (0.33, 0.23, 0.19), (0.28, 0.20, 0.17), (0.46, 0.30, 0.22))
FREIGHT: tuple[Colour, ...] = (
    *RUST, (0.36, 0.36, 0.37), (0.50, 0.50, 0.51), (0.24, 0.30, 0.27), (0.26, 0.33, 0.42), (0.20, 0.21, 0.22),
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Work:
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
    livery: np.random.Generator | None
    """Chance shared by cars of one batch, for looks of greater variety; none for the plain ones."""
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


def flat_tone(work: Work, colour: Colour) -> Reals:
    return np.repeat(linear(colour)[:, None], len(work.u), axis=1)


def mix(below: Reals, colour: Colour, strength: Reals) -> Reals:
    return np.asarray(below + (linear(colour)[:, None] - below) * strength, np.float32)


def repeat(position: Reals, pitch: float, width: float, cell: float, start: float = 0.0) -> Reals:
    """Coverage by stripes that repeat along a position."""
    apart = np.mod(position - start + pitch / 2, pitch) - pitch / 2
    return coverage(apart.astype(np.float32), 0.0, width, cell)


def rim_of(work: Work, thick: float) -> Reals:
    sides = coverage(np.abs(work.v), work.width_m / 2 - thick / 2, thick, work.cell_m)
    ends = coverage(np.abs(work.u - work.length_m / 2), work.length_m / 2 - thick / 2, thick, work.cell_m)
    return np.maximum(sides, ends)


def roof_shape(work: Work, height: float, rise: float, *, ridged: bool) -> tuple[Reals, Reals]:
    """Height and slope across of a roof."""
    part = 2 * work.v / work.width_m
    if ridged:
        return (
            np.asarray(height - rise * np.abs(part), np.float32),
            np.asarray(-np.sign(part) * 2 * rise / work.width_m, np.float32),
        )
    return np.asarray(height - rise * part**2, np.float32), np.asarray(-4 * rise * part / work.width_m, np.float32)


def panels(work: Work, colour: Reals) -> Reals:
    """A roof of sliding or renewed panels, with gutters along its edges, where looks vary."""
    livery = work.livery
    if livery is None:
        return colour
    style = float(livery.random())
    count = int(livery.integers(2, 9))
    number = np.clip((work.u / work.length_m * count).astype(np.int64), 0, count - 1)
    if style < 0.25:
        colour = colour * (1 + float(livery.uniform(0.05, 0.2)) * (1 - 2 * (number % 2)))
    elif style < 0.45:
        colour = colour * work.age.normal(1, 0.13, count).clip(0.5, 1.5)[number]
    if livery.random() < 0.3:
        gutter = coverage(np.abs(work.v), work.width_m / 2 - 0.2, 0.16, work.cell_m)
        colour = colour * (1 - float(livery.uniform(0.1, 0.5)) * gutter)
    return np.asarray(colour, np.float32)


def gloss(work: Work, colour: Reals) -> Reals:
    """The sky, or the sun, in the curve of a painted roof or barrel, where looks vary."""
    if work.livery is None:
        return colour
    shine = float(work.livery.beta(0.8, 2.5))
    middle, wide = work.livery.uniform(-0.35, 0.35) * work.width_m, work.livery.uniform(0.08, 0.2) * work.width_m
    streak = np.exp(-(((work.v - middle) / wide) ** 2))
    return mix(colour, (0.80, 0.82, 0.85), np.asarray(0.6 * shine * streak, np.float32))


def lighter(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(0.97, c * factor) for c in colour)
    return red, green, blue
