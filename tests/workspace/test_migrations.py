"""Workspaces of other versions of the program."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from yards import SITE

from yardwatch.errors import WorkspaceError
from yardwatch.workspace import create_workspace, open_workspace
from yardwatch.workspace.database import Database
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
