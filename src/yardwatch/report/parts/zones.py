"""A part for each zone and place: what it is, its figures, and everything that was observed there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yardwatch.model.observation import Observation
from yardwatch.model.series import NO_IMAGE_CLASS, UNUSABLE_CLASS
from yardwatch.model.site import Place, Site, Zone
from yardwatch.report.blocks import Block, Cell, Heading, Link, Paragraph, Row, Run, Runs, Section, Table, Words
from yardwatch.report.case import Sum
from yardwatch.report.dates import date_words
from yardwatch.report.ledger import Ledger, cites, joined_runs, name, words
from yardwatch.report.numbering import by_date
from yardwatch.report.parts.common import Made, begun, cell, head, made_section, measured, table
from yardwatch.report.parts.figures import pictured
from yardwatch.report.parts.findings import tally_runs
from yardwatch.report.parts.site import aliases, state_words
from yardwatch.report.tracing import Subject
from yardwatch.report.words import klass_words, when_words

__all__ = ["zones_section"]

_LOOKS = {NO_IMAGE_CLASS, UNUSABLE_CLASS}
_MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class _Extent:
    """A zone, a place, or another extent that observations speak of."""

    name: str | None
    """Its name; None for the whole site."""
    number: int | None = None
    """On the map."""
    aliases: tuple[str, ...] = ()
    """Its other names."""
    zone: Zone | None = None
    """The zone, if it is drawn."""
    place: Place | None = None
    """The place, if it is one."""


def zones_section(made: Made) -> Section | None:
    """What is known of each zone and place, in the order of their numbers."""
    seen = [one for one in by_date(made.report.observations) if one.by != _MACHINE and one.klass not in _LOOKS]
    blocks: list[Block] = []
    silent: list[_Extent] = []
    for extent in _extents(made.report.site, seen):
        own = [one for one in seen if _of(extent, one)]
        told = list(_told(made, extent, own))
        if told:
            blocks += [_heading(extent), *told]
        elif extent.name is not None:
            silent.append(extent)
    if silent and blocks:
        named = joined_runs([(name(extent.name or ""),) for extent in silent], between="; ")
        blocks.append(Paragraph((Words("Nothing is on record of: "), *named, Words("."))))
    return made_section("zones", "Zone by zone", blocks)


def _extents(site: Site, seen: Sequence[Observation]) -> list[_Extent]:
    extents = [_Extent(zone.name, index, zone.aliases, zone=zone) for index, zone in enumerate(site.zones, 1)]
    numbers = iter(range(1 + len(site.zones), 1 + len(site.zones) + len(site.places)))
    extents += [_Extent(one.name, next(numbers) if one.point else None, one.aliases, place=one) for one in site.places]
    known = {alias for extent in extents for alias in (extent.name, *extent.aliases)}
    others = dict.fromkeys(one.zone for one in seen if one.zone is not None and one.zone not in known)
    return [*extents, *(_Extent(other) for other in others), _Extent(None)]


def _of(extent: _Extent, one: Observation) -> bool:
    return one.zone == extent.name or (one.zone is not None and one.zone in extent.aliases)


def _heading(extent: _Extent) -> Heading:
    disc: Runs = (Words(str(extent.number), "disc"), Words(" ")) if extent.number else ()
    title = (name(extent.name), *aliases(extent.aliases)) if extent.name is not None else words("The whole site")
    return Heading((*disc, *title))


def _told(made: Made, extent: _Extent, own: Sequence[Observation]) -> Iterator[Block]:
    """All of one extent; nothing if nothing is known but where it is."""
    said = _counted(made, extent)
    drawn = [figure for figure in made.shown[0].insets if figure.zone == extent.name] if made.shown else []
    state = state_words(extent.zone) if extent.zone else ""
    if not (own or said or state or (drawn and extent.name is not None)):
        return
    role = begun(extent.zone.role.replace("_", " ")) + "." if extent.zone else ""
    lead = " ".join(part for part in (role, f"Known state: {state}." if state else "") if part)
    space = words(" ") if lead and said else ()
    key = f"zone/{extent.name if extent.name is not None else '*'}"
    yield Paragraph((*made.ledger.tracer.fixed(lead), *space, *said), key=key)
    if extent.name is not None:
        scene = made.sheets[0].count.scene if drawn else None
        for index, figure in enumerate(drawn, 1):
            yield pictured(made, figure, key=f"{extent.name}, closer, {index}", scenes=(scene,) if scene else ())
    yield from (_sum(made, one) for one in (made.told.sums if made.told else ()) if one.place == extent.name)
    observed = table(_caption(own), _HEAD, [_row(made, one) for one in own], kind="observed")
    if observed is not None:
        yield observed


def _counted(made: Made, extent: _Extent) -> Runs:
    """What the newest image shows of a zone."""
    if made.newest is None or extent.zone is None:
        return ()
    scene = made.newest.count.scene
    for _, tally, said in made.newest.zones:
        if tally.zone == extent.name:
            dated = (Words(f"On the image of {when_words(scene.acquired)}", "date"), Words(": "))
            return (*dated, *tally_runs(made.ledger, scene.id, tally, said), Words("."))
    return ()


_HEAD = head("No.", "Date", "What", "How many", "Seen by", "Note")


def _caption(own: Sequence[Observation]) -> str:
    published = any(one.source_id is not None for one in own)
    ours = any(one.source_id is None for one in own)
    if published and ours:
        return "Observed by people and published by others, by date"
    return "Published observations, by date" if published else "Observed by people, by date"


def _row(made: Made, one: Observation) -> Row:
    ledger = made.ledger
    cite = ledger.numbers.observation(one.id)
    return Row(
        (
            cell(cite.label),
            cell((Words(_dated(one), "date"),)),
            cell((name(klass_words(one.klass)),), name=True),
            cell((ledger.amount(one),)),
            Cell(_by(made, one)),
            Cell(_note(made, one)),
        ),
        cite.anchor,
        one.id,
    )


def _dated(one: Observation) -> str:
    """To the minute where that is known."""
    return when_words(one.when) if one.when is not None and one.when.is_instant else date_words(one.when)


def _by(made: Made, one: Observation) -> Runs:
    if one.source_id is not None:
        return (made.ledger.cite(made.ledger.numbers.source(one.source_id)),)
    return (name(one.by),)


def _note(made: Made, one: Observation) -> Runs:
    """The scene it was seen in, and what the observer wrote."""
    parts: list[Run] = []
    if one.scene_id is not None:
        scene = made.ledger.scenes.get(one.scene_id)
        parts.append(Link(scene.filename, made.ledger.scene(one.scene_id)) if scene else name(one.scene_id))
    if one.note:
        parts += [Words(": ")] if parts else []
        parts.append(name(one.note))
    return tuple(parts) or words("–")


def _sum(made: Made, one: Sum) -> Table:
    ledger = made.ledger
    labels = {seen.label: kind for kind, _, seen, _ in one.parts}
    by_label = {ledger.observation(seen).label: seen for seen in ledger.known}
    ids = [by_label[label] for label in labels if label in by_label]
    place = f"{one.place}, {one.when}"
    rows = tuple(
        Row(
            (
                cell((name(kind),), name=True),
                measured(ledger, amount, _part(ledger, place, by_label.get(seen.label)), "number", numeric=True),
                cell((ledger.cite(seen),)),
                cell(cites(ledger, sources)),
            )
        )
        for kind, amount, seen, sources in one.parts
    )
    whole = measured(ledger, one.whole, ledger.subject("sum", place, ids), "whole", numeric=True)
    foot = Row((cell("Sum", name=True), whole, cell(""), cell("")))
    caption = (Words(f"{one.place}, {one.when}", "strong"), Words(": counts by type and their sum"))
    return Table(caption, head("Type", "How many", "Observation", "Source", numeric=(1,)), rows, (foot,), kind="sums")


def _part(ledger: Ledger, place: str, seen: str | None) -> Subject:
    return ledger.subject("part", place, [seen] if seen is not None else [])
