"""The main text of an HTML page: its article, without menus, scripts and what cannot be seen (child process only)."""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from yardwatch.documents._found import MOST_CHARACTERS, Found

__all__ = ["read_html"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_VOID = _words("area base br col embed hr img input link meta param source track wbr")
_SKIPPED = _words(
    """script style noscript template nav footer aside form button svg iframe object select textarea canvas dialog
    audio video math head"""
)
_BLOCKS = _words(
    """p div h1 h2 h3 h4 h5 h6 li blockquote figcaption pre tr section article main header ul ol table tbody dl dt dd
    caption figure body html address details summary"""
)
_CONTAINERS = _words("article main section div body td blockquote")
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|footer|sidebar|comments?|related|share|sharing|social|promo|cookies?|banner|newsletter|"
    r"subscribe|breadcrumbs?|advert(?:isement)?|ads?|popup|modal|widget|byline-links|tags|skip-link)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)",
    re.IGNORECASE,
)
_DEEPEST = 400
_LEAST_ARTICLE = 200
_TITLES = ("og:title", "citation_title", "dc.title", "twitter:title")
_PUBLISHERS = ("og:site_name", "citation_publisher", "dc.publisher", "publisher", "application-name")
_DATES = (
    "article:published_time", "datepublished", "citation_publication_date", "dc.date", "dc.date.issued",
    "dcterms.created", "dcterms.issued", "parsely-pub-date", "pubdate", "publish-date", "date", "og:published_time",
)  # fmt: skip
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_SLASHED = re.compile(r"(\d{4})/(\d{2})/(\d{2})")


def read_html(text: str) -> Found:
    """The main text and the metadata of a page; damaged markup is read as far as it goes."""
    page = _Page()
    page.feed(text)
    page.close()
    page.end_block()
    title = next((page.meta[name] for name in _TITLES if page.meta.get(name)), None) or page.heading or page.title
    linked = _linked_data(page.linked)
    published = _date(next((page.meta[name] for name in _DATES if _date(page.meta.get(name))), None))
    return Found(
        "html",
        "\n\n".join(_main(page)),
        title=title or None,
        publisher=next((page.meta[name] for name in _PUBLISHERS if page.meta.get(name)), None)
        or linked.get("publisher"),
        published=published or _date(linked.get("published")) or _date(page.time),
    )


@dataclass(slots=True)
class _Element:
    """An open element."""

    tag: str
    number: int
    shown: bool


@dataclass(slots=True)
class _Piece:
    """A block of text and the containers around it."""

    text: str
    around: tuple[int, ...]
    linked: int
    tag: str


@dataclass(slots=True)
class _Pending:
    """The block that is being read."""

    parts: list[str] = field(default_factory=list)
    linked: int = 0


class _Page(HTMLParser):
    """Collects blocks of visible text and the metadata."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.meta: dict[str, str] = {}
        self.title = self.heading = ""
        self.time: str | None = None
        self.linked: list[str] = []
        self.pieces: list[_Piece] = []
        self.tags: dict[int, str] = {0: "html"}
        self._open: list[_Element] = [_Element("html", 0, shown=True)]
        self._count = self._length = 0
        self._pending = _Pending()
        self._raw: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element, or take note of what a void one says."""
        given = {name: value or "" for name, value in attrs}
        self._note(tag, given)
        if tag in _BLOCKS:
            self.end_block()
        elif tag == "br":
            self._pending.parts.append("\n")
        elif tag in {"td", "th"} and any(part.strip() for part in self._pending.parts):
            self._pending.parts.append(" | ")
        if tag in _VOID or len(self._open) >= _DEEPEST:
            return
        self._count += 1
        shown = self._open[-1].shown and not _is_aside(tag, given)
        self._open.append(_Element(tag, self._count, shown))
        if tag in _CONTAINERS:
            self.tags[self._count] = "article" if _is_article(tag, given) else tag

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those left open in it."""
        if tag in {"title", "script"}:
            self._raw = None
        if tag in _BLOCKS:
            self.end_block()
        for back in range(1, min(len(self._open), 40)):
            if self._open[-back].tag == tag:
                del self._open[-back:]
                return

    def handle_data(self, data: str) -> None:
        """Take visible text."""
        if self._raw == "title" and len(self.title) < 1000:
            self.title += data
        elif self._raw == "linked" and sum(map(len, self.linked)) < MOST_CHARACTERS // 4:
            self.linked.append(data)
        if not self._open[-1].shown or self._length > MOST_CHARACTERS:
            return
        self._length += len(data)
        self._pending.parts.append(data if self._open[-1].tag == "pre" else re.sub(r"\s+", " ", data))
        if any(element.tag == "a" for element in self._open[-4:]):
            self._pending.linked += len(data)

    def end_block(self) -> None:
        """Keep the block read so far."""
        text = "\n".join(" ".join(line.split()) for line in "".join(self._pending.parts).split("\n")).strip()
        if text:
            tag = next((element.tag for element in reversed(self._open) if element.tag in _BLOCKS), "html")
            around = tuple(element.number for element in self._open[-12:] if element.number in self.tags)
            self.pieces.append(_Piece(text, around, self._pending.linked, tag))
            if tag == "h1" and not self.heading:
                self.heading = text
        self._pending = _Pending()

    def _note(self, tag: str, given: dict[str, str]) -> None:
        """Take metadata from an element, and tell what its text will be."""
        if tag in {"title", "script"}:
            self._raw = "linked" if given.get("type") == "application/ld+json" else tag
        if tag == "time" and self.time is None and given.get("datetime"):
            self.time = given["datetime"]
        if given.get("itemprop") == "datePublished":
            self.meta.setdefault("datepublished", given.get("content") or given.get("datetime", ""))
        if tag != "meta":
            return
        name = (given.get("property") or given.get("name") or given.get("itemprop") or "").lower()
        if name and given.get("content"):
            self.meta.setdefault(name, given["content"].strip()[:1000])


def _is_aside(tag: str, given: dict[str, str]) -> bool:
    """Whether an element is no part of the text: a menu, a script, hidden."""
    if tag in _SKIPPED or "hidden" in given or given.get("aria-hidden") == "true":
        return True
    if _HIDDEN.search(given.get("style", "")[:2000]):
        return True
    if tag in {"html", "body", "main", "article", "h1", "h2", "p"}:
        return False
    if given.get("role") in {"navigation", "banner", "contentinfo", "complementary", "search", "dialog"}:
        return True
    return bool(_ASIDE.search(f"{given.get('class', '')} {given.get('id', '')}"[:1000]))


def _is_article(tag: str, given: dict[str, str]) -> bool:
    return tag == "article" or given.get("itemprop") == "articleBody" or given.get("role") == "article"


def _main(page: _Page) -> list[str]:
    """The blocks of the container that holds the article."""
    chosen = _largest(page, "article") or _largest(page, "main") or _densest(page)
    pieces = [piece for piece in page.pieces if chosen is None or chosen in piece.around]
    kept = [piece.text for piece in pieces if not _is_menu(piece)]
    return kept or [piece.text for piece in page.pieces]


def _largest(page: _Page, tag: str) -> int | None:
    """The container of that kind with the most text, if it has enough of it."""
    lengths: dict[int, int] = defaultdict(int)
    for piece in page.pieces:
        for number in piece.around:
            if page.tags[number] == tag:
                lengths[number] += len(piece.text)
    best = max(lengths, key=lambda number: lengths[number], default=None)
    return best if best is not None and lengths[best] >= _LEAST_ARTICLE else None


def _densest(page: _Page) -> int | None:
    """The container nearest to most of the prose: a paragraph counts for its parent, and half for the one around it."""
    scores: dict[int, float] = defaultdict(float)
    for piece in page.pieces:
        if piece.tag in {"p", "pre", "blockquote", "div", "li"} and not _is_menu(piece) and len(piece.text) >= 25:
            weight = len(piece.text) * (1.0 if piece.tag == "p" else 0.5)
            for share, number in zip((1.0, 0.6), reversed(piece.around), strict=False):
                scores[number] += share * weight
    best = max(scores, key=lambda number: scores[number], default=None)
    whole = sum(len(piece.text) for piece in page.pieces if not _is_menu(piece))
    held = sum(len(piece.text) for piece in page.pieces if best in piece.around and not _is_menu(piece))
    return best if held >= whole / 3 else None


def _is_menu(piece: _Piece) -> bool:
    return piece.linked > 0.7 * len(piece.text) and len(piece.text) < 120


def _linked_data(parts: list[str]) -> dict[str, str]:
    """Publisher and date of publication in JSON-LD, where it can be read."""
    found: dict[str, str] = {}
    try:
        waiting: list[Any] = [json.loads("".join(parts))] if parts else []
    except (ValueError, RecursionError):
        return found
    for _ in range(1000):
        if not waiting:
            break
        one = waiting.pop(0)
        if isinstance(one, list):
            waiting += one[:100]
        elif isinstance(one, dict):
            publisher, published = one.get("publisher"), one.get("datePublished")
            if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
                found.setdefault("publisher", publisher["name"])
            if isinstance(published, str):
                found.setdefault("published", published)
            waiting += [value for value in one.values() if isinstance(value, dict | list)][:100]
    return found


def _date(text: str | None) -> str | None:
    """The day that a date of metadata begins with."""
    if text is None:
        return None
    plain = _SLASHED.sub(r"\1-\2-\3", text.strip())
    found = _ISO.match(plain)
    return found[0] if found else None
