"""The site: its zones and tracks as they are drawn, and the way back."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field, JsonValue

from yardwatch.model.site import Site
from yardwatch.pipeline.drawing import site_facts
from yardwatch.pipeline.lonlat import Shown
from yardwatch.pipeline.redrawing import SiteChangedError, SiteDrawn, edit_site, restore_site, site_then
from yardwatch.pipeline.site_history import SiteVersion
from yardwatch.web.access import Editor, TheDesk, fresh
from yardwatch.web.answers import Answer, Page, paged
from yardwatch.web.problems import Problem
from yardwatch.web.routes.scenes import WrittenIn

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["site"])

_LARGEST = 2**31


class Edit(BaseModel):
    """One zone or track that is drawn, changed or taken away."""

    op: Literal["add", "change", "delete"]
    kind: Literal["zone", "track"]
    name: str | None = Field(None, max_length=200, description="Its name until now; not for what is added.")
    geometry: JsonValue = Field(None, description="GeoJSON Polygon or LineString; left out, it stays.")
    properties: dict[str, JsonValue] | None = Field(
        None, description="name, role, aliases, conceals_from; or name, gauge_mm, zone. What is left out stays."
    )


class Edits(BaseModel):
    """Edits that are done together."""

    version: int = Field(ge=0, le=_LARGEST, description="The version that was drawn on.")
    crs: Literal["lonlat", "site"] = Field("lonlat", description="The coordinates of the geometry.")
    edits: list[Edit] = Field(max_length=500)
    by: str | None = Field(None, max_length=100)
    note: str | None = Field(None, max_length=1000)


class Restored(BaseModel):
    """An earlier version that is to hold again."""

    version: int = Field(ge=0, le=_LARGEST, description="The version that was shown.")
    to: int = Field(ge=1, le=_LARGEST, description="The version to go back to.")
    by: str | None = Field(None, max_length=100)


@router.get("/site", summary="The site as it is drawn", dependencies=[fresh])
def site(desk: TheDesk, crs: WrittenIn = "lonlat") -> Answer:
    """Zones, tracks and places as GeoJSON, and the number of this version."""
    with desk.reading() as store:
        drawn, version = store.site(), desk.sites.version(store)
    return Answer(_facts(drawn, crs, version))


@router.post("/site/edits", summary="Draw zones and tracks")
def edit(body: Edits, desk: TheDesk, who: Editor, crs: WrittenIn | None = None) -> Answer:
    """Add, change and delete zones and tracks, all or none. It is a version of its own and can be undone."""
    edits = [one.model_dump(exclude_unset=True) for one in body.edits]
    try:
        with desk.writing() as store:
            shown = Shown.asked(body.crs, store.site().crs)
            drawn = edit_site(
                store, desk.sites, edits, version=body.version, shown=shown, by=who.named(body.by), note=body.note
            )
    except SiteChangedError as error:
        raise _changed(error) from None
    return _drawn(drawn, crs or body.crs)


@router.get("/site/versions", summary="The versions of the site, newest first")
def versions(desk: TheDesk, page: Page) -> Answer:
    """What each did, who drew it and when; those drawn outside the desk among them."""
    with desk.reading() as store:
        desk.sites.version(store)
    return Answer(paged(desk.sites.versions(), page, _version))


@router.get("/site/versions/{version}", summary="The site as it was in a version")
def version_of(version: Annotated[int, Path(ge=1, le=_LARGEST)], desk: TheDesk, crs: WrittenIn = "lonlat") -> Answer:
    """To look at what has changed since, before one goes back to it."""
    with desk.reading() as store:
        then = site_then(store, desk.sites, version)
    return Answer(_facts(then, crs, version))


@router.post("/site/restore", summary="Go back to an earlier version")
def restore(body: Restored, desk: TheDesk, who: Editor, crs: WrittenIn = "lonlat") -> Answer:
    """Draw the site as it was then: that makes a new version. Undo is to go back by one."""
    try:
        with desk.writing() as store:
            drawn = restore_site(store, desk.sites, version=body.version, to=body.to, by=who.named(body.by))
    except SiteChangedError as error:
        raise _changed(error) from None
    return _drawn(drawn, crs)


def _facts(drawn: Site, crs: str, version: int) -> dict[str, object]:
    return {**site_facts(drawn, Shown.asked(crs, drawn.crs)), "version": version}


def _drawn(drawn: SiteDrawn, crs: str) -> Answer:
    return Answer(_facts(drawn.site, crs, drawn.version) | {"did": list(drawn.did)})


def _version(one: SiteVersion) -> dict[str, object]:
    facts = asdict(one)
    return {name: facts[name] for name in ("version", "at", "by", "note", "did", "outside")}


def _changed(error: SiteChangedError) -> Problem:
    detail, _, remedy = str(error).partition("; ")
    return Problem(409, "site_changed", detail, remedy)
