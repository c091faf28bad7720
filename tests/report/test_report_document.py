"""The document is whole, safe to open, and says the same in words, tables and drawings."""

import base64
import html as entities
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from invented_yard import MADE_AT, count_of, invented_scene, sheet_of
from PIL import Image

from yardwatch.errors import MisuseError, Notice
from yardwatch.model.quantity import Qualifier
from yardwatch.model.railcar import Tally
from yardwatch.model.scene import Rights
from yardwatch.model.site import Site
from yardwatch.report import Report, render_html

VOID = {"meta", "br", "hr", "img", "link", "input"}
EVIL = '<script>alert("x")</script>\u202e&amp;\x1b'


class Page(HTMLParser):
    """Checks that tags close in order, and keeps what a test wants to know."""

    def __init__(self, written: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(written)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" in self.open:
            return
        self.words.append(data)
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


@pytest.fixture(scope="module")
def written(report):
    return render_html(report)


@pytest.fixture(scope="module")
def page(written):
    return Page(written)


def test_the_document_is_well_formed_and_the_same_each_time(report, written):
    """Tags close in order, and the same report gives the same bytes."""
    Page(written)
    assert written.startswith("<!DOCTYPE html>")
    assert render_html(report) == written


def test_nothing_is_fetched_and_nothing_can_run(written, page):
    """No script, no event attribute, no address but embedded pictures, and a policy that forbids the rest."""
    policy = next(own["content"] for tag, own in page.tags if own.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert not {tag for tag, _ in page.tags} & {"script", "iframe", "object", "embed", "link", "base", "form"}
    for _, own in page.tags:
        assert not [name for name in own if name.startswith("on")]
        for name in ("src", "href", "xlink:href", "action"):
            assert own.get(name, "#").startswith(("data:image/jpeg;base64,", "#"))
    assert "url(" not in written
    assert "@import" not in written


def test_every_picture_is_a_jpeg_that_opens(page):
    """The embedded bytes are what they are said to be."""
    pictures = [own["href"] for tag, own in page.tags if tag == "image"]
    assert len(pictures) > 5
    for picture in pictures:
        with Image.open(io.BytesIO(base64.b64decode(picture.partition(",")[2]))) as opened:
            assert opened.format == "JPEG"
            opened.load()


def test_the_document_stays_small_enough_to_send(written):
    """An 800 × 400 m yard with forty cars fits in two megabytes, and has pictures at all."""
    assert 100_000 < len(written) < 2_000_000


def test_every_railcar_has_one_row_in_the_table_and_one_outline_on_the_ribbon_sheet(written, page, cars):
    """Numbers run from 1 to the last car in both."""
    numbered = [row for row in page.rows if len(row) == 8 and row[0].isdigit()]
    assert [int(row[0]) for row in numbered] == list(range(1, len(cars) + 1))
    assert [(row[1], float(row[3])) for row in numbered] == [(car.track, round(car.start_m, 1)) for car in cars]
    labels = re.findall(r'<tspan font-weight="700">(\d+)</tspan>', written)
    assert sorted(map(int, labels)) == list(range(1, len(cars) + 1))


def test_words_and_tables_tell_the_same_numbers(page, sheet):
    """The headline, the sentence of each zone and the tally table agree."""
    total = sheet.count.total
    assert f"About {total.value} railcars" in page.text
    assert f"{total.low}–{total.high}" in page.text
    rows = {row[0].strip(): row for row in page.rows if row and len(row) > 8}
    assert rows["Whole site, every car once"][1] == f"about {total.value} ({total.low}–{total.high})"
    by_type = [int(cell.split()[0]) for cell in rows["Whole site, every car once"][2:-3] if cell != "–"]
    assert sum(by_type) == total.value
    zones = [tally for tally in sheet.count.tallies if tally.zone is not None and tally.value]
    assert sum(tally.value for tally in zones) == total.value
    for tally in zones:
        assert f"{tally.zone}: About {tally.value} railcars" in page.text


def test_what_could_not_be_seen_is_told_in_metres_and_drawn(written, page):
    """Hidden and outside stretches stand in words with their tracks."""
    assert "60 m of track hidden, 190 m outside the image" in page.text
    assert "D2 190 m outside; T5 60 m hidden" in page.text
    assert "What was not seen is unknown, not empty." in page.text
    assert "No car found on what could be seen of: T2, T5, D2." in page.text


def test_a_credit_stands_under_each_picture(written):
    """As many figures with a picture as credit lines under them, beside the line in the provenance."""
    figures = re.findall(r"<figure.*?</figure>", written, flags=re.DOTALL)
    assert len(figures) > 5
    for figure in figures:
        assert "<image" in figure
        assert figure.count("Credit: The Inventors; licence: CC-BY-4.0; may be republished: yes.") == 1


def test_a_simulated_scene_is_marked_across_the_top_and_in_each_drawing(written, page):
    """No drawing of a rendered scene can be cut out without its mark."""
    assert 'class="banner"' in written
    drawings = re.findall(r"<svg xmlns.*?</svg>", written, flags=re.DOTALL)
    assert len(drawings) > 10
    assert all(">SIMULATED</text>" in drawing for drawing in drawings)


def test_a_scene_that_was_taken_bears_no_such_mark(reported):
    """The mark means something."""
    assert "SIMULATED" not in render_html(reported(scene=invented_scene(simulated=False)))


def test_hand_observations_are_listed_and_the_machines_are_not(page):
    """What people saw, with zero said as what it is."""
    assert "none: looked and saw nothing" in page.text
    assert "looked at the whole apron" in page.text
    assert "at least 7" in page.text
    assert "999" not in page.text


def test_provenance_lets_a_reader_check_the_number(page, sheet):
    """File, hash, method, parameters and what the interval is worth."""
    for fact in (sheet.count.scene.sha256, "port_1.tif", "ribbon-hsmm/1", "step_m = 0.25", "EPSG:32631", "0.50 m"):
        assert fact in page.text
    assert "calibrated on simulated scenes" in page.text


def test_notices_come_with_their_remedy(page):
    """A warning says what to do about it."""
    assert "the site's was taken; give --crs" in page.text


def test_a_site_without_any_image_is_reported_all_the_same(site, hand):
    """Only hand observations: the map, the table, and no invented count."""
    page = Page(render_html(Report(site, "Port Invented", MADE_AT, "0.1.0", (), hand)))
    assert "No image has been counted" in page.text
    assert "spare bogies" in page.text
    assert "SIMULATED" not in page.text
    assert not [tag for tag, _ in page.tags if tag == "image"]


def test_a_site_with_nothing_drawn_has_no_map(hand):
    """There is nothing to map; the observations are still told."""
    page = Page(render_html(Report(Site("Nowhere", "EPSG:4326", (), ()), "Nowhere", MADE_AT, "0.1.0", (), hand)))
    assert "spare bogies" in page.text
    assert not [tag for tag, _ in page.tags if tag == "svg"]


def test_a_scene_too_coarse_to_count_says_what_would_fit(reported, sheet):
    """No car is drawn, and the bound stands in the headline's place."""
    total = sheet.count.total
    bound = Tally(
        None, None, 0, 140, 0.9, Qualifier.UNKNOWN, {}, total.visible_m, total.hidden_m, total.outside_m, 900.0
    )
    scene = replace(invented_scene(), gsd_m=2.0)
    notice = Notice("gsd_too_coarse", "2.0 m is too coarse to count railcars", "use an image of 1.0 m or finer")
    page = Page(render_html(reported(scene=scene, railcars=(), strings=(), tallies=(bound,), notices=(notice,))))
    assert "The image does not carry a count at 2.0 m" in page.text
    assert "between 0 and 140 cars would fit the occupied metres" in page.text
    assert "2.0 m is too coarse to count railcars; use an image of 1.0 m or finer" in page.text
    assert "About" not in page.text


def test_of_many_scenes_the_newest_are_shown_and_all_are_listed(site, cars, pixels):
    """Forty scenes: two in full, each in the series, undated ones last."""
    counts = [
        count_of(site, invented_scene(n, acquired=f"20{n:02}-06-01" if n > 1 else None), cars) for n in range(1, 41)
    ]
    newest = tuple(sheet_of(site, count, pixels) for count in counts[-3:])
    report = Report(site, "Forty scenes", MADE_AT, "0.1.0", newest, (), (), tuple(counts[:-3]))
    page = Page(render_html(report, full_sheets=2))
    listed = [row[-1] for row in page.rows if len(row) == 7 and row[-1].startswith("port_")]
    assert listed == [f"port_{n}.tif" for n in range(40, 0, -1)]
    sections = [own for tag, own in page.tags if tag == "section" and own.get("class") == "scene"]
    assert len(sections) == 2
    assert "The newest 2 are shown in full below" in page.text
    assert "40 images, 1 June 2002 to 1 June 2040, 1 without a date" in page.text
    assert all(f"{n:064x}" in page.text for n in range(1, 41))


def test_names_from_strangers_are_text_wherever_they_stand(site, cars, pixels, hand):
    """A script in any name, note or credit shows as text, and characters that reorder text are taken out."""
    zones = tuple(replace(zone, name=zone.name + EVIL, role=EVIL, aliases=(EVIL,)) for zone in site.zones)
    tracks = tuple(replace(track, name=track.name + EVIL) for track in site.tracks)
    evil_site = replace(site, name=EVIL, zones=zones, tracks=tracks, aliases=(EVIL,))
    own = tuple(replace(car, track=car.track + EVIL, zone=(car.zone or "") + EVIL, subtype=EVIL) for car in cars)
    scene = replace(invented_scene(), filename=EVIL, sensor=EVIL, rights=Rights(EVIL, EVIL))
    count = count_of(site, scene, cars)
    count = replace(
        count,
        railcars=own,
        strings=tuple(replace(string, track=string.track + EVIL) for string in count.strings),
        tracks=tuple(replace(track, name=track.name + EVIL) for track in count.tracks),
        tallies=tuple(replace(tally, zone=tally.zone and tally.zone + EVIL) for tally in count.tallies),
        provenance=replace(count.provenance, method=EVIL, parameters={EVIL: EVIL}, inputs={EVIL: EVIL}),
        notices=(Notice(EVIL, EVIL, EVIL),),
    )
    seen = tuple(replace(one, klass=EVIL, by=EVIL, note=EVIL, zone=EVIL, scene_id=EVIL) for one in hand)
    sheet = sheet_of(evil_site, count, pixels)
    written = render_html(Report(evil_site, EVIL, MADE_AT, EVIL, (sheet,), seen, (Notice(EVIL, EVIL, EVIL),)))
    page = Page(written)
    assert "<script" not in written.lower()
    assert not set(written) & {"\u202e", "\x1b"}
    assert entities.unescape("&lt;script&gt;") in page.text
    assert not [own for _, own in page.tags if any(name.startswith("on") for name in own)]
    assert page.text.count("<script>alert") > 100
    assert "&amp;lt;" not in written


@pytest.mark.parametrize("bands", [1, 2, 3, 4, 8])
def test_ribbons_of_any_number_of_bands_are_shown(site, cars, pixels, bands):
    """One band is grey; more are coloured; missing pixels break nothing."""
    holed = pixels.copy()
    holed[:, 300:340, 200:260] = np.nan
    sheet = sheet_of(site, count_of(site, invented_scene(), cars), np.nan_to_num(pixels), bands=bands)
    broken = sheet_of(site, count_of(site, invented_scene(), cars), np.nan_to_num(holed), bands=bands)
    for one in (sheet, broken):
        Page(render_html(Report(site, "Bands", MADE_AT, "0.1.0", (one,))))


def test_a_picture_turned_on_its_side_is_shown_north_up(site, cars, pixels):
    """A picture on a rotated grid lies where the upright one lies: the drawings look the same."""
    upright = sheet_of(site, count_of(site, invented_scene(), cars), pixels)
    grid = upright.picture_grid
    a, _, c, _, e, f = grid.transform
    turned = replace(
        upright,
        picture=np.ascontiguousarray(np.swapaxes(upright.picture, 0, 1)),
        picture_grid=replace(grid, transform=(0.0, a, c, e, 0.0, f), width=grid.height, height=grid.width),
    )
    first, second = (_first_picture(Report(site, "T", MADE_AT, "0.1.0", (one,))) for one in (upright, turned))
    assert first.shape == second.shape
    assert np.abs(first - second).mean() < 1.0


def _first_picture(report: Report) -> np.ndarray:
    address = next(own["href"] for tag, own in Page(render_html(report)).tags if tag == "image")
    with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as opened:
        return np.asarray(opened.convert("RGB"), float)


def test_a_moment_without_a_zone_is_refused(site):
    """A report never guesses whose clock it was."""
    with pytest.raises(MisuseError, match="time zone"):
        Report(site, "T", MADE_AT.replace(tzinfo=None), "0.1.0")


def test_cars_that_may_be_none_are_told_with_the_key_figures(reported):
    """Not only far below, with what could not be seen."""
    doubt = Notice("cars_doubtful", "1 that looks like a car is not counted (track 2)", "look there on the image")
    hidden = Notice("track_hidden", "31 m of track is hidden", "read the counts as at least")
    page = render_html(reported(notices=(doubt, hidden)))
    figures = page[page.index('id="part-figures"') :].split("</section>")[0]
    assert "1 that looks like a car is not counted (track 2)" in re.sub("<[^>]+>", "", figures)
    assert "31 m of track is hidden" not in re.sub("<[^>]+>", "", figures)
