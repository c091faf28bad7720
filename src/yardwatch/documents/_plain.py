"""Bytes as text: by their mark, their declaration, as UTF-8, or else as Windows-1252 (child process only)."""

import codecs
import re

from yardwatch.errors import DocumentError

__all__ = ["decoded"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_TEXT_CODECS = _words(
    """utf-8 utf-16 ascii iso8859-1 iso8859-2 iso8859-5 iso8859-9 iso8859-15 cp1250 cp1251 cp1252 cp1253 cp1254
    koi8-r koi8-u euc_kr cp949 shift_jis cp932 euc_jp gb2312 gbk gb18030 big5 mac-roman"""
)


def decoded(data: bytes, *, subject: str) -> tuple[str, list[tuple[str, str, str]]]:
    """The text, and a notice where its encoding had to be assumed.

    Raises
    ------
    DocumentError
        If the bytes are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), []
    if b"\0" in data[:65536]:
        remedy = "give a text, HTML, PDF or DOCX file"
        raise DocumentError(subject, "is neither text nor HTML, PDF or DOCX", remedy)
    declared = _DECLARED.search(data[:4096])
    stated = _known(declared[1].decode("ascii")) if declared else None
    for candidate in (stated, "utf-8"):
        if candidate is not None:
            try:
                return data.decode(candidate), []
            except UnicodeDecodeError:
                continue
    message = "the text is not UTF-8 and was read as Windows-1252"
    return data.decode("cp1252", errors="replace"), [
        ("encoding_assumed", message, "save it as UTF-8 if letters look wrong")
    ]


def _known(name: str) -> str | None:
    """The codec of a declared name, if it is one of text; Latin-1 means Windows-1252, as browsers read it."""
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        return None
    if codec in {"iso8859-1", "ascii"}:
        return "cp1252"
    return codec if codec in _TEXT_CODECS else None
