"""The numbers by which a report speaks of its sources, observations, claims and events."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from yardwatch.model.dates import When
from yardwatch.model.observation import Observation
from yardwatch.report.contents import CaseFindings, Report

__all__ = ["Cite", "Numbers", "by_date", "numbers_of", "safe_link"]

_MACHINE = "machine"
_LINK = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][A-Za-z0-9._~:/?#\[\]@!$&()*+,;=%-]*)?", re.IGNORECASE)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Cite:
    """A short reference to something else in the report."""

    label: str
    """What is written, e.g. ``O3``; the id where it is not shown."""
    anchor: str | None
    """Where it leads; None if there is nothing to lead to."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers of everything in a report, from 1 on; an anchor never holds text from outside."""

    observations: dict[str, int]
    """Id to number, by date."""
    claims: dict[str, int]
    """Id to number, in the order given."""
    events: dict[str, int]
    """Id to number, by date."""
    sources: dict[str, int]
    """Id to number, as first cited."""
    assessments: dict[str, int]
    """Id to number, in the order given."""

    def observation(self, name: str) -> Cite:
        """An observation as ``O3``."""
        return _cite(self.observations, name, "O", "o")

    def claim(self, name: str) -> Cite:
        """A claim as ``C3``."""
        return _cite(self.claims, name, "C", "c")

    def event(self, name: str) -> Cite:
        """An event as ``E3``."""
        return _cite(self.events, name, "E", "e")

    def source(self, name: str) -> Cite:
        """A source as ``[3]``."""
        found = self.sources.get(name)
        return Cite(f"[{found}]", f"s-{found}") if found else Cite(name, None)

    def any(self, name: str) -> Cite:
        """A claim or an event, whichever has that id."""
        return self.claim(name) if name in self.claims else self.event(name)


def numbers_of(report: Report, case: CaseFindings) -> Numbers:
    """Number everything that a report shows; what a machine saw is told with its scene and has no number here."""
    seen = by_date(one for one in report.observations if one.by != _MACHINE)
    events = sorted(case.events, key=lambda event: (_moment(event.when), event.id))
    cited = [one.source_id for one in seen] + [claim.source_id for claim in case.claims]
    known = {source.id for source in case.sources}
    order = [name for name in cited if name is not None and name in known] + [source.id for source in case.sources]
    return Numbers(
        observations=_numbered(one.id for one in seen),
        claims=_numbered(claim.id for claim in case.claims),
        events=_numbered(event.id for event in events),
        sources=_numbered(order),
        assessments=_numbered(one.id for one in case.assessments),
    )


def by_date(observations: Iterable[Observation]) -> Sequence[Observation]:
    """Observations by date, undated ones last, otherwise in their order."""
    return sorted(observations, key=lambda one: _moment(one.when))


def safe_link(url: str | None) -> str | None:
    """An address that may be a link: plain http or https without a user name; None for anything else."""
    return url if url is not None and _LINK.fullmatch(url) else None


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: index for index, name in enumerate(dict.fromkeys(names), 1)}


def _cite(numbers: dict[str, int], name: str, letter: str, anchor: str) -> Cite:
    found = numbers.get(name)
    return Cite(f"{letter}{found}", f"{anchor}-{found}") if found else Cite(name, None)


def _moment(when: When | None) -> datetime:
    moment = (when.earliest or when.latest) if when else None
    return moment or datetime.max.replace(tzinfo=UTC)
