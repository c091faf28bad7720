"""What an image is, where it lies and when it was taken."""

import json
from hashlib import sha256

import numpy as np
import pytest
from affine import Affine
from rasterio.control import GroundControlPoint
from tests.imagery.making import UTM, noise, write_image

from yardwatch.errors import GeoreferenceError, ImageError, LimitError, MisuseError
from yardwatch.imagery.scenes import Stated, open_scene
from yardwatch.model.dates import parse_when
from yardwatch.model.frame import Frame, frame_around
from yardwatch.model.scene import Republish


def codes(reader) -> set[str]:
    return {notice.code for notice in reader.notices}


@pytest.mark.parametrize(
    "transform",
    [
        Affine(0.5, 0, 500_000, 0, -0.5, 4_690_000),
        Affine(0.5, 0, 500_000, 0, 0.5, 4_689_872),
        Affine.translation(500_000, 4_690_000) @ Affine.rotation(30) @ Affine.scale(0.5, -0.5),
    ],
    ids=["north up", "bottom up", "rotated"],
)
def test_a_place_on_the_ground_gets_the_pixel_that_shows_it(tmp_path, transform):
    """Whatever way the image lies."""
    pixels = noise(1, 40, 40)
    path = write_image(tmp_path / "image.tif", pixels, transform=transform)
    east, north = transform @ (12.5, 30.5)
    with open_scene(path) as reader:
        grid = reader.scene.grid
        assert reader.sample(*grid.to_pixel(east, north))[0] == pixels[0, 30, 12]
        assert grid.crs == UTM
        assert reader.scene.gsd_m == pytest.approx(0.5, rel=1e-3)


def test_an_image_in_degrees_has_pixels_in_metres(tmp_path):
    """A pixel of 1/200,000 degree is about half a metre."""
    transform = Affine(5e-6, 0, 130.6, 0, -5e-6, 42.43)
    path = write_image(tmp_path / "image.tif", noise(1, 20, 20), crs="EPSG:4326", transform=transform)
    with open_scene(path, frame=frame_around("EPSG:4326", [130.6], [42.43])) as reader:
        assert reader.scene.gsd_m == pytest.approx(0.478, abs=0.002)


@pytest.mark.parametrize(
    ("driver", "name", "world"), [("PNG", "a.png", "a.pgw"), ("JPEG", "a.JPG", "a.jpgw"), ("GTiff", "a.tif", "a.TFW")]
)
def test_a_world_file_gives_the_centre_of_the_first_pixel(tmp_path, driver, name, world):
    """So its corner lies half a pixel up and to the left."""
    write_image(tmp_path / name, noise(3, 20, 20), crs=None, driver=driver)
    (tmp_path / world).write_text("0.5\n0.0\n0.0\n-0.5\n500000.25\n4689999.75\n")
    with open_scene(tmp_path / name, site_crs=UTM) as reader:
        assert reader.scene.grid.transform == (0.5, 0, 500_000, 0, -0.5, 4_690_000)
        assert codes(reader) == {"crs_assumed"}
    (tmp_path / "a.prj").write_text(ESRI_UTM_51N)
    with open_scene(tmp_path / name, site_crs=UTM) as reader:
        assert (reader.scene.grid.crs, codes(reader)) == ("EPSG:32651", set())


ESRI_UTM_51N = (
    'PROJCS["WGS_1984_UTM_Zone_51N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",123.0],'
    'PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


def test_the_stated_crs_fills_a_gap_but_contradicts_nothing(tmp_path):
    """Silence is filled, agreement is fine, contradiction is an error."""
    placed = write_image(tmp_path / "placed.tif", noise(1, 8, 8))
    bare = write_image(tmp_path / "bare.png", noise(1, 8, 8), crs=None, driver="PNG")
    (tmp_path / "bare.wld").write_text("1 0 0 -1 500000.5 4689999.5")
    with open_scene(bare, stated=Stated(crs="EPSG:32651"), site_crs=UTM) as reader:
        assert (reader.scene.grid.crs, codes(reader)) == ("EPSG:32651", set())
    with open_scene(placed, stated=Stated(crs="epsg:32652")) as reader:
        assert reader.scene.grid.crs == UTM
    for crs, what in (("EPSG:32651", "contradicts"), ("EPSG:nonsense", "not a coordinate system")):
        with pytest.raises(GeoreferenceError, match=f"placed.tif: .*{what}.*--crs|placed.tif: --crs .*{what}"):
            open_scene(placed, stated=Stated(crs=crs))
    with pytest.raises(GeoreferenceError, match=r"bare\.png: .*coordinate system; .*--crs"):
        open_scene(bare)
    (tmp_path / "bare.wld").write_text("1 0 0 -1 500000.5 four")
    with pytest.raises(GeoreferenceError, match=r"bare\.png: its world file bare\.wld"):
        open_scene(bare, site_crs=UTM)


def test_control_points_and_polynomials_alone_do_not_place_an_image(tmp_path):
    """They must be worked into the pixels first, and the error says how."""
    corners = [GroundControlPoint(r, c, 500_000 + c, 4_690_000 - r) for r, c in ((0, 0), (0, 8), (8, 0), (8, 8))]
    pinned = write_image(tmp_path / "gcps.tif", noise(1, 8, 8), crs=UTM, transform=None, gcps=corners)
    with pytest.raises(GeoreferenceError, match=r"gcps\.tif: .*control points; .*gdalwarp.*yardwatch georeference"):
        open_scene(pinned)


def test_facts_come_from_the_user_then_the_sidecar_then_the_tags(tmp_path):
    """The id and the hash are the file's own; each source fills what a better one left open."""
    tags = {"TIFFTAG_DATETIME": "2020:01:02 03:04:05", "TIFFTAG_COPYRIGHT": "© Tag", "YARDWATCH_SIMULATED": "yes"}
    path = write_image(tmp_path / "a scene; of Ünder_1.tif", noise(3, 8, 8, dtype="uint16"), tags=tags)
    digest = sha256(path.read_bytes()).hexdigest()
    with open_scene(path) as reader:
        scene = reader.scene
        assert (scene.id, scene.sha256) == (f"a-scene-of-Under_1-{digest[:8]}", digest)
        assert (scene.filename, scene.bands, scene.dtype) == (path.name, 3, "uint16")
        assert (scene.acquired.text, scene.rights.credit, scene.simulated) == ("2020-01-02", "© Tag", True)
        assert scene.rights.may_republish is Republish.UNKNOWN
        assert codes(reader) == {"acquired_day_only"}
    properties = {
        "datetime": "2024-12-03T02:15:00Z",
        "gsd": 0.7,
        "view:off_nadir": 12.5,
        "view:sun_azimuth": 170,
        "view:sun_elevation": "high",
        "license": "CC-BY-4.0",
        "platform": "sat-1",
        "instruments": ["cam"],
        "providers": [{"name": "Maker"}, {"name": 3}, "x"],
    }
    sidecar = path.with_suffix(".json")
    sidecar.write_text(json.dumps({"type": "Feature", "stac_version": "1.0.0", "properties": properties}))
    with open_scene(path) as reader:
        scene = reader.scene
        assert (scene.acquired.text, scene.gsd_m, scene.sensor) == ("2024-12-03T02:15:00Z", 0.7, "sat-1 cam")
        assert (scene.off_nadir_deg, scene.sun_azimuth_deg, scene.sun_elevation_deg) == (12.5, 170.0, None)
        assert (scene.rights.credit, scene.rights.licence, reader.notices) == ("Maker", "CC-BY-4.0", ())
    stated = Stated(gsd_m=1.5, acquired=parse_when("2024-12"), credit="Me", licence="own", may_republish=Republish.YES)
    with open_scene(path, stated=stated) as reader:
        scene = reader.scene
        assert (scene.acquired.text, scene.gsd_m, scene.rights.credit) == ("2024-12", 1.5, "Me")
        assert (scene.rights.licence, scene.rights.may_republish) == ("own", Republish.YES)
    sidecar.write_text("[" * 100_000)
    with open_scene(path) as reader:
        assert codes(reader) == {"sidecar_unreadable", "acquired_day_only"}


def test_a_stated_resolution_finer_than_the_pixels_is_not_believed(tmp_path):
    """What the pixels do not carry cannot be counted; nonsense is refused."""
    path = write_image(tmp_path / "image.tif", noise(1, 8, 8))
    with open_scene(path, stated=Stated(gsd_m=0.1)) as reader:
        assert reader.scene.gsd_m == pytest.approx(0.5, rel=1e-3)
        assert codes(reader) == {"gsd_finer_than_pixels"}
    with pytest.raises(MisuseError, match="--gsd"):
        open_scene(path, stated=Stated(gsd_m=-1))


def test_what_asks_for_too_much_is_refused_by_its_header(tmp_path):
    """Pieces too large to hold in memory are refused before any is decoded; complex numbers are no brightness."""
    path = tmp_path / "one_piece.tif"
    write_image(
        path, np.zeros((1, 6000, 6000), np.uint8), compress="deflate", tiled=True, blockxsize=6000, blockysize=6000
    )
    with pytest.raises(LimitError, match=r"one_piece\.tif: is stored in pieces of 6000 × 6000 .*TILED=YES"):
        open_scene(path)
    radar = write_image(tmp_path / "radar.tif", np.zeros((1, 8, 8), np.complex64))
    with pytest.raises(ImageError, match="complex64"):
        open_scene(radar)


def test_more_than_eight_bands_are_left_unread_with_a_notice(tmp_path):
    """The first eight are used."""
    pixels = noise(12, 8, 8)
    with open_scene(write_image(tmp_path / "image.tif", pixels)) as reader:
        assert reader.scene.bands == 8
        assert codes(reader) == {"bands_ignored"}
        np.testing.assert_array_equal(reader.sample(np.array([3.5]), np.array([2.5]))[:, 0], pixels[:8, 2, 3])


def test_files_beside_the_image_that_gdal_would_trust_are_not_read(tmp_path):
    """An ``.aux.xml`` cannot move the image, an ``.ovr`` cannot change its picture."""
    path = write_image(tmp_path / "image.tif", noise(1, 64, 64))
    moved = "<PAMDataset><GeoTransform>0, 1, 0, 0, 0, -1</GeoTransform><SRS>EPSG:3857</SRS></PAMDataset>"
    (tmp_path / "image.tif.aux.xml").write_text(moved)
    (tmp_path / "image.tif.ovr").write_bytes(b"II*\0garbage")
    with open_scene(path) as reader:
        assert (reader.scene.grid.crs, reader.scene.grid.transform[2]) == (UTM, 500_000)
        assert reader.picture(longest_px=16).shape == (16, 16, 4)


def test_an_image_off_the_earth_is_refused(tmp_path):
    """Coordinates that no place has, or a drawing's own system."""
    path = write_image(
        tmp_path / "image.tif", noise(1, 8, 8), crs="EPSG:4326", transform=Affine(1, 0, 500, 0, -1, 4690)
    )
    with pytest.raises(GeoreferenceError, match="not lie on the Earth"):
        open_scene(path, frame=Frame("EPSG:4326", 130, 42))
