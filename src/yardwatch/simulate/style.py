"""How a place and its empty tracks look, drawn by chance."""

import numpy as np

from yardwatch.simulate.plan import Colour, Style, TrackLook

__all__ = ["random_style"]

_YARDS: tuple[tuple[Colour, float], ...] = (
    ((0.60, 0.60, 0.60), 1.0), ((0.55, 0.55, 0.54), 1.0), ((0.66, 0.65, 0.63), 0.7), ((0.50, 0.48, 0.45), 1.0),
    ((0.45, 0.42, 0.37), 1.0), ((0.39, 0.36, 0.33), 1.0), ((0.34, 0.32, 0.30), 0.8), ((0.51, 0.44, 0.36), 0.9),
    ((0.44, 0.36, 0.30), 0.7), ((0.58, 0.54, 0.47), 0.7), ((0.40, 0.38, 0.38), 0.8), ((0.36, 0.35, 0.28), 0.5),
)  # fmt: skip
"""Ground between tracks, and how common it is: limestone, gravel, cinder, earth, dust."""
_GROUNDS: tuple[tuple[Colour, float], ...] = (
    ((0.36, 0.39, 0.27), 1.0), ((0.42, 0.42, 0.31), 0.8), ((0.30, 0.34, 0.23), 0.9), ((0.50, 0.46, 0.38), 0.2),
    ((0.45, 0.41, 0.35), 0.0), ((0.54, 0.50, 0.44), 0.0), ((0.50, 0.50, 0.49), 0.0), ((0.40, 0.40, 0.40), 0.0),
    ((0.58, 0.57, 0.54), 0.0), ((0.38, 0.36, 0.29), 0.5),
)  # fmt: skip
"""Surroundings, and how green they are in the near infrared."""


def random_style(rng: np.random.Generator, *, tracks: int) -> Style:
    """A ground, surroundings and the look of each of so many tracks."""
    weights = np.array([weight for _, weight in _YARDS])
    yard = _jitter(rng, _YARDS[int(rng.choice(len(_YARDS), p=weights / weights.sum()))][0], 0.05)
    chosen = rng.choice(len(_GROUNDS), 3, replace=False)
    grounds = [_GROUNDS[int(i)] for i in chosen]
    groups = max(1, int(rng.integers(1, 2 + tracks // 4))) if rng.random() < 0.6 else 1
    bases = [_look(rng, yard) for _ in range(groups)]
    looks = tuple(_vary(rng, bases[index * groups // max(tracks, 1)]) for index in range(tracks))
    first, second, third = (_jitter(rng, colour, 0.04) for colour, _ in grounds)
    return Style(
        grounds=(first, second, third),
        green=(grounds[0][1], grounds[1][1], grounds[2][1]),
        yard=yard,
        yard_reach_m=float(rng.uniform(4.5, 13)),
        grain=float(rng.uniform(0.7, 2.4)),
        patchiness=float(rng.beta(1.2, 3.5)),
        looks=looks,
    )


def _look(rng: np.random.Generator, yard: Colour) -> TrackLook:
    concrete = rng.random() < 0.42
    clean = float(rng.beta(1.0, 2.0) * 0.6 if rng.random() < 0.25 else rng.uniform(0.6, 1))
    bed_change = float(np.exp(rng.normal(-0.34, 0.22)))
    warm = float(rng.uniform(-0.01, 0.06))
    bed = _bounded((yard[0] * bed_change + warm, yard[1] * bed_change + 0.3 * warm, yard[2] * bed_change - 0.4 * warm))
    return TrackLook(
        bed=bed,
        bed_half_width_m=float(rng.uniform(1.2, 2.0)),
        bed_edge_m=float(rng.uniform(0.08, 0.45)),
        buried=float(rng.beta(1.0, 1.5)),
        bed_strength=float(rng.beta(4.0, 1.0)),
        sleeper=_sleeper(rng, concrete=concrete),
        sleeper_strength=float(np.clip(0.02 + 0.95 * clean, 0, 0.95)),
        sleeper_pitch_m=float(rng.uniform(0.53, 0.67)),
        sleeper_length_m=float(rng.uniform(2.4, 2.75)),
        irregularity=float(rng.uniform(0.05, 0.25) if concrete else rng.uniform(0.35, 1.0)),
        rail=_jitter(rng, (0.26, 0.20, 0.17), 0.06),
        rail_shine=float(rng.beta(0.8, 2.2)),
        stain=float(np.clip(rng.normal(0.18, 0.22), -0.2, 0.75)),
        weeds=float(max(0, rng.normal(-0.08, 0.18))),
    )


def _sleeper(rng: np.random.Generator, *, concrete: bool) -> Colour:
    if concrete:
        grey = float(rng.uniform(0.45, 0.76))
        return _bounded((grey + 0.01, grey, grey - float(rng.uniform(0, 0.05))))
    dark = float(rng.uniform(0.16, 0.38))
    warm = float(rng.uniform(0.01, 0.05))
    return _bounded((dark + warm, dark, dark - warm))


def _vary(rng: np.random.Generator, look: TrackLook) -> TrackLook:
    """One track of a group that was laid together."""
    return TrackLook(
        bed=_jitter(rng, look.bed, 0.02),
        bed_half_width_m=look.bed_half_width_m * float(rng.uniform(0.92, 1.08)),
        bed_edge_m=look.bed_edge_m,
        buried=look.buried,
        bed_strength=float(np.clip(look.bed_strength + rng.normal(0, 0.12), 0, 1)),
        sleeper=_jitter(rng, look.sleeper, 0.02),
        sleeper_strength=float(np.clip(look.sleeper_strength * rng.uniform(0.75, 1.15), 0, 0.97)),
        sleeper_pitch_m=look.sleeper_pitch_m,
        sleeper_length_m=look.sleeper_length_m,
        irregularity=look.irregularity,
        rail=look.rail,
        rail_shine=float(np.clip(look.rail_shine + rng.normal(0, 0.2), 0, 1)),
        stain=float(np.clip(look.stain + rng.normal(0, 0.12), -0.3, 0.8)),
        weeds=float(np.clip(look.weeds + rng.normal(0, 0.05), 0, 0.9)),
    )


def _jitter(rng: np.random.Generator, colour: Colour, spread: float) -> Colour:
    common = float(rng.normal(0, spread))
    own = rng.normal(0, spread / 6, 3)
    red, green = colour[0] + common + own[0], colour[1] + common + own[1]
    return _bounded((red, green, min(colour[2] + common + own[2], max(red, green) + 0.012)))


def _bounded(colour: tuple[float, float, float]) -> Colour:
    red, green, blue = (float(np.clip(c, 0.08, 0.92)) for c in colour)
    return red, green, blue
