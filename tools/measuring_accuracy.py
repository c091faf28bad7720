"""How accurate `yardwatch measure` is, and whether its stated errors are true.

    python tools/measuring_accuracy.py simulated --scenes 60
    python tools/measuring_accuracy.py real ../shared/data/measure/footprints

Simulated: buildings and roofs of exactly known size; GSD 0.3 to 1.0 m, 0 to 30° off nadir, colour and panchromatic,
any sun. Each vertex starts from the corner of the roof as seen, perturbed by a normal error in both directions.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely

from yardwatch.imagery.scenes import open_scene
from yardwatch.measuring.doubts import Doubts
from yardwatch.measuring.structures import measure_outline
from yardwatch.model.measurement import Measured
from yardwatch.model.ports import SceneReader
from yardwatch.simulate import SITE_ORIGIN_M, View, random_conditions, render
from yardwatch.simulate.reading import ArrayReader
from yardwatch.simulate.structures import Structure, random_structures

WHAT = ("length", "width", "area")


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
    drawn = _simple(_with_more(roof, setup.parts), rng, setup.sigma_m)
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
        for feature in features:
            corners = np.array(feature["geometry"]["coordinates"][0])[:-1, :2]
            drawn = _simple(corners, rng, sigma_m)
            measured = measure_outline(
                reader, tuple(map(tuple, drawn.tolist())), crs=crs, name=str(feature["properties"].get("osm_id")),
                doubts=Doubts(digitising_m=sigma_m, off_nadir_deg=reader.scene.off_nadir_deg), refine=refine,
            )  # fmt: skip
            yield Case("real", measured, _truth(corners))


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


def _simple(corners: np.ndarray, rng: np.random.Generator, sigma_m: float) -> np.ndarray:
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
    parser.add_argument("which", choices=["simulated", "real"])
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
    else:
        cases = list(real(given.folder, sigma_m=given.sigma, seed=given.seed, refine=not given.drawn_only))
    sys.stdout.write("\n".join(table(cases)) + "\n")


if __name__ == "__main__":
    main()
