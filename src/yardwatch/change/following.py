"""Follow a site over its dates: what lasts in the stack of scenes, together with what pairs of them show."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from yardwatch.change.bounding import bounds_of, stages_of
from yardwatch.change.layers import STEP_LABELS
from yardwatch.change.light import CARGO_ROLES, lattices_of
from yardwatch.change.network import StepNetwork
from yardwatch.change.objects import SiteObject, between, join_changes, local_shape
from yardwatch.change.places import Places
from yardwatch.change.sizes import EDGE_SE_CELLS, regularised, size_of
from yardwatch.change.spots import Spot, joined_spot, polygons_of
from yardwatch.change.stacking import COARSEST_M, LEAST_SCENES, lasting_spots
from yardwatch.model.change import Change, Comparison
from yardwatch.model.frame import Floats
from yardwatch.model.ports import SceneReader
from yardwatch.model.railcar import Railcar
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site

__all__ = ["follow_site"]

_AT_ONCE = frozenset({"razed", "road"})
_PART = 0.25
_STRONG_M2, _STRONG = 200.0, 0.8
_GAP_M, _ROOF_GAP_M, _ROAD_GAP_M, _SCRAP = 5.0, 20.0, 50.0, 0.2
_STRAIGHT = float(np.cos(np.radians(30)))
_TRAIN_M, _LEAST_ROOF_M2 = 7.0, 300.0
_RECTANGULAR = frozenset({"built", "razed", "concealment"})


def follow_site(
    readers: Sequence[SceneReader],
    site: Site,
    comparisons: Sequence[Comparison],
    cars: Sequence[Sequence[Railcar]] = (),
    *,
    network: StepNetwork | None = None,
) -> tuple[SiteObject, ...]:
    """What came or went over all dates, each once, largest first.

    From four scenes on, of 1.5 m or finer, what lasts in their stack comes first; of what only pairs show the large and
    sure is added. With fewer or coarser scenes the pairs speak alone.

    Parameters
    ----------
    readers : sequence of SceneReader
        Dated scenes by date, each on its aligned grid.
    site : Site
        The site.
    comparisons : sequence of Comparison
        Of pairs of these scenes.
    cars : sequence, optional
        The railcars counted in each scene.
    network : StepNetwork, optional
        What looks at all scenes; the one that ships with the package by default.
    """
    joined = join_changes(comparisons, site=site)
    scenes = [reader.scene for reader in readers]
    if len(scenes) < LEAST_SCENES or max(scene.gsd_m for scene in scenes) > COARSEST_M:
        return joined
    lattice = lattices_of(readers, site)[0]
    places = Places(lattice, site)
    spots = _together(lasting_spots(readers, site, cars, network=network), places, site)
    pairs = _between_neighbours(comparisons, scenes, site)
    lasting = [_object(spot, places, scenes, site, pairs) for spot in spots if _may_stand(spot, places, site)]
    shapes = [local_shape(one.change, site) for one in lasting]
    own = [one for one in joined if one.change.kind == "track_renewal" or _adds(one, shapes, site)]
    return tuple(sorted((*lasting, *own), key=lambda one: -one.change.area_m2))


def _between_neighbours(
    comparisons: Sequence[Comparison], scenes: Sequence[Scene], site: Site
) -> tuple[BaseGeometry, ...]:
    """What pairs of neighbouring dates show to have changed, for each date but the first, local metres."""
    number = {scene.id: index for index, scene in enumerate(scenes)}
    shapes: list[list[Polygon]] = [[] for _ in scenes[1:]]
    for one in comparisons:
        before, after = number.get(one.before.id), number.get(one.after.id)
        if before is not None and after == before + 1:
            shapes[before] += [local_shape(change, site) for change in one.changes if change.kind != "track_renewal"]
    return tuple(shapely.union_all(some) for some in shapes)


def _adds(one: SiteObject, shapes: Sequence[Polygon], site: Site) -> bool:
    """Whether something that pairs show is sure and lies nowhere near what the stack shows."""
    shape = local_shape(one.change, site)
    near = any(shape.distance(other) < 1.0 for other in shapes)
    return not near and one.change.confidence >= _STRONG and one.change.area_m2 >= _STRONG_M2


def _together(spots: Sequence[Spot], places: Places, site: Site) -> list[Spot]:
    """Spots with pieces of one thing made one: those of one kind a few metres apart, and scraps beside larger ones.

    Pieces of a road lie farther apart, where trees or shadows hide it; a strip between them is part of it.
    """
    rest, whole = sorted(spots, key=lambda spot: -spot.cells), list[Spot]()
    while rest:
        spot = rest.pop(0)
        near = [one for one in rest if _of_one(spot, one, places, site)]
        further = None if near else next((one for one in rest if _goes_on(spot, one, places, site)), None)
        if further:
            joined = joined_spot([replace(spot, shape=_bridged(spot.shape, further.shape)), further])
            rest = [joined, *(one for one in rest if one is not further)]
        elif near:
            room = max(one.shape.distance(spot.shape) for one in near)
            rest = [joined_spot([spot, *near], room / 2 + 1), *(one for one in rest if one not in near)]
        else:
            whole.append(spot)
    return whole


def _of_one(large: Spot, small: Spot, places: Places, site: Site) -> bool:
    """Whether the smaller of two spots is a part of the larger one; roofs over tracks have gaps that trains leave."""
    apart_m = large.shape.distance(small.shape) * places.cell_m
    if apart_m > _ROOF_GAP_M:
        return False
    kinds = {_kind(spot, places.in_metres(spot.shape), places, site) for spot in (large, small)}
    if kinds == {"concealment"} or (kinds == {"road"} and stages_of(large) == stages_of(small)):
        return True
    scrap = small.cells <= _SCRAP * large.cells and stages_of(small)[0] >= stages_of(large)[0]
    return apart_m <= _GAP_M and (len(kinds) == 1 or scrap)


def _goes_on(large: Spot, small: Spot, places: Places, site: Site) -> bool:
    """Whether both are pieces of a road that came in one step: the gap is no longer than the larger, and along both."""
    gap = shapely.shortest_line(large.shape, small.shape)
    if gap.length * places.cell_m > _ROAD_GAP_M or stages_of(large) != stages_of(small):
        return False
    if any(_kind(spot, places.in_metres(spot.shape), places, site) != "road" for spot in (large, small)):
        return False
    along, (length, way) = _way(gap)[1], _way(large.shape)
    bends = [abs(float(along @ one)) for one in (way, _way(small.shape)[1])]
    return gap.length <= length and min(bends) >= _STRAIGHT


def _way(shape: BaseGeometry) -> tuple[float, Floats]:
    """Length and direction of the longer side of the rectangle around a shape."""
    ends = shapely.get_coordinates(shapely.oriented_envelope(shape))
    sides = np.diff(ends, axis=0)
    longest = sides[np.argmax(np.hypot(*sides.T))]
    length = float(np.hypot(*longest))
    return length, longest / max(length, 1e-9)


def _bridged(one: Polygon, other: Polygon) -> Polygon:
    """A piece of road with the strip, as wide as the ends, that leads to another."""
    near = shapely.shortest_line(one, other).buffer(2 * one.area / one.length)
    strip = shapely.union_all([one.intersection(near), other.intersection(near)]).convex_hull
    return max(polygons_of(one.union(strip)), key=shapely.area)


def _may_stand(spot: Spot, places: Places, site: Site) -> bool:
    """Whether it is no train: a roof over tracks is wider than one, and more than one scene shows it."""
    outline = places.in_metres(spot.shape)
    if _kind(spot, outline, places, site) != "concealment":
        return True
    core = outline.buffer(-_TRAIN_M / 2).buffer(_TRAIN_M / 2)
    return core.area >= _LEAST_ROOF_M2 and stages_of(spot)[0] < len(spot.votes) - 1


def _object(
    spot: Spot, places: Places, scenes: Sequence[Scene], site: Site, pairs: Sequence[BaseGeometry]
) -> SiteObject:
    outline = places.in_metres(spot.shape).buffer(0)
    outline = outline if isinstance(outline, Polygon) else max(shapely.get_parts(outline), key=shapely.area)
    kind = _kind(spot, outline, places, site)
    shape = regularised(outline, tolerance_m=0.75 * places.cell_m, rectangles=kind in _RECTANGULAR)
    size = size_of(shape, edge_se_m=EDGE_SE_CELLS * places.cell_m, ribbon=kind == "road")
    shares = [float(outline.intersection(one).area / outline.area) for one in pairs]
    bounds = bounds_of(spot, shares, at_once=_at_once(spot, kind))
    (before, begun), (unfinished, finished) = bounds.began, bounds.finished
    done = len(scenes) if finished is None else stages_of(spot)[1]
    phases = tuple(
        (scene.id, "none" if number < begun else "post_construction" if number >= done else "active_construction")
        for number, scene in enumerate(scenes)
    )
    change = Change(
        id=f"lasting-{round(outline.centroid.x)}-{round(outline.centroid.y)}",
        kind=kind,
        polygon=places.rings_of_metres(shape),
        zone=places.zone_at(shape),
        area_m2=size.area_m2, area_m2_se=size.area_m2_se,
        length_m=size.length_m, length_m_se=size.length_m_se,
        width_m=size.width_m, width_m_se=size.width_m_se,
        confidence=min(0.99, spot.traits[-1]),
        phase=phases[-1][1],
        earliest=scenes[before].acquired,
        latest=scenes[-1 if finished is None else finished].acquired,
    )  # fmt: skip
    end = None if finished is None else scenes[finished]
    return SiteObject(change, between(scenes[before], scenes[begun]), between(scenes[unfinished], end), phases)


def _kind(spot: Spot, outline: Polygon, places: Places, site: Site) -> str:
    """What it is: what the network says of most of it, bared ground only where nothing came to stand there."""
    zone = places.zone_at(outline)
    if any(one.name == zone and one.role in CARGO_ROLES for one in site.zones):
        return "stockpile"
    works = _works(spot)
    return max(works, key=lambda kind: works[kind]) if works else "earthwork"


def _works(spot: Spot) -> dict[str, float]:
    """What the network takes a good part of it for, apart from bared ground, and how much speaks for that."""
    weights = dict(zip(STEP_LABELS[1:], spot.traits, strict=False))
    total = sum(weights.values())
    return {kind: weight for kind, weight in weights.items() if kind != "earthwork" and weight >= _PART * total}


def _at_once(spot: Spot, kind: str) -> bool:
    """Whether it came or went in one step, or may have: what is called built may as well have been razed."""
    return kind in _AT_ONCE or (kind == "built" and "razed" in _works(spot))
