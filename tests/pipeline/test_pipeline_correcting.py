"""A person's word on railcars in a store, and the series that follow from it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from yardwatch.errors import MisuseError
from yardwatch.model.correction import Act
from yardwatch.model.railcar import TrackCoverage
from yardwatch.pipeline.checked import counts_in, keep_checked, tracks_in
from yardwatch.pipeline.correcting import Decision, decide_in
from yardwatch.pipeline.seeing import observations_of
from yardwatch.pipeline.trending import Asked, trend_in
from yardwatch.workspace import MemoryStore

STEP = "count/1"


@pytest.fixture
def store(site, count, noon):
    """A store with the count, each car of which stands on the track T1."""
    made = MemoryStore(site)
    made.add_scene(count.scene, "one.tif")
    made.save_count(count, STEP, observations_of(count, step=STEP, recorded_at=noon))
    return made


def railcars_of(store, zone):
    """The number that the series of a zone holds."""
    (series,) = [one.series for one in trend_in(store, Asked(klass="railcar")).followed if one.series.extent == zone]
    (point,) = series.points
    return point.value, point.low, point.high


def test_a_decision_is_kept_beside_what_the_machine_said(store, count):
    """Who, when, why, both versions; the machine's count stays as it was."""
    done = decide_in(store, count.scene.id, [Decision(act=Act.DELETE, railcar="r3")], by=" Ann  Analyst ", note="shed")
    (kept,) = store.corrections()
    assert (kept.act, kept.before, kept.after) == (Act.DELETE, count.railcars[2], None)
    assert (kept.by, kept.note) == ("Ann Analyst", "shed")
    assert list(store.counts()) == [count]
    assert [car.id for car in done.count.railcars] == ["r1", "r2"]


def test_decisions_of_one_batch_build_on_each_other(store, count):
    """A car that was changed can be accepted; one that was deleted is gone for the next."""
    first = Decision(act=Act.CHANGE, railcar="r1", type="covered", end_m=34.0)
    done = decide_in(store, count.scene.id, [first, Decision(act=Act.ACCEPT, railcar="r1")], by="Ann")
    car = done.count.railcars[0]
    assert (car.type, car.end_m, car.type_probabilities, car.confidence, car.by) == (
        "covered", 34.0, {"covered": 1.0}, 1.0, "Ann",
    )  # fmt: skip
    assert len(store.corrections()) == 1
    with pytest.raises(MisuseError, match='no railcar "r2"'):
        decide_in(store, count.scene.id, 2 * [Decision(act=Act.DELETE, railcar="r2")])
    assert len(store.corrections()) == 1


def test_an_added_car_has_its_zone_and_its_outline(store, count):
    """As if the machine had found it."""
    added = Decision(act=Act.ADD, track="T1", start_m=60, end_m=73, type="tank", subtype="oil")
    done = decide_in(store, count.scene.id, [added], by="Ann")
    car = next(one for one in done.count.railcars if one.by)
    assert (car.zone, car.type, car.subtype, car.width_m) == ("Yard", "tank", "oil", 3.0)
    assert len(car.footprint) >= 5
    assert car.footprint[0] == car.footprint[-1]


def test_a_checked_zone_gives_the_series_the_persons_number(store, count):
    """The machine said 3, 2 to 4; of the whole site there are now exactly two cars, by Ann."""
    assert railcars_of(store, None) == (3, 2, 4)
    decisions = [Decision(act=Act.DELETE, railcar="r3"), Decision(act=Act.CHECK, track="T1")]
    done = decide_in(store, count.scene.id, decisions, by="Ann")
    assert done.count.total.by == "Ann"
    assert {one.by for one in done.observations} == {"Ann"}
    assert railcars_of(store, None) == (2, 2, 2)
    assert all(car.by == "Ann" for car in counts_in(store)[0].railcars)


def test_what_was_partly_checked_says_so(site, count, noon):
    """The person's name stands beside the machine."""
    half = replace(count, tracks=(*count.tracks, TrackCoverage("T2", 390.0, 390.0, 0.0, 0.0, 0.0)))
    store = MemoryStore(site)
    store.add_scene(count.scene, "one.tif")
    store.save_count(half, STEP, observations_of(half, step=STEP, recorded_at=noon))
    done = decide_in(store, count.scene.id, [Decision(act=Act.CHECK, track="T1")], by="Ann")
    assert {one.by for one in done.observations} == {"machine, corrected by Ann"}


def test_counting_again_does_not_undo_the_person(store, count):
    """A later count finds one car more and is recorded later; the series keeps the person's number."""
    decide_in(store, count.scene.id, [Decision(act=Act.CHECK, track="T1")], by="Ann")
    ghost = replace(count.railcars[2], id="r4", start_m=140.0, end_m=152.8)
    later = replace(count, railcars=(*count.railcars, ghost))
    seen = observations_of(later, step="count/2", recorded_at=datetime(2030, 1, 1, tzinfo=UTC))
    store.save_count(later, "count/2", seen)
    assert keep_checked(store, count.scene.id) == ()
    assert railcars_of(store, None) == (3, 3, 3)
    assert len(counts_in(store)[0].railcars) == 3


def test_a_type_that_is_gone_is_counted_as_none(store, count):
    """Else the machine's number of it would stand for ever."""
    changes = [Decision(act=Act.CHANGE, railcar=f"r{n}", type="covered") for n in (1, 2, 3)]
    decide_in(store, count.scene.id, [*changes, Decision(act=Act.CHECK, track="T1")], by="Ann")
    by_type = {one.klass: one.quantity.value for one in store.observations() if one.by == "Ann" and one.zone is None}
    assert by_type == {"railcar": 3, "railcar:tank": 0, "railcar:covered": 3}


def test_the_report_says_who_corrected_what(store, count):
    """As a notice of the count."""
    decide_in(store, count.scene.id, [Decision(act=Act.DELETE, railcar="r3")], by="Ann")
    notice = counts_in(store)[0].notices[-1]
    assert notice.code == "corrected"
    assert "by Ann: 1 deleted" in notice.message


def test_the_tracks_of_a_zone_are_those_that_lie_or_have_cars_in_it(site, count):
    """And all where no zone is named."""
    assert tracks_in(count, site, "the old yard") == ("T1",)
    assert tracks_in(count, site, None) == ("T1",)


@pytest.mark.parametrize(
    ("decision", "match"),
    [
        (Decision(act=Act.ADD, track="T1", start_m=60), "needs --end"),
        (Decision(act=Act.ADD, track="T9", start_m=60, end_m=70), 'no track "T9"'),
        (Decision(act=Act.ADD, track="T1", start_m=170, end_m=185), "not on a track of 180"),
        (Decision(act=Act.ADD, track="T1", start_m=70, end_m=60), "lower one first"),
        (Decision(act=Act.ADD, track="T1", start_m=60, end_m=70, type="dragon"), "no type of car"),
        (Decision(act=Act.ACCEPT), "no railcar"),
        (Decision(act=Act.CONCEAL, track="T1", start_m=60, end_m=50), "no stretch"),
    ],
)
def test_a_decision_that_does_not_say_what_it_must_is_refused(store, count, decision, match):
    """And nothing of its batch is kept."""
    with pytest.raises(MisuseError, match=match):
        decide_in(store, count.scene.id, [Decision(act=Act.DELETE, railcar="r3"), decision])
    assert list(store.corrections()) == []


def test_a_scene_without_a_count_cannot_be_corrected(store):
    """The message says what to do first."""
    with pytest.raises(MisuseError, match="yardwatch run"):
        decide_in(store, "nowhere", [])
