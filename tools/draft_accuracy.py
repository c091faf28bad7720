"""How well tracks are drafted and traced: ``python tools/draft_accuracy.py [muttenz] [simulated]``.

Simulated yards are invented ones whose seeds were not used in tuning; the map is made from their tracks, shifted by 3 m
in a random direction, each line off by itself besides, and simplified. Distances are from the drafted line to the
track that it was made from, not to whichever is nearest.
"""

import argparse
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import shapely
from trace_accuracy import curved_yard, in_frame, seen

from yardwatch.imagery.osm import OsmExtract, OsmLine
from yardwatch.imagery.scenes import open_scene
from yardwatch.imagery.sites import read_site
from yardwatch.model.frame import Floats, Frame
from yardwatch.model.line import Line
from yardwatch.model.ports import SceneReader
from yardwatch.model.site import frame_of
from yardwatch.pipeline.drafting import DraftedSite, draft_scene
from yardwatch.simulate import place_consists, random_yard

_SHIFT_M, _OWN_M, _TOLERANCE_M = 3.0, 0.5, 0.5
_SEED = 77_000
_TAGS = MappingProxyType({"railway": "rail"})
_SHARED = Path(os.environ.get("YARDWATCH_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))


@dataclass(slots=True)
class Score:
    """Distances of one or more drafts."""

    away_m: list[Floats]
    """For each track, from the drafted line to its own track, every 2 m."""
    swapped: int = 0
    """Tracks drafted on another track."""
    lost: int = 0
    """Tracks without a draft."""
    proposed: int = 0
    """Tracks proposed."""
    right: int = 0
    """Of these, how many lie on a track."""
    left_out: int = 0
    """Tracks that the map lacks and the image shows for 60 m."""
    seconds: float = 0.0
    """Processor time."""

    def row(self, title: str) -> str:
        """A line of a table."""
        away = np.concatenate(self.away_m)
        near = np.mean([np.median(one) <= 1.0 for one in self.away_m])
        found = f"{self.right} of {self.left_out}, {self.proposed - self.right} false" if self.left_out else "–"
        return (
            f"| {title} | {len(self.away_m)} | {np.median(away):.2f} | {np.percentile(away, 90):.2f} | {near:.0%} | "
            f"{self.swapped} | {found} | {self.seconds:.1f} |"
        )


_HEAD = (
    "| scene | tracks | median, m | P90, m | tracks within 1 m | swapped | proposed of those left out | CPU, s |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |"
)


def moved(lines: Sequence[Line], rng: np.random.Generator, *, each: bool = False, own_m: float = _OWN_M) -> list[Line]:
    """Lines as a map has them: shifted together (or each by itself) by 3 m, and simplified."""
    angle = rng.uniform(0, 2 * np.pi)
    found = []
    for line in lines:
        if each:
            angle = rng.uniform(0, 2 * np.pi)
        shift = _SHIFT_M * np.array([np.cos(angle), np.sin(angle)]) + rng.normal(0, own_m, 2) * (not each)
        simple = shapely.simplify(shapely.LineString(line.vertices_m + shift), _TOLERANCE_M)
        found.append(Line.through(*shapely.get_coordinates(simple).T))
    return found


def drafted(reader: SceneReader, true: Sequence[Line], given: dict[int, Line], frame: Frame, score: Score) -> None:
    """Draft from the lines given for some of the tracks, and add up how far off each is."""
    lines = []
    for number, line in given.items():
        longitude, latitude = frame.to_crs(*line.vertices_m.T, crs="EPSG:4326")
        lines.append(OsmLine(str(number), _TAGS, tuple(zip(longitude.tolist(), latitude.tolist(), strict=True))))
    start = time.process_time()
    draft = draft_scene(reader, OsmExtract("made", tuple(lines), ()), name="draft")
    score.seconds += time.process_time() - start
    own = Frame(draft.site.crs, frame.longitude_deg, frame.latitude_deg)
    tracks = {one.name: Line.through(*own.to_local(*np.array(one.coordinates).T)) for one in draft.site.tracks}
    done = {int(one.osm_ids[0]): tracks[one.name] for one in draft.lines if one.osm_ids}
    score.lost += len(given) - len(done)
    for number, line in done.items():
        points = _dotted(line)
        away = np.array([_away(points, other) for other in true])
        score.away_m.append(away[number])
        middle = np.median(away, axis=1)
        score.swapped += bool(middle[number] > 2.0 and middle.min() <= 1.0)
    _judge_proposed(draft, tracks, true, [n for n in range(len(true)) if n not in given], score)


def _judge_proposed(
    draft: DraftedSite, tracks: dict[str, Line], true: Sequence[Line], left_out: list[int], score: Score
) -> None:
    for one in draft.lines:
        if one.proposed:
            points = _dotted(tracks[one.name])
            score.proposed += 1
            score.right += bool(min(np.median(_away(points, track)) for track in true) <= 1.0)
    score.left_out += len(left_out)


def _away(points: Floats, line: Line) -> Floats:
    return np.asarray(shapely.distance(shapely.LineString(line.vertices_m), shapely.points(points)))


def _dotted(line: Line) -> Floats:
    return np.column_stack(line.points(np.arange(1.0, line.length_m, 2.0)))


def muttenz() -> None:
    """The tracks of a real yard, drawn by others, moved in eight directions together and each by itself."""
    folder = _SHARED / "scenes" / "muttenz"
    site, _ = read_site(folder / "site.geojson")
    frame = frame_of(site)
    true = [site.line(track) for track in site.tracks]
    for title, each in (("muttenz, moved together", False), ("muttenz, each moved by itself", True)):
        score = Score([])
        for seed in range(3):
            with open_scene(folder / "image.tif", frame=frame) as reader:
                lines = moved(true, np.random.default_rng(seed), each=each, own_m=0.0)
                drafted(reader, true, dict(enumerate(lines)), frame, score)
        score.proposed = score.right = score.left_out = 0
        score.seconds /= 3
        print(score.row(f"{title} (mean of 3)"), flush=True)


def simulated(yards: int) -> None:
    """Invented yards by GSD and by how full they are; a fifth of the tracks is missing from the map."""
    for gsd_m in (0.3, 0.5, 0.8):
        for title, occupancy in (("empty", 0.0), ("half full", 0.5)):
            score = Score([])
            for number in range(yards):
                rng = np.random.default_rng((_SEED, number, round(gsd_m * 10), round(occupancy * 10)))
                if number % 2:
                    plan = curved_yard(rng, radius_m=float(rng.choice([200, 300, 600])), tracks=6)
                else:
                    plan = random_yard(rng, tracks=8)
                plan = place_consists(rng, plan, occupancy=occupancy)
                reader, frame = seen(plan, rng, gsd_m)
                true = [in_frame(line, frame) for line in plan.tracks]
                kept = [index for index in range(len(true)) if rng.random() > 0.2 or index == 0]
                lines = moved(true, rng)
                drafted(reader, true, {index: lines[index] for index in kept}, frame, score)
            score.seconds /= yards
            print(score.row(f"{yards} invented yards, {gsd_m:g} m, {title}"), flush=True)


def main() -> None:
    """Print the tables asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=["muttenz", "simulated"])
    parser.add_argument("--yards", type=int, default=6)
    asked = parser.parse_args()
    print(_HEAD)
    if "muttenz" in asked.what:
        muttenz()
    if "simulated" in asked.what:
        simulated(asked.yards)


if __name__ == "__main__":
    main()
