"""The site: its map with numbered zones, and what is known of each zone and place."""

from collections.abc import Iterator, Sequence

from yardwatch.model.site import Place, Site, Zone
from yardwatch.report.blocks import Block, Figure, Paragraph, Row, Run, Runs, Section, Words
from yardwatch.report.ledger import joined_runs, name, words
from yardwatch.report.maps import site_map_svg
from yardwatch.report.parts.common import Made, cell, head, made_section, table
from yardwatch.report.parts.figures import pictured
from yardwatch.report.sections import Figure as Drawn
from yardwatch.report.sections import orientation
from yardwatch.report.words import credit_line, distance, joined, when_words

__all__ = ["aliases", "overview_section", "state_words"]


def overview_section(made: Made) -> Section | None:
    """The map and the lists of what is on it."""
    site = made.report.site
    blocks = [_map(made), _zones(made), _located(made, site), _lost(site)]
    return made_section("overview", "The site", blocks)


def _map(made: Made) -> Figure | None:
    site = made.report.site
    located = [place for place in site.places if place.point is not None]
    if not (site.zones or site.tracks or located):
        return None
    drawn = ["zones, numbered as in the list, and tracks"] if site.zones or site.tracks else []
    drawn += ["places that are not drawn yet, as points with a circle for how far off they may be"] if located else []
    caption = f"{site.name}: {joined(drawn)}. {orientation(site)}"
    sheet = made.sheets[0] if made.sheets else None
    credit = ""
    if sheet is not None:
        caption += f" Picture: {when_words(sheet.count.scene.acquired)}, paled."
        credit = credit_line(sheet.count.scene.rights)
    shown = Drawn(site_map_svg(site, sheet=sheet), caption, credit)  # type: ignore[arg-type]
    scenes = (sheet.count.scene,) if sheet is not None else ()
    return pictured(made, shown, key="site map", scenes=scenes, kind="site")


def _zones(made: Made) -> Block | None:
    site = made.report.site
    rows = [
        Row(
            (
                cell((Words(str(index), "disc"),), numeric=True),
                cell((name(zone.name), *aliases(zone.aliases)), name=True),
                cell(zone.role.replace("_", " ")),
                cell(made.ledger.tracer.fixed(state_words(zone) or "–")),
            )
        )
        for index, zone in enumerate(site.zones, 1)
    ]
    heading = head("No.", "Zone", "Role", "Known state", numeric=(0,))
    return table("Zones, with their numbers on the map", heading, rows, kind="zones")


def state_words(zone: Zone) -> str:
    """What is known of the state of a zone over time; empty if nothing is."""
    parts = [f"{one.state} ({when_words(one.when)})" if one.when else one.state for one in zone.status]
    parts += [f"under a roof: {when_words(zone.conceals_from)}"] if zone.conceals_from else []
    return "; ".join(parts)


def aliases(names: Sequence[str]) -> Runs:
    """Other names in brackets."""
    if not names:
        return ()
    return (Words(" (also ", "soft"), *joined_runs([(name(one),) for one in names]), Words(")", "soft"))


def _located(made: Made, site: Site) -> Block | None:
    located = [place for place in site.places if place.point is not None]
    rows = [
        Row(
            (
                cell((Words(str(index), "disc"),), numeric=True),
                cell((name(place.name), *aliases(place.aliases)), name=True),
                cell(made.ledger.tracer.fixed(_precision(place))),
                cell((name(place.source or "–"),)),
            )
        )
        for index, place in enumerate(located, 1 + len(site.zones))
    ]
    heading = head("No.", "Place", "Where", "Source of the point", numeric=(0,))
    return table("Places that nobody has drawn yet, with their numbers on the map", heading, rows, kind="zones")


def _precision(place: Place) -> str:
    if place.precision_m is None:
        return "a point, how good is not known"
    return f"a point, good to {distance(place.precision_m)}; check on imagery"


def _lost(site: Site) -> Block | None:
    lost = list(_unlocated(site))
    if not lost:
        return None
    return Paragraph(
        (*words("Named in the record, but not located by anybody: "), *joined_runs(lost, between="; "), Words("."))
    )


def _unlocated(site: Site) -> Iterator[tuple[Run, ...]]:
    for place in site.places:
        if place.point is None:
            yield (name(place.name),)
