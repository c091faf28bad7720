"""One small count, made by hand, in which every member of the document has something to show."""

from datetime import UTC, datetime

import pytest

from yardwatch.errors import Notice
from yardwatch.model.dates import parse_when
from yardwatch.model.grid import Grid
from yardwatch.model.provenance import Provenance
from yardwatch.model.quantity import Qualifier
from yardwatch.model.railcar import Count, Interval, Railcar, String, Tally, TrackCoverage
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site, Track, Zone

SHA = "5e" * 32
X, Y = 500000.0, 4690000.0
RING = ((X, Y), (X + 200, Y), (X + 200, Y + 100), (X, Y + 100), (X, Y))


@pytest.fixture
def site():
    """An invented yard with one zone and two tracks, one of which leaves the zone."""
    zone = Zone("Yard", "rail_yard", (RING,), aliases=("The old yard",))
    tracks = (
        Track("T1", ((X + 10, Y + 50), (X + 190, Y + 50))),
        Track("T2", ((X + 10, Y + 55), (X + 400, Y + 55))),
    )
    return Site("Invented", "EPSG:32652", (zone,), tracks)


@pytest.fixture
def scene():
    """A scene of it."""
    grid = Grid("EPSG:32652", (0.5, 0, X, 0, -0.5, Y + 100), 400, 200)
    return Scene("one-5e5e5e5e", "one.tif", SHA, grid, 0.5, 3, "uint8", acquired=parse_when("2024-12-03T02:15Z"))


def _car(number, start_m, zone):
    x = X + 10 + start_m
    ring = ((x, Y + 48.5), (x + 12.8, Y + 48.5), (x + 12.8, Y + 51.5), (x, Y + 51.5), (x, Y + 48.5))
    shares = {"tank": 0.7, "covered": 0.2, "unknown": 0.1}
    return Railcar(
        f"r{number}", "T1", start_m, start_m + 12.8, -0.12345, 3.0, "tank", None, shares, 0.98765, zone, ring
    )


@pytest.fixture
def count(scene):
    """Two coupled tank cars in the zone, and a third that stands in none."""
    types = {"tank": Interval(2, 1, 2), "covered": Interval(0, 0, 1)}
    metres = {"visible_m": 150.0, "hidden_m": 30.0, "outside_m": 0.0, "occupied_m": 25.6}
    return Count(
        scene=scene,
        railcars=(_car(1, 20.0, "Yard"), _car(2, 33.9, "Yard"), _car(3, 100.0, None)),
        strings=(String("T1", 20.0, 46.7, ("r1", "r2")), String("T1", 100.0, 112.8, ("r3",))),
        tracks=(TrackCoverage("T1", 180.0004, 150.0001, 30.0004, 0.0, 38.4),),
        tallies=(
            Tally("Yard", 2, 2, 2, 0.9, Qualifier.EXACT, types, **metres),
            Tally(None, 3, 2, 4, 0.9, Qualifier.ABOUT, {"tank": Interval(3, 2, 4)}, **metres),
        ),
        provenance=Provenance("0.1.0", "ribbon-hsmm/1", {"step_m": 0.25}, {"one.tif": SHA}),
        notices=(Notice("track_hidden", "30 m of track is hidden", "read the counts as at least"),),
    )


@pytest.fixture
def noon():
    """A moment at which something is recorded."""
    return datetime(2024, 12, 4, 12, 0, tzinfo=UTC)
