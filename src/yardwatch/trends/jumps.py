"""The largest change between one usable date and the next, with its caveats."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from yardwatch.errors import MisuseError
from yardwatch.model.dates import When
from yardwatch.model.series import Censored, Point, Series
from yardwatch.trends._points import days_between, end, gap_text, highest, lowest, number, partly_hidden, start
from yardwatch.trends.series import by_day

__all__ = ["Jump", "jumps_of", "largest_jump"]

_WHOLE = "the whole site"
_WIDE_DAYS = 30.0
"""A gap between two images that is worth a word, days."""


@dataclass(frozen=True, slots=True)
class Jump:
    """A change between two usable dates that follow each other."""

    before: Point
    """The earlier date."""
    after: Point
    """The later date."""
    extents: tuple[str, str]
    """The extent of each."""
    change: float
    """Later number less earlier number."""
    low: float | None
    """Smallest change that both numbers allow; None where that is open."""
    high: float | None
    """Largest change that both numbers allow; None where that is open."""
    edtf: str
    """When it happened: between the two dates."""
    caveats: tuple[str, ...]
    """What must be said beside it."""

    @property
    def gap_days(self) -> float:
        """Days between the two dates in which nobody looked."""
        return days_between(end(self.before), start(self.after))

    @property
    def ratio(self) -> float:
        """Later number over earlier number, a half added to each so that none is a division by zero."""
        return (number(self.after) + 0.5) / (number(self.before) + 0.5)

    @property
    def words(self) -> str:
        """One sentence, and the caveats after it."""
        said = (
            f"from {number(self.before):g} ({self.extents[0]}, {self.before.when}) "
            f"to {number(self.after):g} ({self.extents[1]}, {self.after.when})"
        )
        return "; ".join([said, *self.caveats])


def largest_jump(jumps: Sequence[Jump], *, by_ratio: bool = False) -> Jump | None:
    """The largest of some jumps; None if there is none, or nothing changed in any.

    Parameters
    ----------
    jumps : sequence of Jump
        As `jumps_of` gives them.
    by_ratio : bool
        Largest by how many fold (a half added to each number) rather than by how many.
    """
    changed = [jump for jump in jumps if jump.change]
    if by_ratio:
        return max(changed, key=lambda jump: abs(math.log(jump.ratio)), default=None)
    return max(changed, key=lambda jump: abs(jump.change), default=None)


def jumps_of(series: Sequence[Series], *, start_at: When | None = None, end_at: When | None = None) -> tuple[Jump, ...]:
    """Every step from one usable date to the next, by date, over one extent or several laid side by side.

    Extents are not pooled: a jump whose two dates show different extents carries that as its first caveat, since the
    change may be one of extent.

    Parameters
    ----------
    series : sequence of Series
        Of one class and unit.
    start_at, end_at : When, optional
        Only dates that lie wholly within these bounds are looked at.

    Raises
    ------
    MisuseError
        If the series differ in class or unit.
    """
    if len({(one.klass, one.unit) for one in series}) > 1:
        raise MisuseError(f"{', '.join(one.name for one in series)} differ in class or unit; lay like beside like")
    record = [(point, point.extent or one.extent or _WHOLE) for one in series for point in by_day(one).usable]
    record = [(point, extent) for point, extent in record if _within(point, start_at, end_at)]
    record.sort(key=lambda item: (start(item[0]), end(item[0]), item[1]))
    return tuple(
        _jump(*one, *other) for one, other in pairwise(record) if start(one[0]).date() != start(other[0]).date()
    )


def _jump(before: Point, here: str, after: Point, there: str) -> Jump:
    low, high = _bounds(before, after)
    caveats = _caveats(before, after, here, there)
    return Jump(
        before, after, (here, there), number(after) - number(before), low, high, gap_text(before, after), caveats
    )


def _caveats(before: Point, after: Point, here: str, there: str) -> tuple[str, ...]:
    said = []
    if here != there:
        said.append(f"the dates show different extents ({here}; {there}): the change may be one of extent")
    gap = days_between(end(before), start(after))
    if gap > _WIDE_DAYS:
        said.append(f"{gap:.0f} days without a usable image lie between")
    for point in (before, after):
        if point.censored is not Censored.NONE:
            bound = "lower" if point.censored is Censored.LOWER else "upper"
            said.append(f"the number of {point.when} is only {'a' if bound == 'lower' else 'an'} {bound} bound")
        elif point.hidden_share is not None and partly_hidden(point):
            said.append(f"{100 * point.hidden_share:.0f} % of the track was hidden on {point.when}")
    return tuple(said)


def _bounds(before: Point, after: Point) -> tuple[float | None, float | None]:
    top_before, top_after = highest(before), highest(after)
    low = None if top_before is None else lowest(after) - top_before
    return low, None if top_after is None else top_after - lowest(before)


def _within(point: Point, start_at: When | None, end_at: When | None) -> bool:
    after = start_at is None or start_at.earliest is None or start(point) >= start_at.earliest
    return after and (end_at is None or end_at.latest is None or end(point) <= end_at.latest)
