"""Site files in KML and KMZ: placemarks that are lines or polygons (child process only)."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from yardwatch.errors import LimitError, SiteError
from yardwatch.imagery._features import MOST_FEATURES, MOST_VERTICES, Collection, Feature, too_many
from yardwatch.model.site import ROLES

__all__ = ["MOST_BYTES", "read_kml", "read_kmz"]

MOST_BYTES = 32 * 2**20
"""Largest text that is parsed."""

_MOST_ENTRIES = 1000
_MOST_RATIO = 200
_EARTH = "save it anew from Google Earth or QGIS"
_OWN = {"name", "role", "kind", "gauge_mm", "zone", "aliases", "status", "status_when", "conceals_from"}


def read_kmz(data: bytes, *, subject: str) -> Collection:
    """The features of the first KML in a KMZ; nothing is unpacked to disk.

    Raises
    ------
    SiteError
        If the archive is damaged or reaches outside itself.
    LimitError
        If what it holds is too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return read_kml(_first_kml(archive, subject), subject=subject)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise SiteError(subject, "is not a KMZ archive that can be read", _EARTH) from None


def read_kml(data: bytes, *, subject: str) -> Collection:
    """The placemarks of a KML text that are lines or polygons.

    Raises
    ------
    SiteError
        If it is not KML, or declares a document type or entities.
    """
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise SiteError(
            subject, "declares XML entities, which are refused", "remove its DOCTYPE and entities"
        ) from None
    except (ParseError, ValueError, LookupError):
        raise SiteError(subject, "is not valid XML", _EARTH) from None
    if _tag(root) != "kml":
        raise SiteError(subject, "is not KML", _EARTH)
    features = []
    for number, (placemark, folder) in enumerate(_placemarks(root), 1):
        if number > MOST_FEATURES:
            raise too_many(subject, "features", MOST_FEATURES)
        properties = _properties(placemark)
        if folder in ROLES:
            properties.setdefault("role", folder)
        label = f"placemark {number}"
        features += [Feature(label, shape, properties) for shape in _geometries(placemark, f"{subject}: {label}")]
    if root.find(".//{*}NetworkLink") is not None and not features:
        raise SiteError(subject, "only links to a file elsewhere, which is not fetched", "save the linked file itself")
    document = root.find("{*}Document")
    name = None if document is None else document.findtext("{*}name")
    return Collection("EPSG:4326", features, name, kinds_expected=False)


def _first_kml(archive: zipfile.ZipFile, subject: str) -> bytes:
    """The text of the first ``.kml``, after a look at what all entries claim."""
    entries = archive.infolist()
    if len(entries) > _MOST_ENTRIES:
        raise LimitError(subject, f"holds {len(entries)} files, more than {_MOST_ENTRIES}", _EARTH)
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[:1]:
            raise SiteError(subject, f"holds an entry that reaches outside it ({entry.filename})", _EARTH)
    found = next((entry for entry in entries if entry.filename.lower().endswith(".kml")), None)
    if found is None:
        raise SiteError(subject, "holds no .kml", _EARTH)
    if found.file_size > MOST_BYTES or found.file_size > _MOST_RATIO * max(1, found.compress_size):
        raise LimitError(subject, f"unpacks to {found.file_size / 1e6:.0f} MB", _EARTH)
    with archive.open(found) as file:
        text = file.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise LimitError(subject, "unpacks to more than it declares", _EARTH)
    return text


def _placemarks(root: Element) -> Iterator[tuple[Element, str]]:
    """Placemarks in the order of the file, each with the name of its folder as a role would be written."""
    waiting = [(root, "")]
    while waiting:
        element, folder = waiting.pop()
        if _tag(element) == "Placemark":
            yield element, folder
            continue
        if _tag(element) == "Folder":
            folder = (element.findtext("{*}name") or "").strip().lower().replace(" ", "_")
        waiting += [(child, folder) for child in reversed(element)]


def _properties(placemark: Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for data in placemark.iterfind("{*}ExtendedData/{*}Data"):
        found[data.get("name", "")] = data.findtext("{*}value")
    for data in placemark.iterfind("{*}ExtendedData/{*}SchemaData/{*}SimpleData"):
        found[data.get("name", "")] = data.text
    own = {name: text.strip() for name, text in found.items() if name in _OWN and text and text.strip()}
    name = (placemark.findtext("{*}name") or "").strip()
    return own | ({"name": name} if name else {})


def _geometries(placemark: Element, subject: str) -> list[dict[str, Any] | None]:
    """The placemark's shape as GeoJSON; lines or polygons of a MultiGeometry are kept together."""
    lines = [_coordinates(line, subject) for line in placemark.iterfind(".//{*}LineString")]
    polygons = [_rings(polygon, subject) for polygon in placemark.iterfind(".//{*}Polygon")]
    found: list[dict[str, Any] | None] = []
    if lines:
        found.append({"type": "MultiLineString", "coordinates": lines})
    if polygons:
        found.append({"type": "MultiPolygon", "coordinates": polygons})
    return found or [{"type": "Point"}]


def _rings(polygon: Element, subject: str) -> list[list[list[float]]]:
    outer = polygon.find("{*}outerBoundaryIs/{*}LinearRing")
    inner = polygon.iterfind("{*}innerBoundaryIs/{*}LinearRing")
    return [_coordinates(ring, subject) for ring in ([outer] if outer is not None else []) + list(inner)]


def _coordinates(element: Element, subject: str) -> list[list[float]]:
    words = (element.findtext("{*}coordinates") or "").split()
    if len(words) > MOST_VERTICES:
        raise too_many(subject, "vertices", MOST_VERTICES)
    try:
        return [[float(number) for number in word.split(",")[:2]] for word in words]
    except ValueError:
        remedy = "write longitude,latitude and a space between points"
        raise SiteError(subject, "has coordinates that are not numbers", remedy) from None


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
