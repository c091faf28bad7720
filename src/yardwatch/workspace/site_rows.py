"""The site, its zones, places and tracks as rows; what was drawn or mended in QGIS is read as it is then."""

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from sqlite3 import Row

from yardwatch.errors import MisuseError, WorkspaceError
from yardwatch.model.dates import When
from yardwatch.model.site import Place, Site, Track, Zone, ZoneStatus
from yardwatch.workspace.cells import cell, date_of, maybe, names, packed
from yardwatch.workspace.database import Database, insert
from yardwatch.workspace.geometry import encode, line_of, point_of, points_of, polygon_of, rings_of, spot_of
from yardwatch.workspace.geopackage import grow_extent
from yardwatch.workspace.rules import check_when

__all__ = ["read_site", "redraw_place", "redraw_track", "redraw_zone", "write_site"]


def write_site(connection: sqlite3.Connection, site: Site, *, srs_id: int) -> None:
    """Keep a site in tables that are empty.

    Raises
    ------
    MisuseError
        If a zone, place or track has no sound geometry or another's name, or a date is unsound.
    """
    if (twice := _name_used_twice(site)) is not None:
        raise MisuseError(f"{twice} is there twice; rename one")
    insert(connection, "site", {"id": 1, "name": site.name, "crs": site.crs, "aliases": packed(site.aliases)})
    for zone in site.zones:
        _write_zone(connection, zone, srs_id)
    for place in site.places:
        _write_place(connection, place, srs_id)
    for track in site.tracks:
        _write_track(connection, track, srs_id)


def redraw_zone(connection: sqlite3.Connection, before: str | None, after: Zone | None, *, srs_id: int) -> None:
    """Draw a zone, draw it otherwise, or take it away; columns of the analyst's own stay."""
    fid = _fid(connection, "zones", before)
    if after is None:
        connection.execute("DELETE FROM zones WHERE fid = ?", (fid,))
    elif fid is None:
        _write_zone(connection, after, srs_id)
    else:
        polygon = polygon_of(after.rings, subject=f'zone "{after.name}"')
        check_when(after.conceals_from, subject=f'zone "{after.name}"')
        connection.execute(
            "UPDATE zones SET geom = ?, name = ?, role = ?, aliases = ?, conceals_from = ? WHERE fid = ?",
            (encode(polygon, srs_id=srs_id), after.name, after.role, packed(after.aliases),
             _text(after.conceals_from), fid),
        )  # fmt: skip
        grow_extent(connection, "zones", polygon.bounds)


def redraw_track(connection: sqlite3.Connection, before: str | None, after: Track | None, *, srs_id: int) -> None:
    """Draw a track, draw it otherwise, or take it away; columns of the analyst's own stay."""
    fid = _fid(connection, "tracks", before)
    if after is None:
        connection.execute("DELETE FROM tracks WHERE fid = ?", (fid,))
    elif fid is None:
        _write_track(connection, after, srs_id)
    else:
        line = line_of(after.coordinates, subject=f'track "{after.name}"')
        connection.execute(
            "UPDATE tracks SET geom = ?, name = ?, gauge_mm = ?, zone = ? WHERE fid = ?",
            (encode(line, srs_id=srs_id), after.name, after.gauge_mm, after.zone, fid),
        )
        grow_extent(connection, "tracks", line.bounds)


def redraw_place(connection: sqlite3.Connection, before: str | None, after: Place | None, *, srs_id: int) -> None:
    """Name a place, or take one away."""
    fid = _fid(connection, "places", before)
    if fid is not None:
        connection.execute("DELETE FROM places WHERE fid = ?", (fid,))
    if after is not None:
        _write_place(connection, after, srs_id)


def _fid(connection: sqlite3.Connection, table: str, name: str | None) -> int | None:
    query = f"SELECT fid FROM {table} WHERE name = ?"  # noqa: S608 - our own tables
    found = None if name is None else connection.execute(query, (name,)).fetchone()
    return None if found is None else int(found["fid"])


def read_site(database: Database) -> Site:
    """The site that is kept.

    Raises
    ------
    WorkspaceError
        If a row of it is damaged, or two zones, places or tracks share a name.
    """
    states: defaultdict[int, list[ZoneStatus]] = defaultdict(list)
    for zone_fid, status in database.rows(_status, "SELECT * FROM zone_status ORDER BY id"):
        states[zone_fid].append(status)
    zones = database.rows(lambda row: _zone(row, states), "SELECT * FROM zones ORDER BY fid")
    places = database.rows(_place, "SELECT * FROM places ORDER BY fid")
    tracks = database.rows(_track, "SELECT * FROM tracks ORDER BY fid")
    heads = database.rows(
        lambda row: (cell(row, "name", str), cell(row, "crs", str), names(row, "aliases")), "SELECT * FROM site"
    )
    if len(heads) != 1:
        raise WorkspaceError(f"{database.path}: the table 'site' needs one row and has {len(heads)}; restore a copy")
    name, crs, aliases = heads[0]
    site = Site(name, crs, tuple(zones), tuple(tracks), aliases, tuple(places))
    if (twice := _name_used_twice(site)) is not None:
        raise WorkspaceError(f"{database.path}: {twice} is there twice; rename one in QGIS")
    return site


def _name_used_twice(site: Site) -> str | None:
    """The zone, place or track whose name another has, if there is one; a place may not be called like a zone."""
    extents = [("zone", zone.name) for zone in site.zones] + [("place", place.name) for place in site.places]
    for group in (extents, [("track", track.name) for track in site.tracks]):
        used: set[str] = set()
        for kind, name in group:
            if name in used:
                return f'{kind} "{name}"'
            used.add(name)
    return None


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


def _write_place(connection: sqlite3.Connection, place: Place, srs_id: int) -> None:
    spot = None if place.point is None else spot_of(place.point, subject=f'place "{place.name}"')
    insert(
        connection,
        "places",
        {
            "geom": None if spot is None else encode(spot, srs_id=srs_id),
            "name": place.name,
            "precision_m": place.precision_m,
            "source": place.source,
            "aliases": packed(place.aliases),
        },
    )
    if spot is not None:
        grow_extent(connection, "places", spot.bounds)


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


def _place(row: Row) -> Place:
    return Place(
        name=cell(row, "name", str),
        point=point_of(row["geom"]),
        precision_m=maybe(row, "precision_m", float),
        source=maybe(row, "source", str),
        aliases=names(row, "aliases"),
    )


def _track(row: Row) -> Track:
    return Track(
        name=cell(row, "name", str),
        coordinates=points_of(row["geom"]),
        gauge_mm=maybe(row, "gauge_mm", int),
        zone=maybe(row, "zone", str),
    )
