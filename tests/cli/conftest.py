"""A small invented yard on disk, and a way to call the command line."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest
import rasterio
from jsonschema import Draft202012Validator
from rasterio import Affine

from yardwatch.cli.main import main
from yardwatch.pipeline import schema_text

X, Y = 500000.0, 4690000.0


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    def document(self, schema):
        """The JSON on standard output, after it was held against its schema."""
        found = json.loads(self.out)
        Draft202012Validator(json.loads(schema_text(schema))).validate(found)
        return found


@pytest.fixture
def yardwatch(capsys, tmp_path, monkeypatch):
    """Call the command line in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*words):
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        return Ended(code, captured.out, captured.err)

    return call


@pytest.fixture
def process(tmp_path):
    """Call the command line as a process of its own, in an empty folder."""

    def call(*words, **environment):
        command = [sys.executable, "-m", "yardwatch", *map(str, words)]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env=os.environ | environment,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture(scope="session")
def yard(tmp_path_factory):
    """An invented yard of two tracks: its site file and two images with a few bright bodies on the first track."""
    folder = tmp_path_factory.mktemp("a yard")
    tracks = [("T1", 30.0), ("T2", 36.0)]
    features = [_feature({"kind": "zone", "name": "Yard", "role": "rail_yard"}, "Polygon", [_box(0, 0, 150, 60)])]
    features += [
        _feature({"kind": "track", "name": name, "gauge_mm": 1520}, "LineString", [[X + 5, Y - y], [X + 145, Y - y]])
        for name, y in tracks
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32652"}}
    site = {"type": "FeatureCollection", "name": "Invented yard", "crs": crs, "features": features}
    (folder / "site.geojson").write_text(json.dumps(site))
    for number in (1, 2):
        _draw(folder / f"image{number}.tif", seed=number, cars=3 + number)
    return folder


def _draw(path, *, seed, cars):
    rng = np.random.default_rng(seed)
    pixels = rng.normal(90, 6, (3, 120, 300))
    for car in range(cars):
        first = 30 + 28 * car
        pixels[:, 57:63, first : first + 25] = 170 + 10 * (car % 3)
    profile = {"driver": "GTiff", "width": 300, "height": 120, "count": 3, "dtype": "uint8", "crs": "EPSG:32652"}
    with rasterio.open(path, "w", transform=Affine(0.5, 0, X, 0, -0.5, Y), **profile) as image:
        image.write(pixels.clip(0, 255).astype(np.uint8))


def _feature(properties, kind, coordinates):
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def _box(west, north, east, south):
    corners = [(west, north), (east, north), (east, south), (west, south), (west, north)]
    return [[X + x, Y - y] for x, y in corners]
