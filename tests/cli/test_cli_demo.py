"""The demonstration does the main job on a simulated yard, and says everywhere that it is simulated."""

import json
from itertools import pairwise

from yardwatch.workspace import open_workspace


def _changes(folder):
    """Kinds and areas of what neighbouring dates show."""
    with open_workspace(folder) as store:
        order = [scene.id for scene in store.scenes()]
        found = {(one.before.id, one.after.id): one.changes for one in store.comparisons()}
    return [[(change.kind, round(change.area_m2, -2)) for change in found[pair]] for pair in pairwise(order)]


def test_the_demonstration_ends_by_naming_its_report_and_can_go_on(yardwatch, tmp_path):
    """Twice in a row: the second time nothing is rendered, counted or observed again."""
    first = yardwatch("demo", "de mo")
    assert first.code == 0, first.err
    report = tmp_path / "de mo" / "report.html"
    assert first.out.rstrip().endswith("de mo/report.html")
    page = report.read_text("utf-8")
    assert "imulated" in page
    seen = page.count("Invented analyst")
    assert seen > 0
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "de mo" / "images").iterdir()}
    again = yardwatch("demo", "de mo", "--json", "-")
    document = again.document("demo")
    assert len(document["scenes"]) == 3
    assert all(scene["scene"]["simulated"] for scene in document["scenes"])
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert report.read_text("utf-8").count("Invented analyst") == seen
    assert yardwatch("run", "de mo").code == 1
    real = tmp_path / "de mo-tumangang-khasan"
    assert document["case"] == {"folder": str(real), "report": str(real / "report.html")}
    told = (real / "report.html").read_text("utf-8")
    assert "Invented" not in told
    assert "SIMULATED" not in told
    assert "Tumangang" not in page
    assert str(real / "report.html") in first.out
    assert _changes(tmp_path / "de mo") == [[("built", 400)], [("razed", 400)]]  # of 350 and 418 m², and nothing else


def test_the_demonstration_leaves_other_folders_alone(yardwatch, tmp_path):
    """A folder with other things in it, were it a site file, stays as it is."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "site.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    before = (tmp_path / "mine" / "site.geojson").read_text()
    for folder in ("mine", "mine/site.geojson"):
        ended = yardwatch("demo", folder)
        assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert (tmp_path / "mine" / "site.geojson").read_text() == before
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["site.geojson"]
