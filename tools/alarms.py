"""False alarms on empty invented yards and cars found on nearly empty ones, with and without doubt.

The yards follow the recipe of the frozen suite, are rendered with its renderer into build/alarms, and have seeds of
their own. What `yardwatch.railcars.doubting` knows of false alarms was measured like this, on the empty ones of these
yards and on 600 with other seeds.

Usage: python tools/alarms.py [YARDS of each kind]
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import suite_recipe
from suite_renderer import draw_with_suite_renderer

from yardwatch.simulate import YardPlan

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "alarms"
SEED = 31_415_932
LEAST_ODDS, INSIDE_M, STEP_M = 15.0, 15.0, 0.25


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

    @property
    def kept(self) -> bool:
        """Whether a car is found with doubt."""
        return bool(self.odds) and self.none < 0.5


def main() -> int:
    """Draw with the suite's renderer, count with the package, and print two lines for each resolution."""
    if sys.argv[1:2] == ["draw"]:
        draw(int(sys.argv[2]))
        return 0
    yards = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    FOLDER.mkdir(parents=True, exist_ok=True)
    draw_with_suite_renderer(__file__, str(yards))
    with get_context("spawn").Pool(2) as pool:
        rows = list(pool.imap(count, sorted(FOLDER.glob("*.npz")), chunksize=4))
    for name in suite_recipe.STRATA_M:
        tell(name, [row for row in rows if row.stratum == name])
    return 0


def draw(yards: int) -> None:
    """Invent and render so many empty yards, and so many with one to three cars, of each resolution."""
    for stratum, (name, gsd_m) in enumerate(suite_recipe.STRATA_M.items()):
        for kind, number in ((kind, number) for kind in (0, 1) for number in range(yards)):
            rng = np.random.default_rng((SEED, stratum, kind, number))
            filled = suite_recipe._filled
            with patch.object(
                suite_recipe, "_filled", lambda rng, plan, filled=filled: thinned(filled(rng, plan), rng)
            ):
                item = suite_recipe._item(f"{name}-{kind}-{number:03d}", rng, gsd_m, occupied=bool(kind))
            facts = json.dumps(item.facts, sort_keys=True, allow_nan=False)
            np.savez(FOLDER / f"{item.name}.npz", pixels=item.rendered.pixels, facts=np.array(facts))


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


def count(path: Path) -> Yard:
    """Count one yard without doubt, and say what doubt would make of it."""
    import suite_score  # noqa: PLC0415 -- drawing has an older package, without what this needs

    from yardwatch.model.grid import Grid  # noqa: PLC0415
    from yardwatch.model.site import frame_of  # noqa: PLC0415
    from yardwatch.pipeline import counting  # noqa: PLC0415
    from yardwatch.railcars.doubting import chance_of_none, or_none  # noqa: PLC0415
    from yardwatch.railcars.tally import interval_of  # noqa: PLC0415
    from yardwatch.simulate.reading import ArrayReader  # noqa: PLC0415

    with np.load(path) as kept:
        pixels, facts = kept["pixels"], json.loads(str(kept["facts"]))
    site = suite_score._site(facts)
    grid = Grid(facts["crs"], tuple(facts["transform"]), pixels.shape[2], pixels.shape[1])
    seen: list[Any] = []

    def believed(readings: Sequence[object], **_: float) -> float:
        seen.extend(readings)
        return 0.0

    with patch.object(counting, "chance_of_none", believed):
        counted = counting.count_scene(ArrayReader(pixels, grid, gsd_m=facts["gsd_m"], name=path.stem), site)
    none = chance_of_none(seen, step_m=STEP_M, gsd_m=facts["gsd_m"])
    score = suite_score._score(counted.count, site, suite_score._truth(facts, frame_of(site), 1.0))
    number = counted.numbers[None]
    bounds = [interval_of(*one) for one in (number, or_none(number, none))]
    held, held_doubted = (one.low <= score.truth <= one.high for one in bounds)
    return Yard(
        stratum=path.stem.split("-")[0],
        seen_km=STEP_M / 1000 * sum(int((~one.concealed).sum()) for one in seen),
        odds=tuple(car.odds for one in seen for car in one.cars),
        none=none,
        truth=score.truth,
        right=score.right,
        held=held,
        held_doubted=held_doubted,
    )


def tell(name: str, rows: Sequence[Yard]) -> None:
    """Print what was found of one resolution."""
    empty = [row for row in rows if not row.truth]
    strong = [one - LEAST_ODDS for row in empty for one in row.odds if one > LEAST_ODDS]
    print(
        f"{name}: {len(empty)} empty, {sum(row.seen_km for row in empty):.0f} km; false alarms on "
        f"{sum(bool(row.odds) for row in empty)}, with doubt {sum(row.kept for row in empty)}; "
        f"{len(strong)} beyond odds of {LEAST_ODDS:g}, by {np.mean(strong or [0]):.0f} on the mean"
    )
    for cars in (1, 2, 3):
        own = [row for row in rows if row.truth == cars]
        print(
            f"  {cars} cars: {len(own)} yards, some found on {np.mean([row.right > 0 for row in own]):.3f}, with doubt "
            f"{np.mean([row.right > 0 and row.kept for row in own]):.3f}; interval held "
            f"{np.mean([row.held for row in own]):.3f}, {np.mean([row.held_doubted for row in own]):.3f}"
        )


if __name__ == "__main__":
    sys.exit(main())
