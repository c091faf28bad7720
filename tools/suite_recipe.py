"""Invent and render the yards of the frozen suite; `tools/suite.py` runs this as it was at the revision that it pins.

Usage: python tools/suite_recipe.py FOLDER
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from yardwatch.model.line import Line
from yardwatch.simulate import (
    Colour,
    Conditions,
    Rendered,
    Sun,
    YardPlan,
    invented_site,
    place_consists,
    random_conditions,
    random_yard,
    render,
    truth_features,
)

SEED = 20_261_122
STRATA_M = {"fine": (0.20, 0.35), "half": (0.45, 0.55), "coarse": (0.72, 0.90)}
EACH = 100
TRACK_ERROR_M = 1.5
SENSORS = (
    (0.80, ("red", "green", "blue"), 8),
    (0.08, ("pan",), 8),
    (0.06, ("pan",), 16),
    (0.06, ("red", "green", "blue", "nir"), 16),
)
"""How common, bands, bits."""
SEASONS = (("winter", 22.0, 0.3), ("spring", 40.0, 0.04), ("summer", 56.0, 0.0), ("autumn", 34.0, 0.02))
"""Name, usual height of the sun in degrees, probability of snow."""
STRAW: Colour = (0.50, 0.45, 0.35)


@dataclass(frozen=True, slots=True)
class Item:
    """One yard of the suite."""

    name: str
    """Stratum, ``cars`` or ``empty``, and a number."""
    rendered: Rendered
    """Its picture and truth."""
    facts: dict[str, object]
    """Site as drawn, truth and conditions, for JSON."""


def main() -> int:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for item in items():
        facts = json.dumps(item.facts, sort_keys=True, allow_nan=False)
        np.savez_compressed(folder / f"{item.name}.npz", pixels=item.rendered.pixels, facts=np.array(facts))
        print(item.name, flush=True)
    return 0


def items() -> Iterator[Item]:
    """All yards, each from a seed of its own: no training and no other measurement uses `SEED`."""
    for stratum, (name, gsd_m) in enumerate(STRATA_M.items()):
        for kind, occupied in enumerate(("empty", "cars")):
            for number in range(EACH):
                rng = np.random.default_rng((SEED, stratum, kind, number))
                yield _item(f"{name}-{occupied}-{number:03d}", rng, gsd_m, occupied=bool(kind))


def _item(name: str, rng: np.random.Generator, gsd_m: tuple[float, float], *, occupied: bool) -> Item:
    season, plan = _in_season(rng, _yard(rng))
    if occupied:
        plan = _filled(rng, plan)
    conditions = _conditions(rng, plan, season, float(rng.uniform(*gsd_m)))
    drawn = _drawn(rng, plan)
    rendered = render(plan, rng=rng, conditions=conditions, stamp=False)
    site = invented_site(drawn)
    facts: dict[str, object] = {
        "simulated": True,
        "site": site.name,
        "crs": rendered.grid.crs,
        "transform": [round(value, 6) for value in rendered.grid.transform],
        "gsd_m": round(conditions.sensor.gsd_m, 6),
        "zones": {zone.name: _rounded(zone.rings[0]) for zone in site.zones},
        "tracks": {track.name: _rounded(track.coordinates) for track in site.tracks},
        "truth": truth_features(rendered.truth)["features"],
        "lean_m": [[round(part, 3) for part in car.lean_m] for car in rendered.truth.cars],
        "season": SEASONS[season][0],
        "conditions": _plain(asdict(conditions)),
    }
    return Item(name, rendered, facts)


def _yard(rng: np.random.Generator) -> YardPlan:
    """One to seven tracks, mostly with ladders, lying along the longer side of the picture."""
    size_m = float(rng.uniform(200, 300)), float(rng.uniform(80, 120))
    heading_deg = float(rng.uniform(-14, 14))
    if rng.random() < 0.5:
        size_m, heading_deg = size_m[::-1], heading_deg + 90
    tracks = int(rng.choice([1, 2, 3, 4, 5, 6, 7], p=[0.1, 0.15, 0.2, 0.2, 0.15, 0.1, 0.1]))
    return random_yard(rng, tracks=tracks, size_m=size_m, heading_deg=heading_deg)


def _in_season(rng: np.random.Generator, plan: YardPlan) -> tuple[int, YardPlan]:
    """Outside summer what is green turns to straw, more or less; on some yards the tracks are heavily stained."""
    season = int(rng.integers(len(SEASONS)))
    style = plan.style
    turned = 0.0 if SEASONS[season][0] == "summer" else float(rng.uniform(0.2, 1.0))
    shares = [turned * green for green in style.green]
    first, second, third = (_mixed(colour, STRAW, part) for colour, part in zip(style.grounds, shares, strict=True))
    green = tuple(was - part * 0.8 for was, part in zip(style.green, shares, strict=True))
    looks = style.looks
    if rng.random() < 0.2:
        looks = tuple(replace(look, stain=float(rng.uniform(0.35, 0.8))) for look in looks)
    return season, replace(plan, style=replace(style, grounds=(first, second, third), green=green, looks=looks))


def _mixed(one: Colour, other: Colour, part: float) -> Colour:
    red, green, blue = (a + (b - a) * part for a, b in zip(one, other, strict=True))
    return red, green, blue


def _filled(rng: np.random.Generator, plan: YardPlan) -> YardPlan:
    """Cars on its tracks, at least one of them with its middle well inside the picture."""
    west, south, east, north = plan.bounds_m
    occupancy = float(rng.uniform(0.15, 0.9))
    for _ in range(100):
        filled = place_consists(rng, plan, occupancy=occupancy)
        for car in filled.cars:
            x, y = filled.tracks[car.track].points((car.start_m + car.end_m) / 2)
            if west + 10 < x < east - 10 and south + 10 < y < north - 10:
                return filled
    message = "no car would stand in the picture"
    raise RuntimeError(message)


def _conditions(rng: np.random.Generator, plan: YardPlan, season: int, gsd_m: float) -> Conditions:
    """Any weather, sun and sensor, as the season has them; exposed half way to the brightness of the ground."""
    _, elevation_deg, snowy = SEASONS[season]
    _, bands, bits = SENSORS[int(rng.choice(len(SENSORS), p=[share for share, *_ in SENSORS]))]
    drawn = random_conditions(rng, gsd_m=gsd_m, bands=bands, bits=bits)
    snow = float(rng.uniform(0.1, 0.9)) if rng.random() < snowy else 0.0
    ground = plan.style.yard[1] ** 2.2
    gain = float(np.exp(rng.normal(0.1, 0.3) - 0.9 * snow) * (0.2 / ground) ** 0.5)
    return replace(
        drawn,
        sun=Sun(drawn.sun.azimuth_deg, float(np.clip(rng.normal(elevation_deg, 7), 12, 75))),
        weather=replace(drawn.weather, snow=snow),
        sensor=replace(drawn.sensor, gain=gain),
    )


def _drawn(rng: np.random.Generator, plan: YardPlan) -> YardPlan:
    """The plan with each track as an analyst draws it: to one side by up to `TRACK_ERROR_M`."""
    lines = []
    for line in plan.tracks:
        chainages_m = np.linspace(0, line.length_m, max(2, int(line.length_m / 4)))
        lines.append(Line.through(*line.points(chainages_m, float(rng.uniform(-TRACK_ERROR_M, TRACK_ERROR_M)))))
    return replace(plan, tracks=tuple(lines))


def _rounded(points: tuple[tuple[float, float], ...]) -> list[list[float]]:
    return [[round(x, 3), round(y, 3)] for x, y in points]


def _plain(value: object) -> object:
    """The same with floats rounded, so that the last bit of a sine does not matter."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return round(value, 6) if isinstance(value, float) else value


if __name__ == "__main__":
    sys.exit(main())
