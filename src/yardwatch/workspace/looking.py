"""The part of a workspace on disk that finds a part of what it keeps without reading the rest."""

from collections.abc import Mapping, Sequence

from yardwatch.model.change import Change, Comparison
from yardwatch.model.correction import Correction
from yardwatch.model.observation import Observation
from yardwatch.model.railcar import Count
from yardwatch.model.scene import Scene
from yardwatch.workspace.comparison_rows import find_changes, read_comparison, read_comparison_heads
from yardwatch.workspace.correction_rows import read_corrections_of
from yardwatch.workspace.count_rows import read_count, read_heads
from yardwatch.workspace.database import Database
from yardwatch.workspace.observation_rows import find_observations, read_observations_of
from yardwatch.workspace.rules import by_date
from yardwatch.workspace.scene_rows import read_scene, read_scenes
from yardwatch.workspace.site_rows import read_site

__all__ = ["Looking"]


class Looking:
    """Reads by index: what takes as long with 200 scenes as with one."""

    _database: Database

    def scene(self, scene_id: str) -> Scene | None:
        """The scene with that id, if it is kept."""
        return read_scene(self._database, scene_id)

    def count_of(self, scene_id: str) -> Count | None:
        """The count of one scene that was saved last; None if it was never counted or is not kept."""
        with self._database.reading():
            scene = read_scene(self._database, scene_id)
            return None if scene is None else read_count(self._database, scene)

    def heads(self) -> Sequence[Count]:
        """The count of each scene that was saved last, by date, without its railcars, strings and tracks."""
        with self._database.reading():
            scenes = {scene.id: scene for scene in read_scenes(self._database)}
            counts = read_heads(self._database, scenes)
        return by_date(counts, lambda count: count.scene.acquired)

    def corrections_of(self, scene_id: str) -> Sequence[Correction]:
        """The decisions of persons on the railcars of one scene, in the order in which they were made."""
        return read_corrections_of(self._database, scene_id)

    def observations_of(self, scene_id: str) -> Sequence[Observation]:
        """The observations of one scene, by date; undated ones last."""
        return by_date(read_observations_of(self._database, scene_id), lambda observation: observation.when)

    def find_observations(
        self, equal: Mapping[str, str], *, limit: int, offset: int = 0
    ) -> tuple[Sequence[Observation], int]:
        """Some observations by date, undated ones last, and how many there are.

        Parameters
        ----------
        equal : mapping
            What some of ``zone``, ``class``, ``scene``, ``by``, ``source`` and ``method`` must be.
        limit, offset : int
            How many, after leaving out how many.
        """
        with self._database.reading():
            return find_observations(self._database, equal, limit=limit, offset=offset)

    def comparison_of(self, before: str, after: str) -> Comparison | None:
        """What was found between two scenes; None if they were not compared."""
        with self._database.reading():
            scenes = {scene.id: scene for scene in read_scenes(self._database)}
            return read_comparison(self._database, scenes, read_site(self._database).crs, before=before, after=after)

    def comparison_heads(self) -> Sequence[tuple[Comparison, Mapping[str, int]]]:
        """What was found between scenes but for the changes, of which only the numbers by kind are given."""
        with self._database.reading():
            scenes = {scene.id: scene for scene in read_scenes(self._database)}
            return read_comparison_heads(self._database, scenes, read_site(self._database).crs)

    def find_changes(
        self, equal: Mapping[str, str], *, limit: int, offset: int = 0
    ) -> tuple[Sequence[tuple[str, str, Change]], int]:
        """Some changes, each after the ids of its two scenes, and how many there are.

        Parameters
        ----------
        equal : mapping
            What some of ``zone``, ``kind``, ``before`` and ``after`` must be.
        limit, offset : int
            How many, after leaving out how many.
        """
        with self._database.reading():
            return find_changes(self._database, equal, limit=limit, offset=offset)

    def numbers(self) -> Mapping[str, int]:
        """How many things of each kind are kept."""
        with self._database.reading():
            return {name: self._number(query) for name, query in _NUMBERS.items()}

    def _number(self, query: str) -> int:
        return self._database.rows(lambda row: int(row[0]), query)[0]


_NUMBERS = {
    "scenes": "SELECT count(*) FROM scenes",
    "counted": "SELECT count(DISTINCT scene) FROM counts",
    "railcars": "SELECT count(*) FROM railcars WHERE count_id IN (SELECT max(id) FROM counts GROUP BY scene)",
    "zones": "SELECT count(*) FROM zones",
    "tracks": "SELECT count(*) FROM tracks",
    "observations": "SELECT count(*) FROM observations",
    "sources": "SELECT count(*) FROM sources",
    "claims": "SELECT count(*) FROM claims",
    "events": "SELECT count(*) FROM events",
    "comparisons": "SELECT count(*) FROM comparisons",
    "corrections": "SELECT count(*) FROM corrections",
}
