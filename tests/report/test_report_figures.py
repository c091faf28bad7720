"""Rows, windows and hatches lie where they should."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from invented_yard import count_of, invented_scene

from yardwatch.model.grid import Grid, Window
from yardwatch.model.railcar import CAR_TYPES, Railcar
from yardwatch.model.site import frame_of
from yardwatch.report import (
    car_style,
    display_limits,
    grid_of_picture,
    inset_windows,
    ribbon_picture,
    ribbon_rows,
    unseen_on,
)
from yardwatch.report.view import View

GRID = Grid("EPSG:32631", (0.5, 0.1, 500_000.0, 0.1, -0.5, 5_000_000.0), 1000, 600)


@given(
    st.floats(20, 3000),
    st.lists(st.floats(0, 2900), max_size=80),
    st.floats(8, 26),
)
def test_no_row_cuts_a_car_and_the_rows_make_the_track(length_m, starts, body_m):
    """Rows follow one another from end to end, none is too long, and no car lies across a cut."""
    cars = []
    for start in sorted(starts):
        if start + body_m <= length_m and (not cars or start > cars[-1].end_m + 1):
            cars.append(Railcar("c", "T", start, start + body_m, 0, 3, "tank", None, {}, 1, None, ()))
    rows = ribbon_rows(length_m, cars)
    assert rows[0][0] == 0
    assert rows[-1][1] == length_m
    assert all(before[1] == after[0] for before, after in pairwise(rows))
    assert all(0 < end - start <= 160 + 1e-9 for start, end in rows)
    cuts = [end for _, end in rows[:-1]]
    assert not [car for car in cars for cut in cuts if car.start_m + 1e-6 < cut < car.end_m - 1e-6]


def test_a_stub_is_not_left_over():
    """A track a little longer than a row becomes two even rows."""
    assert ribbon_rows(162.0, []) == ((0.0, 81.0), (81.0, 162.0))


def test_a_reduced_picture_of_a_window_lies_where_the_window_lies():
    """Corners of the picture and of the window are the same points, rotated grid or not."""
    window = Window(100, 50, 400, 300)
    small = grid_of_picture(GRID, np.zeros((150, 200, 4), np.uint8), window)
    corners = [(0, 0), (200, 0), (200, 150), (0, 150)]
    for column, row in corners:
        assert np.allclose(small.to_crs(column, row), GRID.to_crs(100 + 2 * column, 50 + 2 * row), atol=1e-6)


def test_closer_pictures_hold_every_car_of_the_image(site, cars):
    """Each car's middle lies in a window of its zone, inside the image."""
    count = count_of(site, invented_scene(), cars)
    windows = inset_windows(site, count)
    grid = count.scene.grid
    assert {zone for zone, _ in windows} == {"North yard", "Depot"}
    for car in cars:
        column, row = grid.to_pixel(*np.mean(car.footprint[:-1], axis=0))
        assert any(
            zone == car.zone and 0 <= column - own.column <= own.width and 0 <= row - own.row <= own.height
            for zone, own in windows
        )


def test_an_image_without_cars_needs_no_closer_picture(site):
    """There is nothing to look at from close by."""
    assert inset_windows(site, count_of(site, invented_scene(), ())) == ()


def test_missing_pixels_are_told_apart_as_hidden_or_outside(site, sheet):
    """T5 lies under a cloud from 100 to 160 m; D2 leaves the image after 100 m."""
    ribbons = {ribbon.track: ribbon for ribbon in sheet.ribbons}
    (cloud,) = unseen_on(ribbons["T5"], site, sheet.count.scene)
    assert (cloud.kind, round(cloud.start_m), round(cloud.end_m)) == ("hidden", 100, 160)
    (beyond,) = unseen_on(ribbons["D2"], site, sheet.count.scene)
    assert (beyond.kind, round(beyond.start_m)) == ("outside", 100)
    assert unseen_on(ribbons["T1"], site, sheet.count.scene) == ()


def test_a_ribbon_is_transparent_where_there_is_no_data_and_uses_the_full_range(sheet):
    """Brightness is stretched over all ribbons alike, and a glint does not darken the rest."""
    limits = display_limits(sheet.ribbons, dtype="uint16")
    shown = ribbon_picture(sheet.ribbons[4], limits)
    blind = ~np.isfinite(sheet.ribbons[4].pixels).all(0)
    assert blind.any()
    assert np.array_equal(shown[..., 3] == 0, blind)
    seen = ribbon_picture(sheet.ribbons[0], limits)[..., :3]
    assert seen.min() == 0
    assert seen.max() == 255


def test_without_any_ribbon_there_are_no_limits_to_show():
    """An image on whose tracks no car stands has no ribbon, and that is no failure."""
    assert display_limits(()) == ()


def test_each_type_can_be_told_without_colour():
    """Letters and colours differ from type to type."""
    styles = [car_style(kind) for kind in CAR_TYPES]
    assert len({style.letter for style in styles}) == len(CAR_TYPES)
    assert len({style.colour for style in styles}) == len(CAR_TYPES)


def test_a_view_stays_in_the_picture_where_it_can():
    """A view near an edge is moved, one that is larger than the picture is left."""
    near = View(80.0, 60.0, 50.0, 40.0).kept_in((0.0, 0.0, 100.0, 50.0))
    assert (near.west_m, near.north_m) == (50.0, 50.0)
    large = View(-20.0, 90.0, 200.0, 100.0)
    assert large.kept_in((0.0, 0.0, 100.0, 50.0)) == large


def test_the_frame_of_the_site_is_the_frame_of_the_maps(site):
    """The maps are drawn in ground metres: a UTM metre near the central meridian is 1.0004 of them."""
    x, y = frame_of(site).to_local([500_000.0, 500_100.0], [5_000_000.0, 5_000_000.0])
    assert abs(float(np.hypot(x[1] - x[0], y[1] - y[0])) - 100.04) < 0.005
