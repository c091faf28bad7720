"""Teach the network one half of a labelled scene and judge it on the other half (needs the extra ``train``).

The halves are of one image, so what is found is how much a network gains from the very place and light that it will
see again, not how much it gains elsewhere.

Run as ``python tools/try_finetuning.py ../shared/data/scenes/muttenz``.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import rasterio
from rasterio.windows import Window

from yardwatch import pipeline
from yardwatch.model.frame import Frame
from yardwatch.model.railcar import CAR_TYPES, Count
from yardwatch.model.site import Site, frame_of
from yardwatch.pipeline.finetuning import Effort, tune
from yardwatch.railcars.placing import locate_outline
from yardwatch.workspace import open_workspace

_IN_VIEW = 0.5


def main() -> None:
    """Cut, count, correct by the labels, train, judge."""
    parser = argparse.ArgumentParser(description="Teach the network one half of a labelled scene, judge the other.")
    parser.add_argument("scene", type=Path)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--ribbons", type=int, default=120)
    parser.add_argument("--judged-ribbons", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        workspace, out = Path(folder) / "watch", Path(folder) / "tuned.onnx"
        pipeline.start_workspace(workspace, options.scene / "site.geojson")
        images = list(_halves(options.scene / "image.tif", Path(folder)))
        gsd_m = json.loads((options.scene / "meta.json").read_text("utf-8"))["gsd_m"]
        pipeline.add_images(workspace, images, told=pipeline.Told(gsd=gsd_m))
        pipeline.run_workspace(workspace)
        _correct(workspace, json.loads((options.scene / "truth.geojson").read_text("utf-8"))["features"])
        effort = Effort(options.steps, options.ribbons, options.judged_ribbons, options.seed)
        tuned = tune(workspace, out, effort)
        print(json.dumps({"effort": str(effort), "worse": tuned.worse, **tuned.figures}, indent=1))


def _halves(image: Path, folder: Path) -> Iterator[Path]:
    """The left and the right half of an image, each an image."""
    with rasterio.open(image) as source:
        half = source.width // 2
        for name, first, width in (("left", 0, half), ("right", half, source.width - half)):
            window = Window(first, 0, width, source.height)
            shape = {"width": width, "height": source.height, "count": source.count, "dtype": source.dtypes[0]}
            place = {"crs": source.crs, "transform": source.window_transform(window)}
            path = folder / f"{name}.tif"
            with rasterio.open(path, "w", driver="GTiff", **shape, **place) as target:
                target.write(source.read(window=window))
            yield path


def _correct(workspace: Path, features: list[dict]) -> None:
    """Leave the labelled cars on the tracks, each on the half that holds its middle, and check all tracks."""
    with open_workspace(workspace) as store:
        site = store.site()
        for count in store.counts():
            pipeline.decide_in(
                store, count.scene.id, list(_decisions(count, site, frame_of(site), features)), by="labels"
            )


def _decisions(count: Count, site: Site, frame: Frame, features: list[dict]) -> Iterator[pipeline.Decision]:
    lines = {track.name: site.line(site.track(track.name)) for track in count.tracks}
    for car in count.railcars:
        yield pipeline.Decision(act=pipeline.Act.DELETE, railcar=car.id)
    for feature in features:
        corners = np.array(feature["geometry"]["coordinates"][0][:-1], float)
        x, y = frame.to_local(*corners.T)
        column, row = count.scene.grid.to_pixel(*frame.to_crs(x.mean(), y.mean(), crs=count.scene.grid.crs))
        inside = 0 <= column < count.scene.grid.width and 0 <= row < count.scene.grid.height
        stretch = locate_outline(np.column_stack([x, y]), lines) if inside else None
        if stretch is None or feature["properties"].get("fraction_in_view", 1.0) < _IN_VIEW:
            continue
        kind = feature["properties"].get("type")
        yield pipeline.Decision(
            act=pipeline.Act.ADD,
            track=stretch.track,
            start_m=max(0.0, stretch.start_m),
            end_m=min(lines[stretch.track].length_m, stretch.end_m),
            offset_m=stretch.offset_m,
            width_m=stretch.width_m,
            type=kind if kind in CAR_TYPES else "unknown",
        )
    for name in lines:
        yield pipeline.Decision(act=pipeline.Act.CHECK, track=name)


if __name__ == "__main__":
    main()
