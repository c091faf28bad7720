"""Draft the tracks and zones of a site from OpenStreetMap lines and one image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import CRS

from yardwatch._version import __version__
from yardwatch.errors import GeoreferenceError, Notice
from yardwatch.imagery.osm import OsmExtract, OsmLine, read_osm
from yardwatch.imagery.scenes import open_scene
from yardwatch.imagery.sites import site_to_geojson
from yardwatch.model.frame import Floats, Frame, frame_around
from yardwatch.model.grid import Grid
from yardwatch.model.line import Line
from yardwatch.model.ports import Progress, SceneReader
from yardwatch.model.provenance import Provenance
from yardwatch.model.scene import Scene
from yardwatch.model.site import Coordinates, Site, Track, Zone
from yardwatch.pipeline.documents import Json, crs_code, document, rounded_ring, scene_facts
from yardwatch.pipeline.osm_lines import RoughTrack, RoughZone, is_apart, is_hidden, rough_tracks, rough_zones
from yardwatch.pipeline.told import Told
from yardwatch.pipeline.tracing import simplified
from yardwatch.railcars.drafting import Draft, PulledLine, draft_lines
from yardwatch.railcars.rails import shipped_finder

__all__ = [
    "OSM_CREDIT",
    "OSM_LICENCE",
    "DraftedLine",
    "DraftedSite",
    "draft_on",
    "draft_scene",
    "draft_site",
    "drafted_lines",
]

OSM_CREDIT = "© OpenStreetMap contributors"
"""Who must be named wherever a draft, or what was made from it, is published."""

OSM_LICENCE = "ODbL-1.0"
"""Licence of the lines that a draft is made from, by its SPDX identifier."""

_METHOD = "osm-draft/1"
_LICENCE_NOTE = (
    "Tracks and zones were drafted from OpenStreetMap data, which is available under the Open Database License: name "
    "OpenStreetMap and its contributors where you publish them; a database made from them that you pass on stays under "
    "the ODbL (https://www.openstreetmap.org/copyright)."
)
_SIMPLIFIED_M = 0.08
_COARSE_M = 0.85
_DOUBTED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class DraftedLine:
    """How one track of a draft came about."""

    name: str
    """Of the track."""
    osm_ids: tuple[str, ...]
    """The lines of the map that it was pulled from; empty if it was proposed from the image alone."""
    kind: str
    """``rail``, ``siding``, ``yard``, ``spur`` …; ``proposed`` if no line of the map covers it."""
    length_m: float
    """Length, metres."""
    sure_share: float
    """Share of the length where the image shows the track rather than none, 0 to 1."""
    se_m: float
    """Standard error across the track, median along it, metres."""
    moved_m: float | None
    """How far it was moved across, median, metres; None if it was proposed."""
    drawn: Coordinates = ()
    """As the map draws it within the image, longitudes and latitudes; empty if it was proposed."""

    @property
    def proposed(self) -> bool:
        """Whether no line of the map covers it."""
        return not self.osm_ids


@dataclass(frozen=True, slots=True)
class DraftedSite:
    """A site drafted from a map and an image, for a person to check."""

    site: Site
    """Tracks and zones, ready to count on."""
    lines: tuple[DraftedLine, ...]
    """How each of its tracks came about, in their order."""
    notices: tuple[Notice, ...]
    """What a reader must know."""
    document: Mapping[str, Json]
    """The JSON for programs."""
    geojson: Mapping[str, Json]
    """The site file, each track with how it came about, and whose data it was made from."""
    lonlat: Mapping[str, Json]
    """The same in longitude and latitude (WGS 84)."""


def draft_site(
    image: Path, osm: Path, *, told: Told, name: str | None = None, progress: Progress | None = None
) -> DraftedSite:
    """Open the image, read the map and draft the site.

    Raises
    ------
    InputError
        If the image or the map is bad, or no railway of the map lies in the image.
    """
    with open_scene(image, stated=told.stated()) as reader:
        return draft_on(reader, osm, name=name or image.stem, notices=reader.notices, progress=progress)


def draft_on(
    reader: SceneReader,
    osm: Path,
    *,
    name: str,
    called: str | None = None,
    notices: Sequence[Notice] = (),
    progress: Progress | None = None,
) -> DraftedSite:
    """Read the map, which may be called otherwise than its file, and draft the site on an open scene.

    Raises
    ------
    InputError
        If the map is bad, or none of its railways lies in the image.
    """
    extract = read_osm(osm, called=called)
    with osm.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    return draft_scene(reader, extract, name=name, sha256=digest, notices=notices, progress=progress)


def draft_scene(
    reader: SceneReader,
    extract: OsmExtract,
    *,
    name: str,
    sha256: str | None = None,
    notices: Sequence[Notice] = (),
    progress: Progress | None = None,
) -> DraftedSite:
    """Pull the railways of a map onto the tracks of a scene, propose those that it lacks, and take over its areas.

    Parameters
    ----------
    reader : SceneReader
        The scene.
    extract : OsmExtract
        The map.
    name : str
        Name of the site.
    sha256 : str, optional
        Hash of the map's file, for provenance.
    notices : sequence of Notice
        What is known of the image already.
    progress : callable, optional
        Told how far the work is.

    Raises
    ------
    GeoreferenceError
        If no railway of the map lies in the image.
    """
    scene = reader.scene
    frame = _frame(scene.grid)
    rough = rough_tracks(extract, scene.grid, frame)
    if not rough:
        raise GeoreferenceError(
            f"{extract.filename} and {scene.filename}",
            f"no railway line in use (the file has {len(extract.lines)}) lies in the image",
            "ask Overpass for the surroundings of this site, or see whether the image lies where it should (--crs)",
        )
    lines = [Line.through(*one.points_m.T) for one in rough]
    draft = draft_lines(reader, lines, frame=frame, finder=shipped_finder(), progress=progress)
    made, told_lines = drafted_lines(draft, rough, frame)
    zones = _zones(rough_zones(extract, scene.grid, frame), frame)
    site = Site(name, frame.crs, zones, made)
    noticed = (*notices, *_notices(scene, extract, draft, told_lines))
    return DraftedSite(
        site=site,
        lines=told_lines,
        notices=noticed,
        document=document(
            _provenance(scene, extract, sha256), noticed, _facts(scene, extract, site, told_lines, draft)
        ),
        geojson=_geojson(site, told_lines, scene, extract),
        lonlat=_geojson(_in_degrees(site, frame), told_lines, scene, extract),
    )


def drafted_lines(
    draft: Draft, rough: Sequence[RoughTrack], frame: Frame
) -> tuple[tuple[Track, ...], tuple[DraftedLine, ...]]:
    """The tracks of a draft with their names, numbered across the yard from the north (or the west)."""
    found = _by_position([*draft.pulled, *draft.proposed])
    labels = [rough[one.source].label if one.source >= 0 else None for one in found]
    tracks, told = [], []
    for one, name in zip(found, _names(labels), strict=True):
        source = rough[one.source] if one.source >= 0 else None
        kept = simplified(one.line, tolerance_m=_SIMPLIFIED_M)
        x, y = frame.to_crs(*kept.points_m.T)
        ring = rounded_ring(tuple(zip(x.tolist(), y.tolist(), strict=True)), frame.crs)
        coordinates = tuple((point[0], point[1]) for point in ring)
        tracks.append(Track(name, coordinates, source.gauge_mm if source else None))
        told.append(_told(one, source, name, frame))
    return tuple(tracks), tuple(told)


def _told(one: PulledLine, source: RoughTrack | None, name: str, frame: Frame) -> DraftedLine:
    return DraftedLine(
        name=name,
        osm_ids=source.ids if source else (),
        kind=source.kind if source else "proposed",
        length_m=Line.through(*one.line.points_m.T).length_m,
        sure_share=one.line.sure_share,
        se_m=float(np.median(one.line.se_m)),
        moved_m=one.moved_m if source else None,
        drawn=_degrees(source.points_m, frame) if source else (),
    )


def _degrees(points_m: Floats, frame: Frame) -> Coordinates:
    """Local metres as longitudes and latitudes."""
    x, y = frame.to_crs(*points_m.T, crs="EPSG:4326")
    return tuple((point[0], point[1]) for point in rounded_ring(tuple(zip(x, y, strict=True)), "EPSG:4326"))


def _frame(grid: Grid) -> Frame:
    """Around the image, in its own CRS if that is metric, else in UTM."""
    x, y = np.array(grid.outline()).T
    around = frame_around(grid.crs, x, y)
    parsed = CRS.from_user_input(grid.crs)
    if parsed.is_projected and all(axis.unit_name == "metre" for axis in parsed.axis_info):
        return Frame(crs_code(grid.crs), around.longitude_deg, around.latitude_deg)
    zone = int((around.longitude_deg + 180) // 6) % 60 + 1
    code = (32600 if around.latitude_deg >= 0 else 32700) + zone
    return Frame(f"EPSG:{code}", around.longitude_deg, around.latitude_deg)


def _by_position(lines: list[PulledLine]) -> list[PulledLine]:
    """Across the yard, from north to south, or from west to east where the tracks run north."""
    if not lines:
        return []
    steps = np.concatenate([np.diff(one.line.points_m, axis=0) for one in lines])
    angle = float(np.angle(np.sum((steps[:, 0] + 1j * steps[:, 1]) ** 2))) / 2
    across: Floats = np.array([-np.sin(angle), np.cos(angle)])
    if abs(across[1]) >= abs(across[0]):
        across = across if across[1] > 0 else -across
    else:
        across = -across if across[0] > 0 else across
    return sorted(lines, key=lambda one: -float(one.line.points_m.mean(0) @ across))


def _names(labels: Sequence[str | None]) -> list[str]:
    """Each label made unique; a number for each track without one."""
    names: list[str] = []
    taken = {label.casefold() for label in labels if label}
    seen: set[str] = set()
    number = 0
    for label in labels:
        if label is None:
            number += 1
            while f"track {number}" in taken:
                number += 1
            names.append(f"track {number}")
            continue
        name, copy = label, 1
        while name.casefold() in seen or (copy > 1 and name.casefold() in taken):
            copy += 1
            name = f"{label} ({copy})"
        seen.add(name.casefold())
        names.append(name)
    return names


def _zones(found: Sequence[RoughZone], frame: Frame) -> tuple[Zone, ...]:
    names = _names([one.label or one.role.replace("_", " ") for one in found])
    zones = []
    for one, name in zip(found, names, strict=True):
        rings = []
        for ring in (one.outline.exterior, *one.outline.interiors):
            x, y = frame.to_crs(*np.array(ring.coords).T)
            rounded = rounded_ring(tuple(zip(x.tolist(), y.tolist(), strict=True)), frame.crs)
            rings.append(tuple((point[0], point[1]) for point in rounded))
        zones.append(Zone(name, one.role, tuple(rings)))
    return tuple(zones)


def _notices(scene: Scene, extract: OsmExtract, draft: Draft, lines: Sequence[DraftedLine]) -> list[Notice]:
    notices = [Notice("draft_to_check", f"{len(lines)} tracks are drafted, not surveyed", "look at each on the image")]
    if scene.gsd_m > _COARSE_M:
        message = f"rails are hardly seen at {scene.gsd_m:.2g} m; lines may lie on the wrong track"
        notices.append(Notice("draft_coarse", message, "draft on an image of 0.8 m or finer"))
    if draft.shifts > 1:
        message = "lines and tracks fit about as well when shifted by one track"
        notices.append(Notice("draft_shift_doubtful", message, "see whether the outer tracks lie where they should"))
    doubted = [one.name for one in lines if one.sure_share < _DOUBTED_SHARE]
    if doubted:
        more = f" and {len(doubted) - 5} more" if len(doubted) > 5 else ""
        message = f"the image does not surely show {len(doubted)} tracks: {', '.join(doubted[:5])}{more}"
        notices.append(Notice("draft_unsure", message, "see whether they lie right, or draft on an emptier image"))
    proposed = [one.name for one in lines if one.proposed]
    if proposed:
        message = f"{len(proposed)} tracks are proposed that the map does not have: {', '.join(proposed[:5])}"
        notices.append(Notice("draft_proposed", message, "see whether each is a track"))
    apart = [line for line in extract.lines if is_apart(line) or is_hidden(line)]
    if apart:
        message = f"{len(apart)} lines of the map are not in use or underground and are left out"
        notices.append(Notice("draft_left_out", message, "they are listed in the JSON under left_out"))
    return notices


def _provenance(scene: Scene, extract: OsmExtract, sha256: str | None) -> Provenance:
    inputs = {scene.filename: scene.sha256} | ({extract.filename: sha256} if sha256 else {})
    return Provenance(version=__version__, method=_METHOD, parameters={"finder": shipped_finder().name}, inputs=inputs)


def _facts(
    scene: Scene, extract: OsmExtract, site: Site, lines: Sequence[DraftedLine], draft: Draft
) -> dict[str, Json]:
    east, north = draft.shift_m
    return {
        "scene": scene_facts(scene),
        "crs": crs_code(site.crs),
        "source": _source(scene, extract),
        "shift_m": [round(east, 2), round(north, 2)],
        "tracks": [{"name": one.name, **_about(one)} for one in lines],
        "zones": [{"name": zone.name, "role": zone.role} for zone in site.zones],
        "left_out": [_left_out(line) for line in extract.lines if is_apart(line) or is_hidden(line)],
    }


def _left_out(line: OsmLine) -> dict[str, Json]:
    return {
        "osm_id": line.id,
        "reason": "underground" if is_hidden(line) else "not in use",
        "tags": dict(line.tags),
        "line": {"type": "LineString", "coordinates": rounded_ring(line.points, "EPSG:4326")},
    }


def _about(one: DraftedLine) -> dict[str, Json]:
    return {
        "drafted": True,
        "proposed": one.proposed,
        "railway": one.kind,
        "osm_id": ";".join(one.osm_ids) or None,
        "length_m": round(one.length_m, 2),
        "sure_share": round(one.sure_share, 3),
        "se_m": round(one.se_m, 3),
        "moved_m": None if one.moved_m is None else round(one.moved_m, 2),
    }


def _source(scene: Scene, extract: OsmExtract) -> dict[str, Json]:
    return {
        "file": extract.filename,
        "credit": OSM_CREDIT,
        "licence": OSM_LICENCE,
        "note": _LICENCE_NOTE,
        "image": scene.filename,
        "image_credit": scene.rights.credit,
    }


def _in_degrees(site: Site, frame: Frame) -> Site:
    """The same site in WGS 84."""

    def turned(points: Coordinates) -> Coordinates:
        return _degrees(np.column_stack(frame.to_local(*np.array(points).T)), frame)

    zones = tuple(replace(zone, rings=tuple(turned(ring) for ring in zone.rings)) for zone in site.zones)
    tracks = tuple(replace(track, coordinates=turned(track.coordinates)) for track in site.tracks)
    return replace(site, crs="EPSG:4326", zones=zones, tracks=tracks)


def _geojson(site: Site, lines: Sequence[DraftedLine], scene: Scene, extract: OsmExtract) -> dict[str, Json]:
    """The site file; what is beyond a site file's own members is kept by GIS programs and passed over by ours."""
    written: dict[str, Any] = site_to_geojson(site)
    about = {one.name: one for one in lines}
    for feature in written["features"]:
        properties = feature["properties"]
        if properties["kind"] == "track":
            one = about[properties["name"]]
            credit = scene.filename if one.proposed else OSM_CREDIT
            properties |= {**_about(one), "source": credit, "licence": None if one.proposed else OSM_LICENCE}
        else:
            properties |= {"drafted": True, "source": OSM_CREDIT, "licence": OSM_LICENCE}
    return written | {"drafted": _source(scene, extract)}
