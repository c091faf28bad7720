"""From changes between pairs of scenes to objects that came or went over several dates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import shapely
from shapely import Polygon

from yardwatch.change.kinds import joined_kind, may_be_one
from yardwatch.change.sizes import EDGE_SE_CELLS, regularised, size_of
from yardwatch.model.change import Change, Comparison
from yardwatch.model.dates import When, parse_when
from yardwatch.model.frame import Frame, frame_around
from yardwatch.model.scene import Scene
from yardwatch.model.site import Coordinates, Site, frame_of

__all__ = ["SiteObject", "between", "join_changes", "local_shape"]

_SHARED = 0.3
_SEEN_AGAIN = 0.25
_HIDDEN = 0.5
_CELL_M = 0.75
_CLOSING_M = 1.5
_ALONE = 0.75
_CONFIRMED = 0.5
_PREPARING = frozenset({"earthwork", "surface"})
_OWN_DATES = frozenset({"track_renewal"})
_RECTANGULAR = frozenset({"built", "razed", "concealment"})


@dataclass(frozen=True, slots=True)
class SiteObject:
    """Something that came or went at a site, as several scenes show it."""

    change: Change
    """Its kind, outline and size, the phase at the last date, and the dates that bound all of it."""
    began: When | None
    """Between which dates it began, in EDTF, never finer than the gap between scenes; None if not known."""
    finished: When | None
    """Between which dates it was finished; open where no later scene shows that it was; None if not known."""
    phases: tuple[tuple[str, str], ...]
    """Id of each scene that shows its place, by date, with one of `yardwatch.model.change.PHASES`."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """One change with where it lies among the dates."""

    change: Change
    shape: Polygon
    first: int
    last: int
    own_dates: bool
    """Whether it says itself between which dates it happened, as what all scenes together show does."""


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """One comparison with its scenes' places among the dates."""

    first: int
    last: int
    hidden: shapely.Geometry


@dataclass(frozen=True, slots=True, eq=False)
class _Record:
    """All comparisons of a site, in local metres."""

    frame: Frame
    scenes: tuple[Scene, ...]
    pairs: tuple[_Pair, ...]
    seen: tuple[_Seen, ...]

    def next_after(self, pair: _Pair | _Seen) -> bool:
        """Whether no compared scene lies between the two scenes of a pair."""
        if isinstance(pair, _Seen) and pair.own_dates:
            return True
        inner = {number for other in self.pairs for number in (other.first, other.last)}
        return not any(pair.first < number < pair.last for number in inner)


def join_changes(comparisons: Iterable[Comparison], *, site: Site | None = None) -> tuple[SiteObject, ...]:
    """What came or went over several dates, each once, largest first.

    Changes of neighbouring dates that lie on one another and may be stages of one work are one object. What those
    show must still be seen against the first scene afterwards, where that was compared: a train or a heap that
    left again is no object. What only comparisons with the first scene show, since clouds hid the dates between, is
    bounded by the last scene that shows the place unchanged.

    Parameters
    ----------
    comparisons : iterable of Comparison
        Of one site, in one CRS; those that could not be aligned are left out.
    site : Site, optional
        Gives the local metric frame; the first change does otherwise.
    """
    usable = [one for one in comparisons if one.compared and one.before.acquired and one.after.acquired]
    record = _record(usable, site)
    if record is None:
        return ()
    found = [_object(record, cluster) for cluster in _clusters(record) if _lasting(record, cluster)]
    ordered = sorted(found, key=lambda one: -one.change.area_m2)
    return tuple(
        replace(one, change=replace(one.change, id=f"object-{number}")) for number, one in enumerate(ordered, 1)
    )


def between(before: Scene, after: Scene | None) -> When | None:
    """The time between two scenes in EDTF, to the day; open without a later one, None if a date is not known."""
    first = before.acquired.earliest if before.acquired else None
    last = after.acquired.latest if after and after.acquired else None
    if first is None or (after is not None and last is None):
        return None
    return parse_when(f"{first:%Y-%m-%d}/{f'{last:%Y-%m-%d}' if last else '..'}")


def local_shape(change: Change, site: Site) -> Polygon:
    """Outline of a change in metres of the site's frame."""
    return _local(frame_of(site), change.polygon)


def _record(comparisons: Sequence[Comparison], site: Site | None) -> _Record | None:
    scenes = {scene.id: scene for one in comparisons for scene in (one.before, one.after)}
    ordered = tuple(sorted(scenes.values(), key=_moment))
    number = {scene.id: index for index, scene in enumerate(ordered)}
    frame = _frame(comparisons, site)
    if frame is None:
        return None
    pairs, seen = [], []
    for one in comparisons:
        first, last = number[one.before.id], number[one.after.id]
        if first < last:
            hidden = shapely.union_all([_local(frame, part.polygon) for part in one.hidden])
            pairs.append(_Pair(first, last, hidden))
            seen += [_placed(change, frame, (first, last), ordered) for change in one.changes]
    return _Record(frame, ordered, tuple(pairs), tuple(seen))


def _placed(change: Change, frame: Frame, pair: tuple[int, int], scenes: Sequence[Scene]) -> _Seen:
    """A change among the dates: its own, which for track may lie further apart or nearer than those of the pair."""
    ends = [
        [number for number, scene in enumerate(scenes) if scene.acquired == when]
        for when in (change.earliest, change.latest)
    ]
    own = (ends[0][-1], ends[1][0]) if all(ends) else pair
    return _Seen(change, _local(frame, change.polygon), *own, own_dates=own != pair or change.kind in _OWN_DATES)


def _frame(comparisons: Sequence[Comparison], site: Site | None) -> Frame | None:
    if site is not None:
        return frame_of(site)
    for one in comparisons:
        for change in one.changes:
            if one.crs is not None:
                return frame_around(one.crs, *np.array(change.polygon[0]).T)
    return None


def _moment(scene: Scene) -> float:
    when = scene.acquired
    bound = (when.earliest or when.latest) if when else None
    return bound.timestamp() if bound else float("inf")


def _local(frame: Frame, rings: tuple[Coordinates, ...]) -> Polygon:
    moved = [np.column_stack(frame.to_local(*np.array(ring, float).T)) for ring in rings]
    shape = shapely.make_valid(Polygon(moved[0], moved[1:]))
    return shape if isinstance(shape, Polygon) else _largest(shape)


def _largest(shape: shapely.Geometry) -> Polygon:
    parts = [part for part in shapely.get_parts(shape, return_index=False) if isinstance(part, Polygon)]
    return max(parts, key=lambda part: part.area) if parts else Polygon()


def _clusters(record: _Record) -> list[list[_Seen]]:
    """Changes that are one object: those of neighbouring dates put together, then those only seen from afar."""
    near = [seen for seen in record.seen if record.next_after(seen) and not seen.shape.is_empty]
    far = [seen for seen in record.seen if not record.next_after(seen) and not seen.shape.is_empty]
    clusters = _joined(near)
    covered = shapely.union_all([seen.shape for seen in near]) if near else Polygon()
    lone = [seen for seen in far if _share(seen.shape, covered) < _SEEN_AGAIN]
    return clusters + _joined(lone)


def _joined(seen: Sequence[_Seen]) -> list[list[_Seen]]:
    leader = list(range(len(seen)))

    def root(index: int) -> int:
        while leader[index] != index:
            index = leader[index]
        return index

    for one, other in combinations(range(len(seen)), 2):
        if _one_object(seen[one], seen[other]):
            leader[root(other)] = root(one)
    groups: dict[int, list[_Seen]] = {}
    for index, item in enumerate(seen):
        groups.setdefault(root(index), []).append(item)
    return [sorted(group, key=lambda item: (item.last, item.first)) for group in groups.values()]


def _one_object(one: _Seen, other: _Seen) -> bool:
    """Whether two changes may be stages of one work at one place, or parts of it that touch."""
    earlier, later = sorted((one, other), key=lambda seen: seen.last)
    if not may_be_one(earlier.change.kind, later.change.kind, same_date=one.last == other.last):
        return False
    shared = one.shape.intersection(other.shape).area / max(min(one.shape.area, other.shape.area), 1e-9)
    return shared >= _SHARED or one.shape.distance(other.shape) <= _CLOSING_M


def _lasting(record: _Record, cluster: Sequence[_Seen]) -> bool:
    """Whether most later comparisons with the first scene still show it; without any, whether it is sure by itself."""
    if any(seen.own_dates for seen in cluster):
        return True
    shape = _outline(cluster)
    first = min(seen.last for seen in cluster)
    nearby = {(seen.first, seen.last) for seen in cluster}
    looks = [
        pair
        for pair in record.pairs
        if pair.first == 0 < first <= pair.last and (pair.first, pair.last) not in nearby
        and _share(shape, pair.hidden) < _HIDDEN
    ]  # fmt: skip
    surest = max(seen.change.confidence for seen in cluster)
    if not looks:
        return surest >= _ALONE or len(nearby) > 1
    again = sum(_shown(record, shape, pair) for pair in looks) / len(looks)
    return again >= _CONFIRMED


def _shown(record: _Record, shape: Polygon, pair: _Pair) -> bool:
    shapes = [seen.shape for seen in record.seen if (seen.first, seen.last) == (pair.first, pair.last)]
    return bool(shapes) and _share(shape, shapely.union_all(shapes)) >= _SEEN_AGAIN


def _share(shape: Polygon, cover: shapely.Geometry) -> float:
    return float(shape.intersection(cover).area / max(shape.area, 1e-9))


def _outline(cluster: Sequence[_Seen]) -> Polygon:
    """All of it in one outline, small gaps closed."""
    together = shapely.union_all([seen.shape.buffer(_CLOSING_M, join_style="mitre") for seen in cluster])
    return _largest(shapely.MultiPolygon([_largest(together)]).buffer(-_CLOSING_M, join_style="mitre"))


def _object(record: _Record, cluster: Sequence[_Seen]) -> SiteObject:
    kind = joined_kind([(seen.change.kind, seen.shape.area * seen.change.confidence, seen.last) for seen in cluster])
    own = [seen for seen in cluster if seen.change.kind not in _PREPARING] or list(cluster)
    outline = _outline(own)
    shape = regularised(outline, tolerance_m=_CELL_M, rectangles=kind in _RECTANGULAR)
    size = size_of(shape, edge_se_m=EDGE_SE_CELLS * _CELL_M, ribbon=kind == "road")
    start, first = _bounds_of(record, cluster[0], outline)
    before_last, last = _bounds_of(record, cluster[-1], outline)
    over = any(pair.last > last for pair in record.pairs)
    scenes = record.scenes
    phases = _phases(record, cluster, (first, last), over=over)
    model = cluster[-1].change
    change = replace(
        model,
        kind=kind,
        polygon=_rings(record.frame, shape),
        area_m2=size.area_m2, area_m2_se=size.area_m2_se,
        length_m=size.length_m, length_m_se=size.length_m_se,
        width_m=size.width_m, width_m_se=size.width_m_se,
        confidence=max(seen.change.confidence for seen in cluster),
        phase=phases[-1][1],
        earliest=scenes[start].acquired,
        latest=scenes[last].acquired,
    )  # fmt: skip
    return SiteObject(
        change,
        began=between(scenes[start], scenes[first]),
        finished=between(scenes[before_last], scenes[last] if over else None),
        phases=phases,
    )


def _bounds_of(record: _Record, seen: _Seen, outline: Polygon) -> tuple[int, int]:
    """Numbers of the last scene before and the first scene after a change; hidden scenes bound nothing."""
    if record.next_after(seen):
        return seen.first, seen.last
    unchanged = [
        pair.last
        for pair in record.pairs
        if pair.first == seen.first and pair.last < seen.last
        and _share(outline, pair.hidden) < _HIDDEN and not _shown(record, outline, pair)
    ]  # fmt: skip
    return max(unchanged, default=seen.first), seen.last


def _phases(
    record: _Record, cluster: Sequence[_Seen], ends: tuple[int, int], *, over: bool
) -> tuple[tuple[str, str], ...]:
    said = []
    for number, scene in enumerate(record.scenes):
        stages = {seen.change.kind for seen in cluster if seen.last <= number}
        if number < ends[0]:
            phase = "none"
        elif number > ends[1] or (number == ends[1] and over):
            phase = "post_construction"
        else:
            phase = "site_preparation" if stages <= _PREPARING else "active_construction"
        said.append((scene.id, phase))
    return tuple(said)


def _rings(frame: Frame, shape: Polygon) -> tuple[Coordinates, ...]:
    rings = [np.array(ring.coords).T for ring in (shape.exterior, *shape.interiors)]
    moved = [frame.to_crs(*ring) for ring in rings]
    return tuple(tuple(zip(x.tolist(), y.tolist(), strict=True)) for x, y in moved)
