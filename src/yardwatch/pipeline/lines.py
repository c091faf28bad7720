"""Claims and trends in words for a terminal."""

from collections.abc import Iterable, Iterator

from yardwatch.model.claim import Claim
from yardwatch.model.railcar import Tally
from yardwatch.model.scene import Scene
from yardwatch.pipeline.trending import Trend
from yardwatch.report import Followed
from yardwatch.trends.compare import Comparison

__all__ = ["claim_rows", "trend_lines"]


def claim_rows(claims: Iterable[Claim]) -> list[tuple[str, str, str, str]]:
    """Id, kind, date and words of each claim."""
    return [
        (claim.id, claim.kind, claim.when.text if claim.when else "", f"{claim.quote} ({claim.status})")
        for claim in claims
    ]


def trend_lines(trend: Trend) -> list[str]:
    """A trend, a paragraph for each part that has anything."""
    parts = (
        [line for one in trend.followed for line in _series(one)],
        [f"step: {jump.words}" for jump in trend.jumps],
        [f"event: {test.words}" for test in trend.tested],
        [_comparison(one) for one in trend.comparisons],
        [_standing(scene, tally) for scene, tally in trend.stationary],
        [f"plan: {one.words}" for one in trend.milestones],
        [
            f"flow: {series.name}: {flow}; assumed: {' '.join(one.because for one in flow.assumptions)}"
            for series, flow in trend.flows
        ],
    )
    return [line for part in parts if part for line in (*part, "")][:-1] or ["nothing was observed yet"]


def _series(one: Followed) -> Iterator[str]:
    yield f"{one.series.name}: {one.presence}"
    for point in one.series.points:
        known = "?" if point.best is None else f"{point.best:g}"
        bounds = "" if point.low is None and point.high is None else f" ({_bound(point.low)} to {_bound(point.high)})"
        yield f"  {point.when}  {known + bounds if point.usable else point.how.value}"
    if one.highest:
        yield f"  {one.highest.words}"
    for change in one.changes.changes if one.changes else ():
        yield f"  level changed in {change.edtf}, probability {change.probability:.2f}, ratio {change.ratio:.2g}"


def _standing(scene: Scene, tally: Tally) -> str:
    number = sum(one.number for one in tally.unmoved)
    since = ", ".join(f"{one.number} since {one.since or 'an undated image'}" for one in tally.unmoved)
    chance = sum(one.by_chance for one in tally.unmoved)
    place, date = tally.zone or "the whole site", scene.acquired or "no date"
    return f"standing: {place}, {date}: {number} indistinguishable from unmoved ({since}); by chance about {chance:.1f}"


def _comparison(one: Comparison) -> str:
    ratio = "no ratio" if one.ratio is None else f"ratio {one.ratio:.2g}"
    pairs = f"{len(one.pairs)} pair" if len(one.pairs) == 1 else f"{len(one.pairs)} pairs"
    return f"compared: {one.first} with {one.second}: {pairs} of dates, {ratio}"


def _bound(value: float | None) -> str:
    return "?" if value is None else f"{value:g}"
