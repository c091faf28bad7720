"""What each part of the counting engine adds: F1 with the parts switched on one after the other.

Usage: python tools/ablation.py [--onnx FILE] [--every N]

Real scenes are those for validation; simulated ones, apart, are every Nth yard with cars of the frozen suite.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import suite
import suite_score

from yardwatch.imagery.scenes import Stated, open_scene
from yardwatch.imagery.sites import read_site
from yardwatch.model.grid import Grid
from yardwatch.model.line import Line
from yardwatch.model.ports import SceneReader
from yardwatch.model.ribbon import RibbonSpec
from yardwatch.model.site import Site, frame_of
from yardwatch.pipeline.accuracy import truth_cars
from yardwatch.railcars.calibrating import SPARE_M, lateral_path, narrowed, surely_empty
from yardwatch.railcars.evidence import ColumnEvidence, scene_tone
from yardwatch.railcars.network import OnnxNetwork, shipped_network
from yardwatch.railcars.reading import read_tracks
from yardwatch.railcars.ribbon import RibbonPlan, plan_ribbon
from yardwatch.railcars.scoring import OnTrack, TruthCar, score_cars
from yardwatch.railcars.sharing import ReadTrack, without, yielded_cars
from yardwatch.railcars.strings import SHORTEST_CAR_M, Expected, Weights
from yardwatch.simulate.reading import ArrayReader

ROOT = Path(__file__).resolve().parents[1]
SPEC = RibbonSpec()
LOOSE = Weights(block=0.0, engine_last=0.1, fleet=0.0)


@dataclass(frozen=True, slots=True)
class Parts:
    """What is switched on."""

    name: str
    weights: Weights | None = None
    calm: bool = False
    path: bool = False
    once: bool = False


STEPS = (
    Parts("network only"),
    Parts("+ durations", LOOSE),
    Parts("+ consists", replace(LOOSE, block=Weights().block, engine_last=Weights().engine_last)),
    Parts("+ lengths of the scene", Weights()),
    Parts("+ own empty track", Weights(), calm=True),
    Parts("+ offset path", Weights(), calm=True, path=True),
    Parts("+ each car once", Weights(), calm=True, path=True, once=True),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--onnx", type=Path)
    parser.add_argument("--every", type=int, default=5)
    options = parser.parse_args()
    network = OnnxNetwork(options.onnx.read_bytes(), name=options.onnx.stem) if options.onnx else shipped_network()
    groups = {**{name: [scene] for name, *scene in _real()}, **_simulated(options.every)}
    print(f"{'':24}" + "".join(f"{name[:14]:>16}" for name in groups))
    for parts in STEPS:
        cells = [f"{_f1(scenes, parts, network):16.3f}" for scenes in groups.values()]
        print(f"{parts.name:24}" + "".join(cells), flush=True)
    return 0


def _f1(scenes: list[tuple[SceneReader, Site, list[TruthCar]]], parts: Parts, network: OnnxNetwork) -> float:
    right = both = 0
    for reader, site, truth in scenes:
        lines = {track.name: site.line(track) for track in site.tracks}
        score = score_cars(_found(reader, site, parts, network), truth, lines)
        right, both = right + score.right, both + score.found + score.truth
    return 2 * right / both if both else 1.0


def _found(reader: SceneReader, site: Site, parts: Parts, network: OnnxNetwork) -> list[OnTrack]:
    wide = replace(SPEC, half_width_m=SPEC.half_width_m + SPARE_M)
    lines = [(track.name, site.line(track)) for track in site.tracks]
    planned = [(plan_ribbon(name, line, reader.scene.grid, frame_of(site), spec=wide), line) for name, line in lines]
    plans = [(plan, line) for plan, line in planned if plan is not None]
    evidence = _evidence(reader, [plan for plan, _ in plans], parts, network)
    if parts.weights is None:
        return [car for (plan, _), one in zip(plans, evidence, strict=True) for car in _runs(plan, one)]
    return _decoded(plans, evidence, parts)


def _evidence(reader: SceneReader, plans: list[RibbonPlan], parts: Parts, network: OnnxNetwork) -> list[ColumnEvidence]:
    ribbons = [plan.ribbon(reader.sample(plan.column, plan.row, footprint_px=plan.footprint_px)) for plan in plans]
    drawn = [narrowed(ribbon, None, SPEC.half_width_m) for ribbon in ribbons]
    gsd_m, tone = reader.scene.gsd_m, scene_tone(drawn)
    first = network.read(drawn, gsd_m=gsd_m, tone=tone)
    if not parts.calm:
        return first
    paths = [lateral_path(one, step_m=SPEC.step_m) if parts.path else np.zeros(len(one.readable)) for one in first]
    calm = [surely_empty(one, step_m=SPEC.step_m) for one in first]
    moved = [narrowed(ribbon, path, SPEC.half_width_m) for ribbon, path in zip(ribbons, paths, strict=True)]
    again = network.read(moved, gsd_m=gsd_m, calm=calm, tone=tone)
    return [replace(one, offset_m=one.offset_m + path) for one, path in zip(again, paths, strict=True)]


def _runs(plan: RibbonPlan, read: ColumnEvidence) -> list[OnTrack]:
    """Runs of columns that are most probably a body, long enough for a car."""
    body = (read.states.argmax(0) == 2) & read.readable
    edges = np.flatnonzero(np.diff(np.concatenate([[False], body, [False]]).astype(np.int8))).reshape(-1, 2)
    long = [(a, b) for a, b in edges.tolist() if (b - a) * SPEC.step_m >= SHORTEST_CAR_M]
    return [_on_track(plan, a, b, float(np.median(read.offset_m[a:b]))) for a, b in long]


def _decoded(plans: list[tuple[RibbonPlan, Line]], evidence: list[ColumnEvidence], parts: Parts) -> list[OnTrack]:
    expected = Expected(weights=parts.weights or Weights())
    readings = read_tracks(evidence, step_m=SPEC.step_m, expected=expected)
    if parts.once:
        tracks = [ReadTrack(line, plan.chainages_m, one) for (plan, line), one in zip(plans, readings, strict=True)]
        lost = yielded_cars(tracks)
        kept = [without(one, [y for y in lost if y.track == index]) for index, one in enumerate(evidence)]
        readings = read_tracks(kept, step_m=SPEC.step_m, expected=expected)
    return [
        _on_track(plan, car.start, car.end, car.offset_m)
        for (plan, _), reading in zip(plans, readings, strict=True)
        for car in reading.cars
    ]


def _on_track(plan: RibbonPlan, start: int, end: int, offset_m: float) -> OnTrack:
    first = float(plan.chainages_m[0]) - SPEC.step_m / 2
    return OnTrack(plan.track, first + start * SPEC.step_m, first + end * SPEC.step_m, offset_m)


def _real() -> Iterator[tuple[str, SceneReader, Site, list[TruthCar]]]:
    shared = Path(os.environ.get("YARDWATCH_SHARED_DATA", ROOT.parent / "shared" / "data")) / "scenes"
    for meta in sorted(shared.glob("*/meta.json")):
        facts = json.loads(meta.read_text("utf-8"))
        labels = json.loads((meta.parent / "truth.geojson").read_text("utf-8"))["features"]
        if facts["role"] == "validation" and labels:
            site, _ = read_site(meta.parent / "site.geojson")
            stated = Stated(gsd_m=facts["gsd_m"])
            reader = open_scene(meta.parent / "image.tif", site_crs=site.crs, frame=frame_of(site), stated=stated)
            yield meta.parent.name, reader, site, truth_cars(labels, frame_of(site))


def _simulated(every: int) -> dict[str, list[tuple[SceneReader, Site, list[TruthCar]]]]:
    groups: dict[str, list[tuple[SceneReader, Site, list[TruthCar]]]] = {}
    for path in [path for path in suite.rendered() if "-cars-" in path.stem][::every]:
        with np.load(path) as kept:
            pixels, facts = kept["pixels"], json.loads(str(kept["facts"]))
        site = suite_score._site(facts)
        grid = Grid(facts["crs"], tuple(facts["transform"]), pixels.shape[2], pixels.shape[1])
        reader = ArrayReader(pixels, grid, gsd_m=facts["gsd_m"], name=path.stem)
        truth = suite_score._truth(facts, frame_of(site), 1.0)
        groups.setdefault(f"sim. {path.stem.split('-')[0]}", []).append((reader, site, truth))
    return groups


if __name__ == "__main__":
    sys.exit(main())
