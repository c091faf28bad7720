"""Numbers at places: right, only where there are any, and from the touched blocks only."""

import numpy as np
import pytest
from tests.imagery.making import bilinear, noise, write_image

from yardwatch.errors import ImageError, MisuseError
from yardwatch.imagery.scenes import open_scene

TILES = {"tiled": True, "blockxsize": 16, "blockysize": 16}


def places(
    rows: int, columns: int, *, shape: tuple[int, ...] = (11, 40), seed: int = 2
) -> tuple[np.ndarray, np.ndarray]:
    """Points in and a little beyond the image, some on pixel centres and edges."""
    rng = np.random.default_rng(seed)
    column, row = rng.uniform(-2, columns + 2, shape), rng.uniform(-2, rows + 2, shape)
    column[0, :5], row[0, :5] = [0, 0.5, 7, 15.5, columns - 1e-9], [0, 0.5, 16, 16.5, rows - 1e-9]
    return column, row


@pytest.mark.parametrize(
    ("dtype", "options"),
    [
        ("uint8", TILES),
        ("uint8", {}),
        ("uint16", TILES | {"compress": "deflate", "interleave": "band"}),
        ("int16", {"compress": "lzw"}),
        ("float64", TILES),
    ],
)
def test_samples_are_those_of_plain_bilinear_interpolation(tmp_path, dtype, options):
    """To 1e-4 of the brightest value, whatever the layout of the file."""
    pixels = noise(3, 53, 71, dtype=dtype)
    path = write_image(tmp_path / "image.tif", pixels, **options)
    column, row = places(53, 71)
    with open_scene(path) as reader:
        found = reader.sample(column, row, footprint_px=1.0)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, bilinear(pixels.astype(float), column, row), atol=1e-4 * pixels.max() / 256)


def test_pixels_without_data_have_no_weight_and_give_no_number(tmp_path):
    """NaN, infinity, absurd numbers and the nodata value are all nothing."""
    pixels = noise(2, 40, 40, dtype="float32")
    pixels[0, 3:9, 5:20], pixels[1, 10, 10], pixels[0, 20, 20], pixels[0, 30, :] = np.nan, np.inf, 1e30, -9999
    path = write_image(tmp_path / "image.tif", pixels, nodata=-9999, **TILES)
    clean = pixels.astype(float)
    clean[(pixels == -9999) | ~(np.abs(pixels) < 1e20)] = np.nan
    column, row = places(40, 40, shape=(20, 60))
    with open_scene(path) as reader:
        np.testing.assert_allclose(reader.sample(column, row), bilinear(clean, column, row), rtol=1e-5)


def test_nodata_in_display_images_counts_only_where_all_bands_have_it(tmp_path):
    """A roof that is 0 in one band is still a roof."""
    pixels = noise(3, 20, 20)
    pixels[0, 4, 4] = 0
    pixels[:, 8, 8] = 0
    path = write_image(tmp_path / "image.tif", pixels, nodata=0)
    with open_scene(path) as reader:
        dark, empty = reader.sample(np.array([4.5, 8.5]), np.array([4.5, 8.5])).T
    assert dark[0] == 0
    assert np.isnan(empty).all()


@pytest.mark.parametrize("how", ["alpha", "mask"])
def test_what_is_transparent_or_masked_holds_no_data(tmp_path, how):
    """An alpha band is not a band of the scene, and hides what it hides."""
    pixels, opacity = noise(3, 24, 24), np.full((24, 24), 255, np.uint8)
    opacity[:, 12:] = 0
    if how == "alpha":
        path = write_image(tmp_path / "a.tif", np.concatenate([pixels, opacity[None]]), photometric="rgb", alpha="yes")
    else:
        path = write_image(tmp_path / "m.tif", pixels, mask=opacity, **TILES)
    column, row = np.meshgrid([2.5, 11.7, 12.3, 20.0], [3.5, 12.0])
    with open_scene(path) as reader:
        found = reader.sample(column, row)
        assert reader.scene.bands == 3
    expected = pixels.astype(float)
    expected[:, opacity == 0] = np.nan
    np.testing.assert_allclose(found, bilinear(expected, column, row), rtol=1e-5)


@pytest.mark.parametrize("footprint_px", [1.7, 3.0, 16.0])
def test_a_wide_footprint_is_the_mean_of_the_square_under_it(tmp_path, footprint_px):
    """Each pixel counts by how much of it is covered; so finer structure does not flicker."""
    pixels = noise(1, 60, 60)
    path = write_image(tmp_path / "image.tif", pixels, **TILES)
    column, row = np.array([20.3, 30.0, 41.9]), np.array([25.0, 31.5, 30.1])
    with open_scene(path) as reader:
        found = reader.sample(column, row, footprint_px=footprint_px)[0]
    for value, x, y in zip(found, column, row, strict=True):
        edges = np.arange(61)
        across = np.clip(
            np.minimum(edges[1:], x + footprint_px / 2) - np.maximum(edges[:-1], x - footprint_px / 2), 0, None
        )
        down = np.clip(
            np.minimum(edges[1:], y + footprint_px / 2) - np.maximum(edges[:-1], y - footprint_px / 2), 0, None
        )
        assert value == pytest.approx(down @ pixels[0] @ across / footprint_px**2, abs=1e-3)


def test_a_very_wide_footprint_still_gives_about_the_mean(tmp_path):
    """Beyond 16 pixels a spread of 16 × 16 stands for all."""
    path = write_image(tmp_path / "image.tif", noise(1, 200, 200), **TILES)
    with open_scene(path) as reader:
        assert reader.sample(np.array(100.0), np.array(100.0), footprint_px=100)[0] == pytest.approx(128, abs=15)


def test_only_blocks_that_hold_asked_points_are_read(tmp_path):
    """Other blocks are garbage in this file, and nobody minds until they are asked for."""
    pixels = noise(3, 160, 160)
    path = write_image(tmp_path / "image.tif", pixels, compress="deflate", **TILES)
    spoil_all_blocks_but(path, {(2, 3), (2, 4)})
    column, row = np.meshgrid(np.linspace(48.5, 79.5, 33), np.linspace(32.5, 47.5, 17))
    with open_scene(path) as reader:
        np.testing.assert_allclose(reader.sample(column, row), bilinear(pixels.astype(float), column, row), atol=1e-4)
        with pytest.raises(ImageError, match=r"image\.tif: cannot be decoded at columns 80–96, rows 32–48"):
            reader.sample(np.array([80.0]), np.array([40.0]))
        assert reader.sample(np.array([50.5]), np.array([40.5]))[0, 0] == pixels[0, 40, 50]


def spoil_all_blocks_but(path, kept):
    """Overwrite the compressed bytes of every tile not in `kept` (row, column)."""
    import rasterio  # noqa: PLC0415 -- only here

    with rasterio.open(path) as file:
        spans = {
            (down, across): [
                int(file.get_tag_item(f"BLOCK_{what}_{across}_{down}", "TIFF", bidx=1)) for what in ("OFFSET", "SIZE")
            ]
            for down in range(10)
            for across in range(10)
        }
    data = bytearray(path.read_bytes())
    for place, (offset, size) in spans.items():
        if place not in kept:
            data[offset : offset + size] = b"\xff" * size
    path.write_bytes(data)


def test_more_blocks_than_fit_in_memory_are_read_in_turns(tmp_path):
    """Scattered points over 100 MB of pixels give the same numbers as those pixels."""
    tile = noise(3, 512, 512)
    size = 6144
    path = tmp_path / "image.tif"
    pixels = np.tile(tile, (1, size // 512, size // 512))
    write_image(path, pixels, tiled=True, blockxsize=512, blockysize=512, compress="zstd", zstd_level=1)
    rng = np.random.default_rng(3)
    column, row = rng.integers(0, size, 4000), rng.integers(0, size, 4000)
    with open_scene(path) as reader:
        found = reader.sample(column + 0.5, row + 0.5)
    np.testing.assert_array_equal(found, pixels[:, row, column])


def test_an_empty_request_and_a_single_point_keep_their_shapes(tmp_path):
    """Shapes of any kind go in and come out."""
    path = write_image(tmp_path / "image.tif", noise(2, 8, 8))
    with open_scene(path) as reader:
        assert reader.sample(np.empty((0, 3)), np.empty((0, 3))).shape == (2, 0, 3)
        assert reader.sample(np.array(1.0), np.array(1.0)).shape == (2,)
        assert np.isnan(reader.sample(np.array([np.nan, np.inf]), np.array([1.0, 1.0]))).all()
        with pytest.raises(MisuseError, match="footprint of -1"):
            reader.sample(np.array([1.0]), np.array([1.0]), footprint_px=-1)


def test_a_palette_is_resolved_to_colours(tmp_path):
    """A screenshot with 256 colours is an image in colour; its transparent entry is no data."""
    from PIL import Image  # noqa: PLC0415 -- only here

    indexes = Image.fromarray(np.array([[0, 1], [2, 0]], np.uint8), mode="P")
    indexes.putpalette([10, 20, 30, 200, 150, 100, 5, 5, 5])
    indexes.save(tmp_path / "shot.png", transparency=2)
    (tmp_path / "shot.pgw").write_text("0.5\n0\n0\n-0.5\n500000.25\n4689999.75\n")
    with open_scene(tmp_path / "shot.png", site_crs="EPSG:32652") as reader:
        found = reader.sample(np.array([0.5, 1.5, 0.5]), np.array([0.5, 0.5, 1.5]))
    np.testing.assert_array_equal(found[:, :2].T, [[10, 20, 30], [200, 150, 100]])
    assert np.isnan(found[:, 2]).all()
