"""Before and after: the same extent on both sides, what changed outlined and told, credits on the pictures."""

import io
from dataclasses import replace

import numpy as np
import pytest
from page import Page
from PIL import Image

from yardwatch.model.alignment import Alignment
from yardwatch.model.change import Change, Comparison, Verdict, ZoneVerdict
from yardwatch.model.dates import parse_when
from yardwatch.model.grid import Grid
from yardwatch.model.provenance import Provenance
from yardwatch.model.scene import Rights
from yardwatch.report.compared import BeforeAfter, before_after_drawing, change_rows, changes_panel, said_of_changes
from yardwatch.report.drawing import TextMark, drawing_png, drawing_svg
from yardwatch.report.panels import Pictured
from yardwatch.report.raster import grid_of_picture
from yardwatch.report.swiping import swipe_html
from yardwatch.simulate.reading import ArrayReader

CRS = "EPSG:32652"
X, Y = 500_000.0, 4_690_000.0
RING = tuple((X + x, Y + y) for x, y in ((60, 60), (110, 60), (110, 90), (60, 90), (60, 60)))
HOSTILE = "<script>alert(1)</script>"


def pictured(name, date, pixel_m):
    """A grey scene of 200 × 160 m with a credit."""
    size = round(160 / pixel_m), round(200 / pixel_m)
    pixels = np.full((3, *size), 120, np.uint8)
    grid = Grid(CRS, (pixel_m, 0.0, X, 0.0, -pixel_m, Y + 160), size[1], size[0])
    reader = ArrayReader(pixels, grid, gsd_m=pixel_m, name=name, acquired=parse_when(date))
    picture = reader.picture()
    scene = replace(reader.scene, rights=Rights(credit=f"Invented {HOSTILE}", licence="CC0-1.0"))
    return Pictured(scene, picture, grid_of_picture(grid, picture))


@pytest.fixture(scope="module")
def found():
    before, after = pictured("before", "2024-06-17", 0.5), pictured("after", "2024-12-03", 0.4)
    change = Change(
        "c1", "built", (RING,), HOSTILE, 1500.0, 60.0, 50.0, 1.0, 30.0, 0.8, 0.93, "post_construction",
        before.scene.acquired, after.scene.acquired,
    )  # fmt: skip
    comparison = Comparison(
        before.scene, after.scene, CRS, Alignment(True, None, after.scene.grid, (1.0, -0.5), 0.1, 80, 0.05), (change,),
        (ZoneVerdict("yard", Verdict.CHANGED, 40.0, 0.97),), (), Provenance("0", "test"),
    )  # fmt: skip
    return BeforeAfter(comparison, before, after)


def test_both_sides_show_the_same_ground_at_the_same_scale(found):
    """A corner of the change lies at the same place of either panel."""
    svg = drawing_svg(before_after_drawing(found))
    assert svg.count("<image") == 2
    assert svg.count('width="640" height="') >= 2
    panel = changes_panel(found.comparison)
    x, y = np.array(RING).T
    assert all(panel.view.holds(*point) for point in zip(*panel.frame.to_local(x, y), strict=True))


def test_the_figure_has_all_that_a_reader_needs(found):
    """Dates, credits, north, scale, the mark of simulated pictures, the table."""
    words = [mark.words for mark in before_after_drawing(found).marks if isinstance(mark, TextMark)]
    assert "Before: 17 June 2024" in words
    assert "After: 3 December 2024" in words
    assert words.count("N") == 2
    assert words.count("SIMULATED") == 2
    assert sum("Credit: Invented" in word for word in words) == 2
    assert "50 ± 1 × 30.0 ± 0.8 m" in words


def test_the_png_is_a_picture_of_the_same_figure(found):
    """Twice as many pixels as drawing units, and not blank."""
    drawing = before_after_drawing(found)
    image = Image.open(io.BytesIO(drawing_png(drawing)))
    assert image.size == (round(2 * drawing.width), round(2 * drawing.height))
    assert len(image.getcolors(maxcolors=2**20)) > 20


def test_the_page_to_swipe_needs_nothing_else_and_runs_nothing(found):
    """No script, no handler, no address; what strangers wrote is shown as text."""
    page = swipe_html(found)
    parsed = Page(page)
    tags = {tag for tag, _ in parsed.tags}
    assert "script" not in tags
    assert not any(name.startswith("on") for _, attributes in parsed.tags for name in attributes)
    sources = [value for _, attributes in parsed.tags for name, value in attributes.items() if name in {"src", "href"}]
    assert all(value.startswith("data:") for value in sources)
    assert HOSTILE not in page
    assert "SIMULATED" in page


def test_nothing_found_is_said_so(found):
    """Also when the scenes could not be compared, which is something else."""
    comparison = replace(found.comparison, changes=())
    assert said_of_changes(comparison).startswith("No change found")
    refused = Alignment(False, "too little texture", comparison.after.grid, None, None, 0, None)
    assert "too little texture" in said_of_changes(replace(comparison, alignment=refused))
    assert change_rows(comparison) == ()
    assert drawing_svg(before_after_drawing(replace(found, comparison=comparison))).startswith("<svg")
