"""Cutting a track where it is surely empty, so that only what may be occupied is decoded."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats
from yardwatch.railcars.semimarkov import Evidence
from yardwatch.railcars.strings import CARS, EMPTY

__all__ = ["Block", "cut_blocks"]

_SURE = 40.0
_NEVER = -1e30


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A part of a track that is decoded on its own; beyond it, towards its neighbours, the track is empty."""

    start: int
    """Its first column."""
    evidence: Evidence
    """Of its columns."""


def cut_blocks(evidence: Evidence) -> list[Block]:
    """Parts of a sequence outside which it is empty but for a probability below e⁻⁴⁰ at each cut.

    The evidence for empty track against the next best state is added up from column to column, and what speaks for an
    end of a car is taken off; a cut lies where this sum rises by 40 on both sides without falling in between. Empty
    track has no memory, so what lies on the two sides of a cut is independent.
    """
    others = np.delete(evidence.log_likelihood, EMPTY, axis=0).max(0)
    margin = evidence.log_likelihood[EMPTY] - others
    ends = np.maximum(evidence.log_begin[CARS].max(0), evidence.log_end[CARS].max(0))
    margin = margin - np.maximum(ends[:-1], 0) - np.maximum(ends[1:], 0)
    keep = ~(_reach(margin) & _reach(margin[::-1])[::-1])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], keep, [False]]).astype(np.int8)))
    last = len(margin)
    alone = np.full(len(evidence.log_likelihood), _NEVER)
    alone[EMPTY] = 0.0
    return [
        Block(int(start), _part(evidence, int(start), int(end), alone, whole=last))
        for start, end in edges.reshape(-1, 2)
    ]


def _reach(margin: Floats) -> NDArray[np.bool_]:
    """Whether the columns up to each have been clearly empty for long enough, without a break."""
    total = np.cumsum(np.maximum(margin, 0))
    broken = np.maximum.accumulate(np.where(margin <= 0, total, 0.0))
    return np.asarray(total - broken >= _SURE)


def _part(evidence: Evidence, start: int, end: int, alone: Floats, *, whole: int) -> Evidence:
    return Evidence(
        evidence.log_likelihood[:, start:end],
        evidence.log_begin[:, start : end + 1],
        evidence.log_end[:, start : end + 1],
        None if start == 0 else alone,
        None if end == whole else alone,
    )
