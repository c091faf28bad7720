"""A simulated ribbon is what its labels say."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from yardwatch.errors import MisuseError
from yardwatch.model.railcar import CAR_TYPES
from yardwatch.model.ribbon import RibbonSpec
from yardwatch.simulate import CONCEALED, EMPTY, Conditions, Sensor, Sun, View, random_ribbon

NADIR = Conditions(Sun(160, 50), View(), Sensor(gsd_m=0.3))


def drawn(seed: int, **options):
    return random_ribbon(np.random.default_rng(seed), length_m=128, **options)


def test_the_same_seed_gives_the_same_ribbon():
    """Everything by chance comes from the generator."""
    first, again, other = (drawn(seed).ribbon.pixels for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert first.shape != other.shape or not np.array_equal(first, other)


def test_a_ribbon_has_the_shape_that_was_asked_for():
    """Columns of a step along, rows of a step across, left on top."""
    made = drawn(1, spec=RibbonSpec(step_m=0.5, half_width_m=5), conditions=NADIR)
    assert made.ribbon.pixels.shape == (3, 21, 256)
    assert made.ribbon.pixels.dtype == np.float32
    assert made.ribbon.step_m == pytest.approx(0.5)
    assert made.labels.shape == (256,)
    assert np.isfinite(made.ribbon.pixels).all()


def test_labels_are_the_cars_seen_from_above():
    """At nadir, a column is labelled with a type exactly where a car of that type stands."""
    for seed in range(8):
        made = drawn(seed, conditions=NADIR, occupancy=0.8)
        expected = np.full(len(made.labels), EMPTY)
        for car in made.cars:
            along = made.ribbon.chainages_m
            expected[(along > car.start_m) & (along < car.end_m)] = 1 + CAR_TYPES.index(car.type)
        seen = made.labels != CONCEALED
        assert np.array_equal(made.labels[seen], expected[seen])
        assert all(after.start_m > before.end_m for before, after in pairwise(made.cars))


def test_an_oblique_view_moves_the_labels_with_the_tops():
    """Seen from the west, tops lean to the east and the labels with them."""
    made = drawn(4, conditions=replace(NADIR, view=View(25, 270)), occupancy=0.8)
    whole = [car for car in made.cars if car.start_m > 0 and car.end_m + car.lean_along_m < 128]
    assert whole
    for car in whole:
        assert car.lean_along_m > 0
        assert abs(car.lean_across_m) < 1e-9
        middle = int((car.start_m + car.end_m + 2 * car.lean_along_m) / 2 / made.ribbon.step_m)
        assert made.labels[middle] in (1 + CAR_TYPES.index(car.type), CONCEALED)


def test_an_empty_ribbon_has_no_car_on_the_middle_track():
    """Occupancy nought leaves it empty, whatever stands beside."""
    assert all(not drawn(seed, occupancy=0.0).cars for seed in range(4))


def test_chance_gives_empty_full_and_varied_ribbons():
    """Training sees empty track and at least six types within forty ribbons."""
    made = [random_ribbon(np.random.default_rng(seed), length_m=64, conditions=NADIR) for seed in range(40)]
    empty = sum(not ribbon.cars for ribbon in made)
    assert 8 <= empty <= 32
    assert len({car.type for ribbon in made for car in ribbon.cars}) >= 6


def test_a_ribbon_without_length_is_refused():
    """The message says what to do."""
    with pytest.raises(MisuseError, match="longer"):
        random_ribbon(np.random.default_rng(0), length_m=0.2)


def test_more_varied_looks_change_only_how_cars_look():
    """With `varied` the same cars stand in the same places; their pixels differ."""
    plain, varied = (drawn(5, occupancy=0.9, varied=v) for v in (False, True))
    assert plain.cars == varied.cars
    assert np.array_equal(plain.labels, varied.labels)
    body = plain.labels > 0
    assert body.any()
    assert np.abs(plain.ribbon.pixels - varied.ribbon.pixels)[..., body].mean() > 0
