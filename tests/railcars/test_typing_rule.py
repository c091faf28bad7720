"""A type is said only as finely as the image carries it."""

import numpy as np
import pytest

from yardwatch.railcars.evidence import TYPES
from yardwatch.railcars.typing_rule import type_rule


def odds(**likely):
    """Probabilities of the types, those not named sharing the rest."""
    rest = (1 - sum(likely.values())) / (len(TYPES) - len(likely))
    return np.array([likely.get(kind, rest) for kind in TYPES])


@pytest.mark.parametrize(
    ("gsd_m", "likely", "said"),
    [
        (0.3, {"tank": 0.55}, "tank"),
        (0.3, {"tank": 0.45}, "unknown"),
        (0.3, {"flat": 0.9}, "flat"),
        (0.3, {"flat": 0.45, "container": 0.45}, "flat_or_container"),
        (0.5, {"tank": 0.55}, "unknown"),
        (0.5, {"tank": 0.65}, "tank"),
        (0.5, {"flat": 0.95}, "flat_or_container"),
        (0.9, {"tank": 0.99}, "unknown"),
    ],
)
def test_the_type_follows_probability_and_resolution(gsd_m, likely, said):
    kind, probabilities = type_rule(gsd_m).say(odds(**likely))
    assert kind == said
    assert sum(probabilities.values()) == pytest.approx(1)


def test_the_rule_can_be_printed():
    assert "0.5" in str(type_rule(0.3))
    assert "flat" in str(type_rule(0.5))
    assert "too coarse" in str(type_rule(0.8))
