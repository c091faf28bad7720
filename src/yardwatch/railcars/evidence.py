"""What the pixels of a ribbon say, column by column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats
from yardwatch.model.ribbon import Ribbon

__all__ = ["TYPES", "ColumnEvidence", "Network", "network_input"]

TYPES = ("open_top", "covered", "tank", "flat", "container", "passenger", "locomotive", "other")
"""Types the network tells apart, in the order of its output."""

_CORE_M = 1.5
_READABLE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class ColumnEvidence:
    """Log-probabilities that the network gives each column of one ribbon; shapes (…, n)."""

    states: Floats
    """Of empty track, coupler gap, car body and concealed track: (4, n), normalised over the first axis."""
    begin: Floats
    """Log-odds that a body begins at the lower border of each column: (n,)."""
    end: Floats
    """Log-odds that a body ends at the upper border of each column: (n,)."""
    types: Floats
    """Of each of `TYPES`, given a body: (8, n)."""
    offset_m: Floats
    """Where across the ribbon the middle of the body lies, given a body: (n,), metres, positive to the left."""
    readable: NDArray[np.bool_]
    """Whether enough of the track has data: (n,)."""


class Network(Protocol):
    """Something that turns ribbons into evidence."""

    @property
    def name(self) -> str:
        """Name and version, for provenance."""

    def read(self, ribbons: Sequence[Ribbon], *, gsd_m: float) -> list[ColumnEvidence]:
        """Evidence of the ribbons of one scene."""


def network_input(
    ribbons: Sequence[Ribbon], *, gsd_m: float
) -> tuple[list[NDArray[np.float32]], list[NDArray[np.bool_]]]:
    """Bring the ribbons of one scene to the brightness scale that the network was trained on.

    One shift and one scale for the whole scene, taken from the spread of its brightness along the tracks, so that
    colour and contrast between tracks are kept.

    Parameters
    ----------
    ribbons : sequence of Ribbon
        All ribbons of a scene; one, or three and more bands.
    gsd_m : float
        Native ground sample distance, metres: what the network must expect to see.

    Returns
    -------
    inputs : list of ndarray
        Shape (5, m, n) each: red, green, blue (thrice the same where there is one band), 1 where there is data, and
        the logarithm of the GSD.
    readable : list of ndarray of bool
        Whether more than half of the track's middle three metres has data, shape (n,) each.
    """
    colour = [_three_bands(ribbon.pixels) for ribbon in ribbons]
    brightness = np.concatenate([pixels.mean(0).ravel()[::7] for pixels in colour])
    brightness = brightness[np.isfinite(brightness)]
    low, middle, high = np.percentile(brightness, [2, 50, 98]) if brightness.size else (0.0, 0.0, 1.0)
    scale = max(float(high - low), 1e-6) / 4
    inputs, readable = [], []
    for ribbon, pixels in zip(ribbons, colour, strict=True):
        valid = np.logical_and.reduce(np.isfinite(pixels), axis=0)
        scaled = np.where(valid, np.clip((pixels - middle) / scale, -6, 6), 0)
        detail = np.full((1, *valid.shape), np.log(gsd_m / 0.4))
        inputs.append(np.concatenate([scaled, valid[None], detail]).astype(np.float32))
        readable.append(valid[np.abs(ribbon.offsets_m) <= _CORE_M].mean(0) > _READABLE)
    return inputs, readable


def _three_bands(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """The first three bands, or the first one thrice."""
    return pixels[:3] if len(pixels) >= 3 else np.repeat(pixels[:1], 3, axis=0)
