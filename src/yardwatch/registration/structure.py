"""What a picture shows in lines and edges, whatever its brightness."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

__all__ = ["Field", "Reals", "structure"]

Reals = NDArray[np.float32]
Field = NDArray[np.complex64]

_WEAK = np.float32(0.7)


def structure(patches: Reals, *, blur_px: float = 1.0) -> Field:
    """Direction of the edges at each pixel as a complex number whose length says how clear the edge is.

    The angle of the gradient is doubled, so that an edge counts the same from dark to bright as from bright to dark:
    seasons and sensors turn contrasts round, but leave edges where they are. The length saturates, so that one strong
    edge does not outweigh everything else; it is zero where there is no data. Unlike a phase correlation this gives
    frequencies without content no weight.

    Parameters
    ----------
    patches : ndarray
        Brightness, shape (…, rows, columns); NaN where there is no data.
    blur_px : float
        Standard deviation of the Gaussian under the gradient, pixels.

    References
    ----------
    A. J. Fitch et al., Orientation correlation, BMVC 2002, doi:10.5244/C.16.11.
    """
    known = np.isfinite(patches)
    whole = bool(known.all())
    filled = patches if whole else np.where(known, patches, _mean(patches, known))
    across = _filtered(filled, blur_px, order=(0, 1))
    down = _filtered(filled, blur_px, order=(1, 0))
    strength = across * across + down * down
    typical = strength.mean(axis=(-2, -1), keepdims=True)
    weight = strength + _WEAK * typical + np.float32(1e-12)
    field = np.empty(patches.shape, np.complex64)
    field.real = (across * across - down * down) / weight
    field.imag = 2 * across * down / weight
    if not whole:
        field[_near_gaps(~known, blur_px)] = 0
    return field


def _filtered(patches: Reals, blur_px: float, *, order: tuple[int, int]) -> Reals:
    half = ndimage.gaussian_filter1d(patches, blur_px, axis=-1, order=order[1], mode="nearest", truncate=3.0)
    return np.asarray(ndimage.gaussian_filter1d(half, blur_px, axis=-2, order=order[0], mode="nearest", truncate=3.0))


def _mean(patches: Reals, known: NDArray[np.bool_]) -> Reals:
    """Mean of what is known of each patch; 0 where nothing is."""
    count = known.sum(axis=(-2, -1), keepdims=True)
    total = np.where(known, patches, 0).sum(axis=(-2, -1), keepdims=True)
    return np.asarray(total / np.maximum(count, 1), np.float32)


def _near_gaps(gaps: NDArray[np.bool_], blur_px: float) -> NDArray[np.bool_]:
    """Gaps and the rim around them that the Gaussian has mixed with them."""
    size = (1,) * (gaps.ndim - 2) + (2 * round(3 * blur_px) + 1,) * 2
    return np.asarray(ndimage.maximum_filter(gaps, size=size), bool)
