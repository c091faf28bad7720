"""How well two clicks trace a track: ``python tools/trace_accuracy.py [dev|final|muttenz] [--yards N]``.

Invented yards, half of them fans with ladders, half parallel tracks on curves, under random sun, view and sensor,
without snow and cloud. Each click is off by up to half a metre along and across. A trace is right if no place on it
between the clicks lies more than 0.5 m from the track that was clicked. The seeds of `dev` were looked at while the
method was made; those of `final` were not.
"""

import argparse
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

import numpy as np
import shapely

from yardwatch.imagery.scenes import open_scene
from yardwatch.imagery.sites import read_site
from yardwatch.model.frame import Floats, Frame, frame_around
from yardwatch.model.line import Line
from yardwatch.model.ports import SceneReader
from yardwatch.model.site import frame_of
from yardwatch.pipeline.tracing import Trace, trace
from yardwatch.simulate import (
    SITE_CRS,
    SITE_ORIGIN_M,
    Weather,
    YardPlan,
    place_consists,
    random_conditions,
    random_style,
    random_yard,
    render,
)
from yardwatch.simulate.reading import ArrayReader

SEEDS = {"dev": 81_000, "final": 94_000}
GSDS_M = (0.3, 0.4, 0.5, 0.8)
FILLED = {"empty": 0.0, "half full": 0.5, "full": 0.9}
RADII_M = (160, 200, 300, 600, 1500)
LENGTHS_M = (100.0, 300.0)
_LIMIT_M, _OFF_M = 0.5, 0.5
_PER_YARD = 2
_BLANK_M, _JOINED_M, _SHARP = 12.0, 4.0, 1 / 350
_SHARED = Path(os.environ.get("YARDWATCH_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))


@dataclass(frozen=True, slots=True, eq=False)
class Yard:
    """A picture with tracks that are known."""

    name: str
    reader: SceneReader
    frame: Frame
    tracks: Sequence[Line]
    """In metres of the frame."""
    cars: Sequence[tuple[int, float, float]] = ()
    """Track, start and end of each car, metres."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Two clicks on a track."""

    yard: Yard
    track: int
    start_m: float
    end_m: float
    clicks: tuple[tuple[float, float], ...]
    """In the frame's CRS."""

    @property
    def title(self) -> str:
        """To find it again."""
        return f"{self.yard.name} track {self.track} {self.start_m:.0f}-{self.end_m:.0f} m"


@dataclass(slots=True)
class Score:
    """What came of some cases."""

    worst_m: list[float] = field(default_factory=list)
    """Largest distance of each trace that was found."""
    typical_m: list[float] = field(default_factory=list)
    """Median distance of each trace that was found."""
    failed: Counter[str] = field(default_factory=Counter)
    """Causes of those not right."""
    asked: int = 0
    seconds: float = 0.0

    def add(self, other: "Score") -> None:
        """Take in another one."""
        self.worst_m += other.worst_m
        self.typical_m += other.typical_m
        self.failed += other.failed
        self.asked += other.asked
        self.seconds += other.seconds

    def row(self, title: str) -> str:
        """A line of a table."""
        worst = np.array([*self.worst_m, np.inf])
        right, near = ((worst <= limit).sum() / max(1, self.asked) for limit in (_LIMIT_M, 1.0))
        median = f"{np.median(self.typical_m):.2f}" if self.typical_m else "–"
        refused = sum(count for cause, count in self.failed.items() if cause.startswith("refused"))
        wrong = self.asked - refused - int((worst <= 1.0).sum())
        seconds = self.seconds / max(1, self.asked)
        numbers = f"{self.asked} | {right:.0%} | {near:.0%} | {refused} | {wrong} | {median} | {seconds:.2f}"
        return f"| {title} | {numbers} |"


_HEAD = (
    "| picture | traces | all within 0.5 m | all within 1 m | refused | wrong by more than 1 m | median, m | CPU, s |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |"
)


def curved_yard(rng: np.random.Generator, *, radius_m: float, tracks: int, length_m: float = 420.0) -> YardPlan:
    """Parallel tracks: straight, around a curve, and straight again."""
    pitch = float(rng.uniform(4.5, 5.5))
    arc = min(300.0, 1.8 * radius_m)
    lead = max(40.0, (length_m - arc) / 2)
    shapes = [_bent(radius_m, radius_m + index * pitch, arc / radius_m, lead) for index in range(tracks)]
    corner = np.vstack(shapes).min(0) - 25
    width, height = np.vstack(shapes).max(0) + 25 - corner
    lines = tuple(Line.through(*(shape - corner).T) for shape in shapes)
    return YardPlan(
        name="curve (invented)",
        tracks=lines,
        track_names=tuple(f"track {index + 1}" for index in range(tracks)),
        bounds_m=(0.0, 0.0, float(width), float(height)),
        style=random_style(rng, tracks=tracks),
    )


def _bent(middle_m: float, radius_m: float, angle: float, lead_m: float) -> Floats:
    before = np.arange(-lead_m, 0, 3.0)
    turn = np.linspace(0, angle, max(8, int(radius_m * angle / 3)))
    after = np.arange(3.0, lead_m, 3.0)
    x = [before, radius_m * np.sin(turn), radius_m * np.sin(angle) + after * np.cos(angle)]
    y = [np.zeros(len(before)), radius_m * (1 - np.cos(turn)), radius_m * (1 - np.cos(angle)) + after * np.sin(angle)]
    return np.column_stack([np.concatenate(x), np.concatenate(y) + middle_m - radius_m])


def seen(plan: YardPlan, rng: np.random.Generator, gsd_m: float) -> tuple[ArrayReader, Frame]:
    """The plan as a picture in memory, without clouds and snow, and its frame."""
    conditions = replace(random_conditions(rng, gsd_m=gsd_m), weather=Weather())
    rendered = render(plan, rng=rng, conditions=conditions, stamp=False)
    x, y = SITE_ORIGIN_M
    west, south, east, north = plan.bounds_m
    frame = frame_around(SITE_CRS, [x + west, x + east], [y + south, y + north])
    return ArrayReader(rendered.pixels, rendered.grid, gsd_m=gsd_m), frame


def in_frame(line: Line, frame: Frame) -> Line:
    """A track of a plan in metres of the frame."""
    return Line.through(*frame.to_local(*(line.vertices_m + SITE_ORIGIN_M).T))


def invented(seed: int, number: int, gsd_m: float, filled: str) -> Yard:
    """One yard: a fan with an even number, a curve with an odd one."""
    rng = np.random.default_rng((seed, number, round(gsd_m * 10), list(FILLED).index(filled)))
    if number % 2:
        plan = curved_yard(rng, radius_m=float(rng.choice(RADII_M)), tracks=int(rng.integers(1, 7)))
    else:
        plan = random_yard(rng, tracks=int(rng.integers(4, 11)))
    plan = place_consists(rng, plan, occupancy=FILLED[filled])
    reader, frame = seen(plan, rng, gsd_m)
    cars = tuple((car.track, car.start_m, car.end_m) for car in plan.cars)
    name = f"{seed}/{number} {gsd_m:g} m {filled}"
    return Yard(name, reader, frame, tuple(in_frame(line, frame) for line in plan.tracks), cars)


def cases(
    yard: Yard, rng: np.random.Generator, *, count: int, lengths_m: Sequence[float] = LENGTHS_M
) -> Iterator[Case]:
    """Clicks on tracks by chance, so many of each length as there are tracks long enough in the picture."""
    for length_m in lengths_m:
        spans = [_inside(yard, line) for line in yard.tracks]
        long = [index for index, (low, high) in enumerate(spans) if high - low >= length_m]
        for index in rng.permutation(long)[:count]:
            low, high = spans[index]
            start = float(rng.uniform(low, high - length_m))
            ends = np.array([start, start + length_m])
            x, y = yard.tracks[index].points(ends + rng.uniform(-_OFF_M, _OFF_M, 2), rng.uniform(-_OFF_M, _OFF_M, 2))
            x, y = yard.frame.to_crs(x, y)
            yield Case(yard, int(index), *ends.tolist(), tuple(zip(x.tolist(), y.tolist(), strict=True)))


def _inside(yard: Yard, line: Line) -> tuple[float, float]:
    """Where a track lies in the picture, a little away from its edges: its longest stretch, metres."""
    grid = yard.reader.scene.grid
    along = np.arange(0.0, line.length_m, 2.0)
    column, row = grid.to_pixel(*yard.frame.to_crs(*line.points(along), crs=grid.crs))
    rim = _BLANK_M / grid.pixel_m(yard.frame)
    good = (column > rim) & (column < grid.width - rim) & (row > rim) & (row < grid.height - rim)
    good &= (along > 2) & (along < line.length_m - 2)
    runs = np.split(along[good], np.flatnonzero(np.diff(np.flatnonzero(good)) > 1) + 1)
    best = max(runs, key=len)
    return (float(best[0]), float(best[-1])) if len(best) else (0.0, 0.0)


def judged(case: Case, got: Trace) -> Score:
    """How far the trace lies off, and why."""
    score = Score(asked=1)
    if not got.found:
        score.failed[f"refused: {got.reason}"] += 1
        return score
    frame, true = case.yard.frame, case.yard.tracks[case.track]
    path = Line.through(*frame.to_local(*np.array(got.coordinates).T))
    along = np.arange(case.start_m + 1, case.end_m, 2.0)
    wanted = np.column_stack(true.points(along))
    off = _away(wanted, path)
    points = np.column_stack(path.points(np.arange(1.0, path.length_m, 2.0)))
    back = _away(points, true)
    worst = float(max(off.max(), back.max()))
    score.worst_m.append(worst)
    score.typical_m.append(float(np.median(off)))
    if worst > _LIMIT_M:
        score.failed[_cause(case, along, off, points[int(np.argmax(back))], worst)] += 1
    return score


def _cause(case: Case, along: Floats, off: Floats, worst_at: Floats, worst_m: float) -> str:
    """Where a wrong trace goes wrong, and what is there."""
    tracks, true = case.yard.tracks, case.yard.tracks[case.track]
    others = [line for index, line in enumerate(tracks) if index != case.track]
    bad = along[off > _LIMIT_M]
    if worst_m > 1.5:
        where = "neighbour" if any(_away(worst_at[None], line)[0] < 1.0 for line in others) else "astray"
    else:
        where = "beside"
    if not len(bad):
        return where
    points = np.column_stack(true.points(bad))
    under = np.zeros(len(bad), bool)
    for track, start, end in case.yard.cars:
        under |= (track == case.track) & (bad > start - 1) & (bad < end + 1)
    near = np.min([_away(points, line) for line in others], axis=0) if others else np.full(len(bad), np.inf)
    x, y = true.points(np.array([bad.mean() - 20, bad.mean(), bad.mean() + 20]))
    bend = 8 * abs(float(y[1] - (y[0] + y[2]) / 2)) / 1600 + 8 * abs(float(x[1] - (x[0] + x[2]) / 2)) / 1600
    if ((bad < case.start_m + 12) | (bad > case.end_m - 12)).all():
        why = "at an end"
    elif (near < _JOINED_M).mean() > 0.3:
        why = "at a turnout"
    elif under.mean() > 0.4:
        why = "under cars"
    else:
        why = "on a curve" if bend > _SHARP else "on open track"
    return f"{where}, {why}"


def _away(points: Floats, line: Line) -> Floats:
    return np.asarray(shapely.distance(shapely.LineString(line.vertices_m), shapely.points(points)))


def traced(case: Case) -> Score:
    """Trace and judge."""
    start = time.process_time()
    got = trace(case.yard.reader, case.clicks, crs=case.yard.frame.crs)
    seconds = time.process_time() - start
    score = judged(case, got)
    score.seconds = seconds
    return score


def yards(seeds: str, count: int, gsds_m: Sequence[float], verbose: bool) -> None:
    """Tables for invented yards."""
    causes: Counter[str] = Counter()
    for gsd_m, filled in product(gsds_m, FILLED):
        scores = {length_m: Score() for length_m in LENGTHS_M}
        for number in range(count):
            yard = invented(SEEDS[seeds], number, gsd_m, filled)
            rng = np.random.default_rng((SEEDS[seeds], number, 1))
            for length_m, score in scores.items():
                score.add(all_of(yard, rng, _PER_YARD, length_m, verbose))
        for length_m, score in scores.items():
            print(score.row(f"{gsd_m:g} m, {filled}, {length_m:g} m"), flush=True)
            causes += score.failed
    for cause, times in causes.most_common():
        print(f"{times:4d} {cause}")


def all_of(yard: Yard, rng: np.random.Generator, count: int, length_m: float, verbose: bool) -> Score:
    """Trace so many tracks of a yard, and say of each wrong one what is wrong."""
    whole = Score()
    for case in cases(yard, rng, count=count, lengths_m=[length_m]):
        score = traced(case)
        whole.add(score)
        if verbose and score.failed:
            print(case.title, *score.failed, *[round(one, 2) for one in score.worst_m], flush=True)
    return whole


def real(lengths_m: Sequence[float], verbose: bool) -> None:
    """Pieces of the tracks that others drew on a real yard."""
    folder = _SHARED / "scenes" / "muttenz"
    site, _ = read_site(folder / "site.geojson")
    frame = frame_of(site)
    with open_scene(folder / "image.tif", frame=frame) as reader:
        yard = Yard("muttenz", reader, frame, tuple(site.line(track) for track in site.tracks))
        for length_m in lengths_m:
            score = all_of(yard, np.random.default_rng(5), 99, length_m, verbose)
            print(score.row(f"muttenz, {length_m:g} m"), flush=True)
            print("; ".join(f"{cause}: {times}" for cause, times in score.failed.most_common()))


def main() -> None:
    """Print the tables asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=[*SEEDS, "muttenz"])
    parser.add_argument("--yards", type=int, default=6)
    parser.add_argument("--gsd", type=float, nargs="+", default=GSDS_M)
    parser.add_argument("--length", type=float, nargs="+", default=(100.0, 200.0, 300.0), help="on muttenz")
    parser.add_argument("--verbose", action="store_true")
    asked = parser.parse_args()
    print(_HEAD)
    if asked.what == "muttenz":
        real(asked.length, asked.verbose)
    else:
        yards(asked.what, asked.yards, asked.gsd, asked.verbose)


if __name__ == "__main__":
    main()
