"""What the GeoPackage standard (OGC 12-128r19, version 1.4) asks of a file."""

import sqlite3

from pyproj import CRS
from pyproj.exceptions import CRSError

from yardwatch.errors import MisuseError
from yardwatch.workspace.geometry import Bounds

__all__ = [
    "APPLICATION_ID",
    "GEOMETRY_COLUMN",
    "add_attributes",
    "add_features",
    "add_reference",
    "grow_extent",
    "lay_foundation",
    "measure_extent",
    "rtree_of",
    "run_script",
]

APPLICATION_ID = 0x47504B47
"""``GPKG``, kept in the head of the file."""

GEOMETRY_COLUMN = "geom"
"""Name of the geometry column of each of our layers."""

_USER_VERSION = 10400
_CUSTOM_SRS_ID = 100_000
_CODE_LON_LAT = 4326
_RTREE_DEFINITION = "http://www.geopackage.org/spec140/#extension_rtree"
_NOW = "strftime('%Y-%m-%dT%H:%M:%fZ','now')"

_FOUNDATION = f"""
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL,
  description TEXT
);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY,
  data_type TEXT NOT NULL,
  identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT ({_NOW}),
  min_x DOUBLE,
  min_y DOUBLE,
  max_x DOUBLE,
  max_y DOUBLE,
  srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL,
  m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);
CREATE TABLE gpkg_extensions (
  table_name TEXT,
  column_name TEXT,
  extension_name TEXT NOT NULL,
  definition TEXT NOT NULL,
  scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);
"""

_RTREE = """
CREATE VIRTUAL TABLE "rtree_<t>_<g>" USING rtree(id, minx, maxx, miny, maxy);
CREATE TRIGGER "rtree_<t>_<g>_insert" AFTER INSERT ON "<t>"
WHEN (NEW."<g>" NOT NULL AND NOT ST_IsEmpty(NEW."<g>"))
BEGIN
  INSERT OR REPLACE INTO "rtree_<t>_<g>" VALUES (
    NEW."fid", ST_MinX(NEW."<g>"), ST_MaxX(NEW."<g>"), ST_MinY(NEW."<g>"), ST_MaxY(NEW."<g>"));
END;
CREATE TRIGGER "rtree_<t>_<g>_update2" AFTER UPDATE OF "<g>" ON "<t>"
WHEN OLD."fid" = NEW."fid" AND (NEW."<g>" ISNULL OR ST_IsEmpty(NEW."<g>"))
BEGIN
  DELETE FROM "rtree_<t>_<g>" WHERE id = OLD."fid";
END;
CREATE TRIGGER "rtree_<t>_<g>_update4" AFTER UPDATE ON "<t>"
WHEN OLD."fid" != NEW."fid" AND (NEW."<g>" ISNULL OR ST_IsEmpty(NEW."<g>"))
BEGIN
  DELETE FROM "rtree_<t>_<g>" WHERE id IN (OLD."fid", NEW."fid");
END;
CREATE TRIGGER "rtree_<t>_<g>_update5" AFTER UPDATE ON "<t>"
WHEN OLD."fid" != NEW."fid" AND (NEW."<g>" NOTNULL AND NOT ST_IsEmpty(NEW."<g>"))
BEGIN
  DELETE FROM "rtree_<t>_<g>" WHERE id = OLD."fid";
  INSERT OR REPLACE INTO "rtree_<t>_<g>" VALUES (
    NEW."fid", ST_MinX(NEW."<g>"), ST_MaxX(NEW."<g>"), ST_MinY(NEW."<g>"), ST_MaxY(NEW."<g>"));
END;
CREATE TRIGGER "rtree_<t>_<g>_update6" AFTER UPDATE OF "<g>" ON "<t>"
WHEN OLD."fid" = NEW."fid" AND (NEW."<g>" NOTNULL AND NOT ST_IsEmpty(NEW."<g>"))
  AND (OLD."<g>" NOTNULL AND NOT ST_IsEmpty(OLD."<g>"))
BEGIN
  UPDATE "rtree_<t>_<g>" SET minx = ST_MinX(NEW."<g>"), maxx = ST_MaxX(NEW."<g>"),
    miny = ST_MinY(NEW."<g>"), maxy = ST_MaxY(NEW."<g>") WHERE id = NEW."fid";
END;
CREATE TRIGGER "rtree_<t>_<g>_update7" AFTER UPDATE OF "<g>" ON "<t>"
WHEN OLD."fid" = NEW."fid" AND (NEW."<g>" NOTNULL AND NOT ST_IsEmpty(NEW."<g>"))
  AND (OLD."<g>" ISNULL OR ST_IsEmpty(OLD."<g>"))
BEGIN
  INSERT INTO "rtree_<t>_<g>" VALUES (
    NEW."fid", ST_MinX(NEW."<g>"), ST_MaxX(NEW."<g>"), ST_MinY(NEW."<g>"), ST_MaxY(NEW."<g>"));
END;
CREATE TRIGGER "rtree_<t>_<g>_delete" AFTER DELETE ON "<t>" WHEN OLD."<g>" NOT NULL
BEGIN
  DELETE FROM "rtree_<t>_<g>" WHERE id = OLD."fid";
END;
"""

_REFERENCES = (
    ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian coordinate reference system"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system"),
    (
        "WGS 84 geodetic", 4326, "EPSG", 4326,
        'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
        'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
        'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],'
        'AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]',
        "longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid",
    ),
)  # fmt: skip


def run_script(connection: sqlite3.Connection, script: str) -> None:
    """Run the statements of a script of ours within the transaction there is; ``executescript`` would end it."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def lay_foundation(connection: sqlite3.Connection) -> None:
    """Make an empty database a GeoPackage without any layer."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {_USER_VERSION}")
    run_script(connection, _FOUNDATION)
    connection.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", _REFERENCES)


def add_reference(connection: sqlite3.Connection, crs: str) -> int:
    """Describe a CRS in the file and give the ``srs_id`` that layers refer to it by.

    A CRS without an EPSG code gets 100,000. A GeoPackage always keeps x = longitude first, so OGC:CRS84 is EPSG:4326.

    Raises
    ------
    MisuseError
        If it is no CRS.
    """
    try:
        parsed = CRS.from_user_input(crs)
    except CRSError as error:
        raise MisuseError(f"{crs[:60]!r} is not a coordinate reference system: {error}") from None
    code = _CODE_LON_LAT if parsed.to_authority() == ("OGC", "CRS84") else parsed.to_epsg()
    srs_id = _CUSTOM_SRS_ID if code is None else code
    connection.execute(
        "INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
        (parsed.name, srs_id, "NONE" if code is None else "EPSG", srs_id, _definition(parsed), None),
    )
    return srs_id


def add_features(
    connection: sqlite3.Connection, table: str, geometry_type: str, *, srs_id: int, description: str
) -> None:
    """Register a table with geometry and give it its spatial index."""
    _add_contents(connection, table, "features", srs_id, description)
    connection.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, 0, 0)", (table, GEOMETRY_COLUMN, geometry_type, srs_id)
    )
    connection.execute(
        "INSERT INTO gpkg_extensions VALUES (?, ?, 'gpkg_rtree_index', ?, 'write-only')",
        (table, GEOMETRY_COLUMN, _RTREE_DEFINITION),
    )
    run_script(connection, _RTREE.replace("<t>", table).replace("<g>", GEOMETRY_COLUMN))


def add_attributes(connection: sqlite3.Connection, table: str, *, description: str) -> None:
    """Register a table without geometry."""
    _add_contents(connection, table, "attributes", None, description)


def rtree_of(table: str) -> str:
    """Name of the spatial index of a layer."""
    return f"rtree_{table}_{GEOMETRY_COLUMN}"


def grow_extent(connection: sqlite3.Connection, table: str, bounds: Bounds) -> None:
    """Widen a layer's extent by the box around what was added to it."""
    connection.execute(
        f"UPDATE gpkg_contents SET last_change = {_NOW}, "  # noqa: S608 - a constant of this file
        "min_x = min(coalesce(min_x, :west), :west), min_y = min(coalesce(min_y, :south), :south), "
        "max_x = max(coalesce(max_x, :east), :east), max_y = max(coalesce(max_y, :north), :north) "
        "WHERE table_name = :table",
        dict(zip(("west", "south", "east", "north"), bounds, strict=True)) | {"table": table},
    )


def measure_extent(connection: sqlite3.Connection, table: str) -> None:
    """Set a layer's extent to that of its rows, after some were removed."""
    g = GEOMETRY_COLUMN
    connection.execute(
        f"UPDATE gpkg_contents SET last_change = {_NOW}, (min_x, min_y, max_x, max_y) = "  # noqa: S608 - our own names
        f"(SELECT min(ST_MinX({g})), min(ST_MinY({g})), max(ST_MaxX({g})), max(ST_MaxY({g})) FROM {table}) "
        "WHERE table_name = ?",
        (table,),
    )


def _add_contents(connection: sqlite3.Connection, table: str, kind: str, srs_id: int | None, description: str) -> None:
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES (?, ?, ?, ?, ?)",
        (table, kind, table, description, srs_id),
    )


def _definition(crs: CRS) -> str:
    """Well-known text as the standard asks for it, or the newer form where the older cannot say it."""
    try:
        return crs.to_wkt("WKT1_GDAL")
    except CRSError:
        return crs.to_wkt()
