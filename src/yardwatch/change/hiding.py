"""Where one of two scenes shows nothing of the ground: no data, clouds, snow, predicted shadows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from yardwatch.model.scene import Scene

__all__ = ["CAUSES", "SunShadow", "find_hidden", "predicted_shadow", "shadow_direction", "veiled"]

CAUSES = ("", "nodata", "cloud", "snow", "shadow")
"""What hides a cell, by its number; 0 for nothing."""

_BRIGHT_8_BIT = 178.0
_GREY_SHARE = 0.16
_CLOUD_RADIUS_M = 14.0
_CLOUD_M2 = 2500.0
_CLOUD_SOFTNESS_M = 3.0
_SNOW_SHARE = 0.25
_SNOW_ELSEWHERE = 0.05
_LONGEST_SHADOW_M = 60.0
_TALL_M = 15.0
_DARK = -0.7
_ROOF = 0.5

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SunShadow:
    """Where shadows fall in a scene whose sun angles are known."""

    right: float
    """Cells to the right for each cell of shadow."""
    down: float
    """Cells down for each cell of shadow."""
    cells: int
    """Longest shadow to expect, cells."""


def shadow_direction(scene: Scene, cell_m: float) -> SunShadow | None:
    """Where the shadows of buildings up to 15 m fall in a scene, on a north-up grid; None if the sun is not known."""
    if scene.sun_azimuth_deg is None or scene.sun_elevation_deg is None or scene.sun_elevation_deg <= 5:
        return None
    a, b, _, d, e, _ = scene.grid.transform
    azimuth = np.radians(scene.sun_azimuth_deg + 180)
    east, north = float(np.sin(azimuth)), float(np.cos(azimuth))
    right, down = (e * east - b * north) / (a * e - b * d), (a * north - d * east) / (a * e - b * d)
    length = max(float(np.hypot(right, down)), 1e-12)
    reach_m = min(_LONGEST_SHADOW_M, _TALL_M / float(np.tan(np.radians(scene.sun_elevation_deg))))
    return SunShadow(float(right) / length, float(down) / length, max(1, round(reach_m / cell_m)))


def find_hidden(
    before: NDArray[np.float32], after: NDArray[np.float32], *, cell_m: float, eight_bit: bool
) -> NDArray[np.uint8]:
    """What hides each cell of a tile, index into `CAUSES`, shape (rows, columns).

    Clouds and snow are looked for in 8-bit scenes of three bands or more, where white means white.

    Parameters
    ----------
    before, after : ndarray
        Shape (bands, rows, columns); NaN where there is no data.
    cell_m : float
        Side of a cell, metres.
    eight_bit : bool
        Whether both scenes count to 255.
    """
    hidden = np.zeros(before.shape[1:], np.uint8)
    if eight_bit and len(before) >= 3 and len(after) >= 3:
        for pixels, other in ((before, after), (after, before)):
            hidden[veiled(pixels, other, cell_m=cell_m)] = CAUSES.index("snow" if _snowed(pixels, other) else "cloud")
    hidden[~(np.isfinite(before).all(0) & np.isfinite(after).all(0))] = CAUSES.index("nodata")
    return hidden


def veiled(pixels: NDArray[np.float32], other: NDArray[np.float32], *, cell_m: float) -> Mask:
    """Where clouds or snow hide in a scene what another shows, shape (rows, columns).

    Parameters
    ----------
    pixels, other : ndarray
        Three bands or more that count to 255, shape (bands, rows, columns).
    cell_m : float
        Side of a cell, metres.
    """
    return np.asarray(ndimage.binary_fill_holes(_clouds(_white(pixels), pixels, cell_m) & ~_white(other)))


def predicted_shadow(roofs: NDArray[np.float32], level: NDArray[np.float32], falls: SunShadow | None) -> Mask:
    """Cells that are dark and lie where a roof beside them throws its shadow.

    Parameters
    ----------
    roofs : ndarray
        Probability of a roof in this scene, shape (rows, columns).
    level : ndarray
        Brightness with the scene's tone taken out, shape (rows, columns).
    falls : SunShadow or None
        Where shadows fall; nothing is predicted without.
    """
    if falls is None:
        return np.zeros(roofs.shape, bool)
    standing = roofs > _ROOF
    reached = np.zeros(roofs.shape, bool)
    for step in range(1, falls.cells + 1):
        shift = round(falls.down * step), round(falls.right * step)
        reached |= _shifted(standing, *shift)
    return reached & ~standing & (level < _DARK)


def _snowed(pixels: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Whether much of a scene is white and hardly any of the other."""
    return bool(_white(pixels).mean() > _SNOW_SHARE and _white(other).mean() < _SNOW_ELSEWHERE)


def _white(pixels: NDArray[np.float32]) -> Mask:
    """Bright and without colour."""
    colours = np.nan_to_num(pixels[:3])
    top, bottom = colours.max(0), colours.min(0)
    return np.asarray((bottom > _BRIGHT_8_BIT) & (top - bottom < _GREY_SHARE * top))


def _clouds(white: Mask, pixels: NDArray[np.float32], cell_m: float) -> Mask:
    """Large white patches with soft edges; a roof or a yard has sharp ones."""
    radius = max(1, round(_CLOUD_RADIUS_M / cell_m))
    if not white.any() or radius >= min(white.shape) // 2:
        return np.zeros(white.shape, bool)
    inside = ndimage.distance_transform_edt(np.pad(white, radius, mode="edge"))[radius:-radius, radius:-radius]
    opened = ndimage.distance_transform_edt(inside < radius) < radius
    labels, number = ndimage.label(opened)
    grey = np.nan_to_num(pixels[:3].mean(0))
    clouds = np.zeros(white.shape, bool)
    for index in range(1, number + 1):
        patch = labels == index
        if patch.sum() * cell_m**2 >= _CLOUD_M2 and _soft(patch, grey, cell_m):
            clouds |= ndimage.binary_dilation(patch, iterations=max(1, round(8 / cell_m)))
    return clouds


def _soft(patch: Mask, grey: NDArray[np.float32], cell_m: float) -> bool:
    """Whether brightness falls off over more than a few metres around a patch."""
    away = ndimage.distance_transform_edt(~patch) * cell_m
    inner = np.median(grey[patch])
    rings = [grey[(away > low) & (away <= low + _CLOUD_SOFTNESS_M)] for low in (0, 2, 4, 8, 20)]
    means = [float(np.median(ring)) if ring.size else float(inner) for ring in rings]
    contrast = float(inner) - means[-1]
    steepest = max(first - second for first, second in zip([float(inner), *means], means, strict=False))
    return contrast <= 0 or steepest < 0.6 * contrast


def _shifted(mask: Mask, down: int, right: int) -> Mask:
    moved = np.zeros_like(mask)
    rows, columns = mask.shape
    if abs(down) >= rows or abs(right) >= columns:
        return moved
    moved[max(0, down) : rows + min(0, down), max(0, right) : columns + min(0, right)] = mask[
        max(0, -down) : rows + min(0, -down), max(0, -right) : columns + min(0, -right)
    ]
    return moved
