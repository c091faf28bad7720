"""What is different between two scenes of one place."""

from dataclasses import dataclass
from enum import StrEnum

from yardwatch.errors import MisuseError, Notice
from yardwatch.model.alignment import Alignment
from yardwatch.model.dates import When
from yardwatch.model.provenance import Provenance
from yardwatch.model.scene import Scene
from yardwatch.model.site import Coordinates

__all__ = ["CHANGE_KINDS", "HIDING_CAUSES", "PHASES", "Change", "Comparison", "Hidden", "Verdict", "ZoneVerdict"]

CHANGE_KINDS = (
    "built", "razed", "earthwork", "road", "stockpile", "surface", "track_renewal", "concealment",
)  # fmt: skip
"""Kinds a change may be given: `built` and `razed` are of structures, `concealment` is a roof over tracks."""

PHASES = ("none", "site_preparation", "active_construction", "post_construction")
"""Phases of a construction, in their order."""

HIDING_CAUSES = ("cloud", "shadow", "snow", "nodata")
"""What may keep a place from being compared."""


class Verdict(StrEnum):
    """What the comparison says of a zone."""

    CHANGED = "changed"
    NO_CHANGE = "no_change"
    NOT_VISIBLE = "not_visible"


@dataclass(frozen=True, slots=True)
class Change:
    """One place that looks different in two or more scenes because it is different."""

    id: str
    """Unique in its comparison."""
    kind: str
    """One of `CHANGE_KINDS`."""
    polygon: tuple[Coordinates, ...]
    """Exterior ring and then holes, each closed, in the CRS of the comparison."""
    zone: str | None
    """Name of the zone that holds its middle."""
    area_m2: float
    """Area on the ground, square metres."""
    area_m2_se: float
    """Its standard error."""
    length_m: float
    """Longer side of the smallest rectangle around it; along its middle line for a road. Metres."""
    length_m_se: float
    """Its standard error."""
    width_m: float
    """Shorter side; area over length for a road. Metres."""
    width_m_se: float
    """Its standard error."""
    confidence: float
    """How sure we are that something changed here, 0 to 1."""
    phase: str | None
    """One of `PHASES`; None where one pair of scenes cannot tell."""
    earliest: When | None
    """When it was last seen as before: no earlier did it happen. None if not known."""
    latest: When | None
    """When it was first seen as after: no later did it happen. None if not known."""

    def __post_init__(self) -> None:
        if self.kind not in CHANGE_KINDS:
            raise MisuseError(f'change {self.id}: kind "{self.kind}" is none of {", ".join(CHANGE_KINDS)}')
        if self.phase is not None and self.phase not in PHASES:
            raise MisuseError(f'change {self.id}: phase "{self.phase}" is none of {", ".join(PHASES)}')


@dataclass(frozen=True, slots=True)
class ZoneVerdict:
    """What can be said of one zone."""

    zone: str
    """Name of the zone."""
    verdict: Verdict
    """Whether something in it changed, nothing did, or it could not be seen."""
    smallest_detectable_m2: float | None
    """A change smaller than this could have been missed, square metres; None where the zone was not visible."""
    visible_share: float
    """Share of its area that both scenes show, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A place that could not be compared."""

    cause: str
    """One of `HIDING_CAUSES`."""
    polygon: tuple[Coordinates, ...]
    """Exterior ring and then holes, each closed, in the CRS of the comparison."""
    area_m2: float
    """Area on the ground, square metres."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that was found by laying one scene on another."""

    before: Scene
    """The earlier scene."""
    after: Scene
    """The later scene."""
    crs: str | None
    """CRS of all polygons; None for local metres (origin top left, y down) of pictures without georeference."""
    alignment: Alignment | None
    """How the later scene was laid on the earlier one; None if the two were compared as they lie."""
    changes: tuple[Change, ...]
    """Largest first."""
    zones: tuple[ZoneVerdict, ...]
    """One for each zone of the site, in its order."""
    hidden: tuple[Hidden, ...]
    """Where nothing can be said."""
    provenance: Provenance
    """What made it."""
    notices: tuple[Notice, ...] = ()
    """What a reader must know about it."""

    @property
    def compared(self) -> bool:
        """Whether the scenes could be laid on each other; if not, the lists are empty because nobody looked."""
        return self.alignment is None or self.alignment.accepted
