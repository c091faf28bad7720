"""How fast tiles are served, beside titiler on the same COG in the same run.

    python tools/bench_web.py --titiler-python VENV/bin/python [--tiles 400] [--json OUT]

titiler is run from an environment of its own (``pip install titiler.core uvicorn``). Both servers get the same tiles,
in turns, over HTTP on this machine, from so many clients at once; each tile is asked for once in a round and is never
answered from a cache.
"""

import argparse
import json
import math
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import rasterio
from pyproj import Transformer
from rasterio import Affine
from rasterio.enums import Resampling
from rasterio.shutil import copy as copy_raster
from scipy.ndimage import gaussian_filter

from yardwatch.model.site import Site, Track
from yardwatch.pipeline.adding import add_images
from yardwatch.pipeline.told import Told
from yardwatch.workspace import create_workspace

PIXEL_M = 0.5
EAST_M, NORTH_M = 500_000.0, 4_600_000.0
TITILER = """
import sys, uvicorn
from fastapi import FastAPI
from titiler.core.factory import TilerFactory
app = FastAPI()
app.include_router(TilerFactory().router)
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
"""
Ask = Callable[[httpx.Client, tuple[int, int, int]], httpx.Response]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--titiler-python", required=True, help="Python of an environment with titiler.core")
    parser.add_argument("--tiles", type=int, default=300)
    parser.add_argument("--side", type=int, default=8192, help="columns and rows of the image")
    parser.add_argument("--kinds", nargs="+", default=["uint8", "uint16"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        found = measured(Path(place), asked)
    print(json.dumps(found, indent=2))
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=2) + "\n")


def measured(place: Path, asked: argparse.Namespace) -> dict[str, object]:
    """Tiles a second of both, by kind of image."""
    found: dict[str, object] = {
        "clients": asked.clients,
        "tiles": asked.tiles,
        "image": f"{asked.side} × {asked.side} px",
    }
    for dtype in asked.kinds:
        cog = write_cog(place / f"{dtype}.tif", dtype, asked.side)
        workspace = make_workspace(place / f"yard-{dtype}", cog)
        with ours(workspace) as own, theirs(asked.titiler_python, cog, dtype) as other:
            rates: dict[str, list[float]] = {"yardwatch": [], "titiler": []}
            everything = some_tiles(
                asked.tiles * asked.rounds, side_px=asked.side, seed=1
            )  # so that no round asks for another's tiles
            for number in range(asked.rounds):
                squares = everything[number :: asked.rounds]
                for name, ask in (("yardwatch", own), ("titiler", other)):
                    rates[name].append(rate(ask, squares, asked.clients))
        middle = {name: statistics.median(values) for name, values in rates.items()}
        found[dtype] = {
            "tiles_a_second": {name: round(value, 1) for name, value in middle.items()},
            "ratio": round(middle["yardwatch"] / middle["titiler"], 2),
            "rounds": {name: [round(value, 1) for value in values] for name, values in rates.items()},
        }
    return found


def write_cog(path: Path, dtype: str, side_px: int) -> Path:
    """A cloud-optimised GeoTIFF with texture, three bands, deflate, overviews."""
    rng = np.random.default_rng(7)
    ground = gaussian_filter(rng.normal(size=(side_px, side_px)).astype(np.float32), 1.5)
    ground = 120 + 60 * ground / ground.std() / 2
    scale = 40 if dtype == "uint16" else 1
    plain = path.with_suffix(".plain.tif")
    transform = Affine(PIXEL_M, 0, EAST_M, 0, -PIXEL_M, NORTH_M + side_px * PIXEL_M)
    with rasterio.open(
        plain, "w", driver="GTiff", width=side_px, height=side_px, count=3, dtype=dtype, crs="EPSG:32652",
        transform=transform, tiled=True, blockxsize=512, blockysize=512, photometric="RGB",
    ) as file:  # fmt: skip
        for band in (1, 2, 3):
            file.write((ground.clip(1, 255) * scale * (1 - 0.1 * (band - 1))).astype(dtype), band)
    copy_raster(plain, path, driver="COG", compress="DEFLATE", overview_resampling=Resampling.average.name)
    plain.unlink()
    return path


def make_workspace(folder: Path, image: Path) -> Path:
    """A workspace with that one scene."""
    track = Track("T1", ((EAST_M + 100, NORTH_M + 100), (EAST_M + 1000, NORTH_M + 100)))
    with create_workspace(folder, Site("Bench", "EPSG:32652", (), (track,))):
        pass
    added = add_images(folder, [image], told=Told())
    if added.failed:
        raise SystemExit(added.failed[0].problem)
    return folder


@contextmanager
def ours(workspace: Path) -> Iterator[Ask]:
    """Our server."""
    port = free_port()
    command = [sys.executable, "-m", "yardwatch", "serve", str(workspace), "--port", str(port)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    ) as process:
        try:
            line = process.stdout.readline()
            headers = {"Authorization": f"Bearer {line.strip().partition('token=')[2]}"}
            base = f"http://127.0.0.1:{port}"
            wait_for(f"{base}/api/session")
            scene = httpx.get(f"{base}/api/scenes", headers=headers, timeout=60).json()["items"][0]["id"]
            yield lambda client, at: client.get(
                f"{base}/api/scenes/{scene}/tiles/{at[0]}/{at[1]}/{at[2]}.png", headers=headers
            )
        finally:
            process.terminate()


@contextmanager
def theirs(python: str, cog: Path, dtype: str) -> Iterator[Ask]:
    """Titiler."""
    settings = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_CACHEMAX": "200", "PYTHONPATH": ""}
    port = free_port()
    with subprocess.Popen([python, "-c", TITILER, str(port)], env=os.environ | settings) as process:
        try:
            base = f"http://127.0.0.1:{port}"
            wait_for(f"{base}/docs")
            extra = {"rescale": "0,10000"} if dtype == "uint16" else {}
            yield lambda client, at: client.get(
                f"{base}/tiles/WebMercatorQuad/{at[0]}/{at[1]}/{at[2]}.png", params={"url": str(cog), **extra}
            )
        finally:
            process.terminate()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str) -> None:
    """Until a server answers."""
    for _ in range(600):
        try:
            httpx.get(address, timeout=5)
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"{address} does not answer")


def some_tiles(number: int, *, side_px: int, seed: int) -> list[tuple[int, int, int]]:
    """Tiles of the image at zooms from the whole to single pixels, those close up more often, as one looks at it."""
    rng = np.random.default_rng(seed)
    to_lonlat = Transformer.from_crs("EPSG:32652", "EPSG:4326", always_xy=True)
    found: dict[tuple[int, int, int], None] = {}
    while len(found) < number:
        zoom = int(rng.choice([13, 14, 15, 16, 17, 18, 19], p=[0.02, 0.05, 0.1, 0.18, 0.25, 0.25, 0.15]))
        side_m = side_px * PIXEL_M
        lon, lat = to_lonlat.transform(EAST_M + rng.uniform(0, side_m), NORTH_M + rng.uniform(0, side_m))
        x = (lon + 180) / 360 * 2**zoom
        y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom
        found[zoom, int(x), int(y)] = None
    return list(found)


def rate(ask: Ask, squares: list[tuple[int, int, int]], clients: int) -> float:
    """Tiles a second; the first few, with which a server warms up, do not count."""
    with httpx.Client(timeout=120) as client, ThreadPoolExecutor(clients) as pool:
        list(pool.map(lambda at: ask(client, at).raise_for_status(), squares[: 2 * clients]))
        rest = squares[2 * clients :]
        began = time.perf_counter()
        for answer in pool.map(lambda at: ask(client, at), rest):
            answer.raise_for_status()
            if answer.headers["content-type"] != "image/png":
                raise SystemExit(answer.text[:500])
        return len(rest) / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
