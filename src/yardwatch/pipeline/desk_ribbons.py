"""The tracks of a scene and their cars as a person checks them, ribbon by ribbon."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from yardwatch.model.correction import Act, Correction, standing_decisions
from yardwatch.model.ports import WorkspaceStore
from yardwatch.model.railcar import Count, Railcar, TrackCoverage
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site
from yardwatch.pipeline.checked import count_with
from yardwatch.pipeline.documents import Json, tally_facts
from yardwatch.pipeline.ribbon_pictures import HALF_WIDTH_M, STEP_M, TILE_M, picture_version

__all__ = ["Ribbons", "decision_facts", "ribbons_of"]

_SURE, _TYPE_SURE = 0.8, 0.6
_JOINED_M, _MARGIN_M = 40.0, 12.0
_CENTRE_M = 0.25
_FARTHEST_M = 2.0


@dataclass(frozen=True)
class Ribbons:
    """One scene: what the machine found, what persons decided, and what stands."""

    machine: Count
    """The machine's count."""
    corrections: Sequence[Correction]
    """All decisions on the scene, in the order in which they were made."""
    site: Site
    """The site."""
    before: Scene | None
    """The scene before it by date; None if there is none."""

    @cached_property
    def count(self) -> Count:
        """The count as it stands after all decisions."""
        return count_with(self.machine, self.corrections, self.site)

    @property
    def revision(self) -> str:
        """Changes with every decision and with every count by the machine."""
        made = self.machine.provenance.parameters.get("network")
        return f"{len(self.corrections)}-{len(self.machine.railcars)}-{made}"

    @property
    def head(self) -> dict[str, Json]:
        """All but the list of tracks."""
        return {
            "scene": _scene_facts(self.count.scene),
            "before": _scene_facts(self.before) if self.before else None,
            "picture": {"step_m": STEP_M, "tile_m": TILE_M, "half_width_m": HALF_WIDTH_M},
            **self.standing,
        }

    @property
    def standing(self) -> dict[str, Json]:
        """What moves with each decision."""
        signed = [track for track in self.count.tracks if track.signed_by]
        names = dict.fromkeys(track.signed_by for track in signed)
        return {
            "revision": self.revision,
            "tallies": [tally_facts(tally) for tally in self.count.tallies],
            "tracks_checked": sum(track.checked_by is not None for track in self.count.tracks),
            "tracks_signed": len(signed),
            "tracks": len(self.count.tracks),
            "signed_by": list(names) if signed and len(signed) == len(self.count.tracks) else [],
        }

    def track_facts(self, track: TrackCoverage) -> dict[str, Json]:
        """One track."""
        cars = self._by_track.get(track.name, [])
        unseen = min(track.outside_m, track.length_m)
        centre_m = _centre_m(cars)
        return {
            "name": track.name,
            "zone": self.site.track(track.name).zone or _most([car.zone for car in cars]),
            "length_m": round(track.length_m, 2),
            "visible_m": round(track.visible_m, 1),
            "outside_m": round(unseen, 1),
            "centre_m": centre_m,
            "cars": len(cars),
            "reviewed": sum(car.by is not None for car in cars),
            "unsure": sum(_unsure(car) for car in cars),
            "occupied": [list(stretch) for stretch in _occupied(cars, track.length_m)],
            "hidden": [[round(start, 1), round(end, 1)] for start, end in track.hidden_stretches],
            "checked_by": track.checked_by,
            "signed_by": track.signed_by,
            "version": picture_version(self.count.scene, self.site, track.name, centre_m),
            "before_version": self._before_version(track.name, centre_m),
        }

    def cars_of(self, tracks: Sequence[str] | None = None) -> list[dict[str, Json]]:
        """Cars of some tracks, or of all, with what the machine said; those that are gone come last."""
        chosen = None if tracks is None else frozenset(tracks)
        standing = [car for car in self.count.railcars if chosen is None or car.track in chosen]
        gone = [car for car in self._gone if chosen is None or car.track in chosen]
        return [self._car(car) for car in standing] + [_ghost(car, *self._why_gone(car)) for car in gone]

    def _car(self, car: Railcar) -> dict[str, Json]:
        machine = self._machine.get(car.id)
        decided = self._decided.get(car.id) if car.by else None
        state = "machine" if car.by is None else "added" if machine is None else _state(car, machine)
        return _car_facts(car) | {
            "state": state,
            "unsure": _unsure(car),
            "decided_at": _moment(decided),
            "machine": None if machine is None else _said(machine),
        }

    @cached_property
    def _machine(self) -> Mapping[str, Railcar]:
        return {car.id: car for car in self.machine.railcars}

    @cached_property
    def _by_track(self) -> Mapping[str, list[Railcar]]:
        found: dict[str, list[Railcar]] = {}
        for car in self.count.railcars:
            found.setdefault(car.track, []).append(car)
        return found

    @cached_property
    def _decided(self) -> Mapping[str, Correction]:
        """The last decision on each car, by the car's id."""
        decided = (one for one in standing_decisions(self.corrections) if one.before or one.after)
        return {car.id: one for one in decided for car in (one.before, one.after) if car is not None}

    @cached_property
    def _gone(self) -> list[Railcar]:
        kept = {car.id for car in self.count.railcars}
        return [car for car in self.machine.railcars if car.id not in kept]

    def _why_gone(self, car: Railcar) -> tuple[str, Correction | None]:
        decided = self._decided.get(car.id)
        if decided is not None and decided.act is Act.DELETE:
            return "deleted", decided
        return "hidden", next((one for one in reversed(self.corrections) if one.track == car.track), None)

    def _before_version(self, track: str, centre_m: float) -> str | None:
        return None if self.before is None else picture_version(self.before, self.site, track, centre_m)


def ribbons_of(store: WorkspaceStore, scene_id: str) -> Ribbons | None:
    """The ribbons of one scene; None if there is no such scene, or it has not been counted."""
    machine = store.count_of(scene_id)
    if machine is None:
        return None
    dated = [scene for scene in store.scenes() if scene.acquired is not None or scene.id == scene_id]
    place = [scene.id for scene in dated].index(scene_id)
    earlier = dated[place - 1] if place > 0 and machine.scene.acquired is not None else None
    return Ribbons(machine, store.corrections_of(scene_id), store.site(), earlier)


def decision_facts(corrections: Sequence[Correction]) -> list[dict[str, Json]]:
    """Decisions as they were made, newest first, with those taken back marked as such."""
    holding = {one.id for one in standing_decisions(corrections)}
    return [
        {
            "id": one.id,
            "act": one.act.value,
            "track": one.track,
            "by": one.by,
            "decided_at": _moment(one),
            "stretch_m": list(one.stretch_m) if one.stretch_m else None,
            "note": one.note,
            "before": _car_facts(one.before) if one.before else None,
            "after": _car_facts(one.after) if one.after else None,
            "stands": one.id in holding,
        }
        for one in reversed(corrections)
    ]


def _scene_facts(scene: Scene) -> dict[str, Json]:
    return {
        "id": scene.id,
        "filename": scene.filename,
        "acquired": scene.acquired.text if scene.acquired else None,
        "gsd_m": scene.gsd_m,
        "simulated": scene.simulated,
        "credit": scene.rights.credit,
    }


def _car_facts(car: Railcar) -> dict[str, Json]:
    return {
        "id": car.id,
        "track": car.track,
        "start_m": round(car.start_m, 2),
        "end_m": round(car.end_m, 2),
        "offset_m": round(car.offset_m, 2),
        "width_m": round(car.width_m, 2),
        "type": car.type,
        "subtype": car.subtype,
        "probabilities": {kind: round(share, 3) for kind, share in car.type_probabilities.items() if share >= 0.005},
        "confidence": round(car.confidence, 3),
        "zone": car.zone,
        "by": car.by,
    }


def _said(car: Railcar) -> dict[str, Json]:
    """What the machine said of a car."""
    numbers = {"start_m": round(car.start_m, 2), "end_m": round(car.end_m, 2), "confidence": round(car.confidence, 3)}
    return {"type": car.type, **numbers}


def _ghost(car: Railcar, state: str, decided: Correction | None) -> dict[str, Json]:
    by = decided.by if decided else None
    facts: dict[str, Json] = {"state": state, "unsure": False, "decided_at": _moment(decided), "machine": _said(car)}
    return _car_facts(car) | facts | {"by": by}


def _state(car: Railcar, machine: Railcar) -> str:
    same = (car.start_m, car.end_m, car.offset_m, car.width_m, car.type, car.subtype) == (
        machine.start_m, machine.end_m, machine.offset_m, machine.width_m, machine.type, machine.subtype,
    )  # fmt: skip
    return "accepted" if same else "changed"


def _unsure(car: Railcar) -> bool:
    """Whether a person should look at a car first: it may be none, or of another type."""
    return car.by is None and (car.confidence < _SURE or car.type_probabilities.get(car.type, 1.0) < _TYPE_SURE)


def _occupied(cars: Sequence[Railcar], length_m: float) -> list[tuple[float, float]]:
    """Stretches with cars and some air around them."""
    joined: list[tuple[float, float]] = []
    for car in cars:
        start, end = max(0.0, car.start_m - _MARGIN_M), min(length_m, car.end_m + _MARGIN_M)
        if joined and start - joined[-1][1] <= _JOINED_M:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return [(round(start, 1), round(end, 1)) for start, end in joined]


def _centre_m(cars: Sequence[Railcar]) -> float:
    """Offset of the middle car, on which the picture is centred."""
    if not cars:
        return 0.0
    middle = sorted(car.offset_m for car in cars)[len(cars) // 2]
    return max(-_FARTHEST_M, min(_FARTHEST_M, _CENTRE_M * round(middle / _CENTRE_M))) + 0.0


def _most(names: Sequence[str | None]) -> str | None:
    return max(set(names), key=names.count) if names else None


def _moment(correction: Correction | None) -> str | None:
    if correction is None:
        return None
    return correction.decided_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
