"""A site drafted from a map and a picture: what the file says, and that it can be counted on."""

import json

import numpy as np
import pytest
import shapely

from made_tracks import made_tracks
from yardwatch.errors import GeoreferenceError, MisuseError
from yardwatch.imagery.osm import OsmArea, OsmExtract, OsmLine
from yardwatch.imagery.sites import read_site
from yardwatch.model.frame import Frame
from yardwatch.pipeline import OSM_LICENCE, draft_scene, to_json, trace, trace_facts
from yardwatch.pipeline.osm_lines import rough_tracks
from yardwatch.simulate import SITE_CRS


def degrees(frame, points):
    """Local metres as longitudes and latitudes."""
    x, y = frame.to_crs(*np.array(points).T, crs="EPSG:4326")
    return tuple(zip(x.tolist(), y.tolist(), strict=True))


@pytest.fixture(scope="module")
def drafted():
    """A draft from three of four tracks, shifted by 3 m, with an area, a tunnel and a disused line."""
    reader, frame, tracks = made_tracks(curved=False)
    lines = []
    for number, track in enumerate(tracks[:3]):
        tags = {"railway": "rail", "service": "yard", "gauge": "1520"}
        points = degrees(frame, track.vertices_m[::30] + np.array([0.0, 3.0]))
        lines.append(OsmLine(f"way/{number}", tags | ({"name": "<b>main</b>"} if number == 0 else {}), points))
    lines.append(OsmLine("way/8", {"railway": "disused"}, lines[0].points))
    lines.append(OsmLine("way/9", {"railway": "rail", "tunnel": "yes"}, lines[0].points))
    ring = degrees(frame, [(-90, -20), (90, -20), (90, 40), (-90, 40), (-90, -20)])
    area = OsmArea("way/10", {"landuse": "railway"}, (ring,))
    return draft_scene(reader, OsmExtract("map.json", tuple(lines), (area,)), name="invented"), frame, tracks


def test_each_track_keeps_its_name_and_says_how_it_came_about(drafted):
    """Numbered from the north where the map has no name; those left out are listed."""
    draft, _, _ = drafted
    assert [one.name for one in draft.lines] == ["<b>main</b>", "track 1", "track 2", "track 3"]
    assert [one.proposed for one in draft.lines] == [False, False, False, True]
    assert all(2.5 < one.moved_m < 3.5 for one in draft.lines[:3])
    assert [one["osm_id"] for one in draft.document["left_out"]] == ["way/8", "way/9"]
    assert {notice.code for notice in draft.notices} >= {"draft_to_check", "draft_proposed", "draft_left_out"}


def test_each_track_says_where_the_map_had_it(drafted):
    """In degrees, so that a page can show what was moved; what was proposed was nowhere on the map."""
    draft, frame, tracks = drafted
    was = np.column_stack(
        Frame("EPSG:4326", frame.longitude_deg, frame.latitude_deg).to_local(*np.array(draft.lines[1].drawn).T)
    )
    off = tracks[1].locate(*was[1:-1].T)[1]
    assert np.median(np.abs(off)) == pytest.approx(3.0, abs=0.3)
    assert draft.lines[3].drawn == ()


def test_the_file_is_a_site_file_that_names_its_source(drafted, tmp_path):
    """It reads back as the same site, in the image's CRS and in degrees."""
    draft, frame, tracks = drafted
    path = tmp_path / "site.geojson"
    path.write_text(to_json(draft.geojson), encoding="utf-8")
    site, _ = read_site(path)
    assert site == draft.site
    assert draft.geojson["drafted"]["licence"] == OSM_LICENCE
    assert draft.geojson["features"][1]["properties"]["licence"] == OSM_LICENCE
    path.write_text(to_json(draft.lonlat), encoding="utf-8")
    turned, _ = read_site(path)
    local = Frame("EPSG:4326", frame.longitude_deg, frame.latitude_deg).to_local(
        *np.array(turned.tracks[1].coordinates).T
    )
    away = shapely.hausdorff_distance(
        shapely.LineString(np.column_stack(local)), shapely.LineString(tracks[1].vertices_m)
    )
    assert away < 60
    middle = np.abs(tracks[1].locate(*(part[1:-1] for part in local))[1])
    assert middle.size == 0 or np.median(middle) < 0.4
    assert [zone.role for zone in site.zones] == ["rail_yard"]


def test_a_map_of_another_place_is_refused():
    """With what to check."""
    reader, frame, tracks = made_tracks(curved=False)
    far = OsmLine("way/1", {"railway": "rail"}, degrees(frame, tracks[0].vertices_m + np.array([90_000.0, 0.0])))
    with pytest.raises(GeoreferenceError, match="lies in the image"):
        draft_scene(reader, OsmExtract("map.json", (far,), ()), name="nowhere")


def test_lines_that_go_on_as_one_another_are_joined_at_a_switch():
    """The straightest pair is one track, the branch another."""
    reader, frame, _ = made_tracks(curved=False)
    parts = [[(-80, 0), (0, 0)], [(0, 0), (80, 1)], [(0, 0), (80, 9)]]
    lines = tuple(OsmLine(f"way/{n}", {"railway": "rail"}, degrees(frame, part)) for n, part in enumerate(parts))
    found = rough_tracks(OsmExtract("map.json", lines, ()), reader.scene.grid, frame)
    assert sorted(one.ids for one in found) == [("way/0", "way/1"), ("way/2",)]


def test_clicks_in_any_crs_trace_a_line_in_that_crs():
    """Also in degrees, as a browser gives them."""
    reader, frame, tracks = made_tracks(curved=True)
    clicks = degrees(frame, np.column_stack(tracks[2].points(np.array([20.0, 200.0]))))
    found = trace(reader, clicks, crs="EPSG:4326")
    facts = json.loads(to_json(trace_facts(found)))
    assert facts["found"]
    assert facts["length_m"] == pytest.approx(180, abs=6)
    assert len(facts["se_m"]) == len(facts["line"]["coordinates"])
    assert facts["line"]["coordinates"][0] == pytest.approx(clicks[0], abs=3e-5)


@pytest.mark.parametrize(
    ("clicks", "told"),
    [([(0.0, 0.0)], "1 clicks"), ([(float("nan"), 0.0), (1.0, 1.0)], "finite"), ([(7e5, 1e4), (7e5, 2e4)], "click 1")],
)
def test_clicks_that_are_no_places_in_the_image_are_refused(clicks, told):
    """In one line."""
    reader, _, _ = made_tracks(curved=True)
    with pytest.raises(MisuseError, match=told):
        trace(reader, clicks, crs=SITE_CRS)
