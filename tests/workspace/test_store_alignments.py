"""What every store must do with alignments, asked of each of them."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from yards import SITE, scene, without_comparisons

from yardwatch.errors import MisuseError, WorkspaceError
from yardwatch.model.alignment import Alignment, SceneAlignment
from yardwatch.workspace import MemoryStore, create_workspace, open_workspace

OWN = scene(2).grid
A, B, C, D, E, F = OWN.transform
MOVED = replace(OWN, transform=(A, B, C + 12.5, D, E, F - 3.25))
FOUND = SceneAlignment(
    "image-2", "image-1", OWN, Alignment(True, None, MOVED, (12.5, -3.25), 0.21, 87, 0.04), "structure-ties/1"
)
REFUSED = SceneAlignment(
    "image-2", "image-1", OWN, Alignment(False, "they have nothing in common", OWN, None, None, 0, None), "other/1"
)


@pytest.fixture(params=["geopackage", "memory"])
def store(request, tmp_path):
    """A store of the invented yard with two scenes."""
    with MemoryStore(SITE) if request.param == "memory" else create_workspace(tmp_path, SITE) as made:
        made.add_scene(scene(1), "one.tif")
        made.add_scene(scene(2), "two.tif")
        yield made


def grid_of(store, scene_id):
    """Where a scene lies by the store."""
    return next(kept.grid for kept in store.scenes() if kept.id == scene_id)


def test_an_accepted_alignment_moves_its_scene(store):
    """And is given back with what the file says; other scenes stay."""
    store.keep_alignment(FOUND)
    assert list(store.alignments()) == [FOUND]
    assert grid_of(store, "image-2") == MOVED
    assert grid_of(store, "image-1") == scene(1).grid


def test_a_refused_alignment_is_kept_and_moves_nothing(store):
    """Also where another was accepted before: the scene goes back."""
    store.keep_alignment(FOUND)
    store.keep_alignment(REFUSED)
    assert list(store.alignments()) == [REFUSED]
    assert grid_of(store, "image-2") == OWN


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (replace(FOUND, scene_id="image-9"), WorkspaceError),
        (replace(FOUND, reference_id="image-9"), WorkspaceError),
        (replace(FOUND, reference_id="image-2"), MisuseError),
        (replace(FOUND, own=replace(OWN, width=3)), MisuseError),
        (replace(FOUND, alignment=replace(FOUND.alignment, grid=replace(OWN, crs="EPSG:4326"))), MisuseError),
    ],
)
def test_an_alignment_of_something_else_is_not_kept(store, wrong, error):
    """A scene that is not kept, a scene on itself, another size or CRS."""
    with pytest.raises(error):
        store.keep_alignment(wrong)
    assert not store.alignments()


def test_an_alignment_survives_the_disk_and_a_known_image_stays_where_it_is(tmp_path):
    """Adding the image again neither adds nor moves it."""
    with create_workspace(tmp_path, SITE) as store:
        store.add_scene(scene(1), "one.tif")
        store.add_scene(scene(2), "two.tif")
        store.keep_alignment(FOUND)
    with open_workspace(tmp_path) as store:
        assert not store.add_scene(scene(2), "two.tif")
        assert (list(store.alignments()), grid_of(store, "image-2")) == ([FOUND], MOVED)


def test_a_workspace_from_before_alignments_gets_their_table(tmp_path):
    """From version 3."""
    with create_workspace(tmp_path, SITE) as store:
        store.add_scene(scene(1), "one.tif")
        store.add_scene(scene(2), "two.tif")
        path = store.path
    with closing(sqlite3.connect(path)) as database:
        without_comparisons(database)
        database.execute("DROP TABLE alignments")
        database.execute("DELETE FROM gpkg_contents WHERE table_name = 'alignments'")
        database.execute("UPDATE yardwatch_meta SET value = '3' WHERE key = 'schema_version'")
        database.commit()
    with open_workspace(tmp_path) as store:
        assert not store.alignments()
        store.keep_alignment(FOUND)
        assert list(store.alignments()) == [FOUND]
