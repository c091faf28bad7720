"""From the evidence of one track to its cars and the distribution of their number."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats
from yardwatch.railcars.evidence import ColumnEvidence
from yardwatch.railcars.semimarkov import (
    Passes,
    Segment,
    best_path,
    count_distribution,
    run_passes,
)
from yardwatch.railcars.strings import CAR, CONCEALED, EMPTY, Weights, column_evidence, string_model

__all__ = ["FoundCar", "TrackReading", "counted_numbers", "read_tracks"]

_SPREAD = 32
_SHORTEST_SEEN_M = 7.0
_SAME_END_M = 2.5
_TYPE_WEIGHT = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class FoundCar:
    """One car on a ribbon."""

    start: int
    """First column of its body."""
    end: int
    """Column after the last of its body."""
    confidence: float
    """Probability that one car stands here, its ends within 2.5 m of these."""
    presence: float
    """Probability that any car stands here: mean over its body."""
    type_probabilities: Floats
    """Of each of `TYPES`, shape (8,)."""
    offset_m: float
    """Where its middle lies across the ribbon, metres."""


@dataclass(frozen=True, slots=True, eq=False)
class TrackReading:
    """All that one ribbon says about the cars on it."""

    cars: tuple[FoundCar, ...]
    """By chainage."""
    occupied: Floats
    """Probability that a body covers each column, shape (n,)."""
    empty: Floats
    """Probability that each column is empty track, shape (n,)."""
    concealed: NDArray[np.bool_]
    """Whether each column is rather concealed than seen, shape (n,)."""
    passes: Passes
    """Forward and backward sums, for questions about the count."""


def read_tracks(evidence: list[ColumnEvidence], *, step_m: float, weights: Weights) -> list[TrackReading]:
    """Decode the tracks of one scene.

    Parameters
    ----------
    evidence : list of ColumnEvidence
        One for each ribbon.
    step_m : float
        Width of a column, metres.
    weights : Weights
        How much the evidence counts.
    """
    if not evidence:
        return []
    model = string_model(step_m, weights=weights)
    sequences = [column_evidence(one, weights=weights) for one in evidence]
    passes = run_passes(model, sequences)
    paths = best_path(model, sequences)
    return [_reading(*parts, step_m) for parts in zip(evidence, passes, paths, strict=True)]


def counted_numbers(
    readings: list[TrackReading], zones: list[NDArray[np.bool_]], *, step_m: float
) -> list[tuple[int, Floats]]:
    """Exact distribution of the number of cars whose middle lies in some columns of each track.

    Parameters
    ----------
    readings : list of TrackReading
        The tracks.
    zones : list of ndarray of bool
        The columns that count, shape (n,) for each track.
    step_m : float
        Width of a column, metres.

    Returns
    -------
    list of (int, ndarray)
        The lowest number and the probabilities of it and those that follow it.
    """
    if not readings:
        return []
    marks = [_marks(columns, step_m) for columns in zones]
    cyclic = count_distribution(
        readings[0].passes.model, [reading.passes.evidence for reading in readings], marks, points=_SPREAD
    )
    return [_unwrapped(*parts) for parts in zip(readings, marks, cyclic, strict=True)]


def _reading(read: ColumnEvidence, passes: Passes, path: list[Segment], step_m: float) -> TrackReading:
    occupancy = passes.occupancy()
    columns = occupancy.shape[1]
    near_end = _SHORTEST_SEEN_M / 2 / step_m
    cars = [
        _car(read, passes, segment, occupancy[CAR], step_m)
        for segment in path
        if segment.state == CAR and near_end <= (segment.start + segment.end) / 2 <= columns - near_end
    ]
    hidden = (occupancy[CONCEALED] > 0.5) | ~read.readable
    return TrackReading(tuple(cars), occupancy[CAR], occupancy[EMPTY], hidden, passes)


def _car(read: ColumnEvidence, passes: Passes, segment: Segment, occupied: Floats, step_m: float) -> FoundCar:
    reach = round(_SAME_END_M / step_m)
    near = np.arange(-reach, reach + 1)
    confidence = float(passes.segments(CAR, segment.start + near, segment.end + near).sum())
    inside = slice(segment.start, segment.end)
    score = _TYPE_WEIGHT * read.types[:, inside].sum(1)
    types = np.exp(score - score.max())
    return FoundCar(
        start=segment.start,
        end=segment.end,
        confidence=min(confidence, 1.0),
        presence=float(occupied[inside].mean()),
        type_probabilities=types / types.sum(),
        offset_m=float(np.median(read.offset_m[inside])),
    )


def _marks(columns: NDArray[np.bool_], step_m: float) -> NDArray[np.bool_]:
    """Which segments count, by state and start + end: cars whose middle lies in `columns` and not at the very end."""
    doubled = np.repeat(columns, 2)
    middles = np.append(doubled, doubled[-1])
    near_end = int(np.ceil(_SHORTEST_SEEN_M / step_m))
    middles[:near_end] = middles[len(middles) - near_end :] = False
    marks = np.zeros((4, len(middles)), bool)
    marks[CAR] = middles
    return marks


def _unwrapped(reading: TrackReading, marks: NDArray[np.bool_], cyclic: Floats) -> tuple[int, Floats]:
    """Lay the numbers modulo `_SPREAD` around the expected one."""
    begins, ends = reading.passes.begins()[CAR], reading.passes.ends()[CAR]
    expected = round(float(((begins + ends) / 2 * marks[CAR, ::2]).sum()))
    lowest = max(0, expected - len(cyclic) // 2)
    return lowest, cyclic[(lowest + np.arange(len(cyclic))) % len(cyclic)]
