"""False alarms on empty invented yards and cars found on nearly empty ones, with and without doubt.

What `yardwatch.railcars.doubting` knows of false alarms was measured with this. Usage: python tools/alarms.py [YARDS]
"""

import json
import sys
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import cast
from unittest.mock import patch

import numpy as np
import suite_recipe
import suite_score

from yardwatch.model.site import frame_of
from yardwatch.pipeline import counting
from yardwatch.railcars.doubting import chance_of_none, or_none
from yardwatch.railcars.reading import TrackReading
from yardwatch.railcars.tally import interval_of
from yardwatch.simulate import YardPlan
from yardwatch.simulate.reading import ArrayReader

EMPTY_SEED, SPARSE_SEED = 31_415_929, 31_415_930
LEAST_ODDS = 15.0
INSIDE_M = 15.0


@dataclass(frozen=True, slots=True)
class Yard:
    """One yard, counted without doubt."""

    stratum: str
    seen_km: float
    odds: tuple[float, ...]
    """Of each car found."""
    none: float
    """Probability that all of them are false."""
    truth: int
    right: int
    held: bool
    """Whether the interval held without doubt."""
    held_doubted: bool
    """And with it."""


def main() -> int:
    """Print a line for each resolution."""
    yards = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    jobs = [(name, number, full) for full in (False, True) for name in suite_recipe.STRATA_M for number in range(yards)]
    with get_context("spawn").Pool(2) as pool:
        rows = list(pool.imap(yard, jobs, chunksize=4))
    for name in suite_recipe.STRATA_M:
        own = [row for row in rows if row.stratum == name]
        empty, sparse = [row for row in own if not row.truth], [row for row in own if row.truth]
        strong = [one for row in empty for one in row.odds if one > LEAST_ODDS]
        print(
            f"{name}: {len(empty)} empty, {sum(row.seen_km for row in empty):.0f} km; alarms on "
            f"{sum(bool(row.odds) for row in empty)}, with doubt {sum(_kept(row) for row in empty)}; "
            f"{len(strong)} false cars beyond {LEAST_ODDS:g}, on the mean by {np.mean(strong) - LEAST_ODDS:.0f}\n"
            f"  {len(sparse)} with one to three cars; some found on {np.mean([row.right > 0 for row in sparse]):.3f}, "
            f"with doubt {np.mean([row.right > 0 and _kept(row) for row in sparse]):.3f}; intervals held "
            f"{np.mean([row.held for row in sparse]):.3f}, {np.mean([row.held_doubted for row in sparse]):.3f}"
        )
    return 0


def yard(job: tuple[str, int, bool]) -> Yard:
    """Invent, render and count one."""
    name, number, full = job
    stratum = list(suite_recipe.STRATA_M).index(name)
    rng = np.random.default_rng((SPARSE_SEED if full else EMPTY_SEED, stratum, number))
    filled = suite_recipe._filled
    with patch.object(suite_recipe, "_filled", lambda rng, plan: thinned(filled(rng, plan), rng)):
        item = suite_recipe._item(name, rng, suite_recipe.STRATA_M[name], occupied=full)
    facts = json.loads(json.dumps(item.facts))
    rendered, site = item.rendered, suite_score._site(facts)
    reader = ArrayReader(rendered.pixels, rendered.grid, gsd_m=facts["gsd_m"], name=name)
    seen: list[TrackReading] = []

    def believed(readings: list[TrackReading], **_: float) -> float:
        seen.extend(readings)
        return 0.0

    with patch.object(counting, "chance_of_none", believed):
        counted = counting.count_scene(reader, site)
    step_m = 0.25
    none = chance_of_none(seen, step_m=step_m, gsd_m=facts["gsd_m"])
    score = suite_score._score(counted.count, site, suite_score._truth(facts, frame_of(site), 1.0))
    number_found = counted.numbers[None]
    bounds = [interval_of(*one) for one in (number_found, or_none(number_found, none))]
    before, after = (one.low <= score.truth <= cast(int, one.high) for one in bounds)
    return Yard(
        stratum=name,
        seen_km=step_m / 1000 * sum(int((~one.concealed).sum()) for one in seen),
        odds=tuple(car.odds for one in seen for car in one.cars),
        none=none,
        truth=score.truth,
        right=score.right,
        held=before,
        held_doubted=after,
    )


def thinned(plan: YardPlan, rng: np.random.Generator) -> YardPlan:
    """The plan with one to three cars, neighbours on one track, all well inside the picture."""
    west, south, east, north = plan.bounds_m
    inside = []
    for car in sorted(plan.cars, key=lambda one: (one.track, one.start_m)):
        x, y = plan.tracks[car.track].points((car.start_m + car.end_m) / 2)
        if west + INSIDE_M < x < east - INSIDE_M and south + INSIDE_M < y < north - INSIDE_M:
            inside.append(car)
    if not inside:
        return replace(plan, cars=())
    first = int(rng.integers(len(inside)))
    string = [car for car in inside[first : first + int(rng.integers(1, 4))] if car.track == inside[first].track]
    return replace(plan, cars=tuple(string))


def _kept(row: Yard) -> bool:
    return bool(row.odds) and row.none < 0.5


if __name__ == "__main__":
    sys.exit(main())
