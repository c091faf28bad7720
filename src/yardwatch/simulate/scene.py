"""Rendering a plan to a picture with the truth beside it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from yardwatch.errors import MisuseError
from yardwatch.model.grid import Grid
from yardwatch.simulate._canvas import Canvas, Patch
from yardwatch.simulate._cars import chord, paint_car
from yardwatch.simulate._ground import Nearness, nearness, paint_ground, paint_snow, paint_tracks
from yardwatch.simulate._light import cloud_cover, light
from yardwatch.simulate._noise import Reals, Texture
from yardwatch.simulate._sensor import FULL_SCALE_16, blurred, develop
from yardwatch.simulate._stamp import stamp_mask
from yardwatch.simulate._things import paint_thing
from yardwatch.simulate.conditions import Conditions, Sensor
from yardwatch.simulate.plan import YardPlan
from yardwatch.simulate.truth import Concealed, TrueCar, Truth

__all__ = ["FINEST_CELL_M", "SITE_CRS", "SITE_ORIGIN_M", "Rendered", "paint", "render"]

SITE_CRS = "EPSG:32626"
"""CRS of every simulated scene: UTM 26 north."""
SITE_ORIGIN_M = (680_000.0, 20_000.0)
"""Where the plan's (0, 0) lies in it: open Atlantic on the equator, where a metre of the grid is a metre."""

Pixels = NDArray[np.uint8] | NDArray[np.uint16]
FINEST_CELL_M = 0.22
"""Cells that things are painted on are about this small, if pixels are larger."""
_PAD_PX = 8
_CLOUD_HEIGHT_M = 120.0


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """A simulated picture with the truth beside it."""

    pixels: Pixels
    """Shape (bands, rows, columns), uint8 or uint16 as the sensor says."""
    grid: Grid
    """Where the pixels lie: an invented place in the open Atlantic."""
    truth: Truth
    """What stands on the tracks."""
    conditions: Conditions
    """Under which it was taken."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """The picture's corner, size and division."""

    west_m: float
    north_m: float
    rows: int
    columns: int
    gsd_m: float
    cells: int
    """Cells to a pixel along each side."""


def render(
    plan: YardPlan,
    *,
    rng: np.random.Generator,
    conditions: Conditions | None = None,
    bounds_m: tuple[float, float, float, float] | None = None,
    tile_px: int = 1024,
    stamp: bool = True,
    progress: Callable[[str, int, int], None] | None = None,
) -> Rendered:
    """Render a plan.

    Works tile by tile, so that memory beyond the picture itself does not grow with it; the tiles' size does not show.

    Parameters
    ----------
    plan : YardPlan
        What to show.
    rng : numpy.random.Generator
        Gives one seed for grain, dirt and noise.
    conditions : Conditions, optional
        Sun, view, sensor and weather.
    bounds_m : (west, south, east, north), optional
        What to show, local metres; the plan's bounds unless given.
    tile_px : int
        Side of a tile, pixels, a multiple of 8.
    stamp : bool
        Whether to burn the word SIMULATED into the margins.
    progress : callable, optional
        Told what is done, how much, and of how much.

    Raises
    ------
    MisuseError
        If the bounds are empty or `tile_px` is not a positive multiple of 8.
    """
    if tile_px < 8 or tile_px % 8:
        raise MisuseError(f"tile_px {tile_px} does not fit the blocks of a picture; use a multiple of 8")
    conditions = conditions or Conditions()
    frame = _framed(bounds_m or plan.bounds_m, conditions.sensor.gsd_m)
    seed = int(rng.integers(2**31))
    near = nearness(plan, _bounds(frame))
    pixels = _blank(conditions.sensor, frame)
    tiles = [(r, c) for r in range(0, frame.rows, tile_px) for c in range(0, frame.columns, tile_px)]
    for done, (row, column) in enumerate(tiles):
        rows = range(row, min(row + tile_px, frame.rows))
        columns = range(column, min(column + tile_px, frame.columns))
        pixels[:, row : rows.stop, column : columns.stop] = _tile(plan, conditions, frame, seed, near, (rows, columns))
        if progress is not None:
            progress("render", done + 1, len(tiles))
    if stamp:
        _burn(pixels, near, frame)
    x, y = SITE_ORIGIN_M
    grid = Grid(
        SITE_CRS, (frame.gsd_m, 0.0, x + frame.west_m, 0.0, -frame.gsd_m, y + frame.north_m), frame.columns, frame.rows
    )
    return Rendered(pixels, grid, _truth(plan, conditions, frame, seed), conditions)


def paint(canvas: Canvas, plan: YardPlan, near: Nearness, conditions: Conditions) -> Reals:
    """Paint all of a plan that touches a canvas and light it; shape (4, rows, columns)."""
    weather = conditions.weather
    paint_ground(canvas, plan, near)
    paint_tracks(canvas, plan, wet=weather.wet, snow=weather.snow)
    for thing in plan.things:
        if thing.kind != "canopy":
            paint_thing(canvas, thing)
    for car in plan.cars:
        paint_car(canvas, plan.tracks[car.track], car)
    for thing in plan.things:
        if thing.kind == "canopy":
            paint_thing(canvas, thing)
    if weather.snow:
        raised = np.nonzero(canvas.height_m > 0.3)[0]
        heights = canvas.height_m[raised]
        paint_snow(canvas, weather.snow * 0.8, Patch(raised, heights, heights))
    return light(canvas, conditions)


def _framed(bounds_m: tuple[float, float, float, float], gsd_m: float) -> _Frame:
    west, south, east, north = bounds_m
    rows, columns = round((north - south) / gsd_m), round((east - west) / gsd_m)
    if rows < 1 or columns < 1:
        raise MisuseError(f"bounds {bounds_m} hold no pixel of {gsd_m} m; use west, south, east, north in metres")
    return _Frame(west, north, rows, columns, gsd_m, max(1, min(4, round(gsd_m / FINEST_CELL_M))))


def _blank(sensor: Sensor, frame: _Frame) -> Pixels:
    shape = len(sensor.bands), frame.rows, frame.columns
    return np.zeros(shape, np.uint8) if sensor.bits == 8 else np.zeros(shape, np.uint16)


def _bounds(frame: _Frame) -> tuple[float, float, float, float]:
    width, height = frame.columns * frame.gsd_m, frame.rows * frame.gsd_m
    return frame.west_m, frame.north_m - height, frame.west_m + width, frame.north_m


def _tile(
    plan: YardPlan, conditions: Conditions, frame: _Frame, seed: int, near: Nearness, place: tuple[range, range]
) -> Pixels:
    """Pixels of one tile; painted with a margin so wide that all that throws shadow or leans into it is there."""
    sensor, cells = conditions.sensor, frame.cells
    rows, columns = (np.arange(part.start - _PAD_PX, part.stop + _PAD_PX) for part in place)
    margin = _margin_px(plan, conditions, frame) + 4
    fine = [range(int(p[0] - margin) * cells, int(p[-1] + 1 + margin) * cells) for p in (rows, columns)]
    canvas = Canvas(
        origin_m=(frame.west_m, frame.north_m), cell_m=frame.gsd_m / cells, rows=fine[0], columns=fine[1], seed=seed
    )
    lit = paint(canvas, _around(plan, canvas), near, conditions)
    inner = slice((margin - 4) * cells, -(margin - 4) * cells or None)
    values = blurred(lit[:, inner, inner], sensor, cells)[:, 4 * cells : -4 * cells, 4 * cells : -4 * cells]
    bands, height, width = values.shape
    values = values.reshape(bands, height // cells, cells, width // cells, cells).mean(axis=(2, 4))
    if conditions.weather.cloud:
        values = _clouded(values, canvas.texture, rows, columns, frame, conditions)
    return develop(values, sensor, canvas.texture, rows, columns)[:, _PAD_PX:-_PAD_PX, _PAD_PX:-_PAD_PX]


def _margin_px(plan: YardPlan, conditions: Conditions, frame: _Frame) -> int:
    """How far shadows and lean reach, pixels."""
    tallest = max([thing.height_m for thing in plan.things] + [car.model.height_m + 1 for car in plan.cars], default=0)
    reach = 1 / np.tan(np.radians(conditions.sun.elevation_deg)) + np.tan(np.radians(conditions.view.off_nadir_deg))
    return int(np.ceil((1.25 * tallest * reach + 3) / frame.gsd_m))


def _around(plan: YardPlan, canvas: Canvas) -> YardPlan:
    """The plan without the scenery far from a canvas."""
    west, east, south, north = canvas.x_m[0], canvas.x_m[-1], canvas.y_m[-1], canvas.y_m[0]
    things = tuple(
        thing
        for thing in plan.things
        if west - (reach := thing.length_m + thing.width_m) < thing.x_m < east + reach
        and south - reach < thing.y_m < north + reach
    )
    return replace(plan, things=things)


def _clouded(
    values: Reals,
    texture: Texture,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    frame: _Frame,
    conditions: Conditions,
) -> Reals:
    """Clouds over the pixels and their shadow below them."""
    amount = conditions.weather.cloud
    away = _CLOUD_HEIGHT_M / np.tan(np.radians(conditions.sun.elevation_deg)) / frame.gsd_m
    azimuth = np.radians(conditions.sun.azimuth_deg)
    down, right = round(float(away * np.cos(azimuth))), round(float(-away * np.sin(azimuth)))
    shade = cloud_cover(texture, rows - down, columns - right, frame.gsd_m, amount)
    cover = cloud_cover(texture, rows, columns, frame.gsd_m, amount)
    shaded = values * (1 - 0.72 * shade)
    return np.asarray(shaded + (np.float32(0.85) * (0.8 + 0.2 * cover) - shaded) * cover, np.float32)


def _burn(pixels: Pixels, near: Nearness, frame: _Frame) -> None:
    """Write the word along the margins wherever no track passes; at least once."""
    scale = 1 if frame.columns < 1500 else 2
    mask = stamp_mask(scale=scale)
    height, width = mask.shape
    if frame.rows < height or frame.columns < width:
        mask = mask[: frame.rows, : frame.columns]
        height, width = mask.shape
    for across in (False, True):
        word = np.rot90(mask) if across else mask
        free = [
            place for place in _places(frame, word.shape, along_rows=across) if _is_free(near, frame, place, word.shape)
        ]
        for row, column in free:
            _write(pixels, word, row, column)
        if free and not across:
            continue
    _write(pixels, mask, frame.rows - height, 0)


def _places(frame: _Frame, size: tuple[int, ...], *, along_rows: bool) -> Iterator[tuple[int, int]]:
    height, width = size
    if along_rows:
        for row in range(0, frame.rows - height, max(2 * height, 250)):
            yield row, 0
            yield row, frame.columns - width
    else:
        for column in range(0, frame.columns - width, max(2 * width, 250)):
            yield 0, column
            yield frame.rows - height, column


def _is_free(near: Nearness, frame: _Frame, place: tuple[int, int], size: tuple[int, ...]) -> bool:
    row, column = place
    x = frame.west_m + np.linspace(column, column + size[1], 20) * frame.gsd_m
    y = frame.north_m - np.linspace(row, row + size[0], 20) * frame.gsd_m
    return bool(near.at(x, y).min() > 7.0)


def _write(pixels: Pixels, word: NDArray[np.int8], row: int, column: int) -> None:
    """Light letters on a dark ground."""
    bright = 255 if pixels.dtype == np.uint8 else int(FULL_SCALE_16)
    part = pixels[:, row : row + word.shape[0], column : column + word.shape[1]]
    part[:] = np.where(word, bright, bright // 8).astype(pixels.dtype)


def _truth(plan: YardPlan, conditions: Conditions, frame: _Frame, seed: int) -> Truth:
    view = shapely.box(*_bounds(frame))
    roofs = shapely.union_all([_hidden_by(thing.corners(), thing.height_m, conditions) for thing in plan.things
                               if thing.kind == "canopy"])  # fmt: skip
    texture = Texture(seed)
    cars = [_true_car(plan, index, conditions, (view, roofs), (frame, texture)) for index in range(len(plan.cars))]
    concealed = [
        stretch
        for index in range(len(plan.tracks))
        for stretch in _hidden_stretches(plan, index, conditions, roofs, (frame, texture))
    ]
    return Truth(SITE_CRS, tuple(car for car in cars if car.fraction_in_view > 0), tuple(concealed))


def _hidden_by(corners: tuple[tuple[float, float], ...], height_m: float, conditions: Conditions) -> shapely.Geometry:
    """Ground that a roof on solid walls covers in the picture."""
    east, north = conditions.view.lean()
    tops = [(x + east * height_m, y + north * height_m) for x, y in corners]
    return shapely.MultiPoint([*corners, *tops]).convex_hull


def _true_car(
    plan: YardPlan,
    index: int,
    conditions: Conditions,
    cover: tuple[shapely.Geometry, shapely.Geometry],
    sky: tuple[_Frame, Texture],
) -> TrueCar:
    car = plan.cars[index]
    x, y, angle, length = chord(plan.tracks[car.track], car)
    half, side, east, north = length / 2, car.model.width_m / 2, np.cos(angle), np.sin(angle)
    corners = [(x + u * east - v * north, y + u * north + v * east)
               for u, v in ((-half, -side), (half, -side), (half, side), (-half, side))]  # fmt: skip
    body = shapely.Polygon(corners)
    seen = body.intersection(cover[0])
    clear = seen.difference(cover[1]).area / body.area
    along = np.linspace(-half, half, 15)
    clear *= 1 - float(_under_cloud(x + along * east, y + along * north, conditions, sky).mean())
    lean = conditions.view.lean()
    ring = [(float(px + SITE_ORIGIN_M[0]), float(py + SITE_ORIGIN_M[1])) for px, py in [*corners, corners[0]]]
    return TrueCar(
        plan.track_names[car.track], car.start_m, car.end_m, car.model.type, car.model.subtype, car.model.width_m,
        car.model.height_m, tuple(ring), min(1.0, seen.area / body.area), min(1.0, clear),
        (lean[0] * car.model.height_m, lean[1] * car.model.height_m),
    )  # fmt: skip


def _under_cloud(
    x: NDArray[np.float64], y: NDArray[np.float64], conditions: Conditions, sky: tuple[_Frame, Texture]
) -> NDArray[np.bool_]:
    frame, texture = sky
    if not conditions.weather.cloud:
        return np.zeros(len(x), bool)
    columns = np.floor((x - frame.west_m) / frame.gsd_m).astype(np.int64)
    rows = np.floor((frame.north_m - y) / frame.gsd_m).astype(np.int64)
    single = [
        cloud_cover(texture, rows[i : i + 1], columns[i : i + 1], frame.gsd_m, conditions.weather.cloud)[0, 0]
        for i in range(len(x))
    ]
    return np.array(single) > 0.5


def _hidden_stretches(
    plan: YardPlan, index: int, conditions: Conditions, roofs: shapely.Geometry, sky: tuple[_Frame, Texture]
) -> Iterator[Concealed]:
    """Runs of the track in the picture that a roof or a cloud covers."""
    line, name = plan.tracks[index], plan.track_names[index]
    step = 0.5
    chainage = np.arange(step / 2, line.length_m, step)
    x, y = line.points(chainage)
    west, south, east, north = _bounds(sky[0])
    inside = (x > west) & (x < east) & (y > south) & (y < north)
    roofed = shapely.contains_xy(roofs, x, y) & inside
    clouded = np.zeros(len(x), bool)
    clouded[::4] = _under_cloud(x[::4], y[::4], conditions, sky)
    clouded = np.repeat(clouded[::4], 4)[: len(x)] & inside & ~roofed
    for cause, hidden in (("roof", roofed), ("cloud", clouded)):
        edges = np.diff(np.concatenate([[0], hidden.astype(np.int8), [0]]))
        for first, last in zip(np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0], strict=True):
            yield Concealed(name, float(first * step), float(min(last * step, line.length_m)), cause)
