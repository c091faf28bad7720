"""A second look at each car that was found: of which type it is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.frame import Floats
from yardwatch.model.ribbon import Ribbon
from yardwatch.railcars._session import OnnxModel
from yardwatch.railcars.evidence import Tone, resolution, ribbon_input
from yardwatch.railcars.reading import FoundCar, TrackReading

__all__ = [
    "SHOWN_COLUMNS",
    "SHOWN_ROWS",
    "OnnxTypeNetwork",
    "TypeNetwork",
    "picture_input",
    "picture_of",
    "retold",
    "shipped_type_network",
]

SHOWN_ROWS, SHOWN_COLUMNS = 33, 112
"""Size of the picture of a car that the network looks at: 8 m across and 28 m along, in steps of 0.25 m."""

_AT_ONCE = 64
_COLUMNS_COUNT, _LOOK_COUNTS = 0.5, 1.0
_LEAST = 1e-3


class TypeNetwork(Protocol):
    """Something that tells types from pictures of single cars."""

    @property
    def name(self) -> str:
        """Name and version, for provenance."""

    def tell(self, pictures: NDArray[np.float32]) -> Floats:
        """Probability of each of `TYPES`, shape (cars, 8), of what `picture_input` makes, shape (cars, 6, 33, 112)."""


class OnnxTypeNetwork(OnnxModel):
    """A type network in ONNX form.

    Its input ``car`` has the shape (n, 6, 33, 112) of `picture_input`; its output ``type`` the shape (n, 8): logits.

    Parameters
    ----------
    weights : bytes
        The ONNX file.
    name : str
        Name and version, for provenance.
    threads : int
        Processor threads to use.
    """

    def tell(self, pictures: NDArray[np.float32]) -> Floats:
        """Probability of each of `TYPES`, shape (cars, 8)."""
        (logits,) = self.session.run(["type"], {"car": pictures})
        return _shares(logits.astype(float))


@lru_cache(maxsize=1)
def shipped_type_network() -> OnnxTypeNetwork:
    """The network in the package; see its model card beside it."""
    weights = files("yardwatch.railcars").joinpath("weights", "types.onnx").read_bytes()
    return OnnxTypeNetwork(weights, name="types/1", threads=2)


def retold(
    network: TypeNetwork, readings: Sequence[TrackReading], ribbons: Sequence[Ribbon], *, gsd_m: float, tone: Tone
) -> list[TrackReading]:
    """Readings whose cars have the types that the columns and a look at each whole car make likely together.

    The two share the pixels, and the columns are too sure of themselves: the probability that they give is taken to the
    power of a half before it is multiplied with that of the look.

    Parameters
    ----------
    network : TypeNetwork
        Looks at each car.
    readings : sequence of TrackReading
        The tracks of a scene.
    ribbons : sequence of Ribbon
        Their ribbons, in steps of 0.25 m.
    gsd_m : float
        Native ground sample distance, metres.
    tone : Tone
        The brightness scale of the scene.
    """
    told = []
    for reading, ribbon in zip(readings, ribbons, strict=True):
        seen = [network.tell(part) for part in _pictures(reading.cars, ribbon, gsd_m=gsd_m, tone=tone)]
        looks = np.concatenate(seen) if seen else np.empty((0, 0))
        cars = (
            replace(car, type_probabilities=_together(car.type_probabilities, look))
            for car, look in zip(reading.cars, looks, strict=True)
        )
        told.append(replace(reading, cars=tuple(cars)))
    return told


def picture_of(
    shown: NDArray[np.float32],
    *,
    start: int,
    end: int,
    row: float,
    rows: int = SHOWN_ROWS,
    columns: int = SHOWN_COLUMNS,
) -> NDArray[np.float32]:
    """What lies around a car, its middle in the middle, and nought beyond the ribbon: shape (4, rows, columns).

    Parameters
    ----------
    shown : ndarray
        What `network_input` makes of the ribbon, shape (7, m, n); its first four channels are taken.
    start, end : int
        First column of the body and the one after its last.
    row : float
        Row of its middle.
    rows, columns : int
        Size, odd and even.
    """
    picture = np.zeros((4, rows, columns), np.float32)
    top, left = round(row) - rows // 2, (start + end) // 2 - columns // 2
    down = slice(max(0, top), min(shown.shape[1], top + rows))
    along = slice(max(0, left), min(shown.shape[2], left + columns))
    if down.start < down.stop and along.start < along.stop:
        inside = slice(down.start - top, down.stop - top), slice(along.start - left, along.stop - left)
        picture[:, inside[0], inside[1]] = shown[:4, down, along]
    return picture


def picture_input(picture: NDArray[np.float32], *, gsd_m: float, body: tuple[float, float]) -> NDArray[np.float32]:
    """What the type network is shown of a car: shape (6, rows, columns).

    Red, green and blue on the scale of the scene, 1 where there is data, the logarithm of the GSD, 1 along the body. It
    is turned so that the brighter side lies on top: the direction in which a track was drawn does not matter.

    Parameters
    ----------
    picture : ndarray
        As `picture_of` makes it.
    gsd_m : float
        Native ground sample distance, metres.
    body : (float, float)
        Where the body begins and ends, columns from the middle one of the picture.
    """
    columns = picture.shape[2]
    number = np.arange(columns) - columns // 2
    shown = np.empty((6, *picture.shape[1:]), np.float32)
    shown[:4] = picture
    shown[4] = resolution(gsd_m)
    along = (number >= body[0]) & (number < body[1])
    shown[5] = along
    rows = shown[:3, :, along].sum((0, 2))
    half = len(rows) // 2
    return shown[:, ::-1, ::-1] if rows[:half].sum() < rows[-half:].sum() else shown


def _pictures(cars: Sequence[FoundCar], ribbon: Ribbon, *, gsd_m: float, tone: Tone) -> Iterator[NDArray[np.float32]]:
    """Pictures of the cars of one track, some at a time."""
    if not cars:
        return
    shown, _ = ribbon_input(ribbon, gsd_m=gsd_m, tone=tone)
    middle, step_m = len(ribbon.offsets_m) // 2, ribbon.step_m
    for first in range(0, len(cars), _AT_ONCE):
        yield np.stack(
            [
                picture_input(
                    picture_of(shown, start=car.start, end=car.end, row=middle - car.offset_m / step_m),
                    gsd_m=gsd_m,
                    body=(car.start - (car.start + car.end) // 2, car.end - (car.start + car.end) // 2),
                )
                for car in cars[first : first + _AT_ONCE]
            ]
        )


def _together(columns: Floats, look: Floats) -> Floats:
    return _shares(
        _COLUMNS_COUNT * np.log(np.maximum(columns, _LEAST)) + _LOOK_COUNTS * np.log(np.maximum(look, _LEAST))
    )


def _shares(logits: Floats) -> Floats:
    grown = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(grown / grown.sum(-1, keepdims=True))
