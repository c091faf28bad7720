"""Rough lines pulled onto the tracks of an invented picture, and tracks traced between clicks."""

import numpy as np
import pytest

from made_tracks import away_m, made_tracks
from yardwatch.errors import MisuseError
from yardwatch.model.line import Line
from yardwatch.railcars.corridors import rounded_line
from yardwatch.railcars.drafting import draft_lines
from yardwatch.railcars.rails import shipped_finder
from yardwatch.railcars.tracing import NotTraced, trace_between


@pytest.mark.parametrize("shift_m", [(2.1, 2.1), (0.0, -3.0)])
def test_lines_shifted_together_come_to_their_own_tracks(shift_m):
    """Though 3 m is more than half way to the next track."""
    reader, frame, tracks = made_tracks(curved=False)
    rough = [Line.through(*(line.vertices_m[::20] + shift_m).T) for line in tracks]
    draft = draft_lines(reader, rough, frame=frame, finder=shipped_finder())
    assert len(draft.pulled) == len(tracks)
    for one in draft.pulled:
        away = away_m(one.line.points_m, tracks[one.source])
        assert np.median(away) < 0.3
        assert away.max() < 1.0
        assert one.line.sure_share > 0.8


def test_a_track_that_no_line_covers_is_proposed():
    """And no other."""
    reader, frame, tracks = made_tracks(curved=False)
    draft = draft_lines(reader, [tracks[0], tracks[1], tracks[3]], frame=frame, finder=shipped_finder())
    [proposed] = draft.proposed
    assert proposed.source == -1
    assert np.median(away_m(proposed.line.points_m, tracks[2])) < 0.3


def test_two_clicks_trace_a_curve_of_200_m():
    """The line lies within half a metre of the track over 300 m, its error about as large as said."""
    reader, frame, tracks = made_tracks(curved=True)
    x, y = tracks[1].points(np.array([30.0, 340.0]), np.array([0.6, -0.6]))
    traced = trace_between(reader, (x[0], y[0]), (x[1], y[1]), frame=frame, finder=shipped_finder())
    assert not isinstance(traced, NotTraced)
    away = away_m(traced.points_m, tracks[1])
    assert np.percentile(away, 95) < 0.5
    assert np.median(away) < 3 * np.median(traced.se_m)


def test_where_there_is_no_track_none_is_traced():
    """Not finding one is a value with a reason."""
    reader, frame, tracks = made_tracks(curved=True)
    x, y = tracks[0].points(np.array([60.0, 200.0]), np.array([60.0, 60.0]))
    found = trace_between(reader, (x[0], y[0]), (x[1], y[1]), frame=frame, finder=shipped_finder())
    assert isinstance(found, NotTraced)
    assert found.reason.startswith("the image")


def test_clicks_that_are_too_near_are_refused():
    """With the distance, and what to do."""
    reader, frame, tracks = made_tracks(curved=True)
    x, y = tracks[0].points(np.array([60.0, 65.0]))
    with pytest.raises(MisuseError, match="5 m apart"):
        trace_between(reader, (x[0], y[0]), (x[1], y[1]), frame=frame, finder=shipped_finder())


def test_a_rounded_line_keeps_its_ends():
    """And loses its corners."""
    line = rounded_line(Line.through([0, 50, 100], [0, 0, 20]))
    assert line.vertices_m[0] == pytest.approx([0, 0])
    assert line.vertices_m[-1] == pytest.approx([100, 20])
    steps = np.diff(line.vertices_m, axis=0)
    angles = np.degrees(np.arctan2(steps[:, 1], steps[:, 0]))
    assert np.abs(np.diff(angles)).max() < 5
