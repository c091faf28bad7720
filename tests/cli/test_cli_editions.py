"""Editions that follow one another: what is new since the last one, what was corrected, and why."""

import html
import re
import time
from pathlib import Path

import pytest

BY = ("--by", "A. Analyst", "--outlines", "--json", "-")
WAIVED = ("--waive-sign-off", "nobody else is here")


@pytest.fixture
def published(yardwatch, yard):
    """A workspace with one counted image and a first public edition, and the id of its scene."""
    yardwatch("init", "watch", "--site", yard / "site.geojson")
    added = yardwatch("scene", "add", "watch", yard / "image1.tif", "--acquired", "2024-12-03", "--json", "-")
    yardwatch("run", "watch")
    first = yardwatch("publish", "watch", "--out", "one.html", *BY, *WAIVED)
    assert first.code == 0, first.err
    time.sleep(1.1)
    return added.document("scene-add")["scenes"][0]["scene"]["id"]


def section(page, key):
    """The words of a section."""
    found = re.search(rf'<section id="part-{key}".*?</section>', page, re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", found[0])) if found else ""


def test_the_first_edition_has_nothing_to_compare_with(published):
    """Neither section is there."""
    page = Path("one.html").read_text("utf-8")
    assert section(page, "since") == section(page, "errata") == ""


def test_what_was_added_since_the_last_edition_is_named_and_is_no_correction(yardwatch, yard, published):
    """A new image with its count, and what a person wrote down."""
    yardwatch("scene", "add", "watch", yard / "image2.tif", "--acquired", "2024-12-20")
    yardwatch("run", "watch")
    seen = ("--zone", "Yard", "--class", "tank wagons", "--count", "at least 7", "--date", "2024-12-20")
    assert yardwatch("observe", "watch", *seen, "--by", "A. Analyst").code == 0
    second = yardwatch("publish", "watch", "--out", "two.html", *BY, *WAIVED)
    assert second.code == 0, second.err
    document = second.document("publish")
    assert (document["edition"], document["errata"]) == (2, [])
    since = section(Path("two.html").read_text("utf-8"), "since")
    assert "The last report was edition 1" in since
    assert re.search(r"Images counted since\s*20 December 2024: \D*\d+", since)
    assert "3 December 2024:" not in since
    assert re.search(r"Observations recorded since\s*O1 20 December 2024, Yard, tank wagons: at least 7", since)


def test_a_corrected_count_is_refused_without_a_reason_and_then_printed_as_an_erratum(yardwatch, published):
    """Against the number that the last edition printed, with why; the last edition stays as it was."""
    kept = Path("watch/reports/edition-0001.html").read_bytes()
    car = ("--track", "T2", "--start", "10", "--end", "23", "--type", "tank", "--by", "A. Analyst")
    assert yardwatch("railcar", "add", "watch", "--scene", published, *car).code == 0
    checked = ("railcar", "check", "watch", "--scene", published, "--by", "A. Analyst")
    assert yardwatch(*checked).code == 0
    refused = yardwatch("publish", "watch", "--out", "two.html", *BY, *WAIVED)
    assert refused.code == 1
    assert "say why" in refused.err
    assert not Path("two.html").exists()

    why = "a tank wagon stood in the shadow"
    second = yardwatch("publish", "watch", "--out", "two.html", *BY, *WAIVED, "--why", why)
    assert second.code == 0, second.err
    errata = second.document("publish")["errata"]
    whole = next(one for one in errata if one["number_id"] == f"tally/{published}/*")
    assert (whole["edition"], whole["why"]) == (1, why)
    assert whole["was"] != whole["now"]
    assert not {one["number_id"].partition("/")[0] for one in errata} & {"car", "track"}
    page = Path("two.html").read_text("utf-8")
    corrections = section(page, "errata")
    assert all(word in corrections for word in (whole["was"], whole["now"], why))
    assert "listed under Corrections" in section(page, "since")
    assert Path("watch/reports/edition-0001.html").read_bytes() == kept
    assert yardwatch("audit", "watch").code == 0
