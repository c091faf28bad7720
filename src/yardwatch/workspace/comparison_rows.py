"""Comparisons of two scenes as rows, their changes as a layer."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from yardwatch.errors import Notice
from yardwatch.model.alignment import Alignment
from yardwatch.model.change import Change, Comparison, Hidden, Verdict, ZoneVerdict
from yardwatch.model.scene import Scene
from yardwatch.workspace.cells import cell, date_of, dated, maybe, packed
from yardwatch.workspace.database import Database, insert
from yardwatch.workspace.geometry import encode, polygon_of, rings_of
from yardwatch.workspace.geopackage import grow_extent, measure_extent
from yardwatch.workspace.provenance_rows import provenance_cells, provenance_of

__all__ = [
    "find_changes",
    "read_comparison",
    "read_comparison_heads",
    "read_comparisons",
    "remove_comparison",
    "write_comparison",
]

_SIZES = ("area_m2", "area_m2_se", "length_m", "length_m_se", "width_m", "width_m_se", "confidence")


def remove_comparison(connection: sqlite3.Connection, before: str, after: str) -> None:
    """Forget what was found between two scenes."""
    found = connection.execute("DELETE FROM comparisons WHERE before = ? AND after = ?", (before, after)).rowcount
    if found:
        measure_extent(connection, "changes")


def write_comparison(connection: sqlite3.Connection, found: Comparison, *, srs_id: int) -> None:
    """Keep what was found between two scenes that are kept."""
    number = insert(
        connection,
        "comparisons",
        {
            "before": found.before.id,
            "after": found.after.id,
            "accepted": found.compared,
            "alignment": packed(_alignment_cells(found.alignment)) if found.alignment else None,
            "zones": packed([{**asdict(zone), "verdict": zone.verdict.value} for zone in found.zones]),
            "hidden": packed([asdict(hidden) for hidden in found.hidden]),
            "notices": packed([[notice.code, notice.message, notice.remedy] for notice in found.notices]),
            **provenance_cells(found.provenance),
        },
    )
    for change in found.changes:
        _write_change(connection, change, number, found, srs_id)


def read_comparisons(database: Database, scenes: Mapping[str, Scene], crs: str) -> list[Comparison]:
    """All comparisons in the order in which they were kept; `scenes` by their ids.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    changes: dict[int, list[Change]] = {}
    for number, change in database.rows(_change, "SELECT * FROM changes ORDER BY fid"):
        changes.setdefault(number, []).append(change)
    rows = database.rows(lambda row: _comparison(row, scenes, crs), "SELECT * FROM comparisons ORDER BY id")
    return [replace(found, changes=tuple(changes.get(number, ()))) for number, found in rows]


def read_comparison(
    database: Database, scenes: Mapping[str, Scene], crs: str, *, before: str, after: str
) -> Comparison | None:
    """What was found between two scenes; None if they were not compared.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    query = "SELECT * FROM comparisons WHERE before = ? AND after = ?"
    found = database.rows(lambda row: _comparison(row, scenes, crs), query, before, after)
    if not found:
        return None
    number, comparison = found[0]
    changes = database.rows(_change, "SELECT * FROM changes WHERE comparison_id = ? ORDER BY fid", number)
    return replace(comparison, changes=tuple(change for _, change in changes))


def read_comparison_heads(
    database: Database, scenes: Mapping[str, Scene], crs: str
) -> list[tuple[Comparison, Mapping[str, int]]]:
    """All comparisons without their changes, each with how many there are of which kind.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    numbers: dict[int, dict[str, int]] = {}
    counted = "SELECT comparison_id, kind, count(*) AS many FROM changes GROUP BY comparison_id, kind"
    for number, kind, many in database.rows(
        lambda row: (cell(row, "comparison_id", int), cell(row, "kind", str), cell(row, "many", int)), counted
    ):
        numbers.setdefault(number, {})[kind] = many
    rows = database.rows(lambda row: _comparison(row, scenes, crs), "SELECT * FROM comparisons ORDER BY id")
    return [(found, numbers.get(number, {})) for number, found in rows]


def find_changes(
    database: Database, equal: Mapping[str, str], *, limit: int, offset: int
) -> tuple[list[tuple[str, str, Change]], int]:
    """Some of the changes whose columns hold what `equal` says, each after its two scenes, and how many there are.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    where = " AND ".join(f'"{column}" = ?' for column in equal) or "1"
    query = f"SELECT * FROM changes WHERE {where} ORDER BY fid LIMIT ? OFFSET ?"  # noqa: S608 - our own columns
    (total,) = database.rows(
        lambda row: int(row[0]),
        f"SELECT count(*) FROM changes WHERE {where}",  # noqa: S608 - our own columns
        *equal.values(),
    )
    found = database.rows(
        lambda row: (cell(row, "before", str), cell(row, "after", str), _change(row)[1]),
        query, *equal.values(), limit, offset,
    )  # fmt: skip
    return found, total


def _write_change(connection: sqlite3.Connection, change: Change, number: int, found: Comparison, srs_id: int) -> None:
    polygon = polygon_of(change.polygon, subject=f"change {change.id}")
    insert(
        connection,
        "changes",
        {
            "geom": encode(polygon, srs_id=srs_id),
            "id": change.id,
            "kind": change.kind,
            "zone": change.zone,
            **{size: getattr(change, size) for size in _SIZES},
            "phase": change.phase,
            **dated("earliest", change.earliest),
            **dated("latest", change.latest),
            "before": found.before.id,
            "after": found.after.id,
            "comparison_id": number,
        },
    )
    grow_extent(connection, "changes", polygon.bounds)


def _change(row: sqlite3.Row) -> tuple[int, Change]:
    sizes = {size: cell(row, size, float) for size in _SIZES}
    change = Change(
        id=cell(row, "id", str),
        kind=cell(row, "kind", str),
        polygon=rings_of(row["geom"]),
        zone=maybe(row, "zone", str),
        phase=maybe(row, "phase", str),
        earliest=date_of(row, "earliest"),
        latest=date_of(row, "latest"),
        **sizes,
    )
    return cell(row, "comparison_id", int), change


def _comparison(row: sqlite3.Row, scenes: Mapping[str, Scene], crs: str) -> tuple[int, Comparison]:
    try:
        return cell(row, "id", int), _read(row, scenes, crs)
    except KeyError as error:
        raise ValueError(f"{error} is missing") from None


def _read(row: sqlite3.Row, scenes: Mapping[str, Scene], crs: str) -> Comparison:
    after = scenes[cell(row, "after", str)]
    return Comparison(
        before=scenes[cell(row, "before", str)],
        after=after,
        crs=crs,
        alignment=_alignment(row, after),
        changes=(),
        zones=tuple(_verdict(one) for one in _items(row, "zones")),
        hidden=tuple(_hidden(one) for one in _items(row, "hidden")),
        provenance=provenance_of(row),
        notices=tuple(Notice(*map(str, one)) for one in _items(row, "notices") if isinstance(one, list)),
    )


def _alignment_cells(alignment: Alignment) -> list[object]:
    return [
        alignment.accepted, alignment.reason, alignment.grid.transform, alignment.shift_m, alignment.rmse_px,
        alignment.tie_points, alignment.se_m,
    ]  # fmt: skip


def _alignment(row: sqlite3.Row, after: Scene) -> Alignment | None:
    if row["alignment"] is None:
        return None
    accepted, reason, transform, shift_m, rmse_px, tie_points, se_m = _items(row, "alignment")
    a, b, c, d, e, f = (float(number) for number in transform)
    return Alignment(
        accepted=bool(accepted),
        reason=reason,
        grid=replace(after.grid, transform=(a, b, c, d, e, f)),
        shift_m=(float(shift_m[0]), float(shift_m[1])) if shift_m else None,
        rmse_px=rmse_px,
        tie_points=int(tie_points),
        se_m=se_m,
    )


def _verdict(item: Mapping[str, Any]) -> ZoneVerdict:
    smallest = item["smallest_detectable_m2"]
    return ZoneVerdict(
        zone=str(item["zone"]),
        verdict=Verdict(item["verdict"]),
        smallest_detectable_m2=None if smallest is None else float(smallest),
        visible_share=float(item["visible_share"]),
    )


def _hidden(item: Mapping[str, Any]) -> Hidden:
    rings = tuple(tuple((float(x), float(y)) for x, y in ring) for ring in item["polygon"])
    return Hidden(str(item["cause"]), rings, float(item["area_m2"]))


def _items(row: sqlite3.Row, column: str) -> list[Any]:
    """The list that a column holds as JSON.

    Raises
    ------
    ValueError
        If it holds none.
    """
    value = json.loads(cell(row, column, str))
    if not isinstance(value, list):
        raise ValueError(f"{column} is not a JSON list")  # noqa: TRY004 - it is bad data
    return value
