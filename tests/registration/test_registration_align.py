"""Laying one scene on another: right to a tenth of a pixel, or refused with a reason."""

import numpy as np
import pytest
from pyproj import Transformer
from scipy import ndimage

from made_ground import CORNER, error_px, ground, reader, reference, taken
from yardwatch.errors import MisuseError
from yardwatch.model.grid import Grid
from yardwatch.registration.aligning import align
from yardwatch.registration.matching import match
from yardwatch.registration.regridding import regridded
from yardwatch.registration.structure import structure
from yardwatch.simulate.reading import ArrayReader

GROUND = ground(1)
STILL = reference(GROUND)


@pytest.mark.parametrize(
    ("turn_deg", "growth", "off_m"),
    [(0.0, 0.0, (2.5, -1.0)), (0.3, 0.0, (-31.2, 12.7)), (-3.0, 0.01, (80.0, -60.0)), (2.2, -0.01, (-290.0, 40.0))],
)
def test_shift_turn_and_scale_are_found_to_a_tenth_of_a_pixel(turn_deg, growth, off_m):
    """From 5 pixels to 300 m off, turned by up to 3°."""
    pixels, truth = taken(GROUND, turn_deg=turn_deg, growth=growth, seed=1)
    claimed = np.array([225.0, 225.0]) - 0.5 * np.array([280, 260]) + off_m
    found = align(reader(pixels, corner_m=claimed), STILL)
    assert found.accepted, found.reason
    assert error_px(found.grid, truth) < 0.1
    assert found.shift_m == pytest.approx((-off_m[0], off_m[1]), abs=0.6)
    assert found.rmse_px < 0.3
    assert 0 < found.se_m < 0.1


def test_brightness_turned_round_does_not_matter():
    """Snow, or a negative: dark is bright, and edges stay where they are."""
    pixels, truth = taken(GROUND, middle_m=(221.3, 229.1), seed=2)
    found = align(reader(220 - 0.6 * pixels, corner_m=truth[1] + [12, 9]), STILL)
    assert found.accepted
    assert error_px(found.grid, truth) < 0.1


def test_scenes_that_have_nothing_in_common_are_refused_with_a_reason():
    """As a value; the grid is then the scene's own."""
    pixels, _ = taken(ground(2), seed=3)
    moving = reader(pixels, corner_m=(85.0, 95.0))
    found = align(moving, STILL)
    assert not found.accepted
    assert found.reason
    assert found.grid == moving.scene.grid
    assert (found.shift_m, found.se_m) == (None, None)


@pytest.mark.parametrize(
    ("pixels", "why"),
    [(np.full((300, 300), 7.0), "flat"), (np.full((300, 300), np.nan), "empty")],
)
def test_a_picture_without_content_is_refused(pixels, why):
    """Flat or without any data."""
    assert not align(reader(pixels, corner_m=(100.0, 100.0)), STILL).accepted, why


def test_scenes_far_from_each_other_are_refused_without_reading():
    """Further than was to be looked for."""
    pixels, _ = taken(GROUND)
    found = align(reader(pixels, corner_m=(9000.0, 0.0)), STILL)
    assert "within 300 m" in found.reason


def test_half_of_the_ground_in_common_is_enough():
    """The other half lies outside the reference."""
    pixels, truth = taken(GROUND, turn_deg=0.5, middle_m=(340.0, 225.0), seed=4)
    found = align(reader(pixels, corner_m=truth[1] + [20, -14]), STILL)
    assert found.accepted
    assert error_px(found.grid, truth) < 0.15


def test_cloud_over_a_third_does_not_move_the_scene():
    """What is cloud or has no data takes no part."""
    pixels, truth = taken(GROUND, seed=5)
    blots = ndimage.gaussian_filter(np.random.default_rng(5).standard_normal(pixels.shape), 30)
    pixels[blots > np.quantile(blots, 0.8)] = 240.0
    pixels[:60] = np.nan
    found = align(reader(pixels, corner_m=truth[1] + [15, 30]), STILL)
    assert found.accepted
    assert error_px(found.grid, truth) < 0.1


def test_another_resolution_is_laid_on_the_coarser_one():
    """0.3 m on 0.5 m."""
    pixels, truth = taken(GROUND, turn_deg=-0.8, gsd_m=0.3, shape=(760, 800), seed=6)
    found = align(reader(pixels, corner_m=truth[1] + [33, -21], gsd_m=0.3), STILL)
    assert found.accepted
    assert error_px(found.grid, truth, gsd_m=0.3) < 0.1 * 0.5 / 0.3


def test_a_reference_in_another_crs_is_the_same_ground():
    """Degrees: the scene stays in its own CRS."""
    pixels, truth = taken(GROUND, middle_m=(228.0, 219.0), seed=7)
    own = STILL.scene.grid
    column, row = np.array([0.0, own.width, 0.0]), np.array([0.0, 0.0, own.height])
    to_degrees = Transformer.from_crs("EPSG:32652", "OGC:CRS84", always_xy=True)
    x, y = to_degrees.transform(*own.to_crs(column, row))
    numbers = ((x[1] - x[0]) / own.width, (x[2] - x[0]) / own.height, x[0])
    numbers += ((y[1] - y[0]) / own.width, (y[2] - y[0]) / own.height, y[0])
    degrees = regridded(STILL, Grid("OGC:CRS84", numbers, own.width, own.height))
    found = align(reader(pixels, corner_m=truth[1] + [18, 7]), degrees)
    assert found.accepted
    assert found.grid.crs == "EPSG:32652"
    assert error_px(found.grid, truth) < 0.1


def test_the_stated_error_holds_what_the_error_is():
    """Over some pairs, root mean square of error by stated error is about one or less."""
    ratios = []
    for seed in range(4):
        pixels, truth = taken(GROUND, turn_deg=seed - 1.5, noise=6, seed=seed)
        found = align(reader(pixels, corner_m=truth[1] + [10, 10]), STILL)
        ratios.append(error_px(found.grid, truth) * 0.5 / (2**0.5 * found.se_m))
    assert np.sqrt(np.mean(np.square(ratios))) < 1.7


def test_no_shift_is_preferred_where_there_is_nothing_to_see():
    """Else chance would agree on zero, and scenes with nothing in common be accepted."""
    rng = np.random.default_rng(8)
    noise = structure(rng.standard_normal((2, 600, 64, 64)).astype(np.float32))
    shift = match(noise[0], noise[1], reach_px=12).shift
    near = (np.abs(shift) < 4).all(axis=1).mean()
    assert near == pytest.approx((8 / 24) ** 2, abs=0.04)


def test_a_scene_read_elsewhere_keeps_its_pixels():
    """Only what it says of itself differs."""
    grid = STILL.scene.grid
    moved = Grid(grid.crs, (0.5, 0, CORNER[0] + 7, 0, -0.5, CORNER[1]), grid.width, grid.height)
    there = regridded(STILL, moved)
    column, row = np.array([10.5, 20.25]), np.array([30.0, 40.75])
    assert there.scene.grid == moved
    assert np.array_equal(there.sample(column, row, footprint_px=1.0), STILL.sample(column, row, footprint_px=1.0))
    assert np.array_equal(there.picture(longest_px=50), STILL.picture(longest_px=50))
    with pytest.raises(MisuseError, match="is not one of"):
        regridded(STILL, Grid(grid.crs, moved.transform, 10, 10))


def test_a_search_over_no_distance_is_misuse():
    """And so is one over the whole country."""
    for reach_m in (0.0, -5.0, 1e6, float("nan")):
        with pytest.raises(MisuseError, match="search over"):
            align(STILL, STILL, reach_m=reach_m)


def test_pixels_must_fit_their_grid():
    """A reader of other pixels than its grid has is misuse."""
    with pytest.raises(MisuseError, match="do not fit"):
        ArrayReader(np.zeros((1, 5, 5)), STILL.scene.grid, gsd_m=0.5)
