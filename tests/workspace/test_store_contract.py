"""What every store of a workspace must do, asked of each of them."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yards import SITE, by_machine, by_person, count, scene

import strategies
from yardwatch.errors import MisuseError, WorkspaceBusyError, WorkspaceError
from yardwatch.model.dates import When, parse_when
from yardwatch.model.ports import WorkspaceStore
from yardwatch.model.quantity import parse_quantity
from yardwatch.model.site import Site
from yardwatch.workspace import GeoPackageStore, MemoryStore, create_workspace

Store = GeoPackageStore | MemoryStore
Maker = Callable[[Site], AbstractContextManager[Store]]

STEP = "count/1"


@pytest.fixture(params=["geopackage", "memory"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Maker:
    """Makes empty stores for a site, each in a folder of its own."""
    made = 0

    def on_disk(site: Site) -> GeoPackageStore:
        nonlocal made
        made += 1
        return create_workspace(tmp_path / f"workspace {made}", site)

    return MemoryStore if request.param == "memory" else on_disk


@pytest.fixture
def store(make: Maker) -> Iterator[WorkspaceStore]:
    """An empty store of the invented yard."""
    with make(SITE) as made:
        yield made


def test_a_store_gives_back_its_site(store):
    """Zones with holes, aliases, status and dates, tracks with gauge: all as they were."""
    assert store.site() == SITE


def test_an_empty_store_has_nothing(store):
    """No scene, nothing pending, no count, no observation."""
    assert [*store.scenes(), *store.pending(STEP), *store.counts(), *store.observations()] == []


def test_a_scene_is_given_back_as_it_was_added(store):
    """With its grid, its date, its rights."""
    assert store.add_scene(scene(1), "image.tif") is True
    assert list(store.scenes()) == [scene(1)]


def test_the_same_image_added_twice_is_one_scene(store):
    """The hash says so, whatever the name; what was kept first stays."""
    store.add_scene(scene(1), "image.tif")
    again = replace(scene(1), id="another", filename="copy.tif", gsd_m=9.0)
    assert store.add_scene(again, "copy.tif") is False
    assert list(store.scenes()) == [scene(1)]


def test_another_image_with_the_same_id_is_refused(store):
    """Ids name files, so two images must not share one."""
    store.add_scene(scene(1), "image.tif")
    with pytest.raises(MisuseError, match=r"image-1.*rename"):
        store.add_scene(replace(scene(2), id="image-1"), "other.tif")
    assert list(store.scenes()) == [scene(1)]


def test_scenes_come_by_date_and_undated_ones_last(store):
    """The first possible instant counts; an open beginning is dated by its end."""
    dates = [None, "2024-12", "2019-01-05T00:00Z", "../2020", "2024-11-30"]
    for number, date in enumerate(dates):
        store.add_scene(scene(number, date), f"{number}.tif")
    order = [found.acquired and found.acquired.text for found in store.scenes()]
    assert order == ["2019-01-05T00:00:00Z", "../2020", "2024-11-30", "2024-12", None]


def test_a_source_is_found_again_as_an_absolute_path(store, tmp_path):
    """Wherever the program is run from next time."""
    image = tmp_path / "images" / "a b.tif"
    store.add_scene(scene(1), str(image.parent / ".." / "images" / image.name))
    assert Path(store.source_of("image-1")) == image


def test_a_file_that_moved_is_found_again_by_adding_it_again(store, tmp_path):
    """The kept place gives way to the new one only when nothing is there any more."""
    old, new = tmp_path / "old.tif", tmp_path / "new.tif"
    old.touch()
    store.add_scene(scene(1), str(old))
    store.add_scene(scene(1), str(new))
    assert Path(store.source_of("image-1")) == old
    old.rename(new)
    assert store.add_scene(scene(1), str(new)) is False
    assert Path(store.source_of("image-1")) == new


def test_the_source_of_an_unknown_scene_is_an_error_with_a_remedy(store):
    """It names the scene and the command that adds one."""
    with pytest.raises(WorkspaceError, match=r"'nowhere'.*yardwatch scene add"):
        store.source_of("nowhere")


def test_a_scene_is_pending_until_its_step_is_saved(store):
    """Each step by itself."""
    for number in (1, 2):
        store.add_scene(scene(number), f"{number}.tif")
    store.save_count(count(scene(1)), STEP, [])
    assert list(store.pending(STEP)) == [scene(2)]
    assert list(store.pending("count/2")) == [scene(1), scene(2)]


def test_a_count_is_given_back_as_it_was_saved(store):
    """Cars, strings, coverage, tallies by type, provenance and notices."""
    store.add_scene(scene(1), "image.tif")
    store.save_count(count(scene(1)), STEP, [by_machine(scene(1))])
    assert list(store.counts()) == [count(scene(1))]
    assert list(store.observations()) == [by_machine(scene(1))]


def test_a_count_without_any_car_is_a_result_too(store):
    """Looked and saw nothing."""
    store.add_scene(scene(1), "image.tif")
    store.save_count(count(scene(1), cars=0), STEP, [])
    assert store.counts()[0].railcars == ()
    assert list(store.pending(STEP)) == []


def test_a_count_saved_again_replaces_the_machine_and_nothing_of_a_person(store):
    """By the same step: one count, the new observation under the same id, the person's beside it."""
    store.add_scene(scene(1), "image.tif")
    person = replace(by_person("seen"), scene_id="image-1")
    store.save_count(count(scene(1), 2), STEP, [by_machine(scene(1), 2)])
    store.add_observation(person)
    store.save_count(count(scene(1), 5), STEP, [by_machine(scene(1), 5)])
    assert list(store.counts()) == [count(scene(1), 5)]
    assert sorted(store.observations(), key=lambda seen: seen.id) == [by_machine(scene(1), 5), person]


def test_of_two_steps_the_count_saved_last_is_the_latest(store):
    """Observations of both are kept; which made which stands in their provenance."""
    store.add_scene(scene(1), "image.tif")
    store.save_count(count(scene(1), 2), "count/1", [by_machine(scene(1), 2)])
    newer = replace(by_machine(scene(1), 3), id="newer")
    store.save_count(count(scene(1), 3), "count/2", [newer])
    assert list(store.counts()) == [count(scene(1), 3)]
    assert len(store.observations()) == 2
    store.save_count(count(scene(1), 4), "count/1", [])
    assert list(store.counts()) == [count(scene(1), 4)]
    assert list(store.observations()) == [newer]


def test_counts_come_by_date_of_their_scene(store):
    """Not in the order in which they were made."""
    late, early = scene(1, "2024-05"), scene(2, "2023-05")
    for one in (late, early):
        store.add_scene(one, f"{one.id}.tif")
        store.save_count(count(one), STEP, [])
    assert [found.scene for found in store.counts()] == [early, late]


def test_a_count_of_an_unknown_scene_is_refused(store):
    """With the command that adds it."""
    with pytest.raises(WorkspaceError, match=r"image-1.*yardwatch scene add"):
        store.save_count(count(scene(1)), STEP, [])
    assert list(store.counts()) == []


def test_a_count_of_another_image_with_that_id_is_refused(store):
    """The hash must be the kept one's."""
    store.add_scene(scene(1), "image.tif")
    with pytest.raises(MisuseError, match="another image"):
        store.save_count(count(replace(scene(2), id="image-1")), STEP, [])


@pytest.mark.parametrize(
    "flaw",
    [{"scene_id": "image-2"}, {"zone": "Nowhere"}, {"id": "taken"}, {"recorded_at": datetime(2025, 1, 1)}],  # noqa: DTZ001
    ids=["scene", "zone", "id", "naive"],
)
def test_a_count_is_saved_whole_or_not_at_all(store, flaw):
    """One bad observation, and the count before stays with its observations and its mark."""
    for number in (1, 2):
        store.add_scene(scene(number), f"{number}.tif")
    store.add_observation(by_person("taken"))
    store.save_count(count(scene(1), 2), STEP, [by_machine(scene(1), 2)])
    before = list(store.counts()), list(store.observations()), list(store.pending("count/2"))
    good, bad = replace(by_machine(scene(1), 5), id="good"), replace(by_machine(scene(1), 5), **flaw)
    for step in (STEP, "count/2"):
        with pytest.raises(MisuseError):
            store.save_count(count(scene(1), 5), step, [good, bad])
    assert (list(store.counts()), list(store.observations()), list(store.pending("count/2"))) == before


def test_a_railcar_without_a_footprint_is_refused(store):
    """It could not be drawn; the message names the car."""
    store.add_scene(scene(1), "image.tif")
    whole = count(scene(1), 2)
    broken = replace(whole, railcars=(whole.railcars[0], replace(whole.railcars[1], footprint=((0.0, 0.0),))))
    with pytest.raises(MisuseError, match="railcar r2"):
        store.save_count(broken, STEP, [])
    assert list(store.pending(STEP)) == [scene(1)]


def test_observations_come_by_date_and_undated_ones_last(store):
    """Of equal date in the order in which they were kept."""
    for name, date in [("c", None), ("b", "2024-05"), ("a", "2024-05"), ("z", "2019")]:
        store.add_observation(by_person(name, date))
    assert [seen.id for seen in store.observations()] == ["z", "b", "a", "c"]


def test_looking_and_seeing_nothing_is_kept(store):
    """Zero is not nothing, and a zone is not needed."""
    nothing = replace(by_person("none", zone=None), quantity=parse_quantity("none"))
    store.add_observation(nothing)
    assert list(store.observations()) == [nothing]


@pytest.mark.parametrize(
    ("flaw", "message"),
    [
        ({"zone": "Nowhere"}, "no zone.*North yard, Sheds"),
        ({"zone": "Old yard"}, "no zone"),
        ({"id": "first"}, "give it another"),
        ({"when": When("2024-05", None, None, is_instant=False)}, "parse_when"),
        ({"when": When("soon", None, None, is_instant=False)}, "parse_when"),
    ],
)
def test_an_observation_that_refers_to_nothing_is_refused(store, flaw, message):
    """It says what is wrong and what would be right."""
    store.add_observation(by_person("first"))
    with pytest.raises(MisuseError, match=message):
        store.add_observation(replace(by_person("second"), **flaw))
    assert [seen.id for seen in store.observations()] == ["first"]


def test_an_observation_of_an_unknown_scene_is_refused(store):
    """With the command that adds one."""
    with pytest.raises(WorkspaceError, match=r"'nowhere'.*yardwatch scene add"):
        store.add_observation(replace(by_person("a"), scene_id="nowhere"))


def test_only_one_at_a_time_may_work(store):
    """Not even the one who does, again; afterwards the next may, also after a failure."""
    with pytest.raises(RuntimeError, match="failed"), store.working():  # noqa: PT012
        with pytest.raises(WorkspaceBusyError, match="wait until"), store.working():
            pass
        raise RuntimeError("failed")
    with store.working():
        store.add_observation(by_person("while working"))


@settings(max_examples=15)
@given(data=st.data())
def test_whatever_is_kept_comes_back_equal(data):
    """Exactly: every float to the last bit, every text in any script, every date as written."""
    site = data.draw(strategies.sites())
    image = data.draw(strategies.scenes())
    counted = data.draw(strategies.counts(image))
    machine = data.draw(st.lists(strategies.observations(site, st.just(image.id)), max_size=2))
    person = data.draw(strategies.observations(site, st.sampled_from([None, image.id])))
    with ExitStack() as stack:
        for store in _both(stack, site):
            store.add_scene(image, "image.tif")
            store.save_count(counted, STEP, machine)
            store.add_observation(person)
            assert store.site() == site
            assert list(store.scenes()) == [image]
            assert list(store.counts()) == [counted]
            assert {seen.id: seen for seen in store.observations()} == {seen.id: seen for seen in [*machine, person]}


def _both(stack: ExitStack, site: Site) -> list[Store]:
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    return [stack.enter_context(create_workspace(folder, site)), stack.enter_context(MemoryStore(site))]


def test_a_date_is_the_same_however_it_was_first_written(store):
    """An instant given in another zone comes back in UTC, and equal."""
    when = parse_when("2024-12-03T11:15:30.123456+09:00")
    store.add_observation(replace(by_person("a"), when=when))
    assert store.observations()[0].when == when
