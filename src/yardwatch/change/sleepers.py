"""Stretches of track on which concrete sleepers took the place of wooden ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from yardwatch.errors import MisuseError
from yardwatch.model.change import Change
from yardwatch.model.frame import Floats
from yardwatch.model.ports import SceneReader
from yardwatch.model.ribbon import Ribbon, RibbonSpec
from yardwatch.model.scene import Scene
from yardwatch.model.site import Coordinates, Site, Track, ZoneFinder, frame_of

__all__ = ["Renewal", "find_renewal", "find_renewals", "read_ribbon", "renewal_change"]

Occupied = Sequence[tuple[float, float]]
"""Start and end of each stretch of a track on which cars stand, metres."""

_SLEEPERS_M = 1.15
_FLANK_M = (1.8, 2.8)
_CAR_ROOM_M = 3.0
_UNEVEN = 0.3
_DARK = 4.0
_LEAST_SEEN = 0.4
_SMOOTH_M = 5.0
_STEP = 0.15
_MOST = 0.4
_LEAST_M = 50.0
_FEW_TRACKS = 3
_SURE = 0.85
_HALF_WIDTH_M = 1.4
_END_SE_M, _WIDTH_SE_M = 5.0, 0.2


@dataclass(frozen=True, slots=True)
class Renewal:
    """A stretch of one track with new sleepers."""

    track: str
    """Name of the track."""
    start_m: float
    """Chainage of its lower end, metres."""
    end_m: float
    """Chainage of its upper end, metres."""
    before: int
    """Number of the last ribbon that shows the old sleepers."""
    after: int
    """Number of the first ribbon that shows the new ones."""
    visible_m: float
    """How much of it both sides of the change show, metres."""
    confidence: float
    """How sure we are, 0 to 1."""


def find_renewals(tracks: Sequence[Sequence[Ribbon]], occupied: Sequence[Sequence[Occupied]]) -> tuple[Renewal, ...]:
    """The stretches of a site's tracks whose sleepers became lighter for good, one at most on each track.

    What all tracks together do from date to date is light and weather, and is taken out first.

    Parameters
    ----------
    tracks : sequence
        For each track its ribbons with the same columns, by date; two or more.
    occupied : sequence
        For each track and each of its ribbons where cars stand.

    Raises
    ------
    MisuseError
        If a track has fewer than two ribbons, or they are not of the same columns.
    """
    tones = [_tones(ribbons, taken) for ribbons, taken in zip(tracks, occupied, strict=True)]
    if len(tones) >= _FEW_TRACKS:
        rest = np.concatenate([one - _row_median(one.T)[None] for one in tones], axis=1)
        tones = [one - np.nan_to_num(_row_median(rest))[:, None] for one in tones]
    found = (_found(ribbons[0], one) for ribbons, one in zip(tracks, tones, strict=True))
    return tuple(one for one in found if one is not None)


def find_renewal(ribbons: Sequence[Ribbon], occupied: Sequence[Occupied]) -> Renewal | None:
    """The stretch of a track whose sleepers became lighter for good, against the ground on both its sides.

    Wood is dark and uneven, concrete light and even. The light of a day, wet ground and season change the ground beside
    the track as well, so each column is told by the ratio of its sleepers to its flanks. All later dates must exceed
    all earlier ones, which shadows and cars that were overlooked do not. A stretch is the run of columns that gains
    most. Where cars stand or shadows fall nothing is seen; such columns are bridged.

    Parameters
    ----------
    ribbons : sequence of Ribbon
        Of one track with the same columns, by date; two or more.
    occupied : sequence
        For each ribbon where cars stand on it.

    Returns
    -------
    Renewal or None
        None if there is none of which 50 m or more are seen, or it is not sure.

    Raises
    ------
    MisuseError
        If there are fewer than two ribbons, or they are not of the same columns.
    """
    return _found(ribbons[0], _tones(ribbons, occupied)) if ribbons else None


def read_ribbon(reader: SceneReader, site: Site, track: Track, *, step_m: float = 0.5) -> Ribbon:
    """A track straightened over its whole length; NaN where the scene does not reach."""
    frame, line, grid = frame_of(site), site.line(track), reader.scene.grid
    spec = RibbonSpec(step_m=0.25, half_width_m=3.0)
    chainages = step_m * (np.arange(max(2, int(line.length_m // step_m)), dtype=float) + 0.5)
    x, y = line.points(chainages[None, :], spec.offsets_m[:, None])
    column, row = grid.to_pixel(*frame.to_crs(x, y, crs=grid.crs))
    pixels = reader.sample(column, row, footprint_px=spec.step_m / grid.pixel_m(frame))
    return Ribbon(track.name, chainages, spec.offsets_m, pixels)


def renewal_change(renewal: Renewal, scenes: Sequence[Scene], site: Site) -> Change:
    """The stretch as a change as wide as the sleepers, in the site's CRS.

    Parameters
    ----------
    renewal : Renewal
        The stretch.
    scenes : sequence of Scene
        Those of its ribbons, in their order.
    site : Site
        Gives the track.
    """
    line, frame = site.line(site.track(renewal.track)), frame_of(site)
    length_m, width_m = renewal.end_m - renewal.start_m, 2 * _HALF_WIDTH_M
    along = np.linspace(renewal.start_m, renewal.end_m, max(2, int(length_m / 5)))
    left, right = (line.points(along, side * _HALF_WIDTH_M) for side in (1, -1))
    x, y = (np.concatenate([one, other[::-1], one[:1]]) for one, other in zip(left, right, strict=True))
    moved = frame.to_crs(x, y)
    middle = [float(np.mean(axis)) for axis in moved]
    ring: Coordinates = tuple(zip(moved[0].tolist(), moved[1].tolist(), strict=True))
    return Change(
        id=f"renewed {renewal.track}",
        kind="track_renewal",
        polygon=(ring,),
        zone=ZoneFinder(site.zones).at(middle[0], middle[1]),
        area_m2=length_m * width_m,
        area_m2_se=_END_SE_M * width_m,
        length_m=length_m,
        length_m_se=_END_SE_M,
        width_m=width_m,
        width_m_se=_WIDTH_SE_M,
        confidence=renewal.confidence,
        phase=None,
        earliest=scenes[renewal.before].acquired,
        latest=scenes[renewal.after].acquired,
    )


def _tones(ribbons: Sequence[Ribbon], occupied: Sequence[Occupied]) -> Floats:
    if len(ribbons) < 2 or any(len(one.chainages_m) != len(ribbons[0].chainages_m) for one in ribbons):
        raise MisuseError(f"{len(ribbons)} ribbons: give two or more of one track with the same columns")
    return np.stack([_tone(one, taken) for one, taken in zip(ribbons, occupied, strict=True)])


def _found(ribbon: Ribbon, tones: Floats) -> Renewal | None:
    best = None
    for number in range(1, len(tones)):
        found = _run(_gain(tones[:number], tones[number:]), ribbon.step_m)
        if found is not None and (best is None or found[2] > best[0]):
            best = (found[2], number, found[0], found[1])
    renewal = None if best is None else _renewal(ribbon, tones, best)
    return renewal if renewal is not None and renewal.confidence >= _SURE else None


def _row_median(values: Floats) -> Floats:
    """Median of what is seen in each row; NaN where nothing is."""
    rows = [row[np.isfinite(row)] for row in values]
    return np.array([float(np.median(row)) if len(row) else np.nan for row in rows])


def _tone(ribbon: Ribbon, taken: Occupied) -> Floats:
    """Log ratio of sleepers to flanks, averaged over 5 m; NaN where cars stand or a shadow falls on one side."""
    offsets, level = ribbon.offsets_m, ribbon.pixels.astype(float).mean(0) + _DARK
    sleepers = level[np.abs(offsets) <= _SLEEPERS_M].mean(0)
    left, right = (level[(side >= _FLANK_M[0]) & (side <= _FLANK_M[1])].mean(0) for side in (offsets, -offsets))
    tone = np.log(2 * sleepers / (left + right))
    tone[np.abs(np.log(left / right)) > _UNEVEN] = np.nan
    for start, end in taken:
        tone[(ribbon.chainages_m > start - _CAR_ROOM_M) & (ribbon.chainages_m < end + _CAR_ROOM_M)] = np.nan
    window, seen = round(_SMOOTH_M / ribbon.step_m) | 1, np.isfinite(tone)
    weights = ndimage.uniform_filter1d(seen.astype(float), window)
    smooth = ndimage.uniform_filter1d(np.where(seen, tone, 0.0), window) / np.maximum(weights, 1e-9)
    return np.asarray(np.where(seen & (weights > _LEAST_SEEN), smooth, np.nan))


def _gain(before: Floats, after: Floats) -> Floats:
    """How far the later dates exceed the earlier ones, where all of them agree; NaN where one side shows nothing."""
    both = np.isfinite(before).any(0) & np.isfinite(after).any(0)
    gain = np.full(both.shape, np.nan)
    old, new = before[:, both], after[:, both]
    surely = np.nanmin(new, axis=0) - np.nanmax(old, axis=0)
    gain[both] = np.where(surely > 0, np.nanmean(new, axis=0) - np.nanmean(old, axis=0), surely)
    return gain


def _run(gain: Floats, step_m: float) -> tuple[int, int, float] | None:
    """First and last column and the weight of the run that gains most; None if it is short or faint."""
    seen = np.isfinite(gain)
    first, last, weight = _heaviest(np.where(seen, np.clip(gain, -_MOST, _MOST) - _STEP, 0.0))
    visible = seen[first : last + 1]
    if visible.sum() * step_m < _LEAST_M or weight * step_m < _LEAST_M * _STEP / 2:
        return None
    return first, last, weight * step_m


def _heaviest(score: Floats) -> tuple[int, int, float]:
    """The run of columns with the largest sum (Kadane's algorithm), trimmed to where it gains."""
    sums = np.concatenate([[0.0], np.cumsum(score)])
    lowest = np.minimum.accumulate(sums)[:-1]
    gains = sums[1:] - lowest
    last = int(gains.argmax())
    first = int(np.flatnonzero(sums[: last + 1] == lowest[last])[-1])
    return first, last, float(gains[last])


def _renewal(ribbon: Ribbon, tones: Floats, best: tuple[float, int, int, int]) -> Renewal:
    weight, number, first, last = best
    seen: NDArray[np.bool_] = np.isfinite(tones[:, first : last + 1])
    shown = np.flatnonzero(seen.sum(1) * ribbon.step_m >= _LEAST_M / 4)
    before, after = shown[shown < number], shown[shown >= number]
    both = seen[:number].any(0) & seen[number:].any(0)
    return Renewal(
        track=ribbon.track,
        start_m=float(ribbon.chainages_m[first] - ribbon.step_m / 2),
        end_m=float(ribbon.chainages_m[last] + ribbon.step_m / 2),
        before=int(before[-1]) if len(before) else number - 1,
        after=int(after[0]) if len(after) else number,
        visible_m=float(both.sum() * ribbon.step_m),
        confidence=float(np.clip(weight / (_LEAST_M * _STEP) / 4, 0.0, 0.99)),
    )
