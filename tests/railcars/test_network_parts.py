"""The shipped network says the same of a stretch whether it looks at all of a ribbon or at that stretch."""

import numpy as np

from yardwatch.model.ribbon import Ribbon, RibbonSpec
from yardwatch.railcars.network import shipped_network

STEP_M = RibbonSpec().step_m


def ribbon(columns: int) -> Ribbon:
    offsets = RibbonSpec().offsets_m
    pixels = np.random.default_rng(3).normal(100, 20, (3, len(offsets), columns)).astype(np.float32)
    return Ribbon("T1", STEP_M * (np.arange(columns) + 0.5), offsets, pixels)


def test_a_stretch_is_read_as_in_the_whole():
    """What lies farther beyond a stretch than the network sees does not matter, wherever the stretch begins."""
    columns = 1203
    only = np.zeros(columns, bool)
    only[401:520] = only[1100:] = True
    network, shown = shipped_network(), ribbon(columns)
    [whole], [parts] = (network.read([shown], gsd_m=0.4, only=asked) for asked in (None, [only]))
    np.testing.assert_allclose(parts.states[:, only], whole.states[:, only], atol=1e-4)
    np.testing.assert_array_equal(parts.readable, whole.readable)


def test_what_is_not_asked_for_costs_nothing():
    """Where no column is asked for, all states are said to be equally likely."""
    [read] = shipped_network().read([ribbon(400)], gsd_m=0.4, only=[np.zeros(400, bool)])
    np.testing.assert_allclose(np.exp(read.states), 0.25)
