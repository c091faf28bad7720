"""Names, aliases, gauges and statuses of site features, cleaned (child process only)."""

import json
import unicodedata
from typing import Any

from yardwatch.errors import SiteError
from yardwatch.model.dates import parse_when

__all__ = ["aliases_of", "date_of", "gauge_of", "status_of", "text_of"]

_LONGEST_NAME = 200
_MOST_ENTRIES = 100
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NARROWEST_MM, _WIDEST_MM = 300, 3000


def text_of(value: object) -> str | None:
    """A name or word as a person wrote it, without control characters and not endless; None where there is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    cleaned = "".join(" " if _controls(character) else character for character in str(value)[: 4 * _LONGEST_NAME])
    cleaned = cleaned.strip()
    return cleaned[:_LONGEST_NAME].strip() or None


def aliases_of(value: object) -> tuple[str, ...]:
    """Other names, from a list or from text with semicolons."""
    entries = _listed(value)
    if entries is None:
        entries = value.split(";") if isinstance(value, str) else []
    found = [text for text in map(text_of, entries[:_MOST_ENTRIES]) if text]
    return tuple(dict.fromkeys(found))


def gauge_of(value: object) -> int | None:
    """Rail gauge in millimetres; None where it is not one number that can be a gauge."""
    try:
        gauge = float(str(value))
    except ValueError:
        return None
    if not (_NARROWEST_MM <= gauge <= _WIDEST_MM and gauge.is_integer()):
        return None
    return int(gauge)


def date_of(value: object, *, subject: str) -> str | None:
    """A date as text that `parse_when` reads; None where there is none.

    Raises
    ------
    DateError
        If it is not a date.
    """
    text = text_of(value)
    return None if text is None else parse_when(text, subject=subject).text


def status_of(properties: dict[str, Any], *, subject: str) -> list[dict[str, str | None]]:
    """States of a zone with their dates, from a list or from one word beside ``status_when``.

    Raises
    ------
    SiteError
        If an entry has no state.
    DateError
        If one has a date that is none.
    """
    value = properties.get("status")
    entries = _listed(value)
    if entries is None:
        entries = [{"state": value, "when": properties.get("status_when")}] if text_of(value) else []
    found = []
    for entry in entries[:_MOST_ENTRIES]:
        known = entry if isinstance(entry, dict) else {"state": entry}
        state = text_of(known.get("state"))
        if state is None:
            remedy = 'write {"state": "derelict", "when": "2002/.."}'
            raise SiteError(subject, "has a status without a state", remedy)
        found.append({"state": state, "when": date_of(known.get("when"), subject=f"{subject} status")})
    return found


def _listed(value: object) -> list[Any] | None:
    """A list, also where it is written as JSON in text, as table formats do."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, list) else None


def _controls(character: str) -> bool:
    return character in _BIDI or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
