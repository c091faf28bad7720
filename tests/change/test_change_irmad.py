import numpy as np
import pytest
from scipy import stats

from yardwatch.change.irmad import auto_threshold, fit_irmad, noise_limit
from yardwatch.errors import MisuseError


def bands(rng, number=4, side=120):
    """Bands that have much in common, as those of a real scene have."""
    common = rng.normal(0, 1, (2, side, side))
    mixed = np.tensordot(rng.normal(0, 1, (number, 2)), common, 1)
    return (100 + 20 * mixed + rng.normal(0, 2, (number, side, side))).astype(np.float32)


def fitted(before, after):
    return fit_irmad(before.reshape(len(before), -1), after.reshape(len(after), -1))


def test_a_linear_change_of_light_and_sensor_is_no_change():
    """Each band may be scaled and shifted on its own, and mixed with the others, without any effect."""
    rng = np.random.default_rng(1)
    before = bands(rng)
    noisy = before + rng.normal(0, 2, before.shape).astype(np.float32)
    mix = np.eye(4) + 0.2 * rng.normal(0, 1, (4, 4))
    other = (np.tensordot(mix, noisy, 1) * 3 + 40).astype(np.float32)
    plain, turned = fitted(before, noisy), fitted(before, other)
    assert np.allclose(
        np.median(plain.chi_square(before, noisy)), np.median(turned.chi_square(before, other)), rtol=0.02
    )
    one, two = plain.chi_square(before, noisy), turned.chi_square(before, other)
    assert np.corrcoef(one.ravel(), two.ravel())[0, 1] > 0.98


def test_what_changed_stands_out_and_the_threshold_finds_it():
    """A square of other ground is found by a threshold that nobody set."""
    rng = np.random.default_rng(2)
    before = bands(rng)
    after = (before * 1.3 + rng.normal(0, 2, before.shape)).astype(np.float32)
    after[:, 40:60, 40:60] = bands(np.random.default_rng(9))[:, :20, :20][::-1] * 1.5
    transform = fitted(before, after)
    chi_square = transform.chi_square(before, after)
    changed = chi_square > auto_threshold(chi_square, variates=transform.variates)
    assert changed[42:58, 42:58].mean() > 0.8
    changed[40:60, 40:60] = False
    assert changed.mean() < 0.02


def test_the_threshold_is_never_within_the_noise():
    """Without any change it stays where one pixel in ten thousand exceeds it."""
    noise = stats.chi2.rvs(4, size=20_000, random_state=3)
    assert auto_threshold(noise, variates=4) >= noise_limit(4)
    assert (noise > auto_threshold(noise, variates=4)).mean() < 5e-4
    assert auto_threshold(np.array([np.nan]), variates=4) == noise_limit(4)


def test_pixels_without_data_are_left_out_and_stay_without():
    """NaN neither spoils the fit nor becomes a number."""
    rng = np.random.default_rng(4)
    before = bands(rng)
    after = (before + rng.normal(0, 2, before.shape)).astype(np.float32)
    after[:, :30] = np.nan
    chi_square = fitted(before, after).chi_square(before, after)
    assert np.isnan(chi_square[:30]).all()
    assert np.isfinite(chi_square[30:]).all()


def test_a_band_that_never_varies_does_no_harm():
    """A constant band, such as an empty one, has no say."""
    rng = np.random.default_rng(5)
    before = bands(rng)
    after = (before + rng.normal(0, 2, before.shape)).astype(np.float32)
    before[2] = 7
    assert np.isfinite(fitted(before, after).chi_square(before, after)).all()


def test_too_few_pixels_or_unequal_bands_are_refused():
    """The message says what is missing."""
    few = np.zeros((4, 50), np.float32)
    with pytest.raises(MisuseError, match="needs more"):
        fit_irmad(few, few)
    with pytest.raises(MisuseError, match="4 and 3 bands"):
        fit_irmad(few, few[:3])
