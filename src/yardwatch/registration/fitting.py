"""The even displacement that most matches agree on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats
from yardwatch.registration.plane import Affine

__all__ = ["Fitted", "agreeing", "fit"]

_ROUNDS = 15
_DRAWS = 300


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A displacement that was fitted."""

    affine: Affine
    """The displacement."""
    weights: Floats
    """How far each match was believed, 0 to 1, shape (n,)."""
    covariance: Floats
    """Of its numbers, slopes told for a distance of `reach`, shape (6, 6) or (4, 4)."""
    reach: float
    """Distance from its middle, units of the plane."""

    def variance_at(self, points: Floats) -> Floats:
        """Variance of the displacement each way, mean of both axes, at points of shape (n, 2); result of shape (n,)."""
        design = _design((points - self.affine.middle) / self.reach, affine=len(self.covariance) == 6)
        return np.asarray(np.einsum("nik,kl,nil->n", design, self.covariance, design) / 2, float)


def agreeing(points: Floats, shifts: Floats, *, within: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """The largest set of matches that one similarity explains (RANSAC on pairs).

    Parameters
    ----------
    points, shifts : ndarray
        Where and by how much, shape (n, 2).
    within : float
        Largest misfit, in units of the shifts.
    rng : numpy.random.Generator
        Draws the pairs.
    """
    if len(points) < 3:
        return np.ones(len(points), bool)
    start, target = points @ [1, 1j], (points + shifts) @ [1, 1j]
    one, other = rng.integers(len(points), size=(2, _DRAWS))
    apart = np.abs(start[one] - start[other])
    far = apart > 0.25 * np.ptp(points, axis=0).max()
    turn = np.ones(_DRAWS, complex)
    turn[far] = (target[one] - target[other])[far] / (start[one] - start[other])[far]
    misfit = np.abs(target[one][:, None] + turn[:, None] * (start - start[one][:, None]) - target)
    # A truncated square, so that of two sets of one size the tighter one wins.
    loss = np.minimum(misfit, within) ** 2
    return np.asarray(misfit[loss.sum(axis=1).argmin()] <= within, bool)


def fit(
    points: Floats, shifts: Floats, covariance: Floats, *, scales: tuple[float, float], affine: bool = True
) -> Fitted:
    """The displacement that fits the densest core of the matches.

    What stands high leans away from the sensor, and shadows turn with the sun: such matches are many, strong and all on
    one side, while those on level ground agree closely. So the misfit at which a match loses weight (Geman-McClure) is
    lowered step by step from a wide one, which everything shapes, to a narrow one, which the ground shapes.

    Parameters
    ----------
    points, shifts : ndarray
        Where and by how much, shape (n, 2), in one unit.
    covariance : ndarray
        Of each shift, shape (n, 2, 2).
    scales : (float, float)
        First and last misfit at which a match has a quarter of its weight.
    affine : bool
        Whether it may change freely over the plane (6 numbers) or only turn and grow (4).
    """
    middle = points.mean(axis=0)
    reach = max(1.0, float(np.abs(points - middle).max()))
    design = _design((points - middle) / reach, affine=affine)
    firm = np.linalg.inv(covariance)
    own = np.trace(covariance, axis1=1, axis2=2) / 2
    weights = np.ones(len(points))
    numbers, inverse, rest = np.zeros(design.shape[2]), np.eye(design.shape[2]), shifts
    for scale in np.geomspace(*scales, _ROUNDS):
        held = firm * weights[:, None, None]
        normal = np.einsum("nik,nij,njl->kl", design, held, design)
        inverse = np.linalg.inv(normal + 1e-9 * np.trace(normal) * np.eye(len(normal)))
        numbers = inverse @ np.einsum("nik,nij,nj->k", design, held, shifts)
        rest = shifts - np.einsum("nik,k->ni", design, numbers)
        weights = (1 + (rest**2).sum(axis=1) / (scale**2 + own)) ** -2.0
    # The matches' own covariances are too small where the ground is not flat: what is left over says by how much.
    left_over = (weights * np.einsum("ni,nij,nj->n", rest, firm, rest)).sum()
    freedom = max(1.0, 2 * float(weights.sum()) - design.shape[2])
    slope = np.array([[numbers[2], numbers[3]], [numbers[4], numbers[5]]] if affine else _turned(numbers)) / reach
    return Fitted(Affine(middle, numbers[:2], slope), weights, inverse * max(1.0, left_over / freedom), reach)


def _design(unit: Floats, *, affine: bool) -> Floats:
    """How each number moves each point, shape (n, 2, 6 or 4)."""
    x, y = unit.T
    one, zero = np.ones(len(unit)), np.zeros(len(unit))
    if affine:
        rows = [[one, zero, x, y, zero, zero], [zero, one, zero, zero, x, y]]
    else:
        rows = [[one, zero, x, -y], [zero, one, y, x]]
    return np.moveaxis(np.array(rows), -1, 0)


def _turned(numbers: Floats) -> list[list[float]]:
    grow, turn = numbers[2:]
    return [[grow, -turn], [turn, grow]]
