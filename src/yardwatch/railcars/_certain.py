"""Sequences whose number of cars the posterior alone settles."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from yardwatch.model.frame import Floats
from yardwatch.railcars.semimarkov import Passes

__all__ = ["certain_number"]

_DOUBT = 1e-5
_LIKELY = 0.5
_NEVER = -1e20


def certain_number(passes: Passes, marks: NDArray[np.bool_], *, counted: slice) -> int | None:
    """How many segments count, if the probability of any other number is below 10⁻⁵; else None.

    Segments of the counted states begin at least their shortest duration apart, unless the first one is cut. So within
    a stretch shorter than that at most one begins, and the probabilities there add up to that of exactly one. Where
    such stretches hold all beginnings, and each surely one, their number is that of the segments.

    Parameters
    ----------
    passes : Passes
        The sequence.
    marks : ndarray of bool
        Which segments count, by state and the sum of their borders, shape (J, 2 T + 1); the same for all `counted`.
    counted : slice
        The states that may count.
    """
    begins = passes.begins()[counted].sum(0)
    durations = passes.model.log_duration[counted] > _NEVER
    shortest, longest = int(durations.any(0).argmax()) + 1, durations.shape[1]
    width = shortest - 1 + shortest % 2
    places, mass = _places(begins, width=width)
    missed = np.abs(1 - mass).sum() + abs(begins.sum() - mass.sum())
    if begins[0] + missed > _DOUBT:
        return None
    behind = np.append(places[1:], len(begins) - 1)
    first = np.maximum(2 * places - width, 0)
    last = np.minimum(np.minimum(2 * places + longest, places + behind) + width, marks.shape[1] - 1)
    below = np.concatenate([[0], np.cumsum(marks[counted.start])])
    inside = below[last + 1] - below[first]
    if ((inside > 0) & (inside <= last - first)).any():
        return None
    return int((inside > 0).sum())


def _places(begins: Floats, *, width: int) -> tuple[NDArray[np.int64], Floats]:
    """Borders in the middle of `width` of them where a segment probably begins, and how probably."""
    mass = width * ndimage.uniform_filter1d(begins, width, mode="constant")
    peaks = np.flatnonzero((mass == ndimage.maximum_filter1d(mass, width, mode="constant")) & (mass > _LIKELY))
    if not len(peaks):
        return peaks, mass[:0]
    kept = [int(peaks[0])]
    for peak in peaks[1:].tolist():
        if peak - kept[-1] >= width:
            kept.append(peak)
    return np.array(kept), mass[kept]
