"""Trains, strings and single cars on the tracks of a plan."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from yardwatch.errors import MisuseError
from yardwatch.model.catalogue import CATALOGUE, COUPLER_GAP_M, CarModel
from yardwatch.model.frame import Floats
from yardwatch.model.line import Line
from yardwatch.simulate.plan import Colour, PlacedCar, YardPlan

__all__ = ["dusted", "place_consists"]

_CLEAR_M = 4.1
_JOINED_M = 1.2
_SHARES = {
    "open_top": 0.27, "covered": 0.22, "tank": 0.17, "flat": 0.09, "container": 0.12, "passenger": 0.06,
    "locomotive": 0.04, "other": 0.03,
}  # fmt: skip
_WORK_CRANE = CarModel(
    "work car", "other", None, "russian", 14.6, 13.5, 2.9, 3.9, "invented: a crane or tamper of the usual size"
)


def place_consists(
    rng: np.random.Generator,
    plan: YardPlan,
    *,
    catalogue: Sequence[CarModel] | None = None,
    occupancy: float = 0.5,
) -> YardPlan:
    """The plan with cars on its tracks instead of those it had.

    Block trains, mixed strings, cars set apart and singles; locomotives mostly at an end. No two bodies meet, and no
    car stands where it would foul the next track. Strings run on beyond the picture, so some are cut by its edge.

    Parameters
    ----------
    rng : numpy.random.Generator
        Chance.
    plan : YardPlan
        Gives the tracks.
    catalogue : sequence of CarModel, optional
        Models to draw from; the whole catalogue and a work car unless given.
    occupancy : float
        Share of the usable track to fill, about; some tracks stay empty all the same.

    Raises
    ------
    MisuseError
        If the catalogue is empty or the occupancy is not a share.
    """
    models = list(catalogue) if catalogue is not None else [*CATALOGUE, _WORK_CRANE]
    if not models or not 0 <= occupancy <= 1:
        raise MisuseError(f"{len(models)} models at occupancy {occupancy:g}; use at least one and a share of 0 to 1")
    cars: list[PlacedCar] = []
    fleet = _fleet(rng, models)
    for index in range(len(plan.tracks)):
        share = occupancy if occupancy in (0, 1) else float(rng.beta(4 * occupancy, 4 * (1 - occupancy)))
        for start, end in _usable(plan, index):
            cars += _fill(rng, fleet, index, (start, end), share)
    return replace(plan, cars=tuple(sorted(cars, key=lambda car: (car.track, car.start_m))))


def dusted(rng: np.random.Generator, plan: YardPlan, *, share: float) -> YardPlan:
    """The plan with dust of the ground's colours on about `share` of its cars, whole batches at a time.

    Such cars are told from their ground by shape and shadow alone, as many are in yards for coal, ore and cement.

    Parameters
    ----------
    rng : numpy.random.Generator
        Chance.
    plan : YardPlan
        With its cars.
    share : float
        Share of the batches that are dusty.
    """
    style = plan.style
    grounds = [style.yard, *style.grounds, *(look.bed for look in style.looks)]
    batches = {
        batch: _tinged(rng, grounds[int(rng.integers(len(grounds)))])
        for batch in sorted({(car.track, car.look) for car in plan.cars})
        if rng.random() < share
    }
    return replace(plan, cars=tuple(replace(car, dust=batches.get((car.track, car.look))) for car in plan.cars))


def _tinged(rng: np.random.Generator, colour: Colour) -> Colour:
    """The same colour, a little lighter or darker."""
    red, green, blue = np.clip(np.array(colour) * rng.normal(1, 0.1) + rng.normal(0, 0.01, 3), 0.05, 0.95)
    return float(red), float(green), float(blue)


def _fleet(rng: np.random.Generator, models: list[CarModel]) -> list[CarModel]:
    """Mostly the cars of one railway, with some of the others."""
    railways = sorted({model.railway for model in models})
    home = railways[int(rng.integers(len(railways)))]
    own = [model for model in models if model.railway == home]
    covered = {model.type for model in own}
    strangers = [model for model in models if model.type not in covered or rng.random() < 0.08]
    return own + [model for model in strangers if model.railway != home]


def _usable(plan: YardPlan, index: int) -> list[tuple[float, float]]:
    """Stretches of a track where a car fouls no other; where tracks have joined, they belong to the first of them."""
    line = plan.tracks[index]
    chainage = np.arange(0, line.length_m, 2.0)
    others = [other for number, other in enumerate(plan.tracks) if number != index]
    if not others or not len(chainage):
        return [(0.0, line.length_m)]
    x, y = line.points(chainage)
    distances = [cKDTree(_dotted(other)).query(np.column_stack([x, y]))[0] for other in others]
    joined = [(distance < _JOINED_M) & (number >= index) for number, distance in enumerate(distances)]
    clear = np.all([(d > _CLEAR_M) | same for d, same in zip(distances, joined, strict=True)], axis=0)
    edges = np.diff(np.concatenate([[0], clear.astype(np.int8), [0]]))
    starts, ends = np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0]
    found = [(float(chainage[a]), float(chainage[b - 1])) for a, b in zip(starts, ends, strict=True)]
    return [(start, end) for start, end in found if end - start > 12]


def _dotted(line: Line) -> Floats:
    return np.column_stack(line.points(np.arange(0, line.length_m, 2.0)))


def _fill(
    rng: np.random.Generator, fleet: list[CarModel], track: int, stretch: tuple[float, float], share: float
) -> list[PlacedCar]:
    """Strings with free track between them, so that about `share` is filled."""
    start, end = stretch
    cars: list[PlacedCar] = []
    if share < 0.02:
        return cars
    here = start + (0.0 if rng.random() < 0.3 else float(rng.exponential(60 * (1 - share) / share + 4)))
    while here < end - 8:
        string = _string(rng, fleet, track, here, end)
        cars += string
        here = string[-1].end_m if string else end
        free = (1 - share) / share * max(30.0, here - (string[0].start_m if string else here))
        here += float(rng.uniform(2.0, 8.0)) if rng.random() < 0.25 else 2.0 + float(rng.exponential(free))
    return cars


def _string(rng: np.random.Generator, fleet: list[CarModel], track: int, start: float, end: float) -> list[PlacedCar]:
    """A coupled string from `start`, at most to `end`."""
    count = 1 + int(rng.geometric(float(rng.choice([0.9, 0.3, 0.12, 0.05]))) - 1)
    mixed = rng.random() < 0.3
    model, look = _draw(rng, fleet, "locomotive" if rng.random() < 0.2 else None)
    cars: list[PlacedCar] = []
    here = start
    batch = float(rng.normal(1, 0.01))
    for number in range(count):
        if mixed or number == 1 or rng.random() < 0.06:
            model, look = _draw(rng, fleet, None)
        elif rng.random() < 0.25:
            look = int(rng.integers(2**31))
        length = model.body_m * batch * float(rng.normal(1, 0.002))
        if here + length > end:
            break
        own = replace(model, body_m=length, over_couplers_m=length + model.over_couplers_m - model.body_m)
        cars.append(PlacedCar(track, here, here + length, own, look, int(rng.integers(2**31))))
        gap = max(0.6, model.over_couplers_m - model.body_m) if model.over_couplers_m > model.body_m else COUPLER_GAP_M
        here += length + gap + float(rng.normal(0, 0.05)) * (gap > 0.7)
        if rng.random() < 0.03:
            here += float(rng.exponential(2.5))
    return cars


def _draw(rng: np.random.Generator, fleet: list[CarModel], kind: str | None) -> tuple[CarModel, int]:
    kinds = sorted({model.type for model in fleet})
    if kind not in kinds:
        weights = np.array([_SHARES.get(name, 0.02) for name in kinds])
        kind = kinds[int(rng.choice(len(kinds), p=weights / weights.sum()))]
    models = [model for model in fleet if model.type == kind]
    return models[int(rng.integers(len(models)))], int(rng.integers(2**31))
