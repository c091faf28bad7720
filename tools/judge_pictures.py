"""A sheet of the ribbons that gave the simulator away."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

ROWS = 9
SCALE = 3
MARGIN = 9


class Shown(Protocol):
    """What is drawn."""

    scene: str
    real: bool
    pixels: NDArray[np.float32]


def save_sheet(path: Path, stretches: Sequence[Shown], scores: NDArray[np.float64]) -> None:
    """Left the simulated ones most surely recognised, right real ones, or simulated ones least recognised.

    The real ones are spread evenly over the scenes. Each simulated one is marked as such.
    """
    order = [stretches[index] for index in np.argsort(scores)]
    simulated, real = [s for s in order if not s.real], [s for s in order if s.real]
    left = simulated[:ROWS]
    right = _spread(real[::-1]) if real else simulated[::-1][:ROWS]
    _, rows, columns = left[0].pixels.shape
    width, height = columns * SCALE + MARGIN, rows * SCALE + MARGIN
    sheet = Image.new("RGB", (2 * width, ROWS * height), "white")
    for column, shown in enumerate((left, right)):
        for row, stretch in enumerate(shown[:ROWS]):
            sheet.paste(_picture(stretch), (column * width, row * height))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, optimize=True)


def _spread(real: Sequence[Shown]) -> list[Shown]:
    """Some of each scene, the most surely recognised first."""
    scenes = sorted({stretch.scene for stretch in real})
    ranked = {scene: [stretch for stretch in real if stretch.scene == scene] for scene in scenes}
    turns = [ranked[scene][turn] for turn in range(ROWS) for scene in scenes if turn < len(ranked[scene])]
    return sorted(turns[:ROWS], key=lambda stretch: stretch.scene)


def _picture(stretch: Shown) -> Image.Image:
    shown = np.clip((np.moveaxis(stretch.pixels, 0, -1) + 2.2) / 4.8 * 255, 0, 255).astype(np.uint8)
    picture = Image.fromarray(shown).resize((shown.shape[1] * SCALE, shown.shape[0] * SCALE), Image.Resampling.BICUBIC)
    words = f"real, {stretch.scene}" if stretch.real else f"SIMULATED, as fine as {stretch.scene}"
    ImageDraw.Draw(picture).text((4, 2), words, fill="white", stroke_width=1, stroke_fill="black")
    return picture
