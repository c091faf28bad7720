"""Tells what kind a document is and reads it (child process only)."""

import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from yardwatch.documents._docx import read_docx
from yardwatch.documents._found import MOST_CHARACTERS, Found, cleaned, too_large
from yardwatch.documents._html import read_html
from yardwatch.documents._plain import decoded
from yardwatch.errors import DocumentError

__all__ = ["new_handlers"]

_MOST_BYTES = 64 * 2**20
_HTML_NAMES = (".html", ".htm", ".xhtml")
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_LONGEST_FACT = 300


def new_handlers() -> dict[str, Callable[..., tuple[dict[str, Any], bytes]]]:
    """What a child that reads one document can do."""
    return {"document": parse_document}


def parse_document(subject: str, _: bytearray, *, path: str, name: str) -> tuple[dict[str, Any], bytes]:
    """Text and facts of a document as plain values."""
    with Path(path).open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise too_large(subject, f"is larger than {_MOST_BYTES // 2**20} MB")
    found = _read(data, subject, name.lower())
    text = cleaned(found.text)
    if not text.strip():
        raise DocumentError(subject, "holds no text", "if it is a scan, recognise its text first (OCR)")
    title = None if found.title is None else " ".join(cleaned(found.title).split())[:_LONGEST_FACT] or None
    if title is not None and not " ".join(text[: len(title) + 200].split()).startswith(title):
        text = f"{title}\n\n{text}"
    if len(text) > MOST_CHARACTERS:
        text = text[:MOST_CHARACTERS]
        message = f"only the first {MOST_CHARACTERS} characters were read"
        found.notices.append(("text_cut", message, "split the document"))
    publisher = None if found.publisher is None else " ".join(cleaned(found.publisher).split())[:_LONGEST_FACT] or None
    return {
        "kind": found.kind,
        "title": title,
        "publisher": publisher,
        "published": found.published,
        "text": text,
        "sha256": sha256(data).hexdigest(),
        "notices": found.notices,
    }, b""


def _read(data: bytes, subject: str, name: str) -> Found:
    if data[:1024].lstrip().startswith(b"%PDF-"):
        from yardwatch.documents._pdf import read_pdf  # noqa: PLC0415 -- start-up time

        return read_pdf(data, subject=subject)
    if data.startswith(b"PK\x03\x04"):
        return read_docx(data, subject=subject)
    if data.startswith((b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        raise DocumentError(subject, "is a Word file of the old kind or RTF, which is not read", "save it as .docx")
    text, notices = decoded(data, subject=subject)
    if _HTML.match(data[:4096].removeprefix(b"\xef\xbb\xbf")) or name.endswith(_HTML_NAMES):
        found = read_html(text)
    else:
        found = Found("text", text)
    found.notices += notices
    return found
