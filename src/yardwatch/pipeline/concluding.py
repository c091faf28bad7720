"""From findings to conclusions: each finding is put to the assessment that is made for it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from yardwatch.assessment.activity import PresenceFinding, assess_presence
from yardwatch.assessment.claimed import ClaimFinding, Voice, assess_claim
from yardwatch.assessment.events import EventFinding, assess_event
from yardwatch.assessment.ground import Ground
from yardwatch.assessment.levels import LevelChange, assess_level_change
from yardwatch.assessment.plans import MilestoneFinding, assess_milestone
from yardwatch.claims.drift import Relation
from yardwatch.model.assessment import Assessment
from yardwatch.model.claim import Source
from yardwatch.model.dates import When
from yardwatch.model.event import Event
from yardwatch.model.observation import Observation
from yardwatch.model.series import Point, Series
from yardwatch.pipeline.weighing import Weighed
from yardwatch.report import Followed
from yardwatch.trends.changepoints import Change
from yardwatch.trends.events import EventTest, Verdict
from yardwatch.trends.jumps import Jump
from yardwatch.trends.milestones import Milestone
from yardwatch.trends.series import by_day

__all__ = ["Record", "conclusions"]

_NEAR = timedelta(days=45)
_RAILCAR = "railcar"
_FEWEST_USABLE = 10
_WHOLE = "the whole site"


class Record:
    """The observations under the findings, and who published them."""

    def __init__(self, observations: Iterable[Observation], sources: Iterable[Source]) -> None:
        self._by_id = {one.id: one for one in observations}
        self._sources = {source.id: source for source in sources}

    def published(self, ids: Iterable[str]) -> bool:
        """Whether somebody chose any of these observations for publication, so that they are no fair sample of days."""
        return any(self._by_id[name].source_id is not None for name in ids)

    def ground(self, ids: Iterable[str], *, one_extent: bool = True) -> Ground:
        """What a conclusion from these observations stands on; those of one source and day are one."""
        seen = [self._by_id[name] for name in ids if name in self._by_id]
        published = {one.source_id for one in seen if one.source_id is not None}
        grades = tuple(sorted(self._sources[name].reliability for name in published))
        looks = {(one.when, one.source_id, one.scene_id, one.by) for one in seen}
        own = [one for one in seen if one.source_id is None]
        return Ground(observations=len(looks), grades=() if own else grades, one_extent=one_extent)


def conclusions(
    record: Record,
    *,
    followed: Sequence[Followed],
    jumps: Sequence[Jump],
    tested: Sequence[EventTest],
    events: Mapping[str, Event],
    milestones: Sequence[Milestone],
    weighed: Weighed,
) -> tuple[Assessment, ...]:
    """All that is concluded: jumps and changes of level, presence, events, claims, plans."""
    series = {one.series.name: one.series for one in followed}
    found = (
        *(_of_jump(jump, record) for jump in jumps),
        *(_of_change(one, change, record) for one in followed if one.changes for change in one.changes.changes),
        *(_of_presence(one, record) for one in followed if _often_enough(one, record)),
        *(_of_event(test, events[test.event_id], series[test.series], record) for test in tested
          if _worth_words(test, events[test.event_id], series[test.series])),
        *_of_claims(weighed),
        *(_of_milestone(one, record) for one in milestones),
    )  # fmt: skip
    return tuple({assessment.id: assessment for assessment in found}.values())


def _of_jump(jump: Jump, record: Record) -> Assessment:
    ids = (*jump.before.ids, *jump.after.ids)
    return assess_level_change(
        LevelChange(
            place=" and ".join(dict.fromkeys(jump.extents)),
            what="railcars",
            between=jump.edtf,
            before=jump.before.best or 0,
            after=jump.after.best or 0,
            probability=None,
            extents=jump.extents,
            caveats=tuple(_sentence(caveat) for caveat in jump.caveats),
            observations=ids,
        ),
        record.ground(ids, one_extent=len(set(jump.extents)) == 1),
    )


def _of_change(one: Followed, change: Change, record: Record) -> Assessment:
    assert one.changes is not None  # noqa: S101 -- chosen so
    place = one.changes.changes.index(change)
    before, after = one.changes.segments[place], one.changes.segments[place + 1]
    ids = _ids(one.series)
    return assess_level_change(
        LevelChange(
            place=one.series.extent or _WHOLE,
            what=_what(one.series),
            between=change.edtf,
            before=before.rate,
            after=after.rate,
            probability=change.probability,
            extents=one.series.joined or (one.series.extent or _WHOLE,),
            joined=bool(one.series.joined),
            observations=ids,
        ),
        record.ground(ids, one_extent=not one.series.joined),
    )


def _often_enough(one: Followed, record: Record) -> bool:
    """Whether a share of days can be said: of railcars as such, from many images that nobody chose to publish."""
    if one.presence is None or one.series.klass != _RAILCAR or one.presence.usable < _FEWEST_USABLE:
        return False
    return not record.published(_ids(one.series))


def _of_presence(one: Followed, record: Record) -> Assessment:
    assert one.presence is not None  # noqa: S101 -- chosen so
    points, ids = by_day(one.series).points, _ids(one.series)
    return assess_presence(
        PresenceFinding(
            place=one.series.extent or _WHOLE,
            what=_what(one.series),
            period=f"{_day(points[0].when)}/{_day(points[-1].when)}",
            active=one.presence.active,
            usable=one.presence.usable,
            unusable=one.presence.unusable,
            no_image=one.presence.no_image,
            observations=ids,
        ),
        record.ground(ids),
    )


def _of_event(test: EventTest, event: Event, series: Series, record: Record) -> Assessment:
    ids = _ids(series)
    return assess_event(
        EventFinding(
            event_id=event.id,
            title=event.title,
            when=event.when.text,
            place=series.extent or _WHOLE,
            what=_what(series),
            verdict=test.verdict.value,
            reason=test.reason,
            ratio=test.ratio,
            ratio_low=test.ratio_low,
            ratio_high=test.ratio_high,
            p=test.p_adjusted,
            smallest_ratio=test.smallest_ratio,
            observations=ids,
        ),
        record.ground(ids),
    )


def _worth_words(test: EventTest, event: Event, series: Series) -> bool:
    """Whether a test is told as a conclusion: it came to something, or the event lies near what was seen."""
    if test.verdict is not Verdict.INSUFFICIENT:
        return True
    return any(_near(event, point) for point in by_day(series).usable)


def _near(event: Event, point: Point) -> bool:
    first, last = event.when.earliest, event.when.latest
    if first is None or last is None or point.at is None:
        return False
    return first - _NEAR <= point.at <= last + _NEAR


def _of_claims(weighed: Weighed) -> Iterator[Assessment]:
    """One for each claim that repeats none."""
    grades = _grades(weighed)
    for statement, root in ((one, name) for one in weighed.statements for name in one.claims):
        if weighed.lineage.parent(root) is not None:
            continue
        others, reconciled = weighed.others[root], weighed.reconciled[root]
        seen = tuple(name for comparison in reconciled.comparisons for name in comparison.observations)
        claim = weighed.claims[root]
        origin = weighed.lineage.origins[root]
        finding = ClaimFinding(
            claim_id=root,
            words=_words_of(claim.quote, claim.place_text or claim.zone),
            by=Voice(origin, weighed.sources[claim.source_id].reliability),
            verdict=reconciled.verdict.value,
            reconciled=reconciled.sentence,
            agreeing=tuple(Voice(name, grades.get(name, "F")) for name in others.agreeing),
            contradicting=tuple(Voice(name, grades.get(name, "F")) for name in others.contradicting),
            changed=tuple(
                drift.sentence
                for drift in weighed.drifts
                if drift.claim == root and drift.relation is Relation.COPY and drift.serious
            ),
            observations=seen,
            claims=others.claims,
        )
        yield assess_claim(
            finding,
            Ground(observations=len(reconciled.comparisons), sources=len(statement.origins),
                   grades=_best(grades, statement.origins)),
        )  # fmt: skip


def _of_milestone(one: Milestone, record: Record) -> Assessment:
    return assess_milestone(
        MilestoneFinding(
            event_id=one.event_id,
            name=one.title,
            planned=one.planned.text,
            observed=one.observed,
            not_seen_by=one.not_seen_by.text if one.not_seen_by else None,
            late_days=one.late_days,
            observations=one.ids,
        ),
        record.ground(one.ids),
    )


def _grades(weighed: Weighed) -> dict[str, str]:
    """The best grade of each origin's own sources."""
    found: dict[str, str] = {}
    for name, claim in weighed.claims.items():
        origin, grade = weighed.lineage.origins[name], weighed.sources[claim.source_id].reliability
        found[origin] = min(found.get(origin, grade), grade)
    return found


def _best(grades: Mapping[str, str], origins: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(grades.get(origin, "F") for origin in origins))


def _ids(series: Series) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for point in series.usable for name in point.ids))


def _what(series: Series) -> str:
    return f"{series.klass} ({series.unit})" if series.unit else series.klass


def _words_of(quote: str, place: str | None) -> str:
    return f"{quote}, {place}" if place and place.casefold() not in quote.casefold() else quote


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def _day(when: When) -> str:
    """A date; of an instant its day."""
    return when.text[:10] if when.is_instant else when.text
