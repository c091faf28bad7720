"""Dates that matter and of which nobody has an image."""

from collections.abc import Iterable
from datetime import timedelta

from yardwatch.model.dates import When
from yardwatch.model.event import Event
from yardwatch.model.observation import Observation
from yardwatch.model.series import NO_IMAGE_CLASS, How, Look

__all__ = ["days_without_image"]

_ONE_LOOK = timedelta(days=2)
"""A date wider than this is that of a total, not of an image."""


def days_without_image(events: Iterable[Event], observations: Iterable[Observation]) -> tuple[Look, ...]:
    """The dates of events on which nothing was observed, by date.

    Parameters
    ----------
    events : iterable of Event
        What happened. Those with an open date, and those that are planned, are the caller's to leave out.
    observations : iterable of Observation
        Everything that was seen, of whatever extent. Those dated more coarsely than two days, such as monthly totals,
        are no look at a day.

    Returns
    -------
    tuple of Look
        One for each date, `How.NO_IMAGE`, with the events in its note.
    """
    seen = [one.when for one in observations if one.when and one.klass != NO_IMAGE_CLASS and _is_look(one.when)]
    missed: dict[When, list[str]] = {}
    for event in events:
        if not any(_meet(event.when, when) for when in seen):
            missed.setdefault(event.when, []).append(event.title)
    looks = [Look(when, How.NO_IMAGE, note="; ".join(titles)) for when, titles in missed.items()]
    return tuple(sorted(looks, key=lambda look: (str(look.when.earliest), look.when.text)))


def _is_look(when: When) -> bool:
    return when.earliest is not None and when.latest is not None and when.latest - when.earliest < _ONE_LOOK


def _meet(one: When, other: When) -> bool:
    """Whether two dates can be the same; an open end reaches as far as it can."""
    starts_in_time = one.earliest is None or other.latest is None or one.earliest <= other.latest
    return starts_in_time and (other.earliest is None or one.latest is None or other.earliest <= one.latest)
