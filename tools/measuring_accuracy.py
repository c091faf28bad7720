"""How accurate `yardwatch measure` is, and whether its stated errors are true.

    python tools/measuring_accuracy.py simulated --scenes 60
    python tools/measuring_accuracy.py real ../shared/data/measure/footprints

Simulated: buildings and roofs of exactly known size; GSD 0.3 to 1.0 m, 0 to 30° off nadir, colour and panchromatic,
any sun. Each vertex starts from the corner of the roof as seen, perturbed by a normal error in both directions.

Masks: whole houses of LEVIR pairs (`buildings_levir`), their outlines taken from the hand-drawn masks of what was built
and simplified to 0.75 m; 0.5 m, in colour, and in grey as a panchromatic sensor gives it. `DESIGN` names the pairs that
were used while the method was made.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import rasterio.features
import shapely
from PIL import Image
from scipy import ndimage

from yardwatch.imagery.scenes import open_scene
from yardwatch.measuring.doubts import Doubts
from yardwatch.measuring.structures import measure_outline
from yardwatch.model.grid import Grid
from yardwatch.model.measurement import Measured
from yardwatch.model.ports import SceneReader
from yardwatch.simulate import SITE_ORIGIN_M, View, random_conditions, render
from yardwatch.simulate.reading import ArrayReader
from yardwatch.simulate.structures import Structure, random_structures

WHAT = ("length", "width", "area")
DESIGN = ("test_2_0000_0000", "test_55_0256_0000", "train_36_0512_0512")
"""The LEVIR pairs whose houses were used while the method was made."""
SEEN = (0, 9, 18, 27, 36)
"""Places in the file of the real footprints that were looked at in pictures before the last change of the method."""


@dataclass(frozen=True, slots=True)
class Case:
    """One measured structure beside the truth."""

    group: str
    measured: Measured
    truth: dict[str, float]

    def z(self, what: str) -> float:
        """Error in stated standard errors."""
        measurement = getattr(self.measured, what)
        error = measurement.value - self.truth[what]
        return error / measurement.se


@dataclass(frozen=True, slots=True)
class Setup:
    """What is simulated."""

    sigma_m: float
    parts: int
    wings: float
    clutter: float
    wood: float
    know_height: bool
    refine: bool


def simulated(scenes: int, setup: Setup, *, seed: int) -> Iterator[Case]:
    """Measured structures of random scenes."""
    for number in range(scenes):
        rng = np.random.default_rng([seed, number])
        place = random_structures(
            rng,
            lengths_m=(8.0, 110.0),
            clutter=float(rng.uniform(0, setup.clutter)),
            wings=setup.wings,
            wood=float(rng.uniform(0, setup.wood)),
        )
        bands, bits = (("red", "green", "blue"), 8) if rng.random() < 0.6 else (("pan",), 16)
        conditions = random_conditions(rng, gsd_m=float(rng.uniform(0.3, 1.0)), bands=bands, bits=bits)
        view = View(float(rng.uniform(0, 30)), float(rng.uniform(0, 360)))
        conditions = replace(conditions, view=view, weather=replace(conditions.weather, cloud=0.0))
        rendered = render(place.plan, rng=rng, conditions=conditions, stamp=False)
        reader = ArrayReader(rendered.pixels, rendered.grid, gsd_m=conditions.sensor.gsd_m)
        for structure in place.structures:
            yield _case(reader, structure, view, rng, setup)


def _case(reader: SceneReader, structure: Structure, view: View, rng: np.random.Generator, setup: Setup) -> Case:
    body = structure.body
    roof = structure.outline() + np.array(view.lean()) * body.height_m + np.array(SITE_ORIGIN_M)
    drawn = simple(_with_more(roof, setup.parts), rng, setup.sigma_m)
    ring = tuple((float(x), float(y)) for x, y in drawn)
    doubts = Doubts(
        digitising_m=setup.sigma_m,
        scale=0.0,
        height_m=body.height_m if setup.know_height else None,
        height_at_most_m=20.0,
        off_nadir_deg=view.off_nadir_deg,
    )
    crs = reader.scene.grid.crs
    measured = measure_outline(reader, ring, crs=crs, name=body.kind, doubts=doubts, refine=setup.refine)
    gsd = "0.3-0.5" if reader.scene.gsd_m < 0.5 else "0.5-0.75" if reader.scene.gsd_m < 0.75 else "0.75-1.0"
    angle = "0-10" if view.off_nadir_deg < 10 else "10-20" if view.off_nadir_deg < 20 else "20-30"
    return Case(f"GSD {gsd} m, {angle}° off nadir", measured, _truth(roof))


def real(folder: Path, *, sigma_m: float, seed: int, refine: bool) -> Iterator[Case]:
    """The real footprints, each started once from perturbed vertices."""
    rng = np.random.default_rng(seed)
    features = json.loads((folder / "buildings.geojson").read_text("utf-8"))["features"]
    with open_scene(folder / "image.tif") as reader:
        crs = reader.scene.grid.crs
        for place, feature in enumerate(features):
            corners = np.array(feature["geometry"]["coordinates"][0])[:-1, :2]
            drawn = simple(corners, rng, sigma_m)
            measured = measure_outline(
                reader, tuple(map(tuple, drawn.tolist())), crs=crs, name=str(feature["properties"].get("osm_id")),
                doubts=Doubts(digitising_m=sigma_m, off_nadir_deg=reader.scene.off_nadir_deg), refine=refine,
            )  # fmt: skip
            yield Case("seen" if place in SEEN else "not seen", measured, _truth(corners))


def houses(folder: Path, *, design: bool, grey: bool) -> Iterator[tuple[ArrayReader, np.ndarray]]:
    """Whole houses of LEVIR pairs, each with the picture it stands in and its corners in the CRS of that."""
    for path in sorted((folder / "label").glob("*.png")):
        if (path.stem in DESIGN) != design:
            continue
        with Image.open(folder / "B" / path.name) as picture, Image.open(path) as label:
            bands = np.array(picture.convert("RGB")).transpose(2, 0, 1)
            mask = np.array(label.convert("L")) > 127
        if grey:
            bands = (3000 * (bands.astype(np.float32).mean(axis=0, keepdims=True) / 255) ** 2.2).astype(np.uint16)
        high, wide = mask.shape
        grid = Grid("EPSG:32652", (0.5, 0.0, 500_000.0, 0.0, -0.5, 4_690_000.0 + 0.5 * high), wide, high)
        reader = ArrayReader(bands, grid, gsd_m=0.5)
        parts, _ = ndimage.label(mask)
        for number, (rows, columns) in enumerate(ndimage.find_objects(parts), 1):
            inside = min(rows.start, columns.start) >= 2 and rows.stop <= high - 2 and columns.stop <= wide - 2
            if inside and 350 <= (parts == number).sum() <= 6000:
                corners = _corners_of_mask(parts == number)
                yield reader, np.column_stack([500_000 + 0.5 * corners[:, 0], 4_690_000 + 0.5 * (high - corners[:, 1])])


def _corners_of_mask(mask: np.ndarray) -> np.ndarray:
    """Corners of the outline of a mask, simplified to 1.5 pixels; column and row."""
    shapes = rasterio.features.shapes(mask.astype(np.uint8), mask=mask)
    largest = max((shapely.geometry.shape(shape) for shape, _ in shapes), key=lambda polygon: polygon.area)
    return np.array(shapely.Polygon(largest.exterior).simplify(1.5).exterior.coords)[:-1]


def masked(folder: Path, *, design: bool, sigma_m: float, seed: int, refine: bool) -> Iterator[Case]:
    """Houses of LEVIR pairs, each started once in colour and once in grey."""
    rng = np.random.default_rng(seed)
    for grey in (False, True):
        for reader, corners in houses(folder, design=design, grey=grey):
            ring = tuple(map(tuple, simple(corners, rng, sigma_m).tolist()))
            measured = measure_outline(
                reader,
                ring,
                crs=reader.scene.grid.crs,
                name="house",
                doubts=Doubts(digitising_m=sigma_m),
                refine=refine,
            )
            yield Case("grey" if grey else "colour", measured, _truth(corners))


def _truth(corners: np.ndarray) -> dict[str, float]:
    """Size of the smallest rectangle around an outline, and its area."""
    polygon = shapely.Polygon(corners)
    box = shapely.get_coordinates(shapely.minimum_rotated_rectangle(polygon))
    spans = np.hypot(*np.diff(box[:3], axis=0).T)
    return {"length": float(spans.max()), "width": float(spans.min()), "area": polygon.area}


def _with_more(corners: np.ndarray, parts: int) -> np.ndarray:
    """Corners with further vertices between them."""
    after = np.roll(corners, -1, axis=0)
    steps = np.arange(parts)[None, :, None] / parts
    return (corners[:, None] * (1 - steps) + after[:, None] * steps).reshape(-1, 2)


def simple(corners: np.ndarray, rng: np.random.Generator, sigma_m: float) -> np.ndarray:
    """Perturbed corners; drawn again while the outline crosses itself, as a person would."""
    for _ in range(200):
        drawn = corners + rng.normal(0, sigma_m, corners.shape)
        if shapely.Polygon(drawn).is_valid:
            return drawn
    return corners


def table(cases: list[Case]) -> list[str]:
    """Lines of a table by group and quantity."""
    head = (
        ("n", "rms", "median", "median", "within", "within", "sides"),
        ("", "", "|error|", "se", "1 se", "2 se", "found"),
    )
    lines = [" " * 38 + " ".join(f"{word:>7s}" for word in words) for words in head]
    groups = sorted({case.group for case in cases})
    for group in [*groups, "all"] if len(groups) > 1 else groups:
        chosen = [case for case in cases if group in (case.group, "all")]
        for what in WHAT:
            z = np.array([case.z(what) for case in chosen])
            se = np.array([getattr(case.measured, what).se for case in chosen])
            found = np.mean([edge.found for case in chosen for edge in case.measured.edges])
            error = np.abs(z * se)
            shares = f"{(np.abs(z) <= 1).mean():7.1%} {(np.abs(z) <= 2).mean():7.1%} {found:7.0%}"
            sizes = f"{np.sqrt((error**2).mean()):7.2f} {np.median(error):7.2f} {np.median(se):7.2f}"
            lines.append(f"{group + ', ' + what:38s}{len(z):7d} {sizes} {shares}")
    return lines


def main() -> None:
    """Run as a script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", choices=["simulated", "real", "design", "masks"])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--scenes", type=int, default=60)
    parser.add_argument(
        "--sigma", type=float, default=2.0, help="standard error of a start vertex in each direction, m"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--drawn-only", action="store_true", help="do not look at the image")
    parser.add_argument("--parts", type=int, default=1, help="pieces each side is drawn in")
    parser.add_argument("--wings", type=float, default=0.0, help="mean number of wings of a structure")
    parser.add_argument("--clutter", type=float, default=1.5, help="most clutter along the walls")
    parser.add_argument("--wood", type=float, default=0.0, help="most trees around a structure, 0 to 1")
    parser.add_argument("--height-known", action="store_true")
    given = parser.parse_args()
    if given.which == "simulated":
        setup = Setup(
            sigma_m=given.sigma,
            parts=given.parts,
            wings=given.wings,
            clutter=given.clutter,
            wood=given.wood,
            know_height=given.height_known,
            refine=not given.drawn_only,
        )
        cases = list(simulated(given.scenes, setup, seed=given.seed))
    elif given.which in ("design", "masks"):
        design, refine = given.which == "design", not given.drawn_only
        cases = list(masked(given.folder, design=design, sigma_m=given.sigma, seed=given.seed, refine=refine))
    else:
        cases = list(real(given.folder, sigma_m=given.sigma, seed=given.seed, refine=not given.drawn_only))
    sys.stdout.write("\n".join(table(cases)) + "\n")


if __name__ == "__main__":
    main()
