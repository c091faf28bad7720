"""The desk in a browser: drawing and undoing, comparing, cancelling work, and a server that ends in the midst of it."""

import re
import signal
from pathlib import Path

import httpx
import pyproj
import pytest
import shapely

from yardwatch.workspace import open_workspace

sync_api = pytest.importorskip("playwright.sync_api", reason="needs: playwright")
expect = sync_api.expect
expect.set_options(timeout=240_000)

TRACED = "track 2"
"""Of the scene that is shown first."""
ZOOM = 17.6
PIXELS_PER_DEGREE = 512 * 2**ZOOM / 360
"""Of the map, at the equator, near which the invented yard lies."""


@pytest.fixture
def editing(desk):
    """The site page with its map drawn."""
    desk.page.locator("[data-ready]").wait_for()
    expect(desk.page.get_by_test_id("saving")).to_have_text(re.compile(r"^Saved"))
    return desk


def kept(served, path):
    """What the server has, asked for apart from the page."""
    token = served.link.partition("#token=")[2]
    answer = httpx.get(f"{served.address}api{path}", headers={"Authorization": f"Bearer {token}"}, timeout=60)
    return answer.raise_for_status().json()


def names(site, what):
    return [feature["properties"]["name"] for feature in site[what]["features"]]


def drawn(folder, name):
    """Vertices of a track of the site, in its CRS; the demo is drawn as it was rendered."""
    with open_workspace(folder) as store:
        return store.site().track(name).coordinates


def on_earth(folder, point):
    """Longitude and latitude of a point of the site."""
    with open_workspace(folder) as store:
        crs = store.site().crs
    return pyproj.Transformer.from_crs(crs, 4326, always_xy=True).transform(point.x, point.y)


def put(page, x, y):
    """A click on the map, at pixels from its upper left corner."""
    box = page.get_by_test_id("map").bounding_box()
    page.mouse.move(box["x"] + x - 3, box["y"] + y)
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.click(box["x"] + x, box["y"] + y)


def test_a_zone_is_drawn_named_edited_undone_and_kept(editing):
    """By mouse and keys; what the page shows as saved is what the server has, also after the page is loaded anew."""
    page, served = editing.page, editing.served
    before = kept(served, "/site")
    page.keyboard.press("z")
    for corner in ((420, 400), (560, 410), (550, 470), (430, 460)):
        put(page, *corner)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("saving")).to_have_text(f"Saved, version {before['version'] + 1}")
    assert names(kept(served, "/site"), "zones") == [*names(before, "zones"), "Zone 1"]

    name = page.get_by_label("Name", exact=True)
    name.fill("north field")
    name.press("Enter")
    expect(page.get_by_role("button", name="north field")).to_be_visible()
    page.get_by_role("button", name="north field").click()
    page.keyboard.press(".")
    page.keyboard.press("Shift+ArrowUp")
    expect(page.get_by_test_id("saving")).to_have_text(f"Saved, version {before['version'] + 3}")
    moved = kept(served, "/site")["zones"]["features"][-1]
    assert moved["properties"]["name"] == "north field"

    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name="Zone 1")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name="Zone 1")).to_have_count(0)
    expect(page.get_by_test_id("saving")).to_have_text(f"Saved, version {before['version'] + 6}")
    assert names(kept(served, "/site"), "zones") == names(before, "zones")
    page.keyboard.press("Control+y")
    expect(page.get_by_role("button", name="Zone 1")).to_be_visible()
    expect(page.get_by_test_id("saving")).to_have_text(f"Saved, version {before['version'] + 7}")
    page.reload()
    expect(page.get_by_role("button", name="Zone 1")).to_be_visible()


def test_a_track_is_drawn_without_a_pointer(editing):
    """Space puts points at the cross in the middle of the map; a list of coordinates does it too."""
    page = editing.page
    page.keyboard.press("t")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(600)
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Track 1 "))).to_be_visible()
    page.get_by_role("button", name="From coordinates").click()
    dialog = page.get_by_role("dialog", name="New from coordinates")
    text = dialog.get_by_label("Longitude, latitude")
    text.fill("-25.3820, north")
    dialog.get_by_role("button", name="Draw").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Line 1")
    text.fill("-25.3820, 0.1820\n-25.3810, 0.1815")
    dialog.get_by_role("button", name="Draw").click()
    expect(page.get_by_role("button", name=re.compile("^Track 2 "))).to_be_visible()
    expect(page.get_by_test_id("saving")).to_have_text(re.compile("Saved, version"))
    assert names(kept(editing.served, "/site"), "tracks")[-2:] == ["Track 1", "Track 2"]


def test_a_track_is_traced_by_two_clicks(copied_demo, serve, open_desk):
    """Over 300 m it lies within half a metre of the truth; accepted at a key, and kept like any other."""
    truth = shapely.LineString(drawn(copied_demo, TRACED))
    centre, clicks = truth.interpolate(210.0), [truth.interpolate(place) for place in (52.0, 367.0)]
    served = serve(copied_demo)
    lon, lat = on_earth(copied_demo, centre)
    page = open_desk(served, f"#/site?at={lon},{lat}&zoom={ZOOM}").page
    page.locator("[data-ready]").wait_for()
    expect(page.get_by_test_id("saving")).to_have_text(re.compile(r"^Saved"))
    page.keyboard.press("r")
    box = page.get_by_test_id("map").bounding_box()
    for click in clicks:
        east, north = (at - middle for at, middle in zip(on_earth(copied_demo, click), (lon, lat), strict=True))
        put(page, box["width"] / 2 + east * PIXELS_PER_DEGREE, box["height"] / 2 - north * PIXELS_PER_DEGREE)
    page.get_by_text("Proposed: track").wait_for()
    page.keyboard.press("y")
    expect(page.get_by_test_id("saving")).to_have_text("Saved, version 2")
    line = shapely.LineString(kept(served, "/site?crs=site")["tracks"]["features"][-1]["geometry"]["coordinates"])
    assert line.length > 300
    away = [truth.distance(line.interpolate(place)) for place in range(int(line.length))]
    assert max(away) < 0.5


def test_two_dates_lie_under_a_swipe_side_by_side_and_in_turn(desk):
    """The maps stay together, and the keys do what the buttons do."""
    page = desk.page
    page.get_by_role("link", name="Compare", exact=True).click()
    page.locator("[data-ready]").nth(1).wait_for()
    after = page.locator(".upper")
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    expect(after).to_have_css("clip-path", "inset(0px 0px 0px 0%)")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", "98")
    handle, stage = page.get_by_role("slider").bounding_box(), page.get_by_test_id("stage").bounding_box()
    page.mouse.move(handle["x"] + 14, handle["y"] + 60)
    page.mouse.down()
    page.mouse.move(stage["x"] + stage["width"] / 4, handle["y"] + 60, steps=4)
    page.mouse.up()
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", re.compile("2[456]"))
    page.keyboard.press("2")
    expect(page.get_by_test_id("stage")).to_have_attribute("data-mode", "side")
    page.keyboard.press("3")
    page.keyboard.press("Space")
    first = after.get_attribute("inert")
    page.keyboard.press("Space")
    expect(after).to_have_attribute("inert", "") if first is None else expect(after).not_to_have_attribute("inert", "")


def test_a_run_is_cancelled_and_goes_on(uncounted_workspace, serve, open_desk):
    """What was cancelled says so, and is taken up again where it was left."""
    served = serve(uncounted_workspace)
    page = open_desk(served, "#/work").page
    page.get_by_role("button", name="Count and compare all that is new").click()
    row = page.locator("tr[data-job=run]")
    expect(row).to_have_attribute("data-state", "running")
    row.get_by_role("button", name="Cancel").click()
    expect(row).to_have_attribute("data-state", "cancelled")
    assert kept(served, "/workspace")["numbers"]["counted"] < 2
    row.get_by_role("button", name="Go on").click()
    expect(row).to_have_attribute("data-state", "running")
    row.get_by_role("button", name="Cancel").click()
    expect(row).to_have_attribute("data-state", "cancelled")


def test_a_run_survives_a_server_that_is_killed_in_the_midst_of_it(uncounted_workspace, serve, open_desk):
    """The page says that the server is away, and goes on by itself; so does the run, and it finishes."""
    served = serve(uncounted_workspace)
    page = open_desk(served, "#/work").page
    page.get_by_role("button", name="Count and compare all that is new").click()
    row = page.locator("tr[data-job=run]")
    expect(row).to_have_attribute("data-state", "running")
    served.end(signal.SIGKILL)
    expect(page.get_by_text("The server does not answer")).to_be_visible()
    again = serve(Path(uncounted_workspace), port=served.port)
    expect(page.get_by_text("The server does not answer")).to_be_hidden()
    expect(row).to_have_attribute("data-state", "running")
    expect(row).to_have_attribute("data-state", "done", timeout=300_000)
    assert kept(again, "/workspace")["numbers"]["counted"] == 2
    expect(page.get_by_text("2 scenes, all counted")).to_be_visible()


def test_the_links_of_the_header_stay_where_they_are(desk):
    """Whoever presses one while the workspace is still opening must not hit another, or none."""
    page = desk.page
    link = page.get_by_role("link", name="Work", exact=True)
    name = page.locator("header").get_by_text(re.compile("^Port Imaginary"))
    expect(name).to_be_visible()
    later = link.bounding_box()
    page.route("**/api/workspace", lambda route: None)
    page.reload()
    link.wait_for()
    assert name.count() == 0
    assert link.bounding_box()["x"] == later["x"]


def test_a_link_is_followed_though_the_page_notes_its_own_place(desk):
    """The address that a link set stands, even if the page changes the address before the browser tells of the link."""
    page = desk.page
    page.get_by_role("button", name="Scene before ([)").wait_for()
    page.evaluate("""() => {
        location.hash = '#/work';
        document.querySelector("[aria-label='Scene before ([)']").click();
    }""")
    expect(page.get_by_role("heading", name="Reports")).to_be_visible()
    assert "#/work" in page.url
