"""Which candidate each of many neighbouring lines is pulled to, all at once, in order and one track each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yardwatch.model.frame import Floats
from yardwatch.railcars.candidates import LEAST_APART_M, Abreast, candidates, support
from yardwatch.railcars.corridors import Corridor

__all__ = ["Assignment", "Options", "assigned", "common_shifts", "options_of"]

_WIDEST_SHIFT_M = 6.0
_SHIFT_STEP_M = 0.25
_SHIFT_SD_M = 2.5
_SHIFTS = 3
_NEARLY = 0.75
_SHIFTS_APART_M = 1.5
_TEMPER = 0.15
_OWN_SD_M = 1.3
_RELATIVE_SD_M = 0.9
_MOST_RELATIVE = 4.0
_COLLAPSE = 3.0
_WEIGHT_M = 60.0
_ROUNDS = 40
_DAMPING = 0.5
_SWEEPS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """The paths that a line may be pulled to."""

    corridor: Corridor
    """Around the line as it was given."""
    paths_m: Floats
    """Offsets of each path at each block, metres, shape (c, b)."""
    gains: Floats
    """How much the image speaks for each, shape (c,)."""
    normals: Floats
    """Direction to the left of the line at each block, shape (b, 2)."""


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """One path for each line."""

    chosen: tuple[int, ...]
    """Which of its options each line takes."""
    energy: float
    """How ill it all fits, the lower the better."""
    shift_m: tuple[float, float]
    """Shift common to all lines under which it was found, metres east and north."""


def options_of(corridor: Corridor) -> Options:
    """The paths in a corridor, each with what the image says for it."""
    paths = candidates(corridor)
    gains = np.array([_TEMPER * support(corridor, path).sum() for path in paths])
    x, y = corridor.line.points(corridor.view.chainages_m, np.array([[0.0], [1.0]]))
    return Options(corridor, paths, gains, np.column_stack([x[1] - x[0], y[1] - y[0]]))


def common_shifts(options: Sequence[Options]) -> list[tuple[tuple[float, float], float]]:
    """Shifts of all lines together, metres east and north, under which they lie on tracks well, best first.

    A map and an image often disagree by the same few metres everywhere. Where tracks lie evenly side by side, a shift
    by one of them fits all but the outer ones; whatever fits nearly as well is given too, each with its score as a
    share of the best. Where no shift puts most lines on tracks, the lines are off each by itself, and the only shift
    is none.
    """
    steps = np.arange(-_WIDEST_SHIFT_M, _WIDEST_SHIFT_M + 1e-9, _SHIFT_STEP_M)
    east, north = (axis.ravel() for axis in np.meshgrid(steps, steps))
    inside = np.hypot(east, north) <= _WIDEST_SHIFT_M
    shifts = np.column_stack([east[inside], north[inside]])
    score = -0.5 * (shifts**2).sum(1) / _SHIFT_SD_M**2
    for one in options:
        score += _TEMPER * _under(one, shifts)
    normals = np.concatenate([one.normals for one in options])
    found: list[tuple[tuple[float, float], float]] = []
    if score.max() <= 0:
        return [((0.0, 0.0), 1.0)]
    for index in np.argsort(-score):
        shift = (float(shifts[index, 0]), float(shifts[index, 1]))
        if score[index] < _NEARLY * score.max() or len(found) == _SHIFTS:
            break
        if all(_across(normals, shift, other) >= _SHIFTS_APART_M for other, _ in found):
            found.append((shift, float(score[index] / score.max())))
    return found


def assigned(options: Sequence[Options], pairs: Sequence[Abreast], shift_m: tuple[float, float]) -> Assignment:
    """The best choice for all lines together, given a shift common to all of them.

    Each line pays for what the image says against its path and for moving otherwise than the common shift. Two lines
    side by side pay for a change of the distance between them, and dearly for changing places or sharing a track. The
    least sum is sought by passing messages between neighbours and then by changing one line, or two, at a time.
    """
    own = [_own(one, np.array(shift_m)) for one in options]
    links = {(pair.first, pair.second): _link(pair, options) for pair in pairs}
    start = _by_messages(own, links)
    best = _by_sweeps(own, links, start)
    return Assignment(tuple(best), _energy(own, links, best), shift_m)


def _across(normals: Floats, shift: tuple[float, float], other: tuple[float, float]) -> float:
    """By how much two shifts differ across the tracks, root mean square, metres."""
    return float(np.sqrt(np.mean((normals @ np.subtract(shift, other)) ** 2)))


def _under(one: Options, shifts: Floats) -> Floats:
    """What the image says for a line under each shift."""
    offsets = one.corridor.view.offsets_m
    place = (one.normals @ shifts.T - offsets[0]) / (offsets[1] - offsets[0])
    near = np.clip(np.round(place).astype(int), 0, len(offsets) - 1)
    held = np.take_along_axis(one.corridor.view.log_odds, near, axis=1)
    return np.asarray(np.clip(held, -1.5, 2.0).sum(0))


def _own(one: Options, shift: Floats) -> Floats:
    expected = one.normals @ shift
    moved = ((one.paths_m - expected) ** 2).mean(1)
    weight = 1 + one.paths_m.shape[1] * 5.0 / _WEIGHT_M
    return np.asarray(-one.gains + weight * np.minimum(moved / (2 * _OWN_SD_M**2), 8.0))


def _link(pair: Abreast, options: Sequence[Options]) -> Floats:
    """What two lines pay for each choice of both, shape (c, d)."""
    one = options[pair.first].paths_m[:, None, pair.blocks]
    other = pair.turned * options[pair.second].paths_m[None, :, pair.others]
    before, after = pair.apart_m, pair.apart_m + other - one
    weight = 0.5 * len(pair.blocks) * 5.0 / _WEIGHT_M
    relative = np.minimum((after - before) ** 2 / (2 * _RELATIVE_SD_M**2), _MOST_RELATIVE).mean(2)
    parallel = np.abs(before) > LEAST_APART_M
    short = np.clip((LEAST_APART_M - after * np.sign(before)) / 1.0, 0, 1) * parallel
    return np.asarray(weight * relative + _COLLAPSE * short.sum(2))


def _by_messages(own: list[Floats], links: dict[tuple[int, int], Floats]) -> list[int]:
    """Min-sum belief propagation, damped."""
    both = {**links, **{(b, a): cost.T for (a, b), cost in links.items()}}
    beside: dict[int, list[int]] = {index: [] for index in range(len(own))}
    for a, b in both:
        beside[a].append(b)
    told = {(a, b): np.zeros(len(own[b])) for a, b in both}
    for _ in range(_ROUNDS):
        for (a, b), cost in both.items():
            belief = own[a] + sum((told[c, a] for c in beside[a] if c != b), np.zeros(len(own[a])))
            message = (belief[:, None] + cost).min(0)
            told[a, b] = _DAMPING * told[a, b] + (1 - _DAMPING) * (message - message.min())
    return [
        int(np.argmin(own[a] + sum((told[c, a] for c in beside[a]), np.zeros(len(own[a]))))) for a in range(len(own))
    ]


def _by_sweeps(own: list[Floats], links: dict[tuple[int, int], Floats], start: list[int]) -> list[int]:
    """Change one line, or two neighbours together, as long as that helps."""
    chosen = list(start)
    beside: dict[int, list[tuple[int, Floats]]] = {index: [] for index in range(len(own))}
    for (a, b), cost in links.items():
        beside[a].append((b, cost))
        beside[b].append((a, cost.T))

    def costs(a: int, without: int | None = None) -> Floats:
        return own[a] + sum((cost[:, chosen[b]] for b, cost in beside[a] if b != without), np.zeros(len(own[a])))

    for _ in range(_SWEEPS):
        before = list(chosen)
        for a in range(len(own)):
            chosen[a] = int(np.argmin(costs(a)))
        for (a, b), cost in links.items():
            joint = costs(a, b)[:, None] + costs(b, a)[None, :] + cost
            chosen[a], chosen[b] = (int(one) for one in np.unravel_index(int(np.argmin(joint)), joint.shape))
        if chosen == before:
            break
    return chosen


def _energy(own: list[Floats], links: dict[tuple[int, int], Floats], chosen: list[int]) -> float:
    total = sum(float(own[a][k]) for a, k in enumerate(chosen))
    return total + sum(float(cost[chosen[a], chosen[b]]) for (a, b), cost in links.items())
