"""What a change network is given and what it says, pixel by pixel."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["NETWORK_LABELS", "ChangeNetwork", "Evidence", "Tone", "network_input", "tone_of"]

NETWORK_LABELS = ("none", "built", "razed", "road", "earthwork", "stockpile")
"""What the network may say of a pixel, by its number."""

_CLIP = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Tone:
    """Brightness and contrast of a scene by band, so that two scenes can be shown to the network alike."""

    mean: NDArray[np.float32]
    """Mean of each band, shape (bands,)."""
    deviation: NDArray[np.float32]
    """Standard deviation of each band, shape (bands,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the network says of a tile."""

    kinds: NDArray[np.float32]
    """Probability of each of `NETWORK_LABELS`, shape (6, rows, columns)."""
    roofs: NDArray[np.float32]
    """Probability of a roof before and after, shape (2, rows, columns)."""


class ChangeNetwork(Protocol):
    """Sees what changed between two tiles."""

    @property
    def name(self) -> str:
        """Name and version, for provenance."""

    def read(self, pair: NDArray[np.float32]) -> Evidence:
        """Evidence of a pair as `network_input` makes it, shape (6, rows, columns)."""


def tone_of(pixels: NDArray[np.float32]) -> Tone:
    """Tone of pixels of any arrangement, shape (bands, …); NaN counts for nothing."""
    flat = pixels.reshape(len(pixels), -1)
    flat = flat[:, np.isfinite(flat).all(0)]
    if flat.shape[1] == 0:
        return Tone(np.zeros(len(pixels), np.float32), np.ones(len(pixels), np.float32))
    deviation = flat.std(1)
    return Tone(flat.mean(1), np.where(deviation > 1e-6 * (1 + abs(flat).max()), deviation, 1).astype(np.float32))


def network_input(
    before: NDArray[np.float32], after: NDArray[np.float32], tones: tuple[Tone, Tone]
) -> NDArray[np.float32]:
    """Both tiles in red, green and blue with the tone of their scenes taken out, shape (6, rows, columns).

    Parameters
    ----------
    before, after : ndarray
        Shape (bands, rows, columns); of fewer than three bands the first is taken for all colours. NaN becomes 0.
    tones : tuple of Tone
        Of the whole scenes.
    """
    halves = []
    for pixels, tone in zip((before, after), tones, strict=True):
        level = (pixels - tone.mean[:, None, None]) / tone.deviation[:, None, None]
        halves.append(level[:3] if len(level) >= 3 else np.repeat(level[:1], 3, axis=0))
    both = np.clip(np.concatenate(halves), -_CLIP, _CLIP)
    return np.asarray(np.nan_to_num(both, copy=False), np.float32)
