"""Persons' decisions on railcars, and their choices of a network, as rows."""

import sqlite3
from collections.abc import Mapping
from datetime import UTC
from sqlite3 import Row
from typing import Any

from yardwatch.model.correction import Act, Correction
from yardwatch.model.network import NetworkChoice
from yardwatch.model.railcar import Look, Railcar
from yardwatch.workspace.cells import Cell, Cells, cell, maybe, numbers, packed, read_instant, unpacked
from yardwatch.workspace.database import Database, insert

__all__ = [
    "look_cell",
    "look_of",
    "read_choices",
    "read_corrections",
    "read_corrections_of",
    "replace_correction",
    "write_choice",
    "write_correction",
]

_COLOURS = 3


def write_correction(connection: sqlite3.Connection, correction: Correction) -> None:
    """Keep a decision after all others."""
    start_m, end_m = correction.stretch_m or (None, None)
    insert(
        connection,
        "corrections",
        {
            "id": correction.id,
            "scene": correction.scene_id,
            "act": correction.act.value,
            "track": correction.track,
            "start_m": start_m,
            "end_m": end_m,
            "by": correction.by,
            "decided_at": correction.decided_at.astimezone(UTC).isoformat(),
            "note": correction.note,
            "before": _packed(correction.before),
            "after": _packed(correction.after),
        },
    )


def replace_correction(connection: sqlite3.Connection, correction: Correction) -> None:
    """Say anew where a kept decision lies; who decided what and when stays."""
    start_m, end_m = correction.stretch_m or (None, None)
    cells = (start_m, end_m, _packed(correction.before), _packed(correction.after), correction.id)
    connection.execute("UPDATE corrections SET start_m = ?, end_m = ?, before = ?, after = ? WHERE id = ?", cells)


def read_corrections(database: Database) -> list[Correction]:
    """All decisions in the order in which they were made.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    return database.rows(_correction, "SELECT * FROM corrections ORDER BY fid")


def read_corrections_of(database: Database, scene_id: str) -> list[Correction]:
    """The decisions on one scene in the order in which they were made.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    return database.rows(_correction, "SELECT * FROM corrections WHERE scene = ? ORDER BY fid", scene_id)


def write_choice(connection: sqlite3.Connection, choice: NetworkChoice) -> None:
    """Keep a choice after all others."""
    insert(
        connection,
        "network_choices",
        {
            "sha256": choice.sha256,
            "name": choice.name,
            "by": choice.by,
            "chosen_at": choice.chosen_at.astimezone(UTC).isoformat(),
            "figures": packed(dict(choice.figures)),
        },
    )


def read_choices(database: Database) -> list[NetworkChoice]:
    """All choices in the order in which they were made.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    return database.rows(_choice, "SELECT * FROM network_choices ORDER BY fid")


def look_cell(look: Look | None) -> Cell:
    """What a car looks like as one cell: its colour, then its profile."""
    return None if look is None else packed([*look.colour, *look.profile])


def look_of(row: Cells) -> Look | None:
    """What the column ``look`` of a row holds."""
    if row["look"] is None:
        return None
    values = numbers(row, "look")
    if len(values) < _COLOURS:
        raise ValueError("look has fewer than three numbers")
    red, green, blue, *profile = values
    return Look((red, green, blue), tuple(profile))


def _correction(row: Row) -> Correction:
    start_m, end_m = maybe(row, "start_m", float), maybe(row, "end_m", float)
    return Correction(
        id=cell(row, "id", str),
        scene_id=cell(row, "scene", str),
        act=Act(cell(row, "act", str)),
        track=cell(row, "track", str),
        before=_railcar(row, "before"),
        after=_railcar(row, "after"),
        by=cell(row, "by", str),
        decided_at=read_instant(row, "decided_at"),
        stretch_m=None if start_m is None or end_m is None else (start_m, end_m),
        note=maybe(row, "note", str),
    )


def _choice(row: Row) -> NetworkChoice:
    return NetworkChoice(
        sha256=maybe(row, "sha256", str),
        name=cell(row, "name", str),
        by=cell(row, "by", str),
        chosen_at=read_instant(row, "chosen_at"),
        figures={name: float(value or 0) for name, value in unpacked(row, "figures").items()},
    )


def _packed(car: Railcar | None) -> Cell:
    """A car as a flat JSON object: what it is made of is packed once more."""
    if car is None:
        return None
    plain = ("id", "track", "start_m", "end_m", "offset_m", "width_m", "type", "subtype", "confidence", "zone", "by")
    cells: dict[str, Cell] = {name: getattr(car, name) for name in plain}
    cells["type_probabilities"] = packed(dict(car.type_probabilities))
    cells["footprint"] = packed([value for point in car.footprint for value in point])
    cells["look"] = look_cell(car.look)
    return packed(cells)


def _railcar(row: Row, column: str) -> Railcar | None:
    if row[column] is None:
        return None
    cells: Mapping[str, Any] = unpacked(row, column)
    try:
        return _unpacked(cells)
    except KeyError as error:
        raise ValueError(f"{column} does not say {error}") from None


def _unpacked(cells: Mapping[str, Any]) -> Railcar:
    flat = numbers(cells, "footprint")
    return Railcar(
        id=cell(cells, "id", str),
        track=cell(cells, "track", str),
        start_m=cell(cells, "start_m", float),
        end_m=cell(cells, "end_m", float),
        offset_m=cell(cells, "offset_m", float),
        width_m=cell(cells, "width_m", float),
        type=cell(cells, "type", str),
        subtype=maybe(cells, "subtype", str),
        type_probabilities={kind: float(share or 0) for kind, share in unpacked(cells, "type_probabilities").items()},
        confidence=cell(cells, "confidence", float),
        zone=maybe(cells, "zone", str),
        footprint=tuple(zip(flat[::2], flat[1::2], strict=True)),
        look=look_of(cells),
        by=maybe(cells, "by", str),
    )
