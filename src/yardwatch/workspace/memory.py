"""A workspace that lives as long as the process: for one count, and for tests."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType

from yardwatch.errors import WorkspaceBusyError
from yardwatch.model.alignment import SceneAlignment
from yardwatch.model.change import Comparison
from yardwatch.model.claim import Claim, Source
from yardwatch.model.correction import Correction
from yardwatch.model.dates import When
from yardwatch.model.event import Event
from yardwatch.model.network import NetworkChoice
from yardwatch.model.observation import Observation
from yardwatch.model.railcar import Count
from yardwatch.model.review import Review
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site
from yardwatch.workspace.alignment_rules import check_alignment
from yardwatch.workspace.comparison_rules import check_comparison, step_of
from yardwatch.workspace.correction_rules import check_choice, check_correction
from yardwatch.workspace.record_rules import Record, check_record, is_kept, kind_of, review_of
from yardwatch.workspace.rules import (
    by_date,
    check_count,
    check_observation,
    check_scene,
    check_scene_of,
    taken,
    unknown_scene,
)

__all__ = ["MemoryStore"]


@dataclass(frozen=True, slots=True)
class _Kept:
    """An observation and the step and scene it came with; both None for a person's."""

    observation: Observation
    step: str | None
    scene_id: str | None


class MemoryStore:
    """Keeps the same things by the same rules as a workspace on disk, and forgets them."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._scenes: dict[str, Scene] = {}
        self._sources: dict[str, str] = {}
        self._counts: dict[tuple[str, str], Count] = {}
        self._observations: list[_Kept] = []
        self._records: dict[tuple[str, str], Record] = {}
        self._reviews: list[Review] = []
        self._alignments: dict[str, SceneAlignment] = {}
        self._comparisons: dict[tuple[str, str], Comparison] = {}
        self._corrections: list[Correction] = []
        self._choices: list[NetworkChoice] = []
        self._lock = threading.Lock()

    def site(self) -> Site:
        """The site that is watched."""
        return self._site

    def add_scene(self, scene: Scene, source: str) -> bool:
        """Keep a scene, whose file is at `source`; False if one with this hash is kept already.

        Raises
        ------
        MisuseError
            If another image has the same id.
        """
        place = os.path.normpath(Path(source).absolute())
        for kept in self._scenes.values():
            if kept.sha256 == scene.sha256:
                if not Path(self._sources[kept.id]).exists():
                    self._sources[kept.id] = place
                return False
        check_scene(scene, self._scenes)
        self._scenes[scene.id] = scene
        self._sources[scene.id] = place
        return True

    def scenes(self) -> Sequence[Scene]:
        """All scenes, by date of acquisition; undated ones last."""
        return by_date(self._scenes.values(), lambda scene: scene.acquired)

    def source_of(self, scene_id: str) -> str:
        """Where the file of a scene is: an absolute path.

        Raises
        ------
        WorkspaceError
            If no such scene is kept.
        """
        if scene_id not in self._sources:
            raise unknown_scene(scene_id)
        return self._sources[scene_id]

    def keep_alignment(self, found: SceneAlignment) -> None:
        """Keep how a scene lies on another, in place of what was kept before; if accepted, the scene lies there now.

        Raises
        ------
        WorkspaceError
            If a scene is not kept.
        MisuseError
            If it is not of this scene.
        """
        check_alignment(found, {scene.id: scene.grid for scene in self._scenes.values()})
        self._alignments[found.scene_id] = found
        self._scenes[found.scene_id] = replace(self._scenes[found.scene_id], grid=found.alignment.grid)

    def alignments(self) -> Sequence[SceneAlignment]:
        """What was found for each scene that was to be aligned, in the order in which the scenes were added."""
        return [self._alignments[scene_id] for scene_id in self._scenes if scene_id in self._alignments]

    def keep_comparison(self, found: Comparison, observations: Sequence[Observation] = ()) -> None:
        """Keep what was found between two scenes with its observations, in place of what was kept for these two.

        Raises
        ------
        WorkspaceError
            If a scene is not kept.
        MisuseError
            If it is unsound, or an observation is of another scene or its id is taken.
        """
        check_comparison(found, observations, self._site, self._scenes)
        step, scene_id, pair = step_of(found), found.after.id, (found.before.id, found.after.id)
        self._replace(observations, step, scene_id)
        self._comparisons.pop(pair, None)
        self._comparisons[pair] = found

    def comparisons(self) -> Sequence[Comparison]:
        """What was found between scenes, in the order in which they were compared."""
        return [
            replace(found, before=self._scenes[before], after=self._scenes[after])
            for (before, after), found in self._comparisons.items()
        ]

    def pending(self, step: str) -> Sequence[Scene]:
        """Scenes for which `step` has not been finished, by date of acquisition."""
        return [scene for scene in self.scenes() if (scene.id, step) not in self._counts]

    def save_count(self, count: Count, step: str, observations: Sequence[Observation]) -> None:
        """Keep a scene's count with its observations and mark `step` as finished, all or nothing.

        Raises
        ------
        WorkspaceError
            If the scene is not kept.
        MisuseError
            If an observation is of another scene or zone, or its id is taken.
        """
        scene_id = count.scene.id
        check_count(count, observations, self._scenes.get(scene_id))
        self._replace(observations, step, scene_id)
        self._counts.pop((scene_id, step), None)
        self._counts[scene_id, step] = count

    def counts(self) -> Sequence[Count]:
        """The count of each scene that was saved last, by date of acquisition."""
        latest = {scene_id: count for (scene_id, _), count in self._counts.items()}
        return by_date((latest[scene_id] for scene_id in self._scenes if scene_id in latest), _acquired)

    def count_of(self, scene_id: str) -> Count | None:
        """The count of one scene that was saved last; None if it was never counted or is not kept."""
        return next((count for count in self.counts() if count.scene.id == scene_id), None)

    def add_observation(self, observation: Observation) -> None:
        """Keep what a person saw.

        Raises
        ------
        WorkspaceError
            If its scene or its source is not kept.
        MisuseError
            If its zone is neither zone nor place of the site, or its id is taken.
        """
        check_observation(observation, self._site, self._scenes, self._source_ids())
        _check_free(observation, self._observations)
        self._observations.append(_Kept(observation, None, None))

    def replace_observations(self, scene_id: str, step: str, observations: Sequence[Observation]) -> None:
        """Keep what follows from `step` in a scene, in place of what followed from it before.

        Raises
        ------
        WorkspaceError
            If the scene is not kept.
        MisuseError
            If an observation is of another scene, or its id is taken.
        """
        if scene_id not in self._scenes:
            raise unknown_scene(scene_id)
        check_scene_of(observations, scene_id)
        self._replace(observations, step, scene_id)

    def observations(self) -> Sequence[Observation]:
        """All observations, by date; undated ones last."""
        return by_date((kept.observation for kept in self._observations), lambda observation: observation.when)

    def observations_of(self, scene_id: str) -> Sequence[Observation]:
        """The observations of one scene, by date; undated ones last."""
        return [seen for seen in self.observations() if seen.scene_id == scene_id]

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
        found = (record for record in self._records.values() if isinstance(record, Source))
        return by_date(found, lambda source: source.published)

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
        found = (record for record in self._records.values() if isinstance(record, Claim))
        return by_date(found, lambda claim: claim.when)

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
        found = (record for record in self._records.values() if isinstance(record, Event))
        return by_date(found, lambda event: event.when)

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
        key = kind_of(changed), changed.id
        review = review_of(self._records.get(key), changed, by=by, reviewed_at=reviewed_at, note=note)
        if review.before == changed:
            return False
        self._check(changed)
        self._records[key] = changed
        self._reviews.append(review)
        return True

    def reviews(self) -> Sequence[Review]:
        """All decisions of persons, in the order in which they were made."""
        return list(self._reviews)

    def correct(self, corrections: Sequence[Correction]) -> None:
        """Keep a person's decisions on railcars, in their order, all or none.

        Raises
        ------
        WorkspaceError
            If the scene of one is not kept.
        MisuseError
            If one is unsound, about an unknown track, or has an id that is taken.
        """
        taken = {correction.id for correction in self._corrections}
        for correction in corrections:
            check_correction(correction, self._site, self._scenes, taken)
            taken.add(correction.id)
        self._corrections.extend(corrections)

    def corrections(self) -> Sequence[Correction]:
        """All decisions of persons on railcars, in the order in which they were made."""
        return list(self._corrections)

    def corrections_of(self, scene_id: str) -> Sequence[Correction]:
        """The decisions of persons on the railcars of one scene, in the order in which they were made."""
        return [one for one in self._corrections if one.scene_id == scene_id]

    def choose_network(self, choice: NetworkChoice) -> None:
        """Keep which network is used from now on.

        Raises
        ------
        MisuseError
            If nobody is named or the time has no zone.
        """
        check_choice(choice)
        self._choices.append(choice)

    def network_choices(self) -> Sequence[NetworkChoice]:
        """All choices of a network, in the order in which they were made; the last one holds."""
        return list(self._choices)

    def log_files(self, what: str, paths: Sequence[Path], *, by: str | None = None) -> None:
        """Nothing: a store in memory has no audit log."""

    @contextmanager
    def working(self) -> Iterator[None]:
        """Hold the right to run; one holder at a time.

        Raises
        ------
        WorkspaceBusyError
            If it is held already.
        """
        if not self._lock.acquire(blocking=False):
            raise WorkspaceBusyError("the workspace in memory is at work already; wait until that has finished")
        try:
            yield
        finally:
            self._lock.release()

    def close(self) -> None:
        """Nothing to let go of."""

    def __enter__(self) -> "MemoryStore":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _replace(self, observations: Sequence[Observation], step: str, scene_id: str) -> None:
        """Keep what a step observed in a scene in place of what it observed before."""
        rest = [kept for kept in self._observations if (kept.step, kept.scene_id) != (step, scene_id)]
        for observation in observations:
            check_observation(observation, self._site, self._scenes, self._source_ids())
            _check_free(observation, rest)
            rest.append(_Kept(observation, step, scene_id))
        self._observations = rest

    def _add(self, record: Record) -> bool:
        key = kind_of(record), record.id
        earlier = (review.before for review in self._reviews)
        if is_kept(record, self._records.get(key), earlier):
            return False
        self._check(record)
        self._records[key] = record
        return True

    def _check(self, record: Record) -> None:
        copies = {claim.id: claim.copied_from for claim in self.claims()}
        check_record(record, self._site, self._source_ids(), copies)

    def _source_ids(self) -> frozenset[str]:
        return frozenset(source.id for source in self.sources())


def _acquired(count: Count) -> When | None:
    return count.scene.acquired


def _check_free(observation: Observation, kept: Sequence[_Kept]) -> None:
    if any(other.observation.id == observation.id for other in kept):
        raise taken(observation)
