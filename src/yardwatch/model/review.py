"""What a person decided about something that is kept."""

from dataclasses import dataclass
from datetime import datetime

from yardwatch.model.claim import Claim, Source
from yardwatch.model.event import Event

__all__ = ["Review"]


@dataclass(frozen=True, slots=True)
class Review:
    """A change by a person: accepted, rejected, graded, corrected; with both versions."""

    before: Source | Claim | Event
    """As it was until then."""
    after: Source | Claim | Event
    """As the person left it; the same id and the same kind of thing."""
    by: str
    """Who decided."""
    reviewed_at: datetime
    """When (aware, UTC)."""
    note: str | None = None
    """Why, in words."""
