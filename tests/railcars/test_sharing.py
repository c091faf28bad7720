"""No car is counted on two tracks."""

import numpy as np

from made_evidence import STEP_M, evidence
from yardwatch.model.line import Line
from yardwatch.railcars.reading import read_tracks
from yardwatch.railcars.sharing import ReadTrack, without, yielded_cars

CHAINAGES = STEP_M * (np.arange(800) + 0.5)


def track(y_m, cars, *, offset_m=0.0):
    """A track along y = y_m with cars whose middles lie so far beside it, and its evidence."""
    read = evidence(800, cars)
    read.offset_m[:] = offset_m
    [reading] = read_tracks([read], step_m=STEP_M)
    return ReadTrack(Line.through([0, 250], [y_m, y_m]), CHAINAGES, reading), read


def test_a_car_seen_from_two_near_lines_stays_with_the_nearer_one():
    own, _ = track(0.0, [(300, 355)])
    beside, _ = track(1.5, [(302, 357)], offset_m=-1.5)
    [lost] = yielded_cars([beside, own])
    assert (lost.track, lost.start, lost.end) == (0, 302, 357)


def test_cars_side_by_side_on_parallel_tracks_both_stay():
    one, _ = track(0.0, [(300, 355)])
    other, _ = track(4.4, [(300, 355)])
    assert yielded_cars([one, other]) == []


def test_cars_one_behind_the_other_both_stay():
    one, _ = track(0.0, [(300, 355)])
    other, _ = track(0.5, [(360, 415)])
    assert yielded_cars([one, other]) == []


def test_what_was_yielded_is_read_as_empty_and_the_rest_stays():
    beside, read = track(1.5, [(300, 355), (360, 415)], offset_m=-1.5)
    own, _ = track(0.0, [(300, 355)])
    [reading] = read_tracks([without(read, yielded_cars([beside, own]))], step_m=STEP_M)
    assert [(car.start, car.end) for car in reading.cars] == [(360, 415)]
