"""OpenStreetMap extracts: what is read from them and what is refused."""

import json

import pytest

from yardwatch.errors import InputError
from yardwatch.imagery.osm import read_osm

RAIL = [{"lat": 42.43, "lon": 130.63}, {"lat": 42.44, "lon": 130.64}]


def written(path, content):
    """A file of JSON, or of text as it is."""
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_overpass_ways_are_read_with_their_own_geometry_or_with_nodes(tmp_path):
    """Both forms of Overpass give the same line."""
    own = {"elements": [{"type": "way", "id": 7, "tags": {"railway": "rail", "name": "A"}, "geometry": RAIL}]}
    nodes = [{"type": "node", "id": n, **point} for n, point in enumerate(RAIL)]
    beside = {"elements": [{"type": "way", "id": 7, "tags": {"railway": "rail", "name": "A"}, "nodes": [0, 1]}, *nodes]}
    first, second = (read_osm(written(tmp_path / f"{n}.json", made)) for n, made in enumerate((own, beside)))
    assert first.lines == second.lines
    assert first.lines[0].id == "way/7"
    assert first.lines[0].points == ((130.63, 42.43), (130.64, 42.44))


def test_geojson_of_overpass_turbo_is_read(tmp_path):
    """Lines with their tags, and areas."""
    line = {"type": "LineString", "coordinates": [[130.63, 42.43], [130.64, 42.44]]}
    ring = {"type": "Polygon", "coordinates": [[[130.6, 42.4], [130.7, 42.4], [130.7, 42.5], [130.6, 42.4]]]}
    features = [
        {"type": "Feature", "properties": {"@id": "way/1", "railway": "rail", "gauge": "1520"}, "geometry": line},
        {"type": "Feature", "properties": {"@id": "way/2", "landuse": "railway"}, "geometry": ring},
        {"type": "Feature", "properties": {"@id": "way/3", "highway": "primary"}, "geometry": line},
    ]
    found = read_osm(written(tmp_path / "a.geojson", {"type": "FeatureCollection", "features": features}))
    assert [one.id for one in found.lines] == ["way/1"]
    assert found.lines[0].tags["gauge"] == "1520"
    assert [one.id for one in found.areas] == ["way/2"]


def test_the_outline_of_a_multipolygon_is_joined_from_its_ways(tmp_path):
    """Whatever their directions."""
    corners = [{"lat": 42.4, "lon": 130.6}, {"lat": 42.4, "lon": 130.7}, {"lat": 42.5, "lon": 130.7}]
    members = [
        {"type": "way", "role": "outer", "geometry": corners},
        {"type": "way", "role": "outer", "geometry": [corners[0], corners[2]]},
    ]
    relation = {"type": "relation", "id": 5, "tags": {"landuse": "railway"}, "members": members}
    way = {"type": "way", "id": 7, "tags": {"railway": "rail"}, "geometry": RAIL}
    found = read_osm(written(tmp_path / "a.json", {"elements": [way, relation]}))
    assert len(found.areas[0].rings[0]) == 4


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("<osm></osm>", "is XML"),
        ("{", "not valid JSON"),
        ("[" * 5000 + "]" * 5000, "nested too deeply"),
        ("[]", "no OpenStreetMap extract"),
        ({"hello": 1}, "neither Overpass JSON nor"),
        ({"elements": [5, None, {"type": "way", "id": [1], "tags": 3}]}, "no railway line"),
        (
            {"elements": [{"type": "way", "tags": {"railway": "rail"}, "geometry": [{"lat": 1e9, "lon": 5}, {}]}]},
            "no place in degrees",
        ),
        (
            {"elements": [{"type": "way", "tags": {"railway": "rail"}, "geometry": [{"lat": 99, "lon": 5}] * 2}]},
            "degrees",
        ),
        ({"features": [], "crs": {"properties": {"name": "EPSG:3857"}}}, "not in degrees"),
    ],
)
def test_what_is_no_extract_is_refused_in_one_line(tmp_path, content, told):
    """The line names the file and says what to do."""
    with pytest.raises(InputError) as raised:
        read_osm(written(tmp_path / "bad.json", content))
    assert told in str(raised.value)
    assert "bad.json" in str(raised.value)
    assert "\n" not in str(raised.value)
