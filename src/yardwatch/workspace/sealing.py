"""The bytes of the GeoPackage: their hash, and who may have written them.

SQLite counts in the head of the file how often it was written. A program such as QGIS moves that count on; a flipped
byte does not. That tells an edit from damage.

On POSIX, a process that closes any descriptor of a file loses all its locks on it, also those that SQLite holds through
another one. So all of a process read through one descriptor, which is closed when nobody uses the file any more.
"""

import os
import struct
import threading
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

__all__ = ["Head", "SharedFile"]

_HEAD_BYTES = 100
_CHUNK_BYTES = 1 << 20
_ROLLBACK: Final = b"\x01\x01"


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of an SQLite file says of writes to it."""

    counter: int
    """How often it was written."""
    valid_for: int
    """That count when SQLite last wrote the head."""
    rollback: bool
    """Whether all that was written is in this file, and not in a log beside it."""

    @property
    def sound(self) -> bool:
        """Whether SQLite, and nothing else, wrote the count."""
        return self.counter == self.valid_for

    @property
    def writes(self) -> int | None:
        """The count where it can be relied on."""
        return self.counter if self.rollback else None


class SharedFile:
    """Reads a file through the one descriptor that all of this process share; `close` it."""

    _lock = threading.Lock()
    _open: dict[tuple[int, int], tuple[int, int]] = {}  # noqa: RUF012 -- shared on purpose

    def __init__(self, path: Path) -> None:
        with self._lock:
            facts = path.stat()
            self._key = (facts.st_dev, facts.st_ino)
            descriptor, users = self._open.get(self._key, (-1, 0))
            if not users:
                descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
            self._open[self._key] = (descriptor, users + 1)
            self._descriptor: int | None = descriptor

    def head(self) -> Head:
        """What the head says now."""
        with self._lock:
            content = self._read(0, _HEAD_BYTES)
        content = content.ljust(_HEAD_BYTES, b"\0")
        (counter,) = struct.unpack_from(">I", content, 24)
        (valid_for,) = struct.unpack_from(">I", content, 92)
        return Head(counter, valid_for, content[18:20] == _ROLLBACK)

    def start(self, size: int) -> bytes:
        """The first bytes."""
        with self._lock:
            return self._read(0, size)

    def sha256(self) -> str:
        """Hash of all bytes; that nobody writes meanwhile is the caller's care."""
        digest, at = sha256(), 0
        while True:
            with self._lock:
                chunk = self._read(at, _CHUNK_BYTES)
            if not chunk:
                return digest.hexdigest()
            digest.update(chunk)
            at += len(chunk)

    def close(self) -> None:
        """Let go of it."""
        with self._lock:
            if self._descriptor is None:
                return
            self._descriptor = None
            descriptor, users = self._open[self._key]
            if users > 1:
                self._open[self._key] = (descriptor, users - 1)
                return
            del self._open[self._key]
            os.close(descriptor)

    def _read(self, at: int, size: int) -> bytes:
        if self._descriptor is None:
            raise ValueError("the file is closed")
        os.lseek(self._descriptor, at, os.SEEK_SET)
        return os.read(self._descriptor, size)
