"""Pictures to look at: natural colours, transparent where there is nothing, within bounds."""

import numpy as np
import pytest
from rasterio.enums import ColorInterp
from tests.imagery.making import noise, write_image

from yardwatch.errors import MisuseError
from yardwatch.imagery.scenes import open_scene
from yardwatch.model.grid import Window


def test_eight_bit_colours_are_shown_as_they_are(tmp_path):
    """Pixel for pixel, also in a window; a window beyond the edge is cut."""
    pixels = noise(3, 30, 50)
    with open_scene(write_image(tmp_path / "image.tif", pixels)) as reader:
        whole, part = reader.picture(), reader.picture(Window(40, 20, 100, 100))
        with pytest.raises(MisuseError, match="outside the image"):
            reader.picture(Window(50, 0, 5, 5))
    np.testing.assert_array_equal(whole[..., :3], np.moveaxis(pixels, 0, -1))
    assert (whole[..., 3] == 255).all()
    np.testing.assert_array_equal(part, whole[20:, 40:])


@pytest.mark.parametrize("overviews", [None, [2, 4]])
def test_a_smaller_picture_is_the_mean_of_what_it_stands_for(tmp_path, overviews):
    """Not a selection of pixels; with overviews or without."""
    pixels = np.repeat(np.repeat(noise(3, 32, 64), 4, axis=1), 4, axis=2)
    path = write_image(tmp_path / "image.tif", pixels, tiled=True, blockxsize=64, blockysize=64, overviews=overviews)
    with open_scene(path) as reader:
        picture = reader.picture(longest_px=64)
    assert picture.shape == (32, 64, 4)
    np.testing.assert_allclose(picture[..., :3], np.moveaxis(pixels[:, ::4, ::4], 0, -1), atol=1)


def test_sixteen_bits_are_stretched_alike_in_all_colours_and_windows(tmp_path):
    """A grey ramp stays grey, the extremes do not set the range, two windows of one scene agree."""
    ramp = np.linspace(300, 900, 64 * 64).reshape(64, 64).astype("uint16")
    pixels = np.stack([ramp, ramp, ramp])
    pixels[:, 0, 0] = 65535
    with open_scene(write_image(tmp_path / "image.tif", pixels)) as reader:
        whole, part = reader.picture(), reader.picture(Window(0, 32, 64, 10))
    assert (whole[..., 0] == whole[..., 2]).all()
    assert int(whole[32, 32, 0]) == pytest.approx(128, abs=6)
    np.testing.assert_array_equal(part, whole[32:42])


def test_one_band_is_grey_and_a_band_order_that_is_told_is_followed(tmp_path):
    """Blue, green, red and infrared come out as red, green and blue."""
    grey = noise(1, 10, 10)
    with open_scene(write_image(tmp_path / "grey.tif", grey)) as reader:
        np.testing.assert_array_equal(reader.picture()[..., 1], grey[0])
    bands = noise(4, 10, 10)
    colours = [ColorInterp.blue, ColorInterp.green, ColorInterp.red, ColorInterp.undefined]
    with open_scene(write_image(tmp_path / "bgrn.tif", bands, colours=colours, photometric="minisblack")) as reader:
        picture = reader.picture()
        assert reader.scene.bands == 4
    np.testing.assert_array_equal(picture[..., :3], np.moveaxis(bands[[2, 1, 0]], 0, -1))
    assert (picture[..., 3] == 255).all()


def test_what_holds_no_data_is_transparent(tmp_path):
    """Nodata, NaN and infinity."""
    pixels = noise(1, 20, 20, dtype="float32")
    pixels[0, :5], pixels[0, 5:7], pixels[0, 7:9] = -9999, np.nan, np.inf
    with open_scene(write_image(tmp_path / "image.tif", pixels, nodata=-9999)) as reader:
        opacity = reader.picture()[..., 3]
    assert (opacity[:9] == 0).all()
    assert (opacity[9:] == 255).all()


def test_a_large_image_without_tiles_or_overviews_is_shown_within_its_memory(tmp_path):
    """120 MB of pixels, in strips, by the limits that hold for all."""
    pixels = np.tile(noise(1, 500, 500, dtype="uint16"), (1, 16, 16))
    with open_scene(write_image(tmp_path / "image.tif", pixels)) as reader:
        assert reader.picture(longest_px=500).shape == (500, 500, 4)
