"""From outlines drawn by chance to one outline, its size and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yardwatch.measuring.joint import Draws, draw_outlines
from yardwatch.measuring.outlines import Box, area_of, box_around, corners_of, sides_of, turned
from yardwatch.measuring.sides import Look, SideFound, look_at, settled
from yardwatch.model.frame import Floats, Frame
from yardwatch.model.ports import SceneReader

__all__ = ["SIZES", "Laid", "between", "lay"]

SIZES = ("length", "width", "area", "axis")
"""What is measured of an outline, in metres, square metres and radians."""
_STATED = 1.15
"""Errors are stated as so many times the spread of belief; set on simulated structures and LEVIR houses."""
_SEED = 20241203
_ALIGNED_SE = 3.0
_ALIGNED_RAD = 0.04
_VERTEX_M = 0.3
_MOST_STRETCH = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A measured outline in local metres."""

    vertices_m: Floats
    """Shape (n, 2), counter-clockwise."""
    box: Box
    """The rectangle around it."""
    sizes: dict[str, float]
    """Each of `SIZES`."""
    budgets: dict[str, dict[str, float]]
    """For each of them the standard errors by what was seen and what was only drawn."""
    sides: tuple[SideFound, ...]
    """Of each drawn side; one counts as found if the outline lies on the edge, not between two rival ones."""
    ends_m: Floats
    """Start and end of each, shape (n, 2, 2)."""
    out_m: Floats
    """How far outside of where it was drawn each is laid, shape (n,), metres."""


def lay(reader: SceneReader, frame: Frame, vertices_m: Floats, *, drawn_se_m: float) -> Laid | None:
    """The outline in which drawing and image agree best; None if the image shows no side of it.

    Outlines are drawn by chance from the belief in them (`draw_outlines`). Where most of them agree on an edge, a line
    is fitted through it and the outlines are brought onto that line. The outline is the mean of them all and its
    standard errors are how far they scatter, so that two rival edges make them large.
    """
    looks = [look_at(reader, frame, side, drawn_se_m=drawn_se_m) for side in sides_of(vertices_m)]
    if all(look.evidence is None for look in looks):
        return None
    draws = draw_outlines(looks, drawn_se_m=drawn_se_m, rng=np.random.default_rng(_SEED))
    columns = zip(looks, draws.out_m.T, draws.turn_rad.T, strict=True)
    found = [settled(look, out, turn) for look, out, turn in columns]
    if not any(side.found for side in found):
        return None
    axis, angles = _straight(looks, draws, found)
    scattered = _onto_edges(looks, draws, found, angles)
    mean = scattered.mean(axis=0)
    middles = (mean + np.roll(mean, -1, axis=0)) / 2
    vertices, _ = corners_of(middles, angles, mean, most_m=5 * drawn_se_m + 1)
    if area_of(vertices) <= 0:
        return None
    sized = _sized(vertices, scattered, draws, found, axis)
    apart = np.array([look.side.middle_m for look in looks]) - middles
    forwards = np.column_stack([np.cos(angles), np.sin(angles)])
    out = apart[:, 1] * forwards[:, 0] - apart[:, 0] * forwards[:, 1]
    half = ((np.roll(mean, -1, axis=0) - mean) * forwards).sum(axis=1)[:, None] / 2
    ends = np.stack([middles - half * forwards, middles + half * forwards], axis=1)
    told = (
        replace(side, found=side.found and abs(side.out_m - float(at)) <= side.within_m / 1.5)
        for side, at in zip(found, out, strict=True)
    )
    return Laid(vertices, *sized, tuple(told), ends, out)


def between(one: Laid, other: Laid) -> Laid:
    """The first of two outlines with sizes between both; half of what is between them is an error: ``shape``."""
    sizes, budgets = dict(one.sizes), dict(one.budgets)
    for what in SIZES[:3]:
        sizes[what] = (one.sizes[what] + other.sizes[what]) / 2
        budgets[what] = one.budgets[what] | {"shape": abs(one.sizes[what] - other.sizes[what]) / 2}
    return replace(one, sizes=sizes, budgets=budgets)


def _onto_edges(looks: Sequence[Look], draws: Draws, found: Sequence[SideFound], angles: Floats) -> Floats:
    """The outlines with their sides brought onto the edges that were found, shape (draws, n, 2)."""
    shifts, turns = np.zeros_like(draws.out_m), np.zeros_like(draws.out_m)
    for index, side in enumerate(found):
        near = np.abs(draws.out_m[:, index] - side.out_m) <= side.within_m
        if not side.found or not near.any():
            continue
        out, turn = draws.out_m[near, index], draws.turn_rad[near, index]
        kept = min(1.0, 2 * side.fit_se_m / (float(out.std()) + 1e-9))
        shifts[near, index] = side.out_m - out + kept * (out - out.mean())
        laid = float(turned(angles[index] - looks[index].side.angle_rad, 2 * np.pi))
        swing = 4 * side.fit_se_m / max(looks[index].side.length_m, 1.0)
        kept = min(1.0, swing / (float(turn.std()) + 1e-9))
        turns[near, index] = laid - turn + kept * (turn - turn.mean())
    at = draws.vertices_m
    step = np.roll(at, -1, axis=1) - at
    forwards = step / (np.hypot(step[..., 0], step[..., 1])[..., None] + 1e-6)
    outwards = np.stack([forwards[..., 1], -forwards[..., 0]], axis=-1)
    middles = np.array([look.side.middle_m for look in looks])
    starts = shifts - turns * ((at - middles) * forwards).sum(axis=-1)
    ends = shifts - turns * ((np.roll(at, -1, axis=1) - middles) * forwards).sum(axis=-1)
    normals = np.stack([np.roll(outwards, 1, axis=1), outwards], axis=-2)
    back = np.clip(np.linalg.pinv(normals, rcond=0.3), -_MOST_STRETCH, _MOST_STRETCH)
    both = np.stack([np.roll(ends, 1, axis=1), starts], axis=-1)
    return np.asarray(at + (back @ both[..., None])[..., 0], float)


def _straight(looks: Sequence[Look], draws: Draws, found: Sequence[SideFound]) -> tuple[tuple[float, float], Floats]:
    """The main direction with its standard error, and the direction of each side, shape (n,), radians."""
    mean = draws.vertices_m.mean(axis=0)
    step = np.roll(mean, -1, axis=0) - mean
    angles = np.arctan2(step[:, 1], step[:, 0])
    main = float(np.angle(np.exp(4j * draws.axis_rad).mean()) / 4)
    spread = float(turned(draws.axis_rad - main, np.pi / 2).std())
    allowed = _ALIGNED_SE * np.hypot(_ALIGNED_RAD, _VERTEX_M / np.maximum(np.hypot(*step.T), 0.1))
    off = turned(angles - main, np.pi / 2)
    aligned = np.abs(off) <= allowed
    sure = [i for i, side in enumerate(found) if side.found and aligned[i]]
    if sure:
        fitted = np.array([looks[i].side.angle_rad + found[i].turn_rad for i in sure])
        weight = np.array([1 / found[i].turn_se_rad ** 2 for i in sure])
        main += float((weight * np.clip(turned(fitted - main, np.pi / 2), -0.1, 0.1)).sum() / weight.sum())
        spread = max(1 / float(np.sqrt(weight.sum())), 0.2 * spread)
    square = angles - turned(angles - main, np.pi / 2)
    return (main, spread), np.where(aligned, square, angles)


def _sized(
    vertices_m: Floats,
    scattered_m: Floats,
    draws: Draws,
    found: Sequence[SideFound],
    axis: tuple[float, float],
) -> tuple[Box, dict[str, float], dict[str, dict[str, float]]]:
    """The rectangle around the outline, its sizes and their errors by cause."""
    after = np.roll(vertices_m, -1, axis=0) - vertices_m
    right = bool((np.abs(turned(np.arctan2(after[:, 1], after[:, 0]) - axis[0], np.pi / 2)) < 1e-6).all())
    box = box_around(vertices_m, axis_rad=axis[0]) if right else box_around(vertices_m)
    spans = _spans(scattered_m, box.axis_rad)
    mean = _spans(scattered_m.mean(axis=0)[None], box.axis_rad)[0]
    grown = np.maximum(spans.mean(axis=0) - mean, 0.0)
    errors = _STATED * spans.std(axis=0)
    sizes = {
        "length": max(box.length_m - float(grown[0]), 0.5 * box.length_m),
        "width": max(box.width_m - float(grown[1]), 0.5 * box.width_m),
        "area": area_of(vertices_m),
        "axis": box.axis_rad,
    }
    seen = _seen_share(draws, found)
    budgets = {
        what: {"edges": float(error) * seen**0.5, "digitising": float(error) * (1 - seen) ** 0.5}
        for what, error in zip(SIZES, [*errors.tolist(), axis[1]], strict=True)
    }
    return box, sizes, budgets


def _seen_share(draws: Draws, found: Sequence[SideFound]) -> float:
    """Share of the scatter that is in sides that the image showed."""
    step = np.roll(draws.vertices_m, -1, axis=1) - draws.vertices_m
    length = np.hypot(step[..., 0], step[..., 1]).mean(axis=0)
    unrest: NDArray[np.float64] = length * np.array([side.se_m for side in found]) ** 2
    seen = np.array([side.found for side in found])
    return float(unrest[seen].sum() / unrest.sum())


def _spans(outlines_m: Floats, axis_rad: float) -> Floats:
    """Extent along and across an axis and area of outlines, shape (draws, 3)."""
    cosine, sine = np.cos(axis_rad), np.sin(axis_rad)
    x, y = np.moveaxis(outlines_m - outlines_m[:, :1], -1, 0)
    area = 0.5 * (x * np.roll(y, -1, axis=1) - np.roll(x, -1, axis=1) * y).sum(axis=1)
    return np.column_stack([np.ptp(x * cosine + y * sine, axis=1), np.ptp(y * cosine - x * sine, axis=1), area])
