"""Cars under dust are told from their ground by shape and shadow alone."""

from dataclasses import replace

import numpy as np
import pytest

from yardwatch.simulate import Conditions, Sensor, Sun, View, dusted, place_consists, random_yard, render

SIZE_M = (160.0, 60.0)


@pytest.fixture(scope="module")
def full_yard():
    rng = np.random.default_rng(4)
    return place_consists(rng, random_yard(rng, tracks=3, size_m=SIZE_M, heading_deg=0.0), occupancy=0.9)


def contrast(plan):
    """Of the pixels under cars and beside them, in levels of the picture."""
    conditions = Conditions(Sun(150, 85), View(), Sensor(gsd_m=0.5, noise=0.002))
    bare = render(replace(plan, cars=()), rng=np.random.default_rng(1), conditions=conditions, stamp=False)
    full = render(plan, rng=np.random.default_rng(1), conditions=conditions, stamp=False)
    return float(np.abs(full.pixels.astype(float) - bare.pixels.astype(float)).mean())


def test_a_share_of_the_batches_is_dusty_and_a_batch_is_so_as_a_whole(full_yard):
    assert not any(car.dust for car in dusted(np.random.default_rng(1), full_yard, share=0.0).cars)
    half = dusted(np.random.default_rng(1), full_yard, share=0.5).cars
    assert {bool(car.dust) for car in half} == {True, False}
    by_batch = {}
    for car in half:
        by_batch.setdefault((car.track, car.look), set()).add(car.dust)
    assert all(len(dusts) == 1 for dusts in by_batch.values())


def test_nothing_but_the_dust_is_changed(full_yard):
    cleaned = [replace(car, dust=None) for car in dusted(np.random.default_rng(1), full_yard, share=1.0).cars]
    assert cleaned == list(full_yard.cars)


def test_dusty_cars_stand_out_less_from_their_ground(full_yard):
    assert contrast(dusted(np.random.default_rng(1), full_yard, share=1.0)) < 0.85 * contrast(full_yard)
