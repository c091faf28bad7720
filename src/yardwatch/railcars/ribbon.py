"""Where the samples of a ribbon lie in an image."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats, Frame
from yardwatch.model.grid import Grid
from yardwatch.model.line import Line
from yardwatch.model.ribbon import Ribbon, RibbonSpec

__all__ = ["RibbonPlan", "plan_ribbon"]


_STRAIGHT_M = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class RibbonPlan:
    """The pixel coordinates under a ribbon, before any pixel is read."""

    track: str
    """Name of the track."""
    length_m: float
    """Length of the whole track, metres."""
    chainages_m: Floats
    """Chainage of each column that meets the image, shape (n,), metres."""
    offsets_m: Floats
    """Offset of each row, shape (m,), metres."""
    column: Floats
    """Continuous pixel column of each sample, shape (m, n)."""
    row: Floats
    """Continuous pixel row of each sample, shape (m, n)."""
    inside: NDArray[np.bool_]
    """Whether the middle of each column lies in the image, shape (n,)."""
    footprint_px: float
    """Side of the square that one sample stands for, pixels."""

    def ribbon(self, pixels: NDArray[np.float32]) -> Ribbon:
        """The ribbon made of the `pixels` read at these coordinates, shape (bands, m, n)."""
        return Ribbon(self.track, self.chainages_m, self.offsets_m, pixels)


def plan_ribbon(track: str, line: Line, grid: Grid, frame: Frame, *, spec: RibbonSpec) -> RibbonPlan | None:
    """Lay a ribbon along a track and find the pixels under it.

    The map from ground to pixel is evaluated every eight metres along the track and taken as straight around there:
    across ten metres any map projection is, to a tenth of a millimetre.

    Parameters
    ----------
    track : str
        Name of the track.
    line : Line
        The track in metres of `frame`.
    grid : Grid
        The image.
    frame : Frame
        Local frame of the site.
    spec : RibbonSpec
        Resolution and width.

    Returns
    -------
    RibbonPlan or None
        None if no column of the track lies in the image. Columns before the first and after the last one inside are
        left out.
    """
    columns = max(2, int(line.length_m // spec.step_m))
    chainages = spec.step_m * (np.arange(columns, dtype=float) + 0.5)
    offsets = spec.offsets_m
    x, y = line.points(chainages[None, :], np.array([[offsets[0]], [0.0], [offsets[-1]]]))
    column, row = _pixels(x, y, grid, frame, every=max(1, round(_STRAIGHT_M / spec.step_m)))
    inside = (column[1] >= 0) & (column[1] < grid.width) & (row[1] >= 0) & (row[1] < grid.height)
    if not inside.any():
        return None
    first, last = np.flatnonzero(inside)[[0, -1]]
    kept = slice(max(0, min(first, columns - 2)), max(last + 1, first + 2))
    across = np.linspace(0, 1, len(offsets))[:, None]
    return RibbonPlan(
        track=track,
        length_m=line.length_m,
        chainages_m=chainages[kept],
        offsets_m=offsets,
        column=(1 - across) * column[0, kept] + across * column[2, kept],
        row=(1 - across) * row[0, kept] + across * row[2, kept],
        inside=inside[kept],
        footprint_px=spec.step_m / grid.pixel_m(frame),
    )


def _pixels(x: Floats, y: Floats, grid: Grid, frame: Frame, *, every: int) -> tuple[Floats, Floats]:
    """Pixels under points in rows along a track, from those at the middle of each `every` columns of the second row."""
    groups = np.arange(x.shape[1]) // every
    nodes = np.minimum(np.arange(groups[-1] + 1) * every + every // 2, x.shape[1] - 1)
    east, north = x[1, nodes], y[1, nodes]
    around = np.stack([east, east + 1, east]), np.stack([north, north, north + 1])
    column, row = grid.to_pixel(*frame.to_crs(*around, crs=grid.crs))
    dx, dy = x - east[groups], y - north[groups]
    columns, rows = (
        at[0, groups] + dx * (at[1] - at[0])[groups] + dy * (at[2] - at[0])[groups] for at in (column, row)
    )
    return columns, rows
