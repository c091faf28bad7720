"""Measuring: a structure of known size is given back, and what is not seen is known less well."""

import numpy as np
import pytest

from yardwatch.errors import MisuseError
from yardwatch.measuring.doubts import Doubts
from yardwatch.measuring.outlines import mended
from yardwatch.measuring.structures import measure_line, measure_outline
from yardwatch.model.frame import frame_around
from yardwatch.model.grid import Grid
from yardwatch.simulate.reading import ArrayReader

CRS = "EPSG:32652"
X, Y = 500_000.0, 4_690_000.0
PIXEL_M = 0.5
SURE = Doubts(digitising_m=1.5, scale=0.0, height_m=0.0, off_nadir_deg=0.0)


def picture(corners, *, size=240, contrast=90.0, noise=4.0, seed=1, nodata=False):
    """A reader of a bright shape on even ground, its edges blurred as a camera does; corners in metres east, north."""
    fine = 4
    step = PIXEL_M / fine
    at = (np.arange(size * fine) + 0.5) * step
    x, y = np.meshgrid(at, size * PIXEL_M - at)
    inside = np.ones_like(x, bool)
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        inside &= (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0
    share = inside.reshape(size, fine, size, fine).mean(axis=(1, 3))
    rng = np.random.default_rng(seed)
    pixels = 70 + contrast * share + rng.normal(0, noise, share.shape)
    if nodata:
        pixels[:] = np.nan
    grid = Grid(CRS, (PIXEL_M, 0.0, X, 0.0, -PIXEL_M, Y + size * PIXEL_M), size, size)
    return ArrayReader(pixels[None].astype(np.float32), grid, gsd_m=PIXEL_M)


def box(length, width, angle_deg, middle=(60.0, 60.0)):
    """Corners of a rectangle, counter-clockwise."""
    angle = np.radians(angle_deg)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (length / 2, width / 2)
    return [tuple(point) for point in half @ turn + middle]


def ring_of(corners, *, noise=0.0, seed=3):
    """Corners as a ring in the CRS, each moved by a normal error."""
    moved = np.array(corners) + np.array((X, Y)) + np.random.default_rng(seed).normal(0, noise, (len(corners), 2))
    points = [tuple(map(float, point)) for point in moved]
    return (*points, points[0])


@pytest.mark.parametrize("angle", [0.0, 17.0, 45.0, 121.0])
def test_a_rectangle_is_measured_to_a_fraction_of_a_pixel(angle):
    """Drawn carelessly, it comes back as it is."""
    corners = box(62.3, 24.7, angle)
    measured = measure_outline(picture(corners), ring_of(corners, noise=1.5), crs=CRS, name="hall", doubts=SURE)
    assert all(edge.found for edge in measured.edges)
    assert measured.length.value == pytest.approx(62.3, abs=0.25)
    assert measured.width.value == pytest.approx(24.7, abs=0.25)
    assert measured.area.value == pytest.approx(62.3 * 24.7, abs=25)
    assert (measured.bearing.value - (90 - angle) + 90) % 180 - 90 == pytest.approx(0, abs=0.3)


def test_refining_beats_drawing():
    """Over many careless drawings the refined error is a small part of the drawn one."""
    corners = box(40.0, 20.0, 30.0)
    reader = picture(corners)
    errors = []
    for refine in (True, False):
        lengths = [
            measure_outline(
                reader, ring_of(corners, noise=1.5, seed=seed), crs=CRS, name="hall", doubts=SURE, refine=refine
            ).length.value
            for seed in range(6)
        ]
        errors.append(np.sqrt(np.mean((np.array(lengths) - 40.0) ** 2)))
    assert errors[0] < 0.3 * errors[1]


def test_what_the_image_does_not_show_stays_as_drawn_and_is_known_less_well():
    """No contrast, no side found, and the error of digitising."""
    corners = box(40.0, 20.0, 30.0)
    ring = ring_of(corners, noise=1.0)
    seen = measure_outline(picture(corners), ring, crs=CRS, name="hall", doubts=SURE)
    blind = measure_outline(picture(corners, contrast=0.0), ring, crs=CRS, name="hall", doubts=SURE)
    assert not any(edge.found for edge in blind.edges)
    assert blind.length.budget["digitising"] > 1.0
    assert blind.length.se > 2 * seen.length.se
    assert all(edge.offset_m == 0 for edge in blind.edges)


def test_an_image_without_data_is_not_measured_on():
    """Outside or without data the drawing stands."""
    corners = box(40.0, 20.0, 30.0)
    measured = measure_outline(picture(corners, nodata=True), ring_of(corners), crs=CRS, name="hall", doubts=SURE)
    assert not any(edge.found for edge in measured.edges)
    assert measured.length.value == pytest.approx(40.0, abs=0.05)


def test_the_standard_error_is_the_root_sum_of_squares_of_the_budget():
    """For every quantity."""
    corners = box(40.0, 20.0, 30.0)
    doubts = Doubts(digitising_m=1.5, scale=0.01, registration_m=0.4, height_m=8.0, off_nadir_deg=25.0)
    measured = measure_outline(picture(corners), ring_of(corners, noise=1.0), crs=CRS, name="hall", doubts=doubts)
    for size in (measured.length, measured.width, measured.area, measured.bearing):
        assert size.se == pytest.approx(np.sqrt(sum(share**2 for share in size.budget.values())))
    assert measured.length.budget["scale"] == pytest.approx(0.01 * measured.length.value)
    assert measured.length.budget["registration"] == pytest.approx(0.4 * 2**0.5)
    assert measured.length.budget["lean"] > 0


def test_a_shape_that_is_no_rectangle_keeps_its_corners():
    """A triangle is measured as one: its area is half of the box."""
    corners = [(30.0, 30.0), (90.0, 30.0), (30.0, 80.0)]
    measured = measure_outline(picture(corners), ring_of(corners, noise=0.5), crs=CRS, name="ramp", doubts=SURE)
    assert measured.area.value == pytest.approx(1500, rel=0.04)


def test_the_way_round_and_the_closing_point_do_not_matter():
    """Clockwise or not, closed or not."""
    corners = box(40.0, 20.0, 30.0)
    reader, ring = picture(corners), ring_of(corners)
    first = measure_outline(reader, ring, crs=CRS, name="hall", doubts=SURE)
    second = measure_outline(reader, ring[:-1][::-1], crs=CRS, name="hall", doubts=SURE)
    assert first.length.value == pytest.approx(second.length.value, abs=0.02)


def test_a_length_is_the_same_whatever_the_crs_of_the_drawing():
    """Also in Web Mercator, where a metre of the grid is none."""
    corners = box(40.0, 20.0, 30.0)
    reader, ring = picture(corners), ring_of(corners)
    x, y = np.array(ring).T
    frame = frame_around(CRS, x, y)
    there = tuple(zip(*(part.tolist() for part in frame.to_crs(*frame.to_local(x, y), crs="EPSG:3857")), strict=True))
    plain = measure_outline(reader, ring, crs=CRS, name="hall", doubts=SURE)
    mercator = measure_outline(reader, there, crs="EPSG:3857", name="hall", doubts=SURE)
    assert mercator.length.value == pytest.approx(plain.length.value, abs=0.02)


def test_a_line_has_a_length_and_the_error_of_its_ends():
    """100 m east on the ellipsoid; the grid of UTM there is 4 in 10,000 short."""
    measured = measure_line(((X, Y), (X + 100, Y)), crs=CRS, name="track", doubts=Doubts(digitising_m=1.0))
    assert measured.length.value == pytest.approx(100 / 0.9996, abs=0.01)
    assert measured.width is None
    assert measured.area is None
    assert measured.bearing.value == pytest.approx(90, abs=0.1)
    assert measured.length.budget["digitising"] == pytest.approx(2**0.5)


@pytest.mark.parametrize(
    "ring",
    [
        ((X, Y), (X + 10, Y)),
        ((X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 10)),
        tuple((X + np.cos(turn), Y + np.sin(turn)) for turn in np.linspace(0, 6.2, 500)),
        ((X, Y), (X + 90_000, Y), (X + 90_000, Y + 90_000)),
    ],
)
def test_what_is_no_structure_is_refused(ring):
    """Two points, a crossing outline, too many corners, too large."""
    with pytest.raises(MisuseError, match="hall"):
        measure_outline(picture(box(40, 20, 0)), ring, crs=CRS, name="hall")


def test_four_corners_in_a_wrong_order_are_put_right():
    """A crossing outline of four corners becomes the one around them."""
    ring = ((0.0, 0.0), (10.0, 10.0), (10.0, 0.0), (0.0, 10.0))
    assert len(set(mended(ring))) == 4
    assert mended(((0.0, 0.0), (1.0, 1.0), (2.0, 2.0))) is None
    good = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0))
    assert mended(good) is good


def test_doubts_that_are_no_numbers_are_refused():
    """Negative or endless errors."""
    for wrong in ({"digitising_m": -1.0}, {"scale": float("nan")}, {"off_nadir_deg": 80.0}):
        with pytest.raises(MisuseError):
            Doubts(**wrong)


def test_points_between_corners_make_the_error_larger_not_the_size():
    """Each side drawn in three careless pieces: the size is near; what the points may mean is an error of its own."""
    corners = np.array(box(62.3, 24.7, 17.0))
    following = np.roll(corners, -1, axis=0)
    points = [
        tuple(a + share * (b - a)) for a, b in zip(corners, following, strict=True) for share in (0, 1 / 3, 2 / 3)
    ]
    measured = measure_outline(picture(corners), ring_of(points, noise=1.5), crs=CRS, name="hall", doubts=SURE)
    assert "shape" in measured.length.budget
    assert measured.length.value == pytest.approx(62.3, abs=2 * measured.length.se)
    assert measured.width.value == pytest.approx(24.7, abs=2 * measured.width.se)
