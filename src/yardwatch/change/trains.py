"""Trains that stand in one of two scenes are no construction."""

from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from shapely import Polygon

from yardwatch.model.change import Change
from yardwatch.model.frame import Frame
from yardwatch.model.railcar import Railcar
from yardwatch.model.site import Site, frame_of

__all__ = ["without_trains"]

_ROOM_M = 1.2
_MOSTLY = 0.45
_LASTING = frozenset({"track_renewal"})


def without_trains(changes: Iterable[Change], railcars: Sequence[Railcar], site: Site) -> tuple[Change, ...]:
    """The changes that are not for the most part cars that were counted in one of the two scenes.

    Parameters
    ----------
    changes : iterable of Change
        In the site's CRS.
    railcars : sequence of Railcar
        Those of both scenes.
    site : Site
        Gives the local metric frame.
    """
    frame = frame_of(site)
    cars = [_local(frame, car.footprint).buffer(_ROOM_M) for car in railcars]
    if not cars:
        return tuple(changes)
    standing = shapely.union_all(cars)
    kept = []
    for change in changes:
        shape = _local(frame, change.polygon[0]).buffer(0)
        if change.kind in _LASTING or shape.intersection(standing).area < _MOSTLY * shape.area:
            kept.append(change)
    return tuple(kept)


def _local(frame: Frame, ring: Sequence[tuple[float, float]]) -> Polygon:
    return Polygon(np.column_stack(frame.to_local(*np.array(ring, float).T)))
