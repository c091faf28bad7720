"""Compare each new scene of a workspace with the last good one and with the first."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from shapely import Polygon

from yardwatch.change.following import follow_site
from yardwatch.change.objects import local_shape
from yardwatch.change.renewing import renewed_track
from yardwatch.change.stacking import COARSEST_M, LEAST_SCENES
from yardwatch.change.trains import without_trains
from yardwatch.errors import InputError, MisuseError, Notice
from yardwatch.model.change import Change, Comparison
from yardwatch.model.observation import Observation
from yardwatch.model.ports import Progress, WorkspaceStore
from yardwatch.model.quantity import Qualifier, Quantity
from yardwatch.model.railcar import Railcar
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site
from yardwatch.pipeline.comparing import compare_scenes
from yardwatch.pipeline.reopening import reopened
from yardwatch.pipeline.seeing import MACHINE

__all__ = ["COMPARABLE_FACTOR", "compare_scene", "not_compared", "pending_comparisons", "roofs_over"]

COMPARABLE_FACTOR = 3.0
"""Scenes whose ground sample distances differ by more are not compared."""

_SLEEPERS_GSD_M = 0.6
_MOST_SCENES = 10
_LEVEL = 1.645
_SAME = 0.5


def pending_comparisons(store: WorkspaceStore) -> Sequence[Scene]:
    """Dated scenes that are to be compared with an earlier one and never were, by date."""
    done = {found.after.id for found in store.comparisons()}
    return [scene for scene in store.scenes() if scene.id not in done and _partners(store, scene)]


def compare_scene(
    store: WorkspaceStore, scene: Scene, *, recorded_at: datetime, progress: Progress | None = None
) -> tuple[Comparison, ...]:
    """Compare a scene with the last good one and with the first, and keep what was found.

    Of the comparison with the last one observations are kept, one for each kind and zone; what only all dates together
    show is told there as well, with dates of its own. A pair that cannot be opened
    or read is left for the next run.

    Parameters
    ----------
    store : WorkspaceStore
        Where the scenes are and the comparisons go.
    scene : Scene
        The new scene.
    recorded_at : datetime
        When this is written down.
    progress : callable, optional
        Told of each tile.
    """
    found = []
    for number, before in enumerate(_partners(store, scene)):
        comparison = _compared(store, before, scene, over_dates=number == 0, progress=progress)
        if comparison is not None:
            seen = tuple(_observed(comparison, recorded_at)) if number == 0 else ()
            store.keep_comparison(comparison, seen)
            found.append(comparison)
    return tuple(found)


def not_compared(comparisons: Sequence[Comparison]) -> tuple[Notice, ...]:
    """What to say of pairs that could not be laid on each other."""
    return tuple(
        Notice(
            "not_compared",
            f"{found.after.filename} was not compared with {found.before.filename}: {found.alignment.reason}",
            "look whether both show the site, or place one with yardwatch georeference",
        )
        for found in comparisons
        if found.alignment is not None and not found.alignment.accepted
    )


def roofs_over(store: WorkspaceStore, scene: Scene) -> tuple[Polygon, ...]:
    """Roofs over tracks that earlier scenes or this one show built, and none before it razed; in the site's CRS."""
    date = scene.acquired.latest if scene.acquired else None
    if date is None:
        return ()
    changes = [
        change
        for found in store.comparisons()
        for change in found.changes
        if change.latest is not None and change.latest.earliest is not None and change.latest.earliest <= date
    ]
    razed = [(change, _shape(change)) for change in changes if change.kind == "razed"]
    roofs = ((change, _shape(change)) for change in changes if change.kind == "concealment")
    return tuple(shape for change, shape in roofs if not any(_gone(change, shape, *other) for other in razed))


def _gone(change: Change, shape: Polygon, razed: Change, place: Polygon) -> bool:
    """Whether a roof was razed after it had been built."""
    built, ended = (one.latest.earliest if one.latest else None for one in (change, razed))
    later = built is not None and ended is not None and ended > built
    return later and shape.intersection(place).area >= _SAME * shape.area


def _shape(change: Change) -> Polygon:
    return Polygon(change.polygon[0], change.polygon[1:])


def _partners(store: WorkspaceStore, scene: Scene) -> tuple[Scene, ...]:
    """The last good scene before it and the first one, where their pixels are of comparable size; each once."""
    lost = {found.scene_id for found in store.alignments() if not found.alignment.accepted}
    earlier = [
        other
        for other in store.scenes()
        if _before(other, scene) and other.id not in lost and _comparable(other, scene)
    ]
    return tuple(dict.fromkeys((earlier[-1], earlier[0]))) if earlier else ()


def _before(one: Scene, other: Scene) -> bool:
    first, last = one.acquired, other.acquired
    if first is None or last is None or first.latest is None or last.earliest is None:
        return False
    return first.latest < last.earliest


def _comparable(one: Scene, other: Scene) -> bool:
    return max(one.gsd_m, other.gsd_m) <= COMPARABLE_FACTOR * min(one.gsd_m, other.gsd_m)


def _compared(
    store: WorkspaceStore, before: Scene, after: Scene, *, over_dates: bool, progress: Progress | None
) -> Comparison | None:
    site = store.site()
    try:
        with reopened(store, site, before) as first, reopened(store, site, after) as second:
            _, found = compare_scenes(first, second, site=site, progress=progress)
        kept = without_trains(found.changes, _cars(store, before.id, after.id), site)
        found = replace(found, before=before, after=after, changes=kept)
        lasting = _over_dates(store, site, found) if over_dates and found.compared else ()
    except (InputError, MisuseError):
        return None
    return replace(found, changes=(*kept, *lasting))


def _cars(store: WorkspaceStore, *scene_ids: str) -> list[Railcar]:
    return [car for count in store.counts() if count.scene.id in scene_ids for car in count.railcars]


def _over_dates(store: WorkspaceStore, site: Site, found: Comparison) -> tuple[Change, ...]:
    """What all scenes up to the newest one show together and no comparison has told of yet."""
    scenes = _stacked(store, found.after)
    if len(scenes) < LEAST_SCENES:
        return ()
    cars = [_cars(store, scene.id) for scene in scenes]
    told = [*store.comparisons(), found]
    with ExitStack() as stack:
        readers = [stack.enter_context(reopened(store, site, scene)) for scene in scenes]
        lasting = [one.change for one in follow_site(readers, site, told, cars)]
        if max(scene.gsd_m for scene in scenes) <= _SLEEPERS_GSD_M:
            seen = [*lasting, *(change for one in told for change in one.changes)]
            roofs = [local_shape(change, site) for change in seen if change.kind == "concealment"]
            lasting += renewed_track(readers, site, cars, roofs)
    known = [(change.kind, _shape(change)) for one in told for change in one.changes]
    return tuple(change for change in lasting if not _told(change, known))


def _told(change: Change, known: Sequence[tuple[str, Polygon]]) -> bool:
    shape = _shape(change).buffer(0)
    return any(kind == change.kind and shape.intersection(other).area > _SAME * shape.area for kind, other in known)


def _stacked(store: WorkspaceStore, newest: Scene) -> list[Scene]:
    """The first and the last few good scenes up to one, whose pixels are fine enough and of comparable size."""
    lost = {found.scene_id for found in store.alignments() if not found.alignment.accepted}
    good = [
        scene
        for scene in store.scenes()
        if scene.id not in lost and scene.gsd_m <= COARSEST_M and _comparable(scene, newest)
        and (scene.id == newest.id or _before(scene, newest))
    ]  # fmt: skip
    return [*good[:1], *good[1:][-_MOST_SCENES + 1 :]] if newest.id in {scene.id for scene in good} else []


def _observed(found: Comparison, recorded_at: datetime) -> Iterator[Observation]:
    """The area of each kind of change in each zone, as something that was seen in the later scene."""
    groups: dict[tuple[str, str | None], list[Change]] = {}
    for change in found.changes:
        groups.setdefault((change.kind, change.zone), []).append(change)
    for (kind, zone), changes in groups.items():
        area, se = sum(change.area_m2 for change in changes), sum(change.area_m2_se**2 for change in changes) ** 0.5
        low, high = max(0.0, area - _LEVEL * se), area + _LEVEL * se
        digest = sha256(repr((found.before.id, found.after.id, kind, zone)).encode("utf-8", "replace")).hexdigest()
        yield Observation(
            id=f"m-{digest[:20]}",
            klass=f"change:{kind}",
            quantity=Quantity(round(area, 1), round(low, 1), round(high, 1), Qualifier.ABOUT),
            when=found.after.acquired,
            by=MACHINE,
            recorded_at=recorded_at,
            zone=zone,
            scene_id=found.after.id,
            note=f"{len(changes)} seen between {found.before.acquired} and {found.after.acquired}",
            provenance=found.provenance,
            unit="m2",
        )
