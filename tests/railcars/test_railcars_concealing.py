import numpy as np
import pytest
from shapely import Polygon

from yardwatch.model.dates import parse_when
from yardwatch.model.grid import Grid
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site, Track, Zone
from yardwatch.railcars.concealing import concealed_ground, under_roof

X, Y = 500000.0, 4700000.0
RING = ((X + 50, Y - 10), (X + 120, Y - 10), (X + 120, Y + 10), (X + 50, Y + 10), (X + 50, Y - 10))
TRACK = Track("one", ((X, Y), (X + 300, Y)))


def site(conceals_from):
    when = parse_when(conceals_from) if conceals_from else None
    return Site("Invented", "EPSG:32652", (Zone("hall", "freight_handling", (RING,), conceals_from=when),), (TRACK,))


def scene(acquired):
    grid = Grid("EPSG:32652", (0.5, 0, X, 0, -0.5, Y + 100), 700, 400)
    return Scene("s", "s.tif", "a" * 64, grid, 0.5, 3, "uint8", acquired=parse_when(acquired) if acquired else None)


@pytest.mark.parametrize(
    ("conceals_from", "acquired", "hidden"),
    [
        ("2024-05", "2024-04-30", False),
        ("2024-05", "2024-05-01", True),
        ("2024-05", "2025", True),
        ("2002/..", "2024-05-01", True),
        ("2024-05", None, True),
        (None, "2024-05-01", False),
    ],
)
def test_a_roofed_zone_conceals_from_its_date_on(conceals_from, acquired, hidden):
    """Seventy metres of track below it; without a date of the scene nothing is claimed."""
    place = site(conceals_from)
    covered = concealed_ground(place, scene(acquired))
    chainages = np.arange(0.5, 300)
    assert under_roof(chainages, place.line(TRACK), covered).sum() == pytest.approx(70 if hidden else 0, abs=1)


def test_roofs_that_were_seen_conceal_beside_those_that_were_drawn():
    """Both together."""
    place = site("2024-05")
    roof = Polygon([(X + 200, Y - 5), (X + 230, Y - 5), (X + 230, Y + 5), (X + 200, Y + 5)])
    covered = concealed_ground(place, scene("2024-06-01"), [roof])
    assert under_roof(np.arange(0.5, 300), place.line(TRACK), covered).sum() == pytest.approx(100, abs=2)
