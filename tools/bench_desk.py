"""What the desk costs on a large workspace: 200 scenes, 300 tracks, 50,000 cars, all simulated.

    python tools/bench_desk.py FOLDER [--pace S] [--decisions N]

Makes the workspace in FOLDER if it is not there (straight in the store: the numbers are invented, nothing is counted),
serves it, and drives it with Debian's Chromium: first view, ribbons page, scrolling, decisions by keyboard.
"""

import argparse
import hashlib
import json
import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from playwright.sync_api import Browser, Page, sync_playwright
from rasterio.transform import from_origin

from yardwatch.imagery.scenes import Stated
from yardwatch.model.dates import parse_when
from yardwatch.model.provenance import Provenance
from yardwatch.model.quantity import Qualifier
from yardwatch.model.railcar import Count, Interval, Railcar, Tally, TrackCoverage
from yardwatch.model.site import Site, Track, Zone, frame_of
from yardwatch.pipeline.adding import add_to
from yardwatch.pipeline.counting import COUNT_STEP
from yardwatch.pipeline.seeing import observations_of
from yardwatch.railcars.placing import Stretch, outline
from yardwatch.railcars.tally import car_strings
from yardwatch.workspace import create_workspace

SCENES, TRACKS, CARS = 200, 300, 260
LENGTH_M, PITCH_M, PIXEL_M = 1000.0, 5.0, 0.5
WEST, NORTH, CRS = 500_000.0, 4_692_000.0, "EPSG:32652"
KINDS = ("open_top", "covered", "tank", "flat", "container")
FLAGS = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--use-gl=angle",
         "--use-angle=swiftshader", "--enable-unsafe-swiftshader")  # fmt: skip
WATCH = """
  window.long = [];
  const keep = (list) => { for (const one of list.getEntries()) window.long.push([one.startTime, one.duration]); };
  new PerformanceObserver(keep).observe({ type: 'longtask', buffered: true });
"""
ASKED = {
    "decisions": r"ribbons/decisions$",
    "ribbons": r"/ribbons\?",
    "cars": r"/ribbons/cars",
    "scenes": r"/api/scenes\?",
    "pictures": r"picture\.webp",
}
LONG_MS = 50.0
SCROLL = """async (most) => {
  const list = document.querySelector('.list');
  const from = performance.now();
  let frames = 0, last = from;
  while (list.scrollTop + list.clientHeight < list.scrollHeight - 1 && performance.now() - from < most) {
    list.scrollTop += 90;
    await new Promise(requestAnimationFrame);
    last = performance.now(); frames++;
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  const long = window.long.filter(([start]) => start >= from).map(([, duration]) => duration);
  return { frames, seconds: (last - from) / 1000, end: list.scrollTop, whole: list.scrollHeight, long };
}"""


def invented_site() -> Site:
    """A yard of 300 parallel tracks that nobody has built."""
    tracks = []
    for number in range(TRACKS):
        y = NORTH - 20 - PITCH_M * number
        tracks.append(Track(f"T{number + 1}", ((WEST + 20, y), (WEST + 20 + LENGTH_M, y)), 1520))
    east, south = WEST + LENGTH_M + 40, NORTH - 40 - PITCH_M * TRACKS
    ring = ((WEST, south), (east, south), (east, NORTH), (WEST, NORTH), (WEST, south))
    return Site("Simulated benchmark yard", CRS, (Zone("Yard", "rail_yard", (ring,)),), tuple(tracks))


def draw_image(path: Path, seed: int) -> None:
    """Grey noise with rails: something to straighten."""
    rng = np.random.default_rng(seed)
    height, width = int((PITCH_M * TRACKS + 40) / PIXEL_M), int((LENGTH_M + 40) / PIXEL_M)
    small = rng.normal(110, 18, (height // 4, width // 4))
    grey = np.clip(np.kron(small, np.ones((4, 4))), 0, 255).astype(np.uint8)
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=grey.shape[0], count=1, dtype="uint8", crs=CRS, tiled=True,
        transform=from_origin(WEST, NORTH, PIXEL_M, PIXEL_M), compress="deflate", blockxsize=256, blockysize=256,
    ) as image:  # fmt: skip
        image.write(grey[:, : grey.shape[1]], 1)
        image.update_tags(YARDWATCH_SIMULATED="yes")


def simulated_count(scene: object, site: Site, rng: np.random.Generator, on_all: bool) -> Count:
    """A count that nobody made: cars set down by chance."""
    frame, cars = frame_of(site), []
    busy = np.arange(TRACKS) if on_all else np.sort(rng.choice(TRACKS, 24, replace=False))
    places = np.sort(rng.choice(busy, CARS)) if not on_all else np.sort(np.concatenate([busy, rng.choice(busy, 50)]))
    for track in np.unique(places):
        line, at = site.line(site.tracks[track]), 30.0
        for _ in range(int((places == track).sum())):
            at += float(rng.exponential(6)) if rng.random() < 0.3 else 0.0
            kind, end = str(rng.choice(KINDS)), at + float(rng.uniform(11, 15))
            if end > LENGTH_M - 20:
                break
            sure = 0.6 if rng.random() < 0.08 else 0.97
            body = outline(line, frame, Stretch(f"T{track + 1}", at, end, 0.0, 3.0))
            cars.append(Railcar(f"c{len(cars) + 1:04d}", f"T{track + 1}", at, end, 0.0, 3.0, kind, None,
                                {kind: 0.9, "other": 0.1}, sure, "Yard", body))  # fmt: skip
            at = end + 1.1
    number = len(cars)
    kinds = {kind: sum(car.type == kind for car in cars) for kind in KINDS}
    types = {kind: Interval(value, max(0, value - 4), value + 4) for kind, value in kinds.items()}
    width = round(0.07 * number)
    tallies = tuple(
        Tally(zone, number, number - width, number + width, 0.9, Qualifier.ABOUT, types, LENGTH_M * TRACKS, 0.0, 0.0,
              13.0 * number)
        for zone in ("Yard", None)
    )  # fmt: skip
    lengths = {
        name: sum(car.end_m - car.start_m for car in cars if car.track == name) for name in {c.track for c in cars}
    }
    tracks = tuple(
        TrackCoverage(track.name, LENGTH_M, LENGTH_M, 0.0, 0.0, lengths.get(track.name, 0.0)) for track in site.tracks
    )
    made = Provenance("0", "simulated benchmark, nothing was counted", {"network": "none"}, {})
    return Count(scene, tuple(cars), car_strings(cars), tracks, tallies, made)


def make(folder: Path) -> None:
    """The workspace."""
    site, rng = invented_site(), np.random.default_rng(6)
    folder.mkdir(parents=True)
    first, last = folder / "bench-first.tif", folder / "bench-last.tif"
    for seed, image in enumerate((first, last)):
        draw_image(image, seed)
    stated = Stated(credit="Simulated benchmark", acquired=parse_when("2020-01-01"))
    with create_workspace(folder, site) as store:
        add_to(store, [first], stated=stated)
        template = store.scenes()[0]
        for number in range(SCENES - 2):
            day = (datetime(2020, 1, 8, tzinfo=UTC) + timedelta(days=9 * number)).strftime("%Y-%m-%d")
            sha = hashlib.sha256(day.encode()).hexdigest()
            names = {"id": f"bench-{number:03d}-{sha[:8]}", "filename": f"bench-{number:03d}.tif", "sha256": sha}
            store.add_scene(replace(template, **names, acquired=parse_when(day), simulated=True), str(first))
        add_to(store, [last], stated=replace(stated, acquired=parse_when("2026-01-01")))
        now, scenes = datetime.now(UTC), store.scenes()
        for number, scene in enumerate(scenes):
            count = simulated_count(scene, site, rng, on_all=number == len(scenes) - 1)
            store.save_count(count, COUNT_STEP, observations_of(count, step=COUNT_STEP, recorded_at=now))
    print(f"made {SCENES} simulated scenes in {folder}", flush=True)


def serve(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """A server and the link it prints."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "yardwatch", "serve", str(folder)], stdout=subprocess.PIPE, text=True
    )
    for line in process.stdout or ():
        if found := re.search(r"http://\S+#token=\S+", line):
            return process, found[0]
    raise SystemExit("the server printed no link")


def until(page: Page, condition: str, most_s: float = 120.0) -> None:
    """Wait for a condition, asked every 10 ms."""
    end = time.monotonic() + most_s
    while not page.evaluate(condition):
        if time.monotonic() > end:
            raise SystemExit(f"waited in vain for {condition}")
        page.wait_for_timeout(10)


def first_view(page: Page, link: str) -> float:
    """Seconds from asking for the page to seeing scenes and map; by the page's own clock."""
    page.goto(link)
    until(page, "document.querySelector('main canvas') && /2026-01-01/.test(document.body.innerText)")
    return float(page.evaluate("performance.now()")) / 1000


def ribbons(page: Page) -> float:
    """Seconds from asking for the ribbons page to a cursor on its first car and rows drawn."""
    start = float(page.evaluate("(location.hash = '#/ribbons', performance.now())"))
    until(page, "/car 1 of/.test(document.querySelector('#car-here')?.textContent ?? '')")
    until(page, "document.querySelectorAll('[data-row] canvas').length > 3")
    return (float(page.evaluate("performance.now()")) - start) / 1000


def decide(page: Page, number: int, pace_s: float) -> dict[str, float]:
    """Accept cars by keyboard at a steady pace; what the page costs beside."""
    page.evaluate("document.querySelector('[role=listbox]').focus()")
    shown, start = [], time.monotonic()
    for done in range(number):
        before = page.evaluate("performance.now()")
        page.keyboard.press("Space")
        after = page.evaluate("new Promise((resolve) => requestAnimationFrame(() => resolve(performance.now())))")
        shown.append(after - before)
        rest = start + (done + 1) * pace_s - time.monotonic()
        if rest > 0:
            page.wait_for_timeout(1000 * rest)
    until(page, "!document.querySelector('[data-testid=saving]')", most_s=600.0)
    whole = time.monotonic() - start
    return {"decisions": number, "whole_s": whole, "shown_ms": statistics.median(shown), "worst_ms": max(shown)}


def answers(page: Page) -> dict[str, float]:
    """Median milliseconds until an answer was there, by what was asked."""
    asked = page.evaluate("performance.getEntriesByType('resource').map((one) => [one.name, one.duration])")
    found = {kind: [ms for name, ms in asked if re.search(pattern, name)] for kind, pattern in ASKED.items()}
    return {kind: statistics.median(times) for kind, times in found.items() if times}


def scroll(browser: Browser, page: Page) -> None:
    """Scroll through all tracks; tasks of the main thread by the wall clock, and by what they computed."""
    page.evaluate("document.querySelector('.list').scrollTop = 0")
    browser.start_tracing(page=page, categories=["toplevel"])
    seen = page.evaluate(SCROLL, 240_000)
    computed = main_thread_ms(json.loads(browser.stop_tracing()))
    print(f"scrolled {seen['end']:.0f} of {seen['whole']:.0f} px in {seen['seconds']:.0f} s, {seen['frames']} frames")
    longest = max(seen["long"], default=0.0)
    print(f"tasks over 50 ms      {len(seen['long'])} by the wall clock, longest {longest:.0f} ms (bar none)")
    over = sum(ms > LONG_MS for ms in computed)
    print(f"                      {over} by processor time, longest {max(computed, default=0.0):.0f} ms", flush=True)


def main_thread_ms(trace: dict[str, list[dict[str, Any]]]) -> list[float]:
    """Processor time of each task of the busiest main thread of a page, milliseconds."""
    events = trace["traceEvents"]
    mains = {(one["pid"], one["tid"]) for one in events if one.get("args", {}).get("name") == "CrRendererMain"}
    tasks: dict[tuple[int, int], list[float]] = {}
    for one in events:
        if one["ph"] == "X" and "tdur" in one and (place := (one["pid"], one["tid"])) in mains:
            tasks.setdefault(place, []).append(one["tdur"] / 1000)
    return max(tasks.values(), key=sum, default=[])


def measure(page: Page, browser: Browser, link: str, said: argparse.Namespace) -> None:
    """All figures, printed as they are found."""
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    print(f"{busy:.1f} processes waited for each processor when it began; on a quiet machine that is less than 1")
    print(f"first view            {first_view(page, link):.2f} s (bar 2)", flush=True)
    print(f"ribbons page usable   {ribbons(page):.2f} s (bar 1)", flush=True)
    page.wait_for_timeout(3000)
    scroll(browser, page)
    spent = decide(page, said.decisions, said.pace)
    print(f"{spent['decisions']:.0f} decisions at {said.pace:g} s: {spent['whole_s']:.0f} s in all (bar 300)")
    print(f"  shown after         {spent['shown_ms']:.0f} ms, at worst {spent['worst_ms']:.0f} ms")
    for kind, ms in answers(page).items():
        print(f"  answer: {kind:11s} {ms:.0f} ms")


def main() -> None:
    """Make, serve, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--pace", type=float, default=1.0, help="seconds from one decision to the next")
    asked.add_argument("--decisions", type=int, default=225)
    said = asked.parse_args()
    if not (said.folder / "yardwatch.gpkg").exists():
        make(said.folder)
    process, link = serve(said.folder)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.add_init_script(WATCH)
            measure(page, browser, link, said)
            browser.close()
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
