"""Follow what was seen over the years, as far as a reader asks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from yardwatch.errors import InputError, MisuseError
from yardwatch.model.ports import WorkspaceStore
from yardwatch.model.railcar import Tally
from yardwatch.model.scene import Scene
from yardwatch.model.series import Point, Series
from yardwatch.model.site import Site
from yardwatch.pipeline.checked import counts_in
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.pipeline.following import MILESTONE, comparisons_of, follow, milestones_of, series_of, steps_of, testable
from yardwatch.pipeline.staying import unmoved_facts, with_stays
from yardwatch.report import Followed
from yardwatch.trends.changepoints import Change
from yardwatch.trends.compare import Comparison
from yardwatch.trends.events import EventTest, judge_events
from yardwatch.trends.flow import Assumption, Flow, FlowAssumptions, flow, mean_stock
from yardwatch.trends.jumps import Jump
from yardwatch.trends.milestones import Milestone
from yardwatch.trends.presence import Presence
from yardwatch.trends.records import HighestSince
from yardwatch.trends.series import join
from yardwatch.workspace import open_workspace

__all__ = ["Asked", "Trend", "series_asked", "series_facts", "trend_in", "trend_of"]

_RANGE = re.compile(r"\s*(\d+(?:\.\d+)?)(?:\s*(?:\.\.|-|–)\s*(\d+(?:\.\d+)?))?\s*")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks for, in words."""

    zone: str | None = None
    """Only this zone or place, by name or alias."""
    klass: str | None = None
    """Only this class."""
    join: tuple[str, ...] = ()
    """Zones and places that he takes for one extent."""
    dwell_days: str | None = None
    """How long a car stays, as a range of days, e.g. ``1..10``; None for no flow."""


@dataclass(frozen=True, slots=True, eq=False)
class Trend:
    """Series with what was found of them."""

    followed: tuple[Followed, ...]
    """Each series."""
    jumps: tuple[Jump, ...]
    """The largest steps over extents laid side by side."""
    tested: tuple[EventTest, ...]
    """Events held against series."""
    comparisons: tuple[Comparison, ...]
    """Extents held against each other."""
    milestones: tuple[Milestone, ...]
    """Planned events."""
    flows: tuple[tuple[Series, Flow], ...]
    """What passes in a day, where a stay was assumed."""
    stationary: tuple[tuple[Scene, Tally], ...] = ()
    """Tallies of which some cars are indistinguishable from unmoved, with their scenes."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        flows = {series.name: flow for series, flow in self.flows}
        body: dict[str, Json] = {
            "series": [_series(one, flows.get(one.series.name)) for one in self.followed],
            "jumps": [_jump(jump) for jump in self.jumps],
            "events": [_event(test) for test in self.tested],
            "comparisons": [_comparison(one) for one in self.comparisons],
            "milestones": [_milestone(one) for one in self.milestones],
            "stationary": [_stationary(scene, tally) for scene, tally in self.stationary],
        }
        return document(made_by("trend"), (), body)


def trend_of(folder: Path, asked: Asked) -> Trend:
    """Follow what the workspace in `folder` holds.

    Raises
    ------
    MisuseError
        If there is no such zone, place or class, or the joined ones share no class.
    InputError
        If the stay is not understood.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    with open_workspace(folder) as store:
        return trend_in(store, asked)


def trend_in(store: WorkspaceStore, asked: Asked) -> Trend:
    """Follow what a store holds."""
    observations, events = store.observations(), store.events()
    series = _chosen(series_of(observations), store.site(), asked)
    happened = [event for event in events if event.kind != MILESTONE]
    return Trend(
        followed=tuple(follow(one) for one in series),
        jumps=steps_of(series),
        tested=tuple(test for one in testable(series) for test in judge_events(one, happened)),
        comparisons=comparisons_of(series),
        milestones=milestones_of(events, observations),
        flows=_flows(series, asked.dwell_days),
        stationary=_standing(store, asked),
    )


def series_asked(store: WorkspaceStore, asked: Asked) -> tuple[Series, ...]:
    """The series alone, nothing worked out of them yet.

    Raises
    ------
    MisuseError
        If there is no such zone, place or class, or the joined ones share no class.
    """
    return _chosen(series_of(store.observations()), store.site(), asked)


def series_facts(series: Series, *, dwell_days: str | None = None) -> dict[str, Json]:
    """One series with what follows from it, as it stands in the document.

    Raises
    ------
    InputError
        If the stay is not understood.
    """
    flows = _flows([series], dwell_days)
    return _series(follow(series), flows[0][1] if flows else None)


def _standing(store: WorkspaceStore, asked: Asked) -> tuple[tuple[Scene, Tally], ...]:
    """Tallies with cars that did not move as far as one can see, of the zone that was asked for."""
    zone = store.site().extent(asked.zone).name if asked.zone is not None else None
    return tuple(
        (count.scene, tally)
        for count in with_stays(counts_in(store))
        for tally in count.tallies
        if tally.unmoved and (asked.zone is None or tally.zone == zone)
    )


def _chosen(series: Sequence[Series], site: Site, asked: Asked) -> tuple[Series, ...]:
    zone = site.extent(asked.zone).name if asked.zone is not None else None
    found = [one for one in series if asked.zone is None or one.extent == zone]
    found = [one for one in found if asked.klass is None or one.klass.casefold() == asked.klass.casefold()]
    if not found and series:
        known = ", ".join(dict.fromkeys(f"{one.klass} in {one.extent or 'the whole site'}" for one in series))
        raise MisuseError(f"nothing of that kind was observed there; there are: {known}")
    return (*found, *_joined(found, site, asked.join))


def _joined(series: Sequence[Series], site: Site, names: Sequence[str]) -> tuple[Series, ...]:
    """A series for each class and unit that a person's extents share."""
    if not names:
        return ()
    wanted = tuple(dict.fromkeys(site.extent(name).name for name in names))
    groups: dict[tuple[str, str | None], list[Series]] = {}
    for one in series:
        if one.extent in wanted:
            groups.setdefault((one.klass, one.unit), []).append(one)
    joined = tuple(join(group, name=" + ".join(wanted)) for group in groups.values() if len(group) > 1)
    if not joined:
        raise MisuseError(f"{' and '.join(wanted)} share no class that was observed in both; join others")
    return joined


def _flows(series: Sequence[Series], dwell_days: str | None) -> tuple[tuple[Series, Flow], ...]:
    if dwell_days is None:
        return ()
    found = _RANGE.fullmatch(dwell_days)
    if found is None:
        raise InputError(f"stay {dwell_days!r}", "is not a range of days", "write 1..10")
    stay = Assumption(float(found[1]), float(found[2] or found[1]), "How long one stays, in days, as the reader said.")
    stocks = ((one, mean_stock(one)) for one in series)
    return tuple((one, flow(stock, FlowAssumptions(stay))) for one, stock in stocks if stock is not None)


def _series(one: Followed, passing: Flow | None) -> dict[str, Json]:
    series = one.series
    return {
        "name": series.name,
        "zone": series.extent,
        "class": series.klass,
        "unit": series.unit,
        "joined": list(series.joined),
        "derived": series.derived,
        "points": [_point(point) for point in series.points],
        "undated": list(series.undated),
        "presence": _presence(one.presence) if one.presence else None,
        "highest": _highest(one.highest) if one.highest else None,
        "any_change": one.changes.any_change if one.changes else None,
        "changes": [_change(change) for change in one.changes.changes] if one.changes else [],
        "flow": _flow(passing) if passing else None,
    }


def _presence(found: Presence) -> dict[str, Json]:
    same = ("active", "usable", "low", "high", "level", "no_image")
    return {name: getattr(found, name) for name in same} | {
        "not_usable": found.unusable,
        "undecided": found.undecided,
    }


def _highest(found: HighestSince) -> dict[str, Json]:
    return {
        "date": found.point.when.text,
        "since": found.since.when.text if found.since else None,
        "usable": found.usable,
        "longest_gap_days": round(found.longest_gap_days, 1),
        "hidden_share": found.hidden_share,
        "firm": found.firm,
        "doubts": list(found.doubts),
    }


def _flow(found: Flow) -> dict[str, Json]:
    return {
        "low_a_day": found.low_a_day,
        "high_a_day": found.high_a_day,
        "unit": found.unit,
        "assumptions": [{"low": a.low, "high": a.high, "because": a.because} for a in found.assumptions],
    }


def _point(point: Point) -> dict[str, Json]:
    return {
        "date": point.when.text,
        "how": point.how.value,
        "value": point.value,
        "low": point.low,
        "high": point.high,
        "censored": point.censored.value,
        "hidden_share": point.hidden_share,
        "zone": point.extent,
        "observations": list(point.ids),
        "superseded": list(point.superseded),
        "note": point.note,
    }


def _change(change: Change) -> dict[str, Json]:
    return {
        "between": change.edtf,
        "interval": change.interval_edtf,
        "probability": change.probability,
        "ratio": change.ratio,
    }


def _jump(jump: Jump) -> dict[str, Json]:
    return {
        "between": jump.edtf,
        "before": jump.before.best,
        "after": jump.after.best,
        "zones": list(jump.extents),
        "ratio": jump.ratio,
        "caveats": list(jump.caveats),
    }


def _event(test: EventTest) -> dict[str, Json]:
    same = ("title", "series", "before", "after", "set_aside", "reason", "ratio", "ratio_low", "ratio_high", "p",
            "p_adjusted", "smallest_ratio", "explained_by_share")  # fmt: skip
    return {
        "event": test.event_id,
        "verdict": test.verdict.value,
        **{name: getattr(test, name) for name in same},
        "lag_days": list(test.lag_days) if test.lag_days else None,
        "resolution": test.resolution_edtf,
    }


def _comparison(one: Comparison) -> dict[str, Json]:
    return {
        "first": one.first,
        "second": one.second,
        "tolerance_days": one.tolerance_days,
        "pairs": len(one.pairs),
        "ratio": one.ratio,
        "low": one.low,
        "high": one.high,
        "higher_in_first": one.higher_in_first,
        "higher_in_second": one.higher_in_second,
    }


def _stationary(scene: Scene, tally: Tally) -> dict[str, Json]:
    return {
        "scene": scene.id,
        "date": scene.acquired.text if scene.acquired else None,
        "zone": tally.zone,
        "railcars": tally.value,
        "unmoved": [dict(facts) for facts in unmoved_facts(tally)],
    }


def _milestone(one: Milestone) -> dict[str, Json]:
    return {
        "event": one.event_id,
        "title": one.title,
        "planned": one.planned.text,
        "observed": one.observed,
        "not_seen_by": one.not_seen_by.text if one.not_seen_by else None,
        "late_days": list(one.late_days),
        "observations": list(one.ids),
    }
