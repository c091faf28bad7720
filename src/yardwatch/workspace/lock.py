"""The right to work in a workspace: a lock on a file that ends with the process that holds it, however that ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yardwatch.errors import WorkspaceBusyError, WorkspaceError

__all__ = ["held"]

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; one holder at a time, in this process or another.

    Raises
    ------
    WorkspaceBusyError
        If it is held already.
    WorkspaceError
        If there can be no lock in that folder.
    """
    path = folder / ".lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    except OSError as error:
        raise WorkspaceError(f"{path}: cannot be locked ({error.strerror}); give yourself write permission") from None
    try:
        _lock(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        _try_lock(descriptor)
    except OSError:
        raise WorkspaceBusyError(
            f"{folder}: another yardwatch is at work in it; wait until it has finished, then run the command again"
        ) from None
