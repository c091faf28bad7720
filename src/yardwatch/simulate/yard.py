"""Inventing a yard: tracks that fan out from ladders, and what stands around them."""

from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from yardwatch.errors import MisuseError
from yardwatch.model.frame import Floats
from yardwatch.model.line import Line
from yardwatch.simulate.plan import Thing, Way, YardPlan
from yardwatch.simulate.style import random_style

__all__ = ["random_yard"]

_NAME = "Port Imaginary (invented)"
_TURN_M = 190.0
_STEP_M = 4.0


def random_yard(
    rng: np.random.Generator,
    *,
    tracks: int = 8,
    size_m: tuple[float, float] = (400.0, 280.0),
    heading_deg: float | None = None,
    canopy: bool = False,
    name: str = _NAME,
) -> YardPlan:
    """A plausible yard without cars.

    Tracks fan out from a ladder at one end or both, lie 4.5–6 m apart with a wider gap now and then, and share a gentle
    curve. Around them stand masts, buildings, plants, stacks, vehicles, and between them lies what lies in yards.

    Parameters
    ----------
    rng : numpy.random.Generator
        Chance.
    tracks : int
        How many.
    size_m : (float, float)
        Width (east) and height (north) of the picture.
    heading_deg : float, optional
        Direction of the yard, degrees counter-clockwise from east; by chance unless given.
    canopy : bool
        Whether a roof stands over some of the tracks and conceals them.
    name : str
        Name of the place; let it say that the place is invented.

    Raises
    ------
    MisuseError
        If there are no tracks or the picture is smaller than 60 m.
    """
    if tracks < 1 or min(size_m) < 60:
        raise MisuseError(
            f"{tracks} tracks in {size_m[0]:g} × {size_m[1]:g} m make no yard; use at least 1 in 60 × 60 m"
        )
    width, height = size_m
    heading = np.radians(heading_deg if heading_deg is not None else rng.uniform(-40, 40))
    offsets = _pitches(rng, tracks)
    length = float(np.hypot(width, height))
    shapes = [_straight(rng, length)] if tracks == 1 else _fan(rng, offsets, length)
    bend = float(rng.choice([0.0, 1 / rng.uniform(700, 3000)]) * rng.choice([-1, 1]))
    middle = (width / 2, height / 2 + float(rng.normal(0, height * 0.05)))
    lines = tuple(_laid(shape, bend, float(heading), middle) for shape in shapes)
    plan = YardPlan(
        name=name,
        tracks=lines,
        track_names=tuple(f"track {index + 1}" for index in range(tracks)),
        bounds_m=(0.0, 0.0, width, height),
        style=random_style(rng, tracks=tracks),
        gauge_mm=int(rng.choice([1435, 1520])),
    )
    return replace(plan, ways=_ways(rng, plan), things=_things(rng, plan, canopy=canopy))


def _pitches(rng: np.random.Generator, tracks: int) -> Floats:
    pitch = rng.uniform(4.5, 5.6)
    steps = np.where(
        rng.random(tracks) < 0.12, pitch + rng.uniform(1.5, 7, tracks), pitch + rng.normal(0, 0.08, tracks)
    )
    return np.asarray(np.cumsum(steps) - steps[0], float)


def _straight(rng: np.random.Generator, length: float) -> Floats:
    x = np.arange(-length / 2, length / 2, _STEP_M)
    return np.column_stack([x, np.full(len(x), float(rng.normal(0, 1)))])


def _fan(rng: np.random.Generator, offsets: Floats, width: float) -> list[Floats]:
    """Points of each track before the whole is bent and turned; the first runs through."""
    slope = float(np.tan(np.radians(rng.uniform(6.0, 9.5))))
    run = float(offsets[-1]) / slope
    left = float(rng.uniform(-0.75, -0.05)) * width - run
    right = float(rng.uniform(0.1, 0.8)) * width + run if rng.random() < 0.55 else None
    reach = width * 0.7 + 30
    shapes = []
    for index, offset in enumerate(offsets):
        first = max(-reach, left + float(offsets[max(index - 1, 0)]) / slope - 12) if index else -reach
        last = reach
        if right is not None and index:
            last = min(reach, right - float(offsets[index - 1]) / slope + 12)
        x = np.linspace(first, last, max(8, int((last - first) / _STEP_M)))
        y = _ladder(x, float(offset), left, slope)
        if right is not None:
            y = np.minimum(y, _ladder(-x, float(offset), -right, slope))
        shapes.append(np.column_stack([x, y - offsets.mean()]))
    sign = float(rng.choice([-1, 1]))
    return [shape * [1.0, sign] for shape in shapes]


def _ladder(x: Floats, offset: float, start: float, slope: float) -> Floats:
    """A track that follows the ladder until it reaches its own offset, the corner rounded."""
    if offset == 0:
        return np.zeros_like(x)
    rounding = _TURN_M * slope / 2
    raw = slope * (x - start)
    below = _rounded(raw, slope * rounding / 2)
    return offset - _rounded(offset - below, slope * rounding / 2)


def _rounded(value: Floats, half: float) -> Floats:
    """max(value, 0) with its corner replaced by a parabola."""
    inner = (value + half) ** 2 / (4 * half)
    return np.where(value < -half, 0, np.where(value > half, value, inner))


def _laid(shape: Floats, bend: float, heading: float, middle: tuple[float, float]) -> Line:
    """Bend a track by a curvature, turn it and move it to its place."""
    x, y = shape.T
    if bend:
        angle = x * bend
        x, y = (1 / bend - y) * np.sin(angle), 1 / bend - (1 / bend - y) * np.cos(angle)
    cosine, sine = np.cos(heading), np.sin(heading)
    return Line.through(middle[0] + x * cosine - y * sine, middle[1] + x * sine + y * cosine)


def _ways(rng: np.random.Generator, plan: YardPlan) -> tuple[Way, ...]:
    """Roads beside the yard, paths and troughs between its tracks, spills across them."""
    outer = (plan.tracks[0], plan.tracks[-1])
    ways = []
    for index, line in enumerate(outer):
        for _ in range(int(rng.integers(0, 3))):
            aside = float(rng.uniform(9, 60)) * (1 if index else -1) * _upward(plan)
            kind = str(
                rng.choice(
                    ["asphalt", "asphalt", "path", "earth", "grass", "water"], p=[0.25, 0.2, 0.2, 0.15, 0.15, 0.05]
                )
            )
            ways.append(Way(kind, _beside(line, aside), float(rng.uniform(3, 11)), _seed(rng)))
    for line in plan.tracks[:-1]:
        if rng.random() < 0.35:
            kind = str(rng.choice(["path", "trough", "grass", "earth"]))
            width = 0.5 if kind == "trough" else float(rng.uniform(0.7, 1.8))
            ways.append(Way(kind, _beside(line, 2.4 * _upward(plan)), width, _seed(rng)))
    for line in plan.tracks:
        if rng.random() < 0.3:
            start = float(rng.uniform(0, 0.8) * line.length_m)
            x, y = line.points(np.linspace(start, start + rng.uniform(8, 60), 8))
            ways.append(Way("oil", Line.through(x, y), float(rng.uniform(0.8, 2.2)), _seed(rng)))
    return tuple(ways)


def _upward(plan: YardPlan) -> float:
    """1 if the last track lies left of the first, else −1."""
    if len(plan.tracks) == 1:
        return 1.0
    x, y = plan.tracks[-1].points(plan.tracks[-1].length_m / 2)
    return float(np.sign(plan.tracks[0].locate(x, y)[1][0]) or 1)


def _beside(line: Line, offset_m: float) -> Line:
    return Line.through(*line.points(np.arange(-60, line.length_m + 60, 8.0), offset_m))


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


def _things(rng: np.random.Generator, plan: YardPlan, *, canopy: bool) -> tuple[Thing, ...]:
    style = str(rng.choice(["none", "masts", "portals", "lamps"], p=[0.3, 0.25, 0.25, 0.2]))
    things = [*_lit(rng, plan), *_surroundings(rng, plan), *_masts(rng, plan, style)]
    if canopy:
        line = plan.tracks[len(plan.tracks) // 2]
        along = _in_picture(plan, line, 0.35, 0.65)
        x, y, heading = _at(line, along, 2.4)
        things.append(Thing("canopy", x, y, heading, float(rng.uniform(50, 110)), 14.0, 8.0, _seed(rng)))
    return tuple(things)


def _in_picture(plan: YardPlan, line: Line, low: float, high: float) -> float:
    """A chainage somewhat in the middle of the part of a line that the picture shows."""
    chainage = np.arange(0, line.length_m, 5.0)
    x, y = line.points(chainage)
    west, south, east, north = plan.bounds_m
    inside = chainage[(x > west) & (x < east) & (y > south) & (y < north)]
    if not len(inside):
        return line.length_m / 2
    return float(inside[int(len(inside) * (low + high) / 2)])


def _at(line: Line, along_m: float, across_m: float) -> tuple[float, float, float]:
    """x, y and heading in degrees of a place beside a line."""
    x, y = line.points(np.array([along_m, along_m + 1.0]), across_m)
    return float(x[0]), float(y[0]), float(np.degrees(np.arctan2(y[1] - y[0], x[1] - x[0])))


def _lit(rng: np.random.Generator, plan: YardPlan) -> list[Thing]:
    """Small things that lie between the tracks."""
    things = []
    density = float(rng.choice([0.3, 1.0, 2.5]))
    for line in plan.tracks:
        for _ in range(int(rng.poisson(density * line.length_m / 40))):
            x, y, heading = _at(
                line, float(rng.uniform(0, line.length_m)), float(rng.choice([-1, 1]) * rng.uniform(1.3, 2.5))
            )
            kind = str(rng.choice(["litter", "litter", "litter", "rails", "sleepers", "pile", "plant"]))
            size = {
                "litter": (0.6, 0.5, 0.4),
                "rails": (12.0, 0.9, 0.35),
                "sleepers": (1.4, 2.4, 0.5),
                "pile": (2.2, 1.2, 0.45),
                "plant": (1.1, 0.9, 0.6),
            }[kind]
            if kind in ("rails", "sleepers", "pile") and rng.random() < 0.7:
                continue
            long, wide, tall = (float(s * rng.uniform(0.6, 1.4)) for s in size)
            turn = float(rng.normal(0, 3)) if kind != "litter" else float(rng.uniform(0, 90))
            things.append(
                Thing(
                    kind, x, y, heading + turn, long, min(wide, 1.2) if kind != "sleepers" else wide, tall, _seed(rng)
                )
            )
    return things


def _masts(rng: np.random.Generator, plan: YardPlan, style: str) -> list[Thing]:
    """Catenary masts, portals over all tracks, or lamps; in one yard one of them."""
    first, last, side = plan.tracks[0], plan.tracks[-1], _upward(plan)
    things: list[Thing] = []
    step = {"none": 1e9, "masts": 55.0, "portals": 58.0, "lamps": 90.0}[style]
    for along in np.arange(float(rng.uniform(0, 30)), first.length_m, step):
        x, y, heading = _at(first, float(along), -3.2 * side)
        if style == "portals":
            far_x, far_y, _ = _at(last, float(last.locate(x, y)[0][0]), 3.2 * side)
            span, turn = float(np.hypot(far_x - x, far_y - y)), float(np.degrees(np.arctan2(far_y - y, far_x - x)))
            things.append(
                Thing(
                    "portal", (x + far_x) / 2, (y + far_y) / 2, turn, span, 0.9, float(rng.uniform(7, 9.5)), _seed(rng)
                )
            )
        elif style == "masts":
            for line in plan.tracks[:: int(rng.integers(1, 3))]:
                mast_x, mast_y, _ = _at(line, float(line.locate(x, y)[0][0]), 2.6)
                things.append(Thing("mast", mast_x, mast_y, heading, 0.3, 0.3, 7.8, _seed(rng)))
                things.append(
                    Thing("portal", *_moved(mast_x, mast_y, heading, -1.3), heading + 90, 2.8, 0.2, 6.4, _seed(rng))
                )
        else:
            things.append(Thing("mast", x, y, heading, 0.4, 0.4, float(rng.uniform(10, 20)), _seed(rng)))
    return things


def _moved(x: float, y: float, heading: float, left_m: float) -> tuple[float, float]:
    angle = np.radians(heading)
    return float(x - left_m * np.sin(angle)), float(y + left_m * np.cos(angle))


_KINDS = {
    "building": ((12, 70), (8, 28), (3.5, 12)),
    "plant": ((2.5, 9), (2.5, 9), (2, 11)),
    "box": ((6.1, 12.2), (2.44, 2.44), (2.6, 5.2)),
    "truck": ((8, 16.5), (2.5, 2.5), (3.2, 4)),
    "car": ((3.9, 4.9), (1.7, 1.9), (1.4, 1.7)),
    "pile": ((4, 20), (3, 10), (1, 4)),
    "sleepers": ((3, 14), (2.6, 11), (0.6, 2.2)),
    "litter": ((0.5, 2.5), (0.4, 1.5), (0.4, 1.5)),
    "rails": ((12, 25), (1.5, 4), (0.4, 0.6)),
}
"""Scenery beside the tracks: ranges of length, width and height, metres."""
_SHARES = {
    "building": 0.13, "plant": 0.36, "box": 0.07, "truck": 0.06, "car": 0.17,
    "pile": 0.05, "sleepers": 0.05, "litter": 0.08, "rails": 0.03,
}  # fmt: skip


def _surroundings(rng: np.random.Generator, plan: YardPlan) -> list[Thing]:
    """Buildings, plants, stacks and vehicles in clusters beside the yard, clear of its tracks."""
    west, south, east, north = plan.bounds_m
    clusters = int(rng.poisson(2 + (east - west) * (north - south) / 2500 * float(rng.choice([0.4, 1.0, 1.6]))))
    clusters = min(clusters, 6000)
    clearance = _Clearance(plan)
    kinds = sorted(
        rng.choice(list(_SHARES), clusters, p=list(_SHARES.values())).tolist(), key=lambda kind: kind != "building"
    )
    middles = rng.uniform((west - 40, south - 40), (east + 40, north + 40), (clusters, 2))
    if rng.random() < 0.5:
        middles[::2] = _beside_tracks(rng, plan, len(middles[::2]))
    things: list[Thing] = []
    taken: dict[tuple[int, int], list[tuple[float, float, float]]] = {}
    for kind, (x, y) in zip(kinds, middles, strict=True):
        cluster = _cluster(rng, kind, float(x), float(y), clearance)
        things += [thing for thing in cluster if _claim(taken, thing)]
    return things


def _beside_tracks(rng: np.random.Generator, plan: YardPlan, count: int) -> Floats:
    """Places along the outer tracks, where most of what belongs to a railway stands."""
    places = np.empty((count, 2))
    for index in range(count):
        last = bool(rng.random() < 0.5)
        line = plan.tracks[-1 if last else 0]
        aside = float(rng.gamma(2, 9) + 4) * (1 if last else -1) * _upward(plan)
        x, y, _ = _at(line, float(rng.uniform(0, line.length_m)), aside)
        places[index] = x, y
    return places


def _claim(taken: dict[tuple[int, int], list[tuple[float, float, float]]], thing: Thing) -> bool:
    """Take the ground for a thing unless another kind's building stands there."""
    key = int(thing.x_m // 100), int(thing.y_m // 100)
    radius = 0.5 * float(np.hypot(thing.length_m, thing.width_m))
    for near in ((key[0] + i, key[1] + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
        for x, y, reach in taken.get(near, ()):
            if np.hypot(thing.x_m - x, thing.y_m - y) < reach + 0.8 * radius:
                return False
    if thing.kind == "building":
        taken.setdefault(key, []).append((thing.x_m, thing.y_m, radius))
    return True


def _cluster(rng: np.random.Generator, kind: str, x: float, y: float, clearance: "_Clearance") -> list[Thing]:
    """Some of a kind side by side."""
    lengths, widths, heights = _KINDS[kind]
    heading = clearance.heading(x, y) + (0.0 if rng.random() < 0.75 else float(rng.uniform(0, 180)))
    count = 1 if kind == "building" else int(rng.geometric(0.05 if kind == "plant" else 0.2))
    count = min(count, 60)
    angle = np.radians(heading)
    long, wide = float(rng.uniform(*lengths)), float(rng.uniform(*widths))
    spread = float(rng.uniform(1.0, 2.2)) * np.sqrt(count) * 2.2
    placed = []
    for index in range(count):
        if kind == "plant":
            long = float(rng.uniform(*lengths))
            wide = long * float(rng.uniform(0.75, 1.3))
            at_x, at_y = x + float(rng.normal(0, spread)), y + float(rng.normal(0, spread))
        else:
            aside = index * (wide + float(rng.uniform(0.1, 1.0)))
            at_x, at_y = x - aside * float(np.sin(angle)), y + aside * float(np.cos(angle))
        road = kind not in ("car", "truck", "litter") and clearance.on_way(at_x, at_y, 0.5 * max(long, wide))
        if not road and clearance.at(at_x, at_y) > 3.6 + np.hypot(long, wide) / 2:
            tall = min(float(rng.uniform(*heights)), long * 1.1 if kind == "plant" else 99.0)
            placed.append(Thing(kind, at_x, at_y, heading, long, wide, tall, _seed(rng)))
    return placed


class _Clearance:
    """How far a place is from tracks and roads, and which way the tracks run."""

    def __init__(self, plan: YardPlan) -> None:
        points, headings = [], []
        for line in plan.tracks:
            x, y = line.points(np.arange(0, line.length_m, 3.0))
            points.append(np.column_stack([x, y]))
            headings.append(np.degrees(np.arctan2(np.gradient(y), np.gradient(x))))
        self._tree, self._headings = cKDTree(np.concatenate(points)), np.concatenate(headings)
        roads = [way for way in plan.ways if way.kind in ("asphalt", "water")]
        dots = [np.column_stack(way.line.points(np.arange(0, way.line.length_m, 3.0))) for way in roads]
        self._roads = cKDTree(np.concatenate(dots)) if dots else None

    def at(self, x: float, y: float) -> float:
        """Distance to the nearest track, metres."""
        return float(self._tree.query((x, y))[0])

    def heading(self, x: float, y: float) -> float:
        """Direction of the nearest track, degrees."""
        return float(self._headings[int(self._tree.query((x, y))[1])])

    def on_way(self, x: float, y: float, reach_m: float) -> bool:
        """Whether a road or a ditch comes so near."""
        return self._roads is not None and bool(self._roads.query((x, y))[0] < reach_m + 6)
