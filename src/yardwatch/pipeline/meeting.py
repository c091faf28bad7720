"""Trains that were seen before: in another yard, on another date."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from yardwatch.errors import Notice
from yardwatch.model.ports import WorkspaceStore
from yardwatch.model.railcar import Count, Railcar
from yardwatch.model.scene import Scene
from yardwatch.pipeline.checked import counts_in
from yardwatch.pipeline.documents import Json, document, made_by, scene_facts
from yardwatch.railcars.matching import FEWEST_CARS, TrainMatch, match_trains
from yardwatch.railcars.stationary import unmoved
from yardwatch.workspace import open_workspace

__all__ = ["Meeting", "SeenTrain", "Trains", "trains_in", "trains_of"]

_PERMUTATIONS = 999
_LEVEL = 0.05
_STANDING = 0.5
_MOST_PAIRS = 400


@dataclass(frozen=True, slots=True)
class SeenTrain:
    """A string of cars in one scene."""

    scene: Scene
    """The scene."""
    cars: tuple[Railcar, ...]
    """Its cars in order of chainage."""

    @property
    def place(self) -> str:
        """Where it stood, for people."""
        zone = self.cars[0].zone
        where = f"track {self.cars[0].track}" + (f" ({zone})" if zone else "")
        return f"{where}, {self.cars[0].start_m:.0f}–{self.cars[-1].end_m:.0f} m"


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two strings that may be the same train."""

    first: SeenTrain
    """The earlier one."""
    second: SeenTrain
    """The later one."""
    match: TrainMatch
    """How they align."""
    p_adjusted: float
    """`TrainMatch.p` after Holm's correction for all pairs that were held against each other."""


@dataclass(frozen=True, slots=True)
class Trains:
    """Strings of a workspace held against each other."""

    meetings: tuple[Meeting, ...]
    """Those that chance does not explain, the surest first."""
    strings: int
    """How many strings were long enough."""
    pairs: int
    """How many pairs were held against each other."""
    notices: tuple[Notice, ...] = ()
    """What a reader should know."""

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """Each meeting for people."""
        return [
            (
                *(f"{_date(train.scene)}, {train.place}" for train in (one.first, one.second)),
                f"{len(one.match.pairs)} of {len(one.first.cars)} and {len(one.second.cars)}",
                "turned" if one.match.reversed else "same way",
                f"{one.p_adjusted:.3f}",
            )
            for one in self.meetings
        ]

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        body: dict[str, Json] = {
            "strings": self.strings,
            "pairs": self.pairs,
            "matches": [_facts(meeting) for meeting in self.meetings],
        }
        return document(made_by("trains"), self.notices, body)


def trains_of(folder: Path, *, fewest_cars: int = FEWEST_CARS, seed: int = 1) -> Trains:
    """Look in the workspace in `folder` for trains that were seen twice.

    Raises
    ------
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    with open_workspace(folder) as store:
        return trains_in(store, fewest_cars=fewest_cars, seed=seed)


def trains_in(store: WorkspaceStore, *, fewest_cars: int = FEWEST_CARS, seed: int = 1) -> Trains:
    """Look in a store for trains that were seen twice: in two scenes, by the order of lengths and colours.

    Strings that stand where they stood before are left out; they are told as unmoved.

    Parameters
    ----------
    store : WorkspaceStore
        The workspace.
    fewest_cars : int
        Shorter strings are not looked at; at least six.
    seed : int
        Shuffles follow from it.
    """
    counts = counts_in(store)
    trains = [train for count in counts for train in _trains(count, max(fewest_cars, FEWEST_CARS))]
    standing = _standing(counts)
    pairs = [
        (one, other)
        for one, other in combinations(trains, 2)
        if one.scene.id != other.scene.id and not _stood(one, other, standing)
    ]
    held, rng = pairs[:_MOST_PAIRS], np.random.default_rng(seed)
    found = [match_trains(one.cars, other.cars, rng=rng, permutations=_PERMUTATIONS) for one, other in held]
    adjusted = _holm([match.p for match in found])
    meetings = [
        Meeting(one, other, match, p)
        for (one, other), match, p in zip(held, found, adjusted, strict=True)
        if p <= _LEVEL
    ]
    meetings.sort(key=lambda meeting: (meeting.p_adjusted, -meeting.match.score))
    return Trains(tuple(meetings), len(trains), len(held), _left_out(len(pairs)))


def _trains(count: Count, fewest_cars: int) -> list[SeenTrain]:
    cars = {car.id: car for car in count.railcars}
    strings = [tuple(cars[name] for name in string.railcars if name in cars) for string in count.strings]
    return [SeenTrain(count.scene, string) for string in strings if len(string) >= fewest_cars]


def _standing(counts: Sequence[Count]) -> set[tuple[str, str, str, str]]:
    """Pairs of cars that are indistinguishable from unmoved: scene and id of both."""
    return {
        (one.scene_id, one.railcar.id, other.scene_id, other.railcar.id)
        for stay in unmoved([count for count in counts if count.scene.acquired is not None])
        for one, other in combinations(stay.stands, 2)
    }


def _stood(one: SeenTrain, other: SeenTrain, standing: set[tuple[str, str, str, str]]) -> bool:
    same = sum((one.scene.id, a.id, other.scene.id, b.id) in standing for a in one.cars for b in other.cars)
    return same >= _STANDING * min(len(one.cars), len(other.cars))


def _holm(values: Sequence[float]) -> list[float]:
    """Holm's step-down correction (https://www.jstor.org/stable/4615733)."""
    adjusted, highest = [1.0] * len(values), 0.0
    for rank, index in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        highest = max(highest, min(1.0, values[index] * (len(values) - rank)))
        adjusted[index] = highest
    return adjusted


def _left_out(pairs: int) -> tuple[Notice, ...]:
    if pairs <= _MOST_PAIRS:
        return ()
    message = f"of {pairs} pairs of strings only the first {_MOST_PAIRS} were held against each other"
    return (Notice("pairs_left_out", message, "ask for longer strings with --fewest-cars"),)


def _date(scene: Scene) -> str:
    return scene.acquired.text if scene.acquired else scene.id


def _facts(meeting: Meeting) -> dict[str, Json]:
    match = meeting.match
    return {
        "first": _train(meeting.first),
        "second": _train(meeting.second),
        "pairs": [[meeting.first.cars[a].id, meeting.second.cars[b].id] for a, b in match.pairs],
        "turned": match.reversed,
        "score": round(match.score, 3),
        "p": match.p,
        "p_adjusted": meeting.p_adjusted,
    }


def _train(train: SeenTrain) -> dict[str, Json]:
    return {
        "scene": scene_facts(train.scene),
        "track": train.cars[0].track,
        "zone": train.cars[0].zone,
        "start_m": round(train.cars[0].start_m, 3),
        "end_m": round(train.cars[-1].end_m, 3),
        "railcars": [car.id for car in train.cars],
    }
