"""From the evidence of one track to its cars and the distribution of their number."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats
from yardwatch.railcars._blocks import Block, cut_blocks
from yardwatch.railcars.evidence import TYPES, ColumnEvidence
from yardwatch.railcars.semimarkov import Passes, Segment, SemiMarkov, best_path, count_distribution, run_passes
from yardwatch.railcars.strings import CARS, CONCEALED, EMPTY, SHORTEST_CAR_M, Expected, column_evidence, string_model

__all__ = ["FoundCar", "TrackReading", "counted_numbers", "read_tracks"]

_SHORTEST_SEEN_M = 7.0
_SAME_END_M = 2.5
_SURE = 0.9
_FLEET = 4


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
    parts: tuple[tuple[int, Passes], ...]
    """First column and sums of each part that may be occupied, for questions about the count."""


def read_tracks(
    evidence: list[ColumnEvidence], *, step_m: float, expected: Expected = Expected()
) -> list[TrackReading]:
    """Decode the tracks of one scene, a second time with the lengths of the cars that the first was sure of.

    Parameters
    ----------
    evidence : list of ColumnEvidence
        One for each ribbon.
    step_m : float
        Width of a column, metres.
    expected : Expected
        The cars that may stand there and how much the evidence counts.
    """
    shortest = round(SHORTEST_CAR_M / step_m)
    tracks = [cut_blocks(column_evidence(one, weights=expected.weights), shortest=shortest) for one in evidence]
    plain = string_model(step_m, expected=expected)
    readings = _decoded(evidence, tracks, plain, step_m)
    fleet_m = _sure_lengths(readings, step_m)
    if len(fleet_m) < _FLEET or not expected.weights.fleet:
        return readings
    fleet = string_model(step_m, expected=expected, fleet_m=fleet_m)
    return _decoded(evidence, tracks, fleet, step_m)


def _decoded(
    evidence: list[ColumnEvidence], tracks: list[list[Block]], model: SemiMarkov, step_m: float
) -> list[TrackReading]:
    sequences = [block.evidence for blocks in tracks for block in blocks]
    passes, paths = iter(run_passes(model, sequences)), iter(best_path(model, sequences))
    return [
        _reading(read, [(block, next(passes), next(paths)) for block in blocks], step_m)
        for read, blocks in zip(evidence, tracks, strict=True)
    ]


def _sure_lengths(readings: list[TrackReading], step_m: float) -> Floats:
    """Body lengths of the cars whose both ends were surely seen, metres."""
    return step_m * np.array(
        [
            car.end - car.start
            for reading in readings
            for car in reading.cars
            if car.confidence > _SURE and car.start > 0 and car.end < len(reading.occupied)
        ],
        float,
    )


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
    parts = [
        (number, passes, _marks(columns, start, passes, step_m))
        for number, (reading, columns) in enumerate(zip(readings, zones, strict=True))
        for start, passes in reading.parts
    ]
    found: list[tuple[int, Floats]] = [(0, np.ones(1)) for _ in readings]
    if not parts:
        return found
    cyclic = count_distribution(
        parts[0][1].model, [passes.evidence for _, passes, _ in parts], [marks for *_, marks in parts]
    )
    for (number, passes, marks), distribution in zip(parts, cyclic, strict=True):
        lowest, probabilities = _unwrapped(passes, marks, distribution)
        found[number] = found[number][0] + lowest, np.convolve(found[number][1], probabilities)
    return found


def _reading(read: ColumnEvidence, parts: list[tuple[Block, Passes, list[Segment]]], step_m: float) -> TrackReading:
    columns = len(read.readable)
    occupied, empty, concealed = np.zeros(columns), np.ones(columns), np.zeros(columns)
    cars: list[FoundCar] = []
    near_end = _SHORTEST_SEEN_M / 2 / step_m
    for block, passes, path in parts:
        occupancy = passes.occupancy()
        inside = slice(block.start, block.start + occupancy.shape[1])
        occupied[inside] = occupancy[CARS].sum(0)
        empty[inside], concealed[inside] = occupancy[EMPTY], occupancy[CONCEALED]
        for segment in path:
            middle = block.start + (segment.start + segment.end) / 2
            if segment.state >= CARS.start and near_end <= middle <= columns - near_end:
                cars.append(_car(read, passes, segment, block.start, occupied, step_m))
    hidden = (concealed > 0.5) | ~read.readable
    return TrackReading(
        tuple(cars), occupied, empty, hidden, tuple((block.start, passes) for block, passes, _ in parts)
    )


def _car(
    read: ColumnEvidence, passes: Passes, segment: Segment, first: int, occupied: Floats, step_m: float
) -> FoundCar:
    reach = round(_SAME_END_M / step_m)
    near = np.arange(-reach, reach + 1)
    kinds = [
        float(passes.segments(state, segment.start + near, segment.end + near).sum())
        for state in range(CARS.start, CARS.stop)
    ]
    confidence = float(np.sum(kinds))
    inside = slice(first + segment.start, first + segment.end)
    types = np.array(kinds) if confidence > 0 else np.ones(len(TYPES))
    return FoundCar(
        start=inside.start,
        end=inside.stop,
        confidence=min(confidence, 1.0),
        presence=min(float(occupied[inside].mean()), 1.0),
        type_probabilities=types / types.sum(),
        offset_m=float(np.median(read.offset_m[inside])),
    )


def _marks(columns: NDArray[np.bool_], start: int, passes: Passes, step_m: float) -> NDArray[np.bool_]:
    """Which segments count, by state and start + end: cars whose middle lies in `columns` and not at the very end."""
    doubled = np.repeat(columns, 2)
    middles = np.append(doubled, doubled[-1])
    near_end = int(np.ceil(_SHORTEST_SEEN_M / step_m))
    middles[:near_end] = middles[len(middles) - near_end :] = False
    length = passes.evidence.log_likelihood.shape[1]
    marks = np.zeros((CARS.stop, 2 * length + 1), bool)
    marks[CARS] = middles[2 * start : 2 * (start + length) + 1]
    return marks


def _unwrapped(passes: Passes, marks: NDArray[np.bool_], cyclic: Floats) -> tuple[int, Floats]:
    """Lay the numbers modulo their period around the expected one."""
    begins, ends = passes.begins()[CARS].sum(0), passes.ends()[CARS].sum(0)
    expected = round(float(((begins + ends) / 2 * marks[CARS.start, ::2]).sum()))
    lowest = max(0, expected - len(cyclic) // 2)
    return lowest, cyclic[(lowest + np.arange(len(cyclic))) % len(cyclic)]
