"""One scene in full: its picture, counts by zone and type, ribbon sheet, and what could not be seen."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from yardwatch.model.railcar import Interval, Railcar, Tally, TrackCoverage
from yardwatch.model.scene import Scene
from yardwatch.report.blocks import (
    Block,
    Cell,
    Figure,
    Heading,
    Legend,
    Link,
    Number,
    Paragraph,
    Row,
    Runs,
    Section,
    Table,
    Words,
)
from yardwatch.report.ledger import Ledger, joined_runs, name, words
from yardwatch.report.palette import CarStyle, car_style
from yardwatch.report.parts.common import Made, cell, head, measured, notes, table
from yardwatch.report.parts.figures import pictured
from yardwatch.report.parts.findings import tally_runs
from yardwatch.report.sections import Section as SceneTold
from yardwatch.report.sections import Strip
from yardwatch.report.svg import element
from yardwatch.report.tracing import Ground, Subject
from yardwatch.report.words import distance, thousands

__all__ = ["appendices", "scene_sections", "track_metres"]

_LEAST_M = 0.5
_MOST_TRACKS = 12
_METRES = ("length_m", "visible_m", "hidden_m", "outside_m", "occupied_m")
_RIBBONS = (
    "Each occupied track, straightened: chainage grows to the right, the left side of the track is on top, and "
    "neighbouring tracks show at the edges. The number above a car is its number in the appendix, the letter its type. "
    "Grey is hidden, hatched is outside the image."
)


def scene_sections(made: Made) -> Iterator[Section]:
    """A section for each scene that is shown in full, newest first."""
    for index, part in enumerate(made.shown):
        blocks = [*_scene(made, part, newest=not index), *_ribbons(made, part), *_unseen(made, part)]
        tag: Runs = (Words(" "), Words("simulated", "tag")) if part.told.count.scene.simulated else ()
        title = (Words(part.told.heading, "date"), *tag)
        yield Section("scene", title, tuple(blocks), f"scene-{index + 1}", "scene")


def _subject(made: Made, part: SceneTold, what: str) -> Subject:
    scene, total = part.told.count.scene, part.told.count.total
    own = made.ledger.tally_subject(scene.id, total)
    return Subject(f"{own.key}/{what}", own.place, own.grounds)


def _scene(made: Made, part: SceneTold, *, newest: bool) -> Iterator[Block]:
    scene = part.told.count.scene
    lead = tally_runs(made.ledger, scene.id, part.told.count.total, part.told.words)
    kinds = made.ledger.traced(f" {part.told.kinds}", _subject(made, part, "types")) if part.told.kinds else ()
    yield Paragraph((*lead, Words("."), *(() if newest else kinds)), "lead", key=f"scene/{scene.id}")
    subject = _subject(made, part, "outlined")
    yield pictured(made, part.scene, key=f"{scene.id}, annotated", scenes=(scene,), subject=subject)
    if part.legend:
        yield Legend("Legend", (*(_entry(style) for style in part.legend), _DASHED))
    zones = {zone.name for zone in made.report.site.zones}
    for index, inset in enumerate(part.insets, 1):
        if not (newest and inset.zone in zones):
            yield pictured(made, inset, key=f"{scene.id}, closer, {index}", scenes=(scene,))
    yield Heading(words("Railcars by zone and type"))
    yield _tallies(made, part)


def _entry(style: CarStyle) -> tuple[Markup, Runs]:
    return swatch(style), (Words(style.letter, "strong"), Words(f" {style.name}"))


def swatch(style: CarStyle) -> Markup:
    """A small car in the colour of a type, for the legend."""
    body = {"x": 2, "y": 2, "width": 26, "height": 12, "rx": 1}
    drawn = element(
        "svg",
        element("rect", **body, fill="#7c8288", stroke=style.casing, stroke_width=3.6),
        element("rect", **body, fill="none", stroke=style.colour, stroke_width=2),
        viewBox="0 0 30 16", width=30, height=16, aria_hidden="true",
    )  # fmt: skip
    return Markup(drawn)  # noqa: S704 -- made of constants


_DASHED: tuple[Markup, Runs] = (
    Markup(  # noqa: S704 -- made of constants
        element(
            "svg",
            element(
                "rect", x=2, y=2, width=26, height=12, fill="none", stroke="#10151a", stroke_width=1.6,
                stroke_dasharray="4 3",
            ),
            viewBox="0 0 30 16", width=30, height=16, aria_hidden="true",
        )
    ),
    (Words("dashed: confidence below "), Words("0.80", "fixed")),
)  # fmt: skip


def _tallies(made: Made, part: SceneTold) -> Table:
    kinds = part.told.types
    plural = [car_style(kind).plural for kind in kinds]
    last = 2 + len(kinds)
    heading = head("Zone", "Railcars", *plural, "Track seen, m", "hidden", "outside", numeric=range(2, last + 3))
    total = part.told.count.total
    caption = made.ledger.tracer.fixed(
        f"Most probable number with {round(100 * total.level)} % interval; "
        "a car belongs to the zone that holds its centre"
    )
    rows = tuple(_tally(made, part, tally, index) for index, tally, _ in part.told.zones)
    return Table(caption, heading, rows, (_tally(made, part, total, None),), kind="tally")


def _tally(made: Made, part: SceneTold, tally: Tally, index: int | None) -> Row:
    disc: Runs = (Words(str(index), "disc"), Words(" ")) if index else ()
    label: Runs = (*disc, name(tally.zone)) if tally.zone is not None else words("Whole site, every car once")
    ledger, scene_id = made.ledger, part.told.count.scene.id
    subject = ledger.tally_subject(scene_id, tally)
    kinds = ((kind, _interval(tally.by_type.get(kind))) for kind in part.told.types)
    return Row(
        (
            cell(label, name=True),
            cell((ledger.tally_number(scene_id, tally),)),
            *(measured(ledger, said, subject, f"type/{kind}", numeric=True) for kind, said in kinds),
            *track_metres(ledger, tally, subject),
        )
    )


def track_metres(ledger: Ledger, tally: Tally, subject: Subject) -> tuple[Cell, ...]:
    """Metres of track seen, hidden and outside, which lead to the tally's row."""
    parts = (("visible", tally.visible_m), ("hidden", tally.hidden_m), ("outside", tally.outside_m))
    return tuple(measured(ledger, thousands(value), subject, f"{name}_m", numeric=True) for name, value in parts)


def _interval(found: Interval | None) -> str:
    if found is None:
        return "–"
    return f"{thousands(found.value)} ({thousands(found.low)}–{thousands(found.high)})"


def _ribbons(made: Made, part: SceneTold) -> Iterator[Block]:
    if part.strips:
        yield Heading(words("Ribbon sheet"))
        yield Paragraph(words(_RIBBONS))
        for strip in part.strips:
            yield _strip(made, part, strip)
    if part.undrawn:
        lead = words("Cars stand also on these tracks, of which no ribbon is drawn: ")
        yield Paragraph((*lead, *_names(part.undrawn), Words(".")))
    if part.empty:
        yield Paragraph((*words("No car found on what could be seen of: "), *_names(part.empty), Words(".")))


def _strip(made: Made, part: SceneTold, strip: Strip) -> Figure:
    scene = part.told.count.scene
    said = made.ledger.traced(strip.caption, _subject(made, part, f"track/{strip.track}"))
    alt = f"Track {strip.track} straightened: {strip.caption}"
    title = (name(strip.track), Words(" "), *said)
    key = f"{scene.id}, track {strip.track}"
    return Figure(key, strip.rows, alt, (), title=title, credit=part.credit, scenes=(scene,), kind="strip")


def _names(all_: Sequence[str]) -> Runs:
    return joined_runs([(name(one),) for one in all_])


def _unseen(made: Made, part: SceneTold) -> Iterator[Block]:
    total = part.told.count.total
    subject = _subject(made, part, "unseen")
    yield Heading(words("What could not be seen"))
    if not part.blind and not part.outside:
        yield Paragraph(made.ledger.traced(f"All {distance(total.visible_m)} of track could be seen.", subject))
    else:
        yield Paragraph(made.ledger.traced(_share_words(total), subject))
        if part.blind:
            yield Paragraph(_blind(made, part))
        if part.outside:
            yield Paragraph((*words("Wholly outside the image: "), *_names(part.outside), Words(".")))
    told = notes(made, part.told.count.notices)
    if told is not None:
        yield told


def _share_words(total: Tally) -> str:
    whole = total.visible_m + total.hidden_m + total.outside_m
    said = f"Of {distance(whole)} of track, {distance(total.visible_m)} could be seen."
    if total.hidden_m >= _LEAST_M:
        said += (
            f" {distance(total.hidden_m)} lay in the image but could not be seen (no data, cloud, roof or deep shadow)."
        )
    if total.outside_m >= _LEAST_M:
        said += f" {distance(total.outside_m)} lay outside the image."
    return f"{said} What was not seen is unknown, not empty."


def _blind(made: Made, part: SceneTold) -> Runs:
    """The tracks of which least was seen, by name."""
    lead = "By track" if len(part.blind) <= _MOST_TRACKS else "Most of it on"
    pieces = [_blind_track(made, part, track) for track in part.blind[:_MOST_TRACKS]]
    left = len(part.blind) - _MOST_TRACKS
    more: Runs = (Words(f"; the other {left} are in the appendix", "own"),) if left > 0 else ()
    return (Words(f"{lead}: "), *joined_runs(pieces, between="; "), *more, Words("."))


def _blind_track(made: Made, part: SceneTold, track: TrackCoverage) -> Runs:
    missing = [f"{distance(track.hidden_m)} hidden"] if track.hidden_m >= _LEAST_M else []
    missing += [f"{distance(track.outside_m)} outside"] if track.outside_m >= _LEAST_M else []
    subject = _subject(made, part, f"track/{track.name}/unseen")
    return (name(track.name), Words(" "), *made.ledger.traced(" and ".join(missing), subject))


def appendices(made: Made) -> Iterator[Section]:
    """Every car and every track of the scenes that are shown in full."""
    for index, part in enumerate(made.shown, 1):
        tables = [_cars(made, part), _tracks(made, part)]
        if not any(tables):
            continue
        heading = part.told.heading[:1].lower() + part.told.heading[1:]
        scene: Scene = part.told.count.scene
        tag: Runs = (Words(" "), Words("simulated", "tag")) if scene.simulated else ()
        title = (Words(f"Appendix: {heading}", "date"), *tag)
        yield Section("appendix", title, tuple(one for one in tables if one), f"appendix-{index}", "appendix")


def _cars(made: Made, part: SceneTold) -> Table | None:
    heading = head(
        "No.", "Track", "Zone", "From, m", "To, m", "Length, m", "Type", "Confidence", numeric=(0, 3, 4, 5, 7)
    )
    rows = [_car(made, part, index, car) for index, car in part.numbered]
    return table(
        "Railcars: ends of the body along the track, in metres from its first vertex. The number of each leads to the "
        "count it is in",
        heading, rows, kind="cars",
    )  # fmt: skip


def _car(made: Made, part: SceneTold, index: int, car: Railcar) -> Row:
    """A railcar, which tells its own numbers and leads to the whole count."""
    style = car_style(car.type)
    subtype = f" ({car.subtype.replace('_', ' ')})" if car.subtype else ""
    parts = (("start_m", car.start_m), ("end_m", car.end_m), ("length_m", car.end_m - car.start_m))
    key, place, ground = f"car/{part.told.count.scene.id}/{car.id}", f"railcar {index}, {car.track}", _whole(made, part)
    return Row(
        (
            Cell((Link(str(index), ground.anchor),), numeric=True), cell((name(car.track),)),
            cell((name(car.zone or "–"),)),
            *(_own(key, part, f"{value:.1f}", place, ground) for part, value in parts),
            cell((Words(style.letter, "letter"), Words(f" {style.name}{subtype}"))),
            _own(key, "confidence", f"{car.confidence:.2f}", place, ground),
        )
    )  # fmt: skip


def _whole(made: Made, part: SceneTold) -> Ground:
    return made.ledger.tally(part.told.count.scene.id, part.told.count.total)


def _own(key: str, part: str, said: str, place: str, ground: Ground) -> Cell:
    """A number in the row that tells it."""
    return Cell((Number(f"{key}/{part}", said, "", place, ground.observations),), numeric=True)


def _tracks(made: Made, part: SceneTold) -> Table | None:
    heading = head(
        "Track", "Length", "Visible", "Hidden", "Outside", "Occupied", "Railcars outlined",
        numeric=range(1, 7),
    )  # fmt: skip
    rows = []
    scene_id, ground = part.told.count.scene.id, _whole(made, part)
    for track in part.told.count.tracks:
        metres = {one: getattr(track, one) for one in _METRES}
        key = f"track/{scene_id}/{track.name}"
        rows.append(
            Row(
                (
                    Cell((Link(track.name, ground.anchor),), head=True),
                    *(_own(key, one, thousands(value), track.name, ground) for one, value in metres.items()),
                    _own(key, "railcars", str(part.cars_on[track.name]), track.name, ground),
                )
            )
        )
    said = "Tracks: how much of each could be seen, in metres. The name of each leads to the count it is in"
    return table(said, heading, rows, kind="tracks")
