"""Alignments as rows, and the scenes that lie where they say."""

import sqlite3

from yardwatch.model.alignment import Alignment, SceneAlignment
from yardwatch.model.grid import Grid
from yardwatch.workspace.cells import cell, maybe, numbers, packed
from yardwatch.workspace.database import Database, insert
from yardwatch.workspace.scene_rows import place_scene

__all__ = ["read_alignments", "write_alignment"]

_QUERY = (
    "SELECT alignments.*, scenes.crs, scenes.transform, scenes.width_px, scenes.height_px FROM alignments "
    "JOIN scenes ON scenes.id = alignments.scene ORDER BY scenes.fid"
)


def write_alignment(connection: sqlite3.Connection, found: SceneAlignment, *, crs: str, srs_id: int) -> None:
    """Keep an alignment in place of an earlier one, and put its scene where it belongs."""
    alignment = found.alignment
    east_m, north_m = alignment.shift_m or (None, None)
    connection.execute("DELETE FROM alignments WHERE scene = ?", (found.scene_id,))
    insert(
        connection,
        "alignments",
        {
            "scene": found.scene_id,
            "reference": found.reference_id,
            "accepted": alignment.accepted,
            "reason": alignment.reason,
            "shift_east_m": east_m,
            "shift_north_m": north_m,
            "rmse_px": alignment.rmse_px,
            "tie_points": alignment.tie_points,
            "se_m": alignment.se_m,
            "method": found.method,
            "own_transform": packed(found.own.transform),
        },
    )
    place_scene(connection, found.scene_id, alignment.grid, crs=crs, srs_id=srs_id)


def read_alignments(database: Database) -> list[SceneAlignment]:
    """All alignments, in the order in which their scenes were added.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    return database.rows(_found, _QUERY)


def _found(row: sqlite3.Row) -> SceneAlignment:
    crs, width, height = cell(row, "crs", str), cell(row, "width_px", int), cell(row, "height_px", int)
    a, b, c, d, e, f = numbers(row, "transform")
    own = numbers(row, "own_transform")
    east_m, north_m = maybe(row, "shift_east_m", float), maybe(row, "shift_north_m", float)
    alignment = Alignment(
        accepted=bool(cell(row, "accepted", int)),
        reason=maybe(row, "reason", str),
        grid=Grid(crs, (a, b, c, d, e, f), width, height),
        shift_m=None if east_m is None or north_m is None else (east_m, north_m),
        rmse_px=maybe(row, "rmse_px", float),
        tie_points=cell(row, "tie_points", int),
        se_m=maybe(row, "se_m", float),
    )
    return SceneAlignment(
        scene_id=cell(row, "scene", str),
        reference_id=cell(row, "reference", str),
        own=Grid(crs, (own[0], own[1], own[2], own[3], own[4], own[5]), width, height),
        alignment=alignment,
        method=cell(row, "method", str),
    )
