"""Outlines of structures: their sides, whether their corners are right angles, and the rectangle around them."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.stats import chi2

from yardwatch.measuring.profiles import Side
from yardwatch.model.frame import Floats
from yardwatch.model.measurement import Ring

__all__ = ["Box", "area_of", "box_around", "corners_of", "mended", "right_angled", "sides_of", "straightened", "turned"]

Pairs = NDArray[np.int64]
_FEWEST = 4
_LIKELY = 0.8
_FARTHEST_M = 8.0
_PARALLEL = np.radians(20.0)
_ALL_BUT_SQUARE = np.sin(np.radians(80.0))
_LEAST_RAD = np.radians(2.0)


@dataclass(frozen=True, slots=True)
class Box:
    """An oriented rectangle."""

    length_m: float
    """Longer side, metres."""
    width_m: float
    """Shorter side, metres."""
    axis_rad: float
    """Direction of the longer side, radians counter-clockwise from east, 0 to π."""
    corners_m: Floats
    """Its corners in order, shape (4, 2), local metres."""


def sides_of(vertices_m: Floats) -> list[Side]:
    """The sides of an outline whose vertices, shape (n, 2), go round counter-clockwise."""
    after = np.roll(vertices_m, -1, axis=0)
    pairs = zip(vertices_m.tolist(), after.tolist(), strict=True)
    return [Side((start[0], start[1]), (end[0], end[1])) for start, end in pairs]


def right_angled(sides: list[Side], *, digitising_m: float) -> tuple[Floats, float] | None:
    """Directions of the sides if all corners are right angles, and the standard error of their common turn.

    Corners count as right angles where sides deviate by no more than what vertices placed with an error of
    `digitising_m` explain; a small outline of four corners is thus taken for a rectangle.

    Returns
    -------
    (angles_rad, se_rad) or None
        Directions, shape (n,), each crossing the others at right angles; None if the corners are not right angles.
    """
    lengths = np.array([side.length_m for side in sides])
    angles = np.array([side.angle_rad for side in sides])
    weights = lengths**2
    if len(sides) == 4:
        quarters = np.arange(4) * np.pi / 2
        main = float(np.angle((weights * np.exp(1j * (angles - quarters))).sum()))
        straight = main + quarters
    else:
        main = float(np.angle((weights * np.exp(4j * angles)).sum()) / 4)
        straight = angles - turned(angles - main, np.pi / 2)
    away = np.abs(turned(angles - straight, 2 * np.pi))
    allowed = 3 * np.hypot(2**0.5 * digitising_m / np.maximum(lengths, 0.1), _LEAST_RAD)
    telling = lengths > 2 * digitising_m
    if (len(sides) != 4 and telling.sum() < 3) or (away > allowed)[telling].any():
        return None
    return straight, float(np.hypot(2**0.5 * digitising_m / np.sqrt(weights.sum()), _LEAST_RAD / 4))


def straightened(vertices_m: Floats, *, digitising_m: float) -> Floats:
    """The outline without the vertices that careless drawing alone explains.

    Two neighbouring sides become one where a straight line through all their vertices misses these by no more than an
    error of `digitising_m` makes likely (chi-square, four times in five); the likeliest go first, at least four sides
    remain. A side runs through the middle of all its vertices, so that many vertices make it better known.

    Parameters
    ----------
    vertices_m : ndarray
        Shape (n, 2), counter-clockwise.
    digitising_m : float
        Standard error of a vertex in each direction, metres.
    """
    count = len(vertices_m)
    kept = list(range(count))
    while len(kept) > _FEWEST:
        misfits = [_misfit(vertices_m, kept[place - 1], kept[(place + 1) % len(kept)]) for place in range(len(kept))]
        excess = [misfit / digitising_m**2 / _likely(members) for misfit, members in misfits]
        least = int(np.argmin(excess))
        if excess[least] > 1:
            break
        del kept[least]
    if len(kept) == count:
        return vertices_m
    thinned = _through_all(vertices_m, kept)
    polygon = shapely.Polygon(thinned)
    return thinned if polygon.is_valid and area_of(thinned) > 0 else vertices_m


def _likely(members: int) -> float:
    """Sum of squared misses that a straight line through so many vertices has four times in five."""
    return float(chi2.ppf(_LIKELY, max(members - 2, 1)))


def _misfit(vertices_m: Floats, first: int, last: int) -> tuple[float, int]:
    """Sum of squared misses of the best line through the vertices from one to another, and how many they are."""
    side = _stretch(vertices_m, first, last)
    return float(np.linalg.svd(side - side.mean(axis=0), compute_uv=False)[-1] ** 2), len(side)


def _stretch(vertices_m: Floats, first: int, last: int) -> Floats:
    count = len(vertices_m)
    return np.asarray(vertices_m[np.arange(first, last + 1 if last > first else last + count + 1) % count], float)


def _through_all(vertices_m: Floats, kept: list[int]) -> Floats:
    """Corners where the lines meet that run through all vertices of a side."""
    middles, angles = [], []
    for start, end in zip(kept, [*kept[1:], kept[0]], strict=True):
        side = _stretch(vertices_m, start, end)
        middle = side.mean(axis=0)
        _, _, rows = np.linalg.svd(side - middle)
        direction = rows[0] * np.sign(rows[0] @ (side[-1] - side[0]) or 1.0)
        middles.append(middle)
        angles.append(float(np.arctan2(direction[1], direction[0])))
    drawn = vertices_m[kept]
    corners, _ = corners_of(np.array(middles), np.array(angles), drawn, most_m=_FARTHEST_M)
    return corners if len(corners) == len(kept) else drawn


def turned(angle: Floats | float, period: float) -> Floats:
    """An angle brought to −period/2 … period/2."""
    return np.asarray((np.asarray(angle) + period / 2) % period - period / 2, float)


def corners_of(points_m: Floats, angles_rad: Floats, drawn_m: Floats, *, most_m: float) -> tuple[Floats, Pairs]:
    """Vertices where each of n lines meets the next; where two are all but parallel, a step between them.

    Parameters
    ----------
    points_m : ndarray
        A point on each line, shape (n, 2).
    angles_rad : ndarray
        Direction of each line, shape (n,).
    drawn_m : ndarray
        The vertex drawn between the line before and each line, shape (n, 2); where the step goes.
    most_m : float
        Two slanting lines that meet farther than this from the drawn vertex are joined by a step too.

    Returns
    -------
    (vertices_m, lines)
        Vertices, shape (m, 2), and for each the two lines that it lies on, shape (m, 2); on a step both are the same.
    """
    vertices, lines = [], []
    for index in range(len(points_m)):
        point, other = points_m[index - 1], points_m[index]
        ahead, beyond = _direction(angles_rad[index - 1]), _direction(angles_rad[index])
        crossing = float(ahead[0] * beyond[1] - ahead[1] * beyond[0])
        apart = other - point
        along = float(apart[0] * beyond[1] - apart[1] * beyond[0]) / (crossing or 1e-12)
        meeting = point + ahead * along
        far = np.hypot(*(meeting - drawn_m[index])) > most_m
        if abs(crossing) < np.sin(_PARALLEL) or (far and abs(crossing) < _ALL_BUT_SQUARE):
            vertices += [point + ahead * ((drawn_m[index] - point) @ ahead)]
            vertices += [other + beyond * ((drawn_m[index] - other) @ beyond)]
            lines += [(index - 1, index - 1), (index, index)]
        else:
            vertices.append(meeting)
            lines.append((index - 1, index))
    return np.array(vertices), np.array(lines) % len(points_m)


def box_around(vertices_m: Floats, *, axis_rad: float | None = None, longer_first: bool = True) -> Box:
    """The smallest rectangle around an outline, or the one along a given axis.

    Unless `longer_first`, the side along that axis counts as the length even where it is the shorter one.
    """
    if axis_rad is None:
        box = shapely.minimum_rotated_rectangle(shapely.MultiPoint(vertices_m))
        points = shapely.get_coordinates(box)
        step = points[1] - points[0] if len(points) > 1 else np.array([1.0, 0.0])
        axis_rad = float(np.arctan2(step[1], step[0]))
    along, across = _direction(axis_rad), _direction(axis_rad + np.pi / 2)
    u, v = vertices_m @ along, vertices_m @ across
    spans = float(u.max() - u.min()), float(v.max() - v.min())
    corners = [
        along * a + across * b
        for a, b in ((u.min(), v.min()), (u.max(), v.min()), (u.max(), v.max()), (u.min(), v.max()))
    ]
    if longer_first and spans[1] > spans[0]:
        axis_rad, spans = axis_rad + np.pi / 2, (spans[1], spans[0])
    return Box(spans[0], spans[1], float(axis_rad % np.pi), np.array(corners))


def area_of(vertices_m: Floats) -> float:
    """Area that vertices enclose, counter-clockwise positive, square metres."""
    x, y = (vertices_m - vertices_m[0]).T
    return float(0.5 * (x * np.roll(y, -1) - np.roll(x, -1) * y).sum())


def mended(ring: Ring) -> Ring | None:
    """The largest simple part of an outline that crosses itself, closed; the outline itself if it does not.

    Four corners are taken in the order in which they go round. None if there is no area at all.
    """
    polygon = shapely.Polygon(ring)
    if polygon.is_valid and polygon.area > 0:
        return ring
    whole = shapely.convex_hull(polygon) if len(set(ring)) == 4 else shapely.make_valid(polygon)
    parts = shapely.get_parts(whole)
    areas = shapely.area(parts)
    if not len(areas) or areas.max() <= 0:
        return None
    largest = parts[int(np.argmax(areas))]
    outer = shapely.get_exterior_ring(largest)
    return tuple((float(x), float(y)) for x, y in shapely.get_coordinates(outer))


def _direction(angle_rad: float) -> Floats:
    return np.array([np.cos(angle_rad), np.sin(angle_rad)])
