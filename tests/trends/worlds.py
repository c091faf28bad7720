"""Invented years of a yard: how busy it is, when images are taken, and which of them are published."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from yardwatch.model.dates import When
from yardwatch.model.event import Event
from yardwatch.model.series import How, Point, Series

NULLS = ("independent", "AR(1) 0.8 a week", "AR(1) 0.8 a month", "trend", "step elsewhere")
"""What goes on while nothing happens at the event."""
SELECTIONS = ("all", "busy", "news if busy", "after if busy")
"""Which images are published: all; the busy ones at any time; of those bought because something happened the busy ones;
after the event only the busy ones. Of the rest one in four is published."""

_FIRST = datetime(2020, 1, 1, tzinfo=UTC)
_NEVER_NEAR_DAYS = 90.0


@dataclass(frozen=True, slots=True)
class World:
    """What is simulated."""

    null: str
    """One of `NULLS`."""
    selection: str = "busy"
    """One of `SELECTIONS`."""
    mean: float = 12.0
    """Mean number about the middle of the time."""
    ratio: float = 1.0
    """Step at the event."""
    years: float = 4.0
    """Length of the record."""
    images_a_year: float = 12.0
    """Images that are taken whatever happens."""
    news_images: float = 12.0
    """Images bought in the sixty days after the event."""
    noise: float = 0.5
    """Standard deviation of the logarithm of the rate."""


def simulate(world: World, rng: np.random.Generator) -> tuple[Series, Event]:
    """One record and its event, in the middle third of the time."""
    days = int(world.years * 365)
    event = days * rng.uniform(0.35, 0.65)
    day = np.arange(days)
    numbers = rng.poisson(world.mean * np.exp(_activity(world, rng, event)) * np.where(day > event, world.ratio, 1.0))
    regular = rng.random(days) < world.images_a_year / 365
    news = (day > event) & (day < event + 60) & (rng.random(days) < world.news_images / 60)
    busy_day = numbers > np.quantile(numbers, 0.8)
    news |= busy_day & (rng.random(days) < world.images_a_year / 365)
    judged = {
        "all": np.zeros(days, bool),
        "busy": np.ones(days, bool),
        "news if busy": news,
        "after if busy": day > event,
    }[world.selection]
    published = ~judged | (numbers >= np.median(numbers)) | (rng.random(days) < 0.25)
    chosen = np.flatnonzero((regular | news) & published)
    return series_of(chosen, numbers[chosen]), event_at(int(event))


def series_of(days: NDArray[np.int64], numbers: NDArray[np.int64]) -> Series:
    """A series with one exact count a day."""
    points = tuple(
        Point(_date(int(day)), How.SEEN, float(number), float(number), float(number), ids=(f"o{day}",))
        for day, number in zip(days, numbers, strict=True)
    )
    return Series("railcar in an invented yard", "yard", "railcar", None, points)


def event_at(day: int, *, name: str = "e1") -> Event:
    """A happening of that day."""
    return Event(name, "an invented happening", _date(day), "test")


def _activity(world: World, rng: np.random.Generator, event: float) -> NDArray[np.float64]:
    """Logarithm of the rate about its mean, each day."""
    days = int(world.years * 365)
    if world.null.startswith("AR(1)"):
        every = 7 if world.null.endswith("week") else 30
        return world.noise * _fading(rng, days // every + 1)[np.arange(days) // every]
    noise = world.noise * rng.normal(size=days)
    sign = rng.choice([-1.0, 1.0])
    if world.null == "trend":
        return noise + sign * np.log(6) * (np.arange(days) / days - 0.5)
    if world.null == "step elsewhere":
        elsewhere = rng.uniform(0.05, 0.95, size=50) * days
        at = elsewhere[np.abs(elsewhere - event) > _NEVER_NEAR_DAYS][0]
        return noise + sign * np.log(4) * (np.arange(days) > at)
    return noise


def _fading(rng: np.random.Generator, steps: int) -> NDArray[np.float64]:
    """AR(1) with coefficient 0.8 and variance one."""
    shocks = rng.normal(size=steps)
    values = np.empty(steps)
    values[0] = shocks[0]
    for at in range(1, steps):
        values[at] = 0.8 * values[at - 1] + 0.6 * shocks[at]
    return values


def _date(day: int) -> When:
    first = _FIRST + timedelta(days=day)
    return When(f"{first:%Y-%m-%d}", first, first + timedelta(seconds=86399), is_instant=False)
