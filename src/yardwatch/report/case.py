"""What a report tells of a case, made ready for the page: findings, series and counts by type."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from yardwatch.model.assessment import Assessment
from yardwatch.model.event import Event
from yardwatch.model.observation import Observation
from yardwatch.model.quantity import Qualifier
from yardwatch.model.series import NO_IMAGE_CLASS, UNUSABLE_CLASS, Censored, How, Look, Point, Series
from yardwatch.report.charts import axis_for, matter_of, place_of, rows_svg, series_svg, unit_of, value_words
from yardwatch.report.contents import CaseFindings, Followed, Report
from yardwatch.report.dates import date_words, edtf_words
from yardwatch.report.numbering import Cite, Numbers, by_date, numbers_of
from yardwatch.report.words import joined, klass_words, quantity_words, thousands
from yardwatch.trends.jumps import Jump

__all__ = [
    "CaseTold",
    "Chart",
    "Finding",
    "Listed",
    "Seen",
    "Sum",
    "Unread",
    "amount_words",
    "case_told",
    "findings_of",
]

_MACHINE = "machine"
_LOOKS = {NO_IMAGE_CLASS: How.NO_IMAGE, UNUSABLE_CLASS: How.UNUSABLE}
_CHARTED = 3
"""Usable dates from which a series gets a chart of its own."""
_ROWS = 13
_GAPS = 3
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """An assessment on the page."""

    number: int
    """Its number."""
    assessment: Assessment
    """The whole of it."""
    confidence: str
    """The sentence on how good the ground is; never one with the conclusion."""
    stands_on: tuple[Cite, ...]
    """Observations, claims and events under it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One date of a series in the table."""

    when: str
    """The date in words."""
    number: str
    """The number with its bounds, or why there is none."""
    hidden: str
    """Share of the track that was hidden; empty if not known."""
    observations: tuple[Cite, ...]
    """What it stands on."""
    sources: tuple[Cite, ...]
    """Who published it."""
    note: str
    """What the observer wrote."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One series on the page."""

    place: str
    """Its extent."""
    matter: str
    """What is counted, with the unit."""
    svg: Markup | None
    """Its chart; None if it is a row of a common one."""
    sentences: tuple[str, ...]
    """What was found of it."""
    points: tuple[Listed, ...]
    """Every date."""
    undated: int
    """Observations that have no date and are not in it."""
    series: Series
    """What it shows."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Counts by type of one extent and date, and what they add up to."""

    place: str
    """The extent."""
    when: str
    """The date in words."""
    parts: tuple[tuple[str, str, Cite, tuple[Cite, ...]], ...]
    """Type, number, observation and source of each."""
    whole: str
    """The sum in words."""

    @property
    def sentence(self) -> str:
        """All of it in one sentence."""
        numbers = [number for _, number, *_ in self.parts]
        near = "about " if all(number.startswith("about ") for number in numbers) else ""
        told = joined([f"{number.removeprefix(near)} {kind.rpartition(': ')[2]}" for kind, number, *_ in self.parts])
        return f"{self.place}, {self.when}: {near}{told}; {self.whole} in all."


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation in a table."""

    cite: Cite
    """Its number."""
    observation: Observation
    """All of it."""
    when: str
    """The date in words."""
    amount: str
    """How many, with unit."""
    source: Cite | None
    """Who published it."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A date for which nothing could be read."""

    cite: Cite | None
    """Its number, where an observation says so."""
    when: str
    """The date in words."""
    extent: str
    """Where."""
    how: How
    """What became of it."""
    note: str
    """Anything more."""


@dataclass(frozen=True, slots=True)
class CaseTold:
    """A case, made ready for the page."""

    numbers: Numbers
    """What everything is called."""
    findings: tuple[Finding, ...]
    """Conclusions with a likelihood."""
    insufficient: tuple[Finding, ...]
    """Questions that the record cannot answer."""
    charts: tuple[Chart, ...]
    """Series, those with a chart first."""
    rows: tuple[Markup, ...]
    """Common charts of the series that are too short for one of their own."""
    steps: tuple[str, ...]
    """Steps between dates, with their caveats."""
    sums: tuple[Sum, ...]
    """Counts by type."""
    published: tuple[Seen, ...]
    """Observations that others published."""
    hand: tuple[Seen, ...]
    """Observations by our own people."""
    unseen: tuple[Unread, ...]
    """Dates for which nothing could be read."""
    extents: tuple[str, ...]
    """Every extent of the series."""
    gaps: tuple[tuple[str, str, str], ...]
    """The longest times without any usable date: first and last date, and days."""
    events: tuple[tuple[int, Event], ...]
    """Events with their numbers, by date."""
    on_axis: tuple[tuple[int, Event], ...]
    """Those that lie within the dates of the charts."""
    record: str
    """What the record holds, for the head of the report."""


def case_told(report: Report) -> CaseTold | None:
    """A report's case, made ready for the page; None if there is none."""
    case = report.case
    if case is None:
        return None
    numbers = numbers_of(report, case)
    known = {one.id: one for one in report.observations}
    events = tuple(sorted(((numbers.events[event.id], event) for event in case.events), key=lambda pair: pair[0]))
    findings = findings_of(case.assessments, numbers)
    people = by_date(one for one in report.observations if one.by != _MACHINE and one.klass not in _LOOKS)
    seen = [_seen(one, numbers) for one in people]
    axis = axis_for([one.series for one in case.followed])
    charts, rows = _charts(case, numbers, known, events)
    return CaseTold(
        numbers=numbers,
        findings=tuple(one for one in findings if one.assessment.likelihood is not None),
        insufficient=tuple(one for one in findings if one.assessment.likelihood is None),
        charts=charts,
        rows=rows,
        steps=tuple(_step_words(jump, known) for jump in case.jumps),
        sums=tuple(_sums(case, numbers, known)),
        published=tuple(one for one in seen if one.observation.source_id is not None),
        hand=tuple(one for one in seen if one.observation.source_id is None),
        unseen=_unseen(report, case, numbers),
        extents=tuple(dict.fromkeys(place_of(one.series) for one in case.followed)),
        gaps=_gaps(case),
        events=events,
        on_axis=tuple(pair for pair in events if axis.span(pair[1].when) is not None) if case.followed else (),
        record=_record(case, people),
    )


def findings_of(assessments: Sequence[Assessment], numbers: Numbers) -> tuple[Finding, ...]:
    """Assessments with their numbers and references."""
    return tuple(
        Finding(
            number=numbers.assessments[one.id],
            assessment=one,
            confidence=_confidence(one),
            stands_on=(
                *(numbers.observation(name) for name in one.observations),
                *(numbers.claim(name) for name in one.claims),
                *(numbers.event(name) for name in one.events),
            ),
        )
        for one in assessments
    )


def amount_words(observation: Observation) -> str:
    """How many were seen, with the unit where it is not a number of things."""
    said = quantity_words(observation.quantity)
    return f"{said} {observation.unit}" if observation.unit and observation.quantity.high != 0 else said


def _confidence(assessment: Assessment) -> str:
    because = assessment.because.strip()
    if "confidence" in because.casefold():
        return because
    level = assessment.confidence.value
    return f"Confidence is {level}: {because}" if because else f"Confidence is {level}."


def _charts(
    case: CaseFindings, numbers: Numbers, known: dict[str, Observation], events: Sequence[tuple[int, Event]]
) -> tuple[tuple[Chart, ...], tuple[Markup, ...]]:
    """Long series with charts of their own, short ones as rows of a common chart; all on one axis."""
    axis = axis_for([one.series for one in case.followed])
    long = [one for one in case.followed if _dates(one) >= _CHARTED]
    short = [one for one in case.followed if one not in long and not (one.series.derived and _dates(one) < 2)]
    charts = [_chart(one, numbers, known, series_svg(one, axis=axis, events=events)) for one in long]
    charts += [_chart(one, numbers, known, None) for one in short]
    groups = [short[start : start + _ROWS] for start in range(0, len(short), _ROWS)]
    drawn = [rows_svg([one.series for one in group], axis=axis) for group in groups]
    return tuple(charts), tuple(Markup(svg) for svg in drawn)  # noqa: S704 -- escaped where it is made


def _dates(followed: Followed) -> int:
    return len({point.when.text for point in followed.series.usable})


def _chart(followed: Followed, numbers: Numbers, known: dict[str, Observation], svg: str | None) -> Chart:
    series = followed.series
    derived = f", {series.derived}" if series.derived else ""
    unit = f" ({unit_of(series)})" if series.unit else ""
    return Chart(
        place=place_of(series),
        matter=f"{matter_of(series)}{unit}{derived}",
        svg=None if svg is None else Markup(svg),  # noqa: S704 -- escaped where it is made
        sentences=tuple(_found(followed, known)) if svg is not None else (),
        points=tuple(_listed(point, numbers, known) for point in series.points),
        undated=len(series.undated),
        series=series,
    )


def _found(followed: Followed, known: dict[str, Observation]) -> list[str]:
    """What was found of a series, a sentence each."""
    said = []
    if followed.presence is not None and followed.presence.usable:
        words = str(followed.presence)
        said.append(f"{words[:1].upper()}{words[1:]}.")
    if followed.highest is not None and followed.highest.usable:
        said.append(f"{date_words(followed.highest.point.when)} is {followed.highest.words}.")
    if followed.jump is not None:
        said.append(f"Largest step: {_step_words(followed.jump, known)}")
    found = followed.changes
    for change in found.changes if found else ():
        level = f"{100 * found.level:.0f} % interval {edtf_words(change.interval_edtf)}" if found else ""
        said.append(
            f"The level changed by a factor of about {change.ratio:.2g} between {date_words(change.after)} and "
            f"{date_words(change.before)} ({level})."
        )
    if found is not None and found.dates and not found.changes:
        said.append(f"No change of level is shown (probability of any, by the model: {found.any_change:.2f}).")
    return said


def _step_words(jump: Jump, known: dict[str, Observation]) -> str:
    """A step between two dates as a sentence, its caveats after it."""
    before, after = (
        f"{_number_words(point, known).partition(':')[0]} ({extent}, {date_words(point.when)})"
        for point, extent in zip((jump.before, jump.after), jump.extents, strict=True)
    )
    caveats = "".join(f" {caveat[:1].upper()}{caveat[1:]}." for caveat in jump.caveats)
    return f"from {before} to {after}.{caveats}"


def _number_words(point: Point, known: dict[str, Observation]) -> str:
    """The number of a point, with its qualifier where it is one observation as it stands."""
    under = [known[name] for name in point.ids if name in known]
    return quantity_words(under[0].quantity) if len(under) == 1 and point.usable else value_words(point)


def _listed(point: Point, numbers: Numbers, known: dict[str, Observation]) -> Listed:
    under = [known[name] for name in point.ids if name in known]
    sources = dict.fromkeys(one.source_id for one in under if one.source_id is not None)
    return Listed(
        when=date_words(point.when),
        number=_number_words(point, known),
        hidden="" if point.hidden_share is None else f"{100 * point.hidden_share:.0f} %",
        observations=tuple(numbers.observation(name) for name in point.ids if name in numbers.observations),
        sources=tuple(numbers.source(name) for name in sources),
        note=point.note or "",
    )


def _sums(case: CaseFindings, numbers: Numbers, known: dict[str, Observation]) -> list[Sum]:
    sums = []
    for one in case.followed:
        for point in one.series.usable if one.series.derived else ():
            parts = [known[name] for name in point.ids if name in known]
            sums.append(
                Sum(
                    place=place_of(one.series),
                    when=date_words(point.when),
                    parts=tuple(_part(part, numbers) for part in parts),
                    whole=_whole(point, parts),
                )
            )
    return sums


def _part(part: Observation, numbers: Numbers) -> tuple[str, str, Cite, tuple[Cite, ...]]:
    sources = (numbers.source(part.source_id),) if part.source_id is not None else ()
    return klass_words(part.klass), amount_words(part), numbers.observation(part.id), sources


def _whole(point: Point, parts: Sequence[Observation]) -> str:
    words = value_words(point)
    near = any(part.quantity.qualifier is Qualifier.ABOUT for part in parts)
    return f"about {words}" if near and point.value is not None and point.censored is Censored.NONE else words


def _seen(one: Observation, numbers: Numbers) -> Seen:
    source = numbers.source(one.source_id) if one.source_id is not None else None
    return Seen(numbers.observation(one.id), one, date_words(one.when), amount_words(one), source)


def _unseen(report: Report, case: CaseFindings, numbers: Numbers) -> tuple[Unread, ...]:
    """Looks, from wherever they are known, by date and each once."""
    looks = list(case.looks)
    given = {look.id for look in looks}
    looks += [
        Look(one.when, _LOOKS[one.klass], one.zone, one.id, one.note)
        for one in report.observations
        if one.klass in _LOOKS and one.when is not None and one.id not in given
    ]
    looks.sort(key=lambda look: (look.when.text, look.extent or ""))
    written: set[str] = set()
    rows = []
    for look in looks:
        cite = numbers.observation(look.id) if look.id in numbers.observations and look.id not in written else None
        written.add(look.id or "")
        rows.append(Unread(cite, date_words(look.when), look.extent or "whole site", look.how, look.note or ""))
    return tuple(rows)


def _gaps(case: CaseFindings) -> tuple[tuple[str, str, str], ...]:
    """The longest times in which no series has a usable date."""
    spans = sorted(
        (point.when.earliest, point.when.latest)
        for followed in case.followed
        for point in followed.series.usable
        if point.when.earliest is not None and point.when.latest is not None
    )
    empty: list[tuple[datetime, datetime]] = []
    reached = spans[0][1] if spans else datetime.max.replace(tzinfo=UTC)
    for first, last in spans:
        if first - reached > _DAY:
            empty.append((reached, first))
        reached = max(reached, last)
    longest = sorted(empty, key=lambda gap: gap[0] - gap[1])[:_GAPS]
    return tuple((_day(first), _day(last), thousands((last - first) / _DAY)) for first, last in longest)


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _record(case: CaseFindings, people: Sequence[Observation]) -> str:
    published = [one for one in people if one.source_id is not None]
    parts = [
        (len(published), "published observation", "published observations"),
        (len(case.claims), "claim", "claims"),
        (len(case.events), "event", "events"),
        (len(case.sources), "source", "sources"),
    ]
    told = [f"{number} {one if number == 1 else more}" for number, one, more in parts if number]
    dated = [one.when for one in published if one.when is not None]
    span = ""
    if len(dated) > 1:
        span = f"; observations from {date_words(dated[0])} to {date_words(dated[-1])}"
    return f"{joined(told)}{span}" if told else ""
