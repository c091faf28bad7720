"""Stretches of track on which concrete sleepers took the place of wooden ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats
from yardwatch.model.ribbon import Ribbon

__all__ = ["Renewal", "find_renewal", "find_renewals"]

Occupied = Sequence[tuple[float, float]]
"""Start and end of each stretch of a track on which cars stand, metres."""

_SLEEPERS_M = 1.15
_FLANK_M = (1.8, 2.8)
_CAR_ROOM_M = 3.0
_UNEVEN = 0.3
_DARK = 4.0
_LEAST_SEEN = 0.4
_PIECE_M = 5.0
_MOST = 0.6
_LEAST_M = 50.0
_FEW_TRACKS = 3
_SCATTER, _BETWEEN = 0.2, 0.12
_GAIN, _GAIN_SPREAD = 0.28, 0.1
_SURE, _DOUBT = 6.0, 3.0
_FIRM, _DATE_SCATTER, _FEW = 2.7, 0.08, 4


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
    the track as well, so each column is told by the ratio of its sleepers to the flank that looks more as usual. Pieces
    of 5 m have levels of their own; the stretch and the date are those under which a gain as large as concrete makes
    over wood is most likely, and it must stand out from the rest of the track beyond what dates differ by themselves.
    Where cars stand nothing is seen; such pieces say nothing. Where several dates are about as likely, they all bound
    it.

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


def _tones(ribbons: Sequence[Ribbon], occupied: Sequence[Occupied]) -> Floats:
    if len(ribbons) < 2 or any(len(one.chainages_m) != len(ribbons[0].chainages_m) for one in ribbons):
        raise MisuseError(f"{len(ribbons)} ribbons: give two or more of one track with the same columns")
    return np.stack([_tone(one, taken) for one, taken in zip(ribbons, occupied, strict=True)])


def _found(ribbon: Ribbon, tones: Floats) -> Renewal | None:
    """The stretch and date that explain the tones best, if they do so well enough."""
    bins = _binned(tones, ribbon.step_m)
    usual = float(np.median(bins[np.isfinite(bins)])) if np.isfinite(bins).any() else 0.0
    rest = np.clip(bins - usual, -_MOST, _MOST)
    stretches = [_best_stretch(*_weighed(rest, number)) for number in range(1, len(rest))]
    gains = np.array([gain for gain, _, _ in stretches])
    best = int(gains.argmax())
    gain, first, last = stretches[best]
    if gain < _SURE:
        return None
    if _times_error(rest, best + 1, slice(first, last)) < _FIRM:
        return None
    plausible = np.flatnonzero(gains > gain - _DOUBT) + 1
    return _renewal(ribbon, bins[:, first:last], (first, last), plausible.tolist(), gain)


def _binned(tones: Floats, step_m: float) -> Floats:
    """Means over pieces of 5 m, shape (dates, pieces); NaN where too little of a piece is seen."""
    width = max(1, round(_PIECE_M / step_m))
    pieces = -(-tones.shape[1] // width)
    padded = np.full((len(tones), pieces * width), np.nan)
    padded[:, : tones.shape[1]] = tones
    parts = padded.reshape(len(tones), pieces, width)
    seen = np.isfinite(parts)
    mean = np.where(seen, parts, 0).sum(2) / np.maximum(seen.sum(2), 1)
    return np.asarray(np.where(seen.mean(2) >= _LEAST_SEEN, mean, np.nan))


def _weighed(rest: Floats, number: int) -> tuple[Floats, Floats]:
    """Weight of what each piece says of a gain since a date, and that weight times the gain it says.

    Each piece has a level of its own, of which only the spread is known, and scatters about it from date to date.
    """
    seen = np.isfinite(rest)
    scatter, between = _SCATTER**2, _BETWEEN**2
    since = np.arange(len(rest))[:, None] >= number
    many, later = seen.sum(0), (seen & since).sum(0)
    shrunk = between / (scatter + between * many)
    values = np.where(seen, rest, 0.0)
    total, gained = values.sum(0), (values * since).sum(0)
    return (later - shrunk * later**2) / scatter, (gained - shrunk * later * total) / scatter


def _best_stretch(weight: Floats, said: Floats) -> tuple[float, int, int]:
    """Log odds, first and one past the last piece of the stretch of 50 m or more most likely to have gained.

    A gain is about as large as concrete makes it over wood.
    """
    sums = [np.concatenate([[0.0], np.cumsum(one)]) for one in (weight, said)]
    first, last = np.triu_indices(len(weight) + 1, k=round(_LEAST_M / _PIECE_M))
    if not len(first):
        return -np.inf, 0, 0
    known, gained = (one[last] - one[first] for one in sums)
    spread = _GAIN_SPREAD**2
    odds = (gained + _GAIN / spread) ** 2 / (2 * (known + 1 / spread)) - _GAIN**2 / (2 * spread)
    odds -= 0.5 * np.log1p(spread * known)
    best = np.flatnonzero(odds >= odds.max() - 1e-9)
    chosen = best[len(best) // 2]
    return float(odds[chosen]), int(first[chosen]), int(last[chosen])


def _row_median(values: Floats) -> Floats:
    """Median of what is seen in each row; NaN where nothing is."""
    rows = [row[np.isfinite(row)] for row in values]
    return np.array([float(np.median(row)) if len(row) else np.nan for row in rows])


def _tone(ribbon: Ribbon, taken: Occupied) -> Floats:
    """Log ratio of sleepers to the ground beside; NaN where cars stand or both sides are in shadow or under cars."""
    offsets, level = ribbon.offsets_m, np.log(ribbon.pixels.astype(float).mean(0) + _DARK)
    free = np.isfinite(level).all(0)
    for start, end in taken:
        free &= (ribbon.chainages_m <= start - _CAR_ROOM_M) | (ribbon.chainages_m >= end + _CAR_ROOM_M)
    if not free.any():
        return np.full(level.shape[1], np.nan)
    sides = np.stack([level[(side >= _FLANK_M[0]) & (side <= _FLANK_M[1])].mean(0) for side in (offsets, -offsets)])
    away = sides - np.median(sides[:, free], axis=1)[:, None]
    nearer = np.where(np.abs(away[0]) < np.abs(away[1]), away[0], away[1])
    tone = level[np.abs(offsets) <= _SLEEPERS_M].mean(0) - nearer - np.median(sides[:, free])
    return np.asarray(np.where(free & (np.abs(nearer) < _UNEVEN), tone, np.nan))


def _times_error(rest: Floats, number: int, stretch: slice) -> float:
    """How many times its error a stretch gained against the rest of its track, each date with an error of its own."""
    outside = np.full(rest.shape[1], True)
    outside[stretch] = False
    level = rest - _row_median(rest.T)[None]
    means, errors = zip(*(_against(one[stretch], one[outside]) for one in level), strict=True)
    weights = 1 / np.array(errors) ** 2
    sums = [weights[part].sum() for part in (slice(0, number), slice(number, None))]
    if min(sums) == 0:
        return 0.0
    old, new = (np.average(means[part], weights=weights[part]) for part in (slice(0, number), slice(number, None)))
    return float((new - old) / np.sqrt(1 / sums[0] + 1 / sums[1]))


def _against(inside: Floats, outside: Floats) -> tuple[float, float]:
    """By how much one part of a track exceeds the other at one date, and the error of that; endless if unseen."""
    own, other = (part[np.isfinite(part)] for part in (inside, outside))
    if not len(own):
        return 0.0, np.inf
    share = len(other) / (len(other) + _FEW)
    gained = float(np.median(own)) - share * float(np.median(other) if len(other) else 0.0)
    return gained, float(np.sqrt(_DATE_SCATTER**2 + _SCATTER**2 / len(own)))


def _renewal(ribbon: Ribbon, bins: Floats, ends: tuple[int, int], numbers: Sequence[int], gain: float) -> Renewal:
    """The stretch between the last date surely before and the first surely after, of those that show it."""
    seen: NDArray[np.bool_] = np.isfinite(bins)
    shown = np.flatnonzero(seen.sum(1) * _PIECE_M >= _LEAST_M / 4)
    before, after = shown[shown < numbers[0]], shown[shown >= numbers[-1]]
    both = seen[: numbers[0]].any(0) & seen[numbers[-1] :].any(0)
    return Renewal(
        track=ribbon.track,
        start_m=float(ends[0] * _PIECE_M),
        end_m=float(min(ends[1] * _PIECE_M, ribbon.chainages_m[-1] + ribbon.step_m / 2)),
        before=int(before[-1]) if len(before) else 0,
        after=int(after[0]) if len(after) else len(bins) - 1,
        visible_m=float(both.sum() * _PIECE_M),
        confidence=float(np.clip(gain / (gain + _SURE), 0.0, 0.99)),
    )
