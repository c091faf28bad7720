"""Whether a file is a workspace whose tables and triggers are ours, before any of them is used.

A file from a stranger can hold views in place of tables and triggers that run on our own writes. SQLite's
``trusted_schema = OFF`` would stop those, but with it the R-tree triggers of the standard fail too ("unsafe use of
ST_MinX()"), for functions made in Python cannot be declared innocuous. So the file is read with it off, checked against
a workspace made afresh, and only then written to.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from yardwatch.errors import WorkspaceError
from yardwatch.workspace.database import Database
from yardwatch.workspace.geopackage import APPLICATION_ID
from yardwatch.workspace.schema import build

__all__ = ["check_kind", "check_tables", "check_triggers", "own_columns"]

_NOT_OURS = "make a workspace with: yardwatch init FOLDER --site SITE"
_CHANGED = "restore it from a copy, or make a new workspace: yardwatch init"
_COMPUTING = ("check", "generated", "as")


@dataclass(frozen=True, slots=True)
class _Thing:
    """A table, index, trigger or view as the file declares it."""

    kind: str
    name: str
    table: str
    sql: str

    @classmethod
    def of(cls, row: sqlite3.Row) -> "_Thing":
        return cls(row["type"], row["name"], row["tbl_name"].lower(), " ".join((row["sql"] or "").split()))

    @property
    def is_virtual(self) -> bool:
        return self.sql.lower().startswith("create virtual")


def check_kind(database: Database) -> None:
    """Make sure that a file is a GeoPackage, one of ours and not cut short.

    SQLite itself notices missing pages, but takes what a torn last page lacks for zeros.

    Raises
    ------
    WorkspaceError
        If it is not.
    """
    with database.reading():
        (application_id,) = database.rows(lambda row: int(row[0]), "PRAGMA application_id")
        (page_bytes,) = database.rows(lambda row: int(row[0]), "PRAGMA page_size")
        things = _things(database)
        size_bytes = database.path.stat().st_size
    if size_bytes % page_bytes:
        _refuse(database.path, "is cut short")
    if application_id != APPLICATION_ID:
        raise WorkspaceError(f"{database.path}: is a database but not a GeoPackage; {_NOT_OURS}")
    if not any(thing.name == "yardwatch_meta" for thing in things):
        raise WorkspaceError(f"{database.path}: is a GeoPackage but not a workspace of Yardwatch; {_NOT_OURS}")


def check_triggers(database: Database) -> None:
    """Make sure that nothing runs or computes when we read and write our tables, but the standard's own triggers.

    Raises
    ------
    WorkspaceError
        If something else would.
    """
    expected = _expected()
    ours = {thing.table for thing in expected.values()}
    for thing in _things(database):
        if thing.table not in ours:
            continue
        known = expected.get(thing.name)
        if thing.kind == "trigger" and thing != known:
            _refuse(database.path, f"trigger {thing.name!r} is not one of the GeoPackage standard's")
        if thing.kind == "view" or (thing.is_virtual and thing != known) or _computes(thing):
            _refuse(database.path, f"{thing.kind} {thing.name!r} is not a plain table")


def check_tables(database: Database) -> None:
    """Make sure that all our tables, columns and triggers are there; more columns, added in QGIS, are welcome.

    Raises
    ------
    WorkspaceError
        If one is missing.
    """
    found = {thing.name: thing for thing in _things(database)}
    for name, thing in _expected().items():
        if thing.kind != "index" and (name not in found or found[name].kind != thing.kind):
            _refuse(database.path, f"{thing.kind} {name!r} is missing")
    columns = _columns(database)
    for table, wanted in _expected_columns().items():
        missing = sorted(wanted - columns.get(table, frozenset()))
        if missing:
            _refuse(database.path, f"table {table!r} has no column {missing[0]!r}")


def own_columns(table: str) -> frozenset[str]:
    """The columns of one of our tables, without those that an analyst has added."""
    return _expected_columns()[table]


def _refuse(path: Path, problem: str) -> None:
    raise WorkspaceError(f"{path}: {problem}; {_CHANGED}")


def _computes(thing: _Thing) -> bool:
    """Whether a table declares something that SQLite works out by itself."""
    words = thing.sql.lower().replace("(", " ").replace(")", " ").replace(",", " ").split()
    return thing.kind == "table" and any(word in words for word in _COMPUTING)


def _things(database: Database) -> list[_Thing]:
    return database.rows(_Thing.of, "SELECT type, name, tbl_name, sql FROM sqlite_schema")


_COLUMNS = (
    "SELECT t.name AS table_name, c.name AS column_name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c "
    "WHERE t.type = 'table' AND t.sql NOT LIKE 'create virtual%'"
)


def _columns(database: Database) -> Mapping[str, frozenset[str]]:
    return _grouped(database.rows(lambda row: (str(row[0]), str(row[1])), _COLUMNS))


def _grouped(pairs: list[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    tables = {table for table, _ in pairs}
    return {table: frozenset(column for owner, column in pairs if owner == table) for table in tables}


@cache
def _expected() -> Mapping[str, _Thing]:
    """What a workspace made afresh declares, by name."""
    with _fresh() as connection:
        rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
    return {row["name"]: _Thing.of(row) for row in rows}


@cache
def _expected_columns() -> Mapping[str, frozenset[str]]:
    with _fresh() as connection:
        pairs = [(str(row[0]), str(row[1])) for row in connection.execute(_COLUMNS)]
    return {table: columns for table, columns in _grouped(pairs).items() if not table.startswith("rtree_")}


def _fresh() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    build(connection, "EPSG:4326")
    return connection
