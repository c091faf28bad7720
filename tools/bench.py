"""Time and memory of a count on a large simulated scene, beside merely reading the same blocks and a box detector.

The scene (10,000 × 10,000 pixels at 0.3 m) is rendered once and kept under build/bench. Of the tracks in it, as many
are drawn as make 20 km; then all of them.
"""

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import rasterio
from rasterio.windows import Window

from yardwatch.imagery.scenes import open_scene
from yardwatch.imagery.sites import read_site, site_to_geojson
from yardwatch.model.dates import parse_when
from yardwatch.model.grid import Grid
from yardwatch.model.ribbon import RibbonSpec
from yardwatch.model.series import Censored, How, Point, Series
from yardwatch.model.site import frame_of
from yardwatch.pipeline.counting import count_scene
from yardwatch.pipeline.simulated import write_simulated
from yardwatch.railcars.ribbon import plan_ribbon
from yardwatch.simulate import Conditions, Sensor, invented_site, place_consists, random_yard, render
from yardwatch.trends.changepoints import find_changes

FOLDER = Path(__file__).resolve().parents[1] / "build" / "bench"
PIXELS, GSD_M, TRACKS, DRAWN = 10_000, 0.3, 8, 6
ROUNDS = 3
DAYS = (parse_when(f"{date(2020, 1, 1) + timedelta(weeks=week)}") for week in range(300))
COUNTS = np.random.default_rng(1).poisson(np.repeat([8, 20, 3], 100)).tolist()
SERIES = Series(
    "railcars",
    "invented",
    "railcar",
    None,
    tuple(
        Point(day, How.SEEN, float(n), float(n), float(n), Censored.NONE, None, (str(i),))
        for i, (day, n) in enumerate(zip(DAYS, COUNTS, strict=True))
    ),
)


Spent = tuple[float, float]
"""Seconds by the clock and of processor time."""


def main() -> int:
    image, site_file = FOLDER / "scene.tif", FOLDER / "site.geojson"
    if not image.exists():
        _render(image, site_file)
    drawn = _drawn(site_file, FOLDER / "site-drawn.geojson")
    blocks = _blocks(image, drawn)
    reading = min(_spent(lambda: _read(image, blocks))[0] for _ in range(ROUNDS))
    command = [sys.executable, "-m", "yardwatch", "count", str(image), "--site", str(drawn)]
    command += ["--json", str(FOLDER / "count.json")]
    counting = min(_spent(lambda: _run(command))[0] for _ in range(ROUNDS))
    starting = min(_spent(lambda: _run([*command[:3], "--version"]))[0] for _ in range(ROUNDS))
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    name, boxes = _boxes(image)
    inside, everything, others = _in_turn(
        lambda: _count(image, drawn), lambda: _count(image, site_file), boxes or (lambda: None)
    )
    print(f"machine            {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    _describe(FOLDER / "count.json")
    print(f"reading the blocks {reading:.2f} s")
    print(f"yardwatch count    {counting:.2f} s, of which {starting:.2f} s is the program's start")
    print(f"  inside           {inside[0]:.2f} s from the open scene to the tallies, in a process that is warm")
    print(f"  processor time   {inside[1]:.2f} s, child processes included")
    print(f"ratio              {counting / reading:.1f} × merely reading, {inside[0] / reading:.1f} × inside")
    print(f"box detector       {name}")
    if boxes:
        print(f"                   {others[0]:.1f} s, {others[1]:.1f} s of processor time")
        times, worked = others[0] / inside[0], others[1] / inside[1]
        print(f"                   {times:.1f} × the count inside; {worked:.1f} × in processor time")
    print(f"peak memory        {peak_mb:.0f} MB (the largest process)")
    print(f"all {TRACKS} tracks       {everything[0]:.2f} s inside, {everything[1]:.2f} s of processor time")
    print(f"change points      {min(_spent(_change_points)[0] for _ in range(5)):.3f} s for a record of 300 dates")
    return 0


def _describe(count: Path) -> None:
    total = json.loads(count.read_text(encoding="utf-8"))
    whole = next(tally for tally in total["tallies"] if tally["zone"] is None)
    length_m = sum(track["length_m"] - track["outside_m"] for track in total["tracks"])
    in_picture = f"{length_m / 1000:.1f} km of track in the picture, {whole['value']} cars"
    print(f"scene              {PIXELS} × {PIXELS} at {GSD_M} m, {in_picture}")


def _count(image: Path, site_file: Path) -> None:
    site, _ = read_site(site_file)
    with open_scene(image, site_crs=site.crs, frame=frame_of(site)) as reader:
        count_scene(reader, site)


def _drawn(site_file: Path, file: Path) -> Path:
    """The same site with fewer tracks."""
    whole = json.loads(site_file.read_text(encoding="utf-8"))
    tracks = [feature for feature in whole["features"] if feature["properties"]["kind"] == "track"]
    kept = [feature for feature in whole["features"] if feature not in tracks[DRAWN:]]
    file.write_text(json.dumps(whole | {"features": kept}), encoding="utf-8")
    return file


def _boxes(image: Path) -> tuple[str, Callable[[], object] | None]:
    """An untrained network of the size of a small oriented-box detector: what it is, and its work on the scene."""
    try:
        import bench_boxes  # noqa: PLC0415 -- wants onnx, which the package does not
    except ImportError:
        return "not compared: it wants `pip install onnx`", None
    network, gigaflop = bench_boxes.build()
    tiles, _ = bench_boxes.tile_scene(image, network)
    name = f"{tiles} tiles of {gigaflop:.0f} GFLOP; untrained, its time counts"
    return name, lambda: bench_boxes.tile_scene(image, network)


def _in_turn(*works: Callable[[], object]) -> list[Spent]:
    """Least time of each by the clock and on processors, done in turn so that all meet the same machine."""
    rounds = [[_spent(work) for work in works] for _ in range(ROUNDS)]
    return [(min(one[0] for one in own), min(one[1] for one in own)) for own in zip(*rounds, strict=True)]


def _change_points() -> None:
    find_changes(SERIES)


def _render(image: Path, site_file: Path) -> None:
    print("rendering the scene once; some minutes", file=sys.stderr)
    rng = np.random.default_rng(7)
    side_m = PIXELS * GSD_M
    plan = random_yard(rng, tracks=TRACKS, size_m=(side_m, side_m), heading_deg=35.0)
    rendered = render(place_consists(rng, plan), rng=rng, conditions=Conditions(sensor=Sensor(gsd_m=GSD_M)))
    image.parent.mkdir(parents=True, exist_ok=True)
    site_file.write_text(json.dumps(site_to_geojson(invented_site(plan))), encoding="utf-8")
    write_simulated(image, rendered, credit="Simulated by Yardwatch")


def _blocks(image: Path, site_file: Path) -> list[Window]:
    """The blocks of the file that lie under a track."""
    site, _ = read_site(site_file)
    with rasterio.open(image, driver="GTiff") as file:
        grid = Grid(str(file.crs), tuple(file.transform)[:6], file.width, file.height)
        (high, wide), *_ = file.block_shapes
    blocks: set[tuple[int, int]] = set()
    for track in site.tracks:
        plan = plan_ribbon(track.name, site.line(track), grid, frame_of(site), spec=RibbonSpec())
        if plan is not None:
            kept = (plan.column >= 0) & (plan.column < grid.width) & (plan.row >= 0) & (plan.row < grid.height)
            rows, columns = (plan.row[kept] // high).astype(int), (plan.column[kept] // wide).astype(int)
            blocks |= set(zip(rows.tolist(), columns.tolist(), strict=True))
    return [Window(column * wide, row * high, wide, high) for row, column in sorted(blocks)]


def _read(image: Path, blocks: list[Window]) -> None:
    with rasterio.open(image, driver="GTiff") as file:
        for block in blocks:
            file.read(window=block)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _spent(work: Callable[[], object]) -> Spent:
    """Seconds of some work; those that child processes took which have ended are included."""
    before, began = sum(os.times()[:4]), time.perf_counter()
    work()
    return time.perf_counter() - began, sum(os.times()[:4]) - before


if __name__ == "__main__":
    sys.exit(main())
