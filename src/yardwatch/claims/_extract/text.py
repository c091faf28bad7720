"""Text as blocks, sentences and tokens that know where they stand."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from yardwatch.claims._extract.vocabulary import words

__all__ = ["Block", "Sentence", "Token", "blocks_of", "quoted_spans", "sentences_of", "title_of", "tokens_of"]

_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d+)*|[^\W\d_]+(?:[’'][^\W\d_]+)?|\S")
_LONG_LINE = 50
_LONGEST_SENTENCE = 400
"""Tokens; what is longer is no sentence and is cut, so that work per sentence is bounded."""
_HEADING_WORDS = 20
_CLOSERS = frozenset("”\"’')]»")
_OPENERS = frozenset("“\"‘'([«")
_ENDS = frozenset(".!?…")
_ABBREVIATIONS = words(
    """mr mrs ms dr prof gen col lt sgt st no nos approx ca vs etc inc ltd co corp jan feb mar apr jun jul aug sep
    sept oct nov dec fig figs km sq ft e.g i.e est dept gov sen rep maj capt"""
)
_BOILERPLATE = re.compile(
    r"scroll to top|back to top|advertisement|audio sources.{0,40}|share( this.{0,20})?|print|e-?mail|subscribe.{0,60}|"
    r"sign up.{0,60}|read more.{0,80}|see also.{0,80}|click here.{0,60}|follow us.{0,60}|all rights reserved.{0,80}|"
    r"(©|copyright\b).{0,120}|listen to .{0,40}|skip to .{0,40}|cookie.{0,80}|photo( credit)?:.{0,120}|"
    r"(reporting|editing|writing) by .{0,160}",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(further reading|related( articles| stories| posts| content)?|references|footnotes|endnotes|notes|"
    r"more from .{0,40}|recommended.{0,20}|about the authors?|you may also like|most read|bibliography):?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a sign."""

    text: str
    """As written."""
    lower: str
    """In lower case, with a straight apostrophe."""
    start: int
    """Where it begins in the text, code points."""
    end: int
    """Where it ends."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading or an item of a list."""

    start: int
    """Where it begins in the text."""
    end: int
    """Where it ends."""
    is_prose: bool
    """Whether it has sentences; otherwise it is a heading or an item of a list."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its tokens."""

    tokens: tuple[Token, ...]
    """At least one."""
    block: int
    """Number of the block it stands in."""
    is_prose: bool
    """Whether its block has sentences."""

    @property
    def start(self) -> int:
        """Where it begins in the text."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.tokens[-1].end


def tokens_of(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of a stretch of text."""
    found = _TOKEN.finditer(text, start, len(text) if end is None else end)
    return [Token(m[0], m[0].lower().replace("’", "'"), m.start(), m.end()) for m in found]


def blocks_of(text: str) -> list[Block]:
    """The blocks worth claiming from: without the title, what pages say of themselves, and what follows the article."""
    kept: list[Block] = []
    has_title = False
    for start, end in _paragraphs(text):
        plain = text[start:end]
        if end - start <= 200 and _BOILERPLATE.fullmatch(plain):
            continue
        if end - start <= 60 and _TAIL.fullmatch(plain):
            break
        is_prose = _is_prose(plain)
        if not has_title and not is_prose and not kept:
            has_title = True
            continue
        kept.append(Block(start, end, is_prose))
    return kept


def title_of(text: str) -> str | None:
    """The first block that is not of the page itself, where that is a heading."""
    for start, end in _paragraphs(text):
        if end - start > 200 or not _BOILERPLATE.fullmatch(text[start:end]):
            plain = " ".join(text[start:end].split())
            return plain[:300] if not _is_prose(plain) or len(plain) <= 120 else None
    return None


def sentences_of(text: str) -> Iterator[Sentence]:
    """The sentences of all blocks, in order."""
    for number, block in enumerate(blocks_of(text)):
        tokens = tokens_of(text, block.start, block.end)
        cuts = [0, *_sentence_ends(tokens), len(tokens)]
        for first, last in pairwise(cuts):
            for begin in range(first, last, _LONGEST_SENTENCE):
                part = tokens[begin : min(last, begin + _LONGEST_SENTENCE)]
                yield Sentence(tuple(part), number, block.is_prose)


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Where speech in double quotation marks stands; one left open ends with its paragraph."""
    spans = []
    for start, end in _paragraphs(text):
        opened: int | None = None
        for mark in re.finditer('[“”"]', text[start:end]):
            at = start + mark.start()
            if opened is None and mark[0] != "”":
                opened = at
            elif opened is not None and mark[0] != "“":
                spans.append((opened, at + 1))
                opened = None
        if opened is not None:
            spans.append((opened, end))
    return spans


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Stretches between line breaks that end something; lines broken for width are joined."""
    start: int | None = None
    end = at = 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        first, last = at + len(line) - len(line.lstrip()), at + len(line.rstrip())
        if start is not None and (not stripped or not _goes_on(text, start, end, stripped)):
            yield start, end
            start = None
        if stripped:
            start = first if start is None else start
            end = last
        at += len(line)
    if start is not None:
        yield start, end


def _goes_on(text: str, start: int, end: int, following: str) -> bool:
    """Whether a line break after `end` is only for the width of the page."""
    line = max(start, text.rfind("\n", start, end) + 1)
    if end - line < _LONG_LINE or following[0] in "•·*-–—#":
        return False
    return following[0].islower() or text[end - 1] not in '.!?:”"'


def _is_prose(plain: str) -> bool:
    if plain.rstrip("”\"’')]»")[-1:] in _ENDS:
        return True
    return plain.count(" ") >= _HEADING_WORDS


def _sentence_ends(tokens: Sequence[Token]) -> list[int]:
    """Index of the first token of each sentence but the first."""
    ends = []
    for i, token in enumerate(tokens):
        if token.text not in _ENDS and not token.text.endswith("."):
            continue
        after = i + 1
        while after < len(tokens) and tokens[after].text in _CLOSERS and tokens[after].start == tokens[after - 1].end:
            after += 1
        if after < len(tokens) and _ends_here(tokens, i, after):
            ends.append(after)
    return ends


def _ends_here(tokens: Sequence[Token], i: int, after: int) -> bool:
    following = tokens[after]
    if following.start == tokens[after - 1].end:
        return False
    first = following.text[0]
    if not (first.isupper() or first.isdigit() or first in _OPENERS or first in "•·*-–—"):
        return False
    if tokens[i].text != ".":
        return len(tokens[i].text) == 1 or first in _OPENERS
    before = tokens[i - 1] if i else None
    if before is None or before.end != tokens[i].start:
        return True
    initial = len(before.text) == 1 and before.text.isupper()
    return not initial and not (before.lower in _ABBREVIATIONS and (first.isupper() or first.isdigit()))
