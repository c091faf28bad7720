"""The pages for comparing and for work: images in, reports out, failures told; a basemap from outside; three roles."""

import re
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec

import httpx
import pytest
import rasterio
from PIL import Image, ImageChops
from test_desk_pages import kept

sync_api = pytest.importorskip("playwright.sync_api", reason="needs: playwright")
expect = sync_api.expect
expect.set_options(timeout=240_000)

PASSWORDS = {"reader": "reader of things", "analyst": "analyst of things", "editor": "editor of things"}
FIRST, SECOND = 0, 1


def scenes_of(served):
    """The scenes by date."""
    return kept(served, "/scenes")["items"]


def yardwatch(*words, said=None):
    """What somebody does in a terminal."""
    ran = subprocess.run(
        [sys.executable, "-m", "yardwatch", *words], input=said, text=True, capture_output=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


def post(served, path, **body):
    """What a program asks the server for."""
    token = served.link.partition("#token=")[2]
    answer = httpx.post(
        f"{served.address}api{path}", json=body, headers={"Authorization": f"Bearer {token}"}, timeout=60
    )
    return answer.raise_for_status().json()


@pytest.fixture
def images(copied_demo, tmp_path):
    """An image that is new, one that is known already, and one that is none."""
    known = sorted(copied_demo.glob("images/*.tif"))[0]
    new, bad = tmp_path / "new.tif", tmp_path / "bad.tif"
    shutil.copyfile(known, new)
    with rasterio.open(new, "r+") as file:
        file.update_tags(NOTE="another file of the same pixels")
    bad.write_text("this is no image", encoding="utf-8")
    return {"new": new, "known": known, "bad": bad}


def test_images_are_added_and_what_was_not_is_said(desk, images):
    """One that is bad keeps no other out; each is named with what is the matter with it."""
    page = desk.page
    go_to(page, "Work")
    form = page.get_by_role("region", name="Add images")
    choose = form.get_by_label("GeoTIFF, PNG or JPEG")
    choose.set_input_files([images["new"], images["known"], images["bad"]])
    form.get_by_label("Credit line").fill("Simulated by Yardwatch; an invented place")
    form.get_by_role("button", name="Add").click()
    expect(page.get_by_text("1 scene added")).to_be_visible()
    told = form.get_by_role("alert")
    expect(told).to_contain_text("bad.tif was not added")
    expect(told).to_contain_text("export it as GeoTIFF")
    expect(told).to_contain_text(f"{images['known'].name} is in the workspace already")
    expect(page.get_by_text("4 scenes, 1 not counted yet")).to_be_visible()

    choose.set_input_files([images["bad"]])
    form.get_by_role("button", name="Add").click()
    expect(page.get_by_text("bad.tif: is not a GeoTIFF, PNG or JPEG image")).to_be_visible()
    expect(page.get_by_text("export it as GeoTIFF").last).to_be_visible()
    expect(form.get_by_role("button", name="Add")).to_be_enabled()
    choose.set_input_files([{"name": "beside.prj", "mimeType": "text/plain", "buffer": b"PROJCS"}])
    expect(form.get_by_text("no image among these files")).to_be_visible()
    expect(form.get_by_role("button", name="Add")).to_be_disabled()
    page.reload()
    expect(page.get_by_text("4 scenes, 1 not counted yet")).to_be_visible()


def go_to(page, name):
    """By the header."""
    page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()


def make(page, form):
    """A report, as a person asks for it; gives the row that it is listed in."""
    reports = page.get_by_role("region", name="Reports")
    reports.locator("select").first.select_option(form)
    reports.get_by_role("button", name="Make the report").click()
    row = reports.get_by_role("row", name=re.compile(rf"report-.*\.{form}"))
    row.wait_for()
    return row


def test_a_report_is_made_and_opened(desk):
    """In a page of its own in which no script runs, with its pictures."""
    page = desk.page
    go_to(page, "Work")
    row = make(page, "html")
    expect(page.locator("tr[data-job=report]")).to_have_attribute("data-state", "done")
    with page.context.expect_page() as opened:
        row.get_by_role("link", name=re.compile("html$")).click()
    report = opened.value
    expect(report.get_by_role("heading", level=1)).to_have_text(re.compile("Port Imaginary"))
    assert report.locator("img, svg").first.bounding_box()["width"] > 100
    report.close()


def test_reports_are_made_as_word_and_pdf_to_be_kept(uncounted_workspace, serve, open_desk):
    """What is downloaded is what its name says."""
    page = open_desk(serve(uncounted_workspace), "#/work").page
    for form, begins in {"docx": b"PK", **({"pdf": b"%PDF-"} if find_spec("weasyprint") else {})}.items():
        row = make(page, form)
        with page.expect_download() as taken:
            row.get_by_role("link", name="Download").click()
        assert taken.value.path().read_bytes().startswith(begins)
        assert taken.value.suggested_filename.endswith(f".{form}")
        if form == "docx":
            assert "word/document.xml" in zipfile.ZipFile(taken.value.path()).namelist()


def test_a_report_that_is_not_for_the_public_says_what_it_wants(copied_demo, serve, open_desk):
    """It was not made, and each picture that stands against it is named."""
    shown = scenes_of(served := serve(copied_demo))[-1]["id"]
    yardwatch("scene", "permit", str(copied_demo), shown, "--by", "A", "--words", "bought for us alone", "--withdraw")
    page = open_desk(served, "#/work").page
    reports = page.get_by_role("region", name="Reports")
    reports.locator("select").last.select_option("public")
    reports.get_by_role("button", name="Make the report").click()
    expect(reports.get_by_role("alert")).to_contain_text("was not made for the public")
    expect(reports.get_by_role("alert")).to_contain_text(shown)
    assert kept(served, "/reports")["items"] == []
    page.reload()
    expect(reports.get_by_role("alert")).to_contain_text(shown)


def test_a_failure_stays_to_be_seen_with_what_helps(copied_demo, serve, open_desk):
    """As a message, which can be put away, and in the list of work, which stays; it can be tried again."""
    served = serve(copied_demo)
    scene = scenes_of(served)[FIRST]
    image = copied_demo / "images" / scene["filename"]
    image.rename(image.with_suffix(".away"))
    page = open_desk(served, "#/work").page
    expect(page.get_by_text("Nothing was started yet")).to_be_visible()
    post(served, "/jobs", kind="count", params={"scene": scene["id"]})
    row = page.locator("tr[data-job=count]")
    expect(row).to_have_attribute("data-state", "failed")
    expect(row).to_contain_text("cannot be opened")
    expect(row).to_contain_text("check the path")
    page.reload()
    expect(row).to_contain_text("check the path")
    image.with_suffix(".away").rename(image)
    row.get_by_role("button", name="Go on").click()
    expect(row).to_have_attribute("data-state", "done")


def test_work_is_followed_over_a_reload_and_on_every_page(uncounted_workspace, serve, open_desk):
    """What runs is in the header of each page; it goes on when the page is loaded anew, and is cancelled there."""
    served = serve(uncounted_workspace)
    page = open_desk(served, "#/work").page
    page.get_by_role("button", name="Count and compare all that is new").click()
    row = page.locator("tr[data-job=run]")
    expect(row).to_have_attribute("data-state", "running")
    page.reload()
    expect(row).to_have_attribute("data-state", "running")
    expect(page.get_by_role("button", name="Running")).to_be_disabled()
    go_to(page, "Compare")
    page.locator("header").get_by_role("link", name="Count and compare all that is new").click()
    row.get_by_role("button", name="Cancel").click()
    expect(row).to_have_attribute("data-state", "cancelled")
    expect(page.get_by_role("button", name="Count and compare all that is new")).to_be_enabled()
    expect(page.locator("header progress")).to_have_count(0)


def views(page):
    """Where the two maps are."""
    return [one.get_attribute("data-view") for one in page.locator("[data-ready]").all()]


def together(page):
    """Where the two maps are once they stand still."""
    last = views(page)
    for _ in range(100):
        page.wait_for_timeout(400)
        if (now := views(page)) == last:
            break
        last = now
    assert last[0] == last[1]
    return tuple(last)


def looks(page, path):
    """The stage as a picture, once it is drawn."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)
    page.get_by_test_id("stage").screenshot(path=path)
    return Image.open(path).convert("RGB")


def settled(page, folder, *, unlike=None):
    """The stage as a picture, once it stays as it is and both halves differ from another picture."""
    before = looks(page, folder / "before.png")
    for _ in range(30):
        now = looks(page, folder / "now.png")
        if not ImageChops.difference(before, now).getbbox() and (unlike is None or both_differ(now, unlike)):
            return now
        before = now
    raise AssertionError("the stage does not settle, or nothing is drawn on one of its halves")


def both_differ(one, other):
    """Whether the left and the right half of two pictures differ, below their headings."""
    differ = ImageChops.difference(one, other)
    width, height = differ.size
    return all(differ.crop((half * width // 2, 90, (half + 1) * width // 2, height)).getbbox() for half in (0, 1))


@pytest.fixture
def comparing(copied_demo, serve, open_desk):
    """Two dates that were compared."""
    served = serve(copied_demo)
    first, second = (scene["id"] for scene in scenes_of(served)[:2])
    desk = open_desk(served, f"#/compare?before={first}&after={second}")
    desk.page.locator("[data-ready]").nth(1).wait_for()
    desk.page.get_by_role("heading", name=re.compile("^Changes")).wait_for()
    return desk


def test_the_two_maps_stay_at_one_place(comparing):
    """Moved by wheel, hand or keys, in every mode, on either of them."""
    page = comparing.page
    stage = page.get_by_test_id("stage").bounding_box()
    seen = {tuple(views(page))}
    for key, where in (("1", 0.25), ("1", 0.75), ("2", 0.25), ("2", 0.75), ("3", 0.5)):
        page.keyboard.press(key)
        before = views(page)
        page.mouse.move(stage["x"] + where * stage["width"], stage["y"] + 300)
        page.mouse.wheel(0, -240)
        expect(page.locator("[data-ready]").first).not_to_have_attribute("data-view", before[0])
        page.mouse.down()
        page.mouse.move(stage["x"] + where * stage["width"] + 40, stage["y"] + 320, steps=3)
        page.mouse.up()
        seen.add(together(page))
    assert len(seen) == 6
    page.keyboard.press("1")
    before = views(page)
    page.keyboard.press("m")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-ready]").first).not_to_have_attribute("data-view", before[0])
    assert together(page) not in seen
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", "50")


def test_cars_and_changes_are_outlined_as_asked(comparing, tmp_path):
    """`o` goes through changes, cars, both and nothing, each to be seen; `n` and the list go to a change."""
    page = comparing.page
    last = scenes_of(comparing.served)[-1]["id"]
    page.get_by_role("toolbar", name="Comparing").locator("select").nth(SECOND).select_option(last)
    changes = page.get_by_role("complementary", name="What was found").get_by_role("listitem").get_by_role("button")
    expect(changes.nth(1)).to_be_visible()  # between the first date and the last two things changed, and more
    page.keyboard.press("2")
    chosen = page.get_by_label("Outlined")
    while chosen.input_value() != "none":
        page.keyboard.press("o")
    plain, pictures = settled(page, tmp_path), {}
    for _ in range(3):
        page.keyboard.press("o")
        pictures[chosen.input_value()] = settled(page, tmp_path, unlike=plain)
    assert set(pictures) == {"changes", "cars", "both"}
    assert ImageChops.difference(pictures["cars"], pictures["changes"]).getbbox()

    before = views(page)
    page.keyboard.press("n")
    expect(changes.first).to_have_attribute("aria-current", "true")
    page.keyboard.press("n")
    expect(changes.nth(1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("p")
    expect(changes.first).to_have_attribute("aria-current", "true")
    expect(page.locator("[data-ready]").nth(1)).not_to_have_attribute("data-view", before[1])


def test_dates_that_were_not_compared_are_compared_from_the_page(comparing):
    """The later date before the earlier was not; what is found is shown when it is there. Keys step through dates."""
    page = comparing.page
    before, after = (page.get_by_role("toolbar", name="Comparing").locator("select").nth(place) for place in (0, 1))
    first, second = before.input_value(), after.input_value()
    before.select_option(second)
    expect(page.get_by_text("Choose two dates")).to_be_visible()
    expect(page.get_by_role("button", name="Compare them")).to_have_count(0)
    after.select_option(first)
    page.get_by_role("button", name="Compare them").click()
    expect(page.get_by_role("heading", name=re.compile("^Changes"))).to_be_visible()
    page.locator("main").focus()
    page.keyboard.press("}")
    expect(after).to_have_value(second)
    page.keyboard.press("[")
    expect(before).to_have_value(first)


class Tiles(BaseHTTPRequestHandler):
    """A map server elsewhere: grey tiles, and what was asked for."""

    asked: list[str] = []  # noqa: RUF012 -- of one test at a time
    tile: bytes = b""

    def do_GET(self):
        """Any tile."""
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(self.tile)

    def log_message(self, *_):
        """Quietly."""


@pytest.fixture
def tile_server(tmp_path):
    """Where it listens."""
    Image.new("RGB", (256, 256), (200, 40, 160)).save(tmp_path / "tile.png")
    Tiles.tile, Tiles.asked = (tmp_path / "tile.png").read_bytes(), []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def servers_named(served):
    """The servers that pages of the desk may ask, by the policy that goes with them."""
    policy = httpx.get(served.address, timeout=60).headers["content-security-policy"]
    return set(re.findall(r"https?://[^ ;]+", policy))


def test_a_basemap_is_fetched_only_if_it_was_asked_for(copied_demo, serve, open_desk, tile_server):
    """Then from that server and no other, with its credit on the map; otherwise no request leaves the desk."""
    plain = serve(copied_demo)
    page = open_desk(plain, "#/compare").page
    page.locator("[data-ready]").nth(1).wait_for()
    page.wait_for_load_state("networkidle")
    assert servers_named(plain) == set()
    assert Tiles.asked == []
    plain.end()

    credit = "© Invented Maps"
    served = serve(copied_demo, more=["--basemap", f"{tile_server}/{{z}}/{{x}}/{{y}}.png", "--basemap-credit", credit])
    assert servers_named(served) == {tile_server}
    for place in ("#/site", "#/compare"):
        Tiles.asked.clear()
        page = open_desk(served, place).page
        page.locator("[data-ready]").first.wait_for()
        expect(page.get_by_text(credit)).to_be_visible()
        until = time.monotonic() + 240
        while not Tiles.asked and time.monotonic() < until:
            page.wait_for_timeout(200)
        assert Tiles.asked, place


@pytest.fixture
def shared(copied_demo, serve, tmp_path):
    """A desk that three people sign in to by name and password."""
    users = tmp_path / "users.json"
    for name, password in PASSWORDS.items():
        yardwatch("user", "add", str(users), name, "--role", name, said=password + "\n")
    return serve(copied_demo, more=["--users", str(users)])


def sign_in(page, name, password):
    """By the form."""
    page.get_by_label("User").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def may_see(page):
    """Which controls that change something each page shows, by the role they are for."""
    found = set()
    go_to(page, "Work")
    expect(page.get_by_role("heading", name="Reports")).to_be_visible()
    found |= {"run"} if page.get_by_role("button", name="Count and compare").count() else set()
    found |= {"report"} if page.get_by_role("button", name="Make the report").count() else set()
    found |= {"add"} if page.get_by_role("heading", name="Add images").count() else set()
    go_to(page, "Ribbons")
    expect(page.get_by_test_id("tally")).to_be_visible()
    found |= {"decide"} if page.get_by_role("button", name="Accept").count() else set()
    found |= {"sign off"} if page.get_by_test_id("sign-off").count() else set()
    go_to(page, "Site")
    expect(page.get_by_role("heading", name=re.compile("^Tracks"))).to_be_visible()
    found |= {"draw"} if page.get_by_role("button", name=re.compile("^Zone|^Track|^Trace")).count() else set()
    return found


def test_three_roles_see_what_they_may_do(shared, open_desk):
    """Who signs in is named in the header and can go; a reader finds nothing to press, and the keys do nothing."""
    page = open_desk(shared).page
    sign_in(page, "reader", "not the password")
    expect(page.get_by_text("name or password is wrong")).to_be_visible()
    may = {}
    for name, password in PASSWORDS.items():
        sign_in(page, name, password)
        expect(page.locator("header")).to_contain_text(f"{name}, {name}")
        may[name] = may_see(page)
        if name == "reader":
            go_to(page, "Ribbons")
            expect(page.get_by_test_id("tally")).to_be_visible()
            page.keyboard.press("Space")
            expect(page.get_by_text("0 of 86 cars checked")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert may["reader"] == set()
    assert may["analyst"] == {"run", "report", "add", "decide"}
    assert may["editor"] == {*may["analyst"], "sign off", "draw"}
