"""Corridors along rough lines, and the tracks seen in them."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from yardwatch.model.frame import Floats, Frame
from yardwatch.model.line import Line
from yardwatch.model.ports import SceneReader
from yardwatch.model.ribbon import RibbonSpec
from yardwatch.railcars.paths import RailPath
from yardwatch.railcars.rails import BLOCK_M, REACH_M, RailFinder, RailView
from yardwatch.railcars.ribbon import plan_ribbon

__all__ = ["SURE", "Corridor", "TracedLine", "look_along", "rounded_line"]

SURE = 0.7
"""Log-odds of a track over those of any place in a yard from which on it is said to be seen."""

_STEP_M = 2.5
_ROUNDING_M = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Corridor:
    """A rough line and what the image shows around it."""

    line: Line
    """The rough line, local metres."""
    view: RailView
    """What runs along it, block by block."""

    def traced(self, path: RailPath) -> "TracedLine":
        """A path as a line on the ground that goes on straight to both ends of the corridor."""
        chainages = np.concatenate([[self.view.span_m[0]], self.view.chainages_m, [self.view.span_m[1]]])
        x, y = self.line.points(chainages, _held(path.offsets_m))
        return TracedLine(np.column_stack([x, y]), _held(path.se_m), _held(path.log_odds))


@dataclass(frozen=True, slots=True, eq=False)
class TracedLine:
    """A track as the image shows it."""

    points_m: Floats
    """Its points, about every 5 m, shape (n, 2), local metres."""
    se_m: Floats
    """Standard error of each across the track, metres, shape (n,)."""
    log_odds: Floats
    """That a track is there rather than none, around each point, shape (n,)."""

    @property
    def sure_share(self) -> float:
        """Share of the length where the image shows the track rather than none, 0 to 1."""
        steps = np.hypot(*np.diff(self.points_m, axis=0).T)
        sure = (self.log_odds[1:] > SURE) & (self.log_odds[:-1] > SURE)
        return float(steps[sure].sum() / max(float(steps.sum()), 1e-9))


def look_along(
    reader: SceneReader, line: Line, *, frame: Frame, half_width_m: float, finder: RailFinder
) -> Corridor | None:
    """Read a corridor of the image along a line; None where less than two blocks of it lie in the image.

    Parameters
    ----------
    reader : SceneReader
        The scene.
    line : Line
        The rough line, in metres of `frame`, without sharp corners (see `rounded_line`).
    half_width_m : float
        How far to each side tracks are looked for, metres.
    frame : Frame
        The local frame.
    finder : RailFinder
        What judges.
    """
    spec = RibbonSpec(half_width_m=half_width_m + REACH_M)
    plan = plan_ribbon("corridor", line, reader.scene.grid, frame, spec=spec)
    if plan is None or len(plan.chainages_m) * spec.step_m < 2 * BLOCK_M:
        return None
    pixels = reader.sample(plan.column, plan.row, footprint_px=plan.footprint_px)
    return Corridor(line, finder.view(plan.ribbon(pixels), gsd_m=reader.scene.gsd_m))


def rounded_line(line: Line) -> Line:
    """A line with its corners rounded as a track would take them; its ends stay where they are."""
    count = max(3, round(line.length_m / _STEP_M) + 1)
    chainages = np.linspace(0, line.length_m, count)
    points = np.column_stack(line.points(chainages))
    first, last = points[0], points[-1]
    step = line.length_m / (count - 1)
    straight = first + (last - first) * (chainages / line.length_m)[:, None]
    bend = gaussian_filter1d(_odd(points - straight), _ROUNDING_M / step, axis=0)
    return Line.through(*(straight + bend[count - 1 : 2 * count - 1]).T)


def _odd(bend: Floats) -> Floats:
    """Mirrored in both ends with the sign turned, so that smoothing leaves the ends alone."""
    return np.concatenate([-bend[:0:-1], bend, -bend[-2::-1]])


def _held(values: Floats) -> Floats:
    """The first and the last value said once more."""
    return np.concatenate([values[:1], values, values[-1:]])
