"""What each car looks like from above, from the ribbon it stands on."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats
from yardwatch.model.railcar import Look, Railcar
from yardwatch.model.ribbon import Ribbon
from yardwatch.railcars.evidence import scene_tone

__all__ = ["look_difference", "with_looks"]

_HALF_WIDTH_M = 1.0
_PARTS = 8
_SEEN = 0.5


def with_looks(cars: Sequence[Railcar], ribbons: Sequence[Ribbon]) -> tuple[Railcar, ...]:
    """Cars with what they look like, measured on the middle two metres of their bodies.

    Parameters
    ----------
    cars : sequence of Railcar
        The cars of one scene.
    ribbons : sequence of Ribbon
        Its tracks; together they give the scale of brightness of the scene.

    Returns
    -------
    tuple of Railcar
        In the same order. A car of which less than half has data, or whose track has no ribbon, is left as it is.
    """
    if not ribbons:
        return tuple(cars)
    middle, scale = scene_tone(ribbons)
    by_track = {ribbon.track: ribbon for ribbon in ribbons}
    looks = [_look(car, by_track[car.track], middle, scale) if car.track in by_track else None for car in cars]
    return tuple(replace(car, look=look) if look else car for car, look in zip(cars, looks, strict=True))


def look_difference(one: Look, other: Look) -> float:
    """How differently two cars are coloured: root mean square over red, green and blue, on the scale of a scene."""
    return float(np.sqrt(np.mean((np.array(one.colour) - np.array(other.colour)) ** 2)))


def _look(car: Railcar, ribbon: Ribbon, middle: float, scale: float) -> Look | None:
    columns = slice(*np.searchsorted(ribbon.chainages_m, [car.start_m, car.end_m]))
    rows = np.abs(ribbon.offsets_m - car.offset_m) <= _HALF_WIDTH_M
    body = ribbon.pixels[: 3 if len(ribbon.pixels) >= 3 else 1, :, columns][:, rows]
    if body.shape[2] < _PARTS or not body.size:
        return None
    seen = np.isfinite(body)
    whole = bool(seen.all())
    edges = _edges(body.shape[2])
    if not whole and (seen.mean() < _SEEN or not np.logical_or.reduceat(seen.any((0, 1)), edges).all()):
        return None
    colour = (_median(body.reshape(len(body), -1), whole=whole) - middle) / scale
    brightness = (body if whole else np.where(seen, body, 0)).sum((0, 1), dtype=float)
    parts = np.add.reduceat(brightness, edges) / np.add.reduceat(seen.sum((0, 1)), edges)
    red, green, blue = (round(float(value), 3) for value in np.broadcast_to(colour, 3))
    return Look((red, green, blue), tuple(round(float(value), 3) for value in (parts - middle) / scale))


def _edges(columns: int) -> NDArray[np.int64]:
    """First column of each of `_PARTS` parts of about one size, the longer ones first."""
    size, longer = divmod(columns, _PARTS)
    part = np.arange(_PARTS)
    return part * size + np.minimum(part, longer)


def _median(values: NDArray[np.float32], *, whole: bool) -> Floats:
    """Of each row."""
    if not whole:
        return np.asarray(np.nanmedian(values.astype(float), axis=1))
    number = values.shape[1]
    middle = [(number - 1) // 2, number // 2]
    return np.asarray(np.partition(values, middle, axis=1)[:, middle].mean(1, dtype=float))
