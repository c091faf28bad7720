"""Stretches of track on which a network sees that concrete sleepers took the place of wooden ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yardwatch.change.sleeper_layers import PIECE_M, TrackLooks, TrackPieces, sleeper_layers, track_pieces
from yardwatch.change.sleeper_network import SleeperNetwork, shipped_sleeper_network
from yardwatch.model.frame import Floats

__all__ = ["Renewal", "seen_renewals"]

_LEAST_M, _READ_M = 50.0, 12.5
_LIKELY, _SURE = 0.5, 0.75
_DOUBT = 0.05


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


def seen_renewals(tracks: Sequence[TrackLooks], *, network: SleeperNetwork | None = None) -> tuple[Renewal, ...]:
    """The stretches of a site's tracks that were renewed, as a network sees them, one at most on each track.

    What all tracks together do from date to date is light and weather, and is taken out. A network then says of each
    piece of a track whether it was renewed, and before which date, given all dates and the track to both sides. The
    stretch is the one of 50 m or more for which that speaks most; where several dates are likely they all bound it, and
    only dates that show some of it bound anything.

    Parameters
    ----------
    tracks : sequence of TrackLooks
        The tracks, each at two dates or more.
    network : SleeperNetwork, optional
        The one that ships with the package by default.

    Raises
    ------
    MisuseError
        If a track has fewer than two ribbons, or they are not of the same columns.
    """
    pieces = track_pieces(tracks)
    if not pieces:
        return ()
    network = network or shipped_sleeper_network()
    found = (_found(look, one, network) for look, one in zip(tracks, pieces, strict=True))
    return tuple(one for one in found if one is not None)


def _found(look: TrackLooks, pieces: TrackPieces, network: SleeperNetwork) -> Renewal | None:
    said = network.read(sleeper_layers(pieces)).astype(float)
    first, last = _best_stretch(1 - said[0] - _LIKELY)
    sure = 1 - float(said[0, first:last].mean()) if last else 0.0
    if sure < _SURE:
        return None
    dates = said[1:, first:last].sum(1)
    start, end = _bounds(dates / dates.sum())
    seen, ribbon = pieces.seen[:, first:last], look.ribbons[0]
    shown = np.flatnonzero(seen.sum(1) * PIECE_M >= _READ_M)
    before, after = shown[shown < start], shown[shown >= end]
    if not len(before) or not len(after):
        return None
    return Renewal(
        track=ribbon.track,
        start_m=first * PIECE_M,
        end_m=float(min(last * PIECE_M, ribbon.chainages_m[-1] + ribbon.step_m / 2)),
        before=int(before[-1]),
        after=int(after[0]),
        visible_m=float((seen[:start].any(0) & seen[end:].any(0)).sum() * PIECE_M),
        confidence=min(0.99, sure),
    )


def _best_stretch(gains: Floats) -> tuple[int, int]:
    """First and one past the last piece of the stretch of 50 m or more with the largest sum; empty on a short track."""
    sums = np.concatenate([[0.0], np.cumsum(gains)])
    first, last = np.triu_indices(len(sums), k=round(_LEAST_M / PIECE_M))
    if not len(first):
        return 0, 0
    best = int(np.argmax(sums[last] - sums[first]))
    return int(first[best]), int(last[best])


def _bounds(shares: Floats) -> tuple[int, int]:
    """The first and the last date before which it may have been done, all but a small share of what speaks for any."""
    sums = np.cumsum(shares)
    return int(np.searchsorted(sums, _DOUBT)) + 1, int(np.searchsorted(sums, 1 - _DOUBT)) + 1
