"""Planned works: what was promised for when, when it was seen, and how late that is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from yardwatch.model.dates import When
from yardwatch.model.event import Event
from yardwatch.trends._points import days_between

__all__ = ["Milestone", "WorksLook", "milestone"]


@dataclass(frozen=True, slots=True)
class WorksLook:
    """One look at planned works."""

    when: When
    """When it was looked."""
    done: bool | None
    """Whether they were done; None if that could not be told."""
    id: str
    """The observation that says so."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """A plan and what became of it, as far as looks tell."""

    event_id: str
    """The planned event."""
    title: str
    """What was planned."""
    planned: When
    """For when."""
    observed: str | None
    """When it was done, as EDTF: between the last look before and the first after, or only ``../2025-05-28`` where
    nobody looked before; None if it was not seen."""
    not_seen_by: When | None
    """Where it was not seen: the last look that would have shown it; None without such a look."""
    late_days: tuple[float | None, float | None]
    """Days late, at least and at most, from the last day the plan allows; negative is early, None is not known."""
    undecided: int
    """Looks that could not tell."""
    contradicted: tuple[str, ...]
    """Looks that did not see it after it had been seen: a mistake, or it was undone."""
    ids: tuple[str, ...]
    """The looks it stands on."""

    @property
    def words(self) -> str:
        """One sentence."""
        said = f"{self.title}: planned for {self.planned}"
        if self.observed is None:
            seen = f"not seen by {self.not_seen_by}" if self.not_seen_by else "not looked for"
            late = self.late_days[0]
            return f"{said}, {seen}" + (f", at least {late:.0f} days late" if late is not None and late > 0 else "")
        return f"{said}, observed {self.observed}, {_lateness(*self.late_days)}"


def milestone(planned: Event, looks: Iterable[WorksLook]) -> Milestone:
    """Planned against observed.

    The works were done after the last look that did not see them and before the first that did. Dates count with all
    their uncertainty, so that "late by" is a range. It counts from the last day that the plan allows: what is planned
    for 2026-12 is late from 2027-01-01 on.

    Parameters
    ----------
    planned : Event
        With the planned date.
    looks : iterable of WorksLook
        In any order. Looks with an open date are left out.
    """
    dated = sorted(_dated(looks), key=lambda item: item[:2])
    seen = next((item for item in dated if item[2].done), None)
    unseen = [item for item in dated if item[2].done is False]
    earlier = [item for item in unseen if seen is None or item[0] < seen[1]]
    last = max(earlier, key=lambda item: item[0], default=None)
    contradicted = tuple(item[2].id for item in unseen if item not in earlier)
    return Milestone(
        event_id=planned.id,
        title=planned.title,
        planned=planned.when,
        observed=_observed(last, seen),
        not_seen_by=last[2].when if last and seen is None else None,
        late_days=_late(planned.when, last, seen),
        undecided=sum(item[2].done is None for item in dated),
        contradicted=contradicted,
        ids=tuple(item[2].id for item in (last, seen) if item is not None),
    )


_Dated = tuple[datetime, datetime, WorksLook]


def _dated(looks: Iterable[WorksLook]) -> Iterable[_Dated]:
    for look in looks:
        if look.when.earliest is not None and look.when.latest is not None:
            yield look.when.earliest, look.when.latest, look


def _observed(last: _Dated | None, seen: _Dated | None) -> str | None:
    if seen is None:
        return None
    return f"{last[0]:%Y-%m-%d}/{seen[1]:%Y-%m-%d}" if last else f"../{seen[1]:%Y-%m-%d}"


def _late(planned: When, last: _Dated | None, seen: _Dated | None) -> tuple[float | None, float | None]:
    least = days_between(planned.latest, last[0]) if last and planned.latest else None
    most = days_between(planned.latest, seen[1]) if seen and planned.latest else None
    return least, most


def _lateness(least: float | None, most: float | None) -> str:
    if most is not None and most <= 0:
        return "on time or early"
    if least is None or least <= 0:
        return "possibly on time" if most is None else f"at most {most:.0f} days late, possibly on time"
    return f"{least:.0f} days late or more" if most is None else f"{least:.0f} to {most:.0f} days late"
