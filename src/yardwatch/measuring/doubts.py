"""What makes a measured length uncertain beside the sharpness of its edges."""

from dataclasses import dataclass

import numpy as np

from yardwatch.errors import MisuseError

__all__ = ["BLUR_SHARE_PX", "LEAN_SHARE", "NO_DOUBTS_SAID", "Doubts", "lean_m"]

BLUR_SHARE_PX = 0.3
"""How much larger or smaller bright structures look by the camera's blur and tone curve, pixels; on simulated ones."""
LEAN_SHARE = 0.05
"""Error of a length as a share of how far the top of its walls leans; found on simulated structures."""
_UNKNOWN_OFF_NADIR_DEG = 20.0
_UNKNOWN_HEIGHT_M = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """Standard errors of what the image itself does not show."""

    digitising_m: float = 2.0
    """Of a drawn vertex in each direction, metres."""
    scale: float = 0.001
    """Of the image's scale, relative: 0.001 is 1 m in a kilometre."""
    registration_m: float = 0.0
    """Residual of the scene's alignment, metres; it distorts as well as shifts."""
    height_m: float | None = None
    """How tall the object is, metres; None if only bounded."""
    height_at_most_m: float = _UNKNOWN_HEIGHT_M
    """Most that its height can be where it is not known, metres."""
    off_nadir_deg: float | None = None
    """View angle off straight down, degrees; None if not known, then anything up to 20° is allowed for."""

    def __post_init__(self) -> None:
        for name in ("digitising_m", "scale", "registration_m", "height_at_most_m"):
            _check(name, getattr(self, name))
        for name in ("height_m", "off_nadir_deg"):
            if getattr(self, name) is not None:
                _check(name, getattr(self, name))
        if self.off_nadir_deg is not None and self.off_nadir_deg > 60:
            raise MisuseError(f"off_nadir_deg {self.off_nadir_deg:g} is no view of the ground; use 0 to 60")


def lean_m(doubts: Doubts) -> float:
    """How far the top of the object leans from its foot in the image, metres; root mean square where only bounded."""
    height = doubts.height_m if doubts.height_m is not None else doubts.height_at_most_m / 3**0.5
    if doubts.off_nadir_deg is not None:
        return float(height * np.tan(np.radians(doubts.off_nadir_deg)))
    return float(height * np.tan(np.radians(_UNKNOWN_OFF_NADIR_DEG)) / 3**0.5)


def _check(name: str, value: float) -> None:
    if not (np.isfinite(value) and 0 <= value <= 1000):
        raise MisuseError(f"{name} {value!r} is no standard error; use 0 or more, below 1000")


NO_DOUBTS_SAID = Doubts()
"""What is allowed for where nothing is said."""
