"""What happened in the world, or was announced."""

from dataclasses import dataclass

from yardwatch.model.dates import When

__all__ = ["Event"]


@dataclass(frozen=True, slots=True)
class Event:
    """A dated happening, or a planned one, with its source."""

    id: str
    """Unique in its workspace."""
    title: str
    """What happened."""
    when: When
    """When; may be uncertain."""
    kind: str
    """``summit``, ``treaty``, ``opening``, ``closure``, ``milestone`` … any word."""
    place: str | None = None
    """Where, in words."""
    source: str | None = None
    """Who says so, in words; None where nobody was named."""
    source_date: When | None = None
    """When they said so."""
