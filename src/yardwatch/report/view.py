"""A north-up window on the ground and the drawing units of it, with scale bar and north arrow."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from yardwatch.model.frame import Floats, Frame
from yardwatch.report.svg import element, number, path_data, text
from yardwatch.report.words import distance

__all__ = [
    "WIDTH",
    "Box",
    "Labels",
    "View",
    "cased",
    "corner_mark",
    "grid_north_deg",
    "halo_text",
    "north_arrow",
    "scale_bar",
]

WIDTH = 1000.0
"""Width of every figure in drawing units."""

_SQUATTEST, _TALLEST = 0.34, 0.95
_ROUND = (1, 2, 5)
_DARK = "#10151a"

Box = tuple[float, float, float, float]
"""West, south, east, north in local metres."""


@dataclass(frozen=True, slots=True)
class View:
    """What part of the ground a map shows; one scale both ways."""

    west_m: float
    """Left edge, local metres."""
    north_m: float
    """Upper edge, local metres."""
    width_m: float
    """From left to right, metres."""
    height_m: float
    """From top to bottom, metres."""

    @classmethod
    def around(cls, box: Box, *, margin_m: float = 15.0, least_m: float = 120.0) -> "View":
        """The view that holds a box with a margin, neither too tall nor too squat for a page."""
        west, south, east, north = box
        width = max(east - west + 2 * margin_m, least_m)
        height = max(north - south + 2 * margin_m, _SQUATTEST * width)
        width = max(width, height / _TALLEST)
        return cls((west + east - width) / 2, (south + north + height) / 2, width, height)

    def kept_in(self, box: Box) -> "View":
        """The view moved, where it is not larger, so that it does not reach beyond a box."""
        west, south, east, north = box
        left = min(max(self.west_m, west), east - self.width_m) if self.width_m < east - west else self.west_m
        top = max(min(self.north_m, north), south + self.height_m) if self.height_m < north - south else self.north_m
        return View(left, top, self.width_m, self.height_m)

    @property
    def scale(self) -> float:
        """Drawing units a metre."""
        return WIDTH / self.width_m

    @property
    def height(self) -> float:
        """Height in drawing units."""
        return self.height_m * self.scale

    def at(self, x_m: Floats, y_m: Floats) -> list[tuple[float, float]]:
        """Drawing positions of local metres."""
        across = (np.atleast_1d(x_m) - self.west_m) * self.scale
        down = (self.north_m - np.atleast_1d(y_m)) * self.scale
        return list(zip(across.tolist(), down.tolist(), strict=True))

    def holds(self, x_m: float, y_m: float) -> bool:
        """Whether a point of local metres is inside."""
        return 0 <= x_m - self.west_m <= self.width_m and 0 <= self.north_m - y_m <= self.height_m


class Labels:
    """Keeps labels from lying on one another: the first to come stays."""

    def __init__(self, height: float) -> None:
        self._height = height
        self._taken: list[Box] = []

    def free(self, x: float, y: float, width: float, height: float) -> bool:
        """Take the box centred there, unless it is off the figure or another label lies in it."""
        box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        inside = box[0] >= 0 and box[1] >= 0 and box[2] <= WIDTH and box[3] <= self._height
        if not inside or any(_overlap(box, other) for other in self._taken):
            return False
        self._taken.append(box)
        return True

    def take(self, x: float, y: float, width: float, height: float) -> None:
        """Take the box centred there, whatever lies in it."""
        self._taken.append((x - width / 2, y - height / 2, x + width / 2, y + height / 2))


def cased(d: str, *, stroke: str, casing: str, width: float, dash: str | None = None, opacity: float = 0.75) -> str:
    """A line with a casing beneath it, so that it shows on any ground."""
    shape = {"d": d, "fill": "none", "stroke_linejoin": "round"}
    below = element(
        "path", **shape, stroke=casing, stroke_width=width + min(1.8, 0.6 + width / 2), stroke_opacity=opacity
    )
    return below + element("path", **shape, stroke=stroke, stroke_width=width, stroke_dasharray=dash)


def halo_text(words: str, x: float, y: float, *, size: float, fill: str = _DARK, halo: str = "#ffffff") -> str:
    """Words with a halo round them, so that they can be read on any ground."""
    return element(
        "text", text(words), x=x, y=y, font_size=size, font_weight="600", fill=fill, stroke=halo, text_anchor="middle",
        stroke_width=size / 4.2, stroke_linejoin="round", paint_order="stroke", dominant_baseline="central",
    )  # fmt: skip


def scale_bar(view: View) -> str:
    """A bar of a round length at the lower left, in two halves."""
    length_m = _round_down(view.width_m / 5)
    units, y = length_m * view.scale, view.height - 24
    plate = element("rect", x=12, y=y - 24, width=units + 62, height=38, fill="#ffffff", fill_opacity=0.88, rx=2)
    halves = [
        element(
            "rect", x=26 + half * units / 2, y=y, width=units / 2, height=6, fill=colour, stroke=_DARK, stroke_width=1
        )
        for half, colour in enumerate((_DARK, "#ffffff"))
    ]
    ends = [(0.0, "0"), (units / 2, number(length_m / 2)), (units, distance(length_m))]
    marks = [
        element("text", text(words), x=26 + at, y=y - 7, font_size=13, text_anchor="middle", fill=_DARK)
        for at, words in ends
    ]
    return element("g", plate, *halves, *marks)


def north_arrow(x: float = WIDTH - 36, y: float = 44) -> str:
    """An arrow to true north, which is up."""
    plate = element("circle", cx=x, cy=y, r=25, fill="#ffffff", fill_opacity=0.88)
    dark = element("path", d=f"M{number(x)} {number(y - 20)} l8 27 l-8 -6 Z", fill=_DARK)
    light = element(
        "path", d=f"M{number(x)} {number(y - 20)} l-8 27 l8 -6 Z", fill="#ffffff", stroke=_DARK, stroke_width=1
    )
    letter = element("text", "N", x=x, y=y + 19, font_size=13, font_weight="700", text_anchor="middle", fill=_DARK)
    return element("g", plate, dark, light, letter)


def corner_mark(words: str, *, x: float = 12, y: float = 12, size: float = 17) -> str:
    """A warning on a plate at the upper left, e.g. that the picture is simulated."""
    width = 0.68 * size * len(words) + size
    plate = element("rect", x=x, y=y, width=width, height=1.6 * size, fill="#a3195b")
    inner = element(
        "text", text(words), x=x + width / 2, y=y + 0.86 * size, font_size=size, font_weight="700", fill="#ffffff",
        text_anchor="middle", dominant_baseline="central", letter_spacing=1,
    )  # fmt: skip
    return element("g", plate, inner, class_="mark")


def grid_north_deg(frame: Frame, x_m: float, y_m: float) -> float:
    """Direction of the site CRS's y axis at a point, degrees clockwise from true north."""
    x, y = frame.to_crs(x_m, y_m)
    ahead = 1e-4 if abs(float(y)) <= 90 and abs(float(x)) <= 360 else 10.0
    east, north = frame.to_local([x, x], [y, y + ahead])
    return math.degrees(math.atan2(float(np.diff(east)[0]), float(np.diff(north)[0])))


def polyline(view: View, x_m: Floats, y_m: Floats, *, closed: bool = False) -> str:
    """The d of a line given in local metres."""
    return path_data(view.at(x_m, y_m), closed=closed)


def _round_down(value: float) -> float:
    steps = [factor * 10.0**power for power in range(-1, 7) for factor in _ROUND]
    return next((low for low, high in pairwise(steps) if low <= value < high), steps[0])


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
