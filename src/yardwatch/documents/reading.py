"""Reads a document into its main text and what it says of itself."""

from dataclasses import dataclass
from pathlib import Path

from yardwatch.errors import DateError, DocumentError, Notice
from yardwatch.model.dates import When, parse_when
from yardwatch.sandbox.child import Limits, ask_once
from yardwatch.sandbox.files import plain_file

__all__ = ["DOCUMENT_LIMITS", "Document", "read_document"]

DOCUMENT_LIMITS = Limits(memory_bytes=512 * 2**20, cpu_s=30, wall_s=90)
"""Enough for any document that `read_document` accepts."""

_PARSER = "yardwatch.documents._parsing"


@dataclass(frozen=True, slots=True)
class Document:
    """A document's main text, without menus, scripts and the like."""

    kind: str
    """``text``, ``html``, ``pdf`` or ``docx``."""
    title: str | None
    """Its title in markup or metadata, which is also the first line of the text; None for plain text."""
    publisher: str | None
    """Who publishes it, as its metadata say; None if they do not."""
    published: When | None
    """Day of publication, as its metadata say; None if they do not."""
    text: str
    """Main text; offsets of claims count its code points."""
    sha256: str
    """Hash of the file."""
    notices: tuple[Notice, ...]
    """What was noticed while reading."""


def read_document(path: str | Path, *, limits: Limits = DOCUMENT_LIMITS) -> Document:
    """Read a text, HTML, PDF or DOCX file in a child process.

    What kind it is, its content says, not its name. Nothing that it refers to is opened or fetched, no script is run.

    Raises
    ------
    DocumentError
        If it is none of these, damaged, encrypted or without text.
    LimitError
        If it is too large, or needs too much memory or time.
    """
    real = plain_file(path, error=DocumentError)
    plain = ask_once(
        str(path), "document", handlers=_PARSER, limits=limits, error=DocumentError, path=str(real), name=real.name
    )
    return Document(
        kind=plain["kind"],
        title=plain["title"],
        publisher=plain["publisher"],
        published=_day(plain["published"]),
        text=plain["text"],
        sha256=plain["sha256"],
        notices=tuple(Notice(*parts) for parts in plain["notices"]),
    )


def _day(text: str | None) -> When | None:
    """The day that metadata state, in the publisher's own calendar; None where it is no date."""
    if text is None:
        return None
    try:
        return parse_when(text[:10])
    except DateError:
        return None
