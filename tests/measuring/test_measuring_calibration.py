"""Stated errors are true on simulated structures, seen obliquely and coarsely."""

from dataclasses import replace

import numpy as np

from yardwatch.measuring.doubts import Doubts
from yardwatch.measuring.structures import measure_outline
from yardwatch.simulate import SITE_ORIGIN_M, View, random_conditions, render
from yardwatch.simulate.reading import ArrayReader
from yardwatch.simulate.structures import random_structures


def test_errors_are_stated_truly():
    """Of some sixty lengths and widths nine in ten lie within two stated errors, more than half within one.

    The bounds are wide because the sample is small; tools/measuring_accuracy.py does it at length.
    """
    z = []
    for number in range(6):
        rng = np.random.default_rng([99, number])
        place = random_structures(rng, lengths_m=(12.0, 90.0))
        conditions = random_conditions(rng, gsd_m=float(rng.uniform(0.35, 0.9)))
        view = View(float(rng.uniform(0, 30)), float(rng.uniform(0, 360)))
        conditions = replace(conditions, view=view, weather=replace(conditions.weather, cloud=0.0))
        rendered = render(place.plan, rng=rng, conditions=conditions, stamp=False)
        reader = ArrayReader(rendered.pixels, rendered.grid, gsd_m=conditions.sensor.gsd_m)
        doubts = Doubts(digitising_m=1.5, scale=0.0, off_nadir_deg=view.off_nadir_deg)
        for structure in place.structures:
            thing = structure.body
            roof = np.array(thing.corners()) + np.array(view.lean()) * thing.height_m + np.array(SITE_ORIGIN_M)
            drawn = roof + rng.normal(0, 1.5, roof.shape)
            ring = tuple((float(x), float(y)) for x, y in drawn)
            measured = measure_outline(reader, ring, crs=rendered.grid.crs, name=thing.kind, doubts=doubts)
            z += [(measured.length.value - thing.length_m) / measured.length.se]
            z += [(measured.width.value - thing.width_m) / measured.width.se]
    within = np.abs(z)
    assert len(z) >= 50
    assert (within <= 1).mean() > 0.55
    assert (within <= 2).mean() > 0.88
