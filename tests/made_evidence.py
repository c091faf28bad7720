"""Evidence whose truth is known, for tests."""

import numpy as np

from yardwatch.railcars.evidence import ColumnEvidence

STEP_M = 0.25


def evidence(columns, cars, *, doubt=0.02, readable=None, kind=0):
    """What a good network would say of cars at these (start, end) columns."""
    likely = np.zeros(columns, int)
    begin, end = np.full(columns, -6.0), np.full(columns, -6.0)
    for (start, stop), (following, _) in zip(cars, [*cars[1:], (10**6, 0)], strict=False):
        likely[start:stop] = 2
        if following - stop < 4 / STEP_M:
            likely[stop:following] = 1
        begin[start], end[stop - 1] = 4.0, 4.0
    states = np.full((4, columns), doubt / 3)
    states[likely, np.arange(columns)] = 1 - doubt
    seen = np.ones(columns, bool) if readable is None else readable
    types = np.full((8, columns), np.log(0.01))
    types[kind] = np.log(0.93)
    return ColumnEvidence(np.log(states), begin, end, types, np.zeros(columns), seen)
