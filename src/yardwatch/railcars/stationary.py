"""Cars that stand where a car like them stood in an earlier scene: indistinguishable from unmoved."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from yardwatch.model.frame import Floats
from yardwatch.model.railcar import Count, Railcar

__all__ = ["Stand", "Stay", "unmoved"]

_COUNTABLE_M = 1.0
_END_M = 0.6
_END_PX = 1.2
_SHIFTS_M = np.arange(-2.0, 2.01, 0.25)
_ELSEWHERE_M = np.concatenate([np.arange(-40.0, -4.0), np.arange(5.0, 41.0)])
_LOOK = 1.7
_FEWEST_LOOKS = 5
_VAGUE = frozenset({"unknown", "flat_or_container", "other"})


@dataclass(frozen=True, slots=True)
class Stand:
    """A car in one scene."""

    scene_id: str
    """The scene."""
    railcar: Railcar
    """The car."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Cars of several scenes that may be one car that never moved."""

    stands: tuple[Stand, ...]
    """One for each scene in which it was seen, by date; two or more."""
    by_chance: float
    """Share of the cars of its track that would match as well if the whole track were set down anywhere else."""


@dataclass(slots=True)
class _Chain:
    """A stay in the making."""

    stands: list[Stand]
    gsd_m: float
    chances: list[float] = field(default_factory=list)

    @property
    def last(self) -> Railcar:
        return self.stands[-1].railcar


def unmoved(counts: Sequence[Count]) -> tuple[Stay, ...]:
    """Chains of cars that are indistinguishable from unmoved.

    Two cars of scenes that follow each other are linked if they stand on the same track, both ends agree within 0.6 m
    and 1.2 pixels of the coarser scene, their types do not contradict each other, and their colours differ by less than
    1.7 on the scale of a scene, once the median difference between the scenes is taken off. The scenes may lie up to
    2 m off each other along a track, as registration leaves them. A scene in which the place was hidden is passed over;
    one that shows the place without such a car ends the chain.

    None of this tells a car that never moved from another of its length and look in its place; how often that happens
    by chance is told in `Stay.by_chance`, which is high for block trains.

    Parameters
    ----------
    counts : sequence of Count
        The counts of a site in the order of their dates; those coarser than 1 m are left aside.
    """
    chains: list[_Chain] = []
    ended: list[_Chain] = []
    for count in counts:
        if count.scene.gsd_m > _COUNTABLE_M:
            continue
        links = _linked(chains, count)
        for index, (place, chance) in links.items():
            chain = chains[index]
            chain.stands.append(Stand(count.scene.id, count.railcars[place]))
            chain.chances.append(chance)
            chain.gsd_m = count.scene.gsd_m
        open_ones = [chain for index, chain in enumerate(chains) if index in links or not _shown(count, chain.last)]
        ended += [chain for index, chain in enumerate(chains) if index not in links and _shown(count, chain.last)]
        taken = {place for place, _ in links.values()}
        fresh = [car for place, car in enumerate(count.railcars) if place not in taken]
        chains = open_ones + [_Chain([Stand(count.scene.id, car)], count.scene.gsd_m) for car in fresh]
    stays = [chain for chain in (*ended, *chains) if len(chain.stands) > 1]
    return tuple(Stay(tuple(chain.stands), float(np.mean(chain.chances))) for chain in stays)


def _linked(chains: Sequence[_Chain], count: Count) -> dict[int, tuple[int, float]]:
    """Which car of a count goes on with which chain, and how probable such a match is by chance."""
    found: dict[int, tuple[int, float]] = {}
    for track in dict.fromkeys(chain.last.track for chain in chains):
        before = [index for index, chain in enumerate(chains) if chain.last.track == track]
        after = [place for place, car in enumerate(count.railcars) if car.track == track]
        if after:
            within_m = np.array([_END_M + _END_PX * max(chains[index].gsd_m, count.scene.gsd_m) for index in before])
            pairs, chance = _pairs([chains[i].last for i in before], [count.railcars[p] for p in after], within_m)
            found |= {before[one]: (after[other], chance) for one, other in pairs}
    return _alike(chains, count, found)


def _pairs(
    before: Sequence[Railcar], after: Sequence[Railcar], within_m: Floats
) -> tuple[list[tuple[int, int]], float]:
    """Cars of one track that stand in the same place at the shift that fits most, and the share that fits elsewhere."""
    ends = [np.array([[car.start_m, car.end_m] for car in cars]) for cars in (before, after)]
    agree = np.array([[_agree(one, other) for other in after] for one in before])

    def fitting(shift_m: float) -> Floats:
        apart = np.abs(ends[0][:, None, :] - ends[1][None, :, :] + shift_m).max(2)
        return np.where(agree & (apart <= within_m[:, None]), apart, np.inf)

    best_m = max(_SHIFTS_M, key=lambda shift_m: (np.isfinite(fitting(shift_m)).any(1).sum(), -abs(shift_m)))
    apart = fitting(best_m)
    pairs = [
        (one, other)
        for one, other in enumerate(apart.argmin(1))
        if np.isfinite(apart[one, other]) and apart[:, other].argmin() == one
    ]
    chances = [np.isfinite(fitting(shift_m)).any(1).mean() for shift_m in _ELSEWHERE_M]
    return [(one, int(other)) for one, other in pairs], float(np.mean(chances))


def _agree(one: Railcar, other: Railcar) -> bool:
    """Whether two cars may be of the same type."""
    return one.type == other.type or bool({one.type, other.type} & _VAGUE)


def _alike(chains: Sequence[_Chain], count: Count, found: dict[int, tuple[int, float]]) -> dict[int, tuple[int, float]]:
    """The links whose cars look alike; where too few were measured to know how light changed, all of them."""
    looks = {index: (chains[index].last.look, count.railcars[place].look) for index, (place, _) in found.items()}
    known = {index: np.array(new.colour) - np.array(old.colour) for index, (old, new) in looks.items() if old and new}
    if len(known) < _FEWEST_LOOKS:
        return found
    light = np.median(list(known.values()), axis=0)
    odd = {index for index, change in known.items() if float(np.sqrt(np.mean((change - light) ** 2))) > _LOOK}
    return {index: link for index, link in found.items() if index not in odd}


def _shown(count: Count, car: Railcar) -> bool:
    """Whether a scene shows the place where a car stood."""
    middle_m = (car.start_m + car.end_m) / 2
    for track in count.tracks:
        if track.name == car.track:
            return not any(low <= middle_m <= high for low, high in track.hidden_stretches)
    return False
