"""Whether all that was found may be a false alarm."""

import numpy as np
import pytest

from yardwatch.railcars.doubting import chance_of_none, doubted, or_none
from yardwatch.railcars.reading import FoundCar, TrackReading

STEP_M = 0.25
COLUMNS = 4000


def _reading(*odds: float) -> TrackReading:
    cars = tuple(
        FoundCar(100 * number, 100 * number + 56, 0.9, 0.8, np.full(8, 1 / 8), 0.0, odds=one)
        for number, one in enumerate(odds)
    )
    occupied = np.zeros(COLUMNS)
    for car in cars:
        occupied[car.start : car.end] = 0.8
    return TrackReading(cars, occupied, 0.9 - occupied, np.zeros(COLUMNS, bool), ())


def test_a_car_of_which_all_speaks_is_believed() -> None:
    assert chance_of_none([_reading(30.0, 250.0), _reading()], step_m=STEP_M, gsd_m=0.5) < 0.01


def test_where_nothing_was_found_nothing_is_doubted() -> None:
    assert chance_of_none([_reading(), _reading()], step_m=STEP_M, gsd_m=0.5) == 0.0


def test_more_weak_cars_are_no_surer_than_the_best_of_them() -> None:
    assert chance_of_none([_reading(20.0, 20.0, 20.0)], step_m=STEP_M, gsd_m=0.5) == pytest.approx(
        chance_of_none([_reading(20.0)], step_m=STEP_M, gsd_m=0.5)
    )


def test_the_same_car_is_doubted_more_where_more_empty_track_was_searched() -> None:
    alone = chance_of_none([_reading(70.0)], step_m=STEP_M, gsd_m=0.5)
    beside = chance_of_none([_reading(70.0)] + 20 * [_reading()], step_m=STEP_M, gsd_m=0.5)
    assert 0 < alone < beside < 1


def test_the_same_car_is_doubted_more_in_a_coarser_image() -> None:
    fine, coarse = (chance_of_none([_reading(60.0)], step_m=STEP_M, gsd_m=gsd_m) for gsd_m in (0.3, 0.8))
    assert fine < 0.5 < coarse


def test_a_likely_false_alarm_is_no_car_and_leaves_the_track_empty() -> None:
    (reading,) = doubted([_reading(5.0)], 0.8)
    assert reading.cars == ()
    assert reading.occupied[10] == pytest.approx(0.2 * 0.8)
    assert reading.empty[10] == pytest.approx(0.1 + 0.8 * 0.8)


def test_a_likely_car_stays_and_is_less_sure() -> None:
    (reading,) = doubted([_reading(90.0)], 0.25)
    (car,) = reading.cars
    assert (car.confidence, car.presence) == (pytest.approx(0.675), pytest.approx(0.6))


def test_a_number_that_may_be_none() -> None:
    lowest, chances = or_none((3, np.array([0.5, 0.5])), 0.8)
    assert lowest == 0
    assert chances == pytest.approx([0.8, 0, 0, 0.1, 0.1])
