import numpy as np
import pytest
from scipy import ndimage

from made_steps import Brighter
from yardwatch.change.following import follow_site
from yardwatch.change.lattice import Tile
from yardwatch.change.layers import LAYERS, STEP_LABELS, Stack, step_layers
from yardwatch.change.light import stack_reader
from yardwatch.change.network import shipped_step_network
from yardwatch.change.stacking import lasting_spots
from yardwatch.model.dates import parse_when
from yardwatch.model.grid import Grid
from yardwatch.model.railcar import Railcar
from yardwatch.model.site import Site, Track, Zone
from yardwatch.simulate.reading import ArrayReader

CRS, X, Y = "EPSG:32652", 500000.0, 4700000.0
APRON = ((X + 20, Y - 20), (X + 60, Y - 20), (X + 60, Y - 40), (X + 20, Y - 40), (X + 20, Y - 20))
SITE = Site(
    "Invented",
    CRS,
    (Zone("apron", "container_yard", (APRON,)),),
    (Track("one", ((X, Y - 80), (X + 120, Y - 80))),),
)
WHOLE = Tile(0, 0, 100, 120, (slice(0, 100), slice(0, 120)))


def reader(month, *marks, light=(1.0, 0.0), bands=3):
    """A place of 120 × 100 m under some light, perhaps with something bright on it."""
    grain = ndimage.gaussian_filter(np.random.default_rng(1).normal(0, 1, (100, 120)), 3)
    pixels = np.array([120, 115, 100])[:bands, None, None] + 90 * grain
    for left, top, right, bottom in marks:
        pixels[:, top:bottom, left:right] = 220
    pixels = np.clip(light[0] * pixels + light[1], 0, 255).astype(np.uint8)
    when = parse_when(f"2024-{month:02}-10")
    grid = Grid(CRS, (1.0, 0.0, X, 0.0, -1.0, Y), 120, 100)
    return ArrayReader(pixels, grid, gsd_m=1.0, name=str(month), acquired=when)


def test_dates_in_different_light_look_alike_in_a_stack():
    """Light that is a straight line in brightness is taken out; tracks and zones for cargo lie where they should."""
    readers = [reader(1), reader(3, light=(0.7, 10.0)), reader(5), reader(7, light=(1.2, -4.0))]
    stack = stack_reader(readers, SITE).read(WHOLE)
    assert np.abs(stack.values - stack.values[0]).max() < 0.3
    assert np.flatnonzero(stack.corridor.any(1)).tolist() == [78, 79, 80, 81]
    assert stack.cargo.sum() == 40 * 20


def test_pictures_of_one_band_have_three_colours_all_the_same():
    """So that panchromatic scenes can be followed too."""
    stack = stack_reader([reader(month, bands=1) for month in (1, 3, 5, 7)], SITE).read(WHOLE)
    assert stack.values.shape == (4, 3, 100, 120)
    assert (stack.values[:, 0] == stack.values[:, 2]).all()


def test_layers_show_both_sides_of_a_step_without_cars_where_there_is_another_look():
    """A car at one of two dates before does not count; at both there is nothing else."""
    values = np.zeros((4, 3, 2, 2), np.float32)
    values[1] = 2.0
    values[3] = np.nan
    cars = np.zeros((4, 2, 2), bool)
    cars[1, 0, 0] = True
    cars[:2, 1, 1] = True
    nothing = np.zeros((2, 2), bool)
    layers = step_layers(Stack(values, cars, nothing, nothing), 2)
    assert layers.shape == (LAYERS, 2, 2)
    assert layers.dtype == np.float32
    assert layers[12].tolist() == [[0.0, 1.0], [1.0, 1.0]]
    assert np.isfinite(layers).all()


@pytest.mark.parametrize("first", [3, 4])
def test_what_a_step_network_sees_becomes_a_spot_with_its_date_and_kind(first):
    """Its outline, and the share that came at each date."""
    readers = [reader(2 * n + 1, *([(70, 20, 100, 50)] if n >= first else [])) for n in range(5)]
    [spot] = lasting_spots(readers, SITE, network=Brighter())
    assert spot.cells == 30 * 30
    assert [round(share) for share in spot.votes] == [int(n == first) for n in range(5)]
    assert STEP_LABELS[1 + int(np.argmax(spot.traits[:-1]))] == "built"


class As(Brighter):
    """Takes what came for something of a kind."""

    def __init__(self, kind):
        self.kind = STEP_LABELS.index(kind)

    def read(self, layers):
        said = super().read(layers)
        built = STEP_LABELS.index("built")
        said[[built, self.kind]] = said[[self.kind, built]]
        return said


def came(kind, *marks, cars=()):
    """What is told of five dates with bright patches, each from the date on that is its fifth number."""
    dates = ([mark[:4] for mark in marks if number >= mark[4]] for number in range(5))
    readers = [reader(2 * number + 1, *shown) for number, shown in enumerate(dates)]
    return follow_site(readers, SITE, [], cars, network=As(kind))


def roofs(*marks, first=2, cars=()):
    """What is told of five dates with bright patches on the track."""
    return came("concealment", *((*mark, first) for mark in marks), cars=cars)


def test_pieces_of_a_road_in_line_are_one_road():
    """With the strip between them; not so pieces side by side, far apart, or of another date."""
    [road] = came("road", (4, 10, 50, 15, 2), (84, 10, 110, 15, 2))
    assert road.change.kind == "road"
    assert road.change.length_m == pytest.approx(106, abs=4)
    assert road.change.width_m == pytest.approx(5, abs=1)
    assert len(came("road", (4, 10, 50, 15, 2), (4, 45, 50, 50, 2))) == 2
    assert len(came("road", (4, 10, 24, 15, 2), (84, 10, 110, 15, 2))) == 2
    assert len(came("road", (4, 10, 50, 15, 2), (84, 10, 110, 15, 3))) == 2


def test_parts_of_a_roof_are_one_and_what_is_as_narrow_as_a_train_is_none():
    """With what lies between them; a part that was seen once only may be a train as well."""
    [roof] = roofs((10, 74, 40, 84), (52, 74, 86, 84))
    assert roof.change.kind == "concealment"
    assert roof.change.length_m == pytest.approx(76, abs=3)
    assert len(roofs((10, 74, 60, 84))) == 1
    assert roofs((10, 77, 110, 82)) == ()
    assert roofs((10, 74, 60, 84), first=4) == ()


def test_where_a_car_is_counted_there_is_no_roof_yet():
    """The roof came after the last date with a car in its place."""
    ring = tuple((X + x, Y + y) for x, y in ((8, -68), (92, -68), (92, -92), (8, -92), (8, -68)))
    car = Railcar(
        id="a", track="one", start_m=8, end_m=92, offset_m=0, width_m=24, type="other", subtype=None,
        type_probabilities={"other": 1.0}, confidence=1.0, zone=None, footprint=ring,
    )  # fmt: skip
    assert len(roofs((10, 70, 90, 90))) == 1
    assert roofs((10, 70, 90, 90), cars=[[], [], [], [car], []]) == ()


def test_the_shipped_network_gives_shares_of_any_size_of_tile():
    """They sum to one in each cell."""
    said = shipped_step_network().read(np.zeros((LAYERS, 37, 50), np.float32))
    assert said.shape == (len(STEP_LABELS), 37, 50)
    assert said.sum(0) == pytest.approx(np.ones((37, 50)), abs=1e-5)
