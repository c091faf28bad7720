"""Compare labelled pairs of images and print how good the changes are, beside what simple methods give.

Usage: python tools/change_accuracy.py validation|test [--pairs N] [--json PATH]

`validation` holds what may guide design: Taizhou, three LEVIR pairs, simulated places of other seeds than the training.
`test` holds the other LEVIR pairs, all six together, and DSIFN; it is looked at last.
"""

import argparse
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile
from scipy import ndimage

from yardwatch.change.comparing import compare
from yardwatch.change.irmad import auto_threshold, fit_irmad
from yardwatch.change.sizes import EDGE_SE_CELLS
from yardwatch.imagery.masks import mask_geotiff
from yardwatch.model.frame import LOCAL_CRS
from yardwatch.model.grid import Grid
from yardwatch.pipeline import Told, compare_images
from yardwatch.simulate.pairs import PAIR_LABELS, random_pair, sensed
from yardwatch.simulate.reading import ArrayReader
from yardwatch.simulate.renewals import UNSURE, random_renewal

ROOT = Path(__file__).resolve().parents[1]
DESIGN = ("test_2_0000_0000", "test_55_0256_0000", "train_36_0512_0512")
"""The LEVIR pairs that were looked at while the method was made."""
SEED = 20_000
METHODS = ("yardwatch", "everything", "CVA", "IR-MAD")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", choices=["validation", "test"])
    parser.add_argument("--pairs", type=int, default=60, help="simulated pairs")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore", NotGeoreferencedWarning)
    shared = Path(os.environ.get("YARDWATCH_SHARED_DATA", ROOT.parent / "shared" / "data")) / "change"
    if not shared.is_dir():
        print(f"skipped: the labelled pairs are not in {shared}; set YARDWATCH_SHARED_DATA to where they are")
        return 0
    results = dict(_validation(shared, options.pairs) if options.role == "validation" else _test(shared))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")
    return 0


def _validation(shared: Path, pairs: int) -> Iterator[tuple[str, object]]:
    yield "taizhou", _taizhou(shared / "landsat_taizhou")
    yield "levir design", _buildings(shared / "buildings_levir", 0.5, lambda name: name in DESIGN)
    yield "same place", _unchanged(shared)
    if pairs:
        yield "simulated", _simulated(pairs)
        yield "quarters", _quarters(pairs)


def _test(shared: Path) -> Iterator[tuple[str, object]]:
    yield "levir test", _buildings(shared / "buildings_levir", 0.5, lambda name: name not in DESIGN)
    yield "levir all", _buildings(shared / "buildings_levir", 0.5, lambda _: True)
    yield "dsifn", _buildings(shared / "buildings_dsifn", 2.0, lambda _: True)


def _taizhou(folder: Path) -> dict[str, float]:
    changed, same = (np.array(Image.open(folder / name)) > 0 for name in ("change.png", "unchanged.png"))
    judged = changed | same
    compared = compare_images(folder / "2000.tif", folder / "2003.tif", told=(Told(), Told()))
    ours = _mask(compared.mask) == 1
    before, after = (_read(folder / name) for name in ("2000.tif", "2003.tif"))
    chi_square = _chi_square(before, after)
    tried = np.linspace(1, 600, 600)
    split = auto_threshold(chi_square, variates=len(before))
    result = {
        "yardwatch": _kappa(ours[judged], changed[judged]),
        "IR-MAD, best threshold": max(_kappa((chi_square > t)[judged], changed[judged]) for t in tried),
        "IR-MAD, Otsu": _kappa((chi_square > split)[judged], changed[judged]),
    }
    print("\nTaizhou (Landsat, 30 m): kappa")
    for name, value in result.items():
        print(f"  {name:24}{value:8.4f}")
    return result


def _buildings(folder: Path, gsd_m: float, wanted: Callable[[str], bool]) -> dict[str, float]:
    """Pooled F1 of each method."""
    tallies = {name: np.zeros(3) for name in METHODS}
    patches: list[float] = []
    print(f"\n{folder.name}, {gsd_m:g} m: F1\n  {'pair':24}" + "".join(f"{name:>12}" for name in METHODS))
    for label in sorted((folder / "label").iterdir()):
        if not wanted(label.stem):
            continue
        truth = _read(label)[0] > 0
        patches += (np.bincount(ndimage.label(truth)[0].ravel())[1:] * gsd_m**2).tolist()
        before, after = folder / "A" / label.name, folder / "B" / label.name
        told = Told(gsd=gsd_m)
        compared = compare_images(before, after, told=(told, told))
        pixels = _read(before), _read(after)
        found = {
            "yardwatch": _mask(compared.mask) == 1,
            "everything": np.ones_like(truth),
            "CVA": _cva(*pixels),
            "IR-MAD": _chi_square(*pixels) > auto_threshold(_chi_square(*pixels), variates=3),
        }
        for name, mask in found.items():
            tallies[name] += _tally(mask, truth)
        row = "".join(f"{_f1(_tally(found[name], truth)):12.3f}" for name in METHODS)
        print(f"  {label.stem:24}{row}", flush=True)
    result = {name: _f1(tally) for name, tally in tallies.items()}
    print(f"  {'pooled':24}" + "".join(f"{result[name]:12.3f}" for name in METHODS))
    result |= {"precision": _share(tallies["yardwatch"], 1), "recall": _share(tallies["yardwatch"], 2)}
    print(f"  yardwatch: precision {result['precision']:.3f}, recall {result['recall']:.3f}")
    grown = np.cumsum(np.sort(patches))
    middle = float(np.sort(patches)[np.searchsorted(grown, grown[-1] / 2)])
    print(f"  labels: half of their area lies in patches of at least {middle:,.0f} m2")
    return result


def _unchanged(shared: Path) -> dict[str, int]:
    """Changes reported between a picture and itself, shifted, brightened, noisy."""
    rng = np.random.default_rng(SEED)
    counts = dict.fromkeys(("itself", "shifted", "brightened", "noisy", "all three"), 0)
    sources = [(shared / "landsat_taizhou" / "2000.tif", 30.0)]
    levir = [shared / "buildings_levir" / side / f"{name}.png" for name in DESIGN for side in "AB"]
    sources += [(path, gsd_m) for path in levir for gsd_m in (0.5, 2.0)]
    for path, gsd_m in sources:
        picture = _read(path)
        if gsd_m == 2.0:
            bands, rows, columns = picture.shape
            picture = picture.reshape(bands, rows // 4, 4, columns // 4, 4).mean((2, 4))
        noise = rng.normal(0, 4, picture.shape)
        shifted = ndimage.shift(picture, (0, 0.7, -0.7), order=1, mode="nearest")
        shown = (picture, shifted, picture * 1.25 + 8, picture + noise, shifted * 1.25 + 8 + noise)
        for name, other in zip(counts, shown, strict=True):
            counts[name] += len(_compared(picture, np.clip(other, 0, 255).round(), gsd_m).changes)
    print(f"\nThe same picture twice, {len(sources)} pictures: changes reported")
    for name, number in counts.items():
        print(f"  {name:24}{number:8d}")
    return counts


def _simulated(pairs: int) -> dict[str, object]:
    """Pixels and objects of simulated places."""
    by_kind = {name: np.zeros(3) for name in ("structures", *PAIR_LABELS[3:])}
    objects, errors = np.zeros(3), []
    sizes: list[tuple[float, bool]] = []
    for number in range(pairs):
        rng = np.random.default_rng([SEED, number])
        pixel_m = float(np.exp(rng.uniform(np.log(0.5), np.log(2.5))))
        pair = random_pair(rng, size_px=256, pixel_m=pixel_m)
        shots = [np.clip(255 * sensed(rng, shot), 0, 255).round() for shot in (pair.before, pair.after)]
        found = _compared(*shots, pixel_m)
        grid = Grid(LOCAL_CRS, (pixel_m, 0.0, 0.0, 0.0, pixel_m, 0.0), 256, 256)
        for group in by_kind:
            kinds = ("built", "razed") if group == "structures" else (group,)
            shapes = [s for c, s in zip(found.changes, found.changed_px, strict=True) if c.kind in kinds]
            mask = _mask(mask_geotiff(grid, changed=shapes, hidden=())) == 1
            truth = np.isin(pair.labels, [PAIR_LABELS.index(kind) for kind in kinds])
            by_kind[group] += _tally(mask, truth)
            if group == "structures":
                objects += _matched(mask, truth, pixel_m, sizes, errors)
    result: dict[str, object] = {f"F1 {name}": _f1(tally) for name, tally in by_kind.items()}
    result["object F1 of structures at IoU 0.3"] = _f1(objects)
    result["edge error, cells"] = float(1.4826 * np.median(np.abs(errors))) if errors else float("nan")
    result["within one stated error of the side"] = float(np.mean(np.abs(errors) < EDGE_SE_CELLS))
    result["within two"] = float(np.mean(np.abs(errors) < 2 * EDGE_SE_CELLS))
    result["found by size"] = _by_size(sizes)
    print(f"\nSimulated places ({pairs}, 0.5 to 2.5 m)")
    for name, value in result.items():
        print(f"  {name:36}{value if isinstance(value, list) else f'{value:.3f}'}")
    return result


def _quarters(pairs: int) -> dict[str, float]:
    """Ground put to another use in simulated quarters, seen at 1.6 to 3.4 m."""
    found, everything = np.zeros(3), np.zeros(3)
    for number in range(pairs):
        rng = np.random.default_rng([SEED, 1, number])
        pixel_m = float(np.exp(rng.uniform(np.log(1.6), np.log(3.4))))
        quarter = random_renewal(rng, size_px=192, pixel_m=pixel_m)
        shots = [np.clip(255 * sensed(rng, shot), 0, 255).round() for shot in (quarter.before, quarter.after)]
        grid = Grid(LOCAL_CRS, (pixel_m, 0.0, 0.0, 0.0, pixel_m, 0.0), 192, 192)
        changed = _compared(*shots, pixel_m).changed_px
        known = quarter.renewed != UNSURE
        mask = _mask(mask_geotiff(grid, changed=changed, hidden=())) == 1
        found += _tally(mask[known], quarter.renewed[known] == 1)
        everything += _tally(np.ones(int(known.sum()), bool), quarter.renewed[known] == 1)
    result = {
        "F1": _f1(found),
        "precision": _share(found, 1),
        "recall": _share(found, 2),
        "everything": _f1(everything),
    }
    print(f"\nSimulated quarters ({pairs}, 1.6 to 3.4 m): cells of renewed ground")
    for name, value in result.items():
        print(f"  {name:36}{value:.3f}")
    return result


def _share(tally: np.ndarray, other: int) -> float:
    """Hits among hits and false alarms (1), or among hits and misses (2)."""
    return float(tally[0] / max(tally[0] + tally[other], 1e-9))


def _matched(
    mask: np.ndarray, truth: np.ndarray, pixel_m: float, sizes: list[tuple[float, bool]], errors: list[float]
) -> np.ndarray:
    """Found, missed and false objects; the error of the side of those found, as that of an edge in cells."""
    ours, number = ndimage.label(mask)
    theirs, true_number = ndimage.label(truth)
    cell_m = max(0.75, pixel_m)
    used: set[int] = set()
    hits = 0
    for index in range(1, true_number + 1):
        place = theirs == index
        area = int(place.sum())
        if area * pixel_m**2 < 20:
            true_number -= 1
            continue
        over = np.bincount(ours[place], minlength=number + 1)
        over[0] = 0
        best = int(over.argmax())
        union = area + int((ours == best).sum()) - int(over[best]) if over[best] else 1
        hit = over[best] / union >= 0.3 and best not in used
        sizes.append((area * pixel_m**2 / cell_m**2, bool(over[best] > 0.3 * area)))
        if hit:
            used.add(best)
            hits += 1
            side = [np.sqrt(count) * pixel_m / cell_m for count in ((ours == best).sum(), area)]
            errors.append((side[0] - side[1]) / np.sqrt(2))
    return np.array([hits, number - len(used), true_number - hits])


def _by_size(sizes: list[tuple[float, bool]]) -> list[tuple[str, float, int]]:
    """Share of structures found, by their size in cells."""
    edges = (0, 30, 60, 120, 250, 500, 1e9)
    rows = []
    for low, high in pairwise(edges):
        seen = [found for size, found in sizes if low <= size < high]
        rows.append((f"{low:g}-{high:g}", round(float(np.mean(seen)), 3) if seen else 0.0, len(seen)))
    return rows


def _compared(before: np.ndarray, after: np.ndarray, gsd_m: float):  # noqa: ANN202
    grid = Grid(LOCAL_CRS, (gsd_m, 0.0, 0.0, 0.0, gsd_m, 0.0), before.shape[2], before.shape[1])
    readers = [ArrayReader(pixels.astype(np.uint8), grid, gsd_m=gsd_m) for pixels in (before, after)]
    return compare(readers[0], readers[1])


def _cva(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Length of the difference of standardised bands, split by Otsu."""
    one, other = ((x - x.mean((1, 2), keepdims=True)) / x.std((1, 2), keepdims=True) for x in (before, after))
    size = ((one - other) ** 2).sum(0)
    counts, edges = np.histogram(np.sqrt(size), bins=512)
    middles = (edges[:-1] + edges[1:]) / 2
    below, first = np.cumsum(counts), np.cumsum(counts * middles)
    with np.errstate(invalid="ignore", divide="ignore"):
        between = (first[-1] / below[-1] * below - first) ** 2 / (below * (below[-1] - below))
    return np.sqrt(size) > edges[1:][np.nanargmax(np.where(np.isfinite(between), between, -1))]


def _chi_square(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    fitted = fit_irmad(before.reshape(len(before), -1), after.reshape(len(after), -1))
    return fitted.chi_square(before, after)


def _read(path: Path) -> np.ndarray:
    with MemoryFile(path.read_bytes()) as file, file.open() as image:
        return image.read().astype(np.float32)


def _mask(content: bytes | None) -> np.ndarray:
    with MemoryFile(content) as file, file.open() as image:
        return image.read(1)


def _tally(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Hits, false alarms, misses."""
    return np.array([(found & truth).sum(), (found & ~truth).sum(), (~found & truth).sum()], float)


def _f1(tally: np.ndarray) -> float:
    return float(2 * tally[0] / max(2 * tally[0] + tally[1] + tally[2], 1e-9))


def _kappa(found: np.ndarray, truth: np.ndarray) -> float:
    agree = (found == truth).mean()
    chance = found.mean() * truth.mean() + (1 - found.mean()) * (1 - truth.mean())
    return float((agree - chance) / (1 - chance))


if __name__ == "__main__":
    sys.exit(main())
