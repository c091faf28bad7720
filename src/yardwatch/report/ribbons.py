"""The ribbon sheet: tracks straightened and cut in rows, each car outlined and numbered."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np

from yardwatch.model.railcar import Railcar
from yardwatch.model.ribbon import Ribbon
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site, frame_of
from yardwatch.report.contents import Unseen
from yardwatch.report.palette import car_style
from yardwatch.report.raster import Limits, jpeg_uri, ribbon_picture
from yardwatch.report.svg import element, number, text, titled
from yardwatch.report.view import WIDTH, cased, corner_mark
from yardwatch.report.words import thousands

__all__ = ["ROW_M", "ribbon_rows", "ribbon_svg", "unseen_on"]

ROW_M = 160.0
"""Longest stretch of track in a row, metres: a car is then some 15 mm long on paper."""

_SURE = 0.8
_AIR_M = 0.6
_STUB = 1.25
_TOP, _BOTTOM = 19.0, 22.0
_TICK_M, _LABELLED_M = 10, 20
_HATCH_STEP = 9.0
_INK = "#10151a"
_SANS = "Helvetica Neue, Arial, Liberation Sans, sans-serif"


def ribbon_rows(length_m: float, cars: Sequence[Railcar], *, row_m: float = ROW_M) -> tuple[tuple[float, float], ...]:
    """Where to cut a track into rows of at most `row_m` so that no car is cut and no stub is left over.

    A car is cut only if it is too long for a row.

    Returns
    -------
    tuple of (float, float)
        First and last chainage of each row, metres, without gap or overlap.
    """
    rows, start = [], 0.0
    while length_m - start > row_m:
        rest = length_m - start
        wanted = start + (rest / 2 if rest < _STUB * row_m else row_m)
        end = _between_cars(wanted, cars, start + row_m / 3, start + row_m)
        rows.append((start, end))
        start = end
    return (*rows, (start, length_m))


def _between_cars(wanted_m: float, cars: Sequence[Railcar], low_m: float, high_m: float) -> float:
    """The place nearest to `wanted_m` where no car stands, within bounds; `wanted_m` itself if there is none."""
    edges = [edge for car in cars for edge in (car.start_m - _AIR_M, car.end_m + _AIR_M)]
    for place in sorted([wanted_m, *edges], key=lambda edge: (abs(edge - wanted_m), edge)):
        if low_m <= place <= high_m and not any(car.start_m < place < car.end_m for car in cars):
            return place
    return wanted_m


def unseen_on(ribbon: Ribbon, site: Site, scene: Scene) -> tuple[Unseen, ...]:
    """Stretches of a ribbon without pixels along its middle: outside the image, or hidden in it."""
    middle = np.abs(ribbon.offsets_m) <= max(1.5, ribbon.step_m)
    blind = ~np.isfinite(ribbon.pixels[:, middle]).all(0).any(0)
    x, y = frame_of(site).to_crs(*site.line(site.track(ribbon.track)).points(ribbon.chainages_m), crs=scene.grid.crs)
    columns, rows = scene.grid.to_pixel(x, y)
    within = (columns >= 0) & (columns <= scene.grid.width) & (rows >= 0) & (rows <= scene.grid.height)
    state = np.where(~within, 2, np.where(blind, 1, 0))
    edges = np.flatnonzero(np.diff(state)) + 1
    half = ribbon.step_m / 2
    runs = zip(np.append(0, edges), np.append(edges, len(state)), strict=True)
    kinds: dict[int, Literal["hidden", "outside"]] = {1: "hidden", 2: "outside"}
    return tuple(
        Unseen(
            ribbon.track,
            float(ribbon.chainages_m[first]) - half,
            float(ribbon.chainages_m[last - 1]) + half,
            kinds[int(state[first])],
        )
        for first, last in runs
        if state[first]
    )


def ribbon_svg(
    ribbon: Ribbon,
    cars: Mapping[int, Railcar],
    *,
    row: tuple[float, float],
    limits: Limits,
    unseen: Sequence[Unseen] = (),
    simulated: bool = False,
    row_m: float = ROW_M,
) -> str:
    """One row of a straightened track: left of the track on top, chainage growing to the right.

    Parameters
    ----------
    ribbon : Ribbon
        The whole track or a part of it.
    cars : Mapping
        Number to car: those to outline in this row.
    row : tuple of float
        First and last chainage of the row, metres.
    limits : Limits
        What bands to show and how bright, from `display_limits`.
    unseen : Sequence of Unseen
        What to hatch (outside) and to grey (hidden).
    simulated : bool
        Mark the picture as simulated.
    row_m : float
        Length that fills the width, metres; sets the scale.
    """
    start, end = row
    scale = WIDTH / row_m
    depth = (float(ribbon.offsets_m[0] - ribbon.offsets_m[-1]) + ribbon.step_m) * scale
    parts = [_strip(ribbon, row, limits, scale, depth)]
    parts += [_cover(part, row, scale, depth) for part in unseen if part.start_m < end and part.end_m > start]
    left_m = float(ribbon.offsets_m[0]) + ribbon.step_m / 2
    parts += [_car(index, car, row, scale, left_m) for index, car in cars.items()]
    parts += [_axis(row, scale, _TOP + depth)]
    mark = [corner_mark("SIMULATED", x=0, y=_TOP, size=9)] if simulated else []
    words = f"Track {ribbon.track} from {thousands(start)} to {thousands(end)} m"
    upper = 0.0 if cars else _TOP - 2
    size = f"0 {number(upper)} {WIDTH:.0f} {number(_TOP + depth + _BOTTOM - upper)}"
    return element(
        "svg", titled(words), *parts, *mark, xmlns="http://www.w3.org/2000/svg", viewBox=size, role="img",
        font_family=_SANS, class_="row",
    )  # fmt: skip


def _strip(ribbon: Ribbon, row: tuple[float, float], limits: Limits, scale: float, depth: float) -> str:
    half = ribbon.step_m / 2
    inside = np.flatnonzero((ribbon.chainages_m >= row[0] - half) & (ribbon.chainages_m <= row[1] + half))
    if not len(inside):
        return ""
    first, last = int(inside[0]), int(inside[-1])
    part = Ribbon(
        ribbon.track, ribbon.chainages_m[first : last + 1], ribbon.offsets_m, ribbon.pixels[..., first : last + 1]
    )
    x0, x1 = float(part.chainages_m[0]) - half, float(part.chainages_m[-1]) + half
    return element(
        "image", href=jpeg_uri(ribbon_picture(part, limits), quality=84), x=(x0 - row[0]) * scale, y=_TOP,
        width=(x1 - x0) * scale, height=depth, preserveAspectRatio="none",
    )  # fmt: skip


def _cover(part: Unseen, row: tuple[float, float], scale: float, depth: float) -> str:
    x0, x1 = ((float(np.clip(at, *row)) - row[0]) * scale for at in (part.start_m, part.end_m))
    look = {"x": x0, "y": _TOP, "width": x1 - x0, "height": depth}
    if part.kind == "hidden":
        plate = element("rect", **look, fill="#6b7178", fill_opacity=0.55, stroke="#3d4247", stroke_width=1)
    else:
        lines = " ".join(_diagonals(x0, x1, _TOP, _TOP + depth))
        plate = element("rect", **look, fill="#f4f2ec", stroke="#8b9096", stroke_width=1)
        plate += element("path", d=lines, stroke="#a9adb2", stroke_width=1.2, fill="none") if lines else ""
    words = "hidden" if part.kind == "hidden" else "outside the image"
    if x1 - x0 < 8.5 * len(words):
        return element("g", titled(words), plate)
    label = element(
        "text", text(words), x=(x0 + x1) / 2, y=_TOP + depth / 2, font_size=13, fill=_INK, stroke="#ffffff",
        stroke_width=3.5, paint_order="stroke", text_anchor="middle", dominant_baseline="central", font_weight="600",
    )  # fmt: skip
    return element("g", plate, label)


def _diagonals(x0: float, x1: float, y0: float, y1: float) -> Iterator[str]:
    height = y1 - y0
    for foot in np.arange(x0 - height, x1, _HATCH_STEP):
        left, right = max(foot, x0), min(foot + height, x1)
        if right > left:
            yield f"M{number(left)} {number(y1 - left + foot)}L{number(right)} {number(y1 - right + foot)}"


def _car(index: int, car: Railcar, row: tuple[float, float], scale: float, left_m: float) -> str:
    style = car_style(car.type)
    x0, x1 = ((float(np.clip(at, *row)) - row[0]) * scale for at in (car.start_m, car.end_m))
    y0, y1 = (_TOP + (left_m - car.offset_m + side * car.width_m / 2) * scale for side in (-1, 1))
    d = f"M{number(x0)} {number(y0)}H{number(x1)}V{number(y1)}H{number(x0)}Z"
    outline = cased(
        d, stroke=style.colour, casing=style.casing, width=1.9, dash="6 4" if car.confidence < _SURE else None
    )
    middle = (x0 + x1) / 2
    written = f"{index} {style.letter}"
    at = float(np.clip(middle, 4.5 * len(written), WIDTH - 4.5 * len(written)))
    label = element(
        "text", element("tspan", str(index), font_weight="700"), element("tspan", " " + style.letter, fill="#4a5057"),
        x=at, y=_TOP - 6, font_size=13.5, text_anchor="middle", fill=_INK,
    )  # fmt: skip
    stem = element("path", d=f"M{number(middle)} {number(_TOP - 3)}V{number(y0)}", stroke=_INK, stroke_width=0.7)
    words = f"{index}: {style.name}, {car.start_m:.1f}–{car.end_m:.1f} m, confidence {car.confidence:.2f}"
    return element("g", titled(words), stem, outline, label)


def _axis(row: tuple[float, float], scale: float, y: float) -> str:
    start, end = row
    ticks = np.arange(np.ceil(start / _TICK_M) * _TICK_M, end + 1e-9, _TICK_M)
    at = [(float(tick), (float(tick) - start) * scale) for tick in ticks]
    marks = "".join(f"M{number(x)} {number(y)}v{7 if round(m) % _LABELLED_M == 0 else 4}" for m, x in at)
    line = element(
        "path", d=f"M0 {number(y)}H{number((end - start) * scale)}{marks}", stroke=_INK, stroke_width=1, fill="none"
    )
    shown = [(m, x) for m, x in at if round(m) % _LABELLED_M == 0]
    return element("g", line, *(_tick_label(m, x, y) for m, x in shown))


def _tick_label(metres: float, x: float, y: float) -> str:
    anchor = "start" if x < 20 else "end" if x > WIDTH - 30 else "middle"
    return element("text", f"{thousands(metres)} m", x=x, y=y + 19, font_size=12, text_anchor=anchor, fill="#4a5057")
