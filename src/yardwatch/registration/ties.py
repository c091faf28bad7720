"""Tie points: windows spread over the common ground, each looked for in the other scene."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats
from yardwatch.registration.matching import Matches, joined, match
from yardwatch.registration.plane import Plane
from yardwatch.registration.sampling import windows_of
from yardwatch.registration.structure import Field, Reals, structure

__all__ = ["Look", "Ties", "spread"]

Look = Callable[[Floats, float], Reals]
"""Brightness at pixels of one scene, shape (…, 2), averaged over so many of them."""

_AT_ONCE = 36
_RIM = 0.4
"""Windows may reach beyond the common ground by a tenth of their side."""


@dataclass(slots=True, eq=False)
class Ties:
    """Windows of one size and step; those of the reference are read once."""

    reference: Look
    """Pixels of the reference."""
    moving: Look
    """Pixels of the moving scene."""
    points: Floats
    """Middle of each window in the plane, shape (n, 2)."""
    step: float
    """Size of a working pixel, units of the plane."""
    size: int
    """Working pixels to a side."""
    reach_px: int
    """Largest shift looked for, working pixels."""
    _still: list[Field] = field(default_factory=list)

    def look(self, plane: Plane) -> Matches:
        """Where each window is found when the moving scene lies as in `plane`."""
        return joined([match(still, self._moved(plane, part), reach_px=self.reach_px) for part, still in self._parts()])

    def _parts(self) -> Iterator[tuple[slice, Field]]:
        parts = [slice(start, start + _AT_ONCE) for start in range(0, len(self.points), _AT_ONCE)]
        if not self._still:
            self._still = [self._at_rest(part) for part in parts]
        return zip(parts, self._still, strict=True)

    def _at_rest(self, part: slice) -> Field:
        points = self.points[part]
        level = np.broadcast_to(np.eye(2), (len(points), 2, 2))
        return structure(self.reference(windows_of(points, level, size=self.size, step=self.step), self.step))

    def _moved(self, plane: Plane, part: slice) -> Field:
        points = self.points[part]
        slopes = plane.slope(points)
        footprint = self.step * float(np.sqrt(np.abs(np.linalg.det(slopes)).mean()))
        windows = windows_of(plane.to_moving(points), slopes, size=self.size, step=self.step)
        return structure(self.moving(windows, footprint))


def spread(box: Floats, *, most: int, size: int, step: float) -> tuple[Floats, NDArray[np.bool_]]:
    """Middles of about `most` windows spread evenly over a box, and which of them are to be held out: a third.

    Fewer where they would overlap by more than half.
    """
    extent = (box[1] - box[0]) / step
    inner = np.maximum(extent - 2 * _RIM * size, 1.0)
    apart = max(float(np.sqrt(inner.prod() / most)), size / 2)
    count = np.maximum(np.floor(inner / apart).astype(int) + 1, 1)
    axes = [box[0][k] + (_RIM * size + (np.arange(count[k]) + 0.5) / count[k] * inner[k]) * step for k in (0, 1)]
    column, row = np.meshgrid(np.arange(count[0]), np.arange(count[1]))
    points = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    return points, np.asarray((column + row) % 3 == 2, bool).ravel()
