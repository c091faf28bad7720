"""How long an audit of a large workspace takes, apart from hashing its images.

    python tools/audit_speed.py --scenes 1000

makes a workspace of an invented yard with that many scenes, each with a small file, a count of 20 railcars and an
observation.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from flip_bytes import EAST_M, NORTH_M, SITE

from yardwatch.model.grid import Grid
from yardwatch.model.provenance import Provenance
from yardwatch.model.quantity import Qualifier
from yardwatch.model.railcar import Count, Interval, Railcar, String, Tally, TrackCoverage
from yardwatch.model.scene import Scene
from yardwatch.pipeline import audit_workspace, observations_of
from yardwatch.workspace import create_workspace

_MADE = Provenance("0", "none/1", {"step_m": 0.25}, {})


def main() -> int:
    """Make, audit, tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=int, default=1000)
    options = parser.parse_args()
    chance = random.Random(20261122)  # noqa: S311 -- a fixed seed
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "workspace"
        _make(folder, options.scenes, chance)
        start, cpu = time.perf_counter(), time.process_time()
        audit = audit_workspace(folder)
        seconds = {"wall_s": time.perf_counter() - start, "cpu_s": time.process_time() - cpu}
    rounded = {name: round(value, 2) for name, value in seconds.items()}
    print(json.dumps({"verdict": audit.verdict, **dict(audit.checked), **rounded}, indent=2))
    return 0 if audit.intact else 1


def _make(folder: Path, scenes: int, chance: random.Random) -> None:
    with create_workspace(folder, SITE) as store:
        for number in range(scenes):
            image = folder / f"{number}.tif"
            image.write_bytes(chance.randbytes(100))
            count = _count(_scene(number, sha256(image.read_bytes()).hexdigest()))
            store.add_scene(count.scene, str(image))
            store.save_count(count, "count/1", observations_of(count, step="count/1", recorded_at=datetime.now(UTC)))


def _scene(number: int, digest: str) -> Scene:
    grid = Grid("EPSG:32652", (0.5, 0, EAST_M, 0, -0.5, NORTH_M + 100), 800, 200)
    return Scene(f"{number}-{digest[:8]}", f"{number}.tif", digest, grid, 0.5, 3, "uint8")


def _count(scene: Scene) -> Count:
    cars = tuple(_car(number) for number in range(20))
    metres = {"visible_m": 390.0, "hidden_m": 0.0, "outside_m": 0.0, "occupied_m": 260.0}
    types = {"tank": Interval(20, 19, 21)}
    return Count(
        scene=scene,
        railcars=cars,
        strings=(String("T1", 0.0, 280.0, tuple(car.id for car in cars)),),
        tracks=(TrackCoverage("T1", 390.0, 390.0, 0.0, 0.0, 260.0),),
        tallies=tuple(Tally(zone, 20, 19, 21, 0.9, Qualifier.ABOUT, types, **metres) for zone in ("Yard", None)),
        notices=(),
        provenance=_MADE,
    )


def _car(number: int) -> Railcar:
    start_m = 14.0 * number
    x, y = EAST_M + start_m, NORTH_M + 50
    ring = ((x, y - 1.5), (x + 13, y - 1.5), (x + 13, y + 1.5), (x, y + 1.5), (x, y - 1.5))
    shares = {"tank": 0.9, "covered": 0.1}
    return Railcar(f"r{number}", "T1", start_m, start_m + 13, 0.0, 3.0, "tank", None, shares, 0.9, "Yard", ring)


if __name__ == "__main__":
    sys.exit(main())
