"""Observations as rows; each lies where its zone lies, and those of a place or the whole site have no outline."""

import sqlite3
from collections.abc import Mapping
from datetime import UTC
from sqlite3 import Row

from yardwatch.model.observation import Observation
from yardwatch.model.quantity import Qualifier, Quantity
from yardwatch.model.site import Site
from yardwatch.workspace.cells import amount, cell, date_of, dated, maybe, read_instant
from yardwatch.workspace.database import Database, insert
from yardwatch.workspace.geometry import encode, polygon_of
from yardwatch.workspace.geopackage import grow_extent
from yardwatch.workspace.provenance_rows import provenance_cells, provenance_of

__all__ = ["find_observations", "read_observations", "read_observations_of", "write_observation"]

_BY_DATE = "ORDER BY coalesce(date_from, date_to) IS NULL, coalesce(date_from, date_to), fid"


def write_observation(
    connection: sqlite3.Connection, observation: Observation, site: Site, *, step: str | None, srs_id: int
) -> None:
    """Keep an observation; `step` is what made it, None for a person's."""
    zone = next((zone for zone in site.zones if zone.name == observation.zone), None)
    polygon = None if zone is None else polygon_of(zone.rings, subject=f'zone "{zone.name}"')
    insert(
        connection,
        "observations",
        {
            "geom": None if polygon is None else encode(polygon, srs_id=srs_id),
            "id": observation.id,
            "zone": observation.zone,
            "class": observation.klass,
            "quantity": str(observation.quantity),
            "unit": observation.unit,
            "value": observation.quantity.value,
            "low": observation.quantity.low,
            "high": observation.quantity.high,
            "qualifier": observation.quantity.qualifier.value,
            **dated("date", observation.when),
            "by": observation.by,
            "note": observation.note,
            "recorded_at": observation.recorded_at.astimezone(UTC).isoformat(),
            "scene": observation.scene_id,
            "source": observation.source_id,
            "step": step,
            "visible_m": observation.visible_m,
            "hidden_m": observation.hidden_m,
            "outside_m": observation.outside_m,
            **({} if observation.provenance is None else provenance_cells(observation.provenance)),
        },
    )
    if polygon is not None:
        grow_extent(connection, "observations", polygon.bounds)


def read_observations(database: Database) -> list[Observation]:
    """All observations in the order in which they were kept.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    return database.rows(_observation, "SELECT * FROM observations ORDER BY fid")


def read_observations_of(database: Database, scene_id: str) -> list[Observation]:
    """The observations of one scene in the order in which they were kept.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    return database.rows(_observation, "SELECT * FROM observations WHERE scene = ? ORDER BY fid", scene_id)


def find_observations(
    database: Database, equal: Mapping[str, str], *, limit: int, offset: int
) -> tuple[list[Observation], int]:
    """Some of the observations whose columns hold what `equal` says, by date, and how many there are of them.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    where = " AND ".join(f'"{column}" = ?' for column in equal) or "1"
    chosen = f"SELECT * FROM observations WHERE {where} {_BY_DATE} LIMIT ? OFFSET ?"  # noqa: S608 - our own columns
    (total,) = database.rows(
        lambda row: int(row[0]),
        f"SELECT count(*) FROM observations WHERE {where}",  # noqa: S608 - our own columns
        *equal.values(),
    )
    return database.rows(_observation, chosen, *equal.values(), limit, offset), total


def _observation(row: Row) -> Observation:
    return Observation(
        id=cell(row, "id", str),
        klass=cell(row, "class", str),
        quantity=Quantity(
            value=amount(row, "value"),
            low=amount(row, "low"),
            high=amount(row, "high"),
            qualifier=Qualifier(cell(row, "qualifier", str)),
        ),
        when=date_of(row, "date"),
        by=cell(row, "by", str),
        recorded_at=read_instant(row, "recorded_at"),
        zone=maybe(row, "zone", str),
        scene_id=maybe(row, "scene", str),
        note=maybe(row, "note", str),
        visible_m=maybe(row, "visible_m", float),
        hidden_m=maybe(row, "hidden_m", float),
        outside_m=maybe(row, "outside_m", float),
        provenance=None if row["method"] is None else provenance_of(row),
        unit=maybe(row, "unit", str),
        source_id=maybe(row, "source", str),
    )
