import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from yardwatch.change.lattice import Lattice
from yardwatch.change.sizes import regularised, size_of
from yardwatch.change.spots import Seen, joined, joined_spot, spots_in, traced
from yardwatch.model.frame import LOCAL_CRS, frame_around
from yardwatch.model.grid import Grid


def lattice(columns, rows, step_px=1.0):
    grid = Grid(LOCAL_CRS, (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), columns, rows)
    return Lattice(grid, grid, frame_around(LOCAL_CRS, [0, columns], [0, rows]), step_px)


def found(mask, core):
    """Spots of a mask that is seen tile by tile."""
    spots = []
    for tile in lattice(mask.shape[1], mask.shape[0]).tiles(core, 3):
        part = mask[tile.row : tile.row + tile.rows, tile.column : tile.column + tile.columns]
        sure = part.astype(np.float32)
        seen = Seen(part.astype(np.uint8), sure[None], np.zeros((0, *part.shape), np.float32), sure)
        spots += spots_in(seen, tile, least_cells=1)
    return joined(spots, least_cells=1)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([5, 8, 13, 40]), st.floats(0.2, 0.7))
def test_tiles_leave_no_trace(seed, core, share):
    """However the cells are cut into tiles, the same spots are found, each whole."""
    mask = np.random.default_rng(seed).random((23, 31)) < share
    whole, cut = traced(mask), found(mask, core)
    assert sorted(spot.cells for spot in cut) == sorted(round(polygon.area) for polygon in whole)
    assert shapely.union_all([spot.shape for spot in cut]).equals(shapely.union_all(whole))
    assert all(spot.votes == pytest.approx((1.0,)) for spot in cut)


def test_an_outline_has_its_holes_and_lies_where_its_cells_are():
    """A ring of cells keeps its hole, counted from the corner that was given."""
    mask = np.ones((5, 5), bool)
    mask[2, 2] = False
    (polygon,) = traced(mask, top=10, left=20)
    assert polygon.bounds == (20, 10, 25, 15)
    assert polygon.area == 24
    assert len(polygon.interiors) == 1


def test_small_spots_are_left_out_only_when_whole():
    """Two halves that are too small alone are kept together."""
    mask = np.zeros((4, 20), bool)
    mask[1:3, 8:12] = True
    spots = []
    for tile in lattice(20, 4).tiles(10, 2):
        part = mask[:, tile.column : tile.column + tile.columns]
        nothing = np.zeros((0, *part.shape), np.float32)
        seen = Seen(part.astype(np.uint8), nothing, nothing, part.astype(np.float32))
        spots += spots_in(seen, tile, least_cells=6)
    (spot,) = joined(spots, least_cells=6)
    assert spot.cells == 8


def test_faint_spots_are_left_out_by_their_surest_cell():
    """Also where that cell lies in another tile."""
    mask = np.zeros((4, 20), bool)
    mask[1:3, 8:12] = True
    strength = np.where(mask, np.float32(0.4), np.float32(0))
    strength[1, 11] = 0.9
    spots = []
    for tile in lattice(20, 4).tiles(10, 2):
        columns = slice(tile.column, tile.column + tile.columns)
        nothing = np.zeros((0, 4, tile.columns), np.float32)
        seen = Seen(mask[:, columns].astype(np.uint8), nothing, nothing, strength[:, columns])
        spots += spots_in(seen, tile, least_cells=1)
    assert [spot.cells for spot in joined(spots, least_cells=1, least_peak=0.8)] == [8]
    assert joined(spots, least_cells=1, least_peak=0.95) == []


def test_the_steps_of_a_turned_rectangle_are_taken_out():
    """A turned building of 30 × 12 m becomes a rectangle of that size, within its stated errors."""
    columns, rows = np.meshgrid(np.arange(80) + 0.5, np.arange(80) + 0.5)
    turn = np.radians(27)
    along = (columns - 40) * np.cos(turn) + (rows - 40) * np.sin(turn)
    across = -(columns - 40) * np.sin(turn) + (rows - 40) * np.cos(turn)
    (stepped,) = traced((abs(along) < 15) & (abs(across) < 6))
    shape = regularised(stepped, tolerance_m=0.75, rectangles=True)
    size = size_of(shape, edge_se_m=0.8, ribbon=False)
    assert len(shape.exterior.coords) == 5
    assert size.area_m2 == pytest.approx(stepped.area)
    assert abs(size.length_m - 30) < 2 * size.length_m_se
    assert abs(size.width_m - 12) < 2 * size.width_m_se
    assert abs(size.area_m2 - 360) < 2 * size.area_m2_se


def test_a_bent_road_is_as_long_as_its_middle_line():
    """Length and width of a ribbon do not depend on whether it bends."""
    line = shapely.LineString([(0, 0), (100, 0), (100, 80), (160, 80)])
    size = size_of(line.buffer(3, cap_style="flat", join_style="mitre"), edge_se_m=0.5, ribbon=True)
    assert size.length_m == pytest.approx(240, rel=0.02)
    assert size.width_m == pytest.approx(6, rel=0.02)


def test_spots_with_a_gap_between_them_become_one():
    """With the gap filled, and what was seen of them weighed by their size."""
    mask = np.zeros((20, 60), bool)
    mask[5:15, 5:25] = mask[5:15, 29:39] = True
    large, small = sorted(joined(found(mask, 64), least_cells=1), key=lambda spot: -spot.cells)
    one = joined_spot([large, small], 2.0)
    assert (one.cells, one.shape.bounds) == (300, (5, 5, 39, 15))
    assert one.shape.area == pytest.approx(340)
