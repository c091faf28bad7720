import numpy as np
import pytest
from scipy import ndimage

from yardwatch.change.fill import apron_fill
from yardwatch.change.kinds import joined_kind, may_be_one
from yardwatch.change.objects import between, join_changes
from yardwatch.change.stacking import lasting_spots
from yardwatch.change.trains import without_trains
from yardwatch.errors import MisuseError
from yardwatch.model.alignment import Alignment
from yardwatch.model.change import CHANGE_KINDS, Change, Comparison
from yardwatch.model.dates import parse_when
from yardwatch.model.grid import Grid
from yardwatch.model.provenance import Provenance
from yardwatch.model.railcar import Railcar
from yardwatch.model.site import Site, Track, Zone
from yardwatch.simulate.reading import ArrayReader

CRS = "EPSG:32652"
X, Y = 500000.0, 4700000.0
DATES = ("2024-01-10", "2024-03-05", "2024-05-20", "2024-08-01", "2024-10-11", "2024-12-24")


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
    (Zone("apron", "container_yard", (box(20, 120, 80, 160),)),),
    (Track("one", ((X, Y - 60), (X + 200, Y - 60))),),
)


def reader(date, *marks, seed=None, light=(1.0, 0.0)):
    """A grey place of 200 × 180 m with marks of a colour on it, under some light."""
    rng = np.random.default_rng(1)
    grain = ndimage.gaussian_filter(rng.normal(0, 1, (180, 200)), 3)
    pixels = np.array([120, 115, 100])[:, None, None] + 90 * grain
    for left, top, right, bottom, colour in marks:
        pixels[:, top:bottom, left:right] = np.array(colour)[:, None, None]
    noise = np.random.default_rng(seed or int(date.replace("-", ""))).normal(0, 2, pixels.shape)
    pixels = np.clip(light[0] * pixels + light[1] + noise, 0, 255).astype(np.uint8)
    grid = Grid(CRS, (1.0, 0.0, X, 0.0, -1.0, Y), 200, 180)
    return ArrayReader(pixels, grid, gsd_m=1.0, name=date, acquired=parse_when(date))


def car(left, right):
    """A counted car on the track."""
    ring = box(left, 58.4, right, 61.6)
    return Railcar("c1", "one", left, right, 0.0, 3.2, "tank", None, {"tank": 1.0}, 0.9, None, ring)


def change(number, kind, ring, before, after, confidence=0.9):
    return Change(
        f"change-{number}", kind, (ring,), None, 100.0, 5.0, 10.0, 1.0, 10.0, 1.0, confidence, None,
        before.acquired, after.acquired,
    )  # fmt: skip


def compared(before, after, *changes, accepted=True):
    alignment = Alignment(accepted, None if accepted else "no common ground", after.grid, None, None, 0, None)
    return Comparison(before, after, CRS, alignment, changes, (), (), Provenance("1", "test/1", {}, {}))


SCENES = [reader(date).scene for date in DATES]


def test_changes_of_neighbouring_dates_are_one_object_with_phases():
    """Earth moved, then half a building, then the rest: preparation, construction, and after it."""
    s, ring = SCENES, box(100, 100, 140, 130)
    found = join_changes(
        [
            compared(s[0], s[1], change(1, "earthwork", ring, s[0], s[1])),
            compared(s[1], s[2], change(1, "built", box(100, 100, 120, 130), s[1], s[2])),
            compared(s[2], s[3], change(1, "built", box(118, 100, 140, 130), s[2], s[3])),
            compared(s[3], s[4]),
        ],
        site=SITE,
    )
    assert [one.change.kind for one in found] == ["built"]
    assert [phase for _, phase in found[0].phases] == [
        "none", "site_preparation", "active_construction", "post_construction", "post_construction",
    ]  # fmt: skip
    assert (str(found[0].began), str(found[0].finished)) == ("2024-01-10/2024-03-05", "2024-05-20/2024-08-01")
    assert found[0].change.area_m2 == pytest.approx(40 * 30, rel=0.1)


def test_a_work_that_the_last_scene_shows_may_go_on():
    """Its end is open."""
    s = SCENES
    [found] = join_changes([compared(s[0], s[1], change(1, "built", box(0, 0, 30, 30), s[0], s[1]))], site=SITE)
    assert str(found.finished) == "2024-01-10/.."
    assert found.change.phase == "active_construction"


def test_what_left_again_is_no_object():
    """A heap between two dates, which comparisons with the first scene no longer show."""
    s, ring = SCENES, box(0, 0, 30, 30)
    pairs = [
        compared(s[0], s[1], change(1, "stockpile", ring, s[0], s[1])),
        compared(s[1], s[2]), compared(s[0], s[2]), compared(s[2], s[3]), compared(s[0], s[3]),
    ]  # fmt: skip
    assert join_changes(pairs, site=SITE) == ()


def test_what_was_razed_and_what_was_built_there_are_two_objects():
    """Each with dates of its own."""
    s, ring = SCENES, box(0, 0, 30, 30)
    found = join_changes(
        [
            compared(s[0], s[1], change(1, "razed", ring, s[0], s[1])),
            compared(s[1], s[2], change(1, "built", ring, s[1], s[2])),
        ],
        site=SITE,
    )
    assert {(one.change.kind, str(one.began)) for one in found} == {
        ("razed", "2024-01-10/2024-03-05"), ("built", "2024-03-05/2024-05-20"),
    }  # fmt: skip


def test_what_was_not_aligned_says_nothing():
    """Nor does a pair without dates."""
    s = SCENES
    pair = compared(s[0], s[1], change(1, "built", box(0, 0, 30, 30), s[0], s[1]), accepted=False)
    assert join_changes([pair], site=SITE) == ()


def test_the_time_between_two_scenes_is_never_finer_than_their_dates():
    """To the day, and open without a later one."""
    month = reader("2024-03").scene
    assert str(between(month, SCENES[3])) == "2024-03-01/2024-08-01"
    assert str(between(month, None)) == "2024-03-01/.."


def test_every_kind_may_follow_itself_and_the_weightiest_work_names_an_object():
    """Bare ground alone stays bare ground."""
    assert all(may_be_one(kind, kind, same_date=False) for kind in CHANGE_KINDS)
    assert not may_be_one("road", "built", same_date=True)
    assert joined_kind([("earthwork", 900, 1), ("built", 600, 2)]) == "built"
    assert joined_kind([("earthwork", 900, 1), ("surface", 100, 2)]) == "earthwork"


def test_a_stack_of_scenes_shows_what_lasts_and_when_it_came():
    """Under changing light; what comes and goes on the ground is no change."""
    roof = (110, 110, 150, 140, (60, 70, 140))
    guests = [(20 + 25 * k, 20, 35 + 25 * k, 32, (200, 60, 60)) for k in range(6)]
    lights = ((1.0, 0.0), (0.8, 10.0), (1.1, -5.0), (0.7, 20.0), (1.0, 12.0), (0.9, 0.0))
    readers = [
        reader(date, *(guests[k : k + 1] if 0 < k < 5 else []), *([roof] if k >= 3 else []), light=lights[k])
        for k, date in enumerate(DATES)
    ]
    [spot] = lasting_spots(readers, SITE)
    assert spot.cells == pytest.approx(42 * 32, rel=0.12)
    assert int(np.argmax(spot.votes)) == 3


def test_counted_trains_are_no_change_in_a_stack():
    """Even where they stand there from one date on."""
    train = (40, 57, 160, 63, (150, 60, 40))
    readers = [reader(date, *([train] if k >= 3 else [])) for k, date in enumerate(DATES)]
    cars = [[car(left, left + 13) for left in range(38, 160, 13)] if k >= 3 else [] for k in range(6)]
    assert lasting_spots(readers, SITE, cars) == []


def test_few_scenes_do_not_tell_what_lasts():
    """Three are too few."""
    with pytest.raises(MisuseError, match="3 scenes do not tell"):
        lasting_spots([reader(date) for date in DATES[:3]], SITE)


def test_cars_that_were_counted_are_no_change_of_a_pair():
    """What is mostly cars goes, what is not stays, renewed track stays."""
    s = SCENES
    train = change(1, "built", box(40, 58, 66, 62), s[0], s[1])
    hall = change(2, "built", box(40, 40, 66, 62), s[0], s[1])
    renewed = change(3, "track_renewal", box(40, 58.6, 66, 61.4), s[0], s[1])
    kept = without_trains([train, hall, renewed], [car(40, 53), car(53, 66)], SITE)
    assert [one.id for one in kept] == ["change-2", "change-3"]
    assert without_trains([train], [], SITE) == (train,)


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.8])
def test_the_fill_of_an_apron_is_the_share_under_cargo(share):
    """Within two of its standard errors, also in another light, and more than half full."""
    cargo = [(20, 120, round(20 + 60 * share), 160, (40, 90, 160))] if share else []
    full = reader("2024-06-01", *cargo, light=(0.8, 15.0))
    found = apron_fill(full, SITE.zones[0], SITE, empty=reader("2024-01-01"))
    assert found.visible_share == pytest.approx(1)
    assert abs(found.fraction - share) <= 2 * found.fraction_se


def test_an_apron_outside_a_scene_has_no_fill():
    """Nothing is claimed."""
    away = Zone("away", "container_yard", (box(900, 900, 960, 960),))
    assert apron_fill(reader("2024-06-01"), away, SITE, empty=reader("2024-01-01")) is None
