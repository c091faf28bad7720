"""Whether an alignment is to be believed, by tie points that had no part in it."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from yardwatch.model.frame import Floats
from yardwatch.registration.fitting import Fitted
from yardwatch.registration.matching import Matches
from yardwatch.registration.plane import Plane

__all__ = ["CLEAR", "WITHIN_PX", "Refused", "check_move", "check_ties", "standard_error_px"]

CLEAR = 4.0
"""A tie point counts if its peak stands out by so many standard deviations."""
WITHIN_PX = 1.5
"""A tie point agrees if it is found this near to where it was looked for, working pixels."""

_CHANCE = 0.13
"""Chance that two scenes with nothing in common but parallel tracks agree at one tie point: 3 of 25 pixels across."""
_TOO_LIKELY = 1e-4
_LEAST_SHARE = 0.5
_ONE_SIDED = 0.15
"""Share of the residual of tie points that is an error of the whole; measured on simulated pairs."""
_MOST_GROWTH = 0.06
_TURN_SLACK_DEG = 1.5


class Refused(Exception):  # noqa: N818 -- ends the work on one alignment and is caught in this room
    """The alignment is not to be believed."""

    def __init__(self, reason: str, *, tie_points: int = 0, rmse_px: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.tie_points = tie_points
        self.rmse_px = rmse_px


def check_ties(matches: Matches, held: NDArray[np.bool_], *, pixels: float) -> float:
    """The root mean square residual of the tie points that were held out of the fit and agree with it.

    Parameters
    ----------
    matches : Matches
        Tie points looked for where the alignment has them.
    held : ndarray
        Which of them were held out, shape (n,).
    pixels : float
        Size of a working pixel, pixels of the moving scene.

    Raises
    ------
    Refused
        If so few of them agree that chance could have done it.
    """
    clear = matches.usable & (matches.clearness > CLEAR)
    misfit = np.hypot(*matches.shift.T)
    agree = clear & (misfit < WITHIN_PX)
    asked, said_yes = int((clear & held).sum()), int((agree & held).sum())
    rmse_px = pixels * float(np.sqrt((misfit[agree & held] ** 2).mean())) if said_yes else None
    by_chance = float(stats.binom.sf(said_yes - 1, asked, _CHANCE)) if asked else 1.0
    if rmse_px is None or by_chance > _TOO_LIKELY or said_yes < _LEAST_SHARE * asked:
        reason = f"only {said_yes} of {asked} tie points that were held out of the fit agree with it"
        raise Refused(reason, tie_points=int(agree.sum()), rmse_px=rmse_px)
    return rmse_px


def check_move(before: Plane, after: Plane, *, reach_m: float, pixel_m: float, turn_deg: float) -> None:
    """See that the scene was moved, turned and grown no more than was to be looked for.

    Raises
    ------
    Refused
        If it was.
    """
    grid = before.moving
    middle = np.array([grid.width / 2, grid.height / 2])
    around = middle + np.array([[0, 0], [0.25 * grid.width, 0], [0, 0.25 * grid.height]])
    old, new = before.from_moving(around), after.from_moving(around)
    moved_m = pixel_m * float(np.hypot(*(new[0] - old[0])))
    old_axes, new_axes = (np.array([points[1] - points[0], points[2] - points[0]]).T for points in (old, new))
    change: Floats = new_axes @ np.linalg.inv(old_axes)
    growth = np.linalg.svd(change, compute_uv=False)
    turn = abs(float(np.degrees(np.arctan2(change[1, 0] - change[0, 1], change[0, 0] + change[1, 1]))))
    if moved_m > 1.1 * reach_m:
        raise Refused(f"it would lie {moved_m:.0f} m off, further than {reach_m:g} m")
    if turn > turn_deg + _TURN_SLACK_DEG:
        raise Refused(f"it would be turned by {turn:.1f}°, more than {turn_deg:g}°")
    if np.abs(growth - 1).max() > _MOST_GROWTH:
        raise Refused(f"it would be stretched by {100 * np.abs(growth - 1).max():.0f} %")


def standard_error_px(fitted: Fitted, plane: Plane, *, residual_px: float) -> float:
    """Standard error of a position each way, over the common ground, pixels of the reference.

    That of the fit, and a share of the residual beside: what leans or throws shadow errs to one side and does not
    average out.
    """
    box = plane.common(0)
    points = np.stack(np.meshgrid(*np.linspace(box[0], box[1], 7).T), axis=-1).reshape(-1, 2)
    return float(np.sqrt(fitted.variance_at(points).mean() + (_ONE_SIDED * residual_px) ** 2))
