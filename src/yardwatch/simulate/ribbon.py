"""Rendering one straight track with its neighbours as a ribbon, many times cheaper than a scene; for training."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from yardwatch.errors import MisuseError
from yardwatch.model.catalogue import CarModel
from yardwatch.model.frame import Floats
from yardwatch.model.line import Line
from yardwatch.model.railcar import CAR_TYPES
from yardwatch.model.ribbon import Ribbon, RibbonSpec
from yardwatch.simulate._canvas import Canvas
from yardwatch.simulate._cars import chord
from yardwatch.simulate._ground import nearness
from yardwatch.simulate._marks import Outline, draw_outlines, retouch_outlines
from yardwatch.simulate._noise import Reals, wobble
from yardwatch.simulate._sensor import blurred, develop
from yardwatch.simulate.conditions import Conditions, random_conditions
from yardwatch.simulate.consists import dusted, place_consists
from yardwatch.simulate.plan import Thing, Way, YardPlan
from yardwatch.simulate.scene import FINEST_CELL_M, paint
from yardwatch.simulate.style import random_style

__all__ = ["CONCEALED", "EMPTY", "RibbonCar", "SimulatedRibbon", "random_ribbon"]

EMPTY, CONCEALED = 0, -1
"""Labels of columns without a car and of columns not to be seen; a car's is 1 + its type's place in `CAR_TYPES`."""

_RUN_OUT_M = 25.0
_BESIDE_M = 14.0
_TRACE_ERROR_M = 0.25
_WIDE_SPEC = RibbonSpec(half_width_m=8.0)


@dataclass(frozen=True, slots=True)
class RibbonCar:
    """A car on the middle track of a simulated ribbon."""

    start_m: float
    """Chainage of the lower end of its body on the ground, metres; may lie before the ribbon."""
    end_m: float
    """Chainage of the upper end of its body on the ground, metres; may lie beyond the ribbon."""
    offset_m: float
    """Offset of its middle from the ribbon's middle, on the ground, metres, positive to the left."""
    type: str
    """One of `CAR_TYPES`."""
    subtype: str | None
    """As in the catalogue."""
    width_m: float
    """Width of its body, metres."""
    lean_along_m: float
    """How far its top is displaced along the ribbon by the view, metres."""
    lean_across_m: float
    """How far its top is displaced to the left by the view, metres."""


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedRibbon:
    """A ribbon and what is on it."""

    ribbon: Ribbon
    """Pixels in the units of a file."""
    cars: tuple[RibbonCar, ...]
    """Cars on the middle track that touch the ribbon, by chainage."""
    labels: NDArray[np.int8]
    """One for each column: `EMPTY`, `CONCEALED` or a car's type, where the car's top is *seen*; shape (n,)."""
    conditions: Conditions
    """Under which it was taken."""
    middle_m: Floats
    """Where the middle track lies across the ribbon, metres, shape (n,)."""
    beside_m: Floats
    """Where its neighbours lie, some of them beyond the ribbon, metres, shape (tracks, n)."""


def random_ribbon(  # noqa: PLR0913 - each is set by somebody and has a default
    rng: np.random.Generator,
    *,
    length_m: float = 256.0,
    spec: RibbonSpec = _WIDE_SPEC,
    conditions: Conditions | None = None,
    catalogue: Sequence[CarModel] | None = None,
    occupancy: float | None = None,
    marked: str | None = None,
    varied: bool = False,
    dusty: float = 0.0,
) -> SimulatedRibbon:
    """A ribbon of an invented place, seen on a pixel grid turned by chance and straightened as real ones are.

    Parameters
    ----------
    rng : numpy.random.Generator
        Chance.
    length_m : float
        Length, metres; a multiple of the step is kept.
    spec : RibbonSpec
        Step and half width.
    conditions : Conditions, optional
        Of the picture; by chance unless given.
    catalogue : sequence of CarModel, optional
        As for `place_consists`.
    occupancy : float, optional
        Share of the middle track under cars; by chance unless given, and nought for a third of the ribbons.
    marked : str, optional
        ``drawn`` where somebody drew boxes around the cars, ``retouched`` where they were painted out again, else
        empty; by chance unless given.
    varied : bool
        Whether the cars have looks of greater variety than in the frozen suite.
    dusty : float
        Share of the batches of cars that lie under dust of the ground's colours.

    Raises
    ------
    MisuseError
        If the ribbon would have fewer than two columns.
    """
    columns = round(length_m / spec.step_m)
    if columns < 2:
        raise MisuseError(
            f"a ribbon of {length_m:g} m in steps of {spec.step_m:g} m has no two columns; make it longer"
        )
    plan = _plan(rng, columns * spec.step_m)
    conditions = conditions or _exposed(random_conditions(rng), plan)
    if occupancy is None:
        occupancy = 0.0 if rng.random() < 0.33 else float(rng.beta(1.3, 1.0))
    beside = occupancy if rng.random() < 0.3 else float(rng.beta(0.9, 1.1))
    plan = _with_cars(rng, plan, catalogue, (occupancy, beside))
    plan = replace(plan, cars=tuple(replace(car, varied=varied) for car in plan.cars))
    plan = dusted(rng, plan, share=dusty) if dusty else plan
    chainages: Floats = (np.arange(columns, dtype=float) + 0.5) * spec.step_m
    drift = np.asarray(_TRACE_ERROR_M * (rng.normal() + 0.5 * wobble(rng, chainages.astype(np.float32), 90.0)), float)
    pixels = _seen(rng, plan, conditions, chainages[None, :], spec.offsets_m[:, None] + drift[None, :])
    if marked is None:
        marked = str(rng.choice(["", "drawn", "retouched"], p=[0.78, 0.07, 0.15]))
    if marked:
        mark = draw_outlines if marked == "drawn" else retouch_outlines
        pixels = mark(pixels, _outlines(rng, plan, conditions, drift), chainages, spec.offsets_m, rng)
    ribbon = Ribbon("simulated", chainages, spec.offsets_m, pixels)
    cars = _cars(plan, conditions, columns * spec.step_m, float(drift.mean()))
    neighbours = np.array([np.interp(chainages, *line.vertices_m.T) for line in plan.tracks[1:]]).reshape(-1, columns)
    return SimulatedRibbon(
        ribbon, cars, _labels(plan, cars, conditions, chainages), conditions, -drift, neighbours - drift
    )


def _plan(rng: np.random.Generator, length_m: float) -> YardPlan:
    """The middle track along y = 0 with up to three neighbours on each side, some of which run into it."""
    west, east = -_RUN_OUT_M, length_m + _RUN_OUT_M
    x = np.arange(west, east + 3, 3.0)
    lines = [Line.through([west, east], [0.0, 0.0])]
    pitch = float(rng.uniform(4.4, 6.2))
    for side in (-1, 1):
        offset = 0.0
        for number in range(int(rng.choice([0, 1, 2, 3], p=[0.2, 0.15, 0.3, 0.35]))):
            offset += pitch + (float(rng.uniform(1, 7)) if rng.random() < 0.15 else float(rng.normal(0, 0.08)))
            closing = number == 0 and rng.random() < 0.15
            lines.append(Line.through(x, side * (_closing(rng, x, offset) if closing else np.full(len(x), offset))))
    plan = YardPlan(
        name="ribbon (invented)",
        tracks=tuple(lines),
        track_names=tuple(f"track {index}" for index in range(len(lines))),
        bounds_m=(0.0, -_BESIDE_M, length_m, _BESIDE_M),
        style=random_style(rng, tracks=len(lines)),
        gauge_mm=int(rng.choice([1435, 1520])),
    )
    return replace(plan, things=_things(rng, plan, length_m), ways=_ways(rng, west, east, pitch))


def _closing(rng: np.random.Generator, x: Floats, offset: float) -> Floats:
    """Distance of a neighbour that runs into the middle track through a turnout."""
    turnout = rng.uniform(x[0] - 20, x[-1])
    toward = float(rng.choice([-1, 1]))
    along = np.clip(toward * (x - turnout), 0, None)
    slope = np.tan(np.radians(rng.uniform(5, 9)))
    return np.asarray(offset * (1 - np.exp(-((along * slope / offset) ** 1.5))), float)


def _ways(rng: np.random.Generator, west: float, east: float, pitch: float) -> tuple[Way, ...]:
    ways = []
    x = np.arange(west - 10, east + 10, 10.0)
    if rng.random() < 0.35:
        ways += _walks(rng, x, pitch)
    for _ in range(int(rng.integers(0, 4))):
        kind = str(rng.choice(["path", "trough", "grass", "earth", "asphalt", "oil"]))
        y = float(rng.choice([-1, 1])) * pitch * float(rng.choice([0.5, 0.5, 1.5, 2.0]))
        width = {"trough": 0.5, "asphalt": 4.0, "oil": 1.2}.get(kind, float(rng.uniform(0.6, 2.2)))
        if kind == "oil":
            start = rng.uniform(west, east)
            ways.append(Way(kind, Line.through([start, start + rng.uniform(5, 60)], [0, 0]), width, _seed(rng)))
        else:
            ways.append(Way(kind, Line.through(x, y + rng.normal(0, 0.2, len(x))), width, _seed(rng)))
    if rng.random() < 0.12:
        start = rng.uniform(0, east)
        ways.append(
            Way(
                "asphalt",
                Line.through([start, start + rng.normal(0, 6)], [-30, 30]),
                float(rng.uniform(3, 9)),
                _seed(rng),
            )
        )
    return tuple(ways)


def _walks(rng: np.random.Generator, x: Floats, pitch: float) -> list[Way]:
    """Strips of fine gravel between all tracks, smooth and straight, as large yards are raked."""
    width, look = float(rng.uniform(0.8, max(1.0, pitch - 2.6))), _seed(rng)
    return [
        Way("walk", Line.through(x, np.full(len(x), side * (number + 0.5) * pitch)), width, look)
        for side in (-1, 1)
        for number in range(3)
        if rng.random() < 0.85
    ]


def _things(rng: np.random.Generator, plan: YardPlan, length_m: float) -> tuple[Thing, ...]:
    outer = [float(line.points(length_m / 2)[1]) for line in plan.tracks]
    low, high = min(outer), max(outer)
    things = []
    for _ in range(int(rng.poisson(rng.choice([1, 6, 18])))):
        kind = str(rng.choice(["litter", "litter", "rails", "sleepers", "pile", "plant", "mast"]))
        long, wide, tall = {
            "litter": (0.6, 0.5, 0.4), "rails": (12, 0.9, 0.35), "sleepers": (1.3, 1.1, 0.5), "pile": (2.2, 1.0, 0.4),
            "plant": (1.0, 0.9, 0.7), "mast": (0.3, 0.3, 8.0),
        }[kind]  # fmt: skip
        y = float(rng.choice(outer)) + float(rng.choice([-1, 1]) * rng.uniform(1.5, 2.6))
        size = float(rng.uniform(0.6, 1.5)) if kind != "mast" else 1.0
        things.append(
            Thing(
                kind,
                float(rng.uniform(-20, length_m + 20)),
                y,
                float(rng.normal(0, 6)),
                long * size,
                wide * size,
                tall,
                _seed(rng),
            )
        )
    for side, edge in ((-1, low), (1, high)):
        for _ in range(int(rng.poisson(rng.choice([0, 2, 6])))):
            kind = str(rng.choice(["plant", "plant", "building", "box", "truck", "car", "pile", "platform"]))
            long, wide, tall = {
                "plant": (5, 5, 5), "building": (35, 12, 6), "box": (12, 2.4, 2.9), "truck": (14, 2.5, 3.8),
                "car": (4.4, 1.8, 1.5), "pile": (9, 5, 2), "platform": (120, 5, 0.9),
            }[kind]  # fmt: skip
            size = float(rng.uniform(0.7, 1.3)) if kind in ("plant", "building", "pile") else 1.0
            y = edge + side * (2.3 + wide * size / 2 + (0.0 if kind == "platform" else float(rng.exponential(3))))
            things.append(
                Thing(
                    kind,
                    float(rng.uniform(0, length_m)),
                    y,
                    float(rng.normal(0, 1)),
                    long * size,
                    wide * size,
                    tall,
                    _seed(rng),
                )
            )
    if rng.random() < 0.12:
        things += [_panel(rng, length_m) for _ in range(int(rng.integers(1, 4)))]
    if rng.random() < 0.2:
        things += [
            Thing("portal", float(x), (low + high) / 2, 90.0, high - low + 7, 0.9, 8.0, _seed(rng))
            for x in np.arange(float(rng.uniform(0, 60)), length_m, 58.0)
        ]
    if rng.random() < 0.06:
        things.append(
            Thing(
                "canopy",
                float(rng.uniform(0, length_m)),
                0.0,
                0.0,
                float(rng.uniform(20, 120)),
                float(rng.uniform(6, 20)),
                7.5,
                _seed(rng),
            )
        )
    return tuple(things)


def _panel(rng: np.random.Generator, length_m: float) -> Thing:
    """A flush deck, spilt load or strip of gravel over the middle track: as long and wide as a car, but flat."""
    return Thing(
        "panel",
        float(rng.uniform(0, length_m)),
        float(rng.normal(0, 0.5)),
        float(rng.normal(0, 0.6)),
        float(rng.uniform(4, 32)),
        float(rng.uniform(1.6, 4.2)),
        0.06,
        _seed(rng),
    )


def _exposed(conditions: Conditions, plan: YardPlan) -> Conditions:
    """The same with the gain that makes dark ground brighter and light ground darker, as exposure does, half way."""
    ground = plan.style.yard[1] ** 2.2
    gain = conditions.sensor.gain * (0.2 / ground) ** 0.5
    return replace(conditions, sensor=replace(conditions.sensor, gain=float(gain)))


def _with_cars(
    rng: np.random.Generator, plan: YardPlan, catalogue: Sequence[CarModel] | None, occupancy: tuple[float, float]
) -> YardPlan:
    """Cars on the middle track as full as asked, on its neighbours as full as may be."""
    middle = place_consists(rng, plan, catalogue=catalogue, occupancy=occupancy[0])
    beside = place_consists(rng, plan, catalogue=catalogue, occupancy=occupancy[1])
    cars = [car for car in middle.cars if car.track == 0] + [car for car in beside.cars if car.track > 0]
    return replace(plan, cars=tuple(cars))


def _seen(
    rng: np.random.Generator, plan: YardPlan, conditions: Conditions, x: Floats, y: Floats
) -> NDArray[np.float32]:
    """The picture at given places, through a pixel grid that lies askew to the track."""
    sensor = conditions.sensor
    cells = max(1, min(4, round(sensor.gsd_m / FINEST_CELL_M)))
    cell = sensor.gsd_m / cells
    west, north = -_RUN_OUT_M / 2, float(np.max(y)) + _BESIDE_M / 2
    rows = range(int(np.ceil((north - float(np.min(y)) + _BESIDE_M / 2) / cell)))
    columns = range(int(np.ceil((float(np.max(x)) + _RUN_OUT_M) / cell)))
    canvas = Canvas(origin_m=(west, north), cell_m=cell, rows=rows, columns=columns, seed=_seed(rng))
    near = nearness(plan, (west, north - rows.stop * cell, west + columns.stop * cell, north), margin_m=20.0)
    values = blurred(paint(canvas, plan, near, conditions), sensor, cells)
    if cells > 1:
        values = np.stack([ndimage.uniform_filter(band, cells, mode="nearest") for band in values])
    shape = np.broadcast_shapes(x.shape, y.shape)
    askew = _Askew(
        float(rng.uniform(0, 2 * np.pi)), sensor.gsd_m, np.broadcast_to(x, shape), np.broadcast_to(y, shape), rng
    )
    picture = np.empty((len(values), *askew.shape), np.float32)
    pixel_x, pixel_y = askew.middles()
    at = np.stack([(north - pixel_y) / cell - 0.5, (pixel_x - west) / cell - 0.5])
    inside = (at[0] > -1) & (at[0] < len(rows)) & (at[1] > -1) & (at[1] < len(columns))
    for band in range(len(values)):
        picture[band] = values[band].mean()
        picture[band][inside] = ndimage.map_coordinates(values[band], at[:, inside], order=1, mode="nearest")
    numbers = [np.arange(count) for count in askew.shape]
    developed = develop(picture, sensor, canvas.texture, numbers[0], numbers[1]).astype(np.float32)
    row, column = askew.pixels(np.broadcast_to(x, shape), np.broadcast_to(y, shape))
    return np.stack([ndimage.map_coordinates(band, [row, column], order=1, mode="nearest") for band in developed])


class _Askew:
    """A pixel grid turned by an angle, just large enough to hold some places."""

    def __init__(self, angle: float, gsd_m: float, x: Floats, y: Floats, rng: np.random.Generator) -> None:
        self._cosine, self._sine, self._gsd = float(np.cos(angle)), float(np.sin(angle)), gsd_m
        self._left, self._top = 0.0, 0.0
        row, column = self.pixels(x, y)
        self._left, self._top = (float(v.min()) - 2 - float(rng.random()) for v in (column, row))
        self.shape = int(np.ceil(row.max() - self._top)) + 3, int(np.ceil(column.max() - self._left)) + 3

    def pixels(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Row and column of places; the middle of the first pixel is (0, 0)."""
        column = (x * self._cosine + y * self._sine) / self._gsd - self._left
        row = (x * self._sine - y * self._cosine) / self._gsd - self._top
        return row, column

    def middles(self) -> tuple[Reals, Reals]:
        """X and y of the middle of each pixel."""
        column = ((np.arange(self.shape[1]) + self._left) * self._gsd).astype(np.float32)[None, :]
        row = ((np.arange(self.shape[0]) + self._top) * self._gsd).astype(np.float32)[:, None]
        return column * self._cosine + row * self._sine, column * self._sine - row * self._cosine


def _cars(plan: YardPlan, conditions: Conditions, length_m: float, drift_m: float) -> tuple[RibbonCar, ...]:
    lean_x, lean_y = conditions.view.lean()
    found = []
    for car in plan.cars:
        start, end = car.start_m - _RUN_OUT_M, car.end_m - _RUN_OUT_M
        if car.track == 0 and end > 0 and start < length_m:
            model = car.model
            lean = lean_x * model.height_m, lean_y * model.height_m
            found.append(RibbonCar(start, end, -drift_m, model.type, model.subtype, model.width_m, *lean))
    return tuple(found)


def _labels(plan: YardPlan, cars: tuple[RibbonCar, ...], conditions: Conditions, chainages: Floats) -> NDArray[np.int8]:
    labels = np.full(len(chainages), EMPTY, np.int8)
    for car in cars:
        seen = (chainages > car.start_m + car.lean_along_m) & (chainages < car.end_m + car.lean_along_m)
        labels[seen] = 1 + CAR_TYPES.index(car.type)
    lean = conditions.view.lean()[0]
    for thing in plan.things:
        if thing.kind == "canopy":
            shift = lean * thing.height_m
            start, end = thing.x_m - thing.length_m / 2, thing.x_m + thing.length_m / 2
            labels[(chainages > start + min(shift, 0)) & (chainages < end + max(shift, 0))] = CONCEALED
    return labels


def _outlines(rng: np.random.Generator, plan: YardPlan, conditions: Conditions, drift_m: Floats) -> list[Outline]:
    """Oblongs as a person or a detector draws them around the tops of cars, some missing and some around nothing."""
    lean_x, lean_y = conditions.view.lean()
    missed, error_m = float(rng.choice([0.0, 0.05, 0.5])), float(rng.uniform(0.05, 0.4))
    skew, larger_m = (0.0, 0.0) if rng.random() < 0.75 else (float(rng.normal(0, 0.3)), float(rng.uniform(0, 4)))
    outlines: list[Outline] = []
    for car in plan.cars:
        if rng.random() < missed:
            continue
        x, y, angle, length = chord(plan.tracks[car.track], car)
        x, y = x + lean_x * car.model.height_m, y + lean_y * car.model.height_m - float(drift_m.mean())
        dx, dy, longer, wider = rng.normal(0, error_m, 4)
        size = length + longer, car.model.width_m + larger_m + wider / 2
        outlines.append((x + dx, y + dy / 2, *size, angle + skew))
    for _ in range(int(rng.poisson(rng.choice([0.0, 0.0, 2.0])))):
        x = float(rng.uniform(0, plan.bounds_m[2]))
        y = float(plan.tracks[int(rng.integers(len(plan.tracks)))].points(x)[1])
        outlines.append((x, y + float(rng.normal(0, 0.3)), float(rng.uniform(8, 25)), 2.9, 0.0))
    return outlines


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))
