"""A rough line brought onto the track between two clicks, by all that the image tells of where the track lies."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats, Frame
from yardwatch.model.line import Line
from yardwatch.model.ports import SceneReader
from yardwatch.model.ribbon import Ribbon, RibbonSpec
from yardwatch.railcars.corridors import TracedLine
from yardwatch.railcars.evidence import Network
from yardwatch.railcars.paths import along_path, places_near
from yardwatch.railcars.rails import BLOCK_M, REACH_M, RailFinder, RailView
from yardwatch.railcars.ribbon import plan_ribbon

__all__ = ["Eyes", "Settled", "settled", "spanned"]

_HALF_WIDTH_M = 2.5
_BEYOND_M = 15.0
_LEAST_BLOCKS = 6
_ROUNDS, _ITERATIONS = 4, 8
_SETTLED_M, _STILL_M = 0.05, 0.01
_FURTHEST_M = 3.0
_BODY = 2
_READABLE = 0.6

_CLICK_SE_M = 0.3
_RAIL_SE_M = 0.2
_EMPTY_SE_M, _BODY_SE_M = 1.2, 0.35
_RAIL_TEMPER, _NETWORK_TEMPER = 0.5, 0.25
_LEAN_SD_M = 0.6
_JUMP, _JUMP_FLOOR = 1 / 1300, 1 / 8000
_FAITH = 1e-4
_BOUNDS = (-1.0, 0.5)
_JUMP_COST, _LENGTH_COST, _CLICK_COST = 20.0, 0.2, 0.3
_AXIS_COST, _AXIS_LIMIT_M = 0.5, 1.5
_CAR_CREDIT = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Eyes:
    """What is looked at, and with what."""

    reader: SceneReader
    """The scene."""
    frame: Frame
    """A local frame."""
    finder: RailFinder
    """What judges each place across a corridor."""
    network: Network | None = None
    """What tells cars from empty track, and where across they lie; only the finder is asked without it."""


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """A line that has come to rest between two clicks."""

    line: TracedLine
    """From the first click to the second."""
    score: float
    """How well the image, the clicks and the habits of railways bear it out; the more the better."""
    clicks_off_m: float
    """The larger distance of a click from it, metres."""


@dataclass(frozen=True, slots=True, eq=False)
class _Sight:
    """What is seen along a line, block by block."""

    view: RailView
    rail_m: Floats
    rail_weight: Floats
    axis_m: Floats
    axis_weight_at: tuple[Floats, Floats]
    body: Floats


def spanned(points_m: Floats, ends: Sequence[Floats]) -> Line | None:
    """The line through points, between the places next to two clicks and a little beyond, in steps of a block.

    None if the two lie too close together on it.
    """
    line = Line.through(*np.asarray(points_m).T)
    start, end = line.locate(*np.array(ends).T)[0]
    if end - start < 2 * BLOCK_M:
        return None
    count = int(np.ceil((end - start + 2 * _BEYOND_M) / BLOCK_M))
    along = (start + end) / 2 + (np.arange(count + 1) - count / 2) * BLOCK_M
    return Line.through(*line.points(along))


def settled(eyes: Eyes, line: Line, ends: Sequence[Floats], *, rounds: int = _ROUNDS) -> Settled | None:
    """Move a line onto the track that both clicks lie on.

    In each round the image is read along the line as it stands. Each block says where the rails lie and where cars
    stand; tall cars lean with the view, all in one direction, which is found as well. The clicks hold the line to
    within some decimetres, and its curvature changes seldom, as that of a railway does: a least-squares fit, weighted
    anew until it rests, so that what stands alone and what is far off count for little.

    Parameters
    ----------
    eyes : Eyes
        The scene and what looks at it.
    line : Line
        A rough line within about 1.5 m of the track, in steps of a block (see `spanned`).
    ends : two ndarray
        The clicks, local metres.
    rounds : int
        How often the image is read at most.
    """
    sight: _Sight | None = None
    for number in range(rounds):
        sight = _seen(eyes, line)
        if sight is None:
            return None
        fit = _fitted(sight, line, ends)
        ground = np.column_stack(line.points(sight.view.chainages_m, np.clip(fit.offsets_m, -_FURTHEST_M, _FURTHEST_M)))
        rested = number > 0 and float(np.abs(fit.offsets_m).max()) < _SETTLED_M
        moved = spanned(_lengthened(ground), ends)
        if moved is None:
            return None
        if rested or number == rounds - 1:
            return _judged(sight, fit, (line, moved), ends)
        line = moved
    return None


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """Offsets of the track from a line, and how well they are known and fit."""

    offsets_m: Floats
    se_m: Floats
    jumps: Floats
    axis_off_m: Floats


def _seen(eyes: Eyes, line: Line) -> _Sight | None:
    spec = RibbonSpec(half_width_m=_HALF_WIDTH_M + REACH_M)
    plan = plan_ribbon("corridor", line, eyes.reader.scene.grid, eyes.frame, spec=spec)
    if plan is None or len(plan.chainages_m) * spec.step_m < _LEAST_BLOCKS * BLOCK_M:
        return None
    ribbon = plan.ribbon(eyes.reader.sample(plan.column, plan.row, footprint_px=plan.footprint_px))
    gsd_m = eyes.reader.scene.gsd_m
    view = eyes.finder.view(ribbon, gsd_m=gsd_m)
    blocks = len(view.chainages_m)
    middle, spread, held = places_near(view.log_odds, view.offsets_m, np.zeros(blocks))
    seen = view.seen[:, len(view.offsets_m) // 2]
    weight = np.where(seen, held / (spread + _RAIL_SE_M**2), 0.0)
    axis, noise, body, readable = _cars(eyes.network, ribbon, gsd_m, blocks)
    se2 = (_BODY_SE_M * body + _EMPTY_SE_M * (1 - body)) ** 2 + noise**2
    return _Sight(view, middle, weight, axis, (np.where(readable & seen, 1 / se2, 0.0), np.sqrt(se2)), body)


def _cars(
    network: Network | None, ribbon: Ribbon, gsd_m: float, blocks: int
) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
    """By block: where the middle of a car or of empty track lies, how much that varies, share of cars, if readable."""
    if network is None:
        nothing = np.zeros(blocks)
        return nothing, nothing, nothing, np.zeros(blocks, bool)
    near = np.abs(ribbon.offsets_m) <= RibbonSpec().half_width_m + 1e-6
    narrow = Ribbon(ribbon.track, ribbon.chainages_m, ribbon.offsets_m[near], ribbon.pixels[:, near])
    [evidence] = network.read([narrow], gsd_m=gsd_m)
    columns = round(BLOCK_M / ribbon.step_m)
    whole = slice(0, blocks * columns)
    offsets = evidence.offset_m[whole].reshape(blocks, columns)
    axis = np.median(offsets, axis=1)
    noise = np.median(np.abs(offsets - axis[:, None]), axis=1)
    body = np.exp(evidence.states[_BODY, whole]).reshape(blocks, columns).mean(1)
    readable = evidence.readable[whole].reshape(blocks, columns).mean(1) > _READABLE
    return np.clip(axis, -_HALF_WIDTH_M, _HALF_WIDTH_M), noise, body, readable


def _fitted(sight: _Sight, line: Line, ends: Sequence[Floats]) -> _Fit:
    chainages = sight.view.chainages_m
    count = len(chainages)
    x, y = line.points(chainages, np.array([[0.0], [1.0]]))
    across = np.column_stack([x[1] - x[0], y[1] - y[0]])
    third = _third(count)
    bent = np.diff(_curvature(np.column_stack([x[0], y[0]])))
    leaning = np.hstack([np.eye(count), sight.body[:, None] * across])
    fixed, pull = _held(chainages, line, ends)
    fixed[count:, count:] += np.eye(2) / _LEAN_SD_M**2
    sure, scale = sight.axis_weight_at
    answer = np.zeros(count + 2)
    for _ in range(_ITERATIONS):
        offsets = answer[:count]
        off_axis = sight.axis_m - leaning @ answer
        off_rail = (sight.rail_m - offsets) * np.sqrt(sight.rail_weight) / 2
        axis = _NETWORK_TEMPER * sure / (1 + (off_axis / (2 * scale)) ** 2)
        rail = _RAIL_TEMPER * sight.rail_weight / (1 + off_rail**2)
        stiff = 1 / (_JUMP * np.hypot(bent + third @ offsets, _JUMP_FLOOR))
        matrix = fixed + leaning.T @ (axis[:, None] * leaning)
        matrix[:count, :count] += np.diag(rail) + third.T @ (stiff[:, None] * third)
        wanted = pull + leaning.T @ (axis * sight.axis_m)
        wanted[:count] += rail * sight.rail_m - third.T @ (stiff * bent)
        before, answer = answer, np.linalg.solve(matrix, wanted)
        if float(np.abs(answer - before)[:count].max()) < _STILL_M:
            break
    se = np.sqrt(np.diag(np.linalg.inv(matrix))[:count])
    return _Fit(answer[:count], se, bent + third @ answer[:count], sight.axis_m - leaning @ answer)


def _held(chainages_m: Floats, line: Line, ends: Sequence[Floats]) -> tuple[Floats, Floats]:
    """What both clicks ask of the offsets: normal equations, with room for the lean."""
    count = len(chainages_m)
    matrix, pull = np.zeros((count + 2, count + 2)), np.zeros(count + 2)
    matrix[np.arange(count), np.arange(count)] += _FAITH
    for along, offset in zip(*line.locate(*np.array(ends).T), strict=True):
        place = (along - chainages_m[0]) / BLOCK_M
        left = int(np.clip(np.floor(place), 0, count - 2))
        part = float(np.clip(place - left, -0.5, 1.5))
        row = np.zeros(count + 2)
        row[left : left + 2] = 1 - part, part
        matrix += np.outer(row, row) / _CLICK_SE_M**2
        pull += row * offset / _CLICK_SE_M**2
    return matrix, pull


def _third(count: int) -> Floats:
    """What offsets add to the change of curvature from block to block, per metre."""
    second = np.eye(count - 2, count) - 2 * np.eye(count - 2, count, 1) + np.eye(count - 2, count, 2)
    return np.asarray(np.diff(second, axis=0) / BLOCK_M**2)


def _curvature(points_m: Floats) -> Floats:
    steps = np.diff(points_m, axis=0)
    heading = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    length = np.hypot(*steps.T)
    return np.asarray(np.diff(heading) / ((length[1:] + length[:-1]) / 2))


def _lengthened(points_m: Floats) -> Floats:
    """With half a block more at both ends, straight on."""
    first, last = points_m[0] - (points_m[1] - points_m[0]) / 2, points_m[-1] + (points_m[-1] - points_m[-2]) / 2
    return np.vstack([first, points_m, last])


def _judged(sight: _Sight, fit: _Fit, lines: tuple[Line, Line], ends: Sequence[Floats]) -> Settled:
    """What came out, from click to click; `lines` are the one looked along and the one moved to."""
    looked, line = lines
    along, off = line.locate(*np.array(ends).T)
    start, end = along.tolist()
    clicks_off_m = float(np.abs(off).max())
    view = sight.view
    held = along_path(view.log_odds, view.offsets_m, fit.offsets_m)
    here = view.chainages_m - float(looked.locate(*ends[0])[0][0]) + start
    inside = (here > start - BLOCK_M / 2) & (here < end + BLOCK_M / 2)
    apart = float(np.hypot(*(ends[1] - ends[0])))
    borne = np.maximum(np.clip(held, *_BOUNDS), _CAR_CREDIT * sight.body + _BOUNDS[0] * (1 - sight.body))
    score = float(borne[inside].mean()) - _JUMP_COST * float(np.abs(fit.jumps).sum())
    score -= _LENGTH_COST * ((end - start) / apart - 1) + _CLICK_COST * clicks_off_m
    score -= _AXIS_COST * float(np.minimum(np.abs(fit.axis_off_m[inside]), _AXIS_LIMIT_M).mean())
    chainages = np.append(np.arange(start, end - BLOCK_M / 5, BLOCK_M), end)
    points = np.column_stack(line.points(chainages))
    spread, odds = (np.interp(chainages, here, values) for values in (fit.se_m, held))
    return Settled(TracedLine(points, spread, odds), score, clicks_off_m)
