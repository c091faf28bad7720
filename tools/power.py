"""How often the event test is wrong, and how often it finds what is there; written to docs/explanation/events.md.

``--trials`` sets the trials for each world where nothing happens (default 2,000); power takes a tenth of it.
"""

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402 - threads are set before it is loaded

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "trends"))

from worlds import NULLS, SELECTIONS, World, event_at, simulate  # noqa: E402 - lies beside the tests

from yardwatch.trends.events import Verdict, judge_events  # noqa: E402 - after numpy

PAGE = ROOT / "docs" / "explanation" / "events.md"
CHART = ROOT / "docs" / "explanation" / "events-power.svg"
BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"
RATIOS = (1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
PANELS = {
    "independent, 12 images a year": World("independent", "all"),
    "independent, 36 images a year": World("independent", "all", images_a_year=36),
    "AR(1) a week, 36 images a year": World("AR(1) 0.8 a week", "all", images_a_year=36),
    "independent, 12 a year, busy ones published": World("independent", "busy"),
}
COLOURS = ("#1b6ca8", "#0a3d62", "#c0392b", "#7f8c8d")


@dataclass(frozen=True, slots=True)
class Found:
    """What came of many records of one world."""

    change: float
    insufficient: float
    dates: float
    smallest: float


def main() -> int:
    """Measure, write, and say whether every size is within the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    began = time.monotonic()
    sized = [World(null, selection) for null in NULLS for selection in SELECTIONS]
    sized += [World(null, "busy", mean=2.0) for null in NULLS]
    powered = [replace(world, ratio=ratio) for world in PANELS.values() for ratio in RATIOS]
    few = max(arguments.trials // 10, 20)
    jobs = [(world, arguments.trials) for world in sized] + [(world, few) for world in powered]
    with ProcessPoolExecutor(arguments.workers) as pool:
        family = pool.submit(family_error, max(arguments.trials // 4, 20))
        found = list(pool.map(measured, jobs))
    sizes, power = found[: len(sized)], found[len(sized) :]
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d}: {arguments.trials:,} records for each size, {few} for each point of power; "
        f"{time.monotonic() - began:.0f} s.",
        "",
        *size_table(sized, sizes),
        "",
        f'Six events at random dates in one record where nothing happens: a "change" for any of them in '
        f"{100 * family.result():.1f} % of records.",
        "",
        *power_table(power),
    ]
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(BEGIN)
    PAGE.write_text(f"{head}{BEGIN}\n\n" + "\n".join(lines) + f"\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    CHART.write_text(chart(power), encoding="utf-8")
    print("\n".join(lines))
    return 0 if all(one.change <= 0.06 for one in sizes) else 1


def measured(job: tuple[World, int]) -> Found:
    """Judge many records of one world."""
    world, trials = job
    rng = np.random.default_rng(20260101)
    tests = []
    for _ in range(trials):
        series, event = simulate(world, rng)
        tests.append((judge_events(series, [event])[0], len(series.points)))
    smallest = [test.smallest_ratio for test, _ in tests if test.smallest_ratio is not None]
    return Found(
        change=float(np.mean([test.verdict is Verdict.CHANGE for test, _ in tests])),
        insufficient=float(np.mean([test.verdict is Verdict.INSUFFICIENT for test, _ in tests])),
        dates=float(np.median([dates for _, dates in tests])),
        smallest=float(np.median(smallest)),
    )


def family_error(trials: int) -> float:
    """How often any of six events is called a change where nothing happens."""
    rng = np.random.default_rng(20260102)
    wrong = 0
    for _ in range(trials):
        series, _ = simulate(World("AR(1) 0.8 a week"), rng)
        events = [event_at(int(day), name=f"e{day}") for day in rng.uniform(300, 1160, size=6)]
        wrong += any(test.verdict is Verdict.CHANGE for test in judge_events(series, events))
    return wrong / trials


def size_table(worlds: list[World], found: list[Found]) -> list[str]:
    """Share of records that were wrongly called a change."""
    cells = {(world.null, world.selection, world.mean): one for world, one in zip(worlds, found, strict=True)}
    columns = [(selection, 12.0) for selection in SELECTIONS] + [("busy", 2.0)]
    heads = [name if mean == 12 else f"{name}, mean 2" for name, mean in columns]
    rows = [
        f"| {null} | " + " | ".join(f"{100 * cells[null, *column].change:.1f} %" for column in columns) + " |"
        for null in NULLS
    ]
    return [f'| wrongly "change" | {" | ".join(heads)} |', "| --- |" + " --- |" * len(columns), *rows]


def power_table(found: list[Found]) -> list[str]:
    """Share of records in which the change was found."""
    rows = []
    for number, name in enumerate(PANELS):
        own = found[number * len(RATIOS) : (number + 1) * len(RATIOS)]
        cells = " | ".join(f"{100 * one.change:.0f} %" for one in own)
        rows.append(f"| {name} | {own[2].dates:.0f} | {cells} | {own[2].smallest:.1f} |")
    heads = " | ".join(f"×{ratio:g}" for ratio in RATIOS)
    head = f"| found | published dates | {heads} | smallest ratio the test states |"
    return [head, "| --- |" + " --- |" * (len(RATIOS) + 2), *rows]


def chart(found: list[Found]) -> str:
    """Power curves as SVG."""
    width, height, left, top = 640, 360, 60, 20
    span_x, span_y = width - left - 20, height - top - 110

    def at(ratio: float, share: float) -> str:
        x = left + span_x * np.log(ratio) / np.log(RATIOS[-1])
        return f"{x:.1f},{top + span_y * (1 - share):.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"',
        '  font-family="sans-serif" font-size="12">',
        "<title>How often a change is found, by its size</title>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        y = top + span_y * (1 - share)
        parts.append(f'<path d="M{left} {y:.1f}H{left + span_x}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{100 * share:.0f} %</text>')
    for ratio in (1.0, *RATIOS):
        x = at(ratio, 0).split(",")[0]
        parts.append(f'<text x="{x}" y="{top + span_y + 18}" text-anchor="middle">×{ratio:g}</text>')
    for number, (name, colour) in enumerate(zip(PANELS, COLOURS, strict=True)):
        own = found[number * len(RATIOS) : (number + 1) * len(RATIOS)]
        points = " ".join(at(ratio, one.change) for ratio, one in zip(RATIOS, own, strict=True))
        y = top + span_y + 38 + 16 * number
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<path d="M{left} {y - 4}h24" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{left + 32}" y="{y}">{name} ({own[2].dates:.0f} dates)</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
