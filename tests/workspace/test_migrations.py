"""Workspaces of other versions of the program."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from yards import SITE, SOURCE, by_machine, by_person, claim, count, scene

from yardwatch.errors import WorkspaceError
from yardwatch.model.quantity import Qualifier, Quantity
from yardwatch.workspace import WORKSPACE_FILE, create_workspace, open_workspace
from yardwatch.workspace.database import Database
from yardwatch.workspace.geometry import register_functions
from yardwatch.workspace.migrations import MIGRATIONS, migrate, newest_version


def add_weather(connection: sqlite3.Connection) -> None:
    """An invented step from version 1 to 2."""
    connection.execute("ALTER TABLE scenes ADD COLUMN weather TEXT")


def fill_weather(connection: sqlite3.Connection) -> None:
    """An invented step from version 2 to 3, which needs the one before."""
    connection.execute("INSERT INTO yardwatch_meta SELECT 'weather', count(weather) FROM scenes")


def fail(connection: sqlite3.Connection) -> None:
    """A step that changes something and then fails."""
    connection.execute("DELETE FROM zones")
    connection.execute("SELECT nothing FROM nowhere")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A workspace of version 1."""
    with create_workspace(tmp_path, SITE) as store:
        path = store.path
    set_version(path, 1)
    return path


def set_version(path: Path, version: int | str) -> None:
    """Makes a workspace say that it is of another version."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE yardwatch_meta SET value = ? WHERE key = 'schema_version'", (str(version),))
        database.commit()


def meta(path: Path) -> dict[str, str]:
    """What a workspace says of itself."""
    with closing(sqlite3.connect(path)) as database:
        return dict(database.execute("SELECT key, value FROM yardwatch_meta"))


def apply(path: Path, *migrations) -> None:
    """Brings a workspace up to date with invented steps."""
    database = Database(path, wait_s=1)
    try:
        database.trust_triggers()
        migrate(database, migrations=migrations)
    finally:
        database.close()


def test_a_new_workspace_is_of_the_newest_version(tmp_path):
    """And says which program made it, and when."""
    with create_workspace(tmp_path, SITE) as store:
        found = meta(store.path)
    assert found["schema_version"] == str(newest_version()) == str(1 + len(MIGRATIONS))
    assert found["created_by"].startswith("yardwatch ")
    assert found["created_at"].endswith("Z")


def test_an_older_workspace_gets_what_it_lacks_in_order(path):
    """From 1 to 3 in one go."""
    apply(path, add_weather, fill_weather)
    assert (meta(path)["schema_version"], meta(path)["weather"]) == ("3", "0")


def test_steps_taken_before_are_not_taken_again(path):
    """From 2 to 3 only the second; from 3 none."""
    apply(path, add_weather)
    apply(path, add_weather, fill_weather)
    apply(path, add_weather, fill_weather)
    assert meta(path)["schema_version"] == "3"


def test_a_step_that_fails_undoes_them_all(path):
    """The workspace stays what it was, and can be used by the program that made it."""
    with pytest.raises(WorkspaceError):
        apply(path, add_weather, fail)
    assert meta(path)["schema_version"] == "1"
    with closing(sqlite3.connect(path)) as database:
        assert "weather" not in [row[1] for row in database.execute("PRAGMA table_info(scenes)")]
        assert database.execute("SELECT count(*) FROM zones").fetchone() == (2,)


def test_a_newer_workspace_asks_for_a_newer_program(path):
    """And is not touched."""
    set_version(path, 99)
    before = path.read_bytes()
    with pytest.raises(WorkspaceError, match=r"version 99, this program knows \d+\); upgrade with"):
        open_workspace(path.parent)
    assert path.read_bytes() == before


@pytest.mark.parametrize("version", ["", "0", "-1", "one", "1.5"])
def test_a_workspace_without_a_sound_version_is_refused(path, version):
    """Rather than guessed at."""
    set_version(path, version)
    with pytest.raises(WorkspaceError, match="does not say which version"):
        open_workspace(path.parent)


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A workspace as the program of version 1 made it, with a column that the analyst added in QGIS."""
    with closing(sqlite3.connect(tmp_path / WORKSPACE_FILE)) as database:
        register_functions(database)
        database.executescript(Path(__file__).with_name("version_1.sql").read_text(encoding="utf-8"))
        database.execute("ALTER TABLE observations ADD COLUMN checked TEXT")
        database.execute("UPDATE observations SET checked = 'yes'")
        database.commit()
    return tmp_path


def test_a_workspace_of_version_1_keeps_all_it_had(first):
    """Site, scene, count and observations, and what the analyst wrote beside them."""
    with open_workspace(first) as store:
        assert store.site() == replace(SITE, places=())
        assert list(store.scenes()) == [scene(1)]
        assert list(store.counts()) == [count(scene(1))]
        assert {seen.id: seen for seen in store.observations()} == {
            seen.id: seen for seen in (by_machine(scene(1)), by_person("sheds"))
        }
    with closing(sqlite3.connect(first / WORKSPACE_FILE)) as database:
        assert database.execute("SELECT DISTINCT checked FROM observations").fetchall() == [("yes",)]
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_workspace_of_version_1_can_then_do_all_that_a_new_one_can(first):
    """Sources and claims, and quantities that are no whole numbers."""
    third = replace(by_person("third"), quantity=Quantity(1 / 3, None, None, Qualifier.ABOUT), source_id=SOURCE.id)
    with open_workspace(first) as store:
        store.add_source(SOURCE)
        store.add_claim(claim(zone="Sheds"))
        store.add_observation(third)
    with open_workspace(first) as store:
        assert list(store.claims()) == [claim(zone="Sheds")]
        assert third in store.observations()


def test_the_tables_of_a_migrated_workspace_are_those_of_a_new_one(first, tmp_path):
    """By name and type, and as registered; only the order of columns may differ, and the analyst's own stay."""
    open_workspace(first).close()
    with create_workspace(tmp_path / "new", SITE) as store:
        new = store.path
    old, fresh = structure(first / WORKSPACE_FILE), structure(new)
    old["observations"].remove(("checked", "TEXT", 0))
    assert old == fresh
    assert registered(first / WORKSPACE_FILE) == registered(new)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("CREATE TABLE events (note TEXT)", "table events already exists"),
        ("CREATE VIEW mine AS SELECT id, value FROM observations", "view mine"),
    ],
)
def test_what_is_in_the_way_of_a_migration_is_named(first, script, told):
    """The workspace stays of its version, and whole."""
    with closing(sqlite3.connect(first / WORKSPACE_FILE)) as database:
        database.execute(script)
    before = (first / WORKSPACE_FILE).read_bytes()
    with pytest.raises(WorkspaceError, match=f"cannot be brought up to date .*{told}.*; rename or remove"):
        open_workspace(first)
    assert (first / WORKSPACE_FILE).read_bytes() == before


def structure(path: Path) -> dict[str, list[tuple[str, str, int]]]:
    """Each table or trigger with its columns: name, type, whether it is needed."""
    with closing(sqlite3.connect(path)) as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")]
        return {name: sorted(row[1:4] for row in database.execute(f'PRAGMA table_info("{name}")')) for name in names}


def registered(path: Path) -> list[list[tuple[str, ...]]]:
    """What a workspace says of its layers to other programs."""
    with closing(sqlite3.connect(path)) as database:
        return [
            sorted(database.execute(query))
            for query in (
                "SELECT table_name, data_type FROM gpkg_contents",
                "SELECT table_name, geometry_type_name, srs_id FROM gpkg_geometry_columns",
                "SELECT table_name, extension_name FROM gpkg_extensions WHERE table_name NOT NULL",
            )
        ]
