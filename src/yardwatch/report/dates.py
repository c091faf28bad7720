"""Uncertain dates in English: what EDTF says, without its signs."""

import re
from datetime import date

from yardwatch.model.dates import When

__all__ = ["date_words", "edtf_words"]

_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?([~?%]?)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DECADE = re.compile(r"(\d{3})X([~?%]?)")
_SIGNS = {"": "", "~": "about ", "?": "perhaps ", "%": "perhaps about "}


def date_words(when: When | None) -> str:
    """A date for people; an instant is told by its day."""
    if when is None:
        return "date not known"
    if when.is_instant and when.earliest is not None:
        return f"{when.earliest.day} {when.earliest:%B %Y}"
    return edtf_words(when.text)


def edtf_words(text: str) -> str:
    """``2022-11-01~/2022-11-10~`` as "about 1 November 2022 to about 10 November 2022".

    What is not understood stays as it is written.
    """
    first, slash, last = text.strip().partition("/")
    if not slash:
        return _one(first)
    if first in {"", ".."}:
        return f"{_one(last)} or earlier"
    if last in {"", ".."}:
        return f"since at least {_one(first)}"
    month = first[:8]
    if last.startswith(month) and _DAY.fullmatch(first) and _DAY.fullmatch(last):
        return f"{int(first[8:])} to {_one(last)}"
    return f"{_one(first)} to {_one(last)}"


def _one(text: str) -> str:
    found = _DATE.fullmatch(text)
    if found is None:
        decade = _DECADE.fullmatch(text)
        return f"{_SIGNS[decade[2]]}the {decade[1]}0s" if decade else text
    year, month, day, sign = found.groups(default="")
    if month in _SEASONS and not day:
        return f"{_SIGNS[sign]}{_SEASONS[month]} {year}"
    try:
        named = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return text
    if day:
        return f"{_SIGNS[sign]}{named.day} {named:%B %Y}"
    return _SIGNS[sign] + (f"{named:%B %Y}" if month else year)
