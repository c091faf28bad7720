"""Score counts of labelled scenes, real and simulated apart."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from yardwatch.errors import MisuseError
from yardwatch.imagery.scenes import Stated, open_scene
from yardwatch.imagery.sites import read_site
from yardwatch.model.frame import Frame
from yardwatch.model.ports import SceneReader
from yardwatch.model.railcar import Count
from yardwatch.model.site import Site, frame_of
from yardwatch.pipeline.counting import count_scene
from yardwatch.pipeline.simulated import truth_path, write_simulated
from yardwatch.railcars.scoring import OnTrack, TruthCar, score_cars
from yardwatch.simulate import invented_site, place_consists, random_conditions, random_yard, render

__all__ = ["SceneScore", "score_count", "score_file", "score_reader", "score_simulated", "truth_cars"]

_SIMULATED_SEEDS = (101, 102, 103)
_SIMULATED_GSD_M = (0.3, 0.5, 0.8)


@dataclass(frozen=True, slots=True)
class SceneScore:
    """How good the count of one scene is."""

    name: str
    """Name of the scene."""
    gsd_m: float
    """Ground sample distance, metres."""
    truth: int
    """Labelled railcars at least half in view."""
    found: int
    """Railcars found."""
    precision: float
    """Share of the found that are right."""
    recall: float
    """Share of the labelled that were found."""
    f1: float
    """Harmonic mean of the two."""
    count_error: int
    """Tally less truth."""
    low: int
    """Lower bound of the tally."""
    high: int | None
    """Upper bound of the tally."""
    typed: int
    """Found cars whose label has a type that the count can express."""
    typed_right: int
    """Those whose type is right."""

    @property
    def interval(self) -> str:
        """The bounds, to print."""
        return f"{self.low}–{self.high}"

    @property
    def held(self) -> bool:
        """Whether the bounds hold the truth."""
        return self.low <= self.truth <= (self.truth if self.high is None else self.high)


def score_file(folder: Path, *, site: Site | None = None) -> SceneScore:
    """Count ``image.tif`` of a folder with its ``site.geojson`` or a given site; score it against ``truth.geojson``."""
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    labels = json.loads((folder / "truth.geojson").read_text(encoding="utf-8"))
    site = site or read_site(folder / "site.geojson")[0]
    stated = Stated(gsd_m=meta["gsd_m"])
    with open_scene(folder / "image.tif", site_crs=site.crs, frame=frame_of(site), stated=stated) as reader:
        return score_reader(folder.name, reader, site, truth_cars(labels["features"], frame_of(site)))


def score_simulated() -> Iterator[SceneScore]:
    """Score invented yards that were rendered for this alone, from seeds that no training uses."""
    with TemporaryDirectory() as folder:
        for seed, gsd_m in product(_SIMULATED_SEEDS, _SIMULATED_GSD_M):
            rng = np.random.default_rng((seed, round(100 * gsd_m)))
            plan = random_yard(rng)
            site = invented_site(plan)
            rendered = render(place_consists(rng, plan), rng=rng, conditions=random_conditions(rng, gsd_m=gsd_m))
            image = Path(folder) / f"invented-{seed}-{gsd_m}.tif"
            write_simulated(image, rendered, credit="Simulated by Yardwatch")
            labels = json.loads(truth_path(image).read_text(encoding="utf-8"))
            with open_scene(image, site_crs=site.crs, frame=frame_of(site)) as reader:
                yield score_reader(image.stem, reader, site, truth_cars(labels["features"], frame_of(site)))


def score_reader(name: str, reader: SceneReader, site: Site, truth: Sequence[TruthCar]) -> SceneScore:
    """Count a scene and score it."""
    count = count_scene(reader, site).count
    return score_count(name, count, site, truth)


def score_count(name: str, count: Count, site: Site, truth: Sequence[TruthCar]) -> SceneScore:
    """Score a count against labelled cars in metres of the site's frame."""
    found = [OnTrack(car.track, car.start_m, car.end_m, car.offset_m) for car in count.railcars]
    score = score_cars(found, truth, {track.name: site.line(track) for track in site.tracks})
    typed = [(count.railcars[f].type, truth[t].type) for f, t in score.matches if truth[t].type is not None]
    total = count.total
    return SceneScore(
        name=name,
        gsd_m=count.scene.gsd_m,
        truth=score.truth,
        found=score.found,
        precision=score.precision,
        recall=score.recall,
        f1=score.f1,
        count_error=(total.value or 0) - score.truth,
        low=total.low,
        high=total.high,
        typed=len(typed),
        typed_right=sum(said == _our_type(label) for said, label in typed),
    )


def truth_cars(features: Sequence[dict[str, object]], frame: Frame) -> list[TruthCar]:
    """Labelled cars from GeoJSON features in the frame's CRS.

    What is under a cloud or a roof is not in view: ``fraction_visible`` goes before ``fraction_in_view``.
    """
    return [_truth_car(feature, frame) for feature in features]


def _truth_car(feature: dict[str, object], frame: Frame) -> TruthCar:
    geometry, facts = feature["geometry"], feature["properties"]
    if not isinstance(geometry, dict) or not isinstance(facts, dict):
        raise MisuseError(
            f"a labelled railcar has geometry {geometry!r} and properties {facts!r}; label it as a polygon"
        )
    corners = np.array(geometry["coordinates"][0][:-1], float)
    x, y = frame.to_local(*corners.T)
    name = "fraction_visible" if "fraction_visible" in facts else "fraction_in_view"
    return TruthCar(np.column_stack([x, y]), float(facts.get(name, 1.0)), facts.get("type"))


def _our_type(label: str | None) -> str | None:
    """A label's type in the words of the contract."""
    return "covered" if label == "autorack" else label
