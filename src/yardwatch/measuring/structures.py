"""Measuring a drawn structure on an image, with an error budget."""

from dataclasses import dataclass, replace

import numpy as np
import shapely

from yardwatch.errors import MisuseError
from yardwatch.measuring.doubts import BLUR_SHARE_PX, LEAN_SHARE, NO_DOUBTS_SAID, Doubts, lean_m
from yardwatch.measuring.outlines import (
    Box,
    Pairs,
    area_of,
    box_around,
    corners_of,
    right_angled,
    sides_of,
    straightened,
)
from yardwatch.measuring.profiles import Side
from yardwatch.measuring.scatter import Scatter, spread_of
from yardwatch.measuring.sides import SideFound, find_sides
from yardwatch.model.frame import Floats, Frame, frame_around
from yardwatch.model.measurement import Edge, Measured, Measurement, Ring
from yardwatch.model.ports import SceneReader

__all__ = ["MOST_SIDES", "measure_line", "measure_outline"]

MOST_SIDES = 400
"""An outline with more sides is refused."""
_LONGEST_M = 100_000.0
_SEED = 20241203


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """A drawn outline with what the image showed of its sides."""

    sides: list[Side]
    angles_rad: Floats
    found: list[SideFound]
    common: bool
    drawn_se_m: float

    @property
    def seen_share(self) -> float:
        """Share of its length that the image showed."""
        lengths = np.array([side.length_m for side in self.sides])
        return float(lengths[[found.found for found in self.found]].sum() / lengths.sum())

    def corners(self, out_m: Floats, turns_rad: Floats) -> tuple[Floats, Pairs]:
        """The outline with its sides shifted outwards and turned, and the two sides that each vertex lies on."""
        middles = np.array([side.middle_m for side in self.sides])
        outwards = np.column_stack([np.sin(self.angles_rad), -np.cos(self.angles_rad)])
        drawn = np.array([side.start_m for side in self.sides])
        return corners_of(
            middles + outwards * out_m[:, None], self.angles_rad + turns_rad, drawn, most_m=5 * self.drawn_se_m + 1
        )

    def scatter(self, turns_rad: Floats) -> Scatter:
        """How far its sides may be from where they seem."""
        se = np.array([found.se_m for found in self.found])
        seen = np.array([found.found for found in self.found])
        return Scatter(self.angles_rad + turns_rad, se, seen, self.drawn_se_m, straight=self.common)

    def as_drawn(self) -> "_Shape":
        """The same with no side found."""
        lost = [_lost(side, self.drawn_se_m) for side in self.sides]
        angles = np.array([side.angle_rad for side in self.sides])
        return replace(self, found=lost, common=False, angles_rad=angles)


def measure_outline(
    reader: SceneReader, ring: Ring, *, crs: str, name: str, doubts: Doubts = NO_DOUBTS_SAID, refine: bool = True
) -> Measured:
    """Length, width, area and bearing of a structure drawn as a polygon, its sides refined on the image.

    Sides that the image does not show stay where they were drawn and carry the error of digitising. Length and width
    are those of the oriented rectangle around the refined outline; where all corners are right angles the rectangle
    keeps to them.

    Parameters
    ----------
    reader : SceneReader
        The scene it stands in.
    ring : Ring
        Its outline, closed or not, either way round.
    crs : str
        CRS of the outline.
    name : str
        What it is called.
    doubts : Doubts
        What else makes it uncertain.
    refine : bool
        Whether to look at the image at all.

    Raises
    ------
    MisuseError
        If the outline is not a simple one of an area, has too many sides, or is too large.
    """
    frame, vertices = _local(ring, crs, name)
    thinned = straightened(vertices, digitising_m=doubts.digitising_m)
    outlines = [thinned] if len(thinned) == len(vertices) else [thinned, vertices]
    shapes = [_shape(reader, frame, outline, doubts, refine=refine) for outline in outlines]
    pixel_m = max(reader.scene.gsd_m, reader.scene.grid.pixel_m(frame))
    told = [_measured(shape, ring, crs, frame, name, doubts, pixel_m) for shape in shapes]
    return told[0] if len(told) == 1 else _settled(told[0], told[1], [shape.seen_share for shape in shapes])


def _shape(reader: SceneReader, frame: Frame, vertices: Floats, doubts: Doubts, *, refine: bool) -> _Shape:
    """An outline with its sides looked for on the image."""
    sides = [side for side in sides_of(vertices) if side.length_m > 0]
    right = right_angled(sides, digitising_m=doubts.digitising_m)
    angles = right[0] if right else np.array([side.angle_rad for side in sides])
    drawn_se = float(np.hypot(doubts.digitising_m, doubts.registration_m))
    if refine:
        found = find_sides(
            reader, frame, sides, angles.tolist(), drawn_se_m=drawn_se, common_se_rad=right[1] if right else None
        )
    else:
        found = [_lost(side, drawn_se) for side in sides]
    return _Shape(sides, angles, found, common=right is not None, drawn_se_m=drawn_se)


def _settled(straight: Measured, full: Measured, seen: list[float]) -> Measured:
    """One answer from an outline with few sides and the same with all its vertices.

    Whether a vertex stands for a porch or for a careless hand is not known, so both are believed, the more the more of
    their sides the image shows, and what lies between them is an error of its own: ``shape``.
    """
    weights = np.array([share**4 for share in seen]) + 0.01
    first = float(weights[0] / weights.sum())
    better = straight if first >= 0.5 else full

    def between(one: Measurement | None, other: Measurement | None) -> Measurement | None:
        if one is None or other is None:
            return one
        value = first * one.value + (1 - first) * other.value
        budget = dict((one if better is straight else other).budget)
        return Measurement.of(one.what, value, budget | {"shape": abs(one.value - other.value) / 2})

    length = between(straight.length, full.length) or straight.length
    return replace(
        better, length=length, width=between(straight.width, full.width), area=between(straight.area, full.area)
    )


def measure_line(ring: Ring, *, crs: str, name: str, doubts: Doubts = NO_DOUBTS_SAID) -> Measured:
    """Length and bearing of something drawn as a line; its ends stay where they were drawn.

    Raises
    ------
    MisuseError
        If it has no length or is too long.
    """
    x, y = np.array(ring, float).T
    frame = frame_around(crs, x, y)
    points = np.column_stack(frame.to_local(x, y))
    steps = np.diff(points, axis=0)
    length = float(np.hypot(*steps.T).sum())
    if not 0 < length <= _LONGEST_M:
        raise MisuseError(f"{name}: a line of {length:g} m is not measured; draw one of up to {_LONGEST_M:g} m")
    whole = points[-1] - points[0] if np.hypot(*(points[-1] - points[0])) > 0.1 * length else steps[0]
    apart = float(np.hypot(*whole))
    ends = 2**0.5 * doubts.digitising_m
    budget = {"digitising": ends, **_common(length, doubts)}
    turn = {"digitising": float(np.degrees(ends / apart)) if apart > 0 else 90.0}
    return Measured(
        name, ring, ring, ring, crs, Measurement.of("length", length, budget), None, None,
        Measurement.of("bearing", _bearing(float(np.arctan2(whole[1], whole[0]))), turn),
    )  # fmt: skip


def _local(ring: Ring, crs: str, name: str) -> tuple[Frame, Floats]:
    """The outline's vertices counter-clockwise in local metres, the closing one left out."""
    points = np.array(ring, float)
    if len(points) > 1 and (points[0] == points[-1]).all():
        points = points[:-1]
    if not 3 <= len(points) <= MOST_SIDES:
        raise MisuseError(f"{name}: an outline of {len(points)} corners is not measured; draw 3 to {MOST_SIDES}")
    frame = frame_around(crs, *points.T)
    vertices = np.column_stack(frame.to_local(*points.T))
    polygon = shapely.Polygon(vertices)
    if not polygon.is_valid or polygon.area <= 0:
        raise MisuseError(f"{name}: its outline crosses itself or holds no area; draw it again")
    if polygon.length > _LONGEST_M:
        raise MisuseError(f"{name}: an outline of {polygon.length:g} m is not measured; draw up to {_LONGEST_M:g} m")
    return frame, vertices if area_of(vertices) > 0 else vertices[::-1]


def _measured(shape: _Shape, ring: Ring, crs: str, frame: Frame, name: str, doubts: Doubts, pixel_m: float) -> Measured:
    out = np.array([found.out_m for found in shape.found])
    turns = _turns(shape)
    vertices, lines = shape.corners(out, turns)
    polygon = shapely.Polygon(vertices)
    if not polygon.is_valid or area_of(vertices) <= 0:
        shape = shape.as_drawn()
        out, turns = np.zeros_like(out), np.zeros_like(turns)
        vertices = np.array([side.start_m for side in shape.sides])
        lines = np.column_stack([np.roll(np.arange(len(vertices)), 1), np.arange(len(vertices))])
    box = _box(vertices, shape, turns)
    spread = spread_of(
        vertices, lines, shape.scatter(turns), axis_rad=box.axis_rad, keep_axis=shape.common,
        rng=np.random.default_rng(_SEED),
    )  # fmt: skip
    length_m, width_m = (
        max(side - grown, 0.5 * side) for side, grown in zip((box.length_m, box.width_m), spread.growth, strict=True)
    )
    budgets = {
        what: {"edges": spread.edges[index], "digitising": spread.digitising[index]}
        for index, what in enumerate(("length", "width", "area", "axis"))
    }
    if shape.common:
        budgets["axis"] = _common_turn(shape)
    lean, blur = LEAN_SHARE * lean_m(doubts), BLUR_SHARE_PX * pixel_m if any(f.found for f in shape.found) else 0.0
    around = float(np.hypot(*np.diff(np.vstack([vertices, vertices[:1]]), axis=0).T).sum())
    measured = {
        "length": Measurement.of(
            "length",
            length_m,
            budgets["length"] | _common(length_m, doubts, lean=lean, blur=blur),
        ),
        "width": Measurement.of("width", width_m, budgets["width"] | _common(width_m, doubts, lean=lean, blur=blur)),
    }
    area = area_of(vertices)
    extra = {
        "gsd": blur * around / 2,
        "scale": 2 * doubts.scale * area,
        "registration": doubts.registration_m * around / 8**0.5,
        "lean": lean * around / 4,
    }
    bearing = Measurement.of(
        "bearing", _bearing(box.axis_rad), {k: float(np.degrees(v)) for k, v in budgets["axis"].items()}
    )
    return Measured(
        name, _ring(vertices, frame, crs), ring, _ring(box.corners_m, frame, crs), crs, measured["length"],
        measured["width"], Measurement.of("area", area, budgets["area"] | extra), bearing,
        _edges(shape, frame, crs),
    )  # fmt: skip


def _lost(side: Side, drawn_se_m: float) -> SideFound:
    """A side that stays where it was drawn."""
    return SideFound(0.0, 0.0, drawn_se_m / 2**0.5, min(2**0.5 * drawn_se_m / side.length_m, 0.5), False)


def _turns(shape: _Shape) -> Floats:
    """How much each side is turned; right-angled outlines turn as one, by the mean weighed by certainty."""
    turns = np.array([found.turn_rad for found in shape.found])
    if not shape.common:
        return turns
    weights = np.array([found.found / max(found.turn_se_rad, 1e-6) ** 2 for found in shape.found])
    return np.full_like(turns, float((turns * weights).sum() / weights.sum()) if weights.sum() > 0 else 0.0)


def _box(vertices: Floats, shape: _Shape, turns: Floats) -> Box:
    if not shape.common:
        return box_around(vertices)
    return box_around(vertices, axis_rad=float(shape.angles_rad[0] + turns[0]))


def _common_turn(shape: _Shape) -> dict[str, float]:
    """Standard error of the turn that all sides share, radians, by cause."""
    seen = any(found.found for found in shape.found)
    turn_se = np.array([found.turn_se_rad for found in shape.found if found.found or not seen])
    together = 1 / float(np.sqrt((1 / np.maximum(turn_se, 1e-6) ** 2).sum()))
    return {"edges": together if seen else 0.0, "digitising": 0.0 if seen else together}


def _common(size_m: float, doubts: Doubts, *, lean: float = 0.0, blur: float = 0.0) -> dict[str, float]:
    """Shares of a length that do not come from its edges."""
    return {
        "gsd": blur,
        "scale": doubts.scale * size_m,
        "registration": 2**0.5 * doubts.registration_m,
        "lean": lean,
    }


def _edges(shape: _Shape, frame: Frame, crs: str) -> tuple[Edge, ...]:
    out = [found.out_m for found in shape.found]
    middles = np.array([side.middle_m for side in shape.sides])
    angles = shape.angles_rad + _turns(shape)
    half = np.array([side.length_m / 2 for side in shape.sides])[:, None]
    outwards = np.column_stack([np.sin(shape.angles_rad), -np.cos(shape.angles_rad)])
    middles = middles + outwards * np.array(out)[:, None]
    along = np.column_stack([np.cos(angles), np.sin(angles)]) * half
    starts, ends = _ring(middles - along, frame, crs), _ring(middles + along, frame, crs)
    return tuple(Edge(starts[i], ends[i], found.found, found.out_m, found.se_m) for i, found in enumerate(shape.found))


def _ring(points_m: Floats, frame: Frame, crs: str) -> Ring:
    """Points in the CRS; the first is repeated at the end."""
    x, y = frame.to_crs(*np.vstack([points_m, points_m[:1]]).T, crs=crs)
    return tuple(zip(x.tolist(), y.tolist(), strict=True))


def _bearing(angle_rad: float) -> float:
    return float((90.0 - np.degrees(angle_rad)) % 180.0)
