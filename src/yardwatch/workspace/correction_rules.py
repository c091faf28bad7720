"""What every store asks of a person's decision on a railcar, and of a choice of network."""

import math
from collections.abc import Collection

from yardwatch.errors import MisuseError
from yardwatch.model.correction import Act, Correction, undo_id
from yardwatch.model.network import NetworkChoice
from yardwatch.model.railcar import CAR_TYPES, Railcar
from yardwatch.model.site import Site
from yardwatch.workspace.geometry import polygon_of
from yardwatch.workspace.rules import check_aware, check_numbers, unknown_scene

__all__ = ["check_choice", "check_correction"]

_CARS = {
    Act.ACCEPT: (True, True),
    Act.DELETE: (True, False),
    Act.ADD: (False, True),
    Act.CHANGE: (True, True),
    Act.CONCEAL: (False, False),
    Act.CHECK: (False, False),
    Act.SIGN: (False, False),
}
"""Whether there is a car before and after each kind of decision."""


def check_correction(correction: Correction, site: Site, scene_ids: Collection[str], taken: Collection[str]) -> None:
    """Make sure that a decision is sound and about what is there.

    Parameters
    ----------
    correction : Correction
        The decision.
    site : Site
        What is watched.
    scene_ids : collection of str
        Ids of the scenes that are kept.
    taken : collection of str
        Ids of the decisions that are kept.

    Raises
    ------
    WorkspaceError
        If its scene is not kept.
    MisuseError
        If it is about another track, does not say what it must, nobody is named, its time has no zone or its id is
        taken.
    """
    subject = f"correction {correction.id}"
    if correction.scene_id not in scene_ids:
        raise unknown_scene(correction.scene_id)
    if correction.id in taken:
        raise MisuseError(f"{subject}: the workspace has one with this id; give it another")
    _check_person(correction.by, subject=subject)
    check_aware(correction.decided_at, "decided_at", subject=subject)
    site.track(correction.track)
    cars = correction.before, correction.after
    if correction.act is Act.UNDO:
        _check_undo(correction, taken, subject=subject)
        return
    if tuple(car is not None for car in cars) != _CARS[correction.act]:
        raise MisuseError(f"{subject}: {correction.act.value} has no such cars before and after; see model.correction")
    _check_stretch(correction, subject=subject)
    for car in cars:
        if car is not None:
            _check_car(car, correction.track, subject=subject)


def _check_undo(correction: Correction, taken: Collection[str], *, subject: str) -> None:
    undone = correction.id.removeprefix(undo_id(""))
    if undone == correction.id or undone not in taken:
        raise MisuseError(f"{subject}: takes back no decision of this workspace; make its id with undo_id")
    if (correction.before, correction.after, correction.stretch_m) != (None, None, None):
        raise MisuseError(f"{subject}: says more than what it takes back; leave out cars and stretch")


def check_choice(choice: NetworkChoice) -> None:
    """Make sure that a choice names its person and has a time.

    Raises
    ------
    MisuseError
        If it does not.
    """
    subject = f"network {choice.name}"
    _check_person(choice.by, subject=subject)
    check_aware(choice.chosen_at, "chosen_at", subject=subject)
    check_numbers(choice.figures.values(), subject=subject)


def _check_person(by: str, *, subject: str) -> None:
    if not by.strip():
        raise MisuseError(f"{subject}: nobody is named; say by whom it is")


def _check_stretch(correction: Correction, *, subject: str) -> None:
    stretch = correction.stretch_m
    if (stretch is not None) != (correction.act is Act.CONCEAL):
        raise MisuseError(f"{subject}: a stretch belongs to {Act.CONCEAL.value} and to nothing else")
    if stretch is not None and not (all(map(math.isfinite, stretch)) and stretch[0] < stretch[1]):
        raise MisuseError(f"{subject}: {stretch[0]}–{stretch[1]} m is no stretch of track; give its lower end first")


def _check_car(car: Railcar, track: str, *, subject: str) -> None:
    named = f"{subject}: railcar {car.id}"
    if car.track != track:
        raise MisuseError(f"{named} stands on track {car.track!r}, not on {track!r}; decide on each track by itself")
    numbers = (car.start_m, car.end_m, car.offset_m, car.width_m, car.confidence)
    check_numbers(numbers, subject=named)
    if not car.start_m < car.end_m:
        raise MisuseError(f"{named}: {car.start_m}–{car.end_m} m is no car; give its lower end first")
    if car.type not in CAR_TYPES:
        raise MisuseError(f"{named}: {car.type!r} is no type of car; use one of {', '.join(CAR_TYPES)}")
    polygon_of((car.footprint,), subject=named)
