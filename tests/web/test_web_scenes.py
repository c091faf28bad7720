"""Scenes, their cars and their tiles over the web."""

import io
import math

import numpy as np
import pytest
from desks import CARS, EAST_M, NORTH_M, write_image
from PIL import Image
from pyproj import Transformer
from test_web_gate import problem

TO_LONLAT = Transformer.from_crs("EPSG:32652", "EPSG:4326", always_xy=True)


def square_at(x_m, y_m, zoom):
    """The tile that holds a point of the yard, and the pixel in it."""
    lon, lat = TO_LONLAT.transform(EAST_M + x_m, NORTH_M + y_m)
    x = (lon + 180) / 360 * 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom
    return (zoom, int(x), int(y)), (int(x % 1 * 256), int(y % 1 * 256))


def picture(answer):
    """A tile as an array."""
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


def scenes(desk):
    """All scenes."""
    return desk.get("/api/scenes").json()["items"]


def test_the_list_says_what_a_time_axis_needs(desk):
    """When, how good, how much of the track, how many cars, by whom, and where the tiles are."""
    first, second, third = scenes(desk)
    assert [one["acquired_from"] for one in (first, second, third)] == [
        "2024-03-05T02:15:00Z", "2024-06-18T02:15:00Z", "2024-10-09T02:15:00Z",
    ]  # fmt: skip
    assert (first["total"]["value"], first["total"]["low"], first["total"]["high"]) == (CARS, CARS, CARS + 1)
    assert first["coverage"]["visible_share"] == pytest.approx(590 / 600, abs=1e-4)
    assert (first["credit"], first["licence"]) == ("© Nobody", "CC0-1.0")
    assert first["gsd_m"] == pytest.approx(0.5, rel=0.01)
    assert (third["counted"], third["total"], third["coverage"]) == (False, None, None)
    west, south, east, north = first["bounds"]
    assert west < 129.001 < east
    assert south < north


def test_lists_come_in_pages(desk):
    """Each begins where the one before ended; the last one says so."""
    seen, offset = [], 0
    while offset is not None:
        page = desk.get("/api/scenes", params={"limit": 2, "offset": offset}).json()
        seen += [one["id"] for one in page["items"]]
        offset = page["next_offset"]
    assert seen == [one["id"] for one in scenes(desk)]
    assert desk.get("/api/scenes", params={"offset": 99}).json() == {"items": [], "total": 3, "next_offset": None}
    assert problem(desk.get("/api/scenes", params={"limit": 100_000})) == "invalid"


def test_an_answer_that_is_known_is_not_sent_again(desk):
    """Until anything in the workspace changes."""
    first = desk.get("/api/scenes")
    known = {"If-None-Match": first.headers["etag"]}
    assert desk.get("/api/scenes", headers=known).status_code == 304
    assert desk.get("/api/observations", headers=known).status_code == 200
    desk.post("/api/observations", json={"zone": "Sheds", "class": "bogies", "count": "7", "date": "2024"})
    assert desk.get("/api/scenes", headers=known).status_code == 200


def test_the_cars_are_those_of_the_command_line_with_the_persons_word(desk):
    """By track and chainage, in the site's coordinates or for a map; of one track or zone."""
    scene = scenes(desk)[0]["id"]
    count = desk.get(f"/api/scenes/{scene}/count").json()
    cars = desk.get(f"/api/scenes/{scene}/railcars").json()
    assert cars["items"] == count["railcars"]
    assert desk.get(f"/api/scenes/{scene}/railcars", params={"track": "T2"}).json()["total"] == 0
    on_map = desk.get(f"/api/scenes/{scene}/railcars.geojson").json()["features"]
    assert [one["id"] for one in on_map] == [one["id"] for one in cars["items"]]
    assert on_map[0]["geometry"]["coordinates"][0][0][0] == pytest.approx(129.0, abs=0.01)
    decision = {"decisions": [{"act": "delete", "railcar": "c1"}], "by": "Lee"}
    desk.post(f"/api/scenes/{scene}/ribbons/decisions", json=decision)
    assert desk.get(f"/api/scenes/{scene}/railcars").json()["total"] == CARS - 1
    listed = scenes(desk)[0]
    assert (listed["total"]["value"], listed["checked"]) == (CARS - 1, True)
    whole = next(one for one in desk.get(f"/api/scenes/{scene}/tallies").json()["tallies"] if one["zone"] is None)
    assert {name: whole[name] for name in listed["total"]} == listed["total"]


def test_what_is_not_there_is_said_so(desk):
    """A scene that nobody knows, and one that was not counted."""
    third = scenes(desk)[2]["id"]
    for path in (
        "/api/scenes/nix",
        "/api/scenes/nix/count",
        "/api/scenes/nix/tiles/1/1/1.png",
        f"/api/scenes/{third}/count",
    ):
        assert (path, problem(desk.get(path))) == (path, "not_found")
    assert desk.get(f"/api/scenes/{third}").json()["tallies"] == []


def test_a_tile_shows_the_place_it_is_of(desk):
    """Brightness grows eastward by the ramp of the image, at each zoom; 16 bits are stretched."""
    for index in (0, 1):
        url = scenes(desk)[index]["tiles"]["url"]
        for zoom in (16, 18, 20):
            seen = []
            for x_m in (70, 150, 250, 310):
                (z, x, y), (column, row) = square_at(x_m, 80, zoom)
                pixels = picture(desk.get(url.format(z=z, x=x, y=y)))
                window = pixels[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3]
                assert (window[..., 3] == 255).all()
                seen.append(float(window[..., 0].mean()))
            assert seen == sorted(seen)
            assert seen[-1] - seen[0] > 80
            if index == 0:
                assert seen[1] == pytest.approx(40 + 160 * 300 / 640, abs=10)


def test_nothing_is_drawn_where_the_image_shows_nothing(desk):
    """Beyond its edge, on the other side of the world, and where it holds no data."""
    url = scenes(desk)[0]["tiles"]["url"]
    assert not picture(desk.get(url.format(z=18, x=0, y=0)))[..., 3].any()
    (z, x, y), (column, row) = square_at(20, 80, 19)
    assert picture(desk.get(url.format(z=z, x=x, y=y)))[row, column, 3] == 0
    (z, x, y), (column, row) = square_at(330, 80, 19)
    assert picture(desk.get(url.format(z=z, x=x, y=y)))[row, column, 3] == 0
    whole = picture(desk.get(url.format(z=0, x=0, y=0)))
    assert whole[..., 3].sum() <= 255 * 4


def test_tiles_are_kept_by_browsers_as_long_as_they_hold(desk):
    """For ever with their version, and asked for again without."""
    url = scenes(desk)[0]["tiles"]["url"]
    (z, x, y), _ = square_at(100, 80, 17)
    first = desk.get(url.format(z=z, x=x, y=y))
    assert "immutable" in first.headers["cache-control"]
    bare = desk.get(url.format(z=z, x=x, y=y).partition("?")[0])
    assert bare.headers["cache-control"] == "private, no-cache"
    known = desk.get(url.format(z=z, x=x, y=y), headers={"If-None-Match": first.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    webp = desk.get(url.format(z=z, x=x, y=y).replace(".png", ".webp"))
    ours, other = picture(first).astype(int), picture(webp).astype(int)
    assert np.abs(ours - other)[ours[..., 3] == 255].mean() < 8
    assert problem(desk.get(url.format(z=3, x=8, y=0))) == "bad_input"
    assert problem(desk.get(url.format(z=99, x=0, y=0))) == "invalid"


def test_the_tile_of_a_file_that_is_gone_or_another_says_so(desk, workspace):
    """And the server goes on."""
    url = scenes(desk)[0]["tiles"]["url"]
    (z, x, y), _ = square_at(100, 80, 17)
    image = workspace / "images" / "yard-2024-03-05.tif"
    held = image.read_bytes()
    image.unlink()
    assert problem(desk.get(url.format(z=z, x=x, y=y))) == "bad_input"
    image.write_bytes(b"II*\0" + b"junk" * 1000)
    assert problem(desk.get(url.format(z=z, x=x, y=y))) == "bad_input"
    image.write_bytes(held)
    assert desk.get(url.format(z=z, x=x, y=y)).status_code == 200


def test_scenes_come_in_by_upload_and_bad_ones_leave_nothing(desk, workspace, tmp_path):
    """With what is said of them; a file that is none is named in words without a path of ours."""
    good = write_image(tmp_path / "new.tif", 9).read_bytes()
    said = {"acquired": "2025-01-02T03:04Z", "credit": "© A. Nother"}
    answer = desk.post("/api/scenes", files=[("file", ("../../My image (1).tif", good))], data=said)
    assert answer.status_code == 201, answer.text
    scene = answer.json()["scenes"][0]["scene"]
    assert (scene["acquired"], scene["filename"]) == ("2025-01-02T03:04:00Z", "My-image-1.tif")
    assert len(scenes(desk)) == 4
    known = desk.post("/api/scenes", files=[("file", ("again.tif", good))])
    assert known.json()["scenes"][0]["status"] == "known"
    for name, content in (("bad.tif", b"II*\0junk"), ("a.exe", b"MZ"), ("noimage.prj", b"x"), ("", b"x")):
        answer = desk.post("/api/scenes", files=[("file", (name, content))])
        assert problem(answer) in {"bad_input", "invalid"}
        assert str(workspace) not in answer.text
    assert (
        problem(desk.post("/api/scenes", files=[("file", ("b.tif", good))], data={"acquired": "soon"})) == "bad_input"
    )
    assert len(list((workspace / "images").glob("upload-*"))) == 1
