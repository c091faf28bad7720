"""Exchange of railcars, the network of a workspace and trains, through the command line."""

import json
from importlib.resources import files

import pytest


@pytest.fixture
def counted(yardwatch, yard):
    """A workspace with two counted images, and the id of the first scene."""
    yardwatch("init", "watch", "--site", yard / "site.geojson")
    added = yardwatch("scene", "add", "watch", yard / "image1.tif", "--acquired", "2024-12-03", "--json", "-")
    yardwatch("run", "watch")
    return added.document("scene-add")["scenes"][0]["scene"]["id"]


def test_railcars_go_out_and_come_back_as_a_persons(yardwatch, counted, tmp_path):
    """COCO and YOLO-OBB; what was added by hand is in both."""
    yardwatch(
        "railcar", "add", "watch", "--scene", counted, "--track", "T2", "--start", 40, "--end", 53, "--type", "tank"
    )
    for target in ("cars.json", "labels"):
        written = yardwatch("export", "watch", "--railcars", target, "--json", "-")
        assert written.code == 0, written.err
        number = written.document("export")["tables"]["railcars"]
        assert written.document("export")["warnings"][0]["code"] == "no_pictures"
        back = yardwatch("import", "watch", target, "--railcars", "--by", "Ann", "--complete", "--json", "-")
        assert back.code == 0, back.err
        (scene,) = back.document("import")["scenes"]
        assert scene["accepted"] + scene["changed"] == number >= 1
        assert (scene["added"], scene["deleted"], scene["off_track"]) == (0, 0, 0)
    assert (tmp_path / "labels" / "labels" / "image1.txt").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("export", "watch"),
        ("export", "watch", "--tables", "a", "--railcars", "b.json"),
        ("export", "watch", "--railcars", "a.shp"),
        ("export", "watch", "--railcars", "a.json", "--scene", "nowhere"),
        ("import", "watch", "bad.json", "--railcars"),
        ("import", "watch", "missing.json", "--railcars"),
        ("import", "watch", "bad.json", "--complete"),
        ("model", "use", "watch", "bad.json"),
        ("model", "train", "watch", "--out", "nowhere/tuned.onnx"),
        ("trains", "nowhere"),
        ("trains", "watch", "--fewest-cars", "3"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(yardwatch, counted, tmp_path, words):
    """Exit code 2; nothing is written."""
    (tmp_path / "bad.json").write_text("{}")
    before = sorted(path.name for path in tmp_path.iterdir())
    ended = yardwatch(*words)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_scene_is_counted_again_with_another_network_which_the_count_names(yardwatch, counted, tmp_path):
    """And nothing is new once more when the shipped one is back."""
    weights = files("yardwatch.railcars").joinpath("weights", "ribbons.onnx").read_bytes()
    (tmp_path / "tuned.onnx").write_bytes(weights)
    assert yardwatch("run", "watch").code == 1
    used = yardwatch("model", "use", "watch", "tuned.onnx", "--by", "Ann", "--json", "-").document("model-use")
    name = used["network"]["name"]
    assert name == f"tuned/{used['network']['sha256'][:12]}"
    again = yardwatch("run", "watch", "--json", "-")
    assert again.document("run")["step"].endswith(used["network"]["sha256"][:12])
    shown = yardwatch("railcar", "list", "watch", "--scene", counted, "--json", "-")
    assert json.loads(shown.out)["scene"]["id"] == counted
    yardwatch("model", "use", "watch")
    assert yardwatch("run", "watch").code == 1


def test_without_trains_there_is_none_to_meet(yardwatch, counted):
    """Which is an answer."""
    assert yardwatch("trains", "watch", "--json", "-").document("trains")["matches"] == []
    assert "no train was seen twice" in yardwatch("trains", "watch").out
