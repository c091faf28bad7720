"""The right to work in a workspace: a lock on a file that ends with the process that holds it, however that ends."""

import os
import sys
import time
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


_AGAIN_S = 0.01


@contextmanager
def held(folder: Path, name: str = ".lock", *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold a lock of a folder; one holder at a time, in this process or another.

    Parameters
    ----------
    folder : Path
        The folder.
    name : str
        Which of its locks.
    wait_s : float
        How long to wait for another holder, seconds.

    Raises
    ------
    WorkspaceBusyError
        If it is held already.
    WorkspaceError
        If there can be no lock in that folder.
    """
    path = folder / name
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    except OSError as error:
        raise WorkspaceError(f"{path}: cannot be locked ({error.strerror}); give yourself write permission") from None
    try:
        _lock(descriptor, folder, until=time.monotonic() + wait_s)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path, *, until: float) -> None:
    while True:
        try:
            _try_lock(descriptor)
        except OSError:
            if time.monotonic() < until:
                time.sleep(_AGAIN_S)
                continue
            raise WorkspaceBusyError(
                f"{folder}: another yardwatch is at work in it; wait until it has finished, then run the command again"
            ) from None
        return
