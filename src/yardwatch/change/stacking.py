"""Lasting changes in a stack of scenes: places that look one way up to a date, and another way ever since."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from yardwatch.change.lattice import Lattice, Tile
from yardwatch.change.spots import Seen, Spot, joined, spots_in
from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats, Frame
from yardwatch.model.ports import SceneReader
from yardwatch.model.railcar import Railcar
from yardwatch.model.site import Site, frame_of

__all__ = ["LEAST_SCENES", "OPEN_GROUND", "TRACKS", "lasting_spots", "lattices_of"]

LEAST_SCENES = 4
"""Fewer scenes do not tell what lasts from what comes and goes."""

_CELL_M = 1.0
_CORE, _MARGIN, _WINDOW, _WINDOWS = 384, 24, 96, 24
_SAMPLES, _ROUNDS, _FEW = 20_000, 12, 50
_CORRIDOR_M = 1.6
_DEEP, _LEAST_SCATTER, _HELD = -0.6, 0.02, 0.0005
_DARK = 6.0
_SMOOTH_CELLS = 0.8
_PRIOR = 3.0
_FAINT = 0.05
_SURE, _SURE_ONCE = 2.0, 3.2
_SECOND = 12.0
_CAR_ROOM_M = 1.6
_SHADE = 0.35
_SLOPE = 0.04
_BRIGHTNESS = 0.5
_LEAST_M2 = 60.0
_BESIDE_M = 5.0
_ROOF_M2, _ROOF_WIDE_M, _ROOF_SOLID = 700.0, 5.0, 0.6
_WIDE_M, _SOLID = 5.0, 0.72
_ROAD_M, _ROAD_WIDE_M, _ONE_DATE = 45.0, 9.0, 0.8

OPEN_GROUND, TRACKS = 1, 2
"""Groups of spots: on open ground, and over or right beside tracks."""


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """What the dates say of each cell of a tile."""

    changed: NDArray[np.bool_]
    """Whether it looks different for good, shape (rows, columns)."""
    at: NDArray[np.bool_]
    """Whether it changed between a date and the one before, shape (dates, rows, columns)."""
    sure: Floats
    """How many times its scatter the change is, shape (rows, columns)."""


@dataclass(frozen=True, slots=True, eq=False)
class _Light:
    """What sun, season and sensor make of the ground at each date."""

    fits: Floats
    """Log brightness of each date as a linear function of the usual one, shape (dates, 1 + bands, bands)."""
    shade: Floats
    """Log brightness below which a cell lies in deep shadow, shape (dates,)."""
    track: Floats
    """Log brightness of empty track, shape (dates, bands); NaN where none was seen."""
    scatter: float
    """Usual scatter of a cell that does not change."""


def lattices_of(readers: Sequence[SceneReader], site: Site) -> list[Lattice]:
    """One lattice of cells for each scene, all on the grid of the first."""
    first, frame = readers[0].scene.grid, frame_of(site)
    pixel_m = first.pixel_m(frame)
    step = max(1.0, max(_CELL_M, *(reader.scene.gsd_m for reader in readers)) / pixel_m)
    return [Lattice(first, reader.scene.grid, frame, step) for reader in readers]


def lasting_spots(readers: Sequence[SceneReader], site: Site, cars: Sequence[Sequence[Railcar]] = ()) -> list[Spot]:
    """Spots that look different for good, with the dates between which they changed.

    The light of each date is first taken out, as a linear function of what is usual there that most cells follow. Deep
    shadow counts as not seen, and where cars were counted empty track is assumed, so that trains are no change. What is
    left is fitted, cell by cell, by one level up to a date and another one since, or by three levels; a cell changed if
    the last level differs from the first by more than its scatter allows. What comes and goes scatters. Spots that are
    neither compact nor a road are the edges of shadows and leaning walls; they are left out.

    Parameters
    ----------
    readers : sequence of SceneReader
        Four or more, by date, on aligned grids.
    site : Site
        Gives the local metric frame.
    cars : sequence, optional
        The railcars counted in each scene; empty track is assumed in their place.

    Returns
    -------
    list of Spot
        In cells of the first scene's lattice. Vote k is the share of cells that changed between date k − 1 and k; the
        trait is how sure they are.

    Raises
    ------
    MisuseError
        If there are fewer than four scenes.
    """
    if len(readers) < LEAST_SCENES:
        raise MisuseError(f"{len(readers)} scenes do not tell what lasts; give {LEAST_SCENES} or more")
    lattices = lattices_of(readers, site)
    corridor = _corridor_of(site)
    windows = lattices[0].windows(_WINDOW, _WINDOWS)
    stacks = [_stack(lattices, readers, tile, site, cars) for tile in windows]
    light = _light(stacks, [_inside(corridor, lattices[0], tile) for tile in windows])
    least = round(_LEAST_M2 / lattices[0].cell_m ** 2)
    spots: list[Spot] = []
    for tile in lattices[0].tiles(_CORE, _MARGIN):
        steps = _steps(_cleared(*_stack(lattices, readers, tile, site, cars), light), light)
        sure = steps.sure.astype(np.float32)
        beside = _inside(corridor.buffer(_BESIDE_M), lattices[0], tile)
        seen = Seen(_grouped(steps.changed, beside), steps.at.astype(np.float32), sure[None], sure)
        spots += spots_in(seen, tile, least_cells=least)
    cell_m = lattices[0].cell_m
    return [spot for spot in joined(spots, least_cells=least) if _stands_out(spot, cell_m)]


def _stack(
    lattices: Sequence[Lattice], readers: Sequence[SceneReader], tile: Tile, site: Site,
    cars: Sequence[Sequence[Railcar]],
) -> tuple[Floats, NDArray[np.bool_]]:  # fmt: skip
    """Log brightness of a tile at all dates, shape (dates, bands, rows, columns), and where cars stand in it.

    NaN where nothing was seen.
    """
    layers, covered = [], []
    for number, (lattice, reader) in enumerate(zip(lattices, readers, strict=True)):
        _, pixels = lattice.read(readers[0], reader, tile)
        layers.append(np.log(np.maximum(pixels[:3].astype(float), 0) + _DARK))
        covered.append(_under_cars(lattice, tile, site, cars[number] if cars else ()))
    bands = min(len(layer) for layer in layers)
    return np.stack([layer[:bands] for layer in layers]), np.stack(covered)


def _cleared(stack: Floats, covered: NDArray[np.bool_], light: _Light) -> Floats:
    """The stack with empty track in the place of cars and nothing in the place of deep shadows, smoothed."""
    level = np.where(covered[:, None], light.track[:, :, None, None], stack)
    dark = (stack.mean(1) < light.shade[:, None, None]) & ~covered
    level = np.where(ndimage.binary_dilation(dark, np.ones((1, 3, 3), bool))[:, None], np.nan, level)
    return np.stack([_smoothed(layer) for layer in level])


def _smoothed(level: Floats) -> Floats:
    seen = np.isfinite(level)
    sigma = (0, _SMOOTH_CELLS, _SMOOTH_CELLS)
    weight = ndimage.gaussian_filter(seen.astype(float), sigma)
    filled = ndimage.gaussian_filter(np.where(seen, level, 0.0), sigma)
    return np.where(seen, filled / np.maximum(weight, 1e-6), np.nan)


def _under_cars(lattice: Lattice, tile: Tile, site: Site, cars: Sequence[Railcar]) -> NDArray[np.bool_]:
    frame = frame_of(site)
    rings = [np.column_stack(frame.to_local(*np.array(car.footprint).T)) for car in cars]
    rooms = [shapely.Polygon(ring).buffer(_CAR_ROOM_M, join_style="mitre") for ring in rings]
    return _inside(shapely.union_all(rooms), lattice, tile)


def _inside(shape: BaseGeometry, lattice: Lattice, tile: Tile) -> NDArray[np.bool_]:
    """Whether each cell of a tile lies in a geometry in local metres, shape (rows, columns)."""
    if shape.is_empty:
        return np.zeros((tile.rows, tile.columns), bool)
    frame = lattice.frame
    here = Frame(lattice.before.crs, frame.longitude_deg, frame.latitude_deg)
    column, row = np.meshgrid(tile.column + np.arange(tile.columns) + 0.5, tile.row + np.arange(tile.rows) + 0.5)
    x, y = here.to_local(*lattice.before.to_crs(column * lattice.step_px, row * lattice.step_px))
    shapely.prepare(shape)
    return np.asarray(shapely.contains_xy(shape, x, y))


def _corridor_of(site: Site) -> BaseGeometry:
    """The ground under trains, in local metres."""
    lines = [shapely.LineString(site.line(track).vertices_m) for track in site.tracks]
    return shapely.union_all([line.buffer(_CORRIDOR_M) for line in lines])


def _light(stacks: Sequence[tuple[Floats, NDArray[np.bool_]]], tracks: Sequence[NDArray[np.bool_]]) -> _Light:
    """Fit the light of each date to the median of all, cell for cell, by least absolute deviations."""
    cells = np.concatenate([stack.reshape(*stack.shape[:2], -1) for stack, _ in stacks], axis=2)
    covered = np.concatenate([cars.reshape(len(cars), -1) for _, cars in stacks], axis=1)
    track = np.concatenate([mask.ravel() for mask in tracks])
    bed = np.stack([_median(cells[date][:, track & ~covered[date]]) for date in range(len(cells))])
    seen = np.asarray(np.isfinite(cells).all((0, 1))) & ~covered.any(0)
    cells = cells[:, :, seen][:, :, :: max(1, int(seen.sum()) // _SAMPLES)]
    usual = np.median(cells, axis=0).T
    terms = np.column_stack([np.ones(len(usual)), usual])
    fits = np.stack([_robust(terms, date.T) for date in cells])
    rest = cells - np.einsum("nt,dtb->dbn", terms, fits)
    shade = np.median(cells.mean(1), axis=1) + _DEEP
    return _Light(fits, shade, bed, max(_LEAST_SCATTER, float(np.median(rest.std(axis=0)))))


def _median(cells: Floats) -> Floats:
    seen = cells[:, np.isfinite(cells).all(0)]
    return np.median(seen, axis=1) if seen.shape[1] >= _FEW else np.full(len(cells), np.nan)


def _robust(terms: Floats, values: Floats) -> Floats:
    """Coefficients of least absolute deviations, by weighting again and again; shape (terms, bands).

    Where colours do not tell the bands apart, each band is held to itself.
    """
    bands = values.shape[1]
    weights, held = np.ones(len(terms)), np.eye(1 + bands)[1:]
    for _ in range(_ROUNDS):
        root, hold = np.sqrt(weights)[:, None], np.sqrt(_HELD * weights.sum())
        both = np.concatenate([terms * root, hold * held]), np.concatenate([values * root, hold * np.eye(bands)])
        fit, *_ = np.linalg.lstsq(*both, rcond=None)
        weights = 1 / np.maximum(np.abs(values - terms @ fit).mean(1), 0.02)
    return np.asarray(fit)


def _steps(stack: Floats, light: _Light) -> _Steps:
    dates, bands, rows, columns = stack.shape
    cells = stack.reshape(dates, bands, -1)
    seen = np.asarray(np.isfinite(cells).all(1))
    slopes = np.linalg.inv(light.fits[:, 1:].transpose(0, 2, 1))
    values = np.einsum("dab,dbn->dan", slopes, cells - light.fits[:, 0][:, :, None])
    values -= (1 - _BRIGHTNESS) * values.mean(1, keepdims=True)
    changed, at, sure = _fitted(np.where(seen[:, None], values, 0.0), seen.astype(float), light.scatter)
    shape = (rows, columns)
    return _Steps(changed.reshape(shape), at.reshape(dates, *shape), sure.reshape(shape))


def _fitted(values: Floats, seen: Floats, usual: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Floats]:
    """One or two steps for each cell: whether it changed for good, when, and how surely."""
    dates, bands, cells = values.shape
    number = np.concatenate([np.zeros((1, cells)), np.cumsum(seen, 0)])
    total = np.concatenate([np.zeros((1, bands, cells)), np.cumsum(values, 0)])
    square = np.concatenate([np.zeros((1, cells)), np.cumsum((values**2).sum(1), 0)])

    def cost(first: int, last: int) -> Floats:
        many = np.maximum(number[last] - number[first], 1)
        summed = total[last] - total[first]
        return np.asarray(np.maximum(square[last] - square[first] - (summed**2).sum(0) / many, 0))

    def level(first: NDArray[np.int64], last: NDArray[np.int64]) -> tuple[Floats, Floats]:
        pick = np.arange(cells)
        many = number[last, pick] - number[first, pick]
        return (total[last, :, pick] - total[first, :, pick]).T / np.maximum(many, 1), many

    ones = [(k, k) for k in range(1, dates)]
    twos = list(combinations(range(1, dates), 2))
    single = np.stack([cost(0, k) + cost(k, dates) for k, _ in ones])
    double = np.stack([cost(0, a) + cost(a, b) + cost(b, dates) for a, b in twos])
    scale = _PRIOR * bands * usual**2
    free = np.maximum(number[-1] - 2, 0) * bands
    spread_one = (single.min(0) + scale) / (free + _PRIOR * bands)
    spread_two = (double.min(0) + scale) / (np.maximum(free - bands, 0) + _PRIOR * bands)
    one, two = np.array(ones)[single.argmin(0)], np.array(twos)[double.argmin(0)]
    pick = np.arange(cells)
    ends = np.column_stack([np.zeros(cells, np.int64), two, np.full(cells, dates)])
    looks = [number[ends[:, i + 1], pick] - number[ends[:, i], pick] for i in range(3)]
    firm = np.sort(np.stack(looks), axis=0)[1] >= 2
    both = firm & ((single.min(0) - double.min(0)) / bands > _SECOND * spread_two)
    chosen = np.where(both[:, None], two, one)
    spread = np.sqrt(np.where(both, spread_two, spread_one))
    start = np.zeros(cells, np.int64)
    old, n_old = level(start, chosen[:, 0])
    new, n_new = level(chosen[:, 1], start + dates)
    apart = _apart(old, new)
    error = spread * np.sqrt(1 / np.maximum(n_old, 1) + 1 / np.maximum(n_new, 1))
    sure = apart / error
    once = np.stack([_without(values, seen, total, square, date) for date in range(1, dates - 1)]).min(0)
    guest = ~both & (once < single.min(0))
    dimmed = _dimmed(old, new, n_old, n_new)
    needed = np.where(np.minimum(n_old, n_new) >= 2, _SURE, _SURE_ONCE)
    changed = ~dimmed & ~guest & (n_old > 0) & (n_new > 0) & (apart > _FAINT) & (sure > needed)
    at = np.zeros((dates, cells), bool)
    at[chosen[:, 0], np.arange(cells)] = True
    at[chosen[:, 1], np.arange(cells)] = True
    return changed, at & changed, np.where(changed, sure, 0.0)


def _without(values: Floats, seen: Floats, total: Floats, square: Floats, date: int) -> Floats:
    """What one level for all dates but one leaves over: little where something stood there on that date only."""
    many = np.maximum(seen.sum(0) - seen[date], 1)
    summed, squared = total[-1] - values[date], square[-1] - (values[date] ** 2).sum(0)
    return np.asarray(np.maximum(squared - (summed**2).sum(0) / many, 0))


def _apart(old: Floats, new: Floats) -> Floats:
    """How different two levels are, less what another sun makes of the brightness of a sloping roof."""
    step = new - old
    bright = step.mean(0)
    colour = ((step - bright) ** 2).mean(0)
    return np.asarray(np.sqrt(colour + np.maximum(np.abs(bright) - _SLOPE, 0) ** 2))


def _dimmed(old: Floats, new: Floats, n_old: Floats, n_new: Floats) -> NDArray[np.bool_]:
    """Whether a single look differs from the others only as a shadow does: darker in all bands by about as much."""
    fall = np.where(n_old < n_new, new - old, old - new)
    once = np.minimum(n_old, n_new) < 2
    return np.asarray(once & (fall.mean(0) > _SHADE) & (np.ptp(fall, axis=0) < 0.5 * fall.mean(0)))


def _grouped(changed: NDArray[np.bool_], beside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Cells that changed, small gaps closed and thin threads taken away: `OPEN_GROUND`, and beside tracks `TRACKS`.

    Over tracks only a roof lasts, which is wide; on open ground a road is not.
    """
    group = np.zeros(changed.shape, np.uint8)
    for number, where, gap, width in ((OPEN_GROUND, ~beside, 3, 3), (TRACKS, beside, 5, 7)):
        closed = ndimage.binary_closing(changed & where, np.ones((gap, gap), bool))
        group[ndimage.binary_opening(closed, np.ones((width, width), bool))] = number
    return group


def _stands_out(spot: Spot, cell_m: float) -> bool:
    """Whether a spot is compact, or long, narrow and of one date as a road is; the rest are shadows and edges."""
    area, around = spot.shape.area * cell_m**2, spot.shape.length * cell_m
    wide = 2 * area / around
    solid = spot.shape.area / spot.shape.convex_hull.area
    if spot.group == TRACKS:
        return area >= _ROOF_M2 and wide >= _ROOF_WIDE_M and solid >= _ROOF_SOLID
    if wide >= _WIDE_M:
        return solid >= _SOLID
    return around / 2 >= _ROAD_M and max(spot.votes) >= _ONE_DATE and area < _ROAD_WIDE_M * around / 2
