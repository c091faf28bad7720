"""Pulling rough lines onto the tracks of an image, all together, and proposing tracks that no line covers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from yardwatch.model.frame import Floats, Frame
from yardwatch.model.line import Line
from yardwatch.model.ports import Progress, SceneReader
from yardwatch.railcars.assigning import Options, assigned, common_shifts, options_of
from yardwatch.railcars.candidates import LEAST_APART_M, abreast
from yardwatch.railcars.corridors import SURE, Corridor, TracedLine, look_along, rounded_line
from yardwatch.railcars.paths import polished
from yardwatch.railcars.rails import BLOCK_M, RailFinder

__all__ = ["Draft", "PulledLine", "draft_lines"]

_HALF_WIDTH_M = 8.0
_LEAST_PROPOSED_M = 60.0
_LEAST_SURE = 0.85
_MOST_GAP = 2
_ROUNDS = 4
_MOST_PROPOSED = 200
_DOTS_M = 1.0
_AS_GOOD = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class PulledLine:
    """A rough line, pulled onto the track that it stands for."""

    source: int
    """Number of the rough line; −1 if there was none and the track is proposed."""
    line: TracedLine
    """Where the track lies."""
    moved_m: float
    """How far it was moved across, median, metres; nought if there was none."""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """Tracks drafted from rough lines and one image."""

    pulled: tuple[PulledLine, ...]
    """In the order of the rough lines, without those that the image does not show for 10 m."""
    proposed: tuple[PulledLine, ...]
    """Tracks that no line covers, the best supported first."""
    shift_m: tuple[float, float]
    """Shift common to all lines, metres east and north."""
    shifts: int
    """How many common shifts fit nearly as well; more than one leaves a doubt by a whole track."""


def draft_lines(
    reader: SceneReader,
    lines: Sequence[Line],
    *,
    frame: Frame,
    finder: RailFinder,
    propose: bool = True,
    progress: Progress | None = None,
) -> Draft:
    """Pull rough lines onto tracks.

    A corridor along each line shows where tracks may be, and the best few paths in it, apart from one another, are its
    options. A shift common to all lines is sought, and then the choice of one option for each that fits image, shift
    and neighbours best: no two lines share a track, and none change places. The chosen paths are polished to a
    fraction of a pixel. What is left in the corridors, long and sure and clear of all lines, is proposed.

    Parameters
    ----------
    reader : SceneReader
        The scene.
    lines : sequence of Line
        Rough lines in metres of `frame`, within about 6 m of the tracks; each should lie in the image.
    frame : Frame
        The local frame.
    finder : RailFinder
        What judges each place across a corridor.
    propose : bool
        Whether to propose tracks that no line covers.
    progress : callable, optional
        Told of each corridor that was read.
    """
    corridors: list[Corridor] = []
    sources = []
    for number, line in enumerate(lines):
        if progress:
            progress("reading rails", number, len(lines))
        corridor = _corridor(reader, rounded_line(line), frame, finder)
        if corridor is not None:
            corridors.append(corridor)
            sources.append(number)
    if not corridors:
        return Draft((), (), (0.0, 0.0), 0)
    options = [options_of(corridor) for corridor in corridors]
    pairs = abreast(corridors)
    shifts = common_shifts(options)
    tried = [assigned(options, pairs, shift) for shift, share in shifts if share >= _AS_GOOD]
    best = min(tried, key=lambda one: one.energy)
    pulled = tuple(
        _pulled(source, one, choice) for source, one, choice in zip(sources, options, best.chosen, strict=True)
    )
    proposed = _proposed(reader, options, [one.line for one in pulled], frame, finder) if propose else ()
    return Draft(pulled, proposed, best.shift_m, len(shifts))


def _corridor(reader: SceneReader, line: Line, frame: Frame, finder: RailFinder) -> Corridor | None:
    return look_along(reader, line, frame=frame, half_width_m=_HALF_WIDTH_M, finder=finder)


def _pulled(source: int, one: Options, choice: int) -> PulledLine:
    view = one.corridor.view
    path = polished(view.log_odds, view.offsets_m, one.paths_m[choice])
    return PulledLine(source, one.corridor.traced(path), float(np.median(np.abs(path.offsets_m))))


def _proposed(
    reader: SceneReader, options: list[Options], taken: list[TracedLine], frame: Frame, finder: RailFinder
) -> tuple[PulledLine, ...]:
    """Tracks beside the lines, and beside those found beside them."""
    found: list[TracedLine] = []
    fresh = options
    for _ in range(_ROUNDS):
        new: list[TracedLine] = []
        seen = [run for one in fresh for path in one.paths_m for run in _runs(one.corridor, path)]
        for run in sorted(seen, key=lambda one: -float(one.log_odds.clip(-1, 3).sum())):
            clear = _clear_part(run, [*taken, *found, *new])
            if clear is not None and len(found) + len(new) < _MOST_PROPOSED:
                new.append(clear)
        if not new:
            break
        found += new
        corridors = [_corridor(reader, rounded_line(Line.through(*one.points_m.T)), frame, finder) for one in new]
        fresh = [options_of(corridor) for corridor in corridors if corridor is not None]
    return tuple(PulledLine(-1, one, 0.0) for one in found)


def _runs(corridor: Corridor, path_m: Floats) -> list[TracedLine]:
    """The long stretches of a path where the image surely shows a track."""
    view = corridor.view
    traced = corridor.traced(polished(view.log_odds, view.offsets_m, path_m))
    return [_cut(traced, *run) for run in _stretches(traced.log_odds > SURE)]


def _clear_part(line: TracedLine, taken: list[TracedLine]) -> TracedLine | None:
    """The longest stretch of a line that is clear of all others, if it is long enough and sure."""
    dots = np.vstack([_dotted(one) for one in taken])
    away = cKDTree(dots).query(line.points_m)[0]
    runs = [_cut(line, *run) for run in _stretches(away > LEAST_APART_M)]
    if not runs:
        return None
    best = max(runs, key=lambda one: len(one.points_m))
    return best if best.sure_share >= _LEAST_SURE else None


def _stretches(held: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last-but-one of each long run, short gaps closed."""
    places = np.flatnonzero(held)
    if not len(places):
        return []
    breaks = np.flatnonzero(np.diff(places) > _MOST_GAP + 1)
    starts = places[np.concatenate([[0], breaks + 1])]
    ends = places[np.concatenate([breaks, [len(places) - 1]])]
    return [(int(a), int(b) + 1) for a, b in zip(starts, ends, strict=True) if (b - a) * BLOCK_M >= _LEAST_PROPOSED_M]


def _cut(line: TracedLine, first: int, last: int) -> TracedLine:
    return TracedLine(line.points_m[first:last], line.se_m[first:last], line.log_odds[first:last])


def _dotted(line: TracedLine) -> Floats:
    whole = Line.through(*line.points_m.T)
    return np.column_stack(whole.points(np.arange(0, whole.length_m + _DOTS_M, _DOTS_M)))
