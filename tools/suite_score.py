"""Count every yard of the frozen suite and say how well: cars, types, false alarms, intervals."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from yardwatch.model.frame import Frame
from yardwatch.model.grid import Grid
from yardwatch.model.railcar import Count
from yardwatch.model.site import Site, Track, Zone, frame_of
from yardwatch.pipeline.calibration import (
    Forecast,
    coverage,
    interval_score,
    median_relative_width,
    pit,
    pit_histogram,
)
from yardwatch.pipeline.counting import count_scene
from yardwatch.railcars.network import OnnxNetwork, shipped_network
from yardwatch.railcars.scoring import OnTrack, Score, TruthCar, score_cars
from yardwatch.simulate.reading import ArrayReader

STRATA = ("fine", "half", "coarse")
SEEN = 0.5
LEVEL = 0.9
SEED = 7
RESAMPLED = 300

Facts = dict[str, Any]
"""What `tools/suite_recipe.py` keeps with a picture."""


@dataclass(frozen=True, slots=True)
class Row:
    """One yard, counted."""

    name: str
    stratum: str
    gsd_m: float
    kinds: tuple[str, ...]
    """Season, sensor and weather, to look at apart."""
    truth: int
    found: int
    right: int
    right_on_ground: int
    """Found rightly where the outlines are those on the ground instead of the roofs as seen."""
    typed: int
    typed_right: int
    type_stated: int
    """Cars found rightly whose type was said at all."""
    value: int | None
    low: int
    high: int | None
    lowest: int
    chances: tuple[float, ...]
    """Distribution of the count from `lowest` on."""


def main(paths: Sequence[Path], onnx: Path | None, out: Path | None) -> int:
    network = OnnxNetwork(onnx.read_bytes(), name=onnx.stem) if onnx else shipped_network()
    rows = []
    for number, path in enumerate(paths, 1):
        rows.append(count_yard(path, network))
        if number % 20 == 0:
            print(f"counted {number} of {len(paths)} yards", file=sys.stderr, flush=True)
    report = {"network": network.name, "yards": len(rows)} | summary(rows)
    print(tables(report))
    if out:
        out.write_text(json.dumps(report | {"rows": [asdict(row) for row in rows]}, indent=1), encoding="utf-8")
    return 0


def count_yard(path: Path, network: OnnxNetwork) -> Row:
    """Count one yard with its tracks as drawn and match what was found with what stands there."""
    with np.load(path) as kept:
        pixels, facts = kept["pixels"], json.loads(str(kept["facts"]))
    site = _site(facts)
    grid = Grid(facts["crs"], tuple(facts["transform"]), pixels.shape[2], pixels.shape[1])
    counted = count_scene(ArrayReader(pixels, grid, gsd_m=facts["gsd_m"], name=path.stem), site, network=network)
    count = counted.count
    as_seen, on_ground = (_score(count, site, _truth(facts, frame_of(site), lean)) for lean in (1.0, 0.0))
    labels = _truth(facts, frame_of(site), 1.0)
    pairs = [(count.railcars[f].type, labels[t].type) for f, t in as_seen.matches if labels[t].fraction_in_view >= SEEN]
    lowest, chances = counted.numbers.get(None, (0, ()))
    total = count.total
    return Row(
        name=path.stem,
        stratum=path.stem.split("-")[0],
        gsd_m=facts["gsd_m"],
        kinds=_kinds(facts, pixels.dtype.name),
        truth=as_seen.truth,
        found=as_seen.found,
        right=as_seen.right,
        right_on_ground=on_ground.right,
        typed=len(pairs),
        typed_right=sum(said == label for said, label in pairs),
        type_stated=sum(said not in ("unknown", "flat_or_container") for said, _ in pairs),
        value=total.value,
        low=total.low,
        high=total.high,
        lowest=int(lowest),
        chances=tuple(float(chance) for chance in chances),
    )


def summary(rows: Sequence[Row]) -> dict[str, object]:
    """All figures: by stratum, then over what may make a yard hard."""
    report: dict[str, object] = {}
    for stratum in (*STRATA, "all"):
        own = [row for row in rows if stratum in ("all", row.stratum)]
        full, empty = [row for row in own if row.truth], [row for row in own if "-empty-" in row.name]
        if full and empty:
            report[stratum] = _found(full) | _silent(empty) | _intervals(full)
    full = [row for row in rows if row.truth]
    kinds = sorted({kind for row in full for kind in row.kinds})
    report["kinds"] = {kind: _found([row for row in full if kind in row.kinds]) for kind in kinds}
    return report


def f1(rows: Sequence[Row], right: Callable[[Row], int] = lambda row: row.right) -> float:
    """Harmonic mean of precision and recall over all cars of some yards."""
    cars = sum(row.found + row.truth for row in rows)
    return 2 * sum(map(right, rows)) / cars if cars else 1.0


def _found(rows: Sequence[Row]) -> dict[str, float]:
    rng = np.random.default_rng(SEED)
    again = [f1([rows[i] for i in rng.integers(len(rows), size=len(rows))]) for _ in range(RESAMPLED)]
    found, typed = sum(row.found for row in rows), sum(row.typed for row in rows)
    right, truth = sum(row.right for row in rows), sum(row.truth for row in rows)
    return {
        "yards": len(rows),
        "truth": truth,
        "found": found,
        "precision": right / found if found else 1.0,
        "recall": right / truth,
        "f1": f1(rows),
        "f1_se": float(np.std(again)),
        "f1_on_ground": f1(rows, lambda row: row.right_on_ground),
        "type_accuracy": sum(row.typed_right for row in rows) / max(typed, 1),
        "type_stated": sum(row.type_stated for row in rows) / max(typed, 1),
    }


def _silent(rows: Sequence[Row]) -> dict[str, object]:
    alarms = [row.name for row in rows if row.found or row.value]
    return {"empty": len(rows), "silent": 1 - len(alarms) / len(rows), "alarms": alarms}


def _intervals(rows: Sequence[Row]) -> dict[str, object]:
    told = [row for row in rows if row.high is not None]
    forecasts = [Forecast(row.truth, row.low, row.high or 0, row.lowest, row.chances) for row in told]
    rng = np.random.default_rng(SEED)
    values = [pit(one, rng=rng) for one in forecasts if one.chances]
    return {
        "intervals": len(forecasts),
        "coverage": coverage(forecasts),
        "interval_score": float(np.mean([interval_score(one, level=LEVEL) for one in forecasts])),
        "relative_width": median_relative_width(forecasts),
        "too_high": sum(one.truth < one.low for one in forecasts),
        "too_low": sum(one.truth > one.high for one in forecasts),
        "pit": pit_histogram(values) if values else None,
    }


def tables(report: dict[str, object]) -> str:
    """The figures for people."""
    strata = {name: part for name in (*STRATA, "all") if isinstance(part := report.get(name), dict)}
    lines = [f"network {report['network']}, {report['yards']} yards", ""]
    rates = f"{'prec.':>8}{'recall':>8}{'F1':>8}{'±':>7}{'ground':>8}{'types':>8}"
    lines.append(f"{'':8}{'yards':>6}{'cars':>6}{'found':>6}{rates}")
    lines += [f"{name:8}{_cars(part)}" for name, part in strata.items()]
    lines += ["", f"{'':8}{'empty':>6}{'silent':>8}   {'held':>6}{'width':>7}{'score':>7}  above below  PIT"]
    for name, part in strata.items():
        held = f"{part['coverage']:6.3f}{part['relative_width']:7.3f}{part['interval_score']:7.2f}"
        missed = f"{part['too_high']:6d}{part['too_low']:6d}  {part['pit']}"
        lines.append(f"{name:8}{part['empty']:6d}{part['silent']:8.3f}   {held} {missed}")
    kinds = report["kinds"]
    lines += ["", *(f"{kind:8}{_cars(part)}" for kind, part in (kinds.items() if isinstance(kinds, dict) else ()))]
    return "\n".join(lines)


def _cars(part: dict[str, float]) -> str:
    counts = "".join(f"{part[name]:6d}" for name in ("yards", "truth", "found"))
    rates = f"{part['precision']:8.3f}{part['recall']:8.3f}{part['f1']:8.3f}{part['f1_se']:7.3f}"
    return f"{counts}{rates}{part['f1_on_ground']:8.3f}{part['type_accuracy']:8.3f}"


def _site(facts: Facts) -> Site:
    zones = tuple(Zone(name, "rail_yard", (_points(ring),)) for name, ring in facts["zones"].items())
    tracks = tuple(Track(name, _points(line)) for name, line in facts["tracks"].items())
    return Site(str(facts["site"]), str(facts["crs"]), zones, tracks)


def _points(points: list[list[float]]) -> tuple[tuple[float, float], ...]:
    return tuple((x, y) for x, y in points)


def _truth(facts: Facts, frame: Frame, lean: float) -> list[TruthCar]:
    """Cars by the outline of their roof as it is seen (lean 1), or of their body on the ground (lean 0)."""
    cars = []
    for feature, (east_m, north_m) in zip(facts["truth"], facts["lean_m"], strict=True):
        x, y = frame.to_local(*np.array(feature["geometry"]["coordinates"][0][:-1], float).T)
        corners = np.column_stack([x + lean * east_m, y + lean * north_m])
        cars.append(TruthCar(corners, feature["properties"]["fraction_visible"], feature["properties"]["type"]))
    return cars


def _score(count: Count, site: Site, truth: Sequence[TruthCar]) -> Score:
    found = [OnTrack(car.track, car.start_m, car.end_m, car.offset_m) for car in count.railcars]
    return score_cars(found, truth, {track.name: site.line(track) for track in site.tracks})


def _kinds(facts: Facts, dtype: str) -> tuple[str, ...]:
    sensor, weather = facts["conditions"]["sensor"], facts["conditions"]["weather"]
    bands = "grey" if len(sensor["bands"]) == 1 else "colour"
    weathers = [name for name in ("snow", "wet", "cloud") if weather[name] > 0]
    spoilt = ["jpeg"] if sensor["jpeg_quality"] else []
    return (str(facts["season"]), bands, dtype, *weathers, *spoilt)
