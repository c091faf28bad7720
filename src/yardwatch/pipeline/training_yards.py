"""Ribbons to train on that are cut from whole rendered yards: with turnouts, ladders and the picture's edge."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.catalogue import CATALOGUE
from yardwatch.model.frame import Floats, Frame
from yardwatch.model.line import Line
from yardwatch.model.railcar import CAR_TYPES
from yardwatch.model.ribbon import Ribbon, RibbonSpec
from yardwatch.model.site import frame_of
from yardwatch.railcars.ribbon import RibbonPlan, plan_ribbon
from yardwatch.simulate import (
    CONCEALED,
    EMPTY,
    Colour,
    Concealed,
    Conditions,
    RibbonCar,
    SimulatedRibbon,
    TrueCar,
    YardPlan,
    dusted,
    invented_site,
    place_consists,
    random_conditions,
    random_yard,
    render,
)
from yardwatch.simulate.reading import ArrayReader

__all__ = ["FLATS", "cut_ribbons"]

FLATS = tuple(model for model in CATALOGUE if model.type in ("flat", "container"))
"""Cars that are low, with or without a load."""

_ON_TRACK_M = 1.2
_EMPTY_SHARE = 0.45
_STRAYS, _SHORTEST_STRAY_M, _ARGUABLE_M = 3, 60.0, 2.5
_WIDE_SPEC = RibbonSpec(half_width_m=8.0)
_FINEST_M, _COARSEST_M = 0.2, 1.0
_STRAW: Colour = (0.50, 0.45, 0.35)


def cut_ribbons(rng: np.random.Generator, *, columns: int, hard: bool = False) -> list[SimulatedRibbon]:
    """The ribbons of all tracks of one invented yard; nearly half of the yards are empty.

    Parameters
    ----------
    rng : numpy.random.Generator
        Chance.
    columns : int
        Shorter ribbons are filled up to so many columns with no data, as beyond the edge of an image.
    hard : bool
        Whether cars are of the kinds that are overlooked, under dust of the ground's colour and flats, and ribbons are
        also cut along lines that leave the rails.
    """
    plan = _plan(rng)
    plan = _hard(rng, plan) if hard else plan
    conditions = _conditions(rng, plan)
    rendered = render(plan, rng=rng, conditions=conditions, stamp=False)
    site = invented_site(plan)
    frame = frame_of(site)
    reader = ArrayReader(rendered.pixels, rendered.grid, gsd_m=conditions.sensor.gsd_m)
    lines = [(track.name, site.line(track)) for track in site.tracks]
    if hard and not rendered.truth.concealed:
        lines += [("", line) for line in _strays(rng, [line for _, line in lines])]
    ribbons = []
    for name, line in lines:
        laid = plan_ribbon(name, line, rendered.grid, frame, spec=_WIDE_SPEC)
        if (
            laid is None
            or laid.inside.sum() <= columns / 4
            or (not name and _arguable(line, frame, rendered.truth.cars))
        ):
            continue
        pixels = reader.sample(laid.column, laid.row, footprint_px=laid.footprint_px)
        cars = _cars_on(line, frame, rendered.truth.cars)
        hidden = [one for one in rendered.truth.concealed if one.track == name]
        ribbons.append(_simulated(laid, pixels, cars, hidden, conditions, columns))
    return ribbons


def _strays(rng: np.random.Generator, lines: Sequence[Line]) -> list[Line]:
    """Lines as they are drawn by somebody who does not see where the rails run: on from a track, or between two."""
    strays = []
    for _ in range(_STRAYS):
        one, other = (lines[int(index)] for index in rng.integers(len(lines), size=2))
        if rng.random() < 0.5:
            start = float(rng.uniform(0.1, 0.9)) * one.length_m
            here, ahead = np.column_stack(one.points([start, start + 1.0]))
            ends = np.array([here, here + float(rng.choice([-1, 1])) * one.length_m * (ahead - here)])
        else:
            first, last = float(rng.uniform(0, 0.4)) * one.length_m, float(rng.uniform(0.6, 1.0)) * other.length_m
            ends = np.array([one.points(first), other.points(last)]) + rng.normal(0, 2, (2, 2))
        if np.hypot(*(ends[1] - ends[0])) > _SHORTEST_STRAY_M:
            strays.append(Line.through(*ends.T))
    return strays


def _arguable(line: Line, frame: Frame, cars: Sequence[TrueCar]) -> bool:
    """Whether a car stands beside a line, so that it is arguable whether it stands on it."""
    for car in cars:
        corners = np.array(car.footprint[:-1], float)
        chainages, offsets = line.locate(*frame.to_local(*corners.T))
        along = (chainages > 0) & (chainages < line.length_m)
        if along.any() and abs(offsets[along]).min() < _ARGUABLE_M and abs(offsets.mean()) >= _ON_TRACK_M / 2:
            return True
    return False


def _plan(rng: np.random.Generator) -> YardPlan:
    size_m = float(rng.uniform(180, 280)), float(rng.uniform(70, 120))
    heading_deg = float(rng.uniform(-20, 20))
    if rng.random() < 0.5:
        size_m, heading_deg = size_m[::-1], heading_deg + 90
    tracks = int(rng.integers(1, 8))
    plan = random_yard(rng, tracks=tracks, size_m=size_m, heading_deg=heading_deg, canopy=rng.random() < 0.05)
    if rng.random() < 0.4:
        plan = _faded(rng, plan)
    return plan if rng.random() < _EMPTY_SHARE else place_consists(rng, plan, occupancy=float(rng.uniform(0.1, 0.95)))


def _hard(rng: np.random.Generator, plan: YardPlan) -> YardPlan:
    """With the greater variety of looks, dust, and in a quarter of the yards hardly anything but flats."""
    if plan.cars and rng.random() < 0.25:
        plan = place_consists(rng, plan, catalogue=FLATS, occupancy=float(rng.uniform(0.1, 0.95)))
    varied = bool(rng.random() < 0.5)
    plan = replace(plan, cars=tuple(replace(car, varied=varied) for car in plan.cars))
    return dusted(rng, plan, share=float(rng.uniform(0.1, 0.9)))


def _faded(rng: np.random.Generator, plan: YardPlan) -> YardPlan:
    """As outside summer: what is green turns to straw, more or less."""
    turned, style = float(rng.uniform(0.2, 1.0)), plan.style
    first, second, third = (
        _mixed(colour, turned * green) for colour, green in zip(style.grounds, style.green, strict=True)
    )
    one, two, three = (was * (1 - 0.8 * turned) for was in style.green)
    return replace(plan, style=replace(style, grounds=(first, second, third), green=(one, two, three)))


def _mixed(colour: Colour, part: float) -> Colour:
    red, green, blue = ((1 - part) * one + part * other for one, other in zip(colour, _STRAW, strict=True))
    return red, green, blue


def _conditions(rng: np.random.Generator, plan: YardPlan) -> Conditions:
    """Any, exposed half way to the brightness of the ground."""
    conditions = random_conditions(rng, gsd_m=float(rng.uniform(_FINEST_M, _COARSEST_M)))
    gain = conditions.sensor.gain * (0.2 / plan.style.yard[1] ** 2.2) ** 0.5
    return replace(conditions, sensor=replace(conditions.sensor, gain=float(gain)))


def _cars_on(line: Line, frame: Frame, cars: Sequence[TrueCar]) -> list[RibbonCar]:
    """The cars that stand on a line, whatever track they belong to, with the places where their tops are seen."""
    found = []
    for car in cars:
        x, y = frame.to_local(*np.array(car.footprint[:-1], float).T)
        if abs(line.locate(x, y)[1].mean()) < _ON_TRACK_M:
            chainages, offsets = line.locate(x + car.lean_m[0], y + car.lean_m[1])
            near, far = np.sort(chainages)[:2].mean(), np.sort(chainages)[2:].mean()
            place = float(near), float(far), float(offsets.mean())
            found.append(RibbonCar(*place, car.type, car.subtype, car.width_m, lean_along_m=0.0, lean_across_m=0.0))
    return sorted(found, key=lambda car: car.start_m)


def _simulated(
    laid: RibbonPlan,
    pixels: NDArray[np.float32],
    cars: Sequence[RibbonCar],
    hidden: Sequence[Concealed],
    conditions: Conditions,
    columns: int,
) -> SimulatedRibbon:
    """A ribbon with its labels, filled up with no data on the far side if it is short."""
    labels = np.full(len(laid.chainages_m), EMPTY, np.int8)
    for car in cars:
        labels[(laid.chainages_m > car.start_m) & (laid.chainages_m < car.end_m)] = 1 + CAR_TYPES.index(car.type)
    for stretch in hidden:
        labels[(laid.chainages_m > stretch.start_m) & (laid.chainages_m < stretch.end_m)] = CONCEALED
    labels[~laid.inside] = CONCEALED
    spare = max(0, columns - len(labels))
    chainages: Floats = np.concatenate([laid.chainages_m, laid.chainages_m[-1] + 0.25 * np.arange(1, spare + 1)])
    ribbon = Ribbon(
        laid.track, chainages, laid.offsets_m, np.pad(pixels, ((0, 0), (0, 0), (0, spare)), constant_values=np.nan)
    )
    return SimulatedRibbon(
        ribbon,
        tuple(cars),
        np.pad(labels, (0, spare), constant_values=CONCEALED),
        conditions,
        np.zeros(len(chainages)),
        np.empty((0, len(chainages))),
    )
