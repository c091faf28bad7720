"""Laying one scene on another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.errors import MisuseError
from yardwatch.model.alignment import Alignment
from yardwatch.model.frame import Floats
from yardwatch.model.grid import Window
from yardwatch.model.ports import SceneReader
from yardwatch.registration.coarse import Candidate, Sketches, candidates
from yardwatch.registration.deciding import CLEAR, WITHIN_PX, Refused, check_move, check_ties, standard_error_px
from yardwatch.registration.fitting import Fitted, agreeing, fit
from yardwatch.registration.ground import metres_moved, pixel_m
from yardwatch.registration.matching import Matches
from yardwatch.registration.plane import Plane
from yardwatch.registration.sampling import brightness, overview
from yardwatch.registration.ties import Look, Ties, spread

__all__ = ["align"]

_SKETCH_PX = 320
_OVERVIEW_PX = 1024
_TURN_DEG = 3.0
_LEAST_PX = 40

_ROUGH_WINDOW_PX, _ROUGH_WINDOWS, _ROUGH_CLEAR = 64, 49, 3.5
_FINE_WINDOW_PX, _FINE_WINDOWS = 96, 150
_SMALLEST_WINDOW_PX = 40
_REACH_PX = 12
_LEAST_AGREEING = 6
_SURE = 12
_FINE_WITHIN_PX = (3.0, 0.5)
"""Largest misfit of the matches that are fitted, first and second time, working pixels."""
_FINE_SCALES_PX = ((1.5, 0.5), (0.6, 0.15))


@dataclass(frozen=True, slots=True)
class _Rough:
    """Where the moving scene lies by the overviews."""

    plane: Plane
    """With the moving scene there."""
    agreeing: int
    """Windows that agree on it."""
    clear: int
    """Windows that were found at all."""

    @property
    def sure(self) -> bool:
        """Whether no other place need be tried."""
        return self.agreeing >= _SURE and self.agreeing >= self.clear / 3


def align(moving: SceneReader, reference: SceneReader, *, reach_m: float = 300.0) -> Alignment:
    """Lay a scene on a reference, by the structure of the ground that both show.

    A search over the overviews finds shift and turn, tie points in the overviews make a similarity of it, and tie
    points at full resolution an affine map, twice over, each time with the windows warped as far as is known. A third
    of the tie points never enters the fit; whether the alignment is accepted, and its residual, is decided on these.
    The map is folded into the scene's own, so no pixel is resampled. Only windows are read: memory does not grow with
    the scenes.

    Parameters
    ----------
    moving : SceneReader
        The scene to be laid on the other.
    reference : SceneReader
        The scene that stays; may be of another sensor, season, resolution or part, or partly under cloud.
    reach_m : float
        How far off the moving scene may be said to lie, metres.

    Returns
    -------
    Alignment
        With `accepted` false and a reason where it could not be done; that two scenes have nothing in common is no
        error.

    Raises
    ------
    MisuseError
        If `reach_m` is not a distance.
    InputError
        If a file cannot be read.
    """
    if not 0 < reach_m <= 10_000:
        raise MisuseError(f"a search over {reach_m:g} m is not one; give more than 0 and up to 10,000 m")
    try:
        return _aligned(moving, reference, reach_m)
    except Refused as refusal:
        return Alignment(
            accepted=False,
            reason=refusal.reason,
            grid=moving.scene.grid,
            shift_m=None,
            rmse_px=refusal.rmse_px,
            tie_points=refusal.tie_points,
            se_m=None,
        )


def _aligned(moving: SceneReader, reference: SceneReader, reach_m: float) -> Alignment:
    plane = Plane(reference.scene.grid, moving.scene.grid)
    pixel = pixel_m(reference.scene.grid)
    box = plane.common(reach_m / pixel)
    if not np.isfinite(box).all() or (box[1] - box[0]).min() < _LEAST_PX:
        raise Refused(f"the scenes do not lie within {reach_m:g} m of each other, or share too little")
    ratio = plane.moving_pixel(box)
    step = max(1.0, ratio, reference.scene.gsd_m / pixel, moving.scene.gsd_m / pixel)
    rough = _roughly(_sketches(moving, reference, plane, box, reach_m / pixel), plane, box, step, reach_m / pixel)
    ties, held, fitted, final = _finely(moving, reference, rough, step)
    matches = ties.look(final)
    residual = check_ties(matches, held, pixels=step / ratio)
    check_move(plane, final, reach_m=reach_m, pixel_m=pixel, turn_deg=_TURN_DEG)
    believed = matches.usable & (matches.clearness > CLEAR) & (np.hypot(*matches.shift.T) < WITHIN_PX)
    return Alignment(
        accepted=True,
        reason=None,
        grid=final.moving,
        shift_m=metres_moved(plane, final),
        rmse_px=residual,
        tie_points=int(believed.sum()),
        se_m=pixel * standard_error_px(fitted, final, residual_px=residual * ratio),
    )


def _sketches(moving: SceneReader, reference: SceneReader, plane: Plane, box: Floats, reach: float) -> Sketches:
    """Overviews of what may be common ground."""
    corners = np.array([[x, y] for x in box[:, 0] for y in box[:, 1]])
    pixels = plane.to_moving(corners)
    margin = reach / plane.moving_pixel(box)
    grid = moving.scene.grid
    mine = np.clip([pixels.min(axis=0) - margin, pixels.max(axis=0) + margin], 0, [grid.width, grid.height])
    return Sketches(
        overview(reference, _whole(box), longest_px=_OVERVIEW_PX),
        overview(moving, _whole(mine), longest_px=_OVERVIEW_PX),
    )


def _whole(box: Floats) -> Window:
    left, top = np.floor(box[0]).astype(int)
    right, bottom = np.ceil(box[1]).astype(int)
    return Window(int(left), int(top), int(right - left), int(bottom - top))


def _roughly(sketches: Sketches, plane: Plane, box: Floats, step: float, reach: float) -> Plane:
    """The place that most windows of the overviews agree on."""
    wide = plane.either(reach)
    coarse = max(step, float((wide[1] - wide[0]).max()) / _SKETCH_PX)
    middle = max(
        step, float(sketches.reference.pixels.max()), float(sketches.moving.pixels.max()) * plane.moving_pixel(box)
    )
    best: _Rough | None = None
    for turned in (False, True):
        places = candidates(sketches, plane, wide, step=coarse, reach=reach, turned=turned)
        for place in places[:2]:
            found = _tied(sketches, place, middle)
            if found is not None and (best is None or found.agreeing > best.agreeing):
                best = found
            if best is not None and best.sure:
                return best.plane
    if best is None:
        raise Refused("no place was found where the structure of both scenes agrees")
    return best.plane


def _tied(sketches: Sketches, place: Candidate, step: float) -> _Rough | None:
    """A candidate made a similarity by tie points in the overviews; None if they do not agree."""
    plane = place.plane
    found = None
    for _ in range(2):
        box = plane.common(0)
        if (box[1] - box[0]).min() < _LEAST_PX * step:
            return None
        looks = sketches.reference.look, sketches.moving.look
        ties, _ = _ties(looks, box, step, most=_ROUGH_WINDOWS, widest_px=_ROUGH_WINDOW_PX)
        matches = ties.look(plane)
        clear = matches.usable & (matches.clearness > _ROUGH_CLEAR)
        chosen = _chosen(ties, matches, clear, within_px=2.0)
        if chosen.sum() < _LEAST_AGREEING - 1:
            return None
        plane = plane.moved(_fit(ties, matches, chosen, (1.5, 0.5), affine=False).affine, box)
        found = _Rough(plane, int(chosen.sum()), int(clear.sum()))
    return found


def _finely(
    moving: SceneReader, reference: SceneReader, rough: Plane, step: float
) -> tuple[Ties, NDArray[np.bool_], Fitted, Plane]:
    """The affine map by tie points at full resolution: ties, which of them are held out, fit and result."""
    box = rough.common(0)
    if (box[1] - box[0]).min() < _LEAST_PX * step:
        raise Refused("the scenes share too little ground")
    ties, held = _ties((_look(reference), _look(moving)), box, step, most=_FINE_WINDOWS, widest_px=_FINE_WINDOW_PX)
    plane = rough
    for within_px, scales in zip(_FINE_WITHIN_PX, _FINE_SCALES_PX, strict=True):
        matches = ties.look(plane)
        clear = matches.usable & (matches.clearness > CLEAR) & ~held
        chosen = _chosen(ties, matches, clear, within_px=within_px)
        if chosen.sum() < _LEAST_AGREEING:
            raise Refused(f"only {chosen.sum()} of {(~held).sum()} tie points agree", tie_points=int(chosen.sum()))
        fitted = _fit(ties, matches, chosen, scales, affine=True)
        plane = plane.moved(fitted.affine, box)
    return ties, held, fitted, plane


def _ties(
    looks: tuple[Look, Look], box: Floats, step: float, *, most: int, widest_px: int
) -> tuple[Ties, NDArray[np.bool_]]:
    """Windows over the common ground, smaller where that is small, and which of them are held out."""
    extent = float((box[1] - box[0]).min()) / step
    size = 2 * int(np.clip(extent / 8, _SMALLEST_WINDOW_PX / 2, widest_px / 2))
    points, held = spread(box, most=most, size=size, step=step)
    return Ties(*looks, points, step, size, min(_REACH_PX, size // 4)), held


def _look(reader: SceneReader) -> Look:
    return lambda points, footprint_px: brightness(reader, points, footprint_px=footprint_px)


def _chosen(ties: Ties, matches: Matches, clear: NDArray[np.bool_], *, within_px: float) -> NDArray[np.bool_]:
    """The clear matches that agree on one similarity."""
    chosen = clear.copy()
    rng = np.random.default_rng(len(clear))
    chosen[clear] = agreeing(ties.points[clear] / ties.step, matches.shift[clear], within=within_px, rng=rng)
    return chosen


def _fit(
    ties: Ties, matches: Matches, chosen: NDArray[np.bool_], scales_px: tuple[float, float], *, affine: bool
) -> Fitted:
    return fit(
        ties.points[chosen],
        matches.shift[chosen] * ties.step,
        matches.covariance[chosen] * ties.step**2,
        scales=(scales_px[0] * ties.step, scales_px[1] * ties.step),
        affine=affine,
    )
