"""What a network learns from a scene that a person checked."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats
from yardwatch.model.ports import SceneReader
from yardwatch.model.railcar import Count, Railcar, TrackCoverage
from yardwatch.model.ribbon import RibbonSpec
from yardwatch.model.site import Site, frame_of
from yardwatch.pipeline.training_examples import Example
from yardwatch.railcars.evidence import TYPES
from yardwatch.railcars.ribbon import RibbonPlan, plan_ribbon

__all__ = ["examples_of"]

_SPEC = RibbonSpec(half_width_m=8.0)
_CORE_M = 1.5
_LEAST_COLUMNS = 640
_MOST_COLUMNS = 832
_COUPLED_M = 4.0
_NEAR_M = 0.35
_BRIGHT = 1000.0
_SEEN = 0.25
_GAP, _BODY, _HIDDEN = 1, 2, 3


def examples_of(reader: SceneReader, site: Site, count: Count) -> list[Example]:
    """The checked tracks of a scene in pieces, as the simulator gives its ribbons, with the persons' cars as truth.

    Parameters
    ----------
    reader : SceneReader
        The scene.
    site : Site
        Where its tracks lie.
    count : Count
        Its count as persons corrected it.
    """
    frame, found = frame_of(site), []
    for track in count.tracks:
        if not track.checked_by:
            continue
        plan = plan_ribbon(track.name, site.line(site.track(track.name)), count.scene.grid, frame, spec=_SPEC)
        if plan is not None:
            pixels = reader.sample(plan.column, plan.row, footprint_px=plan.footprint_px)
            cars = [car for car in count.railcars if car.track == track.name]
            found.extend(_pieces(_example(plan, pixels, cars, track, count.scene.gsd_m)))
    return found


def _example(
    plan: RibbonPlan, pixels: NDArray[np.float32], cars: Sequence[Railcar], track: TrackCoverage, gsd_m: float
) -> Example:
    """A whole track."""
    chainages_m = plan.chainages_m
    three = pixels[:3] if len(pixels) >= 3 else np.repeat(pixels[:1], 3, axis=0)
    readable = np.asarray(np.isfinite(three).all(0))[np.abs(plan.offsets_m) <= _CORE_M].mean(0) > 0.5
    hidden = ~readable
    for low_m, high_m in track.hidden_stretches:
        hidden |= (chainages_m >= low_m) & (chainages_m <= high_m)
    state, begin, end, kinds, offset_m = _truth(chainages_m, sorted(cars, key=lambda car: car.start_m))
    bright = float(np.nanpercentile(three, 99.9)) if readable.any() else 1.0
    return Example(
        pixels=(np.clip(three, 0, None) * (_BRIGHT / max(bright, 1e-6))).astype(np.float16),
        gsd_m=gsd_m,
        state=np.where(hidden, _HIDDEN, state),
        begin=np.where(hidden, 0, begin).astype(np.float32),
        end=np.where(hidden, 0, end).astype(np.float32),
        type=np.where(hidden, -1, kinds),
        offset_m=offset_m,
    )


def _truth(
    chainages_m: Floats, cars: Sequence[Railcar]
) -> tuple[NDArray[np.int64], Floats, Floats, NDArray[np.int64], NDArray[np.float32]]:
    """State, nearness of ends, type and offset of each column."""
    half_m = float(chainages_m[1] - chainages_m[0]) / 2
    state, kinds = np.zeros(len(chainages_m), np.int64), np.full(len(chainages_m), -1, np.int64)
    begin, end = np.zeros(len(chainages_m)), np.zeros(len(chainages_m))
    middle_m = float(np.median([car.offset_m for car in cars])) if cars else 0.0
    offset_m = np.full(len(chainages_m), middle_m, np.float32)
    for car, following in zip_longest(cars, cars[1:]):
        body = (chainages_m >= car.start_m) & (chainages_m < car.end_m)
        state[body], offset_m[body] = _BODY, car.offset_m
        kinds[body] = TYPES.index(car.type) if car.type in TYPES else -1
        begin = np.maximum(begin, _near(chainages_m - half_m, car.start_m))
        end = np.maximum(end, _near(chainages_m + half_m, car.end_m))
        if following and following.start_m - car.end_m < _COUPLED_M:
            state[(chainages_m >= car.end_m) & (chainages_m < following.start_m) & (state == 0)] = _GAP
    return state, begin, end, kinds, offset_m


def _near(chainages_m: Floats, place_m: float) -> Floats:
    nearness: Floats = np.exp(-0.5 * ((chainages_m - place_m) / _NEAR_M) ** 2)
    return nearness


def _pieces(whole: Example) -> list[Example]:
    """Pieces of a length that a training step can cut from; a short track is filled up with track without data."""
    columns = len(whole.state)
    lacking = max(0, _LEAST_COLUMNS - columns)
    starts = range(0, max(1, columns - _LEAST_COLUMNS // 2), _LEAST_COLUMNS)
    pieces = []
    for first in starts:
        start = max(0, min(first, columns - _LEAST_COLUMNS))
        part = slice(start, start + _MOST_COLUMNS)
        piece = Example(
            pixels=_padded(whole.pixels[..., part], lacking, np.nan),
            gsd_m=whole.gsd_m,
            state=_padded(whole.state[part], lacking, _HIDDEN),
            begin=_padded(whole.begin[part], lacking, 0),
            end=_padded(whole.end[part], lacking, 0),
            type=_padded(whole.type[part], lacking, -1),
            offset_m=_padded(whole.offset_m[part], lacking, 0),
        )
        if (piece.state != _HIDDEN).mean() >= _SEEN:
            pieces.append(piece)
    return pieces


def _padded(values: NDArray[Any], columns: int, fill: float) -> NDArray[Any]:
    width = [(0, 0)] * (values.ndim - 1) + [(0, columns)]
    return np.pad(values, width, constant_values=fill)
