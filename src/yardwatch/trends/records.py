"""Since when a number has not been as high, with the coverage that these words rest on."""

from dataclasses import dataclass
from itertools import pairwise

from yardwatch.errors import MisuseError
from yardwatch.model.series import Censored, Point, Series
from yardwatch.trends._points import end, gap_text, number, partly_hidden, start
from yardwatch.trends.series import by_day

__all__ = ["HighestSince", "highest_since"]


@dataclass(frozen=True, slots=True)
class HighestSince:
    """A point, the last one before it that was as high, and what was looked at in between."""

    point: Point
    """The point spoken of."""
    since: Point | None
    """The last earlier point that was at least as high; None if none on record was."""
    first: Point | None
    """Where the record begins, for "the highest on record since …"; None if the point is the first."""
    usable: int
    """Usable dates between `since` (or the first) and the point, both left out."""
    longest_gap_days: float
    """Longest time between two usable dates in that span, days."""
    gap_edtf: str | None
    """When that gap was."""
    hidden_share: float | None
    """Largest share of track hidden on a date of the span; None if nothing is known of it."""
    firm: bool
    """Whether no number of the span, as it was published, could be higher."""
    doubts: tuple[str, ...]
    """What could overturn it, in words."""

    @property
    def words(self) -> str:
        """One sentence."""
        if self.first is None:
            return f"the first usable date ({self.point.when}); there is nothing to compare it with"
        if self.since is not None:
            said = f"the highest since {self.since.when}"
        else:
            said = f"the highest on record, which begins {self.first.when}"
        dates = "date" if self.usable == 1 else "dates"
        said += f" ({self.usable} usable {dates} between, longest gap {self.longest_gap_days:.0f} days)"
        return said if self.firm else f"{said}, if the numbers are as published: {'; '.join(self.doubts)}"


def highest_since(series: Series, point: Point | None = None) -> HighestSince | None:
    """Since when a number has not been as high.

    Parameters
    ----------
    series : Series
        The record of one extent.
    point : Point, optional
        A point of ``by_day(series)``; the last usable one unless given.

    Returns
    -------
    HighestSince or None
        None if there is no usable point.

    Raises
    ------
    MisuseError
        If the point is not in the series or not usable.
    """
    points = by_day(series).usable
    if point is None:
        if not points:
            return None
        point = points[-1]
    if point not in points:
        raise MisuseError(f"{series.name}: {point.when} is not one of its usable dates; take one of by_day(series)")
    at = points.index(point)
    earlier = points[:at]
    own = number(point)
    since = next((old for old in reversed(earlier) if number(old) >= own), None)
    start = earlier.index(since) if since is not None else 0
    span = points[start : at + 1]
    gap_days, gap = _longest_gap(span)
    between = span[1:-1] if since is not None else span[:-1]
    shares = [one.hidden_share for one in span if one.hidden_share is not None]
    doubts = _doubts(point, between)
    return HighestSince(
        point=point,
        since=since,
        first=earlier[0] if earlier else None,
        usable=len(between),
        longest_gap_days=gap_days,
        gap_edtf=gap,
        hidden_share=max(shares, default=None),
        firm=not doubts,
        doubts=doubts,
    )


def _doubts(point: Point, between: tuple[Point, ...]) -> tuple[str, ...]:
    """What in the span could have been higher than the point."""
    own = point.low if point.low is not None else number(point)
    floors = [str(old.when) for old in between if old.censored is Censored.LOWER]
    wide = [
        str(old.when)
        for old in between
        if old.censored is not Censored.LOWER and old.high is not None and old.high >= own
    ]
    hidden = [str(old.when) for old in between if partly_hidden(old) and old.censored is not Censored.LOWER]
    said = []
    if floors:
        said.append(f"only a lower bound is known for {_list(floors)}, which may have been higher")
    if wide:
        said.append(f"the interval of {_list(wide)} reaches as high")
    if hidden:
        said.append(f"part of the track was hidden on {_list(hidden)}")
    if point.censored is Censored.UPPER:
        said.append(f"{point.when} itself is only an upper bound")
    return tuple(said)


def _longest_gap(points: tuple[Point, ...]) -> tuple[float, str | None]:
    longest: tuple[float, str | None] = (0.0, None)
    for one, other in pairwise(points):
        days = float((end(other).date() - start(one).date()).days)
        if days > longest[0]:
            longest = (days, gap_text(one, other))
    return longest


def _list(dates: list[str]) -> str:
    return ", ".join(dates) if len(dates) <= 3 else f"{', '.join(dates[:3])} and {len(dates) - 3} more"
