"""Figures of measured structures: each on its piece of the image, with its sides and its size."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yardwatch.model.frame import frame_around
from yardwatch.model.grid import Grid, Window
from yardwatch.model.measurement import Measured
from yardwatch.model.ports import Picture
from yardwatch.model.scene import Scene
from yardwatch.report.drawing import Drawing, Mark, PathMark, Point, TextMark, drawing_svg
from yardwatch.report.panels import Panel, Pictured, furniture, ground, outlined, window_in
from yardwatch.report.raster import grid_of_picture
from yardwatch.report.view import View
from yardwatch.report.words import when_words

__all__ = ["Shown", "measure_marks", "measures_drawing", "measures_svg", "shown_windows"]

_PANEL, _GAP, _HEAD, _FOOT = 480.0, 24.0, 64.0, 62.0
_COLUMNS = 2
_MOST = 12
_FOUND, _DRAWN, _LOST = "#3ddc84", "#ffe9a8", "#ff7043"


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A measured structure with the picture of its surroundings."""

    measured: Measured
    """What was measured."""
    picture: Picture
    """What `SceneReader.picture` gave for `window`."""
    window: Window
    """One of `shown_windows`."""


def shown_windows(measured: Sequence[Measured], grid: Grid) -> tuple[Window | None, ...]:
    """The window of an image that shows each structure; None for those outside."""
    return tuple(window_in(grid, panel.view, panel.frame) for panel in map(_panel, measured))


def measures_svg(shown: Sequence[Shown], scene: Scene) -> str:
    """The figure as SVG."""
    return drawing_svg(measures_drawing(shown, scene))


def measures_drawing(shown: Sequence[Shown], scene: Scene) -> Drawing:
    """Up to twelve structures, two in a row, each with its sides as drawn and as found, and its size below.

    Sides that the image showed are green, those it did not are orange and dashed by their colour alone in print; the
    outline as drawn is thin and pale.
    """
    kept = shown[:_MOST]
    columns = min(_COLUMNS, max(1, len(kept)))
    panels = [_panel(one.measured) for one in kept]
    tall = max((panel.height for panel in panels), default=_PANEL)
    rows = -(-len(kept) // columns) if kept else 1
    width = columns * _PANEL + (columns + 1) * _GAP
    marks: list[Mark] = [
        TextMark(
            words=f"Measured on {scene.filename}, {when_words(scene.acquired)}", at=(_GAP, 28), size=17, bold=True
        ),
        TextMark(words=_key(len(shown)), at=(_GAP, 50), size=12),
    ]
    for index, (one, panel) in enumerate(zip(kept, panels, strict=True)):
        left = _GAP + (index % columns) * (_PANEL + _GAP)
        top = _HEAD + (index // columns) * (tall + _FOOT)
        marks += _structure(one, Panel(panel.view, panel.frame, left, top, _PANEL), scene)
    names = ", ".join(one.measured.name for one in kept)
    return Drawing(f"Measured structures: {names}", width, _HEAD + rows * (tall + _FOOT), tuple(marks))


def measure_marks(panel: Panel, measured: Measured) -> list[Mark]:
    """A structure's outline as drawn and its sides as found, on a panel."""
    marks: list[Mark] = [
        PathMark(points=panel.of(measured.drawn, measured.crs), stroke=_DRAWN, width=1.0, title="as drawn",
                 closed=measured.width is not None),
    ]  # fmt: skip
    if not measured.edges:
        line = panel.of(measured.outline, measured.crs)
        return [PathMark(points=line, stroke=_LOST, width=2.2, casing="#10151a", closed=False, title=str(measured))]
    marks.append(outlined(panel, measured.outline, measured.crs, colour=_FOUND, title=str(measured)))
    for edge in measured.edges:
        if not edge.found:
            side: tuple[Point, ...] = panel.of((edge.start, edge.end), measured.crs)
            marks.append(
                PathMark(points=side, closed=False, stroke=_LOST, width=2.4, casing="#10151a", title="not found")
            )
    return marks


def _structure(one: Shown, panel: Panel, scene: Scene) -> list[Mark]:
    grid = grid_of_picture(scene.grid, one.picture, one.window)
    marks: list[Mark] = [ground(panel, Pictured(scene, one.picture, grid)), *measure_marks(panel, one.measured)]
    marks += furniture(panel, scene)
    below = panel.top + panel.height
    area = f", {one.measured.area}" if one.measured.area else ""
    name = one.measured.name if len(one.measured.name) <= 48 else one.measured.name[:47] + "…"
    marks.append(TextMark(words=f"{name}: {one.measured}", at=(panel.left, below + 17), size=14, bold=True))
    marks.append(TextMark(words=f"bearing {one.measured.bearing}{area}", at=(panel.left, below + 37), size=12))
    return marks


def _key(count: int) -> str:
    more = f" The first {_MOST} of {count} are shown." if count > _MOST else ""
    return f"Thin pale line: as drawn. Green: sides found on the image. Orange: not found.{more}"


def _panel(measured: Measured) -> Panel:
    """A panel for a structure, in local metres around it, not yet placed."""
    x, y = np.array([*measured.outline, *measured.drawn], float).T
    frame = frame_around(measured.crs, x, y)
    east, north = frame.to_local(x, y)
    box = float(east.min()), float(north.min()), float(east.max()), float(north.max())
    reach = max(box[2] - box[0], box[3] - box[1])
    side = max(1.35 * reach, 30.0)
    middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return Panel(View(middle[0] - side / 2, middle[1] + side / 2, side, side), frame, 0.0, 0.0, _PANEL)
