"""Pictures that the type network learns from show the car that their label names."""

import numpy as np
import pytest

from yardwatch.pipeline.training_cars import drawn_picture, make_pictures
from yardwatch.railcars.telling import SHOWN_COLUMNS, SHOWN_ROWS


@pytest.fixture(scope="module")
def pictures():
    return make_pictures(8, seed=3, processes=1)


def test_pictures_are_of_whole_cars_somewhat_wider_than_shown(pictures):
    assert len(pictures) > 10
    for one in pictures:
        assert one.pixels.shape[1] > SHOWN_ROWS
        assert one.pixels.shape[2] > SHOWN_COLUMNS
        assert one.length >= 20
        assert one.gsd_m < 0.9
    assert len({one.type for one in pictures}) > 2


def test_a_car_is_drawn_otherwise_each_time_but_never_far_from_its_place(pictures):
    """Its body is marked within a metre and a half of where it stands, and its pixels change."""
    rng = np.random.default_rng(1)
    one = max(pictures, key=lambda picture: picture.length)
    shown = [drawn_picture(one, rng) for _ in range(12)]
    assert {each.shape for each in shown} == {(6, SHOWN_ROWS, SHOWN_COLUMNS)}
    bodies = [np.flatnonzero(each[5, 0]) for each in shown]
    middle = SHOWN_COLUMNS / 2
    assert all(abs(body.mean() + 0.5 - middle) < 10 for body in bodies)
    assert all(abs(len(body) - min(one.length, SHOWN_COLUMNS)) < 12 for body in bodies)
    assert len({each[:3].tobytes() for each in shown}) == 12


def test_pictures_are_the_same_for_the_same_seed(pictures):
    again = make_pictures(3, seed=3, processes=1)
    assert all(np.array_equal(one.pixels, other.pixels) for one, other in zip(again, pictures, strict=False))
