"""Change points are those of brute force, dated no more finely than the images allow, and fast."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from making import record
from scipy.stats import nbinom
from worlds import series_of

from yardwatch.errors import MisuseError
from yardwatch.model.dates import parse_when
from yardwatch.model.series import Censored, How, Point
from yardwatch.trends.changepoints import find_changes
from yardwatch.trends.likelihood import count_likelihood
from yardwatch.trends.segmentation import segment

SOME_DAY = parse_when("2024-01-01")


def brute_force(table, prior, change):
    """Every segmentation, one by one: log joint probabilities by their cuts."""
    n = len(table)
    joint = {}
    for count in range(n):
        for cuts in combinations(range(1, n), count):
            edges = (0, *cuts, n)
            pieces = [np.log(np.exp(prior + table[a:b].sum(axis=0)).sum()) for a, b in pairwise(edges)]
            gaps = [np.log(change[g]) if g + 1 in cuts else np.log1p(-change[g]) for g in range(n - 1)]
            joint[cuts] = sum(pieces) + sum(gaps)
    return joint


def test_the_search_equals_brute_force_on_1000_short_series():
    """Best segmentation, evidence, and probability of each gap, with counts, intervals and lower bounds."""
    rng = np.random.default_rng(4)
    rates = np.geomspace(0.3, 60, 6)
    for _ in range(1000):
        n = int(rng.integers(1, 6))
        points = [_random_point(rng) for _ in range(n)]
        table = count_likelihood(points, rates, dispersion=0.2)
        prior, change = np.log(rng.dirichlet(np.ones(6))), rng.uniform(0.02, 0.6, n - 1)
        found, joint = segment(table, prior, change), brute_force(table, prior, change)
        everything = np.logaddexp.reduce(list(joint.values()))
        best = max(joint.values())
        shares = [sum(np.exp(p - everything) for cuts, p in joint.items() if gap + 1 in cuts) for gap in range(n - 1)]
        within = [found.change_within(gap, gap) for gap in range(n - 1)]
        ours = [
            found.log_best,
            joint[found.cuts],
            found.log_evidence,
            found.any_change,
            *found.gap_probabilities,
            *within,
        ]
        theirs = [best, best, everything, 1 - np.exp(joint[()] - everything), *shares, *shares]
        assert np.abs(np.subtract(ours, theirs)).max() < 1e-5


def test_a_count_a_range_and_a_lower_bound_have_the_probability_of_the_numbers_they_allow():
    """Against the negative binomial of another library."""
    rates = np.array([0.5, 4.0, 30.0])
    chance = 5.0 / (5.0 + rates)
    points = [_point(7, 7, 7), _point(None, 2, 4), _point(9, 9, None, Censored.LOWER), _point(3, 0, 3, Censored.UPPER)]
    expected = np.log(
        [
            nbinom.pmf(7, 5, chance),
            nbinom.cdf(4, 5, chance) - nbinom.cdf(1, 5, chance),
            nbinom.sf(8, 5, chance),
            nbinom.cdf(3, 5, chance),
        ]
    )
    np.testing.assert_allclose(count_likelihood(points, rates, dispersion=0.2), expected, rtol=1e-6)


def test_a_change_lies_between_two_images_and_is_not_dated_more_finely():
    """The gap of three months is given as it is."""
    quiet = [(f"2023-{month:02d}-10", "3") for month in range(1, 7)]
    busy = [(f"2023-{month:02d}-10", "40") for month in range(9, 13)]
    found = find_changes(record(*quiet, *busy))
    [change] = found.changes
    assert change.edtf == "2023-06-10/2023-09-10"
    assert (change.after.text, change.before.text) == ("2023-06-10", "2023-09-10")
    assert change.probability > 0.99
    assert 8 < change.ratio < 20
    assert [part.dates for part in found.segments] == [6, 4]


def test_lower_bounds_alone_show_no_change():
    """'At least 1' and 'at least 2' are compatible with any rate above."""
    pairs = [(f"2023-{month:02d}-10", "at least 1" if month < 7 else "at least 2") for month in range(1, 13)]
    assert find_changes(record(*pairs)).changes == ()


def test_hidden_track_is_not_taken_for_a_fall():
    """Half the cars in view when half the track is hidden."""
    open_dates = [Point(parse_when(f"2023-{m:02d}-10"), How.SEEN, 20, 20, 20) for m in range(1, 7)]
    hidden = [
        Point(parse_when(f"2024-{m:02d}-10"), How.SEEN, 10, 10, None, Censored.LOWER, hidden_share=0.5)
        for m in range(1, 7)
    ]
    base = record(("2023-01-10", "20"))
    series = type(base)(base.name, base.extent, base.klass, base.unit, (*open_dates, *hidden))
    assert find_changes(series).changes == ()


def test_nothing_comes_of_nothing_and_misuse_is_named():
    """No usable date: no change and no segment."""
    found = find_changes(record(("2024-01-01", "?")))
    assert (found.changes, found.segments, found.any_change) == ((), (), 0.0)
    with pytest.raises(MisuseError, match="above zero"):
        find_changes(record(("2024-01-01", "3")), per_year=0)


def test_two_steps_in_300_dates_are_both_found():
    """A record as long as any of ours; its time is in `make bench`."""
    rng = np.random.default_rng(1)
    series = series_of(np.arange(300) * 7, rng.poisson(np.repeat([8, 20, 3], 100)))
    assert len(find_changes(series).changes) == 2


def _random_point(rng):
    count = int(rng.integers(0, 30))
    kind = rng.integers(4)
    if kind == 0:
        return _point(count, count, None, Censored.LOWER)
    if kind == 1:
        return _point(None, count, count + int(rng.integers(1, 9)))
    return _point(count, count, count)


def _point(value, low, high, censored=Censored.NONE):
    return Point(SOME_DAY, How.SEEN, value, low, high, censored)
