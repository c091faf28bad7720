"""Each car is looked at once more to tell its type, and nothing else about it changes."""

from dataclasses import replace

import numpy as np
import pytest

from made_evidence import STEP_M, evidence
from yardwatch.model.ribbon import Ribbon
from yardwatch.railcars.evidence import TYPES, ribbon_input, scene_tone
from yardwatch.railcars.reading import read_tracks
from yardwatch.railcars.telling import picture_input, picture_of, retold, shipped_type_network
from yardwatch.simulate import Conditions, Sensor, Sun, View, random_ribbon

OPEN_TOP, TANK = TYPES.index("open_top"), TYPES.index("tank")


class Sure:
    """Says the same of every picture and remembers how many it saw."""

    name = "sure/1"

    def __init__(self, probabilities):
        self.probabilities, self.seen = np.asarray(probabilities, float), 0

    def tell(self, pictures):
        self.seen += len(pictures)
        return np.repeat(self.probabilities[None], len(pictures), axis=0)


def told(network, cars=((100, 155), (160, 215), (400, 480)), *, columns_tell=True):
    rng = np.random.default_rng(4)
    chainages = STEP_M * np.arange(800, dtype=float)
    ribbon = Ribbon("t", chainages, STEP_M * np.arange(27, -28, -1, dtype=float), rng.random((3, 55, 800), np.float32))
    seen = evidence(800, list(cars))
    if not columns_tell:
        seen = replace(seen, types=np.full((8, 800), np.log(1 / 8)))
    [reading] = read_tracks([seen], step_m=STEP_M)
    [after] = retold(network, [reading], [ribbon], gsd_m=0.3, tone=scene_tone([ribbon]))
    return reading, after


def test_a_look_that_knows_nothing_changes_no_type():
    """The likeliest type stays, less surely."""
    before, after = told(Sure(np.full(8, 1 / 8)))
    for car, again in zip(before.cars, after.cars, strict=True):
        assert np.argmax(again.type_probabilities) == np.argmax(car.type_probabilities)
        assert again.type_probabilities.sum() == pytest.approx(1)


def test_a_look_that_is_surer_than_the_columns_decides():
    """What the columns leave open is settled by the look."""
    only_tank = np.full(8, 1e-9)
    only_tank[TANK] = 1
    network = Sure(only_tank)
    before, after = told(network, columns_tell=False)
    assert network.seen == len(before.cars) == 3
    assert max(car.type_probabilities.max() for car in before.cars) < 0.9
    assert all(np.argmax(car.type_probabilities) == TANK for car in after.cars)


def test_only_types_change():
    """Places, confidence and all else of a reading stay."""
    before, after = told(Sure(np.eye(8)[TANK]))
    same = replace(after, cars=before.cars)
    assert (same.cars, same.parts) == (before.cars, before.parts)
    for car, again in zip(before.cars, after.cars, strict=True):
        assert (car.start, car.end, car.confidence, car.offset_m) == (
            again.start,
            again.end,
            again.confidence,
            again.offset_m,
        )


def test_a_track_without_cars_is_not_looked_at():
    network = Sure(np.full(8, 1 / 8))
    before, after = told(network, cars=())
    assert network.seen == 0
    assert after.cars == before.cars == ()


def test_a_picture_has_the_car_in_its_middle_and_nought_beyond_the_ribbon():
    shown = np.ones((7, 41, 200), np.float32)
    shown[:, 20, 50] = 5
    picture = picture_of(shown, start=40, end=60, row=20.2)
    assert picture.shape == (4, 33, 112)
    assert (picture[:, 16, 56] == 5).all()
    assert (picture[:, :, :6] == 0).all()
    assert (picture[:, :, 6:] >= 1).all()
    assert not picture_of(shown, start=40, end=60, row=900.0).any()


def test_the_direction_in_which_a_track_is_drawn_does_not_matter():
    rng = np.random.default_rng(2)
    picture = rng.random((4, 33, 113), np.float32)
    ahead, back = (picture_input(one, gsd_m=0.3, body=(-28, 29)) for one in (picture, picture[:, ::-1, ::-1]))
    assert np.array_equal(ahead, back)


def test_the_shipped_network_tells_types_on_ribbons_it_has_not_seen():
    """Three quarters of the cars of invented, well-lit tracks, each looked at where it stands."""
    right = []
    for seed in range(5):
        made = random_ribbon(
            np.random.default_rng((77, seed)),
            length_m=150,
            occupancy=0.9,
            conditions=Conditions(Sun(160, 45), View(), Sensor(gsd_m=0.3)),
            marked="",
        )
        shown, _ = ribbon_input(made.ribbon, gsd_m=0.3, tone=scene_tone([made.ribbon]))
        for car in made.cars:
            start, end = np.searchsorted(made.ribbon.chainages_m, [car.start_m, car.end_m])
            middle = (start + end) // 2
            picture = picture_of(
                shown, start=start, end=end, row=len(made.ribbon.offsets_m) // 2 - car.offset_m / STEP_M
            )
            seen = picture_input(picture, gsd_m=0.3, body=(start - middle, end - middle))
            [chances] = shipped_type_network().tell(seen[None])
            right.append(TYPES[int(np.argmax(chances))] == car.type)
    assert len(right) > 25
    assert np.mean(right) >= 0.75
