"""Site files in GeoPackage: the layers ``zones`` and ``tracks``, read without running anything in them (child only)."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import shapely

from yardwatch.errors import Notice, SiteError
from yardwatch.imagery._features import MOST_FEATURES, Collection, Feature, too_many

__all__ = ["read_geopackage"]

_LAYERS = {"zones": "zone", "tracks": "track"}
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
_LONGEST_VALUE = 16 * 2**20
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_HEADER_BYTES = 8
_QGIS = "save the layers zones and tracks anew from QGIS (Export, Save Features As, GeoPackage)"


def read_geopackage(path: Path, *, subject: str) -> Collection:
    """The features of the layers ``zones`` and ``tracks``.

    Raises
    ------
    SiteError
        If the file is damaged, has neither layer, or the layers are in different coordinate systems.
    """
    try:
        with closing(_opened(path)) as database:
            return _collection(database, path, subject)
    except (sqlite3.Error, ValueError, OverflowError, shapely.errors.ShapelyError) as error:
        raise SiteError(subject, f"is not a GeoPackage that can be read ({error})", _QGIS) from None


def _opened(path: Path) -> sqlite3.Connection:
    """The file opened as it lies: read only, no journal, and nothing allowed but reading columns."""
    database = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA mmap_size = 0")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    database.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY)
    return database


def _collection(database: sqlite3.Connection, path: Path, subject: str) -> Collection:
    tables = dict(database.execute("SELECT name, type FROM sqlite_master").fetchall())
    listed = database.execute("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'").fetchmany(
        MOST_FEATURES
    )
    layers = {str(name).lower(): str(name) for (name,) in listed if tables.get(name) == "table"}
    found = [name for name in _LAYERS if name in layers]
    if not found:
        there = ", ".join(sorted(layers.values())[:8]) or "none"
        raise SiteError(subject, f"has no layer zones or tracks (its layers: {there})", _QGIS)
    crs, features = set(), []
    for name in found:
        column, srs = _geometry_column(database, layers[name], subject)
        crs.add(srs)
        features += _features(database, layers[name], column, _LAYERS[name], subject)
    if len(crs) > 1:
        raise SiteError(subject, "its layers zones and tracks are in different coordinate systems", "save both in one")
    return Collection(crs.pop(), features, notices=_unsaved(path, subject))


def _geometry_column(database: sqlite3.Connection, table: str, subject: str) -> tuple[str, str]:
    """Name of the geometry column of a layer, and its CRS."""
    query = (
        "SELECT g.column_name, s.organization, s.organization_coordsys_id, s.definition FROM gpkg_geometry_columns g "
        "JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id WHERE g.table_name = ?"
    )
    row = database.execute(query, (table,)).fetchone()
    if row is None:
        raise SiteError(f"{subject}: layer {table}", "does not say its coordinate system", _QGIS)
    column, organization, code, definition = row
    known = str(organization).upper() == "EPSG" and isinstance(code, int) and code > 0
    return str(column), f"EPSG:{code}" if known else str(definition)


def _features(database: sqlite3.Connection, table: str, column: str, kind: str, subject: str) -> list[Feature]:
    quoted = table.replace('"', '""')
    cursor = database.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608 -- a listed table, quoted
    rows = cursor.fetchmany(MOST_FEATURES + 1)
    if len(rows) > MOST_FEATURES:
        raise too_many(subject, "features", MOST_FEATURES)
    names = [description[0] for description in cursor.description]
    features = []
    for number, row in enumerate(rows, 1):
        properties: dict[str, Any] = dict(zip(names, row, strict=True))
        blob = properties.pop(column, None)
        properties.pop("kind", None)
        features.append(Feature(f"{table} {number}", _geometry(blob), properties, kind))
    return features


def _geometry(blob: object) -> Any:  # noqa: ANN401 -- GeoJSON
    """The geometry in a GeoPackage blob: a header with an envelope, then WKB."""
    if not isinstance(blob, bytes):
        return None
    if len(blob) < _HEADER_BYTES or blob[:2] != b"GP":
        raise ValueError("a geometry is damaged")
    flags = blob[3]
    envelope = flags >> 1 & 7
    if envelope >= len(_ENVELOPE_BYTES):
        raise ValueError("a geometry is damaged")
    if flags >> 4 & 1:
        return None
    geometry = shapely.from_wkb(blob[_HEADER_BYTES + _ENVELOPE_BYTES[envelope] :])
    return json.loads(shapely.to_geojson(geometry)) if geometry.is_empty is False else None


def _unsaved(path: Path, subject: str) -> list[Notice]:
    """A notice where another program has edits that are not in the file yet."""
    journal = Path(f"{path}-wal")
    if not (journal.is_file() and journal.stat().st_size > 0):
        return []
    message = f"{subject} is open in another program; what is not saved in it yet was not read"
    return [Notice("unsaved_edits", message, "save and close it there (in QGIS: remove the layers) and run again")]
