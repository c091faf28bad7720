"""All dates of a place in one light: what sun, season and sensor do to all of it is taken out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from yardwatch.change.hiding import veiled
from yardwatch.change.lattice import Lattice, Tile
from yardwatch.change.layers import Stack
from yardwatch.model.frame import Floats, Frame
from yardwatch.model.ports import SceneReader
from yardwatch.model.railcar import Railcar
from yardwatch.model.site import Site, frame_of

__all__ = ["CARGO_ROLES", "StackReader", "cells_inside", "lattices_of", "stack_reader"]

CARGO_ROLES = frozenset({"freight_handling", "container_yard"})
"""Roles of zones on which cargo is piled up."""

_CELL_M = 1.0
_WINDOW, _WINDOWS = 96, 24
_SAMPLES, _ROUNDS = 20_000, 12
_CORRIDOR_M = 1.6
_CAR_ROOM_M = 1.6
_DARK = 6.0
_HELD = 0.0005
_COLOURS = 3
_LEAST_SPREAD = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class StackReader:
    """Reads tiles at all dates, in one light."""

    lattices: tuple[Lattice, ...]
    """For each scene, all with the cells of the first."""
    readers: tuple[SceneReader, ...]
    """The scenes, by date."""
    cars: tuple[BaseGeometry, ...]
    """Where railcars were counted at each date, local metres."""
    corridor: BaseGeometry
    """The ground under trains, local metres."""
    cargo: BaseGeometry
    """Zones for cargo, local metres."""
    fits: Floats
    """Log brightness of each date as a linear function of the usual one, shape (dates, 1 + bands, bands)."""
    usual: Floats
    """Mean and spread of the usual log brightness, shape (2, bands)."""

    def read(self, tile: Tile) -> Stack:
        """A tile at all dates."""
        level = _log_levels(self.lattices, self.readers, tile)
        cells = level.reshape(*level.shape[:2], -1) - self.fits[:, 0][:, :, None]
        slopes = np.linalg.inv(self.fits[:, 1:].transpose(0, 2, 1))
        mean, spread = self.usual[:, :, None]
        values = ((np.einsum("dab,dbn->dan", slopes, cells) - mean) / spread).reshape(level.shape)
        lattice = self.lattices[0]
        return Stack(
            values=_in_colours(values.astype(np.float32)),
            cars=np.stack([cells_inside(shape, lattice, tile) for shape in self.cars]),
            corridor=cells_inside(self.corridor, lattice, tile),
            cargo=cells_inside(self.cargo, lattice, tile),
        )


def stack_reader(readers: Sequence[SceneReader], site: Site, cars: Sequence[Sequence[Railcar]] = ()) -> StackReader:
    """Fit the light of all dates on some windows of them.

    Parameters
    ----------
    readers : sequence of SceneReader
        By date, on aligned grids.
    site : Site
        Gives the local metric frame, tracks and zones.
    cars : sequence, optional
        The railcars counted in each scene.
    """
    lattices = tuple(lattices_of(readers, site))
    standing = [_footprints(site, cars[number] if cars else ()) for number in range(len(readers))]
    lattice = lattices[0]
    levels, free = [], []
    for tile in lattice.windows(_WINDOW, _WINDOWS):
        levels.append(_log_levels(lattices, readers, tile).reshape(len(readers), -1, tile.rows * tile.columns))
        free.append(~cells_inside(shapely.union_all(standing), lattice, tile).ravel())
    fits, usual = _fitted(np.concatenate(levels, axis=2), np.concatenate(free))
    return StackReader(
        lattices, tuple(readers), tuple(standing), _corridor_of(site), _cargo_of(site), fits, usual
    )  # fmt: skip


def lattices_of(readers: Sequence[SceneReader], site: Site) -> list[Lattice]:
    """One lattice of cells for each scene, all on the grid of the first."""
    first, frame = readers[0].scene.grid, frame_of(site)
    pixel_m = first.pixel_m(frame)
    step = max(1.0, max(_CELL_M, *(reader.scene.gsd_m for reader in readers)) / pixel_m)
    return [Lattice(first, reader.scene.grid, frame, step) for reader in readers]


def _log_levels(lattices: Sequence[Lattice], readers: Sequence[SceneReader], tile: Tile) -> Floats:
    """Log brightness of a tile at all dates, shape (dates, bands, rows, columns); NaN where nothing was seen.

    Clouds, and snow that lies at one date, are held against what is usual at the place.
    """
    layers = [
        lattice.read(readers[0], reader, tile)[1][:_COLOURS] for lattice, reader in zip(lattices, readers, strict=True)
    ]
    bands = min(len(layer) for layer in layers)
    pixels = np.stack([layer[:bands] for layer in layers])
    usual = np.median(np.nan_to_num(pixels), axis=0)
    for lattice, reader, date in zip(lattices, readers, pixels, strict=True):
        if bands == _COLOURS and reader.scene.dtype == "uint8":
            date[:, veiled(date, usual, cell_m=lattice.cell_m)] = np.nan
    return np.asarray(np.log(np.maximum(pixels.astype(float), 0) + _DARK))


def _fitted(cells: Floats, free: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Fit the light of each date to the median of all, cell for cell, by least absolute deviations."""
    seen = np.asarray(np.isfinite(cells).all((0, 1))) & free
    if not seen.any():
        seen = np.asarray(np.isfinite(cells).all((0, 1)))
    cells = cells[:, :, seen][:, :, :: max(1, int(seen.sum()) // _SAMPLES)]
    usual = np.median(cells, axis=0).T if cells.size else np.zeros((1, cells.shape[1]))
    terms = np.column_stack([np.ones(len(usual)), usual])
    fits = np.stack([_robust(terms, date.T if cells.size else usual) for date in cells])
    return fits, np.stack([usual.mean(0), np.maximum(usual.std(0), _LEAST_SPREAD)])


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


def _in_colours(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Three colours; of fewer bands the first is taken for all."""
    return values if values.shape[1] == _COLOURS else np.repeat(values[:, :1], _COLOURS, axis=1)


def cells_inside(shape: BaseGeometry, lattice: Lattice, tile: Tile) -> NDArray[np.bool_]:
    """Whether each cell of a tile lies in a geometry in local metres, shape (rows, columns)."""
    if shape.is_empty:
        return np.zeros((tile.rows, tile.columns), bool)
    frame = lattice.frame
    here = Frame(lattice.before.crs, frame.longitude_deg, frame.latitude_deg)
    column, row = np.meshgrid(tile.column + np.arange(tile.columns) + 0.5, tile.row + np.arange(tile.rows) + 0.5)
    x, y = here.to_local(*lattice.before.to_crs(column * lattice.step_px, row * lattice.step_px))
    shapely.prepare(shape)
    return np.asarray(shapely.contains_xy(shape, x, y))


def _footprints(site: Site, cars: Sequence[Railcar]) -> BaseGeometry:
    frame = frame_of(site)
    rings = [np.column_stack(frame.to_local(*np.array(car.footprint).T)) for car in cars]
    return shapely.union_all([shapely.Polygon(ring).buffer(_CAR_ROOM_M, join_style="mitre") for ring in rings])


def _corridor_of(site: Site) -> BaseGeometry:
    lines = [shapely.LineString(site.line(track).vertices_m) for track in site.tracks]
    return shapely.union_all([line.buffer(_CORRIDOR_M) for line in lines])


def _cargo_of(site: Site) -> BaseGeometry:
    frame = frame_of(site)
    rings = [
        np.column_stack(frame.to_local(*np.array(zone.rings[0]).T)) for zone in site.zones if zone.role in CARGO_ROLES
    ]
    return shapely.union_all([shapely.Polygon(ring).buffer(0) for ring in rings])
