"""From readings of tracks to railcars on the ground, coverage and tallies with intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.catalogue import CATALOGUE
from yardwatch.model.frame import Floats, Frame
from yardwatch.model.line import Line
from yardwatch.model.quantity import Qualifier
from yardwatch.model.railcar import Interval, Railcar, String, Tally, TrackCoverage
from yardwatch.model.site import Coordinates, ZoneFinder
from yardwatch.railcars.reading import TrackReading, counted_numbers
from yardwatch.railcars.ribbon import RibbonPlan
from yardwatch.railcars.typing_rule import TypeRule
from yardwatch.railcars.widening import TYPE_ERRORS, ErrorModel, widened

__all__ = [
    "INTERVALS_HELD",
    "LEVEL",
    "Number",
    "TrackCount",
    "car_strings",
    "coarse_tally",
    "cover",
    "interval_of",
    "locate_cars",
    "tally_zones",
    "zone_numbers",
    "zones_along",
]

LEVEL = 0.9
"""Probability that a tally's bounds hold the truth, by the model."""

INTERVALS_HELD = "calibrated on simulated scenes; of the real ones labelled so far it held in 6 of 6"
"""How far the bounds can be trusted; `docs/explanation/accuracy.md` has the table."""

Number = tuple[int, Floats]
"""The lowest number, and the probabilities of it and those that follow it."""

_WIDTH_M = 3.0
_COUPLED_M = 4.0
_UNSEEN_M = 7.0
_LEAST_SEEN_M = 7.0
_MAYBE_OCCUPIED = 0.95
_SHORTEST_PITCH_M = min(car.over_couplers_m for car in CATALOGUE)


@dataclass(frozen=True, slots=True, eq=False)
class TrackCount:
    """One track: where it lies, what was read on it, and how much of it was seen."""

    plan: RibbonPlan
    """Its ribbon."""
    line: Line
    """Its line in local metres."""
    reading: TrackReading
    """What was decoded."""
    zones: tuple[str | None, ...]
    """The zone that holds the middle of each column, shape (n,)."""
    coverage: TrackCoverage
    """Visible, hidden and outside metres."""


def zones_along(plan: RibbonPlan, line: Line, finder: ZoneFinder, frame: Frame) -> tuple[str | None, ...]:
    """The zone that holds each column of a ribbon, looked up every metre."""
    every = max(1, round(1.0 / (plan.chainages_m[1] - plan.chainages_m[0])))
    x, y = frame.to_crs(*line.points(plan.chainages_m[::every]))
    found = finder.among(x, y)
    return tuple(np.repeat(np.array(found, object), every)[: len(plan.chainages_m)].tolist())


def cover(plan: RibbonPlan, reading: TrackReading) -> TrackCoverage:
    """How much of a track was seen, hidden and outside the image."""
    step_m = plan.chainages_m[1] - plan.chainages_m[0]
    hidden_m = step_m * float((reading.concealed & plan.inside).sum())
    seen_m = step_m * float((~reading.concealed & plan.inside).sum())
    scale = min(1.0, plan.length_m / max(hidden_m + seen_m, 1e-9))
    return TrackCoverage(
        name=plan.track,
        length_m=plan.length_m,
        visible_m=scale * seen_m,
        hidden_m=scale * hidden_m,
        outside_m=max(0.0, plan.length_m - scale * (seen_m + hidden_m)),
        occupied_m=step_m * float(reading.occupied[plan.inside].sum()),
        hidden_stretches=_stretches(plan, reading.concealed & plan.inside),
    )


def locate_cars(track: TrackCount, frame: Frame, *, first_number: int, rule: TypeRule) -> list[Railcar]:
    """The cars of one track on the ground."""
    plan = track.plan
    step_m = float(plan.chainages_m[1] - plan.chainages_m[0])
    origin_m = float(plan.chainages_m[0]) - step_m / 2
    found = track.reading.cars
    ends_m = [(origin_m + step_m * one.start, origin_m + step_m * one.end) for one in found]
    footprints = _footprints(track.line, frame, ends_m, [one.offset_m for one in found])
    cars = []
    for number, (one, (start_m, end_m), footprint) in enumerate(zip(found, ends_m, footprints, strict=True)):
        kind, probabilities = rule.say(one.type_probabilities)
        cars.append(
            Railcar(
                id=f"c{first_number + number:04d}",
                track=plan.track,
                start_m=start_m,
                end_m=end_m,
                offset_m=one.offset_m,
                width_m=_WIDTH_M,
                type=kind,
                subtype=None,
                type_probabilities=probabilities,
                confidence=one.confidence,
                zone=track.zones[(one.start + one.end) // 2],
                footprint=footprint,
            )
        )
    return cars


def car_strings(cars: Sequence[Railcar]) -> tuple[String, ...]:
    """Cars of one track, in order of chainage, that stand less than 4 m apart."""
    groups: list[list[Railcar]] = []
    for car in cars:
        if groups and groups[-1][-1].track == car.track and car.start_m - groups[-1][-1].end_m < _COUPLED_M:
            groups[-1].append(car)
        else:
            groups.append([car])
    return tuple(
        String(group[0].track, group[0].start_m, group[-1].end_m, tuple(car.id for car in group)) for group in groups
    )


def zone_numbers(tracks: Sequence[TrackCount], *, step_m: float, errors: ErrorModel) -> dict[str | None, Number]:
    """Distribution of the number of cars in each zone that holds track, and under None of all of them.

    Parameters
    ----------
    tracks : sequence of TrackCount
        The tracks.
    step_m : float
        Width of a column, metres.
    errors : ErrorModel
        By how much less sure than the model they are.
    """
    names = sorted({name for track in tracks for name in track.zones if name is not None})
    everywhere = [np.ones(len(track.zones), bool) for track in tracks]
    whole = counted_numbers([track.reading for track in tracks], everywhere, step_m=step_m)
    numbers = {name: _number(name, tracks, whole, step_m) for name in [*names, None]}
    return {name: widened(*number, errors=errors) for name, number in numbers.items()}


def tally_zones(
    tracks: Sequence[TrackCount], numbers: Mapping[str | None, Number], *, rule: TypeRule
) -> tuple[Tally, ...]:
    """One tally for each zone that holds track, then one that counts every car once.

    The bounds speak of the visible track; where some is hidden or outside, the number is "at least". Where nothing can
    be seen there is no number, only the bound that the hidden track sets.

    Parameters
    ----------
    tracks : sequence of TrackCount
        The tracks.
    numbers : mapping
        As `zone_numbers` gives them.
    rule : TypeRule
        How finely types are said.
    """
    return tuple(_tally(zone, tracks, number, rule) for zone, number in numbers.items())


def coarse_tally(tracks: Sequence[TrackCount], *, resolved: bool) -> tuple[Tally, ...]:
    """Bounds only, for an image too coarse to tell cars apart.

    Parameters
    ----------
    tracks : sequence of TrackCount
        The tracks.
    resolved : bool
        Whether the image at least tells occupied from empty track. If not, all that was seen may be occupied.
    """
    names = sorted({name for track in tracks for name in track.zones if name is not None})
    return tuple(_bound(name, tracks, resolved=resolved) for name in [*names, None])


def _stretches(plan: RibbonPlan, columns: NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    """Chainage of both ends of each run of columns."""
    half_m = float(plan.chainages_m[1] - plan.chainages_m[0]) / 2
    edges = np.flatnonzero(np.diff(np.concatenate([[False], columns, [False]]).astype(np.int8)))
    return tuple(
        (float(plan.chainages_m[first]) - half_m, float(plan.chainages_m[after - 1]) + half_m)
        for first, after in zip(edges[::2], edges[1::2], strict=True)
    )


def _number(zone: str | None, tracks: Sequence[TrackCount], whole: Sequence[Number], step_m: float) -> Number:
    columns = [_columns(track, zone) for track in tracks]
    parts = [(track.reading, own) for track, own in zip(tracks, columns, strict=True) if own.any() and not own.all()]
    numbers = counted_numbers([reading for reading, _ in parts], [own for _, own in parts], step_m=step_m)
    numbers += [number for number, own in zip(whole, columns, strict=True) if own.all()]
    return _sum(numbers)


def _tally(zone: str | None, tracks: Sequence[TrackCount], distribution: Number, rule: TypeRule) -> Tally:
    columns = [_columns(track, zone) for track in tracks]
    number = interval_of(*distribution)
    visible_m, hidden_m, outside_m, occupied_m = _metres(zone, tracks, columns)
    return Tally(
        zone=zone,
        value=number.value if visible_m >= _LEAST_SEEN_M else None,
        low=number.low,
        high=number.high if visible_m >= _LEAST_SEEN_M else int(np.ceil(hidden_m / _SHORTEST_PITCH_M)),
        level=LEVEL,
        qualifier=_qualifier(number, visible_m=visible_m, unseen_m=hidden_m + outside_m),
        by_type=_by_type(tracks, columns, rule),
        visible_m=visible_m,
        hidden_m=hidden_m,
        outside_m=outside_m,
        occupied_m=occupied_m,
    )


def _qualifier(number: Interval, *, visible_m: float, unseen_m: float) -> Qualifier:
    if visible_m < _LEAST_SEEN_M:
        return Qualifier.UNKNOWN
    if unseen_m >= _UNSEEN_M:
        return Qualifier.AT_LEAST
    return Qualifier.EXACT if number.low == number.high else Qualifier.ABOUT


def _bound(zone: str | None, tracks: Sequence[TrackCount], *, resolved: bool) -> Tally:
    columns = [_columns(track, zone) for track in tracks]
    visible_m, hidden_m, outside_m, occupied_m = _metres(zone, tracks, columns)
    high = 0
    for track, own in zip(tracks, columns, strict=True):
        step_m = float(track.plan.chainages_m[1] - track.plan.chainages_m[0])
        maybe = own & ~track.reading.concealed & track.plan.inside
        if resolved:
            maybe &= track.reading.empty < _MAYBE_OCCUPIED
        high += int(np.ceil(step_m * maybe.sum() / _SHORTEST_PITCH_M))
    return Tally(
        zone=zone,
        value=None,
        low=0,
        high=high,
        level=LEVEL,
        qualifier=Qualifier.UNKNOWN,
        by_type={},
        visible_m=visible_m,
        hidden_m=hidden_m,
        outside_m=outside_m,
        occupied_m=occupied_m,
    )


def _columns(track: TrackCount, zone: str | None) -> NDArray[np.bool_]:
    if zone is None:
        return np.ones(len(track.zones), bool)
    return np.asarray(np.array(track.zones, object) == zone, bool)


def _metres(
    zone: str | None, tracks: Sequence[TrackCount], columns: Sequence[NDArray[np.bool_]]
) -> tuple[float, float, float, float]:
    """Visible, hidden, outside and occupied metres of a zone; outside counts where the track's own zone is known."""
    visible_m = hidden_m = outside_m = occupied_m = 0.0
    for track, own in zip(tracks, columns, strict=True):
        seen = track.plan.inside
        total = max(int(seen.sum()), 1)
        share = int((own & seen & ~track.reading.concealed).sum()) / total
        hidden_share = int((own & seen & track.reading.concealed).sum()) / total
        looked_m = track.coverage.visible_m + track.coverage.hidden_m
        visible_m += share * looked_m
        hidden_m += hidden_share * looked_m
        if zone is None or (own & seen).sum() > total / 2:
            outside_m += track.coverage.outside_m
        step_m = float(track.plan.chainages_m[1] - track.plan.chainages_m[0])
        occupied_m += step_m * float(track.reading.occupied[own & seen].sum())
    return visible_m, hidden_m, outside_m, occupied_m


def _footprints(
    line: Line, frame: Frame, ends_m: Sequence[tuple[float, float]], offsets_m: Sequence[float]
) -> list[Coordinates]:
    """Closed rings around bodies, bent with the track."""
    rings = []
    for (start_m, end_m), offset_m in zip(ends_m, offsets_m, strict=True):
        along = np.linspace(start_m, end_m, max(2, round((end_m - start_m) / 5) + 1))
        half = np.repeat([_WIDTH_M / 2, -_WIDTH_M / 2], len(along))
        rings.append(np.stack([np.concatenate([along, along[::-1]]), offset_m + half]))
    if not rings:
        return []
    x, y = frame.to_crs(*line.points(*np.concatenate(rings, axis=1)))
    corners = np.split(np.stack([x, y], axis=1), np.cumsum([ring.shape[1] for ring in rings])[:-1])
    return [(*map(tuple, ring.tolist()), tuple(ring[0].tolist())) for ring in corners]


def _by_type(tracks: Sequence[TrackCount], columns: Sequence[NDArray[np.bool_]], rule: TypeRule) -> dict[str, Interval]:
    """Bounds of the number of each reported type, each car on its own."""
    found = [
        (rule.say(car.type_probabilities), car.presence)
        for track, own in zip(tracks, columns, strict=True)
        for car in track.reading.cars
        if own[(car.start + car.end) // 2]
    ]
    kinds = sorted({kind for (kind, _), _ in found})
    chances = [[presence * _chance(said, odds, kind) for kind in kinds] for (said, odds), presence in found]
    numbers = _independent(np.array(chances).reshape(len(found), len(kinds)))
    return {
        kind: interval_of(*widened(0, number, errors=TYPE_ERRORS)) for kind, number in zip(kinds, numbers, strict=True)
    }


def _chance(said: str, odds: dict[str, float], kind: str) -> float:
    """Probability that a car reported as `said` counts as `kind`: those not told apart are counted as reported."""
    if kind not in odds or said not in odds:
        return float(kind == said)
    return odds[kind]


def _independent(chances: Floats) -> Floats:
    """Distributions of how many of n independent events of each kind happen, from their chances, (n, k): (k, n + 1)."""
    distribution = np.zeros((chances.shape[1], len(chances) + 1))
    distribution[:, 0] = 1.0
    for number, chance in enumerate(chances[..., None], 1):
        more = distribution[:, :number] * chance
        distribution[:, :number] -= more
        distribution[:, 1 : number + 1] += more
    return distribution


def _sum(numbers: Sequence[tuple[int, Floats]]) -> tuple[int, Floats]:
    """Distribution of the sum of independent numbers."""
    lowest, distribution = 0, np.ones(1)
    for first, probabilities in numbers:
        lowest += first
        distribution = np.convolve(distribution, probabilities)
    return lowest, distribution


def interval_of(lowest: int, distribution: Floats) -> Interval:
    """Median and the bounds that leave half of the rest on each side."""
    below = np.cumsum(distribution / distribution.sum())
    low, value, high = (int(np.searchsorted(below, q - 1e-9)) for q in ((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2))
    return Interval(lowest + value, lowest + low, lowest + high)
