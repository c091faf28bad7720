"""What a machine counted and what a person saw are the same kind of thing."""

import dataclasses

import pytest

from yardwatch.errors import DateError, InputError, MisuseError
from yardwatch.model.quantity import Qualifier
from yardwatch.pipeline import MACHINE, UNKNOWN_PERSON, Seen, observations_of, observe_in, tally_rows
from yardwatch.workspace import MemoryStore


@pytest.fixture
def store(site, scene):
    kept = MemoryStore(site)
    kept.add_scene(scene, "/somewhere/one.tif")
    return kept


def test_each_tally_becomes_one_observation_of_railcars_and_one_for_each_type(count, noon):
    """With its metres, its scene and its date."""
    seen = observations_of(count, step="count/1", recorded_at=noon)
    assert [(o.zone, o.klass) for o in seen] == [
        ("Yard", "railcar"),
        ("Yard", "railcar:tank"),
        ("Yard", "railcar:covered"),
        (None, "railcar"),
        (None, "railcar:tank"),
    ]
    assert {o.by for o in seen} == {MACHINE}
    assert {o.scene_id for o in seen} == {count.scene.id}
    assert {o.when for o in seen} == {count.scene.acquired}
    assert {o.hidden_m for o in seen} == {30.0}


def test_a_type_is_not_surer_than_its_bounds(count, noon):
    """Two railcars exactly, of which one or two are tank cars."""
    seen = observations_of(count, step="count/1", recorded_at=noon)
    assert seen[0].quantity.qualifier is Qualifier.EXACT
    assert (seen[1].quantity.low, seen[1].quantity.high) == (1, 2)
    assert seen[1].quantity.qualifier is Qualifier.ABOUT


def test_counting_again_replaces_and_keeps_what_a_person_saw(store, count, noon):
    """Ids follow from scene, zone and class; another step has others."""
    seen = observations_of(count, step="count/1", recorded_at=noon)
    assert len({o.id for o in seen}) == len(seen)
    assert not {o.id for o in seen} & {o.id for o in observations_of(count, step="count/2", recorded_at=noon)}
    observe_in(store, Seen("Yard", "container", "at least 7", date="2024-12"))
    for _ in range(2):
        store.save_count(count, "count/1", seen)
    assert len(store.observations()) == len(seen) + 1


def test_a_person_names_a_zone_by_any_of_its_names(store):
    """What is kept is the name of the site file."""
    kept = observe_in(store, Seen("the OLD yard", "spare  bogies", "at least 7", date="2024-12-03", by="A. Analyst"))
    assert (kept.observation.zone, kept.observation.klass) == ("Yard", "spare bogies")
    assert str(kept.observation.quantity) == "at least 7"
    assert kept.observation.by == "A. Analyst"
    assert store.observations() == [kept.observation] or store.observations() == (kept.observation,)


def test_having_looked_and_seen_nothing_is_an_observation(store):
    """Zero is not unknown."""
    kept = observe_in(store, Seen("Yard", "container", "none", scene_id="one-5e5e5e5e"))
    assert (kept.observation.quantity.value, kept.observation.quantity.high) == (0, 0)
    assert kept.observation.when.text == "2024-12-03T02:15:00Z"
    assert kept.observation.by == UNKNOWN_PERSON


def test_an_observation_of_an_undated_scene_says_so(site, scene):
    """It is kept, with a notice."""
    store = MemoryStore(site)
    store.add_scene(dataclasses.replace(scene, acquired=None), "/somewhere/one.tif")
    kept = observe_in(store, Seen("Yard", "container", "3", scene_id=scene.id))
    assert kept.observation.when is None
    assert [notice.code for notice in kept.notices] == ["scene_undated"]


@pytest.mark.parametrize(
    ("said", "error", "remedy"),
    [
        ({"zone": "Port"}, MisuseError, "its zones and places are: Yard"),
        ({"klass": " "}, MisuseError, "say what was seen"),
        ({"count": "a few"}, InputError, "whole number"),
        ({"date": None}, MisuseError, "give --date"),
        ({"date": "yesterday"}, DateError, "EDTF"),
        ({"date": "2024-12-03T02:15"}, DateError, "without a zone"),
        ({"scene_id": "two"}, MisuseError, "one-5e5e5e5e"),
    ],
)
def test_what_is_not_understood_is_not_kept(store, said, error, remedy):
    """The message says what would be."""
    words = {"zone": "Yard", "klass": "container", "count": "3", "date": "2024-12-03"} | said
    with pytest.raises(error, match=remedy):
        observe_in(store, Seen(**words))
    assert not store.observations()


def test_what_could_not_be_seen_is_not_shown_as_zero(count):
    """Nor is a count with hidden track shown as a whole one."""
    _, rows = tally_rows(count)
    assert [row[:3] for row in rows] == [("Yard", "2", "2–2"), ("all", "3", "2–4")]
    hidden = dataclasses.replace(count.total, value=0, low=0, high=0, visible_m=0.0, hidden_m=180.0)
    partly = dataclasses.replace(count.total, zone="Yard", qualifier=Qualifier.AT_LEAST)
    _, rows = tally_rows(dataclasses.replace(count, tallies=(partly, hidden)))
    assert [row[:3] for row in rows] == [("Yard", "≥ 3", "2–4"), ("all", "not seen", "")]
