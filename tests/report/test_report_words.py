"""Numbers, dates and counts are said in honest English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yardwatch.model.dates import parse_when
from yardwatch.model.quantity import Qualifier, parse_quantity
from yardwatch.model.railcar import Tally
from yardwatch.model.scene import Republish, Rights
from yardwatch.report import tally_sentence
from yardwatch.report.words import (
    credit_line,
    distance,
    image_words,
    joined,
    plain,
    quantity_words,
    railcars,
    tally_short,
    when_words,
)


def tally(value, low, high, *, qualifier=Qualifier.ABOUT, visible_m=2100.0, hidden_m=0.0, outside_m=0.0):
    return Tally(None, value, low, high, 0.9, qualifier, {}, visible_m, hidden_m, outside_m, 0.0)


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        (tally(73, 68, 79, hidden_m=120), "About 73 railcars (90 % interval 68–79); 120 m of track hidden"),
        (
            tally(41, 39, None, qualifier=Qualifier.AT_LEAST, hidden_m=900, outside_m=1500),
            "At least 41 railcars (90 % interval 39 or more); 900 m of track hidden, 1.5 km outside the image",
        ),
        (tally(1, 1, 1, qualifier=Qualifier.EXACT), "1 railcar (90 % interval 1–1)"),
        (tally(1234, 1200, 1300), "About 1,234 railcars (90 % interval 1,200–1,300)"),
        (tally(5, 0, 5, qualifier=Qualifier.AT_MOST), "At most 5 railcars (90 % interval 0–5)"),
        (tally(0, 0, 0), "No railcar was found on 2.1 km of visible track"),
        (tally(0, 0, 2), "No railcar was found on 2.1 km of visible track (90 % interval 0–2)"),
        (
            tally(0, 0, None, qualifier=Qualifier.AT_LEAST, hidden_m=300),
            "No railcar was found on 2.1 km of visible track (90 % interval 0 or more); 300 m of track hidden",
        ),
        (
            tally(0, 0, 0, visible_m=0, hidden_m=300, outside_m=40),
            "Unknown: none of the track could be seen; 300 m of track hidden, 40 m outside the image",
        ),
        (
            tally(None, 0, 140, qualifier=Qualifier.UNKNOWN),
            "The image does not carry a count at 2.0 m; between 0 and 140 cars would fit the occupied metres",
        ),
    ],
)
def test_a_tally_is_said_with_its_interval_and_what_was_not_seen(counted, said):
    """The words of the number, its bounds, and the metres that were hidden or outside."""
    assert tally_sentence(counted, gsd_m=2.0) == said


def test_a_fine_image_that_carries_no_count_is_not_called_coarse():
    """Where the ground sample distance is not the reason, it is not named as one."""
    said = tally_sentence(tally(None, 0, None, qualifier=Qualifier.UNKNOWN), gsd_m=0.5)
    assert said == "Unknown: the image does not carry a count"


def test_what_was_not_seen_is_never_a_zero_in_a_table():
    """A zone of which nothing was visible says so in place of a number."""
    assert tally_short(tally(0, 0, 0, visible_m=0, outside_m=10)) == "not seen"
    assert tally_short(tally(0, 0, 0)) == "none found"
    assert tally_short(tally(0, 0, 2)) == "none found (0–2)"
    assert tally_short(tally(73, 68, 79)) == "about 73 (68–79)"
    assert tally_short(tally(None, 0, 140)) == "no count (0–140)"


@pytest.mark.parametrize(
    ("metres", "said"),
    [(0, "0 m"), (0.3, "less than 1 m"), (1, "1 m"), (999.4, "999 m"), (999.6, "1.0 km"), (12_800, "12.8 km")],
)
def test_a_distance_changes_unit_at_a_kilometre(metres, said):
    """Metres below, kilometres with one decimal from there on, and never "1000 m"."""
    assert distance(metres) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2024-12-03T11:15+09:00", "3 December 2024, 02:15 UTC"),
        ("2024-12-03", "3 December 2024"),
        ("2024-12", "December 2024"),
        ("2002/..", "since at least 2002"),
        ("2023-06/..", "since at least June 2023"),
        ("2024-10-21~/2024-11-10~", "2024-10-21~/2024-11-10~"),
    ],
)
def test_a_date_is_said_as_finely_as_it_is_known(written, said):
    """An uncertain date stays as it was written."""
    assert when_words(parse_when(written)) == said


def test_an_image_without_a_date_says_so():
    """No date is made up."""
    assert image_words(None) == "Image, date not known"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("none", "none: looked and saw nothing"),
        ("at least 1200", "at least 1,200"),
        ("2..3", "2–3"),
        ("about 7", "about 7"),
        ("some", "some, number unknown"),
        ("unknown", "unknown"),
        ("fewer than 1", "none: looked and saw nothing"),
    ],
)
def test_what_a_person_counted_keeps_its_qualifier(written, said):
    """The qualifier is part of the number."""
    assert quantity_words(parse_quantity(written)) == said


def test_unknown_rights_are_said_to_be_unknown():
    """A picture without a credit does not pass for a free one."""
    assert credit_line(Rights()) == "Credit: not known; licence: not known; may be republished: not known."
    assert credit_line(Rights("A", "B", Republish.NO)) == "Credit: A; licence: B; may be republished: no."


def test_lists_and_plurals_read_like_english():
    """One, two and three."""
    assert [joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"]), joined([])] == [
        "a",
        "a and b",
        "a, b and c",
        "",
    ]
    assert [railcars(0), railcars(1), railcars(2)] == ["0 railcars", "1 railcar", "2 railcars"]


@given(st.text())
def test_text_made_plain_holds_no_control_or_direction_character(text):
    """Nothing that hides, reorders or breaks what stands around it; and making plain twice changes nothing."""
    made = plain(text)
    assert not set(made) & set("\0\x1b\r\n\u202e\u202d\u2066\u2069\u200f\ufeff")
    made.encode("utf-8")
    assert plain(made) == made
