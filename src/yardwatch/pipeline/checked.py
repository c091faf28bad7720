"""Counts as persons corrected them, and the observations that follow."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from yardwatch._version import __version__
from yardwatch.errors import Notice
from yardwatch.model.correction import Act, Correction, standing_decisions
from yardwatch.model.observation import Observation
from yardwatch.model.ports import WorkspaceStore
from yardwatch.model.provenance import Provenance
from yardwatch.model.quantity import Quantity
from yardwatch.model.railcar import Count, Tally
from yardwatch.model.site import Site
from yardwatch.pipeline.observing import UNKNOWN_PERSON
from yardwatch.railcars.correcting import corrected_count
from yardwatch.railcars.placing import Stretch, zone_at

__all__ = ["count_in", "count_with", "counts_in", "keep_checked", "tracks_in"]

_METHOD = "review/1"
_ID = "v-"
_DONE = {
    Act.ACCEPT: "accepted",
    Act.DELETE: "deleted",
    Act.ADD: "added",
    Act.CHANGE: "changed",
    Act.CONCEAL: "stretches marked as hidden",
}


def counts_in(store: WorkspaceStore) -> tuple[Count, ...]:
    """The newest count of each scene as persons corrected it, by date; what they decided is noticed in it."""
    corrections, site = store.corrections(), store.site()
    return tuple(_noticed(corrected_count(count, corrections, site), corrections) for count in store.counts())


def count_in(store: WorkspaceStore, scene_id: str) -> Count | None:
    """The newest count of one scene as persons corrected it; None if it has none."""
    count = store.count_of(scene_id)
    if count is None:
        return None
    return count_with(count, store.corrections_of(scene_id), store.site())


def count_with(count: Count, corrections: Sequence[Correction], site: Site) -> Count:
    """A machine's count as persons corrected it; what they decided is noticed in it."""
    return _noticed(corrected_count(count, corrections, site), corrections)


def tracks_in(count: Count, site: Site, zone: str | None) -> tuple[str, ...]:
    """The tracks of a count that a zone holds: those drawn for it, and those whose cars or middle lie in it; or all."""
    if zone is None:
        return tuple(track.name for track in count.tracks)
    name = site.zone(zone).name
    occupied = {car.track for car in count.railcars if car.zone == name}
    return tuple(
        track.name
        for track in count.tracks
        if track.name in occupied
        or site.track(track.name).zone == name
        or zone_at(site, Stretch(track.name, 0.0, track.length_m, 0.0, 0.0)) == name
    )


def keep_checked(store: WorkspaceStore, scene_id: str, count: Count | None = None) -> tuple[Observation, ...]:
    """Keep what persons counted in a scene as observations; gives those that say something new.

    An observation of a person takes the place of the machine's in every series. Called after each decision, and after
    a scene was counted again. What followed from earlier decisions is replaced: the decisions themselves are kept.

    Parameters
    ----------
    store : WorkspaceStore
        The workspace.
    scene_id : str
        The scene.
    count : Count, optional
        As `count_in` gives it, if it is known already.
    """
    count = count or count_in(store, scene_id)
    if count is None:
        return ()
    now = datetime.now(UTC).replace(microsecond=0)
    kept = {(one.zone, one.klass): one for one in store.observations_of(scene_id) if _ours(one)}
    found, fresh = [], []
    for observation in _observations(count, now):
        before = kept.get((observation.zone, observation.klass))
        same = before is not None and (before.quantity, before.by) == (observation.quantity, observation.by)
        found.append(before if before is not None and same else observation)
        if not same:
            fresh.append(observation)
    if fresh or len(found) != len(kept):
        store.replace_observations(scene_id, _METHOD, found)
    return tuple(fresh)


def _noticed(count: Count, corrections: Sequence[Correction]) -> Count:
    """The count with a notice of what persons decided."""
    own = standing_decisions([one for one in corrections if one.scene_id == count.scene.id])
    if not own:
        return count
    said = [f"{_number(own, act)} {word}" for act, word in _DONE.items() if _number(own, act)]
    persons = ", ".join(dict.fromkeys(one.by for one in own))
    checked = [track.name for track in count.tracks if track.checked_by]
    tracks = f"; checked as a whole: {', '.join(checked[:8])}{' …' if len(checked) > 8 else ''}" if checked else ""
    message = f"corrected by {persons}: {', '.join(said) or 'nothing'}{tracks}"
    notice = Notice("corrected", message, "the machine's version is kept beside it in the workspace")
    return replace(count, notices=(*count.notices, notice))


def _number(corrections: Sequence[Correction], act: Act) -> int:
    return sum(one.act is act for one in corrections)


def _ours(observation: Observation) -> bool:
    return (
        observation.provenance is not None
        and observation.provenance.method == _METHOD
        and observation.id.startswith(_ID)
    )


def _observations(count: Count, recorded_at: datetime) -> list[Observation]:
    """What persons counted: of each zone on whose tracks they decided, all cars and each type."""
    found: list[Observation] = []
    for tally in count.tallies:
        if tally.by is None:
            continue
        numbers = {"railcar": Quantity(tally.value, tally.low, tally.high, tally.qualifier)}
        for kind, interval in tally.by_type.items():
            numbers[f"railcar:{kind}"] = Quantity(interval.value, interval.low, interval.high, tally.qualifier)
        found.extend(_observation(klass, number, tally, count, recorded_at) for klass, number in numbers.items())
    return found


def _observation(klass: str, quantity: Quantity, tally: Tally, count: Count, recorded_at: datetime) -> Observation:
    return Observation(
        id=f"{_ID}{uuid4().hex[:20]}",
        klass=klass,
        quantity=quantity,
        when=count.scene.acquired,
        by=tally.by or UNKNOWN_PERSON,
        recorded_at=recorded_at,
        zone=tally.zone,
        scene_id=count.scene.id,
        note="from the railcars as corrected by persons",
        visible_m=tally.visible_m,
        hidden_m=tally.hidden_m,
        outside_m=tally.outside_m,
        provenance=Provenance(
            version=__version__,
            method=_METHOD,
            parameters={"counted_by": count.provenance.method, "network": count.provenance.parameters.get("network")},
            inputs={count.scene.filename: count.scene.sha256},
        ),
    )
