"""Dates that are written plainly are read quickly, and just as the library reads them."""

from time import struct_time

import pytest
from edtf import parse_edtf
from hypothesis import given
from hypothesis import strategies as st

from yardwatch.errors import DateError
from yardwatch.model.dates import parse_when

PLAIN = st.one_of(
    st.dates().map(lambda day: day.isoformat()),
    st.dates().map(lambda day: day.isoformat()[:7]),
    st.dates().map(lambda day: day.isoformat()[:4]),
)


def bounds(text):
    """First and last day by the library."""
    parsed = parse_edtf(text)
    days = parsed.lower_strict(), parsed.upper_strict()
    assert all(isinstance(day, struct_time) for day in days)
    return [day[:3] for day in days]


@given(PLAIN)
def test_a_plain_date_means_what_the_library_says(text):
    """From its first second to its last, leap years among them."""
    when = parse_when(text)
    assert [when.earliest.timetuple()[:3], when.latest.timetuple()[:3]] == bounds(text)
    assert (when.earliest.timetuple()[3:6], when.latest.timetuple()[3:6]) == ((0, 0, 0), (23, 59, 59))
    assert (when.text, when.is_instant, when.earliest.utcoffset().total_seconds()) == (text, False, 0.0)


@pytest.mark.parametrize("text", ["2023-02-29", "2024-04-31", "2024-00", "2024-13-01", "٢٠٢٤", "2024-1-1"])
def test_what_is_in_no_calendar_is_refused(text):
    """As it was before there was a quick way."""
    with pytest.raises(DateError):
        parse_when(text)


def test_a_season_is_no_month():
    """EDTF counts spring as month 21."""
    assert parse_when("2024-21").earliest.month == 3
