"""The part of a workspace on disk that keeps how scenes lie on one another."""

import sqlite3
from abc import abstractmethod
from collections.abc import Sequence

from yardwatch.model.alignment import SceneAlignment
from yardwatch.workspace.alignment_rows import read_alignments, write_alignment
from yardwatch.workspace.alignment_rules import check_alignment
from yardwatch.workspace.database import Database
from yardwatch.workspace.scene_rows import read_scenes
from yardwatch.workspace.site_rows import read_site

__all__ = ["Placing"]


class Placing:
    """Keeps alignments; a scene lies where its newest one puts it."""

    _database: Database

    def keep_alignment(self, found: SceneAlignment) -> None:
        """Keep how a scene lies on another, in place of what was kept before; if accepted, the scene lies there now.

        Raises
        ------
        WorkspaceError
            If a scene is not kept.
        MisuseError
            If it is not of this scene.
        """
        with self._database.writing("align") as connection:
            check_alignment(found, {scene.id: scene.grid for scene in read_scenes(self._database)})
            crs = read_site(self._database).crs
            write_alignment(connection, found, crs=crs, srs_id=self._srs_id(connection))

    def alignments(self) -> Sequence[SceneAlignment]:
        """What was found for each scene that was to be aligned, in the order in which the scenes were added."""
        return read_alignments(self._database)

    @staticmethod
    @abstractmethod
    def _srs_id(connection: sqlite3.Connection) -> int:
        """How the file refers to the CRS of its layers."""
