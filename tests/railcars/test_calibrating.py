"""What a scene itself teaches: its empty track and where its tracks lie."""

from dataclasses import replace

import numpy as np
import pytest

from made_evidence import STEP_M, evidence
from yardwatch.model.ribbon import Ribbon, RibbonSpec
from yardwatch.railcars.calibrating import lateral_path, narrowed, read_calibrated, surely_empty
from yardwatch.railcars.evidence import network_input

WIDE = RibbonSpec(half_width_m=6.75)


def ribbon(columns=400, *, level=100.0, bright_row=None):
    """A ribbon of one tone, perhaps with a bright row at so many metres to the left."""
    offsets = WIDE.offsets_m
    pixels = np.full((3, len(offsets), columns), level, np.float32)
    if bright_row is not None:
        pixels[:, np.argmin(np.abs(offsets - bright_row))] = 200.0
    return Ribbon("T1", STEP_M * (np.arange(columns) + 0.5), offsets, pixels)


class Recorder:
    """A network that keeps what it was shown and says the same each time."""

    name = "recorder"

    def __init__(self, *answers):
        self.answers, self.shown, self.asked = list(answers), [], []

    def read(self, ribbons, *, gsd_m, calm=None, tone=None, only=None):
        self.shown.append((list(ribbons), calm, tone))
        self.asked.append(only)
        return [self.answers[0] for _ in ribbons]


def test_only_the_middle_of_long_empty_stretches_is_surely_empty():
    calm = surely_empty(evidence(400, [(200, 255)]), step_m=STEP_M)
    assert calm[:180].all()
    assert not calm[192:262].any()


def test_what_has_no_data_is_not_surely_empty():
    seen = np.ones(400, bool)
    seen[100:140] = False
    assert not surely_empty(evidence(400, [], readable=seen), step_m=STEP_M)[95:145].any()


def test_a_track_drawn_beside_its_rails_is_found_where_it_lies():
    read = replace(evidence(800, []), offset_m=np.full(800, 1.2))
    np.testing.assert_allclose(lateral_path(read, step_m=STEP_M), 1.2, atol=0.05)


def test_a_track_drawn_well_stays_where_it_is_and_a_single_wild_column_moves_nothing():
    offsets = np.full(800, 0.1)
    offsets[400:410] = -3.0
    assert not lateral_path(replace(evidence(800, []), offset_m=offsets), step_m=STEP_M).any()


@pytest.mark.parametrize("aside_m", [-1.5, 0.75, 1.5])
def test_a_ribbon_is_moved_onto_the_row_it_is_told(aside_m):
    moved = narrowed(ribbon(bright_row=aside_m), np.full(400, aside_m), 5.0)
    assert moved.pixels.shape == (3, 41, 400)
    assert (moved.pixels[:, 20] == 200).all()
    assert moved.offsets_m[20] == 0


def test_tracks_that_may_be_occupied_are_read_again_with_what_is_empty_there():
    network = Recorder(replace(evidence(400, [(200, 255)]), offset_m=np.zeros(400)))
    [read] = read_calibrated(network, [ribbon()], gsd_m=0.3, half_width_m=5.0)
    (_, calm, tone), again = network.shown[1], network.shown[0]
    assert calm[0].any()
    assert tone == again[2]
    assert read.readable.all()


def test_what_lies_beside_the_moved_ribbon_is_told_from_the_line_as_drawn():
    """Read from both ends, an offset of 1.2 m from the moved ribbon and 1.2 m of moving come to 2.4 m."""
    network = Recorder(replace(evidence(400, [(200, 255)]), offset_m=np.full(400, 1.2)))
    [read] = read_calibrated(network, [ribbon()], gsd_m=0.3, half_width_m=5.0)
    np.testing.assert_allclose(read.offset_m, 2.4, atol=0.05)


def test_a_track_reads_the_same_from_either_end():
    one = evidence(400, [(60, 115), (160, 215), (300, 355)])
    network = Recorder(one)
    [read] = read_calibrated(network, [ribbon()], gsd_m=0.3, half_width_m=5.0)
    np.testing.assert_allclose(read.begin, read.end[::-1], atol=1e-9)
    np.testing.assert_allclose(read.states, read.states[:, ::-1], atol=1e-9)


def test_leaning_roofs_do_not_move_a_track():
    """Cars seem to stand 1.5 m aside, the empty track between them lies where it was drawn."""
    offsets = np.zeros(800)
    offsets[300:500] = 1.5
    read = replace(evidence(800, [(300, 355), (360, 415), (420, 500)]), offset_m=offsets)
    assert not lateral_path(read, step_m=STEP_M).any()


def test_a_surely_empty_track_is_read_once():
    network = Recorder(evidence(400, [], doubt=1e-6))
    read_calibrated(network, [ribbon()], gsd_m=0.3, half_width_m=5.0)
    assert [len(ribbons) for ribbons, *_ in network.shown] == [1, 0, 0]


def test_what_lies_far_from_any_car_is_read_once_unless_the_track_was_moved():
    """Twenty metres around the car are looked at again; of a track that lies beside its line, all of it."""
    first = evidence(800, [(200, 255)], doubt=1e-6)
    network = Recorder(replace(first, offset_m=np.zeros(800)))
    read_calibrated(network, [ribbon(800)], gsd_m=0.3, half_width_m=5.0)
    _, [ahead], [back] = network.asked
    np.testing.assert_array_equal(np.flatnonzero(ahead)[[0, -1]], [120, 334])
    np.testing.assert_array_equal(back, ahead[::-1])
    network = Recorder(replace(first, offset_m=np.full(800, 1.2)))
    read_calibrated(network, [ribbon(800)], gsd_m=0.3, half_width_m=5.0)
    assert network.asked[1][0].all()


def test_the_network_is_shown_how_a_track_differs_from_its_empty_stretches():
    plain = narrowed(ribbon(level=50.0), None, 5.0)
    plain.pixels[:, :, 300:] = 90.0
    calm = np.arange(400) < 200
    [shown], _ = network_input([plain], gsd_m=0.3, calm=[calm])
    assert np.abs(shown[5, :, :300]).max() < 1e-5
    assert (shown[5, :, 300:] > 0.5).all()
    assert (shown[6] == 1).all()
    [unknown], _ = network_input([plain], gsd_m=0.3, calm=[np.arange(400) < 40])
    assert not unknown[5:].any()
