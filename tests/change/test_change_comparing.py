import numpy as np
import pytest
import shapely
from scipy import ndimage

from yardwatch.change.bands import SomeBands
from yardwatch.change.comparing import compare
from yardwatch.change.evidence import NETWORK_LABELS, Evidence
from yardwatch.errors import MisuseError
from yardwatch.model.alignment import Alignment
from yardwatch.model.change import Verdict
from yardwatch.model.dates import parse_when
from yardwatch.model.grid import Grid
from yardwatch.model.site import Site, Track, Zone
from yardwatch.simulate.reading import ArrayReader

CRS = "EPSG:32652"
X, Y = 500000.0, 4700000.0


class Brightness:
    """Stands in for the network: what became much brighter was built, what became much darker was razed."""

    name = "brightness/0"

    def read(self, pair):
        """Certain of one or of nothing."""
        rise = pair[3:].mean(0) - pair[:3].mean(0)
        bright = np.maximum(pair[3:].mean(0), pair[:3].mean(0)) > 2
        kinds = np.zeros((len(NETWORK_LABELS), *rise.shape), np.float32)
        kinds[1], kinds[2] = bright & (rise > 1), bright & (rise < -1)
        kinds[0] = 1 - kinds[1:].sum(0)
        roofs = np.stack([pair[:3].mean(0) > 1.5, pair[3:].mean(0) > 1.5]).astype(np.float32)
        return Evidence(kinds, roofs)


def ground(columns=300, rows=260, number=3, seed=1):
    rng = np.random.default_rng(seed)
    base = ndimage.gaussian_filter(rng.normal(0, 1, (rows, columns)), 2)
    return (80 + 60 * np.clip(base, -0.15, 0.15) + rng.normal(0, 2, (number, rows, columns))).astype(np.float32)


def reader(pixels, *, pixel_m=1.0, acquired=None):
    grid = Grid(CRS, (pixel_m, 0.0, X, 0.0, -pixel_m, Y), pixels.shape[2], pixels.shape[1])
    when = parse_when(acquired) if acquired else None
    return ArrayReader(pixels.astype(np.uint8), grid, gsd_m=pixel_m, acquired=when)


def with_roof(pixels, rows, columns):
    out = pixels.copy()
    out[:, rows, columns] = 250
    return out


def box(west, south, east, north):
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


def zone(name, *bounds):
    return Zone(name, "warehouse", (box(*bounds),))


def test_a_new_roof_is_found_where_and_as_large_as_it_is():
    """Its outline lies on it in the scene's CRS; its size is right within the stated errors; dates are the scenes'."""
    before = ground()
    after = with_roof(before, slice(100, 130), slice(60, 140))
    found = compare(
        reader(before, acquired="2023-05"), reader(after, acquired="2024-06-01T02:00Z"), network=Brightness()
    )
    (change,) = found.changes
    assert change.kind == "built"
    truth = shapely.box(X + 60, Y - 130, X + 140, Y - 100)
    outline = shapely.Polygon(change.polygon[0])
    assert outline.intersection(truth).area / outline.union(truth).area > 0.9
    assert abs(change.area_m2 - 2400) < 2 * change.area_m2_se
    assert abs(change.length_m - 80) < 2 * change.length_m_se
    assert abs(change.width_m - 30) < 2 * change.width_m_se
    assert (change.earliest.text, change.latest.text) == ("2023-05", "2024-06-01T02:00:00Z")
    assert found.hidden == ()


def test_the_other_way_round_it_was_razed():
    """Order is what tells building from razing."""
    before = ground()
    after = with_roof(before, slice(100, 130), slice(60, 140))
    (change,) = compare(reader(after), reader(before), network=Brightness()).changes
    assert change.kind == "razed"


def test_a_roof_across_tiles_is_one_change():
    """Scenes are read in tiles; what is found does not show it."""
    before = ground(1000, 600)
    after = with_roof(before, slice(400, 500), slice(300, 960))
    (change,) = compare(reader(before), reader(after), network=Brightness()).changes
    assert change.area_m2 == pytest.approx(66_000, rel=0.02)


def test_trains_are_not_construction_but_a_long_roof_over_tracks_is_concealment():
    """A train is as wide as its corridor; a canopy of 20 m spans several tracks and is told from it."""
    before = ground()
    tracks = tuple(Track(f"T{n}", ((X, Y - 50 - 5 * n), (X + 300, Y - 50 - 5 * n))) for n in range(6))
    site = Site(
        "Yard", CRS, (zone("North", X, Y - 90, X + 300, Y), zone("South", X, Y - 260, X + 300, Y - 180)), tracks
    )
    train = with_roof(before, slice(49, 52), slice(30, 250))
    found = compare(reader(before), reader(train), site=site, network=Brightness())
    assert found.changes == ()
    assert [verdict.verdict for verdict in found.zones] == [Verdict.NO_CHANGE, Verdict.NO_CHANGE]
    canopy = with_roof(before, slice(50, 72), slice(30, 250))
    found = compare(reader(before), reader(canopy), site=site, network=Brightness())
    assert [(change.kind, change.zone) for change in found.changes] == [("concealment", "North")]
    assert [verdict.verdict for verdict in found.zones] == [Verdict.CHANGED, Verdict.NO_CHANGE]
    assert all(verdict.smallest_detectable_m2 > 0 for verdict in found.zones)


def test_a_zone_that_cannot_be_seen_is_not_said_to_be_unchanged():
    """Outside the common ground, or without data, the verdict is that nobody could see."""
    before = ground()
    holed = with_roof(before, slice(0, 0), slice(0, 0)).astype(np.float32)
    zones = (zone("Seen", X + 10, Y - 60, X + 60, Y - 10), zone("Beyond", X + 400, Y - 60, X + 450, Y - 10))
    found = compare(reader(before), reader(holed), site=Site("S", CRS, zones, ()), network=Brightness())
    assert [(v.verdict, v.smallest_detectable_m2 is None) for v in found.zones] == [
        (Verdict.NO_CHANGE, False),
        (Verdict.NOT_VISIBLE, True),
    ]
    assert found.zones[1].visible_share == 0


def test_what_only_one_scene_covers_is_hidden():
    """Where the later scene ends there is no data, and that is said."""
    before = ground()
    found = compare(reader(before), reader(before[:, :, :200]), network=Brightness())
    assert found.changes == ()
    assert {hidden.cause for hidden in found.hidden} == {"nodata"}
    assert sum(hidden.area_m2 for hidden in found.hidden) == pytest.approx(100 * 260, rel=0.02)


def test_the_alignment_decides_where_the_later_scene_lies():
    """A scene that says it lies 20 m off, but was aligned, shows no change; without alignment nothing is said."""
    before = ground()
    wrong = Grid(CRS, (1.0, 0.0, X + 20, 0.0, -1.0, Y), 300, 260)
    after = ArrayReader(before.astype(np.uint8), wrong, gsd_m=1.0)
    right = Alignment(True, None, reader(before).scene.grid, (-20.0, 0.0), 0.05, 40, 0.05)
    assert compare(reader(before), after, alignment=right, network=Brightness()).changes == ()
    failed = Alignment(False, "nothing in common", wrong, None, None, 0, None)
    with pytest.raises(MisuseError, match="nothing in common"):
        compare(reader(before), after, alignment=failed, network=Brightness())


def test_coarse_scenes_are_compared_by_their_bands():
    """From 4 m on IR-MAD sees a new surface; the same scene with other light, shifted or noisier shows none."""
    before = ground(number=4, seed=3)
    after = before * 1.2 + 10
    after[:, 100:120, 100:130] = ground(number=4, seed=8)[::-1, :20, :30] * 0.5 + 120
    found = compare(reader(before, pixel_m=10.0), reader(after, pixel_m=10.0))
    assert found.method == "irmad/1"
    assert {change.kind for change in found.changes} == {"surface"}
    assert found.changes[0].area_m2 == pytest.approx(20 * 30 * 100, rel=0.25)
    noise = np.random.default_rng(5).normal(0, 2, before.shape)
    for other in (before, before * 1.2 + 10, before + noise, np.roll(before, 1, axis=2) + noise):
        assert compare(reader(before, pixel_m=10.0), reader(np.clip(other, 0, 255), pixel_m=10.0)).changes == ()


def test_bands_are_chosen_by_their_numbers():
    """Counted from one, in the order asked for."""
    pixels = ground(number=4)
    some = SomeBands(reader(pixels), [4, 2])
    assert some.scene.bands == 2
    whole = reader(pixels).sample(np.array([10.5]), np.array([20.5]))
    assert np.array_equal(some.sample(np.array([10.5]), np.array([20.5])), whole[[3, 1]])
    with pytest.raises(MisuseError, match="bands 1 to 4"):
        SomeBands(reader(pixels), [5])
