"""``yardwatch measure``: what it prints and writes, and what it refuses."""

import json

import pytest

from shared_data import shared_data

X, Y = 500000.0, 4690000.0


def drawing(path, *features, crs=32652):
    """A GeoJSON file of polygons and lines: (properties, type, coordinates)."""
    made = [
        {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}
        for properties, kind, coordinates in features
    ]
    member = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{crs}"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": member, "features": made}))
    return path


def box(west, south, east, north):
    """A closed ring, metres from the yard's corner, south negative."""
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return [[X + x, Y + y] for x, y in ring]


@pytest.fixture
def shed(tmp_path):
    """One outline and one line on the invented yard."""
    return drawing(
        tmp_path / "shed.geojson",
        ({"name": "shed", "height_m": 6, "published": "50 x 20 m"}, "Polygon", [box(40, -50, 90, -30)]),
        ({"name": "siding"}, "LineString", [[X + 10, Y - 30], [X + 110, Y - 30]]),
    )


def test_sizes_are_printed_with_their_errors(yardwatch, yard, shed):
    """And each is weighed against what was published."""
    ended = yardwatch("measure", yard / "image1.tif", "--geometry", shed)
    assert ended.code == 0, ended.err
    assert "shed: " in ended.out
    assert " × " in ended.out
    assert "±" in ended.out
    assert "against 50 x 20 m" in ended.out
    assert "siding: 100" in ended.out


def test_a_program_gets_every_size_with_its_error_and_budget(yardwatch, yard, shed):
    """As the schema says."""
    document = yardwatch("measure", yard / "image1.tif", "--geometry", shed, "--json", "-").document("measure")
    polygon, line = document["features"]
    for key in ("length_m", "width_m", "area_m2", "bearing_deg"):
        assert polygon[key] >= 0
        assert polygon[f"{key}_se"] >= 0
    assert polygon["length_m_se"] ** 2 == pytest.approx(sum(v**2 for v in polygon["budget"].values()), rel=1e-3)
    assert line["width_m"] is None
    assert line["area_m2_se"] is None
    assert document["comparisons"][0]["second"] == "50 x 20 m"


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_figure_is_drawn_on_request(yardwatch, yard, shed, tmp_path, ending):
    """As SVG or PNG by its name."""
    ended = yardwatch("measure", yard / "image1.tif", "--geometry", shed, "--figure", f"out.{ending}")
    assert ended.code == 0, ended.err
    start = (tmp_path / f"out.{ending}").read_bytes()[:8]
    assert start.startswith(b"<svg" if ending == "svg" else b"\x89PNG")


def test_two_structures_are_compared(yardwatch, yard, tmp_path):
    """By name; a name that is not there is refused."""
    two = drawing(
        tmp_path / "two.geojson",
        ({"name": "a"}, "Polygon", [box(20, -50, 60, -30)]),
        ({"name": "b"}, "Polygon", [box(80, -50, 120, -30)]),
    )
    ended = yardwatch("measure", yard / "image1.tif", "--geometry", two, "--compare", "a", "b")
    assert ended.code == 0, ended.err
    assert "a against b: length differs by" in ended.out
    refused = yardwatch("measure", yard / "image1.tif", "--geometry", two, "--compare", "a", "c")
    assert refused.code == 2
    assert '"c"' in refused.err


def test_a_crossing_outline_is_measured_with_a_warning(yardwatch, yard, tmp_path):
    """Perturbed corners may cross; that is no reason to refuse the file."""
    ring = [[X + 20, Y - 50], [X + 60, Y - 30], [X + 60, Y - 50], [X + 20, Y - 30], [X + 20, Y - 50]]
    crossing = drawing(tmp_path / "crossing.geojson", ({"name": "bow"}, "Polygon", [ring]))
    ended = yardwatch("measure", yard / "image1.tif", "--geometry", crossing)
    assert ended.code == 0, ended.err
    assert "bow" in ended.err
    assert "crosses itself" in ended.err


@pytest.mark.parametrize(
    ("kind", "coordinates", "words"),
    [
        ("Polygon", [[[X, Y], [X + 1, Y]]], "fewer than three points"),
        ("Polygon", [[[X, Y], [X + 5, Y], [X + 10, Y], [X, Y]]], "no area"),
        ("LineString", [[X, Y], [X, Y]], "one point"),
        ("Polygon", [[[X, "east"], [X + 5, Y], [X, Y]]], "pair of numbers"),
        ("Point", [X, Y], "no polygon and no line"),
        ("Polygon", [[[X + 9e5, Y], [X + 9e5 + 50, Y], [X + 9e5, Y + 50], [X + 9e5, Y]]], "meet"),
    ],
)
def test_a_bad_drawing_is_refused_in_one_line(yardwatch, yard, tmp_path, kind, coordinates, words):
    """Naming the file or the feature; nothing is written."""
    bad = drawing(tmp_path / "bad.geojson", ({"name": "hut"}, kind, coordinates))
    ended = yardwatch("measure", yard / "image1.tif", "--geometry", bad, "--json", "out.json")
    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert words in ended.err
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    "words",
    [("--published", "348 parsecs"), ("--figure", "out.gif"), ("--height", "-3"), ("--off-nadir", "90")],
)
def test_a_bad_option_is_refused_in_one_line(yardwatch, yard, shed, words):
    """Before or after the image is read, but without a traceback."""
    ended = yardwatch("measure", yard / "image1.tif", "--geometry", shed, *words)
    assert ended.code == 2
    assert ended.err.count("\n") == 1


@pytest.mark.real
@pytest.mark.parametrize(
    "name",
    ["site_deep.geojson", "site_nan.geojson", "site_million_points.geojson", "laughs.kml"],
)
def test_a_hostile_drawing_is_refused(yardwatch, name):
    """Those that a stranger could send, on the image that goes with them."""
    hostile = shared_data() / "hostile"
    ended = yardwatch("measure", hostile / "ok.tif", "--geometry", hostile / name)
    assert ended.code == 2
    assert ended.err.count("\n") == 1
