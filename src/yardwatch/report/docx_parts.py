"""Pieces of WordprocessingML that python-docx has no words for: bookmarks, inner links, fields, marks on every page."""

import re
from collections.abc import Sequence
from itertools import count
from typing import Any

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from yardwatch.report.words import plain

__all__ = [
    "Bookmarks",
    "bookmark_name",
    "describe",
    "field",
    "inner_link",
    "keep_row_whole",
    "keep_with_before",
    "outer_link",
    "repeat_row",
    "safe",
    "set_widths",
    "watermark",
]

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARK = """<w:r {ns}><w:rPr><w:noProof/></w:rPr><w:pict>
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">
<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>
<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>
<v:f eqn="if @0 @4 21600"/></v:formulas><v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/>
</v:shapetype><v:shape id="YardwatchMark" o:spid="_x0000_s2049" type="#_x0000_t136" alt="{words}"
style="position:absolute;margin-left:0;margin-top:0;width:480pt;height:46pt;rotation:315;z-index:-251658752;
mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;
mso-position-vertical-relative:margin" o:allowincell="f" fillcolor="#a3195b" stroked="f"><v:fill opacity=".2"/>
<v:textpath style="font-family:&quot;Arial&quot;;font-size:1pt;font-weight:bold" string="{words}"/></v:shape>
</w:pict></w:r>"""
_SPACES = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'


def safe(text: str) -> str:
    """Words that XML can hold, without control and direction characters."""
    return _NOT_XML.sub("\ufffd", plain(text))


def bookmark_name(anchor: str) -> str:
    """An anchor as Word takes it: letters, digits and underscores, forty at most."""
    return re.sub(r"\W", "_", anchor)[:40]


class Bookmarks:
    """Places that links lead to, each given once."""

    def __init__(self) -> None:
        self._ids = count(1)
        self._given: set[str] = set()

    def set(self, paragraph: Paragraph, anchor: str | None) -> None:
        """Mark the start of a paragraph."""
        if anchor is not None and anchor not in self._given:
            self.around(paragraph, anchor)

    def around(self, paragraph: Paragraph, anchor: str) -> None:
        """Mark the place where the paragraph ends so far, if that place has not been marked elsewhere."""
        if anchor in self._given:
            return
        self._given.add(anchor)
        number = str(next(self._ids))
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        start.set(qn("w:id"), number)
        start.set(qn("w:name"), bookmark_name(anchor))
        end.set(qn("w:id"), number)
        paragraph._p.append(start)
        paragraph._p.append(end)


def inner_link(paragraph: Paragraph, text: str, anchor: str) -> Run:
    """Words that lead to a bookmark."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), bookmark_name(anchor))
    link.set(qn("w:history"), "1")
    return _linked(paragraph, link, text)


def outer_link(paragraph: Paragraph, text: str, url: str) -> Run:
    """Words that lead to a web address, which must have been checked."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(url, kind, is_external=True))
    return _linked(paragraph, link, text)


def _linked(paragraph: Paragraph, link: Any, text: str) -> Run:  # noqa: ANN401 -- an element of lxml
    run = paragraph.add_run(safe(text))
    link.append(run._r)
    paragraph._p.append(link)
    return run


def field(paragraph: Paragraph, instruction: str, shown: str) -> None:
    """A field that the word processor works out, e.g. ``PAGE``."""
    element = OxmlElement("w:fldSimple")
    element.set(qn("w:instr"), instruction)
    run = paragraph.add_run(shown)
    element.append(run._r)
    paragraph._p.append(element)


def describe(inline: Any, name: str, alt: str) -> None:  # noqa: ANN401 -- python-docx gives it no type
    """Alternative text of a picture."""
    properties = inline._inline.docPr
    properties.set("descr", safe(alt))
    properties.set("name", safe(name)[:60])


def repeat_row(row: Any) -> None:  # noqa: ANN401 -- python-docx gives it no type
    """Let the headings of a table stand on each of its pages."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def set_widths(table: Any, widths_cm: Sequence[float]) -> None:  # noqa: ANN401 -- python-docx gives it no type
    """Fixed widths of the columns; a word processor otherwise makes them all alike."""
    table.autofit = False
    for column, width in zip(table.columns, widths_cm, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths_cm, strict=True):
            cell.width = Cm(width)


def keep_row_whole(row: Any) -> None:  # noqa: ANN401 -- python-docx gives it no type
    """Keep a row from being cut at the end of a page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def keep_with_before(paragraph: Paragraph) -> None:
    """Keep a paragraph on the page of the one before it."""
    before = paragraph._p.getprevious()
    if before is not None and before.tag == qn("w:p"):
        Paragraph(before, paragraph._parent).paragraph_format.keep_with_next = True


def watermark(paragraph: Paragraph, words: str) -> None:
    """Words across the page, behind its text; put into the head of a page, they stand on every page."""
    text = safe(words).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    run = parse_xml(_MARK.format(ns=f"{nsdecls('w')} {_SPACES}", words=text))
    paragraph._p.append(run)
