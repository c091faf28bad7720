PRAGMA application_id = 1196444487;
PRAGMA user_version = 10400;
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
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
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
CREATE TABLE yardwatch_meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);
CREATE TABLE site (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  crs TEXT NOT NULL,
  aliases TEXT NOT NULL
);
CREATE TABLE zones (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom POLYGON,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  aliases TEXT DEFAULT '[]',
  conceals_from TEXT
);
CREATE TABLE zone_status (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  zone_fid INTEGER NOT NULL REFERENCES zones (fid) ON DELETE CASCADE,
  state TEXT NOT NULL,
  date TEXT
);
CREATE TABLE tracks (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom LINESTRING,
  name TEXT NOT NULL,
  gauge_mm INTEGER,
  zone TEXT
);
CREATE TABLE scenes (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom POLYGON,
  id TEXT NOT NULL UNIQUE,
  filename TEXT NOT NULL,
  acquired TEXT,
  acquired_from DATETIME,
  acquired_to DATETIME,
  sensor TEXT,
  gsd_m DOUBLE NOT NULL,
  off_nadir_deg DOUBLE,
  sun_azimuth_deg DOUBLE,
  sun_elevation_deg DOUBLE,
  credit TEXT,
  licence TEXT,
  may_republish TEXT NOT NULL,
  simulated BOOLEAN NOT NULL,
  bands INTEGER NOT NULL,
  dtype TEXT NOT NULL,
  width_px INTEGER NOT NULL,
  height_px INTEGER NOT NULL,
  crs TEXT NOT NULL,
  transform TEXT NOT NULL,
  sha256 TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL
);
CREATE TABLE counts (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  scene TEXT NOT NULL REFERENCES scenes (id),
  step TEXT NOT NULL,
  saved_at DATETIME NOT NULL,
  version TEXT NOT NULL,
  method TEXT NOT NULL,
  parameters TEXT NOT NULL,
  inputs TEXT NOT NULL,
  CONSTRAINT one_count_per_step UNIQUE (scene, step)
);
CREATE TABLE railcars (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom POLYGON,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  subtype TEXT,
  confidence DOUBLE NOT NULL,
  zone TEXT,
  track TEXT NOT NULL,
  start_m DOUBLE NOT NULL,
  end_m DOUBLE NOT NULL,
  offset_m DOUBLE NOT NULL,
  width_m DOUBLE NOT NULL,
  type_probabilities TEXT NOT NULL,
  scene TEXT NOT NULL,
  acquired TEXT,
  acquired_from DATETIME,
  acquired_to DATETIME,
  latest BOOLEAN NOT NULL,
  count_id INTEGER NOT NULL REFERENCES counts (id) ON DELETE CASCADE
);
CREATE TABLE strings (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  count_id INTEGER NOT NULL REFERENCES counts (id) ON DELETE CASCADE,
  track TEXT NOT NULL,
  start_m DOUBLE NOT NULL,
  end_m DOUBLE NOT NULL,
  railcars TEXT NOT NULL
);
CREATE TABLE track_coverage (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  count_id INTEGER NOT NULL REFERENCES counts (id) ON DELETE CASCADE,
  track TEXT NOT NULL,
  length_m DOUBLE NOT NULL,
  visible_m DOUBLE NOT NULL,
  hidden_m DOUBLE NOT NULL,
  outside_m DOUBLE NOT NULL,
  occupied_m DOUBLE NOT NULL
);
CREATE TABLE tallies (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  count_id INTEGER NOT NULL REFERENCES counts (id) ON DELETE CASCADE,
  zone TEXT,
  value INTEGER,
  low INTEGER NOT NULL,
  high INTEGER,
  level DOUBLE NOT NULL,
  qualifier TEXT NOT NULL,
  visible_m DOUBLE NOT NULL,
  hidden_m DOUBLE NOT NULL,
  outside_m DOUBLE NOT NULL,
  occupied_m DOUBLE NOT NULL
);
CREATE TABLE tally_types (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  tally_id INTEGER NOT NULL REFERENCES tallies (id) ON DELETE CASCADE,
  type TEXT NOT NULL,
  value INTEGER NOT NULL,
  low INTEGER NOT NULL,
  high INTEGER NOT NULL
);
CREATE TABLE count_notices (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  count_id INTEGER NOT NULL REFERENCES counts (id) ON DELETE CASCADE,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  remedy TEXT NOT NULL
);
CREATE TABLE finished_steps (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  scene TEXT NOT NULL REFERENCES scenes (id),
  step TEXT NOT NULL,
  finished_at DATETIME NOT NULL,
  CONSTRAINT once UNIQUE (scene, step)
);
CREATE TABLE observations (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom POLYGON,
  id TEXT NOT NULL UNIQUE,
  zone TEXT,
  class TEXT NOT NULL,
  quantity TEXT NOT NULL,
  value INTEGER,
  low INTEGER,
  high INTEGER,
  qualifier TEXT NOT NULL,
  date TEXT,
  date_from DATETIME,
  date_to DATETIME,
  "by" TEXT NOT NULL,
  note TEXT,
  recorded_at TEXT NOT NULL,
  scene TEXT REFERENCES scenes (id),
  step TEXT,
  visible_m DOUBLE,
  hidden_m DOUBLE,
  outside_m DOUBLE,
  version TEXT,
  method TEXT,
  parameters TEXT,
  inputs TEXT
);
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256),
  f_table_schema TEXT(256),
  f_table_name TEXT(256),
  f_geometry_column TEXT(256),
  styleName TEXT(30),
  styleQML TEXT,
  styleSLD TEXT,
  useAsDefault BOOLEAN,
  description TEXT,
  owner TEXT(30),
  ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
);
CREATE VIRTUAL TABLE "rtree_zones_geom" USING rtree(id, minx, maxx, miny, maxy);
CREATE VIRTUAL TABLE "rtree_tracks_geom" USING rtree(id, minx, maxx, miny, maxy);
CREATE VIRTUAL TABLE "rtree_scenes_geom" USING rtree(id, minx, maxx, miny, maxy);
CREATE VIRTUAL TABLE "rtree_railcars_geom" USING rtree(id, minx, maxx, miny, maxy);
CREATE VIRTUAL TABLE "rtree_observations_geom" USING rtree(id, minx, maxx, miny, maxy);
CREATE INDEX railcars_by_count ON railcars (count_id);
CREATE INDEX railcars_by_scene ON railcars (scene);
CREATE INDEX strings_by_count ON strings (count_id);
CREATE INDEX track_coverage_by_count ON track_coverage (count_id);
CREATE INDEX tallies_by_count ON tallies (count_id);
CREATE INDEX tally_types_by_tally ON tally_types (tally_id);
CREATE INDEX count_notices_by_count ON count_notices (count_id);
CREATE INDEX observations_by_scene ON observations (scene);
CREATE TRIGGER "rtree_zones_geom_insert" AFTER INSERT ON "zones"
WHEN (NEW."geom" NOT NULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN
  INSERT OR REPLACE INTO "rtree_zones_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom"));
END;
CREATE TRIGGER "rtree_zones_geom_update2" AFTER UPDATE OF "geom" ON "zones"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_zones_geom" WHERE id = OLD."fid";
END;
CREATE TRIGGER "rtree_zones_geom_update4" AFTER UPDATE ON "zones"
WHEN OLD."fid" != NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_zones_geom" WHERE id IN (OLD."fid", NEW."fid");
END;
CREATE TRIGGER "rtree_zones_geom_update5" AFTER UPDATE ON "zones"
WHEN OLD."fid" != NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_zones_geom" WHERE id = OLD."fid";
  INSERT OR REPLACE INTO "rtree_zones_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom"));
END;
CREATE TRIGGER "rtree_zones_geom_update6" AFTER UPDATE OF "geom" ON "zones"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  AND (OLD."geom" NOTNULL AND NOT ST_IsEmpty(OLD."geom"))
BEGIN
  UPDATE "rtree_zones_geom" SET minx = ST_MinX(NEW."geom"), maxx = ST_MaxX(NEW."geom"),
    miny = ST_MinY(NEW."geom"), maxy = ST_MaxY(NEW."geom") WHERE id = NEW."fid";
END;
CREATE TRIGGER "rtree_zones_geom_update7" AFTER UPDATE OF "geom" ON "zones"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  AND (OLD."geom" ISNULL OR ST_IsEmpty(OLD."geom"))
BEGIN
  INSERT INTO "rtree_zones_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom"));
END;
CREATE TRIGGER "rtree_zones_geom_delete" AFTER DELETE ON "zones" WHEN OLD."geom" NOT NULL
BEGIN
  DELETE FROM "rtree_zones_geom" WHERE id = OLD."fid";
END;
CREATE TRIGGER "rtree_tracks_geom_insert" AFTER INSERT ON "tracks"
WHEN (NEW."geom" NOT NULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN
  INSERT OR REPLACE INTO "rtree_tracks_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom"));
END;
CREATE TRIGGER "rtree_tracks_geom_update2" AFTER UPDATE OF "geom" ON "tracks"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_tracks_geom" WHERE id = OLD."fid";
END;
CREATE TRIGGER "rtree_tracks_geom_update4" AFTER UPDATE ON "tracks"
WHEN OLD."fid" != NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_tracks_geom" WHERE id IN (OLD."fid", NEW."fid");
END;
CREATE TRIGGER "rtree_tracks_geom_update5" AFTER UPDATE ON "tracks"
WHEN OLD."fid" != NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_tracks_geom" WHERE id = OLD."fid";
  INSERT OR REPLACE INTO "rtree_tracks_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom"));
END;
CREATE TRIGGER "rtree_tracks_geom_update6" AFTER UPDATE OF "geom" ON "tracks"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  AND (OLD."geom" NOTNULL AND NOT ST_IsEmpty(OLD."geom"))
BEGIN
  UPDATE "rtree_tracks_geom" SET minx = ST_MinX(NEW."geom"), maxx = ST_MaxX(NEW."geom"),
    miny = ST_MinY(NEW."geom"), maxy = ST_MaxY(NEW."geom") WHERE id = NEW."fid";
END;
CREATE TRIGGER "rtree_tracks_geom_update7" AFTER UPDATE OF "geom" ON "tracks"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  AND (OLD."geom" ISNULL OR ST_IsEmpty(OLD."geom"))
BEGIN
  INSERT INTO "rtree_tracks_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom"));
END;
CREATE TRIGGER "rtree_tracks_geom_delete" AFTER DELETE ON "tracks" WHEN OLD."geom" NOT NULL
BEGIN
  DELETE FROM "rtree_tracks_geom" WHERE id = OLD."fid";
END;
CREATE TRIGGER "rtree_scenes_geom_insert" AFTER INSERT ON "scenes"
WHEN (NEW."geom" NOT NULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN
  INSERT OR REPLACE INTO "rtree_scenes_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom"));
END;
CREATE TRIGGER "rtree_scenes_geom_update2" AFTER UPDATE OF "geom" ON "scenes"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_scenes_geom" WHERE id = OLD."fid";
END;
CREATE TRIGGER "rtree_scenes_geom_update4" AFTER UPDATE ON "scenes"
WHEN OLD."fid" != NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_scenes_geom" WHERE id IN (OLD."fid", NEW."fid");
END;
CREATE TRIGGER "rtree_scenes_geom_update5" AFTER UPDATE ON "scenes"
WHEN OLD."fid" != NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_scenes_geom" WHERE id = OLD."fid";
  INSERT OR REPLACE INTO "rtree_scenes_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom"));
END;
CREATE TRIGGER "rtree_scenes_geom_update6" AFTER UPDATE OF "geom" ON "scenes"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  AND (OLD."geom" NOTNULL AND NOT ST_IsEmpty(OLD."geom"))
BEGIN
  UPDATE "rtree_scenes_geom" SET minx = ST_MinX(NEW."geom"), maxx = ST_MaxX(NEW."geom"),
    miny = ST_MinY(NEW."geom"), maxy = ST_MaxY(NEW."geom") WHERE id = NEW."fid";
END;
CREATE TRIGGER "rtree_scenes_geom_update7" AFTER UPDATE OF "geom" ON "scenes"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  AND (OLD."geom" ISNULL OR ST_IsEmpty(OLD."geom"))
BEGIN
  INSERT INTO "rtree_scenes_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom"));
END;
CREATE TRIGGER "rtree_scenes_geom_delete" AFTER DELETE ON "scenes" WHEN OLD."geom" NOT NULL
BEGIN
  DELETE FROM "rtree_scenes_geom" WHERE id = OLD."fid";
END;
CREATE TRIGGER "rtree_railcars_geom_insert" AFTER INSERT ON "railcars"
WHEN (NEW."geom" NOT NULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN
  INSERT OR REPLACE INTO "rtree_railcars_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom"));
END;
CREATE TRIGGER "rtree_railcars_geom_update2" AFTER UPDATE OF "geom" ON "railcars"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_railcars_geom" WHERE id = OLD."fid";
END;
CREATE TRIGGER "rtree_railcars_geom_update4" AFTER UPDATE ON "railcars"
WHEN OLD."fid" != NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_railcars_geom" WHERE id IN (OLD."fid", NEW."fid");
END;
CREATE TRIGGER "rtree_railcars_geom_update5" AFTER UPDATE ON "railcars"
WHEN OLD."fid" != NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_railcars_geom" WHERE id = OLD."fid";
  INSERT OR REPLACE INTO "rtree_railcars_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom"));
END;
CREATE TRIGGER "rtree_railcars_geom_update6" AFTER UPDATE OF "geom" ON "railcars"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  AND (OLD."geom" NOTNULL AND NOT ST_IsEmpty(OLD."geom"))
BEGIN
  UPDATE "rtree_railcars_geom" SET minx = ST_MinX(NEW."geom"), maxx = ST_MaxX(NEW."geom"),
    miny = ST_MinY(NEW."geom"), maxy = ST_MaxY(NEW."geom") WHERE id = NEW."fid";
END;
CREATE TRIGGER "rtree_railcars_geom_update7" AFTER UPDATE OF "geom" ON "railcars"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  AND (OLD."geom" ISNULL OR ST_IsEmpty(OLD."geom"))
BEGIN
  INSERT INTO "rtree_railcars_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom"));
END;
CREATE TRIGGER "rtree_railcars_geom_delete" AFTER DELETE ON "railcars" WHEN OLD."geom" NOT NULL
BEGIN
  DELETE FROM "rtree_railcars_geom" WHERE id = OLD."fid";
END;
CREATE TRIGGER "rtree_observations_geom_insert" AFTER INSERT ON "observations"
WHEN (NEW."geom" NOT NULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN
  INSERT OR REPLACE INTO "rtree_observations_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom"));
END;
CREATE TRIGGER "rtree_observations_geom_update2" AFTER UPDATE OF "geom" ON "observations"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_observations_geom" WHERE id = OLD."fid";
END;
CREATE TRIGGER "rtree_observations_geom_update4" AFTER UPDATE ON "observations"
WHEN OLD."fid" != NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_observations_geom" WHERE id IN (OLD."fid", NEW."fid");
END;
CREATE TRIGGER "rtree_observations_geom_update5" AFTER UPDATE ON "observations"
WHEN OLD."fid" != NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN
  DELETE FROM "rtree_observations_geom" WHERE id = OLD."fid";
  INSERT OR REPLACE INTO "rtree_observations_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom"));
END;
CREATE TRIGGER "rtree_observations_geom_update6" AFTER UPDATE OF "geom" ON "observations"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  AND (OLD."geom" NOTNULL AND NOT ST_IsEmpty(OLD."geom"))
BEGIN
  UPDATE "rtree_observations_geom" SET minx = ST_MinX(NEW."geom"), maxx = ST_MaxX(NEW."geom"),
    miny = ST_MinY(NEW."geom"), maxy = ST_MaxY(NEW."geom") WHERE id = NEW."fid";
END;
CREATE TRIGGER "rtree_observations_geom_update7" AFTER UPDATE OF "geom" ON "observations"
WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  AND (OLD."geom" ISNULL OR ST_IsEmpty(OLD."geom"))
BEGIN
  INSERT INTO "rtree_observations_geom" VALUES (
    NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom"));
END;
CREATE TRIGGER "rtree_observations_geom_delete" AFTER DELETE ON "observations" WHEN OLD."geom" NOT NULL
BEGIN
  DELETE FROM "rtree_observations_geom" WHERE id = OLD."fid";
END;
INSERT INTO "gpkg_spatial_ref_sys" VALUES ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system');
INSERT INTO "gpkg_spatial_ref_sys" VALUES ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system');
INSERT INTO "gpkg_spatial_ref_sys" VALUES ('WGS 84 geodetic', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]', 'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');
INSERT INTO "gpkg_spatial_ref_sys" VALUES ('WGS 84 / UTM zone 52N', 32652, 'EPSG', 32652, 'PROJCS["WGS 84 / UTM zone 52N",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",129],PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1,AUTHORITY["EPSG","9001"]],AXIS["Easting",EAST],AXIS["Northing",NORTH],AUTHORITY["EPSG","32652"]]', NULL);
INSERT INTO "gpkg_contents" VALUES ('zones', 'features', 'zones', 'Zones of the site', '2026-11-22T00:00:15.785Z', 500000.0, 4600000.0, 501000.0, 4600300.0, 32652);
INSERT INTO "gpkg_contents" VALUES ('tracks', 'features', 'tracks', 'Tracks of the site', '2026-11-22T00:00:15.785Z', 500000.0, 4600050.0, 500900.0, 4600055.0, 32652);
INSERT INTO "gpkg_contents" VALUES ('scenes', 'features', 'scenes', 'Footprints of the images', '2026-11-22T00:00:15.837Z', 500000.0, 4599900.0, 501200.0, 4600400.0, 32652);
INSERT INTO "gpkg_contents" VALUES ('railcars', 'features', 'railcars', 'Railcars counted by the machine; `latest` is 1 for those of the newest count of a scene', '2026-11-22T00:00:15.859Z', 500010.0, 4600048.5, 500036.9, 4600051.5, 32652);
INSERT INTO "gpkg_contents" VALUES ('observations', 'features', 'observations', 'What was seen, by machine or person; without geometry where it is the whole site', '2026-11-22T00:00:15.896Z', 500000.0, 4600000.0, 501000.0, 4600300.0, 32652);
INSERT INTO "gpkg_contents" VALUES ('site', 'attributes', 'site', 'Name and CRS of the site', '2026-11-22T00:00:15.756Z', NULL, NULL, NULL, NULL, NULL);
INSERT INTO "gpkg_contents" VALUES ('zone_status', 'attributes', 'zone_status', 'State of a zone and when it held', '2026-11-22T00:00:15.756Z', NULL, NULL, NULL, NULL, NULL);
INSERT INTO "gpkg_contents" VALUES ('counts', 'attributes', 'counts', 'One row for each counted scene and step', '2026-11-22T00:00:15.761Z', NULL, NULL, NULL, NULL, NULL);
INSERT INTO "gpkg_contents" VALUES ('tallies', 'attributes', 'tallies', 'Count of a zone in a scene; without zone: every car once', '2026-11-22T00:00:15.761Z', NULL, NULL, NULL, NULL, NULL);
INSERT INTO "gpkg_contents" VALUES ('tally_types', 'attributes', 'tally_types', 'The same by type of car', '2026-11-22T00:00:15.761Z', NULL, NULL, NULL, NULL, NULL);
INSERT INTO "gpkg_contents" VALUES ('track_coverage', 'attributes', 'track_coverage', 'How much of each track was seen, hidden or outside the image', '2026-11-22T00:00:15.761Z', NULL, NULL, NULL, NULL, NULL);
INSERT INTO "gpkg_contents" VALUES ('strings', 'attributes', 'strings', 'Cars that stand coupled', '2026-11-22T00:00:15.761Z', NULL, NULL, NULL, NULL, NULL);
INSERT INTO "gpkg_contents" VALUES ('count_notices', 'attributes', 'count_notices', 'What a reader must know of a count', '2026-11-22T00:00:15.761Z', NULL, NULL, NULL, NULL, NULL);
INSERT INTO "gpkg_contents" VALUES ('finished_steps', 'attributes', 'finished_steps', 'What has been done with each scene', '2026-11-22T00:00:15.761Z', NULL, NULL, NULL, NULL, NULL);
INSERT INTO "gpkg_contents" VALUES ('layer_styles', 'attributes', 'layer_styles', 'How QGIS draws the layers', '2026-11-22T00:00:15.761Z', NULL, NULL, NULL, NULL, NULL);
INSERT INTO "gpkg_geometry_columns" VALUES ('zones', 'geom', 'POLYGON', 32652, 0, 0);
INSERT INTO "gpkg_geometry_columns" VALUES ('tracks', 'geom', 'LINESTRING', 32652, 0, 0);
INSERT INTO "gpkg_geometry_columns" VALUES ('scenes', 'geom', 'POLYGON', 32652, 0, 0);
INSERT INTO "gpkg_geometry_columns" VALUES ('railcars', 'geom', 'POLYGON', 32652, 0, 0);
INSERT INTO "gpkg_geometry_columns" VALUES ('observations', 'geom', 'POLYGON', 32652, 0, 0);
INSERT INTO "gpkg_extensions" VALUES ('zones', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec140/#extension_rtree', 'write-only');
INSERT INTO "gpkg_extensions" VALUES ('tracks', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec140/#extension_rtree', 'write-only');
INSERT INTO "gpkg_extensions" VALUES ('scenes', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec140/#extension_rtree', 'write-only');
INSERT INTO "gpkg_extensions" VALUES ('railcars', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec140/#extension_rtree', 'write-only');
INSERT INTO "gpkg_extensions" VALUES ('observations', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec140/#extension_rtree', 'write-only');
INSERT INTO "yardwatch_meta" VALUES ('schema_version', '1');
INSERT INTO "yardwatch_meta" VALUES ('created_at', '2026-11-22T00:00:15.761Z');
INSERT INTO "yardwatch_meta" VALUES ('created_by', 'yardwatch 0.1.0');
INSERT INTO "site" VALUES (1, 'Invented Junction', 'EPSG:32652', '["Somewhere"]');
INSERT INTO "zones" VALUES (1, X'475000038C7F00000000000080841E410000000020941E4100000000308C514100000000498C5141010300000002000000050000000000000080841E4100000000308C51410000000020941E4100000000308C51410000000020941E4100000000498C51410000000080841E4100000000498C51410000000080841E4100000000308C51410500000000000000C08A1E41000000003A8C514100000000108B1E41000000003A8C514100000000108B1E41000000003F8C514100000000C08A1E41000000003F8C514100000000C08A1E41000000003A8C5141', 'North yard', 'rail_yard', '["Old yard"]', '2024-05');
INSERT INTO "zones" VALUES (2, X'475000038C7F00000000000080841E410000000030891E4100000000628C5141000000007B8C5141010300000001000000050000000000000080841E4100000000628C51410000000030891E4100000000628C51410000000030891E41000000007B8C51410000000080841E41000000007B8C51410000000080841E4100000000628C5141', 'Sheds', 'warehouse', '[]', NULL);
INSERT INTO "zone_status" VALUES (1, 1, 'in use', '2002/..');
INSERT INTO "tracks" VALUES (1, X'475000038C7F00000000000080841E410000000090921E41000000803C8C5141000000C03D8C51410102000000020000000000000080841E41000000803C8C51410000000090921E41000000C03D8C5141', 'T1', 1520, 'North yard');
INSERT INTO "scenes" VALUES (1, X'475000038C7F00000000000080841E410000000040971E4100000000178C514100000000948C5141010300000001000000050000000000000080841E4100000000948C51410000000040971E4100000000948C51410000000040971E4100000000178C51410000000080841E4100000000178C51410000000080841E4100000000948C5141', 'image-1', 'image 1.tif', '2024-12-03T02:15:00Z', '2024-12-03T02:15:00.000Z', '2024-12-03T02:15:00.000Z', NULL, 0.5, NULL, NULL, NULL, NULL, NULL, 'unknown', 0, 3, 'uint8', 2400, 1000, 'EPSG:32652', '[0.5, 0.0, 500000.0, 0.0, -0.5, 4600400.0]', '0000000000000000000000000000000000000000000000000000000000000001', '/images/1.tif');
INSERT INTO "counts" VALUES (1, 'image-1', 'count/1', '2026-11-22T00:00:15.857Z', '0.1.0', 'ribbon-hsmm/1', '{"step_m": 0.25, "types": true}', '{"image.tif": "abababababababababababababababababababababababababababababababab"}');
INSERT INTO "railcars" VALUES (1, X'475000038C7F000000000000A8841E419A999999DB841E41000000203C8C5141000000E03C8C51410103000000010000000500000000000000A8841E41000000203C8C51419A999999DB841E41000000203C8C51419A999999DB841E41000000E03C8C514100000000A8841E41000000E03C8C514100000000A8841E41000000203C8C5141', 'r1', 'tank', NULL, 0.9, 'North yard', 'T1', 10.0, 22.9, 0.1, 3.0, '{"tank": 0.75, "covered": 0.25}', 'image-1', '2024-12-03T02:15:00Z', '2024-12-03T02:15:00.000Z', '2024-12-03T02:15:00.000Z', 1, 1);
INSERT INTO "railcars" VALUES (2, X'475000038C7F000000000000E0841E419A99999913851E41000000203C8C5141000000E03C8C51410103000000010000000500000000000000E0841E41000000203C8C51419A99999913851E41000000203C8C51419A99999913851E41000000E03C8C514100000000E0841E41000000E03C8C514100000000E0841E41000000203C8C5141', 'r2', 'tank', NULL, 0.9, 'North yard', 'T1', 24.0, 36.9, 0.1, 3.0, '{"tank": 0.75, "covered": 0.25}', 'image-1', '2024-12-03T02:15:00Z', '2024-12-03T02:15:00.000Z', '2024-12-03T02:15:00.000Z', 1, 1);
INSERT INTO "strings" VALUES (1, 1, 'T1', 10.0, 28.0, '["r1", "r2"]');
INSERT INTO "track_coverage" VALUES (1, 1, 'T1', 900.0, 880.0, 20.0, 0.0, 25.8);
INSERT INTO "tallies" VALUES (1, 1, 'North yard', 2, 2, 3, 0.9, 'about', 880.0, 20.0, 0.0, 25.8);
INSERT INTO "tallies" VALUES (2, 1, NULL, 2, 2, 3, 0.9, 'about', 880.0, 20.0, 0.0, 25.8);
INSERT INTO "tally_types" VALUES (1, 1, 'tank', 2, 2, 3);
INSERT INTO "tally_types" VALUES (2, 2, 'tank', 2, 2, 3);
INSERT INTO "count_notices" VALUES (1, 1, 'track_hidden', '20 m of T1 are hidden', 'use another scene');
INSERT INTO "finished_steps" VALUES (1, 'image-1', 'count/1', '2026-11-22T00:00:15.857Z');
INSERT INTO "observations" VALUES (1, X'475000038C7F00000000000080841E410000000020941E4100000000308C514100000000498C5141010300000002000000050000000000000080841E4100000000308C51410000000020941E4100000000308C51410000000020941E4100000000498C51410000000080841E4100000000498C51410000000080841E4100000000308C51410500000000000000C08A1E41000000003A8C514100000000108B1E41000000003A8C514100000000108B1E41000000003F8C514100000000C08A1E41000000003F8C514100000000C08A1E41000000003A8C5141', 'count:image-1', 'North yard', 'railcar', 'about 2', 2, 2, 3, 'about', '2024-12-03T02:15:00Z', '2024-12-03T02:15:00.000Z', '2024-12-03T02:15:00.000Z', 'machine', NULL, '2025-01-02T03:04:05.678901+00:00', 'image-1', 'count/1', 880.0, 20.0, 0.0, '0.1.0', 'ribbon-hsmm/1', '{"step_m": 0.25, "types": true}', '{"image.tif": "abababababababababababababababababababababababababababababababab"}');
INSERT INTO "observations" VALUES (2, X'475000038C7F00000000000080841E410000000030891E4100000000628C5141000000007B8C5141010300000001000000050000000000000080841E4100000000628C51410000000030891E4100000000628C51410000000030891E41000000007B8C51410000000080841E41000000007B8C51410000000080841E4100000000628C5141', 'sheds', 'Sheds', 'spare bogies', 'at least 7', 7, 7, NULL, 'at_least', '2024-10-21~', '2024-10-21T00:00:00.000Z', '2024-10-21T23:59:59.000Z', 'J. Doe', 'stacked, =HYPERLINK(1)', '2025-01-02T00:00:00+00:00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO "layer_styles" VALUES (2, '', '', 'tracks', 'geom', 'tracks', '<!DOCTYPE qgis PUBLIC ''http://mrcc.com/qgis.dtd'' ''SYSTEM''>
<qgis version="3.28.0" styleCategories="Symbology|Labeling" labelsEnabled="1"><renderer-v2 type="singleSymbol" enableorderby="0" forceraster="0" symbollevels="0"><symbols><symbol type="line" name="0" alpha="1" clip_to_extent="1" force_rhr="0"><layer class="SimpleLine" enabled="1" locked="0" pass="0"><Option type="Map"><Option name="line_color" type="QString" value="220,38,127,255"/><Option name="line_width" type="QString" value="0.35"/><Option name="line_width_unit" type="QString" value="MM"/></Option><prop k="line_color" v="220,38,127,255"/><prop k="line_width" v="0.35"/><prop k="line_width_unit" v="MM"/></layer></symbol></symbols></renderer-v2><labeling type="simple"><settings calloutType="simple"><text-style fieldName="&quot;name&quot;" isExpression="1" fontFamily="Sans Serif" fontSize="9" fontSizeUnit="Point" textColor="34,34,34,255" textOpacity="1"><text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,255" bufferOpacity="0.8"/></text-style><text-format/><placement placement="2" placementFlags="10"/><rendering drawLabels="1" scaleVisibility="0" scaleMin="1" scaleMax="0"/></settings></labeling></qgis>', '<?xml version="1.0" encoding="UTF-8"?>
<StyledLayerDescriptor version="1.1.0" xmlns="http://www.opengis.net/sld" xmlns:se="http://www.opengis.net/se" xmlns:ogc="http://www.opengis.net/ogc"><NamedLayer><se:Name>tracks</se:Name><UserStyle><se:Name>tracks</se:Name><se:FeatureTypeStyle><se:Rule><se:Name>tracks</se:Name><se:LineSymbolizer><se:Stroke><se:SvgParameter name="stroke">#dc267f</se:SvgParameter><se:SvgParameter name="stroke-width">1.25</se:SvgParameter></se:Stroke></se:LineSymbolizer></se:Rule></se:FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>', 1, 'Yardwatch: tracks', '', NULL, '2026-11-22T00:00:15.761Z');
