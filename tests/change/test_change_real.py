"""The bars on real labelled pairs that may guide design; the test pairs are for tools/change_accuracy.py."""

import warnings

import numpy as np
import pytest
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile

from shared_data import shared_data
from yardwatch.pipeline import Told, compare_images

LEVIR = ("test_2_0000_0000", "test_55_0256_0000", "train_36_0512_0512")

pytestmark = pytest.mark.real


def read(content):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with MemoryFile(content) as file, file.open() as image:
            return image.read(1)


def test_taizhou_is_as_good_as_the_best_threshold():
    """Kappa on the labelled pixels, with a threshold that was found without them."""
    folder = shared_data() / "change" / "landsat_taizhou"
    compared = compare_images(folder / "2000.tif", folder / "2003.tif", told=(Told(), Told()))
    found = read(compared.mask) == 1
    changed, same = (read((folder / name).read_bytes()) > 0 for name in ("change.png", "unchanged.png"))
    judged = changed | same
    found, truth = found[judged], changed[judged]
    chance = found.mean() * truth.mean() + (1 - found.mean()) * (1 - truth.mean())
    assert ((found == truth).mean() - chance) / (1 - chance) >= 0.929


def test_new_houses_are_found_at_half_a_metre():
    """Pooled F1 of three pairs, on which everything changed would have 0.31."""
    folder = shared_data() / "change" / "buildings_levir"
    told = Told(gsd=0.5)
    hits = false = missed = 0
    for name in LEVIR:
        before, after = folder / "A" / f"{name}.png", folder / "B" / f"{name}.png"
        found = read(compare_images(before, after, told=(told, told)).mask) == 1
        truth = read((folder / "label" / f"{name}.png").read_bytes()) > 0
        hits, false = hits + (found & truth).sum(), false + (found & ~truth).sum()
        missed += (truth & ~found).sum()
    assert 2 * hits / (2 * hits + false + missed) >= 0.55


def test_a_picture_and_itself_show_nothing():
    """However much stands in it."""
    folder = shared_data() / "change" / "buildings_levir"
    told = Told(gsd=0.5)
    for name in LEVIR[:2]:
        path = folder / "B" / f"{name}.png"
        compared = compare_images(path, path, told=(told, told))
        assert compared.comparison.changes == ()
        assert not np.any(read(compared.mask))
