"""Several processes at one workspace, and processes that die."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from yards import SITE, by_machine, by_person, count, scene

from yardwatch.errors import WorkspaceBusyError, WorkspaceError
from yardwatch.model.audit import Level
from yardwatch.workspace import check_log, check_records, create_workspace, open_workspace

HERE = Path(__file__).parent
HOLDER = """
import sys
from yardwatch.workspace import open_workspace
with open_workspace(sys.argv[1]) as store, store.working():
    print("working", flush=True)
    sys.stdin.read()
"""


def writer(folder: Path, first: int, last: int) -> subprocess.Popen[str]:
    """Starts a process that writes the scenes from `first` up to `last`."""
    arguments = [sys.executable, str(HERE / "writer.py"), str(folder), str(first), str(last)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_a_process_killed_at_any_moment_loses_no_finished_scene(tmp_path):
    """What it said it had finished is there, and nothing is there by half; the next one goes on."""
    chance = random.Random(20241203)  # noqa: S311 - a fixed seed, so that a failure can be had again
    create_workspace(tmp_path, SITE).close()
    finished: list[int] = []
    for _ in range(4):
        start = len(finished) + 1000 * (1 + max(finished, default=0) // 1000)
        with writer(tmp_path, start, start + 1000) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", process.stderr and process.stderr.read()
            finished.append(int(process.stdout.readline()))
            time.sleep(chance.uniform(0, 0.3))
            process.send_signal(signal.SIGKILL)
            finished += [int(line) for line in process.stdout.read().split("\n")[:-1]]
        with open_workspace(tmp_path) as store:
            pending = {one.id for one in store.pending("count/1")}
            counted = {found.scene.id: found for found in store.counts()}
            machine = {seen.scene_id for seen in store.observations() if seen.by == "machine"}
            persons = {seen.id for seen in store.observations() if seen.by != "machine"}
            assert {f"image-{number}" for number in finished} <= set(counted)
            assert {f"seen {number}" for number in finished} <= persons
            assert set(counted) == machine
            assert set(counted) | pending == {one.id for one in store.scenes()}
            assert not set(counted) & pending
            assert all(found == count(found.scene, 20) for found in counted.values())
            with store.working():
                pass
    assert finished
    log = check_log(tmp_path)
    told = (*log.findings, *check_records(tmp_path, log.entries).findings)
    assert [one for one in told if one.level is not Level.NOTE] == []
    with closing(sqlite3.connect(tmp_path / "yardwatch.gpkg")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_two_processes_writing_at_once_lose_nothing(tmp_path):
    """Half of the scenes are the same for both: each is kept once, and each observation is kept."""
    create_workspace(tmp_path, SITE).close()
    with writer(tmp_path, 0, 15) as one, writer(tmp_path, 15, 30) as other:
        with open_workspace(tmp_path) as store:
            for number in range(100, 110):
                store.add_observation(by_person(f"seen {number}"))
                store.add_scene(scene(number % 30), "same.tif")
                store.counts()
        for process in (one, other):
            _, errors = process.communicate(timeout=60)
            assert errors == ""
            assert process.returncode == 0
    with open_workspace(tmp_path) as store:
        assert len(store.scenes()) == len(store.counts()) == 30
        assert {seen.id for seen in store.observations() if seen.by != "machine"} == {
            f"seen {number}" for number in [*range(30), *range(100, 110)]
        }
        assert store.site() == SITE


def test_the_right_to_work_ends_with_the_process_that_holds_it(tmp_path):
    """Even if that is killed; until then another is told to wait."""
    create_workspace(tmp_path, SITE).close()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
        with open_workspace(tmp_path) as store:
            with pytest.raises(WorkspaceBusyError, match="at work in it; wait until"), store.working():
                pass
            store.add_observation(by_person("meanwhile"))
            process.kill()
            process.wait()
            with store.working():
                assert len(store.observations()) == 1


def test_a_workspace_that_another_program_writes_to_is_busy(tmp_path):
    """After the time we were willing to wait; the remedy names QGIS, and reading goes on."""
    create_workspace(tmp_path, SITE).close()
    with open_workspace(tmp_path, wait_s=0.05) as store, closing(sqlite3.connect(store.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(WorkspaceBusyError, match="in QGIS: save or stop editing"):
            store.add_observation(by_person("a"))
        assert store.site() == SITE
        other.execute("ROLLBACK")
        store.add_observation(by_person("a"))


def test_a_reader_sees_a_whole_state_while_we_write(tmp_path):
    """QGIS with an open table holds up a commit no longer than it reads, and never sees half a count."""
    with create_workspace(tmp_path, SITE, wait_s=0.05) as store, closing(sqlite3.connect(store.path)) as reader:
        store.add_scene(scene(1), "1.tif")
        rows = reader.execute("SELECT name FROM zones")
        assert next(rows) == ("North yard",)
        with pytest.raises(WorkspaceBusyError):
            store.save_count(count(scene(1)), "count/1", [by_machine(scene(1))])
        assert list(store.counts()) == []
        rows.close()
        store.save_count(count(scene(1)), "count/1", [by_machine(scene(1))])
        assert reader.execute("SELECT count(*) FROM railcars").fetchone() == (2,)


def test_a_log_that_qgis_left_is_folded_back(tmp_path):
    """QGIS switches files it edits to a write-ahead log; after we close, the file is whole by itself again."""
    create_workspace(tmp_path, SITE).close()
    with closing(sqlite3.connect(tmp_path / "yardwatch.gpkg")) as qgis:
        qgis.execute("PRAGMA journal_mode = WAL")
        qgis.execute("UPDATE site SET name = 'Renamed'")
        qgis.commit()
        with open_workspace(tmp_path) as store:
            assert store.site().name == "Renamed"
            store.add_observation(by_person("a"))
    with open_workspace(tmp_path) as store:
        assert len(store.observations()) == 1
    assert sorted(path.name for path in tmp_path.glob("yardwatch.gpkg*")) == ["yardwatch.gpkg"]
    assert (tmp_path / "yardwatch.gpkg").read_bytes()[18:20] == b"\x01\x01"


def test_a_workspace_is_never_made_over_another(tmp_path):
    """Init on a workspace changes not a byte, and says what to do."""
    with create_workspace(tmp_path, SITE) as store:
        store.add_scene(scene(1), "1.tif")
    before = (tmp_path / "yardwatch.gpkg").read_bytes()
    with pytest.raises(WorkspaceError, match="holds a workspace already; use it"):
        create_workspace(tmp_path, SITE)
    assert (tmp_path / "yardwatch.gpkg").read_bytes() == before


def test_a_file_cannot_become_a_workspace(tmp_path):
    """The message names it and says what would do."""
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(WorkspaceError, match=r"notes\.txt: cannot be made a workspace .*; choose a folder"):
        create_workspace(tmp_path / "notes.txt", SITE)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_folder_with_images_may_become_a_workspace(tmp_path):
    """What is in it stays; what an earlier attempt left behind does not matter."""
    (tmp_path / "image.tif").write_bytes(b"x")
    (tmp_path / ".yardwatch.gpkg.part").write_bytes(b"half a file")
    create_workspace(tmp_path, SITE).close()
    assert (tmp_path / "image.tif").read_bytes() == b"x"
    assert not (tmp_path / ".yardwatch.gpkg.part").exists()
