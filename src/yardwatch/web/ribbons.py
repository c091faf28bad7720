"""Counts checked by a person: straightened tracks, their cars, decisions and sign-off."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, FastAPI, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from yardwatch.pipeline.agreeing import sign_off_in, take_back_in
from yardwatch.pipeline.correcting import Act, Corrected, Decision, decide_in
from yardwatch.pipeline.desk_ribbons import Ribbons, decision_facts, ribbons_of
from yardwatch.pipeline.deskwork import DeskStore
from yardwatch.pipeline.ribbon_pictures import RibbonPictures, picture_version
from yardwatch.web.access import Analyst, Desk, Editor, TheDesk, fresh
from yardwatch.web.answers import Answer, Page, page_of, paged
from yardwatch.web.problems import NotModified, Problem

__all__ = ["router"]

_FOR_EVER = "private, max-age=31536000, immutable"
_ASK_AGAIN = "private, no-cache"
_MOST = 1000
_FINITE = {"allow_inf_nan": False, "ge": -1e6, "le": 1e6}

SceneId = Annotated[str, Path(max_length=100, description="Id of a scene.")]
Metres = Annotated[float | None, Field(**_FINITE)]
Name = Annotated[str | None, Field(max_length=200)]


@asynccontextmanager
async def _living(app: FastAPI) -> AsyncIterator[None]:
    yield
    pictures = getattr(app.state, "ribbon_pictures", None)
    if pictures is not None:
        pictures.close()


router = APIRouter(prefix="/api", tags=["ribbons"], lifespan=_living)


class DecisionAsked(BaseModel):
    """What a person decides about one car or track; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")
    act: Annotated[Act, Field(description="accept, delete, add, change, conceal or check")]
    railcar: Name = None
    track: Name = None
    start_m: Metres = None
    end_m: Metres = None
    offset_m: Metres = None
    width_m: Annotated[float | None, Field(allow_inf_nan=False, gt=0, le=20)] = None
    type: Annotated[str | None, Field(max_length=40)] = None
    subtype: Annotated[str | None, Field(max_length=40)] = None


class Said(BaseModel):
    """Who says it, and why; a name counts only at a desk for one."""

    model_config = ConfigDict(extra="forbid")
    by: Name = None
    note: Annotated[str | None, Field(max_length=2000)] = None


class DecisionsAsked(Said):
    """Decisions in the order in which they hold, kept all or none."""

    decisions: Annotated[list[DecisionAsked], Field(min_length=1, max_length=_MOST)]


class SignOffAsked(Said):
    """The tracks that are signed off; all of them where none is named."""

    tracks: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=_MOST)] = []


@router.get("/scenes/{scene_id}/ribbons", summary="The tracks of a scene, to be checked", dependencies=[fresh])
def ribbons(scene_id: SceneId, desk: TheDesk, page: Page) -> Answer:
    """Tracks with their occupied stretches, and the tallies as they stand; pictures are asked for by tile."""
    with desk.reading() as store:
        found = _ribbons(desk, store, scene_id)
    return Answer(found.head | paged(found.count.tracks, page, found.track_facts))


@router.get("/scenes/{scene_id}/ribbons/cars", summary="The cars of a scene, to be checked", dependencies=[fresh])
def cars(
    scene_id: SceneId,
    desk: TheDesk,
    page: Page,
    track: Annotated[str | None, Query(max_length=200, description="Only this track.")] = None,
) -> Answer:
    """Each car as it stands with what the machine said of it; then those that persons deleted or found hidden."""
    with desk.reading() as store:
        found = _ribbons(desk, store, scene_id)
    return Answer(paged(found.cars_of(None if track is None else [track]), page, lambda car: car))


@router.get(
    "/scenes/{scene_id}/ribbons/picture.webp", summary="A straightened stretch of track", response_class=Response
)
def picture(
    scene_id: SceneId,
    track: Annotated[str, Query(max_length=200)],
    desk: TheDesk,
    request: Request,
    tile: Annotated[int, Query(ge=0, le=10_000, description="Which stretch, counted from the track's start.")] = 0,
    centre: Annotated[float, Query(ge=-2, le=2, description="Offset of its middle from the track, metres.")] = 0.0,
    v: Annotated[str | None, Query(max_length=64, description="Version, from the track's facts.")] = None,
) -> Response:
    """Left of the track on top, chainage growing to the right, at a fixed number of metres a pixel."""
    scene = desk.scene_known(scene_id)
    with desk.reading() as store:
        version = picture_version(scene, store.site(), track, centre)
        etag = f'"{version}-{tile}"'
        if etag in [one.strip() for one in request.headers.get("if-none-match", "").split(",")]:
            request.state.etag = etag
            raise NotModified
        content = _pictures(request.app, desk).tile(store, scene, track, tile, centre_m=centre)
    headers = {"ETag": etag, "Cache-Control": _FOR_EVER if v == version else _ASK_AGAIN}
    return Response(content, media_type="image/webp", headers=headers)


@router.get("/scenes/{scene_id}/ribbons/decisions", summary="What persons decided about a scene", dependencies=[fresh])
def decisions(scene_id: SceneId, desk: TheDesk, page: Page) -> Answer:
    """Every decision with both versions, who and when, the newest first; those taken back are there too."""
    with desk.reading() as store:
        desk.scene(store, scene_id)
        found = decision_facts(store.corrections_of(scene_id))
    return Answer(page_of(found[page.offset : page.offset + page.limit], page, len(found)))


@router.post("/scenes/{scene_id}/ribbons/decisions", summary="Decide on cars and tracks")
def decide(scene_id: SceneId, asked: DecisionsAsked, desk: TheDesk, who: Analyst) -> Answer:
    """Keep decisions, all or none; gives the tracks they touch and the tallies as they stand now."""
    said = [Decision(**one.model_dump()) for one in asked.decisions]
    with desk.writing() as store:
        _ribbons(desk, store, scene_id)
        done = decide_in(store, scene_id, said, by=who.named(asked.by), note=asked.note)
        return Answer(_standing(store, scene_id, done, [one.track for one in done.corrections]))


@router.post("/scenes/{scene_id}/ribbons/undo", summary="Take back one's last decisions")
def undo(scene_id: SceneId, asked: Said, desk: TheDesk, who: Analyst) -> Answer:
    """Take back what this person decided last, all that was decided together; both stay on record."""
    with desk.writing() as store:
        _ribbons(desk, store, scene_id)
        done = take_back_in(store, scene_id, by=who.named(asked.by), note=asked.note)
        return Answer(_standing(store, scene_id, done, [one.track for one in done.corrections]))


@router.post("/scenes/{scene_id}/ribbons/sign-off", summary="Agree with a checked count")
def sign_off(scene_id: SceneId, asked: SignOffAsked, desk: TheDesk, who: Editor) -> Answer:
    """Agree, as a second person, with the count of checked tracks."""
    with desk.writing() as store:
        _ribbons(desk, store, scene_id)
        done = sign_off_in(store, scene_id, by=who.named(asked.by), tracks=asked.tracks, note=asked.note)
        return Answer(_standing(store, scene_id, done, [one.track for one in done.corrections]))


def _ribbons(desk: Desk, store: DeskStore, scene_id: str) -> Ribbons:
    desk.scene(store, scene_id)
    found = ribbons_of(store, scene_id)
    if found is None:
        raise Problem(404, "not_found", f'scene "{scene_id}" has no count', "count it first: POST /api/jobs")
    return found


def _standing(store: DeskStore, scene_id: str, done: Corrected, tracks: Sequence[str]) -> dict[str, object]:
    """What stands after some decisions, of the tracks they touch."""
    now = ribbons_of(store, scene_id)
    assert now is not None  # noqa: S101 -- it was there a moment ago, and nobody else writes
    touched = frozenset(tracks)
    return {
        "corrections": [one.id for one in done.corrections],
        "acts": sorted({one.act.value for one in done.corrections}),
        "changed": [now.track_facts(track) for track in now.count.tracks if track.name in touched],
        "cars": now.cars_of(tuple(touched)),
        **now.standing,
    }


def _pictures(app: FastAPI, desk: Desk) -> RibbonPictures:
    found = getattr(app.state, "ribbon_pictures", None)
    if found is None:
        found = app.state.ribbon_pictures = RibbonPictures(desk.folder / "chips" / "ribbons")
    assert isinstance(found, RibbonPictures)  # noqa: S101 -- put there above
    return found
