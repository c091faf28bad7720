"""What the ground of an invented place is covered with, and how the seasons change it."""

from dataclasses import dataclass

import numpy as np

from yardwatch.simulate._town_canvas import Pixels, noise

__all__ = ["BARE", "GROWN", "Cover", "Season", "cover_colour", "random_cover", "random_season"]

GROWN = ("grass", "scrub", "crop", "wood")
BARE = ("soil", "gravel", "sand")
_SHARES = {
    "grass": 0.26, "scrub": 0.2, "crop": 0.16, "soil": 0.14, "gravel": 0.06, "sand": 0.04, "paved": 0.08, "water": 0.03,
    "wood": 0.03,
}  # fmt: skip
_COLOURS = {
    "soil": ((0.42, 0.34, 0.25), (0.62, 0.52, 0.4)), "gravel": ((0.42, 0.4, 0.37), (0.68, 0.65, 0.6)),
    "sand": ((0.7, 0.64, 0.52), (0.86, 0.8, 0.68)), "paved": ((0.26, 0.26, 0.27), (0.66, 0.65, 0.62)),
    "water": ((0.05, 0.1, 0.11), (0.24, 0.3, 0.28)),
}  # fmt: skip
_GREEN = ((0.1, 0.17, 0.06), (0.3, 0.4, 0.2))
_DRY = ((0.33, 0.28, 0.17), (0.6, 0.52, 0.36))


@dataclass(frozen=True, slots=True)
class Season:
    """How green the plants are and how wet the ground."""

    green: float
    """0 for withered, 1 for lush."""
    wet: float
    """0 for dust, 1 for after rain."""


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """One kind of ground."""

    name: str
    """``grass``, ``scrub``, ``crop``, ``wood``, ``soil``, ``gravel``, ``sand``, ``paved`` or ``water``."""
    tone: Pixels
    """Where it lies between its darkest and lightest colour, by band, shape (3,)."""
    mottle: float
    """Strength of its coarse pattern."""
    grain: float
    """Strength of its fine pattern."""
    row_angle: float
    """Direction of crop rows, radians."""
    row_m: float
    """Distance of crop rows, metres."""


def random_season(rng: np.random.Generator) -> Season:
    """Any time of the year."""
    return Season(float(rng.beta(0.8, 0.8)), float(rng.uniform(0, 1)))


def random_cover(rng: np.random.Generator, names: tuple[str, ...] | None = None) -> Cover:
    """A kind of ground, of the named ones if given."""
    known = names or tuple(_SHARES)
    shares = np.array([_SHARES[name] for name in known])
    name = str(rng.choice(known, p=shares / shares.sum()))
    tone = np.clip(rng.uniform(0, 1) + rng.normal(0, 0.12, 3), 0, 1).astype(np.float32)
    mottle = float(rng.uniform(0.1, 1.0)) * (0.3 if name in {"paved", "water"} else 1.0)
    row_angle, row_m = float(rng.uniform(0, np.pi)), float(rng.uniform(1.5, 9))
    return Cover(name, tone, mottle, float(rng.uniform(0.2, 1.0)), row_angle, row_m)


def cover_colour(cover: Cover, season: Season, rng: np.random.Generator, size_px: int, pixel_m: float) -> Pixels:
    """Colour of a cover in a season everywhere, shape (rows, columns, 3)."""
    low, high = _palette(cover, season, rng)
    level = low + cover.tone * (high - low)
    coarse = noise(rng, size_px, finest_px=max(3.0, 4 / pixel_m), coarsest_px=60 / pixel_m + 8, power=1.5)
    fine = noise(rng, size_px, finest_px=2.0, coarsest_px=5.0, power=0.5)
    pattern = 0.09 * cover.mottle * coarse + 0.045 * cover.grain * fine
    if cover.name == "crop" and rng.random() < 0.6:
        pattern += _rows(cover, rng, size_px, pixel_m)
    if cover.name == "scrub":
        pattern -= 0.22 * np.clip(coarse - 0.5 + 0.5 * fine, 0, 1.5) * rng.uniform(0.2, 1.0)
    if cover.name == "wood":
        pattern += 0.16 * noise(rng, size_px, finest_px=2.0, coarsest_px=max(5.0, 9 / pixel_m), power=1.0)
    tint = 1 + 0.05 * rng.normal(size=3).astype(np.float32)
    return np.asarray(np.clip(level * (1 + 1.6 * pattern[..., None]) * tint, 0.01, 1), np.float32)


def _palette(cover: Cover, season: Season, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    if cover.name not in GROWN:
        low, high = np.array(_COLOURS[cover.name], np.float32)
        return low * (1 - 0.25 * season.wet), high * (1 - 0.25 * season.wet)
    green = season.green
    if cover.name == "crop":
        green = float(rng.uniform(0, 1))
    if cover.name == "wood":
        green = 0.5 + 0.5 * green
    if cover.name == "crop" and green < 0.35:
        low, high = np.array(_COLOURS["soil"], np.float32)
        return low * (1 - 0.25 * season.wet), high * (1 - 0.25 * season.wet)
    mixed = (1 - green) * np.array(_DRY, np.float32) + green * np.array(_GREEN, np.float32)
    mixed = mixed * (0.55 if cover.name == "wood" else 1.0)
    return mixed[0].astype(np.float32), mixed[1].astype(np.float32)


def _rows(cover: Cover, rng: np.random.Generator, size_px: int, pixel_m: float) -> Pixels:
    axis = (np.arange(size_px) * pixel_m).astype(np.float32)
    along = axis[None, :] * np.float32(np.cos(cover.row_angle)) + axis[:, None] * np.float32(np.sin(cover.row_angle))
    period_m = max(cover.row_m, 2.5 * pixel_m)
    return np.asarray(rng.uniform(0.03, 0.15) * np.sin(2 * np.pi * along / period_m), np.float32)
