"""How good an evidence network is: on scenes that persons checked, and on simulated ribbons."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from yardwatch.model.ports import WorkspaceStore
from yardwatch.model.railcar import Count, Railcar
from yardwatch.model.ribbon import RibbonSpec
from yardwatch.model.site import Site, frame_of
from yardwatch.pipeline.counting import count_scene
from yardwatch.pipeline.reopening import reopened
from yardwatch.railcars.calibrating import SPARE_M, read_calibrated
from yardwatch.railcars.evidence import Network
from yardwatch.railcars.reading import read_tracks
from yardwatch.railcars.scoring import OnTrack, TruthCar, score_cars
from yardwatch.simulate import random_ribbon

__all__ = ["Found", "judge_on_scenes", "judge_on_simulated"]

_LENGTH_M = 208.0
_OVERLAP = 0.5
_SEEN = 0.5
_JUDGING = 7_919


@dataclass(frozen=True, slots=True)
class Found:
    """How many cars a network found, and how many of them rightly."""

    truth: int
    """Cars that stand there."""
    found: int
    """Cars that it found."""
    right: int
    """Cars that it found and that stand there."""

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 where nothing stands and nothing was found."""
        return 2 * self.right / (self.found + self.truth) if self.found + self.truth else 1.0

    def __add__(self, other: "Found") -> "Found":
        return Found(self.truth + other.truth, self.found + other.found, self.right + other.right)


def judge_on_scenes(store: WorkspaceStore, counts: Sequence[Count], network: Network) -> Found:
    """Count scenes again with a network and hold it against what persons left on the tracks that they checked.

    Parameters
    ----------
    store : WorkspaceStore
        Where the scenes are.
    counts : sequence of Count
        Their counts as persons corrected them.
    network : Network
        What is judged.

    Raises
    ------
    InputError
        If the file of a scene is gone or has changed.
    """
    site, total = store.site(), Found(0, 0, 0)
    for count in counts:
        with reopened(store, site, count.scene) as reader:
            total += _against(count, count_scene(reader, site, network=network).count, site)
    return total


def judge_on_simulated(network: Network, *, ribbons: int, seed: int) -> Found:
    """Read simulated ribbons that no training used and hold them against their truth.

    Two cars are the same when they overlap along the track by half; a car less than half in view is left aside, and so
    is what matches it.
    """
    spec, total = RibbonSpec(half_width_m=RibbonSpec().half_width_m + SPARE_M), Found(0, 0, 0)
    for child in np.random.SeedSequence((seed, _JUDGING)).spawn(ribbons):
        simulated = random_ribbon(np.random.default_rng(child), length_m=_LENGTH_M, spec=spec)
        ribbon, step_m = simulated.ribbon, simulated.ribbon.step_m
        evidence = read_calibrated(
            network, [ribbon], gsd_m=simulated.conditions.sensor.gsd_m, half_width_m=RibbonSpec().half_width_m
        )
        (reading,) = read_tracks(evidence, step_m=step_m)
        origin_m = float(ribbon.chainages_m[0]) - step_m / 2
        found = [(origin_m + step_m * car.start, origin_m + step_m * car.end) for car in reading.cars]
        cars = [(car.start_m + car.lean_along_m, car.end_m + car.lean_along_m) for car in simulated.cars]
        seen = [
            bool(
                (simulated.labels[(ribbon.chainages_m >= low) & (ribbon.chainages_m < high)] > 0).sum() * step_m
                >= _SEEN * (high - low)
            )
            for low, high in cars
        ]
        total += _matched(found, cars, seen)
    return total


def _against(truth: Count, count: Count, site: Site) -> Found:
    checked = {track.name: track for track in truth.tracks if track.checked_by}

    def shown(car: Railcar) -> bool:
        middle_m = (car.start_m + car.end_m) / 2
        return car.track in checked and not any(
            low <= middle_m <= high for low, high in checked[car.track].hidden_stretches
        )

    frame, total = frame_of(site), Found(0, 0, 0)
    for name in checked:
        found = [
            OnTrack(car.track, car.start_m, car.end_m, car.offset_m)
            for car in count.railcars
            if car.track == name and shown(car)
        ]
        standing = [car for car in truth.railcars if car.track == name and shown(car)]
        outlines = [np.column_stack(frame.to_local(*np.array(car.footprint[:-1]).T)) for car in standing]
        cars = [TruthCar(outline, 1.0, car.type) for outline, car in zip(outlines, standing, strict=True)]
        score = score_cars(found, cars, {name: site.line(site.track(name))})
        total += Found(score.truth, score.found, score.right)
    return total


def _matched(found: Sequence[tuple[float, float]], cars: Sequence[tuple[float, float]], seen: Sequence[bool]) -> Found:
    overlap = np.array([[_shared(one, car) for car in cars] for one in found]).reshape(len(found), len(cars))
    rows, columns = linear_sum_assignment(-overlap)
    matches = [int(c) for r, c in zip(rows, columns, strict=True) if overlap[r, c] >= _OVERLAP]
    aside = sum(not seen[car] for car in matches)
    return Found(sum(seen), len(found) - aside, len(matches) - aside)


def _shared(one: tuple[float, float], other: tuple[float, float]) -> float:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return max(0.0, shared / (max(one[1], other[1]) - min(one[0], other[0])))
