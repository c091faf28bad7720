"""The site: its zones and tracks as they are drawn."""

from fastapi import APIRouter

from yardwatch.pipeline.drawing import site_facts
from yardwatch.pipeline.lonlat import Shown
from yardwatch.web.access import TheDesk, fresh
from yardwatch.web.answers import Answer
from yardwatch.web.routes.scenes import WrittenIn

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["site"])


@router.get("/site", summary="The site as it is drawn", dependencies=[fresh])
def site(desk: TheDesk, crs: WrittenIn = "lonlat") -> Answer:
    """Zones, tracks and places as GeoJSON."""
    with desk.reading() as store:
        drawn = store.site()
    return Answer(site_facts(drawn, Shown.asked(crs, drawn.crs)) | {"version": 1})
