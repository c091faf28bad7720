"""Sentences taken apart, so that each number in them can be followed to what was observed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from yardwatch.report.blocks import Number, Run, Runs, Words

__all__ = ["Ground", "Subject", "Tracer", "number_texts"]

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_EDTF = r"\d{4}-\d{2}(?:-\d{2})?(?:T[\d:]+Z)?[~?%]?"
_QUOTED = "“[^”]*”"
_DATED = (
    rf"\d{{1,2}} to \d{{1,2}} (?:{_MONTHS}) \d{{4}}|(?:\d{{1,2}} )?(?:{_MONTHS}) \d{{4}}(?:, \d\d:\d\d UTC)?"
    rf"|\d{{1,2}} (?:{_MONTHS})\b|{_EDTF}(?:/(?:{_EDTF}|\.\.)?)?|\b(?:1[89]|20)\d\d(?:s\b|[~?%])?(?![\d,.]\d)"
)
_REFERENCE = r"\[\d+\]|\b[ACEMO]\d+\b"
_DIGITS = r"\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?"
_NUMBER = rf"{_DIGITS}(?:–{_DIGITS})?"
_TOKEN = re.compile(
    rf"(?P<quote>{_QUOTED})|(?P<date>{_DATED})|(?P<reference>{_REFERENCE})|(?P<number>(?<![\w.]){_NUMBER}(?!\w))"
)
_STYLES = {"name": "name", "quote": "quote", "date": "date", "reference": ""}


@dataclass(frozen=True, slots=True)
class Ground:
    """A row of the document that a number may stand on."""

    anchor: str
    """Where the row is."""
    observations: tuple[str, ...] = ()
    """Ids of the observations that it tells."""
    values: frozenset[str] = frozenset()
    """Its numbers, as they are printed."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a sentence is about."""

    key: str
    """Stable name of the sentence, with what it was worked out from."""
    place: str
    """Where it stands, in words."""
    grounds: tuple[Ground, ...]
    """What its numbers stand on."""
    anchor: str = ""
    """Where a number leads that no single row tells: a place that names all of them; the first row unless given."""
    assessment: str | None = None
    """Id of the assessment whose sentence it is, if any."""


class Tracer:
    """Takes sentences apart; digits within names, quotes, dates and references are no numbers.

    Parameters
    ----------
    names : iterable of str
        Names that occur in sentences: of tracks, zones, places, publishers.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        telling = {name for name in names if len(name) > 1 and re.search(r"\d", name) and re.search(r"[^\d\s.,]", name)}
        ordered = sorted(telling, key=lambda name: (-len(name), name))
        self._names = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in ordered)) if ordered else None

    def runs(self, sentence: str, subject: Subject) -> Runs:
        """The sentence with each of its numbers as a `Number`, counted from 1 on after the key of the subject."""
        found: list[Run] = []
        at = 0
        for piece, style in self._pieces(sentence):
            if style == "number":
                at += 1
                found.append(_number(piece, f"{subject.key}#{at}", subject))
            else:
                found.append(Words(piece, _STYLES.get(style, "")))  # type: ignore[arg-type]
        return tuple(found)

    def fixed(self, sentence: str) -> Runs:
        """The sentence with its numbers as constants that nothing was observed for."""
        return tuple(
            Words(piece, "fixed" if style == "number" else _STYLES.get(style, ""))  # type: ignore[arg-type]
            for piece, style in self._pieces(sentence)
        )

    def _pieces(self, sentence: str) -> Iterable[tuple[str, str]]:
        at = 0
        for named in self._names.finditer(sentence) if self._names else ():
            yield from _tokens(sentence[at : named.start()])
            yield named[0], "name"
            at = named.end()
        yield from _tokens(sentence[at:])


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[tuple[str, str], ...]:
    found, at = [], 0
    for token in _TOKEN.finditer(text):
        if token.start() > at:
            found.append((text[at : token.start()], ""))
        found.append((token[0], token.lastgroup or ""))
        at = token.end()
    return (*found, (text[at:], "")) if at < len(text) else tuple(found)


def number_texts(sentence: str) -> tuple[str, ...]:
    """The numbers of a sentence as they are printed."""
    return tuple(piece for piece, style in _tokens(sentence) if style == "number")


def _number(text: str, name: str, subject: Subject) -> Number:
    """A number on the one row that tells it, else on the place that names all rows."""
    telling = [ground for ground in subject.grounds if text in ground.values]
    every = tuple(dict.fromkeys(one for ground in subject.grounds for one in ground.observations))
    chosen: Sequence[Ground] = telling[:1] or (subject.grounds if len(subject.grounds) == 1 else ())
    if chosen:
        return Number(name, text, chosen[0].anchor, subject.place, chosen[0].observations or every, subject.assessment)
    first = subject.grounds[0].anchor if subject.grounds else ""
    return Number(name, text, subject.anchor or first, subject.place, every, subject.assessment, first)
