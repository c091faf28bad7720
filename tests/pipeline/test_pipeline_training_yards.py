"""Ribbons cut from whole yards tell the truth about what stands on them."""

from types import SimpleNamespace

import numpy as np
import pytest

from yardwatch.model.line import Line
from yardwatch.pipeline import training_yards
from yardwatch.pipeline.training_yards import cut_ribbons
from yardwatch.simulate import CONCEALED

COLUMNS = 640


@pytest.fixture(scope="module")
def yards():
    """Four yards, at least one of them with cars."""
    return [cut_ribbons(np.random.default_rng(seed), columns=COLUMNS) for seed in (1, 2, 3, 5)]


def test_every_ribbon_is_long_enough_to_train_on(yards):
    """Short ones are filled up with no data, which counts as concealed."""
    for ribbon in (one for yard in yards for one in yard):
        assert ribbon.ribbon.pixels.shape[2] == len(ribbon.labels) >= COLUMNS
        unseen = np.isnan(ribbon.ribbon.pixels).all((0, 1))
        assert (ribbon.labels[unseen] == CONCEALED).all()


def test_cars_are_labelled_where_they_are_seen(yards):
    """Under each car the columns in view carry its type, and there is no label without a car."""
    labelled = [one for yard in yards for one in yard if one.cars]
    assert labelled
    for one in labelled:
        chainages = one.ribbon.chainages_m
        under = np.zeros(len(chainages), bool)
        for car in one.cars:
            under |= (chainages > car.start_m) & (chainages < car.end_m)
        assert under[one.labels > 0].all()
        assert (one.labels[under] != 0).all()


def test_a_yard_is_the_same_for_the_same_seed(yards):
    """Training can be repeated."""
    again = cut_ribbons(np.random.default_rng(1), columns=COLUMNS)
    for one, other in zip(yards[0], again, strict=True):
        np.testing.assert_array_equal(one.ribbon.pixels, other.ribbon.pixels)
        np.testing.assert_array_equal(one.labels, other.labels)


@pytest.mark.parametrize(("aside_m", "arguable"), [(0.2, False), (2.0, True), (3.5, True), (6.0, False)])
def test_a_car_beside_a_line_is_arguable_and_one_on_it_or_far_off_is_not(aside_m, arguable):
    """A car is 3 m wide: at 3.5 m its side is 2 m from the line."""
    frame = SimpleNamespace(to_local=lambda x, y: (x, y))
    left, right = aside_m - 1.5, aside_m + 1.5
    ring = ((40.0, left), (54.0, left), (54.0, right), (40.0, right), (40.0, left))
    line = Line.through([0.0, 100.0], [0.0, 0.0])
    assert training_yards._arguable(line, frame, [SimpleNamespace(footprint=ring)]) is arguable


def test_lines_that_leave_the_rails_are_cut_too_where_asked():
    """Their cars are those that stand on them."""
    yards = [cut_ribbons(np.random.default_rng(seed), columns=COLUMNS, hard=True) for seed in range(500, 506)]
    strays = [one for yard in yards for one in yard if not one.ribbon.track]
    assert len(strays) >= 5
    assert all(abs(car.offset_m) < 1.2 for one in strays for car in one.cars)
    assert any(not one.cars for one in strays)
