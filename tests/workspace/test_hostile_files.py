"""Workspaces that are damaged, foreign or made to harm: one line with a remedy, and nothing of theirs is run."""

import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yards import EVENT, SITE, SOURCE, by_machine, by_person, claim, count, scene

from yardwatch.errors import WorkspaceError, WorkspaceMissingError, YardwatchError
from yardwatch.workspace import WORKSPACE_FILE, create_workspace, open_workspace


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a sound workspace."""
    folder = tmp_path_factory.mktemp("sound")
    with create_workspace(folder, SITE) as store:
        store.add_scene(scene(1), "1.tif")
        store.save_count(count(scene(1), 30), "count/1", [by_machine(scene(1), 30)])
        store.add_observation(by_person("sheds"))
        store.add_source(SOURCE)
        store.add_claim(claim())
        store.add_event(EVENT)
        store.review(claim(credibility="2"), by="J. Doe", reviewed_at=datetime(2025, 1, 2, tzinfo=UTC))
    return (folder / WORKSPACE_FILE).read_bytes()


@pytest.fixture
def altered(sound: bytes, tmp_path: Path) -> Callable[[str], Path]:
    """Gives the folder of a workspace on which some SQL was run by a stranger."""

    def alter(script: str) -> Path:
        (tmp_path / WORKSPACE_FILE).write_bytes(sound)
        with closing(sqlite3.connect(tmp_path / WORKSPACE_FILE)) as database:
            for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
                database.create_function(name, 1, lambda _: 1)
            database.executescript(script)
            database.commit()
        return tmp_path

    return alter


def use(folder: Path) -> None:
    """Opens a workspace and reads and writes all there is."""
    with open_workspace(folder) as store:
        store.site()
        store.scenes()
        store.counts()
        store.observations()
        store.pending("count/1")
        store.source_of("image-1")
        store.add_scene(scene(2), "2.tif")
        store.save_count(count(scene(2)), "count/1", [by_machine(scene(2))])
        store.save_count(count(scene(1)), "count/1", [])
        store.add_observation(by_person("new"))
        store.sources()
        store.claims()
        store.events()
        store.reviews()
        store.add_claim(claim("second", copied_from="first"))
        store.review(claim(credibility="3"), by="J. Doe", reviewed_at=datetime(2025, 1, 2, tzinfo=UTC))


def refusal(folder: Path) -> str:
    """The one line that says why a workspace cannot be used."""
    with pytest.raises(WorkspaceError) as caught:
        use(folder)
    message = str(caught.value)
    assert "\n" not in message
    assert ";" in message, "a remedy follows"
    assert message.startswith(str(folder))
    return message


def test_a_folder_without_a_workspace_is_told_how_to_make_one(tmp_path):
    """Whether it is there or not, or the file is a folder."""
    (tmp_path / "odd" / WORKSPACE_FILE).mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "nowhere", tmp_path / "odd"):
        with pytest.raises(WorkspaceMissingError, match=r"holds no workspace; .*yardwatch init"):
            open_workspace(folder)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "content", [b"", b"SQLite", b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 500]
)
def test_a_file_that_is_no_database_is_refused(tmp_path, content):
    """And left as it was."""
    (tmp_path / WORKSPACE_FILE).write_bytes(content)
    assert "restore it from a copy" in refusal(tmp_path)
    assert (tmp_path / WORKSPACE_FILE).read_bytes() == content


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused(sound, tmp_path, share):
    """As damaged, with the advice to restore a copy."""
    (tmp_path / WORKSPACE_FILE).write_bytes(sound[: int(share * len(sound))])
    assert "restore it from a copy" in refusal(tmp_path)


def test_a_database_of_another_kind_is_refused(tmp_path):
    """It may be precious to somebody: nothing is written to it."""
    with closing(sqlite3.connect(tmp_path / WORKSPACE_FILE)) as database:
        database.execute("CREATE TABLE notes (text)")
        database.commit()
    before = (tmp_path / WORKSPACE_FILE).read_bytes()
    assert "is a database but not a GeoPackage" in refusal(tmp_path)
    assert (tmp_path / WORKSPACE_FILE).read_bytes() == before


def test_a_geopackage_of_somebody_else_is_refused(tmp_path):
    """However much it looks like ours."""
    with closing(sqlite3.connect(tmp_path / WORKSPACE_FILE)) as database:
        database.execute(f"PRAGMA application_id = {0x47504B47}")
        database.execute("CREATE TABLE zones (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT)")
        database.commit()
    assert "is a GeoPackage but not a workspace of Yardwatch" in refusal(tmp_path)


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TRIGGER evil AFTER INSERT ON scenes BEGIN DELETE FROM observations; END",
        "CREATE TRIGGER evil AFTER INSERT ON Scenes BEGIN DELETE FROM observations; END",
        "CREATE TRIGGER evil AFTER UPDATE ON gpkg_contents BEGIN DELETE FROM observations; END",
        "CREATE TRIGGER evil AFTER INSERT ON rtree_scenes_geom_rowid BEGIN DELETE FROM observations; END",
        "DROP TRIGGER rtree_scenes_geom_insert; CREATE TRIGGER rtree_scenes_geom_insert AFTER INSERT ON scenes "
        "BEGIN DELETE FROM observations; END",
        "DROP TRIGGER rtree_scenes_geom_insert",
        "CREATE TRIGGER evil AFTER UPDATE ON yardwatch_meta BEGIN DELETE FROM observations; END",
    ],
)
def test_triggers_other_than_the_standards_are_never_run(altered, script):
    """The workspace is refused before anything is written to it."""
    folder = altered(script)
    assert "trigger" in refusal(folder)
    with closing(sqlite3.connect(folder / WORKSPACE_FILE)) as database:
        assert database.execute("SELECT count(*) FROM observations").fetchone() == (2,)


@pytest.mark.parametrize(
    "script",
    [
        "ALTER TABLE zones RENAME TO z; CREATE VIEW zones AS SELECT * FROM z",
        "ALTER TABLE site RENAME TO s; CREATE VIEW Site AS SELECT * FROM s",
        "DROP TABLE site; CREATE VIRTUAL TABLE site USING fts5(name, crs, aliases)",
        "ALTER TABLE zones ADD COLUMN evil TEXT GENERATED ALWAYS AS (zeroblob(1000000000)) VIRTUAL",
        "ALTER TABLE zones ADD COLUMN evil TEXT CHECK (length(zeroblob(1000000000)) > 0)",
        "DROP TABLE tallies",
        "ALTER TABLE tracks DROP COLUMN gauge_mm",
    ],
)
def test_tables_that_are_not_ours_any_more_are_refused(altered, script):
    """Views, computed columns and gaps in the place of our tables."""
    assert "restore it from a copy" in refusal(altered(script))


@pytest.mark.parametrize(
    ("script", "place"),
    [
        ("UPDATE scenes SET gsd_m = 'fine'", "scenes, row 1: gsd_m is 'fine' where a number is needed"),
        ("UPDATE scenes SET transform = '[1, 2'", "scenes, row 1: transform"),
        ("UPDATE scenes SET transform = '[0, 0, 0, 0, 0, 0]'", "scenes, row 1: transform"),
        ("UPDATE scenes SET acquired = 'yesterday'", "scenes, row 1: the date 'yesterday'"),
        ("UPDATE scenes SET may_republish = 'perhaps'", "scenes, row 1: 'perhaps'"),
        ("UPDATE railcars SET geom = x'47500003' WHERE fid = 5", "railcars, row 5: the geometry"),
        ("UPDATE railcars SET type_probabilities = '[[[' WHERE fid = 5", "railcars, row 5: type_probabilities"),
        ("UPDATE counts SET parameters = '" + "[" * 100_000 + "'", "counts, row 1: "),
        ("UPDATE observations SET qualifier = x'00' WHERE fid = 2", "observations, row 2: qualifier"),
        ("UPDATE observations SET recorded_at = '2024-05-01T00:00' WHERE fid = 2", "observations, row 2: recorded_at"),
        (
            "UPDATE zones SET aliases = 'Old yard'",
            "zones, row 1: aliases is 'Old yard' where a list such as [\"old yard\"]",
        ),
        ("UPDATE observations SET value = 'many' WHERE fid = 2", "observations, row 2: value is 'many'"),
        (
            "UPDATE places SET geom = (SELECT geom FROM zones)",
            "places, row 1: the geometry is a Polygon, not one point",
        ),
        ("UPDATE places SET name = 'Sheds' WHERE fid = 2", 'place "Sheds" is there twice'),
        ("UPDATE claims SET status = 'perhaps'", "claims, row 1: 'perhaps'"),
        ("UPDATE claims SET copied_from = x'00'", "claims, row 1: copied_from is"),
        ("UPDATE events SET date = 'once'", "events, row 1: the date 'once'"),
        ("UPDATE reviews SET kind = 'rumour'", "reviews, row 1: kind is 'rumour'"),
        ("UPDATE reviews SET before = '{}'", "reviews, row 1: before does not say"),
        ("UPDATE reviews SET after = '[]'", "reviews, row 1: after is '[]'"),
        ("DELETE FROM site", "'site' needs one row"),
        ("UPDATE zones SET name = 'Sheds'", 'zone "Sheds" is there twice'),
    ],
)
def test_a_damaged_row_is_named_with_its_table(altered, script, place):
    """So that it can be mended in QGIS."""
    message = refusal(altered(script))
    assert place in message
    assert "QGIS" in message or "restore a copy" in message


def test_claims_that_copy_each_other_in_a_circle_are_no_trap(altered):
    """Nothing goes round for ever; who reads them sees what is written."""
    use(altered("UPDATE claims SET copied_from = 'first'"))


def test_what_lies_beside_our_tables_is_none_of_our_business(altered):
    """Layers, triggers, views and indexes of the analyst's own do no harm, for we never touch them."""
    folder = altered(
        "CREATE TABLE mine (id INTEGER PRIMARY KEY, text TEXT); CREATE VIEW latest AS SELECT * FROM railcars; "
        "CREATE TRIGGER on_mine AFTER INSERT ON mine BEGIN DELETE FROM observations; END; "
        "CREATE INDEX by_name ON zones (name); ALTER TABLE zones ADD COLUMN remark TEXT(40)"
    )
    use(folder)
    with open_workspace(folder) as store:
        assert len(store.observations()) == 3


def test_a_file_in_the_place_of_a_folder_of_ours_is_named(sound, tmp_path):
    """With the advice to move it away."""
    (tmp_path / WORKSPACE_FILE).write_bytes(sound)
    (tmp_path / "reports").write_text("mine")
    assert "move away" in refusal(tmp_path)
    assert (tmp_path / "reports").read_text() == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="needs O_NOFOLLOW")
def test_a_lock_that_points_elsewhere_is_not_followed(sound, tmp_path):
    """Nothing outside the folder is opened or made."""
    (tmp_path / WORKSPACE_FILE).write_bytes(sound)
    (tmp_path / ".lock").symlink_to(tmp_path / "elsewhere")
    with open_workspace(tmp_path) as store, pytest.raises(WorkspaceError, match="cannot be locked"), store.working():
        pass
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_a_workspace_that_may_only_be_read_can_be_read(sound, tmp_path):
    """And says what is missing when something shall be written."""
    (tmp_path / WORKSPACE_FILE).write_bytes(sound)
    with open_workspace(tmp_path):
        pass
    (tmp_path / WORKSPACE_FILE).chmod(0o444)
    with open_workspace(tmp_path) as store:
        assert store.site() == SITE
        with pytest.raises(WorkspaceError, match="write permission"):
            store.add_observation(by_person("a"))


def test_a_closed_workspace_says_so(tmp_path):
    """As misuse, not as a failure of the database."""
    store = create_workspace(tmp_path, SITE)
    store.close()
    with pytest.raises(YardwatchError, match="closed database"):
        store.site()


@settings(max_examples=40)
@given(flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=20))
def test_any_damage_ends_in_an_error_of_ours_or_in_none(sound, tmp_path_factory, flips):
    """Bytes changed anywhere in the file: never a traceback of the database, never a hang."""
    content = bytearray(sound)
    for share, change in flips:
        content[int(share * len(content))] ^= change
    folder = tmp_path_factory.mktemp("damaged")
    (folder / WORKSPACE_FILE).write_bytes(content)
    with suppress(YardwatchError):
        use(folder)
