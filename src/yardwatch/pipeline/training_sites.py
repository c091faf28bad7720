"""Simulated sites over several dates that the step network learns from."""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
import shapely
from numpy.typing import NDArray

from yardwatch.change.lattice import Lattice, Tile
from yardwatch.change.layers import STEP_LABELS, Stack
from yardwatch.change.light import cells_inside, stack_reader
from yardwatch.change.renewing import track_looks
from yardwatch.change.sleeper_layers import PIECE_M, TrackLooks, TrackPieces, track_pieces
from yardwatch.model.frame import Floats
from yardwatch.model.ports import SceneReader
from yardwatch.model.railcar import Railcar
from yardwatch.model.site import Coordinates, Site, Track, frame_of
from yardwatch.pipeline.training_making import made_of
from yardwatch.simulate.histories import SiteHistory, random_history
from yardwatch.simulate.relaying import random_relaying
from yardwatch.simulate.scene import SITE_ORIGIN_M

__all__ = ["SiteExample", "TrackExample", "counted_cars", "make_sites", "make_yards"]

Made = TypeVar("Made")

_DATES = (5, 7)
_GSD_M = (0.5, 0.5, 0.7)
_OVERLOOKED = (0.01, 0.03, 0.1)
_ROOFS_FOUND = 0.8
_CAR_SE_M, _HALF_CAR_M = 0.7, 1.5


@dataclass(frozen=True, slots=True, eq=False)
class TrackExample:
    """A track of a simulated site."""

    pieces: TrackPieces
    """What is seen of it."""
    renewed: NDArray[np.uint8]
    """Number of the first date with new sleepers, 0 without; shape (n,)."""


@dataclass(frozen=True, slots=True, eq=False)
class SiteExample:
    """A simulated site at all dates, in one light."""

    stack: Stack
    """What is seen of it."""
    labels: NDArray[np.uint8]
    """What came or went since the date before, index into `STEP_LABELS`, shape (dates, rows, columns)."""
    tracks: tuple[TrackExample, ...]
    """Its tracks."""


def make_sites(number: int, *, seed: int, processes: int, keep: Path | None = None) -> list[SiteExample]:
    """Simulate sites; the same for the same seed and any number of processes. Those in the folder `keep` are read."""
    seeds = np.random.SeedSequence(seed).spawn(number)
    return list(made_of(partial(_kept, _site, keep, "site"), seeds, processes=processes, what="sites", every=1))


def make_yards(number: int, *, seed: int, processes: int, keep: Path | None = None) -> list[tuple[TrackExample, ...]]:
    """Simulate the tracks of yards many of which are renewed; see `make_sites`."""
    seeds = np.random.SeedSequence(seed).spawn(number)
    return list(made_of(partial(_kept, _yard, keep, "yard"), seeds, processes=processes, what="yards", every=1))


def _kept(
    make: Callable[[np.random.SeedSequence], Made], keep: Path | None, name: str, seed: np.random.SeedSequence
) -> Made:
    path = keep / f"{name}-{seed.entropy}-{seed.spawn_key[-1]}.pickle" if keep else None
    if path is not None and path.exists():
        return cast("Made", pickle.loads(path.read_bytes()))  # noqa: S301 -- written below
    made = make(seed)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(made))
    return made


def _yard(seed: np.random.SeedSequence) -> tuple[TrackExample, ...]:
    rng = np.random.default_rng(seed)
    dates = int(rng.integers(_DATES[0], _DATES[1] + 1))
    history = random_relaying(rng, dates=dates, gsd_m=float(rng.choice(_GSD_M)))
    cars = [counted_cars(rng, history, date) for date in range(dates)]
    return _tracks(rng, history, [history.reader(date) for date in range(dates)], cars)


def _site(seed: np.random.SeedSequence) -> SiteExample:
    rng = np.random.default_rng(seed)
    dates = int(rng.integers(_DATES[0], _DATES[1] + 1))
    history = random_history(rng, dates=dates, gsd_m=float(rng.choice(_GSD_M)))
    readers = [history.reader(date) for date in range(dates)]
    cars = [counted_cars(rng, history, date) for date in range(dates)]
    stacks = stack_reader(readers, history.site, cars)
    lattice = stacks.lattices[0]
    whole = Tile(0, 0, lattice.rows, lattice.columns, (slice(0, lattice.rows), slice(0, lattice.columns)))
    stack = stacks.read(whole)
    stack = replace(stack, values=stack.values.astype(np.float16))
    return SiteExample(stack, _labels(history, lattice, whole), _tracks(rng, history, readers, cars))


def _tracks(
    rng: np.random.Generator, history: SiteHistory, readers: Sequence[SceneReader], cars: Sequence[Sequence[Railcar]]
) -> tuple[TrackExample, ...]:
    """Tracks with what hides them: roofs mostly, but at times one was not found."""
    frame = frame_of(history.site)
    roofs = [
        shapely.Polygon(np.column_stack(frame.to_local(*np.array(one.ring).T))).buffer(0)
        for one in history.objects if one.kind == "concealment" and rng.random() < _ROOFS_FOUND
    ]  # fmt: skip
    pieces = track_pieces([_rounded(one) for one in track_looks(readers, history.site, cars, roofs)])
    renewals = {one.track: one for one in history.renewals}
    examples = []
    for track, one in zip(history.site.tracks, pieces, strict=True):
        renewed = np.zeros(one.seen.shape[1], np.uint8)
        if renewal := renewals.get(track.name):
            middle = PIECE_M * (np.arange(len(renewed)) + 0.5)
            renewed[(middle > renewal.start_m) & (middle < renewal.end_m)] = _first_after(history, renewal.when)
        examples.append(TrackExample(one, renewed))
    return tuple(examples)


def _first_after(history: SiteHistory, moment: datetime) -> int:
    """Number of the first date after a moment."""
    dates = [shot.when.earliest for shot in history.shots]
    return sum(date is not None and date < moment for date in dates)


def _rounded(looks: TrackLooks) -> TrackLooks:
    """In whole numbers, as pictures have them."""
    return replace(looks, ribbons=tuple(replace(one, pixels=np.rint(one.pixels)) for one in looks.ribbons))


def _labels(history: SiteHistory, lattice: Lattice, tile: Tile) -> NDArray[np.uint8]:
    frame = frame_of(history.site)
    labels = np.zeros((len(history.shots), tile.rows, tile.columns), np.uint8)
    for stage in history.stages:
        outline = shapely.Polygon(np.column_stack(frame.to_local(*np.array(stage.ring).T))).buffer(0)
        labels[stage.date][cells_inside(outline, lattice, tile)] = STEP_LABELS.index(stage.kind)
    return labels


def counted_cars(rng: np.random.Generator, history: SiteHistory, date: int) -> list[Railcar]:
    """The cars of a date as a counter finds them: none quite in place, some overlooked, all of those under roofs."""
    plan = history.shots[date].plan
    roofs = shapely.union_all([shapely.Polygon(thing.corners()) for thing in plan.things if thing.kind == "canopy"])
    overlooked, frame = float(rng.choice(_OVERLOOKED)), frame_of(history.site)
    found: list[Railcar] = []
    for car in plan.cars:
        line, moved = plan.tracks[car.track], float(rng.normal(0, _CAR_SE_M))
        ends = np.array([car.start_m, car.end_m]) + moved
        middle = shapely.Point(*(float(axis[0]) for axis in line.points(ends.mean(keepdims=True))))
        if rng.random() < overlooked or roofs.contains(middle):
            continue
        corners = _moved(*(line.points(ends, _HALF_CAR_M), line.points(ends[::-1], -_HALF_CAR_M)))
        track = _track_of(history.site, plan.track_names[car.track])
        ground = frame.to_local(*(np.array(line.points(ends)) + np.array(SITE_ORIGIN_M)[:, None]))
        (start_m, end_m), _ = history.site.line(track).locate(*ground)
        found.append(
            Railcar(
                id=f"c{len(found)}", track=track.name, start_m=float(start_m), end_m=float(end_m), offset_m=0.0,
                width_m=2 * _HALF_CAR_M, type="other", subtype=None, type_probabilities={"other": 1.0}, confidence=1.0,
                zone=None, footprint=(*corners, corners[0]),
            )
        )  # fmt: skip
    return found


def _track_of(site: Site, name: str) -> Track:
    """The track of a site of which a piece was laid anew under another name."""
    return max((track for track in site.tracks if name.startswith(track.name)), key=lambda track: len(track.name))


def _moved(*sides: tuple[Floats, Floats]) -> Coordinates:
    """Both sides of a car in the site's CRS."""
    x, y = (np.concatenate(axis) for axis in zip(*sides, strict=True))
    return tuple(zip((x + SITE_ORIGIN_M[0]).tolist(), (y + SITE_ORIGIN_M[1]).tolist(), strict=True))
