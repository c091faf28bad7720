"""Count the labelled real scenes, and simulated ones apart, and print how good the counts are.

Usage: python tools/accuracy.py validation|test [--json PATH]
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from yardwatch.imagery.sites import read_site
from yardwatch.model.site import Track
from yardwatch.pipeline.accuracy import SceneScore, score_file, score_simulated

_DRAWS, _SEED, _ASIDE_M = 4, 7, 1.5
ROOT = Path(__file__).resolve().parents[1]
HEAD = (
    f"{'scene':26}{'GSD':>6}{'truth':>7}{'found':>7}{'prec.':>8}{'recall':>8}{'F1':>8}{'error':>7}"
    f"  {'90 % interval':16}{'held':6}types"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", choices=["validation", "test"])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    shared = Path(os.environ.get("YARDWATCH_SHARED_DATA", ROOT.parent / "shared" / "data"))
    real = list(_table("Real scenes", _real(shared / "scenes", options.role)))
    if options.role == "validation" and (shared / "scenes" / "muttenz").is_dir():
        real += list(_table("muttenz, each track moved aside by U(-1.5, 1.5) m", _moved(shared / "scenes" / "muttenz")))
    simulated = (
        list(_table("Simulated scenes (invented places)", score_simulated())) if options.role == "validation" else []
    )
    if options.json:
        rows = {"real": [asdict(score) for score in real], "simulated": [asdict(score) for score in simulated]}
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0


def _real(folder: Path, role: str) -> Iterator[SceneScore]:
    if not folder.is_dir():
        print(f"skipped: the labelled images are not in {folder}; set YARDWATCH_SHARED_DATA to where they are")
        return
    for meta in sorted(folder.glob("*/meta.json")):
        if json.loads(meta.read_text(encoding="utf-8"))["role"] == role:
            yield score_file(meta.parent)


def _moved(folder: Path) -> Iterator[SceneScore]:
    """A scene with each of its tracks drawn beside the rails, four times by chance."""
    site, _ = read_site(folder / "site.geojson")
    for draw in range(_DRAWS):
        rng = np.random.default_rng((_SEED, draw))
        tracks = tuple(_aside(track, float(rng.uniform(-_ASIDE_M, _ASIDE_M))) for track in site.tracks)
        moved = score_file(folder, site=replace(site, tracks=tracks))
        yield replace(moved, name=f"{moved.name}, draw {draw + 1}")


def _aside(track: Track, offset_m: float) -> Track:
    """The same moved to its left; the site's coordinates are metres."""
    vertices = np.array(track.coordinates)
    along = np.gradient(vertices, axis=0)
    left = np.column_stack([-along[:, 1], along[:, 0]]) / np.hypot(*along.T)[:, None]
    return replace(track, coordinates=tuple(map(tuple, (vertices + offset_m * left).tolist())))


def _table(title: str, scores: Iterator[SceneScore]) -> Iterator[SceneScore]:
    print(f"\n{title}\n{HEAD}")
    held = number = 0
    for score in scores:
        print(
            f"{score.name[:25]:26}{score.gsd_m:6.2f}{score.truth:7d}{score.found:7d}{score.precision:8.3f}"
            f"{score.recall:8.3f}{score.f1:8.3f}{score.count_error:+7d}"
            f"  {score.interval:16}{'yes' if score.held else 'no':6}{_types(score)}",
            flush=True,
        )
        held, number = held + score.held, number + 1
        yield score
    print(f"interval held the truth in {held} of {number} scenes")


def _types(score: SceneScore) -> str:
    return f"{score.typed_right} of {score.typed}" if score.typed else ""


if __name__ == "__main__":
    sys.exit(main())
