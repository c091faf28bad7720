"""Railcars out to other programs and back."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from pyproj import CRS
from shapely import Polygon

from yardwatch.errors import InputError, LimitError, MisuseError, TableError
from yardwatch.model.correction import Act
from yardwatch.model.frame import frame_around
from yardwatch.model.railcar import CAR_TYPES
from yardwatch.model.site import Site, Track, Zone, frame_of
from yardwatch.pipeline.checked import counts_in
from yardwatch.pipeline.coco import to_coco
from yardwatch.pipeline.correcting import Decision, decide_in
from yardwatch.pipeline.exporting import export_railcars, form_of
from yardwatch.pipeline.importing import Labels, import_railcars_in
from yardwatch.pipeline.seeing import observations_of
from yardwatch.pipeline.yolo import to_yolo
from yardwatch.railcars.placing import Stretch, outline
from yardwatch.workspace import MemoryStore, create_workspace

FORMS = {"coco": "cars.json", "yolo-obb": "labels of cars", "geoparquet": "cars.parquet"}


@pytest.fixture
def yard(count):
    """A yard with a bend, its count, and a car on each leg and on the bend."""
    x, y = count.scene.grid.to_crs(0, 0)
    track = Track("T1", ((x + 10, y - 10), (x + 90, y - 50), (x + 190, y - 52)))
    site = Site("Bent", "EPSG:32652", (Zone("Yard", "rail_yard", (count.scene.grid.outline(),)),), (track,))
    line, frame = site.line(track), frame_of(site)
    cars = tuple(
        replace(
            count.railcars[0], id=f"c{n}", start_m=start_m, end_m=start_m + 13, zone="Yard", type=kind,
            offset_m=0.3, footprint=outline(line, frame, Stretch("T1", start_m, start_m + 13, 0.3, 3.0)),
        )
        for n, (start_m, kind) in enumerate([(10.0, "tank"), (83.0, "covered"), (140.0, "flat_or_container")])
    )  # fmt: skip
    tracks = (replace(count.tracks[0], length_m=line.length_m, visible_m=line.length_m, hidden_m=0.0),)
    return site, replace(count, railcars=cars, tracks=tracks, strings=())


def kept_in(store, count, noon):
    store.add_scene(count.scene, "one.tif")
    store.save_count(count, "count/1", observations_of(count, step="count/1", recorded_at=noon))
    return store


@pytest.fixture
def workspace(yard, noon, tmp_path):
    """The folder of a workspace with that count."""
    site, count = yard
    with create_workspace(tmp_path / "watch", site) as store:
        kept_in(store, count, noon)
    return tmp_path / "watch"


@pytest.fixture
def empty(yard, noon):
    """A store that knows the scene, in which the machine found nothing."""
    site, count = yard
    return kept_in(MemoryStore(site), replace(count, railcars=()), noon)


def shifted(x, y):
    """A car that leaves the picture on the left."""
    return tuple((x + dx, y - dy) for dx, dy in ((-5, 2), (8, 2), (8, 5), (-5, 5), (-5, 2)))


@pytest.mark.parametrize("form", FORMS)
def test_what_is_exported_comes_back_as_it_was(form, workspace, yard, empty, tmp_path):
    """Same stretch of track to 10 cm, same type, now a person's; a rectangle follows a sharp bend less well."""
    target = tmp_path / FORMS[form]
    written = export_railcars(workspace, target, form=form)
    assert written.counts == {"railcars": 3}
    assert [notice.code for notice in written.notices] == ["no_pictures"]
    done = import_railcars_in(empty, Labels([target], form), by="Ann")
    assert [(one.added, one.off_track) for one in done.scenes] == [(3, 0)]
    back = counts_in(empty)[0].railcars
    for car, was in zip(back, yard[1].railcars, strict=True):
        assert (car.type, car.by, car.zone, car.track) == (was.type, "Ann", "Yard", "T1")
        ends = (car.start_m, car.end_m, car.offset_m)
        bend = 0.8 if form == "yolo-obb" and was.id == "c1" else 0.1
        assert ends == pytest.approx((was.start_m, was.end_m, was.offset_m), abs=bend)


@pytest.mark.parametrize("form", FORMS)
def test_importing_an_export_into_its_own_workspace_confirms_each_car(form, workspace, yard, noon, tmp_path):
    """Nothing is added or changed; done twice, nothing is left to say."""
    target = tmp_path / FORMS[form]
    export_railcars(workspace, target, form=form)
    store = kept_in(MemoryStore(yard[0]), yard[1], noon)
    first = import_railcars_in(store, Labels([target], form), by="Ann").scenes[0]
    assert first.accepted + first.changed == 3
    assert first.changed == (form == "yolo-obb")
    assert first.added == 0
    number = len(store.corrections())
    import_railcars_in(store, Labels([target], form), by="Ann")
    assert len(store.corrections()) == number
    assert [car.id for car in counts_in(store)[0].railcars] == ["c0", "c1", "c2"]


def test_the_form_is_told_from_the_name(tmp_path):
    """And asked for where the name says nothing."""
    assert [form_of(tmp_path / name) for name in ("a.json", "a.parquet", "labels")] == [
        "coco",
        "geoparquet",
        "yolo-obb",
    ]
    with pytest.raises(MisuseError, match="--format"):
        form_of(tmp_path / "a.shp")


def test_a_changed_and_a_missing_outline_of_a_complete_file_change_and_delete(workspace, yard, noon, tmp_path):
    """The rest of the machine's cars go, the tracks are checked, and the count is the person's."""
    target = tmp_path / "cars.json"
    export_railcars(workspace, target)
    document = json.loads(target.read_text())
    document["annotations"] = document["annotations"][:2]
    document["annotations"][0]["category_id"] = 1 + CAR_TYPES.index("covered")
    target.write_text(json.dumps(document))
    store = kept_in(MemoryStore(yard[0]), yard[1], noon)
    done = import_railcars_in(store, Labels([target], complete=True), by="Ann").scenes[0]
    assert (done.accepted, done.changed, done.added, done.deleted) == (1, 1, 0, 1)
    count = counts_in(store)[0]
    assert [(car.id, car.type) for car in count.railcars] == [("c0", "covered"), ("c1", "covered")]
    assert (count.total.value, count.total.low, count.total.high, count.total.by) == (2, 2, 2, "Ann")


def test_the_box_of_coco_holds_its_outline_and_both_lie_on_the_picture(yard):
    """Pixels count from the upper left corner; a car at the edge is cut there, one outside left out."""
    site, count = yard
    x, y = count.scene.grid.to_crs(0, 0)
    edge = replace(count.railcars[0], id="edge", footprint=shifted(x, y))
    away = replace(count.railcars[0], id="away", footprint=tuple((px - 500, py) for px, py in edge.footprint))
    document = json.loads(to_coco([replace(count, railcars=(*count.railcars, edge, away))], site))
    assert [one["attributes"]["id"] for one in document["annotations"]] == ["c0", "c1", "c2", "edge"]
    for one in document["annotations"]:
        ring = np.array(one["segmentation"][0]).reshape(-1, 2)
        left, top, width, height = one["bbox"]
        assert (ring.min(0), ring.max(0)) == (
            pytest.approx([left, top], abs=0.002),
            pytest.approx([left + width, top + height], abs=0.002),
        )
        assert one["area"] == pytest.approx(Polygon(ring).area, abs=0.01)
        assert (ring >= 0).all()
        assert (ring <= [400, 200]).all()
    assert document["annotations"][-1]["bbox"] == pytest.approx([0, 4, 16, 6])
    (image,) = document["images"]
    assert (image["file_name"], image["width"], image["height"], image["may_republish"]) == (
        "one.tif",
        400,
        200,
        "unknown",
    )
    assert "Pictures are not part" in document["info"]["description"]


def test_labels_for_yolo_lie_within_the_picture(yard):
    """A trainer drops a picture whose labels leave it; two pictures of one name have texts of their own."""
    site, count = yard
    x, y = count.scene.grid.to_crs(0, 0)
    ring = tuple((x + dx, y - dy) for dx, dy in ((-5, -1), (8, 2), (7, 5), (-6, 2), (-5, -1)))
    cut = replace(count, railcars=(replace(count.railcars[0], footprint=ring),))
    files = to_yolo([cut], site)
    assert set(files) == {"classes.txt", "data.yaml", "labels/one.txt"}
    number, *values = files["labels/one.txt"].split()
    assert CAR_TYPES[int(number)] == "tank"
    assert len(values) == 8
    assert all(0 <= float(value) <= 1 for value in values)
    twin = replace(cut, scene=replace(cut.scene, id="two"))
    assert {"labels/one-5e5e5e5e.txt", "labels/two.txt"} <= set(to_yolo([cut, twin], site))


def test_no_picture_leaves_with_the_labels(workspace, tmp_path):
    """Whoever took it owns it."""
    for form, name in FORMS.items():
        export_railcars(workspace, tmp_path / name, form=form)
    for file in tmp_path.rglob("*"):
        if file.is_file() and workspace not in file.parents:
            with pytest.raises(OSError, match="cannot identify"):
                Image.open(file)


def test_types_of_others_are_understood_or_said_to_be_unknown(yard, empty, tmp_path):
    """A boxcar is covered; a dragon is a car of unknown type, with a warning."""
    document = json.loads(to_coco([yard[1]], yard[0]))
    names = {"tank": "Tank-Car", "covered": "boxcar", "flat_or_container": "dragon"}
    for kind in document["categories"]:
        kind["name"] = names.get(kind["name"], kind["name"])
    (tmp_path / "cars.json").write_text(json.dumps(document))
    done = import_railcars_in(empty, Labels([tmp_path / "cars.json"]))
    assert [car.type for car in counts_in(empty)[0].railcars] == ["tank", "covered", "unknown"]
    assert '"dragon"' in next(one.message for one in done.notices if one.code == "type_unknown")


def test_outlines_beside_every_track_are_left_out_and_counted(yard, empty, tmp_path):
    """With a warning that says what to do."""
    document = json.loads(to_coco([yard[1]], yard[0]))
    document["annotations"][0]["segmentation"] = [[300, 10, 326, 10, 326, 16, 300, 16]]
    (tmp_path / "cars.json").write_text(json.dumps(document))
    done = import_railcars_in(empty, Labels([tmp_path / "cars.json"]))
    assert (done.scenes[0].added, done.scenes[0].off_track) == (2, 1)
    assert [one.code for one in done.notices] == ["off_track"]


def _coco(change):
    def made(document):
        change(document)
        return json.dumps(document)

    return made


HOSTILE = {
    "no json": lambda _: "{",
    "a list": lambda _: "[]",
    "deep": lambda _: "[" * 100_000,
    "no images": _coco(lambda d: d.update(images=[])),
    "a mask": _coco(lambda d: d["annotations"][0].update(segmentation={"counts": "abc", "size": [1, 1]})),
    "two parts": _coco(lambda d: d["annotations"][0].update(segmentation=[[1, 1, 2, 1, 2, 2], [5, 5, 6, 5, 6, 6]])),
    "odd": _coco(lambda d: d["annotations"][0].update(segmentation=[[1, 1, 2, 1, 2, 2, 3]])),
    "not finite": _coco(lambda d: d["annotations"][0].update(segmentation=[[1, 1, float("nan"), 1, 2, 2]])),
    "huge": _coco(lambda d: d["annotations"][0].update(segmentation=[[1, 1, 1e300, 1, 2, 2]])),
    "a point": _coco(lambda d: d["annotations"][0].update(segmentation=[[1, 1, 1, 1, 1, 1]])),
    "text": _coco(lambda d: d["annotations"][0].update(segmentation=[["a"] * 6])),
    "other size": _coco(lambda d: d["images"][0].update(width=4000)),
    "other picture": _coco(lambda d: d["images"][0].update(file_name="../../etc/passwd", yardwatch=None)),
    "id of a list": _coco(lambda d: d["images"][0].update(id=[1])),
}  # fmt: skip


@pytest.mark.parametrize("flaw", HOSTILE)
def test_a_bad_coco_file_is_refused_whole(flaw, yard, empty, tmp_path):
    """One line that names the file; nothing is kept."""
    (tmp_path / "cars.json").write_text(HOSTILE[flaw](json.loads(to_coco([yard[1]], yard[0]))))
    with pytest.raises((TableError, LimitError), match=r"cars\.json"):
        import_railcars_in(empty, Labels([tmp_path / "cars.json"]))
    assert list(empty.corrections()) == []


@pytest.mark.parametrize(
    "line",
    ["2 0.1 0.1 0.2 0.2", "99 0.1 0.1 0.2 0.1 0.2 0.2 0.1 0.2", "x 0.1 0.1 0.2 0.1 0.2 0.2 0.1 0.2",
     "2 nan 0.1 0.2 0.1 0.2 0.2 0.1 0.2", "2 100 100 200 100 200 200 100 200", "-1 0.1 0.1 0.2 0.1 0.2 0.2 0.1 0.2",
     "2 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1"],
)  # fmt: skip
def test_a_line_that_is_no_label_is_refused(line, empty, tmp_path):
    """Boxes without a direction, classes without a name, pixels instead of shares."""
    (tmp_path / "classes.txt").write_text("\n".join(CAR_TYPES))
    (tmp_path / "one.txt").write_text(line)
    with pytest.raises(TableError, match=r"one\.txt line 1"):
        import_railcars_in(empty, Labels([tmp_path / "one.txt"]))


def test_labels_without_their_classes_are_refused(empty, tmp_path):
    """A number alone means nothing."""
    (tmp_path / "one.txt").write_text("2 0.1 0.1 0.2 0.1 0.2 0.2 0.1 0.2")
    with pytest.raises(TableError, match=r"classes\.txt"):
        import_railcars_in(empty, Labels([tmp_path / "one.txt"]))


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(400) + b"PAR1", b"garbage" * 100])
def test_a_bad_geoparquet_is_refused(content, empty, tmp_path):
    """In a child process, so that nothing of it harms us."""
    (tmp_path / "cars.parquet").write_bytes(content)
    with pytest.raises(InputError, match=r"cars\.parquet"):
        import_railcars_in(empty, Labels([tmp_path / "cars.parquet"]))


def test_geoparquet_says_where_it_lies_and_other_programs_may_use_another_crs(workspace, empty, yard, tmp_path):
    """Version 1.1, WKB, PROJJSON; longitude and latitude come back to the same place."""
    parquet = pytest.importorskip("yardwatch.tables.parquet")
    arro3 = pytest.importorskip("arro3.io")
    target = tmp_path / "cars.parquet"
    export_railcars(workspace, target)
    geo = json.loads(arro3.read_parquet(target).schema.metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    column = geo["columns"]["geometry"]
    assert (column["encoding"], column["geometry_types"], column["crs"]["id"]["code"]) == ("WKB", ["Polygon"], 32652)
    frame = frame_around("EPSG:32652", *np.array(yard[1].scene.grid.outline()).T)
    rings = []
    for car in yard[1].railcars:
        lonlat = frame.to_crs(*frame.to_local(*np.array(car.footprint).T), crs="EPSG:4326")
        rings.append(Polygon(np.column_stack(lonlat)).wkb)
    content = parquet.to_geoparquet(
        rings,
        texts={"scene": ["one"] * 3, "type": ["tank"] * 3},
        numbers={},
        crs=CRS.from_epsg(4326).to_json_dict(),
        bbox=[0, 0, 1, 1],
    )
    target.write_bytes(content)
    done = import_railcars_in(empty, Labels([target]), by="Ann")
    assert done.scenes[0].added == 3
    assert [car.start_m for car in counts_in(empty)[0].railcars] == pytest.approx([10, 83, 140], abs=0.1)


def test_an_export_holds_what_persons_decided(workspace, yard, noon):
    """A deleted car is not in it, an added one is, with its author."""
    store = kept_in(MemoryStore(yard[0]), yard[1], noon)
    decisions = [Decision(act=Act.DELETE, railcar="c0"), Decision(act=Act.ADD, track="T1", start_m=30, end_m=43)]
    decide_in(store, yard[1].scene.id, decisions, by="Ann")
    document = json.loads(to_coco(counts_in(store), yard[0]))
    said = [(one["attributes"]["by"], one["attributes"]["start_m"]) for one in document["annotations"]]
    assert said == [("Ann", 30), ("machine", 83), ("machine", 140)]
