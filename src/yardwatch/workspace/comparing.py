"""The part of a workspace on disk that keeps what changed between its scenes."""

import sqlite3
from abc import abstractmethod
from collections.abc import Sequence

from yardwatch.model.change import Comparison
from yardwatch.model.observation import Observation
from yardwatch.model.site import Site
from yardwatch.workspace.comparison_rows import read_comparisons, remove_comparison, write_comparison
from yardwatch.workspace.comparison_rules import check_comparison, step_of
from yardwatch.workspace.count_rows import remove_observations
from yardwatch.workspace.database import Database
from yardwatch.workspace.record_rows import SOURCES, read_ids
from yardwatch.workspace.rules import check_observation
from yardwatch.workspace.scene_rows import read_scenes
from yardwatch.workspace.site_rows import read_site

__all__ = ["Comparing"]


class Comparing:
    """Keeps comparisons, each with its observations in one transaction."""

    _database: Database

    def keep_comparison(self, found: Comparison, observations: Sequence[Observation] = ()) -> None:
        """Keep what was found between two scenes with its observations, in place of what was kept for these two.

        Raises
        ------
        WorkspaceError
            If a scene is not kept.
        MisuseError
            If it is unsound, or an observation is of another scene or its id is taken.
        """
        with self._database.writing("compare") as connection:
            site, scenes = read_site(self._database), read_scenes(self._database)
            srs_id, scene_ids = self._srs_id(connection), {scene.id for scene in scenes}
            check_comparison(found, observations, site, scene_ids)
            remove_comparison(connection, found.before.id, found.after.id)
            remove_observations(connection, found.after.id, step_of(found))
            write_comparison(connection, found, srs_id=srs_id)
            source_ids = read_ids(self._database, SOURCES)
            for observation in observations:
                check_observation(observation, site, scene_ids, source_ids)
                self._keep(connection, observation, site, step=step_of(found), srs_id=srs_id)

    def comparisons(self) -> Sequence[Comparison]:
        """What was found between scenes, in the order in which they were compared."""
        with self._database.reading():
            scenes = {scene.id: scene for scene in read_scenes(self._database)}
            return read_comparisons(self._database, scenes, read_site(self._database).crs)

    @staticmethod
    @abstractmethod
    def _srs_id(connection: sqlite3.Connection) -> int:
        """How the file refers to the CRS of its layers."""

    @staticmethod
    @abstractmethod
    def _keep(
        connection: sqlite3.Connection, observation: Observation, site: Site, *, step: str | None, srs_id: int
    ) -> None:
        """Write an observation whose id must be free."""
