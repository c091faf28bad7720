"""From observations to series: one for each extent, class and unit, and never pooled in silence."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from yardwatch.errors import MisuseError
from yardwatch.model.dates import When
from yardwatch.model.observation import Observation
from yardwatch.model.quantity import Qualifier
from yardwatch.model.series import NO_IMAGE_CLASS, UNUSABLE_CLASS, Censored, How, Look, Point, Series

__all__ = ["build_series", "by_day", "join", "total"]

_MACHINE = "machine"
_LEAST_SEEN_M = 7.0
"""Visible track, metres, below which an image says nothing of the railcars: half a car."""
_LOOKS = {NO_IMAGE_CLASS: How.NO_IMAGE, UNUSABLE_CLASS: How.UNUSABLE}
_LAST = datetime.max.replace(tzinfo=UTC)
_Key = tuple[str | None, str, str | None]


def build_series(observations: Iterable[Observation], *, looks: Iterable[Look] = ()) -> tuple[Series, ...]:
    """One series for each extent, class and unit, in the order of their names.

    Nothing is added up and no extents are pooled. Of observations with the same date, extent and class:

    - in the same scene a person's overrules the machine's, and a later record replaces an earlier one;
    - without a scene, a later record of the same source (or of the same person, where there is no source) replaces his
      earlier one;
    - all others stay beside each other as points of their own; `by_day` shows them as one.

    What was replaced is named in `Point.superseded`.

    Parameters
    ----------
    observations : iterable of Observation
        In any order. Those of class "no image" and "not usable" are taken as looks.
    looks : iterable of Look
        Dates without an image, or with one that could not be read. One enters each series of its extent that has
        nothing else for that date.
    """
    groups: dict[_Key, list[Observation]] = defaultdict(list)
    dates = list(looks)
    for observation in observations:
        if observation.klass not in _LOOKS:
            groups[observation.zone, observation.klass, observation.unit].append(observation)
        elif observation.when is not None:
            how = _LOOKS[observation.klass]
            dates.append(Look(observation.when, how, observation.zone, observation.id, observation.note))
    ordered = sorted(groups.items(), key=lambda item: tuple((part is not None, part or "") for part in item[0]))
    return tuple(_series(key, members, dates) for key, members in ordered)


def join(series: Sequence[Series], *, name: str) -> Series:
    """Pool the extents of several series, because a person says that they may be compared.

    Points keep their numbers and are not added; each says which extent it comes from.

    Raises
    ------
    MisuseError
        If there are fewer than two, or they differ in class or unit.
    """
    if len(series) < 2:
        raise MisuseError(f'"{name}": {len(series)} series cannot be joined; name at least two')
    kinds = {(one.klass, one.unit) for one in series}
    if len(kinds) > 1:
        said = ", ".join(sorted(one.name for one in series))
        raise MisuseError(f'"{name}": {said} differ in class or unit; join series of one class and unit')
    extents = tuple(dict.fromkeys(part for one in series for part in (one.joined or (_extent(one),))))
    points = [replace(point, extent=point.extent or _extent(one)) for one in series for point in one.points]
    undated = tuple(dict.fromkeys(name for one in series for name in one.undated))
    klass, unit = kinds.pop()
    return Series(name, name, klass, unit, _by_date(points), undated, extents)


def total(parts: Sequence[Series], *, klass: str, name: str | None = None) -> Series:
    """The sum by type, date by date, of one extent.

    A type without a number on a date is taken as not stated there, and the point's note lists what was added. If one of
    the parts is a lower bound, so is the sum.

    Parameters
    ----------
    parts : sequence of Series
        One for each type, all of one extent and unit.
    klass : str
        What the sum is of, e.g. ``railcar``.
    name : str, optional
        Name of the sum; made from the class and extent unless given.

    Raises
    ------
    MisuseError
        If there are none, extents or units differ, a class comes twice, or one includes another (``railcar`` and
        ``railcar:tank``).
    """
    _check_parts(parts)
    days: dict[tuple[date, date], list[tuple[Series, Point]]] = defaultdict(list)
    for part in parts:
        for point in by_day(part).usable:
            days[_day(point.when)].append((part, point))
    points = _by_date(_sum(members) for members in days.values())
    derived = "sum of " + ", ".join(part.klass for part in parts)
    first = parts[0]
    return Series(
        name or _name(first.extent, klass, first.unit), first.extent, klass, first.unit, points, (), (), derived
    )


def by_day(series: Series) -> Series:
    """The same series with at most one point for each day (or for each uncertain date).

    Where several points stand for one date, the number is kept if they agree; otherwise their bounds are the lowest and
    the highest of them, and there is no single value.
    """
    days: dict[tuple[date, date], list[Point]] = defaultdict(list)
    for point in series.points:
        days[_day(point.when)].append(point)
    return replace(series, points=_by_date(_envelope(members) for members in days.values()))


def _series(key: _Key, members: list[Observation], looks: list[Look]) -> Series:
    extent, klass, unit = key
    undated = tuple(one.id for one in members if one.when is None or not _is_bounded(one.when))
    points = [_point(when, group) for when, group in _same_look(members)]
    seen = {_day(point.when) for point in points}
    own = [look for look in looks if look.extent in {None, extent} and _is_bounded(look.when)]
    points += [
        Point(look.when, look.how, ids=(look.id,) if look.id else (), note=look.note)
        for look in own
        if _day(look.when) not in seen
    ]
    return Series(_name(extent, klass, unit), extent, klass, unit, _by_date(points), undated)


def _same_look(observations: list[Observation]) -> list[tuple[When, list[Observation]]]:
    """Groups of one closed date of which only the last member counts."""
    groups: dict[tuple[When, str, str], list[Observation]] = defaultdict(list)
    for one in observations:
        if one.when is None or not _is_bounded(one.when):
            continue
        if one.scene_id is not None:
            looker = ("scene", one.scene_id)
        elif one.source_id is not None:
            looker = ("source", one.source_id)
        else:
            looker = ("by", one.by)
        groups[one.when, *looker].append(one)
    return [
        (when, sorted(group, key=lambda one: (one.by != _MACHINE, one.recorded_at, one.id)))
        for (when, *_), group in groups.items()
    ]


def _point(when: When, group: list[Observation]) -> Point:
    *earlier, one = group
    number = one.quantity
    how, censored = How.SEEN, Censored.NONE
    blind = one.visible_m is not None and one.visible_m < _LEAST_SEEN_M
    if blind or (number.value is None and number.low is None and number.high is None):
        how = How.UNUSABLE
    elif number.qualifier is Qualifier.AT_LEAST or (number.value is None and number.high is None):
        censored = Censored.LOWER
    elif number.qualifier is Qualifier.AT_MOST or (number.value is None and not number.low):
        censored = Censored.UPPER
    return Point(
        when=when,
        how=how,
        value=number.value,
        low=number.low,
        high=number.high,
        censored=censored,
        hidden_share=_hidden_share(one),
        ids=(one.id,),
        superseded=tuple(old.id for old in earlier),
        note=one.note,
    )


def _hidden_share(one: Observation) -> float | None:
    if one.visible_m is None:
        return None
    unseen_m = (one.hidden_m or 0.0) + (one.outside_m or 0.0)
    whole_m = one.visible_m + unseen_m
    return unseen_m / whole_m if whole_m > 0 else None


def _envelope(members: list[Point]) -> Point:
    if len(members) == 1:
        return members[0]
    seen = [point for point in members if point.usable]
    if not seen:
        return min(members, key=lambda point: point.how is How.NO_IMAGE)
    ids = tuple(dict.fromkeys(name for point in seen for name in point.ids))
    older = tuple(dict.fromkeys(name for point in seen for name in point.superseded))
    shares = [point.hidden_share for point in seen if point.hidden_share is not None]
    values = {(point.value, point.low, point.high, point.censored) for point in seen}
    note = f"{len(seen)} observations of this date" if len(seen) > 1 else seen[0].note
    extent = seen[0].extent if len({point.extent for point in seen}) == 1 else None
    common = replace(
        seen[0], hidden_share=max(shares, default=None), ids=ids, superseded=older, note=note, extent=extent
    )
    if len(values) == 1:
        return common
    lows = [low for point in seen if (low := _low(point)) is not None]
    highs = [high for point in seen if (high := _high(point)) is not None]
    floors = all(point.censored is Censored.LOWER for point in seen)
    ceilings = all(point.censored is Censored.UPPER for point in seen)
    if floors:
        return replace(common, value=max(lows), low=max(lows), high=None, censored=Censored.LOWER)
    if ceilings:
        return replace(common, value=min(highs), low=0, high=min(highs), censored=Censored.UPPER)
    firm_lows = [low for point in seen if point.censored is not Censored.UPPER and (low := _low(point)) is not None]
    low, high = min(firm_lows or lows), max([*highs, *lows])
    return replace(common, value=None, low=low, high=high, censored=Censored.NONE)


def _sum(members: list[tuple[Series, Point]]) -> Point:
    points = [point for _, point in members]
    values = [point.value for point in points]
    lows, highs = [_low(point) for point in points], [_high(point) for point in points]
    stated = any(point.low is not None or point.high is not None for point in points)
    open_above = any(point.censored is Censored.LOWER for point in points)
    capped = any(point.censored is Censored.UPPER for point in points)
    shares = [point.hidden_share for point in points if point.hidden_share is not None]
    added = " + ".join(f"{point.best:g} {part.klass}" for part, point in members)
    return Point(
        when=points[0].when,
        how=How.SEEN,
        value=None if None in values else sum(value for value in values if value is not None),
        low=sum(low for low in lows if low is not None) if stated else None,
        high=sum(high for high in highs if high is not None) if stated and not open_above else None,
        censored=Censored.LOWER if open_above else Censored.UPPER if capped else Censored.NONE,
        hidden_share=max(shares, default=None),
        ids=tuple(name for point in points for name in point.ids),
        superseded=tuple(name for point in points for name in point.superseded),
        note=added,
    )


def _check_parts(parts: Sequence[Series]) -> None:
    if not parts:
        raise MisuseError("a total of no series; name the types to add")
    extents = {part.extent for part in parts}
    if len(extents) > 1 or len({part.unit for part in parts}) > 1:
        said = ", ".join(part.name for part in parts)
        raise MisuseError(f"{said} differ in extent or unit and are not added; join the extents first if you mean it")
    classes = [part.klass for part in parts]
    for klass in classes:
        if classes.count(klass) > 1 or any(other.startswith(f"{klass}:") for other in classes):
            raise MisuseError(f'"{klass}" would be counted twice in a total; leave it or its types out')


def _low(point: Point) -> float | None:
    return point.low if point.low is not None else point.best


def _high(point: Point) -> float | None:
    return None if point.censored is Censored.LOWER else point.high if point.high is not None else point.best


def _is_bounded(when: When) -> bool:
    return when.earliest is not None and when.latest is not None


def _day(when: When) -> tuple[date, date]:
    return (when.earliest or _LAST).date(), (when.latest or _LAST).date()


def _by_date(points: Iterable[Point]) -> tuple[Point, ...]:
    return tuple(sorted(points, key=lambda point: (point.at or _LAST, point.when.text, point.ids)))


def _name(extent: str | None, klass: str, unit: str | None) -> str:
    of = f" ({unit})" if unit else ""
    return f"{klass}{of} in {extent or 'the whole site'}"


def _extent(series: Series) -> str:
    return series.extent or "the whole site"
