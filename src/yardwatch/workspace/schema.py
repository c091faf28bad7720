"""The tables of a workspace, named and filled so that people can read them in QGIS."""

import sqlite3
from collections.abc import Collection

from yardwatch.workspace.geometry import register_functions
from yardwatch.workspace.geopackage import add_attributes, add_features, add_reference, lay_foundation, run_script
from yardwatch.workspace.styles import default_styles

__all__ = [
    "ALIGNMENTS",
    "ATTRIBUTES",
    "COMPARISONS",
    "DECISIONS",
    "LAYERS",
    "PLACES",
    "PUBLISHING",
    "RECORD",
    "add_styles",
    "build",
]

LAYERS = {
    "zones": ("POLYGON", "Zones of the site"),
    "places": ("POINT", "Places of the site that nobody has drawn yet; without geometry where nobody knows where"),
    "tracks": ("LINESTRING", "Tracks of the site"),
    "scenes": ("POLYGON", "Footprints of the images"),
    "railcars": ("POLYGON", "Railcars counted by the machine; `latest` is 1 for those of the newest count of a scene"),
    "observations": ("POLYGON", "What was seen, by machine or person; with the geometry of its zone, if it is of one"),
    "changes": ("POLYGON", "What changed between two scenes"),
}
"""Layer to its type of geometry and what it holds."""

ATTRIBUTES = {
    "site": "Name and CRS of the site",
    "zone_status": "State of a zone and when it held",
    "counts": "One row for each counted scene and step",
    "tallies": "Count of a zone in a scene; without zone: every car once",
    "tally_types": "The same by type of car",
    "track_coverage": "How much of each track was seen, hidden or outside the image",
    "strings": "Cars that stand coupled",
    "count_notices": "What a reader must know of a count",
    "finished_steps": "What has been done with each scene",
    "sources": "Who has said something: publications, officials, persons",
    "claims": "What a source says, in its words",
    "events": "What happened in the world, or was announced",
    "reviews": "What persons decided about sources, claims and events, with both versions",
    "corrections": "What persons decided about the railcars of a scene, one row a decision, never changed",
    "network_choices": "Which evidence network is used for counting, the last row holds",
    "alignments": "How each scene lies on the reference, and where its file says that it lies",
    "comparisons": "Which scenes were compared, whether they could be, and what is said of each zone",
    "editions": "What was published, with the numbers in its text",
    "sign_offs": "Who has signed off what the workspace held then",
    "audit_outbox": "Changes on their way into the audit log; empty or one row",
    "layer_styles": "How QGIS draws the layers",
}
"""Table without geometry to what it holds."""

PLACES = """
CREATE TABLE places (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom POINT,
  name TEXT NOT NULL,
  precision_m DOUBLE,
  source TEXT,
  aliases TEXT DEFAULT '[]'
);
"""
"""The layer of places."""

RECORD = """
CREATE TABLE sources (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  publisher TEXT NOT NULL,
  published TEXT,
  published_from DATETIME,
  published_to DATETIME,
  url TEXT,
  reliability TEXT NOT NULL,
  sha256 TEXT
);
CREATE TABLE claims (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL REFERENCES sources (id),
  kind TEXT NOT NULL,
  quote TEXT NOT NULL,
  place_text TEXT,
  zone TEXT,
  measure TEXT,
  value DOUBLE,
  low DOUBLE,
  high DOUBLE,
  unit TEXT,
  type TEXT,
  qualifier TEXT,
  negated BOOLEAN NOT NULL,
  hedged BOOLEAN NOT NULL,
  date TEXT,
  date_from DATETIME,
  date_to DATETIME,
  attributed_to TEXT,
  via TEXT,
  copied_from TEXT REFERENCES claims (id),
  credibility TEXT NOT NULL,
  quote_start INTEGER,
  quote_end INTEGER,
  status TEXT NOT NULL
);
CREATE TABLE events (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  date TEXT NOT NULL,
  date_from DATETIME,
  date_to DATETIME,
  kind TEXT NOT NULL,
  place TEXT,
  source TEXT,
  source_date TEXT,
  source_date_from DATETIME,
  source_date_to DATETIME
);
CREATE TABLE reviews (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  "by" TEXT NOT NULL,
  reviewed_at TEXT NOT NULL,
  note TEXT,
  before TEXT NOT NULL,
  after TEXT NOT NULL
);
CREATE INDEX reviews_by_subject ON reviews (kind, id);
"""
"""The tables of what others have said."""

DECISIONS = """
CREATE TABLE corrections (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  scene TEXT NOT NULL REFERENCES scenes (id),
  act TEXT NOT NULL,
  track TEXT NOT NULL,
  start_m DOUBLE,
  end_m DOUBLE,
  "by" TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  note TEXT,
  before TEXT,
  after TEXT
);
CREATE INDEX corrections_by_scene ON corrections (scene);
CREATE TABLE network_choices (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  sha256 TEXT,
  name TEXT NOT NULL,
  "by" TEXT NOT NULL,
  chosen_at TEXT NOT NULL,
  figures TEXT NOT NULL
);
"""
"""The tables of what persons decided about railcars and networks."""

ALIGNMENTS = """
CREATE TABLE alignments (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  scene TEXT NOT NULL UNIQUE REFERENCES scenes (id),
  reference TEXT NOT NULL REFERENCES scenes (id),
  accepted BOOLEAN NOT NULL,
  reason TEXT,
  shift_east_m DOUBLE,
  shift_north_m DOUBLE,
  rmse_px DOUBLE,
  tie_points INTEGER NOT NULL,
  se_m DOUBLE,
  method TEXT NOT NULL,
  own_transform TEXT NOT NULL
);
"""
"""The table of how scenes lie on the reference; an accepted one is in force in the scene's own ``transform``."""

COMPARISONS = """
CREATE TABLE comparisons (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  before TEXT NOT NULL REFERENCES scenes (id),
  after TEXT NOT NULL REFERENCES scenes (id),
  accepted BOOLEAN NOT NULL,
  alignment TEXT,
  zones TEXT NOT NULL,
  hidden TEXT NOT NULL,
  notices TEXT NOT NULL,
  version TEXT NOT NULL,
  method TEXT NOT NULL,
  parameters TEXT NOT NULL,
  inputs TEXT NOT NULL,
  CONSTRAINT one_comparison UNIQUE (before, after)
);
CREATE TABLE changes (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom POLYGON,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  zone TEXT,
  area_m2 DOUBLE NOT NULL,
  area_m2_se DOUBLE NOT NULL,
  length_m DOUBLE NOT NULL,
  length_m_se DOUBLE NOT NULL,
  width_m DOUBLE NOT NULL,
  width_m_se DOUBLE NOT NULL,
  confidence DOUBLE NOT NULL,
  phase TEXT,
  earliest TEXT,
  earliest_from DATETIME,
  earliest_to DATETIME,
  latest TEXT,
  latest_from DATETIME,
  latest_to DATETIME,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  comparison_id INTEGER NOT NULL REFERENCES comparisons (id) ON DELETE CASCADE
);
CREATE INDEX changes_by_comparison ON changes (comparison_id);
"""
"""The tables of what changed between scenes."""

PUBLISHING = """
CREATE TABLE editions (
  number INTEGER PRIMARY KEY NOT NULL,
  published_at TEXT NOT NULL,
  public BOOLEAN NOT NULL,
  "by" TEXT NOT NULL,
  document TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  head TEXT NOT NULL,
  numbers TEXT NOT NULL,
  links TEXT NOT NULL,
  errata TEXT NOT NULL,
  sign_off TEXT
);
CREATE TABLE sign_offs (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  "by" TEXT NOT NULL,
  signed_at TEXT NOT NULL,
  contents TEXT NOT NULL,
  note TEXT
);
CREATE TABLE audit_outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  said TEXT NOT NULL
);
"""
"""The tables of what was published, and the way into the audit log."""

_TABLES = """
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
  look TEXT,
  scene TEXT NOT NULL,
  acquired TEXT,
  acquired_from DATETIME,
  acquired_to DATETIME,
  latest BOOLEAN NOT NULL,
  count_id INTEGER NOT NULL REFERENCES counts (id) ON DELETE CASCADE
);
CREATE INDEX railcars_by_count ON railcars (count_id);
CREATE INDEX railcars_by_scene ON railcars (scene);
CREATE TABLE strings (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  count_id INTEGER NOT NULL REFERENCES counts (id) ON DELETE CASCADE,
  track TEXT NOT NULL,
  start_m DOUBLE NOT NULL,
  end_m DOUBLE NOT NULL,
  railcars TEXT NOT NULL
);
CREATE INDEX strings_by_count ON strings (count_id);
CREATE TABLE track_coverage (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  count_id INTEGER NOT NULL REFERENCES counts (id) ON DELETE CASCADE,
  track TEXT NOT NULL,
  length_m DOUBLE NOT NULL,
  visible_m DOUBLE NOT NULL,
  hidden_m DOUBLE NOT NULL,
  outside_m DOUBLE NOT NULL,
  occupied_m DOUBLE NOT NULL,
  hidden_stretches TEXT
);
CREATE INDEX track_coverage_by_count ON track_coverage (count_id);
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
CREATE INDEX tallies_by_count ON tallies (count_id);
CREATE TABLE tally_types (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  tally_id INTEGER NOT NULL REFERENCES tallies (id) ON DELETE CASCADE,
  type TEXT NOT NULL,
  value INTEGER NOT NULL,
  low INTEGER NOT NULL,
  high INTEGER NOT NULL
);
CREATE INDEX tally_types_by_tally ON tally_types (tally_id);
CREATE TABLE count_notices (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  count_id INTEGER NOT NULL REFERENCES counts (id) ON DELETE CASCADE,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  remedy TEXT NOT NULL
);
CREATE INDEX count_notices_by_count ON count_notices (count_id);
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
  unit TEXT,
  value DOUBLE,
  low DOUBLE,
  high DOUBLE,
  qualifier TEXT NOT NULL,
  date TEXT,
  date_from DATETIME,
  date_to DATETIME,
  "by" TEXT NOT NULL,
  note TEXT,
  recorded_at TEXT NOT NULL,
  scene TEXT REFERENCES scenes (id),
  source TEXT REFERENCES sources (id),
  step TEXT,
  visible_m DOUBLE,
  hidden_m DOUBLE,
  outside_m DOUBLE,
  version TEXT,
  method TEXT,
  parameters TEXT,
  inputs TEXT
);
CREATE INDEX observations_by_scene ON observations (scene);
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
"""


def build(connection: sqlite3.Connection, crs: str) -> int:
    """Make an empty database a workspace without content; gives the ``srs_id`` of its layers.

    Raises
    ------
    MisuseError
        If `crs` is no CRS.
    """
    register_functions(connection)
    lay_foundation(connection)
    srs_id = add_reference(connection, crs)
    run_script(connection, _TABLES + PLACES + RECORD + DECISIONS + ALIGNMENTS + COMPARISONS + PUBLISHING)
    for table, (geometry_type, description) in LAYERS.items():
        add_features(connection, table, geometry_type, srs_id=srs_id, description=description)
    for table, description in ATTRIBUTES.items():
        add_attributes(connection, table, description=description)
    add_styles(connection, LAYERS)
    return srs_id


def add_styles(connection: sqlite3.Connection, layers: Collection[str]) -> None:
    """Give some of our layers the style in which QGIS first shows them."""
    connection.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
        "styleQML, styleSLD, useAsDefault, description, owner) VALUES ('', '', ?, 'geom', ?, ?, ?, 1, ?, '')",
        [
            (style.layer, style.layer, style.qml, style.sld, f"Yardwatch: {style.layer}")
            for style in default_styles()
            if style.layer in layers
        ],
    )
