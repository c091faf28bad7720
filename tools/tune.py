"""How much the evidence should count: F1 and interval coverage over simulated ribbons that no training saw.

Prints a table to choose the defaults of `yardwatch.railcars.strings.Weights` by; docs/explanation/accuracy.md says how.
"""

import argparse
import itertools
import sys
from pathlib import Path

import numpy as np

from yardwatch.model.line import Line
from yardwatch.model.ribbon import Ribbon
from yardwatch.railcars.evidence import ColumnEvidence
from yardwatch.railcars.network import OnnxNetwork, shipped_network
from yardwatch.railcars.reading import FoundCar, counted_numbers, read_tracks
from yardwatch.railcars.scoring import OnTrack, TruthCar, score_cars
from yardwatch.railcars.strings import Expected, Weights
from yardwatch.simulate import SimulatedRibbon, random_ribbon

SEED = 9001
LENGTH_M = 256.0
STEP_M = 0.25
SHORTEST_SEEN_M = 7.0
LINE = {"": Line.through([0.0, LENGTH_M], [0.0, 0.0])}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ribbons", type=int, default=200)
    parser.add_argument("--network", type=Path)
    parser.add_argument("--columns", type=float, nargs="+", default=[0.3, 0.6, 1.0, 1.5])
    parser.add_argument("--ends", type=float, nargs="+", default=[0.5, 1.0, 1.5])
    options = parser.parse_args()
    network = OnnxNetwork(options.network.read_bytes(), name="other") if options.network else shipped_network()
    ribbons, evidence = [], []
    for index in range(options.ribbons):
        simulated = random_ribbon(np.random.default_rng((SEED, index)), length_m=LENGTH_M)
        spare = (len(simulated.ribbon.offsets_m) - 41) // 2
        evidence += network.read([_narrowed(simulated, spare)], gsd_m=simulated.conditions.sensor.gsd_m)
        ribbons.append(simulated)
    print(f"{'columns':>8}{'ends':>6}{'F1':>8}{'error':>8}{'held':>8}{'width':>8}{'false alarms on empty':>24}")
    for columns, ends in itertools.product(options.columns, options.ends):
        print(_row(ribbons, evidence, Weights(columns=columns, ends=ends)), flush=True)
    return 0


def _narrowed(simulated: SimulatedRibbon, spare: int) -> Ribbon:
    ribbon = simulated.ribbon
    rows = slice(spare, len(ribbon.offsets_m) - spare)
    return Ribbon("", ribbon.chainages_m, ribbon.offsets_m[rows], ribbon.pixels[:, rows])


def _row(ribbons: list[SimulatedRibbon], evidence: list[ColumnEvidence], weights: Weights) -> str:
    readings = read_tracks(evidence, step_m=STEP_M, expected=Expected(weights=weights))
    everywhere = [np.ones(len(reading.occupied), bool) for reading in readings]
    numbers = counted_numbers(readings, everywhere, step_m=STEP_M)
    right = found = truth = held = full = alarms = empty = 0
    errors, widths = [], []
    for simulated, reading, (lowest, chances) in zip(ribbons, readings, numbers, strict=True):
        if (simulated.labels < 0).any():
            continue
        labels = [_label(car.start_m, car.end_m, car.offset_m) for car in simulated.cars]
        score = score_cars([_found(car) for car in reading.cars], labels, LINE)
        right, found, truth = right + score.right, found + score.found, truth + score.truth
        low, middle, high = (lowest + int(np.searchsorted(np.cumsum(chances), q)) for q in (0.05, 0.5, 0.95))
        number = sum(_seen_m(car.start_m, car.end_m) >= SHORTEST_SEEN_M for car in simulated.cars)
        errors.append(abs(middle - number))
        if number:
            held, full, widths = held + (low <= number <= high), full + 1, [*widths, (high - low) / number]
        else:
            alarms, empty = alarms + (score.found > 0), empty + 1
    f1 = 2 * right / max(found + truth, 1)
    return (
        f"{weights.columns:8.2f}{weights.ends:6.2f}{f1:8.3f}{np.mean(errors):8.2f}{held / max(full, 1):8.2f}"
        f"{np.median(widths):8.2f}{alarms:17d} of {empty}"
    )


def _label(start_m: float, end_m: float, offset_m: float) -> TruthCar:
    corners = [[start_m, offset_m - 1.5], [end_m, offset_m - 1.5], [end_m, offset_m + 1.5], [start_m, offset_m + 1.5]]
    return TruthCar(np.array(corners), _in_view(start_m, end_m), None)


def _seen_m(start_m: float, end_m: float) -> float:
    return max(0.0, min(end_m, LENGTH_M) - max(start_m, 0.0))


def _in_view(start_m: float, end_m: float) -> float:
    return _seen_m(start_m, end_m) / (end_m - start_m)


def _found(car: FoundCar) -> OnTrack:
    return OnTrack("", STEP_M * car.start, STEP_M * car.end, car.offset_m)


if __name__ == "__main__":
    sys.exit(main())
