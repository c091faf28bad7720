"""Tracks from a map, from the tracks beside them and by hand, and the way back, on the site page in a browser."""

import json
import re

import httpx
import numpy as np
import pyproj
import pytest
import shapely

from yardwatch.workspace import open_workspace

sync_api = pytest.importorskip("playwright.sync_api", reason="needs: playwright")
expect = sync_api.expect
expect.set_options(timeout=240_000)

SHIFT_M = (2.0, 1.0)
"""By which the map is off the image."""
MAPPED = ("track 1", "track 3", "track 5", "track 7")
"""Tracks that the map has."""
CLEAR = ("track 1", "track 7")
"""Those of them whose rails the image shows for the most part; the others are under cars."""
ZOOM = 21.0
PIXELS_PER_DEGREE = 512 * 2**ZOOM / 360
"""Of the map, at the equator, near which the invented yard lies."""


class Site:
    """The site of a copy of the demo workspace: as it is drawn, and as it was rendered."""

    def __init__(self, folder, served):
        self.folder, self._served = folder, served
        with open_workspace(folder) as store:
            self.truth = store.site()
        self._lonlat = pyproj.Transformer.from_crs(self.truth.crs, 4326, always_xy=True).transform
        self._headers = {"Authorization": f"Bearer {served.link.partition('#token=')[2]}"}

    def drawn(self):
        """What the server has."""
        return self._ask("GET", "site?crs=site").json()

    def names(self, what):
        return sorted(one["properties"]["name"] for one in self.drawn()[what]["features"])

    def course(self, name):
        """A track as the server has it."""
        found = {one["properties"]["name"]: one for one in self.drawn()["tracks"]["features"]}
        return shapely.LineString(found[name]["geometry"]["coordinates"])

    def off_m(self, name, of=None):
        """How far a track is drawn from where it was rendered, median."""
        truth, line = shapely.LineString(self.truth.track(of or name).coordinates), self.course(name)
        return float(np.median([truth.distance(line.interpolate(at)) for at in range(0, int(line.length), 5)]))

    def edit(self, *edits):
        """What another person does meanwhile."""
        return self._ask("POST", "site/edits", json={"version": self.drawn()["version"], "edits": list(edits)}).json()

    def without_tracks(self, *names):
        names = names or [track.name for track in self.truth.tracks]
        return self.edit(*({"op": "delete", "kind": "track", "name": name} for name in names))

    def on_earth(self, points):
        return [list(self._lonlat(*point)) for point in points]

    def _ask(self, method, path, **told):
        address = f"{self._served.address}api/{path}"
        return httpx.request(method, address, headers=self._headers, timeout=60, **told).raise_for_status()


@pytest.fixture
def open_site(copied_demo, serve, open_desk):
    """The site page over a copy of the demo, after `before` was done to its site."""

    def opened(before=lambda site: None, place="#/site"):
        served = serve(copied_demo)
        site = Site(copied_demo, served)
        before(site)
        place = place(site) if callable(place) else place
        page = open_desk(served, place).page
        page.locator("[data-ready]").wait_for()
        expect(saving(page)).to_have_text(re.compile(r"^Saved"))
        return page, site

    return opened


@pytest.fixture
def osm(tmp_path):
    """Writes a map of the yard, off by some metres and simplified, and gives its path."""

    def written(site):
        lines = [site.truth.track(name) for name in MAPPED]
        features = [
            _feature(
                {"railway": "rail", "name": line.name, "gauge": "1520"}, "LineString",
                site.on_earth(np.add(shapely.LineString(line.coordinates).simplify(0.5).coords, SHIFT_M)),
            )
            for line in lines
        ]  # fmt: skip
        west, south = np.min([line.coordinates for line in lines], axis=(0, 1))
        ring = site.on_earth([(west, south), (west + 60, south), (west + 60, south - 40), (west, south)])
        features.append(_feature({"landuse": "railway", "name": "south field"}, "Polygon", [ring]))
        return _file(tmp_path / "yard.geojson", features)

    return written


def _feature(tags, kind, coordinates):
    return {"type": "Feature", "properties": tags, "geometry": {"type": kind, "coordinates": coordinates}}


def _file(path, features):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def saving(page):
    return page.get_by_test_id("saving")


def version_of(page):
    return int(re.search(r"\d+$", saving(page).inner_text())[0])


def draft(page, path):
    """Send a map in the dialog, which is given back."""
    dialog = page.get_by_role("dialog", name="Draft from OpenStreetMap")
    if not dialog.is_visible():
        page.get_by_role("button", name="Draft from OSM").click()
    dialog.get_by_label("File").set_input_files(path)
    dialog.get_by_role("button", name="Draft", exact=True).click()
    return dialog


def put(page, x, y):
    """A click on the map, at pixels from its middle."""
    box = page.get_by_test_id("map").bounding_box()
    x, y = box["x"] + box["width"] / 2 + x, box["y"] + box["height"] / 2 + y
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    page.mouse.click(x, y)


def test_a_draft_is_proposed_decided_on_and_drawn(open_site, osm):
    """Also after reloads in the midst of it; what is accepted lies on the rails, and one undo takes it back."""
    page, site = open_site(Site.without_tracks)
    expect(page.get_by_text("None drawn yet")).to_be_visible()
    dialog = draft(page, osm(site))
    expect(dialog.get_by_text("You can close this")).to_be_visible()
    page.reload()
    proposals = page.get_by_role("region", name="Proposals")
    expect(proposals).to_be_visible()
    row = proposals.get_by_role("row").filter(has=page.get_by_role("button", name="track 7", exact=True))
    expect(row).to_contain_text(re.compile(r"1\.\d m.*\d\d %"))
    expect(proposals.get_by_role("button", name="south field, zone")).to_be_visible()
    expect(proposals.get_by_text("OpenStreetMap contributors")).to_be_attached()

    before = version_of(page)
    row.get_by_role("button").click()
    expect(
        page.get_by_text(re.compile(r"proposed: track 7 · from OpenStreetMap · 4\d\d m · moved 1\.\d m"))
    ).to_be_visible()
    page.keyboard.press("y")
    expect(saving(page)).to_have_text(f"Saved, version {before + 1}")
    assert site.names("tracks") == ["track 7"]
    proposals.get_by_role("button", name="track 3", exact=True).click()
    page.keyboard.press("x")
    page.reload()
    expect(proposals.get_by_role("button", name="track 1", exact=True)).to_be_visible()
    expect(proposals.get_by_role("button", name="track 3", exact=True)).to_have_count(0)
    expect(proposals.get_by_role("button", name="track 7", exact=True)).to_have_count(0)

    page.get_by_role("button", name=re.compile("^Accept all")).click()
    expect(saving(page)).to_have_text(f"Saved, version {before + 2}")
    expect(proposals).to_have_count(0)
    names = site.names("tracks")
    assert set(names) >= {"track 1", "track 5", "track 7"}
    assert "track 3" not in names
    assert "south field" in site.names("zones")
    with open_workspace(site.folder) as store:
        assert len(store.site().tracks) == len(names)
        assert {store.site().track(name).gauge_mm for name in CLEAR} == {1520}
    assert all(site.off_m(name) <= 0.5 for name in CLEAR)
    page.keyboard.press("Control+z")
    expect(saving(page)).to_have_text(f"Saved, version {before + 3}")
    assert site.names("tracks") == ["track 7"]


def test_what_is_drawn_already_is_not_drawn_twice(open_site, osm):
    """It is proposed as a new course of the track that lies there, which keeps its name and zone."""
    page, site = open_site(lambda site: site.without_tracks("track 7"))
    expect(draft(page, osm(site))).to_be_hidden()
    proposals = page.get_by_role("region", name="Proposals")
    expect(proposals.get_by_role("heading", name=re.compile("^Drawn already"))).to_be_visible()
    page.get_by_role("button", name=re.compile("^Accept all .* new")).click()
    expect(saving(page)).to_have_text("Saved, version 3")
    names = site.names("tracks")
    assert "track 7" in names
    assert not [name for name in names if name.startswith("track 1 (")]
    proposals.get_by_role("button", name="track 1", exact=True).click()
    page.keyboard.press("y")
    expect(saving(page)).to_have_text("Saved, version 4")
    assert site.names("tracks") == names
    assert 0 < site.off_m("track 1") <= 0.5


def test_what_cannot_be_drafted_says_why_and_what_helps(open_site, tmp_path):
    """A damaged file, a map of another place, and a draft that fails while its dialog is closed."""
    page, _ = open_site()
    damaged = tmp_path / "damaged.geojson"
    damaged.write_text('{"type": "Feat', "utf-8")
    dialog = draft(page, damaged)
    expect(dialog.get_by_role("alert")).to_contain_text("damaged.geojson: is not valid JSON")
    expect(dialog.get_by_role("alert")).to_contain_text("Overpass")
    far = _file(tmp_path / "far.geojson", [_feature({"railway": "rail"}, "LineString", [[10.0, 50.0], [10.1, 50.0]])])
    draft(page, far)
    expect(dialog.get_by_role("alert")).to_contain_text(
        re.compile(r"far\.geojson.*no railway line in use.*lies in the image")
    )
    draft(page, damaged)
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Messages")).to_contain_text("Drafting: damaged.geojson: is not valid JSON")
    page.get_by_role("button", name="Draft from OSM").click()
    expect(dialog.get_by_role("button", name="Draft", exact=True)).to_be_enabled()


def test_the_track_beside_is_proposed_where_none_is_drawn(open_site):
    """At a key, on the side where it is missing; where all are drawn the page says that there is none."""
    page, site = open_site(lambda site: site.without_tracks("track 2"))
    page.get_by_role("button", name=re.compile("^track 1 ")).click()
    page.keyboard.press("p")
    expect(page.get_by_text(re.compile("Proposed: track · beside it"))).to_be_visible()
    page.keyboard.press("y")
    expect(saving(page)).to_have_text("Saved, version 3")
    assert site.off_m("Track 1", of="track 2") <= 0.5
    page.get_by_role("button", name=re.compile("^track 1 ")).click()
    page.get_by_role("button", name="Tracks beside").click()
    expect(page.get_by_text("shows no track beside it")).to_be_visible()


def test_undo_goes_on_after_a_reload(open_site):
    """Step by step, and forth again; what was selected comes back with it."""
    page, site = open_site()
    zones, tracks = site.names("zones"), site.names("tracks")
    page.get_by_role("button", name=re.compile("^roof 1 ")).click()
    page.keyboard.press("e")
    page.keyboard.type("shed")
    page.keyboard.press("Enter")
    expect(saving(page)).to_have_text("Saved, version 2")
    page.get_by_role("button", name=re.compile("^track 8 ")).click()
    page.keyboard.press("Delete")
    expect(saving(page)).to_have_text("Saved, version 3")
    page.reload()
    expect(page.get_by_role("button", name=re.compile("^shed "))).to_be_visible()
    page.keyboard.press("Control+z")
    expect(saving(page)).to_have_text("Saved, version 4")
    expect(page.get_by_role("region", name="Track track 8")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    page.keyboard.press("Control+z")
    expect(saving(page)).to_have_text("Saved, version 5")
    assert (site.names("zones"), site.names("tracks")) == (zones, tracks)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.keyboard.press("Control+y")
    expect(page.get_by_role("button", name=re.compile("^shed "))).to_be_visible()


def test_versions_lead_back_and_forth(open_site):
    """Also to what somebody else drew before the page was opened, and the way back can be undone."""
    page, site = open_site(lambda site: site.without_tracks("track 3"))
    page.get_by_role("button", name="Versions").click()
    dialog = page.get_by_role("dialog", name="Versions of the drawing")
    expect(dialog.get_by_role("row").filter(has_text="now")).to_contain_text("deleted track 3")
    dialog.get_by_role("row").filter(has_text="first seen").get_by_role("button", name="Compare").click()
    expect(page.get_by_text("Version 1, dotted: track 3 was there.")).to_be_visible()
    page.get_by_role("button", name="Back to it").click()
    expect(saving(page)).to_have_text("Saved, version 3")
    assert site.off_m("track 3") < 0.001
    page.get_by_role("button", name="Undo").first.click()
    expect(saving(page)).to_have_text("Saved, version 4")
    assert "track 3" not in site.names("tracks")


def test_points_snap_to_what_is_drawn(open_site):
    """To a vertex exactly; not while snapping is off."""
    corner = "track 4"

    def at_corner(site):
        ((lon, lat),) = site.on_earth([site.truth.track(corner).coordinates[0]])
        return f"#/site?at={lon},{lat}&zoom={ZOOM}"

    page, site = open_site(place=at_corner)
    page.keyboard.press("t")
    put(page, 4, 3)
    put(page, -90, 100)
    expect(page.get_by_text(re.compile("Enter ends.*[1-9] m"))).to_be_visible()
    page.keyboard.press("Enter")
    expect(saving(page)).to_have_text("Saved, version 2")
    end = site.truth.track(corner).coordinates[0]
    assert site.course("Track 1").coords[0] == pytest.approx(end, abs=0.002)
    page.keyboard.press("s")
    page.keyboard.press("t")
    put(page, 4, 3)
    put(page, -90, 140)
    page.keyboard.press("Enter")
    expect(saving(page)).to_have_text("Saved, version 3")
    off = shapely.Point(end).distance(shapely.Point(site.course("Track 2").coords[0]))
    assert off == pytest.approx(5 / PIXELS_PER_DEGREE * 111_195, rel=0.3)


def test_a_save_that_meets_another_change_is_told_and_can_be_done_again(open_site):
    """The page shows the site as it is on disk, says what it could not save, and does it again when asked."""
    page, site = open_site()
    with open_workspace(site.folder) as store, store._database.writing() as outside:
        outside.execute("UPDATE zones SET name = 'canopy' WHERE name = 'roof 1'")
    page.get_by_role("button", name=re.compile("^track 2 ")).click()
    page.get_by_label("Name", exact=True).fill("main")
    page.get_by_label("Name", exact=True).press("Enter")
    told = page.get_by_role("alert").filter(has_text="Not saved")
    expect(told).to_contain_text("changed elsewhere meanwhile")
    expect(page.get_by_role("button", name=re.compile("^canopy "))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^track 2 "))).to_be_visible()
    told.get_by_role("button", name="Do it again").click()
    expect(saving(page)).to_have_text("Saved, version 3")
    assert "main" in site.names("tracks")
    assert "canopy" in site.names("zones")
