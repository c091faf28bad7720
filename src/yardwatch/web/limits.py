"""What one request may use."""

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may use; beyond it a problem is answered."""

    body_bytes: int = 4 * 2**20
    """Size of a request other than an upload."""
    upload_bytes: int = 2 * 2**30
    """Size of an upload, all its files together."""
    rows: int = 1000
    """Longest page of a list."""
    request_s: float = 60.0
    """Time for one request; longer work is a job."""
    tile_processes: int = 6
    """Child processes that decode images at one time."""
    session_s: float = 12 * 3600.0
    """How long a person stays signed in."""
