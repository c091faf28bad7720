"""Highest since, comparisons, jumps, flow and milestones say what they rest on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import happened, one, record, seen

from yardwatch.errors import MisuseError
from yardwatch.model.dates import parse_when
from yardwatch.trends.compare import against_neighbours, compare
from yardwatch.trends.flow import Assumption, FlowAssumptions, Stock, cars_from_metres, flow, mean_stock, trains_a_day
from yardwatch.trends.jumps import jumps_of, largest_jump
from yardwatch.trends.milestones import WorksLook, milestone
from yardwatch.trends.records import highest_since

STAY = Assumption(1, 5, "invented for this test")


def test_highest_since_names_the_date_and_the_coverage():
    """With the number of dates and the longest gap between them."""
    found = highest_since(record(("2022-11-04", "80"), ("2023-01-01", "20"), ("2023-09-24", "3"), ("2023-10-05", "73")))
    assert found.words == "the highest since 2022-11-04 (2 usable dates between, longest gap 266 days)"
    assert (found.firm, found.gap_edtf) == (True, "2023-01-01/2023-09-24")


def test_highest_on_record_is_not_said_of_the_first_date():
    """There is nothing to compare it with; of a later one the record's start is named."""
    assert "nothing to compare" in highest_since(record(("2023-10-05", "73"))).words
    found = highest_since(record(("2022-10-28", "7"), ("2023-10-05", "73")))
    assert found.words.startswith("the highest on record, which begins 2022-10-28")
    assert highest_since(record(("2023", "?"))) is None


@pytest.mark.parametrize("between", ["at least 9", "5..80"])
def test_a_number_that_may_have_been_higher_is_a_doubt(between):
    """A lower bound or a wide interval could overturn "highest since"."""
    found = highest_since(record(("2022-01-01", "90"), ("2023-05-01", between), ("2023-10-05", "73")))
    assert not found.firm
    assert "2023-05-01" in found.words


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8))
@settings(max_examples=25)
def test_nothing_between_was_as_high(counts):
    """By its definition, for exact numbers."""
    series = record(*((f"20{year:02d}", str(count)) for year, count in enumerate(counts)))
    found = highest_since(series)
    earlier = counts[:-1]
    position = max((at for at, count in enumerate(earlier) if count >= counts[-1]), default=None)
    assert (found.since is None) == (position is None)
    if position is not None:
        assert found.since.when.text == f"20{position:02d}"
    assert found.firm


def test_two_sites_are_compared_on_matched_dates_only():
    """Within the tolerance, each date once; the rest is counted."""
    ours = record(("2024-01-01", "20"), ("2024-01-10", "30"), ("2024-02-01", "24"), ("2024-06-01", "9"))
    theirs = record(("2024-01-02", "10"), ("2024-01-11", "14"), ("2024-02-02", "at least 11"), zone="other")
    [found] = against_neighbours(ours, [theirs], tolerance_days=2)
    assert [pair.apart_days for pair in found.pairs] == [1, 1, 1]
    assert (found.unmatched_first, found.unmatched_second, found.censored) == (1, 0, 1)
    assert (found.higher_in_first, found.higher_in_second) == (2, 0)
    assert found.ratio == pytest.approx(2, abs=0.1)
    assert found.low is None
    assert compare(ours, theirs, tolerance_days=0).pairs == ()


def test_unlike_is_not_compared():
    """Metres against cars, or a tolerance below zero."""
    with pytest.raises(MisuseError, match="unit"):
        compare(record(("2024", "3")), record(("2024", "3"), unit="m"), tolerance_days=1)
    with pytest.raises(MisuseError, match="negative"):
        compare(record(("2024", "3")), record(("2024", "3")), tolerance_days=-1)


def test_the_jump_of_2023_carries_the_caveat_on_extents():
    """Yard in September, facility in October: laid side by side, not pooled."""
    yard = record(("2023-09-14", "none"), ("2023-09-22", "4"), ("2023-09-24", "2..3"), zone="yard")
    facility = record(("2023-10-05", "about 73"), zone="facility")
    steps = jumps_of([yard, facility])
    jump = largest_jump(steps)
    assert (jump.edtf, jump.change, jump.low, jump.high) == ("2023-09-24/2023-10-05", 70.5, 70, 71)
    assert "different extents (yard; facility)" in jump.words
    assert largest_jump(jumps_of([yard])).edtf == "2023-09-14/2023-09-22"
    assert largest_jump(steps, by_ratio=True) == jump
    assert largest_jump(jumps_of([facility])) is None
    assert len(jumps_of([yard, facility], start_at=parse_when("2023-09-20"), end_at=parse_when("2023-09-30"))) == 1


def test_flow_is_a_range_and_names_all_it_assumes():
    """Ten cars that stay one to five days; hour and choice of dates as they are unless said otherwise."""
    passing = flow(Stock(10, 20, "railcar", 4), FlowAssumptions(STAY))
    assert (passing.low_a_day, passing.high_a_day) == (pytest.approx(10 * 0.5 * 0.3 / 5), pytest.approx(20 * 2 / 1))
    assert len(passing.assumptions) == 3
    assert str(passing) == "0.3 to 40 railcar a day"
    trains = trains_a_day(passing, Assumption(20, 60, "invented"))
    assert trains.low_a_day < passing.low_a_day / 20
    assert trains.high_a_day == pytest.approx(2)


@given(st.floats(0, 500), st.floats(0, 500), st.floats(0.1, 30), st.floats(0, 30))
def test_the_true_flow_lies_in_the_range_if_the_assumptions_hold(stock, more, stay, longer):
    """Little's law for any stock and stay within the ranges."""
    found = flow(Stock(stock, stock + more, "railcar", 1), FlowAssumptions(Assumption(stay, stay + longer, "invented")))
    middle = (stock + more / 2) / (stay + longer / 2)
    assert found.low_a_day <= middle + 1e-9
    assert middle <= found.high_a_day + 1e-9


def test_a_lower_bound_of_the_stock_leaves_the_flow_open_above():
    """'At least' stays 'at least', from metres to cars to flow."""
    stock = mean_stock(record(("2024-01-01", "300"), ("2024-02-01", "at least 200"), unit="m"))
    assert stock.high is None
    passing = flow(cars_from_metres(stock, Assumption(12, 25, "catalogue")), FlowAssumptions(STAY))
    assert str(passing).startswith("at least")
    assert mean_stock(record(("2024", "?"))) is None
    one_date = mean_stock(one(seen("2024-01-01", "7")))
    assert (one_date.low, one_date.high) == (7, 7)


@pytest.mark.parametrize("bad", [(0, 1, "x"), (3, 2, "x"), (1, 2, " ")])
def test_an_assumption_is_a_range_with_a_reason(bad):
    """Neither zero nor upside down nor unexplained."""
    with pytest.raises(MisuseError):
        Assumption(*bad)


def test_works_are_late_by_a_range():
    """Seen between two looks, counted from the last day of the plan."""
    looks = [_look("2024-11-30", done=False), _look("2025-02-28", done=True), _look("2025-01-15", done=None)]
    found = milestone(happened("2024-12"), looks)
    assert found.observed == "2024-11-30/2025-02-28"
    assert found.words.endswith("at most 59 days late, possibly on time")
    assert found.undecided == 1
    late = milestone(happened("2024-12"), [_look("2025-01-31", done=False), _look("2025-02-28", done=True)])
    assert late.words.endswith("30 to 59 days late")


def test_works_not_yet_seen_are_not_seen_by_the_last_look():
    """Before the plan's date nothing is late; without a look nothing is known."""
    assert milestone(happened("2026-12"), [_look("2026-01-05", done=False)]).words == (
        "an invented happening: planned for 2026-12, not seen by 2026-01-05"
    )
    assert "at least 31 days late" in milestone(happened("2025-12"), [_look("2026-02-01", done=False)]).words
    assert milestone(happened("2025-12"), []).words.endswith("not looked for")


def test_works_unseen_after_they_were_seen_are_a_contradiction():
    """Either look may be a mistake."""
    found = milestone(happened("2024-12"), [_look("2024-11-01", done=True), _look("2025-03-01", done=False)])
    assert found.contradicted == ("2025-03-01",)
    assert found.observed == "../2024-11-01"
    assert "on time or early" in found.words


def _look(date, *, done):
    return WorksLook(parse_when(date), done, date)
