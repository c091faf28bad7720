"""What changed between scenes."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from yardwatch.pipeline.seen_changes import changes_found, comparison_facts, comparison_found
from yardwatch.web.access import TheDesk, fresh
from yardwatch.web.answers import Answer, Page, page_of, paged
from yardwatch.web.problems import Problem
from yardwatch.web.routes.scenes import WrittenIn

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["changes"])

Name = Annotated[str | None, Query(max_length=200)]
SceneName = Annotated[str, Path(max_length=100)]


@router.get("/comparisons", summary="Which scenes were compared", dependencies=[fresh])
def comparisons(desk: TheDesk, page: Page) -> Answer:
    """Each pair with the number of changes by kind, and what is said of each zone."""
    with desk.reading() as store:
        found = store.comparison_heads()
    return Answer(paged(found, page, lambda one: comparison_facts(*one)))


@router.get("/comparisons/{before}/{after}", summary="What changed between two scenes", dependencies=[fresh])
def comparison(before: SceneName, after: SceneName, desk: TheDesk, crs: WrittenIn = "site") -> Answer:
    """The document of `yardwatch change`."""
    with desk.reading() as store:
        desk.scene(store, before)
        desk.scene(store, after)
        found = comparison_found(store, before, after, lonlat=crs == "lonlat")
    if found is None:
        raise Problem(404, "not_found", f"{before} and {after} were not compared", "ask for a job of kind compare")
    return Answer(found)


@router.get("/changes", summary="All changes", dependencies=[fresh])
def changes(
    desk: TheDesk,
    page: Page,
    crs: WrittenIn = "site",
    zone: Name = None,
    kind: Name = None,
    before: Name = None,
    after: Name = None,
) -> Answer:
    """What changed between any two scenes, in the order in which they were compared."""
    asked = {"zone": zone, "kind": kind, "before": before, "after": after}
    equal = {name: value for name, value in asked.items() if value is not None}
    with desk.reading() as store:
        found, total = changes_found(store, equal, lonlat=crs == "lonlat", rows=(page.offset, page.limit))
    return Answer(page_of(found, page, total))
