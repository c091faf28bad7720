"""Intervals that tell the truth are known from those that do not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yardwatch.errors import MisuseError
from yardwatch.pipeline.calibration import (
    Forecast,
    coverage,
    interval_score,
    median_relative_width,
    pit,
    pit_histogram,
)


def poisson(mean: float) -> tuple[float, ...]:
    """Chances of 0 and more, far enough."""
    chances = [np.exp(-mean)]
    for number in range(1, 60):
        chances.append(chances[-1] * mean / number)
    return tuple(chances)


def test_both_bounds_belong_to_the_interval():
    """A truth on a bound is held."""
    held = [Forecast(3, 3, 5), Forecast(5, 3, 5), Forecast(4, 3, 5)]
    assert coverage(held) == 1
    assert coverage([*held, Forecast(6, 3, 5)]) == 0.75


def test_a_miss_costs_twenty_times_its_size_at_ninety_per_cent():
    """Equation 43 of Gneiting and Raftery with alpha 0.1."""
    assert interval_score(Forecast(4, 3, 5), level=0.9) == 2
    assert interval_score(Forecast(7, 3, 5), level=0.9) == pytest.approx(2 + 20 * 2)
    assert interval_score(Forecast(0, 3, 5), level=0.9) == pytest.approx(2 + 20 * 3)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_no_interval_is_better_than_the_point_at_the_truth(truth, one, other):
    """The best score is 0."""
    assert interval_score(Forecast(truth, min(one, other), max(one, other)), level=0.9) >= 0
    assert interval_score(Forecast(truth, truth, truth), level=0.9) == 0


def test_the_true_quantiles_have_the_best_interval_score_on_average():
    """The score is proper: neither narrower nor wider intervals do better."""
    truths = np.random.default_rng(1).poisson(12, 4000)

    def mean_score(low, high):
        return np.mean([interval_score(Forecast(int(truth), low, high), level=0.9) for truth in truths])

    assert mean_score(7, 18) < mean_score(10, 14)
    assert mean_score(7, 18) < mean_score(2, 25)


def test_the_relative_width_leaves_out_what_is_empty():
    """Nothing can be divided by a truth of 0."""
    assert median_relative_width([Forecast(10, 9, 11), Forecast(20, 18, 24), Forecast(0, 0, 3)]) == pytest.approx(0.25)


def test_the_transform_is_uniform_where_the_distribution_is_right():
    """A tenth in each tenth."""
    rng = np.random.default_rng(2)
    values = [pit(Forecast(int(truth), 0, 0, 0, poisson(6)), rng=rng) for truth in rng.poisson(6, 4000)]
    assert max(abs(count - 400) for count in pit_histogram(values)) < 80


def test_the_transform_piles_up_at_both_ends_where_the_distribution_is_too_narrow():
    """The sign of intervals that promise too much."""
    rng = np.random.default_rng(3)
    narrow = (0.25, 0.5, 0.25)
    values = [pit(Forecast(int(truth), 0, 0, 5, narrow), rng=rng) for truth in rng.poisson(6, 2000)]
    counts = pit_histogram(values)
    assert min(counts[0], counts[-1]) > 2 * max(counts[2:8])


@pytest.mark.parametrize(("truth", "expected"), [(4, 0.0), (9, 1.0)])
def test_a_truth_that_was_held_impossible_lies_at_an_end(truth, expected):
    """Below all chances 0, above them 1."""
    forecast = Forecast(truth, 5, 7, 5, (0.2, 0.5, 0.3))
    assert pit(forecast, rng=np.random.default_rng(4)) == pytest.approx(expected)


def test_what_cannot_be_judged_is_refused_with_a_remedy():
    """No forecast, no distribution, no level."""
    with pytest.raises(MisuseError, match="at least one"):
        coverage([])
    with pytest.raises(MisuseError, match="at least one"):
        median_relative_width([Forecast(0, 0, 0)])
    with pytest.raises(MisuseError, match="chances"):
        pit(Forecast(1, 0, 2), rng=np.random.default_rng(5))
    with pytest.raises(MisuseError, match=r"0\.9"):
        interval_score(Forecast(1, 0, 2), level=90)
