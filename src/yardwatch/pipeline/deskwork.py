"""A workspace as a server works with it: opened for each request, and asked whether it changed."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yardwatch._version import __version__
from yardwatch.errors import WorkspaceMissingError
from yardwatch.pipeline.documents import Json, crs_code
from yardwatch.pipeline.lonlat import bounds_of, ring_of
from yardwatch.workspace import WORKSPACE_FILE, GeoPackageStore, open_workspace

__all__ = ["DeskStore", "open_desk", "revision_of", "workspace_facts"]

DeskStore = GeoPackageStore
"""A workspace on disk."""

_CHANGE_COUNTER = slice(24, 28)


@contextmanager
def open_desk(folder: Path) -> Iterator[DeskStore]:
    """The workspace in `folder`, for the thread that opens it.

    Raises
    ------
    WorkspaceError
        If there is none, or it cannot be used.
    """
    with open_workspace(folder) as store:
        yield store


def revision_of(folder: Path) -> str:
    """A word that is another after each change of the workspace, by whatever program.

    SQLite counts in the head of the file each transaction that wrote; what QGIS may have put into a log beside the
    file shows by that one's size and time.

    Raises
    ------
    WorkspaceMissingError
        If there is no workspace.
    """
    path = folder / WORKSPACE_FILE
    try:
        with path.open("rb") as file:
            counter = file.read(_CHANGE_COUNTER.stop)[_CHANGE_COUNTER]
        facts = [counter.hex(), path.stat().st_size, path.stat().st_mtime_ns]
    except OSError:
        raise WorkspaceMissingError(f"{folder}: holds no workspace any more; put it back, or stop the server") from None
    log = path.with_name(f"{path.name}-wal")
    if log.exists():
        facts += [log.stat().st_size, log.stat().st_mtime_ns]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def workspace_facts(store: DeskStore) -> dict[str, Json]:
    """What a workspace is, and how many things of each kind it holds."""
    site = store.site()
    points = [point for zone in site.zones for point in zone.rings[0]]
    points += [point for track in site.tracks for point in track.coordinates]
    return {
        "name": store.folder.name,
        "version": __version__,
        "site": {"name": site.name, "crs": crs_code(site.crs), "aliases": list(site.aliases)},
        "bounds": bounds_of(ring_of(tuple(points), site.crs)) if points else None,
        "numbers": dict(store.numbers()),
    }
