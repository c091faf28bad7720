"""What goes into a report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from yardwatch.claims.drift import Drift
from yardwatch.claims.grading import Grade
from yardwatch.claims.lineage import Lineage, Statement
from yardwatch.claims.reconcile import Reconciliation
from yardwatch.errors import MisuseError, Notice
from yardwatch.model.assessment import Assessment
from yardwatch.model.claim import Claim, Source
from yardwatch.model.event import Event
from yardwatch.model.grid import Grid
from yardwatch.model.observation import Observation
from yardwatch.model.ports import Picture
from yardwatch.model.publishing import AuditHead
from yardwatch.model.railcar import Count
from yardwatch.model.ribbon import Ribbon
from yardwatch.model.series import Look, Series
from yardwatch.model.site import Site
from yardwatch.report.compared import BeforeAfter
from yardwatch.trends.changepoints import ChangePoints
from yardwatch.trends.compare import Comparison
from yardwatch.trends.events import EventTest
from yardwatch.trends.flow import Flow
from yardwatch.trends.jumps import Jump
from yardwatch.trends.milestones import Milestone
from yardwatch.trends.presence import Presence
from yardwatch.trends.records import HighestSince

__all__ = ["CaseFindings", "Followed", "Inset", "Report", "Sheet", "Unseen"]


@dataclass(frozen=True, slots=True)
class Unseen:
    """A stretch of track on which nothing could be seen."""

    track: str
    """Name of the track."""
    start_m: float
    """Chainage of its lower end, metres."""
    end_m: float
    """Chainage of its upper end, metres."""
    kind: Literal["hidden", "outside"]
    """In the image but not to be seen, or beyond the image."""


@dataclass(frozen=True, slots=True, eq=False)
class Inset:
    """A closer picture of a part of a scene."""

    zone: str | None
    """Name of the zone it shows; None for cars outside all zones."""
    picture: Picture
    """What is seen."""
    grid: Grid
    """Where that picture lies."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One scene with its count and its pictures."""

    count: Count
    """What was counted."""
    picture: Picture
    """The scene to look at, as a scene reader gives it."""
    picture_grid: Grid
    """Where that picture lies; coarser than the scene's grid where the picture was reduced."""
    ribbons: tuple[Ribbon, ...]
    """The tracks straightened, of any number of bands; NaN where there is no data."""
    unseen: tuple[Unseen, ...] = ()
    """Where nothing could be seen; if empty, it is read off the ribbons' missing pixels."""
    insets: tuple[Inset, ...] = ()
    """Closer pictures; if empty, they are cut from `picture`."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One series with what was found of it; whatever is None is not told."""

    series: Series
    """What was seen, by date. One that was worked out from others (`Series.derived`) is shown as a sum of its parts."""
    presence: Presence | None = None
    """On how many dates something was there."""
    highest: HighestSince | None = None
    """Since when it has not been as high."""
    changes: ChangePoints | None = None
    """When its level changed."""
    jump: Jump | None = None
    """Its largest step from one date to the next."""


@dataclass(frozen=True, slots=True, eq=False)
class CaseFindings:
    """What was said, what happened and what is concluded; each in the order in which it is to be shown."""

    sources: tuple[Source, ...] = ()
    """Who said it."""
    claims: tuple[Claim, ...] = ()
    """What they said."""
    events: tuple[Event, ...] = ()
    """What happened, or was announced."""
    followed: tuple[Followed, ...] = ()
    """The series, one for each extent, class and unit."""
    jumps: tuple[Jump, ...] = ()
    """Steps between dates of several extents laid side by side; their caveats are printed with them."""
    comparisons: tuple[Comparison, ...] = ()
    """Extents held against each other on matching dates."""
    flows: tuple[Flow, ...] = ()
    """How many pass in a day, as ranges with their assumptions."""
    tested: tuple[EventTest, ...] = ()
    """Events held against series."""
    milestones: tuple[Milestone, ...] = ()
    """Plans, and what was seen of them."""
    lineage: Lineage | None = None
    """Which claim repeats which."""
    statements: tuple[Statement, ...] = ()
    """Claims by matter, with their independent origins."""
    drifts: tuple[Drift, ...] = ()
    """What changed on the way from one telling to another."""
    reconciliations: tuple[Reconciliation, ...] = ()
    """Claims held against observations."""
    grades: Mapping[str, Grade] = field(default_factory=dict)
    """Id of a claim to its grade."""
    source_grades: Mapping[str, Grade] = field(default_factory=dict)
    """Id of a source to its grade."""
    assessments: tuple[Assessment, ...] = ()
    """What is concluded; those with a likelihood are shown first."""
    looks: tuple[Look, ...] = ()
    """Dates without an image, or with one that could not be read."""
    wanting_source: tuple[str, ...] = ()
    """Ids of events that want a source of their own; those that name none are marked anyway."""


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """All that one document tells."""

    site: Site
    """The place."""
    title: str
    """Title of the document."""
    made_at: datetime
    """When it was made (aware)."""
    version: str
    """Version of Yardwatch that made it."""
    sheets: tuple[Sheet, ...] = ()
    """Scenes with their pictures, in any order."""
    observations: tuple[Observation, ...] = ()
    """What was seen; those by people are listed."""
    notices: tuple[Notice, ...] = ()
    """What a reader must know beside the notices of each count."""
    further: tuple[Count, ...] = ()
    """Counts of scenes that are told in the series only, without pictures."""
    case: CaseFindings | None = None
    """What was said, what happened and what is concluded; None for a report on images alone."""
    before_after: tuple[BeforeAfter, ...] = ()
    """Pairs of scenes with what changed between them, in the order in which they are to be shown."""
    audit_head: AuditHead | None = None
    """End of the audit log when it was drafted; None where there is no log."""

    def __post_init__(self) -> None:
        if self.made_at.tzinfo is None:
            raise MisuseError(f"made_at {self.made_at} has no time zone; give an aware datetime")
