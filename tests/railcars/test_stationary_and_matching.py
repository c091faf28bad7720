"""Cars that did not move as far as one can see, and trains that are met again."""

from dataclasses import replace

import numpy as np
import pytest

from yardwatch.errors import MisuseError
from yardwatch.model.dates import parse_when
from yardwatch.model.grid import Grid
from yardwatch.model.provenance import Provenance
from yardwatch.model.railcar import Count, Look, Railcar, TrackCoverage
from yardwatch.model.ribbon import Ribbon, RibbonSpec
from yardwatch.model.scene import Scene
from yardwatch.railcars.look import look_difference, with_looks
from yardwatch.railcars.matching import match_trains
from yardwatch.railcars.stationary import unmoved

RING = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0))


def car(name, start_m, length_m=13.0, *, track="T1", kind="unknown", colour=None):
    look = None if colour is None else Look((colour, colour, colour), (colour,) * 8)
    return Railcar(
        name, track, start_m, start_m + length_m, 0.0, 3.0, kind, None, {kind: 1.0}, 0.9, None, RING, look=look
    )


def count(date, cars, *, tracks=("T1",), hidden=(), gsd_m=0.5):
    grid = Grid("EPSG:32652", (gsd_m, 0, 0, 0, -gsd_m, 0), 100, 100)
    scene = Scene(date, f"{date}.tif", "5e" * 32, grid, gsd_m, 3, "uint8", acquired=parse_when(date))
    covered = tuple(TrackCoverage(name, 900.0, 900.0, 0.0, 0.0, 0.0, hidden) for name in tracks)
    return Count(scene, tuple(cars), (), covered, (), Provenance("0", "m", {}, {}))


def stays(*counts):
    return [[stand.railcar.id for stand in stay.stands] for stay in unmoved(counts)]


def string(rng, number, prefix="a", lengths=(11.0, 13.0, 15.0, 18.0, 24.0)):
    ends, cars = 10.0, []
    for index in range(number):
        length_m = float(rng.choice(lengths))
        cars.append(car(f"{prefix}{index}", ends, length_m, colour=float(rng.normal(0, 1.2))))
        ends += length_m + 1.1
    return cars


def seen_again(rng, cars, *, light=0.0):
    """The same cars elsewhere, measured anew under other light."""
    moved, at_m = [], 200.0
    for one in cars:
        length_m = one.end_m - one.start_m + rng.normal(0, 0.4)
        colour = None if one.look is None else one.look.colour[0] + light + rng.normal(0, 0.4)
        moved.append(car(f"b{one.id}", at_m, length_m, colour=colour))
        at_m += length_m + 1.1
    return moved


def test_a_car_in_its_old_place_is_indistinguishable_from_unmoved():
    """Over three scenes it is one chain; a car that came later has its own, one that left has none."""
    first = count("2024-01-01", [car("a", 20), car("gone", 60)])
    second = count("2024-02-01", [car("b", 20.4), car("new", 100)])
    third = count("2024-03-01", [car("c", 19.8), car("still", 100.3)])
    assert stays(first, second, third) == [["a", "b", "c"], ["new", "still"]]


@pytest.mark.parametrize(
    "other",
    [car("b", 23.5), car("b", 20, 16.0), car("b", 20, track="T2"), car("b", 20, kind="flat")],
    ids=["moved", "longer", "another track", "another type"],
)
def test_a_car_that_differs_is_not_the_same(other):
    """By place, length, track or type."""
    assert stays(count("2024-01-01", [car("a", 20, kind="tank")]), count("2024-02-01", [other])) == []


def test_an_unsure_type_contradicts_nothing():
    """What the image does not carry is no difference."""
    assert stays(count("2024-01-01", [car("a", 20, kind="tank")]), count("2024-02-01", [car("b", 20)])) == [["a", "b"]]


def test_a_shift_that_all_cars_share_is_the_images_not_theirs():
    """Registration leaves up to two metres along a track; more than that, they moved."""
    before = [car(f"a{n}", 20 + start) for n, start in enumerate((0, 14.1, 28.3, 60, 75))]
    near = [car(f"b{n}", one.start_m + 1.8) for n, one in enumerate(before)]
    far = [car(f"b{n}", one.start_m + 5.0) for n, one in enumerate(before)]
    assert len(stays(count("2024-01-01", before), count("2024-02-01", near))) == 5
    assert stays(count("2024-01-01", before), count("2024-02-01", far)) == []


def test_a_hidden_place_is_passed_over_and_an_empty_one_is_not():
    """Under cloud nobody knows; on a bare track one does."""
    first, third = count("2024-01-01", [car("a", 20)]), count("2024-03-01", [car("c", 20)])
    clouded = count("2024-02-01", [], hidden=((0.0, 100.0),))
    outside = count("2024-02-01", [], tracks=("T2",))
    assert stays(first, clouded, third) == [["a", "c"]]
    assert stays(first, outside, third) == [["a", "c"]]
    assert stays(first, count("2024-02-01", []), third) == []


def test_a_car_of_another_colour_is_another_car():
    """Once it is known how the light changed: here all are brighter by one, and one is darker by three."""
    before = [car(f"a{n}", 20 + 15.0 * n, colour=0.0) for n in range(6)]
    after = [car(f"b{n}", one.start_m, colour=1.0) for n, one in enumerate(before)]
    after[3] = replace(after[3], look=Look((-3.0,) * 3, (-3.0,) * 8))
    assert [one[0] for one in stays(count("2024-01-01", before), count("2024-02-01", after))] == [
        "a0",
        "a1",
        "a2",
        "a4",
        "a5",
    ]


def test_what_would_match_by_chance_is_told():
    """In a block train of equal cars a fifth would fit anywhere; a lone coach fits nowhere else."""
    block = [car(f"a{n}", 20 + 14.1 * n) for n in range(20)]
    both = [*block, car("coach", 700, 24.0, track="T2")]
    found = unmoved([count(date, both, tracks=("T1", "T2")) for date in ("2024-01-01", "2024-02-01")])
    assert 0.1 < found[0].by_chance < 0.3
    assert found[-1].by_chance == 0


def test_a_coarse_scene_takes_no_part():
    """At 1.5 m no car was told apart."""
    coarse = count("2024-02-01", [], gsd_m=1.5)
    assert stays(count("2024-01-01", [car("a", 20)]), coarse, count("2024-03-01", [car("c", 20)])) == [["a", "c"]]


def test_a_look_is_measured_on_the_body_and_on_the_scale_of_the_scene():
    """A bright car on darker ballast; twice the exposure changes nothing, a car without data has no look."""
    spec = RibbonSpec()
    chainages = 0.25 * (np.arange(400) + 0.5)
    pixels = np.random.default_rng(1).normal(100, 10, (3, len(spec.offsets_m), 400)).astype(np.float32)
    pixels[:, 14:27, 80:132] = np.array([200, 150, 100], np.float32)[:, None, None]
    pixels[:, :, 300:] = np.nan
    cars = [car("a", 20), car("b", 80)]
    one, none = with_looks(cars, [Ribbon("T1", chainages, spec.offsets_m, pixels)])
    bright, _ = with_looks(cars, [Ribbon("T1", chainages, spec.offsets_m, 2 * pixels)])
    assert none.look is None
    assert one.look.colour[0] > one.look.colour[1] > one.look.colour[2]
    assert len(one.look.profile) == 8
    assert look_difference(one.look, bright.look) == pytest.approx(0, abs=0.01)
    assert with_looks(cars, []) == tuple(cars)


def test_the_same_train_is_met_again():
    """Measured anew, under other light, with one car missed; also the other way round."""
    rng = np.random.default_rng(4)
    train = string(rng, 22)
    again = seen_again(rng, train, light=0.7)
    del again[9]
    found = match_trains(train, again, rng=rng, permutations=199)
    assert (found.p, found.reversed) == (0.005, False)
    right = sum(again[second].id == f"b{train[first].id}" for first, second in found.pairs)
    assert right >= 19
    turned = match_trains(train, again[::-1], rng=rng, permutations=199)
    assert (turned.p, turned.reversed) == (0.005, True)
    assert sum(again[::-1][second].id == f"b{train[first].id}" for first, second in turned.pairs) == right


def test_other_trains_match_no_oftener_than_said():
    """Of 60 pairs of unlike trains at most six have p of 0.05 and less."""
    rng = np.random.default_rng(5)
    found = [match_trains(string(rng, 12), string(rng, 14, "b"), rng=rng, permutations=99).p for _ in range(60)]
    assert sum(p <= 0.05 for p in found) <= 6


def test_a_block_train_of_equal_cars_matches_nothing():
    """Its order says nothing, so no other block train is it."""
    rng = np.random.default_rng(6)
    block = [car(f"a{n}", 20 + 14.1 * n, 13 + rng.normal(0, 0.2)) for n in range(20)]
    assert match_trains(block, seen_again(rng, block), rng=rng, permutations=99).p > 0.05


def test_trains_of_the_same_blocks_are_not_the_same_train():
    """A locomotive, ten tanks and five flats: such trains there are many."""
    rng = np.random.default_rng(7)
    made = [17.5] + 10 * [11.0] + 5 * [14.6]
    trains = [
        [car(f"{n}", 20 + 20.0 * n, length + rng.normal(0, 0.3)) for n, length in enumerate(made)] for _ in range(2)
    ]
    assert match_trains(*trains, rng=rng, permutations=99).p > 0.05


def test_short_strings_are_not_matched():
    """Five cars in order prove nothing."""
    rng = np.random.default_rng(8)
    with pytest.raises(MisuseError, match="6 cars or more"):
        match_trains(string(rng, 5), string(rng, 9), rng=rng)
