"""The file itself, read as the GeoPackage standard and QGIS read it, without a line of ours."""

import json
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import shapely
from pyproj import CRS, Transformer
from yards import EAST_M, EVENT, NORTH_M, SITE, SOURCE, box, by_machine, by_person, claim, comparison, count, scene

from yardwatch.errors import MisuseError
from yardwatch.model.grid import Grid
from yardwatch.model.quantity import Qualifier, Quantity
from yardwatch.model.railcar import CAR_TYPES
from yardwatch.model.site import Place
from yardwatch.workspace import create_workspace, open_workspace

LAYERS = {
    "zones": "POLYGON", "places": "POINT", "tracks": "LINESTRING", "scenes": "POLYGON", "railcars": "POLYGON",
    "changes": "POLYGON", "observations": "POLYGON",
}  # fmt: skip


THIRD = Quantity(1 / 3, None, None, Qualifier.ABOUT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a bit of everything, some of it replaced, closed again."""
    place = tmp_path_factory.mktemp("a b")
    with create_workspace(place, SITE) as store:
        for number in (1, 2):
            store.add_scene(scene(number), f"{number}.tif")
        store.save_count(count(scene(1), 40), "count/1", [by_machine(scene(1), 40)])
        store.save_count(count(scene(1), 3), "count/1", [by_machine(scene(1), 3)])
        store.add_observation(by_person("sheds"))
        store.add_observation(by_person("everywhere", zone=None))
        store.add_source(SOURCE)
        store.add_observation(replace(by_person("a third", zone="Old bridge"), quantity=THIRD, unit="fraction"))
        store.add_claim(claim())
        store.add_claim(claim("copy", copied_from="first"))
        store.add_event(EVENT)
        store.keep_comparison(comparison())
        store.review(claim(credibility="2"), by="J. Doe", reviewed_at=datetime(2025, 1, 2, tzinfo=UTC))
    return place


@pytest.fixture
def database(folder: Path) -> Iterator[sqlite3.Connection]:
    """The file, opened by nobody but SQLite."""
    with closing(sqlite3.connect(folder / "yardwatch.gpkg")) as connection:
        yield connection


def test_at_rest_the_workspace_is_one_file(folder):
    """No journal, no write-ahead log, no temporary file; beside it the audit log, the two folders and the locks."""
    assert sorted(path.name for path in folder.iterdir()) == [
        ".audit.lock",
        ".lock",
        "audit.jsonl",
        "chips",
        "reports",
        "yardwatch.gpkg",
    ]


def test_the_file_says_what_it_is(folder):
    """Requirements 1 and 2: an SQLite 3 file with GPKG and 1.4 in its head."""
    head = (folder / "yardwatch.gpkg").read_bytes()[:100]
    assert head[:16] == b"SQLite format 3\0"
    assert head[68:72] == b"GPKG"
    assert struct.unpack(">I", head[60:64]) == (10400,)


def test_the_file_is_sound(database):
    """Requirements 6 and 7: the integrity and foreign key checks find nothing."""
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_the_reference_systems_are_described(database):
    """Requirement 11: the three of the standard, and the site's with its definition in WKT 1."""
    rows = {
        row[0]: row[1:] for row in database.execute("SELECT srs_id, organization, definition FROM gpkg_spatial_ref_sys")
    }
    assert set(rows) == {-1, 0, 4326, 32652}
    assert rows[-1] == ("NONE", "undefined")
    assert rows[32652][1].startswith("PROJCS[")
    assert CRS.from_wkt(rows[32652][1]).to_epsg() == 32652


def test_each_layer_is_registered_with_its_geometry(database):
    """Requirements 13 and 22 to 26."""
    features = database.execute("SELECT table_name, srs_id FROM gpkg_contents WHERE data_type = 'features'").fetchall()
    columns = database.execute("SELECT * FROM gpkg_geometry_columns").fetchall()
    assert dict(features) == dict.fromkeys(LAYERS, 32652)
    assert sorted(columns) == sorted((layer, "geom", kind, 32652, 0, 0) for layer, kind in LAYERS.items())


def test_each_registered_table_has_a_whole_number_as_key(database):
    """Requirements 29 and 119: an INTEGER PRIMARY KEY, for features and attributes alike."""
    for (table,) in database.execute("SELECT table_name FROM gpkg_contents").fetchall():
        keys = [row[2] for row in database.execute(f"PRAGMA table_info({table})") if row[5]]
        assert keys == ["INTEGER"], table


def test_columns_have_types_of_the_standard(database):
    """Requirement 5."""
    known = {"BOOLEAN", "INTEGER", "DOUBLE", "TEXT", "DATETIME", "POLYGON", "LINESTRING", "POINT"}
    for (table,) in database.execute("SELECT table_name FROM gpkg_contents").fetchall():
        types = {row[2] for row in database.execute(f"PRAGMA table_info({table})")}
        assert types - {"TEXT(256)", "TEXT(30)"} <= known, table


def test_dates_are_written_as_the_standard_says(database):
    """To the millisecond, in UTC."""
    written = [*database.execute("SELECT acquired_from FROM scenes"), *database.execute("SELECT saved_at FROM counts")]
    for (text,) in written:
        assert len(text) == len("2024-12-03T02:15:00.000Z")
        assert text.endswith("Z")


@pytest.mark.parametrize("layer", LAYERS)
def test_geometries_carry_a_header_with_the_true_envelope(database, layer):
    """Requirement 19: magic, version, flags, srs_id and the box, then standard WKB of the layer's type."""
    blobs = [row[0] for row in database.execute(f"SELECT geom FROM {layer} WHERE geom NOT NULL")]  # noqa: S608
    assert blobs
    for blob in blobs:
        magic, version, flags, srs_id, west, east, south, north = struct.unpack_from("<2sBBi4d", blob)
        geometry = shapely.from_wkb(blob[40:])
        assert (magic, version, flags, srs_id) == (b"GP", 0, 0b11, 32652)
        assert (west, south, east, north) == geometry.bounds
        assert geometry.geom_type.upper() == LAYERS[layer]


@pytest.mark.parametrize("layer", LAYERS)
def test_extents_are_true(database, layer):
    """Also after railcars were replaced by fewer: the box of what is there, not of what was."""
    blobs = [row[0][40:] for row in database.execute(f"SELECT geom FROM {layer} WHERE geom NOT NULL")]  # noqa: S608
    query = "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?"
    assert database.execute(query, (layer,)).fetchone() == tuple(shapely.total_bounds(shapely.from_wkb(blobs)))


@pytest.mark.parametrize("layer", LAYERS)
def test_the_spatial_index_holds_just_the_features_with_geometry(database, layer):
    """The triggers followed each insert and delete; the extension is declared."""
    indexed = database.execute(f"SELECT id FROM rtree_{layer}_geom ORDER BY id").fetchall()  # noqa: S608
    present = database.execute(f"SELECT fid FROM {layer} WHERE geom NOT NULL ORDER BY fid").fetchall()  # noqa: S608
    declared = database.execute(
        "SELECT column_name, extension_name, scope FROM gpkg_extensions WHERE table_name = ?", (layer,)
    ).fetchall()
    assert indexed == present
    assert declared == [("geom", "gpkg_rtree_index", "write-only")]


def test_an_analyst_reads_the_tables_without_a_manual(database):
    """Words and numbers in columns, as he would have written them."""
    car = database.execute("SELECT type, track, start_m, confidence, acquired, latest FROM railcars").fetchone()
    seen = database.execute(
        "SELECT class, quantity, zone, date, \"by\" FROM observations WHERE id = 'sheds'"
    ).fetchone()
    assert car == ("tank", "T1", 10.0, 0.9, "2024-12-03T02:15:00Z", 1)
    said = database.execute("SELECT source, quote, zone, value, qualifier, date, copied_from FROM claims").fetchall()
    decided = database.execute('SELECT kind, id, "by", reviewed_at FROM reviews').fetchone()
    assert seen == ("spare bogies", "at least 7", "Sheds", "2024-10-21~", "J. Doe")
    assert said[1] == ("gazette", claim().quote, "Quarry", 225.0, "about", "2024-12-03", "first")
    assert decided == ("claim", "first", "J. Doe", "2025-01-02T00:00:00+00:00")


def test_an_observation_lies_where_its_zone_lies(database):
    """One of the whole site has no geometry; it is found in the table."""
    blobs = dict(database.execute("SELECT id, geom FROM observations"))
    assert shapely.from_wkb(blobs["sheds"][40:]).equals(shapely.Polygon(SITE.zones[1].rings[0]))
    assert blobs["everywhere"] is None


def test_a_place_lies_at_its_point_or_nowhere(database):
    """And what was seen at a place that nobody has drawn has no outline; its share is no whole number."""
    blobs = dict(database.execute("SELECT name, geom FROM places"))
    seen = database.execute("SELECT geom, value, unit FROM observations WHERE id = 'a third'").fetchone()
    assert shapely.from_wkb(blobs["Old bridge"][40:]).equals(shapely.Point(SITE.places[0].point))
    assert blobs["Quarry"] is None
    assert seen == (None, 1 / 3, "fraction")


def test_both_versions_of_a_reviewed_claim_can_be_read(database):
    """As JSON with the names of the columns."""
    before, after = map(json.loads, database.execute("SELECT before, after FROM reviews").fetchone())
    assert {key for key in after if after[key] != before[key]} == {"credibility"}
    assert (before["credibility"], after["credibility"]) == ("6", "2")


def test_each_layer_has_a_default_style(database):
    """As QGIS saves them; both forms are well-formed XML and every type of car has its own colour."""
    styles = database.execute(
        "SELECT f_table_name, f_geometry_column, styleQML, styleSLD, useAsDefault FROM layer_styles"
    )
    found = {table: (column, qml, sld, default) for table, column, qml, sld, default in styles}
    assert set(found) == set(LAYERS)
    for column, qml, sld, default in found.values():
        assert (column, default) == ("geom", 1)
        assert ET.fromstring(qml).find("renderer-v2/symbols/symbol/layer") is not None  # noqa: S314 - we wrote it
        assert ET.fromstring(sld).find(".//{http://www.opengis.net/se}Rule") is not None  # noqa: S314
    cars = ET.fromstring(found["railcars"][1])  # noqa: S314
    colours = {option.get("value") for option in cars.findall(".//symbol//Option[@name='color']")}
    assert {category.get("value") for category in cars.findall(".//category")} == set(CAR_TYPES)
    assert len(colours) == len(CAR_TYPES)


def test_only_cars_of_the_newest_count_are_drawn(tmp_path):
    """Those of an older step stay in the table and say so."""
    with create_workspace(tmp_path, SITE) as store:
        store.add_scene(scene(1), "1.tif")
        store.save_count(count(scene(1), 3), "count/1", [])
        store.save_count(count(scene(1), 2), "count/2", [])
        with closing(sqlite3.connect(store.path)) as database:
            assert database.execute("SELECT latest, count(*) FROM railcars GROUP BY latest").fetchall() == [
                (0, 3),
                (1, 2),
            ]


def test_a_footprint_lies_in_the_crs_of_the_site(tmp_path):
    """An image in degrees is drawn in the site's metres, to a metre."""
    longitude, latitude = 129.0, 41.55
    grid = Grid("EPSG:4326", (1e-5, 0.0, longitude, 0.0, -1e-5, latitude), 1000, 1000)
    with create_workspace(tmp_path, SITE) as store:
        store.add_scene(replace(scene(1), grid=grid), "1.tif")
        with closing(sqlite3.connect(store.path)) as database:
            (blob,) = database.execute("SELECT geom FROM scenes").fetchone()
    west, _, east, north = shapely.from_wkb(blob[40:]).bounds
    assert west == pytest.approx(500_000, abs=1)
    assert east - west == pytest.approx(0.01 * 111_320 * 0.7484, abs=3)
    assert north == pytest.approx(4_600_000, abs=5_000)


def test_a_scene_beyond_the_reach_of_the_crs_is_kept_without_a_footprint(tmp_path):
    """Rather than refused, or drawn where it is not."""
    grid = Grid("EPSG:4326", (1e-5, 0.0, -51.0, 0.0, -1e-5, 0.0), 10, 10)
    with create_workspace(tmp_path, SITE) as store:
        assert store.add_scene(replace(scene(1), grid=grid), "1.tif")
        assert len(store.scenes()) == 1


@pytest.mark.parametrize(
    ("crs", "srs_id", "point"),
    [
        ("EPSG:5179", 5179, (1_100_000.0, 2_000_000.0)),
        ("OGC:CRS84", 4326, (129.0, 41.5)),
        ("+proj=tmerc +lat_0=41.5 +lon_0=129 +k=1 +x_0=500000 +y_0=4600000 +datum=WGS84", 100_000, (5e5, 4.6e6)),
        (CRS.from_epsg(32652).to_wkt(), 32652, (5e5, 4.6e6)),
    ],
)
def test_any_crs_of_a_site_is_described(tmp_path, crs, srs_id, point):
    """By its EPSG code, or as a system of our own whose definition can be read back."""
    with create_workspace(tmp_path, replace(SITE, crs=crs)) as store:
        assert store.site().crs == crs
        with closing(sqlite3.connect(store.path)) as database:
            (found, definition) = database.execute(
                "SELECT s.srs_id, s.definition FROM gpkg_geometry_columns JOIN gpkg_spatial_ref_sys AS s USING (srs_id)"
            ).fetchone()
    assert found == srs_id
    there = Transformer.from_crs(CRS.from_wkt(definition), crs, always_xy=True)
    assert there.transform(*point) == pytest.approx(point)


def test_images_inside_the_folder_move_with_it(tmp_path):
    """Their place is kept from the folder on; that of others from the root."""
    inside, outside = tmp_path / "one" / "images" / "1.tif", tmp_path / "2.tif"
    with create_workspace(tmp_path / "one", SITE) as store:
        store.add_scene(scene(1), str(inside))
        store.add_scene(scene(2), str(outside))
    (tmp_path / "one").rename(tmp_path / "two")
    with open_workspace(tmp_path / "two") as store:
        assert store.source_of("image-1") == str(tmp_path / "two" / "images" / "1.tif")
        assert store.source_of("image-2") == str(outside)


def test_a_zone_drawn_in_qgis_belongs_to_the_site(folder, tmp_path):
    """With another byte order, without envelope, with a column of the analyst's own beside ours."""
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "yardwatch.gpkg").write_bytes((folder / "yardwatch.gpkg").read_bytes())
    ring = box(500, 500, 600, 600)
    blob = b"GP\0\0" + struct.pack(">i", 32652) + shapely.to_wkb(shapely.Polygon(ring), byte_order=0)
    with closing(sqlite3.connect(copy / "yardwatch.gpkg")) as database:
        for name, value in zip(
            ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"), (EAST_M, EAST_M, NORTH_M, NORTH_M), strict=True
        ):
            database.create_function(name, 1, lambda _, value=value: value)
        database.create_function("ST_IsEmpty", 1, lambda _: 0)
        database.execute("ALTER TABLE zones ADD COLUMN remark TEXT(40)")
        database.execute("INSERT INTO zones (geom, name, role) VALUES (?, 'New sheds', 'warehouse')", (blob,))
        database.commit()
    with open_workspace(copy) as store:
        assert store.site().zone("New sheds").rings == (ring,)
        store.add_observation(by_person("there", zone="New sheds"))


@pytest.mark.parametrize(
    ("flaw", "message"),
    [
        ({"crs": "nonsense"}, "nonsense.*not a coordinate reference system"),
        ({"zones": (replace(SITE.zones[0], rings=(((0.0, 0.0), (1.0, 1.0)),)),)}, 'zone "North yard"'),
        ({"tracks": (replace(SITE.tracks[0], coordinates=((0.0, 0.0),)),)}, 'track "T1"'),
        ({"tracks": (replace(SITE.tracks[0], coordinates=((0.0, float("nan")), (1.0, 1.0))),)}, 'track "T1"'),
        ({"tracks": SITE.tracks * 2}, 'track "T1" is there twice; rename'),
        ({"places": (Place("Sheds"),)}, 'place "Sheds" is there twice; rename'),
        ({"places": (Place("Mill", (float("inf"), 0.0)),)}, 'place "Mill"'),
        ({"name": "half a \ud800 pair"}, "cannot be kept"),
    ],
)
def test_a_site_that_cannot_be_kept_leaves_nothing_behind(tmp_path, flaw, message):
    """Not even the folder."""
    with pytest.raises(MisuseError, match=message):
        create_workspace(tmp_path / "new", replace(SITE, **flaw))
    assert not (tmp_path / "new").exists()
