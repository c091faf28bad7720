"""The small doors through which outside parts come in."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.alignment import SceneAlignment
from yardwatch.model.change import Comparison
from yardwatch.model.claim import Claim, Source
from yardwatch.model.correction import Correction
from yardwatch.model.dates import When
from yardwatch.model.event import Event
from yardwatch.model.frame import Floats
from yardwatch.model.grid import Window
from yardwatch.model.network import NetworkChoice
from yardwatch.model.observation import Observation
from yardwatch.model.railcar import Count
from yardwatch.model.review import Review
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site

__all__ = ["ClaimProposer", "Picture", "Progress", "SceneReader", "WorkspaceStore"]

Picture = NDArray[np.uint8]
"""Something to look at: shape (rows, columns, 4), red, green, blue and opacity."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


class SceneReader(Protocol):
    """Gives pixels of one scene; what it opens it also closes."""

    @property
    def scene(self) -> Scene:
        """The scene that is read."""

    def sample(self, column: Floats, row: Floats, *, footprint_px: float) -> NDArray[np.float32]:
        """Values at continuous pixel coordinates of any shape; the first pixel's centre is (0.5, 0.5).

        Returns shape (bands, …). Bilinear, averaged over a square of `footprint_px` pixels where that exceeds one;
        NaN where the image has no data (outside, nodata value, transparent, not finite). Reads only the blocks of
        the file that hold the asked points.
        """

    def picture(self, window: Window | None = None, *, longest_px: int = 2000) -> Picture:
        """The scene, or a window of it, to look at: at most `longest_px` along its longer side."""


class WorkspaceStore(Protocol):
    """Keeps a site, its scenes, what was seen in them and what others have said."""

    def site(self) -> Site:
        """The site that is watched."""

    def add_scene(self, scene: Scene, source: str) -> bool:
        """Keep a scene, whose file is at `source`; False if one with this hash is kept already."""

    def scenes(self) -> Sequence[Scene]:
        """All scenes, by date of acquisition; undated ones last."""

    def source_of(self, scene_id: str) -> str:
        """Where the file of a scene is.

        Raises
        ------
        WorkspaceError
            If no such scene is kept.
        """

    def keep_alignment(self, found: SceneAlignment) -> None:
        """Keep how a scene lies on another, in place of what was kept before; if accepted, the scene lies there now."""

    def alignments(self) -> Sequence[SceneAlignment]:
        """What was found for each scene that was to be aligned, in the order in which the scenes were added."""

    def keep_comparison(self, found: Comparison, observations: Sequence[Observation] = ()) -> None:
        """Keep what was found between two scenes with its observations, in place of what was kept for these two."""

    def comparisons(self) -> Sequence[Comparison]:
        """What was found between scenes, in the order in which they were compared."""

    def pending(self, step: str) -> Sequence[Scene]:
        """Scenes for which `step` (e.g. ``count/1``) has not been finished."""

    def save_count(self, count: Count, step: str, observations: Sequence[Observation]) -> None:
        """Keep a scene's count with its observations and mark `step` as finished, all or nothing."""

    def counts(self) -> Sequence[Count]:
        """The latest finished count of each scene, by date of acquisition."""

    def count_of(self, scene_id: str) -> Count | None:
        """The latest finished count of one scene; None if there is none."""

    def add_observation(self, observation: Observation) -> None:
        """Keep what a person saw."""

    def replace_observations(self, scene_id: str, step: str, observations: Sequence[Observation]) -> None:
        """Keep what follows from `step` (e.g. ``review/1``) in a scene, in place of what followed from it before."""

    def observations(self) -> Sequence[Observation]:
        """All observations, by date; undated ones last."""

    def observations_of(self, scene_id: str) -> Sequence[Observation]:
        """The observations of one scene, by date; undated ones last."""

    def add_source(self, source: Source) -> bool:
        """Keep a source; False if it is kept already, also if a person has graded it since."""

    def sources(self) -> Sequence[Source]:
        """All sources, by date of publication; undated ones last."""

    def add_claim(self, claim: Claim) -> bool:
        """Keep a claim of a source that is kept; False if it is kept already, also if a person has judged it since."""

    def claims(self) -> Sequence[Claim]:
        """All claims, by the date of what they claim; undated ones last."""

    def add_event(self, event: Event) -> bool:
        """Keep an event; False if it is kept already."""

    def events(self) -> Sequence[Event]:
        """All events, by date."""

    def review(
        self, changed: Source | Claim | Event, *, by: str, reviewed_at: datetime, note: str | None = None
    ) -> bool:
        """Put a person's version in the place of the kept one, and keep both; False if nothing differs."""

    def reviews(self) -> Sequence[Review]:
        """All decisions of persons, in the order in which they were made."""

    def correct(self, corrections: Sequence[Correction]) -> None:
        """Keep a person's decisions on railcars, in their order, all or none; what is kept is never changed."""

    def corrections(self) -> Sequence[Correction]:
        """All decisions of persons on railcars, in the order in which they were made."""

    def corrections_of(self, scene_id: str) -> Sequence[Correction]:
        """Those on one scene, in the order in which they were made."""

    def choose_network(self, choice: NetworkChoice) -> None:
        """Keep which network is used from now on."""

    def network_choices(self) -> Sequence[NetworkChoice]:
        """All choices of a network, in the order in which they were made; the last one holds."""

    def log_files(self, what: str, paths: Sequence[Path], *, by: str | None = None) -> None:
        """Tell the audit log, where there is one, of files that were written beside the store."""

    def working(self) -> AbstractContextManager[None]:
        """Hold the right to run; one process at a time.

        Raises
        ------
        WorkspaceBusyError
            If another process holds it.
        """


class ClaimProposer(Protocol):
    """Proposes the claims that a text makes, for a person to accept."""

    @property
    def name(self) -> str:
        """What made the proposals, for their provenance: ``rules/1``, or a model and its version."""

    def propose(
        self, text: str, *, source_id: str, published: When | None, places: Mapping[str, str]
    ) -> Sequence[Claim]:
        """The claims in the order of the text, each with ``text[claim.start:claim.end] == claim.quote``.

        `places` gives names and aliases of places, and for each the name of its zone or place.
        """
