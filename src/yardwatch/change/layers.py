"""What the step network is shown: how a place looks before and after one of several dates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LAYERS", "STEP_LABELS", "Stack", "filled", "step_layers"]

STEP_LABELS = ("none", "built", "razed", "road", "earthwork", "stockpile", "concealment")
"""What the network may say of a cell, by its number."""

LAYERS = 28
"""Number of layers that show one step."""

_CLIP = 5.0

Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """A tile at all dates, the light of each taken out."""

    values: Values
    """Levels of three colours about 0, spread about 1; NaN where nothing is seen. Shape (dates, 3, rows, columns)."""
    cars: NDArray[np.bool_]
    """Where railcars were counted, shape (dates, rows, columns)."""
    corridor: NDArray[np.bool_]
    """Ground under trains, shape (rows, columns)."""
    cargo: NDArray[np.bool_]
    """Zones for cargo, shape (rows, columns)."""


def step_layers(stack: Stack, date: int) -> Values:
    """The layers for the step between date − 1 and date, shape (28, rows, columns).

    In three colours each: the last two dates before, the first two since, the mean before and since (without cars,
    where there are other looks). Then the scatter before and since, tracks, cars at both dates, how often cars stood
    there before and since, one over the number of dates before and since, and zones for cargo.
    """
    values = np.clip(filled(stack.values), -_CLIP, _CLIP)
    dates, shape = len(values), values.shape[2:]
    old, new = slice(0, date), slice(date, dates)
    means, scatters = zip(*(_levels(values[part], stack.cars[part]) for part in (old, new)), strict=True)
    near = [values[number] for number in (max(date - 2, 0), date - 1, date, min(date + 1, dates - 1))]
    often = [stack.cars[part].mean(0) for part in (old, new)]
    single = [
        *scatters, stack.corridor, stack.cars[date - 1], stack.cars[date], *often,
        np.full(shape, 1 / date), np.full(shape, 1 / (dates - date)), stack.cargo,
    ]  # fmt: skip
    return np.concatenate([*near, *means, np.stack([np.asarray(one, np.float32) for one in single])])


def filled(values: Values) -> Values:
    """Levels at all dates; what was not seen at one looks as usual there."""
    seen = np.isfinite(values)
    total = np.where(seen, values, 0).sum(0) / np.maximum(seen.sum(0), 1)
    return np.asarray(np.where(seen, values, total[None]), np.float32)


def _levels(values: Values, cars: NDArray[np.bool_]) -> tuple[Values, Values]:
    """Mean and scatter of some dates; cells under cars count only where there is no other look."""
    free = np.where(cars.all(0), True, ~cars)[:, None].astype(np.float32)
    many = free.sum(0)
    mean = (values * free).sum(0) / many
    scatter = np.sqrt((((values - mean) ** 2) * free).sum(0) / many).mean(0)
    return mean.astype(np.float32), scatter.astype(np.float32)
