"""What a stretch of ribbon looks like in numbers: spectra, gradients, colours, rails, sleepers, shadows."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, stats

STEP_M = 0.25
SLEEPERS_M = (0.52, 0.72)
WAVELENGTHS_M = ((0.5, 0.75), (0.75, 1.1), (1.1, 1.7), (1.7, 3.0), (3.0, 6.0), (6.0, 12.0), (12.0, 40.0))
RAIL_M = 0.755
"""From the track's middle to that of a rail head, 1435 mm gauge."""

Reals = NDArray[np.float64]


def features(stretch: NDArray[np.float32]) -> dict[str, float]:
    """Named numbers of a stretch as the network sees it, shape (3, rows, columns), 0.25 m to the sample."""
    colour = stretch.astype(float)
    grey = colour.mean(0)
    parts = (_spectra(grey), _rails(grey), _gradients(grey), _tones(grey), _colours(colour), _likeness(grey))
    return {name: value for part in parts for name, value in part}


def _spectra(grey: Reals) -> Iterator[tuple[str, float]]:
    """Power along the track by wavelength between the rails, beside them and between tracks; the sleepers' rhythm."""
    for name, near_m, far_m in (("between rails", 0.0, 0.5), ("sleeper ends", 1.0, 1.5), ("between tracks", 2.0, 2.75)):
        power, waves = _power(grey[_rows(grey, near_m, far_m)])
        bands = [np.log10(power[(waves >= low) & (waves < high)].mean() + 1e-6) for low, high in WAVELENGTHS_M]
        for (low, high), value in zip(WAVELENGTHS_M, bands, strict=True):
            yield f"power {name} {low:g}-{high:g} m", float(value)
        yield f"spectrum slope {name}", float(np.polyfit(np.arange(len(bands)), bands, 1)[0])
        rhythm = (waves > SLEEPERS_M[0]) & (waves < SLEEPERS_M[1])
        around = ((waves > 0.5) & (waves < 1.0)) & ~rhythm
        yield f"sleeper rhythm {name}", float(np.log10(power[rhythm].max() / (np.median(power[around]) + 1e-9) + 1e-6))
    across, waves = _power(grey.T[::4])
    for low, high in WAVELENGTHS_M[:5]:
        chosen = (waves >= low) & (waves < high)
        yield f"power across {low:g}-{high:g} m", float(np.log10(across[chosen].mean() + 1e-6))


def _rails(grey: Reals) -> Iterator[tuple[str, float]]:
    """How the rails stand out of the mean cross profile near the middle, and how much that profile explains."""
    profile = grey.mean(1)
    offsets_m = _offsets(grey)
    best = max(np.arange(-1.0, 1.01, 0.25), key=lambda shift: _contrast(profile, offsets_m - shift))
    yield "rail contrast", _contrast(profile, offsets_m - best)
    yield "gauge brighter than shoulders", _at(profile, offsets_m - best, 0.0) - _at(profile, offsets_m - best, 2.0)
    yield "profile share of variance", float(profile.var() / (grey.var() + 1e-9))
    yield "profile roughness", float(np.abs(np.diff(profile, 2)).mean() / (grey.std() + 1e-9))


def _contrast(profile: Reals, offsets_m: Reals) -> float:
    rails = sum(_at(profile, offsets_m, side * RAIL_M) for side in (-1, 1)) / 2
    beside = sum(_at(profile, offsets_m, side * (RAIL_M + away)) for side in (-1, 1) for away in (-0.4, 0.4)) / 4
    return float(rails - beside)


def _at(profile: Reals, offsets_m: Reals, place_m: float) -> float:
    return float(np.interp(place_m, offsets_m[::-1], profile[::-1]))


def _gradients(grey: Reals) -> Iterator[tuple[str, float]]:
    along, across = np.diff(grey, axis=1), np.diff(grey, axis=0)
    for name, step in (("along", along), ("across", across)):
        size = np.abs(step)
        for share in (50, 90, 99):
            yield f"gradient {name} p{share}", float(np.log10(np.percentile(size, share) + 1e-4))
        yield f"gradient {name} kurtosis", float(np.log10(stats.kurtosis(step, axis=None) + 3.5))
        yield f"gradient {name} skew", float(stats.skew(step, axis=None))
    yield "gradient along to across", float(np.log10((np.abs(along).mean() + 1e-6) / (np.abs(across).mean() + 1e-6)))
    fine = grey - ndimage.gaussian_filter(grey, 1.0)
    local = ndimage.uniform_filter(fine**2, 9)
    yield "fine detail", float(np.log10(fine.std() + 1e-5))
    yield "fine detail unevenness", float(np.log10(np.percentile(local, 90) / (np.percentile(local, 10) + 1e-7) + 1e-6))
    yield "calmest fine detail", float(np.log10(np.sqrt(np.percentile(local, 5)) + 1e-5))


def _tones(grey: Reals) -> Iterator[tuple[str, float]]:
    for scale in (1, 2, 4, 8):
        smooth = ndimage.uniform_filter(grey, scale) if scale > 1 else grey
        yield f"kurtosis at {scale * STEP_M:g} m", float(np.log10(stats.kurtosis(smooth, axis=None) + 2.5))
        yield f"skew at {scale * STEP_M:g} m", float(stats.skew(smooth, axis=None))
    yield "share very dark", float((grey < -1.5).mean())
    yield "share very bright", float((grey > 2.0).mean())
    yield "share at the top value", float((grey > grey.max() - 0.02).mean())
    smooth = ndimage.uniform_filter(grey, 5)
    yield "contrast of metre patches", float(np.log10(smooth.std() + 1e-4))
    yield "column means spread", float(np.log10(grey[_rows(grey, 0, 1.5)].mean(0).std() + 1e-4))


def _colours(colour: Reals) -> Iterator[tuple[str, float]]:
    red, green, blue = colour
    warm, leaf = red - blue, green - (red + blue) / 2
    yield "warmth (red less blue)", float(warm.mean())
    yield "green tint", float(leaf.mean())
    yield "colour spread warm", float(np.log10(warm.std() + 1e-3))
    yield "colour spread green", float(np.log10(leaf.std() + 1e-3))
    yield "colourful patches p99", float(np.log10(np.percentile(np.abs(warm - np.median(warm)), 99) + 1e-3))
    yield "shadows bluer than lights", _slope(warm, colour.mean(0))
    detail = [band - ndimage.gaussian_filter(band, 1.5) for band in colour]
    yield (
        "fine colour to fine grey",
        float(np.log10(((detail[0] - detail[2]).std() + 1e-4) / (np.mean(detail, axis=0).std() + 1e-4))),
    )
    broad = [ndimage.gaussian_filter(band, 3) for band in colour]
    yield "broad red-blue correlation", float(np.corrcoef(broad[0].ravel(), broad[2].ravel())[0, 1])


def _likeness(grey: Reals) -> Iterator[tuple[str, float]]:
    """Autocorrelation along (of the middle) and across."""
    middle = grey[_rows(grey, 0, 1.25)]
    for lag in (1, 2, 4, 8, 16, 40):
        yield f"likeness along {lag * STEP_M:g} m", _correlation(middle[:, lag:], middle[:, :-lag])
    for lag in (1, 2, 4, 8):
        yield f"likeness across {lag * STEP_M:g} m", _correlation(grey[lag:], grey[:-lag])
    left, right = grey[: len(grey) // 2][::-1], grey[len(grey) // 2 + 1 :]
    yield "likeness of left and right", _correlation(left, right)


def _power(rows: Reals) -> tuple[Reals, Reals]:
    """Mean power spectrum of rows, and its wavelengths in metres, without the mean."""
    window = np.hanning(rows.shape[1])
    calm = (rows - rows.mean(1, keepdims=True)) * window
    power = (np.abs(np.fft.rfft(calm, axis=1)) ** 2).mean(0) / (window**2).sum()
    waves = STEP_M / np.maximum(np.fft.rfftfreq(rows.shape[1]), 1e-9)
    return power[1:], waves[1:]


def _offsets(grey: Reals) -> Reals:
    half = len(grey) // 2
    return STEP_M * np.arange(half, -half - 1, -1, dtype=float)


def _rows(grey: Reals, near_m: float, far_m: float) -> NDArray[np.bool_]:
    away = np.abs(_offsets(grey))
    return np.asarray((away >= near_m) & (away <= far_m))


def _correlation(one: Reals, other: Reals) -> float:
    if one.std() < 1e-9 or other.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def _slope(values: Reals, against: Reals) -> float:
    return float(np.polyfit(against.ravel(), values.ravel(), 1)[0])
