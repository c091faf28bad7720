"""Measuring a drawn structure on an image, with an error budget."""

import numpy as np
import shapely

from yardwatch.errors import MisuseError
from yardwatch.measuring.doubts import BLUR_SHARE_PX, LEAN_SHARE, NO_DOUBTS_SAID, Doubts, lean_m
from yardwatch.measuring.drawn import keep_drawn
from yardwatch.measuring.laying import Laid, between, lay
from yardwatch.measuring.outlines import area_of, straightened
from yardwatch.model.frame import Floats, Frame, frame_around
from yardwatch.model.measurement import Edge, Measured, Measurement, Ring
from yardwatch.model.ports import SceneReader

__all__ = ["MOST_SIDES", "measure_line", "measure_outline"]

MOST_SIDES = 400
"""An outline with more sides is refused."""
_LONGEST_M = 100_000.0


def measure_outline(
    reader: SceneReader, ring: Ring, *, crs: str, name: str, doubts: Doubts = NO_DOUBTS_SAID, refine: bool = True
) -> Measured:
    """Length, width, area and bearing of a structure drawn as a polygon, its sides refined on the image.

    The outline is the one in which the drawing, the image and right angles agree best (`lay`); its errors are how far
    those that they allow scatter. Where the image shows no side at all, it stays as it was drawn. Length and width are
    those of the oriented rectangle around the outline; where all corners are right angles the rectangle keeps to them.

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
    drawn_se = float(np.hypot(doubts.digitising_m, doubts.registration_m))
    laid = _seen(reader, frame, vertices, doubts, drawn_se) if refine and drawn_se > 0 else None
    if laid is None:
        laid = keep_drawn(vertices, digitising_m=doubts.digitising_m, drawn_se_m=drawn_se)
    pixel_m = max(reader.scene.gsd_m, reader.scene.grid.pixel_m(frame))
    return _told(laid, ring, crs, frame, name, doubts, pixel_m)


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


def _seen(reader: SceneReader, frame: Frame, vertices: Floats, doubts: Doubts, drawn_se_m: float) -> Laid | None:
    """The outline laid on the image, with all its vertices and without those that carelessness alone explains."""
    whole = lay(reader, frame, vertices, drawn_se_m=drawn_se_m)
    thinned = straightened(vertices, digitising_m=doubts.digitising_m)
    if whole is None or 2 * len(thinned) > len(vertices):
        return whole
    straight = lay(reader, frame, thinned, drawn_se_m=drawn_se_m)
    return whole if straight is None else between(straight, whole)


def _told(laid: Laid, ring: Ring, crs: str, frame: Frame, name: str, doubts: Doubts, pixel_m: float) -> Measured:
    vertices, sizes, budgets = laid.vertices_m, laid.sizes, laid.budgets
    lean = LEAN_SHARE * lean_m(doubts)
    blur = BLUR_SHARE_PX * pixel_m if any(side.found for side in laid.sides) else 0.0
    around = float(np.hypot(*np.diff(np.vstack([vertices, vertices[:1]]), axis=0).T).sum())
    length, width = (
        Measurement.of(what, sizes[what], budgets[what] | _common(sizes[what], doubts, lean=lean, blur=blur))
        for what in ("length", "width")
    )
    extra = {
        "gsd": blur * around / 2,
        "scale": 2 * doubts.scale * sizes["area"],
        "registration": doubts.registration_m * around / 8**0.5,
        "lean": lean * around / 4,
    }
    turn = {cause: float(np.degrees(share)) for cause, share in budgets["axis"].items()}
    return Measured(
        name, _ring(vertices, frame, crs), ring, _ring(laid.box.corners_m, frame, crs), crs, length, width,
        Measurement.of("area", sizes["area"], budgets["area"] | extra),
        Measurement.of("bearing", _bearing(sizes["axis"]), turn), _edges(laid, frame, crs),
    )  # fmt: skip


def _common(size_m: float, doubts: Doubts, *, lean: float = 0.0, blur: float = 0.0) -> dict[str, float]:
    """Shares of a length that do not come from its edges."""
    return {
        "gsd": blur,
        "scale": doubts.scale * size_m,
        "registration": 2**0.5 * doubts.registration_m,
        "lean": lean,
    }


def _edges(laid: Laid, frame: Frame, crs: str) -> tuple[Edge, ...]:
    starts, ends = (_ring(laid.ends_m[:, which], frame, crs) for which in (0, 1))
    return tuple(
        Edge(starts[i], ends[i], side.found, float(laid.out_m[i]), side.se_m) for i, side in enumerate(laid.sides)
    )


def _ring(points_m: Floats, frame: Frame, crs: str) -> Ring:
    """Points in the CRS; the first is repeated at the end."""
    x, y = frame.to_crs(*np.vstack([points_m, points_m[:1]]).T, crs=crs)
    return tuple(zip(x.tolist(), y.tolist(), strict=True))


def _bearing(angle_rad: float) -> float:
    return float((90.0 - np.degrees(angle_rad)) % 180.0)
