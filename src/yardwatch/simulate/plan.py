"""What stands where in a simulated yard: tracks, cars, scenery and the look of the ground."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from yardwatch.errors import MisuseError
from yardwatch.model.catalogue import CarModel
from yardwatch.model.line import Line

__all__ = ["Colour", "PlacedCar", "Style", "Thing", "TrackLook", "Way", "YardPlan"]

Colour = tuple[float, float, float]
"""Red, green and blue as a screen shows a sunlit surface, 0–1."""


@dataclass(frozen=True, slots=True)
class TrackLook:
    """How one track looks when empty."""

    bed: Colour
    """Ballast under and beside the sleepers."""
    bed_half_width_m: float
    """From the track's middle to the foot of its ballast, metres."""
    bed_edge_m: float
    """How soft and ragged the bed's edges are, metres."""
    buried: float
    """How unevenly ballast lies over the sleepers, 0 (not at all) to 1."""
    bed_strength: float
    """How clearly the ballast stands out from the ground beside it, 0–1."""
    sleeper: Colour
    """Sleepers."""
    sleeper_strength: float
    """How clearly they stand out: 0 buried, 1 clean."""
    sleeper_pitch_m: float
    """Distance between sleepers, metres."""
    sleeper_length_m: float
    """Length across the track, metres."""
    irregularity: float
    """How unequal neighbouring sleepers are, 0 (concrete) to 1 (old wood)."""
    rail: Colour
    """Sides and foot of the rails: rust."""
    rail_shine: float
    """Brightness of the running surface: 0 rusty, 1 polished."""
    stain: float
    """Darkness of the oil and brake dust between the rails, −0.5 (lighter) to 0.8."""
    weeds: float
    """Share of the track overgrown."""


@dataclass(frozen=True, slots=True)
class Style:
    """How the whole place looks."""

    grounds: tuple[Colour, Colour, Colour]
    """Ground of the surroundings in its three commonest colours."""
    green: tuple[float, float, float]
    """How much of each of these is vegetation (bright in the near infrared), 0–1."""
    yard: Colour
    """Ground between the tracks."""
    yard_reach_m: float
    """How far that ground reaches beyond the outer tracks, metres."""
    grain: float
    """Contrast of the ground's grain."""
    patchiness: float
    """Contrast of patches metres across."""
    looks: tuple[TrackLook, ...]
    """Look of each track."""


@dataclass(frozen=True, slots=True)
class PlacedCar:
    """One car (or locomotive) that stands on a track."""

    track: int
    """Index of its track in the plan."""
    start_m: float
    """Chainage of the lower end of its body, metres."""
    end_m: float
    """Chainage of the upper end of its body, metres."""
    model: CarModel
    """Its model; `model.body_m` is the length of this very car."""
    look: int
    """Seed of its looks; cars of one batch have the same."""
    age: int
    """Seed of its dirt; no two cars have the same."""
    varied: bool = False
    """Whether its looks are of the greater variety that was added after the frozen suite."""
    dust: Colour | None = None
    """Colour of the dust that lies on it, if any: that of the ground makes it hard to see."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A piece of scenery on an oblong plot."""

    kind: str
    """One of those that `yardwatch.simulate` can paint; ``canopy`` conceals the tracks below."""
    x_m: float
    """Local x of its middle, metres east."""
    y_m: float
    """Local y of its middle, metres north."""
    heading_deg: float
    """Direction of its length, degrees counter-clockwise from east."""
    length_m: float
    """Length, metres."""
    width_m: float
    """Width, metres."""
    height_m: float
    """Height of its top over the rails, metres."""
    look: int
    """Seed of its looks."""

    def corners(self) -> tuple[tuple[float, float], ...]:
        """The four corners in local metres."""
        angle = np.radians(self.heading_deg)
        east, north = np.cos(angle), np.sin(angle)
        half, side = self.length_m / 2, self.width_m / 2
        signs = ((-half, -side), (half, -side), (half, side), (-half, side))
        return tuple((float(self.x_m + u * east - v * north), float(self.y_m + u * north + v * east)) for u, v in signs)


@dataclass(frozen=True, slots=True)
class Way:
    """A road, path or trough on the ground."""

    kind: str
    """``asphalt``, ``path``, ``walk``, ``trough``, ``grass``, ``earth``, ``oil`` or ``water``."""
    line: Line
    """Its middle, local metres."""
    width_m: float
    """Width, metres."""
    look: int
    """Seed of its looks."""


@dataclass(frozen=True, slots=True)
class YardPlan:
    """An invented yard in local metres, x east and y north."""

    name: str
    """Name that says it is invented."""
    tracks: tuple[Line, ...]
    """Middle lines of the tracks."""
    track_names: tuple[str, ...]
    """Their names."""
    bounds_m: tuple[float, float, float, float]
    """West, south, east, north of what a picture shows unless asked otherwise."""
    style: Style
    """How it looks."""
    gauge_mm: int = 1520
    """Distance between the rails, millimetres."""
    cars: tuple[PlacedCar, ...] = ()
    """By track, then by chainage."""
    things: tuple[Thing, ...] = ()
    """Scenery, painted in this order."""
    ways: tuple[Way, ...] = ()
    """Roads and paths, painted in this order below the tracks."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """Anything a reader should know."""

    def __post_init__(self) -> None:
        if not len(self.tracks) == len(self.track_names) == len(self.style.looks):
            raise MisuseError(f"{self.name}: every track needs one name and one look")
        for car in self.cars:
            if not 0 <= car.track < len(self.tracks):
                raise MisuseError(f"{self.name}: a car stands on track {car.track}, there are {len(self.tracks)}")
