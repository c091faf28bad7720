"""How the size of a drawn outline scatters, and grows, when its sides and vertices are not where they seem."""

from dataclasses import dataclass

import numpy as np

from yardwatch.measuring.outlines import Pairs, area_of, box_around, turned
from yardwatch.model.frame import Floats

__all__ = ["Scatter", "Spread", "spread_of"]

_DRAWS = 160
_MOST_STRETCH = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Scatter:
    """How far the sides of an outline may be from where they seem."""

    angles_rad: Floats
    """Direction of each side, shape (n,)."""
    se_m: Floats
    """Standard error of each across itself, shape (n,), metres."""
    vertex_se_m: float
    """Standard error of a vertex in each direction, metres."""
    straight: bool
    """Whether the sides keep their directions, so that each moves as a whole."""


@dataclass(frozen=True, slots=True)
class Spread:
    """What becomes of length, width, area and axis by that."""

    digitising: tuple[float, float, float, float]
    """Standard errors: metres, metres, square metres, radians."""
    growth: tuple[float, float]
    """How much longer and wider the rectangle around the outline becomes by it on average, metres."""


def spread_of(
    vertices_m: Floats, lines: Pairs, scatter: Scatter, *, axis_rad: float, keep_axis: bool, rng: np.random.Generator
) -> Spread:
    """Move sides and vertices by chance again and again and see what becomes of the size.

    The rectangle around many vertices is too large, since it reaches to those that chance put farthest out; by how
    much, is seen by scattering the vertices once more (a parametric bootstrap: Efron and Tibshirani 1993, chapter 10).
    """
    moves = _moves(vertices_m, lines, scatter, rng)
    here = _sizes(vertices_m, axis_rad, keep_axis)
    changed = np.array([_sizes(vertices_m + move, axis_rad, keep_axis) for move in moves]) - here
    changed[:, 3] = turned(changed[:, 3], np.pi / 2)
    growth = changed.mean(axis=0)
    return Spread(_four(changed.std(axis=0)), (float(growth[0]), float(growth[1])))


def _drawn(rng: np.random.Generator, *shape: int) -> Floats:
    """Normal draws, each with its opposite, so that what is linear does not grow; shape (draws, …)."""
    half = rng.standard_normal((_DRAWS // 2, *shape))
    return np.concatenate([half, -half])


def _four(values: Floats) -> tuple[float, float, float, float]:
    length, width, area, axis = values.tolist()
    return length, width, area, axis


def _sizes(vertices_m: Floats, axis_rad: float, keep_axis: bool) -> Floats:
    free = axis_rad if keep_axis else box_around(vertices_m).axis_rad
    near = axis_rad + float(turned(free - axis_rad, np.pi / 2))
    box = box_around(vertices_m, axis_rad=near, longer_first=False)
    return np.array([box.length_m, box.width_m, area_of(vertices_m), near])


def _moves(vertices_m: Floats, lines: Pairs, scatter: Scatter, rng: np.random.Generator) -> Floats:
    """Moves of all vertices, shape (draws, m, 2)."""
    free = _drawn(rng, len(vertices_m), 2) * scatter.vertex_se_m
    if not scatter.straight:
        return free
    sides = _drawn(rng, len(scatter.se_m)) * scatter.se_m
    outwards = np.column_stack([np.sin(scatter.angles_rad), -np.cos(scatter.angles_rad)])
    moves = np.zeros_like(free)
    for vertex, (one, other) in enumerate(lines.tolist()):
        along = np.array([-outwards[one][1], outwards[one][0]])
        normals = np.stack([outwards[one], along if one == other else outwards[other]])
        back = np.clip(np.linalg.pinv(normals, rcond=0.3), -_MOST_STRETCH, _MOST_STRETCH)
        for column, side in enumerate((one,) if one == other else (one, other)):
            moves[:, vertex] += sides[:, side, None] * back[:, column]
    return moves
