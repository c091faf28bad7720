"""What the desk writes beside the GeoPackage: on record where something stands on it, named where nothing does."""

import json

import pytest
from test_web_jobs import ask, wait_for
from test_web_site_drawing import add, draw, line

from yardwatch.model.audit import Level
from yardwatch.pipeline import accept_changes, audit_package, audit_workspace, package_workspace
from yardwatch.pipeline.site_history import HISTORY_FILE
from yardwatch.pipeline.uploading import keep_map, upload_path
from yardwatch.workspace import open_workspace

MAP = json.dumps({"type": "FeatureCollection", "features": []}).encode()


def found(folder):
    """Code, level and subject of all that an audit finds."""
    return {(one.code, one.level, one.subject) for one in audit_workspace(folder).findings}


@pytest.fixture
def drawn(desk, workspace):
    """A desk at which a track was drawn."""
    assert draw(desk, add("track", line((10, 70), (300, 70)), name="T3"), by="Kim").status_code == 200
    return workspace


def test_a_day_at_the_desk_leaves_a_clean_record(desk, drawn, tmp_path):
    """Drawn, uploaded, counted and printed: nothing is unexplained, and what is no evidence is named as such."""
    image = next((drawn / "images").glob("*2024-03-05.tif")).read_bytes() + b"\0"
    files = [("file", ("more.tif", image)), ("file", ("more.prj", b"PROJCS"))]
    assert desk.post("/api/scenes", files=files, data={"acquired": "2025-01-01"}).status_code == 201
    upload = desk.post("/api/uploads", files={"file": ("rails.geojson", MAP)}).json()["id"]
    job = wait_for(desk, ask(desk, "run"), "done", "failed")
    assert (job["state"], job["problem"]) == ("done", None)
    job = wait_for(desk, ask(desk, "report"), "done", "failed")
    assert (job["state"], job["problem"]) == ("done", None)
    audit = audit_workspace(drawn)
    assert (audit.findings, audit.not_recorded) == ((), ())
    assert audit.not_evidence == ("jobs.sqlite", f"uploads/{upload}")

    package_workspace(drawn, tmp_path / "evidence.zip")
    packed = audit_package(tmp_path / "evidence.zip")
    assert packed.intact
    assert packed.not_recorded == packed.not_evidence == ()
    assert not any(HISTORY_FILE in one.subject for one in packed.findings)


@pytest.mark.parametrize("place", [0.1, 0.5, 0.99])
def test_a_flipped_byte_in_the_versions_of_the_site_is_found(desk, drawn, place):
    """And stays found when the desk goes on drawing, until a person says that it is right."""
    path = drawn / HISTORY_FILE
    content = bytearray(path.read_bytes())
    where = content.index(b"Kim") if place > 0.5 else int(len(content) * place)
    content[where] ^= 1
    path.write_bytes(bytes(content))
    assert found(drawn) == {("file_changed", Level.EDITED, HISTORY_FILE)}
    if place > 0.5:
        assert draw(desk, add("track", line((10, 60), (300, 60)), name="T4")).status_code == 200
        assert {(code, level) for code, level, _ in found(drawn)} == {("was_edited", Level.EDITED)}
    accept_changes(drawn, by="Kim", why="looked at it")
    assert not found(drawn)


def test_versions_that_are_put_aside_or_put_back_are_told_of(drawn, open_desk):
    """The file gone is a finding; so is that it began anew."""
    (drawn / HISTORY_FILE).unlink()
    assert found(drawn) == {("file_missing", Level.EDITED, HISTORY_FILE)}
    assert open_desk(drawn).get("/api/site").json()["version"] == 1
    assert {code for code, _, _ in found(drawn)} == {"was_edited"}


def test_versions_from_before_there_was_a_record_of_them_are_taken_on_it(workspace, open_desk):
    """A desk that is opened over them does it, once."""
    desk = open_desk(workspace)
    desk.get("/api/site")
    kept = (workspace / HISTORY_FILE).read_bytes()
    (workspace / HISTORY_FILE).unlink()
    accept_changes(workspace, by="Kim", why="as it was before")
    (workspace / HISTORY_FILE).write_bytes(kept)
    assert audit_workspace(workspace).not_recorded == (HISTORY_FILE,)
    assert open_desk(workspace).get("/api/site").json()["version"] == 1
    assert (audit_workspace(workspace).not_recorded, found(workspace)) == ((), set())


def test_a_map_that_was_used_stays_and_one_that_was_not_makes_room(desk, workspace):
    """Of what only waits, the newest fifty are kept; a map from which was drafted is evidence."""
    used = desk.post("/api/uploads", files={"file": ("rails.osm", MAP)}).json()["id"]
    with open_workspace(workspace) as store:
        keep_map(store, upload_path(workspace, used))
        keep_map(store, upload_path(workspace, used))
    for number in range(52):
        assert desk.post("/api/uploads", files={"file": (f"{number}.osm", MAP)}).status_code == 201
    assert len(list((workspace / "uploads").iterdir())) == 50
    assert upload_path(workspace, used) == workspace / "maps" / used
    assert (audit_workspace(workspace).not_recorded, found(workspace)) == ((), set())
    upload_path(workspace, used).write_bytes(MAP + b" ")
    assert {code for code, _, _ in found(workspace)} == {"file_changed"}
