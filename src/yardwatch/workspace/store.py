"""The workspace as one GeoPackage."""

import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from yardwatch.model.claim import Claim, Source
from yardwatch.model.event import Event
from yardwatch.model.observation import Observation
from yardwatch.model.railcar import Count
from yardwatch.model.review import Review
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site
from yardwatch.workspace import lock
from yardwatch.workspace.cells import instant
from yardwatch.workspace.comparing import Comparing
from yardwatch.workspace.count_rows import read_counts, remove_count, remove_observations, write_count
from yardwatch.workspace.database import Database, insert
from yardwatch.workspace.deciding import Deciding
from yardwatch.workspace.looking import Looking
from yardwatch.workspace.observation_rows import read_observations, write_observation
from yardwatch.workspace.placing import Placing
from yardwatch.workspace.publishing import Publishing
from yardwatch.workspace.record_rows import (
    CLAIMS,
    EVENTS,
    SOURCES,
    read_copies,
    read_earlier,
    read_ids,
    read_record,
    read_records,
    read_reviews,
    table_of,
    write_record,
    write_review,
)
from yardwatch.workspace.record_rules import Record, check_record, is_kept, review_of
from yardwatch.workspace.redrawing import Redrawing
from yardwatch.workspace.rules import (
    by_date,
    check_count,
    check_observation,
    check_scene,
    check_scene_of,
    taken,
    unknown_scene,
)
from yardwatch.workspace.scene_rows import (
    kept_source,
    read_scene,
    read_scene_ids,
    read_scenes,
    source_path,
    write_scene,
)
from yardwatch.workspace.site_rows import read_site

__all__ = ["WORKSPACE_FILE", "GeoPackageStore"]

WORKSPACE_FILE = "yardwatch.gpkg"
"""Name of the GeoPackage in the folder of a workspace."""


class GeoPackageStore(Deciding, Placing, Comparing, Looking, Redrawing, Publishing):
    """A workspace on disk, made by `create_workspace` or `open_workspace`; a context manager, for one thread.

    Each method that writes does so in one transaction: what it was asked to keep is kept whole or not at all, whatever
    happens to the process.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self._database = database

    @property
    def folder(self) -> Path:
        """The folder of the workspace, absolute."""
        return self._folder

    @property
    def path(self) -> Path:
        """The GeoPackage."""
        return self._folder / WORKSPACE_FILE

    @property
    def reports(self) -> Path:
        """The folder for reports."""
        return self._folder / "reports"

    @property
    def chips(self) -> Path:
        """The folder for small pictures."""
        return self._folder / "chips"

    def site(self) -> Site:
        """The site that is watched, as it is drawn now."""
        with self._database.reading():
            return read_site(self._database)

    def add_scene(self, scene: Scene, source: str) -> bool:
        """Keep a scene, whose file is at `source`; False if one with this hash is kept already.

        If the file of that one is gone, the new place is noted: a moved image is found again by adding it again.

        Raises
        ------
        MisuseError
            If another image has the same id.
        """
        kept = kept_source(source, self._folder)
        with self._database.writing("add scene") as connection:
            row = connection.execute("SELECT source FROM scenes WHERE sha256 = ?", (scene.sha256,)).fetchone()
            if row is not None:
                if not source_path(str(row["source"]), self._folder).exists():
                    connection.execute("UPDATE scenes SET source = ? WHERE sha256 = ?", (kept, scene.sha256))
                return False
            check_scene(scene, read_scene_ids(self._database))
            crs = read_site(self._database).crs
            write_scene(connection, scene, kept, crs=crs, srs_id=self._srs_id(connection))
        return True

    def scenes(self) -> Sequence[Scene]:
        """All scenes, by date of acquisition; undated ones last."""
        return by_date(read_scenes(self._database), lambda scene: scene.acquired)

    def source_of(self, scene_id: str) -> str:
        """Where the file of a scene is: an absolute path; whether there still is a file is not looked at.

        Raises
        ------
        WorkspaceError
            If no such scene is kept.
        """
        found = self._database.rows(
            lambda row: str(row["source"]), "SELECT fid, source FROM scenes WHERE id = ?", scene_id
        )
        if not found:
            raise unknown_scene(scene_id)
        return str(source_path(found[0], self._folder))

    def pending(self, step: str) -> Sequence[Scene]:
        """Scenes for which `step` has not been finished, by date of acquisition."""
        with self._database.reading():
            finished = self._database.rows(
                lambda row: str(row["scene"]), "SELECT id, scene FROM finished_steps WHERE step = ?", step
            )
            scenes = read_scenes(self._database)
        done = set(finished)
        return by_date((scene for scene in scenes if scene.id not in done), lambda scene: scene.acquired)

    def save_count(self, count: Count, step: str, observations: Sequence[Observation]) -> None:
        """Keep a scene's count with its observations and mark `step` as finished, all or nothing.

        A count of the same scene by the same step is replaced together with its observations; what persons observed
        stays.

        Raises
        ------
        WorkspaceError
            If the scene is not kept.
        MisuseError
            If an observation is of another scene or zone, or its id is taken.
        """
        now = instant(datetime.now(UTC))
        with self._database.writing("count", by="machine") as connection:
            check_count(count, observations, read_scene(self._database, count.scene.id))
            site, srs_id = read_site(self._database), self._srs_id(connection)
            source_ids = read_ids(self._database, SOURCES)
            remove_count(connection, count.scene.id, step)
            write_count(connection, count, step, saved_at=now, srs_id=srs_id)
            for observation in observations:
                check_observation(observation, site, {count.scene.id}, source_ids)
                self._keep(connection, observation, site, step=step, srs_id=srs_id)
            connection.execute("DELETE FROM finished_steps WHERE scene = ? AND step = ?", (count.scene.id, step))
            insert(connection, "finished_steps", {"scene": count.scene.id, "step": step, "finished_at": now})

    def counts(self) -> Sequence[Count]:
        """The count of each scene that was saved last, by date of acquisition."""
        with self._database.reading():
            scenes = {scene.id: scene for scene in read_scenes(self._database)}
            counts = read_counts(self._database, scenes)
        return by_date(counts, lambda count: count.scene.acquired)

    def add_observation(self, observation: Observation) -> None:
        """Keep what a person saw.

        Raises
        ------
        WorkspaceError
            If its scene or its source is not kept.
        MisuseError
            If its zone is neither zone nor place of the site, or its id is taken.
        """
        with self._database.writing("observe", by=observation.by) as connection:
            site = read_site(self._database)
            check_observation(observation, site, read_scene_ids(self._database), read_ids(self._database, SOURCES))
            self._keep(connection, observation, site, step=None, srs_id=self._srs_id(connection))

    def replace_observations(self, scene_id: str, step: str, observations: Sequence[Observation]) -> None:
        """Keep what follows from `step` in a scene, in place of what followed from it before.

        Raises
        ------
        WorkspaceError
            If the scene is not kept.
        MisuseError
            If an observation is of another scene, or its id is taken.
        """
        with self._database.writing("observe", by="machine") as connection:
            if read_scene(self._database, scene_id) is None:
                raise unknown_scene(scene_id)
            check_scene_of(observations, scene_id)
            site, srs_id = read_site(self._database), self._srs_id(connection)
            source_ids = read_ids(self._database, SOURCES)
            remove_observations(connection, scene_id, step)
            for observation in observations:
                check_observation(observation, site, {scene_id}, source_ids)
                self._keep(connection, observation, site, step=step, srs_id=srs_id)

    def observations(self) -> Sequence[Observation]:
        """All observations, by date; undated ones last."""
        return by_date(read_observations(self._database), lambda observation: observation.when)

    def add_source(self, source: Source) -> bool:
        """Keep a source; False if it is kept already, also if a person has graded it since.

        Raises
        ------
        MisuseError
            If another has its id, or its date or grade is none.
        """
        return self._add(source)

    def sources(self) -> Sequence[Source]:
        """All sources, by date of publication; undated ones last."""
        return by_date(read_records(self._database, SOURCES), lambda source: source.published)

    def add_claim(self, claim: Claim) -> bool:
        """Keep a claim of a source that is kept; False if it is kept already, also if a person has judged it since.

        Raises
        ------
        WorkspaceError
            If its source or the claim it copies is not kept.
        MisuseError
            If another has its id, or a date, number, grade, kind, span or zone of it is none.
        """
        return self._add(claim)

    def claims(self) -> Sequence[Claim]:
        """All claims, by the date of what they claim; undated ones last."""
        return by_date(read_records(self._database, CLAIMS), lambda claim: claim.when)

    def add_event(self, event: Event) -> bool:
        """Keep an event; False if it is kept already.

        Raises
        ------
        MisuseError
            If another has its id, or a date of it is none.
        """
        return self._add(event)

    def events(self) -> Sequence[Event]:
        """All events, by date."""
        return by_date(read_records(self._database, EVENTS), lambda event: event.when)

    def review(
        self, changed: Source | Claim | Event, *, by: str, reviewed_at: datetime, note: str | None = None
    ) -> bool:
        """Put a person's version in the place of the kept one, and keep both; False if nothing differs.

        Raises
        ------
        WorkspaceError
            If nothing with its id is kept, or what it refers to is not.
        MisuseError
            If the new version is unsound, nobody is named, or the time has no zone.
        """
        with self._database.writing("review", by=by) as connection:
            kept = read_record(self._database, table_of(changed), changed.id)
            review = review_of(kept, changed, by=by, reviewed_at=reviewed_at, note=note)
            if review.before == changed:
                return False
            self._check(changed)
            write_review(connection, review)
        return True

    def reviews(self) -> Sequence[Review]:
        """All decisions of persons, in the order in which they were made."""
        return read_reviews(self._database)

    def working(self) -> AbstractContextManager[None]:
        """Hold the right to run; one holder at a time, until the process ends at the latest.

        Raises
        ------
        WorkspaceBusyError
            If it is held already.
        """
        return lock.held(self._folder)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def __enter__(self) -> "GeoPackageStore":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _add(self, record: Record) -> bool:
        with self._database.writing(f"add {table_of(record).name.removesuffix('s')}") as connection:
            kept = read_record(self._database, table_of(record), record.id)
            if is_kept(record, kept, read_earlier(self._database, record)):
                return False
            self._check(record)
            write_record(connection, record)
        return True

    def _check(self, record: Record) -> None:
        sources, copies = read_ids(self._database, SOURCES), read_copies(self._database)
        check_record(record, read_site(self._database), sources, copies)

    @staticmethod
    def _srs_id(connection: sqlite3.Connection) -> int:
        """The number by which the layers refer to the site's CRS."""
        row = connection.execute("SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = 'zones'").fetchone()
        return int(row["srs_id"])

    @staticmethod
    def _keep(
        connection: sqlite3.Connection, observation: Observation, site: Site, *, step: str | None, srs_id: int
    ) -> None:
        if connection.execute("SELECT 1 FROM observations WHERE id = ?", (observation.id,)).fetchone():
            raise taken(observation)
        write_observation(connection, observation, site, step=step, srs_id=srs_id)
