"""Which evidence network a workspace counts with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

__all__ = ["NetworkChoice"]


@dataclass(frozen=True, slots=True)
class NetworkChoice:
    """A person's choice of a network; it holds for all that is counted until the next choice."""

    sha256: str | None
    """Hash of the ONNX file, which lies in the workspace; None for the network that ships with the program."""
    name: str
    """What provenance calls it."""
    by: str
    """Who chose it."""
    chosen_at: datetime
    """When (aware, UTC)."""
    figures: Mapping[str, float]
    """How good it was where it was tested, by what was measured; empty if nobody measured."""
