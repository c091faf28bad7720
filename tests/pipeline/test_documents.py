"""The JSON of a count is what the contract says, and its GeoJSON is what QGIS reads."""

import dataclasses
import json
import math

import pytest
from jsonschema import Draft202012Validator
from pyproj import Transformer

from yardwatch.errors import MisuseError
from yardwatch.pipeline import (
    count_document,
    railcars_geojson,
    schema_list_document,
    schema_names,
    schema_text,
    to_json,
)

LOCAL = "+proj=tmerc +lat_0=42.4 +lon_0=130.6 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"


def check(name, document):
    Draft202012Validator(json.loads(schema_text(name))).validate(json.loads(to_json(document)))


@pytest.mark.parametrize("name", schema_names())
def test_each_schema_is_itself_valid(name):
    """Draft 2020-12 says so, and its head is the one all documents have."""
    schema = json.loads(schema_text(name))
    Draft202012Validator.check_schema(schema)
    count = json.loads(schema_text("count"))
    for shared in ("provenance", "warning", "sha256"):
        assert schema["$defs"][shared] == count["$defs"][shared]


def test_the_schemas_are_listed_and_an_unknown_one_names_those_there_are():
    """Somebody who guesses a name finds the right one in the message."""
    check("schema", schema_list_document())
    with pytest.raises(MisuseError, match="scene-add"):
        schema_text("../count")


def test_the_document_of_a_count_fits_its_schema(count, site):
    """Every member of the contract is there, and nothing else."""
    check("count", count_document(count, site))


def test_what_is_unknown_is_null(count, site):
    """A scene without date, cars without subtype, a tally without value."""
    coarse = dataclasses.replace(count.total, value=None, low=0, high=None, by_type={})
    undated = dataclasses.replace(count.scene, acquired=None)
    document = count_document(
        dataclasses.replace(count, scene=undated, railcars=(), strings=(), tallies=(coarse,)), site
    )
    check("count", document)
    assert document["scene"]["acquired"] is None
    assert document["tallies"][0]["value"] is None
    assert document["tallies"][0]["high"] is None


def test_the_three_stretches_of_a_track_make_its_length_as_written(count, site):
    """Rounding does not break the sum that the contract promises."""
    (track,) = count_document(count, site)["tracks"]
    total_m = track["visible_m"] + track["hidden_m"] + track["outside_m"]
    assert total_m == pytest.approx(track["length_m"], abs=1e-9)


def test_the_order_of_keys_is_stable(count, site):
    """Two documents of one count are the same text."""
    again = dataclasses.replace(count)
    assert to_json(count_document(count, site)) == to_json(count_document(again, site))
    assert list(count_document(count, site))[:3] == ["schema_version", "provenance", "warnings"]


def test_a_number_that_is_not_finite_is_never_written():
    """NaN is not JSON."""
    with pytest.raises(ValueError, match="JSON"):
        to_json({"length_m": math.nan})


def test_a_file_name_that_is_not_text_can_still_be_written():
    """Names from a file system may hold bytes that are no UTF-8."""
    assert json.loads(to_json({"file": "a\udcff.tif"})) == {"file": "a?.tif"}


def test_railcars_become_features_in_the_crs_of_the_site(count, site):
    """The crs member says which, as QGIS writes it."""
    collection = json.loads(railcars_geojson(count, site))
    assert collection["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::32652"
    assert [feature["id"] for feature in collection["features"]] == ["r1", "r2", "r3"]
    first = collection["features"][0]
    assert first["properties"]["type"] == "tank"
    assert first["geometry"]["coordinates"][0][0] == [500030.0, 4690048.5]


def test_a_crs_without_a_code_is_left_for_longitude_and_latitude(count, site):
    """GeoJSON cannot name it, and a wrong place is worse than another CRS."""
    to_local = Transformer.from_crs("EPSG:32652", LOCAL, always_xy=True)
    moved = tuple(
        dataclasses.replace(car, footprint=tuple(to_local.transform(x, y) for x, y in car.footprint))
        for car in count.railcars
    )
    collection = json.loads(
        railcars_geojson(dataclasses.replace(count, railcars=moved), dataclasses.replace(site, crs=LOCAL))
    )
    assert collection["crs"]["properties"]["name"].endswith("CRS84")
    x, y = collection["features"][0]["geometry"]["coordinates"][0][0]
    back = Transformer.from_crs("EPSG:4326", "EPSG:32652", always_xy=True).transform(x, y)
    assert back == pytest.approx((500030.0, 4690048.5), abs=0.01)
