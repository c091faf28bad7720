"""``yardwatch site``: drafting and tracing as commands."""

import json

import numpy as np
import pytest

from made_tracks import made_tracks
from yardwatch.pipeline.simulated import write_simulated
from yardwatch.simulate import Conditions, Rendered, Truth


@pytest.fixture
def picture(tmp_path):
    """The invented stretch as a GeoTIFF, its tracks, and a map of them, 3 m off."""
    reader, frame, tracks = made_tracks(curved=False)
    grid = reader.scene.grid
    column, row = np.meshgrid(np.arange(grid.width) + 0.5, np.arange(grid.height) + 0.5)
    pixels = reader.sample(column, row, footprint_px=1.0).round().astype(np.uint8)
    image = tmp_path / "stretch.tif"
    write_simulated(image, Rendered(pixels, grid, Truth(grid.crs, (), ()), Conditions()), credit="invented")
    elements = []
    for number, track in enumerate(tracks):
        longitude, latitude = frame.to_crs(*(track.vertices_m + np.array([0.0, 3.0])).T, crs="EPSG:4326")
        geometry = [{"lon": lon, "lat": lat} for lon, lat in zip(longitude, latitude, strict=True)]
        elements.append({"type": "way", "id": number, "tags": {"railway": "rail"}, "geometry": geometry})
    osm = tmp_path / "osm.json"
    osm.write_text(json.dumps({"elements": elements}))
    clicks = [f"{x:.2f},{y:.2f}" for x, y in zip(*frame.to_crs(*tracks[1].points([40.0, 200.0])), strict=True)]
    return image, osm, clicks


def test_a_draft_is_written_and_can_be_counted_on(yardwatch, picture, tmp_path):
    """The map is named as the source, and the file is taken by `count`."""
    image, osm, _ = picture
    ended = yardwatch("site", "draft", image, "--osm", osm, "--out", "site.geojson", "--json", "-")
    assert ended.code == 0, ended.err
    assert len(ended.document("site-draft")["tracks"]) == 4
    assert "OpenStreetMap" in (tmp_path / "site.geojson").read_text()
    counted = yardwatch("count", image, "--site", "site.geojson", "--json", "-")
    assert counted.code == 0, counted.err
    assert counted.document("count")["tallies"][0]["value"] == 0


def test_two_clicks_trace_a_track(yardwatch, picture):
    """The line is written as a site file; a line where there is no track is an answer of no."""
    image, _, clicks = picture
    ended = yardwatch(
        "site", "trace", image, "--from", clicks[0], "--to", clicks[1], "--out", "l.geojson", "--json", "-"
    )
    assert ended.code == 0, ended.err
    assert ended.document("site-trace")["sure_share"] > 0.8
    beside = [f"{x},{float(y) + 17}" for x, y in (click.split(",") for click in clicks)]
    nothing = yardwatch("site", "trace", image, "--from", beside[0], "--to", beside[1], "--json", "-")
    assert nothing.code == 1
    assert nothing.document("site-trace")["line"] is None


@pytest.mark.parametrize(
    ("words", "told"),
    [(("--from", "1;2", "--to", "3,4"), "two numbers"), (("--from", "1,2", "--to", "3,4"), "does not lie in")],
)
def test_a_place_that_is_none_is_refused(yardwatch, picture, words, told):
    """In one line, exit 2."""
    ended = yardwatch("site", "trace", picture[0], *words)
    assert ended.code == 2
    assert told in ended.err
    assert "Traceback" not in ended.err
