"""Count the railcars of one scene."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from yardwatch._version import __version__
from yardwatch.errors import Notice, SiteError
from yardwatch.model.catalogue import models
from yardwatch.model.line import Line
from yardwatch.model.ports import Progress, SceneReader
from yardwatch.model.provenance import Provenance
from yardwatch.model.railcar import Count, Railcar, Tally
from yardwatch.model.ribbon import Ribbon, RibbonSpec
from yardwatch.model.site import Site, ZoneFinder, frame_of
from yardwatch.railcars.calibrating import SPARE_M, narrowed, read_calibrated
from yardwatch.railcars.concealing import concealed_ground, under_roof
from yardwatch.railcars.doubting import chance_of_none, doubted, or_none
from yardwatch.railcars.evidence import ColumnEvidence, Network, scene_tone
from yardwatch.railcars.look import with_looks
from yardwatch.railcars.network import shipped_network
from yardwatch.railcars.reading import TrackReading, read_tracks
from yardwatch.railcars.ribbon import RibbonPlan, plan_ribbon
from yardwatch.railcars.sharing import ReadTrack, without, yielded_cars
from yardwatch.railcars.strings import Expected, Weights
from yardwatch.railcars.tally import (
    INTERVALS_HELD,
    Number,
    TrackCount,
    car_strings,
    coarse_tally,
    cover,
    locate_cars,
    tally_zones,
    zone_numbers,
    zones_along,
)
from yardwatch.railcars.telling import TypeNetwork, retold, shipped_type_network
from yardwatch.railcars.typing_rule import type_rule
from yardwatch.railcars.widening import error_model

__all__ = ["COUNTABLE_GSD_M", "COUNT_STEP", "Counted", "count_scene"]

COUNT_STEP = "count/7"
"""Name of this step in a workspace; its number rises when results would differ."""

COUNTABLE_GSD_M = 1.0
"""Coarser than this, cars are not told apart."""

_OCCUPANCY_GSD_M = 3.0
_ROUNDS = 2
_DOUBTFUL = 0.1
_METHOD = "ribbon-hsmm/4"


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """A count and the ribbons it was read from."""

    count: Count
    """The count."""
    ribbons: tuple[Ribbon, ...]
    """One for each track that meets the image, to look at."""
    numbers: Mapping[str | None, Number] = field(default_factory=dict)
    """Distribution of the count of each zone, and under None of all; empty where cars are not told apart."""


def count_scene(  # noqa: PLR0913 - each is set by somebody and has a default
    reader: SceneReader,
    site: Site,
    *,
    progress: Progress | None = None,
    network: Network | None = None,
    types: TypeNetwork | None = None,
    weights: Weights = Weights(),
    spec: RibbonSpec = RibbonSpec(),
    railway: str | None = None,
    roofs: Sequence[Polygon] = (),
) -> Counted:
    """Straighten each track, read its evidence, decode its cars, and tally them by zone.

    Parameters
    ----------
    reader : SceneReader
        The scene.
    site : Site
        Where its tracks and zones lie.
    progress : callable, optional
        Told of each track that was read.
    network, types, weights, spec : optional
        The evidence network and the one that looks at single cars (the shipped ones unless given), how the evidence
        counts, and how tracks are straightened.
    railway : str, optional
        One of `RAILWAYS`, whose cars are expected; all of them unless given.
    roofs : sequence of Polygon, optional
        Roofs that stood over tracks when the scene was taken, in the site's CRS, beside the zones of the site that
        conceal what is below from a date on.

    Raises
    ------
    SiteError
        If the site has no track, or none that meets the image.
    """
    scene, frame = reader.scene, frame_of(site)
    network = network or shipped_network()
    wide = replace(spec, half_width_m=spec.half_width_m + SPARE_M)
    plans, ribbons = _straightened(reader, site, wide, concealed_ground(site, scene, roofs), progress)
    if progress:
        progress("counting", 0, 1)
    evidence = read_calibrated(network, ribbons, gsd_m=scene.gsd_m, half_width_m=spec.half_width_m)
    expected = Expected(models(railway=railway), _gauge_mm(site), weights.at(scene.gsd_m))
    found = _each_car_once(evidence, plans, spec, expected)
    countable = scene.gsd_m <= COUNTABLE_GSD_M
    none = chance_of_none(found, step_m=spec.step_m, gsd_m=scene.gsd_m) if countable else 0.0
    readings = doubted(found, none)
    rule, types = type_rule(scene.gsd_m), types or shipped_type_network()
    if rule.says_any:
        tone = scene_tone([narrowed(ribbon, None, spec.half_width_m) for ribbon in ribbons])
        readings = retold(types, readings, ribbons, gsd_m=scene.gsd_m, tone=tone)
    finder = ZoneFinder(site.zones)
    tracks = [
        TrackCount(plan, line, reading, zones_along(plan, line, finder, frame), cover(plan, reading))
        for (plan, line), reading in zip(plans, readings, strict=True)
    ]
    cars: list[Railcar] = []
    tallies: tuple[Tally, ...]
    numbers: dict[str | None, Number] = {}
    if countable:
        for track in tracks:
            cars.extend(locate_cars(track, frame, first_number=len(cars) + 1, rule=rule))
        sure = zone_numbers(tracks, step_m=spec.step_m, errors=error_model(scene.gsd_m))
        numbers = {zone: or_none(number, none) for zone, number in sure.items()}
        tallies = tally_zones(tracks, numbers, rule=rule)
    else:
        tallies = coarse_tally(tracks, resolved=scene.gsd_m <= _OCCUPANCY_GSD_M)
    if progress:
        progress("counting", 1, 1)
    doubts = _doubts([track.plan.track for track in tracks], found, none, kept=bool(cars))
    count = Count(
        scene=scene,
        railcars=with_looks(cars, ribbons),
        strings=car_strings(cars),
        tracks=tuple(track.coverage for track in tracks),
        tallies=tallies,
        provenance=_provenance(reader, (network, types), expected, spec, railway),
        notices=(*_notices(reader, site, tracks), *doubts),
    )
    return Counted(count, tuple(narrowed(ribbon, None, spec.half_width_m) for ribbon in ribbons), numbers)


def _each_car_once(
    evidence: list[ColumnEvidence], plans: list[tuple[RibbonPlan, Line]], spec: RibbonSpec, expected: Expected
) -> list[TrackReading]:
    """Decode all tracks, and those again whose cars stand on a neighbour."""
    readings = read_tracks(evidence, step_m=spec.step_m, expected=expected)
    for _ in range(_ROUNDS):
        lines = [(line, plan.chainages_m) for plan, line in plans]
        found = yielded_cars([ReadTrack(*line, reading) for line, reading in zip(lines, readings, strict=True)])
        for index in sorted({one.track for one in found}):
            evidence[index] = without(evidence[index], [one for one in found if one.track == index])
            [readings[index]] = read_tracks([evidence[index]], step_m=spec.step_m, expected=expected)
        if not found:
            break
    return readings


def _gauge_mm(site: Site) -> int | None:
    """The gauge of all tracks, if it is stated and the same."""
    gauges = {track.gauge_mm for track in site.tracks}
    return gauges.pop() if len(gauges) == 1 else None


def _straightened(
    reader: SceneReader, site: Site, spec: RibbonSpec, covered: BaseGeometry, progress: Progress | None
) -> tuple[list[tuple[RibbonPlan, Line]], list[Ribbon]]:
    """The tracks that meet the image and their ribbons; one is planned while the one before it is read."""
    if not site.tracks:
        raise SiteError(site.name, "has no track to count on", "draw each track as a line with kind=track")
    frame, grid = frame_of(site), reader.scene.grid
    plans: list[tuple[RibbonPlan, Line]] = []
    with ThreadPoolExecutor(1) as pool:
        reading = []
        for track in site.tracks:
            line = site.line(track)
            plan = plan_ribbon(track.name, line, grid, frame, spec=spec)
            if plan is not None:
                plans.append((plan, line))
                reading.append(pool.submit(reader.sample, plan.column, plan.row, footprint_px=plan.footprint_px))
        ribbons = []
        for number, ((plan, line), pixels) in enumerate(zip(plans, reading, strict=True)):
            if progress:
                progress("reading tracks", number, len(plans))
            found = pixels.result()
            found[..., under_roof(plan.chainages_m, line, covered)] = np.nan
            ribbons.append(plan.ribbon(found))
    if not plans:
        raise SiteError(
            f"{site.name} and {reader.scene.filename}",
            "no track of the site lies in the image",
            "check --crs, or whether this image shows the site",
        )
    return plans, ribbons


def _provenance(
    reader: SceneReader,
    networks: tuple[Network, TypeNetwork],
    expected: Expected,
    spec: RibbonSpec,
    railway: str | None,
) -> Provenance:
    return Provenance(
        version=__version__,
        method=_METHOD,
        parameters={
            "network": networks[0].name,
            "type_network": networks[1].name,
            "step_m": spec.step_m,
            "half_width_m": spec.half_width_m,
            "weight_columns": expected.weights.columns,
            "weight_ends": expected.weights.ends,
            "railway": railway or "all",
            "interval": INTERVALS_HELD,
            "types": str(type_rule(reader.scene.gsd_m)),
        },
        inputs={reader.scene.filename: reader.scene.sha256},
    )


def _notices(reader: SceneReader, site: Site, tracks: list[TrackCount]) -> tuple[Notice, ...]:
    notices = []
    gsd_m = reader.scene.gsd_m
    if gsd_m > COUNTABLE_GSD_M:
        notices.append(
            Notice(
                "gsd_too_coarse",
                f"cars are not told apart at {gsd_m:.2g} m; only bounds are given",
                f"use an image of {COUNTABLE_GSD_M:g} m or finer",
            )
        )
    met = {track.plan.track for track in tracks}
    missed = [track.name for track in site.tracks if track.name not in met]
    if missed:
        notices.append(
            Notice(
                "track_outside",
                f"{len(missed)} of {len(site.tracks)} tracks lie outside the image: {', '.join(missed[:5])}",
                "use an image that covers the whole site to count them",
            )
        )
    hidden_m = float(np.sum([track.coverage.hidden_m for track in tracks]))
    if hidden_m >= 1.0:
        notices.append(
            Notice("track_hidden", f"{hidden_m:.0f} m of track is hidden or has no data", "read the counts as at least")
        )
    return tuple(notices)


def _doubts(tracks: Sequence[str], found: Sequence[TrackReading], none: float, *, kept: bool) -> tuple[Notice, ...]:
    """What to say of cars that may all be false alarms, and on which tracks."""
    if none < _DOUBTFUL:
        return ()
    number = sum(len(reading.cars) for reading in found)
    places = ", ".join(name for name, reading in zip(tracks, found, strict=True) if reading.cars)
    looks = "1 that looks like a car is" if number == 1 else f"{number} that look like cars are"
    counted = "counted" if kept else "not counted"
    return (
        Notice(
            "cars_doubtful",
            f"{looks} {counted} ({places}): empty track shows as much now and then (probability {none:.0%})",
            "look there on the image",
        ),
    )
