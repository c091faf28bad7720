"""Before and after: the same extent on both sides, what changed outlined and told, credits on the pictures."""

import io
from dataclasses import replace

import numpy as np
import pytest
from invented_pair import HOSTILE, RING, invented_pair
from page import Page
from PIL import Image

from yardwatch.model.alignment import Alignment
from yardwatch.report.compared import before_after_drawing, change_rows, changes_panel, said_of_changes
from yardwatch.report.drawing import TextMark, drawing_png, drawing_svg
from yardwatch.report.swiping import swipe_html


@pytest.fixture(scope="module")
def found():
    return invented_pair()


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
