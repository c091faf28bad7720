"""Ground, ways and empty tracks."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from yardwatch.model.frame import Floats
from yardwatch.model.line import Line
from yardwatch.simulate._canvas import Canvas, Patch, coverage, linear, smoothstep
from yardwatch.simulate._noise import Reals, wobble
from yardwatch.simulate.plan import Colour, TrackLook, Way, YardPlan

__all__ = ["WAY_COLOURS", "Nearness", "nearness", "paint_ground", "paint_snow", "paint_tracks"]

_RAIL_HEAD_M = 0.075
_STRIP_M = 2.9
_RAIL_FOOT_M = 0.17
WAY_COLOURS: dict[str, tuple[Colour, ...]] = {
    "asphalt": ((0.34, 0.34, 0.35), (0.45, 0.45, 0.44), (0.27, 0.27, 0.29), (0.55, 0.54, 0.52)),
    "path": ((0.62, 0.60, 0.55), (0.52, 0.48, 0.42), (0.68, 0.67, 0.65)),
    "walk": ((0.64, 0.64, 0.64), (0.56, 0.56, 0.56), (0.70, 0.69, 0.67), (0.48, 0.46, 0.43), (0.40, 0.39, 0.38)),
    "trough": ((0.66, 0.65, 0.62), (0.52, 0.51, 0.49)),
    "grass": ((0.27, 0.36, 0.17), (0.36, 0.38, 0.22), (0.22, 0.30, 0.13)),
    "earth": ((0.47, 0.40, 0.30), (0.38, 0.33, 0.27)),
    "oil": ((0.13, 0.12, 0.11),),
    "water": ((0.16, 0.22, 0.20), (0.20, 0.25, 0.28)),
}
"""Colours that a way of each kind may have."""


class Nearness:
    """Distance to the nearest track on a coarse grid that covers a whole plan."""

    def __init__(self, distance_m: Reals, west_m: float, north_m: float, step_m: float) -> None:
        self._distance, self._west, self._north, self._step = distance_m, west_m, north_m, step_m

    def on(self, canvas: Canvas) -> Reals:
        """Distance of each cell of a canvas, metres, shape (rows, columns)."""
        rows, row_weights = self._weights((self._north - canvas.y_m) / self._step - 0.5, self._distance.shape[0])
        columns, weights = self._weights((canvas.x_m - self._west) / self._step - 0.5, self._distance.shape[1])
        first, last = rows.min(), rows.max() + 2
        block = self._distance[first:last]
        across = block[:, columns] * (1 - weights) + block[:, columns + 1] * weights
        upper = across[rows - first]
        return np.asarray(upper + (across[rows - first + 1] - upper) * row_weights[:, None], np.float32)

    def at(self, x_m: Floats, y_m: Floats) -> Reals:
        """Distance at every pair of an x and a y, metres, shape (y, x)."""
        rows = np.clip((self._north - y_m) / self._step, 0, self._distance.shape[0] - 1).astype(int)
        columns = np.clip((x_m - self._west) / self._step, 0, self._distance.shape[1] - 1).astype(int)
        return np.asarray(self._distance[np.ix_(rows, columns)], np.float32)

    @staticmethod
    def _weights(where: Floats, count: int) -> tuple[NDArray[np.int64], Reals]:
        where = np.clip(where, 0, count - 1.001)
        lower = np.floor(where).astype(np.int64)
        return lower, (where - lower).astype(np.float32)


def nearness(plan: YardPlan, bounds_m: tuple[float, float, float, float], *, margin_m: float = 80.0) -> Nearness:
    """The distance to the nearest track within bounds and some margin."""
    west, south, east, north = bounds_m
    west, south, east, north = west - margin_m, south - margin_m, east + margin_m, north + margin_m
    step = max(1.5, (east - west) / 3000, (north - south) / 3000)
    empty = np.ones((int(np.ceil((north - south) / step)) + 1, int(np.ceil((east - west) / step)) + 1), bool)
    for line in plan.tracks:
        x, y = line.points(np.arange(0, line.length_m, step / 2))
        inside = (x > west) & (x < east) & (y > south) & (y < north)
        empty[((north - y[inside]) / step).astype(int), ((x[inside] - west) / step).astype(int)] = False
    if empty.all():
        return Nearness(np.full(empty.shape, 1e4, np.float32), west, north, step)
    return Nearness((ndimage.distance_transform_edt(empty) * step).astype(np.float32), west, north, step)


def paint_ground(canvas: Canvas, plan: YardPlan, near: Nearness) -> None:
    """Surroundings, the yard's own ground and the ways on it."""
    style, cell = plan.style, canvas.cell_m
    broad = _smooth(canvas, 0, 55 / cell) + 0.45 * _smooth(canvas, 1, 11 / cell)
    middle = _smooth(canvas, 2, 3.1 / cell)
    rough = _smooth(canvas, 3, 0.7 / cell)
    distance = near.on(canvas).ravel()
    second = smoothstep(broad + 0.35 * middle + 0.1 * rough, -0.3, 1.6)
    third = smoothstep(-broad + 0.45 * middle + 0.25 * rough, 0.7, 1.9)
    yard = 1 - smoothstep(distance + 1.2 * middle + 0.8 * rough, style.yard_reach_m - 1.5, style.yard_reach_m + 1.5)
    patches = smoothstep(broad + 0.5 * middle, -0.6, 1.4)
    own = linear(style.yard)
    worn = linear(style.yard) * np.float32(1 - 0.55 * style.patchiness)
    tones = [linear(c, _nir(c, green)) for c, green in zip(style.grounds, style.green, strict=True)]
    bumps = _bumps(canvas, middle, rough, style.grain)
    for band in range(4):
        ground = tones[0][band] + (tones[1][band] - tones[0][band]) * second
        ground += (tones[2][band] - ground) * third
        ground += (own[band] + (worn[band] - own[band]) * patches - ground) * yard
        canvas.colour[band] = ground * bumps
    for index, way in enumerate(plan.ways):
        _paint_way(canvas, way, index)


def paint_tracks(canvas: Canvas, plan: YardPlan, *, wet: float, snow: float) -> None:
    """Ballast, sleepers and rails of all tracks, each layer under the next."""
    patches = [canvas.corridor(line, _STRIP_M) for line, look in _looks(plan)]
    for index, (patch, look) in enumerate(zip(patches, plan.style.looks, strict=True)):
        _paint_bed(canvas, patch, look, canvas.rng(11, index), float(linear(plan.style.yard)[1]))
    for index, (patch, look) in enumerate(zip(patches, plan.style.looks, strict=True)):
        _paint_sleepers(canvas, patch, look, canvas.rng(12, index))
    if wet:
        _paint_wet(canvas, wet)
    if snow:
        paint_snow(canvas, snow, Patch(np.arange(canvas.height_m.size), canvas.height_m, canvas.height_m))
    for index, (patch, look) in enumerate(zip(patches, plan.style.looks, strict=True)):
        _paint_rails(canvas, patch, look, canvas.rng(13, index), plan.gauge_mm / 1000)


def paint_snow(canvas: Canvas, amount: float, patch: Patch) -> None:
    """Snow on the cells of a patch, thinner where the wind was."""
    row, column = np.divmod(patch.cells, canvas.shape[1])
    x = (canvas.columns[column] * canvas.cell_m).astype(np.float32)
    y = (canvas.rows[row] * canvas.cell_m).astype(np.float32)
    drift = canvas.texture.at(20, x / 6, y / 6) + 0.7 * canvas.texture.at(21, x / 0.7, y / 0.7)
    cover = smoothstep(drift * np.float32(0.45) + np.float32(3.2 * amount - 1.4), -0.35, 0.75)
    canvas.tint(patch, linear((0.93, 0.94, 0.96)) * np.float32(0.95), cover)


def _paint_bed(canvas: Canvas, patch: Patch, look: TrackLook, rng: np.random.Generator, yard_green: float) -> None:
    if not len(patch.cells):
        return
    along, across = patch.along_m, patch.across_m
    _paint_strip(canvas, patch, rng)
    ragged = look.bed_edge_m * (0.5 * wobble(rng, along, 1.1) + 0.55 * wobble(rng, along, 7.0))
    foot = look.bed_half_width_m + ragged
    edge = smoothstep(foot - np.abs(across), -look.bed_edge_m, look.bed_edge_m)
    strength = look.bed_strength * np.clip(1 + 0.3 * wobble(rng, along, 22), 0, 1)
    mottled = 1 + 0.05 * wobble(rng, along, 3) + 0.09 * wobble(rng, along, 40)
    grain = canvas.colour[1, patch.cells]
    grain = np.clip(grain / yard_green, 0.6, 1.5)
    canvas.tint(patch, linear(look.bed)[:, None] * (mottled * grain), strength * edge)
    if look.weeds > 0.02:
        _paint_weeds(canvas, patch, look, rng)
    if look.stain:
        dirt = wobble(rng, along, 9) * 0.35 + wobble(rng, along, 60) * 0.5
        middle = np.exp(-((across / 0.55) ** 2)) + 0.35 * np.exp(-((across / 1.1) ** 2))
        canvas.shade(patch, np.clip(1 - look.stain * (1 + dirt) * middle * 0.75, 0.25, 1.5).astype(np.float32))


def _paint_strip(canvas: Canvas, patch: Patch, rng: np.random.Generator) -> None:
    """The ground to both sides of a track, trodden, raked or fouled a little differently along and across it."""
    along, across = patch.along_m, patch.across_m
    inner = smoothstep(_STRIP_M - 0.2 - np.abs(across) + 0.25 * wobble(rng, along, 2.5), -0.3, 0.3)
    tone = 0.07 * float(rng.normal()) + 0.06 * wobble(rng, along, 45) + 0.05 * wobble(rng, along, 8)
    left, right = (0.08 * wobble(rng, along, 25) for _ in range(2))
    streaks = 0.06 * canvas.texture.at(8, along / 14 + 50 * rng.random(), across / 0.35 + 90 * rng.random())
    lane = np.exp(-(((np.abs(across) - float(rng.uniform(1.9, 2.4))) / 0.35) ** 2)) * float(rng.normal(0.05, 0.1))
    sides = np.where(across > 0, left, right) * smoothstep(np.abs(across), 0.9, 1.5)
    uneven = np.clip(tone + sides + streaks + lane, -0.4, 0.5) * inner
    canvas.shade(patch, np.asarray(1 + uneven, np.float32))


def _paint_weeds(canvas: Canvas, patch: Patch, look: TrackLook, rng: np.random.Generator) -> None:
    where = canvas.texture.at(6, patch.along_m / 0.8, patch.across_m / 0.5 + 40 * rng.random())
    where = where + wobble(rng, patch.along_m, 12)
    level = 2.6 - 4.2 * look.weeds
    green = (0.30 + 0.12 * rng.random(), 0.37, 0.18)
    canvas.tint(patch, linear(green, 0.3), 0.75 * smoothstep(where, level, level + 0.9))


def _paint_sleepers(canvas: Canvas, patch: Patch, look: TrackLook, rng: np.random.Generator) -> None:
    inside = np.abs(patch.across_m) < look.sleeper_length_m / 2 + 0.2
    patch = patch.where(inside)
    if not len(patch.cells) or look.sleeper_strength < 0.02:
        return
    along, across, uneven = patch.along_m, patch.across_m, look.irregularity
    phase = rng.random() * look.sleeper_pitch_m
    skew = uneven * 0.03 * wobble(rng, along, 2.0) * across
    number = np.floor((along + phase + skew) / look.sleeper_pitch_m).astype(np.int64)
    table = rng.standard_normal((4, 4096)).astype(np.float32)
    shift, tone, short, lost = table[:, number % 4096]
    middle = (number + 0.5) * look.sleeper_pitch_m - phase - skew + 0.05 * uneven * shift
    shape = coverage(along, middle.astype(np.float32), 0.27, canvas.cell_m)
    end = look.sleeper_length_m / 2 + 0.12 * uneven * short
    shape *= smoothstep(end - np.abs(across), -canvas.cell_m / 2, canvas.cell_m / 2)
    buried = np.clip(
        1 + look.buried * (0.35 * wobble(rng, along, 25) + 0.2 * wobble(rng, along, 6)) + 0.3 * uneven * lost, 0, 1.3
    )
    colour = linear(look.sleeper)[:, None] * np.clip(1 + (0.06 + 0.3 * uneven) * tone, 0.3, 2)
    canvas.tint(patch, colour, np.clip(shape * look.sleeper_strength * buried, 0, 1))
    beside = coverage(along, (middle + 0.19).astype(np.float32), 0.16, canvas.cell_m)
    canvas.shade(patch, 1 - 0.6 * look.sleeper_strength * beside * (np.abs(across) < end))


def _paint_rails(canvas: Canvas, patch: Patch, look: TrackLook, rng: np.random.Generator, gauge_m: float) -> None:
    patch = patch.where(np.abs(patch.across_m) < gauge_m / 2 + 0.5)
    if not len(patch.cells):
        return
    along, across, cell = patch.along_m, patch.across_m, canvas.cell_m
    middle = gauge_m / 2 + _RAIL_HEAD_M / 2
    foot = coverage(np.abs(across), middle, _RAIL_FOOT_M, cell)
    head = coverage(np.abs(across), middle, _RAIL_HEAD_M, cell)
    worn = np.clip(1 + 0.25 * wobble(rng, along, 30) + 0.12 * wobble(rng, along, 4), 0, 1.4)
    shadow = coverage(across, middle - 0.13, 0.14, cell) + coverage(across, -middle - 0.13, 0.14, cell)
    canvas.shade(patch, 1 - 0.65 * np.clip(shadow, 0, 1))
    canvas.tint(patch, linear(look.rail), 0.9 * foot)
    polished = linear((0.56, 0.55, 0.55)) * np.float32(0.35 + 2.0 * look.rail_shine)
    canvas.tint(patch, polished, np.clip(head * worn * min(1.0, 0.15 + look.rail_shine), 0, 1))


def _paint_way(canvas: Canvas, way: Way, index: int) -> None:
    patch = canvas.corridor(way.line, way.width_m / 2 + 0.6)
    if not len(patch.cells):
        return
    rng, choice = canvas.rng(14, index), np.random.default_rng(way.look)
    colours = WAY_COLOURS[way.kind]
    colour = colours[int(choice.integers(len(colours)))]
    half = way.width_m / 2 + {"trough": 0.03, "asphalt": 0.03, "walk": 0.06}.get(way.kind, 0.25) * wobble(
        rng, patch.along_m, 3
    )
    soft = {"asphalt": 0.15, "trough": 0.08, "walk": 0.2}.get(way.kind, 0.5)
    edge = smoothstep(half - np.abs(patch.across_m), -soft, soft)
    strength = 0.95 if way.kind in ("asphalt", "trough", "water", "walk") else float(choice.uniform(0.35, 0.9))
    tone = linear(colour, 0.33 if way.kind == "grass" else 0.02 if way.kind == "water" else None)
    flecks = 1 + {"water": 0.03, "walk": 0.03}.get(way.kind, 0.1) * canvas.texture.at(
        7, patch.along_m / 2.5, patch.across_m / 0.8
    )
    canvas.tint(patch, tone[:, None] * flecks, edge * strength)
    if way.kind == "asphalt" and way.width_m > 6:
        _paint_marking(canvas, patch)


def _paint_marking(canvas: Canvas, patch: Patch) -> None:
    dash = (np.mod(patch.along_m, 9) < 4).astype(np.float32)
    canvas.tint(patch, linear((0.85, 0.85, 0.82)), 0.7 * dash * coverage(patch.across_m, 0.0, 0.14, canvas.cell_m))


def _paint_wet(canvas: Canvas, wet: float) -> None:
    damp = _smooth(canvas, 8, 9 / canvas.cell_m) + 0.4 * _smooth(canvas, 9, 1.2 / canvas.cell_m)
    factor = 1 - 0.45 * wet * smoothstep(damp, -1.2, 1.0)
    canvas.colour *= factor
    if wet > 0.5:
        puddle = smoothstep(damp, 2.2 - wet, 2.35 - wet)
        everywhere = Patch(np.arange(puddle.size), puddle, puddle)
        canvas.tint(everywhere, linear((0.26, 0.28, 0.30), 0.02), puddle * 0.85)


def _bumps(canvas: Canvas, middle: Reals, rough: Reals, grain: float) -> Reals:
    """Brightness of stones and hollows around 1."""
    fine = canvas.texture.fine(4, canvas.rows, canvas.columns).ravel()
    small = _smooth(canvas, 5, 0.3 / canvas.cell_m)
    stones = min(1.0, 0.12 / canvas.cell_m)
    bumps = 1 + grain * (0.10 * stones * fine + 0.07 * small + 0.07 * rough + 0.06 * middle)
    return np.asarray(np.clip(bumps, 0.35, 2), np.float32)


def _smooth(canvas: Canvas, layer: int, cells: float) -> Reals:
    return canvas.texture.smooth(layer, canvas.rows, canvas.columns, max(cells, 1.0)).ravel()


def _nir(colour: Colour, green: float) -> float:
    return float((1 - green) * 1.15 * colour[0] ** 2.2 + green * 0.36)


def _looks(plan: YardPlan) -> list[tuple[Line, TrackLook]]:
    return list(zip(plan.tracks, plan.style.looks, strict=True))
