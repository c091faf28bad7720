"""How a count's bounds close in while persons check its cars."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yardwatch.model.quantity import Qualifier
from yardwatch.model.railcar import Interval, Railcar, Tally
from yardwatch.railcars.doubt import MISSED_SHARE, doubt_left, moved_tally

CARS = tuple(
    Railcar(f"c{n}", "T1", 14.0 * n, 14.0 * n + 13, 0.0, 3.0, "tank", None, {"tank": 1.0}, 0.9, "Yard", ())
    for n in range(100)
)
TALLY = Tally(None, 104, 92, 120, 0.9, Qualifier.ABOUT, {"tank": Interval(104, 92, 120)}, 2000.0, 0.0, 0.0, 1300.0)


def checked(number):
    """The cars with a person's word on the first so many."""
    return tuple(replace(car, by="Ann") if place < number else car for place, car in enumerate(CARS))


def bounds(number, unchecked_share):
    after = checked(number)
    left = doubt_left(CARS, after, unchecked_share=unchecked_share)
    tally = moved_tally(TALLY, CARS, after, left=left, common_error=0.04)
    return tally.value, tally.low, tally.high


def test_with_nothing_checked_the_bounds_are_the_machines():
    """All of the doubt is left."""
    assert doubt_left(CARS, CARS, unchecked_share=1.0) == 1.0
    assert bounds(0, 1.0) == (104, 92, 120)


def test_with_all_checked_the_number_is_that_of_the_cars():
    """No doubt is left where every car and every track was looked at."""
    assert bounds(100, 0.0) == (100, 100, 100)


def test_confirming_cars_does_not_find_those_that_were_missed():
    """That doubt stays until the track is checked as a whole."""
    assert doubt_left(CARS, checked(100), unchecked_share=1.0) == pytest.approx(MISSED_SHARE)
    value, low, high = bounds(100, 1.0)
    assert low == 100, "each of them was seen by a person"
    assert high > value


@given(st.integers(0, 100), st.integers(0, 100), st.floats(0, 1), st.floats(0, 1))
def test_whoever_checks_more_is_never_less_sure(one, other, share, further):
    """The bounds only close in, and always hold the value."""
    less, more = sorted([one, other])
    before, after = bounds(less, max(share, further)), bounds(more, min(share, further))
    assert after[2] - after[1] <= before[2] - before[1]
    assert after[1] <= after[0] <= after[2]
