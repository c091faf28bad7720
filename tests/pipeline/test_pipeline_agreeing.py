"""Decisions taken back, and a second person's agreement."""

import pytest

from yardwatch.errors import MisuseError
from yardwatch.model.correction import Act
from yardwatch.pipeline.agreeing import sign_off_in, take_back_in
from yardwatch.pipeline.checked import count_in
from yardwatch.pipeline.correcting import Decision, decide_in
from yardwatch.pipeline.desk_ribbons import ribbons_of
from yardwatch.pipeline.seeing import observations_of
from yardwatch.workspace import MemoryStore

STEP = "count/1"
DELETED = Decision(act=Act.DELETE, railcar="r3")
CHECKED = Decision(act=Act.CHECK, track="T1")


@pytest.fixture
def store(site, count, noon):
    """A store with the count."""
    made = MemoryStore(site)
    made.add_scene(count.scene, "one.tif")
    made.save_count(count, STEP, observations_of(count, step=STEP, recorded_at=noon))
    return made


def test_what_is_taken_back_was_never_decided_but_stays_on_record(store, count):
    """The count is the machine's, the observations that followed are gone, both decisions are kept."""
    decide_in(store, count.scene.id, [DELETED], by="Ann")
    assert any(one.by.endswith("Ann") for one in store.observations())
    done = take_back_in(store, count.scene.id, by="Ann")
    assert done.count == count
    assert [one.act for one in store.corrections()] == [Act.DELETE, Act.UNDO]
    assert {one.by for one in store.observations()} == {"machine"}


def test_decisions_made_together_are_taken_back_together(store, count):
    """A split is a change and a new car; each time the last that stands goes."""
    split = [
        Decision(act=Act.CHANGE, railcar="r1", end_m=25.9),
        Decision(act=Act.ADD, track="T1", start_m=27, end_m=32.8),
    ]
    decide_in(store, count.scene.id, [DELETED], by="Ann")
    decide_in(store, count.scene.id, split, by="Ann")
    assert len(take_back_in(store, count.scene.id, by="Ann").count.railcars) == 2
    assert take_back_in(store, count.scene.id, by="Ann").count == count
    with pytest.raises(MisuseError, match="nothing to take back"):
        take_back_in(store, count.scene.id, by="Ann")


def test_nobody_takes_back_the_decision_of_another(store, count):
    """Nor one on which another has built."""
    decide_in(store, count.scene.id, [Decision(act=Act.ACCEPT, railcar="r1")], by="Ann")
    with pytest.raises(MisuseError, match="Bob has no decision"):
        take_back_in(store, count.scene.id, by="Bob")
    decide_in(store, count.scene.id, [Decision(act=Act.CHANGE, railcar="r1", type="covered")], by="Bob")
    with pytest.raises(MisuseError, match="again since"):
        take_back_in(store, count.scene.id, by="Ann")


def test_a_second_person_signs_off_what_another_checked(store, count):
    """Not before it is checked, not whoever checked it, not nobody; any later decision ends it."""
    with pytest.raises(MisuseError, match="not checked"):
        sign_off_in(store, count.scene.id, by="Bob")
    decide_in(store, count.scene.id, [CHECKED], by="Ann")
    for person in ("Ann", " ann "):
        with pytest.raises(MisuseError, match="second person"):
            sign_off_in(store, count.scene.id, by=person)
    with pytest.raises(MisuseError, match="by whom"):
        sign_off_in(store, count.scene.id)
    signed = sign_off_in(store, count.scene.id, by="Bob").count
    assert [track.signed_by for track in signed.tracks] == ["Bob"]
    assert signed.total.by == "Ann"
    with pytest.raises(MisuseError, match="again since"):
        take_back_in(store, count.scene.id, by="Ann")
    decide_in(store, count.scene.id, [DELETED], by="Cy")
    assert [track.signed_by for track in count_in(store, count.scene.id).tracks] == [None]


def test_what_followed_from_many_decisions_is_kept_once(store, count):
    """Else each key pressed would leave a row for each zone and type."""
    before = len(store.observations())
    for number in (1, 2, 3):
        decide_in(store, count.scene.id, [Decision(act=Act.ACCEPT, railcar=f"r{number}")], by="Ann")
    persons = [one for one in store.observations() if one.by != "machine"]
    assert len(persons) == len({(one.zone, one.klass) for one in persons})
    assert len(store.observations()) == before + len(persons)


def test_each_car_says_what_the_machine_said(store, count):
    """Beside what stands: accepted, changed, added; and those that are gone."""
    decisions = [
        Decision(act=Act.ACCEPT, railcar="r1"),
        Decision(act=Act.CHANGE, railcar="r2", type="covered"),
        DELETED,
        Decision(act=Act.ADD, track="T1", start_m=60, end_m=73, type="flat"),
    ]
    decide_in(store, count.scene.id, decisions, by="Ann")
    cars = ribbons_of(store, count.scene.id).cars_of()
    assert [car["state"] for car in cars] == ["accepted", "changed", "added", "deleted"]
    assert [car["machine"] and car["machine"]["type"] for car in cars] == ["tank", "tank", None, "tank"]
    assert {car["by"] for car in cars} == {"Ann"}


def test_an_unsure_car_is_one_that_nobody_vouched_for(store, count):
    """Its type may be another: seven tenths are enough here, so none is; six tenths of a car are not."""
    ribbons = ribbons_of(store, count.scene.id)
    assert [car["unsure"] for car in ribbons.cars_of()] == [False, False, False]
    facts = ribbons.track_facts(ribbons.count.tracks[0])
    assert (facts["cars"], facts["reviewed"], facts["unsure"]) == (3, 0, 0)
    assert facts["occupied"] == [[8.0, 124.8]]
    assert ribbons_of(store, "nowhere") is None
