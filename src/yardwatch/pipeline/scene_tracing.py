"""Tracks of a workspace's scene traced by clicks, and drafted from a map, as a page wants them."""

from collections.abc import Sequence
from pathlib import Path

from yardwatch.errors import MisuseError
from yardwatch.model.ports import Progress
from yardwatch.pipeline.deskwork import DeskStore
from yardwatch.pipeline.documents import Json, crs_code
from yardwatch.pipeline.drafting import draft_on
from yardwatch.pipeline.lonlat import LONGITUDE_LATITUDE, Shown
from yardwatch.pipeline.reopening import reopened
from yardwatch.pipeline.tiling import TileReader
from yardwatch.pipeline.tracing import trace, trace_facts

__all__ = ["draft_in", "trace_in"]


def trace_in(reader: TileReader, clicks: Sequence[Sequence[float]], shown: Shown) -> dict[str, Json]:
    """The track on which clicks lie in an open scene, in the coordinates of the clicks; not to find one is an answer.

    Raises
    ------
    MisuseError
        If there are too few clicks, they are too close or too far apart, or do not lie in the scene.
    """
    found = trace(reader, shown.read(clicks), crs=shown.site_crs)
    line = shown.geometry("LineString", (found.coordinates,)) if found.found else None
    crs = LONGITUDE_LATITUDE if shown.lonlat else crs_code(shown.site_crs)
    return {**trace_facts(found), "line": line, "crs": crs}


def draft_in(
    store: DeskStore, scene_id: str, osm: Path, *, called: str | None = None, progress: Progress | None = None
) -> dict[str, Json]:
    """The railways of a map pulled onto the rails of a scene, with the zones that the map gives.

    Beside the document of the draft it gives the ``geojson`` of what is proposed and, by the name of each track,
    the lines as the map has them (``drawn``), both in longitude and latitude. `called` is what people call the file.

    Raises
    ------
    InputError
        If the map is bad, or none of its railways lies in the scene.
    MisuseError
        If there is no such scene.
    """
    scene, site = store.scene(scene_id), store.site()
    if scene is None:
        raise MisuseError(f'there is no scene "{scene_id}"; the desk and GET /api/scenes name those there are')
    with reopened(store, site, scene) as reader:
        drafted = draft_on(reader, osm, name=site.name, called=called, notices=reader.notices, progress=progress)
    drawn: dict[str, Json] = {
        one.name: {"type": "LineString", "coordinates": [list(point) for point in one.drawn]}
        for one in drafted.lines
        if not one.proposed
    }
    return {**drafted.document, "geojson": drafted.lonlat, "drawn": drawn}
