"""The best path along a corridor: how exactly it is found, and what is said of its error."""

import numpy as np
import pytest

from yardwatch.railcars.paths import best_path, polished

OFFSETS_M = np.arange(-8.0, 8.01, 0.25)


def corridor(*tracks, blocks=60, strength=3.0):
    """Log-odds with a ridge along each track, shape (blocks, places)."""
    rows = np.full((blocks, len(OFFSETS_M)), -2.0)
    for track in tracks:
        middle = np.broadcast_to(track, blocks)[:, None]
        rows += (strength + 2) * np.exp(-0.5 * ((OFFSETS_M - middle) / 0.4) ** 2)
    return rows


def test_a_bent_ridge_is_followed_to_a_tenth_of_a_metre():
    """Also where it lies between two places."""
    track = 2.0 * np.sin(np.arange(60) / 12)
    rows = corridor(track)
    path = polished(rows, OFFSETS_M, best_path(rows, OFFSETS_M))
    assert np.abs(path.offsets_m - track)[2:-2].max() < 0.1
    assert path.se_m.max() < 0.2


def test_a_gap_is_bridged_and_known_less_well():
    """Under a bridge or a train the path goes on, with a larger error."""
    rows = corridor(1.3)
    rows[25:35] = 0.0
    path = polished(rows, OFFSETS_M, best_path(rows, OFFSETS_M))
    assert np.abs(path.offsets_m - 1.3).max() < 0.3
    assert path.se_m[30] > path.se_m[10]
    assert path.log_odds[30] < path.log_odds[10]


def test_the_ends_choose_between_two_tracks():
    """Of two equal tracks the one is taken that passes the clicks."""
    rows = corridor(-2.5, 2.5)
    assert best_path(rows, OFFSETS_M, start_m=2.2, end_m=2.9).mean() == pytest.approx(2.5, abs=0.2)
    assert best_path(rows, OFFSETS_M, start_m=-2.9, end_m=-2.2).mean() == pytest.approx(-2.5, abs=0.2)
