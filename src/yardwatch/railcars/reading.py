"""From the evidence of one track to its cars and the distribution of their number."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from yardwatch.model.frame import Floats
from yardwatch.railcars._blocks import Block, cut_blocks
from yardwatch.railcars._certain import certain_number
from yardwatch.railcars.evidence import ColumnEvidence
from yardwatch.railcars.semimarkov import (
    Evidence,
    Passes,
    Segment,
    SemiMarkov,
    best_path,
    count_distribution,
    run_passes,
)
from yardwatch.railcars.strings import (
    CARS,
    CONCEALED,
    EMPTY,
    SHORTEST_CAR_M,
    Expected,
    blind_evidence,
    blind_model,
    column_evidence,
    string_model,
)

__all__ = ["FoundCar", "TrackReading", "counted_numbers", "read_tracks"]

_SHORTEST_SEEN_M = 7.0
_SAME_END_M = 2.5
_SURE = 0.9
_FLEET = 4
_BLIND_CAR = 3


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
    odds: float
    """By how much its columns and ends speak for it rather than for empty track, natural logarithm."""


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
    """Decode the tracks of one scene, with the lengths of the cars that a first decoding without types was sure of.

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
    fleet_m = _sure_lengths(tracks, string_model(step_m, expected=expected), step_m) if expected.weights.fleet else ()
    known = np.array(fleet_m) if len(fleet_m) >= _FLEET else None
    model = string_model(step_m, expected=expected, fleet_m=known)
    sequences = [block.evidence for blocks in tracks for block in blocks]
    passes, paths = iter(run_passes(model, sequences)), iter(best_path(model, sequences))
    return [
        _reading(read, [(block, next(passes), next(paths)) for block in blocks], step_m)
        for read, blocks in zip(evidence, tracks, strict=True)
    ]


def _sure_lengths(tracks: list[list[Block]], model: SemiMarkov, step_m: float) -> list[float]:
    """Body lengths of the cars whose both ends were surely seen, metres; types are not told for that.

    A car stands where the likeliest place to begin within 2.5 m is followed by the likeliest one to end, and all that
    is left and right of both has a probability below a tenth.
    """
    blind, reach = blind_model(model), round(_SAME_END_M / step_m)
    sequences = [blind_evidence(block.evidence) for blocks in tracks for block in blocks]
    lengths_m: list[float] = []
    for passes in run_passes(blind, sequences):
        columns = passes.evidence.log_likelihood.shape[1]
        starts = _sure_borders(passes.begins()[_BLIND_CAR], reach)
        ends = _sure_borders(passes.ends()[_BLIND_CAR], reach)
        after = np.searchsorted(ends, starts, "right")
        starts, ends = starts[after < len(ends)], ends[after[after < len(ends)]]
        sure = passes.around(slice(_BLIND_CAR, _BLIND_CAR + 1), starts, ends, reach=reach)[:, 0] > _SURE
        whole = ((starts > 0) | (passes.evidence.log_first is not None)) & (
            (ends < columns) | (passes.evidence.log_last is not None)
        )
        lengths_m += (step_m * (ends - starts)[sure & whole]).tolist()
    return lengths_m


def _sure_borders(probability: Floats, reach: int) -> NDArray[np.int64]:
    """Borders that are the likeliest within `reach`, where all within it add up to `_SURE`."""
    width = 2 * reach + 1
    around = width * ndimage.uniform_filter1d(probability, width, mode="constant")
    peaks = (probability == ndimage.maximum_filter1d(probability, width, mode="constant")) & (around > _SURE)
    return np.flatnonzero(peaks)


def counted_numbers(
    readings: list[TrackReading], zones: list[NDArray[np.bool_]], *, step_m: float
) -> list[tuple[int, Floats]]:
    """Distribution of the number of cars whose middle lies in some columns of each track.

    It is exact, but that a number more probable than 0.99999 in one part of a track is taken as certain there.

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
    found: list[tuple[int, Floats]] = [(0, np.ones(1)) for _ in readings]
    parts = []
    for number, (reading, columns) in enumerate(zip(readings, zones, strict=True)):
        for start, passes in reading.parts:
            marks = _marks(columns, start, passes, step_m)
            certain = certain_number(passes, marks, counted=CARS)
            if certain is None:
                parts.append((number, passes, marks))
            else:
                found[number] = found[number][0] + certain, found[number][1]
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
        inside = slice(block.start, block.start + passes.evidence.log_likelihood.shape[1])
        occupied[inside] = passes.covered(CARS)
        empty[inside], concealed[inside] = (passes.covered(slice(one, one + 1)) for one in (EMPTY, CONCEALED))
        bodies = [
            segment
            for segment in path
            if segment.state >= CARS.start
            and near_end <= block.start + (segment.start + segment.end) / 2 <= columns - near_end
        ]
        cars += _cars(read, passes, bodies, block.start, occupied, step_m)
    hidden = (concealed > 0.5) | ~read.readable
    return TrackReading(
        tuple(cars), occupied, empty, hidden, tuple((block.start, passes) for block, passes, _ in parts)
    )


def _cars(
    read: ColumnEvidence, passes: Passes, bodies: list[Segment], first: int, occupied: Floats, step_m: float
) -> list[FoundCar]:
    starts, ends = np.array([(one.start, one.end) for one in bodies], int).reshape(-1, 2).T
    kinds = passes.around(CARS, starts, ends, reach=round(_SAME_END_M / step_m))
    confidence = kinds.sum(1)
    types = np.where(confidence[:, None] > 0, kinds, 1.0)
    types /= types.sum(1, keepdims=True)
    return [
        FoundCar(
            start=start,
            end=end,
            confidence=min(float(sure), 1.0),
            presence=min(float(occupied[start:end].mean()), 1.0),
            type_probabilities=probabilities,
            offset_m=_median(read.offset_m[start:end]),
            odds=_odds(passes.evidence, body),
        )
        for body, start, end, sure, probabilities in zip(
            bodies, (first + starts).tolist(), (first + ends).tolist(), confidence, types, strict=True
        )
    ]


def _odds(evidence: Evidence, body: Segment) -> float:
    columns = evidence.log_likelihood[:, body.start : body.end]
    ends = evidence.log_begin[body.state, body.start] + evidence.log_end[body.state, body.end]
    return float((columns[body.state] - columns[EMPTY]).sum() + ends)


def _median(values: Floats) -> float:
    middle = [(len(values) - 1) // 2, len(values) // 2]
    return float(np.partition(values, middle)[middle].mean())


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
