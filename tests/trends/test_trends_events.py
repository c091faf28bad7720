"""The event test is seldom wrong, says when it cannot know, and never says why."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import happened, record
from scipy.stats import binom
from worlds import NULLS, World, event_at, series_of, simulate

import yardwatch.trends
from yardwatch.errors import MisuseError
from yardwatch.trends.events import Verdict, judge_events
from yardwatch.trends.steps import fit_step

TRIALS = 25
"""For each null here; the full run is in docs/explanation/events.md."""


@pytest.mark.parametrize("null", NULLS)
def test_where_nothing_happens_it_seldom_finds_a_change(null):
    """No more often than a test of size 6 % would in 99.9 of 100 runs, images bought for a reason."""
    rng = np.random.default_rng(11)
    found = 0
    for _ in range(TRIALS):
        series, event = simulate(World(null), rng)
        found += judge_events(series, [event])[0].verdict is Verdict.CHANGE
    assert found <= binom.ppf(0.999, TRIALS, 0.06)


def test_a_large_change_is_found_with_its_ratio_and_lag():
    """Tenfold: most are found, and intervals hold the truth."""
    rng = np.random.default_rng(12)
    tests = []
    for _ in range(12):
        series, event = simulate(World("independent", "all", ratio=10.0), rng)
        tests += judge_events(series, [event])
    changes = [test for test in tests if test.verdict is Verdict.CHANGE]
    assert len(changes) >= 9
    assert sum(test.ratio_low <= 10 <= test.ratio_high for test in tests) >= 10
    assert all(test.lag_days[0] <= 60 for test in changes)
    assert all(0 <= test.explained_by_share <= 1 for test in changes)


def test_many_images_after_the_event_are_no_finding():
    """A hundred equal images of one week add nothing to five."""
    numbers = [5, 7, 4, 6, 5, 6, 4, 7]
    before = [(f"2023-{month:02d}-01", str(count)) for month, count in enumerate(numbers, 1)]
    burst = [(f"2023-09-{day:02d}", "9") for day in range(3, 30)]
    [test] = judge_events(record(*before, *burst), [happened("2023-09-01")])
    assert test.verdict is not Verdict.CHANGE


def test_too_few_dates_are_insufficient_and_the_reason_says_how_few():
    """Four images before the event are not enough."""
    pairs = [(f"2023-{month:02d}-01", "5") for month in range(1, 13)]
    [test] = judge_events(record(*pairs), [happened("2023-04-15")])
    assert test.verdict is Verdict.INSUFFICIENT
    assert "4 usable dates before and 8 after" in test.words
    assert test.p is None


def test_dates_that_could_only_show_a_huge_change_are_insufficient():
    """And with a reader who only cares for huge ones, they show none."""
    rng = np.random.default_rng(13)
    series = series_of(np.arange(16) * 30, rng.poisson(6, 16))
    [test] = judge_events(series, [event_at(235)])
    assert test.verdict is Verdict.INSUFFICIENT
    [relaxed] = judge_events(series, [event_at(235)], worth_seeing=100.0)
    assert relaxed.verdict is Verdict.NO_CHANGE_SHOWN


def test_images_within_an_uncertain_event_are_set_aside():
    """Neither before nor after; a lower bound without a known hidden share likewise."""
    pairs = [(f"2022-{month:02d}-05", str(3 + month % 4)) for month in range(1, 13)]
    pairs += [(f"2023-{month:02d}-05", str(4 + month % 4)) for month in range(1, 7)]
    series = record(*pairs, ("2023-07-05", "at least 9"))
    [test] = judge_events(series, [happened("2022-11-01~/2022-11-10~")])
    assert (test.before, test.after, test.set_aside) == (10, 7, 2)


def test_an_event_without_end_of_its_date_is_insufficient():
    """Nothing lies surely after it."""
    pairs = [(f"2022-{month:02d}-05", str(month)) for month in range(1, 13)]
    [test] = judge_events(record(*pairs), [happened("2022-06/..")])
    assert test.verdict is Verdict.INSUFFICIENT
    assert "open" in test.reason


def test_several_events_are_corrected_by_holm():
    """The smallest p-value is multiplied by the number of tests, and none falls below one before it."""
    rng = np.random.default_rng(14)
    series, _ = simulate(World("independent", ratio=6.0), rng)
    events = [event_at(day, name=f"e{day}") for day in (400, 600, 800)]
    tests = judge_events(series, events)
    ranked = sorted(tests, key=lambda test: test.p)
    assert ranked[0].p_adjusted == pytest.approx(min(1.0, 3 * ranked[0].p))
    assert [t.p_adjusted for t in ranked] == sorted(t.p_adjusted for t in ranked)
    assert [test.event_id for test in tests] == [event.id for event in events]


def test_selection_after_the_event_can_be_excused():
    """What publishing the busiest tenth could make is not counted as a change."""
    rng = np.random.default_rng(15)
    series, event = simulate(World("independent", "all", ratio=20.0), rng)
    [plain] = judge_events(series, [event])
    [wary] = judge_events(series, [event], published_share=0.1)
    assert plain.p < wary.p
    assert wary.smallest_ratio > plain.smallest_ratio
    share = plain.explained_by_share
    assert judge_events(series, [event], published_share=max(share / 2, 1e-6))[0].verdict is not Verdict.CHANGE


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 5), st.floats(-3, 3))
def test_the_step_follows_the_scale_and_not_the_level_or_trend(seed, scale, tilt):
    """Adding a level or a trend changes nothing; stretching stretches the step."""
    rng = np.random.default_rng(seed)
    days = np.sort(rng.uniform(0, 900, 24))
    values = rng.normal(size=24)
    plain = fit_step(days, values, 12)
    moved = fit_step(days, 5 + scale * values + tilt * days / 900, 12)
    assert moved.effect == pytest.approx(scale * plain.effect, abs=1e-6)
    assert moved.p == pytest.approx(plain.p, rel=1e-4)
    assert plain.low <= plain.effect <= plain.high


@pytest.mark.parametrize("bad", [{"worth_seeing": 1.0}, {"alpha": 0.0}, {"published_share": 0.0}])
def test_misuse_is_named(bad):
    """Each with the value and what it means."""
    with pytest.raises(MisuseError, match=next(iter(bad))):
        judge_events(record(("2024-01-01", "3")), [], **bad)


def test_no_text_of_this_room_says_why():
    """The word that a reader would take for proof occurs nowhere in it, nor in a verdict."""
    folder = Path(yardwatch.trends.__file__).parent
    assert len(list(folder.glob("*.py"))) > 5
    assert not [
        path.name for path in folder.glob("*.py") if "cause" in path.read_text("utf-8").lower().replace("because", "")
    ]
    rng = np.random.default_rng(16)
    series, event = simulate(World("independent", ratio=8.0), rng)
    said = " ".join(test.words for test in judge_events(series, [event, replace(event, id="e2")]))
    assert "cause" not in said.lower()
