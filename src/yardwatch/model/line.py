"""A line on the ground with positions along it (chainage) and across it (offset)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats

__all__ = ["Line"]

_SMOOTHING_M = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A polyline in local metres."""

    vertices_m: Floats
    """Vertices, shape (n, 2), metres in a local frame."""
    chainages_m: Floats
    """Chainage of each vertex, shape (n,), metres from the first."""

    @classmethod
    def through(cls, x_m: ArrayLike, y_m: ArrayLike) -> "Line":
        """The line through points, repeated points left out.

        Raises
        ------
        MisuseError
            If fewer than two different points remain.
        """
        points = np.column_stack([np.asarray(x_m, float), np.asarray(y_m, float)])
        steps = np.hypot(*np.diff(points, axis=0).T)
        points = points[np.concatenate([[True], steps > 1e-9])]
        if len(points) < 2:
            raise MisuseError("a line needs two different points")
        steps = np.hypot(*np.diff(points, axis=0).T)
        return cls(points, np.concatenate([[0.0], np.cumsum(steps)]))

    @property
    def length_m(self) -> float:
        """Length in metres."""
        return float(self.chainages_m[-1])

    def points(self, chainage_m: ArrayLike, offset_m: ArrayLike = 0.0) -> tuple[Floats, Floats]:
        """Local x and y of positions given along and across; offsets are positive to the left.

        The two arguments broadcast. The direction across is the one of the line smoothed over 2 m each way, so that
        a ribbon bends evenly at a vertex; beyond its ends the line goes on straight.
        """
        along = np.asarray(chainage_m, float)
        x, y = self._on(along)
        ahead_x, ahead_y = self._on(along + _SMOOTHING_M)
        back_x, back_y = self._on(along - _SMOOTHING_M)
        east, north = ahead_x - back_x, ahead_y - back_y
        norm = np.maximum(np.hypot(east, north), 1e-12)
        offset = np.asarray(offset_m, float)
        return x - offset * north / norm, y + offset * east / norm

    def locate(self, x_m: ArrayLike, y_m: ArrayLike) -> tuple[Floats, Floats]:
        """Chainage and offset of the nearest point on the line for each of n points; shapes (n,), (n,)."""
        points = np.column_stack([np.ravel(x_m), np.ravel(y_m)]).astype(float)
        start, step = self.vertices_m[:-1], np.diff(self.vertices_m, axis=0)
        lengths = np.hypot(*step.T)
        chainage, offset = np.empty(len(points)), np.empty(len(points))
        for index, point in enumerate(points):
            rise = point - start
            fraction = np.clip((rise * step).sum(1) / lengths**2, 0, 1)
            away = rise - fraction[:, None] * step
            nearest = int(np.argmin((away**2).sum(1)))
            chainage[index] = self.chainages_m[nearest] + fraction[nearest] * lengths[nearest]
            cross = step[nearest, 0] * rise[nearest, 1] - step[nearest, 1] * rise[nearest, 0]
            offset[index] = np.copysign(np.hypot(*away[nearest]), cross)
        return chainage, offset

    def _on(self, chainage_m: Floats) -> tuple[Floats, Floats]:
        """Points on the line, straight on beyond its ends."""
        segment = np.clip(np.searchsorted(self.chainages_m, chainage_m, "right") - 1, 0, len(self.chainages_m) - 2)
        start, end = self.chainages_m[segment], self.chainages_m[segment + 1]
        fraction = ((chainage_m - start) / (end - start))[..., None]
        point = (1 - fraction) * self.vertices_m[segment] + fraction * self.vertices_m[segment + 1]
        return point[..., 0], point[..., 1]
