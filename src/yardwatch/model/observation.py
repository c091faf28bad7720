"""What was seen in a scene, by a machine or by a person."""

from dataclasses import dataclass
from datetime import datetime

from yardwatch.model.dates import When
from yardwatch.model.provenance import Provenance
from yardwatch.model.quantity import Quantity

__all__ = ["Observation"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing seen, or looked for and not seen, in a zone on a date."""

    id: str
    """Unique in its workspace."""
    klass: str
    """What: ``railcar``, ``railcar:tank``, ``container``, ``spare bogies`` … any words of the analyst."""
    quantity: Quantity
    """How many; zero means "looked and saw nothing"."""
    when: When | None
    """Date of what was seen; None if not known."""
    by: str
    """Who looked: a person's name, or ``machine``."""
    recorded_at: datetime
    """When it was written down (aware, UTC)."""
    zone: str | None = None
    """Name of the zone or place; None for the whole site."""
    scene_id: str | None = None
    """The scene it was seen in, if that is in the workspace."""
    note: str | None = None
    """Anything more in words."""
    visible_m: float | None = None
    """Track seen, metres, for a count of railcars."""
    hidden_m: float | None = None
    """Track hidden, metres."""
    outside_m: float | None = None
    """Track beyond the image, metres."""
    provenance: Provenance | None = None
    """What made it, for a machine's."""
    unit: str | None = None
    """Unit of the quantity where it is not a number of things: ``m``, ``fraction`` …"""
    source_id: str | None = None
    """The source that published it, where it was not seen by us."""
