"""Invented sites over several dates, with what was built, razed, laid and piled up between them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from yardwatch.errors import MisuseError
from yardwatch.model.dates import When, parse_when
from yardwatch.model.grid import Grid
from yardwatch.model.line import Line
from yardwatch.model.site import Coordinates, Site, Zone
from yardwatch.simulate._stages import stages_of
from yardwatch.simulate._works import (
    Ground,
    Timing,
    Work,
    building_work,
    canopy_work,
    cargo_work,
    razed_work,
    road_work,
)
from yardwatch.simulate.conditions import Conditions, Sensor, Sun, View, Weather
from yardwatch.simulate.consists import place_consists
from yardwatch.simulate.place import invented_site
from yardwatch.simulate.plan import Colour, PlacedCar, Style, Thing, TrackLook, YardPlan
from yardwatch.simulate.reading import ArrayReader
from yardwatch.simulate.scene import SITE_CRS, SITE_ORIGIN_M, render
from yardwatch.simulate.yard import random_yard

__all__ = ["APRON", "Shot", "SiteHistory", "TrueObject", "TrueRenewal", "TrueStage", "random_history"]

APRON = "apron"
"""Name of the zone on which cargo is piled up."""

_SIZE_M = (440.0, 340.0)
_CORRIDOR_M = 1.4
_NOISE = 0.008
_MOVABLE = frozenset({"car", "truck"})
_LEAST_DATES = 4


@dataclass(frozen=True, slots=True)
class TrueObject:
    """Something that came to be, or went, over the dates."""

    kind: str
    """One of `yardwatch.model.change.CHANGE_KINDS`."""
    ring: Coordinates
    """Its outline once it is finished, closed, in the site's CRS."""
    began: datetime
    """The instant in which it began."""
    finished: datetime
    """The instant in which it was finished."""
    phases: tuple[str, ...]
    """One of `yardwatch.model.change.PHASES` for each date."""


@dataclass(frozen=True, slots=True)
class TrueRenewal:
    """A stretch of track whose wooden sleepers gave way to concrete."""

    track: str
    """Name of the track."""
    start_m: float
    """Chainage of its lower end, metres."""
    end_m: float
    """Chainage of its upper end, metres."""
    when: datetime
    """The instant in which it was done."""


@dataclass(frozen=True, slots=True)
class TrueStage:
    """A part of an object that came or went between a date and the one before."""

    kind: str
    """What is seen of it: `earthwork` where ground was bared for a building, else the kind of the object."""
    date: int
    """Number of the first date that shows it."""
    ring: Coordinates
    """Its outline, closed, in the site's CRS."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """The site at one date."""

    when: When
    """When the picture is taken."""
    plan: YardPlan
    """What stands there."""
    conditions: Conditions
    """Under which the picture is taken."""
    seed: int
    """Chance of this picture's noise."""


@dataclass(frozen=True, slots=True, eq=False)
class SiteHistory:
    """An invented site over several dates."""

    site: Site
    """Its tracks, its yard, and the apron if it has one."""
    shots: tuple[Shot, ...]
    """By date."""
    objects: tuple[TrueObject, ...]
    """All that changed for good, renewed track among it."""
    stages: tuple[TrueStage, ...]
    """The parts in which they came or went, but for renewed track."""
    renewals: tuple[TrueRenewal, ...]
    """Renewed stretches of track."""
    fills: tuple[float, ...]
    """Share of the apron under cargo and the lanes of 0.8 m in it, at each date; empty without an apron."""
    seed: int
    """Chance of the ground, which is one and the same in all pictures."""

    def pixels(self, index: int) -> NDArray[np.uint8]:
        """The picture of one date, rendered anew; shape (3, rows, columns)."""
        shot = self.shots[index]
        made = render(shot.plan, rng=np.random.default_rng(self.seed), conditions=shot.conditions, stamp=False)
        noise = np.random.default_rng(shot.seed).normal(0, 255 * _NOISE, made.pixels.shape)
        return np.asarray(np.clip(np.rint(made.pixels + noise), 0, 255), np.uint8)

    def reader(self, index: int, pixels: NDArray[np.uint8] | None = None) -> ArrayReader:
        """The scene of one date; `pixels` are those of `pixels(index)`, where they are at hand."""
        shot, gsd_m = self.shots[index], self.shots[index].conditions.sensor.gsd_m
        pixels = self.pixels(index) if pixels is None else pixels
        west, _, _, north = shot.plan.bounds_m
        east_m, north_m = SITE_ORIGIN_M
        transform = (gsd_m, 0.0, east_m + west, 0.0, -gsd_m, north_m + north)
        grid = Grid(SITE_CRS, transform, pixels.shape[2], pixels.shape[1])
        return ArrayReader(pixels, grid, gsd_m=gsd_m, name=f"shot-{index + 1}", acquired=shot.when)


def random_history(rng: np.random.Generator, *, dates: int = 6, gsd_m: float = 0.5) -> SiteHistory:
    """A yard and its surroundings over months.

    A roof grows over tracks, a warehouse goes, a building and a dirt road come, cargo fills an apron, and on a stretch
    of track concrete takes the place of wood, as far as there is room. In each picture other trains and vehicles stand
    there, and sun, season, view and light differ.

    Parameters
    ----------
    rng : numpy.random.Generator
        Chance.
    dates : int
        Number of pictures, at least 4.
    gsd_m : float
        Ground size of a pixel, metres.

    Raises
    ------
    MisuseError
        If there are too few dates.
    """
    if dates < _LEAST_DATES:
        raise MisuseError(f"{dates} dates are too few for a history; use at least {_LEAST_DATES}")
    yard = random_yard(rng, tracks=int(rng.integers(4, 9)), size_m=_SIZE_M)
    yard = replace(yard, things=tuple(thing for thing in yard.things if thing.kind not in {"canopy", "portal"}))
    instants = _instants(rng, dates)
    ground = Ground(yard)
    works, apron, fills = _works(rng, ground, yard, dates)
    track, stretch, renewed_at = _renewed(rng, yard, dates)
    base = _cleared(yard, ground)
    looks = _renewal_looks(rng, base.style.looks[track])
    shots = []
    for date in range(dates):
        plan = _populated(rng, base, works, date, apron)
        plan = _relaid(plan, track, stretch, looks[int(date >= renewed_at)], looks[0])
        when = parse_when(instants[date].strftime("%Y-%m-%dT%H:%MZ"))
        shots.append(Shot(when, plan, _conditions(rng, instants[date], gsd_m), int(rng.integers(2**31))))
    between = _between(rng, instants, renewed_at)
    renewal = TrueRenewal(yard.track_names[track], *stretch, between)
    site = _site(base, apron)
    objects = [_true(rng, work, instants) for work in works]
    objects.append(_true_renewal(yard.tracks[track], renewal, renewed_at, dates))
    stages = tuple(
        TrueStage(kind, date, _moved(part.exterior.coords)) for work in works for kind, date, part in stages_of(work)
    )
    return SiteHistory(site, tuple(shots), tuple(objects), stages, (renewal,), fills, int(rng.integers(2**31)))


def _works(
    rng: np.random.Generator, ground: Ground, yard: YardPlan, dates: int
) -> tuple[list[Work], Thing | None, tuple[float, ...]]:
    def slow() -> Timing:
        seen = int(rng.integers(1, dates - 2))
        return Timing(dates, seen, int(rng.integers(seen + 1, min(seen + 3, dates - 1) + 1)))

    def quick() -> Timing:
        seen = int(rng.integers(1, dates))
        return Timing(dates, seen, seen)

    cargo = cargo_work(rng, ground, slow())
    found = [
        canopy_work(rng, ground, slow(), yard),
        cargo[0] if cargo else None,
        razed_work(rng, ground, quick()),
        road_work(rng, ground, quick(), yard),
        building_work(rng, ground, slow()),
    ]
    return [work for work in found if work], cargo[1] if cargo else None, cargo[2] if cargo else ()


def _instants(rng: np.random.Generator, dates: int) -> list[datetime]:
    """Forenoons some weeks or months apart."""
    first = datetime(2023, 1, 1, 2, tzinfo=UTC) + timedelta(days=int(rng.integers(0, 360)))
    days = np.concatenate([[0], np.cumsum(rng.integers(18, 120, dates - 1))])
    return [first + timedelta(days=int(day), minutes=int(rng.integers(0, 180))) for day in days]


def _between(rng: np.random.Generator, instants: list[datetime], date: int) -> datetime:
    """An instant between a date and the one before."""
    gap = instants[date] - instants[date - 1]
    return instants[date - 1] + timedelta(minutes=int(gap.total_seconds() / 60 * rng.uniform(0.02, 0.98)))


def _true(rng: np.random.Generator, work: Work, instants: list[datetime]) -> TrueObject:
    began = _between(rng, instants, work.timing.seen)
    quick = work.timing.done == work.timing.seen
    finished = began if quick else _between(rng, instants, work.timing.done)
    return TrueObject(work.kind, _moved(work.outline.exterior.coords), began, finished, work.phases)


def _true_renewal(line: Line, renewal: TrueRenewal, date: int, dates: int) -> TrueObject:
    chainage = np.arange(renewal.start_m, renewal.end_m, 4.0)
    strip = shapely.LineString(np.column_stack(line.points(chainage))).buffer(_CORRIDOR_M, cap_style="flat")
    phases = Timing(dates, date, date).phases()
    return TrueObject("track_renewal", _moved(strip.exterior.coords), renewal.when, renewal.when, phases)


def _cleared(yard: YardPlan, ground: Ground) -> YardPlan:
    """The yard without what would stand on the ground of the works."""
    return replace(
        yard,
        things=tuple(thing for thing in yard.things if not ground.covers(thing)),
        ways=tuple(way for way in yard.ways if way.kind == "oil" or not ground.crosses(way)),
    )


def _populated(rng: np.random.Generator, base: YardPlan, works: list[Work], date: int, apron: Thing | None) -> YardPlan:
    """The place at one date: the works so far, other vehicles and trains, and the colours of a season."""
    things = [thing for thing in base.things if thing.kind not in _MOVABLE or rng.random() < 0.5]
    things = [_turned(rng, thing) if thing.kind in _MOVABLE else thing for thing in things]
    works_things = [thing for work in works for thing in work.things[date]]
    ways = [way for work in works for way in work.ways[date]]
    plan = replace(
        base,
        things=(*things, *((apron,) if apron else ()), *works_things),
        ways=(*base.ways, *ways),
        style=_in_season(rng, base.style),
    )
    return place_consists(rng, plan, occupancy=float(rng.uniform(0.1, 0.75)))


def _turned(rng: np.random.Generator, thing: Thing) -> Thing:
    return replace(thing, look=int(rng.integers(2**31)), x_m=thing.x_m + float(rng.normal(0, 2)))


def _in_season(rng: np.random.Generator, style: Style) -> Style:
    """The same ground, greener or drier, damper or dustier."""
    dry, damp = float(rng.uniform(0, 0.7)), float(rng.uniform(0.82, 1.1))

    def toned(colour: Colour, green: float) -> Colour:
        straw = np.array([0.50, 0.45, 0.33])
        mixed = (np.array(colour) * (1 - dry * green) + straw * dry * green) * damp
        red, grn, blue = np.clip(mixed, 0.05, 0.95).tolist()
        return red, grn, blue

    first, second, third = (toned(colour, green) for colour, green in zip(style.grounds, style.green, strict=True))
    return replace(style, grounds=(first, second, third), yard=toned(style.yard, 0.0))


def _conditions(rng: np.random.Generator, instant: datetime, gsd_m: float) -> Conditions:
    summer = 0.5 - 0.5 * np.cos(2 * np.pi * (instant.timetuple().tm_yday - 10) / 365)
    elevation = 22 + 38 * summer + float(rng.normal(0, 4))
    sensor = Sensor(
        gsd_m=gsd_m,
        psf_px=float(rng.uniform(0.3, 0.6)),
        noise=0.004,
        haze=float(rng.uniform(0, 0.12)),
        gain=float(np.exp(rng.normal(0.15, 0.15))),
        saturation=float(rng.uniform(0.6, 1.1)),
        sharpen=float(rng.uniform(0, 0.8)),
    )
    wet = float(rng.uniform(0, 0.5)) if rng.random() < 0.2 else 0.0
    return Conditions(
        sun=Sun(float(rng.uniform(120, 200)), float(np.clip(elevation, 15, 70))),
        view=View(float(np.clip(abs(rng.normal(0, 9)), 0, 22)), float(rng.uniform(0, 360))),
        sensor=sensor,
        weather=Weather(wet=wet),
    )


def _renewed(rng: np.random.Generator, yard: YardPlan, dates: int) -> tuple[int, tuple[float, float], int]:
    """The track to be renewed, the stretch of it, and the first date that shows it."""
    west, south, east, north = yard.bounds_m
    inside = []
    for line in yard.tracks:
        chainage = np.arange(0, line.length_m, 5.0)
        x, y = line.points(chainage)
        seen = chainage[(x > west + 15) & (x < east - 15) & (y > south + 15) & (y < north - 15)]
        inside.append((float(seen[0]), float(seen[-1])) if len(seen) else (0.0, 0.0))
    track = int(np.argmax([end - start for start, end in inside]))
    start, end = inside[track]
    length = float(rng.uniform(0.35, 0.6)) * (end - start)
    first = float(rng.uniform(start, end - length))
    return track, (first, first + length), int(rng.integers(1, dates))


def _renewal_looks(rng: np.random.Generator, look: TrackLook) -> tuple[TrackLook, TrackLook]:
    """A track on old wood, and the same on concrete."""
    dark, grey = float(rng.uniform(0.18, 0.32)), float(rng.uniform(0.55, 0.74))
    wood = replace(
        look,
        sleeper=(dark + 0.03, dark, dark - 0.03), sleeper_strength=float(rng.uniform(0.5, 0.9)),
        irregularity=float(rng.uniform(0.5, 1.0)), sleeper_pitch_m=float(rng.uniform(0.53, 0.58)), weeds=0.0,
    )  # fmt: skip
    concrete = replace(
        wood,
        sleeper=(grey + 0.01, grey, grey - 0.02), sleeper_strength=float(rng.uniform(0.7, 0.95)),
        irregularity=float(rng.uniform(0.05, 0.2)), sleeper_pitch_m=float(rng.uniform(0.58, 0.66)),
        buried=0.3 * wood.buried, stain=0.3 * wood.stain,
    )  # fmt: skip
    return wood, concrete


def _relaid(plan: YardPlan, track: int, stretch: tuple[float, float], look: TrackLook, rest: TrackLook) -> YardPlan:
    """The plan with one track laid as three pieces, of which the middle one has a look of its own."""
    line = plan.tracks[track]
    ends = (0.0, stretch[0], stretch[1], line.length_m)
    pieces = [_piece(line, start, end) for start, end in pairwise(ends)]
    number = len(plan.tracks)
    indices = (track, number, number + 1)
    names = (*plan.track_names, f"{plan.track_names[track]} b", f"{plan.track_names[track]} c")
    tracks = (*plan.tracks[:track], pieces[0], *plan.tracks[track + 1 :], *pieces[1:])
    looks = (*plan.style.looks[:track], rest, *plan.style.looks[track + 1 :], look, rest)
    cars = [car for car in plan.cars if car.track != track]
    for car in plan.cars:
        for index, start, end in zip(indices, ends[:-1], ends[1:], strict=True):
            if car.track == track and start <= (car.start_m + car.end_m) / 2 < end:
                cars.append(_moved_car(car, index, start))
    return replace(plan, tracks=tracks, track_names=names, cars=tuple(cars), style=replace(plan.style, looks=looks))


def _moved_car(car: PlacedCar, track: int, start_m: float) -> PlacedCar:
    return replace(car, track=track, start_m=car.start_m - start_m, end_m=car.end_m - start_m)


def _piece(line: Line, start_m: float, end_m: float) -> Line:
    inner = line.chainages_m[(line.chainages_m > start_m + 0.01) & (line.chainages_m < end_m - 0.01)]
    return Line.through(*line.points(np.concatenate([[start_m], inner, [end_m]])))


def _site(base: YardPlan, apron: Thing | None) -> Site:
    site = invented_site(replace(base, things=()))
    if apron is None:
        return site
    corners = apron.corners()
    zone = Zone(APRON, "freight_handling", (_moved([*corners, corners[0]]),))
    return replace(site, zones=(*site.zones, zone))


def _moved(points_m: Iterable[tuple[float, ...]]) -> Coordinates:
    east, north = SITE_ORIGIN_M
    return tuple((float(point[0] + east), float(point[1] + north)) for point in points_m)
