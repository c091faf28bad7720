"""What a report tells of events and plans: when they were, what followed, and what the dates cannot show."""

from collections.abc import Sequence
from dataclasses import dataclass

from yardwatch.model.event import Event
from yardwatch.report.contents import CaseFindings
from yardwatch.report.dates import date_words, edtf_words
from yardwatch.report.numbering import Cite, Numbers
from yardwatch.report.words import thousands
from yardwatch.trends.events import EventTest, Verdict
from yardwatch.trends.milestones import Milestone

__all__ = ["EventRow", "EventsTold", "MilestoneRow", "TestGroup", "TestRow", "events_told"]

_OPEN = "–"


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event in the table."""

    cite: Cite
    """Its number."""
    event: Event
    """All of it."""
    when: str
    """Its date in words."""
    source: str
    """Who says so; empty where nobody is named."""
    source_cite: Cite | None
    """The source in the list of references, where it is there."""
    wanting: bool
    """Whether it wants a source of its own."""


@dataclass(frozen=True, slots=True)
class TestRow:
    """Tests of one series that came to the same."""

    events: tuple[tuple[Cite, str], ...]
    """The events, with their titles."""
    ids: tuple[str, ...]
    """Their ids."""
    verdict: str
    """What they came to."""
    dates: str
    """Usable dates before and after, and those set aside."""
    ratio: str
    """Rate after over rate before with its interval."""
    lag: str
    """Days from the event to the change."""
    p: str
    """Corrected p-value."""
    smallest: str
    """Smallest factor that these dates could have shown."""
    reason: str
    """Why."""


@dataclass(frozen=True, slots=True)
class TestGroup:
    """The tests of one series."""

    series: str
    """Name of the series."""
    rows: tuple[TestRow, ...]
    """What they came to."""


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A plan and what was seen of it."""

    cite: Cite
    """The planned event."""
    event: str
    """Its id."""
    title: str
    """What was planned."""
    planned: str
    """For when, in words."""
    observed: str
    """When it was done, as far as was seen."""
    late: str
    """By how much it is late."""
    under: tuple[str, ...]
    """Ids of the looks it stands on."""


@dataclass(frozen=True, slots=True)
class EventsTold:
    """Everything about events, made ready for the page."""

    rows: tuple[EventRow, ...]
    """The events by date."""
    tests: tuple[TestGroup, ...]
    """By series."""
    shown: int
    """Tests that show a change."""
    not_shown: int
    """Tests that could have shown one, and do not."""
    insufficient: int
    """Tests for which the dates do not suffice."""
    milestones: tuple[MilestoneRow, ...]
    """Plans."""


def events_told(case: CaseFindings, numbers: Numbers) -> EventsTold:
    """Everything about events, made ready for the page."""
    ordered = sorted(case.events, key=lambda event: numbers.events[event.id])
    verdicts = [test.verdict for test in case.tested]
    return EventsTold(
        rows=tuple(_row(event, case, numbers) for event in ordered),
        tests=_groups(case.tested, numbers),
        shown=verdicts.count(Verdict.CHANGE),
        not_shown=verdicts.count(Verdict.NO_CHANGE_SHOWN),
        insufficient=verdicts.count(Verdict.INSUFFICIENT),
        milestones=tuple(_milestone(one, numbers) for one in case.milestones),
    )


def _row(event: Event, case: CaseFindings, numbers: Numbers) -> EventRow:
    said = event.source or ""
    named = [source.id for source in case.sources if said and said in {source.id, source.title}]
    return EventRow(
        cite=numbers.event(event.id),
        event=event,
        when=date_words(event.when),
        source=said,
        source_cite=numbers.source(named[0]) if len(named) == 1 else None,
        wanting=not said or event.id in case.wanting_source,
    )


def _groups(tests: Sequence[EventTest], numbers: Numbers) -> tuple[TestGroup, ...]:
    """By series; events that came to word for word the same share a row."""
    series: dict[str, dict[tuple[object, ...], list[EventTest]]] = {}
    for test in tests:
        same = (test.verdict, test.reason, test.ratio, test.p_adjusted, test.lag_days, test.before, test.after)
        series.setdefault(test.series, {}).setdefault(same, []).append(test)
    return tuple(
        TestGroup(name, tuple(_test(members, numbers) for members in rows.values())) for name, rows in series.items()
    )


def _test(members: Sequence[EventTest], numbers: Numbers) -> TestRow:
    test = members[0]
    aside = f", {test.set_aside} set aside" if test.set_aside else ""
    return TestRow(
        events=tuple((numbers.event(one.event_id), one.title) for one in members),
        ids=tuple(one.event_id for one in members),
        verdict=test.verdict.value,
        dates=f"{test.before} before, {test.after} after{aside}",
        ratio=_ratio(test),
        lag=_OPEN if test.lag_days is None else f"{thousands(test.lag_days[0])} to {thousands(test.lag_days[1])} days",
        p=_OPEN if test.p_adjusted is None else f"{test.p_adjusted:.2g}",
        smallest=_OPEN if test.smallest_ratio is None else f"× {test.smallest_ratio:.2g}",
        reason=test.reason,
    )


def _ratio(test: EventTest) -> str:
    if test.ratio is None:
        return _OPEN
    low, high = (_fold(bound) for bound in (test.ratio_low, test.ratio_high))
    return f"× {_fold(test.ratio)} ({low}–{high})"


def _fold(ratio: float | None) -> str:
    if ratio is None:
        return "open"
    return f"{ratio:.2g}" if 0.01 <= ratio < 100 else "over 100" if ratio >= 100 else "under 0.01"


def _milestone(one: Milestone, numbers: Numbers) -> MilestoneRow:
    if one.observed is not None:
        observed = edtf_words(one.observed)
    else:
        observed = f"not seen by {date_words(one.not_seen_by)}" if one.not_seen_by else "not looked for"
    return MilestoneRow(
        cite=numbers.event(one.event_id),
        event=one.event_id,
        title=one.title,
        planned=date_words(one.planned),
        observed=observed,
        late=_late(*one.late_days),
        under=tuple(one.ids),
    )


def _late(least: float | None, most: float | None) -> str:
    if most is not None and most <= 0:
        return "on time or early"
    if least is None or least <= 0:
        return "not known" if most is None else f"at most {thousands(most)} days late, perhaps on time"
    return f"{thousands(least)} {'days late or more' if most is None else f'to {thousands(most)} days late'}"
