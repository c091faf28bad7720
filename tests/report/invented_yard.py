"""An invented yard, drawn in numpy, with a count of it: what the report's tests print."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from yardwatch.model.dates import parse_when
from yardwatch.model.grid import Grid
from yardwatch.model.provenance import Provenance
from yardwatch.model.quantity import Qualifier
from yardwatch.model.railcar import CAR_TYPES, Count, Interval, Railcar, String, Tally, TrackCoverage
from yardwatch.model.ribbon import Ribbon, RibbonSpec
from yardwatch.model.scene import Republish, Rights, Scene
from yardwatch.model.site import Site, Track, Zone, ZoneFinder, ZoneStatus, frame_of
from yardwatch.report import Sheet, grid_of_picture

CRS = "EPSG:32631"
WEST, NORTH, GSD_M = 500_000.0, 5_000_400.0, 0.5
MADE_AT = datetime(2024, 12, 5, 10, 0, tzinfo=UTC)
CAR_M, GAP_M = 13.5, 1.2
NOISE = np.random.default_rng(7).normal(0, 6, (3, 800, 1600))


def invented_site() -> Site:
    """Two zones side by side, a third that is out of view, and seven tracks, one of them curved."""
    zones = (
        Zone("North yard", "rail_yard", (_box(20, 120, 500, 260),), aliases=("Upper yard",)),
        Zone(
            "Depot", "locomotive_servicing", (_box(520, 120, 780, 260),),
            status=(ZoneStatus("in use", parse_when("2019/..")),),
        ),
        Zone("Far siding", "freight_handling", (_box(850, 150, 1000, 230),), conceals_from=parse_when("2023-06")),
    )  # fmt: skip
    tracks = [Track(f"T{index}", _shifted([(30, 0), (490, 0)], 140 + 14 * index), 1520) for index in range(1, 6)]
    bend = [(530 + 2.3 * step, 18 * np.sin(step / 32)) for step in range(0, 101, 4)]
    tracks += [Track("D1", _shifted(bend, 170), 1520), Track("D2", _shifted([(700, 0), (990, 0)], 190), 1435)]
    return Site("Port Invented", CRS, zones, tuple(tracks), aliases=("Invented Harbour",))


def railcars_on(site: Site) -> tuple[Railcar, ...]:
    """Strings of cars on four tracks, of every type, some unsure."""
    plans = (("T1", 20.0, 22), ("T3", 150.0, 9), ("T4", 3.0, 1), ("D1", 40.0, 8))
    finder = ZoneFinder(site.zones)
    cars: list[Railcar] = []
    for track, start_m, number in plans:
        for step in range(number):
            low = start_m + step * (CAR_M + GAP_M)
            cars.append(_car(site, finder, len(cars), track, low))
    return tuple(cars)


def count_of(site: Site, scene: Scene, cars: tuple[Railcar, ...], **changes: object) -> Count:
    """The count that those cars make, with coverage and tallies that agree with them."""
    tracks = tuple(_coverage(site, track, cars) for track in site.tracks)
    homes = [*(zone.name for zone in site.zones), None]
    tallies = tuple(_tally(home, cars, tracks) for home in homes)
    made = Provenance("0.1.0", "ribbon-hsmm/1", {"level": 0.9, "step_m": 0.25}, {scene.filename: scene.sha256})
    count = Count(scene, cars, _strings(cars), tracks, tallies, made)
    return replace(count, **changes)  # type: ignore[arg-type]


def invented_scene(number: int = 1, *, acquired: str | None = "2024-12-03T02:15Z", simulated: bool = True) -> Scene:
    """An 800 × 400 m image; each number has its own hash."""
    grid = Grid(CRS, (GSD_M, 0.0, WEST, 0.0, -GSD_M, NORTH), 1600, 800)
    rights = Rights("The Inventors", "CC-BY-4.0", Republish.YES)
    when = parse_when(acquired) if acquired else None
    return Scene(
        f"scene-{number}", f"port_{number}.tif", f"{number:064x}", grid, GSD_M, 3, "uint8", when, "simulated camera",
        sun_elevation_deg=31.0, off_nadir_deg=12.0, rights=rights, simulated=simulated,
    )  # fmt: skip


def pixels_of(site: Site, cars: tuple[Railcar, ...]) -> np.ndarray:
    """Ground, ballast and cars as red, green and blue, shape (3, rows, columns)."""
    pixels = np.array([104.0, 110.0, 92.0])[:, None, None] + NOISE
    rows, columns = np.mgrid[0:800, 0:1600] + 0.5
    frame = frame_of(site)
    east, north = frame.to_local(WEST + GSD_M * columns.ravel(), NORTH - GSD_M * rows.ravel())
    for track in site.tracks:
        chainage, offset = _near(site, track, east, north)
        own = [car for car in cars if car.track == track.name]
        ballast = np.array([128.0, 121.0, 116.0])[:, None, None] + NOISE
        pixels = np.where((np.abs(offset) < 2.4).reshape(800, 1600), ballast, pixels)
        for index, car in enumerate(own):
            body = (chainage > car.start_m) & (chainage < car.end_m) & (np.abs(offset) < 1.5)
            shade = np.array([[150, 88, 60], [70, 84, 110], [196, 192, 180]][index % 3], float)[:, None, None]
            pixels = np.where(body.reshape(800, 1600), shade + NOISE / 2, pixels)
    return np.clip(pixels, 0, 255)


def sheet_of(site: Site, count: Count, pixels: np.ndarray, *, bands: int = 3) -> Sheet:
    """The pictures of a count."""
    opaque = np.full((1, *pixels.shape[1:]), 255.0)
    picture = np.moveaxis(np.concatenate([pixels, opaque]), 0, -1).astype(np.uint8)[::2, ::2]
    stack = np.concatenate([pixels] * 3)[:bands]
    ribbons = tuple(_ribbon(site, track, count.scene.grid, stack) for track in site.tracks)
    return Sheet(count, picture, grid_of_picture(count.scene.grid, picture), ribbons)


def _box(west: float, south: float, east: float, north: float) -> tuple[tuple[float, float], ...]:
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return tuple((WEST + x, NORTH - 400 + y) for x, y in corners)


def _shifted(points: list[tuple[float, float]], up_m: float) -> tuple[tuple[float, float], ...]:
    return tuple((WEST + x, NORTH - 400 + up_m + float(y)) for x, y in points)


def _near(site: Site, track: Track, east: np.ndarray, north: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Chainage and offset of the pixels near a track; far ones get an offset of 99 m."""
    line = site.line(track)
    low, high = line.vertices_m.min(0) - 4, line.vertices_m.max(0) + 4
    near = np.flatnonzero((east > low[0]) & (east < high[0]) & (north > low[1]) & (north < high[1]))
    chainage, offset = np.zeros(len(east)), np.full(len(east), 99.0)
    chainage[near], offset[near] = line.locate(east[near], north[near])
    return chainage, offset


def _car(site: Site, finder: ZoneFinder, index: int, track: str, start_m: float) -> Railcar:
    end_m, line = start_m + CAR_M, site.line(site.track(track))
    x, y = line.points([start_m, end_m, end_m, start_m, start_m], [-1.5, -1.5, 1.5, 1.5, -1.5])
    ring = np.column_stack(frame_of(site).to_crs(x, y))
    kind = CAR_TYPES[(index // 3) % len(CAR_TYPES)]
    zone = finder.at(*ring[:-1].mean(0))
    confidence = 0.55 if index % 9 == 4 else 0.97
    return Railcar(
        f"c{index}", track, start_m, end_m, 0.0, 3.0, kind, "ore" if kind == "open_top" else None, {kind: 1.0},
        confidence, zone, tuple(map(tuple, ring.tolist())),
    )  # fmt: skip


def _strings(cars: tuple[Railcar, ...]) -> tuple[String, ...]:
    strings: list[String] = []
    for car in cars:
        last = strings[-1] if strings else None
        if last and last.track == car.track and car.start_m - last.end_m < 3:
            strings[-1] = String(car.track, last.start_m, car.end_m, (*last.railcars, car.id))
        else:
            strings.append(String(car.track, car.start_m, car.end_m, (car.id,)))
    return tuple(strings)


def _coverage(site: Site, track: Track, cars: tuple[Railcar, ...]) -> TrackCoverage:
    length_m = site.line(track).length_m
    outside_m = 190.0 if track.name == "D2" else 0.0
    hidden_m = 60.0 if track.name == "T5" else 0.0
    occupied_m = sum(car.end_m - car.start_m for car in cars if car.track == track.name)
    return TrackCoverage(track.name, length_m, length_m - hidden_m - outside_m, hidden_m, outside_m, occupied_m)


def _tally(zone: str | None, cars: tuple[Railcar, ...], tracks: tuple[TrackCoverage, ...]) -> Tally:
    homes = {"North yard": "T", "Depot": "D1", "Far siding": "D2", None: ""}
    part = [track for track in tracks if track.name.startswith(homes[zone])]
    own = [car for car in cars if zone is None or car.zone == zone]
    kinds = {kind: sum(car.type == kind for car in own) for kind in CAR_TYPES}
    by_type = {kind: Interval(number, max(0, number - 1), number + 2) for kind, number in kinds.items() if number}
    hidden_m, outside_m = sum(t.hidden_m for t in part), sum(t.outside_m for t in part)
    return Tally(
        zone, len(own), max(0, len(own) - 3), len(own) + 4 if own else 0, 0.9, Qualifier.ABOUT, by_type,
        sum(t.visible_m for t in part), hidden_m, outside_m, sum(t.occupied_m for t in part),
    )  # fmt: skip


def _ribbon(site: Site, track: Track, grid: Grid, stack: np.ndarray) -> Ribbon:
    """Nearest pixels along a track, NaN outside the image and under a cloud on T5."""
    spec, line = RibbonSpec(), site.line(track)
    chainages = np.arange(spec.step_m / 2, line.length_m, spec.step_m)
    x, y = frame_of(site).to_crs(*line.points(chainages[None, :], spec.offsets_m[:, None]))
    columns, rows = (np.floor(part).astype(int) for part in grid.to_pixel(x, y))
    inside = (columns >= 0) & (columns < grid.width) & (rows >= 0) & (rows < grid.height)
    values = stack[:, np.clip(rows, 0, grid.height - 1), np.clip(columns, 0, grid.width - 1)]
    cloud = (track.name == "T5") & (chainages > 100) & (chainages < 160)
    return Ribbon(track.name, chainages, spec.offsets_m, np.where(inside & ~cloud, values, np.nan).astype(np.float32))
