"""Every file a stranger could send ends as the table of the data README says."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tests.shared_data import shared_data

from yardwatch.errors import YardwatchError
from yardwatch.imagery.extents import check_meets
from yardwatch.imagery.scenes import open_scene
from yardwatch.imagery.sites import read_site
from yardwatch.model.grid import Grid
from yardwatch.model.site import Site

pytestmark = pytest.mark.real

NOT_OURS = {"bomb.pgw", "secret.txt", "claims_formula.csv", "stac_item_evil.json"}

REFUSED = {
    "vrt_inside.tif": ("not a GeoTIFF", "export it"),
    "claims_120_gb.tif": ("200000 × 200000", "cut the image"),
    "bomb.png": ("60000 × 60000", "cut the image"),
    "truncated.tif": ("cut off", "download it again"),
    "garbage.tif": ("not a GeoTIFF", "export it"),
    "empty.tif": ("is empty", "download it again"),
    "no_crs.tif": ("does not say its coordinate system", "--crs"),
    "no_transform.tif": ("does not say where it lies", "yardwatch georeference"),
    "degrees.tif": ("extents do not meet", "--crs"),
    "many_bands.tif": ("extents do not meet", "--crs"),
    "laughs.kml": ("entities", "DOCTYPE"),
    "reads_file.kml": ("entities", "DOCTYPE"),
    "slip.kmz": ("outside", "save it anew"),
    "bomb.kmz": ("300 MB", "save it anew"),
    "site_deep.geojson": ("nested too deeply", "QGIS"),
    "site_degrees.geojson": ('track "degrees"', "save it in EPSG:32652"),
    "site_duplicate_names.geojson": ('track "T1"', "its own name"),
    "site_elsewhere.geojson": ("extents do not meet", "--crs"),
    "site_million_points.geojson": ("100,000 vertices", "simplify"),
    "site_nan.geojson": ('track "x"', "draw it again"),
    "site_one_point.geojson": ('track "dot"', "draw it as a line"),
    "site_self_crossing.geojson": ('zone "bow tie"', "crosses itself at 500064, 4689936"),
}

READ = {
    "ok.tif": 1.0,
    "bottom_up.tif": 1.0,
    "rotated.tif": 0.78,
    "nan.tif": 0.0,
    "inf_and_huge.tif": 0.0,
    "all_nodata.tif": 0.0,
    "site_ok.geojson": None,
    "site_script_name.geojson": None,
    "site_unknown_role.geojson": "role_unknown",
    "site_no_tracks.geojson": "no_tracks",
}


def use(path: Path, site: Site, grid: Grid) -> object:
    """What a command would do with the file: an error, the share of the track that is visible, or notice codes."""
    try:
        if path.suffix in {".tif", ".png"}:
            with open_scene(path, site_crs=site.crs) as reader:
                check_meets(site, reader.scene.grid, subject=path.name)
                column, row = reader.scene.grid.to_pixel(*np.array(site.tracks[0].coordinates).T)
                along = np.linspace(0, 1, 50)
                values = reader.sample(np.interp(along, [0, 1], column), np.interp(along, [0, 1], row))
                return float(np.isfinite(values).mean())
        found, notices = read_site(path)
        check_meets(found, grid, subject="ok.tif")
        return {notice.code for notice in notices}
    except YardwatchError as error:
        return error


@pytest.fixture(scope="module")
def outcomes() -> dict[str, object]:
    """What became of each hostile file, images beside `site_ok.geojson` and site files beside `ok.tif`."""
    hostile = shared_data() / "hostile"
    files = [path for path in sorted(hostile.iterdir()) if path.name not in NOT_OURS]
    site, _ = read_site(hostile / "site_ok.geojson")
    with open_scene(hostile / "ok.tif") as reader:
        grid = reader.scene.grid
    with ThreadPoolExecutor(2) as pool:
        return {
            path.name: found for path, found in zip(files, pool.map(lambda p: use(p, site, grid), files), strict=True)
        }


def test_every_hostile_file_has_a_row_here(outcomes):
    """A file added to the folder must be thought about."""
    assert set(outcomes) == set(REFUSED) | set(READ)


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_gets_one_line_with_its_name_and_a_remedy(outcomes, name):
    """The line says what is wrong and what to do, and leaks nothing of other files."""
    error = outcomes[name]
    assert isinstance(error, YardwatchError)
    message = str(error)
    assert Path(name).stem in message or "ok.tif" in message
    for part in REFUSED[name]:
        assert part in message
    assert "\n" not in message
    assert "Traceback" not in message
    secret = (shared_data() / "hostile" / "secret.txt").read_text(encoding="utf-8")
    assert secret[:24] not in message


@pytest.mark.parametrize("name", READ)
def test_an_odd_but_good_file_is_read_rightly(outcomes, name):
    """What has no numbers is hidden, not empty; what is odd is noticed."""
    found, expected = outcomes[name], READ[name]
    if isinstance(expected, float):
        assert found == pytest.approx(expected)
    else:
        assert found == ({expected} if expected else set())


def test_the_bombs_stay_under_300_mb_in_parent_and_child_together():
    """A fresh process opens each bomb; its own peak and that of its largest child are added."""
    hostile = shared_data() / "hostile"
    program = """
import resource, sys
from yardwatch.errors import YardwatchError
from yardwatch.imagery.scenes import open_scene
from yardwatch.imagery.sites import read_site
from yardwatch.model.grid import Grid
from yardwatch.model.site import Site
for path in sys.argv[1:]:
    try:
        open_scene(path, site_crs="EPSG:32652").close() if path.endswith(("tif", "png")) else read_site(path)
    except YardwatchError:
        pass
    else:
        sys.exit(f"{path} was read")
unit = 1 if sys.platform == "darwin" else 1024
own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if sys.platform == "linux":  # there ru_maxrss starts from the size of the process that started this one
    own = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print((own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * unit)
"""
    names = [
        "bomb.png",
        "claims_120_gb.tif",
        "bomb.kmz",
        "laughs.kml",
        "site_million_points.geojson",
        "site_deep.geojson",
    ]
    files = [str(hostile / name) for name in names]
    done = subprocess.run([sys.executable, "-c", program, *files], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 300e6
    assert done.stderr == ""


def test_nothing_is_written_beside_or_outside(tmp_path, monkeypatch):
    """Reading leaves the folder of the file, the current folder and the one above as they were."""
    hostile = shared_data() / "hostile"
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    for name in ("slip.kmz", "ok.tif", "stac_item_evil.json"):
        (inner / name).write_bytes((hostile / name).read_bytes())
    (inner / "ok.json").write_bytes((hostile / "stac_item_evil.json").read_bytes())
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(YardwatchError):
        read_site("slip.kmz")
    with open_scene("ok.tif") as reader:
        reader.picture()
        assert reader.scene.acquired.text == "2024-12-03T02:15:00Z"
        assert reader.scene.id.startswith("ok-")
    assert sorted(tmp_path.rglob("*")) == before
