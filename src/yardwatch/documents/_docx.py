"""The text of a DOCX file: paragraphs and rows of tables, without what is deleted or hidden (child process only)."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from yardwatch.documents._found import Found, damaged, too_large
from yardwatch.errors import DocumentError

__all__ = ["read_docx"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
_MOST_ENTRIES = 5000
_MOST_BYTES = 32 * 2**20
_MOST_RATIO = 200
_SKIPPED = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}pPr", f"{_W}sectPr"})


def read_docx(data: bytes, *, subject: str) -> Found:
    """The main text of a DOCX; nothing is unpacked to disk and no relation is followed.

    Raises
    ------
    DocumentError
        If it is not a DOCX, is damaged, or declares a document type or entities.
    LimitError
        If what it holds is too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            body = _entry(archive, "word/document.xml", subject)
            core = _entry(archive, "docProps/core.xml", subject)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise damaged(subject, "a DOCX file") from None
    if body is None:
        raise DocumentError(
            subject, "is an archive without a Word document in it", "give a text, HTML, PDF or DOCX file"
        )
    text = "\n\n".join(_blocks(_parsed(body, subject)))
    found = Found("docx", text)
    if core is not None:
        facts = _parsed(core, subject)
        found.title = facts.findtext(f"{_DC}title") or None
        found.publisher = facts.findtext(f"{_DC}publisher") or None
        created = facts.findtext(f"{_TERMS}created")
        if created:
            message = f"the file was made on {created[:10]}; when the text was published it does not say"
            found.notices.append(("publication_unknown", message, "give --published"))
    return found


def _entry(archive: zipfile.ZipFile, name: str, subject: str) -> bytes | None:
    if len(archive.infolist()) > _MOST_ENTRIES:
        raise too_large(subject, f"holds {len(archive.infolist())} files, more than {_MOST_ENTRIES}")
    try:
        entry = archive.getinfo(name)
    except KeyError:
        return None
    if entry.file_size > _MOST_BYTES or entry.file_size > _MOST_RATIO * max(1024, entry.compress_size):
        raise too_large(subject, f"unpacks to {entry.file_size / 1e6:.0f} MB")
    with archive.open(entry) as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise too_large(subject, "unpacks to more than it declares")
    return content


def _parsed(content: bytes, subject: str) -> Element:
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        remedy = "save it anew with Word or LibreOffice"
        raise DocumentError(subject, "declares XML entities, which are refused", remedy) from None
    except (ParseError, ValueError, LookupError):
        raise damaged(subject, "a DOCX file") from None
    return root


def _blocks(root: Element) -> Iterator[str]:
    """Paragraphs and table rows in order; an explicit stack, since files of strangers nest as deep as they like."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.tag in _SKIPPED:
            continue
        if element.tag == f"{_W}p":
            text = _text_of(element).strip()
            if text:
                yield text
        elif element.tag == f"{_W}tr":
            cells = [" ".join(_text_of(cell).split()) for cell in element.iterfind(f"{_W}tc")]
            row = " | ".join(cell for cell in cells if cell)
            if row:
                yield row
        else:
            waiting += reversed(element)


def _text_of(element: Element) -> str:
    parts: list[str] = []
    waiting = [element]
    while waiting:
        part = waiting.pop()
        if part.tag in _SKIPPED or (part.tag == f"{_W}r" and _is_hidden(part)):
            continue
        if part.tag == f"{_W}t":
            parts.append(part.text or "")
        elif part.tag in {f"{_W}tab", f"{_W}br", f"{_W}cr"}:
            parts.append("\t" if part.tag == f"{_W}tab" else "\n")
        elif part.tag == f"{_W}noBreakHyphen":
            parts.append("-")
        else:
            waiting += reversed(part)
    return "".join(parts)


def _is_hidden(run: Element) -> bool:
    vanish = run.find(f"{_W}rPr/{_W}vanish")
    return vanish is not None and vanish.get(f"{_W}val", "true") not in {"0", "false", "off"}
