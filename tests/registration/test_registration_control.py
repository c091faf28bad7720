"""Placing a picture by control points."""

import numpy as np
import pytest

from yardwatch.errors import MisuseError
from yardwatch.registration.control import place_by_points

CRS = "EPSG:32652"
PIXELS = np.array([[50.0, 40], [950, 60], [500, 700], [80, 650], [900, 640]])


def places(pixels, turn_deg=12.0, pixel_m=0.4):
    """Where pixels of a turned picture lie."""
    angle = np.radians(turn_deg)
    x = 500_000 + pixel_m * (np.cos(angle) * pixels[:, 0] + np.sin(angle) * pixels[:, 1])
    y = 4_600_000 + pixel_m * (np.sin(angle) * pixels[:, 0] - np.cos(angle) * pixels[:, 1])
    return np.column_stack([x, y])


@pytest.mark.parametrize(("count", "kind"), [(2, "similarity"), (3, "affine"), (5, "affine")])
def test_exact_points_place_a_picture_exactly(count, kind):
    """Two as well as five."""
    placed = place_by_points(PIXELS[:count], places(PIXELS[:count]), crs=CRS, width=1000, height=720)
    assert placed.kind == kind
    there = np.column_stack(placed.grid.to_crs(*PIXELS.T))
    assert np.abs(there - places(PIXELS)).max() < 0.001
    assert placed.rmse_m < 0.001
    assert (placed.left_out_m is None) == (count < 4)
    assert placed.pixel_m == pytest.approx(0.4, rel=1e-3)


def test_a_wrong_point_shows_in_the_error_of_that_point_left_out():
    """More clearly than in its residual, which it drags along."""
    wrong = places(PIXELS)
    wrong[2] += [30, 0]
    placed = place_by_points(PIXELS, wrong, crs=CRS, width=1000, height=720)
    assert int(np.argmax(placed.left_out_m)) == 2
    assert placed.left_out_m[2] == pytest.approx(30, rel=0.02)
    assert placed.left_out_m[2] > 1.5 * placed.residuals_m[2]
    assert placed.left_out_rmse_m > placed.rmse_m


def test_degrees_are_placed_in_metres():
    """Residuals of points in longitude and latitude are ground metres."""
    degrees = np.array([[130.64, 42.41], [130.65, 42.41], [130.645, 42.4], [130.64, 42.4]])
    pixels = np.array([[0.0, 0], [1000, 0], [500, 1350], [0, 1350]])
    placed = place_by_points(pixels, degrees, crs="EPSG:4326", width=1000, height=1350)
    assert placed.pixel_m == pytest.approx(0.823, abs=0.005)
    assert placed.rmse_m < 1


@pytest.mark.parametrize(
    "pixels",
    [PIXELS[:1], PIXELS[[0, 0]], np.array([[0.0, 0], [100, 100], [200, 200.5]]), PIXELS[[0, 1, 1]]],
)
def test_points_that_place_nothing_are_refused(pixels):
    """One, twice the same, or on a line."""
    with pytest.raises(MisuseError, match="control point"):
        place_by_points(pixels, places(pixels), crs=CRS, width=1000, height=720)


def test_points_off_the_earth_are_refused():
    """Such as metres given for degrees."""
    with pytest.raises(MisuseError, match="not a place on the Earth"):
        place_by_points(PIXELS, places(PIXELS), crs="EPSG:4326", width=1000, height=720)
