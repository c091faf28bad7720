from dataclasses import replace

import numpy as np
from scipy import ndimage

from yardwatch.change.hiding import CAUSES, SunShadow, find_hidden, predicted_shadow, shadow_direction
from yardwatch.model.grid import Grid
from yardwatch.model.scene import Scene


def ground(seed=0, side=200):
    rng = np.random.default_rng(seed)
    texture = ndimage.gaussian_filter(rng.normal(0, 1, (side, side)), 1.5)
    return (90 + 25 * texture / texture.std() + np.array([5, 0, -8])[:, None, None]).astype(np.float32)


def cloudy(picture, softness):
    """A white patch of 90 m, soft or sharp at its rim."""
    rows, columns = np.mgrid[: picture.shape[1], : picture.shape[2]]
    cover = np.clip((45 - np.hypot(rows - 100, columns - 100)) / softness + 0.5, 0, 1)
    return (picture * (1 - cover) + 245 * cover).astype(np.float32)


def causes(hidden):
    return {CAUSES[number] for number in np.unique(hidden)} - {""}


def test_a_cloud_hides_what_is_below_it():
    """It does so in whichever scene it stands."""
    clear = ground()
    for pair in ((clear, cloudy(clear, 40)), (cloudy(clear, 40), clear)):
        hidden = find_hidden(*pair, cell_m=1.0, eight_bit=True)
        assert causes(hidden) == {"cloud"}
        assert hidden[90:110, 90:110].all()
        assert not hidden[:20].any()


def test_a_white_roof_is_no_cloud():
    """Its edges are sharp."""
    clear = ground()
    assert not find_hidden(clear, cloudy(clear, 1.5), cell_m=1.0, eight_bit=True).any()


def test_what_has_no_data_in_either_scene_is_hidden():
    """Nodata comes before all else."""
    before, after = ground(), ground()
    before[:, :5], after[:, :, -7:] = np.nan, np.nan
    hidden = find_hidden(before, after, cell_m=1.0, eight_bit=True)
    assert causes(hidden) == {"nodata"}
    assert (hidden > 0).sum() == 5 * 200 + 7 * 195


def test_two_scenes_of_one_place_hide_nothing():
    """Neither light nor noise is a cloud."""
    before = ground()
    after = before * 1.4 + 20 + np.random.default_rng(1).normal(0, 4, before.shape)
    assert not find_hidden(before, after.astype(np.float32), cell_m=0.5, eight_bit=True).any()


def test_a_shadow_is_predicted_only_on_the_far_side_of_the_sun():
    """Dark ground elsewhere may well be something new."""
    roofs, level = np.zeros((40, 40), np.float32), np.zeros((40, 40), np.float32)
    roofs[15:25, 15:25] = 1
    level[15:25, 25:30] = level[15:25, 10:15] = -2
    shaded = predicted_shadow(roofs, level, SunShadow(right=1.0, down=0.0, cells=8))
    assert shaded[15:25, 25:30].all()
    assert not shaded[:, :25].any()
    assert not predicted_shadow(roofs, level, None).any()


def test_shadows_point_away_from_the_sun():
    """With the sun in the south-east of a north-up scene they fall to the upper left."""
    grid = Grid("EPSG:32652", (0.5, 0.0, 500000.0, 0.0, -0.5, 4700000.0), 10, 10)
    scene = Scene("a", "a", "0", grid, 0.5, 3, "uint8", sun_azimuth_deg=135.0, sun_elevation_deg=30.0)
    falls = shadow_direction(scene, 0.5)
    assert falls.right < -0.7
    assert falls.down < -0.7
    assert falls.cells == round(15 / np.tan(np.radians(30)) / 0.5)
    assert shadow_direction(replace(scene, sun_elevation_deg=None), 0.5) is None
