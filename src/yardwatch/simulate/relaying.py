"""Invented yards of which many tracks get concrete sleepers for wooden ones, for learning what that looks like."""

from dataclasses import replace
from datetime import datetime

import numpy as np

from yardwatch.model.dates import parse_when
from yardwatch.simulate.histories import (
    Shot,
    SiteHistory,
    TrueRenewal,
    _between,
    _conditions,
    _instants,
    _populated,
    _relaid,
    _renewal_looks,
    _site,
)
from yardwatch.simulate.plan import TrackLook, YardPlan
from yardwatch.simulate.yard import random_yard

__all__ = ["random_relaying"]

_SIZE_M = (440.0, 130.0)
_MARGIN_M = 15.0
_SHARES = (0.15, 0.65)
_LEAST_M = 60.0
_CHANCE = 0.7


def random_relaying(rng: np.random.Generator, *, dates: int = 6, gsd_m: float = 0.5) -> SiteHistory:
    """A yard over months in which nothing changes for good but sleepers, each time on another stretch of track.

    Parameters
    ----------
    rng : numpy.random.Generator
        Chance.
    dates : int
        Number of pictures.
    gsd_m : float
        Ground size of a pixel, metres.
    """
    yard = random_yard(rng, tracks=int(rng.integers(4, 9)), size_m=_SIZE_M)
    yard = replace(yard, things=tuple(thing for thing in yard.things if thing.kind not in {"canopy", "portal"}))
    instants = _instants(rng, dates)
    works = [work for track in range(len(yard.tracks)) if (work := _work(rng, yard, track, instants))]
    shots = []
    for date, instant in enumerate(instants):
        plan = _populated(rng, yard, [], date, None)
        for track, renewal, (old, new) in works:
            look = new if renewal.when < instant else old
            plan = _relaid(plan, track, (renewal.start_m, renewal.end_m), look, old)
        when = parse_when(instant.strftime("%Y-%m-%dT%H:%MZ"))
        shots.append(Shot(when, plan, _conditions(rng, instant, gsd_m), int(rng.integers(2**31))))
    renewals = tuple(renewal for _, renewal, _ in works)
    return SiteHistory(_site(yard, None), tuple(shots), (), (), renewals, (), int(rng.integers(2**31)))


def _work(
    rng: np.random.Generator, yard: YardPlan, track: int, instants: list[datetime]
) -> tuple[int, TrueRenewal, tuple[TrackLook, TrackLook]] | None:
    """Number of a track, what is renewed of it, and how it looks before and after; None for some."""
    west, south, east, north = yard.bounds_m
    line = yard.tracks[track]
    chainage = np.arange(0, line.length_m, 5.0)
    x, y = line.points(chainage)
    inside = (x > west + _MARGIN_M) & (x < east - _MARGIN_M) & (y > south + _MARGIN_M) & (y < north - _MARGIN_M)
    seen = chainage[inside]
    if rng.random() > _CHANCE or len(seen) < 2 or (seen[-1] - seen[0]) * _SHARES[0] < _LEAST_M / 2:
        return None
    length = max(_LEAST_M, float(rng.uniform(*_SHARES)) * float(seen[-1] - seen[0]))
    start = float(rng.uniform(seen[0], max(seen[0], seen[-1] - length)))
    when = _between(rng, instants, int(rng.integers(1, len(instants))))
    renewal = TrueRenewal(yard.track_names[track], start, start + length, when)
    return track, renewal, _renewal_looks(rng, yard.style.looks[track])
