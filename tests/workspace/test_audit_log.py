"""The audit log that a workspace on disk keeps of itself."""

import json
import sqlite3
from contextlib import closing
from hashlib import sha256

import pytest
import rfc8785
from yards import SITE, by_machine, by_person, count, scene

from yardwatch.errors import MisuseError, WorkspaceError
from yardwatch.model.audit import Level
from yardwatch.model.publishing import AuditHead
from yardwatch.workspace import LOG_FILE, check_log, check_records, create_workspace, open_workspace
from yardwatch.workspace.geometry import register_functions


@pytest.fixture
def folder(tmp_path):
    """A workspace with a scene, a count and what a person saw, closed."""
    with create_workspace(tmp_path / "yard", SITE) as store:
        store.add_scene(scene(1), "one.tif")
        store.save_count(count(scene(1)), "count/1", [by_machine(scene(1))])
        store.add_observation(by_person("sheds"))
    return tmp_path / "yard"


def lines(folder):
    """The log as objects."""
    return [json.loads(line) for line in (folder / LOG_FILE).read_bytes().splitlines()]


def findings(folder, against=None):
    """Code and level of all that is found in log and GeoPackage."""
    log = check_log(folder, against=against)
    found = (*log.findings, *check_records(folder, log.entries).findings)
    return {(one.code, one.level) for one in found}


def edit(folder, query, *values):
    """What a person does in QGIS."""
    with closing(sqlite3.connect(folder / "yardwatch.gpkg")) as database:
        register_functions(database)
        database.execute(query, values)
        database.commit()


def flip(path, place):
    """One bit of a byte."""
    content = bytearray(path.read_bytes())
    content[place] ^= 4
    path.write_bytes(bytes(content))


def test_every_change_is_told_with_who_and_what(folder):
    """And the last entry seals the bytes of the file."""
    told = lines(folder)
    assert [(one["what"], one["by"]) for one in told] == [
        ("init", None),
        ("add scene", None),
        ("count", "machine"),
        ("observe", "J. Doe"),
        ("seal", None),
    ]
    assert set(told[3]["subjects"]) == {"observation/sheds", "site"}
    assert told[-1]["sealed"] == sha256((folder / "yardwatch.gpkg").read_bytes()).hexdigest()


def test_an_entry_is_canonical_json_that_holds_its_own_hash_and_the_one_before(folder):
    """So a peer can check the chain with any tool."""
    previous = "0" * 64
    for number, line in enumerate((folder / LOG_FILE).read_bytes().splitlines(), 1):
        entry = json.loads(line)
        assert rfc8785.dumps(entry) == line
        own = entry.pop("sha256")
        assert sha256(rfc8785.dumps(entry)).hexdigest() == own
        assert (entry["sequence"], entry["previous"]) == (number, previous)
        previous = own


def test_a_workspace_as_it_was_left_is_in_order(folder):
    """Also after it was only looked at."""
    with open_workspace(folder) as store:
        store.observations()
        head = store.head()
    assert not findings(folder, against=head)


def test_what_changes_nothing_is_not_told(folder):
    """A change that fails."""
    before = lines(folder)
    with open_workspace(folder) as store, pytest.raises(MisuseError):
        store.add_observation(by_person("sheds"))
    assert lines(folder) == before


@pytest.mark.parametrize("place", [0, 24, 27, 60, 92, 95, 96, 4096, 20_000, -1])
def test_a_flipped_byte_of_the_geopackage_is_damage(folder, place):
    """Wherever it is, also in the counts that SQLite keeps of its own writes."""
    flip(folder / "yardwatch.gpkg", place)
    assert ("workspace_damaged", Level.BROKEN) in findings(folder)


def test_an_edit_in_qgis_is_told_apart_from_damage(folder):
    """It names the record, and it is right once a person has said so."""
    edit(folder, "UPDATE observations SET note = 'seen twice' WHERE id = 'sheds'")
    log = check_log(folder)
    found = check_records(folder, log.entries).findings
    assert [(one.code, one.level) for one in found] == [
        ("workspace_edited", Level.EDITED),
        ("record_changed", Level.EDITED),
    ]
    assert found[1].subject == "observation/sheds"
    with open_workspace(folder) as store:
        store.accept(by="A. Analyst", why="the note was missing")
    assert not findings(folder)
    assert lines(folder)[-1]["why"] == "the note was missing"


def test_an_edit_in_qgis_stays_told_when_work_goes_on(folder):
    """The next change does not hide it: only a person's word closes it."""
    edit(folder, "UPDATE zones SET role = 'station' WHERE name = 'Sheds'")
    with open_workspace(folder) as store:
        store.add_observation(by_person("later"))
    assert findings(folder) == {("was_edited", Level.EDITED)}
    assert next(one for one in lines(folder) if one["what"] == "outside")["subjects"].keys() == {"site"}
    with open_workspace(folder) as store:
        store.accept(by="A. Analyst", why="drawn better")
    assert not findings(folder)


def test_damage_stays_told_when_work_goes_on(folder):
    """A flipped byte in a page that the next change does not touch is not sealed away."""
    flip(folder / "yardwatch.gpkg", -1)
    with open_workspace(folder) as store:
        store.add_observation(by_person("later"))
    assert ("was_damaged", Level.BROKEN) in findings(folder)


def test_a_program_that_only_writes_the_file_does_no_harm(folder):
    """As QGIS does when it keeps its own tables in it."""
    edit(folder, "CREATE TABLE qgis_projects (name TEXT)")
    assert findings(folder) == {("touched", Level.NOTE)}
    with open_workspace(folder) as store:
        store.add_observation(by_person("later"))
    assert findings(folder) == {("was_touched", Level.NOTE)}


def test_an_older_copy_of_the_geopackage_is_noticed_and_work_goes_on(folder):
    """Nothing that follows is lost from the log."""
    old = (folder / "yardwatch.gpkg").read_bytes()
    with open_workspace(folder) as store:
        store.add_observation(by_person("later"))
    (folder / "yardwatch.gpkg").write_bytes(old)
    assert ("workspace_edited", Level.EDITED) in findings(folder)
    with open_workspace(folder) as store:
        store.add_observation(by_person("much later"))
    assert lines(folder)[-2]["subjects"].keys() == {"observation/much later", "site"}
    assert findings(folder) == {("was_edited", Level.EDITED)}


@pytest.mark.parametrize("line", [0, 2, 4])
def test_a_changed_taken_or_moved_entry_breaks_the_chain(folder, line):
    """Each in its way."""
    path = folder / LOG_FILE
    whole = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(whole).replace(b"J. Doe", b"J. Dot"))
    assert ("entry_changed", Level.BROKEN) in findings(folder)
    if line < 4:
        path.write_bytes(b"".join(one for number, one in enumerate(whole) if number != line))
        assert ("chain_broken", Level.BROKEN) in findings(folder)


def test_truncation_is_found_against_a_head_that_was_kept(folder):
    """And a log that was written anew, too."""
    with open_workspace(folder) as store:
        head = store.head()
    path = folder / LOG_FILE
    whole = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(whole[:-1]))
    assert ("log_truncated", Level.BROKEN) in findings(folder, against=head)
    path.write_bytes(b"".join(whole))
    other = AuditHead(head.sequence, "ab" * 32)
    assert findings(folder, against=other) == {("log_rewritten", Level.BROKEN)}


def test_a_line_that_a_crash_cut_short_is_taken_off_and_told(folder):
    """It breaks nothing."""
    path = folder / LOG_FILE
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines()[-1][:100])
    assert findings(folder) == {("log_cut", Level.NOTE)}
    with open_workspace(folder) as store:
        store.add_observation(by_person("later"))
    assert findings(folder) == {("log_was_cut", Level.NOTE)}


def test_a_lost_end_of_line_is_no_crash(folder):
    """Where more than a whole entry is there."""
    flip(folder / LOG_FILE, -1)
    assert ("entry_changed", Level.BROKEN) in findings(folder)


def test_a_change_that_a_crash_kept_out_of_the_log_gets_in_later(folder):
    """It lies in the GeoPackage, told in the transaction that made it."""
    path = folder / LOG_FILE
    before = path.read_bytes()
    with open_workspace(folder) as store:
        store.add_observation(by_person("later"))
    path.write_bytes(before)
    assert findings(folder) == {("not_sealed", Level.NOTE)}
    with open_workspace(folder) as store:
        store.add_observation(by_person("much later"))
    assert not findings(folder)
    assert [one["what"] for one in lines(folder)[-3:]] == ["observe", "observe", "seal"]


def test_a_log_that_is_gone_is_missed(folder):
    """A new one says that it begins late."""
    (folder / LOG_FILE).unlink()
    assert ("log_missing", Level.BROKEN) in findings(folder)
    with open_workspace(folder) as store:
        store.add_observation(by_person("later"))
    assert findings(folder) == {("log_begins_late", Level.BROKEN)}


@pytest.mark.parametrize(
    "text", [b"\n", b"{}\n", b"[" * 100_000 + b"\n", b"null\n", b'{"sequence":1e400}\n', b"\xff\n"]
)
def test_a_log_from_a_stranger_is_one_finding_a_line(folder, text):
    """And a store that is to write after it says so in one line."""
    path = folder / LOG_FILE
    path.write_bytes(path.read_bytes() + text)
    assert ("entry_changed", Level.BROKEN) in findings(folder)
    with open_workspace(folder) as store, pytest.raises(WorkspaceError, match="last entry is damaged") as caught:
        store.add_observation(by_person("later"))
    assert "\n" not in str(caught.value)
