"""Judge the simulator: how well a classifier tells simulated ribbons from real ones, and by what.

Usage: python tools/judge.py [--ribbons N] [--picture FILE] [--docs-picture FILE] [--json PATH]

Real ribbons are those of the scenes for validation; simulated ones are made for the same ground sample distance. Both
are brought to one scale by what the network reads. Each scene is judged twice: by classifiers that never saw it, and by
classifiers that saw other tracks of it.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import judge_features
import judge_model
import numpy as np
from judge_pictures import save_sheet
from numpy.typing import NDArray

from yardwatch.imagery.scenes import Stated, open_scene
from yardwatch.imagery.sites import read_site
from yardwatch.model.line import Line
from yardwatch.model.ribbon import Ribbon, RibbonSpec
from yardwatch.model.site import frame_of
from yardwatch.pipeline.accuracy import truth_cars
from yardwatch.railcars.evidence import network_input
from yardwatch.railcars.ribbon import RibbonPlan, plan_ribbon
from yardwatch.railcars.scoring import TruthCar
from yardwatch.simulate import random_conditions, random_ribbon

ROOT = Path(__file__).resolve().parents[1]
SEED = 40_961
STRETCH = 128
MOST = 140
FINEST_GSD_M = 0.2
EMPTY_SHARE, OCCUPIED_SHARE = 0.02, 0.5
LENGTH_M = 240.0


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A piece of ribbon to be judged."""

    scene: str
    """The real scene it is of, or was simulated like."""
    real: bool
    """Whether it is real."""
    group: str
    """Its track, or the simulated ribbon it is of."""
    occupied: bool
    """Whether cars stand on it, or none."""
    pixels: NDArray[np.float32]
    """Shape (3, rows, columns), on the network's scale."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--ribbons", type=int, default=80, help="simulated for each real scene")
    parser.add_argument("--picture", type=Path, help="the ribbons that give it away, real ones beside them")
    parser.add_argument("--docs-picture", type=Path, help="simulated ones only")
    parser.add_argument("--features", type=Path, help="keep the features of all stretches (NPZ)")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    shared = Path(os.environ.get("YARDWATCH_SHARED_DATA", ROOT.parent / "shared" / "data")) / "scenes"
    if not shared.is_dir():
        print(f"skipped: the real images are not in {shared}; set YARDWATCH_SHARED_DATA to where they are")
        return 0
    stretches = list(_stretches(shared, options.ribbons))
    report: dict[str, object] = {}
    for name, occupied in (("empty track", False), ("under cars", True)):
        chosen = [stretch for stretch in stretches if stretch.occupied == occupied]
        scores, report[name] = judged(name, chosen, options.features)
        if options.picture:
            save_sheet(options.picture.with_stem(f"{options.picture.stem}-{name.replace(' ', '-')}"), chosen, scores)
        if options.docs_picture and occupied:
            save_sheet(options.docs_picture, [s for s in chosen if not s.real], scores[[not s.real for s in chosen]])
    if options.json:
        options.json.write_text(json.dumps(report, indent=1), encoding="utf-8")
    return 0


def judged(name: str, stretches: Sequence[Stretch], keep: Path | None) -> tuple[NDArray[np.float64], dict[str, object]]:
    """Print how well they are told apart and by what; the score of each by the best classifier, and the figures."""
    rows = [judge_features.features(stretch.pixels) for stretch in stretches]
    names, raw = list(rows[0]), np.array([list(row.values()) for row in rows])
    real, scenes = np.array([s.real for s in stretches]), np.array([s.scene for s in stretches])
    groups = np.array([f"{s.scene} {s.group}" for s in stretches])
    if keep:
        kept = keep.with_stem(f"{keep.stem}-{name.replace(' ', '-')}")
        np.savez_compressed(kept, raw=raw, real=real, scenes=scenes, groups=groups, names=np.array(names))
    print(f"\n== {name}: {int(real.sum())} real stretches of {STRETCH * 0.25:g} m, {int((~real).sum())} simulated")
    values = judge_model.beside_simulated(raw, real, scenes)
    scores, found = {}, {}
    for title, fit in judge_model.FITS.items():
        for knows, folds in (("unseen", scenes), ("known", judge_model.folds(groups))):
            scores[title, knows] = judge_model.cross_validated(fit, values, real, scenes, folds)
            found[f"{title}, scene {knows}"] = judge_model.by_scene(scores[title, knows], real, scenes)
    for title, one in found.items():
        print(f"{title:28}" + "  ".join(f"{scene} {value:.3f}" for scene, value in one.items()))
    best = max(judge_model.FITS, key=lambda title: found[f"{title}, scene unseen"]["mean"])
    given_away = _giveaways(names, raw, real, scenes)
    return scores[best, "unseen"], {"auc": found, "giveaways": given_away}


def _giveaways(
    names: list[str], values: NDArray[np.float64], real: NDArray[np.bool_], scenes: NDArray[np.str_]
) -> list[dict[str, object]]:
    """Features by how far, in all scenes the same way, real ones lie from simulated ones."""
    rows = []
    for number, name in enumerate(names):
        by_scene = {}
        for scene in sorted(set(scenes[real].tolist())):
            ours, theirs = (values[(scenes == scene) & (real == kind), number] for kind in (False, True))
            alone = judge_model.auc(np.append(ours, theirs), np.append(ours * 0, theirs * 0 + 1) > 0)
            by_scene[scene] = [float(np.median(theirs)), alone, *np.percentile(ours, [5, 50, 95]).tolist()]
        alone = np.array([one[1] for one in by_scene.values()])
        rows.append({"feature": name, "auc": float(alone.mean()), "scenes": by_scene})
    rows.sort(key=lambda row: -abs(float(str(row["auc"])) - 0.5))
    for row in rows[:22]:
        print(f"  {row['auc']:.2f} {row['feature']}")
        for scene, (median, alone, low, middle, high) in row["scenes"].items():  # type: ignore[attr-defined]
            ours = f"{middle:7.2f} ({low:.2f} to {high:.2f})"
            print(f"       {scene:16} real {median:7.2f}   simulated {ours}  AUC {alone:.2f}")
    return rows


def _stretches(folder: Path, ribbons: int) -> Iterator[Stretch]:
    rng = np.random.default_rng(SEED)
    for number, meta in enumerate(sorted(folder.glob("*/meta.json"))):
        facts = json.loads(meta.read_text(encoding="utf-8"))
        if facts["role"] != "validation":
            continue
        found = list(_real(meta.parent, facts["gsd_m"]))
        keep = rng.permutation(len(found))[:MOST]
        yield from (found[index] for index in keep)
        for ribbon in range(ribbons):
            yield from _simulated((SEED, number, ribbon), meta.parent.name, facts["gsd_m"])
        print(f"{meta.parent.name}: {len(keep)} real stretches", file=sys.stderr, flush=True)


def _real(folder: Path, gsd_m: float) -> Iterator[Stretch]:
    site, _ = read_site(folder / "site.geojson")
    frame = frame_of(site)
    labels = truth_cars(json.loads((folder / "truth.geojson").read_text(encoding="utf-8"))["features"], frame)
    with open_scene(folder / "image.tif", site_crs=site.crs, frame=frame, stated=Stated(gsd_m=gsd_m)) as reader:
        for track in site.tracks:
            line = site.line(track)
            plan = plan_ribbon(track.name, line, reader.scene.grid, frame, spec=RibbonSpec())
            if plan is not None:
                pixels = reader.sample(plan.column, plan.row, footprint_px=plan.footprint_px)
                yield from _cut(plan.ribbon(pixels), _covered(plan, line, labels), folder.name, gsd_m, real=True)


def _simulated(seed: tuple[int, int, int], scene: str, gsd_m: float) -> Iterator[Stretch]:
    rng, number = np.random.default_rng(seed), seed[2]
    gsd_m = max(gsd_m, FINEST_GSD_M) * float(rng.uniform(0.95, 1.05))
    occupancy = None if rng.random() < 0.6 else float(rng.uniform(0.5, 1))
    conditions = random_conditions(rng, gsd_m=gsd_m)
    made = random_ribbon(rng, length_m=LENGTH_M, spec=RibbonSpec(), conditions=conditions, occupancy=occupancy)
    if not (made.labels < 0).any():
        ribbon = replace(made.ribbon, track=str(number))
        yield from _cut(ribbon, made.labels > 0, scene, gsd_m, real=False)


def _cut(ribbon: Ribbon, covered: NDArray[np.bool_], scene: str, gsd_m: float, *, real: bool) -> Iterator[Stretch]:
    """Stretches, each half over the next, all seen, empty or mostly under cars, each on a scale of its own."""
    for first in range(0, ribbon.pixels.shape[2] - STRETCH + 1, STRETCH // 2):
        columns = slice(first, first + STRETCH)
        pixels, share = ribbon.pixels[:, :, columns], float(covered[columns].mean())
        if np.isfinite(pixels).all() and not EMPTY_SHARE < share < OCCUPIED_SHARE:
            part = Ribbon(ribbon.track, ribbon.chainages_m[columns], ribbon.offsets_m, pixels)
            [ready], _ = network_input([part], gsd_m=gsd_m)
            yield Stretch(scene, real, ribbon.track, share >= OCCUPIED_SHARE, ready[:3])


def _covered(plan: RibbonPlan, line: Line, labels: Sequence[TruthCar]) -> NDArray[np.bool_]:
    """Which columns of a ribbon a labelled car covers."""
    covered = np.zeros(len(plan.chainages_m), bool)
    for label in labels:
        _, [aside_m] = line.locate(*label.corners_m.mean(0, keepdims=True).T)
        if abs(aside_m) < 2.0:
            along_m, _ = line.locate(*label.corners_m.T)
            covered |= (plan.chainages_m > along_m.min()) & (plan.chainages_m < along_m.max())
    return covered


if __name__ == "__main__":
    sys.exit(main())
