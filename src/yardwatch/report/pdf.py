"""A document as a tagged PDF (PDF/UA-1), laid out by WeasyPrint, which is given nothing but what is in the document."""

import base64
import binascii
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from yardwatch.errors import MisuseError
from yardwatch.report.blocks import Document, Figure
from yardwatch.report.html import Writer, page_html, style
from yardwatch.report.svg import element, text
from yardwatch.report.words import plain

__all__ = ["write_pdf"]

_TEXT = re.compile(r"<text ([^>]*paint-order=\"stroke\"[^>]*)>(.*?)</text>", re.DOTALL)
_STROKED = re.compile(r' ?(?:stroke|stroke-width|stroke-linejoin|paint-order)="[^"]*"')
_DATA = re.compile(r"data:(image/(?:svg\+xml|jpeg|png));base64,([A-Za-z0-9+/=]+)")
_MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 210 297" width="210mm" height="297mm">'
    '<text x="105" y="155" font-family="Liberation Sans, Arial, sans-serif" font-size="13" font-weight="700" '
    'text-anchor="middle" fill="#a3195b" fill-opacity="0.16" transform="rotate(-52 105 150)">{words}</text></svg>'
)


def write_pdf(document: Document) -> bytes:
    """The document as a PDF whose structure, language, title and alternative texts are there for reading aloud.

    Raises
    ------
    MisuseError
        If the extra ``pdf`` is not installed, or the libraries of the system that it needs are not there.
    """
    weasyprint = _weasyprint()
    writer = _PdfWriter(document)
    body = "<body>\n" + "".join(writer.parts()) + "</body>\n"
    page = page_html(document, body, style() + _sheet(document))
    made = weasyprint.HTML(string=page, url_fetcher=_fetcher(), base_url=None, media_type="print")
    return bytes(made.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True, uncompressed_pdf=False))


def _weasyprint() -> Any:  # noqa: ANN401 -- an optional library without types
    try:
        return import_module("weasyprint")
    except ImportError as error:
        raise MisuseError("a PDF needs WeasyPrint; install it with: pip install yardwatch[pdf]") from error
    except OSError as error:
        message = f"a PDF needs the library Pango of the system ({error}); install it, or write .html or .docx"
        raise MisuseError(message) from error


def _fetcher() -> Any:  # noqa: ANN401 -- a class of an optional library without types
    """Hands out what is embedded in the document and refuses everything else."""
    urls = import_module("weasyprint.urls")

    class Embedded(urls.URLFetcher):  # type: ignore[misc, name-defined]
        """Opens no file and no connection."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=(), allow_redirects=False)

        def fetch(self, url: str, headers: object = None) -> object:  # noqa: ARG002 -- given by WeasyPrint
            form, content = embedded(url)
            return urls.URLFetcherResponse(url, content, {"Content-Type": form})

    return Embedded()


def embedded(url: str) -> tuple[str, bytes]:
    """Type and bytes of an embedded picture.

    Raises
    ------
    ValueError
        If it is anything else: nothing but what the document holds is ever read.
    """
    found = _DATA.fullmatch(url)
    if found is None:
        raise ValueError(f"{url[:60]}: is not embedded in the document and is not fetched")
    try:
        return found[1], base64.b64decode(found[2], validate=True)
    except binascii.Error as error:
        raise ValueError("an embedded picture is damaged") from error


class _PdfWriter(Writer):
    """Drawings as images with alternative texts; the watermark as the ground of each page."""

    def parts(self) -> Iterator[str]:
        """The body without what only a screen shows."""
        skipped = ('<div class="watermark"',)
        yield from (part for part in super().parts() if not part.startswith(skipped))

    def drawing(self, figure: Figure, at: int) -> str:
        """One drawing as an image that can be read aloud."""
        svg = figure.svgs[at]
        alt = figure.alt if not at else f"{figure.alt} (continued, {at + 1} of {len(figure.svgs)})"
        data = base64.b64encode(_haloed(svg).encode("utf-8", "replace")).decode("ascii")
        kind = re.search(r'class="([a-z]+)"', svg[:400])
        own = f"drawn {kind[1]}" if kind else "drawn"
        return element("img", src=f"data:image/svg+xml;base64,{data}", alt=alt, class_=own)


def _haloed(svg: str) -> str:
    """Halos as texts of their own below the words: WeasyPrint always paints the line of a letter over its area."""

    def twice(found: re.Match[str]) -> str:
        plain = _STROKED.sub("", found[1])
        return f"<text {found[1]}>{found[2]}</text><text {plain}>{found[2]}</text>"

    return _TEXT.sub(twice, svg)


def _sheet(document: Document) -> str:
    """What a page on paper has that a screen has not."""
    name = plain(document.title)[:70]
    made = f"Yardwatch {document.version}, {document.made}"
    words = [
        "img.drawn { display: block; width: 100%; height: auto; }",
        ".canvas.site img.drawn { width: auto; max-width: 100%; max-height: 112mm; margin: 0 auto; }",
        ".lineage img.drawn, .series img.drawn { max-height: 225mm; }",
        f'@page {{ @bottom-left {{ content: "{_css(name)}"; {_SMALL} }} }}',
        f'@page {{ @bottom-center {{ content: "{_css(made)}"; {_SMALL} }} }}',
    ]
    if document.watermark:
        mark = base64.b64encode(_MARK.format(words=text(document.watermark)).encode()).decode("ascii")
        ground = f'background: url("data:image/svg+xml;base64,{mark}") center / contain no-repeat;'
        top = f'@top-center {{ content: "{_css(document.watermark)}"; {_SMALL} color: #a3195b; font-weight: 700; }}'
        words.append(f"html, body {{ background: none; }} @page {{ {ground} {top} }}")
    return "\n".join(words) + "\n"


_SMALL = 'font: 7.5pt "Helvetica Neue", Arial, "Liberation Sans", sans-serif; color: #4c545c;'


def _css(words: str) -> str:
    """Words within a string of CSS."""
    return "".join(char if char.isalnum() or char in " .,:–-()" else f"\\{ord(char):x} " for char in words)
