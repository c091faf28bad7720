"""How one scene lies on another."""

from dataclasses import dataclass

from yardwatch.errors import MisuseError
from yardwatch.model.grid import Grid

__all__ = ["Alignment", "SceneAlignment"]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where a scene lies once it is laid on a reference; or why that could not be found out."""

    accepted: bool
    """Whether it may be used; if not, `grid` is the scene's own and nothing downstream may pretend otherwise."""
    reason: str | None
    """Why it was not accepted, in one sentence; None if it was."""
    grid: Grid
    """The scene's grid, corrected so that it lies on the reference; no pixel is resampled for it."""
    shift_m: tuple[float, float] | None
    """How far the middle of the scene moved, metres east and north; None if not accepted."""
    rmse_px: float | None
    """Residual on tie points that were held out of the fit, pixels of the scene; None if there were none."""
    tie_points: int
    """Tie points that the fit agrees with."""
    se_m: float | None
    """Standard error of a position in the scene relative to the reference, metres each way; None if not accepted."""

    def __post_init__(self) -> None:
        if self.accepted is (self.reason is not None):
            raise MisuseError(f"alignment: accepted={self.accepted} with reason {self.reason!r}; give just one of them")


@dataclass(frozen=True, slots=True)
class SceneAlignment:
    """The alignment of a kept scene to another one of its site."""

    scene_id: str
    """The scene that was to be laid on the other."""
    reference_id: str
    """The scene that stayed."""
    own: Grid
    """The scene's grid as its file has it."""
    alignment: Alignment
    """What was found."""
    method: str
    """Name of the method and its version."""
