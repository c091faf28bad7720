"""Compare each new scene of a workspace with the last good one and with the first."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from shapely import Polygon

from yardwatch.change.sleepers import find_renewal, read_ribbon, renewal_change
from yardwatch.change.trains import without_trains
from yardwatch.errors import InputError, MisuseError, Notice
from yardwatch.model.change import Change, Comparison
from yardwatch.model.observation import Observation
from yardwatch.model.ports import Progress, WorkspaceStore
from yardwatch.model.quantity import Qualifier, Quantity
from yardwatch.model.railcar import Railcar
from yardwatch.model.ribbon import Ribbon
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site
from yardwatch.pipeline.comparing import compare_scenes
from yardwatch.pipeline.reopening import reopened
from yardwatch.pipeline.seeing import MACHINE

__all__ = ["COMPARABLE_FACTOR", "compare_scene", "not_compared", "pending_comparisons", "roofs_over"]

COMPARABLE_FACTOR = 3.0
"""Scenes whose ground sample distances differ by more are not compared."""

_SLEEPERS_GSD_M = 0.6
_MOST_RIBBONS = 8
_LEAST_RIBBONS = 3
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

    Of the comparison with the last one observations are kept, one for each kind and zone. A pair that cannot be opened
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
        comparison = _compared(store, before, scene, renewals=number == 0, progress=progress)
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
    store: WorkspaceStore, before: Scene, after: Scene, *, renewals: bool, progress: Progress | None
) -> Comparison | None:
    site = store.site()
    try:
        with reopened(store, site, before) as first, reopened(store, site, after) as second:
            _, found = compare_scenes(first, second, site=site, progress=progress)
        renewed = _renewed(store, site, after) if renewals and found.compared else ()
    except (InputError, MisuseError):
        return None
    kept = without_trains(found.changes, _cars(store, before.id, after.id), site)
    return replace(found, before=before, after=after, changes=(*kept, *renewed))


def _cars(store: WorkspaceStore, *scene_ids: str) -> list[Railcar]:
    return [car for count in store.counts() if count.scene.id in scene_ids for car in count.railcars]


def _renewed(store: WorkspaceStore, site: Site, newest: Scene) -> tuple[Change, ...]:
    """Stretches of track with new sleepers that no earlier comparison has told of."""
    lost = {found.scene_id for found in store.alignments() if not found.alignment.accepted}
    good = [scene for scene in store.scenes() if scene.id not in lost and scene.gsd_m <= _SLEEPERS_GSD_M]
    scenes = [scene for scene in good if scene.id == newest.id or _before(scene, newest)]
    scenes = [*scenes[:1], *scenes[1:][-_MOST_RIBBONS + 1 :]]
    if len(scenes) < _LEAST_RIBBONS or newest not in scenes:
        return ()
    ribbons = [_ribbons(store, site, scene) for scene in scenes]
    known = [_shape(change) for found in store.comparisons() for change in found.changes
             if change.kind == "track_renewal"]  # fmt: skip
    changes = []
    for number, track in enumerate(site.tracks):
        occupied = [
            [(car.start_m, car.end_m) for car in _cars(store, scene.id) if car.track == track.name] for scene in scenes
        ]
        renewal = find_renewal([own[number] for own in ribbons], occupied)
        if renewal is not None:
            change = renewal_change(renewal, scenes, site)
            if not any(shape.intersection(_shape(change)).area > _SAME * change.area_m2 for shape in known):
                changes.append(change)
    return tuple(changes)


def _ribbons(store: WorkspaceStore, site: Site, scene: Scene) -> list[Ribbon]:
    with reopened(store, site, scene) as reader:
        return [read_ribbon(reader, site, track) for track in site.tracks]


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
