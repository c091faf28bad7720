"""What every store must do with persons' decisions on railcars and networks, asked of each of them."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from yards import SITE, count, scene

import strategies
from yardwatch.errors import MisuseError, WorkspaceError
from yardwatch.model.correction import Act, Correction
from yardwatch.model.network import NetworkChoice
from yardwatch.model.railcar import Look
from yardwatch.workspace import MemoryStore, create_workspace, open_workspace

NOON = datetime(2025, 1, 2, 12, tzinfo=UTC)
CAR = replace(count(scene(1)).railcars[0], look=Look((0.5, -0.25, 0.125), (1.0, 2.0)))
ADDED = Correction("k1", "image-1", Act.ADD, "T1", None, replace(CAR, by="Ann Analyst"), "Ann Analyst", NOON)
DELETED = Correction("k2", "image-1", Act.DELETE, "T1", CAR, None, "Ann Analyst", NOON, note="a shed")
HIDDEN = Correction("k3", "image-1", Act.CONCEAL, "T1", None, None, "Ann Analyst", NOON, (10.0, 90.5))
CHECKED = Correction("k4", "image-1", Act.CHECK, "T1", None, None, "Ann Analyst", NOON)


@pytest.fixture(params=["geopackage", "memory"])
def store(request, tmp_path):
    """A store of the invented yard with one scene."""
    with MemoryStore(SITE) if request.param == "memory" else create_workspace(tmp_path, SITE) as made:
        made.add_scene(scene(1), "image.tif")
        yield made


def test_decisions_are_given_back_as_they_were_made(store):
    """With the cars before and after, their looks, and the stretch that cannot be seen; in the order in which kept."""
    store.correct([HIDDEN, ADDED])
    store.correct([DELETED, CHECKED])
    assert list(store.corrections()) == [HIDDEN, ADDED, DELETED, CHECKED]


@settings(max_examples=40, deadline=None)
@given(car=strategies.railcars)
def test_any_car_survives_being_decided_upon(car):
    """Whatever its names hold."""
    sound = replace(car, track="T1", end_m=car.start_m + 14)
    with MemoryStore(SITE) as kept:
        kept.add_scene(scene(1), "image.tif")
        kept.correct([replace(ADDED, after=sound)])
        assert kept.corrections()[0].after == sound


def test_any_car_survives_the_disk(tmp_path):
    """Quotes, newlines and other scripts in its names."""
    odd = replace(CAR, id='"\n😀', subtype="руда", by="Ännchen", zone=None)
    with create_workspace(tmp_path, SITE) as kept:
        kept.add_scene(scene(1), "image.tif")
        kept.correct([replace(ADDED, after=odd)])
    with open_workspace(tmp_path) as kept:
        assert kept.corrections()[0].after == odd


@pytest.mark.parametrize(
    ("flaw", "error", "match"),
    [
        ({"scene_id": "image-9"}, WorkspaceError, "image-9"),
        ({"by": " "}, MisuseError, "nobody is named"),
        ({"decided_at": datetime(2025, 1, 2)}, MisuseError, "no zone"),  # noqa: DTZ001 - that is the flaw
        ({"track": "T9"}, MisuseError, 'no track "T9"'),
        ({"after": None}, MisuseError, "no such cars"),
        ({"after": replace(CAR, track="T9")}, MisuseError, "stands on track 'T9'"),
        ({"after": replace(CAR, end_m=CAR.start_m)}, MisuseError, "is no car"),
        ({"after": replace(CAR, start_m=float("nan"))}, MisuseError, "kept exactly"),
        ({"after": replace(CAR, type="dragon")}, MisuseError, "no type of car"),
        ({"stretch_m": (1.0, 2.0)}, MisuseError, "stretch belongs"),
        ({"id": "k2"}, MisuseError, "with this id"),
    ],
)
def test_an_unsound_decision_is_refused_with_all_that_came_with_it(store, flaw, error, match):
    """Nothing of the batch is kept."""
    with pytest.raises(error, match=match):
        store.correct([DELETED, replace(ADDED, **flaw)])
    assert list(store.corrections()) == []


def test_a_stretch_has_a_lower_end_before_the_upper_one(store):
    """Else nobody knows which part of the track is meant."""
    with pytest.raises(MisuseError, match="no stretch"):
        store.correct([replace(HIDDEN, stretch_m=(90.0, 10.0))])


def test_counting_again_leaves_decisions_alone(store):
    """The machine's word and the person's are kept beside each other."""
    store.save_count(count(scene(1)), "count/1", [])
    store.correct([ADDED])
    store.save_count(count(scene(1), 5), "count/1", [])
    assert list(store.corrections()) == [ADDED]


def test_what_a_car_looks_like_is_kept_with_the_count(store):
    """And None where nobody measured."""
    counted = count(scene(1))
    cars = (CAR, *counted.railcars[1:])
    store.save_count(replace(counted, railcars=cars), "count/1", [])
    assert store.counts()[0].railcars == cars


def test_choices_of_a_network_are_kept_in_order(store):
    """The shipped one can be chosen again."""
    tuned = NetworkChoice("ab" * 32, "tuned/abababab", "Ann Analyst", NOON, {"f1 held out": 0.9})
    shipped = NetworkChoice(None, "ribbons/1", "Ann Analyst", NOON, {})
    store.choose_network(tuned)
    store.choose_network(shipped)
    assert list(store.network_choices()) == [tuned, shipped]
    with pytest.raises(MisuseError, match="nobody is named"):
        store.choose_network(replace(tuned, by=""))


def test_a_damaged_decision_is_named_with_its_row(tmp_path):
    """And not passed over."""
    with create_workspace(tmp_path, SITE) as kept:
        kept.add_scene(scene(1), "image.tif")
        kept.correct([ADDED])
        path = kept.path
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE corrections SET after = '{\"id\": 7}'")
        database.commit()
    with open_workspace(tmp_path) as kept, pytest.raises(WorkspaceError, match="corrections, row 1"):
        kept.corrections()
