"""What an OpenStreetMap extract says of a site, on the ground: rough tracks, and areas with their roles."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from yardwatch.imagery.osm import OsmArea, OsmExtract, OsmLine
from yardwatch.model.frame import Floats, Frame
from yardwatch.model.grid import Grid

__all__ = ["RoughTrack", "RoughZone", "is_apart", "is_hidden", "rough_tracks", "rough_zones"]

_RUNNING = {"rail", "siding", "spur", "yard", "narrow_gauge", "light_rail", "preserved"}
_LEAST_PIECE_M = 15.0
_STRAIGHT = np.cos(np.radians(20))
_NARROWEST_MM, _WIDEST_MM = 300, 3000
_LEAST_AREA_M2 = 200.0
_MOST_ZONES = 100
_ROLES = (
    ("railway", "station", "station"), ("railway", "halt", "station"), ("building", "train_station", "station"),
    ("railway", "engine_shed", "locomotive_servicing"), ("railway", "roundhouse", "locomotive_servicing"),
    ("building", "engine_shed", "locomotive_servicing"), ("building", "roundhouse", "locomotive_servicing"),
    ("railway", "workshop", "railcar_servicing"), ("railway", "wash", "railcar_servicing"),
    ("industrial", "container_terminal", "container_yard"), ("industrial", "oil", "petroleum_unloading"),
    ("amenity", "customs", "inspection"), ("man_made", "bridge", "bridge"), ("building", "warehouse", "warehouse"),
    ("railway", "yard", "rail_yard"), ("landuse", "railway", "rail_yard"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class RoughTrack:
    """A track as OpenStreetMap draws it, cut at the edges of the image."""

    ids: tuple[str, ...]
    """The lines that it was joined from."""
    label: str | None
    """What the map calls it; None if nothing."""
    gauge_mm: int | None
    """Gauge, if the map states a single one."""
    kind: str
    """``rail``, ``siding``, ``yard``, ``spur`` …: the service if there is one, else the kind of railway."""
    points_m: Floats
    """Local metres, shape (n, 2)."""


@dataclass(frozen=True, slots=True, eq=False)
class RoughZone:
    """An area with a role."""

    id: str
    """As in the file."""
    label: str | None
    """Its name on the map; None if none."""
    role: str
    """One of our roles."""
    outline: shapely.Polygon
    """Local metres."""


def is_apart(line: OsmLine) -> bool:
    """Whether the line is not a railway in use: disused, abandoned, razed, planned or being built."""
    return line.tags.get("railway") not in _RUNNING


def is_hidden(line: OsmLine) -> bool:
    """Whether the line runs underground."""
    layer = line.tags.get("layer", "0")
    below = layer.startswith("-") and layer[1:].isdigit()
    return line.tags.get("tunnel", "no") != "no" or (below and line.tags.get("bridge", "no") == "no")


def rough_tracks(extract: OsmExtract, grid: Grid, frame: Frame) -> list[RoughTrack]:
    """The railways in use and above the ground, joined where one goes on as another, within the image."""
    image = _image(grid, frame)
    found = []
    for chain in _joined([line for line in extract.lines if not is_apart(line) and not is_hidden(line)]):
        degrees = np.array([point for points, _ in chain for point in points])
        points = np.column_stack(_local(frame, degrees))
        tags = chain[0][1].tags
        ids = tuple(dict.fromkeys(line.id for _, line in chain))
        kind = tags.get("service") or tags["railway"]
        label, gauge_mm = _label(tags), _gauge(tags.get("gauge"))
        found += [RoughTrack(ids, label, gauge_mm, kind, piece) for piece in _pieces(points, image)]
    return found


def rough_zones(extract: OsmExtract, grid: Grid, frame: Frame) -> list[RoughZone]:
    """Areas with a role that the image shows at least in part, the largest first."""
    image = _image(grid, frame)
    found = []
    for area in extract.areas:
        role = _role(area)
        for ring in area.rings if role else ():
            whole = shapely.make_valid(shapely.Polygon(np.column_stack(_local(frame, np.array(ring)))))
            found += [
                RoughZone(area.id, area.tags.get("name"), str(role), part)
                for part in shapely.get_parts(whole)
                if isinstance(part, shapely.Polygon) and part.area >= _LEAST_AREA_M2 and part.intersects(image)
            ]
    return sorted(found, key=lambda one: -one.outline.area)[:_MOST_ZONES]


def _image(grid: Grid, frame: Frame) -> shapely.Polygon:
    own = Frame(grid.crs, frame.longitude_deg, frame.latitude_deg)
    return shapely.Polygon(np.column_stack(own.to_local(*np.array(grid.outline()).T)))


def _local(frame: Frame, degrees: Floats) -> tuple[Floats, Floats]:
    return Frame("EPSG:4326", frame.longitude_deg, frame.latitude_deg).to_local(*degrees.T)


def _pieces(points: Floats, image: shapely.Polygon) -> list[Floats]:
    """The parts of a line within the image that are long enough to be looked at."""
    if not np.isfinite(points).all() or len(points) < 2:
        return []
    parts = shapely.get_parts(shapely.intersection(shapely.LineString(points), image))
    return [
        shapely.get_coordinates(part)
        for part in parts
        if isinstance(part, shapely.LineString) and part.length >= _LEAST_PIECE_M
    ]


def _label(tags: Mapping[str, str]) -> str | None:
    if "railway:track_ref" in tags:
        return f"track {tags['railway:track_ref']}"
    return tags.get("name") or tags.get("ref")


def _gauge(text: str | None) -> int | None:
    """A single gauge in millimetres; None for several or none."""
    if text is None or not text.strip().isdigit():
        return None
    gauge = int(text.strip()[:6])
    return gauge if _NARROWEST_MM <= gauge <= _WIDEST_MM else None


def _role(area: OsmArea) -> str | None:
    return next((role for key, value, role in _ROLES if area.tags.get(key) == value), None)


Chain = list[tuple[Sequence[tuple[float, float]], OsmLine]]


def _joined(lines: list[OsmLine]) -> list[Chain]:
    """Chains of lines that go on as one another: at each meeting the straightest pair of the same names."""
    ends: dict[tuple[float, float], list[tuple[int, bool]]] = defaultdict(list)
    for number, line in enumerate(lines):
        if line.points[0] != line.points[-1]:
            ends[line.points[0]].append((number, True))
            ends[line.points[-1]].append((number, False))
    after: dict[tuple[int, bool], tuple[int, bool]] = {}
    for meeting in ends.values():
        for one, other in _pairs(lines, meeting):
            after[one], after[other] = other, one
    chains, used = [], set()
    starts = [(n, True) for n in range(len(lines)) if (n, True) not in after]
    starts += [(n, False) for n in range(len(lines)) if (n, False) not in after]
    for start in [*starts, *((n, True) for n in range(len(lines)))]:
        chain: Chain = []
        here: tuple[int, bool] | None = start
        while here is not None and here[0] not in used:
            number, forward = here
            used.add(number)
            points = lines[number].points
            chain.append((points if forward else points[::-1], lines[number]))
            here = after.get((number, not forward))
        if chain:
            chains.append(chain)
    return chains


def _pairs(lines: list[OsmLine], meeting: list[tuple[int, bool]]) -> list[tuple[tuple[int, bool], tuple[int, bool]]]:
    """Which of the ends that meet go on as one another."""
    options = []
    for index, one in enumerate(meeting):
        for other in meeting[index + 1 :]:
            straight = -float(_outward(lines, one) @ _outward(lines, other))
            if one[0] != other[0] and _same(lines[one[0]], lines[other[0]]) and straight > _STRAIGHT:
                options.append((straight, one, other))
    found, taken = [], set()
    for _, one, other in sorted(options, key=lambda option: -option[0]):
        if one not in taken and other not in taken:
            taken |= {one, other}
            found.append((one, other))
    return found


def _same(one: OsmLine, other: OsmLine) -> bool:
    return all(one.tags.get(tag) == other.tags.get(tag) for tag in ("railway:track_ref", "name", "ref", "gauge"))


def _outward(lines: list[OsmLine], end: tuple[int, bool]) -> Floats:
    """Direction from an end of a line into the line, of length 1."""
    points = lines[end[0]].points
    first, second = (points[0], points[1]) if end[1] else (points[-1], points[-2])
    scale = np.cos(np.radians(first[1]))
    step = np.array([(second[0] - first[0]) * scale, second[1] - first[1]])
    return np.asarray(step / max(float(np.hypot(*step)), 1e-15))
