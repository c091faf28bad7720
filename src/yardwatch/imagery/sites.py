"""Site files: reading what an analyst drew, and writing it as GeoJSON."""

import re
from pathlib import Path
from typing import Any

from yardwatch.errors import Notice, SiteError
from yardwatch.model.dates import When, parse_when
from yardwatch.model.site import Coordinates, Place, Site, Track, Zone, ZoneStatus
from yardwatch.sandbox.child import Limits, ask_once
from yardwatch.sandbox.files import plain_file

__all__ = ["SITE_LIMITS", "read_site", "site_to_geojson"]

SITE_LIMITS = Limits(memory_bytes=96 * 2**20, cpu_s=4, wall_s=60)
"""Enough for any site file that `read_site` accepts."""

_PARSER = "yardwatch.imagery._site_parsing"
_EPSG = re.compile(r"EPSG:(\d+)")


def read_site(path: str | Path, *, limits: Limits = SITE_LIMITS) -> tuple[Site, tuple[Notice, ...]]:
    """The site in a GeoJSON, GeoPackage, KML or KMZ file, parsed in a child process, and what was noticed.

    A site without tracks is read, with the notice ``no_tracks``.

    Parameters
    ----------
    path : str or Path
        GeoJSON with QGIS's ``crs`` member or in WGS 84; GeoPackage with layers ``zones`` and ``tracks``; KML or KMZ.
    limits : Limits
        What the child may use.

    Raises
    ------
    SiteError
        If the file or one of its features is bad; it names the feature and the remedy.
    DateError
        If a date in it is none.
    LimitError
        If the file holds too much.
    """
    real = plain_file(path, error=SiteError)
    plain = ask_once(str(path), "site", handlers=_PARSER, limits=limits, error=SiteError, path=str(real))
    site = Site(
        name=plain["name"],
        crs=plain["crs"],
        zones=tuple(_zone(zone) for zone in plain["zones"]),
        tracks=tuple(_track(track) for track in plain["tracks"]),
        aliases=tuple(plain["aliases"]),
        places=tuple(_place(place) for place in plain["places"]),
    )
    return site, tuple(Notice(*parts) for parts in plain["notices"])


def site_to_geojson(site: Site) -> dict[str, Any]:
    """The site as a FeatureCollection that `read_site` reads back as an equal site."""
    features = [_feature(_zone_properties(zone), "Polygon", zone.rings) for zone in site.zones]
    features += [_feature(_track_properties(track), "LineString", track.coordinates) for track in site.tracks]
    features += [_feature(_place_properties(place), "Point", place.point) for place in site.places]
    known = _EPSG.fullmatch(site.crs)
    code = f"urn:ogc:def:crs:EPSG::{known[1]}" if known else site.crs
    name = "urn:ogc:def:crs:OGC:1.3:CRS84" if site.crs == "EPSG:4326" else code
    return {
        "type": "FeatureCollection",
        "name": site.name,
        "aliases": list(site.aliases),
        "crs": {"type": "name", "properties": {"name": name}},
        "features": features,
    }


def _zone(plain: dict[str, Any]) -> Zone:
    return Zone(
        name=plain["name"],
        role=plain["role"],
        rings=tuple(_coordinates(ring) for ring in plain["rings"]),
        aliases=tuple(plain["aliases"]),
        status=tuple(ZoneStatus(entry["state"], _when(entry["when"])) for entry in plain["status"]),
        conceals_from=_when(plain["conceals_from"]),
    )


def _track(plain: dict[str, Any]) -> Track:
    return Track(plain["name"], _coordinates(plain["coordinates"]), plain["gauge_mm"], plain["zone"])


def _place(plain: dict[str, Any]) -> Place:
    point = None if plain["point"] is None else _coordinates([plain["point"]])[0]
    return Place(plain["name"], point, plain["precision_m"], plain["source"], tuple(plain["aliases"]))


def _coordinates(points: list[list[float]]) -> Coordinates:
    return tuple((float(x), float(y)) for x, y in points)


def _when(text: str | None) -> When | None:
    return None if text is None else parse_when(text)


def _feature(properties: dict[str, Any], shape: str, coordinates: object) -> dict[str, Any]:
    geometry = None if coordinates is None else {"type": shape, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _zone_properties(zone: Zone) -> dict[str, Any]:
    return {
        "kind": "zone",
        "name": zone.name,
        "role": zone.role,
        "aliases": list(zone.aliases),
        "status": [{"state": status.state, "when": _text(status.when)} for status in zone.status],
        "conceals_from": _text(zone.conceals_from),
    }


def _track_properties(track: Track) -> dict[str, Any]:
    return {"kind": "track", "name": track.name, "gauge_mm": track.gauge_mm, "zone": track.zone}


def _place_properties(place: Place) -> dict[str, Any]:
    return {
        "kind": "place",
        "name": place.name,
        "precision_m": place.precision_m,
        "source": place.source,
        "aliases": list(place.aliases),
    }


def _text(when: When | None) -> str | None:
    return None if when is None else when.text
