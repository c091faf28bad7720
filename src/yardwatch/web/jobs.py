"""Long work: kept in the server's own file, done one after the other in a child process, resumed after a restart."""

import json
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from yardwatch.web.ledger import Ledger
from yardwatch.web.working import Outcome, Work

__all__ = ["ACTIVE", "Job", "Jobs"]

ACTIVE = ("waiting", "running", "interrupted")
"""States in which a job is still to be done."""

_RESUMED_BY_ITSELF = frozenset({"run", "draft"})
_SHORT = 4_000

Progress = tuple[str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of long work, as it stands."""

    id: str
    """Unique; unguessable."""
    kind: str
    """``run``, ``count``, ``compare``, ``report``, ``draft`` …"""
    title: str
    """What it does, for people."""
    params: Mapping[str, object]
    """What it was asked for."""
    by: str
    """Who asked; empty for the holder of the link."""
    state: str = "waiting"
    """``waiting``, ``running``, ``done``, ``failed``, ``cancelled`` or ``interrupted``."""
    created_at: str = ""
    """When it was asked for."""
    started_at: str | None = None
    """When it last began."""
    finished_at: str | None = None
    """When it ended."""
    progress: Mapping[str, object] | None = None
    """What is being done, how much is done, and of how much."""
    problem: Mapping[str, object] | None = None
    """Why it failed: code, detail and remedy."""
    result: object = None
    """What came of it: the document of the command, or a part of it where that is long."""

    @property
    def resumable(self) -> bool:
        """Whether it can be taken up again."""
        return self.state in {"interrupted", "failed", "cancelled"}

    @property
    def short_facts(self) -> dict[str, object]:
        """The same for lists: a result that is long is left out."""
        facts = self.facts
        long = self.result is not None and len(json.dumps(self.result)) > _SHORT
        return facts | {"result": None if long else self.result, "result_left_out": long}

    @property
    def facts(self) -> dict[str, object]:
        """The JSON for programs."""
        return asdict(self) | {"resumable": self.resumable}


class Jobs:
    """The queue of one workspace: one job at a time works in it.

    Parameters
    ----------
    folder : Path
        The workspace.
    ledger : Ledger
        Where jobs are kept.
    """

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self._folder = folder
        self._ledger = ledger
        self._change = threading.Condition()
        self._jobs: dict[str, Job] = {}
        self._cancelled: set[str] = set()
        self._work: Work | None = None
        self._number = 0
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take up what a server before this one left, and begin to work."""
        left, _ = self._ledger.jobs(active=True, limit=1000)
        for facts in reversed(left):
            job = _job(facts)
            if job.state == "running":
                job = replace(job, state="interrupted")
            if job.state == "interrupted" and job.kind in _RESUMED_BY_ITSELF:
                job = replace(job, state="waiting")
            self._keep(job)
        self._thread = threading.Thread(target=self._serve, name="yardwatch-jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the job that is being done, to be taken up by the next server, and the thread."""
        with self._change:
            self._stopping = True
            work = self._work
            self._change.notify_all()
        if work is not None:
            work.end()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def ask(self, kind: str, title: str, params: Mapping[str, object], by: str) -> Job:
        """Put a job in the queue."""
        job = Job(id=secrets.token_urlsafe(9), kind=kind, title=title, params=params, by=by, created_at=_now())
        self._keep(job)
        return job

    def job(self, job_id: str) -> Job | None:
        """The job with that id."""
        with self._change:
            found = self._jobs.get(job_id)
        if found is not None:
            return found
        facts = self._ledger.job(job_id)
        return _job(facts) if facts else None

    def page(self, *, active: bool | None, limit: int, offset: int) -> tuple[Sequence[Job], int]:
        """Jobs, newest first, and how many there are."""
        found, total = self._ledger.jobs(active=active, limit=limit, offset=offset)
        with self._change:
            return [self._jobs.get(str(facts["id"])) or _job(facts) for facts in found], total

    def cancel(self, job_id: str) -> Job | None:
        """End a job; what it finished stays."""
        with self._change:
            job = self._jobs.get(job_id)
            if job is None:
                pass
            elif job.state == "running":
                self._cancelled.add(job_id)
                if self._work is not None:
                    self._work.end()
            elif job.state in ACTIVE:
                self._keep(replace(job, state="cancelled", finished_at=_now()))
        return self.job(job_id)

    def resume(self, job_id: str) -> Job | None:
        """Put a job that was stopped back in the queue."""
        job = self.job(job_id)
        if job is not None and job.resumable:
            job = replace(job, state="waiting", problem=None, finished_at=None, progress=None)
            self._keep(job)
        return job

    def known(self) -> tuple[int, Sequence[Job]]:
        """How often anything has changed since the server began, and the jobs that it knows since."""
        with self._change:
            return self._number, list(self._jobs.values())

    @property
    def is_busy(self) -> bool:
        """Whether a job is being done."""
        return self._work is not None

    @property
    def stopping(self) -> bool:
        """Whether the server is about to end."""
        return self._stopping

    def _keep(self, job: Job, *, written: bool = True) -> None:
        with self._change:
            self._jobs[job.id] = job
            self._number += 1
            if written:
                self._ledger.keep_job(job.id, asdict(job), active=job.state in ACTIVE)
            self._change.notify_all()

    def _serve(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._stopping or self._next() is not None)
                job = self._next()
                if self._stopping or job is None:
                    return
                self._work = Work(self._folder, job.kind, job.params)
            self._keep(replace(job, state="running", started_at=_now(), progress=None))
            self._end(job.id, self._work.do(self._teller(job.id)))

    def _next(self) -> Job | None:
        return next((job for job in self._jobs.values() if job.state == "waiting"), None)

    def _teller(self, job_id: str) -> Callable[[Progress], None]:
        def tell(progress: Progress) -> None:
            what, done, of = progress
            self._keep(replace(self._jobs[job_id], progress={"what": what, "done": done, "of": of}), written=False)

        return tell

    def _end(self, job_id: str, outcome: Outcome) -> None:
        job = self._jobs[job_id]
        with self._change:
            self._work = None
            cancelled = job_id in self._cancelled
            self._cancelled.discard(job_id)
        if outcome.ended and not cancelled:
            self._keep(replace(job, state="interrupted"))
            return
        state = "cancelled" if outcome.ended else "failed" if outcome.problem else "done"
        self._keep(replace(job, state=state, finished_at=_now(), problem=outcome.problem, result=outcome.result))


def _job(facts: Mapping[str, Any]) -> Job:
    return Job(**facts)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
