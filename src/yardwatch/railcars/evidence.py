"""What the pixels of a ribbon say, column by column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats
from yardwatch.model.ribbon import Ribbon

__all__ = ["TYPES", "ColumnEvidence", "Network", "Tone", "network_input", "resolution", "ribbon_input", "scene_tone"]

TYPES = ("open_top", "covered", "tank", "flat", "container", "passenger", "locomotive", "other")
"""Types the network tells apart, in the order of its output."""

_CORE_M = 1.5
_READABLE = 0.5
_FINEST_M = 0.2
_LEAST_CALM_M = 15.0


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


class Tone(NamedTuple):
    """The brightness scale of a scene, in the units of its file."""

    middle: float
    """Its median along the tracks."""
    scale: float
    """A quarter of the range that holds all but the darkest and brightest fiftieth."""


class Network(Protocol):
    """Something that turns ribbons into evidence."""

    @property
    def name(self) -> str:
        """Name and version, for provenance."""

    def read(
        self,
        ribbons: Sequence[Ribbon],
        *,
        gsd_m: float,
        calm: Sequence[NDArray[np.bool_]] | None = None,
        tone: Tone | None = None,
        only: Sequence[NDArray[np.bool_]] | None = None,
    ) -> list[ColumnEvidence]:
        """Evidence of the ribbons of one scene; `calm` and `tone` as for `network_input`.

        Of columns that are not in `only`, shape (n,) for each ribbon, anything may be said.
        """


def network_input(
    ribbons: Sequence[Ribbon],
    *,
    gsd_m: float,
    calm: Sequence[NDArray[np.bool_]] | None = None,
    tone: Tone | None = None,
) -> tuple[list[NDArray[np.float32]], list[NDArray[np.bool_]]]:
    """Bring the ribbons of one scene to the brightness scale that the network was trained on.

    One shift and one scale for the whole scene, taken from the spread of its brightness along the tracks, so that
    colour and contrast between tracks are kept. Where some of a track is known to be empty, a further channel shows
    by how much each sample differs from what that track looks like there, row by row.

    Parameters
    ----------
    ribbons : sequence of Ribbon
        All ribbons of a scene; one, or three and more bands.
    gsd_m : float
        Native ground sample distance, metres: what the network must expect to see.
    calm : sequence of ndarray of bool, optional
        Columns of each ribbon that are surely empty track, shape (n,) each; fewer than 15 m of them are not used.
    tone : Tone, optional
        The scene's brightness scale, where `ribbons` are not all of it; theirs unless given.

    Returns
    -------
    inputs : list of ndarray
        Shape (7, m, n) each: red, green, blue (thrice the same where there is one band), 1 where there is data, the
        logarithm of the GSD, the difference from the track's empty profile, and 1 where that is known.
    readable : list of ndarray of bool
        Whether more than half of the track's middle three metres has data, shape (n,) each.
    """
    scale = tone or scene_tone(ribbons)
    unknown = [None] * len(ribbons)
    pairs = [
        ribbon_input(ribbon, gsd_m=gsd_m, tone=scale, calm=known)
        for ribbon, known in zip(ribbons, unknown if calm is None else calm, strict=True)
    ]
    return [pixels for pixels, _ in pairs], [readable for _, readable in pairs]


def ribbon_input(
    ribbon: Ribbon, *, gsd_m: float, tone: Tone, calm: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Input and readable columns of one ribbon, as `network_input` gives them for all."""
    bands = ribbon.pixels[:3] if len(ribbon.pixels) >= 3 else ribbon.pixels[:1]
    valid = np.asarray(np.isfinite(bands).all(0))
    shown = np.empty((7, *valid.shape), np.float32)
    colours = shown[:3]
    np.subtract(bands, np.float32(tone.middle), out=colours)
    colours /= np.float32(tone.scale)
    np.clip(colours, -6, 6, out=colours)
    if not valid.all():
        colours[:, ~valid] = 0
    shown[3], shown[4] = valid, resolution(gsd_m)
    known = np.zeros(valid.shape[1], bool) if calm is None else calm
    shown[5], shown[6] = _unlike_empty(colours, valid, known, ribbon.step_m)
    return shown, np.asarray(valid[np.abs(ribbon.offsets_m) <= _CORE_M].mean(0) > _READABLE)


def resolution(gsd_m: float) -> float:
    """The ground sample distance as the networks are shown it: its logarithm, nought at 0.4 m."""
    return float(np.log(max(gsd_m, _FINEST_M) / 0.4))


def scene_tone(ribbons: Sequence[Ribbon]) -> Tone:
    """The brightness scale of a scene from all its ribbons."""
    brightness = np.concatenate([_three_bands(ribbon.pixels).mean(0).ravel()[::7] for ribbon in ribbons])
    brightness = brightness[np.isfinite(brightness)]
    low, middle, high = np.percentile(brightness, [2, 50, 98]) if brightness.size else (0.0, 0.0, 1.0)
    return Tone(float(middle), max(float(high - low), 1e-6) / 4)


def _unlike_empty(
    colours: NDArray[np.float32], valid: NDArray[np.bool_], calm: NDArray[np.bool_], step_m: float
) -> tuple[NDArray[np.float32] | float, NDArray[np.float32] | float]:
    """Difference from the mean cross profile of the calm columns, and whether there are enough of them."""
    if calm.sum() * step_m < _LEAST_CALM_M:
        return 0.0, 0.0
    brightness = colours.mean(0)
    seen = valid[:, calm].sum(1)
    profile = brightness[:, calm].sum(1) / np.maximum(seen, 1)
    known = (seen > 0)[:, None] & valid
    return np.where(known, brightness - profile[:, None], 0).astype(np.float32), known.astype(np.float32)


def _three_bands(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """The first three bands, or the first one thrice."""
    return pixels[:3] if len(pixels) >= 3 else np.repeat(pixels[:1], 3, axis=0)
