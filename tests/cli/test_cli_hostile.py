"""Each file that a stranger could send ends as it must, through the real command line."""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field

import pytest

from shared_data import shared_data

REFUSED, READ, EITHER = {2}, {0}, {0, 2}
LONGEST_S = 5.0
MOST_MB = 300

_SPAWN = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run(sys.argv[2:], stdout=open("out", "w"), stderr=open("err", "w"), cwd=sys.argv[1])
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([done.returncode, time.perf_counter() - start, peak]))
"""


@dataclass(frozen=True)
class Case:
    """A file, what may come of it, and words that must be said."""

    name: str
    codes: set[int]
    words: tuple[str, ...] = ()
    hidden: bool = field(default=False)

    def __str__(self):
        return self.name


IMAGES = (
    Case("vrt_inside.tif", REFUSED),
    Case("claims_120_gb.tif", EITHER),
    Case("bomb.png", EITHER),
    Case("truncated.tif", REFUSED),
    Case("garbage.tif", REFUSED),
    Case("empty.tif", REFUSED),
    Case("no_crs.tif", REFUSED, ("--crs",)),
    Case("no_transform.tif", REFUSED, ("georeference",)),
    Case("bottom_up.tif", EITHER),
    Case("rotated.tif", EITHER),
    Case("degrees.tif", EITHER),
    Case("nan.tif", READ, hidden=True),
    Case("inf_and_huge.tif", READ, hidden=True),
    Case("all_nodata.tif", READ, hidden=True),
    Case("many_bands.tif", EITHER),
    Case("secret.txt", REFUSED),
    Case("claims_formula.csv", REFUSED),
)
SITES = (
    Case("laughs.kml", REFUSED),
    Case("reads_file.kml", REFUSED),
    Case("slip.kmz", REFUSED),
    Case("bomb.kmz", REFUSED),
    Case("site_ok.geojson", READ),
    Case("site_deep.geojson", REFUSED),
    Case("site_degrees.geojson", REFUSED),
    Case("site_duplicate_names.geojson", EITHER, ("T1",)),
    Case("site_elsewhere.geojson", REFUSED),
    Case("site_million_points.geojson", EITHER),
    Case("site_nan.geojson", REFUSED),
    Case("site_no_tracks.geojson", REFUSED, ("track",)),
    Case("site_one_point.geojson", REFUSED, ("dot",)),
    Case("site_script_name.geojson", READ),
    Case("site_self_crossing.geojson", EITHER, ("yard",)),
    Case("site_unknown_role.geojson", READ, ("role",)),
    Case("secret.txt", REFUSED),
)

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(sys.platform == "win32", reason="measures memory as POSIX does"),
]


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it cost."""

    code: int
    out: str
    err: str
    wall_s: float
    peak_mb: float


@pytest.fixture
def count(tmp_path):
    """Count an image of a site as a process of its own, two folders below everything it may not touch."""
    folder = tmp_path / "outer" / "inner"
    folder.mkdir(parents=True)

    def call(image, site):
        command = [sys.executable, "-m", "yardwatch", "count", str(image), "--site", str(site)]
        meter = [sys.executable, "-S", "-c", _SPAWN, str(folder), *command]
        done = subprocess.run(meter, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
        code, wall_s, peak = json.loads(done.stdout)
        peak_mb = peak / (1e6 if sys.platform == "darwin" else 1e3)
        texts = [(tmp_path / name).read_text("utf-8") for name in ("out", "err")]
        return Ended(code, *texts, wall_s, peak_mb)

    return call


@pytest.mark.parametrize("case", IMAGES, ids=str)
def test_a_hostile_image_ends_as_it_must(count, tmp_path, case):
    """Refused in one line, or read; in bounds of time and memory; nothing leaked or written elsewhere."""
    hostile = shared_data() / "hostile"
    ended = count(hostile / case.name, hostile / "site_ok.geojson")
    judge(case, ended, tmp_path)
    if case.hidden:
        document = json.loads(next(tmp_path.rglob("count.json")).read_text("utf-8"))
        assert sum(track["hidden_m"] for track in document["tracks"]) > 0
        assert case.name != "all_nodata.tif" or document["tracks"][0]["visible_m"] == 0


@pytest.mark.parametrize("case", SITES, ids=str)
def test_a_hostile_site_ends_as_it_must(count, tmp_path, case):
    """Refused in one line that names the feature, or read with a warning."""
    hostile = shared_data() / "hostile"
    ended = count(hostile / "ok.tif", hostile / case.name)
    judge(case, ended, tmp_path)
    if case.name == "site_script_name.geojson" and ended.code == 0:
        report = next(tmp_path.rglob("report.html")).read_text("utf-8")
        assert "<script>alert" not in report
        assert "&lt;script&gt;" in report or "\\u003cscript" in report


def test_a_hostile_item_beside_an_image_moves_nothing(count, tmp_path):
    """No path comes from its ids, and it is no reason not to read the image."""
    hostile = shared_data() / "hostile"
    mine = tmp_path / "mine"
    mine.mkdir()
    shutil.copyfile(hostile / "ok.tif", mine / "ok.tif")
    shutil.copyfile(hostile / "stac_item_evil.json", mine / "ok.json")
    ended = count(mine / "ok.tif", hostile / "site_ok.geojson")
    judge(Case("ok.tif", READ), ended, tmp_path)
    assert sorted(path.name for path in mine.iterdir()) == ["ok.json", "ok.tif"]


def judge(case, ended, folder):
    assert ended.code in case.codes, ended.err
    assert "Traceback" not in ended.err + ended.out
    assert "unexpected" not in ended.err
    assert ended.wall_s < LONGEST_S * slowness()
    assert ended.peak_mb < MOST_MB
    assert all(word.casefold() in (ended.err + ended.out).casefold() for word in case.words)
    written = [path for path in folder.rglob("*") if path.is_file()]
    if ended.code == 2:
        assert (ended.out, ended.err.count("\n")) == ("", 1)
        assert case.name.partition(".")[0] in ended.err
        assert not [path for path in written if path.parent == folder / "outer" / "inner"]
    results = folder / "outer" / "inner"
    assert {path.name for path in written if results not in path.parents} <= {"out", "err", "ok.tif", "ok.json"}
    secrets = [line for line in (shared_data() / "hostile" / "secret.txt").read_text().splitlines() if line.strip()]
    texts = [path.read_text("utf-8", "replace") for path in written if path.suffix != ".tif"]
    assert not [line for line in secrets if any(line in text for text in texts)]


def slowness():
    """How much slower than alone this machine is now: others may use it at the same time."""
    start, busy = time.perf_counter(), time.process_time()
    sum(range(2_000_000))
    waited = (time.perf_counter() - start) / max(time.process_time() - busy, 1e-3)
    return max(1.0, waited, os.getloadavg()[0] / (os.cpu_count() or 1))
