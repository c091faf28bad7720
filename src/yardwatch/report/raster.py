"""Pixels made fit to be shown: turned north up, stretched, and written into the document."""

import base64
import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from yardwatch.model.frame import Frame
from yardwatch.model.grid import Grid, Window
from yardwatch.model.ports import Picture
from yardwatch.model.ribbon import Ribbon

__all__ = ["Limits", "display_limits", "flattened", "grid_of_picture", "jpeg_uri", "north_up", "ribbon_picture"]

Limits = tuple[tuple[int, float, float], ...]
"""For red, green and blue: the band, the value shown black, the value shown white."""

_PAPER, _HATCH = 240, 222
_HATCH_PX = 12
_LOW, _HIGH = 0.5, 99.5
_SAMPLES_A_RIBBON = 20_000


def grid_of_picture(grid: Grid, picture: Picture, window: Window | None = None) -> Grid:
    """Where a picture lies that a scene reader made of `window` (the whole unless given) of an image on `grid`."""
    part = window or Window(0, 0, grid.width, grid.height)
    rows, columns = picture.shape[:2]
    a, b, _, d, e, _ = grid.transform
    across, down = part.width / columns, part.height / rows
    x, y = grid.to_crs(part.column, part.row)
    return Grid(grid.crs, (a * across, b * down, float(x), d * across, e * down, float(y)), columns, rows)


def north_up(
    picture: Picture,
    grid: Grid,
    *,
    frame: Frame,
    west_north_m: tuple[float, float],
    pixel_m: float,
    size: tuple[int, int],
) -> Picture:
    """The picture on a north-up grid of ground metres.

    Parameters
    ----------
    picture : Picture
        What is turned.
    grid : Grid
        Where it lies; any CRS, rotation or flip.
    frame : Frame
        Metric frame of the site.
    west_north_m : tuple of float
        Local metres of the upper left corner of what is wanted.
    pixel_m : float
        Side of a pixel of what is wanted, metres.
    size : tuple of int
        Columns and rows of what is wanted.

    Returns
    -------
    Picture
        Transparent where the picture does not reach. Uses the affine map that fits a 5 × 5 net of points best, which
        is good to far less than a pixel over the extent of a site.
    """
    column, row = (part.ravel() for part in np.meshgrid(np.linspace(0, size[0], 5), np.linspace(0, size[1], 5)))
    x, y = frame.to_crs(west_north_m[0] + pixel_m * column, west_north_m[1] - pixel_m * row, crs=grid.crs)
    source = np.column_stack(grid.to_pixel(x, y))
    design = np.column_stack([column, row, np.ones_like(column)])
    affine = np.linalg.lstsq(design, source, rcond=None)[0].T
    shrink = max(1, int(np.sqrt(abs(np.linalg.det(affine[:, :2])))))
    image = Image.fromarray(np.ascontiguousarray(picture)).reduce(shrink)
    moved = image.transform(size, Image.Transform.AFFINE, tuple((affine / shrink).ravel()), Image.Resampling.BILINEAR)
    return np.asarray(moved)


def jpeg_uri(picture: Picture, *, quality: int = 80, veil: float = 0.0) -> str:
    """A data URI of the picture as JPEG; transparent parts become a pale hatch.

    Parameters
    ----------
    picture : Picture
        What is written.
    quality : int
        JPEG quality, 1 to 95.
    veil : float
        How far colours are drawn to white, 0 to 1, so that what is drawn above stands out.
    """
    buffer = io.BytesIO()
    Image.fromarray(flattened(picture, veil=veil)).save(buffer, "JPEG", quality=quality, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def flattened(picture: Picture, *, veil: float = 0.0) -> NDArray[np.uint8]:
    """The picture in red, green and blue alone: transparent parts become a pale hatch, colours are drawn to white."""
    colour = picture[..., :3].astype(np.float32)
    if veil:
        grey = colour.mean(2, keepdims=True)
        colour = (1 - veil) * (0.5 * colour + 0.5 * grey) + veil * 255
    opacity = picture[..., 3:].astype(np.float32) / 255
    flat = opacity * colour + (1 - opacity) * _hatch(picture.shape[0], picture.shape[1])[..., None]
    return np.clip(flat + 0.5, 0, 255).astype(np.uint8)


def display_limits(ribbons: Sequence[Ribbon], *, dtype: str = "uint16") -> Limits:
    """Which bands to show and between which values, the same for all ribbons of a scene.

    One or two bands are shown grey, three or four as they come, more as the visible bands of an eight-band satellite
    (5, 3, 2). Black and white are the 0.5th and 99.5th percentile, so that a glint does not darken the rest; in 8-bit
    scenes the bands share them, which keeps the colours, and lie at least 100 apart, which keeps a dull scene dull.
    """
    bands = min((ribbon.pixels.shape[0] for ribbon in ribbons), default=1)
    chosen = (0, 0, 0) if bands < 3 else (0, 1, 2) if bands < 5 else (4, 2, 1)
    values = [np.concatenate([_sample(ribbon, band) for ribbon in ribbons]) for band in chosen] if ribbons else []
    if dtype == "uint8":
        values = [np.concatenate(values)] * 3 if values else []
    least = 100.0 if dtype == "uint8" else 1e-6
    ends = [np.percentile(part, [_LOW, _HIGH]) if len(part) else np.array([0.0, 1.0]) for part in values]
    return tuple(
        (band, float(low), float(max(high, low + least))) for band, (low, high) in zip(chosen, ends, strict=False)
    )


def ribbon_picture(ribbon: Ribbon, limits: Limits) -> Picture:
    """The ribbon in red, green, blue and opacity; transparent where it has no data."""
    channels = [_stretched(ribbon.pixels[band], low, high) for band, low, high in limits]
    seen = np.all([np.isfinite(ribbon.pixels[band]) for band, _, _ in limits], axis=0)
    return np.dstack([*channels, np.where(seen, 255, 0)]).astype(np.uint8)


def _stretched(values: NDArray[np.float32], low: float, high: float) -> NDArray[np.float64]:
    clipped = np.clip(np.nan_to_num(values.astype(float), nan=low, posinf=high, neginf=low), low, high)
    return np.asarray(255 * (clipped - low) / (high - low))


def _sample(ribbon: Ribbon, band: int) -> NDArray[np.float64]:
    values = ribbon.pixels[band].ravel()
    thinned = values[:: max(1, values.size // _SAMPLES_A_RIBBON)]
    return np.asarray(thinned[np.isfinite(thinned)], float)


def _hatch(rows: int, columns: int) -> NDArray[np.float32]:
    phase = (np.arange(rows)[:, None] + np.arange(columns)) % _HATCH_PX
    return np.where(phase < 2, _HATCH, _PAPER).astype(np.float32)
