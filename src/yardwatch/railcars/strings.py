"""How cars stand on a track: the semi-Markov model of strings, and what the evidence weighs in it."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from yardwatch.model.catalogue import CATALOGUE, CarModel
from yardwatch.model.frame import Floats
from yardwatch.railcars.evidence import ColumnEvidence
from yardwatch.railcars.semimarkov import Evidence, SemiMarkov

__all__ = ["CAR", "CONCEALED", "EMPTY", "GAP", "Weights", "column_evidence", "string_model"]

EMPTY, GAP, CAR, CONCEALED = range(4)
"""Indices of the states, in the order of the network's output."""

_IMPOSSIBLE = -1e30
_LONGEST_CAR_M = 30.0
_SHORTEST_CAR_M = 5.0
_LONGEST_GAP_M = 4.0


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part of the evidence counts; `docs/explanation/accuracy.md` says how the defaults were set."""

    columns: float = 0.5
    """Power to which the likelihood of a column is raised: neighbouring columns of 0.25 m say nearly the same."""
    ends: float = 2.0
    """Power to which the likelihood of a body's end is raised."""
    free_stretch_m: float = 60.0
    """Usual length of empty track between strings, metres."""
    coupled: float = 0.9
    """Probability that another car follows a car."""
    concealed: float = 0.002
    """Probability that concealed track follows empty track or a car."""


def string_model(step_m: float, *, weights: Weights, cars: Iterable[CarModel] = CATALOGUE) -> SemiMarkov:
    """Empty track, cars with gaps between them, concealed track; durations from the railcar catalogue.

    Parameters
    ----------
    step_m : float
        Width of a column, metres.
    weights : Weights
        How strings follow one another.
    cars : iterable of CarModel
        The cars that may stand there.
    """
    columns = round(_LONGEST_CAR_M / step_m)
    lengths_m: Floats = step_m * np.arange(1, columns + 1, dtype=float)
    single = np.where(np.arange(columns) == 0, 0.0, _IMPOSSIBLE)
    car = _log(_car_lengths(lengths_m, cars))
    gap = _log(np.where(lengths_m <= _LONGEST_GAP_M, np.exp(-0.5 * (np.log(lengths_m / 1.2) / 0.5) ** 2), 0.0))
    stay = np.exp(-step_m / weights.free_stretch_m)
    hide = weights.concealed
    follow = np.zeros((4, 4))
    follow[EMPTY] = [stay, 0, (1 - stay) * (1 - hide), (1 - stay) * hide]
    follow[GAP, CAR] = 1
    follow[CAR] = [(1 - weights.coupled) * (1 - hide), weights.coupled, 0, (1 - weights.coupled) * hide]
    follow[CONCEALED] = [(1 - stay) / 2, 0, (1 - stay) / 2, stay]
    return SemiMarkov(
        states=("empty", "gap", "car", "concealed"),
        log_first=np.log([0.5, 0.1, 0.3, 0.1]),
        log_last=np.zeros(4),
        log_next=_log(follow),
        log_duration=np.stack([single, gap, car, single]),
        log_cut=np.stack([single, _left_over(gap), _left_over(car), single]),
    )


def column_evidence(read: ColumnEvidence, *, weights: Weights) -> Evidence:
    """Weigh what the network says; where a column has no data only concealment is possible.

    Parameters
    ----------
    read : ColumnEvidence
        Output of the network for one ribbon of n columns.
    weights : Weights
        How much it counts.

    Returns
    -------
    Evidence
        Of four states and n columns.
    """
    likelihood = weights.columns * np.maximum(read.states, -12.0)
    blind = ~read.readable
    likelihood[:, blind] = -12.0
    likelihood[CONCEALED, blind] = 0.0
    columns = likelihood.shape[1]
    begin, end = np.zeros((4, columns + 1)), np.zeros((4, columns + 1))
    begin[CAR, :columns] = weights.ends * np.clip(read.begin, -8, 8)
    end[CAR, 1:] = weights.ends * np.clip(read.end, -8, 8)
    return Evidence(likelihood, begin, end)


def _car_lengths(lengths_m: Floats, cars: Iterable[CarModel]) -> Floats:
    """Probability of each body length: the catalogue, blurred by 3 % and 0.3 m, over a low floor for the unknown."""
    density = np.zeros(len(lengths_m))
    bodies = [car.body_m for car in cars]
    for body_m in bodies:
        spread_m = np.hypot(0.03 * body_m, 0.3)
        density += np.exp(-0.5 * ((lengths_m - body_m) / spread_m) ** 2) / spread_m
    possible = (lengths_m >= _SHORTEST_CAR_M) & (lengths_m <= _LONGEST_CAR_M)
    density = np.where(possible, density / density.sum(), 0.0)
    floor = np.where(possible, 1.0, 0.0)
    mixed: Floats = 0.7 * density + 0.3 * floor / floor.sum()
    return mixed


def _left_over(log_duration: Floats) -> Floats:
    """Of a segment cut at a random place: log-probability that so many columns of it are left."""
    probability = np.exp(log_duration)
    probability /= probability.sum()
    at_least = np.cumsum(probability[::-1])[::-1]
    return _log(at_least / at_least.sum())


def _log(probability: Floats) -> Floats:
    total = probability.sum(-1, keepdims=True)
    with np.errstate(divide="ignore"):
        return np.asarray(np.maximum(np.log(probability / np.where(total > 0, total, 1.0)), _IMPOSSIBLE))
