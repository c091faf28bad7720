"""What is built, razed, laid and piled up at an invented site, each with what stands there at every date."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from yardwatch.model.line import Line
from yardwatch.simulate._ground import WAY_COLOURS
from yardwatch.simulate.plan import Thing, Way, YardPlan

__all__ = ["Ground", "Timing", "Work", "building_work", "canopy_work", "cargo_work", "razed_work", "road_work"]

_TRACK_ROOM_M = 9.0
_ROOM_M = 8.0
_TRIES = 300
_LANE_M = 0.8
_EARTH_LOOKS = tuple(seed for seed in range(60) if np.random.default_rng(seed).uniform(size=2)[1] > 0.3)

Phases = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timing:
    """At which dates a work has begun and is finished."""

    dates: int
    """Number of dates."""
    seen: int
    """Number of the first date that shows it begun."""
    done: int
    """Number of the first date that shows it finished; `dates` if none does."""

    def phases(self, *, prepared: int = 0) -> Phases:
        """The phase at each date; the first `prepared` dates after the beginning show preparation."""
        return tuple(self._phase(date, prepared) for date in range(self.dates))

    def _phase(self, date: int, prepared: int) -> str:
        if date < self.seen:
            return "none"
        if date >= self.done:
            return "post_construction"
        return "site_preparation" if date < self.seen + prepared else "active_construction"


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """One work with all that it puts on the ground."""

    kind: str
    """One of `yardwatch.model.change.CHANGE_KINDS`."""
    outline: shapely.Polygon
    """What is different once it is finished, local metres."""
    timing: Timing
    """When it can be seen."""
    phases: Phases
    """Phase at each date."""
    things: tuple[tuple[Thing, ...], ...]
    """Things that stand there, for each date."""
    ways: tuple[tuple[Way, ...], ...]
    """Roads that run there, for each date."""


class Ground:
    """Keeps free ground for works: away from tracks, from the margin and from one another."""

    def __init__(self, plan: YardPlan) -> None:
        self._taken: list[BaseGeometry] = []
        self._tracks = shapely.union_all([shapely.LineString(line.vertices_m) for line in plan.tracks])
        self._bounds = shapely.box(*plan.bounds_m).buffer(-8)
        x, y = plan.tracks[0].points(np.array([0.5, 0.55]) * plan.tracks[0].length_m)
        self._heading = float(np.degrees(np.arctan2(*np.diff([y, x], axis=1).ravel())))

    def take(self, outline: BaseGeometry, *, over_tracks: bool = False) -> bool:
        """Take the ground under an outline if it is free."""
        near_track = not over_tracks and self._tracks.distance(outline) < _TRACK_ROOM_M
        if near_track or not self._bounds.contains(outline):
            return False
        if any(other.distance(outline) < _ROOM_M for other in self._taken):
            return False
        self._taken.append(outline)
        return True

    def plot(self, rng: np.random.Generator, length_m: float, width_m: float) -> Thing | None:
        """A free oblong along or across the yard; None if there is no room."""
        west, south, east, north = self._bounds.bounds
        for _ in range(_TRIES):
            heading = self._heading + float(rng.normal(0, 6)) + 90 * int(rng.integers(2))
            x, y = float(rng.uniform(west, east)), float(rng.uniform(south, north))
            plot = Thing("building", x, y, heading, length_m, width_m, 1.0, int(rng.integers(2**31)))
            if self.take(outline_of(plot)):
                return plot
        return None

    def covers(self, thing: Thing) -> bool:
        """Whether a thing stands on taken ground or within 3 m of it."""
        spot = shapely.Point(thing.x_m, thing.y_m).buffer(0.5 * float(np.hypot(thing.length_m, thing.width_m)))
        return any(taken.distance(spot) < 3 for taken in self._taken)

    def crosses(self, way: Way) -> bool:
        """Whether a road runs over taken ground."""
        line = shapely.LineString(way.line.vertices_m)
        return any(taken.distance(line) < way.width_m / 2 + 2 for taken in self._taken)


def outline_of(thing: Thing) -> shapely.Polygon:
    """The ground under a thing."""
    return shapely.Polygon(thing.corners())


def building_work(rng: np.random.Generator, ground: Ground, timing: Timing) -> Work | None:
    """A building: the plot is stripped first if there is time, then a part of it stands, then all of it."""
    plot = ground.plot(rng, float(rng.uniform(28, 65)), float(rng.uniform(14, 26)))
    if plot is None:
        return None
    height = float(rng.uniform(4, 11))
    prepared = 1 if timing.done - timing.seen >= 2 else 0
    stripped = _like(plot, "panel", height_m=0.06, look=_earthy(rng))
    half = _like(plot, "building", height_m=height, share=float(rng.uniform(0.4, 0.65)))
    stands = {
        "none": (),
        "site_preparation": (stripped,),
        "active_construction": (stripped, half),
        "post_construction": (_like(plot, "building", height_m=height),),
    }
    phases = timing.phases(prepared=prepared)
    return _work("built", outline_of(plot), timing, phases, lambda date: stands[phases[date]])


def razed_work(rng: np.random.Generator, ground: Ground, timing: Timing) -> Work | None:
    """A warehouse that is gone between two dates; rubble or bare ground is left."""
    plot = ground.plot(rng, float(rng.uniform(30, 75)), float(rng.uniform(14, 28)))
    if plot is None:
        return None
    warehouse = _like(plot, "building", height_m=float(rng.uniform(5, 11)))
    bare = _like(plot, "panel", height_m=0.06, look=_earthy(rng))
    heaps = [
        Thing("pile", plot.x_m + float(rng.normal(0, 4)), plot.y_m + float(rng.normal(0, 3)),
              float(rng.uniform(0, 180)), float(rng.uniform(3, 7)), float(rng.uniform(3, 5)),
              float(rng.uniform(0.6, 1.4)), int(rng.integers(2**31)))
        for _ in range(int(rng.integers(0, 4)))
    ]  # fmt: skip
    phases = timing.phases()
    return _work(
        "razed", outline_of(plot), timing, phases,
        lambda date: (warehouse,) if date < timing.seen else (bare, *(heaps if date == timing.seen else ())),
    )  # fmt: skip


def canopy_work(rng: np.random.Generator, ground: Ground, timing: Timing, plan: YardPlan) -> Work | None:
    """A roof over tracks: part of its length first, then all of it."""
    for _ in range(_TRIES):
        line = plan.tracks[int(rng.integers(len(plan.tracks)))]
        length, width = float(rng.uniform(70, 140)), float(rng.uniform(13, 28))
        middle = float(rng.uniform(0.3, 0.7)) * line.length_m
        x, y = line.points(np.array([middle - length / 2, middle, middle + length / 2]), float(rng.uniform(-3, 3)))
        bulge = abs(float(np.hypot(x[1] - (x[0] + x[2]) / 2, y[1] - (y[0] + y[2]) / 2)))
        heading = float(np.degrees(np.arctan2(y[2] - y[0], x[2] - x[0])))
        roof = Thing("canopy", float(x[1]), float(y[1]), heading, length, width, float(rng.uniform(7.5, 11)),
                     int(rng.integers(2**31)))  # fmt: skip
        if bulge < 1.5 and ground.take(outline_of(roof), over_tracks=True):
            phases = timing.phases()
            shares = np.linspace(rng.uniform(0.35, 0.5), 0.85, max(1, timing.done - timing.seen))
            stages = [_like(roof, "canopy", height_m=roof.height_m, share=float(share)) for share in shares]
            done = [roof] * (timing.dates - timing.done)
            shown = [(), *((stage,) for stage in [*stages[: timing.done - timing.seen], *done])]
            return _staged("concealment", roof, timing, phases, [()] * (timing.seen - 1) + shown)
    return None


def road_work(rng: np.random.Generator, ground: Ground, timing: Timing, plan: YardPlan) -> Work | None:
    """A dirt road with a bend that is there between two dates."""
    west, south, east, north = plan.bounds_m
    for _ in range(3 * _TRIES):
        start = np.array([rng.uniform(west + 10, east - 10), rng.uniform(south + 10, north - 10)])
        heading, turn = float(rng.uniform(0, 2 * np.pi)), float(rng.normal(0, 0.5))
        bends = heading + np.arange(4) * turn / 3
        legs = np.concatenate([np.zeros((1, 2)), np.cumsum(np.column_stack([np.cos(bends), np.sin(bends)]), axis=0)])
        points = start + legs * float(rng.uniform(25, 50))
        width = float(rng.uniform(4.5, 7.0))
        outline = shapely.LineString(points).buffer(width / 2, cap_style="flat")
        if ground.take(outline):
            kind, look = _contrasting(plan, int(rng.choice(_EARTH_LOOKS)))
            way = Way(kind, Line.through(*points.T), width, look)
            phases = timing.phases()
            work = _work("road", shapely.Polygon(outline.exterior), timing, phases, lambda _: ())
            ways = tuple((way,) if date >= timing.seen else () for date in range(timing.dates))
            return Work(work.kind, work.outline, timing, phases, work.things, ways)
    return None


def cargo_work(
    rng: np.random.Generator, ground: Ground, timing: Timing
) -> tuple[Work, Thing, tuple[float, ...]] | None:
    """Covered stacks that fill an apron row by row; with the apron and the share of it that is filled at each date."""
    plot = ground.plot(rng, float(rng.uniform(55, 95)), float(rng.uniform(28, 45)))
    if plot is None:
        return None
    apron = _like(plot, "panel", height_m=0.05)
    look, (stack_m, wide_m, tall_m) = int(rng.integers(2**31)), rng.uniform((5, 2.2, 1.6), (9, 3.2, 2.8)).tolist()
    stacks = _stacks(apron, stack_m, wide_m, tall_m, look)
    shares = np.concatenate([
        np.zeros(timing.seen),
        np.linspace(rng.uniform(0.2, 0.4), rng.uniform(0.7, 0.95), timing.done - timing.seen + 1),
        np.ones(timing.dates),
    ])[: timing.dates]  # fmt: skip
    most = float(shares[timing.done] if timing.done < timing.dates else shares[-1])
    numbers = [round(min(share, most) * len(stacks)) for share in shares.tolist()]
    area = apron.length_m * apron.width_m
    fills = tuple(number * (stack_m + _LANE_M) * (wide_m + _LANE_M) / area for number in numbers)
    corners = [corner for stack in stacks[: max(numbers)] for corner in stack.corners()]
    hull = shapely.get_coordinates(shapely.MultiPoint(corners).convex_hull)
    work = _work(
        "stockpile",
        shapely.Polygon(hull),
        timing,
        timing.phases(),
        lambda date: tuple(stacks[: numbers[date]]),
    )
    return work, apron, fills


def _stacks(apron: Thing, long_m: float, wide_m: float, tall_m: float, look: int) -> list[Thing]:
    """Stacks in rows over an apron, from one end to the other."""
    angle = np.radians(apron.heading_deg)
    stacks = []
    for u in np.arange(-apron.length_m / 2 + 1.5 + long_m / 2, apron.length_m / 2 - 1 - long_m / 2, long_m + _LANE_M):
        for v in np.arange(-apron.width_m / 2 + 1.5 + wide_m / 2, apron.width_m / 2 - 1 - wide_m / 2, wide_m + _LANE_M):
            x = apron.x_m + u * np.cos(angle) - v * np.sin(angle)
            y = apron.y_m + u * np.sin(angle) + v * np.cos(angle)
            stacks.append(Thing("box", float(x), float(y), apron.heading_deg, long_m, wide_m, tall_m, look))
    return stacks


def _staged(kind: str, roof: Thing, timing: Timing, phases: Phases, shown: Sequence[tuple[Thing, ...]]) -> Work:
    return Work(kind, outline_of(roof), timing, phases, tuple(shown), ((),) * timing.dates)


def _work(
    kind: str,
    outline: shapely.Polygon,
    timing: Timing,
    phases: Phases,
    stands: Callable[[int], Sequence[Thing]],
) -> Work:
    things = tuple(tuple(stands(date)) for date in range(timing.dates))
    return Work(kind, outline, timing, phases, things, ((),) * timing.dates)


def _like(plot: Thing, kind: str, *, height_m: float, share: float = 1.0, look: int | None = None) -> Thing:
    """A thing on a plot, or on a share of its length from one end."""
    back = plot.length_m * (1 - share) / 2
    angle = np.radians(plot.heading_deg)
    x, y = plot.x_m - back * float(np.cos(angle)), plot.y_m - back * float(np.sin(angle))
    seed = plot.look if look is None else look
    return Thing(kind, x, y, plot.heading_deg, plot.length_m * share, plot.width_m, height_m, seed)


def _earthy(rng: np.random.Generator) -> int:
    """A look that makes a panel of gravel or earth rather than of plates."""
    looks = [seed for seed in range(40) if int(np.random.default_rng(seed).integers(5)) in {1, 2, 4}]
    return int(rng.choice(looks))


def _contrasting(plan: YardPlan, look: int) -> tuple[str, int]:
    """Kind and look of a road that stands out from the ground of the place."""
    grounds = np.array(plan.style.grounds)

    def stands_out(choice: tuple[str, int]) -> float:
        tones = WAY_COLOURS[choice[0]]
        tone = np.array(tones[int(np.random.default_rng(choice[1]).integers(len(tones)))])
        return float(np.abs(grounds - tone).max(1).min())

    looks = (look, *_EARTH_LOOKS[:12])
    return max(((kind, one) for kind in ("earth", "path") for one in looks), key=stands_out)
