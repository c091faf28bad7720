"""Simulated sites over several dates that the step network learns from."""

import sys
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
import shapely
from numpy.typing import NDArray

from yardwatch.change.lattice import Lattice, Tile
from yardwatch.change.layers import STEP_LABELS, Stack
from yardwatch.change.light import cells_inside, stack_reader
from yardwatch.model.frame import Floats
from yardwatch.model.railcar import Railcar
from yardwatch.model.site import Coordinates, frame_of
from yardwatch.simulate.histories import SiteHistory, random_history
from yardwatch.simulate.scene import SITE_ORIGIN_M

__all__ = ["SiteExample", "make_sites"]

_DATES = (5, 7)
_GSD_M = (0.5, 0.7, 0.8)
_OVERLOOKED = (0.03, 0.1, 0.3)
_CAR_SE_M, _HALF_CAR_M = 0.7, 1.5


@dataclass(frozen=True, slots=True, eq=False)
class SiteExample:
    """A simulated site at all dates, in one light."""

    stack: Stack
    """What is seen of it."""
    labels: NDArray[np.uint8]
    """What came or went since the date before, index into `STEP_LABELS`, shape (dates, rows, columns)."""


def make_sites(number: int, *, seed: int, processes: int) -> list[SiteExample]:
    """Simulate sites; the same for the same seed and any number of processes."""
    examples = []
    with get_context("spawn").Pool(processes) as pool:
        for example in pool.imap(_site, np.random.SeedSequence(seed).spawn(number)):
            examples.append(example)
            sys.stderr.write(f"simulated {len(examples)} of {number} sites\n")
    return examples


def _site(seed: np.random.SeedSequence) -> SiteExample:
    rng = np.random.default_rng(seed)
    dates = int(rng.integers(_DATES[0], _DATES[1] + 1))
    history = random_history(rng, dates=dates, gsd_m=float(rng.choice(_GSD_M)))
    readers = [history.reader(date) for date in range(dates)]
    stacks = stack_reader(readers, history.site, [_counted(rng, history, date) for date in range(dates)])
    lattice = stacks.lattices[0]
    whole = Tile(0, 0, lattice.rows, lattice.columns, (slice(0, lattice.rows), slice(0, lattice.columns)))
    return SiteExample(stacks.read(whole), _labels(history, lattice, whole))


def _labels(history: SiteHistory, lattice: Lattice, tile: Tile) -> NDArray[np.uint8]:
    frame = frame_of(history.site)
    labels = np.zeros((len(history.shots), tile.rows, tile.columns), np.uint8)
    for stage in history.stages:
        outline = shapely.Polygon(np.column_stack(frame.to_local(*np.array(stage.ring).T))).buffer(0)
        labels[stage.date][cells_inside(outline, lattice, tile)] = STEP_LABELS.index(stage.kind)
    return labels


def _counted(rng: np.random.Generator, history: SiteHistory, date: int) -> list[Railcar]:
    """The cars of a date as a counter finds them: none quite in place, some overlooked, all of those under roofs."""
    plan = history.shots[date].plan
    roofs = shapely.union_all([shapely.Polygon(thing.corners()) for thing in plan.things if thing.kind == "canopy"])
    overlooked = float(rng.choice(_OVERLOOKED))
    found: list[Railcar] = []
    for car in plan.cars:
        line, moved = plan.tracks[car.track], float(rng.normal(0, _CAR_SE_M))
        ends = np.array([car.start_m, car.end_m]) + moved
        middle = shapely.Point(*(float(axis[0]) for axis in line.points(ends.mean(keepdims=True))))
        if rng.random() < overlooked or roofs.contains(middle):
            continue
        corners = _moved(*(line.points(ends, _HALF_CAR_M), line.points(ends[::-1], -_HALF_CAR_M)))
        name, (start_m, end_m) = plan.track_names[car.track], ends.tolist()
        found.append(
            Railcar(
                id=f"c{len(found)}", track=name, start_m=start_m, end_m=end_m, offset_m=0.0, width_m=2 * _HALF_CAR_M,
                type="other", subtype=None, type_probabilities={"other": 1.0}, confidence=1.0, zone=None,
                footprint=(*corners, corners[0]),
            )
        )  # fmt: skip
    return found


def _moved(*sides: tuple[Floats, Floats]) -> Coordinates:
    """Both sides of a car in the site's CRS."""
    x, y = (np.concatenate(axis) for axis in zip(*sides, strict=True))
    return tuple(zip((x + SITE_ORIGIN_M[0]).tolist(), (y + SITE_ORIGIN_M[1]).tolist(), strict=True))
