"""Sees to it that every change of a workspace on disk gets into its audit log, whatever happens to the process.

What a transaction changed is written down in the transaction itself, in the table ``audit_outbox``, and goes into the
log once it is committed. A process that dies in between leaves it there, and the next one that writes delivers it.
Whoever closes a workspace that he has changed seals it: the log gets the hash of the file's bytes.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from yardwatch.errors import WorkspaceError
from yardwatch.model.audit import Entry
from yardwatch.workspace.cells import instant
from yardwatch.workspace.journal import Journal, Said
from yardwatch.workspace.sealing import SharedFile
from yardwatch.workspace.subjects import SITE, all_digests, digests_of, watch

__all__ = ["ACCEPTED", "OUTSIDE", "SEALED", "TOUCHED", "LogKeeper", "folded"]

SEALED = "seal"
"""What an entry does that only holds the hash of the file."""
OUTSIDE = "outside"
"""What an entry tells: that records were changed without Yardwatch."""
TOUCHED = "touched"
"""What an entry tells: that another program wrote the file, and no record differs."""
ACCEPTED = "accept"
"""What an entry does by which a person takes what was changed without Yardwatch as right."""

_FILES = ("file/", "document/")


@dataclass(slots=True)
class _Session:
    """What this connection knows of the file between its own transactions."""

    watched: bool = False
    """Whether the connection notes what it changes."""
    compared: bool = False
    """Whether the file has been held against the log."""
    changed: bool = False
    """Whether the file has to be sealed."""


class LogKeeper:
    """Keeps the audit log of one open workspace."""

    def __init__(self, folder: Path, file: SharedFile) -> None:
        self.journal = Journal(folder)
        self.by: str | None = None
        self.at: str | None = None
        self.more: Mapping[str, str | int | bool | None] = {}
        self._file = file
        self._now = _Session()

    def prepare(self, connection: sqlite3.Connection) -> None:
        """Before the first change, outside of any transaction."""
        if not self._now.watched:
            watch(connection)
            self._now.watched = True

    def begin(self, connection: sqlite3.Connection) -> int:
        """Before a change, with the right to write held: see that the file is as the log says, and say so if not.

        Gives the number of changes the connection has made so far.
        """
        connection.execute("DELETE FROM temp.yardwatch_touched")
        self.deliver(connection)
        if not self.journal.exists():
            self._start(connection)
        self._compare(connection)
        return connection.total_changes

    def note(self, connection: sqlite3.Connection, before: int, what: str | None, by: str | None) -> bool:
        """At the end of a change: write down what it was, in the same transaction; False if nothing changed."""
        if connection.total_changes == before:
            return False
        touched = {row[0] for row in connection.execute("SELECT subject FROM temp.yardwatch_touched")}
        said = {
            "what": what or "+".join(sorted({subject.partition("/")[0] for subject in touched})) or "change",
            "by": by or self.by,
            "at": self.at or instant(datetime.now(UTC)),
            "subjects": digests_of(connection, touched | {SITE}),
            "counter": _next(self._file.head().writes),
            "more": dict(self.more),
        }
        last = self.journal.last()
        logged = last.change if last else 0
        connection.execute("DELETE FROM audit_outbox WHERE id <= ?", (logged,))
        number = 1 + max(logged, _newest(connection))  # an older copy of the file may have been put back
        connection.execute("INSERT INTO audit_outbox (id, said) VALUES (?, ?)", (number, json.dumps(said)))
        self._now.changed = True
        return True

    def deliver(self, connection: sqlite3.Connection) -> None:
        """Put into the log what is on its way there."""
        rows = connection.execute("SELECT id, said FROM audit_outbox ORDER BY id").fetchall()
        if not rows:
            return
        with self.journal.alone():
            last = self.journal.last()
            fresh = [] if last is None else [row for row in rows if row[0] > last.change]
            if fresh:
                self.journal.append_alone([_said(int(row[0]), str(row[1])) for row in fresh])

    def start(self, connection: sqlite3.Connection) -> None:
        """Begin the log of a new workspace."""
        self._start(connection, what="init")
        self._now.changed = True

    def seal(self, connection: sqlite3.Connection) -> None:
        """When the workspace is let go, with a reading transaction held: log the hash of the file if we changed it."""
        if not self._now.changed:
            return
        self.deliver(connection)
        last, head = self.journal.last(), self._file.head()
        if last is None or head.writes is None or last.counter != head.counter or last.sealed:
            return  # another program is at it; whoever writes next compares
        self.journal.append(Said(what=SEALED, subjects={}, at=self.at, sealed=self._file.sha256()))
        self._now.changed = False

    def accept(self, connection: sqlite3.Connection, *, by: str, why: str, files: Mapping[str, str | None]) -> Entry:
        """Log that a person takes the records, the GeoPackage and other files as they are now as right."""
        kept, now = folded(self.journal.entries()), all_digests(connection)
        entry = self.journal.append(
            Said(what=ACCEPTED, by=by, why=why, subjects={**_differences(kept, now), **files},
                 change=_newest(connection),
                 counter=self._file.head().writes, uncounted=self._file.head().writes is None,
                 sealed=self._file.sha256())
        )  # fmt: skip
        self._now.compared = True
        return entry

    def _start(self, connection: sqlite3.Connection, what: str = "begin") -> None:
        """The first entry; it holds all that is there by now."""
        newest, head = _newest(connection), self._file.head()
        more: Mapping[str, int] = {"earlier_changes": newest} if newest else {}
        self.journal.append(
            Said(what=what, subjects=dict(all_digests(connection)), change=newest, counter=head.writes, more=more,
                 by=self.by, sealed=self._file.sha256() if head.rollback else None)
        )  # fmt: skip

    def _compare(self, connection: sqlite3.Connection) -> None:
        """Say in the log that the file was changed without us, where it was."""
        last, head = self.journal.last(), self._file.head()
        if last is None:
            return
        same_writer = last.counter is not None and last.counter == head.writes
        if self._now.compared and (same_writer or head.writes is None):
            return
        self._now.compared = True
        if same_writer and (last.sealed is None or last.sealed == self._file.sha256()):
            return
        changed = _differences(folded(self.journal.entries()), all_digests(connection))
        damaged = same_writer or not head.sound
        if head.writes is None and last.counter is None and not changed:
            return
        self.journal.append(
            Said(
                what=OUTSIDE if changed or damaged else TOUCHED,
                subjects=changed,
                counter=head.writes,
                uncounted=head.writes is None,
                more={"damaged": True} if damaged else {},
            )
        )
        self._now.changed = True


def folded(entries: Iterable[Entry]) -> dict[str, str]:
    """Hash of every record as a log says that it is."""
    now: dict[str, str] = {}
    for entry in entries:
        for subject, digest in entry.subjects.items():
            if digest is None:
                now.pop(subject, None)
            else:
                now[subject] = digest
    return {subject: digest for subject, digest in now.items() if not subject.startswith(_FILES)}


def _differences(kept: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str | None]:
    names = sorted(kept.keys() | now.keys())
    return {name: now.get(name) for name in names if kept.get(name) != now.get(name)}


def _said(change: int, text: str) -> Said:
    try:
        said = json.loads(text)
        return Said(
            what=str(said["what"]), by=said["by"], at=str(said["at"]), subjects=dict(said["subjects"]),
            counter=said["counter"], uncounted=said["counter"] is None, change=change, more=said.get("more"),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError):
        raise WorkspaceError(f"audit_outbox, row {change}: is damaged; restore the workspace from a copy") from None


def _newest(connection: sqlite3.Connection) -> int:
    """Number of the newest change of the file."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'audit_outbox'").fetchone()
    return int(row[0]) if row else 0


def _next(writes: int | None) -> int | None:
    return None if writes is None else (writes + 1) % 2**32
