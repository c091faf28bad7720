"""Good files of an invented place, broken at random and fed to the command line."""

import contextlib
import io
import json
import random
import re
import shutil
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import rasterio
from PIL import Image
from pyproj import Transformer
from rasterio.transform import from_origin

from yardwatch.cli.main import main as yardwatch

SLOWEST_S = 60.0
ENOUGH = 20
TOKENS = (
    b"NaN", b"1e999", b"-1", b"null", b"[]", b"{}", b'"', b"<", b"&x;", b"<!DOCTYPE a [<!ENTITY x 'x'>]>",
    b"../../../x", b"\x00" * 8, b"\xff" * 8, b"EPSG:0", b"Infinity", b"99999999999999999999", "\u202e\u0000é".encode(),
)  # fmt: skip


def break_files(folder: Path, seed: int, seconds: float, sender: Connection) -> None:
    """Break files for some time; send how many of each kind ended with which exit code, and what went wrong.

    Runs in a process of its own, so that a crash of the program is seen as such.
    """
    rng = random.Random(seed)  # noqa: S311 — no secret
    counts: Counter[tuple[str, int]] = Counter()
    told: list[str] = []
    good, case = folder / "good", folder / "case"
    good.mkdir()
    fixtures = make_fixtures(good)
    code, said, _ = run_count(good / "yard.tif", good / "yard.geojson", folder / "out")
    if code:
        told.append(f"the unbroken files are not counted: {said.strip()}")
    until = time.monotonic() + seconds
    while time.monotonic() < until and not code and len(told) < ENOUGH:
        kind = rng.choice(sorted(fixtures))
        image, site, victim = fixtures[kind]
        shutil.copytree(good, case, dirs_exist_ok=True)
        (case / victim).write_bytes(broken((good / victim).read_bytes(), rng))
        began = time.monotonic()
        ended, said, left = run_count(case / image, case / site, folder / "out")
        counts[kind, ended] += 1
        wrong = fault(ended, said, left, time.monotonic() - began)
        if wrong:
            target = Path(tempfile.gettempdir()) / f"yardwatch-broken-{seed}-{len(told)}-{victim}"
            shutil.copy(case / victim, target)
            told.append(f"{kind}: {wrong}; kept as {target.name} in the folder for temporary files")
    sender.send((counts, told))


def fault(code: int, said: str, left: bool, took_s: float) -> str:
    """What is wrong with how a run ended; empty if nothing is."""
    lines = said.strip().splitlines()
    if code not in {0, 1, 2}:
        return f"exit code {code}"
    if "Traceback" in said or "unexpected " in said:
        return f"not one of our errors: {said.strip()[:300]}"
    if code == 2 and (len(lines) != 1 or left):
        return "something was written" if left else f"{len(lines)} lines: {said.strip()[:300]}"
    return f"took {took_s:.0f} s" if took_s > SLOWEST_S else ""


def run_count(image: Path, site: Path, out: Path) -> tuple[int, str, bool]:
    """Exit code, standard error and whether anything was left, of `yardwatch count`."""
    said = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        code = yardwatch(["count", str(image), "--site", str(site), "--out", str(out)])
    left = out.exists()
    shutil.rmtree(out, ignore_errors=True)
    return code, said.getvalue(), left


def broken(data: bytes, rng: random.Random) -> bytes:
    """A copy with one to eight things wrong."""
    bad = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        rng.choice(WAYS)(bad, rng)
    return bytes(bad)


def change_a_byte(bad: bytearray, rng: random.Random) -> None:
    """Anywhere."""
    at = rng.randrange(len(bad) + 1)
    bad[at : at + 1] = bytes([rng.randrange(256)])


def change_the_head(bad: bytearray, rng: random.Random) -> None:
    """One byte of the first 256, where sizes and offsets stand."""
    at = rng.randrange(min(len(bad), 256) or 1)
    bad[at : at + 1] = bytes([rng.randrange(256)])


def put_in_a_token(bad: bytearray, rng: random.Random) -> None:
    """Something that means much to some reader."""
    at = rng.randrange(len(bad) + 1)
    bad[at:at] = rng.choice(TOKENS)


def put_a_token_for_a_number(bad: bytearray, rng: random.Random) -> None:
    """In text files this hits coordinates, counts and codes."""
    numbers = list(re.finditer(rb"-?\d+(\.\d+)?", bytes(bad[:20_000])))
    if numbers:
        chosen = rng.choice(numbers)
        bad[chosen.start() : chosen.end()] = rng.choice(TOKENS)


def take_out_some(bad: bytearray, rng: random.Random) -> None:
    """Up to 64 bytes."""
    at = rng.randrange(len(bad) + 1)
    del bad[at : at + rng.randint(1, 64)]


def say_it_twice(bad: bytearray, rng: random.Random) -> None:
    """Up to 512 bytes."""
    at = rng.randrange(len(bad) + 1)
    bad[at:at] = bad[at : at + rng.randint(1, 512)]


def cut_off(bad: bytearray, rng: random.Random) -> None:
    """Everything from somewhere on, now and then."""
    if rng.random() < 0.3:
        del bad[rng.randrange(len(bad) + 1) :]


WAYS = (
    change_a_byte, change_the_head, put_in_a_token, put_a_token_for_a_number, take_out_some, say_it_twice, cut_off,
)  # fmt: skip


def make_fixtures(folder: Path) -> dict[str, tuple[str, str, str]]:
    """Good files of each kind; kind to image, site and the one of them to break."""
    fixtures = {}
    for image in write_images(folder):
        fixtures[image] = (image, "yard.geojson", image)
    fixtures["yard.pgw"] = ("yard.png", "yard.geojson", "yard.pgw")
    for site in write_sites(folder):
        fixtures[site] = ("yard.tif", site, site)
    return fixtures


def write_images(folder: Path) -> Iterator[str]:
    """A patch of noise in the middle of nowhere, in several kinds of file."""
    pixels = np.random.default_rng(0).integers(60, 160, (3, 96, 160), dtype=np.uint8)
    place = {"crs": "EPSG:32631", "transform": from_origin(500_000, 5_000_000, 0.5, 0.5)}
    size = {"driver": "GTiff", "width": 160, "height": 96}
    kinds = {
        "yard.tif": {
            "dtype": "uint8",
            "count": 3,
            "compress": "deflate",
            "tiled": True,
            "blockxsize": 64,
            "blockysize": 64,
        },
        "sixteen.tif": {"dtype": "uint16", "count": 4, "nodata": 0},
        "one.tif": {"dtype": "float32", "count": 1, "compress": "lzw", "predictor": 3},
    }
    for name, kind in kinds.items():
        with rasterio.open(folder / name, "w", **size, **place, **kind) as image:
            for band in range(1, kind["count"] + 1):
                image.write(pixels[(band - 1) % 3].astype(kind["dtype"]), band)
        yield name
    for name, world in (("yard.png", "yard.pgw"), ("photo.jpg", "photo.jgw")):
        Image.fromarray(pixels.transpose(1, 2, 0)).save(folder / name)
        (folder / world).write_text("0.5\n0\n0\n-0.5\n500000.25\n4999999.75\n", encoding="utf-8")
        yield name


def write_sites(folder: Path) -> Iterator[str]:
    """One zone and one track over that patch, in several kinds of file."""
    line = [[500_005.0, 4_999_970.0], [500_075.0, 4_999_980.0]]
    ring = [
        [500_001, 4_999_955],
        [500_079, 4_999_955],
        [500_079, 4_999_999],
        [500_001, 4_999_999],
        [500_001, 4_999_955],
    ]
    features = [
        feature("Polygon", [ring], kind="zone", name="Nowhere yard", role="rail_yard"),
        feature("LineString", line, kind="track", name="T1", gauge_mm=1435, zone="Nowhere yard"),
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32631"}}
    site = {"type": "FeatureCollection", "name": "Nowhere", "crs": crs, "features": features}
    (folder / "yard.geojson").write_text(json.dumps(site), encoding="utf-8")
    yield "yard.geojson"

    there = Transformer.from_crs("EPSG:32631", "EPSG:4326", always_xy=True)
    coordinates = [
        "<coordinates>"
        + " ".join("{:.7f},{:.7f}".format(*there.transform(*point)) for point in shape)
        + "</coordinates>"
        for shape in (ring, line)
    ]
    zone = f"<Polygon><outerBoundaryIs><LinearRing>{coordinates[0]}</LinearRing></outerBoundaryIs></Polygon>"
    track = f"<LineString>{coordinates[1]}</LineString>"
    kml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n'
        + placemark(zone, kind="zone", name="Nowhere yard", role="rail_yard")
        + placemark(track, kind="track", name="T1", gauge_mm="1435")
        + "</Document></kml>\n"
    )
    (folder / "yard.kml").write_text(kml, encoding="utf-8")
    yield "yard.kml"
    with zipfile.ZipFile(folder / "yard.kmz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", kml)
    yield "yard.kmz"


def feature(shape: str, coordinates: list[object], **properties: object) -> dict[str, object]:
    """A GeoJSON feature."""
    return {"type": "Feature", "properties": properties, "geometry": {"type": shape, "coordinates": coordinates}}


def placemark(shape: str, *, name: str, **data: str) -> str:
    """A KML placemark with the data that a site file wants."""
    said = "".join(f'<Data name="{key}"><value>{value}</value></Data>' for key, value in data.items())
    return f"<Placemark><name>{name}</name><ExtendedData>{said}</ExtendedData>{shape}</Placemark>\n"
