"""Following a track between two clicks."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats, Frame
from yardwatch.model.line import Line
from yardwatch.model.ports import SceneReader
from yardwatch.railcars.corridors import TracedLine, look_along, rounded_line
from yardwatch.railcars.evidence import Network
from yardwatch.railcars.paths import best_path, polished
from yardwatch.railcars.rails import BLOCK_M, RailFinder
from yardwatch.railcars.settling import Eyes, Settled, settled, spanned

__all__ = ["LONGEST_M", "SHORTEST_M", "NotTraced", "trace_between"]

SHORTEST_M, LONGEST_M = 15.0, 3000.0
"""How far apart two clicks may be, metres."""

_GLANCE_M = 35.0
_TURNS_RAD = np.radians(np.arange(-76, 77, 4))
_TURNS_APART = 2
_DIRECTIONS = 3
_BENDS = np.array([0.0, 1 / 400, -1 / 400, 1 / 170, -1 / 170])
_LOOK_M = 60.0
_STRIDE_M = 25.0
_SHARPEST = 1 / 130
_WIDE_M, _GLANCE_WIDTH_M, _WALK_WIDTH_M = 10.0, 2.0, 5.0
_PLAIN, _LEAST_SUPPORT, _SOME_SUPPORT = 0.3, -0.05, -0.4
_BEYOND = 1.6
_OFF_M = 2.3
_FAITH = 0.5
_BOUNDS = (-1.0, 0.5)
_GLANCES, _CLOSELY = 2, 3
_ALIKE_M, _PROBES = 0.8, 40
_STRAY, _STRAY_ALONG = 0.05, 0.5


@dataclass(frozen=True, slots=True)
class NotTraced:
    """Why no track was found between two clicks."""

    reason: str
    """One sentence."""


def trace_between(
    reader: SceneReader,
    start_m: tuple[float, float],
    end_m: tuple[float, float],
    *,
    frame: Frame,
    finder: RailFinder,
    network: Network | None = None,
) -> TracedLine | NotTraced:
    """The track on which two clicks lie, within about two metres, as the image shows it.

    The directions of the track at both clicks are sought first. Arcs between them, and walks along the rails from
    either click, give rough lines; some are also pulled to the best path in a wide corridor. Each is then settled
    on the track that the clicks hold it to (see `settled`), and the one that the image bears out best is taken.

    Parameters
    ----------
    reader : SceneReader
        The scene.
    frame : Frame
        A local frame.
    finder : RailFinder
        What judges each place across a corridor.
    network : Network, optional
        What tells cars from empty track; where cars stand, the trace is much better with it.
    start_m, end_m : (float, float)
        The clicks, metres of `frame`.

    Raises
    ------
    MisuseError
        If the clicks are less than 15 m or more than 3 km apart.
    """
    ends = np.array(start_m, float), np.array(end_m, float)
    apart = float(np.hypot(*(ends[1] - ends[0])))
    if not SHORTEST_M <= apart <= LONGEST_M:
        raise MisuseError(
            f"the clicks are {apart:.0f} m apart; click two places {SHORTEST_M:g} m to {LONGEST_M / 1000:g} km apart"
        )
    eyes = Eyes(reader, frame, finder, network)
    chosen = _best(eyes, ends)
    if chosen is None:
        return NotTraced("the image does not hold the ground between the two clicks")
    if chosen.score < _SOME_SUPPORT:
        return NotTraced("the image shows no track that leads from the first click to the second")
    if chosen.score < _LEAST_SUPPORT:
        return NotTraced("the image does not show clearly which track leads on; click once more between the two clicks")
    return chosen.line


def _best(eyes: Eyes, ends: tuple[Floats, Floats]) -> Settled | None:
    """The line that the image bears out best; the search ends with the first that it bears out plainly."""
    glanced = []
    for line in _starts(eyes, *ends):
        found = settled(eyes, line, ends, rounds=_GLANCES)
        if found is None:
            continue
        if found.score > _PLAIN:
            rested = _rested(eyes, found, ends)
            if rested is not None and rested.score > _PLAIN:
                return rested
        glanced.append(found)
    glanced.sort(key=lambda one: -one.score)
    best = [rested for one in glanced[:_CLOSELY] if (rested := _rested(eyes, one, ends)) is not None]
    return max(best or glanced, key=lambda one: one.score, default=None)


def _rested(eyes: Eyes, found: Settled, ends: tuple[Floats, Floats]) -> Settled | None:
    line = spanned(found.line.points_m, ends)
    return None if line is None else settled(eyes, line, ends)


def _starts(eyes: Eyes, first: Floats, last: Floats) -> Iterator[Line]:
    """Lines from click to click to settle from, none much like another; the plainest first."""
    kept: list[Line] = []
    for rough in _rough_lines(eyes, first, last):
        for points in (rough, _pulled(eyes, rough, first, last)):
            line = None if points is None else spanned(points, (first, last))
            if line is not None and not any(_alike(line, other) for other in kept):
                kept.append(line)
                yield line


def _alike(line: Line, other: Line) -> bool:
    """Whether two lines lie within a metre or so of each other all along."""
    ours, theirs = (one.points(np.linspace(0, one.length_m, _PROBES)) for one in (line, other))
    return bool(np.hypot(ours[0] - theirs[0], ours[1] - theirs[1]).max() < _ALIKE_M)


def _pulled(eyes: Eyes, rough: Floats, first: Floats, last: Floats) -> Floats | None:
    """Points of the best path in a wide corridor along a rough line, if it comes to both clicks."""
    line = rounded_line(Line.through(*rough.T))
    corridor = look_along(eyes.reader, line, frame=eyes.frame, half_width_m=_WIDE_M, finder=eyes.finder)
    if corridor is None:
        return None
    view = corridor.view
    ends = [float(line.locate(*point)[1][0]) for point in (first, last)]
    bounded = _FAITH * np.clip(view.log_odds, *_BOUNDS)
    path = best_path(bounded, view.offsets_m, stray_cost=_STRAY_ALONG, start_m=ends[0], end_m=ends[1])
    if max(abs(path[0] - ends[0]), abs(path[-1] - ends[1])) > _OFF_M:
        return None
    return corridor.traced(polished(view.log_odds, view.offsets_m, path)).points_m


def _rough_lines(eyes: Eyes, first: Floats, last: Floats) -> Iterator[Floats]:
    """Lines that the track may follow to within some metres."""
    yield np.array([first, last])
    ahead = _directions(eyes, first, last - first)
    back = _directions(eyes, last, first - last)
    for start in ahead:
        for end in back:
            yield _curve(first, start[0], last, end[0] + np.pi)
    for start in ahead:
        walked = _walk(eyes, first, start, last)
        if walked is not None:
            yield walked
    for end in back:
        walked = _walk(eyes, last, end, first)
        if walked is not None:
            yield walked[::-1]


def _directions(eyes: Eyes, at: Floats, toward: Floats) -> list[tuple[float, float]]:
    """The likeliest directions of a track at a click, radians, each with how it bends from there, per metre."""
    straight = float(np.arctan2(toward[1], toward[0]))
    scores = np.array([[_glance(eyes, at, straight + turn, bend) for bend in _BENDS] for turn in _TURNS_RAD])
    best, bends = scores.max(1), scores.argmax(1)
    found = []
    for _ in range(_DIRECTIONS):
        index = int(np.argmax(best))
        if not np.isfinite(best[index]):
            break
        found.append((straight + float(_TURNS_RAD[index]), float(_BENDS[bends[index]])))
        best[max(0, index - _TURNS_APART) : index + _TURNS_APART + 1] = -np.inf
    return found or [(straight, 0.0)]


def _glance(eyes: Eyes, at: Floats, direction: float, bend: float) -> float:
    """How much a short arc from a click looks like a track."""
    line = Line.through(*_arc(at, direction, bend, _GLANCE_M).T)
    corridor = look_along(eyes.reader, line, frame=eyes.frame, half_width_m=_GLANCE_WIDTH_M, finder=eyes.finder)
    return -np.inf if corridor is None else float(np.clip(corridor.view.log_odds, -2, 2).mean(0).max())


def _curve(first: Floats, start: float, last: Floats, end: float) -> Floats:
    """A smooth curve from one place and direction to another: a cubic that is all but an arc where an arc fits."""
    apart = float(np.hypot(*(last - first)))
    turn = abs((end - start + np.pi) % (2 * np.pi) - np.pi)
    pull = apart / max(0.5, np.cos(turn / 4) ** 2)
    part = np.linspace(0, 1, max(4, int(apart / BLOCK_M)))[:, None]
    go, come = (np.array([np.cos(angle), np.sin(angle)]) * pull for angle in (start, end))
    return np.asarray(
        (2 * part**3 - 3 * part**2 + 1) * first
        + (part**3 - 2 * part**2 + part) * go
        + (3 * part**2 - 2 * part**3) * last
        + (part**3 - part**2) * come
    )


def _walk(eyes: Eyes, first: Floats, start: tuple[float, float], last: Floats) -> Floats | None:
    """Points of a walk along the rails from one click, if it comes to the other."""
    here, (direction, bend) = first.copy(), start
    points = [here]
    most = int(_BEYOND * np.hypot(*(last - first)) / _STRIDE_M) + 2
    for _ in range(most):
        gap = last - here
        if np.hypot(*gap) <= _LOOK_M and abs(_turn(np.arctan2(gap[1], gap[0]), direction)) < np.pi / 4:
            return np.array([*points, last])
        line = Line.through(*_arc(here, direction, bend, _LOOK_M).T)
        corridor = look_along(eyes.reader, line, frame=eyes.frame, half_width_m=_WALK_WIDTH_M, finder=eyes.finder)
        if corridor is None:
            return None
        view = corridor.view
        path = best_path(view.log_odds, view.offsets_m, start_m=0.0, stray_cost=_STRAY)
        offsets = polished(view.log_odds, view.offsets_m, path).offsets_m
        ground = np.column_stack(line.points(view.chainages_m, offsets))
        kept = max(2, int(np.searchsorted(view.chainages_m, _STRIDE_M)) + 1)
        if len(ground) <= kept:
            return None
        points += list(ground[1:kept])
        here = ground[kept - 1]
        near, far = ground[kept] - ground[kept - 2], ground[-1] - ground[kept - 1]
        direction = float(np.arctan2(near[1], near[0]))
        ahead = float(np.hypot(*far))
        bend = float(np.clip(2 * _turn(np.arctan2(far[1], far[0]), direction) / max(ahead, 1), -_SHARPEST, _SHARPEST))
    return None


def _arc(start: Floats, direction: float, bend: float, length_m: float) -> Floats:
    """Points of an arc ahead."""
    along = np.arange(0, length_m + 1, BLOCK_M)
    angle = direction + bend * along / 2
    reach = along * np.sinc(bend * along / 2 / np.pi)
    return np.column_stack([start[0] + reach * np.cos(angle), start[1] + reach * np.sin(angle)])


def _turn(angle: float, other: float) -> float:
    """From one direction to another, between −π and π."""
    return float((angle - other + np.pi) % (2 * np.pi) - np.pi)
