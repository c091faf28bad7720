"""Series keep apart what is apart, and say what they could not see."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import one, record, seen

from yardwatch.errors import MisuseError
from yardwatch.model.dates import parse_when
from yardwatch.model.series import Censored, How, Look
from yardwatch.trends.presence import presence
from yardwatch.trends.series import build_series, by_day, join, total

DATES = st.dates(min_value=parse_when("2020-01-01").earliest.date(), max_value=parse_when("2024-12-31").earliest.date())
TYPES_2024 = {"railcar:ore": 175, "railcar:box": 14, "railcar:tank": 66, "locomotive": 6, "railcar:maintenance": 3}


def test_extents_classes_and_units_are_never_pooled():
    """Yard and facility are two series; so are cars and metres of train."""
    made = build_series(
        [
            seen("2023-09-22", "4", zone="Tumangang yard"),
            seen("2023-10-05", "about 73", zone="Tumangang Rail Facility"),
            seen("2023-10-05", "300", zone="Tumangang yard", unit="m"),
            seen("2023-10-05", "2", zone=None),
        ]
    )
    assert [(s.extent, s.klass, s.unit, len(s.points)) for s in made] == [
        (None, "railcar", None, 1),
        ("Tumangang Rail Facility", "railcar", None, 1),
        ("Tumangang yard", "railcar", None, 1),
        ("Tumangang yard", "railcar", "m", 1),
    ]


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(DATES, st.integers(0, 50), st.sampled_from(["a", "b"]), st.sampled_from(["s1", "s2"])), max_size=8
    )
)
def test_every_observation_is_kept_replaced_or_undated_and_named(rows):
    """No observation vanishes: each id is in a point, in what it replaced, or among the undated; none is added up."""
    observations = [
        seen(f"{date}", f"{count}", zone=zone, source_id=source, id=f"o{index}", later=index)
        for index, (date, count, zone, source) in enumerate(rows)
    ]
    made = build_series([*observations, seen(None, "3", id="nodate")])
    points = [point for series in made for point in series.points]
    ids = [name for point in points for name in (*point.ids, *point.superseded)]
    ids += [name for series in made for name in series.undated]
    assert sorted(ids) == sorted(["nodate", *(one.id for one in observations)])
    stated = {one.id: one.quantity.value for one in observations}
    assert all(point.value == stated[point.ids[0]] for point in points)


def test_a_later_record_of_the_same_source_replaces_the_earlier_one():
    """And the earlier one is named."""
    series = one(
        seen("2024-01-02", "9", source_id="s", id="new", later=5), seen("2024-01-02", "7", source_id="s", id="old")
    )
    assert [(p.value, p.ids, p.superseded) for p in series.points] == [(9, ("new",), ("old",))]


def test_in_one_scene_a_person_overrules_the_machine_even_if_he_wrote_first():
    """Both counted the same pixels."""
    series = one(
        seen("2024-01-02", "12", scene_id="a", by="machine", later=9, id="m"),
        seen("2024-01-02", "11", scene_id="a", by="ann", id="p"),
    )
    assert [(p.value, p.superseded) for p in series.points] == [(11, ("m",))]


def test_two_lookers_of_one_day_stay_two_points_and_one_day_gives_both_bounds():
    """They are not added, and neither is preferred."""
    series = one(seen("2024-01-02", "9", source_id="s"), seen("2024-01-02", "14", source_id="t"))
    assert sorted(point.value for point in series.points) == [9, 14]
    [day] = by_day(series).points
    assert (day.value, day.low, day.high, len(day.ids)) == (None, 9, 14, 2)


def test_lower_and_upper_bounds_are_censored_and_no_number_is_not_usable():
    """'At least 7' is not seven."""
    series = record(
        ("2024-01-01", "at least 7"), ("2024-01-02", "at most 3"), ("2024-01-03", "?"), ("2024-01-04", "2..3")
    )
    kinds = [(p.censored, p.how, p.best) for p in series.points]
    assert kinds == [
        (Censored.LOWER, How.SEEN, 7),
        (Censored.UPPER, How.SEEN, 3),
        (Censored.NONE, How.UNUSABLE, None),
        (Censored.NONE, How.SEEN, 2.5),
    ]


def test_uncertain_dates_keep_their_bounds_and_open_ones_are_undated():
    """A month stays a month; "since 2002" is no date of a series."""
    series = record(("2023-05", "7"), ("2002/..", "1"))
    assert [point.when.text for point in series.points] == ["2023-05"]
    assert len(series.undated) == 1


def test_dates_without_image_are_kept_apart_from_cloud_and_only_where_nothing_was_seen():
    """A look of the whole site holds for each extent that has nothing else for that day."""
    looks = [Look(parse_when(day), How.NO_IMAGE) for day in ("2024-01-01", "2024-01-05")]
    cloud = seen("2024-01-07", "unknown", klass="not usable", note="cloud")
    series = one(seen("2024-01-01", "4"), seen("2024-01-03", "none"), cloud, looks=looks)
    assert [point.how.value for point in series.points] == ["seen", "seen", "no image", "not usable"]
    assert str(presence(series)) == (
        "active in 1 of 2 usable images (90 % interval 10 %–90 % of dates); 1 not usable, 1 without image"
    )


def test_nothing_seen_with_track_hidden_is_undecided_and_not_quiet():
    """What is hidden is never zero."""
    series = one(seen("2024-01-01", "none", visible_m=900.0, hidden_m=100.0), seen("2024-01-02", "none"))
    found = presence(series)
    assert (found.active, found.usable, found.undecided, found.low) == (0, 1, 1, 0.0)


@settings(max_examples=20)
@given(st.integers(0, 12), st.integers(0, 12))
def test_the_share_lies_in_its_interval(active, quiet):
    """Whatever was seen, and none without images."""
    series = record(
        *((f"20{y:02d}-01-01", "3" if y < active else "none") for y in range(active + quiet)), ("2099", "?")
    )
    found = presence(series)
    assert (found.active, found.usable) == (active, active + quiet)
    if found.usable:
        assert 0 <= found.low <= active / found.usable <= found.high <= 1
    else:
        assert found.low is None


def test_a_person_joins_extents_and_the_series_says_so():
    """Points are laid side by side, each with the extent it comes from."""
    yard, facility = record(("2023-09-22", "4")), record(("2023-10-05", "73"), zone="facility")
    joined = join([yard, facility], name="either")
    assert joined.joined == ("yard", "facility")
    assert [(point.value, point.extent) for point in joined.points] == [(4, "yard"), (73, "facility")]
    with pytest.raises(MisuseError, match="class or unit"):
        join([yard, record(("2023-10-05", "73"), unit="m")], name="no")


def test_counts_by_type_sum_to_the_published_264():
    """The sum is derived, says what it added and stands on all five observations."""
    parts = [record(("2024-06-17", f"about {number}"), klass=klass) for klass, number in TYPES_2024.items()]
    added = total(parts, klass="railcar")
    [point] = added.points
    assert (point.value, len(point.ids), point.low) == (264, 5, None)
    assert added.derived == "sum of railcar:ore, railcar:box, railcar:tank, locomotive, railcar:maintenance"
    assert "175 railcar:ore" in point.note


def test_a_sum_with_a_lower_bound_is_a_lower_bound():
    """At least 7 and 3 are at least 10."""
    parts = [
        record(("2024-06-17", "at least 7"), klass="railcar:tank"),
        record(("2024-06-17", "3"), klass="railcar:ore"),
    ]
    [point] = total(parts, klass="railcar").points
    assert (point.value, point.low, point.high, point.censored) == (10, 10, None, Censored.LOWER)


@pytest.mark.parametrize(("zone", "klass"), [("other", "railcar:ore"), ("yard", "railcar"), ("yard", "railcar:tank")])
def test_a_total_never_adds_extents_or_counts_twice(zone, klass):
    """Another extent, a class that includes the part, or the same class again are refused."""
    tanks = record(("2024-06-17", "66"), klass="railcar:tank")
    with pytest.raises(MisuseError):
        total([tanks, record(("2024-06-17", "66"), zone=zone, klass=klass)], klass="railcar")
