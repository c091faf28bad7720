"""Learning from a scene itself: what its empty track looks like, and where its tracks really lie."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from yardwatch.model.frame import Floats
from yardwatch.model.ribbon import Ribbon
from yardwatch.railcars.evidence import ColumnEvidence, Network, scene_tone

__all__ = ["SPARE_M", "lateral_path", "narrowed", "read_calibrated", "surely_empty"]

SPARE_M = 1.75
"""How far a ribbon may be moved onto its rails, metres; it is sampled as much wider."""

_EMPTY, _CAR = 0, 2
_SURE = 0.9
_AROUND_M = 5.0
_PATH_M = 25.0
_WORTH_M = 0.75
_MAYBE, _NEAR_M = 0.02, 20.0
_TWO = float(np.log(2))


def read_calibrated(
    network: Network, ribbons: Sequence[Ribbon], *, gsd_m: float, half_width_m: float
) -> list[ColumnEvidence]:
    """Read ribbons twice: as they were drawn, then moved onto their rails and beside what empty track looks like there.

    The second time they are read from both ends, and the mean of the two probabilities counts, so that nothing depends
    on the direction in which a track was drawn. Tracks on which nothing can stand are read once, and so is what lies
    more than 20 m from where anything may stand on a track that was not moved.

    Parameters
    ----------
    network : Network
        Gives the evidence.
    ribbons : sequence of Ribbon
        All ribbons of a scene, wider than `half_width_m` by as much as they may be moved.
    gsd_m : float
        Native ground sample distance, metres.
    half_width_m : float
        How far the network sees to each side, metres.

    Returns
    -------
    list of ColumnEvidence
        Offsets count from the track as drawn.
    """
    drawn = [narrowed(ribbon, None, half_width_m) for ribbon in ribbons]
    tone = scene_tone(drawn)
    evidence = network.read(drawn, gsd_m=gsd_m, tone=tone)
    maybe = [_near_cars(one, step_m=ribbon.step_m) for one, ribbon in zip(evidence, ribbons, strict=True)]
    again = [index for index, columns in enumerate(maybe) if columns.any()]
    paths = {index: lateral_path(evidence[index], step_m=ribbons[index].step_m) for index in again}
    moved = [narrowed(ribbons[index], paths[index], half_width_m) for index in again]
    calm = [surely_empty(evidence[index], step_m=ribbons[index].step_m) for index in again]
    only = [maybe[index] | paths[index].any() for index in again]
    ahead = network.read(moved, gsd_m=gsd_m, calm=calm, tone=tone, only=only)
    turned = [Ribbon(one.track, one.chainages_m, one.offsets_m, one.pixels[:, :, ::-1]) for one in moved]
    calm, back_only = ([columns[::-1] for columns in known] for known in (calm, only))
    back = network.read(turned, gsd_m=gsd_m, calm=calm, tone=tone, only=back_only)
    for index, one, other, columns in zip(again, ahead, back, only, strict=True):
        both = _mean(one, other)
        both = replace(both, offset_m=both.offset_m + paths[index])
        evidence[index] = _chosen(columns, both, evidence[index])
    return evidence


def _near_cars(evidence: ColumnEvidence, *, step_m: float) -> NDArray[np.bool_]:
    """Columns within 20 m of one that may hold a car, shape (n,)."""
    maybe = np.exp(evidence.states[_CAR]) > _MAYBE
    return np.asarray(ndimage.maximum_filter1d(maybe.astype(np.int8), 2 * round(_NEAR_M / step_m) + 1) > 0)


def _chosen(columns: NDArray[np.bool_], one: ColumnEvidence, other: ColumnEvidence) -> ColumnEvidence:
    """One evidence in some columns, another in the rest."""
    return ColumnEvidence(
        *(
            np.where(columns, getattr(one, name), getattr(other, name))
            for name in ("states", "begin", "end", "types", "offset_m", "readable")
        )
    )


def _mean(one: ColumnEvidence, turned: ColumnEvidence) -> ColumnEvidence:
    """Of a ribbon and of the same read from its other end."""
    return ColumnEvidence(
        states=np.logaddexp(one.states, turned.states[:, ::-1]) - _TWO,
        begin=(one.begin + turned.end[::-1]) / 2,
        end=(one.end + turned.begin[::-1]) / 2,
        types=np.logaddexp(one.types, turned.types[:, ::-1]) - _TWO,
        offset_m=(one.offset_m + turned.offset_m[::-1]) / 2,
        readable=one.readable,
    )


def surely_empty(evidence: ColumnEvidence, *, step_m: float) -> NDArray[np.bool_]:
    """Columns in the middle of five metres that are all empty track with a probability of 0.9 and more, shape (n,)."""
    empty = np.where(evidence.readable, np.exp(evidence.states[_EMPTY]), 0.0)
    return np.asarray(ndimage.minimum_filter1d(empty, round(_AROUND_M / step_m) | 1, mode="nearest") > _SURE)


def lateral_path(evidence: ColumnEvidence, *, step_m: float) -> Floats:
    """Where the rails lie beside the drawn line, smooth along it; metres to the left, shape (n,).

    The median over 25 m of what the network says of empty track, carried on under the cars, where it comes to more than
    0.75 m anywhere; else nought. The network bears less, and roofs, which lean, are no guide.
    """
    columns = len(evidence.readable)
    empty = np.flatnonzero((np.exp(evidence.states[_EMPTY]) > _SURE) & evidence.readable)
    if len(empty) * step_m < _PATH_M:
        return np.zeros(columns)
    every = max(1, round(1.0 / step_m))
    offsets = np.clip(evidence.offset_m[empty], -SPARE_M, SPARE_M)
    sampled = np.interp(np.arange(0, columns, every), empty, offsets)
    window = round(_PATH_M / (every * step_m)) | 1
    steady = ndimage.gaussian_filter1d(ndimage.median_filter(sampled, window, mode="nearest"), window / 4)
    if np.abs(steady).max(initial=0.0) < _WORTH_M:
        return np.zeros(columns)
    path: Floats = np.interp(np.arange(columns), every * np.arange(len(steady)), steady)
    return path


def narrowed(ribbon: Ribbon, path_m: Floats | None, half_width_m: float) -> Ribbon:
    """The part of a ribbon within `half_width_m` of a path beside its middle, shape (n,), or of its middle itself."""
    step_m = ribbon.step_m
    half, middle = round(half_width_m / step_m), len(ribbon.offsets_m) // 2
    if path_m is None or not path_m.any():
        inner = slice(middle - half, middle + half + 1)
        return Ribbon(ribbon.track, ribbon.chainages_m, ribbon.offsets_m[inner], ribbon.pixels[:, inner])
    shift = np.clip(np.rint(path_m / step_m).astype(int), half - middle, middle - half)
    rows = middle - shift[None, :] + np.arange(-half, half + 1)[:, None]
    offsets_m = ribbon.offsets_m[middle - half : middle + half + 1]
    pixels = ribbon.pixels[:, rows, np.arange(len(path_m))[None, :]]
    return Ribbon(ribbon.track, ribbon.chainages_m, offsets_m, pixels)
