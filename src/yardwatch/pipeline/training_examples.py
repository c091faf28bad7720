"""Simulated ribbons that the evidence network learns from."""

from dataclasses import dataclass
from functools import partial
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats
from yardwatch.model.ribbon import RibbonSpec
from yardwatch.pipeline.training_making import made_of
from yardwatch.pipeline.training_yards import FLATS, cut_ribbons
from yardwatch.simulate import SimulatedRibbon, random_ribbon

__all__ = ["COLUMNS", "Example", "make_examples", "make_yard_examples"]

COLUMNS = 640
"""Columns that the network sees at once while it learns; no ribbon is shorter."""

_LENGTH_M = 208.0
_COUPLED_M = 4.0
_OCCUPIED_SHARE = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One simulated ribbon, wider than the network sees so that it can be shifted, and its truth by column."""

    pixels: NDArray[np.float16]
    """Shape (3, m, n), half precision, units of the sensor."""
    gsd_m: float
    """Ground sample distance, metres."""
    state: NDArray[np.int64]
    """Index of the state, shape (n,)."""
    begin: NDArray[np.float32]
    """How near a body's beginning is to the lower border of each column, 0 to 1."""
    end: NDArray[np.float32]
    """How near a body's end is to the upper border of each column, 0 to 1."""
    type: NDArray[np.int64]
    """Index of the type where there is a body, else -1."""
    offset_m: NDArray[np.float32]
    """Where the body's middle, or that of the empty track, lies across the ribbon, metres."""


def make_examples(number: int, *, seed: int, processes: int, hard: bool = False) -> list[Example]:
    """Simulate ribbons, of cars that are easily overlooked if asked; the same for the same seed and any processes."""
    seeds = np.random.SeedSequence((seed, 3) if hard else seed).spawn(number)
    return list(made_of(_simulate_hard if hard else _simulate, seeds, processes=processes, what="ribbons"))


def make_yard_examples(number: int, *, seed: int, processes: int, hard: bool = False) -> list[Example]:
    """Cut ribbons from as many simulated yards, hard ones if asked; the same for the same seed and any processes."""
    seeds = np.random.SeedSequence((seed, 4 if hard else 1)).spawn(number)
    yards = made_of(partial(_simulate_yard, hard=hard), seeds, processes=processes, what="yards")
    return [example for yard in yards for example in yard]


def _simulate(seed: np.random.SeedSequence) -> Example:
    rng = np.random.default_rng(seed)
    occupancy = float(rng.uniform(0.4, 1.0)) if rng.random() < _OCCUPIED_SHARE else None
    spec = RibbonSpec(half_width_m=8.0)
    return _example(random_ribbon(rng, length_m=_LENGTH_M, spec=spec, occupancy=occupancy))


def _simulate_hard(seed: np.random.SeedSequence) -> Example:
    """Under dust of the ground's colours, in greater variety, in a quarter of the cases hardly anything but flats."""
    rng = np.random.default_rng(seed)
    occupancy = float(rng.uniform(0.4, 1)) if rng.random() < 0.5 else None
    varied = bool(rng.random() < 0.5)
    models = FLATS if rng.random() < 0.25 else None
    dusty = float(rng.uniform(0.1, 0.9))
    spec = RibbonSpec(half_width_m=8.0)
    return _example(
        random_ribbon(
            rng, length_m=_LENGTH_M, spec=spec, occupancy=occupancy, varied=varied, catalogue=models, dusty=dusty
        )
    )


def _simulate_yard(seed: np.random.SeedSequence, *, hard: bool) -> list[Example]:
    return [_example(one) for one in cut_ribbons(np.random.default_rng(seed), columns=COLUMNS, hard=hard)]


def _example(simulated: SimulatedRibbon) -> Example:
    chainages_m = simulated.ribbon.chainages_m
    state = np.select([simulated.labels < 0, simulated.labels > 0], [3, 2], 0)
    begin, end = np.zeros(len(state), np.float32), np.zeros(len(state), np.float32)
    offset_m = simulated.middle_m.astype(np.float32)
    tops = [(car.start_m + car.lean_along_m, car.end_m + car.lean_along_m, car) for car in simulated.cars]
    for (start_m, end_m, car), following in zip_longest(tops, tops[1:]):
        begin = np.maximum(begin, _near(chainages_m - 0.125, start_m))
        end = np.maximum(end, _near(chainages_m + 0.125, end_m))
        offset_m[(chainages_m >= start_m) & (chainages_m < end_m)] = car.offset_m + car.lean_across_m
        if following and following[0] - end_m < _COUPLED_M:
            state[(chainages_m >= end_m) & (chainages_m < following[0]) & (state == 0)] = 1
    return Example(
        pixels=_three(simulated.ribbon.pixels).astype(np.float16),
        gsd_m=simulated.conditions.sensor.gsd_m,
        state=state.astype(np.int64),
        begin=np.where(state == 3, 0, begin),
        end=np.where(state == 3, 0, end),
        type=np.where(state == 2, simulated.labels - 1, -1).astype(np.int64),
        offset_m=offset_m,
    )


def _near(chainages_m: Floats, place_m: float) -> NDArray[np.float32]:
    return np.exp(-0.5 * ((chainages_m - place_m) / 0.35) ** 2).astype(np.float32)


def _three(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    return pixels[:3] if len(pixels) >= 3 else np.repeat(pixels[:1], 3, axis=0)
