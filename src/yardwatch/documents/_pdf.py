"""The text of a PDF, page by page, without what every page repeats (child process only)."""

import io
import re
from collections import Counter
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from yardwatch.documents._found import MOST_CHARACTERS, Found, damaged, too_large
from yardwatch.errors import DocumentError

__all__ = ["read_pdf"]

_MOST_PAGES = 1000
_DAMAGE = (
    PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError, EOFError,
    AssertionError, NotImplementedError, UnicodeError, ZeroDivisionError, OSError, StopIteration,
)  # fmt: skip
"""What pypdf lets out on files that are not as they should be."""
_HYPHENATED = re.compile(r"([^\W\d_])[-\u00ad]\n([a-zß-ÿ])")
_PAGE_NUMBER = re.compile(r"(?:page\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?", re.IGNORECASE)
_PROGRAM_TITLES = ("microsoft word", "untitled", "powerpoint")


def read_pdf(data: bytes, *, subject: str) -> Found:
    """The text of a PDF; nothing is run and no link is followed.

    Raises
    ------
    DocumentError
        If it is damaged, or needs a password.
    LimitError
        If it has too many pages.
    """
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError(subject, "needs a password", "save it without one")
        count = len(reader.pages)
    except _DAMAGE:
        raise damaged(subject, "a PDF file") from None
    if count > _MOST_PAGES:
        raise too_large(subject, f"has {count} pages, more than {_MOST_PAGES}")
    pages, unread = _pages(reader, count)
    found = Found("pdf", _HYPHENATED.sub(r"\1\2", "\n\n".join(_without_repeats(pages))), title=_title(reader))
    if unread:
        message = f"{unread} of {count} pages hold no text that can be read"
        found.notices.append(("pages_without_text", message, "if they are scans, recognise their text first (OCR)"))
    created = _fact(reader, "/CreationDate")
    if created and re.match(r"D:\d{8}", created):
        day = f"{created[2:6]}-{created[6:8]}-{created[8:10]}"
        message = f"the file was made on {day}; when the text was published it does not say"
        found.notices.append(("publication_unknown", message, "give --published"))
    return found


def _pages(reader: PdfReader, count: int) -> tuple[list[str], int]:
    """The text of each page, and how many gave none."""
    pages: list[str] = []
    unread = length = 0
    for number in range(count):
        try:
            text = reader.pages[number].extract_text()
        except _DAMAGE:
            text = ""
        unread += not text.strip()
        pages.append(text)
        length += len(text)
        if length > MOST_CHARACTERS:
            break
    return pages, unread


def _without_repeats(pages: list[str]) -> list[str]:
    """Pages without page numbers and without first and last lines that most pages share."""
    lines = [[line.rstrip() for line in page.splitlines() if line.strip()] for page in pages]
    edges = Counter(edge for page in lines for edge in {*page[:1], *page[-1:]})
    repeated = {edge for edge, times in edges.items() if times >= 3 and times > len(pages) / 2}
    kept = []
    for page in lines:
        last = len(page) - 1
        kept.append("\n".join(
            line for i, line in enumerate(page)
            if not (i in {0, last} and (line in repeated or _PAGE_NUMBER.fullmatch(line.strip())))
        ))  # fmt: skip
    return kept


def _title(reader: PdfReader) -> str | None:
    title = _fact(reader, "/Title")
    return None if title is None or title.lower().startswith(_PROGRAM_TITLES) else title


def _fact(reader: PdfReader, name: str) -> str | None:
    """A fact of the document information, as text."""
    try:
        facts: dict[str, Any] = dict(reader.metadata or {})
        value = facts.get(name)
        return str(value).strip() or None if value is not None else None
    except _DAMAGE:
        return None
