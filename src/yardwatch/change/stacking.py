"""Lasting changes in a stack of scenes: places that look one way up to a date, and another way ever since."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from yardwatch.change.layers import STEP_LABELS, Stack, filled, step_layers
from yardwatch.change.light import stack_reader
from yardwatch.change.network import StepNetwork, shipped_step_network
from yardwatch.change.spots import Seen, Spot, joined, spots_in
from yardwatch.errors import MisuseError
from yardwatch.model.ports import SceneReader
from yardwatch.model.railcar import Railcar
from yardwatch.model.site import Site

__all__ = ["COARSEST_M", "LEAST_SCENES", "lasting_spots"]

LEAST_SCENES = 4
"""Fewer scenes do not tell what lasts from what comes and goes."""

COARSEST_M = 1.5
"""Scenes with a coarser ground sample distance do not show what the network has learned to see."""

_CORE, _MARGIN = 384, 32
_CHANGED, _SURE = 0.5, 0.8
_LEAST_M2 = 60.0
_BLUR_CELLS, _OWN, _STAYED = 1.5, 0.55, 0.3
_SMOOTHING = np.ones((3, 3), bool)
_ALIKE, _PART = 0.5, 0.1
_ROOF = STEP_LABELS.index("concealment")
_ONCE = [STEP_LABELS.index(kind) for kind in ("razed", "road", "stockpile", "concealment")]


def lasting_spots(
    readers: Sequence[SceneReader],
    site: Site,
    cars: Sequence[Sequence[Railcar]] = (),
    *,
    network: StepNetwork | None = None,
) -> list[Spot]:
    """Spots that look different for good.

    The light of each date is taken out as a linear function of what is usual there that most cells follow. A network
    then looks at each step between two dates, with what went before and what came since, and says of each cell whether
    something came or went there for good, and what.

    Parameters
    ----------
    readers : sequence of SceneReader
        Four or more, by date, on aligned grids.
    site : Site
        Gives the local metric frame, tracks, and zones for cargo.
    cars : sequence, optional
        The railcars counted in each scene.
    network : StepNetwork, optional
        The one that ships with the package by default.

    Returns
    -------
    list of Spot
        In cells of the first scene's lattice. Vote k is the share of cells that changed between date k − 1 and k; the
        traits are the mean weights of `STEP_LABELS` but for the first, the shares of cells that may have changed in
        each step, the shares that each date shows, and how sure it is.

    Raises
    ------
    MisuseError
        If there are fewer than four scenes.
    """
    if len(readers) < LEAST_SCENES:
        raise MisuseError(f"{len(readers)} scenes do not tell what lasts; give {LEAST_SCENES} or more")
    stacks, network = stack_reader(readers, site, cars), network or shipped_step_network()
    lattice = stacks.lattices[0]
    least = round(_LEAST_M2 / lattice.cell_m**2)
    spots: list[Spot] = []
    for tile in lattice.tiles(_CORE, _MARGIN):
        stack = stacks.read(tile)
        spots += spots_in(_seen(stack, _steps(stack, network)), tile, least_cells=least)
    return [spot for spot in joined(spots, least_cells=least) if spot.traits[-1] >= _SURE]


def _steps(stack: Stack, network: StepNetwork) -> NDArray[np.float32]:
    """What the network says of each step, shape (dates - 1, labels, rows, columns)."""
    return np.stack([network.read(step_layers(stack, date)) for date in range(1, len(stack.values))])


def _seen(stack: Stack, steps: NDArray[np.float32]) -> Seen:
    weights = 1 - steps[:, 0]
    values = ndimage.gaussian_filter(filled(stack.values), (0, 0, _BLUR_CELLS, _BLUR_CELLS))
    roofed = steps[:, _ROOF] > weights / 2
    changed = (weights > _CHANGED) & _stayed(values) & ~(roofed & _cars_since(stack.cars))
    changed &= ~_in_common(values, changed, stack.cargo)
    surest = (weights * changed).max(0)
    whole = ndimage.binary_opening(ndimage.binary_closing(changed.any(0), _SMOOTHING), _SMOOTHING)
    kinds = (steps[:, 1:] * changed[:, None]).sum(0)
    once = np.isin(kinds.argmax(0) + 1, _ONCE)
    sure = changed & np.where(once, _likeliest(values, changed), _own(values, changed))
    at = np.concatenate([np.zeros((1, *surest.shape)), sure])
    shown = np.isfinite(stack.values).all(1)
    traits = np.concatenate([kinds, changed, shown, surest[None]])
    return Seen(whole.astype(np.uint8), at.astype(np.float32), traits.astype(np.float32), surest)


def _cars_since(cars: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a car was counted in a cell after each step: so long there is no roof above it."""
    return np.logical_or.accumulate(cars[:0:-1], axis=0)[::-1]


def _in_common(values: NDArray[np.float32], changed: NDArray[np.bool_], cargo: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where cells of a zone for cargo only did what most of it did: light, if cargo came there later."""
    common = np.zeros_like(changed)
    steps = np.diff(values, axis=0)
    zones, number = ndimage.label(cargo)
    for zone in range(1, number + 1):
        cells = zones == zone
        inside = steps[:, :, cells]
        apart = np.abs(inside - np.median(inside, axis=2, keepdims=True)).mean(1)
        alike = changed[:, cells] & (apart < _ALIKE * np.abs(inside).mean(1))
        others = (changed[:, cells] & ~alike).mean(1)
        since = np.array([others[step + 1 :].max(initial=0.0) for step in range(len(others))])
        common[:, cells] = alike & (since >= _PART)[:, None]
    return common


def _likeliest(values: NDArray[np.float32], changed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The one step of those at which a cell changed before and after which it looks most like itself."""
    spread = np.stack([_scatter(values[:date]) + _scatter(values[date:]) for date in range(1, len(values))])
    best = np.where(changed, spread, np.inf).argmin(0)
    return np.asarray(np.arange(len(spread))[:, None, None] == best)


def _scatter(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(((values - values.mean(0)) ** 2).sum((0, 1)))


def _own(values: NDArray[np.float32], changed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a cell looks different at a step itself, as well as at the step at which it changed most."""
    apart = _apart(values[1:], values[:-1])
    most = np.where(changed, apart, 0).max(0)
    return np.asarray(apart >= _OWN * most)


def _stayed(values: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether what a step brought is still there at the dates after; true of the last, which has none."""
    dates = len(values)
    stayed = np.ones((dates - 1, *values.shape[2:]), bool)
    for date in range(1, dates - 1):
        left = _apart(values[date + 1 :].mean(0), values[:date].mean(0))
        stayed[date - 1] = left >= _STAYED * _apart(values[date], values[date - 1])
    return stayed


def _apart(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.sqrt(((one - other) ** 2).mean(-3)))
