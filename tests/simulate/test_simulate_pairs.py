import numpy as np
import pytest

from yardwatch.simulate.pairs import PAIR_LABELS, random_pair, sensed


def test_the_same_seed_gives_the_same_pair():
    """All chance comes from the generator that is handed in."""
    one, other = (random_pair(np.random.default_rng(4), size_px=96, pixel_m=1.0) for _ in range(2))
    assert np.array_equal(one.before, other.before)
    assert np.array_equal(one.after, other.after)
    assert np.array_equal(one.labels, other.labels)


@pytest.mark.parametrize("pixel_m", [0.5, 2.5])
def test_a_pair_holds_what_it_promises(pixel_m):
    """Colours from 0 to 1, known labels, and what was built has a roof after, what was razed had one before."""
    built = razed = 0
    for seed in range(12):
        pair = random_pair(np.random.default_rng(seed), size_px=96, pixel_m=pixel_m)
        for picture in (pair.before, pair.after):
            assert picture.shape == (3, 96, 96)
            assert picture.min() >= 0
            assert picture.max() <= 1
        assert set(np.unique(pair.labels)) <= set(range(len(PAIR_LABELS)))
        made, gone = pair.labels == PAIR_LABELS.index("built"), pair.labels == PAIR_LABELS.index("razed")
        assert (pair.roofs[1][made] > 0.5).all()
        assert (pair.roofs[0][gone] > 0.5).all()
        built, razed = built + made.sum(), razed + gone.sum()
    assert built > 0
    assert razed > 0


def test_a_camera_keeps_the_picture_and_its_range():
    """Contrast and tint differ, the picture is still the same."""
    pair = random_pair(np.random.default_rng(7), size_px=96, pixel_m=1.0)
    shown = sensed(np.random.default_rng(1), pair.before)
    assert shown.shape == pair.before.shape
    assert shown.min() >= 0
    assert shown.max() <= 1
    assert np.corrcoef(shown.mean(0).ravel(), pair.before.mean(0).ravel())[0, 1] > 0.8
