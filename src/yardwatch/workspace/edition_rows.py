"""Editions and sign-offs as rows."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from yardwatch.model.publishing import AuditHead, Edition, Erratum, SignOff
from yardwatch.workspace.cells import Cells, cell, maybe, packed, read_instant
from yardwatch.workspace.database import Database, insert

__all__ = ["read_editions", "read_sign_offs", "write_edition", "write_sign_off"]


def write_edition(connection: sqlite3.Connection, edition: Edition) -> None:
    """Keep an edition."""
    insert(
        connection,
        "editions",
        {
            "number": edition.number,
            "published_at": _instant(edition.published_at),
            "public": edition.public,
            "by": edition.by,
            "document": edition.document,
            "sha256": edition.sha256,
            "head": str(edition.head),
            "numbers": packed(dict(edition.numbers)),
            "links": packed({name: list(ids) for name, ids in edition.links.items()}),
            "errata": packed([_erratum_cells(erratum) for erratum in edition.errata]),
            "sign_off": packed(_sign_off_cells(edition.sign_off)) if edition.sign_off else None,
        },
    )


def read_editions(database: Database) -> list[Edition]:
    """All editions in their order.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    return database.rows(_edition, "SELECT * FROM editions ORDER BY number")


def write_sign_off(connection: sqlite3.Connection, sign_off: SignOff, contents: str) -> None:
    """Keep a sign-off of contents with that hash."""
    cells = {"by": sign_off.by, "signed_at": _instant(sign_off.at), "contents": contents, "note": sign_off.why}
    insert(connection, "sign_offs", cells)


def read_sign_offs(database: Database) -> list[tuple[SignOff, str]]:
    """All sign-offs in their order, each with the hash of what was signed.

    Raises
    ------
    WorkspaceError
        If a row is damaged.
    """
    return database.rows(_signed, "SELECT * FROM sign_offs ORDER BY fid")


def _edition(row: sqlite3.Row) -> Edition:
    signed = maybe(row, "sign_off", str)
    return Edition(
        number=cell(row, "number", int),
        published_at=read_instant(row, "published_at"),
        public=bool(cell(row, "public", int)),
        numbers={str(name): str(text) for name, text in _mapping(row, "numbers").items()},
        sha256=cell(row, "sha256", str),
        head=_head(cell(row, "head", str)),
        by=cell(row, "by", str),
        document=cell(row, "document", str),
        errata=tuple(_erratum(found) for found in json.loads(cell(row, "errata", str))),
        sign_off=_sign_off(json.loads(signed)) if signed else None,
        links={str(name): tuple(map(str, ids)) for name, ids in _mapping(row, "links").items()},
    )


def _signed(row: sqlite3.Row) -> tuple[SignOff, str]:
    signed = SignOff(cell(row, "by", str), read_instant(row, "signed_at"), why=maybe(row, "note", str))
    return signed, cell(row, "contents", str)


def _mapping(row: Cells, column: str) -> Mapping[str, Any]:
    found = json.loads(cell(row, column, str))
    if not isinstance(found, dict):
        raise ValueError(f"{column} is no JSON object")  # noqa: TRY004 -- it is bad data
    return found


def _head(text: str) -> AuditHead:
    sequence, _, digest = text.partition(":")
    return AuditHead(int(sequence), digest)


def _erratum_cells(erratum: Erratum) -> Mapping[str, str | int]:
    return {
        "number_id": erratum.number_id,
        "place": erratum.place,
        "was": erratum.was,
        "now": erratum.now,
        "why": erratum.why,
        "edition": erratum.edition,
    }


def _erratum(found: Mapping[str, Any]) -> Erratum:
    number_id, place, was, now, why = (str(found[name]) for name in ("number_id", "place", "was", "now", "why"))
    return Erratum(number_id, place, was, now, why, int(found["edition"]))


def _sign_off_cells(signed: SignOff) -> Mapping[str, str | bool | None]:
    return {"by": signed.by, "at": _instant(signed.at), "waived": signed.waived, "why": signed.why}


def _sign_off(found: Mapping[str, Any]) -> SignOff:
    at = datetime.fromisoformat(str(found["at"]))
    return SignOff(str(found["by"]), at, bool(found["waived"]), None if found["why"] is None else str(found["why"]))


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
