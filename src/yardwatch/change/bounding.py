"""Between which dates something began and was finished, from what each date shows of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from yardwatch.change.layers import STEP_LABELS
from yardwatch.change.spots import Spot

__all__ = ["Bounds", "bounds_of", "stages_of"]

_STAGE, _MAYBE, _IN_PAIRS = 0.15, 0.05, 0.1
_SHOWN = 0.5
_KINDS = len(STEP_LABELS) - 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """Numbers of dates: the last surely before and the first surely since."""

    began: tuple[int, int]
    """Around its beginning."""
    finished: tuple[int, int | None]
    """Around its end; None where no later date shows that it was finished."""


def stages_of(spot: Spot) -> tuple[int, int]:
    """Numbers of the first and the last date between which and the one before a good part of a spot changed."""
    most = max(spot.votes)
    stages = [number for number, share in enumerate(spot.votes) if share >= min(_STAGE, most)]
    return stages[0], stages[-1]


def bounds_of(spot: Spot, pairs: Sequence[float] = (), *, at_once: bool) -> Bounds:
    """The dates that bound a spot of `lasting_spots`.

    What may be a stage of it bounds its beginning from below and its end from above; what is one does so from the
    other side. Only dates that show most of the place bound anything.

    Parameters
    ----------
    spot : Spot
        The spot.
    pairs : sequence of float, optional
        For each date but the first the share of it that changed since the date before, as that pair alone shows.
    at_once : bool
        Whether things of its kind come or go in one step: several steps in which it may have done so then all bound it.
    """
    dates = len(spot.votes)
    maybe, shown = spot.traits[_KINDS : _KINDS + dates - 1], spot.traits[_KINDS + dates - 1 : -1]
    first, last = stages_of(spot)
    steps = [
        first, last,
        *(number for number in range(1, dates) if max(spot.votes[number], maybe[number - 1]) >= _MAYBE),
        *(number for number, share in enumerate(pairs, 1) if share >= _IN_PAIRS),
    ]  # fmt: skip
    early, late = _last_shown(shown, min(steps)), _first_shown(shown, max(steps))
    if at_once:
        return Bounds((early, late), (early, late))
    over = max(steps) < dates - 1 or min(steps) == max(steps)
    return Bounds((early, _first_shown(shown, first)), (_last_shown(shown, last), late if over else None))


def _last_shown(shown: Sequence[float], number: int) -> int:
    """The last date before a number that shows the place."""
    return max((date for date in range(number) if shown[date] >= _SHOWN), default=0)


def _first_shown(shown: Sequence[float], number: int) -> int:
    """The first date from a number on that shows the place; that number if none does."""
    return min((date for date in range(number, len(shown)) if shown[date] >= _SHOWN), default=number)
