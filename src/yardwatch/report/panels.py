"""A piece of a scene on the ground, north up, as marks: picture, scale bar, north arrow, credit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from yardwatch.model.frame import LOCAL_CRS, Floats, Frame
from yardwatch.model.grid import Grid, Window
from yardwatch.model.ports import Picture
from yardwatch.model.scene import Scene
from yardwatch.report.drawing import ImageMark, Mark, PathMark, Point, TextMark
from yardwatch.report.raster import north_up
from yardwatch.report.view import View
from yardwatch.report.words import credit_line, distance, plain

__all__ = ["Panel", "Pictured", "furniture", "ground", "north_up_picture", "outlined", "window_in", "window_of"]

_INK, _PAPER, _MARK = "#10151a", "#ffffff", "#a3195b"
_PIXELS = 1400
_ROUND = (1, 2, 5)


@dataclass(frozen=True, slots=True, eq=False)
class Pictured:
    """A scene, or a window of it, to look at."""

    scene: Scene
    """Date, credit, and whether it is simulated."""
    picture: Picture
    """What `SceneReader.picture` gave."""
    grid: Grid
    """Where the picture lies: `yardwatch.report.grid_of_picture`, of the aligned grid where there is one."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Where on a figure a view of the ground is drawn."""

    view: View
    """What part of the ground."""
    frame: Frame
    """In whose local metres the view is given."""
    left: float
    """Left edge on the figure, drawing units."""
    top: float
    """Upper edge on the figure, drawing units."""
    width: float
    """Width on the figure, drawing units."""

    @property
    def height(self) -> float:
        """Height on the figure, drawing units."""
        return self.width * self.view.height_m / self.view.width_m

    def at(self, x_m: Floats, y_m: Floats) -> tuple[Point, ...]:
        """Places on the figure of local metres."""
        scale = self.width / self.view.width_m
        x = self.left + (np.atleast_1d(x_m) - self.view.west_m) * scale
        y = self.top + (self.view.north_m - np.atleast_1d(y_m)) * scale
        return tuple(zip(x.tolist(), y.tolist(), strict=True))

    def of(self, points: Sequence[Point], crs: str) -> tuple[Point, ...]:
        """Places on the figure of points in a CRS."""
        x, y = np.array(points, float).T
        return self.at(*Frame(crs, self.frame.longitude_deg, self.frame.latitude_deg).to_local(x, y))


def north_up_picture(panel: Panel, pictured: Pictured) -> Picture:
    """The scene turned north up and cut to the panel's view."""
    view = panel.view
    pixel_m = max(view.width_m / _PIXELS, 0.5 * pictured.grid.pixel_m(panel.frame))
    size = (max(1, round(view.width_m / pixel_m)), max(1, round(view.height_m / pixel_m)))
    corner = (view.west_m, view.north_m)
    return north_up(pictured.picture, pictured.grid, frame=panel.frame, west_north_m=corner, pixel_m=pixel_m, size=size)


def outlined(panel: Panel, ring: Sequence[Point], crs: str, *, colour: str, title: str, width: float = 2.0) -> PathMark:
    """A ring as a cased outline."""
    return PathMark(points=panel.of(ring, crs), stroke=colour, width=width, casing=_INK, title=title)


def furniture(panel: Panel, scene: Scene) -> list[Mark]:
    """Scale bar, north arrow (if it is known where the picture lies), burned-in credit, mark of a simulated picture."""
    arrow = [] if scene.grid.crs == LOCAL_CRS else _north_arrow(panel)
    marks = [*_scale_bar(panel), *arrow, *_credit(panel, scene)]
    if scene.simulated:
        marks += _plate(panel.left + 10, panel.top + 10, "SIMULATED", size=15, fill=_MARK)
    return marks


def window_in(grid: Grid, view: View, frame: Frame) -> Window | None:
    """The pixels of an image that a view shows; None if there are none."""
    east, south = view.west_m + view.width_m, view.north_m - view.height_m
    corners = [view.west_m, east, east, view.west_m], [south, south, view.north_m, view.north_m]
    columns, rows = grid.to_pixel(*frame.to_crs(*corners, crs=grid.crs))
    left, right = (int(np.clip(edge, 0, grid.width)) for edge in (np.floor(columns.min()), np.ceil(columns.max())))
    top, bottom = (int(np.clip(edge, 0, grid.height)) for edge in (np.floor(rows.min()), np.ceil(rows.max())))
    return Window(left, top, right - left, bottom - top) if right - left > 1 and bottom - top > 1 else None


def window_of(whole: Grid, part: Grid) -> Window | None:
    """The pixels of an image that a picture lies on; None if that is all of them, or none."""
    x, y = (list(axis) for axis in zip(*part.outline(), strict=True))
    columns, rows = whole.to_pixel(x, y)
    left, right = (int(np.clip(round(edge), 0, whole.width)) for edge in (columns.min(), columns.max()))
    top, bottom = (int(np.clip(round(edge), 0, whole.height)) for edge in (rows.min(), rows.max()))
    found = Window(left, top, right - left, bottom - top)
    return found if found != Window(0, 0, whole.width, whole.height) and right > left and bottom > top else None


def ground(panel: Panel, pictured: Pictured) -> ImageMark:
    """The picture of a panel."""
    return ImageMark(north_up_picture(panel, pictured), (panel.left, panel.top, panel.width, panel.height))


def _plate(x: float, y: float, words: str, *, size: float, fill: str) -> list[Mark]:
    width, height = 0.74 * size * len(words) + size, 1.6 * size
    return [
        _box(x, y, width, height, fill=fill),
        TextMark(words=words, at=(x + width / 2, y + height / 2), size=size, anchor="middle", bold=True, fill=_PAPER),
    ]


def _box(x: float, y: float, width: float, height: float, *, fill: str, opacity: float = 1.0) -> PathMark:
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    return PathMark(points=corners, fill=fill, opacity=opacity)


def _credit(panel: Panel, scene: Scene) -> list[Mark]:
    """The credit line on the picture itself, so that it goes where the picture goes."""
    words = plain(credit_line(scene.rights))
    size = 10.0
    most = int((panel.width - 16) / (0.56 * size))
    words = words if len(words) <= most else words[: most - 1] + "…"
    bottom = panel.top + panel.height
    return [
        _box(panel.left, bottom - 18, panel.width, 18, fill=_INK, opacity=0.9),
        TextMark(words=words, at=(panel.left + 8, bottom - 9), size=size, fill=_PAPER),
    ]


def _scale_bar(panel: Panel) -> list[Mark]:
    steps = [factor * 10.0**power for power in range(-1, 7) for factor in _ROUND]
    wanted = panel.view.width_m / 4
    length_m = next((low for low, high in pairwise(steps) if low <= wanted < high), steps[0])
    units = length_m * panel.width / panel.view.width_m
    x, y = panel.left + 22, panel.top + panel.height - 40
    marks: list[Mark] = [_box(x - 12, y - 22, units + 58, 36, fill=_PAPER, opacity=0.88)]
    for half, colour in enumerate((_INK, _PAPER)):
        start = x + half * units / 2
        corners = ((start, y), (start + units / 2, y), (start + units / 2, y + 6), (start, y + 6))
        marks.append(PathMark(points=corners, fill=colour, stroke=_INK, width=1))
    half_words = f"{length_m / 2:g}"
    for where, words in ((0.0, "0"), (units / 2, half_words), (units, distance(length_m))):
        marks.append(TextMark(words=words, at=(x + where, y - 10), size=11, anchor="middle"))
    return marks


def _north_arrow(panel: Panel) -> list[Mark]:
    x, y = panel.left + panel.width - 32, panel.top + 36
    turns = np.linspace(0, 2 * math.pi, 33)[:-1]
    disc = tuple((x + 23 * math.cos(turn), y + 23 * math.sin(turn)) for turn in turns)
    return [
        PathMark(points=disc, fill=_PAPER, opacity=0.88),
        PathMark(points=((x, y - 18), (x + 8, y + 8), (x, y + 2)), fill=_INK),
        PathMark(points=((x, y - 18), (x - 8, y + 8), (x, y + 2)), fill=_PAPER, stroke=_INK, width=1),
        TextMark(words="N", at=(x, y + 15), size=11, anchor="middle", bold=True),
    ]
