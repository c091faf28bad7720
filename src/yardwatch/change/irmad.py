"""Iteratively reweighted multivariate alteration detection: what differs beyond light, season and sensor."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, stats

from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats

__all__ = ["MadTransform", "auto_threshold", "fit_irmad", "noise_limit"]

_ROUNDS = 100
_SETTLED = 1e-4
_FEWEST = 30
_RIDGE = 1e-6
_FLAT = 1e-9
_CERTAIN = 0.9999
_TAIL = 0.995
_BINS = 512


@dataclass(frozen=True, slots=True, eq=False)
class MadTransform:
    """Two sets of bands turned so that each difference holds the change that no other does."""

    before_mean: Floats
    """Mean of unchanged pixels before, shape (bands,)."""
    after_mean: Floats
    """Mean of unchanged pixels after, shape (bands,)."""
    before_axes: Floats
    """Weights of the bands in each variate, shape (bands, variates)."""
    after_axes: Floats
    """The same for the later scene."""
    variance: Floats
    """Variance of each difference where nothing changed, shape (variates,)."""

    def chi_square(
        self, before: NDArray[np.floating[Any]], after: NDArray[np.floating[Any]], *, slope_doubt: float = 0.0
    ) -> Floats:
        """Sum of squared standardised differences.

        Where nothing changed that is chi-square with as many degrees of freedom as variates.

        Parameters
        ----------
        before, after : ndarray
            Shape (bands, …).
        slope_doubt : float
            Relative standard error of the linear relation of the bands; it makes differences far from the mean count
            for less.

        Returns
        -------
        ndarray
            Shape (…); NaN where either scene has no data.
        """
        shape = before.shape[1:]
        one = (before.reshape(len(before), -1).T - self.before_mean) @ self.before_axes
        other = (after.reshape(len(after), -1).T - self.after_mean) @ self.after_axes
        variance = self.variance + (slope_doubt * (one + other) / 2) ** 2
        return np.asarray(((one - other) ** 2 / variance).sum(1).reshape(shape))

    @property
    def variates(self) -> int:
        """Number of differences: degrees of freedom."""
        return len(self.variance)


def fit_irmad(before: NDArray[np.float32], after: NDArray[np.float32]) -> MadTransform:
    """Fit the transform on pixels of both scenes.

    Canonical correlation of the bands, each pixel weighted by the chance that it did not change, repeated until the
    correlations settle. Linear changes of light, sensor or units between the scenes do not matter.

    Parameters
    ----------
    before, after : ndarray
        The same pixels in both scenes, shape (bands, n); a subsample of some ten thousand serves. Those with NaN are
        left out, and so are bands that do not vary.

    Raises
    ------
    MisuseError
        If the scenes have different numbers of bands, or too few pixels are valid in both.

    References
    ----------
    A. A. Nielsen, "The regularized iteratively reweighted MAD method for change detection in multi- and hyperspectral
    data", IEEE Trans. Image Processing 16(2), 2007, doi:10.1109/TIP.2006.888195.
    """
    if len(before) != len(after):
        raise MisuseError(f"scenes of {len(before)} and {len(after)} bands; name the common ones")
    valid = np.isfinite(before).all(0) & np.isfinite(after).all(0)
    one, other = before[:, valid].astype(float), after[:, valid].astype(float)
    if one.shape[1] < _FEWEST * len(before):
        raise MisuseError(f"{one.shape[1]} pixels are valid in both scenes; IR-MAD on {len(before)} bands needs more")
    scale_one, scale_other = _scale(one), _scale(other)
    one, other = one / scale_one[:, None], other / scale_other[:, None]
    weights, correlations = np.ones(one.shape[1]), np.full(len(one), 2.0)
    for _ in range(_ROUNDS):
        fitted, found = _weighted(one, other, weights)
        if np.max(np.abs(found - correlations)) < _SETTLED:
            break
        correlations = found
        chances = stats.chi2.sf(fitted.chi_square(one, other), fitted.variates)
        if chances.sum() < _FEWEST * len(one):
            break
        weights = chances
    return MadTransform(
        fitted.before_mean * scale_one,
        fitted.after_mean * scale_other,
        fitted.before_axes / scale_one[:, None],
        fitted.after_axes / scale_other[:, None],
        fitted.variance,
    )


def auto_threshold(chi_square: Floats, *, variates: int) -> float:
    """Chi-square beyond which a pixel changed, found without labels.

    Otsu's split of the square root of chi-square, cut at its 99.5th percentile so that a few clouds do not decide;
    never below `noise_limit`, so that scenes without change are not split at all.
    """
    root = np.sqrt(chi_square[np.isfinite(chi_square)])
    floor = noise_limit(variates)
    if len(root) == 0:
        return floor
    counts, edges = np.histogram(np.minimum(root, np.quantile(root, _TAIL)), bins=_BINS)
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    first = np.cumsum(counts * middles)
    mean = first[-1] / below[-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        between = (mean * below - first) ** 2 / (below * (below[-1] - below))
    split = float(edges[1:][np.nanargmax(np.where(np.isfinite(between), between, -1))])
    return max(floor, split**2)


def noise_limit(variates: int) -> float:
    """Chi-square that one unchanged pixel in ten thousand exceeds."""
    return float(stats.chi2.ppf(_CERTAIN, variates))


def _scale(bands: Floats) -> Floats:
    """Standard deviation of each band; 1 for one that does not vary, which then has no weight."""
    deviation = bands.std(1)
    return np.where(deviation > _FLAT * (1 + np.abs(bands).max(1)), deviation, 1.0)


def _weighted(one: Floats, other: Floats, weights: Floats) -> tuple[MadTransform, Floats]:
    """One round: transform and canonical correlations for given weights of the pixels."""
    total = weights.sum()
    means = (one * weights).sum(1) / total, (other * weights).sum(1) / total
    a, b = one - means[0][:, None], other - means[1][:, None]
    size = len(one)
    ridge = _RIDGE * np.eye(size)
    within_a, within_b = (a * weights) @ a.T / total + ridge, (b * weights) @ b.T / total + ridge
    across = (a * weights) @ b.T / total
    root_a, root_b = linalg.cholesky(within_a, lower=True), linalg.cholesky(within_b, lower=True)
    half = linalg.solve_triangular(root_a, across, lower=True)
    whole = linalg.solve_triangular(root_b, half.T, lower=True).T
    left, correlations, right = linalg.svd(whole)
    axes_a = linalg.solve_triangular(root_a.T, left)
    axes_b = linalg.solve_triangular(root_b.T, right.T)
    variance = np.maximum(2 * (1 - correlations), _RIDGE)
    return MadTransform(means[0], means[1], axes_a, axes_b, variance), correlations
