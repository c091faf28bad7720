"""Flip single bits all over a workspace, one at a time, and see whether `yardwatch audit` finds each.

    python tools/flip_bytes.py --flips 10000

makes a small workspace of an invented yard (images, chips, observations, a person's words, an edition), or takes a copy
of one with --workspace. Half of the flips are spread evenly over all bytes, half over the files.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from yardwatch.model.dates import parse_when
from yardwatch.model.grid import Grid
from yardwatch.model.observation import Observation
from yardwatch.model.publishing import AuditHead, Edition, SignOff
from yardwatch.model.quantity import parse_quantity
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site, Track, Zone
from yardwatch.pipeline import audit_workspace
from yardwatch.workspace import create_workspace

EAST_M, NORTH_M = 500_000.0, 4_690_000.0
RING = tuple((EAST_M + x, NORTH_M + y) for x, y in ((0, 0), (400, 0), (400, 100), (0, 100), (0, 0)))
SITE = Site(
    "Invented yard",
    "EPSG:32652",
    (Zone("Yard", "rail_yard", (RING,)),),
    (Track("T1", ((EAST_M, NORTH_M + 50), (EAST_M + 390, NORTH_M + 50)), zone="Yard"),),
)


def main() -> int:
    """Flip, audit, put back; say what was not found."""
    options = _options()
    chance = random.Random(options.seed)  # noqa: S311 -- a fixed seed, so that a run can be had again
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "workspace"
        if options.workspace:
            shutil.copytree(options.workspace, folder)
        else:
            make_workspace(folder, chance)
        before = audit_workspace(folder)
        if not before.intact:
            print("the workspace is not intact to begin with:", before.findings[:3])
            return 2
        found, missed, seconds = flip(folder, options.flips, chance)
    report = {"flips": options.flips, "found": sum(found.values()), "missed": missed, "by_file": dict(found)}
    print(json.dumps({**report, "seconds": round(seconds, 1), "seed": options.seed}, indent=2))
    return 1 if missed else 0


def make_workspace(folder: Path, chance: random.Random) -> None:
    """A small workspace in which there is something of every kind of file."""
    with create_workspace(folder, SITE) as store:
        images = folder / "images"
        images.mkdir()
        for number in range(1, 4):
            content = chance.randbytes(6000)
            (images / f"{number}.tif").write_bytes(content)
            scene = _scene(number, sha256(content).hexdigest())
            store.add_scene(scene, str(images / f"{number}.tif"))
            chip = store.chips / f"{scene.id}.png"
            chip.write_bytes(chance.randbytes(2000))
            store.log_files("picture", [chip], by="machine")
            store.add_observation(_seen(number, scene))
        (folder / "report-texts.md").write_text("# Words of a person\n" + "so they are\n" * 100, encoding="utf-8")
        store.log_files("texts", [folder / "report-texts.md"])
        store.keep_sign_off(SignOff("B. Second", datetime.now(UTC)))
        head = store.head()
        document = '<p>We saw <a data-number="observation/p-1">at least 7</a>.</p>\n' + "<p>And more.</p>\n" * 200
        (store.reports / "edition-1.html").write_text(document, encoding="utf-8")
        store.keep_edition(_edition(document, head or AuditHead(1, "0" * 64)))


def _scene(number: int, digest: str) -> Scene:
    grid = Grid("EPSG:32652", (0.5, 0, EAST_M, 0, -0.5, NORTH_M + 100), 800, 200)
    when = parse_when(f"2024-12-0{number}T02:15Z")
    return Scene(f"{number}-{digest[:8]}", f"{number}.tif", digest, grid, 0.5, 3, "uint8", acquired=when)


def _seen(number: int, scene: Scene) -> Observation:
    quantity = parse_quantity("at least 7")
    made = datetime(2024, 12, 9, tzinfo=UTC)
    return Observation(f"p-{number}", "container", quantity, scene.acquired, "A. Analyst", made, "Yard", scene.id)


def _edition(document: str, head: AuditHead) -> Edition:
    edition = Edition(
        number=1,
        published_at=datetime.now(UTC),
        public=True,
        numbers={"observation/p-1": "at least 7"},
        sha256=sha256(document.encode()).hexdigest(),
        head=head,
        by="A. Analyst",
        document="edition-1.html",
        links={"observation/p-1": ("p-1",)},
    )
    return replace(edition, sign_off=SignOff("B. Second", edition.published_at))


def flip(folder: Path, flips: int, chance: random.Random) -> tuple[Counter[str], list[str], float]:
    """How many flips were found by file, those that were not, and how long it took."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size]
    sizes = [path.stat().st_size for path in files]
    known = set(audit_workspace(folder).not_recorded)
    files_and_sizes = [
        (p, s) for p, s in zip(files, sizes, strict=True) if p.relative_to(folder).as_posix() not in known
    ]
    files, sizes = [p for p, _ in files_and_sizes], [s for _, s in files_and_sizes]
    found: Counter[str] = Counter()
    missed: list[str] = []
    start = time.monotonic()
    for number in range(flips):
        path = chance.choices(files, weights=sizes if number % 2 else None)[0]
        place, bit = chance.randrange(path.stat().st_size), chance.randrange(8)
        _flip(path, place, bit)
        if audit_workspace(folder).intact:
            missed.append(f"{path.relative_to(folder)} byte {place} bit {bit}")
        else:
            found[path.relative_to(folder).as_posix()] += 1
        _flip(path, place, bit)
    return found, missed, time.monotonic() - start


def _flip(path: Path, place: int, bit: int) -> None:
    with closing(path.open("r+b")) as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ (1 << bit)]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flips", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--workspace", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
