import numpy as np
import pytest

from yardwatch.simulate.renewals import LAND_USES, UNSURE, random_renewal


def test_the_same_seed_gives_the_same_quarter():
    """All chance comes from the generator that is handed in."""
    one, other = (random_renewal(np.random.default_rng(4), size_px=64, pixel_m=2.0) for _ in range(2))
    assert np.array_equal(one.before, other.before)
    assert np.array_equal(one.after, other.after)
    assert np.array_equal(one.renewed, other.renewed)


@pytest.mark.parametrize("pixel_m", [1.3, 3.5])
def test_a_quarter_holds_what_it_promises(pixel_m):
    """Colours from 0 to 1; ground that went from green to built is renewed; some quarters change and some do not."""
    shares = []
    for seed in range(6):
        quarter = random_renewal(np.random.default_rng(seed), size_px=64, pixel_m=pixel_m)
        for picture in (quarter.before, quarter.after):
            assert picture.shape == (3, 64, 64)
            assert picture.min() >= 0
            assert picture.max() <= 1
        assert set(np.unique(quarter.renewed)) <= {0, 1, UNSURE}
        was, now = quarter.uses
        assert (quarter.renewed[(was == LAND_USES.index("green")) & (now == LAND_USES.index("built"))] == 1).all()
        shares.append(float((quarter.renewed == 1).mean()))
    assert min(shares) < 0.1
    assert max(shares) > 0.3
