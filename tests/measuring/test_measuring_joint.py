"""Whole outlines: the image, the drawing and right angles together say where they lie."""

import numpy as np
import pytest

from yardwatch.measuring.doubts import Doubts
from yardwatch.measuring.joint import draw_outlines
from yardwatch.measuring.outlines import sides_of
from yardwatch.measuring.sides import Look, look_at, settled
from yardwatch.measuring.structures import measure_outline
from yardwatch.model.frame import frame_around
from yardwatch.model.grid import Grid
from yardwatch.simulate.reading import ArrayReader

CRS = "EPSG:32652"
X, Y = 500_000.0, 4_690_000.0
PIXEL_M = 0.5
SIZE = 200
SURE = Doubts(digitising_m=2.0, scale=0.0, height_m=0.0, off_nadir_deg=0.0)
HOUSE = np.array([(35, 35), (65, 35), (65, 45), (60, 45), (60, 58), (44, 58), (44, 55), (35, 55)], float)
"""A house with wings: 30 by 23 m."""


def reader_of(pixels):
    """A reader of brightness, its rows from north to south."""
    grid = Grid(CRS, (PIXEL_M, 0.0, X, 0.0, -PIXEL_M, Y + SIZE * PIXEL_M), SIZE, SIZE)
    return ArrayReader(np.asarray(pixels, np.float32)[None], grid, gsd_m=PIXEL_M)


def brightness(*, seed=1, noise=4.0, boxes=(), house=90.0):
    """Bright boxes, each (west, south, east, north, how bright), on even ground; the house unless 0."""
    at = (np.arange(SIZE) + 0.5) * PIXEL_M
    x, y = np.meshgrid(at, SIZE * PIXEL_M - at)
    parts = ((35, 35, 65, 45, house), (35, 45, 60, 55, house), (44, 55, 60, 58, house), *boxes)
    pixels = np.full((SIZE, SIZE), 70.0)
    for west, south, east, north, bright in parts:
        pixels[(x > west) & (x < east) & (y > south) & (y < north)] = 70 + bright
    return pixels + np.random.default_rng(seed).normal(0, noise, pixels.shape)


def ring_of(corners, *, noise, seed):
    """Corners as a ring in the CRS, each moved by a normal error."""
    moved = corners + np.array((X, Y)) + np.random.default_rng(seed).normal(0, noise, corners.shape)
    return tuple(map(tuple, moved.tolist()))


def test_a_house_with_wings_drawn_carelessly_is_measured_within_its_errors():
    """Each vertex 2 m off, sides of three metres among them; the errors are a fraction of those of the drawing."""
    reader = reader_of(brightness())
    sizes = [
        measure_outline(reader, ring_of(HOUSE, noise=2.0, seed=seed), crs=CRS, name="house", doubts=SURE)
        for seed in range(8)
    ]
    off = np.array([[one.length.value - 30, one.width.value - 23] for one in sizes])
    told = np.array([[one.length.se, one.width.se] for one in sizes])
    assert np.median(np.abs(off)) < 0.5
    assert np.median(told) < 1.0
    assert (np.abs(off) <= 2 * told).mean() >= 0.9


def test_two_rival_edges_make_the_error_large():
    """A strip half as bright along one end: the end is there or two metres farther out."""
    corners = np.array([(35, 35), (65, 35), (65, 55), (35, 55)], float)
    plain = brightness(house=0.0, boxes=((35, 35, 65, 55, 90.0),))
    rival = brightness(house=0.0, boxes=((65, 35, 68, 55, 45.0), (35, 35, 65, 55, 90.0)))
    ring = ring_of(corners + np.array((1.0, 0.0)), noise=0.5, seed=4)
    one, other = (
        measure_outline(reader_of(pixels), ring, crs=CRS, name="hall", doubts=SURE) for pixels in (plain, rival)
    )
    assert other.length.se > 1.3 * one.length.se


def test_a_side_that_is_not_seen_keeps_to_right_angles():
    """One end of a hall meets ground as bright as its roof: not found, it lies square, and its error is the largest."""
    corners = np.array([(35, 35), (65, 35), (65, 55), (35, 55)], float)
    pixels = brightness(house=0.0, boxes=((35, 35, 65, 55, 90.0), (65, 25, 95, 65, 90.0)))
    ring = ring_of(corners, noise=1.5, seed=5)
    measured = measure_outline(reader_of(pixels), ring, crs=CRS, name="hall", doubts=SURE)
    assert [edge.found for edge in measured.edges] == [True, False, True, True]
    errors = [edge.se_m for edge in measured.edges]
    assert errors[1] > 2 * max(errors[0], errors[2], errors[3])
    steps = np.diff(np.array(measured.outline), axis=0)
    cosines = (steps * np.roll(steps, -1, axis=0)).sum(axis=1) / (
        np.hypot(*steps.T) * np.hypot(*np.roll(steps, -1, 0).T)
    )
    assert np.abs(cosines).max() < 0.01
    assert measured.length.se > 2 * measured.width.se


def test_an_outline_of_slanting_sides_is_not_made_square():
    """A hexagon drawn well stays one."""
    turns = np.radians(np.arange(6) * 60 + 10)
    corners = np.column_stack([50 + 15 * np.cos(turns), 50 + 15 * np.sin(turns)])
    at = (np.arange(SIZE) + 0.5) * PIXEL_M
    x, y = np.meshgrid(at, SIZE * PIXEL_M - at)
    inside = np.ones_like(x, bool)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        inside &= (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0
    reader = reader_of(brightness(house=0.0) + 90 * inside)
    doubts = Doubts(digitising_m=1.0, scale=0.0, height_m=0.0, off_nadir_deg=0.0)
    measured = measure_outline(reader, ring_of(corners, noise=1.0, seed=2), crs=CRS, name="tank", doubts=doubts)
    assert measured.area.value == pytest.approx(15**2 * 1.5 * 3**0.5, rel=0.04)


def test_where_nothing_is_seen_outlines_scatter_as_the_drawing_does():
    """Of a large square each side then lies where it was drawn, give or take the error of two vertices."""
    corners = np.array([(0, 0), (80, 0), (80, 80), (0, 80)], float)
    blind = [Look(side, None, None, np.zeros((2, 2))) for side in sides_of(corners)]
    draws = draw_outlines(blind, drawn_se_m=1.0, rng=np.random.default_rng(1))
    assert draws.vertices_m.shape == (256, 4, 2)
    assert np.abs(draws.out_m.mean(axis=0)).max() < 0.3
    assert draws.out_m.std(axis=0) == pytest.approx(np.full(4, 0.5**0.5), rel=0.3)


def test_the_same_drawing_gives_the_same_answer():
    """Chance starts from the same seed each time."""
    reader, ring = reader_of(brightness()), ring_of(HOUSE, noise=1.0, seed=3)
    first, second = (measure_outline(reader, ring, crs=CRS, name="house", doubts=SURE) for _ in range(2))
    assert first.length == second.length


def test_a_side_where_belief_is_spread_is_not_found():
    """Draws all over the place settle nothing, draws in one place on an edge do."""
    reader = reader_of(brightness())
    there = (HOUSE + np.array((X, Y))).T
    frame = frame_around(CRS, *there)
    corners = np.column_stack(frame.to_local(*there))
    look = look_at(reader, frame, sides_of(corners)[0], drawn_se_m=2.0)
    rng = np.random.default_rng(0)
    still = rng.normal(0, 0.01, 256)
    assert not settled(look, rng.uniform(-4, 4, 256), still).found
    assert settled(look, rng.normal(0, 0.2, 256), still).found
