import numpy as np
import shapely

from yardwatch.change.spots import Spot
from yardwatch.change.standing_out import standing_out

SHAPE = shapely.box(30, 30, 50, 60)


class Levels:
    """Reads a place of given levels, with a patch of its own levels, at six dates."""

    def __init__(self, ground, patch):
        values = np.zeros((6, 3, 90, 90), np.float32) + np.array(ground, np.float32)[:, None, None, None]
        values[:, :, 30:60, 30:50] = np.array(patch, np.float32)[:, None, None, None]
        self.values, self.lattices = values, (type("Lattice", (), {"rows": 90, "columns": 90}),)

    def read(self, tile):
        rows = slice(tile.row, tile.row + tile.rows)
        columns = slice(tile.column, tile.column + tile.columns)
        return type("Stack", (), {"values": self.values[:, :, rows, columns]})


def told(ground, patch):
    """Whether a patch that changed before the third date is told."""
    spot = Spot(SHAPE, 1, 600, (0.0, 0.0, 1.0, 0.0, 0.0, 0.0), (0.9,), 0.9)
    return bool(standing_out([spot], Levels(ground, patch)))


def test_a_house_is_told_and_a_shadow_or_a_roof_in_changing_ground_is_not():
    """A shadow is gone at the next date; a roof that stood all along is bright in one season and dark in the next."""
    ground = [0.0, 0.1, -0.1, 0.0, 0.1, -0.1]
    assert told(ground, [0.0, 0.1, 1.4, 1.6, 1.5, 1.3])
    assert not told(ground, [0.0, 0.1, -2.0, 0.1, 0.0, -0.1])
    assert not told([0.0, 1.0, -1.0, 1.0, -0.8, 0.9], [0.5] * 6)


def test_ground_that_changes_like_all_around_it_is_not_told():
    """Grass that withered everywhere."""
    season = [0.0, 0.1, 1.5, 1.4, 1.6, 1.5]
    assert not told(season, season)
