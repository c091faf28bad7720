"""Draw the errors that are left, on ribbons of the frozen suite: what was missed, what was invented.

Usage: python tools/errors_picture.py OUT.jpg [--onnx FILE] [--every N]

White above a ribbon: a car that stands there and was found; red: one that was missed. Below it, yellow: a car found
rightly; magenta: one that is none. Only simulated pictures, and marked as such.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import suite
import suite_score
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from yardwatch.model.grid import Grid
from yardwatch.model.line import Line
from yardwatch.model.ribbon import Ribbon
from yardwatch.model.site import frame_of
from yardwatch.pipeline.counting import count_scene
from yardwatch.railcars.network import OnnxNetwork, shipped_network
from yardwatch.railcars.scoring import TruthCar
from yardwatch.simulate.reading import ArrayReader

SCALE, LENGTH, SHOWN = 3, 400, 14
FOUND, MISSED, RIGHT, INVENTED = (255, 255, 255), (255, 60, 60), (255, 230, 40), (255, 60, 230)


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a ribbon in metres, and its colour."""

    start_m: float
    end_m: float
    colour: tuple[int, int, int]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--onnx", type=Path)
    parser.add_argument("--every", type=int, default=6)
    options = parser.parse_args()
    network = OnnxNetwork(options.onnx.read_bytes(), name="given") if options.onnx else shipped_network()
    strips = []
    for path in suite.rendered()[:: options.every]:
        worst = _worst(path, network)
        if worst is not None:
            strips.append(worst)
    strips = [strip for _, strip in sorted(strips, key=lambda pair: -pair[0])[:SHOWN]]
    height = max(strip.height for strip in strips)
    sheet = Image.new("RGB", (LENGTH * SCALE, (height + 6) * len(strips)), (30, 30, 30))
    for row, strip in enumerate(strips):
        sheet.paste(strip, (0, row * (height + 6)))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(options.out, quality=82)
    return 0


def _worst(path: Path, network: OnnxNetwork) -> tuple[int, Image.Image] | None:
    """The stretch of a yard with most errors, and how many; None if there is none."""
    with np.load(path) as kept:
        pixels, facts = kept["pixels"], json.loads(str(kept["facts"]))
    site = suite_score._site(facts)
    grid = Grid(facts["crs"], tuple(facts["transform"]), pixels.shape[2], pixels.shape[1])
    counted = count_scene(ArrayReader(pixels, grid, gsd_m=facts["gsd_m"], name=path.stem), site, network=network)
    labels = suite_score._truth(facts, frame_of(site), 1.0)
    score = suite_score._score(counted.count, site, labels)
    right, found = {f for f, _ in score.matches}, {t for _, t in score.matches}
    best: tuple[int, Image.Image] | None = None
    lines = {track.name: site.line(track) for track in site.tracks}
    for ribbon in counted.ribbons:
        below = [
            Bar(car.start_m, car.end_m, RIGHT if number in right else INVENTED)
            for number, car in enumerate(counted.count.railcars)
            if car.track == ribbon.track
        ]
        above = [bar for number, car in enumerate(labels) for bar in _label(car, lines[ribbon.track], number in found)]
        wrong = [bar for bar in [*above, *below] if bar.colour in (MISSED, INVENTED)]
        if len(wrong) > (best[0] if best else 0):
            name = f"SIMULATED {path.stem} {facts['gsd_m']:.2f} m"
            best = len(wrong), _drawn(ribbon, above, below, wrong[0].start_m, name)
    return best


def _label(car: TruthCar, line: Line, found: bool) -> list[Bar]:
    along, across = line.locate(*car.corners_m.T)
    if abs(float(np.mean(across))) > 2.0 or car.fraction_in_view < suite_score.SEEN:
        return []
    return [Bar(float(along.min()), float(along.max()), FOUND if found else MISSED)]


def _drawn(ribbon: Ribbon, above: list[Bar], below: list[Bar], middle_m: float, name: str) -> Image.Image:
    first = int(np.clip((middle_m - float(ribbon.chainages_m[0])) / ribbon.step_m - LENGTH // 3, 0, None))
    part = slice(first, first + LENGTH)
    image = Image.fromarray(_shown(ribbon.pixels[:, :, part]))
    image = image.resize((image.width * SCALE, image.height * SCALE), Image.Resampling.BICUBIC)
    sheet = Image.new("RGB", (LENGTH * SCALE, image.height + 20), (30, 30, 30))
    sheet.paste(image, (0, 10))
    draw = ImageDraw.Draw(sheet)
    start_m = float(ribbon.chainages_m[0]) + first * ribbon.step_m
    for bars, y in ((above, 2), (below, image.height + 12)):
        for bar in bars:
            ends = [(edge - start_m) / ribbon.step_m * SCALE for edge in (bar.start_m, bar.end_m)]
            draw.rectangle([ends[0] + 2, y, max(ends[1] - 2, ends[0] + 3), y + 5], fill=bar.colour)
    draw.text((4, 12), name, fill=(255, 255, 255), stroke_width=1, stroke_fill=(0, 0, 0))
    return sheet


def _shown(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    colour = pixels[:3] if len(pixels) >= 3 else np.repeat(pixels[:1], 3, axis=0)
    top = max(255.0, float(np.nanpercentile(colour, 99.5)))
    stretched = np.nan_to_num(colour) / top * 255
    return np.asarray(np.clip(stretched, 0, 255), np.uint8).transpose(1, 2, 0)


if __name__ == "__main__":
    sys.exit(main())
