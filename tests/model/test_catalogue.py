"""What must hold of the railcar catalogue."""

import pytest

from yardwatch.errors import MisuseError
from yardwatch.model.catalogue import CATALOGUE, RAILWAYS, UNSOURCED, CarModel, models
from yardwatch.model.railcar import CAR_TYPES

COMMON_TYPES = ("open_top", "covered", "tank", "flat", "container", "passenger", "locomotive")

each_car = pytest.mark.parametrize("car", CATALOGUE, ids=lambda car: f"{car.railway}-{car.name}")


@each_car
def test_a_car_is_shorter_than_the_pitch_of_a_string_of_it(car):
    """Between two coupled bodies there is a gap that one sees: 0.3 m for coaches with gangways, up to 2 m else."""
    gap_m = car.over_couplers_m - car.body_m
    assert 0.25 <= gap_m <= 2.0


@each_car
def test_a_car_has_the_size_of_a_railcar(car):
    """Nothing is off by a unit or by a slip of the comma."""
    assert 8 <= car.over_couplers_m <= 30
    assert 2.5 <= car.width_m <= 3.5
    assert (0.9 if car.type == "flat" else 2.5) <= car.height_m <= 5.5


@each_car
def test_a_car_says_where_its_figures_come_from(car):
    """An entry without a source may not get in; what the source does not state is named."""
    assert len(car.source) > 10
    assert set(car.assumed) <= set(CarModel.__slots__)


@each_car
def test_a_car_has_a_type_and_a_railway_that_the_rest_of_the_program_knows(car):
    """Types are those of the contract; a mixture is no railway of its own."""
    assert car.type in CAR_TYPES
    assert car.railway in RAILWAYS
    assert car.railway != "dprk"


def test_names_are_unique_on_a_railway():
    """A name that occurred twice could not be looked up."""
    names = [(car.railway, car.name) for car in CATALOGUE]
    assert len(names) == len(set(names))


def test_over_thirty_cars_have_a_published_source():
    """The few without one are marked and stay few."""
    unsourced = [car for car in CATALOGUE if car.source == UNSOURCED]
    assert len(CATALOGUE) - len(unsourced) > 30
    assert len(unsourced) <= 4


@pytest.mark.parametrize("wanted", COMMON_TYPES)
def test_the_russian_railway_has_every_common_type(wanted):
    """The first case stands on Russian cars."""
    assert models(type=wanted, railway="russian")


def test_models_narrows_by_type_and_by_railway():
    """Either, both or neither may be given."""
    assert models() == CATALOGUE
    assert {car.type for car in models(type="tank")} == {"tank"}
    assert {car.railway for car in models(railway="european")} == {"european"}
    assert set(models(type="tank", railway="european")) == set(models(type="tank")) & set(models(railway="european"))


def test_north_korea_is_the_russian_and_the_chinese_cars_together():
    """No source was found for its own cars, so nothing else is claimed."""
    assert set(models(railway="dprk")) == set(models(railway="russian")) | set(models(railway="chinese"))


def test_an_unknown_railway_is_refused_by_name():
    """A slip must not silently give no cars."""
    with pytest.raises(MisuseError, match=r"'martian'.*russian"):
        models(railway="martian")
