"""What is left of the machine's doubt in a tally while persons check its cars."""

import math
from collections.abc import Sequence
from dataclasses import replace

from yardwatch.model.quantity import Qualifier
from yardwatch.model.railcar import Interval, Railcar, Tally

__all__ = ["MISSED_SHARE", "doubt_left", "moved_tally"]

MISSED_SHARE = 0.6
"""Share of a count's errors that are cars missed, not cars that are none: 0.58 on the frozen suite
(recall 0.936, precision 0.953), so a person who only confirms cars cannot take away more than the rest."""

_Z = 1.645


def doubt_left(before: Sequence[Railcar], after: Sequence[Railcar], *, unchecked_share: float) -> float:
    """How much of the machine's doubt is left, 1 (all of it) to 0.

    A car that a person decided on is certain; a car that nobody looked at, and one that was missed on a track of which
    nobody looked at the whole, are as doubtful as they were.

    Parameters
    ----------
    before : sequence of Railcar
        What the machine found.
    after : sequence of Railcar
        What stands after all decisions.
    unchecked_share : float
        Share of the occupied track that nobody checked as a whole.
    """
    unseen = sum(car.by is None for car in after)
    cars = min(1.0, unseen / len(before)) if before else unchecked_share
    return MISSED_SHARE * unchecked_share + (1 - MISSED_SHARE) * cars


def moved_tally(
    tally: Tally, before: Sequence[Railcar], after: Sequence[Railcar], *, left: float, common_error: float
) -> Tally:
    """The machine's tally, moved by what persons added and deleted, its bounds drawn in by what they made certain.

    Parameters
    ----------
    tally : Tally
        The machine's.
    before, after : sequence of Railcar
        Its cars as the machine found them, and as they stand.
    left : float
        As `doubt_left` gives it.
    common_error : float
        Relative standard error that all cars share: it falls with the number of doubtful cars, all other doubt with
        its root.
    """
    drawn = _Drawn(left, common_error)
    vouched = sum(car.by is not None for car in after)
    bounds = drawn.interval(tally.value, tally.low, tally.high, len(before), len(after), vouched)
    value, low, high = bounds
    loose = tally.qualifier is Qualifier.EXACT and low != high
    kinds = {*tally.by_type, *(car.type for car in after)}
    return replace(
        tally,
        value=value,
        low=low,
        high=high,
        qualifier=Qualifier.ABOUT if loose else tally.qualifier,
        by_type={kind: _of_type(tally, kind, before, after, drawn) for kind in sorted(kinds)},
    )


def _of_type(tally: Tally, kind: str, before: Sequence[Railcar], after: Sequence[Railcar], drawn: "_Drawn") -> Interval:
    old = tally.by_type.get(kind, Interval(0, 0, 0))
    found, standing = (sum(car.type == kind for car in cars) for cars in (before, after))
    vouched = sum(car.type == kind and car.by is not None for car in after)
    value, low, high = drawn.interval(old.value, old.low, old.high, found, standing, vouched)
    assert value is not None and high is not None  # noqa: S101, PT018 -- an interval of a type has both
    return Interval(value, low, high)


class _Drawn:
    """Draws bounds in as doubt goes."""

    def __init__(self, left: float, common_error: float) -> None:
        self._left, self._error = left, common_error

    def interval(
        self, value: int | None, low: int, high: int | None, found: int, standing: int, vouched: int
    ) -> tuple[int | None, int, int | None]:
        """Value and bounds, of `found` cars by the machine and `standing` ones now."""
        shift = standing - found
        if value is None or high is None:
            bottom = max(vouched, low + shift)
            now = None if value is None else max(vouched, value + shift)
            return now, bottom, None if high is None else max(bottom, now or 0, high + shift)
        now = max(vouched, standing + round((value - found) * self._left))
        bottom = max(vouched, now - self._side(value - low, value))
        return now, min(bottom, now), now + self._side(high - value, value)

    def _side(self, width: int, value: int) -> int:
        shared = min(float(width), _Z * self._error * value)
        own = math.sqrt(width**2 - shared**2)
        return math.ceil(math.hypot(shared * self._left, own * math.sqrt(self._left)) - 1e-9)
