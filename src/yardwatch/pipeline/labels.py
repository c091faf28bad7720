"""Outlines of railcars as other programs draw them, and which car of the site each is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from shapely import Polygon, box

from yardwatch.model.frame import Floats
from yardwatch.model.grid import Grid
from yardwatch.model.railcar import CAR_TYPES, Railcar
from yardwatch.model.site import Site, frame_of

__all__ = ["Label", "car_type", "corners_on", "in_picture", "label_of"]

_SYNONYMS = {
    "boxcar": "covered", "box car": "covered", "van": "covered", "autorack": "covered", "gondola": "open_top",
    "hopper": "open_top", "ore": "open_top", "tank car": "tank", "tank_car": "tank", "tanker": "tank",
    "flatcar": "flat", "flat car": "flat", "coach": "passenger", "passenger car": "passenger", "engine": "locomotive",
}  # fmt: skip
_LEAST_PX = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """One outline as read from a file."""

    subject: str
    """Where it stands, for errors, e.g. ``cars.json: annotation 7``."""
    picture: str | None
    """What the file says of its scene: id, file name or its stem; None if nothing."""
    corners: Floats
    """Its corners, shape (n, 2): continuous pixels, or coordinates in `crs`."""
    crs: str | None
    """CRS of the corners; None where they are pixels."""
    type: str
    """One of `CAR_TYPES`."""
    size_px: tuple[int, int] | None = None
    """Width and height of the picture by the file, pixels; None if it does not say."""
    normalised: bool = False
    """Whether the corners are shares of the picture's width and height rather than pixels."""


def car_type(name: str) -> str | None:
    """Our word for the type of a car; None if we have none for it."""
    plain = " ".join(name.casefold().replace("-", " ").split())
    for word in (plain, plain.replace(" ", "_"), _SYNONYMS.get(plain)):
        if word in CAR_TYPES:
            return word
    return None


def label_of(
    subject: str, picture: str | None, points: Sequence[tuple[float, float]], kind: str, *, crs: str | None = None
) -> Label | None:
    """A label, if its outline is one: three finite points or more that enclose something."""
    if len(points) < 3 or not all(math.isfinite(value) and abs(value) < 1e9 for point in points for value in point):
        return None
    corners = np.array(points, float)
    if (corners[0] == corners[-1]).all():
        corners = corners[:-1]
    if len(corners) < 3 or Polygon(corners).area == 0:
        return None
    return Label(subject, picture, corners, crs, kind)


def corners_on(site: Site, car: Railcar, grid: Grid) -> Floats:
    """The outline of a car in continuous pixels of an image, shape (n, 2)."""
    frame = frame_of(site)
    x, y = frame.to_crs(*frame.to_local(*np.array(car.footprint[:-1], float).T), crs=grid.crs)
    return np.column_stack(grid.to_pixel(x, y))


def in_picture(corners: Floats, grid: Grid) -> Polygon | None:
    """The part of an outline that lies in an image; None if that is less than a pixel."""
    shown = Polygon(corners).buffer(0).intersection(box(0, 0, grid.width, grid.height))
    return shown if isinstance(shown, Polygon) and shown.area >= _LEAST_PX else None
