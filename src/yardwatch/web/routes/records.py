"""What was seen, what was said, what happened and what follows."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from yardwatch.model.claim import ClaimStatus
from yardwatch.pipeline.concluded import assessment_facts, review_facts
from yardwatch.pipeline.judging import judge_in
from yardwatch.pipeline.observing import Seen, observe_in
from yardwatch.pipeline.recording import record_in
from yardwatch.pipeline.records import cells_of
from yardwatch.pipeline.trending import Asked, series_asked, series_facts
from yardwatch.web.access import Analyst, Desk, Editor, TheDesk, fresh
from yardwatch.web.answers import Answer, Offset, Page, PageAsked, page_of, paged
from yardwatch.web.problems import Problem

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["records"])

Word = Annotated[str | None, Query(max_length=200)]
Text = Annotated[str | None, Field(max_length=2000)]
RecordId = Annotated[str, Path(max_length=200)]


class Observed(BaseModel):
    """What a person saw."""

    model_config = ConfigDict(populate_by_name=True)

    zone: str = Field(max_length=200, description="Name or alias of a zone or place.")
    klass: str = Field(alias="class", max_length=200, description="What: railcar:tank, container …")
    count: str = Field(max_length=100, description='How many: "7", "about 73", "at least 7", "none".')
    date: Text = Field(None, description="EDTF date or instant; otherwise the scene's.")
    scene: Text = None
    by: Text = None
    note: Text = None
    unit: Text = None
    source: Text = None


class Told(BaseModel):
    """A source, claim or event, by the columns of the tables of the command line."""

    model_config = ConfigDict(extra="allow")

    __pydantic_extra__: dict[str, Annotated[str, Field(max_length=20_000)] | float | bool | None] = Field(init=False)


class Judgement(BaseModel):
    """Who judges a claim, and why."""

    by: Text = None
    note: Text = None


@router.get("/observations", summary="What was seen, by date", dependencies=[fresh])
def observations(
    desk: TheDesk,
    page: Page,
    zone: Word = None,
    klass: Annotated[str | None, Query(alias="class", max_length=200)] = None,
    scene: Word = None,
    by: Word = None,
    source: Word = None,
) -> Answer:
    """By machine and persons; undated ones last."""
    asked = {"zone": zone, "class": klass, "scene": scene, "by": by, "source": source}
    equal = {name: value for name, value in asked.items() if value is not None}
    with desk.reading() as store:
        found, total = store.find_observations(equal, limit=page.limit, offset=page.offset)
    return Answer(page_of([cells_of(one) for one in found], page, total))


@router.post("/observations", summary="Keep what a person saw", status_code=201)
def observe(body: Observed, desk: TheDesk, who: Analyst) -> Answer:
    """As `yardwatch observe`; to have looked and seen nothing counts too."""
    seen = Seen(
        body.zone, body.klass, body.count, date=body.date, scene_id=body.scene, by=who.named(body.by), note=body.note,
        unit=body.unit, source=body.source,
    )  # fmt: skip
    with desk.writing() as store:
        return Answer(observe_in(store, seen).document, status_code=201)


@router.get("/sources", summary="Who has said something", dependencies=[fresh])
def sources(desk: TheDesk, page: Page) -> Answer:
    """By date of publication."""
    with desk.reading() as store:
        return Answer(paged(store.sources(), page, cells_of))


@router.get("/claims", summary="What others have said", dependencies=[fresh])
def claims(desk: TheDesk, page: Page, status: Literal["proposed", "accepted", "rejected"] | None = None) -> Answer:
    """By the date of what they claim."""
    with desk.reading() as store:
        found = [claim for claim in store.claims() if status in {None, claim.status.value}]
    return Answer(paged(found, page, cells_of))


@router.get("/events", summary="What happened, or was announced", dependencies=[fresh])
def events(desk: TheDesk, page: Page) -> Answer:
    """By date."""
    with desk.reading() as store:
        return Answer(paged(store.events(), page, cells_of))


@router.get("/reviews", summary="What persons decided about sources, claims and events", dependencies=[fresh])
def reviews(desk: TheDesk, page: Page) -> Answer:
    """Both versions of each, in the order in which they were made."""
    with desk.reading() as store:
        return Answer(paged(store.reviews(), page, review_facts))


@router.post("/sources", summary="Keep a source", status_code=201)
def add_source(body: Told, desk: TheDesk, _: Analyst) -> Answer:
    """As `yardwatch source add`: by the columns of its table."""
    return _kept(desk, "sources", body)


@router.post("/claims", summary="Keep a claim", status_code=201)
def add_claim(body: Told, desk: TheDesk, _: Analyst) -> Answer:
    """As `yardwatch claim add`: by the columns of its table."""
    return _kept(desk, "claims", body)


@router.post("/events", summary="Keep an event", status_code=201)
def add_event(body: Told, desk: TheDesk, _: Analyst) -> Answer:
    """As `yardwatch event add`: by the columns of its table."""
    return _kept(desk, "events", body)


@router.post("/claims/{claim_id}/{verdict}", summary="Accept or reject a claim")
def judge(
    claim_id: RecordId, verdict: Literal["accept", "reject"], body: Judgement, desk: TheDesk, who: Editor
) -> Answer:
    """What it was is kept. A claim of a dated event becomes an event when it is accepted."""
    status = ClaimStatus.ACCEPTED if verdict == "accept" else ClaimStatus.REJECTED
    with desk.writing() as store:
        if claim_id not in {claim.id for claim in store.claims()}:
            raise Problem(404, "not_found", f'there is no claim "{claim_id}"', "GET /api/claims names those there are")
        return Answer(judge_in(store, [claim_id], status, by=who.named(body.by), note=body.note).document)


@router.get("/series", summary="What was seen over the years", dependencies=[fresh])
def series(
    desk: TheDesk,
    limit: Annotated[int, Query(ge=1, le=50, description="Length of the page, in series.")] = 10,
    offset: Offset = 0,
    zone: Word = None,
    klass: Annotated[str | None, Query(alias="class", max_length=200)] = None,
    join: Annotated[list[str] | None, Query(max_length=50)] = None,
    dwell: Annotated[str | None, Query(max_length=50, description="How long a car stays, e.g. 1..10 days.")] = None,
) -> Answer:
    """As `series` in the document of `yardwatch trend`; a job of kind trend gives the whole document."""
    asked = Asked(zone=zone, klass=klass, join=tuple(join or ()))
    with desk.reading() as store:
        found = series_asked(store, asked)
    return Answer(paged(found, PageAsked(limit, offset), lambda one: series_facts(one, dwell_days=dwell)))


@router.get("/assessments", summary="What we conclude", dependencies=[fresh])
def assessments(desk: TheDesk, page: Page) -> Answer:
    """Conclusions in calibrated words, each with the observations it stands on."""
    with desk.reading() as store:
        return Answer(paged(assessment_facts(store), page, lambda one: one))


def _kept(desk: Desk, kind: str, body: Told) -> Answer:
    cells = {name: _in_words(value) for name, value in body.__pydantic_extra__.items()}
    with desk.writing() as store:
        return Answer(record_in(store, kind, cells).document, status_code=201)


def _in_words(value: str | float | bool | None) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return ("yes" if value else "no") if isinstance(value, bool) else f"{value:g}"
