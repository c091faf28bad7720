"""What the workspace is, and the words that are used."""

import json
from typing import Annotated

from fastapi import APIRouter, Path

from yardwatch.errors import MisuseError
from yardwatch.model.change import CHANGE_KINDS
from yardwatch.model.railcar import CAR_TYPES
from yardwatch.model.site import ROLES
from yardwatch.pipeline.deskwork import workspace_facts
from yardwatch.pipeline.schema import schema_list_document, schema_text
from yardwatch.web.access import TheDesk, fresh
from yardwatch.web.answers import Answer
from yardwatch.web.problems import PROBLEMS, Problem

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["workspace"])


@router.get("/workspace", summary="The workspace at a glance")
def workspace(desk: TheDesk) -> Answer:
    """Its site, and how many things of each kind it holds."""
    with desk.reading() as store:
        facts = workspace_facts(store)
    chosen = desk.basemap
    more = {
        "revision": desk.revision(),
        "busy": desk.jobs.is_busy,
        "basemap": {"url": chosen.url, "attribution": chosen.credit} if chosen else None,
    }
    return Answer(facts | more)


@router.get("/words", summary="The words that are used", dependencies=[fresh])
def words() -> Answer:
    """Types of car, roles of zones, kinds of change, codes of problems."""
    return Answer(
        {
            "car_types": list(CAR_TYPES),
            "roles": sorted(ROLES),
            "change_kinds": list(CHANGE_KINDS),
            "problem_codes": dict(PROBLEMS),
        }
    )


@router.get("/schemas", summary="The JSON Schemas of documents")
def schemas() -> Answer:
    """Names and titles of the schemas, as `yardwatch schema` lists them."""
    return Answer(schema_list_document())


@router.get("/schemas/{name}", summary="One JSON Schema")
def schema(name: Annotated[str, Path(max_length=64)]) -> Answer:
    """The schema of the documents of one command."""
    try:
        return Answer(json.loads(schema_text(name)))
    except MisuseError:
        raise Problem(404, "not_found", f'there is no schema "{name}"', "GET /api/schemas names them") from None
