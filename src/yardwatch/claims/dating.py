"""Dates of happenings that contradict the record: another date, or one out of order (in force before it was signed)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from yardwatch.claims.matters import gap_days, said_by
from yardwatch.claims.phrases import content_words
from yardwatch.errors import DateError
from yardwatch.model.claim import Claim, Source
from yardwatch.model.dates import When, parse_when
from yardwatch.model.event import Event

__all__ = ["DateConflict", "date_conflicts"]

_TOLD = re.compile(
    r"\b(?:dates?|dated|puts?|places?)\s+(?:it\s+|this\s+)?(?:to\s+|at\s+|on\s+|as\s+)?(\d{4}(?:-\d\d(?:-\d\d)?)?~?)(?![\d/-])"
)
_SAME_SHARE = 0.6
_SAME_WORDS = 3
_YEAR_DAYS = 366
_THINGS = {
    "treaty": ("treaty", "pact", "agreement", "accord", "convention"),
    "work": ("bridge", "station", "terminal", "canopy", "building", "yard", "track", "crossing"),
}
_STAGES = {
    "treaty": (
        ("it was signed", r"\bsign(?:ed|s|ing|ature)?\b"),
        ("it was ratified", r"\bratif"),
        ("it came into force", r"\b(?:into|in) force\b|\btakes? effect\b"),
    ),
    "work": (
        ("work on it began", r"\bgroundbreaking\b|\bbegins?\b|\bbegan\b|\bstart(?:s|ed)?\b"),
        ("it was completed", r"\bcomplet"),
        ("it was opened", r"\bopen(?:s|ed|ing)?\b|\bdedicat|\binaugurat"),
    ),
}


@dataclass(frozen=True, slots=True)
class DateConflict:
    """A stated date that cannot be right if the record is."""

    stated_by: str
    """Id of the claim, or of the event in whose source words the date stands."""
    event: str
    """Id of the event it contradicts."""
    stated: When
    """The date as stated."""
    sentence: str
    """What contradicts what, for people."""


@dataclass(frozen=True, slots=True)
class _Dated:
    """Something that says when a happening was."""

    id: str
    text: str
    when: When
    who: str
    own_event: str | None = None


def date_conflicts(
    claims: Iterable[Claim], events: Sequence[Event], sources: Mapping[str, Source]
) -> tuple[DateConflict, ...]:
    """Find dates that contradict the dated events of the record.

    Looked at are claims of kind ``event``, and dates that the source words of an event give otherwise ("one report
    dates it 2024-06-12"). A date contradicts where it belongs to the same happening but does not overlap, or where it
    puts a later stage of a treaty or of works (in force; opened) before an earlier one (signed; begun). Two texts tell
    of the same happening where they share three content words and 60 % of the shorter one's. What lies more than a
    year apart is taken for another happening.
    """
    stated = [*_from_claims(claims, sources), *_from_reports(events)]
    found = (_conflict(dated, events) for dated in stated)
    return tuple(conflict for conflict in found if conflict is not None)


def _from_claims(claims: Iterable[Claim], sources: Mapping[str, Source]) -> Iterator[_Dated]:
    for claim in claims:
        if claim.kind == "event" and claim.when is not None and not claim.negated:
            yield _Dated(claim.id, f"{claim.quote} {claim.measure or ''}", claim.when, said_by(claim, sources))


def _from_reports(events: Iterable[Event]) -> Iterator[_Dated]:
    """Other dates that the source words of an event report."""
    for event in events:
        for told in _TOLD.finditer(event.source or ""):
            try:
                when = parse_when(told[1])
            except DateError:
                continue
            yield _Dated(event.id, event.title, when, "one report", event.id)


def _conflict(dated: _Dated, events: Sequence[Event]) -> DateConflict | None:
    same = _same_happening(dated, events)
    if any(gap_days(dated.when, event.when) == 0 for event in same):
        return None
    early = next((event for event in events if _before_its_time(dated, event)), None)
    if not same and early is None:
        return None
    about = same[0] if same else early
    parts = [f"{dated.who} gives {dated.when} for “{about.title if about else dated.text}”"]
    if same:
        parts.append(f"the record has {same[0].when}")
    if early is not None:
        parts.append(f"that is before {_stage_name(early)} ({early.when}: “{early.title}”)")
    event = early or same[0]
    return DateConflict(dated.id, event.id, dated.when, "; ".join(parts)[:1].upper() + "; ".join(parts)[1:] + ".")


def _same_happening(dated: _Dated, events: Sequence[Event]) -> list[Event]:
    """Events of the same words within a year, the likest first; the event itself for a report on it."""
    if dated.own_event is not None:
        return [event for event in events if event.id == dated.own_event]
    words = content_words(dated.text)
    scored = []
    for event in events:
        title = content_words(event.title)
        shared = len(words & title)
        near = (gap_days(dated.when, event.when) or 0) <= _YEAR_DAYS
        if near and shared >= _SAME_WORDS and shared >= _SAME_SHARE * min(len(words), len(title)):
            scored.append((shared, event))
    return [event for _, event in sorted(scored, key=lambda pair: -pair[0])]


def _before_its_time(dated: _Dated, event: Event) -> bool:
    """Whether a later stage of a thing is dated before an earlier one of it."""
    thing, stage = _thing(dated.text), _stage(event.title)
    if thing is None or stage is None or _thing(event.title) != thing or event.id == dated.own_event:
        return False
    own = _stage(dated.text)
    later = own > stage if own is not None else thing[0] == "treaty" and stage == 0
    gap = gap_days(dated.when, event.when) or 0
    first, then = dated.when.latest, event.when.earliest
    return later and 0 < gap <= _YEAR_DAYS and first is not None and then is not None and first < then


def _thing(text: str) -> tuple[str, str] | None:
    """The first thing with stages that a text names: its family, and for works the thing itself."""
    words = content_words(text)
    for family, names in _THINGS.items():
        for name in names:
            if name in words:
                return family, family if family == "treaty" else name
    return None


def _stage(text: str) -> int | None:
    """How far along the text says the thing is; None if it does not say."""
    thing = _thing(text)
    stages = () if thing is None else _STAGES[thing[0]]
    return next((n for n, (_, words) in enumerate(stages) if re.search(words, text.casefold())), None)


def _stage_name(event: Event) -> str:
    thing, stage = _thing(event.title), _stage(event.title)
    return "" if thing is None or stage is None else _STAGES[thing[0]][stage][0]
