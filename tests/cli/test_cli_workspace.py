"""A workspace through the command line: start, add, run, observe, report."""

import json
import os
import shutil

import pytest


@pytest.fixture
def started(yardwatch, yard):
    assert yardwatch("init", "watch", "--site", yard / "site.geojson").code == 0
    return yardwatch


def test_a_workspace_from_start_to_report(yardwatch, yard, tmp_path):
    """Each command says what comes next, each document fits its schema, and the report is one file."""
    started = yardwatch("init", "watch", "--site", yard / "site.geojson", "--json", "-").document("init")
    assert [track["name"] for track in started["site"]["tracks"]] == ["T1", "T2"]
    added = yardwatch("scene", "add", "watch", yard, "--acquired", "2024-12", "--credit", "© Nobody", "--json", "-")
    assert (added.code, added.err) == (0, "")
    scenes = added.document("scene-add")["scenes"]
    assert [(scene["status"], scene["scene"]["acquired"]) for scene in scenes] == [("added", "2024-12")] * 2
    ran = yardwatch("run", "watch", "--json", "-")
    assert ran.code == 0, ran.err
    assert [scene["status"] for scene in ran.document("run")["scenes"]] == ["counted"] * 2
    assert sorted(chip.stem for chip in (tmp_path / "watch" / "chips").iterdir()) == sorted(
        scene["scene"]["id"] for scene in scenes
    )
    seen = yardwatch(
        *("observe", "watch", "--zone", "yard", "--class", "spare bogies", "--count", "at least 7"),
        *("--scene", scenes[0]["scene"]["id"], "--by", "A. Analyst", "--json", "-"),
    )
    observation = seen.document("observe")["observation"]
    assert (observation["zone"], observation["low"], observation["date"]) == ("Yard", 7, "2024-12")
    printed = yardwatch("report", "watch", "--out", "report.html", "--json", "-").document("report")
    assert len(printed["scenes"]) == 2
    page = (tmp_path / "report.html").read_text("utf-8")
    assert all(words in page for words in ("spare bogies", "A. Analyst", "© Nobody"))


def test_the_same_image_twice_is_one_scene(started, yard, tmp_path):
    """Under another name too; it is said and is no failure."""
    copy = shutil.copy(yard / "image1.tif", tmp_path / "copy.tif")
    assert started("scene", "add", "watch", yard / "image1.tif").code == 0
    again = started("scene", "add", "watch", yard / "image1.tif", copy, "--acquired", "2024", "--json", "-")
    assert again.code == 0
    document = again.document("scene-add")
    assert [scene["status"] for scene in document["scenes"]] == ["known", "known"]
    assert len({scene["scene"]["id"] for scene in document["scenes"]}) == 1
    assert "scene_known" in {warning["code"] for warning in document["warnings"]}


def test_a_bad_image_does_not_keep_the_good_one_out(started, yard, tmp_path):
    """Exit code 1 where some were added, 2 where none was; each bad one has its line."""
    (tmp_path / "bad.tif").write_bytes(b"garbage")
    mixed = started("scene", "add", "watch", "bad.tif", yard / "image1.tif", "no.tif", "--json", "-")
    assert (mixed.code, mixed.err.count("\n")) == (1, 2)
    assert [scene["status"] for scene in mixed.document("scene-add")["scenes"]] == ["failed", "added", "failed"]
    alone = started("scene", "add", "watch", "bad.tif", "--json", "a.json")
    assert (alone.code, alone.out, alone.err.count("\n")) == (2, "", 1)
    assert "bad.tif" in alone.err
    assert not (tmp_path / "a.json").exists()


def test_running_with_nothing_new_is_exit_code_1(started, yard, tmp_path):
    """The JSON is written all the same."""
    assert started("run", "watch").code == 1
    started("scene", "add", "watch", yard / "image1.tif")
    assert started("run", "watch").code == 0
    again = started("run", "watch", "--json", "run.json")
    assert again.code == 1
    assert "nothing new" in again.out
    assert json.loads((tmp_path / "run.json").read_text())["scenes"] == []


def test_a_changed_file_is_named_and_the_rest_is_counted(started, yard, tmp_path):
    """The scene stays new, and is counted once its file is back."""
    for number in (1, 2):
        shutil.copy(yard / f"image{number}.tif", tmp_path / f"mine{number}.tif")
    started("scene", "add", "watch", "mine1.tif", "mine2.tif")
    shutil.copy(yard / "image2.tif", tmp_path / "mine1.tif")
    ran = started("run", "watch", "--json", "-")
    assert ran.code == 1
    assert len([line for line in ran.err.splitlines() if not line.startswith("warning: ")]) == 1
    assert "mine1.tif" in ran.err
    assert sorted(scene["status"] for scene in ran.document("run")["scenes"]) == ["counted", "failed"]
    shutil.copy(yard / "image1.tif", tmp_path / "mine1.tif")
    assert started("run", "watch").code == 0


def test_a_scene_keeps_the_facts_that_were_stated(started, yard, tmp_path):
    """Its CRS and resolution are the same at the count as when it was added."""
    added = started("scene", "add", "watch", yard / "image1.tif", "--gsd", "2.5", "--json", "-").document("scene-add")
    assert added["scenes"][0]["scene"]["gsd_m"] == 2.5
    (scene,) = started("run", "watch", "--json", "-").document("run")["scenes"]
    assert (scene["value"], scene["scene"]["gsd_m"]) == (None, 2.5)


def test_a_report_goes_on_without_a_picture_that_is_gone(started, yard, tmp_path):
    """The figures stay, and the report says what is missing."""
    shutil.copy(yard / "image1.tif", tmp_path / "mine.tif")
    started("scene", "add", "watch", "mine.tif")
    assert started("run", "watch").code == 0
    (tmp_path / "mine.tif").unlink()
    ended = started("report", "watch", "--out", "report.html", "--json", "-")
    assert ended.code == 0, ended.err
    document = ended.document("report")
    assert (document["scenes"], len(document["scenes_without_pictures"])) == ([], 1)
    assert [warning["code"] for warning in document["warnings"]] == ["picture_missing"]
    assert "mine.tif" in (tmp_path / "report.html").read_text("utf-8")


def test_a_report_overwrites_a_report_and_nothing_else(started, tmp_path):
    """Least of all the workspace itself."""
    for name in ("report.html", "notes.txt"):
        (tmp_path / name).write_text("mine")
    assert started("report", "watch", "--out", "report.html").code == 0
    assert (tmp_path / "report.html").read_text("utf-8").startswith("<!")
    for out in ("notes.txt", "watch", "watch/yardwatch.gpkg"):
        assert started("report", "watch", "--out", out).code == 2
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_an_unknown_zone_names_those_there_are(started):
    """So that the next try is right."""
    ended = started("observe", "watch", "--zone", "Port", "--class", "crane", "--count", "1", "--date", "2024")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "its zones and places are: Yard" in ended.err


def test_no_workspace_is_made_twice_or_of_a_bad_site(started, yard, tmp_path):
    """What is there stays as it is."""
    assert started("init", "watch", "--site", yard / "site.geojson").code == 2
    (tmp_path / "bad.geojson").write_text("{}")
    assert started("init", "other", "--site", "bad.geojson").code == 2
    assert not (tmp_path / "other").exists()


def test_the_doctor_examines_this_machine(yardwatch, tmp_path):
    """What runs these tests has all that is needed."""
    ended = yardwatch("doctor", "--json", "-")
    assert ended.code == 0, ended.out
    names = {check["name"] for check in ended.document("doctor")["checks"]}
    assert {
        "Python",
        "GDAL",
        "PROJ",
        "GEOS",
        "SQLite with R-tree",
        "evidence network",
        "safe reading of files",
    } <= names
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="needs a process of POSIX")
def test_the_real_command_does_the_same(process, yard, tmp_path):
    """As a process of its own, with progress only for terminals."""
    ended = process("count", yard / "image1.tif", "--site", yard / "site.geojson", "--json", "-")
    assert ended.code == 0
    assert all(line.startswith("warning: ") for line in ended.err.splitlines())
    ended.document("count")
    assert not list(tmp_path.iterdir())
