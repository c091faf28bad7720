"""How cars stand on a track: the semi-Markov model of strings, and what the evidence weighs in it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from yardwatch.model.catalogue import CATALOGUE, CarModel
from yardwatch.model.frame import Floats
from yardwatch.railcars.evidence import TYPES, ColumnEvidence
from yardwatch.railcars.semimarkov import Evidence, SemiMarkov

__all__ = [
    "CARS",
    "CONCEALED",
    "EMPTY",
    "GAPS",
    "SHARES",
    "SHORTEST_CAR_M",
    "Expected",
    "Weights",
    "blind_evidence",
    "blind_model",
    "column_evidence",
    "string_model",
]

EMPTY, CONCEALED = 0, 1
"""Indices of the states of empty and of concealed track."""
GAPS = slice(2, 2 + len(TYPES))
"""The states of a gap behind a car of each type."""
CARS = slice(2 + len(TYPES), 2 + 2 * len(TYPES))
"""The states of a car's body of each type."""

SHORTEST_CAR_M = 5.0
"""Nothing shorter is taken for a car, metres."""
SHARES: Mapping[str, float] = MappingProxyType(
    {
        "open_top": 0.22, "covered": 0.22, "tank": 0.16, "flat": 0.10, "container": 0.12, "passenger": 0.06,
        "locomotive": 0.06, "other": 0.06,
    }
)  # fmt: skip
"""How common each type is before anything is seen; ours, and flat on purpose."""

_NETWORK_EMPTY, _NETWORK_GAP, _NETWORK_CAR, _NETWORK_CONCEALED = range(4)
_IMPOSSIBLE = -1e30
_LEAST = -12.0
_LONGEST_CAR_M = 30.0
_LONGEST_GAP_M = 4.0
_FOREIGN = 0.15
_FEW = 5
_HALF_METRE = 0.5
_BROAD = "russian"
_BROAD_MM = 1500


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part of the evidence counts; `docs/explanation/accuracy.md` says how the defaults were set."""

    columns: float = 0.5
    """Power to which the likelihood of a column is raised: neighbouring columns of 0.25 m say nearly the same."""
    ends: float = 2.0
    """Power to which the likelihood of a body's end is raised."""
    shy: float = 1.0
    """Added to the network's log-odds of a body's end, which are too low: ends are rare among columns."""
    types: float = 0.1
    """Power to which the likelihood of a column's type is raised."""
    free_stretch_m: float = 60.0
    """Usual length of empty track between strings, metres."""
    coupled: float = 0.9
    """Probability that another car follows a car."""
    concealed: float = 0.002
    """Probability that concealed track follows empty track or a car."""
    roofs: float = 0.05
    """How common concealed track is beside what the network was trained with, which is full of it."""
    block: float = 0.6
    """Probability that the next car of a string is of the same type because it is a block train."""
    engine_last: float = 0.35
    """Probability that nothing follows a locomotive."""
    catalogue: float = 0.7
    """Share of cars as long as one in the catalogue; the others may have any length from 5 to 30 m."""
    fleet: float = 0.7
    """Share of cars as long as one found in the same scene, where many are found."""

    def at(self, gsd_m: float) -> "Weights":
        """The same for images of a ground sample distance in metres: beyond half a metre columns count less.

        Columns of 0.25 m that share a pixel say the same thing twice.
        """
        return replace(self, columns=self.columns * min(1.0, _HALF_METRE / gsd_m))


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of the cars of a site before it is looked at."""

    cars: tuple[CarModel, ...] = CATALOGUE
    """The cars that may stand there."""
    gauge_mm: int | None = None
    """Distance between the rails, where it is known and the same for all tracks: cars of railways of another gauge are
    then rarer, as bogies can be exchanged."""
    weights: Weights = Weights()
    """How strings follow one another, and how much the evidence counts."""


def string_model(step_m: float, *, expected: Expected, fleet_m: Floats | None = None) -> SemiMarkov:
    """Empty track, cars of each type with gaps between them, concealed track; durations from the railcar catalogue.

    A gap remembers what stood before it, so that block trains keep their type and locomotives stand at ends.

    Parameters
    ----------
    step_m : float
        Width of a column, metres.
    expected : Expected
        The cars that may stand there and how they follow one another.
    fleet_m : ndarray, optional
        Body lengths of cars that surely stand in the scene: others there are likely to be as long as one of them.
    """
    weights = expected.weights
    columns = round(_LONGEST_CAR_M / step_m)
    lengths_m: Floats = step_m * np.arange(1, columns + 1, dtype=float)
    single = np.where(np.arange(columns) == 0, 0.0, _IMPOSSIBLE)
    gap = _log(np.where(lengths_m <= _LONGEST_GAP_M, np.exp(-0.5 * (np.log(lengths_m / 1.2) / 0.5) ** 2), 0.0))
    here = _fleet(lengths_m, fleet_m)
    share = 0.0 if fleet_m is None else weights.fleet * len(fleet_m) / (len(fleet_m) + _FEW)
    known = [_car_lengths(lengths_m, kind, expected) for kind in TYPES]
    bodies = [_log((1 - share) * lengths + share * here) for lengths in known]
    first = np.zeros(2 + 2 * len(TYPES))
    shares = np.array([SHARES[kind] for kind in TYPES])
    first[EMPTY], first[CONCEALED], first[GAPS], first[CARS] = 0.5, 0.1, 0.1 * shares, 0.3 * shares
    return SemiMarkov(
        states=("empty", "concealed", *(f"gap after {kind}" for kind in TYPES), *TYPES),
        log_first=np.log(first),
        log_last=np.zeros(len(first)),
        log_next=_log(_follow(step_m, weights, shares)),
        log_duration=np.stack([single, single, *[gap] * len(TYPES), *bodies]),
        log_cut=np.stack([single, single, *[_left_over(gap)] * len(TYPES), *[_left_over(body) for body in bodies]]),
    )


def blind_model(model: SemiMarkov) -> SemiMarkov:
    """A model of `string_model` that does not tell types: four states, empty, concealed, gap and car.

    A car of it is as long as one of any type, in the shares they have before anything is seen.
    """
    shares = np.array([SHARES[kind] for kind in TYPES])
    follow, first = np.exp(model.log_next), np.exp(model.log_first)
    ahead = np.zeros((len(first), 4))
    ahead[[EMPTY, CONCEALED], [EMPTY, CONCEALED]] = 1.0
    ahead[GAPS, 2] = ahead[CARS, 3] = 1.0
    behind = ahead.T.copy()
    behind[2, GAPS] = behind[3, CARS] = shares / shares.sum()
    return SemiMarkov(
        states=("empty", "concealed", "gap", "car"),
        log_first=_log(first @ ahead),
        log_last=np.zeros(4),
        log_next=_log(behind @ follow @ ahead),
        log_duration=_log(behind @ np.exp(model.log_duration)),
        log_cut=_log(behind @ np.exp(model.log_cut)),
    )


def blind_evidence(evidence: Evidence) -> Evidence:
    """The evidence of `column_evidence` for `blind_model`: of a car that of the type which fits best."""
    ends = (None if one is None else _best_type(one) for one in (evidence.log_first, evidence.log_last))
    tables = (evidence.log_likelihood, evidence.log_begin, evidence.log_end)
    return Evidence(*(_best_type(table) for table in tables), *ends)


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
        Of the states of `string_model` and n columns.
    """
    said = weights.columns * np.maximum(read.states, _LEAST)
    kinds = weights.types * np.maximum(read.types - read.types.max(0), _LEAST)
    columns = said.shape[1]
    likelihood = np.empty((2 + 2 * len(TYPES), columns))
    likelihood[EMPTY] = said[_NETWORK_EMPTY]
    likelihood[CONCEALED] = said[_NETWORK_CONCEALED] + weights.columns * np.log(weights.roofs)
    likelihood[GAPS], likelihood[CARS] = said[_NETWORK_GAP], said[_NETWORK_CAR] + kinds
    blind = ~read.readable
    likelihood[:, blind] = _LEAST
    likelihood[CONCEALED, blind] = 0.0
    begin, end = np.zeros((2, len(likelihood), columns + 1))
    begin[CARS, :columns] = weights.ends * np.clip(read.begin + weights.shy, -8, 8)
    end[CARS, 1:] = weights.ends * np.clip(read.end + weights.shy, -8, 8)
    return Evidence(likelihood, begin, end)


def _follow(step_m: float, weights: Weights, shares: Floats) -> Floats:
    """Probability of each state after each other."""
    stay, hide = np.exp(-step_m / weights.free_stretch_m), weights.concealed
    coupled = np.full(len(TYPES), weights.coupled)
    coupled[TYPES.index("locomotive")] = 1 - weights.engine_last
    follow = np.zeros((2 + 2 * len(TYPES), 2 + 2 * len(TYPES)))
    follow[EMPTY, EMPTY], follow[EMPTY, CONCEALED] = stay, (1 - stay) * hide
    follow[EMPTY, CARS] = (1 - stay) * (1 - hide) * shares
    follow[CONCEALED, CONCEALED], follow[CONCEALED, EMPTY] = stay, (1 - stay) / 2
    follow[CONCEALED, CARS] = (1 - stay) / 2 * shares
    follow[GAPS, CARS] = weights.block * np.eye(len(TYPES)) + (1 - weights.block) * shares
    follow[CARS, GAPS] = np.diag(coupled)
    follow[CARS, EMPTY], follow[CARS, CONCEALED] = (1 - coupled) * (1 - hide), (1 - coupled) * hide
    return follow


def _best_type(values: Floats) -> Floats:
    return np.concatenate([values[: GAPS.start + 1], values[CARS].max(0, keepdims=True)])


def _car_lengths(lengths_m: Floats, kind: str, expected: Expected) -> Floats:
    """Probability of each body length: the catalogue, blurred by 3 % and 0.3 m, over a low floor for the unknown."""
    density = np.zeros(len(lengths_m))
    gauge_mm, sourced = expected.gauge_mm, expected.weights.catalogue
    for car in expected.cars:
        if car.type == kind:
            spread_m = np.hypot(0.03 * car.body_m, 0.3)
            bell = np.exp(-0.5 * ((lengths_m - car.body_m) / spread_m) ** 2) / spread_m
            density += bell * (
                1.0 if gauge_mm is None or (car.railway == _BROAD) == (gauge_mm > _BROAD_MM) else _FOREIGN
            )
    possible = (lengths_m >= SHORTEST_CAR_M) & (lengths_m <= _LONGEST_CAR_M)
    density = np.where(possible, density, 0.0)
    floor = np.where(possible, 1.0, 0.0) / possible.sum()
    if not density.any():
        return np.asarray(floor)
    mixed: Floats = sourced * density / density.sum() + (1 - sourced) * floor
    return mixed


def _fleet(lengths_m: Floats, fleet_m: Floats | None) -> Floats:
    """How common each length is among cars already found, blurred by 2 % and 0.25 m."""
    if fleet_m is None or not len(fleet_m):
        return np.zeros_like(lengths_m)
    spread_m = np.hypot(0.02 * fleet_m, 0.25)
    bells = (np.exp(-0.5 * ((lengths_m[:, None] - fleet_m) / spread_m) ** 2) / spread_m).sum(1)
    bells[lengths_m < SHORTEST_CAR_M] = 0.0
    common: Floats = bells / bells.sum()
    return common


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
