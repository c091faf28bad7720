"""A person's word on the railcars of a scene."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from yardwatch.errors import MisuseError
from yardwatch.model.correction import Act, Correction
from yardwatch.model.observation import Observation
from yardwatch.model.ports import WorkspaceStore
from yardwatch.model.railcar import CAR_TYPES, Count, Railcar
from yardwatch.model.site import Site, frame_of
from yardwatch.pipeline.checked import count_in, count_with, keep_checked, tracks_in
from yardwatch.pipeline.documents import Json, count_facts, document, made_by
from yardwatch.pipeline.observing import UNKNOWN_PERSON
from yardwatch.railcars.correcting import corrected_cars
from yardwatch.railcars.placing import Stretch, outline, zone_at
from yardwatch.workspace import open_workspace

__all__ = ["Act", "Corrected", "Decision", "check_tracks", "decide", "decide_in", "railcars_of"]

_WIDTH_M = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decides about one car or track; what is None stays as it is."""

    act: Act
    """What is decided."""
    railcar: str | None = None
    """Id of the car; of accept, delete and change."""
    track: str | None = None
    """Name of the track; of add, conceal and check."""
    start_m: float | None = None
    """Chainage of the lower end, metres; of add, change and conceal."""
    end_m: float | None = None
    """Chainage of the upper end, metres."""
    offset_m: float | None = None
    """Offset of the middle of the car, metres, positive to the left; 0 for a new one unless given."""
    width_m: float | None = None
    """Width of the car, metres; 3 for a new one unless given."""
    type: str | None = None
    """One of `CAR_TYPES`; ``unknown`` for a new one unless given."""
    subtype: str | None = None
    """``ore``, ``gondola``, ``hopper`` …"""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A scene after some decisions."""

    corrections: tuple[Correction, ...]
    """Those that were kept now, in their order; what changes nothing is not kept."""
    count: Count
    """The count as it stands after all decisions."""
    site: Site
    """The site."""
    observations: tuple[Observation, ...]
    """Observations that were kept since a tally is the person's now."""
    command: str = "railcar"
    """The command that did it."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        scene = self.count.scene
        body: dict[str, Json] = {
            "corrections": [_facts(one) for one in self.corrections],
            **count_facts(self.count, self.site),
        }
        return document(made_by(self.command, {scene.filename: scene.sha256}), (), body)


def decide(
    folder: Path, scene_id: str, decisions: Sequence[Decision], *, by: str | None = None, note: str | None = None
) -> Corrected:
    """Keep decisions on the railcars of one scene in the workspace in `folder`, all or none.

    Parameters
    ----------
    folder : Path
        The workspace.
    scene_id : str
        The scene; it must have been counted.
    decisions : sequence of Decision
        In the order in which they hold: a car that one of them adds can be changed by the next.
    by : str, optional
        Who decides.
    note : str, optional
        Why.

    Raises
    ------
    MisuseError
        If there is no such scene, count, car or track, or a decision does not say what it must.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    with open_workspace(folder) as store:
        return decide_in(store, scene_id, decisions, by=by, note=note)


def decide_in(
    store: WorkspaceStore,
    scene_id: str,
    decisions: Sequence[Decision],
    *,
    by: str | None = None,
    note: str | None = None,
) -> Corrected:
    """Keep decisions on the railcars of one scene in a store."""
    person = " ".join((by or "").split()) or UNKNOWN_PERSON
    return _kept(store, _Deciding(store, scene_id, person, note), decisions)


def railcars_of(folder: Path, scene_id: str) -> Corrected:
    """The railcars of one scene as they stand after all decisions.

    Raises
    ------
    MisuseError
        If there is no such scene, or it has not been counted.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    with open_workspace(folder) as store:
        return Corrected((), _counted(count_in(store, scene_id), store, scene_id), store.site(), ())


def check_tracks(
    folder: Path,
    scene_id: str,
    *,
    tracks: Sequence[str] = (),
    zone: str | None = None,
    by: str | None = None,
    note: str | None = None,
) -> Corrected:
    """Say that a person has looked at whole tracks of a scene: those named, those of a zone, or all.

    Raises
    ------
    MisuseError
        If there is no such scene, count, track or zone.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    with open_workspace(folder) as store:
        chosen = tracks or tracks_in(_counted(count_in(store, scene_id), store, scene_id), store.site(), zone)
        looked = [Decision(act=Act.CHECK, track=track) for track in chosen]
        return decide_in(store, scene_id, looked, by=by, note=note)


def _kept(store: WorkspaceStore, deciding: "_Deciding", decisions: Sequence[Decision]) -> Corrected:
    for decision in decisions:
        deciding.take(decision)
    store.correct(deciding.corrections)
    count = count_with(deciding.count, (*deciding.earlier, *deciding.corrections), deciding.site)
    observations = keep_checked(store, count.scene.id, count)
    return Corrected(tuple(deciding.corrections), count, deciding.site, observations)


class _Deciding:
    """Makes corrections of decisions, each on what the ones before have left."""

    def __init__(self, store: WorkspaceStore, scene_id: str, by: str, note: str | None) -> None:
        self.count, self.site = _counted(store.count_of(scene_id), store, scene_id), store.site()
        self.corrections: list[Correction] = []
        self.earlier = list(store.corrections_of(scene_id))
        self._by, self._note = by, note
        self._now = datetime.now(UTC)

    def take(self, decision: Decision) -> None:
        """Add what follows from a decision."""
        acts: Mapping[Act, Callable[[Decision], None]] = {
            Act.ACCEPT: self._accept,
            Act.DELETE: self._delete,
            Act.ADD: self._add,
            Act.CHANGE: self._change,
            Act.CONCEAL: self._conceal,
            Act.CHECK: self._check,
        }
        if decision.act not in acts:
            raise MisuseError(f"{decision.act.value} is no decision on a car or track; use one of {', '.join(acts)}")
        acts[decision.act](decision)

    @property
    def _standing(self) -> tuple[Railcar, ...]:
        return corrected_cars(self.count.railcars, [*self.earlier, *self.corrections])

    def _accept(self, decision: Decision) -> None:
        self._vouch(self._car(decision))

    def _delete(self, decision: Decision) -> None:
        car = self._car(decision)
        self._keep(Act.DELETE, car.track, car, None)

    def _add(self, decision: Decision) -> None:
        track = self._track(decision)
        start_m, end_m = _needed(decision.start_m, "start", decision), _needed(decision.end_m, "end", decision)
        stretch = Stretch(track, start_m, end_m, decision.offset_m or 0.0, decision.width_m or _WIDTH_M)
        kind = decision.type or "unknown"
        added = Railcar(
            id=f"p-{uuid4().hex[:12]}",
            track=track,
            start_m=start_m,
            end_m=end_m,
            offset_m=stretch.offset_m,
            width_m=stretch.width_m,
            type=kind,
            subtype=decision.subtype,
            type_probabilities={kind: 1.0},
            confidence=1.0,
            zone=None,
            footprint=(),
            by=self._by,
        )
        self._keep(Act.ADD, track, None, self._placed(added))

    def _change(self, decision: Decision) -> None:
        car = self._car(decision)
        names = ("start_m", "end_m", "offset_m", "width_m", "subtype")
        told = {name: getattr(decision, name) for name in names if getattr(decision, name) is not None}
        if decision.type is not None:
            told |= {"type": decision.type, "type_probabilities": {decision.type: 1.0}}
            told.setdefault("subtype", None)
        changed = replace(car, **told)
        if changed == car:
            self._vouch(car)
            return
        self._keep(Act.CHANGE, car.track, car, self._placed(replace(changed, confidence=1.0, by=self._by, look=None)))

    def _conceal(self, decision: Decision) -> None:
        start_m, end_m = _needed(decision.start_m, "start", decision), _needed(decision.end_m, "end", decision)
        self._keep(Act.CONCEAL, self._track(decision), None, None, (start_m, end_m))

    def _check(self, decision: Decision) -> None:
        track = self._track(decision)
        for car in self._standing:
            if car.track == track and car.by is None:
                self._vouch(car)
        self._keep(Act.CHECK, track, None, None)

    def _vouch(self, car: Railcar) -> None:
        if car.by is None:
            self._keep(Act.ACCEPT, car.track, car, replace(car, confidence=1.0, by=self._by))

    def _keep(
        self,
        act: Act,
        track: str,
        before: Railcar | None,
        after: Railcar | None,
        stretch_m: tuple[float, float] | None = None,
    ) -> None:
        name, scene_id = f"k-{uuid4().hex[:16]}", self.count.scene.id
        self.corrections.append(
            Correction(name, scene_id, act, track, before, after, self._by, self._now, stretch_m, self._note)
        )

    def _placed(self, car: Railcar) -> Railcar:
        """A car with the zone and the outline that follow from its ends."""
        line = self.site.line(self.site.track(car.track))
        if not 0 <= car.start_m < car.end_m <= line.length_m:
            raise MisuseError(
                f"{car.track}: {car.start_m:g}–{car.end_m:g} m is not on a track of {line.length_m:.1f} m; "
                "give the chainage of both ends of the body, the lower one first"
            )
        if car.type not in CAR_TYPES:
            raise MisuseError(f"{car.type!r} is no type of car; use one of {', '.join(CAR_TYPES)}")
        stretch = Stretch(car.track, car.start_m, car.end_m, car.offset_m, car.width_m)
        return replace(car, zone=zone_at(self.site, stretch), footprint=outline(line, frame_of(self.site), stretch))

    def _car(self, decision: Decision) -> Railcar:
        found = [car for car in self._standing if car.id == decision.railcar]
        if not found:
            raise MisuseError(
                f'there is no railcar "{decision.railcar}" in scene {self.count.scene.id}; '
                "yardwatch railcar list DIR --scene ID names those there are"
            )
        return found[0]

    def _track(self, decision: Decision) -> str:
        known = [track.name for track in self.count.tracks]
        if decision.track not in known:
            raise MisuseError(f'the image shows no track "{decision.track}"; it shows: {", ".join(known) or "none"}')
        return decision.track


def _counted(count: Count | None, store: WorkspaceStore, scene_id: str) -> Count:
    if count is not None:
        return count
    known = ", ".join(other.scene.id for other in store.counts()) or "none"
    raise MisuseError(f'scene "{scene_id}" has no count; count it with yardwatch run; counted are: {known}')


def _needed(value: float | None, name: str, decision: Decision) -> float:
    if value is None:
        raise MisuseError(f"{decision.act.value} needs --{name}: chainage in metres from the track's first vertex")
    return value


def _facts(correction: Correction) -> dict[str, Json]:
    car = correction.after or correction.before
    return {
        "id": correction.id,
        "act": correction.act.value,
        "track": correction.track,
        "railcar": car.id if car else None,
        "start_m": car.start_m if car else correction.stretch_m[0] if correction.stretch_m else None,
        "end_m": car.end_m if car else correction.stretch_m[1] if correction.stretch_m else None,
        "by": correction.by,
        "decided_at": correction.decided_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "note": correction.note,
    }
