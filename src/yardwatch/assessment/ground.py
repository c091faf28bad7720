"""How good the ground of a conclusion is, by a stated rule."""

from collections.abc import Iterator
from dataclasses import dataclass

from yardwatch.errors import MisuseError
from yardwatch.model.assessment import Confidence
from yardwatch.model.claim import RELIABILITY

__all__ = ["NOTHING", "Ground", "confidence_of"]

NOTHING = "Confidence is low, since the record does not carry a conclusion."
"""Why confidence is what it is where the record is insufficient."""

_ORDER = (Confidence.LOW, Confidence.MODERATE, Confidence.HIGH)
_ENOUGH = 6
_FEW = 3
_POOR_GRADES = {"D", "E", "F"}


@dataclass(frozen=True, slots=True)
class Ground:
    """What a conclusion stands on, in numbers."""

    observations: int = 0
    """Independent usable observations: dates, not cars."""
    sources: int = 0
    """Independent origins of claims; copies count once."""
    coverage: float | None = None
    """Share of the looked-for dates or of the period that usable images cover, 0–1; None if not known."""
    hidden_share: float | None = None
    """Largest share of track that was not seen in them, 0–1; None if not known."""
    grades: tuple[str, ...] = ()
    """Admiralty grades A–F of the sources under it; empty if it stands on our own observations only."""
    one_extent: bool = True
    """Whether all of it is of one extent; False where a person joined several."""

    def __post_init__(self) -> None:
        for name, share in (("coverage", self.coverage), ("hidden_share", self.hidden_share)):
            if share is not None and not 0 <= share <= 1:
                raise MisuseError(f"{name} of {share} is no share; give one between 0 and 1")
        if min(self.observations, self.sources) < 0 or not set(self.grades) <= RELIABILITY.keys():
            raise MisuseError(f"{self.observations} observations, {self.sources} sources of grades {self.grades}: "
                              "give counts from 0 and grades from A to F")  # fmt: skip


def confidence_of(ground: Ground) -> tuple[Confidence, str]:
    """How good the ground is, and one sentence on why.

    It is as good as its weakest part:

    | | high | moderate | low |
    | --- | --- | --- | --- |
    | independent observations and sources together | 6 or more | 3–5 | fewer |
    | coverage | 60 % or more | 30–60 %, or not known | less |
    | hidden track | up to 10 % | 10–30 %, or not known | more |
    | best grade of the sources | A–C | D–F beside observations of ours | D–F alone |
    | extents | one | joined by a person | |

    Notes
    -----
    ICD 203 names what confidence rests on (number and quality of sources, gaps, assumptions) but no numbers; these are
    ours.
    """
    caps = list(_caps(ground))
    level = min((cap for cap, _ in caps), key=_ORDER.index)
    limits = [why for cap, why in caps if cap is level]
    if level is Confidence.HIGH:
        return level, f"Confidence is high: {', '.join(why for _, why in caps)}."
    return level, f"Confidence is {level.value}, held down by this: {', '.join(limits)}."


def _caps(ground: Ground) -> Iterator[tuple[Confidence, str]]:
    """Each part of the ground with the best confidence it allows."""
    number = ground.observations + ground.sources
    told = f"{_counted(ground.observations, 'independent observation')} and {_counted(ground.sources, 'source')}"
    yield _step(number >= _ENOUGH, number >= _FEW), told
    if ground.coverage is None:
        yield Confidence.MODERATE, "coverage not known"
    else:
        yield _step(ground.coverage >= 0.6, ground.coverage >= 0.3), f"coverage {100 * ground.coverage:.0f} %"
    if ground.hidden_share is None:
        yield Confidence.MODERATE, "hidden share not known"
    else:
        yield (
            _step(ground.hidden_share <= 0.1, ground.hidden_share <= 0.3),
            f"{100 * ground.hidden_share:.0f} % of track hidden",
        )
    if ground.grades:
        best = min(ground.grades)
        yield _step(best not in _POOR_GRADES, ground.observations > 0), f"best source graded {best}"
    if not ground.one_extent:
        yield Confidence.MODERATE, "extents joined by a person"


def _step(high: bool, moderate: bool) -> Confidence:
    return Confidence.HIGH if high else Confidence.MODERATE if moderate else Confidence.LOW


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
