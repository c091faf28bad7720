"""Turns a site file of any kind into checked zones and tracks as plain data (child process only)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from yardwatch.errors import LimitError, Notice, SiteError
from yardwatch.imagery._features import MOST_VERTICES, Collection, Feature, too_many
from yardwatch.imagery._geojson import read_geojson
from yardwatch.imagery._geopackage import read_geopackage
from yardwatch.imagery._kml import MOST_BYTES, read_kml, read_kmz
from yardwatch.imagery._site_shapes import Shapes, parts_of
from yardwatch.imagery._site_values import aliases_of, date_of, gauge_of, status_of, text_of
from yardwatch.model.site import ROLES

__all__ = ["new_handlers", "read_collection"]

_MOST_GEOPACKAGE_BYTES = 2 * 2**30
_KIND_OF = {
    "Polygon": "zone", "MultiPolygon": "zone", "LineString": "track", "MultiLineString": "track",
}  # fmt: skip
_NAME_IT = "give it a name property"


def parse_site(subject: str, _: bytearray, *, path: str) -> tuple[dict[str, Any], bytes]:
    """Read and check a site file; answers it as plain data with notices.

    Raises
    ------
    SiteError
        If the file or one of its features is bad.
    DateError
        If a status or concealment has a date that is none.
    LimitError
        If there is too much in it.
    """
    collection = read_collection(Path(path), subject)
    site = _Assembly(collection, subject).site(Path(path).stem)
    return site, b""


def new_handlers() -> dict[str, Callable[..., tuple[dict[str, Any], bytes | memoryview]]]:
    """What a child that parses one site file can do."""
    return {"site": parse_site}


def read_collection(path: Path, subject: str) -> Collection:
    """The features of the file, by what it begins with."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(16)
    is_database = start == b"SQLite format 3\0"
    if size > (_MOST_GEOPACKAGE_BYTES if is_database else MOST_BYTES):
        raise LimitError(subject, f"is {size / 1e6:.0f} MB", "save only the zones and tracks of this site")
    if is_database:
        return read_geopackage(path, subject=subject)
    data = path.read_bytes()
    if start.startswith(b"PK\x03\x04"):
        return read_kmz(data, subject=subject)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") or start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return read_kml(data, subject=subject)
    return read_geojson(data, subject=subject)


class _Assembly:
    """Zones and tracks found so far."""

    def __init__(self, collection: Collection, subject: str) -> None:
        self._collection = collection
        self._subject = subject
        self._shapes = Shapes(collection.crs, subject=subject)
        self._zones: list[dict[str, Any]] = []
        self._tracks: list[dict[str, Any]] = []
        self._places: list[dict[str, Any]] = []
        self._notices = list(collection.notices)
        self._inferred: list[str] = []
        self._skipped: list[str] = []
        self._vertices = 0

    def site(self, stem: str) -> dict[str, Any]:
        """Everything as plain data."""
        for feature in self._collection.features:
            self._add(feature)
        if not (self._zones or self._tracks or self._places):
            remedy = "draw zones as polygons and tracks as lines"
            raise SiteError(self._subject, "holds no zone and no track", remedy)
        self._shapes.check_span()
        self._check_zones_of_tracks()
        self._sum_up()
        return {
            "name": text_of(self._collection.name) or text_of(stem) or "site",
            "crs": self._shapes.crs,
            "aliases": aliases_of(self._collection.aliases),
            "zones": self._zones,
            "tracks": self._tracks,
            "places": self._places,
            "notices": [[notice.code, notice.message, notice.remedy] for notice in self._notices],
        }

    def _add(self, feature: Feature) -> None:
        """Check one feature and keep it, or note that it is left out."""
        geometry = feature.geometry if isinstance(feature.geometry, dict) else {}
        drawn = _KIND_OF.get(str(geometry.get("type")))
        said = feature.kind or text_of(feature.properties.get("kind"))
        name = text_of(feature.properties.get("name"))
        label = f'{said or drawn or "feature"} "{name}"' if name else feature.label
        if said is not None and said.lower() == "place" and drawn is None:
            self._add_place(name, geometry, feature, f"{self._subject}: {label}")
            return
        if drawn is None or (said is not None and said.lower() not in {"zone", "track"}):
            self._skipped.append(label)
            return
        if said is None and self._collection.kinds_expected:
            self._inferred.append(label)
        kind = said.lower() if said else drawn
        subject = f"{self._subject}: {label}"
        if kind != drawn:
            remedy = "draw zones as polygons and tracks as lines"
            raise SiteError(subject, f"is said to be a {kind} but drawn as a {geometry['type']}", remedy)
        name = name or self._given_name(kind, feature.label)
        parts = parts_of(geometry, subject=subject)
        names = [name] if len(parts) == 1 else [f"{name} ({number})" for number in range(1, len(parts) + 1)]
        if len(parts) > 1:
            message = f"{label} has {len(parts)} parts, which are named {names[0]} to {names[-1]}"
            self._note("parts_split", message, "draw each part as a feature with its own name")
        for part_name, part in zip(names, parts, strict=True):
            self._keep(kind, part_name, part, feature.properties)

    def _add_place(self, name: str | None, geometry: dict[str, Any], feature: Feature, subject: str) -> None:
        """Keep a place that is named but not drawn: a point, or nothing but its name."""
        if name is None:
            raise SiteError(subject, "is a place without a name", _NAME_IT)
        if any(other["name"].casefold() == name.casefold() for other in self._zones + self._places):
            raise SiteError(subject, "is there twice", "give each zone and place its own name")
        precision_m = feature.properties.get("precision_m")
        self._places.append(
            {
                "name": name,
                "point": self._shapes.point(geometry.get("coordinates"), subject=subject) if geometry else None,
                "precision_m": precision_m if type(precision_m) in {int, float} else None,
                "source": text_of(feature.properties.get("source")),
                "aliases": aliases_of(feature.properties.get("aliases")),
            }
        )

    def _keep(self, kind: str, name: str, part: Any, properties: dict[str, Any]) -> None:  # noqa: ANN401 -- GeoJSON
        """Keep one zone or track under a name of its own."""
        subject = f'{self._subject}: {kind} "{name}"'
        taken = self._zones if kind == "zone" else self._tracks
        if any(other["name"].casefold() == name.casefold() for other in taken):
            raise SiteError(subject, f"is there twice: two {kind}s have this name", "give each its own name")
        if kind == "zone":
            rings = self._shapes.rings(part, subject=subject)
            self._vertices += sum(map(len, rings))
            taken.append({"name": name, "rings": rings} | self._about_zone(properties, name, subject))
        else:
            line = self._shapes.line(part, subject=subject)
            self._vertices += len(line)
            taken.append({"name": name, "coordinates": line} | self._about_track(properties, name))
        if self._vertices > MOST_VERTICES:
            raise too_many(self._subject, "vertices", MOST_VERTICES)

    def _about_zone(self, properties: dict[str, Any], name: str, subject: str) -> dict[str, Any]:
        role = text_of(properties.get("role"))
        if role is None:
            message = f'zone "{name}" has no role'
            self._note("role_missing", message, f"give it one of: {', '.join(sorted(ROLES))}")
        elif role not in ROLES:
            message = f'zone "{name}" has the role "{role}", which is not one we know; it is kept'
            self._note("role_unknown", message, f"the known ones are: {', '.join(sorted(ROLES))}")
        return {
            "role": role or "unknown",
            "aliases": aliases_of(properties.get("aliases")),
            "status": status_of(properties, subject=subject),
            "conceals_from": date_of(properties.get("conceals_from"), subject=f"{subject} conceals_from"),
        }

    def _about_track(self, properties: dict[str, Any], name: str) -> dict[str, Any]:
        written = properties.get("gauge_mm")
        gauge_mm = gauge_of(written)
        if written is not None and text_of(written) and gauge_mm is None:
            message = f'track "{name}" has the gauge {str(written)[:40]!r}, which is left out'
            self._note("gauge_ignored", message, "write one gauge in millimetres, e.g. 1520")
        return {"gauge_mm": gauge_mm, "zone": text_of(properties.get("zone"))}

    def _given_name(self, kind: str, label: str) -> str:
        """A name for a track without one; a zone must have its own."""
        if kind == "zone":
            raise SiteError(f"{self._subject}: {label}", "is a zone without a name", _NAME_IT)
        taken = {track["name"].casefold() for track in self._tracks}
        number = len(self._tracks) + 1
        while f"track {number}" in taken:
            number += 1
        name = f"track {number}"
        self._note("name_given", f"{label} is a track without a name; it is called {name}", _NAME_IT)
        return name

    def _check_zones_of_tracks(self) -> None:
        known = {zone["name"] for zone in self._zones}
        for track in self._tracks:
            if track["zone"] is not None and track["zone"] not in known:
                message = f'track "{track["name"]}" names the zone "{track["zone"]}", which the site does not have'
                self._note("zone_unknown", message, f"its zones are: {', '.join(sorted(known)) or 'none'}")

    def _sum_up(self) -> None:
        """Notices that stand for several features."""
        if self._inferred:
            message = f"{_some(self._inferred)} say no kind; polygons are taken as zones and lines as tracks"
            self._note("kind_inferred", message, "give each feature a kind property: zone or track")
        if self._skipped:
            message = f"{_some(self._skipped)} are neither zone nor track and are left out"
            self._note("feature_skipped", message, "draw zones as polygons and tracks as lines")
        if not self._tracks:
            message = f"{self._subject} has no track; nothing can be counted on it"
            self._note("no_tracks", message, "draw each track as a line with kind track")

    def _note(self, code: str, message: str, remedy: str) -> None:
        self._notices.append(Notice(code, message, remedy))


def _some(labels: list[str]) -> str:
    """The first few of many."""
    more = f" and {len(labels) - 3} more" if len(labels) > 3 else ""
    return ", ".join(labels[:3]) + more
