"""How well scenes are laid on one another: simulated pairs whose truth is known, and pairs that have nothing in common.

Both pictures of a pair are taken from renderings four times as fine, each under its own sun, view angle and cars; the
second by a known shift, turn and scale. Both are drawn from one seed, for renderings of different seeds have the same
noise in other places, and would rightly be laid on one another by it. Renderings are kept under build/registration.
"""

import argparse
import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from scipy import ndimage

from yardwatch.model.alignment import Alignment
from yardwatch.model.grid import Grid
from yardwatch.registration.aligning import align
from yardwatch.simulate import Conditions, Sensor, Sun, View, Weather, place_consists, random_yard, render
from yardwatch.simulate.reading import ArrayReader

FOLDER = Path(__file__).resolve().parents[1] / "build" / "registration"
REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "change"
FINE_M = 0.25
FIRST_SEED = 100
"""Seeds below were used while the method was made."""
CORNER = (680_000.0, 20_000.0)
TRIALS = 10_000
CHIP_PX = 224

Reals = NDArray[np.float32]


@dataclass(frozen=True)
class Case:
    """A kind of pair."""

    name: str
    after: str = "after"
    turn_deg: float = 0.0
    growth: float = 0.0
    shift_m: float = 20.0
    noise: float = 2.0
    gsd_m: float = 0.5
    aside_m: float = 0.0
    shape: tuple[int, int] = (640, 800)


CASES = (
    Case("shift to 20 m, same picture", after="before"),
    Case("shift to 300 m, same picture", after="before", shift_m=300),
    Case("turn to 3°, scale 1 %", after="before", turn_deg=3, growth=0.01),
    Case("strong noise (12 of 255)", after="before", turn_deg=1, noise=12),
    Case("other sun, view, cars, wetness"),
    Case("the same, turned and 150 m off", turn_deg=3, growth=0.005, shift_m=150),
    Case("the same, half overlap", aside_m=200),
    Case("the same, under cloud", after="cloudy"),
    Case("the same, 0.3 m on 0.5 m", gsd_m=0.3, shape=(1000, 1200)),
)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sample", action="store_true", help="a minute of it")
    asked.add_argument("--no-trials", action="store_true", help="leave out the pairs that have nothing in common")
    asked.add_argument("--trials-only", action="store_true", help="only these")
    asked.add_argument("--real", action="store_true", help="only the real pairs of ../shared/data/change")
    asked.add_argument("--only", metavar="NAME", default="", help="only kinds of pairs whose name holds this")
    asked.add_argument("--trials", type=int, default=TRIALS, help="how many such pairs")
    arguments = asked.parse_args()
    places = range(FIRST_SEED, FIRST_SEED + (2 if arguments.sample else 12))
    if arguments.real:
        return _print_real()
    if not arguments.trials_only:
        _print_pairs(places, arguments.only)
        if not arguments.sample and not arguments.only:
            _print_coarse()
    if not arguments.no_trials:
        _print_trials(places, 40 if arguments.sample else arguments.trials)
    return 0


def _print_pairs(places: range, only: str) -> None:
    print(f"{'pair':34} {'accepted':>9} {'RMSE px: median':>16} {'worst':>7} {'≤ 0.1':>7} {'error / se':>11}")
    for case in (case for case in CASES if only in case.name):
        errors, ratios, accepted = [], [], 0
        for seed in places:
            found, error, se = _one(case, seed)
            accepted += found.accepted
            if found.accepted:
                errors.append(error)
                ratios.append(error / max(se, 1e-9))
        told = f"{np.median(errors):16.3f} {max(errors):7.3f}" if errors else f"{'–':>16} {'–':>7}"
        share = f"{sum(e <= 0.1 for e in errors)}/{len(places)}"
        ratio = f"{np.sqrt(np.mean(np.square(ratios))):11.2f}" if ratios else ""
        print(f"{case.name:34} {f'{accepted}/{len(places)}':>9} {told} {share:>7} {ratio}", flush=True)


def _one(case: Case, seed: int) -> tuple[Alignment, float, float]:
    """Alignment of one pair, its true error over the common ground and its stated one, pixels."""
    rng = np.random.default_rng(seed)
    before, after = _fine(seed, "before"), _fine(seed, case.after)
    reference = _taken(before, np.eye(2) * 0.5, np.array([20.0, 20.0]), (640, 800), 0.5, rng, case.noise)
    angle = np.radians(rng.uniform(-1, 1) * case.turn_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn * case.gsd_m * (1 + rng.uniform(-1, 1) * case.growth)
    middle_px = np.array([case.shape[1], case.shape[0]]) / 2
    corner = np.array([220.0 + case.aside_m, 180.0]) - matrix @ middle_px + rng.uniform(-1, 1, 2)
    picture = _taken(after, matrix, corner, case.shape, case.gsd_m, rng, case.noise)
    heading = rng.uniform(0, 2 * np.pi)
    off = case.shift_m * rng.uniform(0.3, 0.98) * np.array([np.cos(heading), np.sin(heading)])
    claimed = corner + matrix @ middle_px - case.gsd_m * middle_px + off
    found = align(
        ArrayReader(picture[None], _grid(claimed, case.gsd_m, case.shape), gsd_m=case.gsd_m),
        ArrayReader(reference[None], _grid(np.array([20.0, 20.0]), 0.5, (640, 800)), gsd_m=0.5),
    )
    column, row = (
        axis.ravel() for axis in np.meshgrid(np.linspace(0, case.shape[1], 21), np.linspace(0, case.shape[0], 21))
    )
    truth = (matrix @ np.stack([column, row])).T + corner
    x, y = found.grid.to_crs(column, row)
    misfit = np.stack([x - CORNER[0], CORNER[1] - y], axis=-1) - truth
    common = ((truth > 20) & (truth < [420, 340])).all(axis=1)
    error_m = float(np.sqrt((misfit[common] ** 2).sum(axis=1).mean()))
    return found, error_m / case.gsd_m, 2**0.5 * (found.se_m or 0) / case.gsd_m


def _print_real() -> int:
    """Real pairs that others have aligned, the second moved by a known shift; how well they did is not known."""
    if not REAL.is_dir():
        print("the real pairs are not here", file=sys.stderr)
        return 1
    pairs = {
        "Landsat 2000 and 2003, 30 m": (30.0, [(REAL / "landsat_taizhou/2000.tif", REAL / "landsat_taizhou/2003.tif")])
    }
    for folder, gsd_m in (("buildings_levir", 0.5), ("buildings_dsifn", 2.0)):
        befores = sorted((REAL / folder / "A").glob("*.png"))
        pairs[f"{folder}, {gsd_m:g} m"] = (gsd_m, [(path, REAL / folder / "B" / path.name) for path in befores])
    for name, (gsd_m, files) in pairs.items():
        found = [_real(before, after, gsd_m) for before, after in files]
        errors = [error for accepted, error in found if accepted]
        print(
            f"{name:34} accepted {len(errors)} of {len(found)}"
            + (f", from theirs {max(errors):.3f} px" if errors else "")
        )
    return 0


def _real(before: Path, after: Path, gsd_m: float) -> tuple[bool, float]:
    off = np.array([6.3, -4.7]) * gsd_m
    pictures = []
    for path in (before, after):
        with rasterio.open(path) as file:
            pictures.append(file.read().astype(np.float32))
    grids = [_grid(corner, gsd_m, picture.shape[1:]) for corner, picture in zip((0 * off, off), pictures, strict=True)]
    still, moving = (ArrayReader(p, grid, gsd_m=gsd_m) for p, grid in zip(pictures, grids, strict=True))
    found = align(moving, still, reach_m=max(60.0, 20 * gsd_m))
    shift = np.array(found.shift_m or (0, 0)) * [1, -1]
    return found.accepted, float(np.hypot(*(shift + off))) / gsd_m


def _print_coarse() -> None:
    """A picture of 0.5 m laid on one of 10 m of the same ground, 2 km across, and the other way round."""
    shape, coarse = (3800, 3800), (190, 190)
    fine = _wide()
    rng = np.random.default_rng(1)
    angle = np.radians(0.7)
    matrix = 0.5 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corner = np.array([1000.0, 1000.0]) - matrix @ np.array([1900, 1900])
    detailed = _taken(fine, matrix, corner, shape, 0.5, rng, 2.0, fine_m=0.5)
    small = _taken(fine, np.eye(2) * 10, np.array([50.0, 50.0]), coarse, 10.0, rng, 1.0, fine_m=0.5)
    claimed = corner + matrix @ np.array([1900, 1900]) - 0.5 * np.array([1900, 1900]) + np.array([63.0, -41.0])
    found = align(
        ArrayReader(detailed[None], _grid(claimed, 0.5, shape), gsd_m=0.5),
        ArrayReader(small[None], _grid(np.array([50.0, 50.0]), 10.0, coarse), gsd_m=10.0),
    )
    column, row = (axis.ravel() for axis in np.meshgrid(*[np.linspace(0, 3800, 21)] * 2))
    x, y = found.grid.to_crs(column, row)
    misfit = np.stack([x - CORNER[0], CORNER[1] - y], axis=-1) - ((matrix @ np.stack([column, row])).T + corner)
    error = float(np.sqrt((misfit**2).sum(axis=1).mean())) / 10
    told = f"accepted {found.accepted}, {found.tie_points} tie points, RMSE {error:.3f} px of 10 m"
    print(f"{'0.5 m on 10 m, 1.9 km across':34} {told} {found.reason or ''}")


def _print_trials(places: range, trials: int) -> None:
    """Pairs of different places; one of each is mirrored, for all renderings share their noise."""
    chips = list(_chips(places))
    rng = np.random.default_rng(5)
    accepted = 0
    pairs = list(itertools.islice(_unrelated(chips, rng), trials))
    for done, (one, other) in enumerate(pairs, 1):
        found = align(_chip(one[:, ::-1]), _chip(other), reach_m=40)
        accepted += found.accepted
        if done % 100 == 0:
            print(f"  {done} of {trials}: {accepted} accepted", file=sys.stderr, flush=True)
    print(f"pairs of different places          {accepted} of {trials} accepted ({100 * accepted / trials:.3f} %)")


def _chips(places: range) -> Iterator[tuple[int, Reals]]:
    for seed in places:
        for name in ("before", "after"):
            picture = _taken(
                _fine(seed, name), np.eye(2) * 0.5, np.zeros(2), (800, 960), 0.5, np.random.default_rng(seed), 2.0
            )
            for row, column in itertools.product((0, 260, 520), (0, 240, 480, 720)):
                yield seed, picture[row : row + CHIP_PX, column : column + CHIP_PX]


def _unrelated(chips: list[tuple[int, Reals]], rng: np.random.Generator) -> Iterator[tuple[Reals, Reals]]:
    while True:
        one, other = rng.integers(len(chips), size=2)
        if chips[one][0] != chips[other][0]:
            turned = np.rot90(chips[one][1], int(rng.integers(4)))
            yield turned, chips[other][1]


def _chip(picture: Reals) -> ArrayReader:
    return ArrayReader(np.ascontiguousarray(picture)[None], _grid(np.zeros(2), 0.5, picture.shape), gsd_m=0.5)


def _grid(corner_m: NDArray[np.float64], gsd_m: float, shape: tuple[int, ...]) -> Grid:
    x, y = CORNER[0] + float(corner_m[0]), CORNER[1] - float(corner_m[1])
    return Grid("EPSG:32626", (gsd_m, 0.0, x, 0.0, -gsd_m, y), shape[1], shape[0])


def _taken(  # noqa: PLR0913 -- all that makes a picture
    fine: Reals,
    matrix: NDArray[np.float64],
    corner_m: NDArray[np.float64],
    shape: tuple[int, int],
    gsd_m: float,
    rng: np.random.Generator,
    noise: float,
    *,
    fine_m: float = FINE_M,
) -> Reals:
    """A picture whose pixel p shows the ground at ``matrix @ p + corner_m``, metres from the rendering's corner."""
    cells = gsd_m / fine_m
    blurred = ndimage.gaussian_filter(fine, np.sqrt(max(0.0, (0.5 * cells) ** 2 - 0.25)))
    row, column = np.mgrid[: shape[0], : shape[1]] + 0.5
    x = (matrix[0, 0] * column + matrix[0, 1] * row + corner_m[0]) / fine_m - 0.5
    y = (matrix[1, 0] * column + matrix[1, 1] * row + corner_m[1]) / fine_m - 0.5
    seen = ndimage.map_coordinates(blurred, [y, x], order=3, mode="constant", cval=np.nan)
    return np.asarray(seen + rng.normal(0, noise, shape), np.float32)


def _fine(seed: int, name: str) -> Reals:
    path = FOLDER / f"{seed}-{name}.npy"
    if not path.exists():
        rng = np.random.default_rng(seed)
        yard = random_yard(rng, tracks=int(rng.integers(1, 12)), size_m=(480.0, 400.0), canopy=bool(seed % 2))
        for which, conditions in _conditions(rng).items():
            if (FOLDER / f"{seed}-{which}.npy").exists():
                continue
            cars = place_consists(np.random.default_rng([seed, which == "before"]), yard, occupancy=0.5)
            pixels = render(cars, rng=np.random.default_rng(seed), conditions=conditions, stamp=False).pixels[0]
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(FOLDER / f"{seed}-{which}.npy", pixels)
    return np.load(path).astype(np.float32)


def _wide() -> Reals:
    path = FOLDER / "wide.npy"
    if not path.exists():
        rng = np.random.default_rng(FIRST_SEED)
        yard = place_consists(rng, random_yard(rng, tracks=8, size_m=(2000.0, 2000.0)), occupancy=0.5)
        sensor = Sensor(gsd_m=0.5, bands=("pan",), noise=0.0)
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, render(yard, rng=rng, conditions=Conditions(sensor=sensor), stamp=False).pixels[0])
    return np.load(path).astype(np.float32)


def _conditions(rng: np.random.Generator) -> dict[str, Conditions]:
    """Without noise of their own: renderings of one place have it in common."""
    sensor = Sensor(gsd_m=FINE_M, bands=("pan",), noise=0.0, haze=0.0)
    before = Conditions(
        Sun(float(rng.uniform(100, 220)), float(rng.uniform(30, 60))),
        View(float(rng.uniform(0, 10)), float(rng.uniform(0, 360))),
        sensor,
    )
    after = Conditions(
        Sun(float(rng.uniform(100, 220)), float(rng.uniform(20, 60))),
        View(float(rng.uniform(0, 10)), float(rng.uniform(0, 360))),
        replace(sensor, haze=0.1, gain=0.8),
        Weather(wet=float(rng.choice([0.0, 0.7]))),
    )
    return {
        "before": before,
        "after": after,
        "cloudy": replace(after, weather=Weather(cloud=0.3)),
        "anew": replace(after, weather=Weather(snow=0.5)),
    }


if __name__ == "__main__":
    sys.exit(main())
