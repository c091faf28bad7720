"""The judge of the simulator sees a difference where there is one, and none where there is none."""

import sys
from pathlib import Path

import numpy as np
import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture
def judge(monkeypatch):
    """The modules of the judge."""
    monkeypatch.syspath_prepend(str(TOOLS))
    import judge_features  # noqa: PLC0415 -- tools are no package
    import judge_model  # noqa: PLC0415

    yield judge_features, judge_model
    for name in ("judge_features", "judge_model"):
        sys.modules.pop(name)


def samples(*, shift, scenes=4, each=60, features=6):
    """Real and simulated feature vectors of some scenes; the first feature of real ones is shifted."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=(2 * scenes * each, features))
    real = np.tile(np.repeat([True, False], each), scenes)
    names = np.repeat([f"scene {number}" for number in range(scenes)], 2 * each).tolist()
    values[real, 0] += shift
    return values, real, np.array(names)


def test_a_perfect_score_has_an_auc_of_one_and_a_tie_of_a_half(judge):
    """By its definition."""
    _, model = judge
    real = np.array([True, True, False, False])
    assert model.auc(np.array([3.0, 2.0, 1.0, 0.0]), real) == 1
    assert model.auc(np.array([0.0, 1.0, 2.0, 3.0]), real) == 0
    assert model.auc(np.zeros(4), real) == 0.5


@pytest.mark.parametrize("fit", ["logistic", "stumps"])
def test_a_difference_in_all_scenes_is_found_in_scenes_never_seen(judge, fit):
    """Two standard deviations apart give an AUC of about 0.92."""
    _, model = judge
    values, real, scenes = samples(shift=2.0)
    assert model.auc(model.cross_validated(getattr(model, fit), values, real, scenes, scenes), real) > 0.87


@pytest.mark.parametrize("fit", ["logistic", "stumps"])
def test_where_nothing_differs_the_judge_is_at_a_loss(judge, fit):
    """No leak from the scene that is judged."""
    _, model = judge
    values, real, scenes = samples(shift=0.0)
    assert model.auc(model.cross_validated(getattr(model, fit), values, real, scenes, scenes), real) == pytest.approx(
        0.5, abs=0.1
    )


def test_each_scene_weighs_as_the_root_of_its_real_stretches(judge):
    """So that one large scene does not judge for all."""
    _, model = judge
    real = np.array([True] * 9 + [False] * 20 + [True] + [False] * 20)
    scenes = np.array(["large"] * 29 + ["small"] * 21)
    weights = model.balanced(real, scenes)
    assert weights[:9].sum() == pytest.approx(weights[9:29].sum())
    assert weights[:9].sum() == pytest.approx(3 * weights[29])


def test_sleepers_are_seen_as_a_rhythm(judge):
    """A ladder of 0.6 m stands out between the rails, and makes that band strong."""
    features, _ = judge
    rng = np.random.default_rng(2)
    plain = rng.normal(0, 0.1, (3, 41, 128)).astype(np.float32)
    ladder = plain.copy()
    ladder[:, 14:27] += 0.5 * np.sin(2 * np.pi * 0.25 * np.arange(128) / 0.6).astype(np.float32)
    without, with_them = features.features(plain), features.features(ladder)
    assert with_them["sleeper rhythm between rails"] > without["sleeper rhythm between rails"] + 0.5
    assert with_them["power between rails 0.5-0.75 m"] > without["power between rails 0.5-0.75 m"] + 0.5
    assert with_them["power between tracks 0.5-0.75 m"] == pytest.approx(without["power between tracks 0.5-0.75 m"])
