"""One connection to the file of a workspace: its transactions, and its failures in plain words.

The file keeps SQLite's rollback journal rather than a write-ahead log. Between two writes everything is in the one
``.gpkg``, so a copy of it is complete and it works on network drives; QGIS can read while we compute, and waits only
for the moment of a commit. QGIS itself may switch an open file to a write-ahead log; we then write into that, and
whoever closes last folds it back.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from yardwatch.errors import InputError, MisuseError, WorkspaceBusyError, WorkspaceError, one_line
from yardwatch.workspace.cells import Cell
from yardwatch.workspace.geometry import register_functions
from yardwatch.workspace.sealing import SharedFile

if TYPE_CHECKING:
    from yardwatch.workspace.keeping_log import LogKeeper

__all__ = ["Database", "insert", "update"]

T = TypeVar("T")

_UNREADABLE = "is damaged or not a workspace; restore it from a copy, or make a new workspace: yardwatch init"
_PROBLEMS: Mapping[int, str] = {
    sqlite3.SQLITE_READONLY: "cannot be written; give yourself write permission on the file and its folder",
    sqlite3.SQLITE_PERM: "cannot be opened; give yourself permission on the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check that the folder exists and that you may write in it",
    sqlite3.SQLITE_FULL: "cannot grow, the disk is full; free some space and run the command again",
    sqlite3.SQLITE_IOERR: "cannot be read or written, the disk fails; check the disk and run the command again",
    sqlite3.SQLITE_CORRUPT: _UNREADABLE,
    sqlite3.SQLITE_NOTADB: _UNREADABLE,
}
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class Database:
    """A connection to an existing file.

    Parameters
    ----------
    path : Path
        The file; it is never made.
    wait_s : float
        How long to wait for another program that is writing, seconds.
    """

    def __init__(self, path: Path, *, wait_s: float) -> None:
        self.path = path
        self.file = SharedFile(path)
        self.keeper: LogKeeper | None = None
        with self._plain_errors():
            self._connection = sqlite3.connect(
                f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=wait_s
            )
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            self.file.close()
            raise

    def keep_log(self, keeper: "LogKeeper") -> None:
        """Log all changes from now on; only once the tables are known to be ours."""
        self.keeper = keeper

    def trust_triggers(self) -> None:
        """Let triggers call the spatial functions and the R-tree; only once they are known to be the standard's."""
        self._connection.execute("PRAGMA trusted_schema = ON")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A transaction that sees one state of the file."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self, what: str | None = None, *, by: str | None = None) -> Iterator[sqlite3.Connection]:
        """A transaction that is kept whole or not at all, and told in the audit log.

        Parameters
        ----------
        what : str, optional
            What is done, in a word or two; by default the kinds of records that it changes.
        by : str, optional
            Who does it.
        """
        keeper = self.keeper
        if keeper is None:
            with self._transaction("BEGIN IMMEDIATE") as connection:
                yield connection
            return
        with self._plain_errors():
            keeper.prepare(self._connection)
        with self._transaction("BEGIN IMMEDIATE") as connection:
            before = keeper.begin(connection)
            yield connection
            changed = keeper.note(connection, before, what, by)
        if changed:
            with self._plain_errors():
                keeper.deliver(self._connection)

    def rows(self, decode: Callable[[sqlite3.Row], T], query: str, *values: Cell) -> list[T]:
        """What `decode` makes of each row of a query.

        Raises
        ------
        WorkspaceError
            If a row does not hold what it should.
        """
        with self._plain_errors():
            found = self._connection.execute(query, values).fetchall()
        return [self._decoded(decode, row, query) for row in found]

    def close(self) -> None:
        """Let go of the file; it can be copied then."""
        try:
            if self.keeper is not None:
                with suppress(WorkspaceError), self.reading() as connection:
                    self.keeper.seal(connection)
        finally:
            with suppress(sqlite3.Error):
                self._fold_log()
            self._connection.close()
            self.file.close()

    def _prepare(self) -> None:
        with self._plain_errors():
            self._connection.row_factory = sqlite3.Row
            register_functions(self._connection)
            self._distrust()
            self._fold_log()

    def _distrust(self) -> None:
        """SQLite's advice for files from strangers (https://www.sqlite.org/security.html)."""
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0"):
            self._connection.execute(f"PRAGMA {pragma}")
        for pragma in ("foreign_keys = ON", "synchronous = FULL", "recursive_triggers = OFF"):
            self._connection.execute(f"PRAGMA {pragma}")

    def _fold_log(self) -> None:
        """Put a write-ahead log that QGIS may have left back into the file, unless somebody uses it now."""
        (patience_ms,) = self._connection.execute("PRAGMA busy_timeout").fetchone()
        self._connection.execute("PRAGMA busy_timeout = 0")
        with suppress(sqlite3.OperationalError):
            self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.execute(f"PRAGMA busy_timeout = {patience_ms}")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._plain_errors():
            self._connection.execute(begin)
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def _decoded(self, decode: Callable[[sqlite3.Row], T], row: sqlite3.Row, query: str) -> T:
        try:
            return decode(row)
        except (ValueError, TypeError, IndexError, OverflowError, RecursionError, InputError) as error:
            table = query.partition(" FROM ")[2].partition(" ")[0]
            raise WorkspaceError(
                f"{self.path}: {table}, row {row[0]}: {one_line(str(error))}; correct it in QGIS or restore a copy"
            ) from None

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._plain(error) from error
        except UnicodeDecodeError as error:  # a message of SQLite that quotes damaged text
            raise WorkspaceError(f"{self.path}: {_UNREADABLE}") from error

    def _plain(self, error: sqlite3.Error) -> WorkspaceError | MisuseError:
        if "decode to UTF-8" in str(error):  # told by Python's module, without a code
            return WorkspaceError(f"{self.path}: {_UNREADABLE}")
        full_code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE)
        code = full_code & 0xFF
        if code in _BUSY:
            return WorkspaceBusyError(
                f"{self.path}: another program is writing to it; let it finish (in QGIS: save or stop editing the "
                "layer), then run the command again"
            )
        if full_code == sqlite3.SQLITE_CONSTRAINT_NOTNULL:
            return MisuseError(f"{self.path}: a value that is needed is missing or not a number ({error})")
        if code == sqlite3.SQLITE_MISUSE:
            return MisuseError(f"{self.path}: {one_line(str(error))}; open the workspace in the thread that uses it")
        problem = _PROBLEMS.get(code, f"{_UNREADABLE} ({one_line(str(error))})")
        return WorkspaceError(f"{self.path}: {problem}")


def insert(connection: sqlite3.Connection, table: str, values: Mapping[str, Cell]) -> int:
    """Add a row to one of our tables; gives its number.

    Raises
    ------
    MisuseError
        If a value is too large for the file, or is text that no encoding can write.
    """
    columns = ", ".join(f'"{column}"' for column in values)
    marks = ", ".join("?" * len(values))
    query = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - names of our own tables and columns
    return _execute(connection, table, query, *values.values()).lastrowid or 0


def update(connection: sqlite3.Connection, table: str, record_id: str, values: Mapping[str, Cell]) -> None:
    """Change the row with that id in one of our tables.

    Raises
    ------
    MisuseError
        If a value is too large for the file, or is text that no encoding can write.
    """
    columns = ", ".join(f'"{column}" = ?' for column in values)
    query = f"UPDATE {table} SET {columns} WHERE id = ?"  # noqa: S608 - names of our own tables and columns
    _execute(connection, table, query, *values.values(), record_id)


def _execute(connection: sqlite3.Connection, table: str, query: str, *values: Cell) -> sqlite3.Cursor:
    try:
        return connection.execute(query, values)
    except (OverflowError, UnicodeEncodeError) as error:
        raise MisuseError(f"{table}: a value cannot be kept: {error}; give plain text and numbers") from None
