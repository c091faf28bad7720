"""Looking for the sides of an outline on the image, and saying to a fraction of a pixel where those found lie."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.special import logsumexp

from yardwatch.measuring.evidence import WEIGHTS, Evidence, features_of, sheared
from yardwatch.measuring.profiles import Side, Strip, read_strip
from yardwatch.model.frame import Floats, Frame
from yardwatch.model.ports import SceneReader

__all__ = ["LOST", "Look", "SideFound", "look_at", "settled"]

LOST = 0.03
"""Chance that what looks like a side is something else."""
_SPAN = 2.5
"""How many standard errors of direction are searched."""
_REACH = 3.2
"""How many standard errors of place are searched."""
_TEMPER = 1.1
"""How far what the image says is believed; set by how true the errors are on simulated structures and LEVIR houses."""
_SURE = 0.5
"""Share of belief that must lie together for a side to count as found."""
_LEAST_STEP = 4.0
"""A side is found only if the step across it is this many times what chance makes of the strip's unrest."""
_LEAST_PX = 0.12
"""No side is known better than this, pixels."""
_LEAST_SWING_PX = 0.55
"""No direction is known better than this from end to end of a side, pixels."""
_MOST_TURN_RAD = 0.35
_FITS = 8
_STILL_PX = 0.01
_TURN_STEPS = (3, 10)


@dataclass(frozen=True, slots=True)
class SideFound:
    """Where a side lies against where it was drawn."""

    out_m: float
    """How far it lies outside of where it was drawn, metres; of a side that was found, the edge."""
    turn_rad: float
    """How much it is turned against the direction it was drawn in, radians counter-clockwise."""
    se_m: float
    """Standard error of its place, metres."""
    turn_se_rad: float
    """Standard error of its direction, radians."""
    found: bool
    """Whether the image showed it."""
    within_m: float = 0.0
    """Belief within this of `out_m` is in the edge that was found, metres."""
    fit_se_m: float = 0.0
    """Standard error of the line fitted through that edge, metres."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the image says of one drawn side."""

    side: Side
    """As drawn, the inside to the left."""
    strip: Strip | None
    """The image along it; None where it is too short, or the image has too little data."""
    evidence: Evidence | None
    """What speaks for each place and direction; None as before."""
    support: Floats
    """Logarithm of how much likelier the image makes each direction and place than the drawing alone, shape (k, m)."""


def look_at(reader: SceneReader, frame: Frame, side: Side, *, drawn_se_m: float) -> Look:
    """Look along one drawn side.

    Parameters
    ----------
    reader : SceneReader
        The scene.
    frame : Frame
        Of the local metres.
    side : Side
        As drawn, the inside to the left.
    drawn_se_m : float
        Standard error of each drawn vertex in each direction, metres.
    """
    pixel_m = max(reader.scene.gsd_m, reader.scene.grid.pixel_m(frame))
    nothing = Look(side, None, None, np.zeros((2, 2)))
    if side.length_m < 3 * pixel_m:
        return nothing
    place_se_m = max(drawn_se_m / 2**0.5, pixel_m / 2)
    turn_se = 2**0.5 * drawn_se_m / side.length_m
    searched = _SPAN * min(turn_se, _MOST_TURN_RAD)
    steps = int(np.clip(np.ceil(searched * side.length_m / 2 / (0.7 * pixel_m)), *_TURN_STEPS))
    turns = searched * np.arange(-steps, steps + 1) / steps
    reach_m = _REACH * place_se_m + pixel_m
    pad_m = side.length_m / 2 * float(np.tan(turns.max())) + 6 * pixel_m
    trim_m = min(2**0.5 * place_se_m, 0.2 * side.length_m)
    strip = read_strip(reader, frame, side, angle_rad=side.angle_rad, reach_m=reach_m + pad_m, trim_m=trim_m)
    evidence = features_of(strip, turns, reach_m=reach_m)
    if evidence is None:
        return nothing
    said = _TEMPER * (evidence.features @ WEIGHTS)
    drawn = -0.5 * (evidence.out_m / place_se_m) ** 2 - 0.5 * (turns / max(turn_se, 1e-6))[:, None] ** 2
    mean = logsumexp(said + drawn) - logsumexp(drawn)
    return Look(side, strip, evidence, np.log((1 - LOST) * np.exp(said - mean) + LOST))


def settled(look: Look, out_m: Floats, turn_rad: Floats) -> SideFound:
    """Where a side lies, given draws of its place and direction from the belief in whole outlines.

    Parameters
    ----------
    look : Look
        What the image says of it.
    out_m, turn_rad : ndarray
        Places and directions against the drawn side, each of shape (draws,).
    """
    middle, spread, swing = float(out_m.mean()), float(out_m.std()), float(turn_rad.std())
    lost = SideFound(middle, float(turn_rad.mean()), spread, swing, False)
    if look.strip is None or look.evidence is None:
        return lost
    pixel_m = look.strip.pixel_m
    within_m = 1.5 * pixel_m
    close = np.abs(out_m[:, None] - out_m[None, :]) <= pixel_m
    near = np.abs(out_m - out_m[int(np.argmax(close.sum(axis=1)))]) <= within_m
    at = float(out_m[near].mean())
    band = np.abs(look.evidence.out_m - at) <= within_m
    if near.mean() < _SURE or not band.any():
        return lost
    strongest = float(np.expm1(look.evidence.features[:, band, 0].max()))
    if strongest * np.sqrt(len(look.strip.along_m)) < _LEAST_STEP:
        return lost
    at, turn, fit_se = _followed(look.strip, at, float(np.median(turn_rad[near])))
    se = np.hypot(np.where(near, at, out_m).std(), max(fit_se, _LEAST_PX * pixel_m))
    length_m = max(look.side.length_m, pixel_m)
    turn_se = np.hypot(min(swing, 4 * fit_se / length_m), _LEAST_SWING_PX * pixel_m / length_m)
    return SideFound(at, turn, float(se), float(turn_se), True, within_m, max(fit_se, _LEAST_PX * pixel_m))


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
