"""Counts as rows: the railcars on the map, and beside them all that gives the count back exactly."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from sqlite3 import Row
from typing import Never, TypeVar

from yardwatch.errors import Notice
from yardwatch.model.provenance import Provenance
from yardwatch.model.quantity import Qualifier
from yardwatch.model.railcar import Count, Interval, Railcar, String, Tally, TrackCoverage
from yardwatch.model.scene import Scene
from yardwatch.workspace.cells import cell, dated, maybe, names, numbers, packed, unpacked
from yardwatch.workspace.correction_rows import look_cell, look_of
from yardwatch.workspace.database import Database, insert
from yardwatch.workspace.geometry import encode, polygon_of, rings_of
from yardwatch.workspace.geopackage import grow_extent, measure_extent
from yardwatch.workspace.provenance_rows import provenance_cells, provenance_of

__all__ = ["read_count", "read_counts", "read_heads", "remove_count", "remove_observations", "write_count"]

T = TypeVar("T")

_LATEST = "SELECT max(id) FROM counts GROUP BY scene"


def remove_count(connection: sqlite3.Connection, scene_id: str, step: str) -> None:
    """Forget a scene's count by one step and the observations that came with it, if there is one."""
    found = connection.execute("DELETE FROM counts WHERE scene = ? AND step = ?", (scene_id, step)).rowcount
    connection.execute("DELETE FROM observations WHERE scene = ? AND step = ?", (scene_id, step))
    if found:
        measure_extent(connection, "railcars")
        measure_extent(connection, "observations")


def remove_observations(connection: sqlite3.Connection, scene_id: str, step: str) -> None:
    """Forget the observations that a step made of a scene."""
    if connection.execute("DELETE FROM observations WHERE scene = ? AND step = ?", (scene_id, step)).rowcount:
        measure_extent(connection, "observations")


def write_count(connection: sqlite3.Connection, count: Count, step: str, *, saved_at: str, srs_id: int) -> None:
    """Keep a count as the newest of its scene.

    Raises
    ------
    MisuseError
        If the footprint of a railcar is no closed ring.
    """
    head = {"scene": count.scene.id, "step": step, "saved_at": saved_at, **provenance_cells(count.provenance)}
    count_id = insert(connection, "counts", head)
    connection.execute("UPDATE railcars SET latest = 0 WHERE scene = ? AND latest", (count.scene.id,))
    for railcar in count.railcars:
        _write_railcar(connection, railcar, count.scene, count_id, srs_id)
    for string in count.strings:
        _write_string(connection, string, count_id)
    for coverage in count.tracks:
        _write_coverage(connection, coverage, count_id)
    for tally in count.tallies:
        _write_tally(connection, tally, count_id)
    for notice in count.notices:
        cells = {"code": notice.code, "message": notice.message, "remedy": notice.remedy}
        insert(connection, "count_notices", {"count_id": count_id, **cells})


def read_counts(database: Database, scenes: Mapping[str, Scene]) -> list[Count]:
    """The newest count of each scene; `scenes` by their ids.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    return _read(database, scenes, _Chosen(_LATEST))


def read_heads(database: Database, scenes: Mapping[str, Scene]) -> list[Count]:
    """The newest count of each scene without its cars, strings and tracks, which are most of it.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    return _read(database, scenes, _Chosen(_LATEST), cars=False)


def read_count(database: Database, scene: Scene) -> Count | None:
    """The newest count of one scene; None if it was never counted.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    chosen = _Chosen("SELECT max(id) FROM counts WHERE scene = ?", (scene.id,))
    return next(iter(_read(database, {scene.id: scene}, chosen)), None)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Which counts are read: a query that gives their numbers."""

    query: str
    values: tuple[str, ...] = ()


def _read(database: Database, scenes: Mapping[str, Scene], chosen: _Chosen, *, cars: bool = True) -> list[Count]:
    railcars = _children(database, "railcars", _railcar, chosen) if cars else _none
    strings = _children(database, "strings", _string, chosen) if cars else _none
    tracks = _children(database, "track_coverage", _coverage, chosen) if cars else _none
    notices = _children(database, "count_notices", _notice, chosen)
    tallies = _read_tallies(database, chosen)
    heads = database.rows(_head, f"SELECT * FROM counts WHERE id IN ({chosen.query})", *chosen.values)  # noqa: S608 - ours
    return [
        Count(
            scene=scenes[head.scene],
            railcars=railcars(head.id),
            strings=strings(head.id),
            tracks=tracks(head.id),
            tallies=tallies(head.id),
            provenance=head.provenance,
            notices=notices(head.id),
        )
        for head in heads
        if head.scene in scenes
    ]


def _none(_: int) -> tuple[Never, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class _Head:
    """The row of a count itself."""

    id: int
    scene: str
    provenance: Provenance


def _head(row: Row) -> _Head:
    return _Head(cell(row, "id", int), cell(row, "scene", str), provenance_of(row))


def _children(
    database: Database, table: str, decode: Callable[[Row], T], chosen: _Chosen
) -> Callable[[int], tuple[T, ...]]:
    """The rows of a table that belong to the chosen counts, found by the number of the count."""
    query = f"SELECT * FROM {table} WHERE count_id IN ({chosen.query}) ORDER BY 1"  # noqa: S608 - our own tables
    found: defaultdict[int, list[T]] = defaultdict(list)
    for count_id, child in database.rows(lambda row: (cell(row, "count_id", int), decode(row)), query, *chosen.values):
        found[count_id].append(child)
    return lambda count_id: tuple(found[count_id])


def _read_tallies(database: Database, chosen: _Chosen) -> Callable[[int], tuple[Tally, ...]]:
    by_type: defaultdict[int, dict[str, Interval]] = defaultdict(dict)
    theirs = f"SELECT id FROM tallies WHERE count_id IN ({chosen.query})"  # noqa: S608 - our own tables
    query = f"SELECT * FROM tally_types WHERE tally_id IN ({theirs}) ORDER BY id"  # noqa: S608 - our own tables
    for tally_id, car_type, interval in database.rows(_tally_type, query, *chosen.values):
        by_type[tally_id][car_type] = interval
    return _children(database, "tallies", lambda row: _tally(row, by_type[cell(row, "id", int)]), chosen)


def _write_railcar(connection: sqlite3.Connection, railcar: Railcar, scene: Scene, count_id: int, srs_id: int) -> None:
    polygon = polygon_of((railcar.footprint,), subject=f"railcar {railcar.id}")
    insert(
        connection,
        "railcars",
        {
            "geom": encode(polygon, srs_id=srs_id),
            "id": railcar.id,
            "type": railcar.type,
            "subtype": railcar.subtype,
            "confidence": railcar.confidence,
            "zone": railcar.zone,
            "track": railcar.track,
            "start_m": railcar.start_m,
            "end_m": railcar.end_m,
            "offset_m": railcar.offset_m,
            "width_m": railcar.width_m,
            "type_probabilities": packed(dict(railcar.type_probabilities)),
            "look": look_cell(railcar.look),
            "scene": scene.id,
            **dated("acquired", scene.acquired),
            "latest": True,
            "count_id": count_id,
        },
    )
    grow_extent(connection, "railcars", polygon.bounds)


def _railcar(row: Row) -> Railcar:
    (footprint,) = rings_of(row["geom"])
    return Railcar(
        id=cell(row, "id", str),
        track=cell(row, "track", str),
        start_m=cell(row, "start_m", float),
        end_m=cell(row, "end_m", float),
        offset_m=cell(row, "offset_m", float),
        width_m=cell(row, "width_m", float),
        type=cell(row, "type", str),
        subtype=maybe(row, "subtype", str),
        type_probabilities={kind: float(share or 0) for kind, share in unpacked(row, "type_probabilities").items()},
        confidence=cell(row, "confidence", float),
        zone=maybe(row, "zone", str),
        footprint=footprint,
        look=look_of(row),
    )


def _write_string(connection: sqlite3.Connection, string: String, count_id: int) -> None:
    insert(
        connection,
        "strings",
        {
            "count_id": count_id,
            "track": string.track,
            "start_m": string.start_m,
            "end_m": string.end_m,
            "railcars": packed(string.railcars),
        },
    )


def _string(row: Row) -> String:
    return String(
        track=cell(row, "track", str),
        start_m=cell(row, "start_m", float),
        end_m=cell(row, "end_m", float),
        railcars=names(row, "railcars"),
    )


def _write_coverage(connection: sqlite3.Connection, coverage: TrackCoverage, count_id: int) -> None:
    insert(
        connection,
        "track_coverage",
        {
            "count_id": count_id,
            "track": coverage.name,
            "length_m": coverage.length_m,
            "visible_m": coverage.visible_m,
            "hidden_m": coverage.hidden_m,
            "outside_m": coverage.outside_m,
            "occupied_m": coverage.occupied_m,
            "hidden_stretches": packed([end for stretch in coverage.hidden_stretches for end in stretch]),
        },
    )


def _coverage(row: Row) -> TrackCoverage:
    ends = () if row["hidden_stretches"] is None else numbers(row, "hidden_stretches")
    return TrackCoverage(
        name=cell(row, "track", str),
        length_m=cell(row, "length_m", float),
        visible_m=cell(row, "visible_m", float),
        hidden_m=cell(row, "hidden_m", float),
        outside_m=cell(row, "outside_m", float),
        occupied_m=cell(row, "occupied_m", float),
        hidden_stretches=tuple(zip(ends[::2], ends[1::2], strict=True)),
    )


def _write_tally(connection: sqlite3.Connection, tally: Tally, count_id: int) -> None:
    tally_id = insert(
        connection,
        "tallies",
        {
            "count_id": count_id,
            "zone": tally.zone,
            "value": tally.value,
            "low": tally.low,
            "high": tally.high,
            "level": tally.level,
            "qualifier": tally.qualifier.value,
            "visible_m": tally.visible_m,
            "hidden_m": tally.hidden_m,
            "outside_m": tally.outside_m,
            "occupied_m": tally.occupied_m,
        },
    )
    for car_type, interval in tally.by_type.items():
        bounds = {"value": interval.value, "low": interval.low, "high": interval.high}
        insert(connection, "tally_types", {"tally_id": tally_id, "type": car_type, **bounds})


def _tally(row: Row, by_type: Mapping[str, Interval]) -> Tally:
    return Tally(
        zone=maybe(row, "zone", str),
        value=maybe(row, "value", int),
        low=cell(row, "low", int),
        high=maybe(row, "high", int),
        level=cell(row, "level", float),
        qualifier=Qualifier(cell(row, "qualifier", str)),
        by_type=by_type,
        visible_m=cell(row, "visible_m", float),
        hidden_m=cell(row, "hidden_m", float),
        outside_m=cell(row, "outside_m", float),
        occupied_m=cell(row, "occupied_m", float),
    )


def _tally_type(row: Row) -> tuple[int, str, Interval]:
    interval = Interval(value=cell(row, "value", int), low=cell(row, "low", int), high=cell(row, "high", int))
    return cell(row, "tally_id", int), cell(row, "type", str), interval


def _notice(row: Row) -> Notice:
    return Notice(code=cell(row, "code", str), message=cell(row, "message", str), remedy=cell(row, "remedy", str))
