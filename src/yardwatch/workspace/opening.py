"""Making a workspace, and opening one that may come from a stranger."""

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from yardwatch._version import __version__
from yardwatch.errors import WorkspaceError, WorkspaceMissingError
from yardwatch.model.site import Site
from yardwatch.workspace.cells import instant
from yardwatch.workspace.database import Database
from yardwatch.workspace.keeping_log import LogKeeper
from yardwatch.workspace.lock import held
from yardwatch.workspace.migrations import migrate, newest_version
from yardwatch.workspace.schema import build
from yardwatch.workspace.sealing import SharedFile
from yardwatch.workspace.site_rows import write_site
from yardwatch.workspace.store import WORKSPACE_FILE, GeoPackageStore
from yardwatch.workspace.trust import check_kind, check_tables, check_triggers

__all__ = ["create_workspace", "open_workspace"]

_HEAD_OF_SQLITE = b"SQLite format 3\0"
_REMEDY = "make a workspace with: yardwatch init FOLDER --site SITE"


def create_workspace(folder: str | Path, site: Site, *, wait_s: float = 10.0) -> GeoPackageStore:
    """Make a workspace for a site in a folder, which may hold other files already.

    The file is made in memory and put in its place whole, so there is never half a workspace.

    Parameters
    ----------
    folder : str or Path
        Made if it is not there.
    site : Site
        What is watched.
    wait_s : float
        How long to wait for another program that is writing, seconds.

    Raises
    ------
    WorkspaceError
        If there is a workspace already, or the folder cannot be written. Nothing is changed then.
    MisuseError
        If the site cannot be kept: no CRS, or geometry that is none. Nothing is made then.
    """
    content = _content(site)
    place = Path(folder).absolute()
    path = place / WORKSPACE_FILE
    try:
        _refuse_existing(path)
        place.mkdir(parents=True, exist_ok=True)
        with held(place):
            _refuse_existing(path)
            _write_whole(path, content)
    except OSError as error:
        raise WorkspaceError(
            f"{place}: cannot be made a workspace ({error.strerror}); choose a folder that you may write in"
        ) from None
    store = open_workspace(place, wait_s=wait_s)
    store.begin_log()
    return store


def open_workspace(folder: str | Path, *, wait_s: float = 10.0) -> GeoPackageStore:
    """Open the workspace in a folder, and bring its tables up to date if an older program made it.

    Parameters
    ----------
    folder : str or Path
        The folder that holds ``yardwatch.gpkg``.
    wait_s : float
        How long to wait for another program that is writing, seconds.

    Raises
    ------
    WorkspaceMissingError
        If there is none.
    WorkspaceError
        If it is damaged, not ours, newer than this program or tampered with.
    WorkspaceBusyError
        If another program is writing for longer than that.
    """
    place = Path(folder).absolute()
    path = place / WORKSPACE_FILE
    _check_head(path)
    database = Database(path, wait_s=wait_s)
    try:
        check_kind(database)
        check_triggers(database)
        database.trust_triggers()
        migrate(database)
        check_tables(database)
        database.keep_log(LogKeeper(place, database.file))
        _make_folders(place)
    except BaseException:
        database.close()
        raise
    return GeoPackageStore(place, database)


def _content(site: Site) -> bytes:
    """The bytes of a workspace that holds a site."""
    connection = sqlite3.connect(":memory:")
    try:
        srs_id = build(connection, site.crs)
        connection.executemany(
            "INSERT INTO yardwatch_meta VALUES (?, ?)",
            [
                ("schema_version", str(newest_version())),
                ("created_at", instant(datetime.now(UTC))),
                ("created_by", f"yardwatch {__version__}"),
            ],
        )
        write_site(connection, site, srs_id=srs_id)
        connection.commit()
        return connection.serialize()
    finally:
        connection.close()


def _write_whole(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise WorkspaceError(f"{path.parent}: holds a workspace already; use it as it is, or choose another folder")


def _check_head(path: Path) -> None:
    try:
        if not path.is_file():
            raise WorkspaceMissingError(f"{path.parent}: holds no workspace; {_REMEDY}")
        file = SharedFile(path)
        try:
            head = file.start(len(_HEAD_OF_SQLITE))
        finally:
            file.close()
    except OSError as error:
        raise WorkspaceError(f"{path}: cannot be read ({error.strerror}); give yourself permission") from None
    if head != _HEAD_OF_SQLITE:
        problem = "is not a GeoPackage" if head else "is empty"
        raise WorkspaceError(f"{path}: {problem}; restore it from a copy, or {_REMEDY}")


def _make_folders(place: Path) -> None:
    for name in ("reports", "chips"):
        try:
            (place / name).mkdir(exist_ok=True)
        except OSError as error:
            problem = f"cannot be made ({error.strerror}); move away what is there"
            raise WorkspaceError(f"{place / name}: {problem}") from None
