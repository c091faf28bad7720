"""The server's own file: who is signed in and which jobs there are; nothing of the workspace depends on it."""

import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from yardwatch.errors import WorkspaceError, one_line

__all__ = ["LEDGER_FILE", "Ledger"]

LEDGER_FILE = "jobs.sqlite"
"""Name of the file in the folder of the workspace."""

_VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS sessions (
  digest TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  how TEXT NOT NULL,
  csrf TEXT NOT NULL,
  ends_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS jobs (
  number INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  facts TEXT NOT NULL,
  active INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS active_jobs ON jobs (active);
"""

Row = tuple[object, ...]


class Ledger:
    """One connection for all threads, one statement at a time.

    Parameters
    ----------
    folder : Path
        Where the file is, or is made; only its owner can read it.

    Raises
    ------
    WorkspaceError
        If it is damaged, newer than this program, or cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / LEDGER_FILE
        self._lock = threading.Lock()
        with self._plain_errors():
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600))
            self._connection = sqlite3.connect(self.path, isolation_level=None, timeout=10, check_same_thread=False)
            self._prepare()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def rows(self, query: str, *values: object) -> list[Row]:
        """What a query finds, or what a statement does."""
        with self._lock, self._plain_errors():
            return self._connection.execute(query, values).fetchall()

    def keep_job(self, job_id: str, facts: Mapping[str, object], *, active: bool) -> None:
        """Keep a job as it is now."""
        self.rows(
            "INSERT INTO jobs (id, facts, active) VALUES (?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET facts = excluded.facts, active = excluded.active",
            job_id,
            json.dumps(facts, ensure_ascii=True),
            int(active),
        )

    def jobs(self, *, active: bool | None, limit: int, offset: int = 0) -> tuple[Sequence[Mapping[str, object]], int]:
        """Jobs, newest first, and how many there are; with `active` only those that are, or are not, to be done."""
        where = "" if active is None else f"WHERE active = {int(active)}"
        query = f"SELECT facts FROM jobs {where} ORDER BY number DESC LIMIT ? OFFSET ?"  # noqa: S608 -- a constant
        ((total,),) = self.rows(f"SELECT count(*) FROM jobs {where}")  # noqa: S608 -- a constant
        return [json.loads(str(facts)) for (facts,) in self.rows(query, limit, offset)], int(str(total))

    def job(self, job_id: str) -> Mapping[str, object] | None:
        """The job with that id."""
        found = self.rows("SELECT facts FROM jobs WHERE id = ?", job_id)
        return json.loads(str(found[0][0])) if found else None

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA trusted_schema = OFF")
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version not in {0, _VERSION}:
            raise WorkspaceError(f"{self.path}: was made by a newer Yardwatch; upgrade, or remove the file")
        self._connection.executescript(_TABLES)
        self._connection.execute(f"PRAGMA user_version = {_VERSION}")

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise WorkspaceError(
                f"{self.path}: cannot be used ({one_line(str(error), 100)}); give yourself write permission, or remove "
                "the file: only the list of jobs and who is signed in is lost"
            ) from None
