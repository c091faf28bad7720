"""What a person decided about the railcars of a scene."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from yardwatch.model.railcar import Railcar

__all__ = ["Act", "Correction", "standing_decisions", "undo_id"]

_UNDO = "undo-"


class Act(StrEnum):
    """What was decided."""

    ACCEPT = "accept"
    """The car stands there as the machine says."""
    DELETE = "delete"
    """No such car stands there."""
    ADD = "add"
    """A car stands there that was not found."""
    CHANGE = "change"
    """It stands there, but with other ends, another offset or type."""
    CONCEAL = "conceal"
    """A stretch of track cannot be seen."""
    CHECK = "check"
    """The whole track was looked at: only cars with a person's word stand on it, whatever the machine says since."""
    SIGN = "sign"
    """Another person looked at a checked track and agrees."""
    UNDO = "undo"
    """An earlier decision is taken back, as if it had not been made; its id says which: `undo_id` of that one's."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One decision on one car or track of one scene; it is never changed, only followed by another."""

    id: str
    """Unique in its workspace."""
    scene_id: str
    """The scene."""
    act: Act
    """What was decided."""
    track: str
    """Name of the track."""
    before: Railcar | None
    """The car as it was until then; None where there was none, or no car is meant."""
    after: Railcar | None
    """The car as the person left it; None where none is left, or no car is meant."""
    by: str
    """Who decided."""
    decided_at: datetime
    """When (aware, UTC)."""
    stretch_m: tuple[float, float] | None = None
    """Chainage of both ends of what cannot be seen, metres; only of `Act.CONCEAL`."""
    note: str | None = None
    """Why, in words."""


def undo_id(correction_id: str) -> str:
    """The id of the decision that takes back the one with `correction_id`; so each is taken back once at most."""
    return _UNDO + correction_id


def standing_decisions(corrections: Sequence[Correction]) -> tuple[Correction, ...]:
    """The decisions that hold, in the order in which they were made: those taken back and the taking back left out.

    Taking back can itself be taken back; then the first decision holds again.
    """
    gone: set[str] = set()
    for correction in reversed(corrections):
        if correction.act is Act.UNDO and correction.id not in gone:
            gone.add(correction.id.removeprefix(_UNDO))
    return tuple(one for one in corrections if one.act is not Act.UNDO and one.id not in gone)
