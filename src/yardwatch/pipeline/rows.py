"""One row of a table as it was written, cell by cell."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from yardwatch.errors import InputError
from yardwatch.model.dates import When, parse_when

__all__ = ["Row"]

E = TypeVar("E", bound=StrEnum)

_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was written."""

    cells: Mapping[str, str]
    """Cell by the name of its column; what is missing counts as empty."""
    subject: str
    """Where it stands, for errors, e.g. ``claims.csv row 3``."""
    defaults: Mapping[str, str] = field(default_factory=dict)
    """What holds where a cell is empty."""

    def text(self, name: str) -> str | None:
        """A cell as it stands; None if it is empty."""
        found = self.cells.get(name) or self.defaults.get(name)
        return found if found and found.strip() else None

    def needed(self, *names: str) -> str:
        """The first of some cells that is not empty.

        Raises
        ------
        InputError
            If all are empty.
        """
        for name in names:
            if (found := self.text(name)) is not None:
                return found
        raise InputError(self.subject, f"has no {names[0]}", f"fill in {' or '.join(names)}")

    def when(self, name: str) -> When | None:
        """A date; raises DateError if it is none."""
        found = self.text(name)
        return None if found is None else parse_when(found, subject=f"{self.subject}: {name}")

    def number(self, name: str) -> float | None:
        """A number, whole where it is; fractions such as 1/3 are read.

        Raises
        ------
        InputError
            If it is none.
        """
        found = self.text(name)
        if found is None:
            return None
        try:
            number = _number(found)
        except (ValueError, ZeroDivisionError, OverflowError):
            raise InputError(f"{self.subject}: {name} {found!r}", "is not a number", "write digits only") from None
        return number

    def whole(self, name: str) -> int | None:
        """A whole number.

        Raises
        ------
        InputError
            If it is none.
        """
        number = self.number(name)
        if number is None or number == int(number):
            return None if number is None else int(number)
        raise InputError(f"{self.subject}: {name} {number!r}", "is not a whole number", "write digits only")

    def one_of(self, name: str, known: Iterable[str]) -> str | None:
        """A word of a list, whatever its case.

        Raises
        ------
        InputError
            If it is another.
        """
        found, words = self.text(name), tuple(known)
        if found is None:
            return None
        for word in words:
            if found.strip().casefold() == word.casefold():
                return word
        raise InputError(f"{self.subject}: {name} {found!r}", "is not known", f"write one of {', '.join(words)}")

    def member(self, name: str, kind: type[E]) -> E | None:
        """A member of an enumeration."""
        found = self.one_of(name, [member.value for member in kind])
        return None if found is None else kind(found)

    def flag(self, name: str) -> bool:
        """Yes or no; no where it is empty.

        Raises
        ------
        InputError
            If it is neither.
        """
        found = (self.text(name) or "").strip().casefold()
        if found not in _YES:
            raise InputError(f"{self.subject}: {name} {found!r}", "is neither yes nor no", "write yes or no")
        return _YES[found]

    def moment(self, name: str) -> datetime | None:
        """An instant in UTC.

        Raises
        ------
        InputError
            If it is a date only.
        """
        when = self.when(name)
        if when is None:
            return None
        if not when.is_instant or when.earliest is None:
            raise InputError(f"{self.subject}: {name} {when.text!r}", "is not an instant", "write 2024-12-03T02:15Z")
        return when.earliest


def _number(text: str) -> float:
    plain = text.strip().replace("\u202f", "").replace(" ", "")
    number = float(Fraction(plain)) if re.fullmatch(r"\d{1,9}/\d{1,9}", plain) else float(plain)
    if not math.isfinite(number):
        raise ValueError(text)
    return int(number) if number == int(number) else number
