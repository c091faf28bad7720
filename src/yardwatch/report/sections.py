"""What a report tells of one scene, made ready for the page."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from yardwatch.model.frame import crs_name
from yardwatch.model.grid import Window
from yardwatch.model.railcar import CAR_TYPES, Count, Interval, Railcar, Tally, TrackCoverage
from yardwatch.model.ribbon import Ribbon
from yardwatch.model.site import Site, frame_of
from yardwatch.report.contents import Inset, Sheet, Unseen
from yardwatch.report.maps import annotated_scene_svg, insets_of
from yardwatch.report.palette import CarStyle, car_style
from yardwatch.report.panels import window_of
from yardwatch.report.raster import Limits, display_limits
from yardwatch.report.ribbons import ribbon_rows, ribbon_svg, unseen_on
from yardwatch.report.view import grid_north_deg
from yardwatch.report.words import (
    TallyWords,
    credit_line,
    distance,
    image_words,
    joined,
    railcars,
    tally_words,
    thousands,
    when_words,
)

__all__ = ["Figure", "Section", "Strip", "Told", "orientation", "section", "told"]

_LEAST_M = 0.5


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with what stands under it."""

    svg: Markup
    """The drawing."""
    caption: str
    """What it shows."""
    credit: str
    """Who made the picture in it and what may be done with it; empty if there is none."""
    zone: str | None = None
    """The zone that it shows from close by."""
    window: Window | None = None
    """The pixels of the scene that it shows; None for all of them."""


@dataclass(frozen=True, slots=True)
class Strip:
    """One track of the ribbon sheet."""

    track: str
    """Name of the track."""
    rows: tuple[Markup, ...]
    """Its drawings, in order of chainage."""
    caption: str
    """What stands on it and what could not be seen of it."""


@dataclass(frozen=True, slots=True)
class Told:
    """One count in words."""

    count: Count
    """What was counted."""
    heading: str
    """Names the image by its date."""
    words: TallyWords
    """The whole count."""
    zones: tuple[tuple[int | None, Tally, TallyWords], ...]
    """For each zone its number on the map, its tally, and that in words."""
    types: tuple[str, ...]
    """Types that the tallies tell apart."""
    kinds: str
    """The count by type as a sentence; empty if there is none."""


@dataclass(frozen=True, slots=True)
class Section:
    """One scene with its pictures."""

    told: Told
    """What is said of it."""
    credit: str
    """Line for under its pictures."""
    legend: tuple[CarStyle, ...]
    """Styles of the cars that are drawn."""
    scene: Figure
    """The annotated scene."""
    insets: tuple[Figure, ...]
    """Closer pictures."""
    strips: tuple[Strip, ...]
    """The ribbon sheet."""
    numbered: tuple[tuple[int, Railcar], ...]
    """Every car with its number."""
    cars_on: Mapping[str, int]
    """Track to how many cars stand on it."""
    empty: tuple[str, ...]
    """Tracks seen at least in part on which no car was found."""
    blind: tuple[TrackCoverage, ...]
    """Tracks of which some could not be seen, the worst first."""
    outside: tuple[str, ...]
    """Tracks of the site that do not meet the image."""
    undrawn: tuple[str, ...]
    """Tracks with cars for which no ribbon was given."""


def told(site: Site, count: Count) -> Told:
    """A count in words, its zones with their numbers on the map."""
    gsd_m = count.scene.gsd_m
    numbers = {zone.name: index for index, zone in enumerate(site.zones, 1)}
    types = tuple(kind for kind in CAR_TYPES if any(kind in tally.by_type for tally in count.tallies))
    return Told(
        count=count,
        heading=image_words(count.scene.acquired),
        words=tally_words(count.total, gsd_m=gsd_m),
        zones=tuple(
            (numbers.get(tally.zone), tally, tally_words(tally, gsd_m=gsd_m))
            for tally in count.tallies
            if tally.zone is not None
        ),
        types=types,
        kinds=_kinds(count.total, types),
    )


def section(site: Site, sheet: Sheet) -> Section:
    """All that is shown of one scene."""
    count = sheet.count
    cars_on = {track.name: sum(car.track == track.name for car in count.railcars) for track in count.tracks}
    strips = tuple(_strips(site, sheet))
    drawn = {strip.track for strip in strips}
    return Section(
        told=told(site, count),
        credit=credit_line(count.scene.rights),
        legend=tuple(car_style(kind) for kind in CAR_TYPES if any(car.type == kind for car in count.railcars)),
        scene=_scene_figure(site, sheet),
        insets=tuple(_inset_figure(site, sheet, inset) for inset in insets_of(site, sheet)),
        strips=strips,
        numbered=tuple(enumerate(count.railcars, 1)),
        cars_on=cars_on,
        empty=tuple(t.name for t in count.tracks if not cars_on[t.name] and t.visible_m >= _LEAST_M),
        blind=_blind(count),
        outside=tuple(track.name for track in site.tracks if track.name not in cars_on),
        undrawn=tuple(name for name, cars in cars_on.items() if cars and name not in drawn),
    )


def orientation(site: Site) -> str:
    """Which way is up on the maps, and where grid north lies."""
    name = crs_name(site.crs)
    turn = grid_north_deg(frame_of(site), 0.0, 0.0)
    if abs(turn) < 0.05:
        return f"North is up; grid north of {name} is the same to within 0.05°."
    side = "east" if turn > 0 else "west"
    return f"True north is up; grid north of {name} lies {abs(turn):.1f}° {side} of it."


def _blind(count: Count) -> tuple[TrackCoverage, ...]:
    missing = [track for track in count.tracks if track.hidden_m + track.outside_m >= _LEAST_M]
    return tuple(sorted(missing, key=lambda track: -(track.hidden_m + track.outside_m)))


def _kinds(total: Tally, types: Sequence[str]) -> str:
    if not total.value:
        return ""
    counts = [(total.by_type[kind], car_style(kind)) for kind in types if kind in total.by_type]
    parts = [_kind(interval, style) for interval, style in counts if interval.high]
    return f"By type: {joined(parts)}." if parts else ""


def _kind(interval: Interval, style: CarStyle) -> str:
    name = style.name if interval.value == 1 else style.plural
    return f"{thousands(interval.value)} {name} ({thousands(interval.low)}–{thousands(interval.high)})"


def _scene_figure(site: Site, sheet: Sheet) -> Figure:
    scene, cars = sheet.count.scene, sheet.count.railcars
    found = f"{railcars(len(cars))} outlined in the colour of the type" if cars else "no railcar outlined"
    ends = ", small numbers stand at the ends of strings of cars" if sheet.count.strings else ""
    caption = (
        f"{site.name}, {when_words(scene.acquired)}: {found}. White lines are the tracks that were searched{ends}. "
        f"{orientation(site)}"
    )
    return Figure(Markup(annotated_scene_svg(site, sheet)), caption, credit_line(scene.rights))  # noqa: S704 -- escaped


def _inset_figure(site: Site, sheet: Sheet, inset: Inset) -> Figure:
    place = inset.zone or "Outside the zones"
    caption = f"{place}, closer: {when_words(sheet.count.scene.acquired)}."
    svg = annotated_scene_svg(site, sheet, inset=inset)
    credit = credit_line(sheet.count.scene.rights)
    window = window_of(sheet.count.scene.grid, inset.grid)
    return Figure(Markup(svg), caption, credit, inset.zone, window)  # noqa: S704 -- escaped where it is made


def _strips(site: Site, sheet: Sheet) -> Iterator[Strip]:
    limits = display_limits(sheet.ribbons, dtype=sheet.count.scene.dtype)
    ribbons = {ribbon.track: ribbon for ribbon in sheet.ribbons}
    for track in sheet.count.tracks:
        cars = {index: car for index, car in enumerate(sheet.count.railcars, 1) if car.track == track.name}
        if cars and track.name in ribbons:
            yield _strip(site, sheet, track, cars, ribbons[track.name], limits)


def _strip(
    site: Site, sheet: Sheet, track: TrackCoverage, cars: Mapping[int, Railcar], ribbon: Ribbon, limits: Limits
) -> Strip:
    scene = sheet.count.scene
    given = tuple(part for part in sheet.unseen if part.track == track.name)
    unseen = given if sheet.unseen else unseen_on(ribbon, site, scene)
    rows = ribbon_rows(track.length_m, tuple(cars.values()))
    starts = [start for start, _ in rows]
    own: list[dict[int, Railcar]] = [{} for _ in rows]
    for index, car in cars.items():
        middle_m = (car.start_m + car.end_m) / 2
        own[max(0, bisect_right(starts, middle_m) - 1)][index] = car
    drawings = (
        ribbon_svg(ribbon, held, row=row, limits=limits, unseen=unseen, simulated=scene.simulated)
        for row, held in zip(rows, own, strict=True)
    )
    return Strip(track.name, tuple(Markup(svg) for svg in drawings), _strip_words(track, len(cars), unseen))  # noqa: S704


def _strip_words(track: TrackCoverage, cars: int, unseen: Sequence[Unseen]) -> str:
    parts = [railcars(cars), f"{distance(track.length_m)} of track"]
    parts += [f"{distance(track.hidden_m)} hidden"] if track.hidden_m >= _LEAST_M else []
    parts += [f"{distance(track.outside_m)} outside the image"] if track.outside_m >= _LEAST_M else []
    shaded_m = sum(part.end_m - part.start_m for part in unseen if part.kind == "hidden")
    if track.hidden_m > shaded_m + 5:
        parts[2] += f" ({distance(track.hidden_m - shaded_m)} of it not marked here)"
    return ", ".join(parts)
