"""How far the count's distribution must be widened for its 90 % intervals to hold on simulated yards.

Usage: python tools/calibrate.py [--onnx FILE] [--each N]

The yards follow the recipe of the frozen suite with seeds of their own, and are rendered with the renderer of today
into build/calibration. Neither training nor the suite has seen them. `common_error` in `railcars/tally.py` follows what
this prints.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import suite_recipe
import suite_score
from suite_recipe import STRATA_M

from yardwatch.model.frame import Floats
from yardwatch.model.grid import Grid
from yardwatch.model.site import frame_of
from yardwatch.pipeline import counting
from yardwatch.pipeline.calibration import Forecast, coverage, interval_score, median_relative_width
from yardwatch.railcars import tally
from yardwatch.railcars.network import OnnxNetwork, shipped_network
from yardwatch.simulate.reading import ArrayReader

FOLDER = Path(__file__).resolve().parents[1] / "build" / "calibration"
SEED = 31_415_926
ERRORS = (0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.10)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--onnx", type=Path)
    parser.add_argument("--each", type=int, default=40, help="yards of each resolution")
    options = parser.parse_args()
    network = OnnxNetwork(options.onnx.read_bytes(), name=options.onnx.stem) if options.onnx else shipped_network()
    counting.common_error = lambda gsd_m: 0.0  # noqa: ARG005 -- the counts are widened below
    counted = [(path.stem.split("-")[0], *_counted(path, network)) for path in _yards(options.each)]
    for stratum in (*STRATA_M, "all"):
        own = [(truth, number) for name, truth, number in counted if stratum in ("all", name) and truth]
        print(f"\n{stratum}: {len(own)} yards with cars\n{'error':>7}{'held':>8}{'width':>8}{'score':>8}")
        for error in ERRORS:
            forecasts = [_forecast(truth, number, error) for truth, number in own]
            held, width = coverage(forecasts), median_relative_width(forecasts)
            score = float(np.mean([interval_score(one, level=tally.LEVEL) for one in forecasts]))
            print(f"{error:7.2f}{held:8.3f}{width:8.3f}{score:8.2f}")
    return 0


def _yards(each: int) -> list[Path]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    paths = []
    for stratum, (name, gsd_m) in enumerate(STRATA_M.items()):
        for number in range(each):
            path = FOLDER / f"{name}-{number:03d}.npz"
            if not path.is_file():
                rng = np.random.default_rng((SEED, stratum, number))
                item = suite_recipe._item(path.stem, rng, gsd_m, occupied=True)
                facts = json.dumps(item.facts, sort_keys=True, allow_nan=False)
                np.savez_compressed(path, pixels=item.rendered.pixels, facts=np.array(facts))
            paths.append(path)
    return paths


def _counted(path: Path, network: OnnxNetwork) -> tuple[int, tally.Number]:
    """How many cars stand in a yard, and the distribution of the count."""
    with np.load(path) as kept:
        pixels, facts = kept["pixels"], json.loads(str(kept["facts"]))
    site = suite_score._site(facts)
    grid = Grid(facts["crs"], tuple(facts["transform"]), pixels.shape[2], pixels.shape[1])
    counted = counting.count_scene(
        ArrayReader(pixels, grid, gsd_m=facts["gsd_m"], name=path.stem), site, network=network
    )
    truth = suite_score._truth(facts, frame_of(site), 1.0)
    return sum(car.fraction_in_view >= suite_score.SEEN for car in truth), counted.numbers[None]


def _forecast(truth: int, number: tuple[int, Floats], error: float) -> Forecast:
    lowest, chances = tally.widened(*number, error=error)
    bounds = tally.interval_of(lowest, chances)
    return Forecast(truth, bounds.low, bounds.high, lowest, tuple(chances.tolist()))


if __name__ == "__main__":
    sys.exit(main())
