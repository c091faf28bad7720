"""Site files in GeoJSON, as QGIS writes them (child process only)."""

import json
import re
from typing import Any

from yardwatch.errors import SiteError
from yardwatch.imagery._features import MOST_FEATURES, MOST_VERTICES, Collection, Feature, too_many

__all__ = ["read_geojson"]

_EPSG = re.compile(r"(?:urn:ogc:def:crs:EPSG:[0-9.]*:|EPSG:)(\d{1,7})", re.IGNORECASE)
_WGS84 = re.compile(r"(?:urn:ogc:def:crs:OGC:[0-9.]*:|OGC:)?CRS84", re.IGNORECASE)
_WKT = re.compile(r"[A-Z]{5,12}\[")
_QGIS = "export it from QGIS as GeoJSON"
_BRACKETS_PER_VERTEX = 3


def read_geojson(data: bytes, *, subject: str) -> Collection:
    """The features of a GeoJSON text.

    Raises
    ------
    SiteError
        If it is not GeoJSON, or not a collection of features.
    LimitError
        If it holds too many vertices.
    """
    if data.count(b"[") > _BRACKETS_PER_VERTEX * MOST_VERTICES:
        raise too_many(subject, "vertices", MOST_VERTICES)
    document = _parsed(data, subject)
    if isinstance(document, dict) and document.get("type") == "Feature":
        document = {"type": "FeatureCollection", "features": [document]}
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise SiteError(subject, "is not a GeoJSON FeatureCollection", _QGIS)
    if len(features) > MOST_FEATURES:
        raise too_many(subject, "features", MOST_FEATURES)
    found = [_feature(number, feature, subject) for number, feature in enumerate(features, 1)]
    site = document.get("site")
    described = site if isinstance(site, dict) else document
    name = site if isinstance(site, str) else described.get("name")
    aliases = described.get("aliases")
    return Collection(_crs(document.get("crs"), subject), found, name if isinstance(name, str) else None, aliases)


def _parsed(data: bytes, subject: str) -> Any:  # noqa: ANN401 -- JSON
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SiteError(subject, "is not text in UTF-8", "save it with that encoding") from None
    try:
        return json.loads(text)
    except RecursionError:
        raise SiteError(subject, "is nested too deeply for GeoJSON", _QGIS) from None
    except ValueError as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise SiteError(subject, f"is not valid JSON{where}", _QGIS) from None


def _feature(number: int, feature: Any, subject: str) -> Feature:  # noqa: ANN401 -- JSON
    label = f"feature {number}"
    if not isinstance(feature, dict):
        raise SiteError(f"{subject}: {label}", "is not a GeoJSON feature", _QGIS)
    properties = feature.get("properties")
    return Feature(label, feature.get("geometry"), properties if isinstance(properties, dict) else {})


def _crs(member: Any, subject: str) -> str:  # noqa: ANN401 -- JSON
    """The CRS that the ``crs`` member names; WGS 84 where there is none."""
    if member is None:
        return "EPSG:4326"
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if isinstance(name, str):
        if _WGS84.fullmatch(name):
            return "EPSG:4326"
        code = _EPSG.fullmatch(name)
        if code:
            return f"EPSG:{code[1]}"
        if _WKT.match(name):
            return name
    remedy = 'name it as QGIS does, e.g. "urn:ogc:def:crs:EPSG::32652", or leave it out for WGS 84'
    raise SiteError(subject, "its crs member is not understood", remedy)
