"""Observations and series in few words, for tests of trends."""

from datetime import UTC, datetime, timedelta

from yardwatch.model.dates import parse_when
from yardwatch.model.event import Event
from yardwatch.model.observation import Observation
from yardwatch.model.quantity import parse_quantity
from yardwatch.model.series import Series
from yardwatch.trends.series import build_series

WRITTEN = datetime(2025, 1, 1, tzinfo=UTC)


def seen(
    date: str | None, count: str, *, zone: str | None = "yard", klass: str = "railcar", **more: object
) -> Observation:
    """An observation; `later` hours after the first were written down."""
    later = more.pop("later", 0)
    name = more.pop("id", f"{zone}/{klass}/{date}/{count}/{more.get('source_id')}/{later}")
    when = None if date is None else parse_when(date)
    number = parse_quantity(count)
    by = more.pop("by", "ann")
    return Observation(name, klass, number, when, by, WRITTEN + timedelta(hours=later), zone=zone, **more)


def one(*observations: Observation, **more: object) -> Series:
    """The one series of some observations."""
    [series] = build_series(observations, **more)
    return series


def record(*pairs: tuple[str, str], **more: object) -> Series:
    """A series from dates and counts."""
    return one(*(seen(date, count, **more) for date, count in pairs))


def happened(date: str, *, name: str = "e1") -> Event:
    """An event of that date."""
    return Event(name, "an invented happening", parse_when(date), "test")
