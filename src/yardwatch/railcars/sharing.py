"""A car that two tracks claim stands on one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from yardwatch.model.frame import Floats
from yardwatch.model.line import Line
from yardwatch.railcars.evidence import ColumnEvidence
from yardwatch.railcars.reading import FoundCar, TrackReading

__all__ = ["ReadTrack", "Yielded", "without", "yielded_cars"]

_ASIDE_M = 1.9
_SHARED = 0.3
_NEVER = -12.0
_EMPTY = 0


@dataclass(frozen=True, slots=True, eq=False)
class ReadTrack:
    """A track and what was read on it."""

    line: Line
    """In local metres."""
    chainages_m: Floats
    """Of its columns, shape (n,)."""
    reading: TrackReading
    """What stands on it."""


@dataclass(frozen=True, slots=True)
class Yielded:
    """Columns of a track whose car stands on another one."""

    track: int
    """Index of the track."""
    start: int
    """First column."""
    end: int
    """Column after the last."""


@dataclass(frozen=True, slots=True)
class _Placed:
    track: int
    car: FoundCar
    x_m: float
    y_m: float
    east: float
    north: float
    length_m: float

    @property
    def merit(self) -> float:
        """How well it stands on its own track: likely, and near its middle."""
        return self.car.presence + self.car.confidence - abs(self.car.offset_m)


def yielded_cars(tracks: Sequence[ReadTrack]) -> list[Yielded]:
    """Cars of which a better reading exists on another track: at turnouts, and where lines are drawn too near.

    Two readings are of one car if their middles lie within 1.9 m across and they share three tenths of the shorter one.
    """
    placed = [one for number, track in enumerate(tracks) for one in _place(number, track)]
    if len(placed) < 2:
        return []
    longest = max(one.length_m for one in placed)
    near = cKDTree([(one.x_m, one.y_m) for one in placed]).query_pairs(longest + _ASIDE_M)
    pairs = [(a, b) for a, b in near if placed[a].track != placed[b].track]
    lost: set[int] = set()
    for a, b in sorted(pairs, key=lambda pair: -max(placed[pair[0]].merit, placed[pair[1]].merit)):
        if not lost & {a, b} and _same(placed[a], placed[b]):
            lost.add(a if placed[a].merit < placed[b].merit else b)
    return [Yielded(placed[i].track, placed[i].car.start, placed[i].car.end) for i in sorted(lost)]


def without(evidence: ColumnEvidence, yielded: Sequence[Yielded]) -> ColumnEvidence:
    """The evidence with some columns known to hold no car of this track."""
    states, begin, end = evidence.states.copy(), evidence.begin.copy(), evidence.end.copy()
    for part in yielded:
        inside = slice(part.start, part.end)
        states[:, inside] = _NEVER
        states[_EMPTY, inside] = 0.0
        begin[inside] = end[inside] = _NEVER
    return replace(evidence, states=states, begin=begin, end=end)


def _place(number: int, track: ReadTrack) -> list[_Placed]:
    cars = track.reading.cars
    if not cars:
        return []
    step_m = float(track.chainages_m[1] - track.chainages_m[0])
    ends = np.array([(car.start, car.end) for car in cars], float).reshape(-1, 2)
    middle_m = float(track.chainages_m[0]) + (ends.mean(1) - 0.5) * step_m
    x, y = track.line.points(middle_m[:, None] + [-0.5, 0.0, 0.5], np.array([[car.offset_m] for car in cars]))
    east, north = x[:, 2] - x[:, 0], y[:, 2] - y[:, 0]
    norm = np.maximum(np.hypot(east, north), 1e-9)
    facts = np.stack([x[:, 1], y[:, 1], east / norm, north / norm, (ends[:, 1] - ends[:, 0]) * step_m], axis=1)
    return [_Placed(number, car, *own) for car, own in zip(cars, facts.tolist(), strict=True)]


def _same(one: _Placed, other: _Placed) -> bool:
    dx, dy = other.x_m - one.x_m, other.y_m - one.y_m
    along, across = dx * one.east + dy * one.north, dy * one.east - dx * one.north
    shared = (one.length_m + other.length_m) / 2 - abs(along)
    return abs(across) <= _ASIDE_M and shared >= _SHARED * min(one.length_m, other.length_m)
