"""Tracing tracks in a scene."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from yardwatch.pipeline.lonlat import Shown
from yardwatch.pipeline.scene_tracing import trace_in
from yardwatch.web.access import Analyst, TheDesk
from yardwatch.web.answers import Answer
from yardwatch.web.routes.scenes import SceneId

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["site"])

Point = Annotated[
    list[Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]], Field(min_length=2, max_length=2)
]


class Clicks(BaseModel):
    """Places on one track, in their order along it."""

    points: list[Point] = Field(min_length=2, max_length=50)
    crs: Literal["lonlat", "site"] = Field("lonlat", description="The coordinates of the points, and of the line.")


@router.post("/scenes/{scene_id}/trace", summary="Trace a track by clicks")
def trace(scene_id: SceneId, body: Clicks, desk: TheDesk, _: Analyst) -> Answer:
    """As `yardwatch site trace`: the line along the rails through all clicks; `found` is false where there is none."""
    scene = desk.scene_known(scene_id)
    with desk.reading() as store:
        shown = Shown.asked(body.crs, store.site().crs)
    with desk.tiles.reader(scene) as reader:
        return Answer(trace_in(reader, body.points, shown))
