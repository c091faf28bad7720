import numpy as np
import pytest
from shapely import Polygon

from yardwatch.errors import MisuseError
from yardwatch.model.change import CHANGE_KINDS, PHASES
from yardwatch.simulate.histories import random_history


@pytest.fixture(scope="module")
def history():
    """One invented site."""
    return random_history(np.random.default_rng(2), gsd_m=1.0)


def test_a_history_is_the_same_for_the_same_seed(history):
    """Truth and plan."""
    again = random_history(np.random.default_rng(2), gsd_m=1.0)
    assert again.objects == history.objects
    assert [shot.when for shot in again.shots] == [shot.when for shot in history.shots]


def test_the_truth_fits_the_dates(history):
    """Every object begins after a date without it and is finished before a date that shows it done."""
    dates = [shot.when.earliest for shot in history.shots]
    assert dates == sorted(dates)
    for one in history.objects:
        assert one.kind in CHANGE_KINDS
        assert set(one.phases) <= set(PHASES)
        first = next(number for number, phase in enumerate(one.phases) if phase != "none")
        assert dates[first - 1] < one.began < dates[first]
        assert one.began <= one.finished
        if "post_construction" in one.phases:
            assert one.finished < dates[one.phases.index("post_construction")]
        assert Polygon(one.ring).is_valid


def test_objects_do_not_overlap_but_for_track_under_a_roof(history):
    """Each stands on ground of its own."""
    shapes = [Polygon(one.ring) for one in history.objects if one.kind != "track_renewal"]
    for number, shape in enumerate(shapes):
        assert not any(shape.intersects(other) for other in shapes[:number])


def test_an_apron_fills_up(history):
    """And is empty before its work begins."""
    stockpile = next(one for one in history.objects if one.kind == "stockpile")
    assert all((fill == 0) == (phase == "none") for fill, phase in zip(history.fills, stockpile.phases, strict=True))
    assert list(history.fills) == sorted(history.fills)
    assert max(history.fills) < 1


def test_a_picture_shows_what_changed(history):
    """A razed warehouse looks different afterwards; the picture lies where the site does."""
    razed = next(one for one in history.objects if one.kind == "razed")
    last = len(history.shots) - 1
    before, after = history.reader(0), history.reader(last, history.pixels(last))
    middle = Polygon(razed.ring).centroid
    column, row = before.scene.grid.to_pixel([middle.x], [middle.y])
    looks = [one.sample(column, row, footprint_px=1.0) for one in (before, after)]
    assert np.abs(looks[0] - looks[1]).max() > 15
    assert before.scene.acquired == history.shots[0].when


def test_few_dates_make_no_history():
    """A beginning, a course and an end are needed."""
    with pytest.raises(MisuseError, match="3 dates are too few"):
        random_history(np.random.default_rng(1), dates=3)


def test_the_stages_of_a_work_lie_in_it_and_between_its_first_and_last_date():
    """Each is something that came or went while the work went on."""
    history = random_history(np.random.default_rng(1001))
    assert {"concealment", "built"} <= {stage.kind for stage in history.stages}
    for stage in history.stages:
        part = Polygon(stage.ring).buffer(0)
        own = max(history.objects, key=lambda one: Polygon(one.ring).intersection(part).area)
        assert Polygon(own.ring).buffer(0.1).contains(part)
        before, now = own.phases[stage.date - 1], own.phases[stage.date]
        assert (before, now) != ("none", "none")
        assert before != "post_construction"
