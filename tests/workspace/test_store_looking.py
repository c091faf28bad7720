"""A part of what is kept is the same as that part of the whole."""

import pytest
from yards import SITE, by_machine, by_person, comparison, count, scene

from yardwatch.errors import MisuseError
from yardwatch.model.redrawing import Redrawn, redrawn_site
from yardwatch.model.site import Place, Track, Zone
from yardwatch.workspace import create_workspace

STEP = "count/1"


@pytest.fixture
def store(tmp_path):
    """Three scenes, two of them counted and compared."""
    with create_workspace(tmp_path / "yard", SITE) as made:
        for number in (1, 2, 3):
            made.add_scene(scene(number), f"{number}.tif")
        for number in (1, 2):
            made.save_count(count(scene(number), number), STEP, [by_machine(scene(number), number)])
        made.add_observation(by_person("seen"))
        made.keep_comparison(comparison())
        yield made


def test_one_scene_is_read_as_it_is_read_with_all_others(store):
    """Its count, and the counts without their cars."""
    assert [store.count_of(f"image-{number}") for number in (1, 2)] == list(store.counts())
    assert store.count_of("image-3") is None
    assert store.count_of("nowhere") is None
    assert [head.tallies for head in store.heads()] == [one.tallies for one in store.counts()]
    assert [head.railcars for head in store.heads()] == [(), ()]
    assert store.scene("image-2") == scene(2)


def test_observations_are_found_by_what_they_say_a_page_at_a_time(store):
    """In the order of all; undated ones last."""
    everything, total = store.find_observations({}, limit=10)
    assert (list(everything), total) == (list(store.observations()), 3)
    pages = [store.find_observations({}, limit=1, offset=offset)[0][0] for offset in range(3)]
    assert pages == list(everything)
    found, total = store.find_observations({"class": "railcar", "scene": "image-2"}, limit=10)
    assert ([one.id for one in found], total) == (["count:image-2"], 1)
    assert list(store.observations_of("image-2")) == list(found)
    assert store.speaks_of("Sheds") == 1


def test_changes_are_found_without_reading_all_comparisons(store):
    """One pair, the numbers of all, and changes by kind."""
    (whole,) = store.comparisons()
    assert store.comparison_of("image-1", "image-2") == whole
    assert store.comparison_of("image-2", "image-1") is None
    ((head, numbers),) = store.comparison_heads()
    assert (head.changes, dict(numbers)) == ((), {"built": 1, "razed": 1})
    ((before, after, change),), total = store.find_changes({"kind": "razed"}, limit=10)
    assert (before, after, change, total) == ("image-1", "image-2", whole.changes[1], 1)
    assert store.numbers()["railcars"] == 3


def test_a_drawing_changes_as_a_whole_or_not_at_all(store):
    """As the values say it does; a name that is taken or a line without length leaves everything."""
    track, zone = SITE.tracks[0], SITE.zones[1]
    changes = [
        Redrawn("track", "T1", Track("Main", track.coordinates, 1435, "North yard")),
        Redrawn("zone", "Sheds", Zone("Halls", "factory", zone.rings)),
        Redrawn("place", "Quarry", None),
    ]
    store.redraw(changes, recount=False)
    assert store.site() == redrawn_site(SITE, changes)
    assert {car.track for one in store.counts() for car in one.railcars} == {"Main"}
    assert [one.id for one in store.pending(STEP)] == ["image-3"]
    for bad in (
        Redrawn("zone", None, Zone("North yard", "x", zone.rings)),
        Redrawn("zone", None, Zone("Old bridge", "x", zone.rings)),
        Redrawn("track", "T1", None),
        Redrawn("place", None, Zone("X", "x", zone.rings)),
        Redrawn("sky", None, Place("X")),
    ):
        good = Redrawn("track", "Main", Track("Other", track.coordinates))
        with pytest.raises(MisuseError):
            store.redraw([good, bad], recount=True)
    assert store.site() == redrawn_site(SITE, changes)
    assert [one.id for one in store.pending(STEP)] == ["image-3"]
    store.redraw([Redrawn("track", "Main", None)], recount=True)
    assert len(store.pending(STEP)) == 3
