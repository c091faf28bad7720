"""Under what sun, from where, with what sensor and in what weather a picture is taken."""

from dataclasses import dataclass, field

import numpy as np

from yardwatch.errors import MisuseError

__all__ = ["BANDS", "Conditions", "Sensor", "Sun", "View", "Weather", "random_conditions"]

BANDS = ("red", "green", "blue", "nir", "pan")
"""Bands that a simulated sensor can have."""


@dataclass(frozen=True, slots=True)
class Sun:
    """Where the sun stands."""

    azimuth_deg: float = 150.0
    """Direction to the sun, degrees clockwise from north."""
    elevation_deg: float = 42.0
    """Height over the horizon, degrees."""

    def __post_init__(self) -> None:
        _within("sun elevation", self.elevation_deg, 8, 90)


@dataclass(frozen=True, slots=True)
class View:
    """From where the sensor looks."""

    off_nadir_deg: float = 0.0
    """Angle away from straight down, degrees."""
    azimuth_deg: float = 0.0
    """Direction from the ground to the sensor, degrees clockwise from north; tops lean the other way."""

    def __post_init__(self) -> None:
        _within("view off nadir", self.off_nadir_deg, 0, 45)

    def lean(self) -> tuple[float, float]:
        """How far east and north a top is displaced in the picture, metres for each metre of height."""
        reach, azimuth = np.tan(np.radians(self.off_nadir_deg)), np.radians(self.azimuth_deg)
        return float(-reach * np.sin(azimuth)), float(-reach * np.cos(azimuth))


@dataclass(frozen=True, slots=True)
class Sensor:
    """What the sensor makes of the light."""

    gsd_m: float = 0.4
    """Ground size of a pixel, metres."""
    bands: tuple[str, ...] = ("red", "green", "blue")
    """Some of `BANDS`, in the order of the file."""
    bits: int = 8
    """8 (brightness as on a screen) or 16 (proportional to the light, about 0–3000)."""
    psf_px: float = 0.5
    """Standard deviation of the blur, pixels."""
    noise: float = 0.006
    """Standard deviation of the noise as a share of full scale."""
    haze: float = 0.03
    """Veil of bluish light over the picture, 0 (none) to 1 (nothing to see)."""
    gain: float = 1.0
    """Brightness factor."""
    offset: float = 0.0
    """Brightness added, as a share of full scale."""
    saturation: float = 1.0
    """Colourfulness; 0 is grey."""
    grey_noise: float = 0.0
    """Share of the noise that all bands have in common, 0 to 1, as after demosaicing and pansharpening."""
    sharpen: float = 0.0
    """Strength of an unsharp mask, as providers apply to pictures for the eye."""
    jpeg_quality: int | None = None
    """Quality of the JPEG that it went through, 1–100; None if through none."""

    def __post_init__(self) -> None:
        _within("gsd_m", self.gsd_m, 0.05, 5)
        unknown = [band for band in self.bands if band not in BANDS]
        if unknown or not self.bands:
            raise MisuseError(f"bands {self.bands} are not all known; use some of {', '.join(BANDS)}")
        if self.bits not in (8, 16):
            raise MisuseError(f"{self.bits} bits are not offered; use 8 or 16")


@dataclass(frozen=True, slots=True)
class Weather:
    """What lies on the ground and hangs above it; each from 0 (none) to 1 (all)."""

    snow: float = 0.0
    """Share of the ground under snow."""
    wet: float = 0.0
    """How wet the ground is; from a half on there are puddles."""
    cloud: float = 0.0
    """Share of the sky under cloud; clouds cast shadows."""

    def __post_init__(self) -> None:
        for name in ("snow", "wet", "cloud"):
            _within(name, getattr(self, name), 0, 1)


@dataclass(frozen=True, slots=True)
class Conditions:
    """All that shapes a picture beside the place."""

    sun: Sun = field(default_factory=Sun)
    """Light."""
    view: View = field(default_factory=View)
    """Angle."""
    sensor: Sensor = field(default_factory=Sensor)
    """Camera."""
    weather: Weather = field(default_factory=Weather)
    """Weather."""


def random_conditions(
    rng: np.random.Generator,
    *,
    gsd_m: float | None = None,
    bands: tuple[str, ...] = ("red", "green", "blue"),
    bits: int = 8,
) -> Conditions:
    """Conditions as varied as those of bought images; for training.

    Parameters
    ----------
    rng : numpy.random.Generator
        Chance.
    gsd_m : float, optional
        Ground size of a pixel; drawn between 0.2 and 1.0 m unless given.
    bands : tuple of str
        Bands of the sensor.
    bits : int
        8 or 16.
    """
    snow = float(rng.uniform(0.1, 1)) if rng.random() < 0.06 else 0.0
    gsd_m = float(gsd_m if gsd_m is not None else np.exp(rng.uniform(np.log(0.2), np.log(1.0))))
    sensor = Sensor(
        gsd_m=gsd_m,
        bands=bands,
        bits=bits,
        psf_px=float(rng.uniform(0.2, 0.7)),
        noise=float(rng.choice([0.002, 0.006, 0.012, 0.02])),
        haze=float(rng.choice([0, 1]) * rng.beta(1.2, 6)),
        gain=float(np.exp(rng.normal(0.1, 0.33) - 0.9 * snow)),
        offset=float(rng.normal(0, 0.015)),
        saturation=float(np.clip(rng.normal(0.95, 0.25), 0, 1.5)),
        grey_noise=float(rng.uniform(0.6, 1.0)),
        sharpen=float(max(0, rng.normal(0.5, 0.7))),
        jpeg_quality=int(rng.integers(58, 96)) if rng.random() < 0.5 and bits == 8 else None,
    )
    wet = float(rng.random()) if rng.random() < 0.25 else 0.0
    weather = Weather(snow, wet, float(rng.uniform(0.05, 0.4)) if rng.random() < 0.05 else 0.0)
    sun = Sun(float(rng.uniform(0, 360)), float(np.clip(rng.normal(42, 14), 14, 75)))
    view = View(float(np.clip(abs(rng.normal(0, 14)), 0, 32)), float(rng.uniform(0, 360)))
    return Conditions(sun, view, sensor, weather)


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise MisuseError(f"{name} {value!r} is out of range; use {low} to {high}")
