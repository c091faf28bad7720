"""Checking the GeoPackage of a workspace against its audit log: its bytes, its records, and how they hang together."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from yardwatch.errors import WorkspaceError, YardwatchError
from yardwatch.model.audit import Entry, Finding, Level
from yardwatch.workspace.journal import LOG_FILE
from yardwatch.workspace.keeping_log import folded
from yardwatch.workspace.opening import open_workspace
from yardwatch.workspace.sealing import Head, SharedFile
from yardwatch.workspace.store import WORKSPACE_FILE, GeoPackageStore
from yardwatch.workspace.subjects import all_digests

__all__ = ["CheckedRecords", "check_records"]

_RESTORE = "restore it from a copy"
_ACCEPT = (
    "if that is meant, say who takes it as right and why: yardwatch audit DIR --accept --by NAME --why WHY; "
    "if not, restore it from a copy"
)
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class CheckedRecords:
    """What a workspace holds and what was found in it."""

    digests: Mapping[str, str] = field(default_factory=dict)
    """Record to its hash now."""
    findings: tuple[Finding, ...] = ()
    """What is wrong."""


def check_records(folder: Path, entries: Sequence[Entry]) -> CheckedRecords:
    """Check the GeoPackage in `folder` against the sound entries of its log.

    Raises
    ------
    WorkspaceMissingError
        If there is none.
    """
    path = folder / WORKSPACE_FILE
    try:
        with open_workspace(folder) as store:
            return _checked(store, entries)
    except (YardwatchError, ValueError, OverflowError, RecursionError) as error:
        if isinstance(error, WorkspaceError) and (not entries or not path.is_file()):
            raise
        return CheckedRecords(findings=(_damaged(str(error)),))


def _checked(store: GeoPackageStore, entries: Sequence[Entry]) -> CheckedRecords:
    with store.reading() as connection:
        now = all_digests(connection)
        pending = _pending(connection, entries[-1].change if entries else 0)
        loose = tuple(_loose(connection))
        state = _State(_File.of(store.path), entries[-1] if entries else None, len(pending))
        if not entries:
            return CheckedRecords(now, (_unlogged(connection), *loose))
        expected = folded(entries)
        for subjects in pending:
            expected = _after(expected, subjects)
        changed = sorted(name for name in expected.keys() | now.keys() if expected.get(name) != now.get(name))
        whole = state.as_sealed or _whole(connection)
    return CheckedRecords(now, (*state.findings(changed, whole=whole), *loose))


@dataclass(frozen=True, slots=True)
class _File:
    """The file as it is now."""

    head: Head
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "_File":
        file = SharedFile(path)
        try:
            return cls(file.head(), file.sha256())
        finally:
            file.close()


@dataclass(frozen=True, slots=True)
class _State:
    """The file beside the last entry of the log."""

    file: _File
    last: Entry | None
    pending: int

    @property
    def as_sealed(self) -> bool:
        """Whether each byte is as it was sealed."""
        return self.last is not None and self.last.sealed == self.file.sha256

    def findings(self, changed: Sequence[str], *, whole: bool) -> Iterator[Finding]:
        """What there is to say, given the records that differ from the log."""
        if self.as_sealed and not self.pending:
            yield from (_record(name, Level.BROKEN) for name in changed[:_MOST_NAMED])
            return
        head, last = self.file.head, self.last
        assert last is not None  # noqa: S101 -- there is a log
        ours = self.pending or (last.sealed is None and last.counter == head.writes)
        if not whole or not head.sound or (last.counter == head.writes and not ours):
            yield _damaged("its bytes changed although no program wrote it")
        elif changed:
            yield _edited(changed)
        elif head.writes is None:
            yield _note("open_elsewhere", "another program such as QGIS has it open, so its bytes are not sealed")
        elif ours:
            yield _note("not_sealed", "a command that changed it is running or was killed, so its bytes are not sealed")
        else:
            yield _note("touched", "another program such as QGIS wrote the file; no record differs from the log")
        level = Level.EDITED if whole and head.sound else Level.BROKEN
        yield from (_record(name, level) for name in changed[:_MOST_NAMED])


def _pending(connection: sqlite3.Connection, logged: int) -> list[Mapping[str, str | None]]:
    """What the changes that are not in the log yet were done to."""
    found = connection.execute("SELECT said FROM audit_outbox WHERE id > ? ORDER BY id", (logged,)).fetchall()
    try:
        return [json.loads(row[0])["subjects"] for row in found]
    except (ValueError, KeyError, TypeError):
        return []


def _after(now: Mapping[str, str], subjects: Mapping[str, str | None]) -> dict[str, str]:
    merged = {**now, **subjects}
    return {name: digest for name, digest in merged.items() if digest is not None}


def _whole(connection: sqlite3.Connection) -> bool:
    """Whether SQLite finds the file in order."""
    return [row[0] for row in connection.execute("PRAGMA integrity_check(1)")] == ["ok"]


def _loose(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Rows that name another row that is not there."""
    for row in connection.execute("PRAGMA foreign_key_check").fetchmany(_MOST_NAMED):
        message = f"row {row[1]} of {row[0]} names a row of {row[2]} that is not there"
        yield Finding("link_broken", Level.BROKEN, f"{WORKSPACE_FILE}: {row[0]}", message, _RESTORE)


def _unlogged(connection: sqlite3.Connection) -> Finding:
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'audit_outbox'").fetchone()
    if row is not None and row[0]:
        return Finding("log_missing", Level.BROKEN, LOG_FILE, f"it held {row[0]} changes and is gone", _RESTORE)
    message = "this workspace has no audit log yet: it was made before there was one"
    return Finding(
        "log_not_begun", Level.EDITED, LOG_FILE, message, "begin one: yardwatch audit DIR --accept --by NAME --why WHY"
    )


def _damaged(problem: str) -> Finding:
    return Finding("workspace_damaged", Level.BROKEN, WORKSPACE_FILE, problem, _ACCEPT)


def _edited(changed: Sequence[str]) -> Finding:
    message = f"it was edited without Yardwatch, as in QGIS: {len(changed)} of its records differ from the log"
    return Finding("workspace_edited", Level.EDITED, WORKSPACE_FILE, message, _ACCEPT)


def _record(name: str, level: Level) -> Finding:
    return Finding("record_changed", level, name, "is not what the log says that it is", _ACCEPT)


def _note(code: str, message: str) -> Finding:
    return Finding(code, Level.NOTE, WORKSPACE_FILE, message, "none needed: the next command seals it")
