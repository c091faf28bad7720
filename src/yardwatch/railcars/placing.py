"""From a stretch of track to an outline on the ground, and back."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from yardwatch.model.frame import Floats, Frame
from yardwatch.model.line import Line
from yardwatch.model.site import Coordinates, Site, ZoneFinder, frame_of

__all__ = ["Stretch", "locate_outline", "outline", "zone_at"]

_EVERY_M = 5.0
_FARTHEST_M = 3.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of a track that a body covers."""

    track: str
    """Name of the track."""
    start_m: float
    """Chainage of its lower end, metres."""
    end_m: float
    """Chainage of its upper end, metres."""
    offset_m: float
    """Offset of its middle, metres, positive to the left."""
    width_m: float
    """Width, metres."""


def outline(line: Line, frame: Frame, stretch: Stretch) -> Coordinates:
    """Closed ring around a body in the CRS of the frame, bent with the track."""
    along = np.linspace(stretch.start_m, stretch.end_m, max(2, round((stretch.end_m - stretch.start_m) / _EVERY_M) + 1))
    half_m = stretch.width_m / 2
    left_x, left_y = line.points(along, stretch.offset_m + half_m)
    right_x, right_y = line.points(along[::-1], stretch.offset_m - half_m)
    x, y = frame.to_crs(np.concatenate([left_x, right_x]), np.concatenate([left_y, right_y]))
    ring = list(zip(x.tolist(), y.tolist(), strict=True))
    return (*ring, ring[0])


def zone_at(site: Site, stretch: Stretch) -> str | None:
    """The zone that holds the middle of a body."""
    line = site.line(site.track(stretch.track))
    x, y = frame_of(site).to_crs(*line.points((stretch.start_m + stretch.end_m) / 2, stretch.offset_m))
    return ZoneFinder(site.zones).at(float(x), float(y))


def locate_outline(corners_m: Floats, lines: Mapping[str, Line]) -> Stretch | None:
    """The stretch of track that an outline covers.

    Parameters
    ----------
    corners_m : ndarray
        Its corners in local metres, shape (n, 2).
    lines : mapping of str to Line
        The tracks.

    Returns
    -------
    Stretch or None
        On the track nearest to its middle; None if that lies 3 m or more beside it.
    """
    middle = corners_m.mean(0, keepdims=True)
    nearest, track = min((abs(float(line.locate(*middle.T)[1][0])), name) for name, line in lines.items())
    if nearest >= _FARTHEST_M:
        return None
    chainages, offsets = _along(corners_m, lines[track])
    return Stretch(
        track=track,
        start_m=float(chainages.min()),
        end_m=float(chainages.max()),
        offset_m=float((offsets.min() + offsets.max()) / 2),
        width_m=float(offsets.max() - offsets.min()),
    )


def _along(points_m: Floats, line: Line) -> tuple[Floats, Floats]:
    """Chainage and offset of points; those beyond the ends of the line count straight on."""
    chainages, offsets = line.locate(*points_m.T)
    x, y = line.points(chainages)
    ahead_x, ahead_y = line.points(chainages + 0.5)
    back_x, back_y = line.points(chainages - 0.5)
    step = np.column_stack([ahead_x - back_x, ahead_y - back_y])
    step /= np.hypot(*step.T)[:, None]
    away = points_m - np.column_stack([x, y])
    beyond = (chainages <= 0) | (chainages >= line.length_m)
    along = (away * step).sum(1)
    across = away[:, 1] * step[:, 0] - away[:, 0] * step[:, 1]
    return chainages + np.where(beyond, along, 0.0), np.where(beyond, across, offsets)
