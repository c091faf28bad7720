"""Tallies add up, and say what they do not know."""

import numpy as np
import pytest

from made_evidence import STEP_M, evidence
from yardwatch.model.grid import Grid
from yardwatch.model.quantity import Qualifier
from yardwatch.model.ribbon import RibbonSpec
from yardwatch.model.site import Site, Track, Zone, ZoneFinder, frame_of
from yardwatch.railcars.reading import read_tracks
from yardwatch.railcars.ribbon import plan_ribbon
from yardwatch.railcars.tally import (
    TrackCount,
    car_strings,
    coarse_tally,
    cover,
    locate_cars,
    tally_zones,
    zone_numbers,
    zones_along,
)
from yardwatch.railcars.typing_rule import type_rule
from yardwatch.railcars.widening import ErrorModel

CRS = "EPSG:32626"
GRID = Grid(CRS, (0.5, 0.0, 500_000.0, 0.0, -0.5, 1_000_000.0), 1000, 400)
FINE = type_rule(0.3)
CARS = [(100, 155), (160, 215), (400, 480)]


def square(name, west, east):
    ring = ((west, 999_800.0), (east, 999_800.0), (east, 1_000_000.0), (west, 1_000_000.0), (west, 999_800.0))
    return Zone(name, "rail_yard", (ring,))


SITE = Site(
    "Invented",
    CRS,
    (square("west", 500_000.0, 500_080.0), square("east", 500_080.0, 500_500.0)),
    (Track("T1", ((500_010.0, 999_900.0), (500_210.0, 999_900.0))),),
)


def track(cars=CARS, *, readable=None, site=SITE, doubt=0.02):
    line, frame = site.line(site.tracks[0]), frame_of(site)
    plan = plan_ribbon("T1", line, GRID, frame, spec=RibbonSpec())
    seen = None if readable is None else readable(len(plan.chainages_m))
    evident = evidence(len(plan.chainages_m), cars, readable=seen, doubt=doubt)
    [reading] = read_tracks([evident], step_m=STEP_M)
    return TrackCount(plan, line, reading, zones_along(plan, line, ZoneFinder(site.zones), frame), cover(plan, reading))


def tallies(counted):
    numbers = zone_numbers([counted], step_m=STEP_M, errors=ErrorModel(0.04, 0.0, 0.0))
    return {tally.zone: tally for tally in tally_zones([counted], numbers, rule=FINE)}


def test_zones_and_the_whole_count_every_car_once():
    found = tallies(track())
    assert {zone: tally.value for zone, tally in found.items()} == {"west": 2, "east": 1, None: 3}


def test_visible_hidden_and_outside_make_up_the_track():
    coverage = track().coverage
    assert coverage.visible_m + coverage.hidden_m + coverage.outside_m == pytest.approx(coverage.length_m)
    assert coverage.hidden_m == 0


def test_a_track_that_leaves_the_image_is_outside_from_there():
    long = Site("Invented", CRS, SITE.zones, (Track("T1", ((500_400.0, 999_900.0), (500_600.0, 999_900.0))),))
    counted = track([], site=long)
    assert counted.coverage.outside_m == pytest.approx(100, abs=1)
    assert tallies(counted)[None].qualifier is Qualifier.AT_LEAST


def test_hidden_track_makes_the_number_a_lower_bound():
    def second_half_blind(columns):
        return np.arange(columns) < columns // 2

    total = tallies(track([(100, 155)], readable=second_half_blind))[None]
    assert (total.value, total.qualifier) == (1, Qualifier.AT_LEAST)
    assert total.hidden_m == pytest.approx(100, abs=2)


def test_a_hidden_stretch_is_told_by_its_ends():
    [stretch] = track([], readable=lambda columns: np.arange(columns) < 400).coverage.hidden_stretches
    assert stretch == pytest.approx((100, 200), abs=1)


def test_where_nothing_is_seen_there_is_no_number_but_a_bound():
    total = tallies(track([], readable=lambda columns: np.zeros(columns, bool)))[None]
    assert (total.value, total.low, total.qualifier) == (None, 0, Qualifier.UNKNOWN)
    assert total.high >= 20


def test_a_car_lies_on_the_ground_where_it_was_read():
    counted = track()
    first, *_ = locate_cars(counted, frame_of(SITE), first_number=1, rule=FINE)
    assert (first.start_m, first.end_m) == pytest.approx((25.0, 38.75))
    west = min(x for x, _ in first.footprint)
    assert west == pytest.approx(500_010 + 25 * 0.9996, abs=0.05)
    assert first.footprint[0] == first.footprint[-1]
    assert first.type == "open_top"


def test_coupled_cars_make_one_string():
    cars = locate_cars(track(), frame_of(SITE), first_number=1, rule=FINE)
    assert [len(string.railcars) for string in car_strings(cars)] == [2, 1]


def test_types_are_tallied_within_the_total():
    total = tallies(track())[None]
    assert {kind: number.value for kind, number in total.by_type.items()} == {"open_top": 3}


@pytest.mark.parametrize("resolved", [True, False])
def test_a_coarse_image_gives_a_bound_that_holds(resolved):
    *_, total = coarse_tally([track()], resolved=resolved)
    assert total.value is None
    assert total.low == 0
    assert total.high >= 3
    assert total.qualifier is Qualifier.UNKNOWN


def test_where_occupied_track_is_seen_the_bound_is_tighter():
    resolved, blind = (coarse_tally([track()], resolved=seen)[-1].high for seen in (True, False))
    assert resolved < blind


def test_of_many_sure_cars_of_a_type_one_may_be_wrong():
    """As of the number of all cars: the interval of a type is widened, too."""
    full = [(20 + 60 * number, 75 + 60 * number) for number in range(13)]
    number = tallies(track(full, doubt=1e-6))[None].by_type["open_top"]
    assert number.low < 13 < number.high
    few = tallies(track(full[:2], doubt=1e-6))[None].by_type["open_top"]
    assert (few.low, few.high) == (2, 2)
