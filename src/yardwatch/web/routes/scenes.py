"""The scenes: what they are, what stands in them, and how they look."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from yardwatch.model.scene import Scene
from yardwatch.pipeline.overview import SceneAtAGlance, glance_facts, scenes_at_a_glance
from yardwatch.pipeline.standing import cars_collection, cars_of, count_facts_of
from yardwatch.pipeline.tiling import TILE_PX, zooms_of
from yardwatch.web.access import Desk, TheDesk, fresh
from yardwatch.web.answers import Answer, Page, page_of, paged
from yardwatch.web.problems import Problem
from yardwatch.web.tilework import version_of

__all__ = ["SceneId", "WrittenIn", "router"]

router = APIRouter(prefix="/api", tags=["scenes"])

SceneId = Annotated[str, Path(max_length=100, description="Id of a scene.")]
"""A scene in a path."""
WrittenIn = Annotated[
    Literal["lonlat", "site"], Query(description="Coordinates as longitude and latitude, or in the site's CRS.")
]
"""In which coordinates an answer is written."""


@router.get("/scenes", summary="The scenes, by date", dependencies=[fresh])
def scenes(desk: TheDesk, page: Page) -> Answer:
    """What each scene is, its total with interval, how much of the track it shows, its quality and its rights."""
    with desk.reading() as store:
        found = scenes_at_a_glance(store)
    return Answer(paged(found, page, lambda one: _facts(desk, one)))


@router.get("/scenes/{scene_id}", summary="One scene", dependencies=[fresh])
def scene(scene_id: SceneId, desk: TheDesk) -> Answer:
    """What the list says of it, and its tallies and tracks with the persons' word in them."""
    with desk.reading() as store:
        desk.scene(store, scene_id)
        found = next(one for one in scenes_at_a_glance(store) if one.scene.id == scene_id)
        counted = count_facts_of(store, scene_id)
        there = desk.file_of(store, scene_id) is not None
    tail = {name: counted[name] for name in ("tallies", "tracks", "warnings", "provenance")} if counted else {}
    return Answer(_facts(desk, found) | {"file": {"there": there}, "tallies": [], "tracks": [], "warnings": []} | tail)


@router.get("/scenes/{scene_id}/count", summary="The count of a scene", dependencies=[fresh])
def count(scene_id: SceneId, desk: TheDesk) -> Answer:
    """The document of `yardwatch count`, with the persons' corrections."""
    return Answer(_counted(desk, scene_id))


@router.get("/scenes/{scene_id}/tallies", summary="The tallies of a scene", dependencies=[fresh])
def tallies(scene_id: SceneId, desk: TheDesk) -> Answer:
    """Tallies by zone and type, how much of each track was seen, and what must be known of the count."""
    found = _counted(desk, scene_id)
    return Answer({name: found[name] for name in ("tallies", "tracks", "warnings")})


@router.get("/scenes/{scene_id}/railcars", summary="The railcars of a scene", dependencies=[fresh])
def railcars(
    scene_id: SceneId,
    desk: TheDesk,
    page: Page,
    crs: WrittenIn = "site",
    track: Annotated[str | None, Query(max_length=200)] = None,
    zone: Annotated[str | None, Query(max_length=200)] = None,
) -> Answer:
    """The cars as they stand after all decisions, by track and chainage."""
    with desk.reading() as store:
        desk.scene(store, scene_id)
        found = cars_of(store, scene_id, lonlat=crs == "lonlat", track=track, zone=zone, rows=(page.offset, page.limit))
    if found is None:
        raise _not_counted(scene_id)
    return Answer(page_of(found[0], page, found[1]))


@router.get("/scenes/{scene_id}/railcars.geojson", summary="The railcars of a scene for a map", dependencies=[fresh])
def railcars_on_map(scene_id: SceneId, desk: TheDesk, crs: WrittenIn = "lonlat") -> Answer:
    """Outlines of all cars as they stand after all decisions."""
    with desk.reading() as store:
        desk.scene(store, scene_id)
        found = cars_collection(store, scene_id, lonlat=crs == "lonlat")
    if found is None:
        raise _not_counted(scene_id)
    return Answer(found)


@router.get("/scenes/{scene_id}/chip.png", summary="A small picture of a scene", dependencies=[fresh],
            response_class=Response)  # fmt: skip
def chip(scene_id: SceneId, desk: TheDesk) -> Response:
    """The picture that was made when it was counted."""
    with desk.reading() as store:
        path = store.chips / f"{desk.scene(store, scene_id).id}.png"
    if not path.is_file():
        raise Problem(404, "not_found", f"{scene_id} has no small picture yet", "count it first")
    return Response(path.read_bytes(), media_type="image/png")


def _facts(desk: Desk, found: SceneAtAGlance) -> dict[str, object]:
    facts = glance_facts(found)
    least, most = zooms_of(found.scene.grid)
    address = f"/api/scenes/{found.scene.id}"
    return {
        **facts,
        "tiles": {
            "url": f"{address}/tiles/{{z}}/{{x}}/{{y}}.png?v={version_of(found.scene)}",
            "minzoom": least,
            "maxzoom": most,
            "tileSize": TILE_PX,
            "bounds": facts["bounds"],
        },
        "chip": f"{address}/chip.png" if _has_chip(desk, found.scene) else None,
    }


def _has_chip(desk: Desk, scene: Scene) -> bool:
    return (desk.folder / "chips" / f"{scene.id}.png").is_file()


def _counted(desk: Desk, scene_id: str) -> dict[str, object]:
    with desk.reading() as store:
        desk.scene(store, scene_id)
        found = count_facts_of(store, scene_id)
    if found is None:
        raise _not_counted(scene_id)
    return dict(found)


def _not_counted(scene_id: str) -> Problem:
    return Problem(404, "not_found", f"{scene_id} has not been counted", "run a job of kind run, or yardwatch run")
