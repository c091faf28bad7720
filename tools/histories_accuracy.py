"""Follow simulated sites over several dates and print how well what changed was found, dated and named.

Usage: python tools/histories_accuracy.py [--first SEED] [--histories N] [--keep FOLDER] [--json PATH]

Seeds below 100 are for design; the default seeds are looked at last. An object counts as found if one that is reported
covers the same ground with an intersection over union of at least 0.3, one to one. Its dates are right if its beginning
and its end lie between the dates that are given for them. A renewed stretch of track counts as hidden if trains and
roofs leave less than that overlap of it free before the change or since; it counts as an object all the same.
"""

import argparse
import json
import pickle
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from shapely import LineString, Polygon, contains_xy, union_all
from shapely.geometry.base import BaseGeometry

from yardwatch.change.comparing import compare
from yardwatch.change.fill import apron_fill
from yardwatch.change.following import follow_site
from yardwatch.change.objects import SiteObject, join_changes, local_shape
from yardwatch.change.renewing import renewed_track
from yardwatch.change.trains import without_trains
from yardwatch.model.alignment import Alignment
from yardwatch.model.change import Comparison
from yardwatch.model.dates import When
from yardwatch.model.provenance import Provenance
from yardwatch.model.railcar import Railcar
from yardwatch.model.site import frame_of
from yardwatch.pipeline.counting import count_scene
from yardwatch.simulate.histories import APRON, SiteHistory, TrueObject, TrueRenewal, random_history
from yardwatch.simulate.reading import ArrayReader

OVERLAP = 0.3
ON_TRACKS = 0.5

Cars = tuple[Railcar, ...]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=101, help="first seed")
    parser.add_argument("--histories", type=int, default=10, help="how many sites")
    parser.add_argument("--keep", type=Path, help="folder that keeps pictures, counts and pairs, which take longest")
    parser.add_argument("--render-only", action="store_true", help="make the pictures and stop")
    parser.add_argument("--json", type=Path, help="where the figures go")
    options = parser.parse_args()
    told = []
    for seed in range(options.first, options.first + options.histories):
        history = random_history(np.random.default_rng(seed))
        readers = [_reader(history, seed, index, options.keep) for index in range(len(history.shots))]
        if options.render_only:
            continue
        told.append(judged(history, readers, *_looked_at(history, readers, seed, options.keep)))
        print(seed, json.dumps(told[-1]), flush=True)
    if told:
        summary = _summary(told)
        print(json.dumps(summary, indent=1))
        if options.json:
            options.json.write_text(json.dumps({"summary": summary, "sites": told}, indent=1), encoding="utf-8")
    return 0


def judged(
    history: SiteHistory, readers: list[ArrayReader], cars: list[Cars], comparisons: list[Comparison]
) -> dict[str, object]:
    """What was found at one site, against the truth."""
    found = follow_site(readers, history.site, comparisons, cars)
    found = (*found, *_renewed(history, readers, cars, comparisons, found))
    truth = [_shape(one.ring) for one in history.objects]
    shapes = [_shape(one.change.polygon[0]) for one in found]
    matched = _matched(truth, shapes)
    ends = [dates_right(history.objects[i], found[j]) for i, j in matched]
    corridor = _corridor(history)
    false = [j for j in range(len(found)) if j not in {j for _, j in matched}]
    trains = [j for j in false if shapes[j].intersection(corridor).area > ON_TRACKS * shapes[j].area]
    return {
        "objects": len(truth),
        "found": len(matched),
        "reported": len(found),
        "kinds_right": sum(history.objects[i].kind == found[j].change.kind for i, j in matched),
        "dates_right": sum(ends),
        "trains": len(trains),
        "hidden": sum(_shown(history, renewal) < OVERLAP for renewal in history.renewals),
        "missed": [one.kind for i, one in enumerate(history.objects) if i not in {i for i, _ in matched}],
        "false": [f"{found[j].change.kind} {found[j].change.area_m2:.0f} m2" for j in false],
        "wrong_kinds": [
            f"{history.objects[i].kind} as {found[j].change.kind}"
            for i, j in matched
            if history.objects[i].kind != found[j].change.kind
        ],
        "wrong_dates": [
            f"{history.objects[i].kind}: {found[j].began}, {found[j].finished}"
            for (i, j), right in zip(matched, ends, strict=True)
            if not right
        ],
        "fill": _fills(history, readers),
    }


def pairs_of(dates: int) -> list[tuple[int, int]]:
    """Each date against the one before and against the first."""
    return [*pairwise(range(dates)), *((0, later) for later in range(2, dates))]


def dates_right(truth: TrueObject, found: SiteObject) -> bool:
    """Whether its beginning and its end lie between the dates given for them."""
    return _within(truth.began, found.began) and _within(truth.finished, found.finished)


def _within(moment: object, when: When | None) -> bool:
    if when is None:
        return False
    after = when.earliest is None or when.earliest <= moment
    return after and (when.latest is None or moment <= when.latest)


def _compared(history: SiteHistory, readers: list[ArrayReader], cars: list[Cars], pair: tuple[int, int]) -> Comparison:
    """What `yardwatch run` keeps of two scenes; they lie as they were rendered."""
    before, after = (readers[index] for index in pair)
    found = compare(before, after, site=history.site)
    standing = (*cars[pair[0]], *cars[pair[1]])
    return Comparison(
        before=before.scene, after=after.scene, crs=history.site.crs, alignment=_as_it_lies(after),
        changes=without_trains(found.changes, standing, history.site), zones=found.zones, hidden=found.hidden,
        provenance=Provenance("simulated", found.method, {}, {}),
    )  # fmt: skip


def _renewed(
    history: SiteHistory,
    readers: list[ArrayReader],
    cars: list[Cars],
    comparisons: list[Comparison],
    found: tuple[SiteObject, ...],
) -> tuple[SiteObject, ...]:
    """Renewed stretches of track, with dates as `yardwatch run` tells them."""
    site = history.site
    seen = [one.change for one in found] + [change for one in comparisons for change in one.changes]
    roofs = [local_shape(one, site) for one in seen if one.kind == "concealment"]
    changes = renewed_track(readers, site, cars, roofs)
    bare = [replace(one, changes=()) for one in comparisons]
    return join_changes([*bare[:-1], replace(bare[-1], changes=tuple(changes))], site=site)


def _as_it_lies(reader: ArrayReader) -> Alignment:
    return Alignment(True, None, reader.scene.grid, (0.0, 0.0), None, 0, 0.0)


def _fills(history: SiteHistory, readers: list[ArrayReader]) -> list[tuple[float, float, float]]:
    """True share, measured share and its standard error at each date after the first."""
    if not history.fills:
        return []
    zone = history.site.zone(APRON)
    found = [apron_fill(reader, zone, history.site, empty=readers[0]) for reader in readers[1:]]
    return [
        (round(true, 3), round(one.fraction, 3), round(one.fraction_se, 3))
        for true, one in zip(history.fills[1:], found, strict=True)
        if one is not None
    ]


def _matched(truth: list[Polygon], found: list[Polygon]) -> list[tuple[int, int]]:
    """Pairs one to one, the best first."""
    scores = [
        (one.intersection(other).area / one.union(other).area, i, j)
        for i, one in enumerate(truth)
        for j, other in enumerate(found)
        if one.intersects(other)
    ]
    pairs: list[tuple[int, int]] = []
    for score, i, j in sorted(scores, reverse=True):
        if score >= OVERLAP and all(i != a and j != b for a, b in pairs):
            pairs.append((i, j))
    return pairs


def _shown(history: SiteHistory, renewal: TrueRenewal) -> float:
    """Share of a renewed stretch that is free of cars and roofs at a date before and at a date since."""
    free: dict[bool, list[np.ndarray]] = {False: [], True: []}
    for shot in history.shots:
        plan = shot.plan
        piece = plan.track_names.index(f"{renewal.track} b")
        chainage = np.arange(1.0, plan.tracks[piece].length_m, 2.0)
        x, y = plan.tracks[piece].points(chainage)
        seen = ~contains_xy(union_all([_shape(one.corners()) for one in plan.things if one.kind == "canopy"]), x, y)
        for car in plan.cars:
            if car.track == piece:
                seen &= (chainage < car.start_m) | (chainage > car.end_m)
        free[shot.when.earliest > renewal.when].append(seen)
    before, since = (np.any(dates, axis=0) for dates in free.values())
    return float((before & since).mean())


def _corridor(history: SiteHistory) -> BaseGeometry:
    frame = frame_of(history.site)
    lines = []
    for track in history.site.tracks:
        x, y = frame.to_crs(*history.site.line(track).vertices_m.T)
        lines.append(LineString(np.column_stack([x, y])).buffer(2.6))
    return union_all(lines)


def _shape(ring: object) -> Polygon:
    return Polygon(ring).buffer(0)


def _looked_at(
    history: SiteHistory, readers: list[ArrayReader], seed: int, keep: Path | None
) -> tuple[list[Cars], list[Comparison]]:
    """The cars of each date and the comparisons of pairs, kept beside the pictures."""
    kept = keep / f"{seed}.pickle" if keep else None
    if kept is not None and kept.exists():
        return pickle.loads(kept.read_bytes())  # noqa: S301 -- written by this tool
    cars = [count_scene(reader, history.site).count.railcars for reader in readers]
    looked_at = cars, [_compared(history, readers, cars, pair) for pair in pairs_of(len(readers))]
    if kept is not None:
        kept.write_bytes(pickle.dumps(looked_at))
    return looked_at


def _reader(history: SiteHistory, seed: int, index: int, keep: Path | None) -> ArrayReader:
    if keep is None:
        return history.reader(index)
    kept = keep / f"{seed}-{index}.npy"
    if not kept.exists():
        keep.mkdir(parents=True, exist_ok=True)
        np.save(kept, history.pixels(index))
    return history.reader(index, np.load(kept))


def _summary(told: list[dict[str, object]]) -> dict[str, object]:
    names = ("objects", "found", "reported", "kinds_right", "dates_right", "trains", "hidden")
    total = {name: sum(int(one[name]) for one in told) for name in names}
    fills = np.array([row for one in told for row in one["fill"]], float).reshape(-1, 3)
    errors = fills[:, 1] - fills[:, 0]
    recall, precision = total["found"] / total["objects"], total["found"] / max(total["reported"], 1)
    return {
        **total,
        "f1": round(2 * total["found"] / (total["objects"] + total["reported"]), 4),
        "recall": round(recall, 4),
        "precision": round(precision, 4),
        "fill_rmse": round(float(np.sqrt(np.mean(errors**2))), 4) if len(fills) else None,
        "fill_within_two_se": round(float(np.mean(np.abs(errors) <= 2 * fills[:, 2])), 4) if len(fills) else None,
    }


if __name__ == "__main__":
    raise SystemExit(main())
