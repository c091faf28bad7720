"""How often something was there, of the images that could be read."""

from dataclasses import dataclass

from scipy.special import betaincinv

from yardwatch.model.series import Censored, How, Point, Series
from yardwatch.trends.series import by_day

__all__ = ["Presence", "is_active", "presence"]


@dataclass(frozen=True, slots=True)
class Presence:
    """Active in so many of so many usable images."""

    active: int
    """Usable dates on which at least one was seen."""
    usable: int
    """Dates that say whether there was one."""
    low: float | None
    """Lower bound of the share of active dates; None without a usable date."""
    high: float | None
    """Upper bound of it."""
    level: float
    """Probability that the bounds hold the share, if the images were a fair sample of dates."""
    no_image: int
    """Dates known to be without an image."""
    unusable: int
    """Dates with an image that could not be read."""
    undecided: int
    """Dates that were read and leave open whether there was one ("at most 3", or none seen with track hidden)."""

    def __str__(self) -> str:
        plural = "image" if self.usable == 1 else "images"
        said = f"active in {self.active} of {self.usable} usable {plural}"
        if self.low is not None and self.high is not None:
            said += f" ({self.level:.0%} interval {self.low:.0%}–{self.high:.0%} of dates)".replace("%", " %")
        apart = [(self.undecided, "undecided"), (self.unusable, "not usable"), (self.no_image, "without image")]
        named = ", ".join(f"{number} {word}" for number, word in apart if number)
        return f"{said}; {named}" if named else said


def presence(series: Series, *, level: float = 0.9) -> Presence:
    """In how many of the usable images something was there.

    Dates without an image and dates that could not be read are counted apart and are neither active nor quiet. The
    bounds are Jeffreys' (Brown, Cai and DasGupta 2001, doi:10.1214/ss/1009213286). They hold for a fair sample of
    dates; images bought because something happened are none.

    Parameters
    ----------
    series : Series
        Of any class and unit.
    level : float
        Probability of the interval.
    """
    points = by_day(series).points
    seen = [is_active(point) for point in points if point.usable]
    active, usable = seen.count(True), len(seen) - seen.count(None)
    low = high = None
    if usable:
        tail = (1 - level) / 2
        low = 0.0 if active == 0 else float(betaincinv(active + 0.5, usable - active + 0.5, tail))
        high = 1.0 if active == usable else float(betaincinv(active + 0.5, usable - active + 0.5, 1 - tail))
    return Presence(
        active=active,
        usable=usable,
        low=low,
        high=high,
        level=level,
        no_image=sum(point.how is How.NO_IMAGE for point in points),
        unusable=sum(point.how is How.UNUSABLE or (point.how is How.SEEN and not point.usable) for point in points),
        undecided=seen.count(None),
    )


def is_active(point: Point) -> bool | None:
    """Whether at least one was there; None where the point leaves it open.

    None seen while part was hidden is open, and so is "at most 3".
    """
    floor = point.low if point.low is not None else None if point.censored is Censored.UPPER else point.best
    if floor is not None and floor > 0:
        return True
    ceiling = point.high if point.high is not None else point.best
    if point.censored is Censored.LOWER or point.hidden_share or ceiling is None or ceiling > 0:
        return None
    return False
