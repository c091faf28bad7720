"""What stands on the tracks once a person has looked: the machine's cars as corrected, and the tallies that follow."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from yardwatch.model.correction import Act, Correction, standing_decisions
from yardwatch.model.quantity import Qualifier
from yardwatch.model.railcar import Count, Interval, Railcar, Tally, TrackCoverage
from yardwatch.model.site import Site, ZoneFinder, frame_of
from yardwatch.railcars.doubt import doubt_left, moved_tally
from yardwatch.railcars.tally import car_strings
from yardwatch.railcars.widening import error_model

__all__ = ["corrected_cars", "corrected_count", "same_stand"]

_SAME = 0.5
_STEP_M = 2.0
_UNSEEN_M = 7.0

Stretch = tuple[float, float]


def same_stand(car: Railcar, other: Railcar) -> float:
    """How much two cars of one track stand on the same stretch: intersection over union, 0 on different tracks."""
    if car.track != other.track:
        return 0.0
    shared = min(car.end_m, other.end_m) - max(car.start_m, other.start_m)
    return max(0.0, shared / (max(car.end_m, other.end_m) - min(car.start_m, other.start_m)))


def corrected_cars(cars: Sequence[Railcar], corrections: Sequence[Correction]) -> tuple[Railcar, ...]:
    """The cars of one scene after all decisions on it, in their order.

    A decision is about the car that has its id and its ends, or else, since the machine numbers its cars anew when it
    counts again, about the one that overlaps it most, by half or more. What a person added or confirmed stands even if
    the machine no longer finds it. On a track that a person checked only cars with a person's word stand.

    Parameters
    ----------
    cars : sequence of Railcar
        What the machine found.
    corrections : sequence of Correction
        All decisions on the scene, in the order in which they were made; those taken back do not count.

    Returns
    -------
    tuple of Railcar
        By track in the order of `cars` (tracks on which only persons found cars come last), then by chainage.
    """
    stand = _Stand(cars)
    checked = set()
    for correction in standing_decisions(corrections):
        if correction.act is Act.CHECK:
            checked.add(correction.track)
        elif correction.act is not Act.SIGN:
            stand.decide(correction)
    left = [car for row in stand.tracks.values() for car in row if car.by or car.track not in checked]
    order = {name: place for place, name in enumerate(stand.tracks)}
    return tuple(sorted(left, key=lambda car: (order[car.track], car.start_m)))


def corrected_count(count: Count, corrections: Sequence[Correction], site: Site) -> Count:
    """A scene's count after all decisions on it: cars, strings, coverage and tallies.

    Where each track of a zone was checked, its number is the persons'. Elsewhere the machine's number and bounds move
    by as many cars as persons added or deleted, and the bounds are drawn in as `doubt_left` says; the number of cars
    that persons vouch for bounds it from below.

    Parameters
    ----------
    count : Count
        What the machine counted.
    corrections : sequence of Correction
        Decisions on any scenes, in the order in which they were made; those on others are left aside.
    site : Site
        Where zones and tracks lie.
    """
    own = standing_decisions([one for one in corrections if one.scene_id == count.scene.id])
    if not own:
        return count
    cars = corrected_cars(count.railcars, own)
    places = _places(site, tuple((track.name, track.length_m) for track in count.tracks))
    looked = _Looked(count, own, cars, places)
    return replace(
        count,
        railcars=cars,
        strings=car_strings(cars),
        tracks=tuple(looked.coverage(track) for track in count.tracks),
        tallies=tuple(looked.tally(tally) for tally in count.tallies),
    )


class _Stand:
    """The cars on each track while decisions are gone through."""

    def __init__(self, cars: Sequence[Railcar]) -> None:
        self.tracks: dict[str, list[Railcar]] = {}
        for car in cars:
            self.tracks.setdefault(car.track, []).append(car)
        self._ids = {car.id for car in cars}

    def decide(self, correction: Correction) -> None:
        """Let a decision on a car or a stretch hold."""
        row = self.tracks.setdefault(correction.track, [])
        if correction.stretch_m is not None:
            row[:] = [car for car in row if car.by or not _inside(car, correction.track, correction.stretch_m)]
            return
        meant = correction.before or correction.after
        assert meant is not None  # noqa: S101 -- each such decision has a car, as the store makes sure
        place = _place(row, meant)
        if correction.after is None:
            if place is not None:
                self._ids.discard(row.pop(place).id)
        elif place is not None:
            row[place] = replace(correction.after, id=row[place].id)
        else:
            taken = correction.after.id in self._ids
            row.append(replace(correction.after, id=correction.id) if taken else correction.after)
            self._ids.add(row[-1].id)


def _place(standing: Sequence[Railcar], meant: Railcar) -> int | None:
    """Which of the cars is meant."""
    for index, car in enumerate(standing):
        if (car.id, car.track, car.start_m, car.end_m) == (meant.id, meant.track, meant.start_m, meant.end_m):
            return index
    overlaps = [same_stand(car, meant) for car in standing]
    best = max(range(len(standing)), key=overlaps.__getitem__, default=None)
    return best if best is not None and overlaps[best] >= _SAME else None


def _inside(car: Railcar, track: str, stretch: Stretch) -> bool:
    return car.track == track and stretch[0] <= (car.start_m + car.end_m) / 2 <= stretch[1]


@dataclass(frozen=True, slots=True)
class _Looked:
    """One scene on which persons decided."""

    count: Count
    corrections: Sequence[Correction]
    cars: tuple[Railcar, ...]
    places: "Mapping[str, _Places]"

    def coverage(self, track: TrackCoverage) -> TrackCoverage:
        """How much of a track was seen, after what persons found to be hidden."""
        stretches = _merged([*track.hidden_stretches, *self._concealed(track)])
        newly_m = _length_m(stretches) - _length_m(_merged(track.hidden_stretches))
        hidden_m = min(newly_m, track.visible_m)
        checked_by = self._checked_by(track.name)
        signed_by = self._signed_by(track.name)
        own = [car for car in self.cars if car.track == track.name]
        return replace(
            track,
            visible_m=track.visible_m - hidden_m,
            hidden_m=track.hidden_m + hidden_m,
            occupied_m=sum(car.end_m - car.start_m for car in own) if checked_by else track.occupied_m,
            hidden_stretches=stretches,
            checked_by=checked_by,
            signed_by=signed_by,
        )

    def tally(self, tally: Tally) -> Tally:
        """A zone's tally with the persons' word in it."""
        tracks = [track for track in self.count.tracks if tally.zone is None or self._metres(track, tally.zone)]
        touched = [
            one for one in self.corrections if one.act is not Act.SIGN and self._touches(one, tally.zone, tracks)
        ]
        if not touched:
            return tally
        hidden_m = min(sum(self._newly_hidden_m(track, tally.zone) for track in tracks), tally.visible_m)
        seen = replace(
            tally,
            visible_m=tally.visible_m - hidden_m,
            hidden_m=tally.hidden_m + hidden_m,
        )
        persons = _names(one.by for one in touched)
        found = [car for car in self.cars if tally.zone in {None, car.zone}]
        if seen.visible_m < _UNSEEN_M and not found:
            return replace(seen, by=persons)
        if all(self._checked_by(track.name) for track in tracks):
            return replace(_of_persons(seen, found), by=persons)
        before = [car for car in self.count.railcars if tally.zone in {None, car.zone}]
        left = doubt_left(before, found, unchecked_share=self._unchecked_share(tracks, tally.zone))
        shared = error_model(self.count.scene.gsd_m).shared
        moved = moved_tally(seen, before, found, left=left, common_error=shared)
        return replace(moved, by=f"machine, corrected by {persons}")

    def _unchecked_share(self, tracks: Sequence[TrackCoverage], zone: str | None) -> float:
        """Share of the occupied track of a zone (of the visible, where none is) that nobody checked as a whole."""
        for weights in ([track.occupied_m for track in tracks], [track.visible_m for track in tracks]):
            shares = {
                track.name: weight * self._metres(track, zone) / track.length_m
                for track, weight in zip(tracks, weights, strict=True)
            }
            whole = sum(shares.values())
            if whole > 0:
                return sum(share for name, share in shares.items() if not self._checked_by(name)) / whole
        return 1.0

    def _touches(self, correction: Correction, zone: str | None, tracks: Sequence[TrackCoverage]) -> bool:
        """Whether a decision is about a zone: a car or stretch in it, or a whole track of which some lies in it."""
        track = next((track for track in tracks if track.name == correction.track), None)
        if track is None or zone is None or correction.act is Act.CHECK:
            return track is not None
        if correction.stretch_m is not None:
            return self._metres(track, zone, [correction.stretch_m]) > 0
        return any(car is not None and car.zone == zone for car in (correction.before, correction.after))

    def _checked_by(self, track: str) -> str | None:
        checks = [one.by for one in self.corrections if one.track == track and one.act is Act.CHECK]
        return _names(checks) if checks else None

    def _signed_by(self, track: str) -> str | None:
        """Who agreed with the last decision on a track."""
        last = next((one for one in reversed(self.corrections) if one.track == track), None)
        return last.by if last is not None and last.act is Act.SIGN else None

    def _concealed(self, track: TrackCoverage) -> list[Stretch]:
        said = [one.stretch_m for one in self.corrections if one.track == track.name and one.stretch_m is not None]
        kept = [(max(0.0, start_m), min(track.length_m, end_m)) for start_m, end_m in said]
        return [stretch for stretch in kept if stretch[0] < stretch[1]]

    def _newly_hidden_m(self, track: TrackCoverage, zone: str | None) -> float:
        """Metres of a track in a zone that only persons found to be hidden."""
        added = self._concealed(track)
        if not added:
            return 0.0
        stretches = _merged([*track.hidden_stretches, *added])
        newly_m = _length_m(stretches) - _length_m(_merged(track.hidden_stretches))
        share = (
            1.0 if zone is None else self._metres(track, zone, added) / max(self._metres(track, None, added), _STEP_M)
        )
        return share * newly_m

    def _metres(self, track: TrackCoverage, zone: str | None, within: Sequence[Stretch] | None = None) -> float:
        """Metres of a track, or of stretches of it, in a zone."""
        places = self.places[track.name]
        return places.number(zone, within) * track.length_m / len(places.zones)


@dataclass(frozen=True, slots=True)
class _Places:
    """Places evenly spaced on a track."""

    chainages_m: tuple[float, ...]
    zones: tuple[str | None, ...]
    numbers: Mapping[str | None, int]

    def number(self, zone: str | None, within: Sequence[Stretch] | None) -> int:
        """How many lie in a zone (None: anywhere), and in one of the stretches if any are given."""
        if within is None:
            return len(self.zones) if zone is None else self.numbers.get(zone, 0)
        return sum(
            zone in {None, name} and any(low <= at_m <= high for low, high in within)
            for at_m, name in zip(self.chainages_m, self.zones, strict=True)
        )


@lru_cache(maxsize=8)
def _places(site: Site, tracks: tuple[tuple[str, float], ...]) -> Mapping[str, _Places]:
    """Places on each track of which name and length are given."""
    finder, frame = ZoneFinder(site.zones), frame_of(site)
    lines, found = {track.name: track for track in site.tracks}, {}
    for name, length_m in tracks:
        number = max(1, round(length_m / _STEP_M))
        chainages_m = (np.arange(number) + 0.5) * length_m / number
        zones: tuple[str | None, ...] = (None,) * number
        if name in lines:  # it may have been taken away since
            zones = finder.among(*frame.to_crs(*site.line(lines[name]).points(chainages_m)))
        found[name] = _Places(tuple(chainages_m.tolist()), zones, Counter(zones))
    return found


def _of_persons(tally: Tally, cars: Sequence[Railcar]) -> Tally:
    """A count of cars by persons who looked at all of the track."""
    kinds = {*tally.by_type, *(car.type for car in cars)}
    numbers = {kind: sum(car.type == kind for car in cars) for kind in sorted(kinds)}
    unseen = tally.hidden_m + tally.outside_m >= _UNSEEN_M
    return replace(
        tally,
        value=len(cars),
        low=len(cars),
        high=len(cars),
        qualifier=Qualifier.AT_LEAST if unseen else Qualifier.EXACT,
        by_type={kind: Interval(number, number, number) for kind, number in numbers.items()},
        occupied_m=sum(car.end_m - car.start_m for car in cars),
    )


def _merged(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Stretches joined where they touch, by chainage."""
    joined: list[Stretch] = []
    for start_m, end_m in sorted(stretches):
        if joined and start_m <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_m))
        else:
            joined.append((start_m, end_m))
    return tuple(joined)


def _length_m(stretches: Iterable[Stretch]) -> float:
    return sum(end_m - start_m for start_m, end_m in stretches)


def _names(persons: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(persons))
