"""Ribbons cut from whole yards tell the truth about what stands on them."""

import numpy as np
import pytest

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


def test_on_a_line_that_leaves_the_rails_no_car_is_arguable():
    """It is cut only where each car stands on it or well beside it."""
    yards = [cut_ribbons(np.random.default_rng(seed), columns=COLUMNS, hard=True) for seed in range(500, 506)]
    strays = [one for yard in yards for one in yard if not one.ribbon.track]
    assert len(strays) >= 5
    assert all(abs(car.offset_m) < 1.2 for one in strays for car in one.cars)
    assert any(not one.cars for one in strays)
