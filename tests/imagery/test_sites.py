"""What an analyst drew is read as meant, and what is wrong with it is told by name."""

import io
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.imagery.making import SQUARE, TRACK, line, polygon, write_site
from tests.strategies import whens

from yardwatch.errors import LimitError, SiteError
from yardwatch.imagery.sites import read_site, site_to_geojson
from yardwatch.model.site import Place, Site, Track, Zone, ZoneStatus


def codes(notices) -> set[str]:
    return {notice.code for notice in notices}


texts = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
steps = st.floats(1, 500)


@st.composite
def drawn_sites(draw: st.DrawFn) -> Site:
    """Sites an analyst could draw: up to three zones with or without a hole, up to three tracks."""
    crs, x, y, unit = draw(
        st.sampled_from([("EPSG:32652", 500_000.0, 4_690_000.0, 1.0), ("EPSG:4326", 129.0, 42.0, 1e-5)])
    )
    names = draw(st.lists(texts, min_size=2, max_size=6, unique_by=str.casefold))
    zones, tracks = [], []
    point = draw(st.none() | st.just((x, y)))
    places = (Place("a place not drawn", point, draw(st.none() | steps), draw(st.none() | texts), ("P",)),)
    for name in names:
        width, height = unit * draw(steps), unit * draw(steps)
        if draw(st.booleans()):
            ring = ((x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y))
            hole = tuple((x + width / 4 + (a - x) / 2, y + height / 4 + (b - y) / 2) for a, b in ring)
            rings = (ring, hole) if draw(st.booleans()) else (ring,)
            status = tuple(draw(st.lists(st.builds(ZoneStatus, texts, st.none() | whens()), max_size=2)))
            aliases = tuple(dict.fromkeys(draw(st.lists(texts, max_size=2))))
            zones.append(Zone(name, draw(texts), rings, aliases, status, draw(st.none() | whens())))
        else:
            gauge_mm = draw(st.none() | st.sampled_from([1435, 1520]))
            tracks.append(Track(name, ((x, y), (x + width, y + height)), gauge_mm, draw(st.none() | texts)))
    aliases = tuple(dict.fromkeys(draw(st.lists(texts, max_size=2))))
    return Site(draw(texts), crs, tuple(zones), tuple(tracks), aliases, places if draw(st.booleans()) else ())


@settings(max_examples=6)
@given(site=drawn_sites())
def test_a_written_site_is_read_back_equal(tmp_path_factory, site):
    """Names of any script, aliases, statuses with uncertain dates, holes."""
    path = tmp_path_factory.mktemp("site") / "site.geojson"
    path.write_text(json.dumps(site_to_geojson(site)), encoding="utf-8")
    assert read_site(path)[0] == site


def test_a_site_as_qgis_writes_it_is_read_with_all_it_says(tmp_path):
    """Names, roles, aliases, statuses, concealment, gauges; heights are dropped, a byte order mark is tolerated."""
    ring = [[*point, 12.5] for point in SQUARE]
    status = [{"state": "derelict", "when": "2002/.."}, {"state": "razed"}]
    features = [
        polygon("Yard\u202e \x07A", ring, aliases="Old; Older;", status=status, conceals_from="2015-03"),
        polygon("B", [[x + 500, y] for x, y in SQUARE[:-1]], status="in use", status_when="2020", role="launch_pad"),
        line("T1", TRACK, gauge_mm=1520, zone="Yard   A"),
        line(None, TRACK, gauge_mm="1520/1435"),
        {"type": "Feature", "properties": {"name": "hut"}, "geometry": {"type": "Point", "coordinates": [1, 2]}},
        {"type": "Feature", "properties": None, "geometry": None},
    ]
    path = write_site(tmp_path / "s.geojson", features, name="Tumangang", aliases=["Tumangan"])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    site, notices = read_site(path)
    assert (site.name, site.aliases, site.crs) == ("Tumangang", ("Tumangan",), "EPSG:32652")
    yard, b = site.zones
    assert (yard.name, yard.role, yard.aliases) == ("Yard   A", "rail_yard", ("Old", "Older"))
    assert [(s.state, s.when and s.when.text) for s in yard.status] == [("derelict", "2002/.."), ("razed", None)]
    assert str(yard.conceals_from) == "2015-03"
    assert yard.rings[0][0] == (500_000.0, 4_690_000.0)
    assert (b.role, b.rings[0][0], b.status[0].when.text) == ("launch_pad", b.rings[0][-1], "2020")
    assert [(t.name, t.gauge_mm, t.zone) for t in site.tracks] == [("T1", 1520, "Yard   A"), ("track 2", None, None)]
    assert codes(notices) == {"role_unknown", "name_given", "gauge_ignored", "feature_skipped"}


def test_kinds_are_inferred_and_parts_are_named_with_a_notice(tmp_path):
    """What the file leaves open is filled in, and said."""
    parts = {"type": "MultiLineString", "coordinates": [TRACK, [[500_005, 4_689_900], [500_120, 4_689_905]]]}
    single = {"type": "MultiPolygon", "coordinates": [[SQUARE]]}
    features = [
        {"type": "Feature", "properties": {"name": "T", "zone": "nowhere"}, "geometry": parts},
        {"type": "Feature", "properties": {"name": "Z"}, "geometry": single},
    ]
    site, notices = read_site(write_site(tmp_path / "Place.geojson", features))
    assert site.name == "Place"
    assert [track.name for track in site.tracks] == ["T (1)", "T (2)"]
    assert [(zone.name, zone.role) for zone in site.zones] == [("Z", "unknown")]
    assert codes(notices) == {"kind_inferred", "parts_split", "role_missing", "zone_unknown"}


DEGREES = [[129.0, 42.36], [129.001, 42.36], [129.001, 42.361], [129.0, 42.36]]


@pytest.mark.parametrize(
    ("crs", "feature", "words"),
    [
        (None, polygon("Z", SQUARE), ['zone "Z"', "look like metres", "WGS 84"]),
        ("EPSG:32652", polygon("Z", DEGREES), ['zone "Z"', "look like degrees", "save it in EPSG:32652"]),
        ("EPSG:32652", line("T", [[9e6, 4e6], [9e6, 5e6]]), ['track "T"', "outside the area of EPSG:32652"]),
        ("EPSG:4326", line("T", [[129, 42], [139, 42]]), ["spans", "km"]),
        ("EPSG:99999999", line("T", TRACK), ["crs member", "urn:ogc:def:crs:EPSG"]),
        ("EPSG:999999", line("T", TRACK), ["not a known one", "UTM"]),
        ("EPSG:32652", polygon(None, SQUARE), ["feature 1", "zone without a name", "name property"]),
        ("EPSG:32652", polygon("Z", SQUARE[:2] * 2), ['zone "Z"', "fewer than three points"]),
        ("EPSG:32652", polygon("Z", TRACK, kind="track"), ['track "Z"', "drawn as a Polygon"]),
        ("EPSG:32652", line("T", [[500_005, "4689950"], [1, 2]]), ['track "T"', "not a pair of numbers"]),
        ("EPSG:32652", polygon("Z", SQUARE, status=[{"when": "2002"}]), ['zone "Z"', "status without a state"]),
    ],
)
def test_a_bad_feature_is_named_with_its_fault_and_the_remedy(tmp_path, crs, feature, words):
    """In one line, with the name of the file."""
    with pytest.raises(SiteError) as caught:
        read_site(write_site(tmp_path / "bad.geojson", [feature], crs=crs))
    for word in ["bad.geojson", *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "no zone and no track"),
        ("a.geojson", b'{"type": "Topology"}', "not a GeoJSON FeatureCollection"),
        ("a.geojson", '{"name": "Bahnhöfe"}'.encode("latin-1"), "UTF-8"),
        ("a.geojson", b'{"features": [', "not valid JSON"),
        ("a.kml", b"<kml><Document>", "not valid XML"),
        ("a.kmz", b"PK\x03\x04 and no more", "not a KMZ"),
        ("a.gpkg", b"SQLite format 3\0 and no more", "not a GeoPackage"),
    ],
)
def test_a_file_that_is_not_a_site_says_what_it_is_not(tmp_path, name, data, words):
    """One line, one remedy."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SiteError, match=words):
        read_site(tmp_path / name)


KML = """<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>Border</name>
<Folder><name>Rail yard</name><Placemark><name>North</name><ExtendedData><SchemaData>
<SimpleData name="aliases">N</SimpleData></SchemaData></ExtendedData>
<Polygon><outerBoundaryIs><LinearRing><coordinates>129,42.36,0 129.001,42.36,0
129.001,42.361,0 129,42.36,0</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Folder>
<Placemark><name>T1</name><ExtendedData><Data name="gauge_mm"><value>1520</value></Data></ExtendedData>
<LineString><coordinates>129,42.3601 129.0009,42.3602</coordinates></LineString></Placemark></Document></kml>"""


def test_kml_and_kmz_placemarks_are_zones_and_tracks(tmp_path):
    """Names, extended data, and the folder's name where it is a role."""
    (tmp_path / "a.kml").write_text(KML, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "a.kmz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images/icon.png", b"x")
        archive.writestr("doc.kml", KML)
    site, notices = read_site(tmp_path / "a.kml")
    assert (site.name, site.crs, notices) == ("Border", "EPSG:4326", ())
    assert [(zone.name, zone.role, zone.aliases) for zone in site.zones] == [("North", "rail_yard", ("N",))]
    assert [(track.name, track.gauge_mm) for track in site.tracks] == [("T1", 1520)]
    assert site.tracks[0].coordinates[0] == (129.0, 42.3601)
    assert read_site(tmp_path / "a.kmz")[0] == site


def test_a_kmz_that_lies_about_its_size_is_not_unpacked(tmp_path):
    """What comes out is counted, not only what is declared."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", b" " * 60_000_000)
    (tmp_path / "a.kmz").write_bytes(
        packed.getvalue().replace((60_000_000).to_bytes(4, "little"), (900).to_bytes(4, "little"))
    )
    with pytest.raises((SiteError, LimitError), match=r"a\.kmz"):
        read_site(tmp_path / "a.kmz")


def write_geopackage(path: Path, *, extra: str = "", srs_of_tracks: int = 32652) -> Path:
    """As QGIS would, with the least that the standard asks for."""
    head = b"GP\x00\x01" + (32652).to_bytes(4, "little")
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(
            """
            CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT, srs_id INTEGER);
            CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
            CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER, organization TEXT, organization_coordsys_id INTEGER,
                                               definition TEXT);
            INSERT INTO gpkg_spatial_ref_sys VALUES (32652, 'EPSG', 32652, ''), (32651, 'EPSG', 32651, '');
            INSERT INTO gpkg_contents VALUES ('zones', 'features', 32652), ('Tracks', 'features', 32652);
            INSERT INTO gpkg_geometry_columns VALUES ('zones', 'geom', 32652), ('Tracks', 'shape', 32652);
            CREATE TABLE zones (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT, role TEXT, aliases TEXT, status TEXT);
            CREATE TABLE Tracks (fid INTEGER PRIMARY KEY, shape BLOB, name TEXT, gauge_mm INTEGER);
            """
        )
        status = '[{"state": "in use", "when": "2014"}]'
        row = (
            head + shapely.to_wkb(shapely.MultiPolygon([shapely.Polygon(SQUARE)])),
            "Yard",
            "rail_yard",
            "Y; Z",
            status,
        )
        db.execute("INSERT INTO zones (geom, name, role, aliases, status) VALUES (?, ?, ?, ?, ?)", row)
        track = head + shapely.to_wkb(shapely.LineString([(*TRACK[0], 3.0), (*TRACK[1], 4.0)]), output_dimension=3)
        db.execute("INSERT INTO Tracks (shape, name, gauge_mm) VALUES (?, 'T1', 1520)", (track,))
        db.execute("UPDATE gpkg_geometry_columns SET srs_id = ? WHERE table_name = 'Tracks'", (srs_of_tracks,))
        db.executescript(extra)
    return path


def test_a_geopackage_with_the_layers_zones_and_tracks_is_read(tmp_path):
    """Lists come as JSON in text; heights are dropped; the file stays as it was."""
    path = write_geopackage(tmp_path / "s.gpkg")
    before = path.read_bytes()
    site, notices = read_site(path)
    assert (site.name, site.crs, notices) == ("s", "EPSG:32652", ())
    (zone,), (track,) = site.zones, site.tracks
    assert (zone.name, zone.aliases, zone.status[0].when.text) == ("Yard", ("Y", "Z"), "2014")
    assert (track.name, track.gauge_mm, track.coordinates[0]) == ("T1", 1520, tuple(map(float, TRACK[0])))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_in_a_geopackage_is_run(tmp_path):
    """A view in the place of a layer, or a column that is computed, is refused; other systems per layer too."""
    view = write_geopackage(
        tmp_path / "view.gpkg",
        extra="ALTER TABLE zones RENAME TO real; ALTER TABLE Tracks RENAME TO other;"
        "CREATE VIEW zones AS SELECT * FROM real; CREATE VIEW Tracks AS SELECT * FROM other;",
    )
    computed = write_geopackage(
        tmp_path / "computed.gpkg", extra="ALTER TABLE zones ADD COLUMN evil AS (hex(zeroblob(100000000)))"
    )
    mixed = write_geopackage(tmp_path / "mixed.gpkg", srs_of_tracks=32651)
    for path, words in (
        (view, "no layer zones or tracks"),
        (computed, "not a GeoPackage that can"),
        (mixed, "different"),
    ):
        with pytest.raises(SiteError, match=words):
            read_site(path)
