"""How counts are made less sure than their model is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yardwatch.railcars.tally import interval_of
from yardwatch.railcars.widening import ErrorModel, error_model, widened

MODEL = ErrorModel(shared=0.02, each=0.2, known=5.0)


def moments(lowest, distribution):
    numbers = lowest + np.arange(len(distribution))
    mean = float(numbers @ distribution)
    return mean, float((numbers - mean) ** 2 @ distribution)


def width(lowest, distribution):
    bounds = interval_of(*widened(lowest, np.array(distribution), errors=MODEL))
    return bounds.high - bounds.low


def test_what_is_added_has_the_deviation_that_the_model_says():
    before = moments(100, np.array([0.2, 0.6, 0.2]))
    after = moments(*widened(100, np.array([0.2, 0.6, 0.2]), errors=MODEL))
    assert after[0] == pytest.approx(before[0], abs=0.01)
    assert after[1] - before[1] == pytest.approx(MODEL.deviation(*before) ** 2, rel=0.05)


def test_a_count_that_the_model_doubts_is_widened_by_more_than_a_sure_one_of_the_same_mean():
    assert width(40, [1.0]) < width(39, [0.05, 0.9, 0.05]) < width(39, [1 / 3, 1 / 3, 1 / 3])


def test_of_many_sure_cars_a_smaller_share_is_doubtful_than_of_few():
    assert width(200, [1.0]) / 200 < width(10, [1.0]) / 10


def test_where_surely_nothing_stands_nothing_is_added():
    lowest, distribution = widened(0, np.array([1.0]), errors=error_model(0.5))
    assert (lowest, distribution.tolist()) == (0, [1.0])


def test_a_coarse_image_is_doubted_more():
    assert error_model(0.8).deviation(40, 0.5) > error_model(0.5).deviation(40, 0.5)


@given(
    lowest=st.integers(0, 60),
    weights=st.lists(st.floats(0, 1), min_size=1, max_size=8).filter(lambda all_: sum(all_) > 0.01),
    model=st.builds(ErrorModel, st.floats(0, 0.2), st.floats(0, 0.5), st.floats(0, 8)),
)
def test_it_stays_a_distribution_of_numbers_that_can_be(lowest, weights, model):
    first, wide = widened(lowest, np.array(weights), errors=model)
    assert first >= 0
    assert (wide >= 0).all()
    assert wide.sum() == pytest.approx(1)
