"""Fit the weights of `yardwatch.measuring.evidence` on simulated structures and real houses by maximum likelihood.

    python tools/measuring_fit.py --scenes 30 ../shared/data/change/buildings_levir

The real houses are those of three LEVIR pairs that are named in tools/measuring_accuracy.py; each is started three
times in colour and three times in grey.

A conditional logit: of all places and directions in which a drawn side may lie, the true one is the likelier the larger
the weighted sum of its features and the belief of the drawing. The last fifth of the sides of either kind is held out
of the fit.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from measuring_accuracy import houses, simple
from scipy.optimize import minimize

from yardwatch.measuring.evidence import FEATURES, features_of
from yardwatch.measuring.profiles import Side, read_strip
from yardwatch.model.frame import Frame, frame_around
from yardwatch.simulate import SITE_ORIGIN_M, Conditions, View, random_conditions, render
from yardwatch.simulate.reading import ArrayReader
from yardwatch.simulate.structures import Structure, random_structures

Cells = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Features (k, m, f), logarithm of the drawing's belief (k, m), and which cells are true (k, m)."""

_LOST = 0.03
_RIDGE = 1e-3


def sides(scenes: int) -> Iterator[Cells]:
    """Cells of drawn sides of random scenes."""
    for number in range(scenes):
        rng = np.random.default_rng([7, number])
        clutter = float(rng.uniform(0, 3))
        wood = float(rng.uniform(0, 1.2)) if rng.random() < 0.6 else 0.0
        place = random_structures(rng, lengths_m=(8.0, 110.0), clutter=clutter, wings=1.0, wood=wood)
        bands = ("red", "green", "blue") if rng.random() < 0.6 else ("pan",)
        bits = 16 if rng.random() < 0.5 else 8
        conditions = random_conditions(rng, gsd_m=float(rng.uniform(0.28, 1.05)), bands=bands, bits=bits)
        view = View(float(rng.uniform(0, 30)), float(rng.uniform(0, 360)))
        conditions = replace(conditions, view=view, weather=replace(conditions.weather, cloud=0.0))
        rendered = render(place.plan, rng=rng, conditions=conditions, stamp=False)
        reader = ArrayReader(rendered.pixels, rendered.grid, gsd_m=conditions.sensor.gsd_m)
        frame = frame_around(rendered.grid.crs, *np.array(rendered.grid.outline()).T)
        for structure in place.structures:
            yield from _of_structure(reader, frame, structure, conditions, rng)


def real_sides(folder: Path) -> Iterator[Cells]:
    """Cells of drawn sides of the real houses."""
    rng = np.random.default_rng(77)
    for grey in (False, True):
        for reader, corners in houses(folder, design=True, grey=grey):
            frame = frame_around(reader.scene.grid.crs, *corners.T)
            true = np.column_stack(frame.to_local(*corners.T))
            if not shapely.LinearRing(true).is_ccw:
                true = true[::-1]
            for _ in range(3):
                sigma_m = float(rng.choice([1.3, 2.0, 2.0, 3.0]))
                yield from _of_outline(reader, frame, true, simple(true, rng, sigma_m), sigma_m, (0.5, 0.7))


def _of_structure(
    reader: ArrayReader, frame: Frame, structure: Structure, conditions: Conditions, rng: np.random.Generator
) -> Iterator[Cells]:
    body = structure.body
    lean = np.array(conditions.view.lean()) * body.height_m
    true = np.column_stack(frame.to_local(*(structure.outline() + lean + np.array(SITE_ORIGIN_M)).T))
    sigma_m = float(rng.choice([0.7, 1.3, 2.0, 2.0, 3.0]))
    drawn = true + rng.normal(0, sigma_m, true.shape)
    gabled = body.kind != "canopy" and body.width_m < 30
    blur_m = max(0.6 * conditions.sensor.gsd_m, 0.12 * float(np.hypot(*lean)) if gabled else 0.0)
    yield from _of_outline(reader, frame, true, drawn, sigma_m, (blur_m, 0.75 * conditions.sensor.gsd_m))


def _of_outline(
    reader: ArrayReader,
    frame: Frame,
    true: np.ndarray,
    drawn: np.ndarray,
    sigma_m: float,
    allowed_m: tuple[float, float],
) -> Iterator[Cells]:
    for index in range(len(true)):
        pair = [index, (index + 1) % len(true)]
        found = _cells(reader, frame, drawn[pair], true[pair], sigma_m, allowed_m)
        if found is not None:
            yield found


def _cells(
    reader: ArrayReader,
    frame: Frame,
    drawn: np.ndarray,
    true: np.ndarray,
    sigma_m: float,
    allowed_m: tuple[float, float],
) -> Cells | None:
    side = Side(tuple(drawn[0]), tuple(drawn[1]))
    length_m, pixel_m = side.length_m, reader.scene.gsd_m
    place_se, turn_se = sigma_m / 2**0.5, 2**0.5 * sigma_m / max(length_m, 0.1)
    if length_m < 3:
        return None
    step = true[1] - true[0]
    turn = (np.arctan2(step[1], step[0]) - side.angle_rad + np.pi) % (2 * np.pi) - np.pi
    if abs(turn) > 0.8:
        return None
    along = np.array([np.cos(side.angle_rad), np.sin(side.angle_rad)])
    rise = true[0] - np.array(side.middle_m)
    out_m = float((rise - step * (rise @ along) / (step @ along)) @ np.array([along[1], -along[0]]))
    searched = 2.5 * min(turn_se, 0.35)
    steps = int(np.clip(np.ceil(searched * length_m / 2 / (0.7 * pixel_m)), 3, 10))
    turns = searched * np.arange(-steps, steps + 1) / steps
    reach_m = 3.2 * place_se + pixel_m
    pad_m = length_m / 2 * np.tan(turns.max()) + 6 * pixel_m
    strip = read_strip(
        reader, frame, side, angle_rad=side.angle_rad, reach_m=reach_m + pad_m, trim_m=min(sigma_m, 0.2 * length_m)
    )
    evidence = features_of(strip, turns, reach_m=reach_m)
    if evidence is None:
        return None
    belief = -0.5 * (evidence.out_m / place_se)[None, :] ** 2 - 0.5 * (turns / turn_se)[:, None] ** 2
    swing = np.abs(turns - turn) * length_m / 2
    right_turn = swing < max(allowed_m[1], 0.51 * (turns[1] - turns[0]) * length_m / 2)
    near = right_turn[:, None] & (np.abs(evidence.out_m - out_m) < max(allowed_m[0], 0.6 * pixel_m))[None, :]
    thin = slice(None, None, 2)
    if not near[:, thin].any():
        return None
    return evidence.features[:, thin].astype(np.float32), belief[:, thin].astype(np.float32), near[:, thin]


def loss(weights: np.ndarray, cells: list[Cells]) -> tuple[float, np.ndarray]:
    """Mean negative logarithm of the likelihood, and its gradient."""
    total, gradient = 0.0, np.zeros(len(FEATURES))
    for features, belief, near in cells:
        score = features @ weights.astype(np.float32) + belief
        share = np.exp(score - score.max())
        share /= share.sum()
        right = float(share[near].sum()) + 1e-12
        likelihood = (1 - _LOST) * right + _LOST * near.mean()
        total -= np.log(likelihood)
        mean = np.tensordot(share, features, axes=([0, 1], [0, 1]))
        gradient -= (1 - _LOST) / likelihood * ((share[near][:, None] * features[near]).sum(axis=0) - right * mean)
    return total / len(cells), gradient / len(cells)


def main() -> None:
    """Run as a script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scenes", type=int, default=30)
    given = parser.parse_args()
    groups = [list(sides(given.scenes)), list(real_sides(given.folder))]
    kept = [cell for cells in groups for cell in cells[: int(0.8 * len(cells))]]

    def ridged(weights: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = loss(weights, kept)
        return value + _RIDGE * float(weights @ weights), gradient + 2 * _RIDGE * weights

    start = np.zeros(len(FEATURES))
    fitted = minimize(ridged, start, jac=True, method="L-BFGS-B", options={"maxiter": 60}).x
    lines = []
    for name, cells in zip(("simulated", "real"), groups, strict=True):
        held = cells[int(0.8 * len(cells)) :]
        before, after = loss(start, held)[0], loss(fitted, held)[0]
        lines.append(f"{len(cells)} {name} sides; held out: drawing alone {before:.3f}, fitted {after:.3f}")
    lines += [f"{name:22s}{weight:8.2f}" for name, weight in zip(FEATURES, fitted, strict=True)]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
