"""Ground put to another use is reported where cells are too coarse for single buildings, and only there."""

import numpy as np
import pytest
import shapely

from yardwatch.change.comparing import compare
from yardwatch.change.evidence import NETWORK_LABELS, Evidence
from yardwatch.change.renewed import shipped_renewal_network
from yardwatch.model.grid import Grid
from yardwatch.model.site import Site, Track
from yardwatch.simulate.pairs import sensed
from yardwatch.simulate.reading import ArrayReader
from yardwatch.simulate.renewals import random_renewal

CRS = "EPSG:32652"


class NoStructure:
    """Stands in for the network of structures and sees none."""

    name = "none/0"

    def read(self, pair):
        """Nothing changed, no roofs."""
        kinds = np.zeros((len(NETWORK_LABELS), *pair.shape[1:]), np.float32)
        kinds[0] = 1
        return Evidence(kinds, np.zeros((2, *pair.shape[1:]), np.float32))


class Left:
    """Stands in for the network of renewed ground and is sure of the left half."""

    name = "left/0"

    def read(self, pair):
        """Chance of renewed ground."""
        chance = np.zeros(pair.shape[1:], np.float32)
        chance[:, : pair.shape[2] // 2] = 0.9
        return chance


def reader(pixels, pixel_m):
    grid = Grid(CRS, (pixel_m, 0.0, 500000.0, 0.0, -pixel_m, 4700000.0), pixels.shape[2], pixels.shape[1])
    return ArrayReader(pixels.astype(np.uint8), grid, gsd_m=pixel_m)


def picture(seed, pixel_m=2.0):
    return np.random.default_rng(seed).normal(120, 20, (3, 96, 96)).clip(0, 255)


@pytest.mark.parametrize(("pixel_m", "number"), [(2.0, 1), (1.0, 0)])
def test_renewed_ground_is_a_changed_surface_of_coarse_scenes_only(pixel_m, number):
    """One change as large as the half that was renewed, and the provenance names both networks."""
    scenes = reader(picture(1), pixel_m), reader(picture(2), pixel_m)
    found = compare(*scenes, network=NoStructure(), renewals=Left())
    assert [change.kind for change in found.changes] == ["surface"] * number
    assert ("left/0" in found.method) == bool(number)
    for change in found.changes:
        assert change.area_m2 == pytest.approx(48 * 96 * pixel_m**2, rel=0.05)


def test_what_changes_along_tracks_is_not_renewed_ground():
    """Trains come and go there."""
    tracks = tuple(
        Track(f"{number}", ((500001.0 + 4 * number, 4699800.0), (500001.0 + 4 * number, 4700000.0)))
        for number in range(26)
    )
    scenes = reader(picture(1), 2.0), reader(picture(2), 2.0)
    found = compare(*scenes, site=Site("yard", CRS, (), tracks), network=NoStructure(), renewals=Left())
    assert found.changes == ()


def test_the_shipped_network_tells_renewed_ground_from_another_season():
    """On simulated quarters of other seeds than the training, shown by two cameras: cells found, and false alarms."""
    hits = false = missed = 0
    for seed in range(4):
        rng = np.random.default_rng([31, seed])
        quarter = random_renewal(rng, size_px=128, pixel_m=2.0)
        shots = [np.clip(255 * sensed(rng, shot), 0, 255).round() for shot in (quarter.before, quarter.after)]
        found = compare(*(reader(shot, 2.0) for shot in shots), network=NoStructure())
        assert shipped_renewal_network().name in found.method
        mask = np.zeros((128, 128), bool)
        for shape in found.changed_px:
            mask |= inside(shape, 128)
        truth, known = quarter.renewed == 1, quarter.renewed != 255
        hits += (mask & truth).sum()
        false += (mask & ~truth & known).sum()
        missed += (~mask & truth).sum()
    assert 2 * hits / (2 * hits + false + missed) > 0.6


def test_the_same_picture_twice_shows_no_renewed_ground():
    """Brightened and noisy, at 2 m."""
    rng = np.random.default_rng(9)
    for seed in range(3):
        quarter = random_renewal(np.random.default_rng([32, seed]), size_px=128, pixel_m=2.0)
        shot = 255 * sensed(rng, quarter.after)
        other = np.clip(0.85 * shot + 12 + rng.normal(0, 4, shot.shape), 0, 255)
        assert compare(reader(shot, 2.0), reader(other, 2.0), network=NoStructure()).changes == ()


def inside(shape, size):

    column, row = np.meshgrid(np.arange(size) + 0.5, np.arange(size) + 0.5)
    return shapely.contains_xy(shape, column, row)
