"""How much of an apron is filled by cargo."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from shapely import Polygon

from yardwatch.model.frame import Floats
from yardwatch.model.ports import SceneReader
from yardwatch.model.site import Site, Zone, frame_of

__all__ = ["Fill", "apron_fill"]

_CELL_M = 0.5
_MOST_CELLS = 4_000_000
_LEAST_SEEN = 0.5
_BARE_SPREAD = 3.5
_EDGE_SE_M = 0.7
_FEW = 200
_AROUND_M = 20.0
_DARK = 4.0
_WIDE = 0.08
_FLOOR = 0.02
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Fill:
    """Share of an apron under cargo."""

    fraction: float
    """0 (empty) to 1 (full)."""
    fraction_se: float
    """Its standard error."""
    visible_share: float
    """Share of the apron that the scene shows."""


def apron_fill(reader: SceneReader, zone: Zone, site: Site, *, empty: SceneReader) -> Fill | None:
    """Share of a zone that is covered by something that was not there when it was empty.

    What the light of another day makes of bare ground is first taken from 20 m around the zone and then, again and
    again, from the cells of the zone that agree with it. Cells that depart by more than three times and a half of
    their scatter are cargo. The error is that of the edges of what is found, of the part not seen,
    and of what the bare ground itself would give.

    Parameters
    ----------
    reader : SceneReader
        The scene, laid on the empty one.
    zone : Zone
        The apron.
    site : Site
        The site it belongs to.
    empty : SceneReader
        A scene that shows it empty.

    Returns
    -------
    Fill or None
        None if less than half of it can be seen in either scene.
    """
    inside, before, after, cell_m = _cells(reader, zone, site, empty)
    seen = inside & np.isfinite(before).all(0) & np.isfinite(after).all(0)
    if seen.sum() < max(_FEW, _LEAST_SEEN * inside.sum()):
        return None
    departs = _departure(before, after, seen, ~inside & np.isfinite(before).all(0) & np.isfinite(after).all(0))
    covered = ndimage.median_filter((departs > _BARE_SPREAD).astype(np.uint8), 5).astype(bool)
    covered = ndimage.binary_closing(covered, iterations=max(1, round(0.8 / cell_m))) & seen
    share = float(covered.sum() / seen.sum())
    visible = float(seen.sum() / inside.sum())
    return Fill(share, _error(covered, seen, cell_m, visible), visible)


def _cells(
    reader: SceneReader, zone: Zone, site: Site, empty: SceneReader
) -> tuple[NDArray[np.bool_], Floats, Floats, float]:
    """Cells of the zone in local metres, and both scenes on them."""
    frame = frame_of(site)
    rings = [np.column_stack(frame.to_local(*np.array(ring, float).T)) for ring in zone.rings]
    area = Polygon(rings[0], rings[1:])
    west, south, east, north = area.buffer(_AROUND_M).bounds
    finest = max(_CELL_M, reader.scene.gsd_m, empty.scene.gsd_m)
    cell_m = max(finest, float(np.sqrt((east - west) * (north - south) / _MOST_CELLS)))
    x, y = np.meshgrid(np.arange(west, east, cell_m) + cell_m / 2, np.arange(north, south, -cell_m) - cell_m / 2)
    inside = shapely.contains_xy(area, x, y)
    pictures = []
    for one in (empty, reader):
        grid = one.scene.grid
        column, row = grid.to_pixel(*frame.to_crs(x, y, crs=grid.crs))
        pictures.append(one.sample(column, row, footprint_px=cell_m / grid.pixel_m(frame)).astype(float))
    bands = min(len(pictures[0]), len(pictures[1]))
    return inside, pictures[0][:bands], pictures[1][:bands], cell_m


def _departure(before: Floats, after: Floats, seen: NDArray[np.bool_], around: NDArray[np.bool_]) -> Floats:
    """How far each cell departs from the bare ground under the light of the later scene, in its own scatter."""
    change = np.log(after + _DARK) - np.log(before + _DARK)
    level = np.array([np.median(band[around]) for band in change]) if around.sum() >= _FEW else np.zeros(len(change))
    spread = np.full(len(change), _WIDE)
    for _ in range(_ROUNDS):
        rest = np.nan_to_num(change - level[:, None, None], nan=99.0)
        distance = np.sqrt(np.mean(np.square(rest / spread[:, None, None]), axis=0))
        bare = seen & (distance < _BARE_SPREAD)
        if bare.sum() < _FEW:
            break
        level = np.median(change[:, bare], axis=1)
        spread = np.minimum(1.4826 * np.median(np.abs(change[:, bare] - level[:, None]), axis=1) + _FLOOR, _WIDE)
    return np.asarray(distance)


def _error(covered: NDArray[np.bool_], seen: NDArray[np.bool_], cell_m: float, visible: float) -> float:
    """Edges err together by a good half metre; what was not seen may be anything near what was seen."""
    grown = ndimage.binary_dilation(covered)
    edge_m = float((grown & seen & ~covered).sum()) * cell_m
    edges = edge_m * _EDGE_SE_M / (float(seen.sum()) * cell_m**2)
    share = float(covered.sum() / seen.sum())
    unseen = (1 - visible) * np.sqrt(max(share * (1 - share), 0.05))
    return float(np.hypot(np.hypot(edges, unseen), 0.01))
