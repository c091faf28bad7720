"""Cars are read rightly from evidence whose truth is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made_evidence import STEP_M, evidence
from yardwatch.railcars._certain import certain_number
from yardwatch.railcars.reading import counted_numbers, read_tracks
from yardwatch.railcars.semimarkov import count_distribution
from yardwatch.railcars.strings import CARS, Expected, Weights

WEIGHTS = Weights()


def test_cars_stand_where_the_evidence_puts_them():
    cars = [(100, 155), (160, 215), (400, 480)]
    [reading] = read_tracks([evidence(800, cars)], step_m=STEP_M, expected=Expected(weights=WEIGHTS))
    assert [(car.start, car.end) for car in reading.cars] == cars
    assert min(car.confidence for car in reading.cars) > 0.9


def test_an_empty_track_has_no_car():
    [reading] = read_tracks([evidence(800, [])], step_m=STEP_M, expected=Expected(weights=WEIGHTS))
    assert reading.cars == ()
    assert reading.occupied.max() < 0.05


def test_the_number_of_cars_is_a_distribution_around_the_truth():
    cars = [(100, 155), (160, 215), (400, 480)]
    readings = read_tracks([evidence(800, cars)], step_m=STEP_M, expected=Expected(weights=WEIGHTS))
    [(lowest, probabilities)] = counted_numbers(readings, [np.ones(800, bool)], step_m=STEP_M)
    assert probabilities.sum() == pytest.approx(1)
    assert probabilities[3 - lowest] > 0.9


@pytest.mark.parametrize(("doubt", "settled"), [(1e-4, True), (0.3, True), (0.8, False)])
def test_a_number_that_is_taken_as_certain_is(doubt, settled):
    """It is what the whole distribution says; where that knows of doubt, nothing is taken as certain."""
    cars = [(100 + 60 * k, 155 + 60 * k) for k in range(8)]
    [reading] = read_tracks([evidence(800, cars, doubt=doubt)], step_m=STEP_M)
    [(_, passes)] = reading.parts
    marks = np.zeros((CARS.stop, 2 * passes.evidence.log_likelihood.shape[1] + 1), bool)
    marks[CARS] = True
    [chances] = count_distribution(passes.model, [passes.evidence], [marks], points=16)
    certain = certain_number(passes, marks, counted=CARS)
    assert certain == (8 if settled else None)
    assert (chances[8] > 1 - 1e-5) is np.bool_(settled)


def test_a_number_is_not_certain_where_a_car_may_lie_in_or_out():
    """A mark that begins in the middle of a sure car leaves its number to be counted."""
    [reading] = read_tracks([evidence(800, [(100, 155), (160, 215)], doubt=1e-4)], step_m=STEP_M)
    [(start, passes)] = reading.parts
    marks = np.zeros((CARS.stop, 2 * passes.evidence.log_likelihood.shape[1] + 1), bool)
    marks[CARS, 100 + 155 - 2 * start :] = True
    assert certain_number(passes, marks, counted=CARS) is None


def test_doubtful_evidence_gives_a_wider_distribution():
    cars = [(100 + 60 * k, 155 + 60 * k) for k in range(8)]
    spreads = []
    for doubt in (0.02, 0.8):
        readings = read_tracks([evidence(800, cars, doubt=doubt)], step_m=STEP_M, expected=Expected(weights=WEIGHTS))
        [(_, probabilities)] = counted_numbers(readings, [np.ones(800, bool)], step_m=STEP_M)
        spreads.append(1 - probabilities.max())
    assert spreads[1] > spreads[0]


def test_a_stretch_without_data_is_concealed_not_empty():
    seen = np.ones(800, bool)
    seen[300:500] = False
    [reading] = read_tracks([evidence(800, [], readable=seen)], step_m=STEP_M, expected=Expected(weights=WEIGHTS))
    assert reading.concealed[300:500].all()
    assert not reading.concealed[:290].any()
    assert reading.cars == ()


def test_a_track_wholly_without_data_reads_as_concealed():
    [reading] = read_tracks(
        [evidence(200, [], readable=np.zeros(200, bool))], step_m=STEP_M, expected=Expected(weights=WEIGHTS)
    )
    assert reading.concealed.all()
    assert reading.cars == ()


def test_a_car_of_which_half_is_cut_off_still_counts_and_a_sliver_does_not():
    half, sliver = [(0, 32)], [(0, 12)]
    readings = read_tracks(
        [evidence(400, half), evidence(400, sliver)], step_m=STEP_M, expected=Expected(weights=WEIGHTS)
    )
    assert [len(reading.cars) for reading in readings] == [1, 0]
    numbers = counted_numbers(readings, [np.ones(400, bool)] * 2, step_m=STEP_M)
    assert [lowest + int(p.argmax()) for lowest, p in numbers] == [1, 0]


def test_a_car_counts_in_the_zone_that_holds_its_middle():
    readings = read_tracks([evidence(800, [(100, 155), (380, 435)])], step_m=STEP_M, expected=Expected(weights=WEIGHTS))
    first_half = np.arange(800) < 400
    for columns, expected in ((first_half, 1), (~first_half, 1), (np.ones(800, bool), 2)):
        [(lowest, probabilities)] = counted_numbers(readings, [columns], step_m=STEP_M)
        assert lowest + int(probabilities.argmax()) == expected


@settings(max_examples=25)
@given(lengths=st.lists(st.integers(44, 100), max_size=9), gap=st.integers(4, 8))
def test_well_marked_strings_of_any_lengths_are_counted(lengths, gap):
    cars, place = [], 60
    for length in lengths:
        cars.append((place, place + length))
        place += length + gap
    [reading] = read_tracks([evidence(place + 60, cars)], step_m=STEP_M, expected=Expected(weights=WEIGHTS))
    assert [(car.start, car.end) for car in reading.cars] == cars
