"""The audit log: a file of canonical JSON lines (RFC 8785), each of which holds the hash of the one before.

A line is written whole and synced before the command goes on. One that was cut short by a crash is taken off when the
next is written, and the next says so.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import rfc8785

from yardwatch.errors import WorkspaceError, one_line
from yardwatch.model.audit import NO_ENTRY, Entry
from yardwatch.workspace.cells import instant
from yardwatch.workspace.lock import held

__all__ = ["LOG_FILE", "BrokenEntryError", "Journal", "Said", "parsed_entry"]

LOG_FILE: Final = "audit.jsonl"
"""Name of the log in the folder of a workspace."""

_CHUNK_BYTES = 1 << 16
_MOST_LINE_BYTES = 1 << 28
_PATIENCE_S = 30.0
_RESTORE = "restore it from a copy"
_FIELDS = {one.name for one in fields(Entry)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a new entry says; its place in the chain follows."""

    what: str
    """What was done."""
    by: str | None = None
    """Who did it."""
    subjects: Mapping[str, str | None]
    """What it was done to, with hashes."""
    at: str | None = None
    """When; now unless given."""
    change: int | None = None
    """Number of the change; that of the entry before unless given."""
    counter: int | None = None
    """SQLite's count of writes; that of the entry before unless given."""
    uncounted: bool = False
    """Whether that count is unknown from here on."""
    sealed: str | None = None
    """Hash of the GeoPackage's bytes; that of the entry before where the GeoPackage has not been written since."""
    why: str | None = None
    """In the words of who did it."""
    more: Mapping[str, str | int | bool | None] | None = None
    """Anything else."""


class BrokenEntryError(ValueError):
    """A line of a log is not what was written; the message says in what way."""


class Journal:
    """The audit log of one workspace, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOG_FILE
        self._folder = folder

    def exists(self) -> bool:
        """Whether there is a log."""
        return self.path.is_file()

    def last(self) -> Entry | None:
        """The last whole entry; None if there is none.

        Raises
        ------
        WorkspaceError
            If it is damaged, so that nothing can follow it.
        """
        line = self._last_line()
        if line is None:
            return None
        try:
            return parsed_entry(line)
        except BrokenEntryError as error:
            raise WorkspaceError(f"{self.path}: its last entry is damaged ({error}); {_RESTORE}") from None

    def entries(self) -> Iterator[Entry]:
        """All whole entries, unchecked against one another.

        Raises
        ------
        WorkspaceError
            If one is damaged.
        """
        for number, line in enumerate(self.lines(), 1):
            if not line.endswith(b"\n"):
                return
            try:
                yield parsed_entry(line[:-1])
            except BrokenEntryError as error:
                raise WorkspaceError(f"{self.path}: entry {number} is damaged ({error}); {_RESTORE}") from None

    def lines(self) -> Iterator[bytes]:
        """The lines as they are, each with its end; the last may lack one."""
        try:
            if not self.exists():
                return
            with self.path.open("rb") as file:
                while line := file.readline(_MOST_LINE_BYTES):
                    yield line
        except OSError as error:
            raise WorkspaceError(f"{self.path}: cannot be read ({error.strerror}); give yourself permission") from None

    def append(self, *said: Said) -> Entry:
        """Write entries at the end and see to it that they are on disk; gives the last.

        Raises
        ------
        WorkspaceError
            If the log's end is damaged or it cannot be written.
        """
        with self.alone():
            return self.append_alone(said)

    def append_alone(self, said: Sequence[Said]) -> Entry:
        """Write entries while `alone` holds."""
        cut = self._cut_off()
        last = self.last()
        lines = b""
        if cut is not None:
            said = (replace(said[0], more={**(said[0].more or {}), **cut}), *said[1:])
        for one in said:
            last = _entry(one, last)
            lines += _line(last)
        assert last is not None  # noqa: S101 -- something was said
        self._write(lines)
        return last

    def alone(self) -> AbstractContextManager[None]:
        """Hold the right to append; waits while another process has it."""
        return held(self._folder, ".audit.lock", wait_s=_PATIENCE_S)

    def _write(self, lines: bytes) -> None:
        try:
            new = not self.exists()
            with self.path.open("ab") as file:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
            if new:
                _sync_folder(self.path.parent)
        except OSError as error:
            raise WorkspaceError(f"{self.path}: cannot be written ({error.strerror}); free space, permit it") from None

    def _last_line(self) -> bytes | None:
        """The last line that has an end, without it."""
        try:
            with self.path.open("rb") as file:
                end = file.seek(0, os.SEEK_END)
                return _last_whole(file, end)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise WorkspaceError(f"{self.path}: cannot be read ({error.strerror}); give yourself permission") from None

    def _cut_off(self) -> dict[str, str | int] | None:
        """Take off a line that a crash has cut short; says what was taken."""
        if not self.exists():
            return None
        with self.path.open("rb+") as file:
            end = file.seek(0, os.SEEK_END)
            start = _end_of_whole(file, end)
            if start == end:
                return None
            file.seek(start)
            rest = file.read()
            file.truncate(start)
            file.flush()
            os.fsync(file.fileno())
        return {"cut_bytes": len(rest), "cut_sha256": sha256(rest).hexdigest()}


def parsed_entry(line: bytes) -> Entry:
    """The entry of a line without its end.

    Raises
    ------
    BrokenEntryError
        If it is not just what was written.
    """
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise BrokenEntryError("is not JSON") from None
    if not isinstance(found, dict) or set(found) != _FIELDS:
        raise BrokenEntryError("has not the fields of an entry")
    _check_types(found)
    try:
        canonical = rfc8785.dumps(found)
        own = found.pop("sha256")
        digest = sha256(rfc8785.dumps(found)).hexdigest()
    except (rfc8785.CanonicalizationError, RecursionError):
        raise BrokenEntryError("holds what canonical JSON cannot") from None
    if canonical != line:
        raise BrokenEntryError("is not canonical JSON")
    if own != digest:
        raise BrokenEntryError("does not match its own hash")
    return Entry(**found, sha256=own)


def _check_types(found: dict[str, Any]) -> None:
    texts = all(isinstance(found[name], str) for name in ("at", "what", "previous", "sha256"))
    maybe = all(found[name] is None or isinstance(found[name], str) for name in ("by", "sealed", "why"))
    whole = all(type(found[name]) is int for name in ("sequence", "change"))
    counted = found["counter"] is None or type(found["counter"]) is int
    subjects = isinstance(found["subjects"], dict) and all(
        value is None or isinstance(value, str) for value in found["subjects"].values()
    )
    flat = isinstance(found["more"], dict) and not any(isinstance(one, dict | list) for one in found["more"].values())
    if not (texts and maybe and whole and counted and subjects and flat):
        raise BrokenEntryError("has a field of the wrong kind")


def _entry(said: Said, last: Entry | None) -> Entry:
    counter = said.counter if said.counter is not None else last.counter if last else None
    beside = said.change is None and said.counter is None and not said.uncounted
    plain = Entry(
        sequence=last.sequence + 1 if last else 1,
        at=said.at or instant(datetime.now(UTC)),
        by=one_line(said.by) if said.by else None,
        what=said.what,
        subjects=dict(said.subjects),
        previous=last.sha256 if last else NO_ENTRY,
        sha256="",
        change=said.change if said.change is not None else last.change if last else 0,
        counter=None if said.uncounted else counter,
        sealed=said.sealed or (last.sealed if last and beside else None),
        why=one_line(said.why, 4000) if said.why else None,
        more=dict(said.more or {}),
    )
    return replace(plain, sha256=sha256(_canonical(plain, without="sha256")).hexdigest())


def _line(entry: Entry) -> bytes:
    return _canonical(entry) + b"\n"


def _canonical(entry: Entry, without: str | None = None) -> bytes:
    content = {name: _plain(value) for name, value in asdict(entry).items() if name != without}
    return rfc8785.dumps(content)


def _plain(value: Any) -> Any:  # noqa: ANN401 -- whatever an entry holds
    """Text that any encoding can write: a lone surrogate is no text."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_plain(name): _plain(held) for name, held in value.items()}
    return value


def _end_of_whole(file: Any, end: int) -> int:  # noqa: ANN401 -- a binary file
    """Where the last line that has an end ends."""
    at = end
    while at > 0:
        start = max(0, at - _CHUNK_BYTES)
        file.seek(start)
        found: int = file.read(at - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        at = start
    return 0


def _last_whole(file: Any, end: int) -> bytes | None:  # noqa: ANN401 -- a binary file
    stop = _end_of_whole(file, end)
    if stop == 0:
        return None
    start = _end_of_whole(file, stop - 1)
    file.seek(start)
    line: bytes = file.read(min(stop - 1 - start, _MOST_LINE_BYTES))
    return line


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
