"""The main job from start to report, on a simulated yard of an invented place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from shapely import LineString, Polygon, box

from yardwatch.errors import MisuseError, Notice
from yardwatch.imagery.scenes import Stated
from yardwatch.imagery.sites import site_to_geojson
from yardwatch.model.line import Line
from yardwatch.model.ports import Progress
from yardwatch.model.railcar import Count
from yardwatch.model.scene import Republish
from yardwatch.model.site import Site
from yardwatch.pipeline.adding import AddedImage, add_to
from yardwatch.pipeline.casing import build_case, keeps_case
from yardwatch.pipeline.documents import Json, document, made_by, scene_facts, to_json
from yardwatch.pipeline.files import write_all
from yardwatch.pipeline.observing import Seen, observe_in
from yardwatch.pipeline.reporting import Printed, report_of, report_workspace
from yardwatch.pipeline.running import CountedScene, run_pending
from yardwatch.pipeline.simulated import read_truth, write_simulated
from yardwatch.report import render_html
from yardwatch.simulate import (
    Conditions,
    Sensor,
    Sun,
    Thing,
    View,
    YardPlan,
    invented_site,
    place_consists,
    random_yard,
    render,
)
from yardwatch.workspace import WORKSPACE_FILE, GeoPackageStore, create_workspace, open_workspace

__all__ = ["Demonstration", "demonstrate"]

_CASE = "tumangang-khasan"
_SEED = 20
_CREDIT = "Simulated by Yardwatch; an invented place"
_ANALYST = "Invented analyst"


@dataclass(frozen=True, slots=True)
class _Day:
    """What one simulated scene shows."""

    acquired: str
    occupancy: float
    conditions: Conditions


_DAYS = (
    _Day("2024-03-05T02:15Z", 0.25, Conditions(sun=Sun(elevation_deg=38.0), sensor=Sensor(gsd_m=0.5))),
    _Day("2024-06-18T02:20Z", 0.6, Conditions(sun=Sun(elevation_deg=62.0), sensor=Sensor(gsd_m=0.35))),
    _Day("2024-10-09T02:10Z", 0.4, Conditions(view=View(off_nadir_deg=14.0, azimuth_deg=80.0))),
)


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What the demonstration made."""

    folder: Path
    """The workspace, with site, images and report in it."""
    report: Path
    """The report."""
    counts: tuple[Count, ...]
    """The count of each scene."""
    truths: tuple[int, ...]
    """Of each scene, how many cars were rendered of which at least half can be seen."""
    case: Path
    """The workspace of the real case, apart from the simulated one."""
    case_report: Path
    """Its report."""
    notices: tuple[Notice, ...]
    """What a reader should know."""

    @property
    def rows(self) -> list[tuple[str, str, str, str]]:
        """Scene, count, interval and truth, for a table."""
        tallies = [(count.scene.filename, count.total) for count in self.counts]
        return [
            (name, str(total.value), f"{total.low}–{total.high}", str(truth))
            for (name, total), truth in zip(tallies, self.truths, strict=True)
        ]

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        scenes: list[Json] = [
            {
                "scene": scene_facts(count.scene),
                "value": count.total.value,
                "low": count.total.low,
                "high": count.total.high,
                "truth": truth,
            }
            for count, truth in zip(self.counts, self.truths, strict=True)
        ]
        inputs = {count.scene.filename: count.scene.sha256 for count in self.counts}
        body: dict[str, Json] = {"folder": str(self.folder), "report": str(self.report), "scenes": scenes}
        body["case"] = {"folder": str(self.case), "report": str(self.case_report)}
        return document(made_by("demo", inputs), self.notices, body)


def demonstrate(folder: Path, *, progress: Progress | None = None) -> Demonstration:
    """Render scenes, start a workspace, add, count, observe by hand, and print the report, all in `folder`.

    The case that ships with the program gets a workspace and a report of its own beside it, so that nothing invented
    and nothing real is ever in one.

    What is there from an earlier demonstration is used again.

    Raises
    ------
    MisuseError
        If the folder holds anything else.
    """
    plan = _within_the_picture(random_yard(np.random.default_rng(_SEED), canopy=True))
    site = invented_site(plan)
    images = [folder / "images" / f"simulated-{day.acquired[:10]}.tif" for day in _DAYS]
    by_name = {image.name: image for image in images}
    site_file, site_text = folder / "site.geojson", to_json(site_to_geojson(site)).encode()
    _check(folder, site_file, site_text)
    write_all({site_file: site_text})
    _simulate(plan, images, progress)
    with _workspace(folder, site) as store, store.working():
        rights = Stated(credit=_CREDIT, licence="CC0-1.0", may_republish=Republish.YES)
        added = add_to(store, images, stated=rights)
        run = run_pending(store, chips=store.chips, progress=progress)
        _check_all_went_well(folder, [*added.failed, *run.failed])
        _observe_once(store, site)
        report = report_of(store, made_at=datetime.now(UTC), progress=progress)
        counts = tuple(count for count in store.counts() if count.scene.filename in by_name)
    path = folder / "report.html"
    write_all({path: render_html(report).encode("utf-8", "replace")})
    truths = tuple(read_truth(by_name[count.scene.filename]) for count in counts)
    case, printed = _real_case(folder)
    return Demonstration(folder, path, counts, truths, case, printed.path, (*report.notices, *printed.notices))


def _real_case(folder: Path) -> tuple[Path, Printed]:
    """The real case in a folder beside the simulated one, and its report."""
    case = folder.absolute().with_name(f"{folder.absolute().name}-{_CASE}")
    if not (case / WORKSPACE_FILE).exists():
        build_case(_CASE, case)
    elif not keeps_case(case, _CASE):
        raise MisuseError(f"{case}: holds another workspace; name a new folder for the demonstration")
    return case, report_workspace(case, case / "report.html")


def _within_the_picture(plan: YardPlan) -> YardPlan:
    """The plan with its tracks cut where the picture ends, so that the demonstration counts a whole yard."""
    picture = box(*plan.bounds_m)
    lines = []
    for track in plan.tracks:
        parts = LineString(track.vertices_m).intersection(picture)
        longest = max(getattr(parts, "geoms", [parts]), key=lambda part: part.length)
        lines.append(Line.through(*np.array(longest.coords).T))
    return replace(plan, tracks=tuple(lines))


def _check(folder: Path, site_file: Path, site_text: bytes) -> None:
    if folder.exists() and not folder.is_dir():
        raise MisuseError(f"{folder}: is a file; name a folder for the demonstration")
    ours = site_file.is_file() and site_file.read_bytes() == site_text
    if folder.exists() and any(folder.iterdir()) and not ours:
        raise MisuseError(f"{folder}: holds other things; name a new folder for the demonstration")


def _simulate(plan: YardPlan, images: Sequence[Path], progress: Progress | None) -> None:
    """Render those scenes that are not there yet: other trains on the same ground, one building new and one razed."""
    built, razed = _works(plan)
    missing = [{built}, set[Thing](), {razed}]
    for number, (image, day) in enumerate(zip(images, _DAYS, strict=True)):
        if image.exists():
            continue
        stood = replace(plan, things=tuple(thing for thing in plan.things if thing not in missing[number]))
        cars = place_consists(np.random.default_rng((_SEED, number)), stood, occupancy=day.occupancy)
        shown = _rendering(progress, image.name)
        rendered = render(cars, rng=np.random.default_rng(_SEED), conditions=day.conditions, progress=shown)
        write_simulated(image, rendered, acquired=day.acquired, credit=_CREDIT)


def _works(plan: YardPlan) -> tuple[Thing, Thing]:
    """A building that goes up before the second scene, and one that is gone in the third: the two smallest in view."""
    view = box(*plan.bounds_m)
    inside = [thing for thing in plan.things if thing.kind == "building" and view.contains(Polygon(thing.corners()))]
    built, razed = sorted(inside, key=lambda thing: thing.length_m * thing.width_m)[:2]
    return built, razed


def _check_all_went_well(folder: Path, failed: Sequence[AddedImage | CountedScene]) -> None:
    if failed:
        raise MisuseError(f"{failed[0].problem}; or remove {folder} and run the demonstration again")


def _rendering(progress: Progress | None, name: str) -> Progress | None:
    if progress is None:
        return None
    return lambda _, done, of: progress(f"rendering {name}", done, of)


def _workspace(folder: Path, site: Site) -> GeoPackageStore:
    return open_workspace(folder) if (folder / WORKSPACE_FILE).exists() else create_workspace(folder, site)


def _observe_once(store: GeoPackageStore, site: Site) -> None:
    """What a person saw; an invention, as all else here."""
    if any(observation.by == _ANALYST for observation in store.observations()):
        return
    note = "An invented observation in an invented yard, to show how one is kept."
    last = store.scenes()[-1].id
    observe_in(
        store,
        Seen(site.zones[0].name, "spare bogies", "at least 7", scene_id=last, by=_ANALYST, note=note),
    )
