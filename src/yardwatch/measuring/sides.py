"""Finding the sides of an outline on the image, to a fraction of a pixel, and saying which were not found."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.special import logsumexp

from yardwatch.measuring.evidence import WEIGHTS, Evidence, features_of, sheared
from yardwatch.measuring.profiles import Side, Strip, read_strip
from yardwatch.model.frame import Floats, Frame
from yardwatch.model.ports import SceneReader

__all__ = ["SideFound", "find_sides"]

_SPAN = 2.5
"""How many standard errors of direction are searched."""
_REACH = 3.2
"""How many standard errors of place are searched."""
_TEMPER = 0.75
"""How far what the image says is believed; less than 1 since real places are more varied than simulated ones."""
_LOST = 0.02
"""Chance that what looks like the side is something else."""
_SURE = 0.5
"""Share of belief that must lie together for a side to count as found."""
_STATED = 1.2
"""Errors of sides are stated as so many times the spread of belief, so that on simulated houses with wings, under trees
and free, 95 in 100 sizes lie within two."""
_LEAST_STEP = 4.0
"""A side is found only if the step across it is this many times what chance makes of the strip's unrest."""
_LEAST_PX = 0.12
"""No side is known better than this, pixels."""
_LEAST_SWING_PX = 0.55
"""No direction is known better than this from end to end of a side, pixels."""
_FITS = 8
_STILL_PX = 0.01
_TURN_STEPS = (2, 10)


@dataclass(frozen=True, slots=True)
class SideFound:
    """Where a side lies against where it was drawn."""

    out_m: float
    """How far it lies outside of where it was drawn, metres."""
    turn_rad: float
    """How much it is turned against the direction it was looked for in, radians counter-clockwise."""
    se_m: float
    """Standard error of its place, metres."""
    turn_se_rad: float
    """Standard error of its direction, radians."""
    found: bool
    """Whether the image showed it; otherwise it lies where it was drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """One side with what the image says of it."""

    side: Side
    strip: Strip
    evidence: Evidence | None
    turn_se_rad: float


def find_sides(
    reader: SceneReader,
    frame: Frame,
    sides: Sequence[Side],
    angles_rad: Sequence[float],
    *,
    drawn_se_m: float,
    common_se_rad: float | None,
) -> list[SideFound]:
    """Look for each side of an outline.

    Belief in a place is that of the drawing (normal, `drawn_se_m`) times what the image says for it; the standard error
    is the spread of that belief, so two rival edges make it large.

    Parameters
    ----------
    reader : SceneReader
        The scene.
    frame : Frame
        Of the local metres.
    sides : sequence of Side
        As drawn, the inside to the left.
    angles_rad : sequence of float
        Direction in which each is looked for.
    drawn_se_m : float
        Standard error of each drawn vertex in each direction, metres.
    common_se_rad : float or None
        If all sides turn together (right angles): the standard error of that turn. None: each turns by itself.
    """
    pixel_m = max(reader.scene.gsd_m, reader.scene.grid.pixel_m(frame))
    place_se_m = max(drawn_se_m / 2**0.5, pixel_m / 2)
    longest = max(side.length_m for side in sides)
    looks = []
    for side, angle in zip(sides, angles_rad, strict=True):
        turn_se = common_se_rad or min(2**0.5 * drawn_se_m / max(side.length_m, 0.1), 0.2)
        turns = _turns(turn_se, longest if common_se_rad else side.length_m, pixel_m)
        looks.append(_look(reader, frame, side, angle, turns=turns, place_se_m=place_se_m, turn_se_rad=turn_se))
    beliefs = [_belief(look, place_se_m) for look in looks]
    if common_se_rad is not None:
        seen = [belief for belief in beliefs if belief is not None]
        total = sum((logsumexp(belief, axis=1) for belief in seen), np.zeros(1))
        shared = total - logsumexp(total)
        beliefs = [
            None if belief is None else belief - logsumexp(belief, axis=1, keepdims=True) + shared[:, None]
            for belief in beliefs
        ]
    return [_found(look, belief, place_se_m) for look, belief in zip(looks, beliefs, strict=True)]


def _turns(turn_se_rad: float, length_m: float, pixel_m: float) -> Floats:
    steps = int(np.clip(np.ceil(_SPAN * turn_se_rad * length_m / 2 / (0.7 * pixel_m)), *_TURN_STEPS))
    return _SPAN * turn_se_rad * np.arange(-steps, steps + 1) / steps


def _look(
    reader: SceneReader,
    frame: Frame,
    side: Side,
    angle_rad: float,
    *,
    turns: Floats,
    place_se_m: float,
    turn_se_rad: float,
) -> _Look:
    pixel_m = max(reader.scene.gsd_m, reader.scene.grid.pixel_m(frame))
    reach_m = _REACH * place_se_m + pixel_m
    pad_m = side.length_m / 2 * float(np.tan(turns.max())) + 6 * pixel_m
    trim_m = min(2**0.5 * place_se_m, 0.2 * side.length_m)
    strip = read_strip(reader, frame, side, angle_rad=angle_rad, reach_m=reach_m + pad_m, trim_m=trim_m)
    evidence = features_of(strip, turns, reach_m=reach_m) if side.length_m >= 3 * pixel_m else None
    return _Look(side, strip, evidence, turn_se_rad)


def _belief(look: _Look, place_se_m: float) -> Floats | None:
    """Logarithm of the belief in each direction and place, shape (k, m), not normalised."""
    if look.evidence is None:
        return None
    drawn = -0.5 * (look.evidence.out_m / place_se_m) ** 2
    straight = -0.5 * (look.evidence.turns_rad / look.turn_se_rad) ** 2
    return np.asarray(_TEMPER * (look.evidence.features @ WEIGHTS) + drawn + straight[:, None], float)


def _found(look: _Look, belief: Floats | None, place_se_m: float) -> SideFound:
    if belief is None or look.evidence is None:
        return SideFound(0.0, 0.0, place_se_m, look.turn_se_rad, False)
    share = np.exp(belief - logsumexp(belief))
    out, turns = look.evidence.out_m, look.evidence.turns_rad
    place, turn = share.sum(axis=0), share.sum(axis=1)
    pixel = look.strip.pixel_m
    steps = max(1, round(pixel / look.strip.step_m))
    peak = int(np.argmax(ndimage.uniform_filter1d(place, 2 * steps + 1, mode="constant")))
    near = np.abs(out - out[peak]) <= 1.5 * pixel
    strongest = float(np.expm1(look.evidence.features[:, near, 0].max()))
    if place[near].sum() < _SURE or strongest * np.sqrt(len(look.strip.along_m)) < _LEAST_STEP:
        return SideFound(0.0, 0.0, place_se_m, look.turn_se_rad, False)
    at = float((place * out)[near].sum() / place[near].sum())
    best = float(turns[int(np.argmax(share[:, near].sum(axis=1)))])
    at, best, fit_se = _followed(look.strip, at, best)
    spread = float((place * (out - at) ** 2).sum()) * (1 - _LOST) + _LOST * (place_se_m**2 + at**2)
    inner = float((place * (out - at) ** 2)[near].sum() / place[near].sum())
    se = _STATED * np.sqrt(max(spread - inner, 0.0) + min(inner, 4 * fit_se**2) + (_LEAST_PX * pixel) ** 2)
    turn_spread = float((turn * (turns - best) ** 2).sum())
    length_m = max(look.side.length_m, pixel)
    turn_se = np.hypot(min(np.sqrt(turn_spread), 4 * fit_se / length_m), _LEAST_SWING_PX * pixel / length_m)
    return SideFound(at, best, float(se), float(turn_se), True)


def _followed(strip: Strip, out_m: float, turn_rad: float) -> tuple[float, float, float]:
    """Place, turn and standard error of the edge near a place, fitted again and again until the line stands still.

    Each fit looks at a narrow band around the last line, so a single one would fall short of the edge.
    """
    at, turn, se = out_m, turn_rad, strip.pixel_m / 2
    for _ in range(_FITS):
        fitted = _fitted(strip, at, turn)
        if fitted is None or abs(fitted[0] - out_m) > 2 * strip.pixel_m:
            return out_m, turn_rad, strip.pixel_m / 2
        moved = abs(fitted[0] - at) + abs(fitted[1] - turn) * float(np.ptp(strip.along_m))
        at, turn, se = fitted
        if moved < _STILL_PX * strip.pixel_m:
            break
    return at, turn, se


def _fitted(strip: Strip, out_m: float, turn_rad: float) -> tuple[float, float, float] | None:
    """Place, turn and standard error of a robust line through the edge found at many places along the side."""
    usable = np.isfinite(strip.pixels).all(axis=(0, 2))
    along = strip.along_m[usable]
    blur = 0.8 * strip.pixel_m / strip.step_m
    slope = ndimage.gaussian_filter1d(strip.pixels[:, usable].astype(float), blur, axis=2, order=1, mode="nearest")
    slope = sheared(slope, along, strip.out_m, turn_rad)
    near = np.abs(strip.out_m - out_m) <= 1.5 * strip.pixel_m
    mean = slope[:, :, near].mean(axis=(1, 2))
    across = np.maximum((slope[:, :, near] * mean[:, None, None]).sum(axis=0), 0.0)
    groups = np.array_split(np.arange(len(along)), max(3, min(len(along) // 3, 60)))
    weight = np.array([across[group].sum() for group in groups])
    places = np.array([(across[group] * strip.out_m[near]).sum() for group in groups]) / np.maximum(weight, 1e-12)
    where = np.array([along[group].mean() for group in groups])
    seen = weight > 0.1 * np.median(weight) + 1e-12
    if seen.sum() < 3:
        return None
    return _line(where[seen], places[seen], turn_rad, strip.pixel_m)


def _line(along_m: Floats, out_m: Floats, turn_rad: float, pixel_m: float) -> tuple[float, float, float]:
    """Huber's line through places across against places along; its value at 0, direction and standard error."""
    design = np.column_stack([np.ones_like(along_m), along_m])
    weight = np.ones_like(along_m)
    for _ in range(8):
        scaled = design * weight[:, None]
        at, slope = np.linalg.lstsq(scaled.T @ design, scaled.T @ out_m, rcond=None)[0]
        residual = out_m - design @ (at, slope)
        scale = 1.4826 * float(np.median(np.abs(residual))) + 0.02 * pixel_m
        weight = np.minimum(1.0, 1.345 * scale / np.maximum(np.abs(residual), 1e-12))
    return float(at), float(turn_rad - np.arctan(slope)), scale / float(np.sqrt(weight.sum()))
