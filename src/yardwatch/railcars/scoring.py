"""How good a count is, measured against labelled railcars."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from yardwatch.model.frame import Floats
from yardwatch.model.line import Line

__all__ = ["OnTrack", "Score", "TruthCar", "score_cars"]

_OVERLAP = 0.5
_ASIDE_M = 2.0
_IN_VIEW = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class TruthCar:
    """A railcar as labelled."""

    corners_m: Floats
    """Corners of its outline in local metres, shape (n, 2)."""
    fraction_in_view: float
    """How much of it the image shows."""
    type: str | None
    """Its type, if labelled."""


@dataclass(frozen=True, slots=True)
class OnTrack:
    """A railcar as found."""

    track: str
    """Name of its track."""
    start_m: float
    """Chainage of its lower end, metres."""
    end_m: float
    """Chainage of its upper end, metres."""
    offset_m: float
    """Offset of its middle, metres."""


@dataclass(frozen=True, slots=True)
class Score:
    """What was found rightly, wrongly and not at all."""

    truth: int
    """Labelled railcars of which at least half is in view."""
    found: int
    """Railcars found, without those that match a label less than half in view."""
    right: int
    """Labelled railcars that were found."""
    matches: tuple[tuple[int, int], ...]
    """Indices of found and labelled cars that belong together, ignored ones included."""

    @property
    def precision(self) -> float:
        """Share of the found cars that are right; 1 where nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the labelled cars that were found; 1 where there is none."""
        return self.right / self.truth if self.truth else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 where nothing stands and nothing was found."""
        return 2 * self.right / (self.found + self.truth) if self.found + self.truth else 1.0


def score_cars(found: Sequence[OnTrack], truth: Sequence[TruthCar], lines: dict[str, Line]) -> Score:
    """Match cars one to one and count.

    Two belong together when their stretches along the track of the found one overlap by half (intersection over union)
    and their middles lie within 2 m of each other across it. Of all ways to match, the one with the greatest total
    overlap is taken. Labels less than half in view are ignored, and so is what matches them.

    Parameters
    ----------
    found : sequence of OnTrack
        What was found.
    truth : sequence of TruthCar
        What is there.
    lines : dict of str to Line
        The tracks in the same local metres as `truth`.
    """
    overlap = np.array([[_overlap(car, label, lines[car.track]) for label in truth] for car in found])
    overlap = overlap.reshape(len(found), len(truth))
    rows, columns = linear_sum_assignment(-overlap)
    matches = [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if overlap[r, c] >= _OVERLAP]
    counted = [label.fraction_in_view >= _IN_VIEW for label in truth]
    ignored = sum(not counted[label] for _, label in matches)
    return Score(
        truth=sum(counted),
        found=len(found) - ignored,
        right=len(matches) - ignored,
        matches=tuple(matches),
    )


def _overlap(car: OnTrack, label: TruthCar, line: Line) -> float:
    """Intersection over union along the track; 0 where the two are too far apart across it."""
    middle = label.corners_m.mean(0)
    near_m = 0.5 * (car.end_m - car.start_m) + 40.0
    along_x, along_y = line.points((car.start_m + car.end_m) / 2, car.offset_m)
    if np.hypot(middle[0] - along_x, middle[1] - along_y) > near_m:
        return 0.0
    start_m, end_m, offset_m = _on_line(label.corners_m, line)
    if abs(offset_m - car.offset_m) > _ASIDE_M:
        return 0.0
    shared = min(end_m, car.end_m) - max(start_m, car.start_m)
    return max(0.0, shared / (max(end_m, car.end_m) - min(start_m, car.start_m)))


def _on_line(corners_m: Floats, line: Line) -> tuple[float, float, float]:
    """Start, end and middle offset of an outline on a line; corners beyond its ends count straight on."""
    middle, _ = line.locate(*corners_m.mean(0, keepdims=True).T)
    x, y = line.points(middle[0])
    ahead_x, ahead_y = line.points(middle[0] + 0.5)
    back_x, back_y = line.points(middle[0] - 0.5)
    along = np.array([ahead_x - back_x, ahead_y - back_y])
    along /= np.hypot(*along)
    away = corners_m - np.array([float(x), float(y)])
    chainage = middle[0] + away @ along
    offset = away @ np.array([-along[1], along[0]])
    return float(chainage.min()), float(chainage.max()), float(offset.mean())
