"""Whether all that was found in a scene may be what empty track looks like now and then."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from yardwatch.railcars.reading import FoundCar, TrackReading
from yardwatch.railcars.tally import Number

__all__ = ["chance_of_none", "doubted", "or_none"]

_PER_KM, _NATS = 0.4, 20.0
_ALLOWED = 0.01
_HALF = 0.5


def chance_of_none(readings: Sequence[TrackReading], *, step_m: float, gsd_m: float) -> float:
    """Probability that the scene is empty and all that was found in it a false alarm.

    On empty track the number of false alarms that speak for a car by more than some odds falls off exponentially with
    the odds and grows with the ground sample distance; how fast was measured on empty simulated yards of the frozen
    suite's renderer, with seeds of their own. The surest car of a scene is set against how many at least as sure an
    empty scene with as much track would show: where that is one in a hundred, both are taken to be as likely.

    Parameters
    ----------
    readings : sequence of TrackReading
        All tracks of a scene.
    step_m : float
        Width of a column, metres.
    gsd_m : float
        Native ground sample distance, metres.

    Returns
    -------
    float
        Nought where nothing was found.
    """
    odds = [car.odds for reading in readings for car in reading.cars]
    if not odds:
        return 0.0
    seen_km = step_m / 1000 * sum(int((~reading.concealed).sum()) for reading in readings)
    alarms = _PER_KM * gsd_m * seen_km * float(np.exp(-max(odds) / _NATS))
    return alarms / (alarms + _ALLOWED)


def doubted(readings: Sequence[TrackReading], chance: float) -> list[TrackReading]:
    """The tracks of a scene in which nothing stands with some probability: without cars where that is above a half."""
    return [
        replace(
            reading,
            cars=tuple(_doubted(car, chance) for car in reading.cars) if chance < _HALF else (),
            occupied=(1 - chance) * reading.occupied,
            empty=reading.empty + chance * reading.occupied,
        )
        for reading in readings
    ]


def or_none(number: Number, chance: float) -> Number:
    """The distribution of a number that is nought with some probability and else as it was."""
    lowest, probabilities = number
    spread = np.zeros(lowest + len(probabilities))
    spread[lowest:] = (1 - chance) * probabilities
    spread[0] += chance * probabilities.sum()
    return 0, spread


def _doubted(car: FoundCar, chance: float) -> FoundCar:
    return replace(car, confidence=(1 - chance) * car.confidence, presence=(1 - chance) * car.presence)
