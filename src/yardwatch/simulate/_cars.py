"""Railcars as they look from above, by type."""

from collections.abc import Callable

import numpy as np

from yardwatch.model.line import Line
from yardwatch.simulate._canvas import Canvas, Surface, coverage, linear, smoothstep
from yardwatch.simulate._car_bench import Work
from yardwatch.simulate._closed_cars import covered, locomotive, passenger, tank
from yardwatch.simulate._noise import wobble
from yardwatch.simulate._open_cars import container, flat, open_top, other
from yardwatch.simulate.plan import Colour, PlacedCar

__all__ = ["chord", "paint_car"]

_PIVOT = 0.17

_PAINTERS: dict[str, Callable[[Work], Surface]] = {
    "open_top": open_top, "covered": covered, "tank": tank, "flat": flat, "container": container,
    "passenger": passenger, "locomotive": locomotive, "other": other,
}  # fmt: skip


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
    work = Work(
        u=(patch.along_m * flip + length / 2).astype(np.float32), v=(patch.across_m * flip).astype(np.float32),
        length_m=length, width_m=width, height_m=car.model.height_m, subtype=car.model.subtype or "",
        look=look, age=age, livery=np.random.default_rng((car.look, 1)) if car.varied else None,
        cell_m=canvas.cell_m, canvas=canvas,
    )  # fmt: skip
    surface = _PAINTERS.get(car.model.type, other)(work)
    surface = _weather(work, surface)
    if car.dust is not None:
        surface = _dusted(work, surface, car.dust)
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


def _weather(work: Work, surface: Surface) -> Surface:
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


def _dusted(work: Work, surface: Surface, dust: Colour) -> Surface:
    """Under dust: its colour instead of the car's own; its light and dark, shape and shadow stay."""
    tone = linear(dust)[:, None]
    brightness = surface.colour.mean(axis=0)
    relief = (brightness / max(float(brightness.mean()), 1e-3)) ** float(work.age.uniform(0.1, 0.8))
    thick = np.float32(work.age.uniform(0.6, 1.0))
    colour = surface.colour + (tone * relief - surface.colour) * thick
    return Surface(colour.astype(np.float32), surface.height_m, surface.slope_across, surface.slope_along, surface.side)
