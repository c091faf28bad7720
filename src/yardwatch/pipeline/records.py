"""What is kept as rows of words: the tables that people write in a spreadsheet and get back."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256

from yardwatch.errors import InputError, MisuseError
from yardwatch.model.claim import CLAIM_KINDS, CREDIBILITY, RELIABILITY, Claim, ClaimQualifier, ClaimStatus, Source
from yardwatch.model.dates import When
from yardwatch.model.event import Event
from yardwatch.model.observation import Observation
from yardwatch.model.provenance import Provenance
from yardwatch.model.quantity import Qualifier, Quantity, parse_quantity
from yardwatch.model.site import Site
from yardwatch.pipeline.rows import Row

__all__ = ["COLUMNS", "KINDS", "Cell", "Record", "cells_of", "kind_of_record", "kind_of_table", "known_columns",
           "read_record"]  # fmt: skip

Cell = str | int | float | bool | None
"""What one cell of a table holds."""

Record = Source | Claim | Event | Observation
"""What a row of a table stands for."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "sources": ("id", "title", "publisher", "published", "url", "reliability", "sha256"),
    "observations": (
        "id", "zone", "class", "value", "low", "high", "qualifier", "unit", "date", "scene", "source", "by", "note",
        "visible_m", "hidden_m", "outside_m", "recorded_at", "provenance",
    ),
    "claims": (
        "id", "source", "kind", "quote", "place_text", "zone", "measure", "value", "low", "high", "unit", "type",
        "qualifier", "negated", "hedged", "date", "attributed_to", "via", "copied_from", "credibility", "start", "end",
        "status",
    ),
    "events": ("id", "title", "date", "kind", "place", "source", "source_date"),
}  # fmt: skip
"""The columns of each table, in the order in which they are written."""

KINDS = tuple(COLUMNS)
"""Names of the tables, each after those it refers to."""

_ALSO = {
    "sources": {"name": "title", "outlet": "publisher", "date": "published", "publication_date": "published"},
    "observations": {
        "facility": "zone", "place": "zone", "klass": "class", "image_date": "date", "image_date_edtf": "date",
        "date_edtf": "date", "count": "count", "quantity": "count", "source_id": "source", "scene_id": "scene",
        "notes": "note",
    },
    "claims": {
        "claim": "id", "source_id": "source", "span": "quote", "words": "quote", "date_edtf": "date",
        "image_date": "date", "place": "place_text", "copies": "copied_from",
    },
    "events": {"event": "title", "date_edtf": "date"},
}  # fmt: skip
"""Other names that people give these columns."""


def kind_of_record(record: Record) -> str:
    """The table in which it belongs."""
    return {Source: "sources", Observation: "observations", Claim: "claims", Event: "events"}[type(record)]


def kind_of_table(columns: Iterable[str], name: str) -> str | None:
    """Which table this is: by its name, else by its columns; None if it is none of ours."""
    plain = re.sub(r"[^a-z]+", " ", name.casefold()).split()
    for kind in KINDS:
        if kind in plain or kind[:-1] in plain:
            return kind
    found = {column.strip().casefold() for column in columns}
    for kind, needs in (("claims", {"quote"}), ("observations", {"class"}), ("events", {"title", "date"})):
        if needs <= found:
            return kind
    return None


def known_columns(kind: str, header: Iterable[str]) -> tuple[str | None, ...]:
    """For each column of a header our name of it; None where we have none."""
    ours = {name: name for name in (*COLUMNS[kind], "count")}
    names = _ALSO[kind] | ours
    return tuple(names.get("_".join(column.strip().casefold().split())) for column in header)


def read_record(kind: str, row: Row, site: Site) -> Record:
    """What a row stands for.

    An id that is not given follows from all that is in the row, so that the same row is the same record.

    Raises
    ------
    InputError
        If a cell is missing or not understood; it names the row and the column.
    """
    try:
        return _READERS[kind](row, site)
    except MisuseError as error:
        raise InputError(row.subject, str(error), "mend this row") from None


def cells_of(record: Record) -> dict[str, Cell]:
    """A record as cells by column; `read_record` makes an equal one of their text."""
    match record:
        case Source():
            return _source_cells(record)
        case Claim():
            return _claim_cells(record)
        case Event():
            return _event_cells(record)
        case Observation():
            return _observation_cells(record)


def _read_source(row: Row, _: Site) -> Source:
    publisher = row.needed("publisher", "title")
    return Source(
        id=row.text("id") or _id(row, "s"),
        title=row.text("title") or publisher,
        publisher=publisher,
        published=row.when("published"),
        url=row.text("url"),
        reliability=row.one_of("reliability", RELIABILITY) or "F",
        sha256=row.text("sha256"),
    )


def _read_claim(row: Row, site: Site) -> Claim:
    value = row.number("value")
    zone, place_text = _place(row, site)
    return Claim(
        id=row.text("id") or _id(row, "c"),
        source_id=row.needed("source"),
        kind=row.one_of("kind", CLAIM_KINDS) or ("status" if value is None else "quantity"),
        quote=row.needed("quote"),
        place_text=place_text,
        zone=zone,
        measure=row.text("measure"),
        value=value,
        low=row.number("low"),
        high=row.number("high"),
        unit=row.text("unit"),
        type=row.text("type"),
        qualifier=row.member("qualifier", ClaimQualifier),
        negated=row.flag("negated"),
        hedged=row.flag("hedged"),
        when=row.when("date"),
        attributed_to=row.text("attributed_to"),
        via=row.text("via"),
        copied_from=row.text("copied_from"),
        credibility=row.one_of("credibility", CREDIBILITY) or "6",
        start=row.whole("start"),
        end=row.whole("end"),
        status=row.member("status", ClaimStatus) or ClaimStatus.ACCEPTED,
    )


def _place(row: Row, site: Site) -> tuple[str | None, str | None]:
    """The zone or place that is meant, and the words for it; a name that the site does not know stays words."""
    zone, words = row.text("zone"), row.text("place_text")
    named = {name.casefold() for extent in site.extents for name in (extent.name, *extent.aliases)}
    if zone is None or zone.casefold() not in named:
        return None, words or zone
    return site.extent(zone).name, words


def _read_event(row: Row, _: Site) -> Event:
    row.needed("date")
    when = row.when("date")
    assert when is not None  # noqa: S101 -- needed above
    return Event(
        id=row.text("id") or _id(row, "e"),
        title=row.needed("title"),
        when=when,
        kind=row.text("kind") or "event",
        place=row.text("place"),
        source=row.text("source"),
        source_date=row.when("source_date"),
    )


def _read_observation(row: Row, site: Site) -> Observation:
    zone = row.text("zone")
    return Observation(
        id=row.text("id") or _id(row, "p-"),
        klass=" ".join(row.needed("class").split()),
        quantity=_quantity(row),
        when=row.when("date"),
        by=row.text("by") or row.text("source") or "unknown person",
        recorded_at=row.moment("recorded_at") or datetime.now(UTC).replace(microsecond=0),
        zone=None if zone is None else site.extent(zone).name,
        scene_id=row.text("scene"),
        note=row.text("note"),
        visible_m=row.number("visible_m"),
        hidden_m=row.number("hidden_m"),
        outside_m=row.number("outside_m"),
        provenance=_provenance(row),
        unit=row.text("unit"),
        source_id=row.text("source"),
    )


def _quantity(row: Row) -> Quantity:
    words = row.text("count")
    qualifier = row.member("qualifier", Qualifier)
    if qualifier is None:
        return _counted(words if words is not None else row.needed("value", "count"), row.subject)
    return Quantity(row.number("value"), row.number("low"), row.number("high"), qualifier)


def _counted(words: str, subject: str) -> Quantity:
    """A count in words; its error names the row."""
    try:
        return parse_quantity(words)
    except InputError as error:
        raise InputError(f"{subject}: {error.subject}", error.problem, error.remedy) from None


def _provenance(row: Row) -> Provenance | None:
    text = row.text("provenance")
    if text is None:
        return None
    try:
        return Provenance(**json.loads(text))
    except (ValueError, TypeError, RecursionError):
        raise InputError(f"{row.subject}: provenance", "is not one we wrote", "leave the cell empty") from None


_READERS: Mapping[str, Callable[[Row, Site], Record]] = {
    "sources": _read_source,
    "observations": _read_observation,
    "claims": _read_claim,
    "events": _read_event,
}


def _source_cells(source: Source) -> dict[str, Cell]:
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "published": _date(source.published),
        "url": source.url,
        "reliability": source.reliability,
        "sha256": source.sha256,
    }


def _claim_cells(claim: Claim) -> dict[str, Cell]:
    same = ("kind", "quote", "place_text", "zone", "measure", "value", "low", "high", "unit", "type")
    after = ("attributed_to", "via", "copied_from", "credibility", "start", "end")
    return {
        "id": claim.id,
        "source": claim.source_id,
        **{name: getattr(claim, name) for name in same},
        "qualifier": claim.qualifier.value if claim.qualifier else None,
        "negated": "yes" if claim.negated else None,
        "hedged": "yes" if claim.hedged else None,
        "date": _date(claim.when),
        **{name: getattr(claim, name) for name in after},
        "status": claim.status.value,
    }


def _event_cells(event: Event) -> dict[str, Cell]:
    return {
        "id": event.id,
        "title": event.title,
        "date": event.when.text,
        "kind": event.kind,
        "place": event.place,
        "source": event.source,
        "source_date": _date(event.source_date),
    }


def _observation_cells(seen: Observation) -> dict[str, Cell]:
    quantity, made = seen.quantity, seen.provenance
    return {
        "id": seen.id,
        "zone": seen.zone,
        "class": seen.klass,
        "value": quantity.value,
        "low": quantity.low,
        "high": quantity.high,
        "qualifier": quantity.qualifier.value,
        "unit": seen.unit,
        "date": _date(seen.when),
        "scene": seen.scene_id,
        "source": seen.source_id,
        "by": seen.by,
        "note": seen.note,
        "visible_m": seen.visible_m,
        "hidden_m": seen.hidden_m,
        "outside_m": seen.outside_m,
        "recorded_at": seen.recorded_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "provenance": _as_json(made) if made else None,
    }


def _as_json(made: Provenance) -> str:
    plain = {
        "version": made.version,
        "method": made.method,
        "parameters": dict(made.parameters),
        "inputs": dict(made.inputs),
    }
    return json.dumps(plain, ensure_ascii=False)


def _date(when: When | None) -> str | None:
    return when.text if when else None


def _id(row: Row, prefix: str) -> str:
    """An id that follows from what the row says."""
    said = json.dumps([sorted((name, cell) for name, cell in row.cells.items() if cell), sorted(row.defaults.items())])
    return prefix + sha256(said.encode("utf-8", "replace")).hexdigest()[:16]
