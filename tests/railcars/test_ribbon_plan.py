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


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:32652"])
def test_every_sample_lies_where_its_ground_lies_in_the_image(crs):
    """To a hundredth of a millimetre in two hundred metres of curve, in degrees and where the projection stretches."""
    site = Site("Invented", "EPSG:4326", (), (Track("T1", ((25.0, 66.0), (25.002, 66.0005), (25.004, 66.0))),))
    line, frame = site.line(site.tracks[0]), frame_of(site)
    x, y = frame.to_crs([0.0, 0.0, 1.0], [0.0, 1.0, 0.0], crs=crs)
    pixel = float(np.hypot(x[2] - x[0], y[2] - y[0]))
    grid = Grid(crs, (pixel, 0.0, float(x[0]) - 200 * pixel, 0.0, -pixel, float(y[0]) + 200 * pixel), 400, 400)
    ribbon = plan_ribbon("T1", line, grid, frame, spec=RibbonSpec())
    exact = frame.to_crs(*line.points(ribbon.chainages_m[None], ribbon.offsets_m[:, None]), crs=crs)
    np.testing.assert_allclose((ribbon.column, ribbon.row), grid.to_pixel(*exact), atol=1e-5)
