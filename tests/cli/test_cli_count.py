"""``yardwatch count`` on a tiny invented yard: what it prints, what it writes, how it ends."""

import json
import shutil

import pytest


def test_counting_prints_a_tally_and_writes_three_files(yardwatch, yard, tmp_path):
    """By default into a folder named after the image; the end says what was written."""
    ended = yardwatch("count", yard / "image1.tif", "--site", yard / "site.geojson", "--acquired", "2024-12-03")
    assert ended.code == 0, ended.err
    folder = tmp_path / "image1.yardwatch"
    assert sorted(path.name for path in folder.iterdir()) == ["count.json", "railcars.geojson", "report.html"]
    assert "2024-12-03" in ended.out.splitlines()[0]
    assert all(words in ended.out for words in ("Yard", "all", "hidden m", "wrote image1.yardwatch/report.html"))
    features = json.loads((folder / "railcars.geojson").read_text())["features"]
    assert len(features) == len(json.loads((folder / "count.json").read_text())["railcars"])


def test_a_program_gets_json_only(yardwatch, yard, tmp_path):
    """On standard output nothing but the document, and no file."""
    ended = yardwatch("count", yard / "image1.tif", "--site", yard / "site.geojson", "--json", "-")
    assert ended.code == 0, ended.err
    document = ended.document("count")
    assert set(document["provenance"]["inputs"]) == {"image1.tif", "site.geojson"}
    assert document["scene"]["acquired"] is None
    assert document["crs"] == "EPSG:32652"
    assert not list(tmp_path.iterdir())


def test_the_document_keeps_its_promises(yardwatch, yard):
    """Bodies run along the track, zones hold centres, strings name cars, the whole holds every car once."""
    document = yardwatch("count", yard / "image1.tif", "--site", yard / "site.geojson", "--json", "-").document("count")
    cars = {car["id"]: car for car in document["railcars"]}
    assert len(cars) == len(document["railcars"])
    assert all(car["start_m"] < car["end_m"] for car in cars.values())
    assert all(car["footprint"]["coordinates"][0][0] == car["footprint"]["coordinates"][0][-1] for car in cars.values())
    assert sorted(id_ for string in document["strings"] for id_ in string["railcars"]) == sorted(cars)
    for track in document["tracks"]:
        seen_m = track["visible_m"] + track["hidden_m"] + track["outside_m"]
        assert seen_m == pytest.approx(track["length_m"], abs=0.002)
    whole = next(tally for tally in document["tallies"] if tally["zone"] is None)
    assert whole["low"] <= whole["value"] <= whole["high"]


def test_counting_twice_gives_the_same_document(yardwatch, yard):
    """Nothing in it depends on the clock or on chance."""
    words = ("count", yard / "image2.tif", "--site", yard / "site.geojson", "--json", "-")
    assert yardwatch(*words).out == yardwatch(*words).out


def test_json_and_out_together_write_both(yardwatch, yard, tmp_path):
    """And the text for people is still shown."""
    ended = yardwatch(
        "count", yard / "image1.tif", "--site", yard / "site.geojson", "--json", "a.json", "--out", "results"
    )
    assert ended.code == 0, ended.err
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "results" / "count.json").read_bytes()
    assert "all" in ended.out


def test_too_coarse_an_image_is_not_counted_and_says_so(yardwatch, yard):
    """Exit code 0, no railcar, a bound, a warning."""
    words = ("count", yard / "image1.tif", "--site", yard / "site.geojson", "--gsd", "2.0", "--json", "-")
    ended = yardwatch(*words)
    assert ended.code == 0, ended.err
    document = ended.document("count")
    assert document["railcars"] == []
    assert [tally["value"] for tally in document["tallies"]] == [None] * len(document["tallies"])
    assert {tally["low"] for tally in document["tallies"]} == {0}
    assert "gsd_too_coarse" in {warning["code"] for warning in document["warnings"]}
    assert "warning: " in ended.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--crs", "EPSG:32651"), "--crs"),
        (("--crs", "EPSG:nonsense"), "nonsense"),
        (("--gsd", "-1"), "gsd"),
        (("--gsd", "nan"), "gsd"),
        (("--acquired", "3 December"), "3 December"),
        (("--acquired", "2024-12-03T02:15"), "zone"),
    ],
)
def test_a_wrong_fact_about_the_image_is_refused(yardwatch, yard, tmp_path, options, words):
    """One line that names it; nothing written."""
    ended = yardwatch("count", yard / "image1.tif", "--site", yard / "site.geojson", *options)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert words in ended.err
    assert not list(tmp_path.iterdir())


def test_an_input_is_not_overwritten(yardwatch, yard, tmp_path):
    """Not even when asked."""
    image = shutil.copy(yard / "image1.tif", tmp_path)
    before = (tmp_path / "image1.tif").read_bytes()
    assert yardwatch("count", image, "--site", yard / "site.geojson", "--json", image).code == 2
    assert (tmp_path / "image1.tif").read_bytes() == before


def test_a_name_cannot_steer_the_terminal(yardwatch, yard, tmp_path):
    """Neither that of a zone nor that of a file; nothing of it is lost from the JSON."""
    site = (yard / "site.geojson").read_text().replace('"Yard"', r'"Ya\u001b[2Jrd"')
    (tmp_path / "site.geojson").write_text(site)
    image = shutil.copy(yard / "image1.tif", tmp_path / "a\x1b[2Jb.tif")
    (tmp_path / "bad\n\x1b[2J.tif").write_bytes(b"garbage")
    good = yardwatch("count", image, "--site", "site.geojson")
    bad = yardwatch("count", "bad\n\x1b[2J.tif", "--site", "site.geojson")
    assert (good.code, bad.code, bad.err.count("\n")) == (0, 2, 1)
    assert "\x1b" not in good.out + good.err + bad.out + bad.err
