"""Keep what a person saw."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from yardwatch.errors import MisuseError, Notice
from yardwatch.model.dates import When, parse_when
from yardwatch.model.observation import Observation
from yardwatch.model.ports import WorkspaceStore
from yardwatch.model.quantity import parse_quantity
from yardwatch.model.scene import Scene
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.workspace import open_workspace

__all__ = ["UNKNOWN_PERSON", "Kept", "Seen", "observe", "observe_in"]

UNKNOWN_PERSON = "unknown person"
"""Who looked, where nobody is named: a login name is not printed unasked."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person says, in words."""

    zone: str
    """Name or alias of a zone or place."""
    klass: str
    """What was seen or looked for."""
    count: str
    """How many, e.g. ``at least 7`` or ``none``."""
    date: str | None = None
    """EDTF date or instant; None to take the scene's."""
    scene_id: str | None = None
    """The scene it was seen in."""
    by: str | None = None
    """Who looked."""
    note: str | None = None
    """Anything more."""
    unit: str | None = None
    """Unit of the count where it is no number of things, e.g. ``m``."""
    source: str | None = None
    """Id of the source that published it, where we did not see it ourselves."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An observation that is now in the workspace."""

    observation: Observation
    """The observation."""
    notices: tuple[Notice, ...] = ()
    """What a reader should know."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        seen, quantity = self.observation, self.observation.quantity
        body: dict[str, Json] = {
            "observation": {
                "id": seen.id,
                "class": seen.klass,
                "zone": seen.zone,
                "value": quantity.value,
                "low": quantity.low,
                "high": quantity.high,
                "qualifier": quantity.qualifier.value,
                "date": seen.when.text if seen.when else None,
                "scene": seen.scene_id,
                "by": seen.by,
                "recorded_at": seen.recorded_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
                "note": seen.note,
                "unit": seen.unit,
                "source": seen.source_id,
            }
        }
        return document(made_by("observe"), self.notices, body)


def observe(folder: Path, seen: Seen) -> Kept:
    """Keep what a person saw in the workspace in `folder`.

    Raises
    ------
    InputError, MisuseError
        If zone, class, count, date or scene is not understood.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    with open_workspace(folder) as store:
        return observe_in(store, seen)


def observe_in(store: WorkspaceStore, seen: Seen) -> Kept:
    """Keep what a person saw in a store."""
    klass = " ".join(seen.klass.split())
    if not klass:
        raise MisuseError("--class is empty; say what was seen, e.g. container or railcar:tank")
    scene = _scene(store, seen.scene_id)
    when = _when(seen, scene)
    observation = Observation(
        id=f"p-{uuid4().hex[:16]}",
        klass=klass,
        quantity=parse_quantity(seen.count),
        when=when,
        by=" ".join((seen.by or "").split()) or UNKNOWN_PERSON,
        recorded_at=datetime.now(UTC).replace(microsecond=0),
        zone=store.site().extent(seen.zone).name,
        scene_id=scene.id if scene else None,
        note=seen.note,
        unit=seen.unit,
        source_id=seen.source,
    )
    store.add_observation(observation)
    return Kept(observation, () if when else (_undated(scene),))


def _scene(store: WorkspaceStore, scene_id: str | None) -> Scene | None:
    if scene_id is None:
        return None
    scenes = {scene.id: scene for scene in store.scenes()}
    if scene_id not in scenes:
        raise MisuseError(f'there is no scene "{scene_id}"; the scenes are: {", ".join(scenes) or "none"}')
    return scenes[scene_id]


def _when(seen: Seen, scene: Scene | None) -> When | None:
    if seen.date is not None:
        return parse_when(seen.date, subject="--date")
    if scene is None:
        raise MisuseError("an observation needs a date; give --date, or --scene to take the date of a scene")
    return scene.acquired


def _undated(scene: Scene | None) -> Notice:
    name = scene.id if scene else "the scene"
    return Notice("scene_undated", f"{name} has no date, so neither has the observation", "give --date as well")
