"""Long work in the background: followed, ended, and taken up after a restart."""

import json
import time

import pytest
from test_web_gate import problem

from yardwatch.pipeline.counting import COUNT_STEP
from yardwatch.pipeline.deskwork import open_desk as open_workspace_of
from yardwatch.web.ledger import Ledger
from yardwatch.workspace import open_workspace

PATIENCE_S = 240.0


def wait_for(desk, job_id, *states):
    """The job once it is in one of those states."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        job = desk.get(f"/api/jobs/{job_id}").json()
        if job["state"] in states:
            return job
        time.sleep(0.1)
    raise AssertionError(f"still {job['state']}")


def ask(desk, kind, **params):
    """The id of a job that was asked for."""
    answer = desk.post("/api/jobs", json={"kind": kind, "params": params})
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def test_a_run_that_is_ended_and_a_server_that_ends_lose_nothing(workspace, open_desk):
    """Cancelled, it can be taken up; ended by the server's end, the next server takes it up by itself and finishes."""
    first = open_desk(workspace)
    with open_workspace(workspace) as store, store.working():  # so that the run waits for its turn
        job = ask(first, "run")
        wait_for(first, job, "running")
        waiting = ask(first, "report")
        assert first.get("/api/jobs", params={"active": True}).json()["total"] == 2
        assert first.post(f"/api/jobs/{waiting}/cancel").json()["state"] == "cancelled"
        first.post(f"/api/jobs/{job}/cancel")
        cancelled = wait_for(first, job, "cancelled")
        assert cancelled["resumable"]
        assert first.post(f"/api/jobs/{job}/resume").json()["state"] == "waiting"
        wait_for(first, job, "running")
        first.app.state.desk.jobs.stop()
        assert first.get(f"/api/jobs/{job}").json()["state"] == "interrupted"
    second = open_desk(workspace)
    done = wait_for(second, job, "done", "failed")
    assert (done["state"], done["problem"]) == ("done", None)
    assert [one["status"] for one in done["result"]["scenes"]] == ["counted"]
    assert second.get("/api/scenes").json()["items"][2]["counted"] is True
    with open_workspace(workspace) as store:
        assert not store.pending(COUNT_STEP)
        with store.working():
            pass


def test_a_server_that_was_killed_leaves_a_job_that_is_taken_up(workspace, open_desk):
    """What the ledger says is running belongs to nobody any more; a run goes on, other work waits for a person."""
    with open_workspace_of(workspace):
        ledger = Ledger(workspace)
    for number, kind in enumerate(("compare", "report")):
        facts = {
            "id": f"job-{number}", "kind": kind, "title": kind, "params": {"before": "x", "after": "y"}, "by": "",
            "state": "running", "created_at": "2026-01-01T00:00:00Z",
        }  # fmt: skip
        ledger.keep_job(f"job-{number}", facts, active=True)
    ledger.close()
    desk = open_desk(workspace)
    assert [one["state"] for one in desk.get("/api/jobs").json()["items"]] == ["interrupted", "interrupted"]
    desk.post("/api/jobs/job-0/resume")
    failed = wait_for(desk, "job-0", "failed")
    assert "no scene" in failed["problem"]["detail"]
    assert failed["problem"]["remedy"]
    assert desk.post("/api/jobs/job-1/cancel").json()["state"] == "cancelled"


@pytest.mark.parametrize(
    "body", [{"kind": "nothing"}, {"kind": "count"}, {"kind": "compare", "params": {"before": 7}}, {"kind": 7}, {}]
)
def test_work_that_cannot_be_done_is_refused_at_once(desk, body):
    """With what is missing."""
    assert problem(desk.post("/api/jobs", json=body)) in {"bad_input", "invalid"}
    assert desk.get("/api/jobs").json()["total"] == 0
    for path in ("/api/jobs/nix", "/api/jobs/nix/cancel", "/api/jobs/nix/resume"):
        answer = desk.get(path) if path.endswith("nix") else desk.post(path)
        assert problem(answer) == "not_found"


def test_jobs_are_told_as_they_happen(desk):
    """As server-sent events, beginning with what is known."""
    with_no_image = ask(desk, "count", scene="nix")
    wait_for(desk, with_no_image, "failed")
    desk.app.state.desk.jobs.stop()  # a stream ends with the server
    told = desk.get("/api/jobs/stream").text
    events = [json.loads(line.removeprefix("data: ")) for line in told.splitlines() if line.startswith("data: ")]
    assert [event["id"] for event in events] in ([], [with_no_image])
