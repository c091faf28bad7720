"""Zones and tracks drawn in the browser: all or nothing, with a way back."""

import json

import pytest
from desks import SITE, at
from test_web_gate import problem

from yardwatch.pipeline.counting import COUNT_STEP
from yardwatch.workspace import open_workspace


def site(desk, crs="site"):
    """The site as it is now."""
    return desk.get("/api/site", params={"crs": crs}).json()


def draw(desk, *edits, version=None, crs="site", **more):
    """The answer to some edits on the version there is."""
    body = {"version": version or site(desk)["version"], "crs": crs, "edits": list(edits), **more}
    return desk.post("/api/site/edits", json=body)


def names(facts, what="tracks"):
    """Names of what is drawn."""
    return [feature["id"] for feature in facts[what]["features"]]


def add(kind, geometry, **properties):
    """An edit that adds something."""
    return {"op": "add", "kind": kind, "geometry": geometry, "properties": properties}


def line(*points):
    """A GeoJSON line."""
    return {"type": "LineString", "coordinates": [list(at(*point)) for point in points]}


def polygon(*points):
    """A GeoJSON polygon."""
    return {"type": "Polygon", "coordinates": [[list(at(*point)) for point in points]]}


def test_the_site_is_given_in_its_own_coordinates_and_for_maps(desk):
    """In longitude and latitude as RFC 7946 wants it, or in the site's CRS; both are the same place."""
    own, lonlat = site(desk), site(desk, "lonlat")
    assert names(own) == ["T1", "T2"]
    assert names(own, "zones") == ["North yard", "Sheds"]
    assert own["tracks"]["features"][0]["geometry"]["coordinates"][0] == list(at(10, 80))
    longitude, latitude = lonlat["tracks"]["features"][0]["geometry"]["coordinates"][0]
    assert (longitude, latitude) == (pytest.approx(129.0, abs=0.001), pytest.approx(41.55, abs=0.01))
    assert own["tracks"]["features"][0]["properties"]["length_m"] == pytest.approx(300, abs=0.2)


def test_what_is_drawn_on_a_map_lands_where_it_was_drawn(desk):
    """Longitude and latitude there and back are off by less than a millimetre or so."""
    drawn = site(desk, "lonlat")["tracks"]["features"][0]["geometry"]
    answer = draw(desk, {"op": "add", "kind": "track", "geometry": drawn, "properties": {"name": "T3"}}, crs="lonlat")
    assert answer.status_code == 200
    for point, known in zip(site(desk)["tracks"]["features"][2]["geometry"]["coordinates"], SITE.tracks[0].coordinates):  # noqa: B905
        assert point == pytest.approx(known, abs=0.002)


def test_edits_are_done_together_and_told_in_words(desk):
    """A track, a zone, a name and a gauge, in one version."""
    answer = draw(
        desk,
        add("zone", polygon((0, 120), (50, 120), (50, 150)), name="Ford"),
        add("track", line((0, 130), (50, 131)), name="T9", zone="Ford"),
        {"op": "change", "kind": "track", "name": "T2", "properties": {"name": "Siding", "gauge_mm": 1435}},
        {"op": "change", "kind": "zone", "name": "Sheds", "properties": {"conceals_from": "2024-05"}},
        {"op": "delete", "kind": "zone", "name": "Ford"},
        by="Kim",
    )  # fmt: skip
    facts = answer.json()
    assert facts["version"] == 2
    assert facts["did"] == [
        "drew zone Ford", "drew track T9", "renamed track T2 to Siding", "changed track Siding", "changed zone Sheds",
        "deleted zone Ford",
    ]  # fmt: skip
    assert names(facts) == ["T1", "Siding", "T9"]
    assert facts["tracks"]["features"][2]["properties"]["zone"] is None
    newest = desk.get("/api/site/versions").json()["items"][0]
    assert (newest["version"], newest["by"], newest["outside"]) == (2, "Kim", False)


@pytest.mark.parametrize(
    "edit",
    [
        add("track", line((0, 0), (9, 9)), name="T2"),
        add("track", line((0, 0), (0, 0)), name="X"),
        add("track", line((0, 0), (9, 9))),
        add("track", line((0, 0), (9, 9)), name="X", zone="Nowhere"),
        add("track", line((0, 0), (9, 9)), name="X", gauge_mm="wide"),
        add("track", None, name="X"),
        add("zone", polygon((0, 0), (9, 9), (0, 9), (9, 0)), name="X"),
        add("zone", polygon((0, 0), (9, 9)), name="X"),
        add("zone", {"type": "Polygon", "coordinates": [[["a", 1]] * 4]}, name="X"),
        {"op": "change", "kind": "zone", "name": "Sheds", "properties": {"conceals_from": "soon"}},
        {"op": "change", "kind": "zone", "name": "Sheds", "properties": {"name": "North yard"}},
        {"op": "change", "kind": "zone", "name": "Nowhere", "properties": {"role": "x"}},
        {"op": "delete", "kind": "track", "name": "Nowhere"},
    ],
)  # fmt: skip
def test_a_bad_edit_leaves_everything_as_it_was(desk, edit):
    """Also the good edits before it."""
    before = site(desk)
    good = {"op": "change", "kind": "track", "name": "T1", "properties": {"name": "Main"}}
    assert problem(draw(desk, good, edit)) in {"bad_input", "invalid"}
    assert site(desk) == before


def test_an_earlier_version_can_be_looked_at(desk):
    """It is the site as it was then, and the site of now stays as it is; one that never was is refused."""
    before = site(desk)
    assert draw(desk, {"op": "delete", "kind": "track", "name": "T1"}).status_code == 200
    then = desk.get("/api/site/versions/1", params={"crs": "site"}).json()
    assert (sorted(names(then)), then["version"]) == (names(before), 1)
    assert then["zones"] == before["zones"]
    assert "T1" not in names(site(desk))
    assert problem(desk.get("/api/site/versions/9")) == "bad_input"


def test_a_page_that_shows_an_older_site_draws_nothing(desk, workspace):
    """Whether the newer one was drawn here or in QGIS."""
    rename = {"op": "change", "kind": "track", "name": "T1", "properties": {"name": "Main"}}
    assert draw(desk, rename).status_code == 200
    assert problem(draw(desk, rename, version=1)) == "site_changed"
    with open_workspace(workspace) as store, store._database.writing() as connection:
        connection.execute("UPDATE zones SET role = 'factory' WHERE name = 'Sheds'")
    rename["name"] = "Main"
    assert problem(draw(desk, rename, version=2)) == "site_changed"
    assert desk.get("/api/site/versions").json()["items"][0]["outside"] is True
    assert site(desk)["version"] == 3


def test_each_version_can_be_gone_back_to(desk):
    """Undo is to go back by one, redo is to go back to the one that was undone; the drawing is as it was exactly."""
    shapes = {}
    edits = [
        {"op": "change", "kind": "track", "name": "T1", "properties": {"name": "Main"}},
        {"op": "change", "kind": "track", "name": "Main", "geometry": line((10, 81), (310, 79))},
        {"op": "delete", "kind": "zone", "name": "Sheds"},
        {"op": "delete", "kind": "track", "name": "Main"},
    ]
    for edit in [None, *edits]:
        if edit:
            assert draw(desk, edit).status_code == 200
        facts = site(desk)
        shapes[facts["version"]] = {
            what: {f["id"]: f for f in facts[what]["features"]} for what in ("zones", "tracks", "places")
        }
    for to in (4, 1, 5, 2, 3):
        now = site(desk)["version"]
        facts = desk.post("/api/site/restore", params={"crs": "site"}, json={"version": now, "to": to}).json()
        assert facts["version"] == now + 1
        assert {what: {f["id"]: f for f in facts[what]["features"]} for what in shapes[to]} == shapes[to]
    assert problem(desk.post("/api/site/restore", json={"version": 10, "to": 99})) == "bad_input"


def test_names_change_wherever_they_are_used(desk, workspace):
    """In counts, tallies, observations and decisions."""
    scene = desk.get("/api/scenes").json()["items"][0]["id"]
    decision = {"decisions": [{"act": "change", "railcar": "c1", "type": "covered"}], "by": "Lee"}
    assert desk.post(f"/api/scenes/{scene}/ribbons/decisions", json=decision).status_code == 200
    before = desk.get(f"/api/scenes/{scene}/count").json()
    answer = draw(
        desk,
        {"op": "change", "kind": "track", "name": "T1", "properties": {"name": "Main"}},
        {"op": "change", "kind": "zone", "name": "North yard", "properties": {"name": "Yard"}},
    )
    assert answer.status_code == 200
    after = desk.get(f"/api/scenes/{scene}/count").json()
    assert json.loads(json.dumps(before).replace('"T1"', '"Main"').replace('"North yard"', '"Yard"')) == after
    assert desk.get("/api/observations", params={"zone": "North yard"}).json()["total"] == 0
    assert desk.get("/api/observations", params={"zone": "Yard"}).json()["total"] > 0
    with open_workspace(workspace) as store:
        assert [one.track for one in store.corrections()] == ["Main"]
        assert list(store.pending(COUNT_STEP)) == [store.scenes()[2]]


def test_decisions_go_with_a_track_that_is_drawn_otherwise_and_come_back(desk, workspace):
    """A car that a person named stands where it stood on the ground, whatever its chainage is now."""
    scene = desk.get("/api/scenes").json()["items"][0]["id"]
    decision = {"decisions": [{"act": "change", "railcar": "c3", "type": "covered"}], "by": "Lee"}
    desk.post(f"/api/scenes/{scene}/ribbons/decisions", json=decision)

    def place():
        with open_workspace(workspace) as store:
            return store.corrections()[0].after

    before = place()
    assert (
        draw(desk, {"op": "change", "kind": "track", "name": "T1", "geometry": line((40, 80), (310, 80))}).status_code
        == 200
    )
    moved = place()
    assert moved.start_m == pytest.approx(before.start_m - 30, abs=0.1)
    assert moved.footprint == before.footprint
    with open_workspace(workspace) as store:
        assert len(store.pending(COUNT_STEP)) == 3
    desk.post("/api/site/restore", json={"version": 2, "to": 1})
    assert place().start_m == pytest.approx(before.start_m, abs=0.001)


def test_a_track_that_is_taken_away_leaves_counts_readable(desk):
    """Also those that persons corrected on it."""
    scene = desk.get("/api/scenes").json()["items"][0]["id"]
    decision = {"decisions": [{"act": "delete", "railcar": "c3"}], "by": "Lee"}
    desk.post(f"/api/scenes/{scene}/ribbons/decisions", json=decision)
    assert draw(desk, {"op": "delete", "kind": "track", "name": "T1"}).status_code == 200
    for path in ("", "/count", "/railcars", "/railcars.geojson", "/tallies"):
        assert desk.get(f"/api/scenes/{scene}{path}").status_code == 200
    assert desk.get("/api/scenes").status_code == 200


def test_a_zone_that_is_spoken_of_leaves_its_name_behind(desk):
    """As a place, which a new zone of that name takes up again."""
    desk.post("/api/observations", json={"zone": "Sheds", "class": "bogies", "count": "7", "date": "2024"})
    gone = draw(desk, {"op": "delete", "kind": "zone", "name": "Sheds"}).json()
    assert names(gone, "places") == ["Sheds"]
    assert desk.get("/api/series").status_code == 200
    shape = polygon((0, 0), (50, 0), (50, 50))
    again = draw(desk, {"op": "add", "kind": "zone", "geometry": shape, "properties": {"name": "Sheds"}}).json()
    assert names(again, "places") == []
    assert "Sheds" in names(again, "zones")


def test_nobody_draws_while_a_run_counts_on_the_site(desk, workspace):
    """It would count on tracks that are no more."""
    version = site(desk)["version"]
    with open_workspace(workspace) as store, store.working():
        answer = draw(desk, {"op": "delete", "kind": "track", "name": "T1"}, version=version)
    assert (answer.status_code, problem(answer)) == (503, "busy")
    assert answer.headers["retry-after"]
