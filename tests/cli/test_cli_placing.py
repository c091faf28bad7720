"""``register``, ``georeference``, and scenes aligned by ``run``."""

import json

import numpy as np
import pytest
import rasterio
from PIL import Image

from made_ground import CORNER, error_px, ground, taken
from yardwatch.imagery.scenes import open_scene
from yardwatch.pipeline import registering
from yardwatch.workspace import open_workspace

CELLS = ground(1)


def write(path, pixels, corner_m):
    """A GeoTIFF that says its corner lies there."""
    transform = rasterio.Affine(0.5, 0, CORNER[0] + corner_m[0], 0, -0.5, CORNER[1] - corner_m[1])
    how = {"driver": "GTiff", "count": 1, "dtype": "uint8", "crs": "EPSG:32652", "transform": transform}
    with rasterio.open(path, "w", width=pixels.shape[1], height=pixels.shape[0], **how) as file:
        file.write(np.clip(np.nan_to_num(pixels), 1, 255).astype(np.uint8)[None])


@pytest.fixture
def pair(tmp_path):
    """A reference, the same ground 20 m off and turned, and other ground; gives the truth of the second."""
    still, (_, corner) = taken(CELLS)
    write(tmp_path / "still.tif", still, corner)
    pixels, truth = taken(CELLS, turn_deg=0.6, seed=1)
    write(tmp_path / "moving.tif", pixels, truth[1] + [20, -11])
    write(tmp_path / "other.tif", taken(ground(2), seed=2)[0], corner)
    return truth


def test_an_image_is_laid_on_its_reference(yardwatch, pair, tmp_path):
    """The JSON is as the contract has it, and the world file says the same."""
    ended = yardwatch("register", "moving.tif", "--reference", "still.tif", "--json", "-", "--out", "right.tfw")
    found = ended.document("register")
    assert ended.code == 0
    assert found["registration"]["accepted"]
    assert found["registration"]["tie_points"] > 40
    assert [path.suffix for path in sorted(tmp_path.glob("right.*"))] == [".prj", ".tfw"]
    numbers = [float(line) for line in (tmp_path / "right.tfw").read_text().split()]
    a, b, c, d, e, f = found["transform"]
    assert numbers == pytest.approx([a, d, b, e, c + (a + b) / 2, f + (d + e) / 2], abs=1e-6)


def test_a_vrt_lies_right_and_copies_no_pixel(yardwatch, pair, tmp_path):
    """GDAL reads through it the pixels of the image."""
    assert yardwatch("register", "moving.tif", "--reference", "still.tif", "--out", "right.vrt").code == 0
    with rasterio.open(tmp_path / "right.vrt") as file, rasterio.open(tmp_path / "moving.tif") as own:
        assert np.array_equal(file.read(), own.read())
        x, y = file.xy(0, 0, offset="ul")
    _, corner = pair
    assert np.hypot(x - CORNER[0] - corner[0], CORNER[1] - y - corner[1]) < 0.1


def test_an_image_of_other_ground_is_an_answer_of_no(yardwatch, pair, tmp_path):
    """Exit code 1, the JSON still written, no world file."""
    ended = yardwatch("register", "other.tif", "--reference", "still.tif", "--json", "-", "--out", "wrong.tfw")
    found = ended.document("register")
    assert ended.code == 1
    assert found["registration"]["reason"]
    assert (found["registration"]["shift_m"], found["transform"], found["files"]) == (None, None, [])
    assert not list(tmp_path.glob("wrong.*"))


def test_the_image_itself_is_never_written_over(yardwatch, pair):
    """Nor the reference."""
    ended = yardwatch("register", "moving.tif", "--reference", "still.tif", "--out", "still.tif")
    assert ended.code == 2
    assert "still.tif" in ended.err


def test_run_counts_each_scene_where_its_alignment_puts_it(yardwatch, pair, tmp_path):
    """And warns, with its name, of the one that could not be laid on the first."""
    line = [[CORNER[0] + 120, CORNER[1] - 200], [CORNER[0] + 330, CORNER[1] - 230]]
    track = {"type": "Feature", "properties": {"kind": "track", "name": "T1"}}
    track["geometry"] = {"type": "LineString", "coordinates": line}
    crs = {"type": "name", "properties": {"name": "EPSG:32652"}}
    site = {"type": "FeatureCollection", "name": "Invented", "crs": crs, "features": [track]}
    (tmp_path / "site.geojson").write_text(json.dumps(site))
    assert yardwatch("init", "ws", "--site", "site.geojson").code == 0
    for name, date in (("still", "2020-01-01"), ("moving", "2021-01-01"), ("other", "2022-01-01")):
        assert yardwatch("scene", "add", "ws", f"{name}.tif", "--acquired", date).code == 0
    ended = yardwatch("run", "ws", "--json", "-")
    told = [warning for warning in ended.document("run")["warnings"] if warning["code"] == "not_aligned"]
    assert len(told) == 1
    assert told[0]["message"].startswith("other.tif: ")
    with open_workspace(tmp_path / "ws") as store:
        moved, stayed = (found.alignment for found in store.alignments())
        assert (moved.accepted, stayed.accepted) == (True, False)
        assert error_px(store.counts()[1].scene.grid, pair) < 0.1
        assert registering.register_workspace(store, store.scenes()) == ()
    assert yardwatch("report", "ws", "--out", "report.html").code == 0


@pytest.fixture
def shot(tmp_path):
    """A screenshot without georeference."""
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (300, 400), np.uint8)).save(tmp_path / "shot.png")
    return "shot.png"


POINTS = "0,0,500000,4600000\n400,0,500200,4600000\n400,300,500200,4599850\n0,300,500000,4599850\n"


def test_a_screenshot_is_placed_by_points_and_then_lies_there(yardwatch, shot, tmp_path):
    """By a CSV file, with and without heading, or one by one; the image opens where it was placed."""
    (tmp_path / "points.csv").write_text("px,py,x,y\n" + POINTS)
    ended = yardwatch("georeference", shot, "--crs", "EPSG:32652", "--gcps", "points.csv", "--json", "-")
    found = ended.document("georeference")
    assert ended.code == 0
    assert found["left_out_rmse_m"] == pytest.approx(0, abs=1e-3)
    with open_scene(tmp_path / shot) as reader:
        grid = reader.scene.grid
    assert grid.crs == "EPSG:32652"
    assert grid.transform == pytest.approx((0.5, 0, 500000, 0, -0.5, 4600000), abs=1e-3)


def test_the_points_of_qgis_are_understood(yardwatch, shot, tmp_path):
    """Rows that count upwards, a comment with the CRS, and a point that is switched off."""
    rows = [[float(number) for number in line.split(",")] for line in POINTS.split()]
    lines = [f"{x},{y},{px},{-py},1,0,0,0" for px, py, x, y in rows] + ["1,1,5,-5,0,0,0,0"]
    head = "#CRS: EPSG:32652\nmapX,mapY,sourceX,sourceY,enable,dX,dY,residual\n"
    (tmp_path / "shot.points").write_text(head + "\n".join(lines))
    ended = yardwatch("georeference", shot, "--crs", "EPSG:32652", "--gcps", "shot.points", "--json", "-")
    assert ended.document("georeference")["transform"] == pytest.approx([0.5, 0, 500000, 0, -0.5, 4600000], abs=1e-3)


def test_a_world_file_that_is_there_is_replaced_only_by_force(yardwatch, shot, tmp_path):
    """Somebody may have made it with care."""
    (tmp_path / "shot.prj").write_text("mine")
    words = ["georeference", shot, "--crs", "EPSG:32652"]
    words += [word for line in POINTS.split() for word in ("--gcp", line)]
    refused = yardwatch(*words)
    assert refused.code == 2
    assert "--force" in refused.err
    assert (tmp_path / "shot.prj").read_text() == "mine"
    assert yardwatch(*words, "--force").code == 0


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("1,2,3\n", "four numbers"),
        ("a,b,c,d\n1,2,3,4\n", "heading"),
        ("", "empty"),
        ("1,2,nan,4\n" * 3, "heading"),
        ("0,0,1,1\n1,1,2,2\n2,2,3,3\n", "on a line"),
        ("9000,9000,500000,4600000\n" + POINTS, "outside"),
        ("\x00\xff" * 50, "heading"),
    ],
)
def test_bad_control_points_get_one_line_that_names_them(yardwatch, shot, tmp_path, content, word):
    """Exit code 2, nothing written, no traceback."""
    (tmp_path / "points.csv").write_text(content, encoding="latin-1")
    ended = yardwatch("georeference", shot, "--crs", "EPSG:32652", "--gcps", "points.csv")
    assert ended.code == 2
    assert word in ended.err
    assert len(ended.err.splitlines()) == 1
    assert not (tmp_path / "shot.pgw").exists()


@pytest.mark.parametrize("crs", ["EPSG:0", "nonsense", "EPSG:5773"])
def test_a_crs_that_is_none_is_refused(yardwatch, shot, crs):
    """Unknown codes, and heights, which place nothing."""
    ended = yardwatch("georeference", shot, "--crs", crs, "--gcp", "0,0,0,0", "--gcp", "9,9,9,9")
    assert ended.code == 2
    assert "--crs" in ended.err


def test_a_file_that_is_no_picture_is_refused(yardwatch, tmp_path):
    """By name."""
    (tmp_path / "shot.png").write_text("no picture")
    ended = yardwatch("georeference", "shot.png", "--crs", "EPSG:32652", "--gcp", "0,0,0,0", "--gcp", "9,9,9,9")
    assert ended.code == 2
    assert "shot.png" in ended.err
