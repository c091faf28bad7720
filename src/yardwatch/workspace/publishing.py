"""The part of a workspace on disk that keeps what was published, and its audit log."""

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from yardwatch.errors import MisuseError, WorkspaceError
from yardwatch.model.publishing import AuditHead, Edition, SignOff
from yardwatch.workspace.database import Database
from yardwatch.workspace.edition_rows import read_editions, read_sign_offs, write_edition, write_sign_off
from yardwatch.workspace.journal import BrokenEntryError, Journal, Said, parsed_entry
from yardwatch.workspace.keeping_log import OUTSIDE, LogKeeper
from yardwatch.workspace.subjects import all_digests

__all__ = ["LEFT_OUT", "PERSONS_FILES", "Publishing"]

LEFT_OUT: Final = "left-out/"
"""With this begin the names of what the log says was left out of an evidence package."""

PERSONS_FILES: Final = ("report-texts.md", "permissions.json")
"""Names of the files beside the GeoPackage in which persons' words and permissions are kept."""

_UNSIGNED = ("edition/", "sign-off/")


class Publishing:
    """Keeps editions and sign-offs, each in one transaction; what is kept is never changed."""

    _database: Database
    _folder: Path

    @property
    def by(self) -> str | None:
        """Who changes the workspace where the change itself does not say it; told in the audit log."""
        return self._keeper.by

    @by.setter
    def by(self, name: str | None) -> None:
        self._keeper.by = name

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """A look at the tables, in a transaction that sees one state of them; for this room only."""
        return self._database.reading()

    def keep_edition(self, edition: Edition) -> None:
        """Keep what was published.

        Raises
        ------
        MisuseError
            If its number is not the next one.
        """
        with self._database.writing("publish", by=edition.by) as connection:
            following = 1 + len(read_editions(self._database))
            if edition.number != following:
                raise MisuseError(f"edition {edition.number} cannot follow; the next one is {following}")
            write_edition(connection, edition)

    def editions(self) -> Sequence[Edition]:
        """All editions in their order."""
        return read_editions(self._database)

    def keep_sign_off(self, sign_off: SignOff) -> None:
        """Keep that a person stands for what the workspace holds now."""
        contents = self.contents()
        with self._database.writing("sign off", by=sign_off.by) as connection:
            write_sign_off(connection, sign_off, contents)

    def sign_offs(self) -> Sequence[SignOff]:
        """The sign-offs of just what the workspace holds now, in their order; others have lapsed."""
        contents = self.contents()
        return [signed for signed, then in read_sign_offs(self._database) if then == contents]

    def contents(self) -> str:
        """Hash of all records, and of what persons keep beside them; editions and sign-offs apart."""
        with self._database.reading() as connection:
            found = all_digests(connection)
        kept = {name: digest for name, digest in found.items() if not name.startswith(_UNSIGNED)}
        for path in (self._folder / name for name in PERSONS_FILES):
            if path.is_file():
                kept[f"file/{path.name}"] = _hash(path)
        return sha256(json.dumps(kept, sort_keys=True).encode("utf-8", "replace")).hexdigest()

    def head(self) -> AuditHead | None:
        """The end of the audit log; None where there is none yet.

        Raises
        ------
        WorkspaceError
            If its last entry is damaged.
        """
        last = self.journal.last()
        return last.head if last else None

    @property
    def journal(self) -> Journal:
        """The audit log."""
        return self._keeper.journal

    def begin_log(self) -> None:
        """Begin the audit log, with all that the workspace holds by now; nothing if there is one."""
        if not self.journal.exists():
            with self._database.reading() as connection:
                self._keeper.start(connection)

    def log(self, what: str, subjects: Mapping[str, str | None], *, by: str | None = None, why: str | None = None,
            more: Mapping[str, str | int | bool | None] | None = None) -> AuditHead:  # fmt: skip
        """Tell the audit log of something beside the GeoPackage, e.g. files written; by subject, its hash."""
        self.begin_log()
        said = Said(what=what, by=by or self.by, subjects=subjects, why=why, more=more)
        return self.journal.append(said).head

    def log_files(self, what: str, paths: Sequence[Path], *, by: str | None = None) -> None:
        """Tell the audit log of files in the workspace's folder that are there now, with their hashes.

        Raises
        ------
        WorkspaceError
            If one cannot be read.
        """
        if paths:
            self.log(what, {f"file/{self.name_of(path)}": _hash(path) for path in paths}, by=by)

    def log_document(self, what: str, path: Path, audience: str) -> None:
        """Tell the audit log of a document that was written, in the workspace's folder or elsewhere."""
        if path.is_file():  # and not a stream
            place = f"file/{self.name_of(path)}" if self.holds(path) else f"document/{path.name}"
            self.log(what, {place: _hash(path)}, more={"audience": audience})

    def log_changed_files(self, what: str, paths: Sequence[Path], *, by: str | None = None) -> None:
        """As `log_files`, of those only that the log does not know as they are."""
        known: dict[str, str | None] = {}
        for entry in self.journal.entries():
            known |= {name: digest for name, digest in entry.subjects.items() if name.startswith("file/")}
        self.log_files(what, [path for path in paths if known.get(f"file/{self.name_of(path)}") != _hash(path)], by=by)

    def extend_file(self, what: str, path: Path, line: str, *, by: str | None = None) -> None:
        """Write a line at the end of a file in the workspace's folder that only grows, and tell the audit log of it.

        Where the file is not what the log says, the log tells that first: what was changed without us stays a finding.

        Raises
        ------
        WorkspaceError
            If it cannot be written.
        """
        self.see_file(path)
        try:
            with path.open("a", encoding="utf-8", errors="replace") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise WorkspaceError(f"{path}: cannot be written ({error.strerror}); give yourself permission") from None
        self.log_files(what, [path], by=by)

    def see_file(self, path: Path) -> None:
        """Take a file that the audit log does not know on record; tell the log where one is not as it says."""
        name = f"file/{self.name_of(path)}"
        now, known = _hash(path) if path.is_file() else None, self._last_logged(name)
        if now != known:
            self.log(OUTSIDE if known else "begin", {name: now})

    def _last_logged(self, name: str) -> str | None:
        """The hash of a file as the log told it last; only the lines that name it are parsed."""
        written, found = json.dumps(name, ensure_ascii=False).encode("utf-8", "replace"), None
        for line in self.journal.lines():
            if written in line:
                with suppress(BrokenEntryError):  # the audit tells of it
                    found = parsed_entry(line.rstrip(b"\n")).subjects.get(name, found)
        return found

    def name_of(self, path: Path) -> str:
        """How the audit log names a file: from the folder of the workspace on."""
        whole = path.absolute()
        inside = whole if whole.is_relative_to(self._folder) else path.resolve()
        root = self._folder if inside.is_relative_to(self._folder) else self._folder.resolve()
        return inside.relative_to(root).as_posix() if inside.is_relative_to(root) else path.name

    def holds(self, path: Path) -> bool:
        """Whether a file lies in the folder of the workspace."""
        return path.resolve().is_relative_to(self._folder.resolve())

    def accept(self, *, by: str, why: str, files: Mapping[str, str | None] | None = None) -> AuditHead:
        """Take the workspace, and some files in its folder, as they are now as right, and say so in the audit log."""
        self.begin_log()
        with self._database.reading() as connection:
            self._keeper.deliver(connection)
            return self._keeper.accept(connection, by=by, why=why, files=files or {}).head

    def pack(self, sources: Mapping[str, str], left_out: Mapping[str, str], *, at: str) -> None:
        """Make a copy of a workspace one that travels: where its images are, and what was left out and why.

        Parameters
        ----------
        sources : mapping
            Id of each scene to the place of its file, from the folder on.
        left_out : mapping
            What was left out, ``scene/ID`` or ``file/NAME``, to the reason.
        at : str
            The instant that the log tells, so that the same workspace gives the same copy.
        """
        self._keeper.at = at
        self._keeper.more = {f"{LEFT_OUT}{name}": reason for name, reason in left_out.items()}
        with self._database.writing("pack") as connection:
            for scene_id, source in sources.items():
                connection.execute("UPDATE scenes SET source = ? WHERE id = ?", (source, scene_id))
        if not sources:
            self._keeper.journal.append(Said(what="pack", subjects={}, at=at, more=self._keeper.more))

    @property
    def _keeper(self) -> LogKeeper:
        assert self._database.keeper is not None  # noqa: S101 -- `open_workspace` gives one
        return self._database.keeper


def _hash(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise WorkspaceError(f"{path}: cannot be read ({error.strerror}); give yourself permission") from None
