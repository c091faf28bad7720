"""How much less sure a count is than its model believes."""

from dataclasses import dataclass

import numpy as np

from yardwatch.model.frame import Floats

__all__ = ["TYPE_ERRORS", "ErrorModel", "error_model", "widened"]

_REACH = 6.0


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """What widens the distribution of a number of cars."""

    shared: float
    """Standard error that all cars of a scene share, as a share of their number."""
    each: float
    """Standard error of each car by itself, in cars: that of n of them grows with the root of n."""
    known: float
    """How many times the model's own standard deviation is added: where it doubts at all, it doubts too little."""

    def deviation(self, mean: float, variance: float) -> float:
        """Standard deviation to add to a number of such a mean and variance."""
        return float(np.sqrt((self.shared * mean) ** 2 + self.each**2 * mean + self.known**2 * variance))


_FINE, _COARSE = ErrorModel(shared=0.03, each=0.12, known=5.0), ErrorModel(shared=0.03, each=0.12, known=7.0)
_COARSE_M = 0.65

TYPE_ERRORS = ErrorModel(shared=0.03, each=0.12, known=2.0)
"""Of the number of one type: most of its doubt is between types, and of that the model knows more."""


def error_model(gsd_m: float) -> ErrorModel:
    """The errors of a count at a native ground sample distance in metres.

    Fitted on simulated yards of their own; `docs/explanation/accuracy.md` has the table.
    """
    return _FINE if gsd_m <= _COARSE_M else _COARSE


def widened(lowest: int, distribution: Floats, *, errors: ErrorModel) -> tuple[int, Floats]:
    """Add what the model does not know of itself: what its network never saw, and does not see that it never saw.

    What is added has a Laplace distribution: most scenes are counted nearly rightly, and a few go badly wrong.

    Parameters
    ----------
    lowest, distribution
        The lowest number, and the probabilities of it and those that follow it.
    errors : ErrorModel
        How much is added.
    """
    distribution = distribution / distribution.sum()
    numbers = lowest + np.arange(len(distribution))
    mean = float(numbers @ distribution)
    deviation = errors.deviation(mean, float((numbers - mean) ** 2 @ distribution))
    reach = int(np.ceil(_REACH * deviation))
    if reach == 0:
        return lowest, distribution
    kernel = np.exp(-np.sqrt(2) * np.abs(np.arange(-reach, reach + 1)) / deviation)
    wide = np.convolve(distribution, kernel / kernel.sum())
    below = max(0, reach - lowest)
    wide[below] += wide[:below].sum()
    return max(0, lowest - reach), wide[below:]
