"""Time and memory of `yardwatch change` on a large simulated pair, as a multiple of merely reading both files.

Two sizes are compared, so that it shows whether memory grows with the scene. The pairs are rendered once and kept under
build/bench.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import rasterio
from rasterio.windows import Window
from scipy import ndimage

from yardwatch.simulate.pairs import random_pair, sensed

FOLDER = Path(__file__).resolve().parents[1] / "build" / "bench"
PIXELS, SMALL_PIXELS, GSD_M = 10_000, 2_500, 0.5
PATCH, PATCHES = 500, 16
SHIFT_PX = 6
CODE = "import resource, sys; from yardwatch.cli.main import main; main(sys.argv[1:]); " + (
    "sys.stderr.write('\\npeak ' + str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))"
)


def main() -> int:
    print(f"machine            {os.cpu_count()} cores")
    for side in (SMALL_PIXELS, PIXELS):
        before, after = (FOLDER / f"{name}-{side}.tif" for name in ("before", "after"))
        if not (before.exists() and after.exists()):
            _render(before, after, side)
        reading = min(_timed(lambda: [_read(path) for path in (before, after)]) for _ in range(3))  # noqa: B023
        out = FOLDER / "change.json"
        words = ["change", str(before), str(after), "--json", str(out), "--mask", str(FOLDER / "change.tif")]
        started, cpu = time.perf_counter(), _children_cpu()
        ended = subprocess.run([sys.executable, "-c", CODE, *words], check=True, capture_output=True, text=True)
        taken, used = time.perf_counter() - started, _children_cpu() - cpu
        peak_mb = int(ended.stderr.rsplit("peak ", 1)[1]) / 1024
        found = json.loads(out.read_text(encoding="utf-8"))
        print(f"pair               {side} × {side} at {GSD_M} m, shifted {SHIFT_PX * GSD_M:g} m")
        print(f"  reading both     {reading:.2f} s")
        print(f"  yardwatch change {taken:.2f} s ({used:.2f} s of processor), {taken / reading:.1f} × reading both")
        print(f"  found            {len(found['changes'])} changes, shift {found['registration']['shift_m']} m")
        print(f"  peak memory      {peak_mb:.0f} MB of the process, beside two decoders of their own")
    return 0


def _render(before: Path, after: Path, side: int) -> None:
    """A town of few patches in another order and orientation each time; the later scene says it lies elsewhere."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    patches = []
    for _ in range(PATCHES):
        pair = random_pair(rng, size_px=PATCH, pixel_m=GSD_M)
        shots = np.concatenate([sensed(rng, pair.before), sensed(rng, pair.after)])
        patches.append((255 * ndimage.gaussian_filter(shots, (0, 0.5, 0.5))).astype(np.uint8))
    for half, path in enumerate((before, after)):
        shift = half * SHIFT_PX * GSD_M
        place = rasterio.Affine(GSD_M, 0, 500_000 + shift, 0, -GSD_M, 4_690_000)
        order = np.random.default_rng(8)
        with rasterio.open(
            path, "w", driver="GTiff", width=side, height=side, count=3, dtype="uint8", crs="EPSG:32652",
            transform=place, tiled=True, blockxsize=256, blockysize=256, compress="deflate",
        ) as image:  # fmt: skip
            for row in range(0, side, PATCH):
                for column in range(0, side, PATCH):
                    shown = patches[order.integers(PATCHES)][3 * half : 3 * half + 3]
                    shown = np.rot90(shown, order.integers(4), axes=(1, 2))
                    image.write(shown, window=Window(column, row, PATCH, PATCH))


def _read(path: Path) -> None:
    with rasterio.open(path) as image:
        for _, window in image.block_windows(1):
            image.read(window=window)


def _timed(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
