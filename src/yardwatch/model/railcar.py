"""What stands on the tracks of one scene: railcars, strings of them, and their tally."""

from collections.abc import Mapping
from dataclasses import dataclass

from yardwatch.errors import Notice
from yardwatch.model.dates import When
from yardwatch.model.provenance import Provenance
from yardwatch.model.quantity import Qualifier
from yardwatch.model.scene import Scene
from yardwatch.model.site import Coordinates

__all__ = ["CAR_TYPES", "Count", "Interval", "Look", "Railcar", "String", "Tally", "TrackCoverage", "Unmoved"]

CAR_TYPES = (
    "open_top", "covered", "tank", "flat", "container", "passenger", "locomotive", "other",
    "flat_or_container", "unknown",
)  # fmt: skip
"""Types a railcar may be given; the last two where the image does not carry more."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a car looks like from above, on the scale of brightness of its scene.

    0 is the middle of the scene's track corridors and 4 about their whole range; the same in every scene, whatever the
    exposure, as far as the ground is the same.
    """

    colour: tuple[float, float, float]
    """Median of red, green and blue over its body; thrice the same where the image has one band."""
    profile: tuple[float, ...]
    """Brightness of equal parts of its body, from its lower to its upper end."""


@dataclass(frozen=True, slots=True)
class Railcar:
    """One car (or locomotive) found on a track."""

    id: str
    """Unique in its scene."""
    track: str
    """Name of the track."""
    start_m: float
    """Chainage of the lower end of its body, metres."""
    end_m: float
    """Chainage of the upper end of its body, metres."""
    offset_m: float
    """Offset of its middle from the drawn track, metres, positive to the left."""
    width_m: float
    """Width of its body, metres."""
    type: str
    """One of `CAR_TYPES`."""
    subtype: str | None
    """``ore``, ``gondola``, ``hopper`` … where the image carries it."""
    type_probabilities: Mapping[str, float]
    """Probability of each type; they sum to 1."""
    confidence: float
    """Probability that a car stands here."""
    zone: str | None
    """Name of the zone that holds its centre."""
    footprint: Coordinates
    """Closed ring of the body in the site's CRS, bent on curves."""
    look: Look | None = None
    """What it looks like; None if nobody measured."""
    by: str | None = None
    """The person who confirmed, changed or added it; None where only the machine says so."""


@dataclass(frozen=True, slots=True)
class String:
    """Cars that stand coupled or nearly so."""

    track: str
    """Name of the track."""
    start_m: float
    """Chainage of its lower end, metres."""
    end_m: float
    """Chainage of its upper end, metres."""
    railcars: tuple[str, ...]
    """Ids, in order of chainage."""


@dataclass(frozen=True, slots=True)
class TrackCoverage:
    """How much of a track could be looked at; visible + hidden + outside = length."""

    name: str
    """Name of the track."""
    length_m: float
    """Length of the track as drawn, ground metres."""
    visible_m: float
    """Seen well enough to say whether a car stands there."""
    hidden_m: float
    """In the image but not to be seen: no data, cloud, roof, deep shadow."""
    outside_m: float
    """Beyond the image."""
    occupied_m: float
    """Expected length of track under car bodies."""
    hidden_stretches: tuple[tuple[float, float], ...] = ()
    """Chainage of the start and end of each hidden stretch, metres."""
    checked_by: str | None = None
    """The person who looked at the whole of it; None where nobody did."""
    signed_by: str | None = None
    """The person who agreed with whoever checked it; None where nobody did, or something was decided since."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A whole number with the bounds that hold it at the tally's level."""

    value: int
    """Posterior median."""
    low: int
    """Lower bound."""
    high: int
    """Upper bound."""


@dataclass(frozen=True, slots=True)
class Unmoved:
    """Cars of a tally that stand where cars like them stood before, and may be those."""

    since: When | None
    """Date of the earliest scene in which they may have stood there; None if that is not known."""
    number: int
    """How many of the tally's cars."""
    by_chance: float
    """How many of them would match as well by chance, were all set down anew: mean."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The count of one zone, or of the whole site, in one scene."""

    zone: str | None
    """Name of the zone; None for the tally that counts every car once."""
    value: int | None
    """Posterior median; None where the image does not carry a count."""
    low: int
    """Lower bound."""
    high: int | None
    """Upper bound; None where nothing bounds it."""
    level: float
    """Probability that the bounds hold the truth, by the model."""
    qualifier: Qualifier
    """How `value` is meant."""
    by_type: Mapping[str, Interval]
    """The same by type."""
    visible_m: float
    """Track seen, metres."""
    hidden_m: float
    """Track hidden, metres."""
    outside_m: float
    """Track beyond the image, metres."""
    occupied_m: float
    """Expected track under cars, metres."""
    by: str | None = None
    """Who counted: a person, or ``machine, corrected by`` one; None where only the machine did."""
    unmoved: tuple[Unmoved, ...] = ()
    """Cars indistinguishable from unmoved, by the date since when, the earliest first; empty if nobody looked."""


@dataclass(frozen=True, slots=True)
class Count:
    """All that was counted in one scene."""

    scene: Scene
    """The scene."""
    railcars: tuple[Railcar, ...]
    """By track, then by chainage."""
    strings: tuple[String, ...]
    """By track, then by chainage."""
    tracks: tuple[TrackCoverage, ...]
    """One for each track that meets the image."""
    tallies: tuple[Tally, ...]
    """One for each zone with track, then the one with ``zone`` None."""
    provenance: Provenance
    """What made it."""
    notices: tuple[Notice, ...] = ()
    """What a reader must know about it."""

    @property
    def total(self) -> Tally:
        """The tally that counts every car once."""
        return next(tally for tally in self.tallies if tally.zone is None)
