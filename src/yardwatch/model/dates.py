"""When something happened or was seen: an instant, or an uncertain date in EDTF."""

import re
from calendar import monthrange, timegm
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from time import struct_time

from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException

from yardwatch.errors import DateError

__all__ = ["When", "parse_when"]

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})")
_PLAIN = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(\d{2}))?)?", re.ASCII)
_NAIVE = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 64
_REMEDY = "give an instant with its zone (2024-12-03T02:15Z) or an EDTF date (2024-12-03, 2024-12, 2024-10-21~)"


@dataclass(frozen=True, slots=True)
class When:
    """An instant or an uncertain date, with the bounds it means."""

    text: str
    """As written: an ISO instant in UTC, or the EDTF string."""
    earliest: datetime | None
    """First instant it can mean (aware, UTC); None where the date is open or out of the calendar's range."""
    latest: datetime | None
    """Last instant it can mean (aware, UTC), to the second; None likewise."""
    is_instant: bool
    """Whether it is a moment rather than a date."""

    def __str__(self) -> str:
        """For people: an instant to the minute, a date as written."""
        if self.is_instant and self.earliest is not None:
            return f"{self.earliest:%Y-%m-%d %H:%M} UTC"
        return self.text


@lru_cache(maxsize=4096)
def parse_when(text: str, *, subject: str = "date") -> When:
    """Read an instant with zone, or an EDTF date.

    The bounds are the strict ones: an approximate date (``~``) is not padded, its doubt is kept in the text.

    Parameters
    ----------
    text : str
        ``2024-12-03T02:15Z``, ``2024-12-03``, ``2024-12``, ``2024-10-21~/2024-11-10~`` and so on.
    subject : str
        Named in the error, e.g. the option or file it came from.

    Raises
    ------
    DateError
        If it is neither; a time without a zone is refused rather than guessed.
    """
    text = text.strip()
    if _INSTANT.fullmatch(text):
        return _instant(text, subject)
    if _NAIVE.match(text):
        raise DateError(f"{subject} {text!r}", "has a time without a zone", "add Z or an offset such as +09:00")
    if not text or len(text) > _LONGEST:
        raise DateError(f"{subject} {text!r}", "is not a date", _REMEDY)
    plain = _plain(text, subject)
    if plain is not None:
        return plain
    try:
        parsed = parse_edtf(text)
        first, last = parsed.lower_strict(), parsed.upper_strict()
    except (EDTFParseException, ValueError, AttributeError, TypeError, OverflowError, RecursionError):
        raise DateError(f"{subject} {text!r}", "is not a date", _REMEDY) from None
    earliest, latest = _bound(first, last=False), _bound(last, last=True)
    if earliest is not None and latest is not None and earliest > latest:
        raise DateError(f"{subject} {text!r}", "ends before it begins", _REMEDY)
    return When(text, earliest, latest, is_instant=False)


def _instant(text: str, subject: str) -> When:
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise DateError(f"{subject} {text!r}", "is not in the calendar", _REMEDY) from None
    return When(moment.isoformat().replace("+00:00", "Z"), moment, moment, is_instant=True)


def _plain(text: str, subject: str) -> When | None:
    """A year, month or day without any doubt, which the library is slow to read; None if it is none."""
    found = _PLAIN.fullmatch(text)
    if found is None or text.startswith("0000"):
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None  # noqa: S101 -- the pattern asks for one
    try:
        first = datetime(year, month or 1, day or 1, tzinfo=UTC)
        last = first.replace(month=month or 12, day=day or monthrange(year, month or 12)[1])
    except ValueError:
        raise DateError(f"{subject} {text!r}", "is not in the calendar", _REMEDY) from None
    return When(text, first, last.replace(hour=23, minute=59, second=59), is_instant=False)


def _bound(value: object, *, last: bool) -> datetime | None:
    """A library bound as an aware datetime; a day's last bound is its last second."""
    if not isinstance(value, struct_time):
        return None
    day = struct_time((*value[:3], 23 if last else 0, 59 if last else 0, 59 if last else 0, 0, 1, 0))
    try:
        return _EPOCH + timedelta(seconds=timegm(day))
    except (ValueError, OverflowError):
        return None
