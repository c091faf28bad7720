"""What every store asks of the values it keeps, and the order in which it gives them back."""

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from yardwatch.errors import DateError, MisuseError, WorkspaceError
from yardwatch.model.dates import When, parse_when
from yardwatch.model.observation import Observation
from yardwatch.model.railcar import Count
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site
from yardwatch.workspace.geometry import polygon_of

__all__ = [
    "by_date",
    "check_aware",
    "check_count",
    "check_extent",
    "check_numbers",
    "check_observation",
    "check_scene",
    "check_scene_of",
    "check_when",
    "taken",
    "unknown_scene",
    "unknown_source",
]

T = TypeVar("T")

_LAST = datetime.max.replace(tzinfo=UTC)


def by_date(things: Iterable[T], when: Callable[[T], When | None]) -> Sequence[T]:
    """Things by their first possible instant, those without any date last; otherwise in the order given."""

    def key(thing: T) -> datetime:
        date = when(thing)
        return (date and (date.earliest or date.latest)) or _LAST

    return sorted(things, key=key)


def check_scene_of(observations: Iterable[Observation], scene_id: str) -> None:
    """Make sure that observations are of one scene.

    Raises
    ------
    MisuseError
        If one is of another.
    """
    for observation in observations:
        if observation.scene_id != scene_id:
            raise MisuseError(f"observation {observation.id}: is of scene {observation.scene_id}, not of {scene_id}")


def check_when(when: When | None, *, subject: str) -> None:
    """Make sure that a date is what its text says.

    Raises
    ------
    MisuseError
        If it is not.
    """
    try:
        sound = when is None or parse_when(when.text) == when
    except DateError:
        sound = False
    if not sound:
        raise MisuseError(f"{subject}: the date {str(when)!r} does not mean its bounds; make it with parse_when")


def check_scene(scene: Scene, scene_ids: Collection[str]) -> None:
    """Make sure that a scene that is new by its hash can be kept beside others.

    Raises
    ------
    MisuseError
        If another has its id, or its date is unsound.
    """
    check_when(scene.acquired, subject=f"scene {scene.id}")
    if scene.id in scene_ids:
        raise MisuseError(f"scene {scene.id}: another image has this id; rename the file and add it again")


def check_aware(moment: datetime, name: str, *, subject: str) -> None:
    """Make sure that a moment has a zone.

    Raises
    ------
    MisuseError
        If it has none.
    """
    if moment.tzinfo is None:
        raise MisuseError(f"{subject}: {name} {moment} has no zone; give an aware time in UTC")


def check_extent(name: str | None, site: Site, *, subject: str) -> None:
    """Make sure that a name is exactly that of a zone or place of the site; None is the whole site.

    Raises
    ------
    MisuseError
        If it is not.
    """
    names = [extent.name for extent in site.extents]
    if name is not None and name not in names:
        known = ", ".join(names) or "none"
        raise MisuseError(f'{subject}: {site.name} has no zone or place "{name}"; its zones and places are: {known}')


def check_numbers(numbers: Iterable[float | None], *, subject: str) -> None:
    """Make sure that numbers can be kept exactly.

    Raises
    ------
    MisuseError
        If one is not finite, or whole and too large for a float.
    """
    for number in numbers:
        if number is not None and not _is_exact(number):
            raise MisuseError(
                f"{subject}: the number {number!s:.40} cannot be kept exactly; give a finite one below 1e15"
            )


def check_observation(
    observation: Observation, site: Site, scene_ids: Collection[str], source_ids: Collection[str]
) -> None:
    """Make sure that an observation refers to what is there.

    Raises
    ------
    MisuseError
        If its zone is no zone or place of the site, its date or a number unsound, or the time of recording without
        a zone.
    WorkspaceError
        If its scene or its source is not kept.
    """
    subject = f"observation {observation.id}"
    quantity = observation.quantity
    check_when(observation.when, subject=subject)
    check_aware(observation.recorded_at, "recorded_at", subject=subject)
    check_extent(observation.zone, site, subject=subject)
    check_numbers((quantity.value, quantity.low, quantity.high), subject=subject)
    if observation.scene_id is not None and observation.scene_id not in scene_ids:
        raise unknown_scene(observation.scene_id)
    if observation.source_id is not None and observation.source_id not in source_ids:
        raise unknown_source(observation.source_id)


def check_count(count: Count, observations: Sequence[Observation], kept: Scene | None) -> None:
    """Make sure that a count is one of a scene that is kept, and its observations are of that scene.

    Raises
    ------
    WorkspaceError
        If the scene is not kept.
    MisuseError
        If it is another image, an observation is of another scene, or a railcar has no sound footprint.
    """
    if kept is None:
        raise unknown_scene(count.scene.id)
    if kept.sha256 != count.scene.sha256:
        raise MisuseError(f"scene {count.scene.id}: the count is of another image (hash {count.scene.sha256[:12]}…)")
    for railcar in count.railcars:
        polygon_of((railcar.footprint,), subject=f"railcar {railcar.id}")
    for observation in observations:
        if observation.scene_id != count.scene.id:
            raise MisuseError(
                f"observation {observation.id}: is of scene {observation.scene_id}, "
                f"not of the counted {count.scene.id}; save it with that scene's count"
            )


def unknown_scene(scene_id: str) -> WorkspaceError:
    """The error for a scene that is not kept."""
    return WorkspaceError(f"scene {scene_id!r} is not in the workspace; add it with: yardwatch scene add DIR IMAGE")


def unknown_source(source_id: str) -> WorkspaceError:
    """The error for a source that is not kept."""
    return WorkspaceError(f"source {source_id!r} is not in the workspace; add it with: yardwatch source add DIR")


def taken(observation: Observation) -> MisuseError:
    """The error for an observation whose id another has."""
    return MisuseError(f"observation {observation.id}: the workspace has one with this id; give it another")


def _is_exact(number: float) -> bool:
    try:
        return math.isfinite(number) and float(number) == number
    except OverflowError:
        return False
