"""Trace a track by two clicks or more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from yardwatch._version import __version__
from yardwatch.errors import MisuseError, Notice
from yardwatch.imagery.scenes import open_scene
from yardwatch.imagery.sites import site_to_geojson
from yardwatch.model.frame import Floats, Frame, frame_around
from yardwatch.model.ports import SceneReader
from yardwatch.model.provenance import Provenance
from yardwatch.model.site import Coordinates, Site, Track
from yardwatch.pipeline.documents import Json, crs_code, document, rounded_ring, scene_facts
from yardwatch.pipeline.told import Told
from yardwatch.railcars.corridors import TracedLine
from yardwatch.railcars.network import shipped_network
from yardwatch.railcars.rails import shipped_finder
from yardwatch.railcars.tracing import NotTraced, trace_between

__all__ = ["Trace", "TracedImage", "simplified", "trace", "trace_document", "trace_facts", "trace_image", "trace_site"]

TRACE_METHOD = "rails-path/2"
"""Name of the method, for provenance."""

SIMPLIFIED_M = 0.05
"""How far a written line may lie from the traced one, metres."""

_MOST_CLICKS = 100


@dataclass(frozen=True, slots=True)
class Trace:
    """A track traced from clicks, or why there is none."""

    found: bool
    """Whether the image shows a track through all clicks."""
    reason: str | None
    """Why not, in one sentence; None if found."""
    coordinates: Coordinates
    """From the first click to the last one, in `crs`; empty if not found."""
    crs: str
    """CRS of the clicks and the line."""
    length_m: float
    """Its length on the ground, metres."""
    se_m: tuple[float, ...]
    """Standard error across the track at each vertex, metres."""
    sure_share: float
    """Share of the length where the image shows the track rather than none, 0 to 1."""


@dataclass(frozen=True, slots=True)
class TracedImage:
    """A track traced in one image file."""

    trace: Trace
    """The track, or why there is none."""
    notices: tuple[Notice, ...]
    """What a reader must know."""
    document: Mapping[str, Json]
    """The JSON for programs."""


def trace(reader: SceneReader, clicks: Sequence[tuple[float, float]], *, crs: str) -> Trace:
    """The track on which clicks lie, from the first to the last.

    Parameters
    ----------
    reader : SceneReader
        The scene.
    clicks : sequence of (x, y)
        Two or more places within about two metres of the middle of one track, in their order along it.
    crs : str
        CRS of the clicks, and of the line.

    Raises
    ------
    MisuseError
        If there are fewer than two clicks or more than a hundred, one is no place in the image, or two that follow
        each other are less than 15 m or more than 3 km apart.
    """
    if not 2 <= len(clicks) <= _MOST_CLICKS:
        raise MisuseError(f"{len(clicks)} clicks trace no track; give 2 to {_MOST_CLICKS}")
    x, y = np.array(clicks, float).T
    if not np.isfinite([x, y]).all():
        raise MisuseError("a click is no place; give finite numbers")
    frame = frame_around(crs, x, y)
    points = np.column_stack(frame.to_local(x, y))
    _check_inside(reader, frame, points)
    parts = []
    for start, end in pairwise(points):
        found = trace_between(
            reader, tuple(start), tuple(end), frame=frame, finder=shipped_finder(), network=shipped_network()
        )
        if isinstance(found, NotTraced):
            return Trace(False, found.reason, (), crs, 0.0, (), 0.0)
        parts.append(found)
    whole = TracedLine(
        np.concatenate([part.points_m for part in parts]),
        np.concatenate([part.se_m for part in parts]),
        np.concatenate([part.log_odds for part in parts]),
    )
    kept = simplified(whole)
    east, north = frame.to_crs(*kept.points_m.T)
    coordinates = tuple(zip(east.tolist(), north.tolist(), strict=True))
    length_m = float(np.hypot(*np.diff(kept.points_m, axis=0).T).sum())
    return Trace(True, None, coordinates, crs, length_m, tuple(kept.se_m.tolist()), whole.sure_share)


def simplified(line: TracedLine, *, tolerance_m: float = SIMPLIFIED_M) -> TracedLine:
    """A line without the points that it does not need, those that are left with their errors."""
    points = line.points_m
    kept = shapely.get_coordinates(shapely.simplify(shapely.LineString(points), tolerance_m))
    places = [int(np.argmin(((points - one) ** 2).sum(1))) for one in kept]
    return TracedLine(points[places], line.se_m[places], line.log_odds[places])


def trace_facts(found: Trace) -> dict[str, Json]:
    """What a document says of a trace."""
    line: dict[str, Json] = {"type": "LineString", "coordinates": rounded_ring(found.coordinates, found.crs)}
    return {
        "found": found.found,
        "reason": found.reason,
        "crs": crs_code(found.crs),
        "line": line if found.found else None,
        "length_m": round(found.length_m, 3),
        "se_m": [round(one, 3) for one in found.se_m],
        "sure_share": round(found.sure_share, 4),
    }


def trace_document(reader: SceneReader, found: Trace, notices: Sequence[Notice] = ()) -> dict[str, Json]:
    """The document of a trace."""
    scene = reader.scene
    provenance = Provenance(
        version=__version__,
        method=TRACE_METHOD,
        parameters={"finder": shipped_finder().name, "network": shipped_network().name},
        inputs={scene.filename: scene.sha256},
    )
    return document(provenance, notices, {"scene": scene_facts(scene), **trace_facts(found)})


def trace_image(
    image: Path, clicks: Sequence[tuple[float, float]], *, told: Told, crs: str | None = None
) -> TracedImage:
    """Open an image and trace a track by clicks in `crs`, that of the image unless given.

    Raises
    ------
    InputError
        If the image is bad.
    MisuseError
        If the clicks are (see `trace`).
    """
    with open_scene(image, site_crs=crs, stated=told.stated()) as reader:
        found = trace(reader, clicks, crs=crs or reader.scene.grid.crs)
        return TracedImage(found, reader.notices, trace_document(reader, found, reader.notices))


def trace_site(found: Trace, *, name: str) -> dict[str, Any]:
    """A site file with one traced track.

    Raises
    ------
    MisuseError
        If none was found.
    """
    if not found.found:
        raise MisuseError("no track was found, so that there is none to write")
    return site_to_geojson(Site(name, found.crs, (), (Track(name, found.coordinates),)))


def _check_inside(reader: SceneReader, frame: Frame, points: Floats) -> None:
    grid = reader.scene.grid
    column, row = grid.to_pixel(*frame.to_crs(*points.T, crs=grid.crs))
    inside = (column >= 0) & (column <= grid.width) & (row >= 0) & (row <= grid.height)
    if not inside.all():
        number = int(np.argmin(inside)) + 1
        raise MisuseError(f"click {number} does not lie in {reader.scene.filename}; click on a track in the image")
