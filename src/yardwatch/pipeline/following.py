"""What was seen, followed over the years: series and what trends finds in them."""

import re
from collections.abc import Iterable, Sequence
from itertools import combinations, groupby

from yardwatch.model.event import Event
from yardwatch.model.observation import Observation
from yardwatch.model.series import Series
from yardwatch.report import Followed
from yardwatch.trends.changepoints import find_changes
from yardwatch.trends.compare import Comparison, compare
from yardwatch.trends.jumps import Jump, jumps_of, largest_jump
from yardwatch.trends.milestones import Milestone, WorksLook, milestone
from yardwatch.trends.presence import is_active, presence
from yardwatch.trends.records import HighestSince, highest_since
from yardwatch.trends.series import build_series, by_day, total

__all__ = ["ALL_TYPES", "MILESTONE", "WORKS", "comparisons_of", "follow", "milestones_of", "series_of", "steps_of",
           "testable"]  # fmt: skip

MILESTONE = "milestone"
"""Kind of an event that is planned."""

WORKS = "works:"
"""An observation of class ``works:ID`` looks whether the planned event ID is done: "none" or "1"."""

ALL_TYPES = "rolling stock"
"""Class of the sum by type, locomotives included."""

_TYPED = re.compile(r"railcar:.+|locomotive")
_WHOLE = "railcar"
_FEWEST_DATES = 3
_TESTABLE = 6
_SAME_DAY = 1.0
_NEAR_DAYS = 61.0


def series_of(observations: Iterable[Observation]) -> tuple[Series, ...]:
    """One series for each extent, class and unit, each extent's sum by type after its parts.

    There is no sum where the types were counted once only, or where the whole was stated for the same days.
    """
    found = build_series(one for one in observations if not one.klass.startswith(WORKS))
    followed: list[Series] = []
    for _, group in groupby(found, key=lambda one: one.extent):
        members = tuple(group)
        typed = [one for one in members if one.unit is None and _TYPED.fullmatch(one.klass)]
        stated = {point.when for one in members if one.klass == _WHOLE for point in one.usable}
        followed.extend(members)
        if len(typed) > 1 and not {point.when for one in typed for point in one.usable} <= stated:
            followed.append(total(typed, klass=ALL_TYPES))
    return tuple(followed)


def follow(series: Series) -> Followed:
    """A series with what was found of it."""
    dates = by_day(series).usable
    return Followed(
        series=series,
        presence=presence(series),
        highest=_record(series) if len(dates) > 1 else None,
        changes=find_changes(series) if len(dates) >= _FEWEST_DATES else None,
        jump=largest_jump(jumps_of([series])),
    )


def _record(series: Series) -> HighestSince | None:
    """The last number as the highest since another; None where it only exceeds none but its neighbour."""
    record = highest_since(series)
    return record if record is not None and record.usable else None


def steps_of(series: Sequence[Series]) -> tuple[Jump, ...]:
    """The largest steps, by number and by ratio, of railcars from one extent to another; none are pooled.

    Two extents are held against each other only where they were seen within two months: later, it is no step. The steps
    within an extent are told with its series.
    """
    whole = [one for one in series if one.klass == _WHOLE and one.unit is None and one.extent is not None]
    if len(whole) < 2:
        return ()
    steps = [step for step in jumps_of(whole) if step.extents[0] != step.extents[1] and step.gap_days <= _NEAR_DAYS]
    largest = (largest_jump(steps, by_ratio=True), largest_jump(steps))
    return tuple(dict.fromkeys(jump for jump in largest if jump is not None))


def comparisons_of(series: Sequence[Series]) -> tuple[Comparison, ...]:
    """Two extents held against each other, where they were seen on the same days; the whole site is no other extent."""
    held = [
        compare(one, other, tolerance_days=_SAME_DAY)
        for one, other in combinations(series, 2)
        if (one.klass, one.unit) == (other.klass, other.unit) and None not in (one.extent, other.extent)
    ]
    return tuple(comparison for comparison in held if comparison.pairs)


def testable(series: Sequence[Series]) -> tuple[Series, ...]:
    """The series that events are held against: those with enough dates, or else the one with most."""
    seen = [one for one in series if by_day(one).usable]
    enough = tuple(one for one in seen if len(by_day(one).usable) >= _TESTABLE)
    return enough or tuple(sorted(seen, key=lambda one: (-len(by_day(one).usable), one.klass != _WHOLE))[:1])


def milestones_of(events: Iterable[Event], observations: Iterable[Observation]) -> tuple[Milestone, ...]:
    """Each planned event and what was seen of it."""
    looks = [one for one in observations if one.klass.startswith(WORKS) and one.when is not None]
    return tuple(
        milestone(event, [_look(one) for one in looks if one.klass == WORKS + event.id])
        for event in events
        if event.kind == MILESTONE
    )


def _look(seen: Observation) -> WorksLook:
    assert seen.when is not None  # noqa: S101 -- chosen so
    (point,) = build_series([seen])[0].points
    return WorksLook(seen.when, is_active(point), seen.id)
