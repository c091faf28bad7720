"""Cutting a track where it is surely empty, so that only what may be occupied is decoded."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from yardwatch.model.frame import Floats
from yardwatch.railcars.semimarkov import Evidence
from yardwatch.railcars.strings import CARS, EMPTY

__all__ = ["Block", "cut_blocks"]

_SURE = 30.0
_NEVER = -1e30


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A part of a track that is decoded on its own; beyond it, towards its neighbours, the track is empty."""

    start: int
    """Its first column."""
    evidence: Evidence
    """Of its columns."""


def cut_blocks(evidence: Evidence, *, shortest: int) -> list[Block]:
    """Parts of a sequence outside which no car can stand.

    A column is left out if the evidence for empty track against the next best state, less all that speaks for an end of
    a car, adds up to 30 and more (odds of 10¹³) over every run of `shortest` columns that holds it: the least that a
    car there would cover. Empty track has no memory, so what lies on the two sides of a cut is independent.

    Parameters
    ----------
    evidence : Evidence
        Of a whole track, n columns.
    shortest : int
        Columns of the shortest car.
    """
    others = np.delete(evidence.log_likelihood, EMPTY, axis=0).max(0)
    ends = np.maximum(evidence.log_begin[CARS].max(0), evidence.log_end[CARS].max(0))
    margin = evidence.log_likelihood[EMPTY] - others - np.maximum(ends[:-1], 0) - np.maximum(ends[1:], 0)
    runs = ndimage.uniform_filter1d(margin, shortest, mode="nearest") * shortest
    keep = ndimage.minimum_filter1d(runs, shortest, mode="nearest", origin=0) < _SURE
    edges = np.flatnonzero(np.diff(np.concatenate([[False], keep, [False]]).astype(np.int8)))
    alone = np.full(len(evidence.log_likelihood), _NEVER)
    alone[EMPTY] = 0.0
    return [
        Block(int(start), _part(evidence, int(start), int(end), alone, whole=len(margin)))
        for start, end in edges.reshape(-1, 2)
    ]


def _part(evidence: Evidence, start: int, end: int, alone: Floats, *, whole: int) -> Evidence:
    return Evidence(
        evidence.log_likelihood[:, start:end],
        evidence.log_begin[:, start : end + 1],
        evidence.log_end[:, start : end + 1],
        None if start == 0 else alone,
        None if end == whole else alone,
    )
