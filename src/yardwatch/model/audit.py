"""What an audit log holds, and what an audit finds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from yardwatch.model.publishing import AuditHead

__all__ = ["NO_ENTRY", "Entry", "Finding", "Level"]

NO_ENTRY: Final = "0" * 64
"""What the first entry names as the hash of the entry before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of an audit log."""

    sequence: int
    """Counted from 1."""
    at: str
    """When it was written: an instant in UTC."""
    by: str | None
    """Who did it: a person's name, ``machine``, or None where nobody is named."""
    what: str
    """What was done, e.g. ``count``."""
    subjects: Mapping[str, str | None]
    """What it was done to, e.g. ``observation/p-1``, and the SHA-256 of what that is now; None if it is gone."""
    previous: str
    """Hash of the entry before; `NO_ENTRY` for the first."""
    sha256: str
    """Hash of this entry without this field."""
    change: int = 0
    """Number of the last change of the GeoPackage that the log holds up to here."""
    counter: int | None = None
    """SQLite's count of the writes to the GeoPackage after it; None where that could not be told."""
    sealed: str | None = None
    """SHA-256 of the bytes of the GeoPackage, where they have been sealed since they were last changed."""
    why: str | None = None
    """In the words of who did it."""
    more: Mapping[str, str | int | bool | None] = field(default_factory=dict)
    """Anything else, by name."""

    @property
    def head(self) -> AuditHead:
        """The log's head if this is its last entry."""
        return AuditHead(self.sequence, self.sha256)


class Level(StrEnum):
    """How bad a finding is."""

    BROKEN = "broken"
    """Something is not what was recorded, and no person can have meant it so."""
    EDITED = "edited"
    """Somebody changed something without Yardwatch; it holds once a person has said who and why."""
    NOTE = "note"
    """A reader should know; nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that an audit found."""

    code: str
    """Stable word for programs, e.g. ``scene_changed``."""
    level: Level
    """How bad it is."""
    subject: str
    """What it is about: a file, an entry of the log, a record."""
    message: str
    """What is the matter."""
    remedy: str
    """What to do about it."""
