"""Runs that compare: coarse scenes, so that no network is needed and a run takes a moment."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from yardwatch.imagery.scenes import Stated, open_scene
from yardwatch.model.alignment import Alignment, SceneAlignment
from yardwatch.model.change import Change, Comparison
from yardwatch.model.dates import parse_when
from yardwatch.model.grid import Grid
from yardwatch.model.provenance import Provenance
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site, Track, Zone, frame_of
from yardwatch.pipeline.comparing_scenes import compare_scene, not_compared, pending_comparisons, roofs_over
from yardwatch.pipeline.reporting import report_of
from yardwatch.pipeline.running import run_pending
from yardwatch.workspace import MemoryStore

CRS = "EPSG:32652"
X, Y = 500000.0, 4700000.0
SIDE = 240


def box(left, top, right, bottom):
    """A closed ring of metres right of and below the corner."""
    return (
        (X + left, Y - top),
        (X + right, Y - top),
        (X + right, Y - bottom),
        (X + left, Y - bottom),
        (X + left, Y - top),
    )


SITE = Site(
    "Invented",
    CRS,
    (Zone("field", "support", (box(300, 300, 900, 900),)),),
    (Track("one", ((X + 50, Y - 100), (X + 1300, Y - 100))),),
)


def write(folder: Path, name: str, *, pixel_m: float = 6.0, mark: bool = False, seed: int = 1) -> Path:
    """A coarse picture of fields, perhaps with something new on them."""
    rng = np.random.default_rng(7)
    fields = np.kron(rng.uniform(60, 160, (3, 12, 12)), np.ones((20, 20)))
    pixels = fields + np.random.default_rng(seed).normal(0, 3, fields.shape)
    if mark:
        pixels[:, 70:100, 80:110] = np.array([20, 240, 30])[:, None, None]
    step = max(1, round(pixel_m / 6.0))
    pixels = np.clip(pixels, 0, 255).astype(np.uint8)[:, ::step, ::step]
    path = folder / name
    with rasterio.open(
        path, "w", driver="GTiff", count=3, height=pixels.shape[1], width=pixels.shape[2], dtype="uint8",
        crs=CRS, transform=Affine(pixel_m, 0, X, 0, -pixel_m, Y),
    ) as target:  # fmt: skip
        target.write(pixels)
    return path


def add(store, path, acquired):
    """Add a picture to a store and give its scene."""
    stated = Stated(acquired=parse_when(acquired) if acquired else None)
    with open_scene(path, site_crs=CRS, frame=frame_of(SITE), stated=stated) as reader:
        store.add_scene(reader.scene, str(path))
        return reader.scene


@pytest.fixture
def store(tmp_path):
    """Three dates, something new at the last."""
    made = MemoryStore(SITE)
    add(made, write(tmp_path, "one.tif"), "2024-01-01")
    add(made, write(tmp_path, "two.tif", seed=2), "2024-02-01")
    add(made, write(tmp_path, "three.tif", seed=3, mark=True), "2024-03-01")
    return made


def test_a_run_compares_each_scene_with_the_last_one_and_with_the_first(store):
    """Once; what changed is kept with its dates, observed in its zone, and told in the document."""
    done = run_pending(store)
    pairs = [(found.before.filename, found.after.filename) for found in store.comparisons()]
    assert pairs == [("one.tif", "two.tif"), ("two.tif", "three.tif"), ("one.tif", "three.tif")]
    changes = [change for found in store.comparisons() for change in found.changes]
    assert {change.kind for change in changes} == {"surface"}
    assert {str(change.latest) for change in changes} == {"2024-03-01"}
    assert changes[0].area_m2 == pytest.approx((30 * 6) ** 2, rel=0.15)
    [seen] = [one for one in store.observations() if one.klass.startswith("change")]
    assert (seen.klass, seen.zone, seen.unit) == ("change:surface", "field", "m2")
    assert seen.scene_id == store.scenes()[2].id
    assert [one["status"] for one in done.document["comparisons"]] == ["compared"] * 3
    again = run_pending(store)
    assert (again.scenes, again.comparisons) == ((), ())


def test_a_report_shows_what_changed_up_to_the_newest_scene(store):
    """Against the scene before it and against the first."""
    run_pending(store)
    report = report_of(store, made_at=datetime.now(UTC))
    shown = [(pair.comparison.before.filename, pair.comparison.after.filename) for pair in report.before_after]
    assert shown == [("two.tif", "three.tif"), ("one.tif", "three.tif")]


def test_a_single_scene_is_compared_with_nothing(tmp_path):
    """Nor is one without a date, or one of very other pixels."""
    store = MemoryStore(SITE)
    first = add(store, write(tmp_path, "one.tif"), "2024-01-01")
    add(store, write(tmp_path, "two.tif", seed=2), None)
    add(store, write(tmp_path, "three.tif", seed=3, pixel_m=24.0), "2024-03-01")
    assert list(pending_comparisons(store)) == []
    assert compare_scene(store, first, recorded_at=datetime.now(UTC)) == ()


def test_a_scene_that_is_gone_is_left_for_the_next_run(store, tmp_path):
    """The run goes on with the others."""
    (tmp_path / "two.tif").unlink()
    done = run_pending(store)
    assert [scene.scene.filename for scene in done.failed] == ["two.tif"]
    pairs = [(found.before.filename, found.after.filename) for found in store.comparisons()]
    assert pairs == [("one.tif", "three.tif")]


def test_scenes_that_do_not_lie_on_the_first_are_no_ground_to_compare_on(store):
    """The next scene is compared with the last good one, here the first."""
    one, two, three = store.scenes()
    refused = Alignment(False, "too few tie points", two.grid, None, None, 0, None)
    store.keep_alignment(SceneAlignment(two.id, one.id, two.grid, refused, "test/1"))
    found = compare_scene(store, three, recorded_at=datetime.now(UTC))
    assert [comparison.before.id for comparison in found] == [one.id]


def test_a_pair_that_could_not_be_aligned_is_said():
    """With its reason."""
    one = comparison("2024-01-01", "2024-02-01")
    refused = replace(one, alignment=Alignment(False, "too few tie points", one.after.grid, None, None, 0, None))
    assert [notice.code for notice in not_compared([one, refused])] == ["not_compared"]
    assert "too few tie points" in not_compared([refused])[0].message


def scene(date):
    """A scene of a date, in memory only."""
    grid = Grid(CRS, (6.0, 0, X, 0, -6.0, Y), SIDE, SIDE)
    digest = date.replace("-", "").zfill(64)
    return Scene(f"s-{date}", f"{date}.tif", digest, grid, 6.0, 3, "uint8", acquired=parse_when(date))


def comparison(before, after, *kinds):
    """Changes of some kinds at one place over the track."""
    first, last = scene(before), scene(after)
    changes = tuple(
        Change(f"c{n}", kind, (box(200, 85, 400, 115),), None, 6000.0, 10.0, 200.0, 1.0, 30.0, 1.0, 0.9, None,
               first.acquired, last.acquired)
        for n, kind in enumerate(kinds)
    )  # fmt: skip
    alignment = Alignment(True, None, last.grid, (0.0, 0.0), 0.1, 50, 0.1)
    return Comparison(first, last, CRS, alignment, changes, (), (), Provenance("1", "test/1", {}, {}))


def test_a_roof_over_tracks_conceals_from_its_date_until_it_is_razed():
    """Neither before it was first seen nor after it was gone."""
    dates = ("2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01")
    store = MemoryStore(SITE)
    for date in dates:
        store.add_scene(scene(date), f"{date}.tif")
    store.keep_comparison(comparison(*dates[:2], "concealment"))
    store.keep_comparison(comparison(*dates[2:], "razed"))
    assert [len(roofs_over(store, one)) for one in store.scenes()] == [0, 1, 1, 0]
