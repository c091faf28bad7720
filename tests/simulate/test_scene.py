"""A rendered scene is what its truth says."""

import hashlib
import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely

from yardwatch.errors import MisuseError
from yardwatch.model.catalogue import CATALOGUE
from yardwatch.model.line import Line
from yardwatch.model.railcar import CAR_TYPES
from yardwatch.model.site import frame_of
from yardwatch.simulate import (
    SITE_ORIGIN_M,
    Conditions,
    PlacedCar,
    Sensor,
    Sun,
    Thing,
    View,
    Weather,
    YardPlan,
    invented_site,
    place_consists,
    random_style,
    random_yard,
    render,
    truth_features,
)

QUIET = Conditions(Sun(180, 45), View(), Sensor(gsd_m=0.5, noise=0, haze=0))


def yard(seed: int = 3, **options) -> YardPlan:
    rng = np.random.default_rng(seed)
    plan = random_yard(rng, tracks=5, size_m=(120, 80), **options)
    return place_consists(rng, plan, occupancy=0.5)


def one_track(*cars: PlacedCar, things: tuple[Thing, ...] = ()) -> YardPlan:
    """A straight track from west to east through the middle of 100 × 60 m."""
    return YardPlan(
        "nowhere (invented)", (Line.through([-20, 120], [30, 30]),), ("only",), (0, 0, 100, 60),
        random_style(np.random.default_rng(1), tracks=1), cars=cars, things=things,
    )  # fmt: skip


def boxcar(start_m: float) -> PlacedCar:
    model = next(model for model in CATALOGUE if model.subtype == "boxcar")
    return PlacedCar(0, start_m, start_m + model.body_m, model, 5, 6)


def shot(plan: YardPlan, conditions: Conditions = QUIET, seed: int = 7, **options):
    return render(plan, rng=np.random.default_rng(seed), conditions=conditions, **options)


def changed(plan: YardPlan, conditions: Conditions = QUIET) -> np.ndarray:
    """Where the picture with cars differs from the one without."""
    with_cars = shot(plan, conditions, stamp=False).pixels.astype(int)
    without = shot(replace(plan, cars=()), conditions, stamp=False).pixels.astype(int)
    return np.abs(with_cars - without).max(axis=0) > 6


def test_the_same_seed_gives_the_same_scene_and_another_seed_another():
    """Plan, cars and pixels depend on the generators alone."""
    first, again, other = (
        hashlib.sha256(shot(yard(seed), Conditions()).pixels.tobytes()).hexdigest() for seed in (3, 3, 4)
    )
    assert first == again != other


def test_tiles_do_not_show():
    """Rendered in small tiles or in one piece, with lean, clouds and JPEG, the picture is the same but for rounding."""
    conditions = Conditions(
        Sun(100, 35), View(20, 60), Sensor(gsd_m=0.5, jpeg_quality=70, sharpen=0.5), Weather(0.2, 0.7, 0.2)
    )
    plan = yard(canopy=True)
    whole = shot(plan, conditions, tile_px=1024).pixels.astype(int)
    tiled = shot(plan, conditions, tile_px=64).pixels.astype(int)
    assert np.mean(whole != tiled) < 1e-3


def test_a_picture_has_the_size_type_and_bands_that_were_asked_for():
    """Bounds and GSD give the shape, bits the type."""
    sensor = Sensor(gsd_m=0.8, bands=("pan", "nir", "red"), bits=16)
    scene = shot(yard(), Conditions(sensor=sensor), bounds_m=(10, 20, 90, 60))
    assert scene.pixels.shape == (3, 50, 100)
    assert scene.pixels.dtype == np.uint16
    assert (scene.grid.height, scene.grid.width) == (50, 100)
    x, y = scene.grid.to_crs(0, 0)
    assert (x - SITE_ORIGIN_M[0], y - SITE_ORIGIN_M[1]) == pytest.approx((10, 60))


def test_roads_keep_clear_of_the_tracks():
    """In a yard by chance, tracks lie side by side at 4 to 13 m and no road runs between them."""
    for seed in range(12):
        plan = random_yard(np.random.default_rng(seed), tracks=8)
        first, last = plan.tracks[0], plan.tracks[-1]
        x, y = last.points(last.length_m / 2)
        assert abs(first.locate(x, y)[1][0]) < 7 * 13
        tracks = [shapely.LineString(line.vertices_m) for line in plan.tracks]
        for way in plan.ways:
            if way.kind == "asphalt":
                middle = shapely.Point(way.line.points(way.line.length_m / 2))
                assert min(track.distance(middle) for track in tracks) > 3


def test_cars_on_a_track_never_overlap_and_stay_on_it():
    """Between two bodies there is at least half a metre."""
    plan = yard(11)
    for index, line in enumerate(plan.tracks):
        cars = [car for car in plan.cars if car.track == index]
        assert all(after.start_m - before.end_m >= 0.5 for before, after in pairwise(cars))
        assert all(0 <= car.start_m < car.end_m <= line.length_m for car in cars)


def test_cars_on_different_tracks_never_meet():
    """Where tracks converge, at most one of them is occupied."""
    cars = shot(yard(12)).truth.cars
    bodies = [shapely.Polygon(car.footprint) for car in cars]
    tree = shapely.STRtree(bodies)
    first, second = tree.query(bodies, predicate="intersects")
    assert len(bodies) > 10
    assert np.all(first == second)


def test_pixels_change_exactly_where_the_truth_has_a_car():
    """Seen from straight above with the sun at the zenith, a car changes its footprint and the couplers beside it."""
    scene_conditions = replace(QUIET, sun=Sun(180, 90))
    plan = one_track(boxcar(50))
    difference = changed(plan, scene_conditions)
    scene = shot(plan, scene_conditions)
    (car,) = scene.truth.cars
    rows, columns = np.indices(difference.shape)
    x, y = scene.grid.to_crs(columns + 0.5, rows + 0.5)
    body = shapely.Polygon(car.footprint)
    inside = shapely.contains_xy(shapely.buffer(body, -0.5), x, y)
    beyond = ~shapely.contains_xy(shapely.buffer(body, 2.6), x, y)
    assert difference[inside].mean() > 0.9
    assert not difference[beyond].any()


@pytest.mark.parametrize(("azimuth", "row_sign", "column_sign"), [(180, -1, 0), (90, 0, -1), (0, 1, 0)])
def test_shadows_fall_away_from_the_sun(azimuth, row_sign, column_sign):
    """What a car darkens lies on the side that the sun does not stand on."""
    plan, conditions = one_track(boxcar(60)), replace(QUIET, sun=Sun(azimuth, 30))
    rows, columns = np.nonzero(changed(plan, conditions))
    (car,) = shot(plan, conditions).truth.cars
    x, y = np.array(car.footprint[:4]).mean(axis=0) - SITE_ORIGIN_M
    row_shift, column_shift = rows.mean() - (60 - y) / 0.5, columns.mean() - x / 0.5
    assert np.sign(row_shift) * row_sign == abs(row_sign)
    assert np.sign(column_shift) * column_sign == abs(column_sign)


def test_tops_lean_away_from_the_sensor():
    """Seen from the south, a roof is displaced to the north by its height times the tangent."""
    conditions = replace(QUIET, sun=Sun(180, 90), view=View(30, 180))
    plan = one_track(boxcar(60))
    rows, _ = np.nonzero(changed(plan, conditions))
    (car,) = shot(plan, conditions).truth.cars
    assert car.lean_m == pytest.approx((0, car.height_m * np.tan(np.radians(30))), abs=1e-9)
    assert rows.min() == pytest.approx((60 - 30 - car.width_m / 2 - car.lean_m[1]) / 0.5, abs=2)


def test_a_canopy_hides_the_cars_below_and_the_truth_says_where():
    """Under the roof nothing shows, and its stretch of track is listed as concealed."""
    roof = Thing("canopy", 50, 30, 0, 40, 12, 8, 3)
    plan = one_track(boxcar(62), things=(roof,))
    scene = shot(plan)
    (car,) = scene.truth.cars
    (hidden,) = scene.truth.concealed
    assert car.fraction_in_view == 1
    assert car.fraction_visible == 0
    assert (hidden.track, hidden.cause) == ("only", "roof")
    assert (hidden.start_m, hidden.end_m) == pytest.approx((50, 90), abs=1)
    assert not changed(plan, replace(QUIET, sun=Sun(180, 60))).any()


def test_cars_cut_by_the_edge_say_so():
    """A body that crosses the picture's edge is in view by its share."""
    length = boxcar(0).model.body_m
    scene = shot(one_track(boxcar(20 - length / 4)))
    (car,) = scene.truth.cars
    assert car.fraction_in_view == pytest.approx(0.75, abs=0.01)
    assert car.fraction_visible == car.fraction_in_view


def test_cars_under_cloud_are_in_view_but_not_visible():
    """A sky full of cloud leaves nothing to see, and the truth says which cause."""
    scene = shot(one_track(boxcar(60)), replace(QUIET, weather=Weather(cloud=1)))
    assert scene.truth.cars[0].fraction_visible < 0.1 < scene.truth.cars[0].fraction_in_view
    assert {stretch.cause for stretch in scene.truth.concealed} == {"cloud"}


def test_every_type_of_the_catalogue_can_be_rendered():
    """Each model changes the picture where it stands, and the truth names its type."""
    kinds = {}
    for model in CATALOGUE:
        car = PlacedCar(0, 40.0, 40 + model.body_m, model, 8, 9)
        plan = one_track(car)
        (true,) = shot(plan, bounds_m=(15, 20, 60, 40)).truth.cars
        kinds[true.type] = changed(replace(plan, bounds_m=(15, 20, 60, 40))).sum()
    assert {model.type for model in CATALOGUE} == set(kinds) <= set(CAR_TYPES)
    assert min(kinds.values()) > 40


def test_the_word_simulated_is_burned_in_outside_the_tracks():
    """The stamp changes the picture at its margin only, and never within five metres of a track."""
    plan = yard()
    stamped, plain = shot(plan), shot(plan, stamp=False)
    rows, columns = np.nonzero((stamped.pixels != plain.pixels).any(axis=0))
    height, width = stamped.pixels.shape[1:]
    assert len(rows) > 400
    assert np.all((rows < 9) | (rows >= height - 9) | (columns < 9) | (columns >= width - 9))
    tracks = shapely.union_all([shapely.LineString(line.vertices_m) for line in plan.tracks])
    points = shapely.points((columns + 0.5) * 0.5, 80 - (rows + 0.5) * 0.5)
    assert shapely.distance(points, tracks).min() > 5


def test_the_truth_is_written_as_the_real_scenes_have_it():
    """A feature collection that JSON can carry, with closed polygons and the share in view."""
    scene = shot(yard())
    document = json.loads(json.dumps(truth_features(scene.truth)))
    assert document["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::32626"
    assert len(document["features"]) == len(scene.truth.cars) > 0
    for feature in document["features"]:
        ring = feature["geometry"]["coordinates"][0]
        assert ring[0] == ring[-1]
        assert {"kind", "track", "type", "fraction_in_view"} <= feature["properties"].keys()


def test_chainages_on_the_site_are_those_of_the_truth():
    """Through the site's CRS and frame, a car's ends come back to within 5 cm."""
    plan = yard()
    site = invented_site(plan)
    scene = shot(plan)
    assert "invented" in site.name
    for car in scene.truth.cars:
        line = site.line(site.track(car.track))
        x, y = frame_of(site).to_local(*np.array(car.footprint[:4]).T)
        chainage, offset = line.locate(x, y)
        assert sorted([chainage[[0, 3]].mean(), chainage[[1, 2]].mean()]) == pytest.approx(
            [car.start_m, car.end_m], abs=0.05
        )
        assert abs(offset.mean()) < 0.4


def test_snow_brightens_and_wet_darkens_the_ground():
    """Weather shows."""
    plan = replace(yard(), cars=(), things=())
    dry, snowy, wet = (
        shot(plan, replace(QUIET, weather=weather), stamp=False).pixels.mean()
        for weather in (Weather(), Weather(snow=0.9), Weather(wet=0.9))
    )
    assert snowy > dry + 30
    assert wet < dry - 5


@pytest.mark.parametrize(
    "misuse",
    [
        lambda: Sensor(bands=("red", "ultraviolet")),
        lambda: Sensor(bits=12),
        lambda: Sun(elevation_deg=-3),
        lambda: Weather(snow=2),
        lambda: random_yard(np.random.default_rng(0), tracks=0),
        lambda: place_consists(np.random.default_rng(0), yard(), catalogue=[]),
        lambda: place_consists(np.random.default_rng(0), yard(), occupancy=1.5),
        lambda: shot(yard(), tile_px=100),
        lambda: shot(yard(), bounds_m=(0, 0, 0, 10)),
        lambda: shot(one_track(things=(Thing("castle", 50, 30, 0, 9, 9, 9, 0),))),
    ],
)
def test_misuse_is_refused_with_a_remedy(misuse):
    """What cannot be rendered is refused before anything is."""
    with pytest.raises(MisuseError, match="use"):
        misuse()
