"""The stages of a work: what came or went at each date, and where."""

from collections.abc import Iterable, Iterator

import shapely
from shapely.geometry.base import BaseGeometry

from yardwatch.simulate._works import Work, outline_of
from yardwatch.simulate.plan import Thing

__all__ = ["stages_of"]

_LEAST_M2 = 4.0
_STANDING = frozenset({"building", "canopy"})


def stages_of(work: Work) -> Iterator[tuple[str, int, shapely.Polygon]]:
    """Kind, date and outline in local metres of each part of a work that is new since the date before."""
    for date in range(1, work.timing.dates):
        old, new = work.things[date - 1], work.things[date]
        stood, stands = _standing(old), _standing(new)
        bare = _outlines(new, "panel").difference(_outlines(old, "panel")).difference(stands)
        parts = [(work.kind, stands.difference(stood)), ("razed", stood.difference(stands))]
        parts.append(("earthwork", bare.difference(stood)))
        if work.ways[date] and not work.ways[date - 1]:
            parts.append(("road", work.outline))
        for kind, shape in parts:
            for part in shapely.get_parts(shape):
                if isinstance(part, shapely.Polygon) and part.area >= _LEAST_M2:
                    yield kind, date, part


def _standing(things: Iterable[Thing]) -> BaseGeometry:
    """Buildings and roofs, and the ground that stacks take up together."""
    corners = [corner for thing in things if thing.kind == "box" for corner in thing.corners()]
    stacks = [shapely.MultiPoint(corners).convex_hull] if corners else []
    return shapely.union_all([*stacks, *(outline_of(thing) for thing in things if thing.kind in _STANDING)])


def _outlines(things: Iterable[Thing], kind: str) -> BaseGeometry:
    return shapely.union_all([outline_of(thing) for thing in things if thing.kind == kind])
