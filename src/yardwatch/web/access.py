"""What a route gets handed: the desk it works at, and whoever asks."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from yardwatch.model.scene import Scene
from yardwatch.pipeline.deskwork import DeskStore, open_desk, revision_of
from yardwatch.pipeline.site_history import SiteHistory
from yardwatch.web.basemap import Basemap
from yardwatch.web.jobs import Jobs
from yardwatch.web.limits import Limits
from yardwatch.web.problems import NotModified, Problem
from yardwatch.web.roles import PersonAtDesk, Role
from yardwatch.web.signing_in import Doors
from yardwatch.web.tilework import Tiles

__all__ = ["Analyst", "Desk", "Editor", "Person", "TheDesk", "fresh"]


@dataclass(frozen=True, slots=True)
class Desk:
    """One workspace that is served."""

    folder: Path
    """Its folder, absolute."""
    doors: Doors
    """How persons come in."""
    jobs: Jobs
    """The long work."""
    tiles: Tiles
    """What makes tiles of scenes."""
    sites: SiteHistory
    """The versions of the site."""
    limits: Limits
    """What one request may use."""
    basemap: Basemap | None = None
    """A map from outside, where one was asked for."""
    _scenes: dict[str, tuple[str, Scene]] = field(default_factory=dict)
    _writer: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def reading(self) -> Iterator[DeskStore]:
        """The workspace, opened for this thread."""
        with open_desk(self.folder) as store:
            yield store

    @contextmanager
    def writing(self) -> Iterator[DeskStore]:
        """The workspace, opened for this thread; one request writes at a time."""
        with self._writer, open_desk(self.folder) as store:
            yield store

    def revision(self) -> str:
        """A word that is another after each change of the workspace, whoever made it."""
        return revision_of(self.folder)

    def scene_known(self, scene_id: str) -> Scene:
        """The scene with that id, without opening the workspace where nothing changed since it was last asked for.

        Raises
        ------
        Problem
            If there is none.
        """
        revision = self.revision()
        known = self._scenes.get(scene_id)
        if known is not None and known[0] == revision:
            return known[1]
        with self.reading() as store:
            found = self.scene(store, scene_id)
        self._scenes[scene_id] = (revision, found)
        return found

    @staticmethod
    def file_of(store: DeskStore, scene_id: str) -> Path | None:
        """The file of a scene; None where it is gone."""
        path = Path(store.source_of(scene_id))
        return path if path.is_file() else None

    @staticmethod
    def scene(store: DeskStore, scene_id: str) -> Scene:
        """The scene with that id.

        Raises
        ------
        Problem
            If there is none.
        """
        found = store.scene(scene_id)
        if found is None:
            raise Problem(404, "not_found", f'there is no scene "{scene_id}"', "GET /api/scenes names those there are")
        return found


def _desk(request: Request) -> Desk:
    found = request.app.state.desk
    assert isinstance(found, Desk)  # noqa: S101 -- put there by make_app
    return found


def _person(request: Request) -> PersonAtDesk:
    session = request.state.session
    if session is None:
        raise Problem(401, "not_signed_in", "nobody is signed in", "use the link that was printed, or sign in")
    found = session.person
    assert isinstance(found, PersonAtDesk)  # noqa: S101 -- put there by the gate
    return found


def _at_least(person: PersonAtDesk, role: Role) -> PersonAtDesk:
    if person.role < role:
        raise Problem(403, "role", f"it takes an {role.word} to do this", "ask whoever keeps the user file")
    return person


def _analyst(person: Annotated[PersonAtDesk, Depends(_person)]) -> PersonAtDesk:
    return _at_least(person, Role.ANALYST)


def _editor(person: Annotated[PersonAtDesk, Depends(_person)]) -> PersonAtDesk:
    return _at_least(person, Role.EDITOR)


TheDesk = Annotated[Desk, Depends(_desk)]
"""The desk of this application."""
Person = Annotated[PersonAtDesk, Depends(_person)]
"""Whoever asks."""
Analyst = Annotated[PersonAtDesk, Depends(_analyst)]
"""Whoever asks, an analyst at least."""
Editor = Annotated[PersonAtDesk, Depends(_editor)]
"""Whoever asks, an editor."""


def _fresh(request: Request, desk: TheDesk) -> None:
    """Say which version of the answer this is, and stop where the client has it."""
    said = f"{desk.revision()} {request.url.path}?{request.url.query} {request.app.version}"
    etag = f'W/"{hashlib.sha256(said.encode()).hexdigest()[:24]}"'
    request.state.etag = etag
    known = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    if etag in known:
        raise NotModified


fresh = Depends(_fresh)
"""For a route whose answer follows from the workspace alone: its ETag is the workspace's revision."""
