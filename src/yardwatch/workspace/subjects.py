"""The records of a workspace as subjects of its audit log: each with the hash of what it says now.

The hash of a record is that of JSON without spaces: a list of the rows that make it up, each an object of the columns
that are neither empty nor mere bookkeeping (row numbers, where a file lies, what follows from other rows), in the order
of their names. A column that a later version adds changes no hash as long as it is empty.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from yardwatch.workspace.trust import own_columns

__all__ = ["KINDS", "SITE", "all_digests", "digests_of", "watch"]

SITE = "site"
"""The subject of the site with its zones, places and tracks."""

_BOOKKEEPING = frozenset({"fid", "count_id", "tally_id", "comparison_id", "latest", "saved_at"})


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows that belong to a record."""

    table: str
    rest: str
    """After the table in the query: what it is joined to, as ``p`` for the row that stands for the record."""
    order: str
    skipped: frozenset[str] = _BOOKKEEPING
    own: bool = False
    """Whether its rows are those that stand for the records."""
    parent: str = ""
    """Where they are not: the number of the row that does, in SQL."""

    def query(self, key: str, where: str | None) -> str:
        """Gives the rows of all records, or of one, each with the record's key first."""
        stands = "t" if self.own else "p"
        chosen = f"WHERE {where.replace('ROW', stands)}" if where else ""
        return (
            f"SELECT {key.replace('ROW', stands)} AS _key, t.* FROM {self.table} AS t "  # noqa: S608 -- our own names
            f"{self.rest} {chosen} ORDER BY t.{self.order}"
        )


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of record."""

    name: str
    table: str
    """The table whose rows stand for the records."""
    key: str
    """What tells one from another, in SQL; ``ROW`` stands for the row."""
    where: str
    """How to find one by its key, which is cut at its first stroke where there are two marks."""
    parts: tuple[_Part, ...]

    def watched(self, event: str) -> str:
        """The key as a trigger sees it."""
        return self.key.replace("ROW", "OLD" if event == "DELETE" else "NEW")

    def values(self, key: str) -> tuple[str, ...]:
        """What to put into `where`."""
        first, _, rest = key.partition("/")
        return (key,) if self.where.count("?") == 1 else (first, rest)


def _plain(name: str, table: str, column: str = "id", *skipped: str) -> _Kind:
    order = column if column in {"fid", "number"} else "fid"
    own = _Part(table, "", order, _BOOKKEEPING | {*skipped}, own=True)
    return _Kind(name, table, f"ROW.{column}", f"ROW.{column} = ?", (own,))


def _pair(name: str, table: str, columns: tuple[str, str], *children: _Part) -> _Kind:
    one, other = columns
    own = _Part(table, "", "id", _BOOKKEEPING | {"id"}, own=True)
    key = f"ROW.{one} || '/' || ROW.{other}"
    return _Kind(name, table, key, f"ROW.{one} = ? AND ROW.{other} = ?", (own, *children))


_OF_COUNT = (
    _Part("railcars", "JOIN counts AS p ON p.id = t.count_id", "fid", parent="ROW.count_id"),
    *(
        _Part(table, "JOIN counts AS p ON p.id = t.count_id", "id", _BOOKKEEPING | {"id"}, parent="ROW.count_id")
        for table in ("strings", "track_coverage", "tallies", "count_notices")
    ),
    _Part(
        "tally_types", "JOIN tallies AS y ON y.id = t.tally_id JOIN counts AS p ON p.id = y.count_id", "id",
        _BOOKKEEPING | {"id"}, parent="(SELECT y.count_id FROM tallies AS y WHERE y.id = ROW.tally_id)",
    ),
)  # fmt: skip
_OF_COMPARISON = _Part("changes", "JOIN comparisons AS p ON p.id = t.comparison_id", "fid", parent="ROW.comparison_id")

KINDS: Mapping[str, _Kind] = {
    kind.name: kind
    for kind in (
        _plain("scene", "scenes", "id", "source"),
        _pair("count", "counts", ("scene", "step"), *_OF_COUNT),
        _plain("observation", "observations"),
        _plain("source", "sources"),
        _plain("claim", "claims"),
        _plain("event", "events"),
        _plain("review", "reviews", "fid"),
        _plain("correction", "corrections"),
        _plain("network", "network_choices", "fid"),
        _plain("alignment", "alignments", "scene"),
        _pair("comparison", "comparisons", ("before", "after"), _OF_COMPARISON),
        _plain("edition", "editions", "number"),
        _plain("sign-off", "sign_offs", "fid"),
    )
}
"""Kinds of records by the word that their subjects begin with; the site is a subject of its own."""

_SITE_PARTS = (
    _Part("site", "", "id", _BOOKKEEPING | {"id"}, own=True),
    _Part("zones", "", "fid", own=True),
    _Part("zone_status", "JOIN zones AS p ON p.fid = t.zone_fid", "id", _BOOKKEEPING | {"id", "zone_fid"}),
    _Part("places", "", "fid", own=True),
    _Part("tracks", "", "fid", own=True),
)
_SITE_TABLES = ("site", "zones", "zone_status", "places", "tracks")


def watch(connection: sqlite3.Connection) -> None:
    """Note from now on which records this connection changes, in a table of its own that nobody else sees."""
    connection.execute("CREATE TEMP TABLE yardwatch_touched (subject TEXT PRIMARY KEY NOT NULL)")
    for kind in KINDS.values():
        for event in ("INSERT", "UPDATE", "DELETE"):
            _watch(connection, kind.table, event, f"'{kind.name}/' || {kind.watched(event)}")
        for part in kind.parts:
            if not part.own:
                _watch_child(connection, kind, part)
    for table in _SITE_TABLES:
        for event in ("INSERT", "UPDATE", "DELETE"):
            _watch(connection, table, event, f"'{SITE}'")


def _watch(connection: sqlite3.Connection, table: str, event: str, subject: str) -> None:
    connection.execute(
        f"CREATE TEMP TRIGGER yardwatch_{table}_{event[:6].lower()} AFTER {event} ON main.{table} "  # noqa: S608 -- ours
        f"BEGIN INSERT OR IGNORE INTO yardwatch_touched VALUES ({subject}); END"
    )


def _watch_child(connection: sqlite3.Connection, kind: _Kind, part: _Part) -> None:
    """Rows that belong to a record come and go with it, but may be changed alone."""
    columns = ", ".join(f'"{name}"' for name in sorted(own_columns(part.table) - part.skipped))
    for event, row in ((f"UPDATE OF {columns}", "NEW"), ("DELETE", "OLD")):
        parent = part.parent.replace("ROW", row)
        record = kind.key.replace("ROW", "p")
        key = f"(SELECT {record} FROM {kind.table} AS p WHERE p.id = {parent})"  # noqa: S608 -- our own names
        _watch(connection, part.table, event, f"'{kind.name}/' || {key}")


def digests_of(connection: sqlite3.Connection, subjects: Iterable[str]) -> dict[str, str | None]:
    """Hash of each of some records as it is now; None for one that is gone."""
    found: dict[str, str | None] = {}
    for subject in sorted(subjects):
        kind, _, key = subject.partition("/")
        found[subject] = _site(connection) if kind == SITE else _of_one(connection, KINDS[kind], key)
    return found


def all_digests(connection: sqlite3.Connection) -> dict[str, str]:
    """Hash of every record."""
    found = {SITE: _site(connection)}
    for kind in KINDS.values():
        rows: dict[str, list[Mapping[str, object]]] = {}
        for part in kind.parts:
            for key, row in _rows(connection, part, part.query(kind.key, None)):
                rows.setdefault(key, []).append(row)
        found |= {f"{kind.name}/{key}": _digest(held) for key, held in rows.items()}
    return found


def _site(connection: sqlite3.Connection) -> str:
    """A zone's status is told by the zone's name."""
    queries = [(part, part.query("'' " if part.own else "ROW.name", None)) for part in _SITE_PARTS]
    found = [(key, row) for part, query in queries for key, row in _rows(connection, part, query)]
    return _digest([{**row, "_of": key} if key else row for key, row in found])


def _of_one(connection: sqlite3.Connection, kind: _Kind, key: str) -> str | None:
    queries = [(part, part.query(kind.key, kind.where)) for part in kind.parts]
    rows = [row for part, query in queries for _, row in _rows(connection, part, query, *kind.values(key))]
    return _digest(rows) if rows else None


def _rows(
    connection: sqlite3.Connection, part: _Part, query: str, *values: str
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The rows of a part, each with its record's key."""
    cursor = connection.cursor()
    cursor.row_factory = None
    cursor.execute(query, values)
    wanted = own_columns(part.table) - part.skipped
    places = [(index, column[0]) for index, column in enumerate(cursor.description) if index and column[0] in wanted]
    for row in cursor:
        yield str(row[0]), {name: _json(row[index]) for index, name in places if row[index] is not None}


def _json(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value


def _digest(rows: list[Mapping[str, object]]) -> str:
    return sha256(_encoder().encode(rows).encode("ascii")).hexdigest()


@cache
def _encoder() -> json.JSONEncoder:
    return json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)
