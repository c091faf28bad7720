"""Two ways to see change in a tile: by statistics of the bands, and by what stands there."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, stats

from yardwatch.change.evidence import NETWORK_LABELS, ChangeNetwork, Tone, network_input, tone_of
from yardwatch.change.hiding import SunShadow, predicted_shadow
from yardwatch.change.irmad import MadTransform, auto_threshold, fit_irmad, noise_limit
from yardwatch.change.renewed import RenewalNetwork
from yardwatch.change.spots import Seen

__all__ = [
    "GROUND",
    "LABELS",
    "RENEWED",
    "STRUCTURE",
    "TRAITS",
    "BandSeer",
    "Seer",
    "StructureSeer",
    "fit_band_seer",
    "fit_structure_seer",
]

LABELS = (*NETWORK_LABELS, "surface")
"""What votes are for."""
STRUCTURE, GROUND, ROAD, HEAP, RENEWED = 1, 2, 3, 4, 5
"""Groups of cells: structures, ground, roads, heaps, ground put to another use."""
TRAITS = ("level_before", "level_after", "roof_before", "roof_after")
"""What is kept of each cell to tell what it is: brightness with the scene's tone taken out, chance of a roof."""

_SMOOTHING_CELLS = 0.7
_SLOPE_DOUBT = 0.2
_RARE, _RAREST = 1e-4, 1e-6
_EXPLAINED = 0.03
_SPECK_CELLS = 10
_STRUCTURE_FROM = 0.35
_OTHER_FROM = 0.5
_RENEWED_FROM = 0.45

Pixels = NDArray[np.float32]
Pair = tuple[Pixels, Pixels]


class Seer(Protocol):
    """Sees change in one tile after another."""

    @property
    def name(self) -> str:
        """Name of the method, for provenance."""

    def see(self, before: Pixels, after: Pixels) -> Seen:
        """What is seen of each cell; both of shape (bands, rows, columns)."""


@dataclass(frozen=True, slots=True, eq=False)
class BandSeer:
    """IR-MAD: what differs beyond a linear change of light, season and sensor."""

    transform: MadTransform
    """Fitted on a subsample of both scenes."""
    threshold: float
    """Chi-square from which a cell changed."""
    floor: float
    """Factor that makes the lower quartile of chi-square what it should be."""
    strict: bool
    """Whether only cells count that no shift of one pixel and no doubt of the slope can explain."""

    @property
    def name(self) -> str:
        """Name of the method, for provenance."""
        return "irmad/1"

    def see(self, before: Pixels, after: Pixels) -> Seen:
        """What is seen of each cell."""
        smooth = _smoothed(np.nan_to_num(self.transform.chi_square(before, after)))
        changed = _large(_sure(self, before, after, _RAREST)) if self.strict else smooth > self.threshold
        votes = np.zeros((len(LABELS), *smooth.shape), np.float32)
        votes[LABELS.index("surface")] = np.clip(1 - 0.5 * self.threshold / np.maximum(smooth, 1e-9), 0, 0.99)
        levels = [np.nan_to_num(pixels.mean(0)) for pixels in (before, after)]
        traits = np.stack([*levels, *np.zeros((2, *smooth.shape))]).astype(np.float32)
        strength = np.ones(smooth.shape, np.float32)
        return Seen(np.where(changed, GROUND, 0).astype(np.uint8), votes, traits, strength)


@dataclass(frozen=True, slots=True, eq=False)
class StructureSeer:
    """A small network that knows what building, razing, paving, digging and piling up look like."""

    network: ChangeNetwork
    """The network."""
    tones: tuple[Tone, Tone]
    """Tones of both scenes."""
    shadows: tuple[SunShadow | None, SunShadow | None]
    """Where shadows fall in both, where the sun is known."""
    renewals: RenewalNetwork | None = None
    """A second one that sees ground put to another use, where cells are too coarse for single buildings."""

    @property
    def name(self) -> str:
        """Name of the method, for provenance."""
        return self.network.name if self.renewals is None else f"{self.network.name} {self.renewals.name}"

    def see(self, before: Pixels, after: Pixels) -> Seen:
        """What is seen of each cell."""
        pair = network_input(before, after, self.tones)
        evidence = self.network.read(pair)
        kinds = evidence.kinds
        structure = kinds[1] + kinds[2]
        others = {GROUND: kinds[4], ROAD: kinds[3], HEAP: kinds[5]}
        group = np.zeros(structure.shape, np.uint8)
        for number, chance in others.items():
            group[chance > _OTHER_FROM] = number
        levels = pair[:3].mean(0), pair[3:].mean(0)
        shaded = [
            predicted_shadow(roofs, level, falls)
            for roofs, level, falls in zip(evidence.roofs, levels, self.shadows, strict=True)
        ]
        group[shaded[0] ^ shaded[1]] = 0
        group[structure > _STRUCTURE_FROM] = STRUCTURE
        strength = np.where(group == STRUCTURE, structure, kinds[3:].max(0))
        renewed = np.zeros_like(structure)
        if self.renewals is not None:
            chance = self.renewals.read(pair)
            free = (group == 0) & (chance > _RENEWED_FROM)
            group[free] = RENEWED
            renewed, strength = np.where(free, chance, 0), np.where(free, chance, strength)
        votes = np.concatenate([kinds, renewed[None]]).astype(np.float32)
        traits = np.stack([*levels, *evidence.roofs]).astype(np.float32)
        return Seen(group, votes, traits, strength)


def fit_band_seer(samples: list[Pair]) -> BandSeer:
    """Fit IR-MAD on some windows of both scenes and find its threshold without labels.

    Where there is no split above the noise, or the split leaves hardly a cell that neither a shift of one pixel nor a
    doubt of a fifth in the slope of the bands could explain, only cells that neither explains count.
    """
    one, other = (np.concatenate([pair[i].reshape(len(pair[i]), -1) for pair in samples], 1) for i in (0, 1))
    transform = fit_irmad(one, other)
    seen = [_smoothed(transform.chi_square(*pair)) for pair in samples]
    threshold = auto_threshold(np.concatenate([values.ravel() for values in seen]), variates=transform.variates)
    doubted = np.concatenate([transform.chi_square(*pair, slope_doubt=_SLOPE_DOUBT).ravel() for pair in samples])
    quartile = float(np.nanquantile(doubted, 0.25)) if np.isfinite(doubted).any() else 0.0
    expected = float(stats.chi2.ppf(0.25, transform.variates))
    loose = BandSeer(transform, threshold, min(1.0, expected / max(quartile, 1e-12)), strict=False)
    sure = sum(int(_sure(loose, *pair, _RARE).sum()) for pair in samples)
    split = sum(int((np.nan_to_num(values) > threshold).sum()) for values in seen)
    no_split = threshold <= noise_limit(transform.variates)
    return BandSeer(transform, threshold, loose.floor, strict=no_split or sure < _EXPLAINED * split)


def fit_structure_seer(
    samples: list[Pair],
    network: ChangeNetwork,
    shadows: tuple[SunShadow | None, SunShadow | None],
    renewals: RenewalNetwork | None = None,
) -> StructureSeer:
    """Take the tone of both scenes from some windows of them."""
    one, other = (tone_of(np.concatenate([pair[i].reshape(len(pair[i]), -1) for pair in samples], 1)) for i in (0, 1))
    return StructureSeer(network, (one, other), shadows, renewals)


def _smoothed(chi_square: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chi-square averaged with its neighbours, as a root."""
    return np.asarray(ndimage.gaussian_filter(np.sqrt(np.nan_to_num(chi_square)), _SMOOTHING_CELLS) ** 2)


def _large(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The patches of a mask that are no specks."""
    labels, _ = ndimage.label(mask)
    return np.asarray(mask & (np.bincount(labels.ravel())[labels] >= _SPECK_CELLS))


def _sure(seer: BandSeer, before: Pixels, after: Pixels, rare: float) -> NDArray[np.bool_]:
    """Cells that neither noise, nor a shift of one cell, nor a doubt of the slope explains."""
    limit = float(stats.chi2.isf(rare, seer.transform.variates))
    padded = np.pad(after, ((0, 0), (1, 1), (1, 1)), mode="edge")
    rows, columns = before.shape[1:]
    least = np.full((rows, columns), np.inf)
    for down in range(3):
        for right in range(3):
            moved = padded[:, down : down + rows, right : right + columns]
            least = np.fmin(least, seer.transform.chi_square(before, moved, slope_doubt=_SLOPE_DOUBT))
    own = _smoothed(seer.floor * seer.transform.chi_square(before, after, slope_doubt=_SLOPE_DOUBT))
    return np.asarray((np.where(np.isfinite(least), least, 0) * seer.floor > limit) & (own > limit))
