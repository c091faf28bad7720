"""From colour, height and slope to the light that reaches the sensor."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from yardwatch.simulate._canvas import Canvas
from yardwatch.simulate._noise import Reals, Texture
from yardwatch.simulate.conditions import Conditions, Sun, View

__all__ = ["cloud_cover", "light"]

_SKY = np.array([0.115, 0.15, 0.215, 0.07], np.float32)
"""Light of a clear sky by band, as a share of that of a high sun."""
_GROUND_M = 0.3


def light(canvas: Canvas, conditions: Conditions) -> Reals:
    """Light from each cell towards the sensor, shape (4, rows, columns), about linear reflectance in full sun.

    Heights throw shadows away from the sun and lean away from the sensor; where a wall shows, it is lit as a wall.
    """
    sun, view = conditions.sun, conditions.view
    raised = np.nonzero(canvas.height_m > _GROUND_M)[0]
    lit = _sunlit(canvas, raised, sun)
    open_sky = _open_sky(canvas, raised)
    cosine = _cosine(canvas, raised, sun)
    direct = lit
    direct[raised] *= cosine
    _shade_below(canvas, direct, sun)
    strength, sky = _balance(sun)
    out = canvas.colour
    for band in range(4):
        out[band] *= direct * strength[band] + open_sky * np.float32(sky[band])
    if view.off_nadir_deg > 0.5 and len(raised):
        out = _lean(canvas, raised, out, sun, view)
    _hang(canvas, out, view, strength)
    return out.reshape(4, *canvas.shape)


def cloud_cover(
    texture: Texture, rows: NDArray[np.int64], columns: NDArray[np.int64], cell_m: float, amount: float
) -> Reals:
    """How thick the clouds are over each cell, 0–1, shape (rows, columns)."""
    if amount <= 0:
        return np.zeros((len(rows), len(columns)), np.float32)
    heap = np.zeros((len(rows), len(columns)), np.float32)
    for layer, (size_m, weight) in enumerate(((160, 1.0), (60, 0.45), (20, 0.22), (7, 0.1))):
        heap += weight * texture.smooth(50 + layer, rows, columns, max(1.0, size_m / cell_m))
    level = np.float32(2.6 - 4.2 * amount)
    return np.asarray(np.clip((heap - level) / 0.8, 0, 1), np.float32)


def _balance(sun: Sun) -> tuple[Reals, Reals]:
    """Light of the sun and of the sky by band; together they are white on level ground.

    The exposure follows the ground, so a low sun only raises the sky's share.
    """
    height = np.sin(np.radians(sun.elevation_deg))
    share = float(0.8 + 0.12 / max(height, 0.15))
    sky = _SKY * np.float32(share / (1 + 0.14 * share))
    return np.asarray(1 - sky, np.float32), sky


def _cosine(canvas: Canvas, raised: NDArray[np.int64], sun: Sun) -> Reals:
    """Sun on sloping cells as a share of that on level ground."""
    azimuth, elevation = np.radians(sun.azimuth_deg), np.radians(sun.elevation_deg)
    slope_x, slope_y = canvas.slope_x[raised], canvas.slope_y[raised]
    level = np.sin(elevation)
    toward = np.cos(elevation) * (slope_x * np.sin(azimuth) + slope_y * np.cos(azimuth))
    facing = (level - toward) / np.sqrt(1 + slope_x**2 + slope_y**2)
    return np.asarray(np.clip(facing / level, 0, 1.9), np.float32)


def _sunlit(canvas: Canvas, raised: NDArray[np.int64], sun: Sun) -> Reals:
    """1 where the sun reaches a cell, 0 where something stands between."""
    ceiling = np.zeros(canvas.height_m.size, np.float32)
    azimuth, elevation = np.radians(sun.azimuth_deg), np.radians(sun.elevation_deg)
    drop_m = canvas.cell_m * float(np.tan(elevation))
    row, column, height = *np.divmod(raised, canvas.shape[1]), canvas.height_m[raised]
    step = 0
    while len(height):
        step += 1
        high = height > step * drop_m
        row, column, height = row[high], column[high], height[high]
        to_row = row + round(step * float(np.cos(azimuth)))
        to_column = column - round(step * float(np.sin(azimuth)))
        inside = (to_row >= 0) & (to_row < canvas.shape[0]) & (to_column >= 0) & (to_column < canvas.shape[1])
        cells = to_row[inside] * canvas.shape[1] + to_column[inside]
        ceiling[cells] = np.maximum(ceiling[cells], height[inside] - step * drop_m)
    return (ceiling <= canvas.height_m + np.float32(0.12 + 0.5 * drop_m)).astype(np.float32)


def _shade_below(canvas: Canvas, direct: Reals, sun: Sun) -> None:
    """Shadows of what hangs in the air."""
    azimuth, reach = np.radians(sun.azimuth_deg), 1 / np.tan(np.radians(sun.elevation_deg)) / canvas.cell_m
    for thing in canvas.overhead:
        down, right = thing.height_m * reach * np.cos(azimuth), -thing.height_m * reach * np.sin(azimuth)
        cells, inside = _moved(canvas, thing.patch.cells, round(float(down)), round(float(right)))
        direct[cells] *= 1 - 0.85 * thing.opacity[inside]


def _hang(canvas: Canvas, out: Reals, view: View, strength: Reals) -> None:
    """What hangs in the air, displaced as it leans, over all else."""
    lean_x, lean_y = view.lean()
    for thing in canvas.overhead:
        down, right = -lean_y * thing.height_m / canvas.cell_m, lean_x * thing.height_m / canvas.cell_m
        cells, inside = _moved(canvas, thing.patch.cells, round(float(down)), round(float(right)))
        lit = thing.colour * strength
        opacity = thing.opacity[inside]
        for band in range(4):
            out[band, cells] += (lit[band] - out[band, cells]) * opacity


def _moved(
    canvas: Canvas, cells: NDArray[np.int64], down: int, right: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Cells moved, and which of them are still on the canvas."""
    row, column = np.divmod(cells, canvas.shape[1])
    row, column = row + down, column + right
    inside = (row >= 0) & (row < canvas.shape[0]) & (column >= 0) & (column < canvas.shape[1])
    return (row * canvas.shape[1] + column)[inside], inside


def _open_sky(canvas: Canvas, raised: NDArray[np.int64]) -> Reals:
    """Share of the sky that a cell sees; less beside walls and in open cars."""
    if not len(raised):
        return np.ones(canvas.height_m.size, np.float32)
    heights = canvas.height_m.reshape(canvas.shape)
    size = 2 * round(1.3 / canvas.cell_m) + 1
    around = ndimage.uniform_filter(np.minimum(heights, 5), size, mode="nearest")
    rise = np.maximum(around - heights, 0).ravel()
    return np.asarray(1 / (1 + 0.75 * rise), np.float32)


def _lean(canvas: Canvas, raised: NDArray[np.int64], flat: Reals, sun: Sun, view: View) -> Reals:
    """Displace what stands up away from the sensor, showing the walls that face it."""
    out = flat.copy()
    lean_x, lean_y = view.lean()
    reach = float(np.hypot(lean_x, lean_y))
    rise_m = canvas.cell_m / reach
    row, column, height = *np.divmod(raised, canvas.shape[1]), canvas.height_m[raised]
    walls = _walls(canvas, sun, view)[:, canvas.owner[raised]]
    tops = flat[:, raised]
    level = 0.0
    while len(height):
        shift_x, shift_y = round(level * lean_x / canvas.cell_m), round(-level * lean_y / canvas.cell_m)
        to_row, to_column = row + shift_y, column + shift_x
        inside = (to_row >= 0) & (to_row < canvas.shape[0]) & (to_column >= 0) & (to_column < canvas.shape[1])
        cells = (to_row * canvas.shape[1] + to_column)[inside]
        top = (height < level + rise_m)[inside]
        out[:, cells] = np.where(top, tops[:, inside], walls[:, inside])
        level += rise_m
        still = height >= level
        row, column, height, tops, walls = row[still], column[still], height[still], tops[:, still], walls[:, still]
    return out


def _walls(canvas: Canvas, sun: Sun, view: View) -> Reals:
    """Light from the walls of each thing that face the sensor, shape (4, things)."""
    sun_azimuth, elevation, azimuth = np.radians([sun.azimuth_deg, sun.elevation_deg, view.azimuth_deg])
    angles = np.array([angle for _, angle in canvas.walls])
    normal_x, normal_y = -np.sin(angles), np.cos(angles)
    side = np.sign(normal_x * np.sin(azimuth) + normal_y * np.cos(azimuth))
    facing = side * (normal_x * np.sin(sun_azimuth) + normal_y * np.cos(sun_azimuth))
    strength, sky = _balance(sun)
    direct = np.minimum(np.clip(facing, 0, 1) / np.tan(elevation), 1.5)
    colours = np.stack([colour for colour, _ in canvas.walls], axis=1)
    return np.asarray(colours * (direct[None, :] * strength[:, None] + 0.55 * sky[:, None]), np.float32)
