"""How far the count's distribution must be widened for its 90 % intervals to hold on simulated yards.

Usage: python tools/calibrate.py [--onnx FILE] [--each N]

The yards follow the recipe of the frozen suite, are rendered with its renderer into build/calibration, and have seeds
of their own. Neither training nor the suite has seen them. `railcars/widening.py` follows what this prints.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import suite_recipe
from suite_recipe import STRATA_M
from suite_renderer import draw_with_suite_renderer

FOLDER = Path(__file__).resolve().parents[1] / "build" / "calibration"
SEED = 6_611_122
MODELS = (
    (0.0, 0.0, 0.0), (0.04, 0.0, 0.0), (0.06, 0.0, 0.0), (0.08, 0.0, 0.0), (0.1, 0.0, 0.0), (0.03, 0.12, 0.0),
    (0.03, 0.12, 3.0), (0.03, 0.12, 5.0), (0.03, 0.12, 7.0), (0.02, 0.18, 5.0), (0.02, 0.18, 7.0), (0.0, 0.25, 5.0),
)  # fmt: skip
"""Shared, each, known: as in `ErrorModel`."""
LEAST_CHANCE = 1e-4

Counted = tuple[str, int, int, tuple[float, ...], tuple[bool, ...]]
"""Stratum, cars that stand there, the distribution of the count from its lowest number on, and for each type that is
said whether its interval, as it ships, holds the truth."""


def main() -> int:
    if sys.argv[1:2] == ["draw"]:
        draw(int(sys.argv[2]))
        return 0
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--onnx", type=Path)
    parser.add_argument("--each", type=int, default=230, help="yards of each resolution")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    draw_with_suite_renderer(__file__, str(options.each))
    paths = [FOLDER / f"{name}-{number:03d}.npz" for name in STRATA_M for number in range(options.each)]
    with get_context("spawn").Pool(2) as pool:
        counted = list(pool.imap(partial(count, onnx=options.onnx), paths, chunksize=4))
    for stratum in (*STRATA_M, "all"):
        tell(stratum, [one for one in counted if stratum in ("all", one[0]) and one[1]])
    return 0


def draw(each: int) -> None:
    """Invent and render so many yards with cars of each resolution, without those that are there."""
    for stratum, (name, gsd_m) in enumerate(STRATA_M.items()):
        for number in range(each):
            path = FOLDER / f"{name}-{number:03d}.npz"
            if not path.is_file():
                rng = np.random.default_rng((SEED, stratum, 1, number))
                item = suite_recipe._item(path.stem, rng, gsd_m, occupied=True)
                facts = json.dumps(item.facts, sort_keys=True, allow_nan=False)
                np.savez_compressed(path, pixels=item.rendered.pixels, facts=np.array(facts))


def count(path: Path, *, onnx: Path | None) -> Counted:
    """Count one yard without widening and without asking whether anything stands there."""
    import suite_score  # noqa: PLC0415 -- drawing has an older package, without what this needs

    from yardwatch.model.grid import Grid  # noqa: PLC0415
    from yardwatch.model.site import frame_of  # noqa: PLC0415
    from yardwatch.pipeline import counting  # noqa: PLC0415
    from yardwatch.railcars.network import OnnxNetwork, shipped_network  # noqa: PLC0415
    from yardwatch.railcars.widening import ErrorModel  # noqa: PLC0415
    from yardwatch.simulate.reading import ArrayReader  # noqa: PLC0415

    counting.error_model = lambda gsd_m: ErrorModel(0.0, 0.0, 0.0)  # noqa: ARG005 -- widened below
    counting.chance_of_none = lambda readings, **_: 0.0  # noqa: ARG005 -- comes after the widening
    network = OnnxNetwork(onnx.read_bytes(), name=onnx.stem) if onnx else shipped_network()
    with np.load(path) as kept:
        pixels, facts = kept["pixels"], json.loads(str(kept["facts"]))
    site = suite_score._site(facts)
    grid = Grid(facts["crs"], tuple(facts["transform"]), pixels.shape[2], pixels.shape[1])
    reader = ArrayReader(pixels, grid, gsd_m=facts["gsd_m"], name=path.stem)
    counted = counting.count_scene(reader, site, network=network)
    lowest, chances = counted.numbers[None]
    truth = suite_score._truth(facts, frame_of(site), 1.0)
    standing = Counter(car.type for car in truth if car.fraction_in_view >= suite_score.SEEN)
    standing["flat_or_container"] = standing["flat"] + standing["container"]
    said = {kind: number for kind, number in counted.count.total.by_type.items() if kind != "unknown"}
    held = tuple(number.low <= standing[kind] <= (number.high or 0) for kind, number in said.items())
    cars = standing.total() - standing["flat_or_container"]
    return path.stem.split("-")[0], cars, lowest, tuple(chances.tolist()), held


def tell(stratum: str, counted: Sequence[Counted]) -> None:
    """Print how well the intervals of each model hold."""
    from yardwatch.pipeline.calibration import (  # noqa: PLC0415
        Forecast,
        coverage,
        interval_score,
        median_relative_width,
    )
    from yardwatch.railcars.tally import LEVEL, interval_of  # noqa: PLC0415
    from yardwatch.railcars.widening import ErrorModel, widened  # noqa: PLC0415

    print(f"\n{stratum}: {len(counted)} yards with cars")
    print(f"{'shared':>8}{'each':>8}{'known':>8}{'held':>8}{'width':>8}{'score':>8}{'log':>8}")
    for model in MODELS:
        forecasts, surprise = [], []
        for _, truth, lowest, chances, _ in counted:
            first, wide = widened(lowest, np.array(chances), errors=ErrorModel(*model))
            bounds = interval_of(first, wide)
            forecasts.append(Forecast(truth, bounds.low, bounds.high, first, tuple(wide.tolist())))
            right = wide[truth - first] if 0 <= truth - first < len(wide) else 0.0
            surprise.append(-np.log(max(float(right), LEAST_CHANCE)))
        score = float(np.mean([interval_score(one, level=LEVEL) for one in forecasts]))
        held, width = coverage(forecasts), median_relative_width(forecasts)
        row = "".join(f"{value:8.2f}" for value in model)
        print(f"{row}{held:8.3f}{width:8.3f}{score:8.2f}{np.mean(surprise):8.3f}")
    of_types = [held for *_, types in counted for held in types]
    print(f"by type, as they ship: held {np.mean(of_types or [1]):.3f} of {len(of_types)}")


if __name__ == "__main__":
    sys.exit(main())
