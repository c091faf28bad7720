"""A site and an image that do not meet are told so, with both extents."""

import pytest
from tests.imagery.making import SQUARE, TRACK

from yardwatch.errors import GeoreferenceError
from yardwatch.imagery.extents import check_meets
from yardwatch.model.grid import Grid
from yardwatch.model.site import Site, Track, Zone

UTM = "EPSG:32652"


def site(track: list, *, tracks: bool = True) -> Site:
    zone = Zone("Z", "rail_yard", (tuple(map(tuple, SQUARE)),))
    return Site("Yard", UTM, (zone,), (Track("T1", tuple(map(tuple, track))),) if tracks else ())


def grid(x: float, y: float, *, crs: str = UTM, pixel: float = 0.5) -> Grid:
    return Grid(crs, (pixel, 0, x, 0, -pixel, y), 100, 100)


def test_a_track_that_touches_the_image_meets_it():
    """One pixel is enough, in any CRS, and for a site without tracks a zone counts."""
    check_meets(site(TRACK), grid(500_100, 4_689_960), subject="a.tif")
    check_meets(site(TRACK), grid(129.0, 42.362, crs="EPSG:4326", pixel=1e-4), subject="a.tif")
    check_meets(site(TRACK, tracks=False), grid(500_100, 4_689_900), subject="a.tif")


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (grid(500_000, 4_689_900), "tracks x 500005 to 500120, y 4689940 to 4689950, image x 500000 to 500050"),
        (grid(8.0, 47.0, crs="EPSG:4326", pixel=1e-5), "image x 8 to 8.001, y 46.999 to 47 in EPSG:4326"),
        (grid(500_000, 4_689_990, crs="EPSG:32633"), "in EPSG:4326"),
    ],
)
def test_an_image_elsewhere_is_refused_with_both_extents(image, words):
    """The remedy names the option that may be wrong."""
    with pytest.raises(GeoreferenceError) as caught:
        check_meets(site(TRACK), image, subject="a.tif")
    assert words in str(caught.value)
    assert "extents do not meet" in str(caught.value)
    assert "--crs" in caught.value.remedy
