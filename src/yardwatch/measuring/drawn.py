"""The size of an outline of which the image shows nothing: as drawn, with the error of drawing."""

import numpy as np
import shapely

from yardwatch.measuring.laying import SIZES, Laid, between
from yardwatch.measuring.outlines import Pairs, area_of, box_around, corners_of, right_angled, sides_of, straightened
from yardwatch.measuring.profiles import Side
from yardwatch.measuring.scatter import Scatter, spread_of
from yardwatch.measuring.sides import SideFound
from yardwatch.model.frame import Floats

__all__ = ["keep_drawn"]

_SEED = 20241203


def keep_drawn(vertices_m: Floats, *, digitising_m: float, drawn_se_m: float) -> Laid:
    """An outline measured as it was drawn.

    Whether a vertex stands for a porch or for a careless hand is not known, so the outline is measured with all its
    vertices and without those that carelessness alone explains; the answer lies between, and half of what is between
    them is an error of its own: ``shape``.

    Parameters
    ----------
    vertices_m : ndarray
        Shape (n, 2), counter-clockwise, local metres.
    digitising_m : float
        Standard error of a vertex in each direction as far as it deforms the outline, metres.
    drawn_se_m : float
        The same with what registration adds, metres.
    """
    thinned = straightened(vertices_m, digitising_m=digitising_m)
    first = _kept(thinned, digitising_m, drawn_se_m)
    if len(thinned) == len(vertices_m):
        return first
    second = _kept(vertices_m, digitising_m, drawn_se_m)
    return between(first, second)


def _kept(vertices_m: Floats, digitising_m: float, drawn_se_m: float) -> Laid:
    sides = [side for side in sides_of(vertices_m) if side.length_m > 0]
    right = right_angled(sides, digitising_m=digitising_m)
    if right is not None:
        laid = _laid(sides, right[0], drawn_se_m, common=True)
        if laid is not None:
            return laid
    angles = np.array([side.angle_rad for side in sides])
    laid = _laid(sides, angles, drawn_se_m, common=False)
    return laid if laid is not None else _laid_as_is(sides, angles, drawn_se_m)


def _laid(sides: list[Side], angles: Floats, drawn_se_m: float, *, common: bool) -> Laid | None:
    """Sides in given directions through their middles; None if they hold no area."""
    middles = np.array([side.middle_m for side in sides])
    starts = np.array([side.start_m for side in sides])
    vertices, lines = corners_of(middles, angles, starts, most_m=5 * drawn_se_m + 1)
    if not shapely.Polygon(vertices).is_valid or area_of(vertices) <= 0:
        return None
    return _sized(sides, vertices, lines, angles, drawn_se_m, common=common)


def _laid_as_is(sides: list[Side], angles: Floats, drawn_se_m: float) -> Laid:
    vertices = np.array([side.start_m for side in sides])
    lines = np.column_stack([np.roll(np.arange(len(vertices)), 1), np.arange(len(vertices))])
    return _sized(sides, vertices, lines, angles, drawn_se_m, common=False)


def _sized(
    sides: list[Side],
    vertices_m: Floats,
    lines: Pairs,
    angles: Floats,
    drawn_se_m: float,
    *,
    common: bool,
) -> Laid:
    lost = [_lost(side, drawn_se_m) for side in sides]
    box = box_around(vertices_m, axis_rad=float(angles[0])) if common else box_around(vertices_m)
    scatter = Scatter(angles, np.array([side.se_m for side in lost]), drawn_se_m, straight=common)
    rng = np.random.default_rng(_SEED)
    spread = spread_of(vertices_m, lines, scatter, axis_rad=box.axis_rad, keep_axis=common, rng=rng)
    spans = (box.length_m, box.width_m)
    length_m, width_m = (max(side - grown, 0.5 * side) for side, grown in zip(spans, spread.growth, strict=True))
    errors = list(spread.digitising)
    if common:
        errors[3] = 1 / float(np.sqrt(sum(1 / max(side.turn_se_rad, 1e-6) ** 2 for side in lost)))
    middles = np.array([side.middle_m for side in sides])
    along = np.column_stack([np.cos(angles), np.sin(angles)]) * np.array([[side.length_m / 2] for side in sides])
    ends = np.stack([middles - along, middles + along], axis=1)
    sizes = dict(zip(SIZES, (length_m, width_m, area_of(vertices_m), box.axis_rad), strict=True))
    budgets = {what: {"edges": 0.0, "digitising": error} for what, error in zip(SIZES, errors, strict=True)}
    return Laid(vertices_m, box, sizes, budgets, tuple(lost), ends, np.zeros(len(sides)))


def _lost(side: Side, drawn_se_m: float) -> SideFound:
    """A side that stays where it was drawn."""
    return SideFound(0.0, 0.0, drawn_se_m / 2**0.5, min(2**0.5 * drawn_se_m / side.length_m, 0.5), False)
