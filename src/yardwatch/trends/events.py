"""Whether activity changes after an event, and whether these dates could have shown it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtri

from yardwatch.errors import MisuseError
from yardwatch.model.event import Event
from yardwatch.model.series import Censored, Point, Series
from yardwatch.trends._points import days_between, end, gap_text, middle, number, start
from yardwatch.trends.likelihood import MOST_HIDDEN, seen_share
from yardwatch.trends.series import by_day
from yardwatch.trends.steps import FEWEST, NEAREST, StepFit, fit_step

__all__ = ["EventTest", "Verdict", "judge_events"]

Floats = NDArray[np.float64]

_WIDEST_DATE_DAYS = 45.0
"""A date less certain than this is set aside."""
_HALF = 0.5
_FAINTEST_SHARE = 1e-6


class Verdict(StrEnum):
    """What a test may say."""

    CHANGE = "change"
    NO_CHANGE_SHOWN = "no change shown"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True, slots=True)
class EventTest:
    """One event against one series. It says what followed, never why."""

    event_id: str
    """The event."""
    title: str
    """What happened."""
    series: str
    """Name of the series."""
    verdict: Verdict
    """The verdict after correction for the number of events."""
    reason: str
    """Why this verdict, in one sentence."""
    before: int
    """Usable dates wholly before the event."""
    after: int
    """Usable dates wholly after it."""
    set_aside: int
    """Usable dates left out: within the event's date, too uncertain, or one-sided without a known hidden share."""
    ratio: float | None = None
    """Rate after over rate before, of typical numbers with a half added; None where it could not be tested."""
    ratio_low: float | None = None
    """Lower bound (95 % unless another level was asked for), trend, memory and a step elsewhere allowed for."""
    ratio_high: float | None = None
    """Upper bound."""
    lag_days: tuple[float, float] | None = None
    """For a change: between how many days after the event it began (90 %), gaps between images included."""
    p: float | None = None
    """Largest p-value over everything else that may be going on."""
    p_adjusted: float | None = None
    """The same after Holm's correction for all events tested together."""
    smallest_ratio: float | None = None
    """Rise or fall by this factor would have been found with 80 % power on these dates, corrected for the events."""
    resolution_edtf: str | None = None
    """A change anywhere in this interval would have looked the same."""
    explained_by_share: float | None = None
    """For a change: if after the event only this busiest share of images (or less) had been published, and before it
    all, that alone would explain the finding. For a fall: the quietest share."""

    @property
    def words(self) -> str:
        """One or two sentences."""
        said = f"{self.title}: {self.verdict}. {self.reason}"
        if self.ratio is not None:
            said += f" After/before {_fold(self.ratio)} ({_fold(self.ratio_low)}–{_fold(self.ratio_high)})."
        return said


def judge_events(
    series: Series,
    events: Sequence[Event],
    *,
    alpha: float = 0.05,
    worth_seeing: float = 3.0,
    published_share: float = 1.0,
) -> tuple[EventTest, ...]:
    """Test whether the typical number of a series steps up or down at each of some events.

    The test conditions on the dates of the images, so that many images after an event do not by themselves make a
    finding. It allows for a trend, for memory from one date to the next and for one step elsewhere, whatever their
    size, and takes the least favourable of them (`steps.fit_step`). It looks at one event at a time; p-values of all
    events that could be tested are corrected by Holm's method (1979, jstor.org/stable/4615733).

    Parameters
    ----------
    series : Series
        Of one extent. Points of one day count once; hidden track up to half is allowed for, other one-sided numbers
        are set aside.
    events : sequence of Event
        In any order.
    alpha : float
        Level of all tests together.
    worth_seeing : float
        Ratio (above 1) that matters to the reader. Where nothing is found and the dates could only have shown more
        than this, the verdict is "insufficient".
    published_share : float
        1 if the same rule decided before and after the event which images were published. If images after the event
        were published only when busy, the share of them that was published: a difference that such a choice could make
        is then not counted as a change.

    Returns
    -------
    tuple of EventTest
        One for each event, in the order given.

    Raises
    ------
    MisuseError
        If `worth_seeing` is not above 1, or `alpha` or `published_share` are not shares.
    """
    if not worth_seeing > 1:
        raise MisuseError(f"worth_seeing {worth_seeing} must be above 1; 3 means a threefold rise or fall")
    if not (0 < alpha < 1 and _FAINTEST_SHARE <= published_share <= 1):
        raise MisuseError(f"alpha {alpha} and published_share {published_share} must be shares between 0 and 1")
    points = list(by_day(series).usable)
    sides = [_sides(points, event) for event in events]
    tested = sum(side is not None and _enough(side) for side in sides)
    excused = _selection_shift(published_share)
    found = [
        _one(series, event, side, alpha=alpha, tests=tested, excused=excused)
        for event, side in zip(events, sides, strict=True)
    ]
    adjusted = _holm([test.p for test, _ in found])
    return tuple(
        _judged(test, fit, p, alpha=alpha, worth_seeing=worth_seeing)
        for (test, fit), p in zip(found, adjusted, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    before: list[Point]
    after: list[Point]
    set_aside: int


def _sides(points: list[Point], event: Event) -> _Sides | None:
    """The points that lie surely before and surely after; None if the event is not dated at both ends."""
    first, last = event.when.earliest, event.when.latest
    if first is None or last is None:
        return None
    fit = [point for point in points if _serves(point)]
    before = [point for point in fit if end(point) < first]
    after = [point for point in fit if start(point) > last]
    return _Sides(before, after, len(points) - len(before) - len(after))


def _serves(point: Point) -> bool:
    if days_between(start(point), end(point)) > _WIDEST_DATE_DAYS:
        return False
    if point.hidden_share is not None:
        return point.hidden_share <= MOST_HIDDEN and point.censored is not Censored.UPPER
    return point.censored is Censored.NONE


def _enough(side: _Sides) -> bool:
    return min(len(side.before), len(side.after)) >= FEWEST


def _one(
    series: Series, event: Event, side: _Sides | None, *, alpha: float, tests: int, excused: float
) -> tuple[EventTest, StepFit | None]:
    blank = EventTest(event.id, event.title, series.name, Verdict.INSUFFICIENT, "", 0, 0, len(series.usable))
    if side is None:
        return replace(blank, reason="The event's date is open, so that no date lies surely before or after it."), None
    blank = replace(blank, before=len(side.before), after=len(side.after), set_aside=side.set_aside)
    if not _enough(side):
        reason = (
            f"{len(side.before)} usable dates before and {len(side.after)} after; {FEWEST} are needed on each side."
        )
        return replace(blank, reason=reason), None
    points = side.before + side.after
    days = np.array([days_between(middle(points[0]), middle(point)) for point in points])
    logs = np.array([math.log((number(point) + _HALF) / seen_share(point)) for point in points])
    if np.ptp(logs) == 0:
        return replace(blank, reason=f"Every number is the same ({number(points[0]):g})."), None
    fit = fit_step(days, logs, len(side.before), alpha=alpha, excused=excused)
    strict = fit if tests == 1 else fit_step(days, logs, len(side.before), alpha=alpha / tests, excused=excused)
    at = len(side.before)
    return replace(
        blank,
        ratio=_exp(fit.effect),
        ratio_low=_exp(fit.low),
        ratio_high=_exp(fit.high),
        lag_days=_lag(points, fit, event.when.earliest, event.when.latest),
        p=fit.p,
        smallest_ratio=_exp(strict.smallest),
        resolution_edtf=gap_text(points[at - NEAREST], points[at + NEAREST - 1]),
    ), fit


def _judged(test: EventTest, fit: StepFit | None, p: float | None, *, alpha: float, worth_seeing: float) -> EventTest:
    if fit is None or p is None or test.smallest_ratio is None:
        return test
    found = p <= alpha
    enough = test.smallest_ratio <= worth_seeing
    verdict = Verdict.CHANGE if found else Verdict.NO_CHANGE_SHOWN if enough else Verdict.INSUFFICIENT
    could = f"these dates would have shown a change by a factor of {_fold(test.smallest_ratio)} four times in five"
    reasons = {
        Verdict.CHANGE: f"Numbers step {'up' if fit.effect > 0 else 'down'} within {test.resolution_edtf} ({_p(p)}).",
        Verdict.NO_CHANGE_SHOWN: f"No step beyond what may be chance ({_p(p)}); {could}.",
        Verdict.INSUFFICIENT: f"Nothing found ({_p(p)}), but {could}, and a smaller one easily missed.",
    }
    return replace(
        test,
        verdict=verdict,
        reason=reasons[verdict],
        p_adjusted=p,
        lag_days=test.lag_days if found else None,
        explained_by_share=_explaining_share(fit) if found else None,
    )


def _lag(
    points: list[Point], fit: StepFit, first: datetime | None, last: datetime | None
) -> tuple[float, float] | None:
    """Days from the event to the change: at least and at most, by the images on either side of each possible place."""
    if first is None or last is None:
        return None
    earliest, latest = fit.places
    shortest = max(0.0, days_between(last, end(points[earliest - 1])))
    return shortest, days_between(first, start(points[latest]))


def _holm(ps: list[float | None]) -> list[float | None]:
    """Holm's step-down correction over those that are numbers."""
    order = sorted((p, index) for index, p in enumerate(ps) if p is not None)
    adjusted: list[float | None] = [None] * len(ps)
    worst = 0.0
    for rank, (p, index) in enumerate(order):
        worst = max(worst, min(1.0, (len(order) - rank) * p))
        adjusted[index] = worst
    return adjusted


def _selection_shift(share: float) -> float:
    """By how many standard deviations the busiest `share` of normal numbers lies above all of them."""
    return 0.0 if share >= 1 else float(np.exp(-0.5 * ndtri(share) ** 2) / (2 * np.pi) ** 0.5 / share)


def _explaining_share(fit: StepFit) -> float | None:
    """The published share at which selection alone would reach the nearer end of the interval."""
    nearer = max(fit.low, -fit.high) / fit.spread
    if nearer <= 0:
        return None
    if nearer >= _selection_shift(_FAINTEST_SHARE):
        return 0.0
    return float(brentq(lambda share: _selection_shift(share) - nearer, _FAINTEST_SHARE, 1 - 1e-12))


def _exp(value: float) -> float:
    return math.exp(min(value, 700.0))


def _p(p: float) -> str:
    """A p-value in as many digits as it deserves."""
    return "p below 0.001" if p < 0.001 else f"p {p:.2g}"


def _fold(ratio: float | None) -> str:
    """A ratio in as many digits as it deserves."""
    if ratio is None:
        return "?"
    return ">1000" if ratio > 1000 else f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.2g}"
