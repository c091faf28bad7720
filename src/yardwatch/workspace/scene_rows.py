"""Scenes as rows, with their footprint in the site's CRS."""

import os
import sqlite3
from itertools import pairwise
from pathlib import Path
from sqlite3 import Row

import numpy as np
from pyproj import Transformer
from pyproj.exceptions import ProjError
from shapely import Polygon

from yardwatch.model.grid import Grid
from yardwatch.model.scene import Republish, Rights, Scene
from yardwatch.workspace.cells import cell, date_of, dated, maybe, numbers, packed
from yardwatch.workspace.database import Database, insert
from yardwatch.workspace.geometry import encode
from yardwatch.workspace.geopackage import grow_extent

__all__ = ["kept_source", "place_scene", "read_scene", "read_scene_ids", "read_scenes", "source_path", "write_scene"]

_POINTS_PER_SIDE = 8


def write_scene(connection: sqlite3.Connection, scene: Scene, source: str, *, crs: str, srs_id: int) -> None:
    """Keep a scene whose file is at `source`; `crs` and `srs_id` are the site's."""
    footprint = _footprint(scene.grid, crs)
    insert(
        connection,
        "scenes",
        {
            "geom": None if footprint is None else encode(footprint, srs_id=srs_id),
            "id": scene.id,
            "filename": scene.filename,
            **dated("acquired", scene.acquired),
            "sensor": scene.sensor,
            "gsd_m": scene.gsd_m,
            "off_nadir_deg": scene.off_nadir_deg,
            "sun_azimuth_deg": scene.sun_azimuth_deg,
            "sun_elevation_deg": scene.sun_elevation_deg,
            "credit": scene.rights.credit,
            "licence": scene.rights.licence,
            "may_republish": scene.rights.may_republish.value,
            "simulated": scene.simulated,
            "bands": scene.bands,
            "dtype": scene.dtype,
            "width_px": scene.grid.width,
            "height_px": scene.grid.height,
            "crs": scene.grid.crs,
            "transform": packed(scene.grid.transform),
            "sha256": scene.sha256,
            "source": source,
        },
    )
    if footprint is not None:
        grow_extent(connection, "scenes", footprint.bounds)


def place_scene(connection: sqlite3.Connection, scene_id: str, grid: Grid, *, crs: str, srs_id: int) -> None:
    """Note where a kept scene lies now; `crs` and `srs_id` are the site's."""
    footprint = _footprint(grid, crs)
    connection.execute(
        "UPDATE scenes SET transform = ?, geom = ? WHERE id = ?",
        (packed(grid.transform), None if footprint is None else encode(footprint, srs_id=srs_id), scene_id),
    )
    if footprint is not None:
        grow_extent(connection, "scenes", footprint.bounds)


def read_scenes(database: Database) -> list[Scene]:
    """All scenes in the order in which they were added.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    return database.rows(_scene, "SELECT * FROM scenes ORDER BY fid")


def read_scene(database: Database, scene_id: str) -> Scene | None:
    """The scene with that id, if it is kept.

    Raises
    ------
    WorkspaceError
        If its row is damaged.
    """
    return next(iter(database.rows(_scene, "SELECT * FROM scenes WHERE id = ?", scene_id)), None)


def read_scene_ids(database: Database) -> frozenset[str]:
    """The ids of all scenes."""
    return frozenset(database.rows(lambda row: cell(row, "id", str), "SELECT fid, id FROM scenes"))


def kept_source(source: str, folder: Path) -> str:
    """How the place of a file is written down: from the workspace on if it lies in it, else from the root."""
    path = Path(os.path.normpath(Path(source).absolute()))
    for inside, whole in ((path, folder), (path.resolve(), folder.resolve())):
        if inside.is_relative_to(whole):
            return inside.relative_to(whole).as_posix()
    return str(path)


def source_path(kept: str, folder: Path) -> Path:
    """Where a file is that was written down so."""
    return folder / kept


def _scene(row: Row) -> Scene:
    a, b, c, d, e, f = numbers(row, "transform")
    return Scene(
        id=cell(row, "id", str),
        filename=cell(row, "filename", str),
        sha256=cell(row, "sha256", str),
        grid=Grid(
            crs=cell(row, "crs", str),
            transform=(a, b, c, d, e, f),
            width=cell(row, "width_px", int),
            height=cell(row, "height_px", int),
        ),
        gsd_m=cell(row, "gsd_m", float),
        bands=cell(row, "bands", int),
        dtype=cell(row, "dtype", str),
        acquired=date_of(row, "acquired"),
        sensor=maybe(row, "sensor", str),
        sun_azimuth_deg=maybe(row, "sun_azimuth_deg", float),
        sun_elevation_deg=maybe(row, "sun_elevation_deg", float),
        off_nadir_deg=maybe(row, "off_nadir_deg", float),
        rights=Rights(
            credit=maybe(row, "credit", str),
            licence=maybe(row, "licence", str),
            may_republish=Republish(cell(row, "may_republish", str)),
        ),
        simulated=bool(cell(row, "simulated", int)),
    )


def _footprint(grid: Grid, crs: str) -> Polygon | None:
    """Outline of an image in the site's CRS, bent where its sides are; None where that CRS does not reach."""
    corners = np.array(grid.outline())
    if grid.crs == crs:
        return Polygon(corners)
    steps = np.linspace(0, 1, _POINTS_PER_SIDE, endpoint=False)[:, None]
    sides = [start + steps * (end - start) for start, end in pairwise(corners)]
    try:
        x, y = Transformer.from_crs(grid.crs, crs, always_xy=True).transform(*np.concatenate(sides).T)
    except ProjError:
        return None
    outline = np.column_stack([x, y])
    return Polygon(outline) if np.isfinite(outline).all() else None
