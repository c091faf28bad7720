"""What stands on the tracks once a person has looked."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yardwatch.model.correction import Act, Correction
from yardwatch.model.dates import parse_when
from yardwatch.model.grid import Grid
from yardwatch.model.provenance import Provenance
from yardwatch.model.quantity import Qualifier
from yardwatch.model.railcar import Count, Interval, Railcar, String, Tally, TrackCoverage
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site, Track, Zone, frame_of
from yardwatch.railcars.correcting import corrected_cars, corrected_count
from yardwatch.railcars.placing import Stretch, locate_outline, outline, zone_at

X, Y = 500000.0, 4690000.0
NOW = datetime(2025, 1, 2, tzinfo=UTC)


def ring(west, south, east, north):
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return tuple((X + x, Y + y) for x, y in corners)


SITE = Site(
    "Invented",
    "EPSG:32652",
    (Zone("West", "rail_yard", (ring(0, 0, 200, 100),)), Zone("East", "rail_yard", (ring(200, 0, 400, 100),))),
    (
        Track("T1", ((X, Y + 50), (X + 400, Y + 50))),
        Track("T2", ((X, Y + 55), (X + 190, Y + 55))),
    ),
)


def car(name, start_m, *, track="T1", end_m=None, zone="West", by=None, kind="tank"):
    end_m = start_m + 13 if end_m is None else end_m
    return Railcar(
        name, track, start_m, end_m, 0.0, 3.0, kind, None, {kind: 1.0}, 0.8, zone, ring(start_m, 48, end_m, 52), by=by
    )


def tally(zone, value, low, high, **metres):
    given = {"visible_m": 300.0, "hidden_m": 0.0, "outside_m": 0.0, "occupied_m": 13.0 * value} | metres
    return Tally(zone, value, low, high, 0.9, Qualifier.ABOUT, {"tank": Interval(value, low, high)}, **given)


CARS = (car("c1", 20), car("c2", 34), car("c3", 300, zone="East"), car("c4", 20, track="T2"))
COUNT = Count(
    scene=Scene(
        "one", "one.tif", "5e" * 32, Grid("EPSG:32652", (0.5, 0, X, 0, -0.5, Y + 100), 800, 200), 0.5, 3, "uint8",
        acquired=parse_when("2024-12-03"),
    ),
    railcars=CARS,
    strings=(String("T1", 20, 47, ("c1", "c2")), String("T1", 300, 313, ("c3",)), String("T2", 20, 33, ("c4",))),
    tracks=(TrackCoverage("T1", 400, 400, 0, 0, 39), TrackCoverage("T2", 190, 190, 0, 0, 13)),
    tallies=(tally("East", 1, 0, 2, visible_m=200.0), tally("West", 3, 2, 5), tally(None, 4, 2, 6)),
    provenance=Provenance("0", "ribbon-hsmm/1", {}, {}),
)  # fmt: skip


def decided(act, before=None, after=None, *, track=None, by="Ann", stretch_m=None, number=[0]):  # noqa: B006 - a counter
    number[0] += 1
    track = track or (before or after).track
    return Correction(f"k{number[0]}", "one", act, track, before, after, by, NOW, stretch_m)


def vouched(found, **changes):
    return decided(Act.ACCEPT, found, replace(found, by="Ann", confidence=1.0, **changes))


def check(track, by="Ann"):
    return decided(Act.CHECK, track=track, by=by)


def of(count, zone):
    return next(one for one in count.tallies if one.zone == zone)


def test_without_a_decision_the_count_is_the_machines():
    """The very same one; decisions on another scene change nothing either."""
    other = replace(decided(Act.DELETE, CARS[0]), scene_id="two")
    assert corrected_count(COUNT, [other], SITE) is COUNT


def test_a_deleted_car_is_gone_and_an_added_one_stands_in_its_place_along_the_track():
    """In order of track and chainage, with the strings that follow."""
    added = car("p1", 48, by="Ann", kind="covered")
    found = corrected_count(COUNT, [decided(Act.DELETE, CARS[0]), decided(Act.ADD, None, added)], SITE)
    assert [one.id for one in found.railcars] == ["c2", "p1", "c3", "c4"]
    assert found.strings[0].railcars == ("c2", "p1")


def test_decisions_hold_for_the_cars_of_a_later_count():
    """The machine numbers its cars anew; the one that overlaps by half is meant, not the one with its number now."""
    again = (car("c1", 150), car("c2", 20.5), car("c3", 34.2))
    found = corrected_cars(again, [decided(Act.DELETE, CARS[0]), vouched(CARS[1], type="covered")])
    assert [(one.id, one.start_m, one.type, one.by) for one in found] == [
        ("c3", 34, "covered", "Ann"),
        ("c1", 150, "tank", None),
    ]


def test_what_a_person_vouches_for_stands_though_the_machine_no_longer_finds_it():
    """Under an id of its own, where another car has taken it."""
    correction = vouched(CARS[0])
    found = corrected_cars([car("c1", 150)], [correction])
    assert [(one.id, one.start_m) for one in found] == [(correction.id, 20), ("c1", 150)]


def test_on_a_checked_track_only_cars_with_a_persons_word_stand():
    """What a later network finds there beside them is left out; other tracks are as the machine says."""
    later = (*CARS, car("c9", 90))
    found = corrected_cars(later, [vouched(CARS[0]), check("T1")])
    assert [one.id for one in found] == ["c1", "c4"]


def test_a_zone_of_which_every_track_was_checked_has_the_persons_count():
    """Exactly as many, by whom; a zone that shares a track with it only in part is partly his."""
    found = corrected_count(COUNT, [*map(vouched, CARS[:3]), check("T1")], SITE)
    east, west = of(found, "East"), of(found, "West")
    assert (east.value, east.low, east.high, east.qualifier, east.by) == (1, 1, 1, Qualifier.EXACT, "Ann")
    assert east.by_type["tank"] == Interval(1, 1, 1)
    assert (west.value, west.low, west.high) == (3, 2, 5)
    assert west.by == "machine, corrected by Ann"
    assert [track.checked_by for track in found.tracks] == ["Ann", None]


def test_a_checked_count_is_a_lower_bound_where_track_was_hidden():
    """Whoever counts, a roof stays a roof."""
    hidden = replace(COUNT, tallies=(tally("East", 1, 0, 2, hidden_m=50.0), *COUNT.tallies[1:]))
    found = corrected_count(hidden, [*map(vouched, CARS[:3]), check("T1")], SITE)
    assert of(found, "East").qualifier is Qualifier.AT_LEAST


def test_elsewhere_number_and_bounds_move_with_what_was_added_and_deleted():
    """By one down and two up; never below what persons vouch for."""
    added = [decided(Act.ADD, None, car(f"p{n}", 60 + 15 * n, by="Ann")) for n in range(2)]
    found = corrected_count(COUNT, [decided(Act.DELETE, CARS[0]), *added], SITE)
    west = of(found, "West")
    assert (west.value, west.low, west.high, west.qualifier) == (4, 3, 6, Qualifier.ABOUT)
    assert west.by_type["tank"] == Interval(4, 3, 6)
    assert of(found, "East") == of(COUNT, "East")
    firm = corrected_count(COUNT, [vouched(CARS[0]), vouched(CARS[1]), vouched(CARS[3])], SITE)
    assert of(firm, "West").low == 3


def test_a_concealed_stretch_is_hidden_track_and_what_was_found_there_is_left_out():
    """But not what a person vouches for; visible, hidden and outside stay the length of the track."""
    found = corrected_count(COUNT, [vouched(CARS[1]), decided(Act.CONCEAL, track="T1", stretch_m=(10, 60))], SITE)
    assert [one.id for one in found.railcars] == ["c2", "c3", "c4"]
    track, west = found.tracks[0], of(found, "West")
    assert (track.visible_m, track.hidden_m, track.hidden_stretches) == (350, 50, ((10, 60),))
    assert west.hidden_m == pytest.approx(50, abs=2)
    assert west.visible_m + west.hidden_m == pytest.approx(300)
    assert of(found, "East").hidden_m == 0


def test_a_person_counts_where_the_image_carries_no_count():
    """Coarse for the machine, not for him."""
    coarse = tuple(replace(one, value=None, low=0, high=9, qualifier=Qualifier.UNKNOWN) for one in COUNT.tallies)
    blind = replace(COUNT, tallies=coarse, railcars=())
    found = corrected_count(blind, [decided(Act.ADD, None, car("p", 300, zone="East", by="Ann")), check("T1")], SITE)
    assert (of(found, "East").value, of(found, "East").high) == (1, 1)
    assert of(found, "West").value is None


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["delete", "accept", "add", "conceal", "check"]), max_size=8), st.randoms())
def test_whatever_is_decided_the_numbers_fit_one_another(acts, chance):
    """Bounds hold the value, metres add up, no car is counted twice."""
    corrections, standing = [], list(CARS)
    for number, act in enumerate(acts):
        if act == "check":
            corrections.append(check(chance.choice(["T1", "T2"])))
        elif act == "conceal":
            start = chance.uniform(0, 350)
            corrections.append(decided(Act.CONCEAL, track="T1", stretch_m=(start, start + 40)))
        elif act == "add":
            new = car(f"p{number}", 60 + 17 * number, by="Ann")
            corrections.append(decided(Act.ADD, None, new))
        elif standing:
            meant = standing.pop()
            corrections.append(vouched(meant) if act == "accept" else decided(Act.DELETE, meant))
    found = corrected_count(COUNT, corrections, SITE)
    assert len({one.id for one in found.railcars}) == len(found.railcars)
    for one in found.tallies:
        assert 0 <= one.low <= one.value <= one.high
        assert all(0 <= part.low <= part.value <= part.high for part in one.by_type.values())
    for track in found.tracks:
        assert track.visible_m + track.hidden_m + track.outside_m == pytest.approx(track.length_m)
        assert track.visible_m >= 0


@given(st.floats(0, 370), st.floats(4, 26), st.floats(-2, 2))
def test_a_car_is_found_again_from_its_outline(start_m, length_m, offset_m):
    """Laid on the ground and back, to a millimetre."""
    stretch = Stretch("T1", start_m, start_m + length_m, offset_m, 3.0)
    corners = outline(SITE.line(SITE.tracks[0]), frame_of(SITE), stretch)
    x, y = frame_of(SITE).to_local(*zip(*corners[:-1], strict=True))
    found = locate_outline(np.column_stack([x, y]), {"T1": SITE.line(SITE.tracks[0])})
    assert (found.start_m, found.end_m, found.offset_m, found.width_m) == pytest.approx(
        (start_m, start_m + length_m, offset_m, 3.0), abs=1e-3
    )


def test_an_outline_far_from_every_track_is_on_none():
    """Three metres beside it is another track, or no track."""
    box = np.array([[0.0, 40.0], [13.0, 40.0], [13.0, 43.0], [0.0, 43.0]])
    lines = {track.name: SITE.line(track) for track in SITE.tracks}
    assert locate_outline(box, lines) is None


def test_the_zone_of_a_car_is_that_of_its_middle():
    """On the border it is the one with more of it."""
    assert zone_at(SITE, Stretch("T1", 180, 194, 0, 3)) == "West"
    assert zone_at(SITE, Stretch("T1", 194, 208, 0, 3)) == "East"
