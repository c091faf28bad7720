"""Cars that did not move as far as one can see: counted apart in each tally."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from yardwatch.model.dates import When
from yardwatch.model.railcar import Count, Railcar, Tally, Unmoved
from yardwatch.railcars.stationary import Stay, unmoved

__all__ = ["unmoved_facts", "with_stays"]


def with_stays(counts: Sequence[Count]) -> tuple[Count, ...]:
    """Counts whose tallies say how many of their cars are indistinguishable from unmoved, and since when.

    Parameters
    ----------
    counts : sequence of Count
        All counts of a site in the order of their dates; those without a date take no part.
    """
    dated = [count for count in counts if count.scene.acquired is not None]
    if len(dated) < 2:
        return tuple(counts)
    dates = {count.scene.id: count.scene.acquired for count in dated}
    since: dict[tuple[str, str], tuple[When | None, Stay]] = {}
    for stay in unmoved(dated):
        for stand in stay.stands[1:]:
            since[stand.scene_id, stand.railcar.id] = (dates[stay.stands[0].scene_id], stay)
    return tuple(_told(count, since) for count in counts)


def _told(count: Count, since: Mapping[tuple[str, str], tuple[When | None, Stay]]) -> Count:
    tallies = [
        replace(
            tally, unmoved=_unmoved([car for car in count.railcars if tally.zone in {None, car.zone}], count, since)
        )
        for tally in count.tallies
    ]
    return replace(count, tallies=tuple(tallies)) if any(tally.unmoved for tally in tallies) else count


def _unmoved(
    cars: Sequence[Railcar], count: Count, since: Mapping[tuple[str, str], tuple[When | None, Stay]]
) -> tuple[Unmoved, ...]:
    groups: dict[When | None, list[Stay]] = {}
    for car in cars:
        if (count.scene.id, car.id) in since:
            date, stay = since[count.scene.id, car.id]
            groups.setdefault(date, []).append(stay)
    ordered = sorted(groups.items(), key=lambda pair: str(pair[0].earliest) if pair[0] else "")
    return tuple(Unmoved(date, len(stays), sum(stay.by_chance for stay in stays)) for date, stays in ordered)


def unmoved_facts(tally: Tally) -> list[dict[str, str | float | int | None]]:
    """The same for programs."""
    return [
        {"since": one.since.text if one.since else None, "number": one.number, "by_chance": round(one.by_chance, 2)}
        for one in tally.unmoved
    ]
