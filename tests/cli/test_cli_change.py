"""``yardwatch change``: what it prints, what it writes, how it ends."""

import json
import warnings

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.errors import NotGeoreferencedWarning
from scipy import ndimage

SIDE = 160


@pytest.fixture
def pictures(tmp_path):
    """Three pictures of one size without any georeference: a place, the same under other light, and one with a hole."""
    rng = np.random.default_rng(3)
    texture = ndimage.gaussian_filter(rng.normal(0, 1, (SIDE, SIDE, 3)), (2, 2, 0))
    place = np.clip(110 + 120 * texture, 20, 220)
    brighter = np.clip(1.1 * place + 10, 0, 255)
    hole = np.full((SIDE, SIDE, 1), 255)
    hole[:, :40] = 0
    for name, pixels in {"a": place, "b": brighter}.items():
        Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / f"{name}.png")
    Image.fromarray(np.concatenate([place, hole], 2).astype(np.uint8), "RGBA").save(tmp_path / "c.png")
    return tmp_path


def test_two_pictures_without_georeference_are_compared_as_they_lie(yardwatch, pictures):
    """The JSON says so, has no CRS, and finds nothing where only the light is another."""
    ended = yardwatch("change", "a.png", "b.png", "--gsd", "0.5", "--json", "-")
    assert ended.code == 0, ended.err
    document = ended.document("change")
    assert document["crs"] is None
    assert document["before"]["gsd_m"] == 0.5
    assert document["registration"]["accepted"]
    assert document["changes"] == document["hidden"] == []
    assert {warning["code"] for warning in document["warnings"]} >= {"not_registered", "undated"}


def test_the_mask_lies_on_the_earlier_picture_and_marks_what_is_hidden(yardwatch, pictures):
    """255 where the later picture is transparent; the text says that it was written."""
    ended = yardwatch("change", "a.png", "c.png", "--mask", "mask.tif")
    assert ended.code == 0, ended.err
    assert "no change found" in ended.out
    assert "wrote mask.tif" in ended.out
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(pictures / "mask.tif") as image:
            mask = image.read(1)
    assert mask.shape == (SIDE, SIDE)
    assert set(np.unique(mask)) == {0, 255}
    assert (mask[:, :40] == 255).all()
    assert not mask[:, 42:].any()


def test_dates_bound_the_changes_and_an_order_that_is_wrong_is_told(yardwatch, pictures):
    """They come from the options; a later BEFORE gets a warning."""
    words = (
        "change",
        "a.png",
        "b.png",
        "--before-acquired",
        "2024-05",
        "--after-acquired",
        "2023-01-01",
        "--json",
        "-",
    )
    document = yardwatch(*words).document("change")
    assert (document["before"]["acquired"], document["after"]["acquired"]) == ("2024-05", "2023-01-01")
    assert "order" in {warning["code"] for warning in document["warnings"]}


def test_images_that_cannot_be_laid_on_each_other_end_with_a_reason(yardwatch, pictures):
    """Exit code 1, the JSON is written, nothing is said to have changed, and there is no mask."""
    rng = np.random.default_rng(8)
    for name in ("x", "y"):
        with rasterio.open(
            pictures / f"{name}.tif", "w", driver="GTiff", width=300, height=300, count=1, dtype="uint8",
            crs="EPSG:32652", transform=rasterio.Affine(0.5, 0, 500000, 0, -0.5, 4690000),
        ) as image:  # fmt: skip
            image.write(rng.integers(0, 255, (300, 300), np.uint8), 1)
    ended = yardwatch("change", "x.tif", "y.tif", "--json", "out.json", "--mask", "mask.tif")
    assert ended.code == 1
    document = json.loads((pictures / "out.json").read_text())
    assert not document["registration"]["accepted"]
    assert document["registration"]["reason"]
    assert document["changes"] == []
    assert not (pictures / "mask.tif").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--bands", "1,x"), "--bands"),
        (("--bands", "9"), "bands 1 to 3"),
        (("--gsd", "-1"), "--gsd"),
        (("--before-acquired", "yesterday"), "not a date"),
        (("--mask", "a.png"), "overwritten"),
    ],
)
def test_misuse_is_told_in_one_line(yardwatch, pictures, options, words):
    """Exit code 2 and nothing written."""
    before = sorted(path.name for path in pictures.iterdir())
    ended = yardwatch("change", "a.png", "b.png", *options)
    assert ended.code == 2
    assert words in ended.err
    assert len(ended.err.strip().splitlines()) == 1
    assert sorted(path.name for path in pictures.iterdir()) == before


def test_pictures_of_two_sizes_without_georeference_are_refused(yardwatch, pictures):
    """Nobody can say how they lie on each other."""
    Image.new("RGB", (SIDE, SIDE - 1)).save(pictures / "d.png")
    ended = yardwatch("change", "a.png", "d.png")
    assert ended.code == 2
    assert "georeference" in ended.err
