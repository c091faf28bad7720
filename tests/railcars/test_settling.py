"""Rough lines settled on a track between two clicks, by rails and by cars."""

import numpy as np
import pytest

from made_tracks import away_m, made_tracks
from yardwatch.model.line import Line
from yardwatch.railcars.network import shipped_network
from yardwatch.railcars.rails import shipped_finder
from yardwatch.railcars.settling import Eyes, settled, spanned
from yardwatch.railcars.tracing import NotTraced, trace_between

STARTS_M = np.array([20.0, 240.0])


def ends_on(line: Line, off_m: tuple[float, float] = (0.0, 0.0)) -> list[np.ndarray]:
    """Two clicks on a track, each so far to its left."""
    return list(np.column_stack(line.points(STARTS_M, np.array(off_m))))


@pytest.mark.parametrize("with_network", [True, False])
def test_a_rough_line_comes_to_the_track_of_the_clicks(with_network):
    """From 1 m beside it, with and without the network that knows cars."""
    reader, frame, tracks = made_tracks(curved=False)
    ends = ends_on(tracks[1], (0.4, -0.4))
    rough = spanned(np.column_stack(tracks[1].points(np.arange(0.0, 260.0, 10.0), 1.0)), ends)
    network = shipped_network() if with_network else None
    found = settled(Eyes(reader, frame, shipped_finder(), network), rough, ends)
    assert away_m(found.line.points_m, tracks[1]).max() < 0.5
    assert found.clicks_off_m < 0.8
    assert found.line.sure_share > 0.8


def test_a_line_on_its_track_scores_higher_than_one_beside_it():
    """The clicks lie on one track; a line held between two tracks is borne out less."""
    reader, frame, tracks = made_tracks(curved=False)
    eyes = Eyes(reader, frame, shipped_finder(), shipped_network())
    scores = []
    for offset_m in (0.0, 2.5):
        ends = list(np.column_stack(tracks[1].points(STARTS_M, offset_m)))
        line = spanned(np.column_stack(tracks[1].points(np.arange(0.0, 260.0, 10.0), offset_m)), ends)
        scores.append(settled(eyes, line, ends, rounds=1).score)
    assert scores[0] > scores[1] + 0.2


@pytest.mark.parametrize("off_m", [(0.5, -0.5), (-0.5, -0.5)])
def test_two_clicks_trace_a_track_full_of_cars(off_m):
    """All of it within half a metre, from clicks that are off by as much."""
    reader, frame, tracks = made_tracks(curved=False, occupancy=0.9)
    ends = ends_on(tracks[2], off_m)
    traced = trace_between(
        reader, tuple(ends[0]), tuple(ends[1]), frame=frame, finder=shipped_finder(), network=shipped_network()
    )
    assert not isinstance(traced, NotTraced)
    assert away_m(traced.points_m, tracks[2]).max() < 0.5


def test_two_clicks_that_all_but_meet_span_no_line():
    """Less than two blocks are too short to settle."""
    line = np.array([[0.0, 0.0], [100.0, 0.0]])
    assert spanned(line, [np.array([50.0, 0.0]), np.array([55.0, 1.0])]) is None
