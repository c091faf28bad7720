"""A person's word on railcars through the command line."""

import pytest


@pytest.fixture
def counted(yardwatch, yard):
    """A workspace with one counted image, and the id of its scene."""
    yardwatch("init", "watch", "--site", yard / "site.geojson")
    added = yardwatch("scene", "add", "watch", yard / "image1.tif", "--acquired", "2024-12-03", "--json", "-")
    yardwatch("run", "watch")
    return added.document("scene-add")["scenes"][0]["scene"]["id"]


def listed(yardwatch, scene):
    return yardwatch("railcar", "list", "watch", "--scene", scene, "--json", "-").document("railcar")


def test_railcars_are_added_changed_accepted_and_deleted(yardwatch, counted):
    """Each command answers with the scene as it then stands."""
    scene = ("--scene", counted, "--by", "A. Analyst", "--json", "-")
    before = len(listed(yardwatch, counted)["railcars"])
    first = yardwatch("railcar", "add", "watch", "--track", "T2", "--start", 10, "--end", 23, "--type", "tank", *scene)
    assert (first.code, first.err) == (0, "")
    document = first.document("railcar")
    (correction,) = document["corrections"]
    added = next(car for car in document["railcars"] if car["id"] == correction["railcar"])
    assert (added["by"], added["type"], added["zone"], correction["act"]) == ("A. Analyst", "tank", "Yard", "add")
    changed = yardwatch("railcar", "change", "watch", added["id"], "--type", "covered", "--end", 24, *scene)
    assert [one["end_m"] for one in changed.document("railcar")["corrections"]] == [24]
    assert yardwatch("railcar", "accept", "watch", added["id"], *scene).document("railcar")["corrections"] == []
    deleted = yardwatch("railcar", "delete", "watch", added["id"], "--note", "a shed", *scene).document("railcar")
    assert deleted["corrections"][0]["note"] == "a shed"
    assert len(deleted["railcars"]) == before


def test_a_checked_yard_is_the_persons_count_in_report_and_series(yardwatch, counted, tmp_path):
    """With his name."""
    checked = yardwatch("railcar", "check", "watch", "--scene", counted, "--by", "A. Analyst", "--json", "-")
    document = checked.document("railcar")
    cars = len(document["railcars"])
    assert {track["checked_by"] for track in document["tracks"]} == {"A. Analyst"}
    assert [(t["value"], t["low"], t["high"], t["by"]) for t in document["tallies"]] == 2 * [
        (cars, cars, cars, "A. Analyst")
    ]
    trend = yardwatch("trend", "watch", "--class", "railcar", "--json", "-").document("trend")
    assert [point["value"] for one in trend["series"] for point in one["points"]] == [cars, cars]
    yardwatch("report", "watch", "--out", "report.html")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "counted by A. Analyst" in page
    assert "Corrected by A. Analyst" in page


def test_a_concealed_stretch_makes_the_count_a_lower_bound(yardwatch, counted):
    """Hidden is not empty."""
    scene = ("--scene", counted, "--json", "-")
    hidden = yardwatch("railcar", "conceal", "watch", "--track", "T2", "--start", 0, "--end", 60, *scene)
    track = next(one for one in hidden.document("railcar")["tracks"] if one["name"] == "T2")
    assert track["hidden_m"] >= 60
    document = yardwatch("railcar", "check", "watch", "--zone", "yard", *scene).document("railcar")
    assert {tally["qualifier"] for tally in document["tallies"]} == {"at_least"}


def test_one_track_may_be_listed(yardwatch, counted):
    """A table for people, with who said so."""
    yardwatch("railcar", "add", "watch", "--scene", counted, "--track", "T2", "--start", 40, "--end", 53)
    shown = yardwatch("railcar", "list", "watch", "--scene", counted, "--track", "T2")
    assert "unknown person" in shown.out
    assert "T1" not in shown.out


@pytest.mark.parametrize(
    "words",
    [
        ("accept", "watch", "c9999", "--scene", "SCENE"),
        ("delete", "watch", "c0001", "--scene", "nowhere"),
        ("add", "watch", "--scene", "SCENE", "--track", "T1", "--start", "-5", "--end", "9"),
        ("add", "watch", "--scene", "SCENE", "--track", "T1", "--start", "nan", "--end", "9"),
        ("add", "watch", "--scene", "SCENE", "--track", "T9", "--start", "1", "--end", "9"),
        ("check", "watch", "--scene", "SCENE", "--track", "T1", "--zone", "Yard"),
        ("check", "watch", "--scene", "SCENE", "--zone", "Nowhere"),
        ("list", "nowhere", "--scene", "SCENE"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(yardwatch, counted, words):
    """Exit code 2, and nothing is kept."""
    ended = yardwatch("railcar", *(counted if word == "SCENE" else word for word in words))
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert not any(car["by"] for car in listed(yardwatch, counted)["railcars"])
