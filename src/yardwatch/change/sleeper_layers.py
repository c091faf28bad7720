"""What the sleeper network is shown: how a track and the ground beside it look, piece by piece and date by date."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats
from yardwatch.model.ribbon import Ribbon

__all__ = ["PIECE_M", "SLEEPER_LAYERS", "TrackLooks", "TrackPieces", "sleeper_layers", "track_pieces"]

PIECE_M = 2.5
"""Length of a piece of track, metres."""

SLEEPER_LAYERS = 47
"""Number of layers that show one date."""

Kind = TypeVar("Kind", np.float64, np.bool_)

_BANDS_M = ((2.1, 3.0), (1.35, 2.0), (0.85, 1.2), (-0.55, 0.55), (-1.2, -0.85), (-2.0, -1.35), (-3.0, -2.1))
_MIDDLE, _COLOURS = 3, 3
_DARK, _SMOOTH = 4.0, 0.01
_LEAST_SEEN = 0.4
_MOST, _SPREAD = 1.5, 0.25


@dataclass(frozen=True, slots=True, eq=False)
class TrackLooks:
    """One track at all dates."""

    ribbons: tuple[Ribbon, ...]
    """By date, with the same columns and offsets to 3 m on either side."""
    covered: NDArray[np.bool_]
    """Where cars or roofs hide it, shape (dates, columns)."""
    beside: NDArray[np.bool_]
    """Where cars stand 4.5 m left and right of it, shape (dates, 2, columns)."""


@dataclass(frozen=True, slots=True, eq=False)
class TrackPieces:
    """One track at all dates in pieces of `PIECE_M`."""

    levels: NDArray[np.float32]
    """Three colours of seven bands, left to right, and roughness; 0 where unseen. Shape (dates, 22, n)."""
    seen: NDArray[np.bool_]
    """Whether a piece is seen, shape (dates, n)."""
    beside: NDArray[np.float32]
    """Share with cars to the left and to the right, shape (dates, 2, n)."""


def track_pieces(tracks: Sequence[TrackLooks]) -> list[TrackPieces]:
    """The pieces of all tracks of a site; what most of them do together at a date is taken out.

    Raises
    ------
    MisuseError
        If a track has fewer than two ribbons, or they are not of the same columns.
    """
    levels, seen = zip(*(_levels(track) for track in tracks), strict=True) if tracks else ((), ())
    usual = _usual(levels, seen) if tracks else np.zeros(0)
    return [
        TrackPieces(
            levels=np.where(ok[:, None], np.clip(level - usual, -_MOST, _MOST), 0).astype(np.float32),
            seen=ok,
            beside=_in_pieces(track.beside.astype(float), _width(track)).mean(-1).astype(np.float32),
        )
        for track, level, ok in zip(tracks, levels, seen, strict=True)
    ]


def sleeper_layers(pieces: TrackPieces) -> NDArray[np.float32]:
    """The layers of all dates, shape (dates, 47, n).

    The levels, the levels less their mean over the dates that show the piece, whether it is seen, cars on both sides.
    """
    seen = pieces.seen[:, None]
    mean = (pieces.levels * seen).sum(0) / np.maximum(seen.sum(0), 1)
    parts = [pieces.levels * seen / _SPREAD, (pieces.levels - mean) * seen / _SPREAD, seen, pieces.beside]
    return np.concatenate(parts, axis=1, dtype=np.float32)


def _levels(track: TrackLooks) -> tuple[Floats, NDArray[np.bool_]]:
    """Levels of a track's pieces, shape (dates, 22, n), and whether they are seen, shape (dates, n)."""
    ribbons, width = track.ribbons, _width(track)
    if len(ribbons) < 2 or any(len(one.chainages_m) != len(ribbons[0].chainages_m) for one in ribbons):
        raise MisuseError(f"{len(ribbons)} ribbons: give two or more of one track with the same columns")
    offsets = ribbons[0].offsets_m
    pixels = np.stack([_in_colours(one.pixels) for one in ribbons])
    free = _in_pieces(np.isfinite(pixels).all((1, 2)) & ~track.covered, width)
    bright = np.log(np.nan_to_num(pixels) + _DARK)
    bands = np.stack([bright[:, :, (offsets >= low) & (offsets <= high)].mean(2) for low, high in _BANDS_M], axis=2)
    parts, many = _in_pieces(bands, width), free[:, None, None]
    mean = (parts * many).sum(-1) / np.maximum(many.sum(-1), 1)
    middle = (parts[:, 1, _MIDDLE] - mean[:, 1, _MIDDLE, :, None]) ** 2 * free
    rough = np.log(np.sqrt(middle.sum(-1) / np.maximum(free.sum(-1), 1)) + _SMOOTH)
    levels = np.concatenate([mean.reshape(len(mean), -1, mean.shape[-1]), rough[:, None]], axis=1)
    return levels, free.mean(-1) >= _LEAST_SEEN


def _usual(levels: Sequence[Floats], seen: Sequence[NDArray[np.bool_]]) -> Floats:
    """Median of each level at each date over all pieces that are seen, shape (dates, 22, 1)."""
    together, which = np.concatenate(levels, axis=2), np.concatenate(seen, axis=1)
    dates = zip(together, which, strict=True)
    rows = [np.median(date[:, ok], axis=1) if ok.any() else np.zeros(len(date)) for date, ok in dates]
    return np.stack(rows)[:, :, None]


def _in_pieces(columns: NDArray[Kind], width: int) -> NDArray[Kind]:
    """The last axis cut into pieces, shape (..., n, width); the last piece is filled up with nothing."""
    missing = -columns.shape[-1] % width
    padded: NDArray[Kind] = np.pad(columns, [(0, 0)] * (columns.ndim - 1) + [(0, missing)])
    return padded.reshape(*columns.shape[:-1], -1, width)


def _in_colours(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Three colours; of fewer bands the first is taken for all."""
    return pixels[:_COLOURS] if len(pixels) >= _COLOURS else np.repeat(pixels[:1], _COLOURS, axis=0)


def _width(track: TrackLooks) -> int:
    return max(1, round(PIECE_M / track.ribbons[0].step_m))
