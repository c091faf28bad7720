"""What kind of change a place shows, as one pair of scenes tells it and as several together do."""

from collections.abc import Iterable
from dataclasses import dataclass

from yardwatch.change.seers import GROUND, HEAP, LABELS, RENEWED, ROAD, STRUCTURE, TRAITS
from yardwatch.change.spots import Spot

__all__ = ["Clues", "Kind", "classify", "joined_kind", "may_be_one"]

_CANOPY_LENGTH_M, _CANOPY_WIDTH_M = 60.0, 9.0
_CANOPY_RECTANGULAR = 0.6
_CANOPY_SURE = 0.6
_OVER_TRACKS = 0.15
_ON_TRACKS = 0.5
_ROAD_WIDTH_M, _ROAD_ASPECT = 20.0, 5.0


@dataclass(frozen=True, slots=True)
class Clues:
    """What is known of a place beside what the cells say."""

    length_m: float
    """Longer side."""
    width_m: float
    """Shorter side."""
    rectangular: float
    """Share of the smallest rectangle around it that it fills."""
    on_tracks: float
    """Share of it within the corridor of a track, where trains come and go."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind with how sure we are."""

    name: str
    """One of `yardwatch.model.change.CHANGE_KINDS`."""
    confidence: float
    """0 to 1."""


def classify(spot: Spot, clues: Clues) -> Kind | None:
    """The kind of a spot; None if it is nothing to report, such as a train that came or went.

    A structure is `built` if a roof speaks louder after than before, else `razed`. What covers tracks is `concealment`
    if it is a long solid roof, and no structure otherwise. Band statistics cannot tell kinds: they give `surface`, as
    ground is called that was put to another use.
    """
    votes = dict(zip(LABELS, spot.votes, strict=True))
    traits = dict(zip(TRAITS, spot.traits, strict=True))
    if spot.group in {STRUCTURE, HEAP} and clues.on_tracks > _OVER_TRACKS:
        canopy = _is_canopy(votes, clues)
        if canopy or clues.on_tracks > _ON_TRACKS:
            return Kind("concealment", votes["built"]) if canopy else None
    if spot.group == STRUCTURE:
        built = votes["built"] + 0.25 * traits["roof_after"] >= votes["razed"] + 0.25 * traits["roof_before"]
        return Kind("built" if built else "razed", votes["built"] + votes["razed"])
    if spot.group == ROAD:
        return Kind("road" if _is_road(clues) else "surface", votes["road"])
    if spot.group == HEAP:
        return Kind("stockpile", votes["stockpile"])
    if votes["surface"] > 0:
        trains = spot.group == RENEWED and clues.on_tracks > _ON_TRACKS
        return None if trains else Kind("surface", votes["surface"])
    return Kind("earthwork", votes["earthwork"]) if spot.group == GROUND else None


def _is_canopy(votes: dict[str, float], clues: Clues) -> bool:
    large = clues.length_m >= _CANOPY_LENGTH_M and clues.width_m >= _CANOPY_WIDTH_M
    return large and clues.rectangular >= _CANOPY_RECTANGULAR and votes["built"] >= _CANOPY_SURE


def _is_road(clues: Clues) -> bool:
    return clues.width_m <= _ROAD_WIDTH_M and clues.length_m >= _ROAD_ASPECT * clues.width_m


_STAGES = frozenset({"earthwork", "surface", "built", "stockpile", "concealment", "road"})
"""Kinds that may follow one another while one thing is built."""
_SURFACES = frozenset({"earthwork", "surface"})
_WORKS = ("concealment", "built", "stockpile", "road", "razed", "track_renewal")
_NOTABLE = 0.25


def may_be_one(earlier: str, later: str, *, same_date: bool) -> bool:
    """Whether two kinds seen at one place may be stages of one work, or parts of it where the date is the same.

    What is razed and what is built are two things, also where one takes the place of the other; bare ground and rubble
    belong to either.
    """
    if earlier == later:
        return True
    if earlier == "razed":
        return later in _SURFACES
    if later == "razed":
        return same_date and earlier in _SURFACES
    return earlier in _STAGES and later in _STAGES and "road" not in {earlier, later}


def joined_kind(stages: Iterable[tuple[str, float, int]]) -> str:
    """The kind of an object: the weightiest of its stages that is more than a changed surface.

    Parameters
    ----------
    stages : iterable of (str, float, int)
        Kind of each change, how much it weighs (square metres times confidence) and the number of its date.
    """
    weights: dict[str, float] = {}
    for kind, weight, _ in stages:
        weights[kind] = weights.get(kind, 0.0) + weight
    total = sum(weights.values())
    works = {kind: weights[kind] for kind in _WORKS if weights.get(kind, 0.0) >= _NOTABLE * total}
    chosen = works or weights
    return max(chosen, key=lambda kind: chosen[kind])
