"""What is counted where the surest car may be a false alarm."""

from collections.abc import Sequence

import numpy as np

from yardwatch.model.grid import Grid
from yardwatch.model.railcar import Count
from yardwatch.model.ribbon import Ribbon
from yardwatch.model.site import Site, Track
from yardwatch.pipeline.counting import count_scene
from yardwatch.railcars.evidence import TYPES, ColumnEvidence
from yardwatch.simulate.reading import ArrayReader

BODY = 56
"""Columns of a quarter of a metre."""


class Says:
    """A network that gives the middle of every ribbon the same log-odds of a car."""

    name = "made"

    def __init__(self, odds: float) -> None:
        self.odds = odds

    def read(self, ribbons: Sequence[Ribbon], **_: object) -> list[ColumnEvidence]:
        return [self._track(len(ribbon.chainages_m)) for ribbon in ribbons]

    def _track(self, columns: int) -> ColumnEvidence:
        start = (columns - BODY) // 2
        states = np.full((4, columns), -8.0)
        states[0] = 0.0
        states[2, start : columns - start] = self.odds
        begin, end = np.full((2, columns), -6.0)
        begin[start] = end[columns - start - 1] = 3.0
        return ColumnEvidence(
            states=states - np.logaddexp.reduce(states, axis=0),
            begin=begin,
            end=end,
            types=np.full((len(TYPES), columns), -np.log(len(TYPES))),
            offset_m=np.zeros(columns),
            readable=np.ones(columns, bool),
        )


def _counted(odds: float, *, gsd_m: float) -> Count:
    grid = Grid("EPSG:32652", (0.5, 0.0, 500_000.0, 0.0, -0.5, 4_700_000.0), 800, 40)
    track = Track("loop", ((500_050.0, 4_699_990.0), (500_350.0, 4_699_990.0)))
    reader = ArrayReader(np.full((3, 40, 800), 90, np.uint8), grid, gsd_m=gsd_m)
    return count_scene(reader, Site("made", "EPSG:32652", (), (track,)), network=Says(odds)).count


def test_what_empty_track_shows_too_is_no_car_but_may_be_one() -> None:
    count = _counted(0.3, gsd_m=0.8)
    assert count.railcars == ()
    assert (count.total.value, count.total.low, count.total.high) == (0, 0, 1)
    (notice,) = (one for one in count.notices if one.code == "cars_doubtful")
    assert notice.message.startswith("1 that looks like a car is not counted (loop): ")


def test_a_car_that_empty_track_hardly_shows_is_counted_without_a_word() -> None:
    count = _counted(7.0, gsd_m=0.8)
    assert len(count.railcars) == count.total.value == 1
    assert not [one for one in count.notices if one.code == "cars_doubtful"]
