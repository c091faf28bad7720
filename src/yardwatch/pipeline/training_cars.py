"""Pictures of simulated cars that the type network learns from."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from yardwatch.model.ribbon import Ribbon, RibbonSpec
from yardwatch.pipeline.training_making import made_of
from yardwatch.railcars.calibrating import narrowed
from yardwatch.railcars.evidence import TYPES, ribbon_input, scene_tone
from yardwatch.railcars.telling import SHOWN_COLUMNS, SHOWN_ROWS, picture_input, picture_of
from yardwatch.simulate import SimulatedRibbon, random_ribbon

__all__ = ["CarPicture", "drawn_picture", "make_pictures", "toned"]

_LENGTH_M, _HALF_WIDTH_M, _NETWORK_HALF_WIDTH_M = 208.0, 8.0, 5.0
_COARSEST_M, _SHORTEST = 0.75, 20
_SPARE_ROWS, _SPARE_COLUMNS = 8, 32


@dataclass(frozen=True, slots=True, eq=False)
class CarPicture:
    """A simulated car and what lies around it, somewhat more than the network sees."""

    pixels: NDArray[np.float16]
    """Shape (4, 41, 144), as of `picture_of`."""
    length: int
    """Columns of its body."""
    gsd_m: float
    """Ground sample distance, metres."""
    type: int
    """Its place in `TYPES`."""


def make_pictures(ribbons: int, *, seed: int, processes: int) -> list[CarPicture]:
    """Pictures of the cars on so many simulated ribbons; the same for the same seed."""
    seeds = np.random.SeedSequence((seed, 2)).spawn(ribbons)
    return [car for found in made_of(_simulate, seeds, processes=processes, what="ribbons", every=250) for car in found]


def drawn_picture(car: CarPicture, rng: np.random.Generator) -> NDArray[np.float32]:
    """A car found not quite where it stands, in another contrast, mirrored."""
    down, along = int(rng.integers(-2, 3)), int(rng.integers(-4, 5))
    top, left = _SPARE_ROWS // 2 + down, _SPARE_COLUMNS // 2 + along
    pixels = car.pixels[:, top : top + SHOWN_ROWS, left : left + SHOWN_COLUMNS].astype(np.float32)
    start = -(car.length // 2) - along
    body = start + round(rng.normal(0, 1.2)), start + car.length + round(rng.normal(0, 1.2))
    shown = picture_input(pixels, gsd_m=car.gsd_m, body=body)
    shown[:3] = (shown[:3] * rng.uniform(0.6, 1.4) + rng.normal(0, 0.3)) * shown[3]
    if rng.random() < 0.15:
        shown[:3] = shown[:3].mean(0)
    if rng.random() < 0.25:
        shown[:3] = ndimage.gaussian_filter(shown[:3], (0, *rng.uniform(0, 1.5, 2))) * shown[3]
    return shown[:, :, ::-1] if rng.random() < 0.5 else shown


def _simulate(seed: np.random.SeedSequence) -> list[CarPicture]:
    rng = np.random.default_rng(seed)
    spec = RibbonSpec(half_width_m=_HALF_WIDTH_M)
    occupancy, varied = float(rng.uniform(0.5, 1.0)), bool(rng.random() < 0.5)
    made = random_ribbon(rng, length_m=_LENGTH_M, spec=spec, occupancy=occupancy, varied=varied)
    return list(_cars(made, rng)) if made.conditions.sensor.gsd_m <= _COARSEST_M else []


def _cars(made: SimulatedRibbon, rng: np.random.Generator) -> Iterator[CarPicture]:
    """Pictures of all cars of which five metres are seen, on the scale of the ribbon, toned anew."""
    ribbon = Ribbon("", made.ribbon.chainages_m, made.ribbon.offsets_m, toned(made.ribbon.pixels, rng))
    gsd_m = made.conditions.sensor.gsd_m * float(rng.uniform(0.85, 1.15))
    shown, _ = ribbon_input(ribbon, gsd_m=gsd_m, tone=scene_tone([narrowed(ribbon, None, _NETWORK_HALF_WIDTH_M)]))
    for car in made.cars:
        leant = car.start_m + car.lean_along_m, car.end_m + car.lean_along_m
        start, end = (int(np.searchsorted(ribbon.chainages_m, place)) for place in leant)
        kind = TYPES.index(car.type)
        seen = made.labels[start:end] == kind + 1
        if seen.sum() < _SHORTEST:
            continue
        start, end = start + int(np.argmax(seen)), end - int(np.argmax(seen[::-1]))
        row = len(ribbon.offsets_m) // 2 - (car.offset_m + car.lean_across_m) / ribbon.step_m
        size = {"rows": SHOWN_ROWS + _SPARE_ROWS, "columns": SHOWN_COLUMNS + _SPARE_COLUMNS}
        pixels = picture_of(shown, start=start, end=end, row=row, **size).astype(np.float16)
        yield CarPicture(pixels, end - start, gsd_m, kind)


def toned(pixels: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Other gains by band, other gamma, grey now and then."""
    pixels = pixels[:3] if len(pixels) >= 3 else np.repeat(pixels[:1], 3, axis=0)
    pixels = pixels * rng.uniform(0.8, 1.25, (len(pixels), 1, 1)).astype(np.float32)
    if rng.random() < 0.35:
        pixels = np.repeat(pixels.mean(0, keepdims=True), 3, axis=0)
    top = max(float(np.nanmax(pixels)), 1e-6)
    return np.asarray(top * np.clip(pixels / top, 0, None) ** rng.uniform(0.7, 1.4), np.float32)
