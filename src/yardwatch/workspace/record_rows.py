"""Sources, claims and events as rows, and what persons decided about them."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from sqlite3 import Row
from typing import Any, Generic, TypeVar

from yardwatch.model.claim import Claim, ClaimQualifier, ClaimStatus, Source
from yardwatch.model.event import Event
from yardwatch.model.review import Review
from yardwatch.workspace.cells import (
    Cell,
    Cells,
    amount,
    cell,
    date_of,
    dated,
    maybe,
    packed,
    read_instant,
    sure_date_of,
    unpacked,
)
from yardwatch.workspace.database import Database, insert, update
from yardwatch.workspace.record_rules import Record, kind_of

__all__ = [
    "CLAIMS",
    "EVENTS",
    "SOURCES",
    "RecordTable",
    "read_copies",
    "read_earlier",
    "read_ids",
    "read_record",
    "read_records",
    "read_reviews",
    "table_of",
    "write_record",
    "write_review",
]

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class RecordTable(Generic[R]):
    """How things of one kind are kept."""

    name: str
    """Name of the table."""
    encode: Callable[[R], Mapping[str, Cell]]
    """The cells of a thing by their columns."""
    decode: Callable[[Cells], R]
    """The thing that such cells mean; raises ValueError where they mean none."""


def table_of(record: Record) -> RecordTable[Any]:
    """The table in which it belongs."""
    return _TABLES[kind_of(record)]


def write_record(connection: sqlite3.Connection, record: Record) -> None:
    """Keep something that is not kept yet."""
    table = table_of(record)
    insert(connection, table.name, table.encode(record))


def write_review(connection: sqlite3.Connection, review: Review) -> None:
    """Put a person's version in the place of the kept one, and note both."""
    table = table_of(review.after)
    before, after = table.encode(review.before), table.encode(review.after)
    update(connection, table.name, review.after.id, after)
    insert(
        connection,
        "reviews",
        {
            "kind": kind_of(review.after),
            "id": review.after.id,
            "by": review.by,
            "reviewed_at": review.reviewed_at.astimezone(UTC).isoformat(),
            "note": review.note,
            "before": _canonical(before),
            "after": _canonical(after),
        },
    )


def read_records(database: Database, table: RecordTable[R]) -> list[R]:
    """All of a kind in the order in which they were kept.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    return database.rows(table.decode, f"SELECT * FROM {table.name} ORDER BY fid")  # noqa: S608 - our own tables


def read_record(database: Database, table: RecordTable[R], record_id: str) -> R | None:
    """The one with that id, if it is kept.

    Raises
    ------
    WorkspaceError
        If its row is damaged.
    """
    query = f"SELECT * FROM {table.name} WHERE id = ?"  # noqa: S608 - our own tables
    return next(iter(database.rows(table.decode, query, record_id)), None)


def read_ids(database: Database, table: RecordTable[R]) -> frozenset[str]:
    """The ids of all of a kind."""
    query = f"SELECT fid, id FROM {table.name}"  # noqa: S608 - our own tables
    return frozenset(database.rows(lambda row: cell(row, "id", str), query))


def read_copies(database: Database) -> Mapping[str, str | None]:
    """The id of each claim to that of the claim it copies."""
    query = "SELECT fid, id, copied_from FROM claims"
    return dict(database.rows(lambda row: (cell(row, "id", str), maybe(row, "copied_from", str)), query))


def read_reviews(database: Database) -> list[Review]:
    """All decisions of persons, in the order in which they were made.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    return database.rows(_review, "SELECT * FROM reviews ORDER BY fid")


def read_earlier(database: Database, record: Record) -> list[Record]:
    """The versions of a thing that persons changed.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    query = "SELECT * FROM reviews WHERE kind = ? AND id = ? ORDER BY fid"
    return [review.before for review in database.rows(_review, query, kind_of(record), record.id)]


def _review(row: Row) -> Review:
    kind = cell(row, "kind", str)
    if kind not in _TABLES:
        raise ValueError(f"kind is {kind!r} where one of {', '.join(_TABLES)} is needed")
    return Review(
        before=_version(row, "before", _TABLES[kind]),
        after=_version(row, "after", _TABLES[kind]),
        by=cell(row, "by", str),
        reviewed_at=read_instant(row, "reviewed_at"),
        note=maybe(row, "note", str),
    )


def _canonical(cells: Mapping[str, Cell]) -> str:
    return packed(dict(sorted(cells.items())))


def _version(row: Row, column: str, table: RecordTable[R]) -> R:
    """The thing whose cells a column holds as JSON."""
    try:
        return table.decode(unpacked(row, column))
    except KeyError as error:
        raise ValueError(f"{column} does not say {error}") from None


def _source_cells(source: Source) -> Mapping[str, Cell]:
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        **dated("published", source.published),
        "url": source.url,
        "reliability": source.reliability,
        "sha256": source.sha256,
    }


def _source(row: Cells) -> Source:
    return Source(
        id=cell(row, "id", str),
        title=cell(row, "title", str),
        publisher=cell(row, "publisher", str),
        published=date_of(row, "published"),
        url=maybe(row, "url", str),
        reliability=cell(row, "reliability", str),
        sha256=maybe(row, "sha256", str),
    )


def _claim_cells(claim: Claim) -> Mapping[str, Cell]:
    return {
        "id": claim.id,
        "source": claim.source_id,
        "kind": claim.kind,
        "quote": claim.quote,
        "place_text": claim.place_text,
        "zone": claim.zone,
        "measure": claim.measure,
        "value": claim.value,
        "low": claim.low,
        "high": claim.high,
        "unit": claim.unit,
        "type": claim.type,
        "qualifier": None if claim.qualifier is None else claim.qualifier.value,
        "negated": claim.negated,
        "hedged": claim.hedged,
        **dated("date", claim.when),
        "attributed_to": claim.attributed_to,
        "via": claim.via,
        "copied_from": claim.copied_from,
        "credibility": claim.credibility,
        "quote_start": claim.start,
        "quote_end": claim.end,
        "status": claim.status.value,
    }


def _claim(row: Cells) -> Claim:
    qualifier = maybe(row, "qualifier", str)
    return Claim(
        id=cell(row, "id", str),
        source_id=cell(row, "source", str),
        kind=cell(row, "kind", str),
        quote=cell(row, "quote", str),
        place_text=maybe(row, "place_text", str),
        zone=maybe(row, "zone", str),
        measure=maybe(row, "measure", str),
        value=amount(row, "value"),
        low=amount(row, "low"),
        high=amount(row, "high"),
        unit=maybe(row, "unit", str),
        type=maybe(row, "type", str),
        qualifier=None if qualifier is None else ClaimQualifier(qualifier),
        negated=bool(cell(row, "negated", int)),
        hedged=bool(cell(row, "hedged", int)),
        when=date_of(row, "date"),
        attributed_to=maybe(row, "attributed_to", str),
        via=maybe(row, "via", str),
        copied_from=maybe(row, "copied_from", str),
        credibility=cell(row, "credibility", str),
        start=maybe(row, "quote_start", int),
        end=maybe(row, "quote_end", int),
        status=ClaimStatus(cell(row, "status", str)),
    )


def _event_cells(event: Event) -> Mapping[str, Cell]:
    return {
        "id": event.id,
        "title": event.title,
        **dated("date", event.when),
        "kind": event.kind,
        "place": event.place,
        "source": event.source,
        **dated("source_date", event.source_date),
    }


def _event(row: Cells) -> Event:
    return Event(
        id=cell(row, "id", str),
        title=cell(row, "title", str),
        when=sure_date_of(row, "date"),
        kind=cell(row, "kind", str),
        place=maybe(row, "place", str),
        source=maybe(row, "source", str),
        source_date=date_of(row, "source_date"),
    )


SOURCES = RecordTable("sources", _source_cells, _source)
CLAIMS = RecordTable("claims", _claim_cells, _claim)
EVENTS = RecordTable("events", _event_cells, _event)

_TABLES: Mapping[str, RecordTable[Any]] = {"source": SOURCES, "claim": CLAIMS, "event": EVENTS}
