"""From what stands in a yard to what passes through it: a range with its assumptions, never a single number."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from yardwatch.errors import MisuseError
from yardwatch.model.dates import When
from yardwatch.model.series import Series
from yardwatch.trends._points import end, highest, lowest, start
from yardwatch.trends.series import by_day

__all__ = [
    "OVERPASS",
    "TASKING",
    "Assumption",
    "Flow",
    "FlowAssumptions",
    "Stock",
    "cars_from_metres",
    "flow",
    "mean_stock",
    "trains_a_day",
]


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number that no image shows, as a range and with its reason."""

    low: float
    """Lowest value that is thought possible, above zero."""
    high: float
    """Highest."""
    because: str
    """Why this range, in one sentence; whose judgement it is."""

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.high < math.inf:
            raise MisuseError(f"assumption {self.low}–{self.high} is not a range of positive numbers: {self.because}")
        if not self.because.strip():
            raise MisuseError(f"assumption {self.low}–{self.high} has no reason; say why")


OVERPASS = Assumption(0.5, 2.0, "All images are taken near one hour of the day; nights and other hours are not seen.")
"""Mean number over the whole day, as a multiple of the number at the hour of the overpass."""
TASKING = Assumption(
    0.3, 1.0, "Images are bought and published because something happened, so that imaged dates are busier than others."
)
"""Mean number over all dates, as a multiple of the mean over the dates of the images."""


@dataclass(frozen=True, slots=True)
class FlowAssumptions:
    """Everything that stands between a stock and a flow."""

    dwell_days: Assumption
    """How long one of them stays, days."""
    overpass: Assumption = OVERPASS
    """Mean over the day to number at the overpass."""
    tasking: Assumption = TASKING
    """Mean over all dates to mean over imaged dates."""


@dataclass(frozen=True, slots=True)
class Stock:
    """How many stood there on an average imaged date, as a range."""

    low: float
    """Lower bound."""
    high: float | None
    """Upper bound; None where only a lower one is known."""
    unit: str
    """``railcar``, ``m of occupied track``, ``train`` …"""
    dates: int
    """Usable dates it rests on."""
    assumptions: tuple[Assumption, ...] = ()
    """What was assumed to get here from what was seen."""

    def __str__(self) -> str:
        return _range(self.low, self.high, self.unit)


@dataclass(frozen=True, slots=True)
class Flow:
    """How many pass in a day, as a range."""

    low_a_day: float
    """Lower bound."""
    high_a_day: float | None
    """Upper bound; None where the stock has none."""
    unit: str
    """What passes."""
    assumptions: tuple[Assumption, ...]
    """Everything that was assumed; change one and the range changes."""

    def __str__(self) -> str:
        return _range(self.low_a_day, self.high_a_day, f"{self.unit} a day")


def mean_stock(
    series: Series, *, start_at: When | None = None, end_at: When | None = None, level: float = 0.9
) -> Stock | None:
    """Mean number over the usable dates of a time, bounds of single dates and spread between dates taken together.

    Parameters
    ----------
    series : Series
        Cars, trains or occupied metres of one extent.
    start_at, end_at : When, optional
        Only dates wholly within are used.
    level : float
        For the spread between dates, taken as independent (Student's t).

    Returns
    -------
    Stock or None
        None without a usable date. Without an upper bound if the number of any date has none.
    """
    points = [
        point
        for point in by_day(series).usable
        if (start_at is None or start_at.earliest is None or start(point) >= start_at.earliest)
        and (end_at is None or end_at.latest is None or end(point) <= end_at.latest)
    ]
    if not points:
        return None
    lows, highs = [lowest(point) for point in points], [highest(point) for point in points]
    low = max(0.0, float(np.mean(lows)) - _half_width(lows, level))
    known = [high for high in highs if high is not None]
    high = float(np.mean(known)) + _half_width(known, level) if len(known) == len(highs) else None
    return Stock(low, high, series.unit or series.klass, len(points))


def cars_from_metres(occupied: Stock, pitch_m: Assumption) -> Stock:
    """How many cars stand on so many occupied metres.

    Parameters
    ----------
    occupied : Stock
        Occupied track, metres.
    pitch_m : Assumption
        Length of a car over couplers, metres.
    """
    high = None if occupied.high is None else occupied.high / pitch_m.low
    return Stock(occupied.low / pitch_m.high, high, "railcar", occupied.dates, (*occupied.assumptions, pitch_m))


def flow(stock: Stock, assumptions: FlowAssumptions) -> Flow:
    """What passes in a day, by Little's law: mean stock over mean stay.

    The law (Little 1961, doi:10.1287/opre.9.3.383) holds for averages over all of a long time in which as many leave as
    arrive. What images show is the stock at one hour of chosen dates, hence the two factors. The bounds are the
    extremes of all assumptions at once.

    Parameters
    ----------
    stock : Stock
        Mean number on imaged dates.
    assumptions : FlowAssumptions
        Stay, hour and choice of dates.
    """
    dwell, overpass, tasking = assumptions.dwell_days, assumptions.overpass, assumptions.tasking
    low = stock.low * overpass.low * tasking.low / dwell.high
    high = None if stock.high is None else stock.high * overpass.high * tasking.high / dwell.low
    return Flow(low, high, stock.unit, (*stock.assumptions, dwell, overpass, tasking))


def trains_a_day(cars: Flow, cars_a_train: Assumption) -> Flow:
    """How many trains carry so many cars.

    Raises
    ------
    MisuseError
        If the flow is one of trains already.
    """
    if cars.unit.startswith("train"):
        raise MisuseError(f"{cars} is a flow of trains already")
    high = None if cars.high_a_day is None else cars.high_a_day / cars_a_train.low
    return Flow(cars.low_a_day / cars_a_train.high, high, "train", (*cars.assumptions, cars_a_train))


def _half_width(values: Sequence[float], level: float) -> float:
    n = len(values)
    return float(stdtrit(n - 1, (1 + level) / 2) * np.std(values, ddof=1) / n**0.5) if n > 1 else 0.0


def _range(low: float, high: float | None, unit: str) -> str:
    return f"at least {low:.3g} {unit}" if high is None else f"{low:.3g} to {high:.3g} {unit}"
