"""The API as its description says: what programs rely on, and what chance sends."""

import json
import warnings

import pytest
from jsonschema import Draft202012Validator
from test_web_gate import problem

from yardwatch.pipeline.trending import Asked, trend_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

KEPT_HEADERS = {"content-type", "if-none-match"}
FEW = settings(
    max_examples=5, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def test_every_route_is_described(desk):
    """With a summary, a tag, and nothing that is not JSON."""
    described = desk.get("/api/openapi.json").json()
    routes = [(path, method) for path, methods in described["paths"].items() for method in methods]
    assert len(routes) > 40
    for path, methods in described["paths"].items():
        for method, facts in methods.items():
            assert path.startswith("/api/")
            assert facts["summary"], (method, path)
            assert facts["tags"], (method, path)
            assert facts["description"], (method, path)
    ids = [facts["operationId"] for methods in described["paths"].values() for facts in methods.values()]
    assert len(ids) == len(set(ids))


def test_documents_are_those_of_the_command_line(desk):
    """Each is valid by the published schema of its command."""
    scene = desk.get("/api/scenes").json()["items"][0]["id"]
    seen = {"zone": "Sheds", "class": "bogies", "count": "at least 7", "date": "2024-06"}
    documents = {
        "count": desk.get(f"/api/scenes/{scene}/count"),
        "observe": desk.post("/api/observations", json=seen),
    }
    for name, answer in documents.items():
        schema = desk.get(f"/api/schemas/{name}").json()
        Draft202012Validator(schema).validate(answer.json())
    assert problem(desk.get("/api/schemas/nix")) == "not_found"


def test_series_come_in_pages_as_they_stand_in_the_document(desk, workspace):
    """Only the series of the page are followed; those of one zone or class can be asked for."""
    whole = trend_of(workspace, Asked()).document["series"]
    pages = [desk.get("/api/series", params={"limit": 1, "offset": number}).json() for number in range(len(whole))]
    assert [page["items"] for page in pages] == [[one] for one in json.loads(json.dumps(whole))]
    assert [page["next_offset"] for page in pages] == [*range(1, len(whole)), None]
    assert {page["total"] for page in pages} == {len(whole)}
    assert desk.get("/api/series", params={"limit": 51}).status_code == 422
    assert problem(desk.get("/api/series", params={"zone": "Nowhere"})) == "bad_input"
    assert desk.get("/api/series", params={"zone": "North yard"}).json()["total"] <= len(whole)


def test_what_others_said_is_kept_and_judged(desk):
    """Sources, claims and events by the columns of their tables; a judgement keeps both versions."""
    assert (
        desk.post("/api/sources", json={"id": "g", "publisher": "Gazette", "published": "2024-12"}).status_code == 201
    )
    claim = {"id": "c", "source": "g", "quote": "about 225 cars", "value": 225, "unit": "railcar", "hedged": True}
    assert desk.post("/api/claims", json=claim).json()["records"][0]["new"] is True
    assert desk.post("/api/claims", json=claim | {"id": "d", "source": "nobody"}).status_code == 409
    assert desk.post("/api/claims/c/reject", json={"by": "Kim", "note": "a copy"}).json()["status"] == "rejected"
    review = desk.get("/api/reviews").json()["items"][0]
    assert (review["before"]["status"], review["after"]["status"], review["by"]) == ("accepted", "rejected", "Kim")
    assert desk.get("/api/claims", params={"status": "accepted"}).json()["total"] == 0
    assert desk.post("/api/events", json={"title": "Opening", "date": "2024-06-19"}).status_code == 201
    assert desk.get("/api/assessments").status_code == 200


def test_hostile_words_come_back_as_words(desk):
    """What is imported is told as it is, as JSON; no page is made of it."""
    bad = '<script>alert(1)</script>=HYPERLINK("x") \u202e\ud800'
    body = json.dumps({"title": bad, "date": "2024"})
    answer = desk.post("/api/events", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {201, 422}
    listed = desk.get("/api/events")
    assert listed.headers["content-type"] == "application/json"
    assert listed.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/api/reports/..%2Fyardwatch.gpkg", "/api/reports/.lock", "/../yardwatch.gpkg", "/%2e%2e/app.py", "/api"]
)
def test_no_file_beside_those_that_are_shown_is_given(desk, path):
    """Not the workspace itself, nor our own code."""
    assert desk.get(path).status_code in {404, 405}


def test_a_report_runs_no_script_and_asks_for_nothing(desk, workspace):
    """It holds words of strangers, so the page is shut in."""
    (workspace / "reports").mkdir(exist_ok=True)
    (workspace / "reports" / "r.html").write_text("<script>alert(1)</script>")
    answer = desk.get("/api/reports/r.html")
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "script" not in answer.headers["content-security-policy"]
    assert desk.get("/api/reports").json()["items"][0]["name"] == "r.html"
    kept = desk.get("/api/reports/r.html", params={"download": True})
    assert kept.headers["content-disposition"].startswith("attachment")


def test_chance_finds_no_server_error(workspace, open_desk):
    """Schemathesis sends what the description allows and what it does not; each answer is one that was foreseen."""
    desk = open_desk(workspace)
    described = desk.get("/api/openapi.json").json()
    described["paths"].pop("/api/jobs/stream")
    described["paths"].pop("/api/jobs")  # it would count and print for hours
    described["paths"].pop("/api/scenes/{scene_id}/trace", None)
    operations = [found.ok() for found in schemathesis.openapi.from_dict(described).get_all_operations()]
    answered = []
    for operation in operations:

        @FEW
        @given(case=operation.as_strategy())
        def attempt(case):
            answer = sent(desk, case.as_transport_kwargs(base_url=str(desk.base_url)))
            assert answer.status_code < 500, (answer.request.method, str(answer.request.url), answer.text)
            answered.append(answer.status_code)

        attempt()
    assert len(answered) > 2 * len(operations)
    assert {200, 404, 422} <= set(answered)


def sent(desk, asked):
    """The answer to a request as Schemathesis describes it, with our token."""
    headers = {name: value for name, value in dict(asked.get("headers") or {}).items() if name.lower() in KEPT_HEADERS}
    body = {"json": asked["json"]} if "json" in asked else {"content": asked["data"]} if asked.get("data") else {}
    if isinstance(body.get("content"), dict | list):
        body = {"data": dict(body["content"])}
    if asked.get("files"):
        body |= {"files": [(name, ("a.tif", b"II*\0junk")) for name, _ in asked["files"]]}
    return desk.request(asked["method"], asked["url"], params=asked.get("params"), headers=headers, **body)
