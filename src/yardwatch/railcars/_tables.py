"""Which states of a semi-Markov model can be worked on many columns at once, and their durations laid out for that."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats

__all__ = ["TINY", "Tables", "tables_for"]

TINY = 1e-250
"""What is smaller than the largest number beside it by this factor counts as nought."""

_WIDEST = 32
_DEEPEST = 600.0


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Durations of a model for windows of some columns.

    States are put in an order of three kinds. *Long* ones last at least as many columns as a window has, so that what
    ends in a window began before it. *Brief* ones are entered from long ones and left for long ones only. *Single*
    ones last one column. In a window of one column every state is long.
    """

    window: int
    """Columns of a window, W."""
    order: NDArray[np.int64]
    """The states in the order in which they are worked on, shape (J,)."""
    single: slice
    """The single ones, in that order."""
    brief: slice
    """The brief ones."""
    long: slice
    """The long ones."""
    brief_turn: Floats
    """Probability of a brief segment from each border before a window's last to each of its own, (b, B + W - 1, W)."""
    long_turn: Floats
    """The same for long segments, which began in the L borders up to the window's first one, (l, L, W)."""
    duration: Floats
    """Probability of lasting 1 … D columns, shape (D, J)."""
    cut: Floats
    """Of being cut after 1 … D columns, shape (D, J)."""

    @property
    def reach(self) -> int:
        """The longest duration, D."""
        return len(self.duration)


def tables_for(
    log_duration: Floats, log_cut: Floats, log_next: Floats, *, depth: float, counted: NDArray[np.bool_] | None = None
) -> Tables:
    """The widest windows that a model allows.

    Parameters
    ----------
    log_duration, log_cut, log_next : ndarray
        Of the model, shapes (J, D), (J, D), (J, J).
    depth : float
        By how much the likelihood of states differs at most in one column, natural logarithm: a window must not
        exceed the range of numbers.
    counted : ndarray of bool, optional
        States that must be long, shape (J,).
    """
    duration, cut = (np.where(table > np.log(TINY), np.exp(table), 0.0) for table in (log_duration, log_cut))
    either = np.maximum(duration, cut) > 0
    shortest = np.where((duration > 0).any(1), (duration > 0).argmax(1) + 1, duration.shape[1])
    reach = np.where(either.any(1), either.shape[1] - either[:, ::-1].argmax(1), 1)
    for window in range(min(_WIDEST, int(_DEEPEST / max(depth, 1.0))), 1, -1):
        long = shortest >= window
        single = ~long & (reach == 1)
        if long.any() and _apart(~long & ~single, ~long, log_next) and (counted is None or long[counted].all()):
            return _laid_out(window, single, long, reach, (duration, cut))
    everything = np.ones(len(duration), bool)
    return _laid_out(1, ~everything, everything, reach, (duration, cut))


def _apart(brief: NDArray[np.bool_], others: NDArray[np.bool_], log_next: Floats) -> bool:
    """Whether nothing leads from brief states to brief or single ones, or back."""
    linked = log_next > np.log(TINY)
    return not (linked[np.ix_(brief, others)].any() or linked[np.ix_(others, brief)].any())


def _laid_out(
    window: int,
    single: NDArray[np.bool_],
    long: NDArray[np.bool_],
    reach: NDArray[np.int64],
    tables: tuple[Floats, Floats],
) -> Tables:
    order = np.argsort(np.where(single, 0, np.where(long, 2, 1)), kind="stable")
    singles, longs = int(single.sum()), int(long.sum())
    briefs = len(order) - singles - longs
    duration, cut = (table[order, : reach.max()] for table in tables)
    kinds = [slice(0, singles), slice(singles, singles + briefs), slice(singles + briefs, len(order))]
    lasting = reach[order]
    brief_reach = int(lasting[kinds[1]].max(initial=1))
    long_reach = max(int(lasting[kinds[2]].max(initial=1)), window)
    return Tables(
        window=window,
        order=order,
        single=kinds[0],
        brief=kinds[1],
        long=kinds[2],
        brief_turn=_turn(duration[kinds[1]], brief_reach, brief_reach + window - 1, window),
        long_turn=_turn(duration[kinds[2]], long_reach, long_reach, window),
        duration=np.ascontiguousarray(duration.T),
        cut=np.ascontiguousarray(cut.T),
    )


def _turn(duration: Floats, reach: int, borders: int, window: int) -> Floats:
    """Probability of lasting from each of some borders, `reach` of which lie before the window, to each in it."""
    age = np.arange(window) + reach - np.arange(borders)[:, None]
    known = (age >= 1) & (age <= duration.shape[1])
    return np.where(known, duration[:, np.clip(age, 1, duration.shape[1]) - 1], 0.0)
