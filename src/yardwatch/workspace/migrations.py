"""Bringing the tables of an older workspace up to date.

The version is kept in ``yardwatch_meta``, for a GeoPackage uses SQLite's own ``user_version`` for itself. Version 1 is
the first that was published. A change of `schema` adds a function at the end of `MIGRATIONS`, which makes of the tables
before it the tables as `schema` declares them now.
"""

import sqlite3
from collections.abc import Callable, Sequence

from yardwatch.errors import WorkspaceError, one_line
from yardwatch.workspace.database import Database
from yardwatch.workspace.geopackage import add_attributes, add_features, run_script
from yardwatch.workspace.schema import (
    ALIGNMENTS,
    ATTRIBUTES,
    COMPARISONS,
    DECISIONS,
    LAYERS,
    PLACES,
    PUBLISHING,
    RECORD,
    add_styles,
)

__all__ = ["MIGRATIONS", "Migration", "migrate", "newest_version"]

Migration = Callable[[sqlite3.Connection], None]
"""Changes the tables of one version into those of the next, inside a transaction it does not end."""


def _to_version_2(connection: sqlite3.Connection) -> None:
    """Places, what others have said, where track was hidden, and quantities that are no whole numbers."""
    row = connection.execute("SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = 'zones'").fetchone()
    run_script(connection, PLACES + RECORD)
    geometry_type, description = LAYERS["places"]
    add_features(connection, "places", geometry_type, srs_id=int(row["srs_id"]), description=description)
    add_styles(connection, ["places"])
    for table in ("sources", "claims", "events", "reviews"):
        add_attributes(connection, table, description=ATTRIBUTES[table])
    for column in ("value", "low", "high"):  # by way of new columns: those of the analyst's own must stay
        run_script(connection, _INTO_A_DOUBLE.replace("<c>", column))
    connection.execute("ALTER TABLE track_coverage ADD COLUMN hidden_stretches TEXT")
    connection.execute("ALTER TABLE observations ADD COLUMN unit TEXT")
    connection.execute("ALTER TABLE observations ADD COLUMN source TEXT REFERENCES sources (id)")


_INTO_A_DOUBLE = """
ALTER TABLE observations ADD COLUMN <c>_as_double DOUBLE;
UPDATE observations SET <c>_as_double = <c>;
ALTER TABLE observations DROP COLUMN <c>;
ALTER TABLE observations RENAME COLUMN <c>_as_double TO <c>;
"""


def _decisions(connection: sqlite3.Connection) -> None:
    """What persons decide about railcars and networks, and what a car looks like."""
    run_script(connection, DECISIONS)
    for table in ("corrections", "network_choices"):
        add_attributes(connection, table, description=ATTRIBUTES[table])
    connection.execute("ALTER TABLE railcars ADD COLUMN look TEXT")


def _alignments(connection: sqlite3.Connection) -> None:
    """How scenes lie on the reference."""
    run_script(connection, ALIGNMENTS)
    add_attributes(connection, "alignments", description=ATTRIBUTES["alignments"])


def _comparisons(connection: sqlite3.Connection) -> None:
    """What changed between scenes."""
    row = connection.execute("SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = 'zones'").fetchone()
    run_script(connection, COMPARISONS)
    geometry_type, description = LAYERS["changes"]
    add_features(connection, "changes", geometry_type, srs_id=int(row["srs_id"]), description=description)
    add_styles(connection, ["changes"])
    add_attributes(connection, "comparisons", description=ATTRIBUTES["comparisons"])


def _publishing(connection: sqlite3.Connection) -> None:
    """What was published and signed off, and the way into the audit log."""
    run_script(connection, PUBLISHING)
    for table in ("editions", "sign_offs", "audit_outbox"):
        add_attributes(connection, table, description=ATTRIBUTES[table])


MIGRATIONS: Sequence[Migration] = (_to_version_2, _decisions, _alignments, _comparisons, _publishing)
"""The first leads from version 1 to 2, and so on."""


def newest_version(migrations: Sequence[Migration] = MIGRATIONS) -> int:
    """The version that all migrations together lead to."""
    return 1 + len(migrations)


def migrate(database: Database, *, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Apply what an older workspace lacks, in order and all together or not at all.

    Raises
    ------
    WorkspaceError
        If the workspace is newer than this program, does not say which version it is, or holds a table or view of the
        analyst's own that is in the way. Nothing is changed then.
    """
    if _version(database, newest_version(migrations)) == newest_version(migrations):
        return
    with database.writing() as connection:
        # Another process may have been faster while we waited for the right to write.
        for migration in migrations[_version(database, newest_version(migrations)) - 1 :]:
            _apply(migration, connection, database)
        connection.execute(
            "UPDATE yardwatch_meta SET value = ? WHERE key = 'schema_version'", (str(newest_version(migrations)),)
        )


def _apply(migration: Migration, connection: sqlite3.Connection, database: Database) -> None:
    try:
        migration(connection)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        raise WorkspaceError(
            f"{database.path}: cannot be brought up to date ({one_line(str(error))}); rename or remove the table "
            "or view of your own that is in the way, or restore a copy"
        ) from error


def _version(database: Database, newest: int) -> int:
    found = database.rows(
        lambda row: str(row["value"]), "SELECT rowid, value FROM yardwatch_meta WHERE key = 'schema_version'"
    )
    if len(found) != 1 or not found[0].isdecimal() or int(found[0]) < 1:
        raise WorkspaceError(f"{database.path}: does not say which version it is; restore it from a copy")
    if int(found[0]) > newest:
        raise WorkspaceError(
            f"{database.path}: was made by a newer Yardwatch (tables of version {found[0]}, this program knows "
            f"{newest}); upgrade with: pip install --upgrade yardwatch"
        )
    return int(found[0])
