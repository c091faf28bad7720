"""The yardstick itself is right."""

import numpy as np
import pytest

from yardwatch.model.line import Line
from yardwatch.railcars.scoring import OnTrack, TruthCar, score_cars

LINES = {"T1": Line.through([0, 300], [0, 0])}


def label(start_m, end_m, *, offset_m=0.0, in_view=1.0):
    corners = np.array(
        [[start_m, offset_m - 1.5], [end_m, offset_m - 1.5], [end_m, offset_m + 1.5], [start_m, offset_m + 1.5]]
    )
    return TruthCar(corners, in_view, None)


def found(start_m, end_m, *, offset_m=0.0):
    return OnTrack("T1", start_m, end_m, offset_m)


def test_a_car_found_where_it_stands_is_right():
    score = score_cars([found(10, 24)], [label(10, 24)], LINES)
    assert (score.truth, score.found, score.right, score.f1) == (1, 1, 1, 1.0)


@pytest.mark.parametrize(("start_m", "right"), [(14.5, 1), (15.0, 0)])
def test_half_the_union_must_be_shared(start_m, right):
    """Two bodies of 14 m shifted by a third of their length share just half of their union."""
    assert score_cars([found(start_m, start_m + 14)], [label(10, 24)], LINES).right == right


def test_a_car_on_the_next_track_is_another_car():
    assert score_cars([found(10, 24)], [label(10, 24, offset_m=4.5)], LINES).right == 0


def test_one_label_is_found_once():
    score = score_cars([found(10, 24), found(10.5, 24.5)], [label(10, 24)], LINES)
    assert (score.right, score.found) == (1, 2)
    assert score.precision == 0.5


def test_a_label_less_than_half_in_view_counts_neither_for_nor_against():
    score = score_cars([found(0, 6)], [label(-8, 6, in_view=0.4), label(40, 54)], LINES)
    assert (score.truth, score.found, score.right) == (1, 1, 0)
    score = score_cars([found(0, 6)], [label(0, 6, in_view=0.4), label(40, 54)], LINES)
    assert (score.truth, score.found, score.right) == (1, 0, 0)


def test_nothing_found_where_nothing_stands_is_perfect():
    score = score_cars([], [], LINES)
    assert (score.precision, score.recall, score.f1) == (1.0, 1.0, 1.0)


def test_a_false_alarm_on_an_empty_track_spoils_the_score():
    assert score_cars([found(10, 24)], [], LINES).f1 == 0.0
