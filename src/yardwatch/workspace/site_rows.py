"""The site, its zones and tracks as rows; zones and tracks drawn or mended in QGIS are read as they are then."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping
from sqlite3 import Row

from yardwatch.errors import MisuseError, WorkspaceError
from yardwatch.model.dates import When
from yardwatch.model.site import Site, Track, Zone, ZoneStatus
from yardwatch.workspace.cells import cell, date_of, maybe, names, packed
from yardwatch.workspace.database import Database, insert
from yardwatch.workspace.geometry import encode, line_of, points_of, polygon_of, rings_of
from yardwatch.workspace.geopackage import grow_extent
from yardwatch.workspace.rules import check_when

__all__ = ["read_site", "write_site"]


def write_site(connection: sqlite3.Connection, site: Site, *, srs_id: int) -> None:
    """Keep a site in tables that are empty.

    Raises
    ------
    MisuseError
        If a zone or a track has no sound geometry or another's name, or a date is unsound.
    """
    if (twice := _name_used_twice(site)) is not None:
        raise MisuseError(f"{twice} is there twice; rename one")
    insert(connection, "site", {"id": 1, "name": site.name, "crs": site.crs, "aliases": packed(site.aliases)})
    for zone in site.zones:
        _write_zone(connection, zone, srs_id)
    for track in site.tracks:
        _write_track(connection, track, srs_id)


def read_site(database: Database) -> Site:
    """The site that is kept.

    Raises
    ------
    WorkspaceError
        If a row of it is damaged, or two zones or tracks share a name.
    """
    states: defaultdict[int, list[ZoneStatus]] = defaultdict(list)
    for zone_fid, status in database.rows(_status, "SELECT * FROM zone_status ORDER BY id"):
        states[zone_fid].append(status)
    zones = database.rows(lambda row: _zone(row, states), "SELECT * FROM zones ORDER BY fid")
    tracks = database.rows(_track, "SELECT * FROM tracks ORDER BY fid")
    heads = database.rows(
        lambda row: (cell(row, "name", str), cell(row, "crs", str), names(row, "aliases")), "SELECT * FROM site"
    )
    if len(heads) != 1:
        raise WorkspaceError(f"{database.path}: the table 'site' needs one row and has {len(heads)}; restore a copy")
    name, crs, aliases = heads[0]
    site = Site(name=name, crs=crs, zones=tuple(zones), tracks=tuple(tracks), aliases=aliases)
    if (twice := _name_used_twice(site)) is not None:
        raise WorkspaceError(f"{database.path}: {twice} is there twice; rename one in QGIS")
    return site


def _name_used_twice(site: Site) -> str | None:
    """The zone or track whose name another has, if there is one."""
    used = [f'zone "{zone.name}"' for zone in site.zones] + [f'track "{track.name}"' for track in site.tracks]
    return next((name for name, times in Counter(used).items() if times > 1), None)


def _write_zone(connection: sqlite3.Connection, zone: Zone, srs_id: int) -> None:
    polygon = polygon_of(zone.rings, subject=f'zone "{zone.name}"')
    check_when(zone.conceals_from, subject=f'zone "{zone.name}"')
    fid = insert(
        connection,
        "zones",
        {
            "geom": encode(polygon, srs_id=srs_id),
            "name": zone.name,
            "role": zone.role,
            "aliases": packed(zone.aliases),
            "conceals_from": _text(zone.conceals_from),
        },
    )
    grow_extent(connection, "zones", polygon.bounds)
    for status in zone.status:
        check_when(status.when, subject=f'status of zone "{zone.name}"')
        insert(connection, "zone_status", {"zone_fid": fid, "state": status.state, "date": _text(status.when)})


def _write_track(connection: sqlite3.Connection, track: Track, srs_id: int) -> None:
    line = line_of(track.coordinates, subject=f'track "{track.name}"')
    blob = encode(line, srs_id=srs_id)
    insert(connection, "tracks", {"geom": blob, "name": track.name, "gauge_mm": track.gauge_mm, "zone": track.zone})
    grow_extent(connection, "tracks", line.bounds)


def _text(when: When | None) -> str | None:
    return None if when is None else when.text


def _status(row: Row) -> tuple[int, ZoneStatus]:
    return cell(row, "zone_fid", int), ZoneStatus(cell(row, "state", str), date_of(row, "date"))


def _zone(row: Row, states: Mapping[int, list[ZoneStatus]]) -> Zone:
    return Zone(
        name=cell(row, "name", str),
        role=cell(row, "role", str),
        rings=rings_of(row["geom"]),
        aliases=names(row, "aliases"),
        status=tuple(states.get(cell(row, "fid", int), ())),
        conceals_from=date_of(row, "conceals_from"),
    )


def _track(row: Row) -> Track:
    return Track(
        name=cell(row, "name", str),
        coordinates=points_of(row["geom"]),
        gauge_mm=maybe(row, "gauge_mm", int),
        zone=maybe(row, "zone", str),
    )
