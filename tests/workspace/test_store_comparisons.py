"""What every store must do with comparisons, asked of each of them."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from yards import SITE, comparison, scene, without_comparisons

from yardwatch.errors import MisuseError, WorkspaceError
from yardwatch.model.alignment import Alignment
from yardwatch.model.dates import parse_when
from yardwatch.model.observation import Observation
from yardwatch.model.quantity import parse_quantity
from yardwatch.workspace import MemoryStore, create_workspace, open_workspace

FOUND = comparison()
CHANGE = FOUND.changes[0]
ZONE = SITE.zones[0]
RING = ZONE.rings[0]
SEEN = Observation(
    "seen-1", "change:built", parse_quantity("812"), parse_when("2024-02-01"), "machine",
    datetime(2024, 3, 1, tzinfo=UTC), zone=ZONE.name, scene_id="image-2", unit="m2",
)  # fmt: skip


@pytest.fixture(params=["geopackage", "memory"])
def store(request, tmp_path):
    """A store of the invented yard with two scenes."""
    with MemoryStore(SITE) if request.param == "memory" else create_workspace(tmp_path, SITE) as made:
        made.add_scene(scene(1), "one.tif")
        made.add_scene(scene(2), "two.tif")
        yield made


def test_a_comparison_is_given_back_whole(store):
    """With its changes, verdicts, hidden places, alignment and notices."""
    store.keep_comparison(FOUND, [SEEN])
    assert list(store.comparisons()) == [FOUND]
    assert list(store.observations()) == [SEEN]


def test_a_comparison_replaces_that_of_the_same_scenes_with_its_observations(store):
    """What was seen before is said no longer; one that failed keeps its reason."""
    failed = replace(
        FOUND, alignment=Alignment(False, "they have nothing in common", scene(2).grid, None, None, 0, None),
        changes=(), zones=(), hidden=(),
    )  # fmt: skip
    store.keep_comparison(FOUND, [SEEN])
    store.keep_comparison(failed)
    assert list(store.comparisons()) == [failed]
    assert not store.observations()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (replace(FOUND, before=replace(scene(1), id="image-9")), WorkspaceError),
        (replace(FOUND, before=scene(2)), MisuseError),
        (replace(FOUND, crs=None), MisuseError),
        (replace(FOUND, changes=(replace(CHANGE, zone="nowhere"),)), MisuseError),
        (replace(FOUND, changes=(replace(CHANGE, polygon=(RING[:-1],)),)), MisuseError),
        (replace(FOUND, changes=(replace(CHANGE, area_m2=float("nan")),)), MisuseError),
    ],
)
def test_an_unsound_comparison_is_not_kept(store, wrong, error):
    """Nor its observations."""
    with pytest.raises(error):
        store.keep_comparison(wrong, [SEEN])
    assert not store.comparisons()
    assert not store.observations()


def test_an_observation_of_another_scene_is_not_kept_with_a_comparison(store):
    """It belongs to the later of the two."""
    with pytest.raises(MisuseError, match="keep it with its own scene"):
        store.keep_comparison(FOUND, [replace(SEEN, scene_id="image-1")])


def test_a_workspace_from_before_comparisons_gets_their_tables(tmp_path):
    """From version 4, and what it keeps then survives the disk."""
    with create_workspace(tmp_path, SITE) as store:
        store.add_scene(scene(1), "one.tif")
        store.add_scene(scene(2), "two.tif")
        path = store.path
    with closing(sqlite3.connect(path)) as database:
        without_comparisons(database)
        database.execute("UPDATE yardwatch_meta SET value = '4' WHERE key = 'schema_version'")
        database.commit()
    with open_workspace(tmp_path) as store:
        assert not store.comparisons()
        store.keep_comparison(FOUND, [SEEN])
    with open_workspace(tmp_path) as store:
        assert list(store.comparisons()) == [FOUND]
