"""Long work: asked for, followed, ended and taken up again."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field, JsonValue
from starlette.responses import StreamingResponse

from yardwatch.pipeline.longwork import check_work, title_of
from yardwatch.web.access import Analyst, TheDesk
from yardwatch.web.answers import Answer, Page, page_of
from yardwatch.web.jobs import Job, Jobs
from yardwatch.web.problems import Problem

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["jobs"])

JobId = Annotated[str, Path(max_length=64)]
_LOOK_S, _WAIT_S = 0.25, 15.0


class Asked(BaseModel):
    """A job that is asked for."""

    kind: str = Field(max_length=32, description="run, count, compare, report, trend or draft.")
    params: dict[str, JsonValue] = Field(default_factory=dict, description="What it needs to know.")
    by: str | None = Field(None, max_length=100, description="Who asks, at a desk for one.")


@router.post("/jobs", summary="Ask for long work", status_code=202)
def ask(body: Asked, desk: TheDesk, who: Analyst) -> Answer:
    """Put a job in the queue; it is done in the background, one after the other."""
    check_work(body.kind, body.params)
    job = desk.jobs.ask(body.kind, title_of(body.kind, body.params), body.params, who.named(body.by) or "")
    return Answer(job.facts, status_code=202)


@router.get("/jobs", summary="The jobs, newest first")
def jobs(
    desk: TheDesk, page: Page, active: Annotated[bool | None, Query(description="Only those still to be done.")] = None
) -> Answer:
    """All jobs that were ever asked for."""
    found, total = desk.jobs.page(active=active, limit=page.limit, offset=page.offset)
    return Answer(page_of([job.short_facts for job in found], page, total))


@router.get("/jobs/stream", summary="What becomes of jobs, as it happens", response_class=StreamingResponse)
async def stream(desk: TheDesk) -> StreamingResponse:
    """Server-sent events: one named `job` for each job that changes, beginning with those known now."""
    return StreamingResponse(_events(desk.jobs), media_type="text/event-stream")


@router.get("/jobs/{job_id}", summary="One job")
def job(job_id: JobId, desk: TheDesk) -> Answer:
    """How it stands."""
    return Answer(_found(desk.jobs.job(job_id), job_id).facts)


@router.post("/jobs/{job_id}/cancel", summary="End a job")
def cancel(job_id: JobId, desk: TheDesk, _: Analyst) -> Answer:
    """End it; what it finished stays. A job that is done already stays done."""
    return Answer(_found(desk.jobs.cancel(job_id), job_id).facts)


@router.post("/jobs/{job_id}/resume", summary="Take a job up again")
def resume(job_id: JobId, desk: TheDesk, _: Analyst) -> Answer:
    """Put a job that failed, was ended or was interrupted back in the queue."""
    return Answer(_found(desk.jobs.resume(job_id), job_id).facts)


async def _events(jobs: Jobs) -> AsyncIterator[str]:
    before, told, silent_s = -1, dict[str, Job](), 0.0
    while not jobs.stopping:
        number, found = jobs.known()
        fresh = [job for job in found if told.get(job.id) != job] if number != before else []
        before = number
        told.update({job.id: job for job in fresh})
        for job in fresh:
            yield f"event: job\ndata: {json.dumps(job.short_facts)}\n\n"
        silent_s = 0.0 if fresh else silent_s + _LOOK_S
        if silent_s >= _WAIT_S:
            silent_s = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(_LOOK_S)


def _found(job: Job | None, job_id: str) -> Job:
    if job is None:
        raise Problem(404, "not_found", f'there is no job "{job_id}"', "GET /api/jobs names those there are")
    return job
