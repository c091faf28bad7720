import numpy as np
import pytest
import shapely
from scipy import ndimage

from made_steps import Brighter
from yardwatch.change.bounding import bounds_of
from yardwatch.change.following import follow_site
from yardwatch.change.layers import STEP_LABELS
from yardwatch.change.spots import Spot
from yardwatch.model.alignment import Alignment
from yardwatch.model.change import Change, Comparison
from yardwatch.model.dates import parse_when
from yardwatch.model.grid import Grid
from yardwatch.model.provenance import Provenance
from yardwatch.model.site import Site, Track
from yardwatch.simulate.reading import ArrayReader

CRS, X, Y = "EPSG:32652", 500000.0, 4700000.0
SITE = Site("Invented", CRS, (), (Track("one", ((X, Y - 20), (X + 160, Y - 20))),))


def spot(*, sure, maybe=None, shown=(1.0,) * 5):
    """A spot over five dates: the shares of it that changed, or may have, in each of four steps."""
    kinds = (1.0, *(0.0,) * (len(STEP_LABELS) - 2))
    traits = (*kinds, *(maybe or sure), *shown, 0.9)
    return Spot(shapely.box(0, 0, 9, 9), 1, 81, (0.0, *sure), traits, 0.9)


@pytest.mark.parametrize(
    ("sure", "maybe", "began", "finished"),
    [
        ((0.0, 1.0, 0.0, 0.0), None, (1, 2), (1, 2)),
        ((0.0, 0.6, 0.4, 0.0), None, (1, 2), (2, 3)),
        ((0.0, 0.0, 1.0, 0.0), (0.3, 0.0, 1.0, 0.0), (0, 3), (2, 3)),
        ((0.0, 1.0, 0.0, 0.0), (0.0, 1.0, 0.2, 0.0), (1, 2), (1, 3)),
        ((0.0, 0.6, 0.0, 0.4), None, (1, 2), (3, None)),
        ((0.0, 0.0, 0.0, 1.0), None, (3, 4), (3, 4)),
        ((0.0, 0.9, 0.08, 0.0), None, (1, 2), (1, 3)),
        ((0.06, 0.9, 0.0, 0.0), None, (0, 2), (1, 2)),
        ((0.04, 0.96, 0.0, 0.0), None, (1, 2), (1, 2)),
    ],
)
def test_stages_bound_from_one_side_and_what_may_be_one_from_the_other(sure, maybe, began, finished):
    """The end of what still changed at the last date is open, unless it all came in one step.

    A small share is a doubt; a scrap is not even that.
    """
    bounds = bounds_of(spot(sure=sure, maybe=maybe), at_once=False)
    assert (bounds.began, bounds.finished) == (began, finished)


def test_what_a_pair_of_dates_shows_by_itself_widens_the_bounds():
    """The stripped plot that all dates together overlook; a scrap of a change does not count."""
    house = spot(sure=(0.0, 0.0, 1.0, 0.0))
    bounds = bounds_of(house, (0.0, 0.6, 0.9, 0.05), at_once=False)
    assert (bounds.began, bounds.finished) == ((1, 3), (2, 3))
    assert bounds_of(house, (0.0, 0.0, 0.9, 0.05), at_once=False) == bounds_of(house, at_once=False)


def test_what_goes_in_one_step_is_bounded_by_all_steps_in_which_it_may_have_gone():
    """A warehouse of which two steps look as if it was razed then."""
    bounds = bounds_of(spot(sure=(0.0, 0.0, 1.0, 0.0), maybe=(0.0, 0.7, 1.0, 0.0)), at_once=True)
    assert bounds.began == bounds.finished == (1, 3)


def test_a_date_that_does_not_show_the_place_bounds_nothing():
    """The next one that does takes its place, on either side."""
    bounds = bounds_of(spot(sure=(0.0, 0.0, 1.0, 0.0), shown=(1.0, 1.0, 0.2, 0.0, 1.0)), at_once=False)
    assert (bounds.began, bounds.finished) == ((1, 4), (1, 4))


def reader(month, *, built, cloud=False, half=False):
    """A place of 160 × 160 m, perhaps with a bright house or half of it, perhaps under a cloud."""
    grain = ndimage.gaussian_filter(np.random.default_rng(1).normal(0, 1, (160, 160)), 3)
    pixels = np.array([120.0, 115.0, 100.0])[:, None, None] + 90 * grain
    if built:
        pixels[:, 70:100, 60 : 80 if half else 100] = 200
    if cloud:
        rows, columns = np.mgrid[:160, :160]
        veil = np.clip(1.6 - np.hypot(rows - 85, columns - 80) / 40, 0, 1)
        pixels = (1 - veil) * pixels + veil * 250
    grid = Grid(CRS, (1.0, 0.0, X, 0.0, -1.0, Y), 160, 160)
    when = parse_when(f"2024-{month:02}-10")
    return ArrayReader(np.clip(pixels, 0, 255).astype(np.uint8), grid, gsd_m=1.0, name=str(month), acquired=when)


@pytest.mark.parametrize(("clouded", "began"), [(None, "2024-05-10/2024-07-10"), (2, "2024-03-10/2024-07-10")])
def test_a_house_under_a_cloud_is_bounded_by_the_dates_that_show_its_place(clouded, began):
    """The cloud hides that there was no house yet."""
    readers = [reader(2 * n + 1, built=n >= 3, cloud=n == clouded) for n in range(6)]
    [house] = follow_site(readers, SITE, [], network=Brighter())
    assert str(house.began) == began


@pytest.mark.parametrize(("right", "began"), [(100, "2024-03-10/2024-07-10"), (63, "2024-05-10/2024-07-10")])
def test_a_stripped_plot_that_only_a_pair_shows_bounds_when_the_house_began(right, began):
    """It lay there a date before the house; a strip of 3 m along the side of it says nothing."""
    readers = [reader(2 * n + 1, built=n >= 3) for n in range(6)]
    before, after = readers[1].scene, readers[2].scene
    west, north, east, south = X + 60, Y - 70, X + right, Y - 100
    ring = ((west, north), (east, north), (east, south), (west, south), (west, north))
    plot = Change(
        "change-1", "earthwork", (ring,), None, 100.0, 5.0, 10.0, 1.0, 10.0, 1.0, 0.9, None,
        before.acquired, after.acquired,
    )  # fmt: skip
    alignment = Alignment(True, None, after.grid, None, None, 0, None)
    pair = Comparison(before, after, CRS, alignment, (plot,), (), (), Provenance("1", "test/1", {}, {}))
    [house] = follow_site(readers, SITE, [pair], network=Brighter())
    assert str(house.began) == began


class Torn(Brighter):
    """Takes what was built for something that may as well have been razed."""

    def __init__(self, razed):
        self._razed = razed

    def read(self, layers):
        said = super().read(layers)
        built, razed = STEP_LABELS.index("built"), STEP_LABELS.index("razed")
        said[razed], said[built] = self._razed * said[built], (1 - self._razed) * said[built]
        return said


@pytest.mark.parametrize(("razed", "finished"), [(0.1, "2024-07-10/2024-09-10"), (0.4, "2024-05-10/2024-09-10")])
def test_what_may_have_been_razed_in_one_step_is_bounded_as_if_it_had_been(razed, finished):
    """Two halves seem to have come one after the other; if it was razed, one of the two steps is wrong."""
    readers = [reader(2 * n + 1, built=n >= 3, half=n == 3) for n in range(6)]
    [house] = follow_site(readers, SITE, [], network=Torn(razed))
    assert (house.change.kind, str(house.finished)) == ("built", finished)
