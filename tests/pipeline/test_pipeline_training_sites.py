"""What networks for whole sites learn from says where cars stand."""

import numpy as np
import pytest

from yardwatch.model.site import frame_of
from yardwatch.pipeline.training_sites import counted_cars
from yardwatch.simulate.relaying import random_relaying


@pytest.fixture(scope="module")
def history():
    """A yard with renewed stretches on several tracks."""
    return random_relaying(np.random.default_rng(4), dates=5)


def test_cars_stand_on_the_tracks_of_the_site_where_their_outlines_lie(history):
    """Also those on a stretch that was laid anew, which the simulator draws as a track of its own."""
    site, frame = history.site, frame_of(history.site)
    renewed = {one.track: one for one in history.renewals}
    on_new = 0
    for date in range(len(history.shots)):
        for car in counted_cars(np.random.default_rng(date), history, date):
            x, y = frame.to_local(*np.mean(car.footprint[:4], axis=0))
            chainage, offset = site.line(site.track(car.track)).locate(x, y)
            assert abs(offset[0]) < 0.5
            assert chainage[0] == pytest.approx((car.start_m + car.end_m) / 2, abs=1.0)
            one = renewed.get(car.track)
            on_new += one is not None and one.start_m < chainage[0] < one.end_m
    assert renewed
    assert on_new
