"""Ribbons lie where the track lies."""

import numpy as np
import pytest

from yardwatch.model.grid import Grid
from yardwatch.model.ribbon import RibbonSpec
from yardwatch.model.site import Site, Track, frame_of
from yardwatch.railcars.ribbon import plan_ribbon

GRID = Grid("EPSG:32652", (0.5, 0.0, 500_000.0, 0.0, -0.5, 4_690_000.0), 400, 400)


def plan(coordinates, grid=GRID):
    site = Site("Invented", "EPSG:32652", (), (Track("T1", coordinates),))
    return plan_ribbon("T1", site.line(site.tracks[0]), grid, frame_of(site), spec=RibbonSpec())


def test_the_middle_row_runs_along_the_track():
    ribbon = plan(((500_020.0, 4_689_900.0), (500_120.0, 4_689_900.0)))
    middle = len(ribbon.offsets_m) // 2
    np.testing.assert_allclose(ribbon.row[middle], 200.0, atol=0.01)
    assert ribbon.column[middle, 0] == pytest.approx(40.25, abs=0.01)


def test_the_first_row_lies_to_the_left():
    """Going east, left is north, and north is up in the image."""
    ribbon = plan(((500_020.0, 4_689_900.0), (500_120.0, 4_689_900.0)))
    assert ribbon.offsets_m[0] == 5.0
    np.testing.assert_allclose(ribbon.row[0], 190.0, atol=0.01)


def test_chainage_is_in_ground_metres_whatever_the_crs():
    """UTM is shortened by 0.04 % on its central meridian; the ribbon is not."""
    ribbon = plan(((500_020.0, 4_689_900.0), (500_120.0, 4_689_900.0)))
    assert ribbon.length_m == pytest.approx(100 / 0.9996, abs=0.01)


def test_a_track_that_runs_out_of_the_image_is_cut_there():
    ribbon = plan(((500_150.0, 4_689_900.0), (500_350.0, 4_689_900.0)))
    assert ribbon.length_m == pytest.approx(200, abs=0.2)
    assert ribbon.chainages_m[-1] == pytest.approx(50, abs=0.4)
    assert ribbon.inside.all()


def test_a_track_beside_the_image_has_no_ribbon():
    assert plan(((501_000.0, 4_689_900.0), (501_100.0, 4_689_900.0))) is None


def test_a_turned_image_gives_the_same_ground():
    """The pixels asked for lie at the same places on the ground, however the image is turned."""
    turned = Grid("EPSG:32652", (0.4, 0.3, 499_900.0, 0.3, -0.4, 4_690_000.0), 800, 800)
    coordinates = ((500_020.0, 4_689_900.0), (500_090.0, 4_689_880.0))
    straight, other = plan(coordinates), plan(coordinates, turned)
    np.testing.assert_allclose(
        GRID.to_crs(straight.column, straight.row), turned.to_crs(other.column, other.row), atol=1e-6
    )
