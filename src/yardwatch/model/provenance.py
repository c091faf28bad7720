"""Where a result came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Provenance"]

Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """The program, method, parameters and inputs that made a result."""

    version: str
    """Version of Yardwatch."""
    method: str
    """Name of the method and its version, e.g. ``ribbon-hsmm/1``."""
    parameters: Mapping[str, Plain] = field(default_factory=dict)
    """What could have been set otherwise."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Name of each input file, without folder, to its SHA-256."""
