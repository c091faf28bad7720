from dataclasses import replace

import numpy as np
import pytest
from shapely import Point, box

from yardwatch.change import renewing
from yardwatch.change.relaid import Renewal, seen_renewals
from yardwatch.change.renewing import renewal_change, renewed_track, track_looks
from yardwatch.change.sleeper_layers import PIECE_M, SLEEPER_LAYERS, TrackLooks, sleeper_layers, track_pieces
from yardwatch.change.sleeper_network import shipped_sleeper_network
from yardwatch.errors import MisuseError
from yardwatch.model.dates import parse_when
from yardwatch.model.grid import Grid
from yardwatch.model.railcar import Railcar
from yardwatch.model.ribbon import Ribbon
from yardwatch.model.site import Site, Track, frame_of
from yardwatch.simulate.reading import ArrayReader

CRS, X, Y = "EPSG:32652", 500000.0, 4700000.0
SITE = Site("Invented", CRS, (), (Track("one", ((X, Y - 60), (X + 300, Y - 60))),))
CHAINAGES = 0.5 * np.arange(600) + 0.25


def within(start_m, end_m):
    """Whether each column of a ribbon lies between two ends."""
    return np.array([start_m < chainage < end_m for chainage in CHAINAGES])


def reader(month):
    """A grey place under the track."""
    pixels = np.full((3, 160, 600), 90, np.uint8)
    when = parse_when(f"2024-{month:02}-10")
    return ArrayReader(
        pixels, Grid(CRS, (0.5, 0.0, X, 0.0, -0.5, Y), 600, 160), gsd_m=0.5, name=str(month), acquired=when
    )


def ribbon(*, new=None, seed=0, gain=1.0):
    """A track of 300 m on dark sleepers, light ones on a stretch."""
    offsets = np.arange(12, -13, -1) * 0.25
    level = np.full((25, 600), 100.0)
    wood = np.abs(offsets) < 1.25
    level[wood] = 70
    if new is not None:
        level[np.ix_(wood, within(*new))] = 115
    noise = np.random.default_rng(seed).normal(0, 3, (3, 25, 600))
    return Ribbon("one", CHAINAGES, offsets, (gain * (level + noise)).astype(np.float32))


def looks(*ribbons, covered=()):
    """The track at all dates; `covered` has a date and two ends."""
    hidden = np.zeros((len(ribbons), 600), bool)
    for date, start, end in covered:
        hidden[date, within(start, end)] = True
    return TrackLooks(ribbons, hidden, np.zeros((len(ribbons), 2, 600), bool))


class Lighter:
    """Says that a piece was renewed where its middle is lighter from a date on, as far as it is seen."""

    name = "lighter/1"

    def read(self, layers):
        middle, seen = layers[:, 3], layers[:, 44] > 0
        said = np.zeros((len(layers), layers.shape[2]), np.float32)
        for date in range(1, len(layers)):
            old = np.where(seen[:date], middle[:date], -9).max(0)
            new = np.where(seen[date:], middle[date:], 9).min(0)
            said[date] = (seen[:date].any(0) & seen[date:].any(0)) & (new - old > 0.6)
        said = said / np.maximum(said.sum(0), 1)
        said[0] = 1 - said.sum(0)
        return said


def test_what_a_network_sees_is_a_stretch_of_track():
    """Of two ribbons under different light."""
    [found] = seen_renewals([looks(ribbon(seed=1), ribbon(new=(80, 190), seed=2, gain=0.7))], network=Lighter())
    assert (found.start_m, found.end_m) == (pytest.approx(80, abs=PIECE_M), pytest.approx(190, abs=PIECE_M))
    assert (found.before, found.after) == (0, 1)
    scenes = [reader(1).scene, reader(4).scene]
    told = renewal_change(found, scenes, SITE)
    assert (told.kind, told.earliest, told.latest) == ("track_renewal", scenes[0].acquired, scenes[1].acquired)
    assert told.length_m == pytest.approx(110, abs=6)


def test_cars_hide_when_sleepers_came():
    """The dates that do not show the stretch bound nothing; where no date after shows it nothing is said."""
    ribbons = [ribbon(seed=1), ribbon(seed=2), ribbon(seed=3, new=(80, 190))]
    [found] = seen_renewals([looks(*ribbons, covered=[(1, 60, 200)])], network=Lighter())
    assert (found.before, found.after) == (0, 2)
    assert seen_renewals([looks(*ribbons, covered=[(2, 60, 200)])], network=Lighter()) == ()


def test_what_all_tracks_do_together_is_light():
    """It is taken out of the levels of each."""
    both = track_pieces([looks(ribbon(seed=seed), ribbon(seed=seed, gain=0.6)) for seed in (1, 2)])
    assert np.abs(both[0].levels[0, :21] - both[0].levels[1, :21]).max() < 0.08
    assert sleeper_layers(both[0]).shape == (2, SLEEPER_LAYERS, 120)


def test_hidden_pieces_show_nothing():
    """Whatever stands there."""
    [one] = track_pieces([looks(ribbon(seed=1), ribbon(seed=2), covered=[(1, 100, 150)])])
    assert np.flatnonzero(~one.seen[1]).tolist() == list(range(40, 60))
    assert not sleeper_layers(one)[1, :45, 40:60].any()


def test_one_look_at_a_track_shows_no_renewal():
    """Two are needed, of the same columns."""
    with pytest.raises(MisuseError, match="two or more"):
        seen_renewals([looks(ribbon())])
    assert seen_renewals([]) == ()


@pytest.mark.parametrize("dates", [2, 6])
def test_the_shipped_network_gives_shares_of_any_number_of_dates(dates):
    """Never, or before one of them; they sum to one in each piece."""
    layers = np.random.default_rng(1).normal(0, 1, (dates, SLEEPER_LAYERS, 77)).astype(np.float32)
    said = shipped_sleeper_network().read(layers)
    assert said.shape == (dates, 77)
    assert said.sum(0) == pytest.approx(np.ones(77), abs=1e-5)


def test_cars_and_roofs_hide_a_track_and_cars_stand_beside_it():
    """On the track between their ends and a little further; beside it as far as they reach."""
    ring = tuple((X + x, Y + y) for x, y in ((100, -57), (130, -57), (130, -54), (100, -54), (100, -57)))
    beside = Railcar(
        id="a", track="two", start_m=100, end_m=130, offset_m=0, width_m=3, type="other", subtype=None,
        type_probabilities={"other": 1.0}, confidence=1.0, zone=None, footprint=ring,
    )  # fmt: skip
    ring = tuple((X + x, Y + y) for x, y in ((200, -58), (215, -58), (215, -62), (200, -62), (200, -58)))
    on = replace(beside, track="one", start_m=200, end_m=215, footprint=ring)
    x, y = frame_of(SITE).to_local(X + 50, Y - 60)
    [look] = track_looks([reader(1), reader(4)], SITE, [[beside, on], []], [Point(x, y).buffer(5)])
    hidden = CHAINAGES[look.covered[0]]
    assert hidden[hidden > 150].tolist() == CHAINAGES[within(198, 217)].tolist()
    assert (hidden[0], hidden[hidden < 150][-1]) == (pytest.approx(37, abs=1), pytest.approx(63, abs=1))
    assert look.covered[1].sum() == (hidden < 150).sum()
    assert CHAINAGES[look.beside[0, 0]][[0, -1]] == pytest.approx([100, 130], abs=1)
    assert not look.beside[0, 1].any()
    assert not look.beside[1].any()


@pytest.mark.parametrize(("roof", "told"), [((140, 220), 0), ((155, 220), 1), ((0, 290), 0)])
def test_a_stretch_is_told_where_fifty_metres_of_it_lie_clear_of_roofs(monkeypatch, roof, told):
    """From 80 to 190 m; with 20 m around roofs, which in the first case leaves 40 m of it."""
    monkeypatch.setattr(renewing, "seen_renewals", lambda looks: [Renewal("one", 80.0, 190.0, 0, 1, 60.0, 0.9)])
    (west, east), (south, north) = frame_of(SITE).to_local(X + np.array(roof), Y + np.array([-70, -50]))
    over = box(west, south, east, north)
    assert len(renewed_track([reader(1), reader(4)], SITE, [[], []], [over])) == told
