"""Time and memory of a count on a large simulated scene, beside merely reading the same blocks and a box detector.

The scene (10,000 × 10,000 pixels at 0.3 m, 20 km of track) is rendered once and kept under build/bench.
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
PIXELS, GSD_M, TRACKS = 10_000, 0.3, 8
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


def main() -> int:
    image, site_file = FOLDER / "scene.tif", FOLDER / "site.geojson"
    if not image.exists():
        _render(image, site_file)
    blocks = _blocks(image, site_file)
    reading = min(_timed(lambda: _read(image, blocks)) for _ in range(ROUNDS))
    command = [sys.executable, "-m", "yardwatch", "count", str(image), "--site", str(site_file)]
    command += ["--json", str(FOLDER / "count.json")]
    counting = min(_timed(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(ROUNDS))
    inside = min(_timed(lambda: _count(image, site_file)) for _ in range(ROUNDS))
    working = min(_worked(lambda: _count(image, site_file)) for _ in range(ROUNDS))
    version = [sys.executable, "-m", "yardwatch", "--version"]
    starting = min(_timed(lambda: subprocess.run(version, check=True, capture_output=True)) for _ in range(ROUNDS))
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    total = json.loads((FOLDER / "count.json").read_text(encoding="utf-8"))
    whole = next(tally for tally in total["tallies"] if tally["zone"] is None)
    length_m = sum(track["length_m"] - track["outside_m"] for track in total["tracks"])
    print(f"machine            {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    print(
        f"scene              {PIXELS} × {PIXELS} at {GSD_M} m, "
        f"{length_m / 1000:.1f} km of track in the picture, {whole['value']} cars"
    )
    print(f"reading the blocks {reading:.2f} s")
    print(f"yardwatch count    {counting:.2f} s, of which {starting:.2f} s is the program's start")
    print(f"  inside           {inside:.2f} s from the open scene to the tallies, in a process that is warm")
    print(f"  processor time   {working:.2f} s, child processes included")
    print(f"ratio              {counting / reading:.1f} × merely reading, {inside / reading:.1f} × inside")
    _compare_with_boxes(image, inside, working)
    print(f"peak memory        {peak_mb:.0f} MB (the largest process)")
    print(f"change points      {min(_timed(_change_points) for _ in range(5)):.3f} s for a record of 300 dates")
    return 0


def _count(image: Path, site_file: Path) -> None:
    site, _ = read_site(site_file)
    with open_scene(image, site_crs=site.crs, frame=frame_of(site)) as reader:
        count_scene(reader, site)


def _compare_with_boxes(image: Path, inside: float, working: float) -> None:
    """The same scene through an untrained network of the size of a small oriented-box detector."""
    try:
        import bench_boxes as boxes  # noqa: PLC0415 -- wants onnx, which the package does not
    except ImportError:
        print("box detector       not compared: it wants `pip install onnx`")
        return
    network, gigaflop = boxes.build()
    tiles, seconds = min((boxes.tile_scene(image, network) for _ in range(2)), key=lambda found: found[1])
    print(f"box detector       {seconds:.1f} s for {tiles} tiles of {gigaflop:.0f} GFLOP; untrained, its time counts")
    boxes_s = _worked(lambda: boxes.tile_scene(image, network))
    print(f"                   {seconds / inside:.1f} × the count inside; {boxes_s / working:.1f} × in processor time")


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


def _worked(work: Callable[[], object]) -> float:
    """Processor seconds, those of child processes that have ended included."""
    before = os.times()
    work()
    return sum(os.times()[:4]) - sum(before[:4])


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
