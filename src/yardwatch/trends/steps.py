"""Is there a step at a given moment, whatever else goes on: trend, memory from date to date, a step elsewhere."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.special import chdtri, stdtr, stdtrit

from yardwatch.errors import MisuseError

__all__ = ["FEWEST", "NEAREST", "StepFit", "fit_step"]

Floats = NDArray[np.float64]

FEWEST = 5
"""Dates needed before the moment, and as many after."""
NEAREST = 3
"""A step fewer than so many dates away cannot be told from one at the moment."""

_SHARES = (0.4, 0.7, 1.0)
"""Shares of the variance that carry over from date to date."""
_MEMORIES = 6
_PLAUSIBLE = 1.5
"""Twice the drop in restricted log likelihood within which a memory counts as plausible; set by simulation."""
_LEAST_SD = 0.1
"""No number is taken to be known better than so: ten percent."""
_LAG_LEVEL = 0.9
_JITTER = 1e-9
_DRAWS = 100
_SEED = 1


@dataclass(frozen=True, slots=True)
class StepFit:
    """A step, with the largest p-value over all that may also be going on."""

    effect: float
    """Best estimate of the step."""
    low: float
    """Lower end of the intervals under every plausible nuisance taken together."""
    high: float
    """Upper end of it."""
    p: float
    """Largest two-sided p-value over every plausible nuisance."""
    smallest: float
    """Smallest step that would have been found with the wanted power."""
    spread: float
    """Standard deviation of one number about trend and step."""
    places: tuple[int, int]
    """First and last index of the date before which the step lies, if it lies at the moment or later (90 %)."""


@dataclass(frozen=True, slots=True, eq=False)
class _Memory:
    """Noise that is partly carried over from date to date, made even."""

    root: Floats
    basis: Floats
    determinant: float
    steps: Floats

    def whiten(self, columns: Floats) -> Floats:
        """Columns with the noise made even and level and trend taken out."""
        return _whiten(self.root, self.basis, columns)


@dataclass(frozen=True, slots=True, eq=False)
class _Design:
    """What is known before looking at the noise; steps are the tested one, the others, the later ones."""

    values: Floats
    others: int
    first_after: int
    memories: tuple[_Memory, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Fits:
    """Fits of m columns, shapes (memories, 1 + others, m)."""

    effect: Floats
    spread: Floats
    likelihood: Floats
    margin: Floats
    t: Floats
    plausible: NDArray[np.bool_]


def fit_step(
    days: Floats, values: Floats, first_after: int, *, alpha: float = 0.05, power: float = 0.8, excused: float = 0.0
) -> StepFit:
    """Test for a step between two dates of an irregular series.

    Generalised least squares of ``level + trend + step at the moment + step elsewhere + noise``. The noise is part
    white and part with a memory that fades exponentially with the days between dates (AR(1) seen at irregular times).
    Neither the memory nor the place of the other step is known. The test takes the **largest** p-value and the widest
    interval over all memories that the data find plausible and over every place of the other step, none included.
    Because it conditions on the dates, when images were bought does not matter to it, as long as noise and dates are
    unrelated.

    Parameters
    ----------
    days : array, shape (n,)
        Days, not decreasing.
    values : array, shape (n,)
        Numbers on a scale on which noise is even, e.g. logarithms.
    first_after : int
        Index of the first date after the moment; at least `FEWEST` dates on each side.
    alpha : float
        Level of the test; intervals have 1 - alpha.
    power : float
        For the smallest step.
    excused : float
        A step no larger than this many standard deviations is not counted as one; for numbers that were selected.

    Raises
    ------
    MisuseError
        If there are too few dates on a side.

    Notes
    -----
    Taking the supremum over a set of plausible nuisance values follows Berger and Boos 1994
    (doi:10.1080/01621459.1994.10476836); their set is wider than ours (and too wide to leave any power at a few dozen
    dates), so that the level here rests on simulation, see ``docs/explanation/events.md``. Restricted likelihood:
    Patterson and Thompson 1971 (doi:10.1093/biomet/58.3.545).
    """
    n = len(days)
    if min(first_after, n - first_after) < FEWEST:
        raise MisuseError(f"{first_after} dates before and {n - first_after} after; a step needs {FEWEST} on each side")
    design = _design(days, values, first_after)
    own = _under_each_memory(design, values[:, None], alpha=alpha, excused=excused)
    best = int(own.likelihood[:, 0, 0].argmax())
    spread = float(own.spread[best, 0, 0])
    noise = spread * design.memories[best].root @ np.random.default_rng(_SEED).normal(size=(n, _DRAWS))
    drawn = _under_each_memory(design, noise, alpha=alpha, excused=excused)
    needed = np.where(drawn.plausible, drawn.margin - drawn.effect, -np.inf).max(axis=(0, 1))
    return StepFit(
        effect=float(own.effect[best, 0, 0]),
        low=float((own.effect - own.margin)[own.plausible].min()),
        high=float((own.effect + own.margin)[own.plausible].max()),
        p=float((2 * stdtr(_freedom(design)[None, :, None], -own.t))[own.plausible].max()),
        smallest=float(np.quantile(needed, power)),
        spread=spread,
        places=_places(design, best),
    )


def _design(days: Floats, values: Floats, first_after: int) -> _Design:
    n = len(days)
    index = np.arange(n)
    trend = (days - days.mean()) / max(float(np.ptp(days)), 1.0)
    elsewhere = np.array([at for at in range(2, n - 1) if abs(at - first_after) >= NEAREST], int)
    later = np.arange(first_after, n - 1)
    apart_days = np.abs(days[:, None] - days[None])
    base = np.column_stack([np.ones(n), trend])
    steps = (index[:, None] >= np.concatenate([[first_after], elsewhere, later])[None]).astype(float)
    return _Design(
        values=values,
        others=len(elsewhere),
        first_after=first_after,
        memories=tuple(_memory(apart_days, base, steps, share, length) for share, length in _memories(days)),
    )


def _memories(days: Floats) -> list[tuple[float, float]]:
    """Share of the variance with a memory, and its length in days."""
    span = float(np.ptp(days))
    gap = max(float(np.median(np.diff(days))), 0.5)
    lengths = np.geomspace(max(gap / 2, 0.5), max(span / 6, gap), _MEMORIES)
    return [(0.0, 1.0), *((share, float(length)) for share in _SHARES for length in lengths)]


def _memory(apart_days: Floats, base: Floats, steps: Floats, share: float, length_days: float) -> _Memory:
    noise = (1 - share + _JITTER) * np.eye(len(base)) + share * np.exp(-apart_days / length_days)
    root = np.asarray(np.linalg.cholesky(noise), np.float64)
    basis, upper = np.linalg.qr(solve_triangular(root, base, lower=True, check_finite=False))
    determinant = 2 * (np.log(np.diag(root)).sum() + np.log(np.abs(np.diag(upper))).sum())
    return _Memory(root, basis, float(determinant), _whiten(root, basis, steps))


def _whiten(root: Floats, basis: Floats, columns: Floats) -> Floats:
    white = solve_triangular(root, columns, lower=True, check_finite=False)
    rest: Floats = white - basis @ (basis.T @ white)
    return rest


def _under_each_memory(design: _Design, numbers: Floats, *, alpha: float, excused: float) -> _Fits:
    """Fit columns of numbers, shape (n, m), under each memory, without and with each other step."""
    fits = [_fits(design, memory, numbers) for memory in design.memories]
    effect, spread, weight, likelihood = (np.array(part) for part in zip(*fits, strict=True))
    freedom = _freedom(design)[None, :, None]
    se = spread / np.sqrt(weight)
    return _Fits(
        effect=effect,
        spread=spread,
        likelihood=likelihood,
        margin=excused * spread + stdtrit(freedom, 1 - alpha / 2) * se,
        t=np.maximum(np.abs(effect) - excused * spread, 0.0) / se,
        plausible=2 * (likelihood.max(axis=0) - likelihood) <= _PLAUSIBLE,
    )


def _fits(design: _Design, memory: _Memory, numbers: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Step, spread, weight and restricted log likelihood, shapes (1 + others, m), weight (1 + others, 1)."""
    left = memory.whiten(numbers)
    step, others = memory.steps[:, :1], memory.steps[:, 1 : 1 + design.others]
    size = (others**2).sum(axis=0)[:, None]
    lean = others.T @ step / size
    along = others.T @ left
    weight = (step**2).sum() - np.vstack([np.zeros((1, 1)), lean**2 * size])
    effect = (step.T @ left - np.vstack([np.zeros((1, left.shape[1])), lean * along])) / weight
    square = (left**2).sum(axis=0) - effect**2 * weight
    square[1:] -= along**2 / size
    freedom = _freedom(design)[:, None]
    spread = np.sqrt(np.maximum(square / freedom, _LEAST_SD**2))
    sizes = np.log(np.vstack([np.ones((1, 1)), size])) + np.log(weight)
    fit = freedom * np.log(spread**2) + np.maximum(square, 0.0) / spread**2
    return effect, spread, weight, -0.5 * (fit + memory.determinant + sizes)


def _freedom(design: _Design) -> Floats:
    """Degrees of freedom without and with each other step, shape (1 + others,)."""
    left = len(design.values) - 3
    return np.array([left, *[left - 1] * design.others], float)


def _places(design: _Design, best: int) -> tuple[int, int]:
    """Where a single step at the moment or later may lie."""
    memory = design.memories[best]
    values = memory.whiten(design.values[:, None])
    steps = memory.steps[:, 1 + design.others :]
    square = (values**2).sum() - ((steps * values).sum(axis=0)) ** 2 / (steps**2).sum(axis=0)
    drop = len(values) * np.log(np.maximum(square, _LEAST_SD**2) / max(float(square.min()), _LEAST_SD**2))
    within = np.flatnonzero(drop <= chdtri(1, 1 - _LAG_LEVEL))
    return design.first_after + int(within[0]), design.first_after + int(within[-1])
