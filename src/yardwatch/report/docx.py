"""A document as DOCX, with real headings, tables, captions and links, for an editor who reworks it."""

import io
from collections.abc import Callable, Iterable
from typing import Any

import docx
from docx.document import Document as Word
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell as WordCell
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run as WordRun

from yardwatch.report.blocks import (
    Block,
    Cell,
    Document,
    Figure,
    Heading,
    Items,
    Legend,
    Link,
    Note,
    Number,
    Paragraph,
    Row,
    Run,
    Section,
    Table,
    Terms,
    Words,
)
from yardwatch.report.docx_parts import (
    Bookmarks,
    describe,
    field,
    inner_link,
    keep_row_whole,
    keep_with_before,
    outer_link,
    repeat_row,
    safe,
    set_widths,
    watermark,
)
from yardwatch.report.docx_styles import PAGE_CM, style_document
from yardwatch.report.docx_tables import column_widths
from yardwatch.report.html import number_anchor
from yardwatch.report.painting import paint
from yardwatch.report.walking import plain_text

__all__ = ["write_docx"]

_SOFT = RGBColor(0x4C, 0x54, 0x5C)
_MARK = RGBColor(0xA3, 0x19, 0x5B)
_STYLES = {
    "headline": "Headline", "support": "Support", "lead": "Lead", "standfirst": "Lead", "conclusion": "Conclusion",
    "small": "Small", "stands": "Small",
}  # fmt: skip
_COLOURS = {"soft": _SOFT, "line": _SOFT, "flag": _MARK, "tag": _MARK}
_KEPT_ROWS = 12
"""Most rows of a table that is kept on one page."""
_SIGN_PX, _SIGN_PT = 120, 8.5
_BOLD = {"strong", "disc", "tag", "flag", "letter"}


def write_docx(document: Document) -> bytes:
    """The document as a DOCX file that a word processor opens without asking anything."""
    word = docx.Document()
    style_document(word, lang=document.lang)
    _Writer(word, document).write()
    stream = io.BytesIO()
    word.save(stream)
    return stream.getvalue()


class _Writer:
    """Writes one document."""

    def __init__(self, word: Word, document: Document) -> None:
        self._word = word
        self._document = document
        self._marks = Bookmarks()

    def write(self) -> None:
        """All of it."""
        document, word = self._document, self._word
        properties = word.core_properties
        properties.title, properties.language = safe(document.name)[:250], document.lang
        properties.author, properties.comments = f"Yardwatch {document.version}", safe(document.watermark)
        self._pages()
        for banner in (document.watermark, document.banner):
            if banner:
                self._line(safe(banner), "Banner")
        self._line(safe(document.eyebrow), "Eyebrow")
        self._line(safe(document.title), "Title")
        if document.place:
            self._runs(word.add_paragraph(style="Subtitle"), document.place)
        self._runs(word.add_paragraph(style="Small"), document.dateline)
        for paragraph in document.standfirst:
            self._paragraph(paragraph)
        for section in document.sections:
            self._section(section)

    def _line(self, words: str, style: str) -> None:
        self._word.add_paragraph(words, style=style)

    def _pages(self) -> None:
        """Foot and head of each page."""
        section, document = self._word.sections[0], self._document
        foot = section.footer.paragraphs[0]
        foot.style = self._word.styles["Footer"]
        foot.add_run(safe(f"{document.title[:70]} · Yardwatch {document.version}, {document.made} · "))
        field(foot, "PAGE", "1")
        foot.add_run(" / ")
        field(foot, "NUMPAGES", "1")
        if document.watermark:
            head = section.header.paragraphs[0]
            head.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = head.add_run(safe(document.watermark))
            run.bold, run.font.color.rgb, run.font.size = True, _MARK, Pt(9)
            watermark(head, document.watermark)

    def _section(self, section: Section) -> None:
        heading = self._word.add_heading(level=1)
        self._marks.set(heading, section.anchor)
        self._runs(heading, section.title)
        for block in section.blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        ways: dict[type, Callable[[Any], None]] = {
            Heading: self._heading, Paragraph: self._paragraph, Figure: self._figure, Table: self._table,
            Items: self._items, Note: self._note, Terms: self._terms, Legend: self._legend,
        }  # fmt: skip
        ways[type(block)](block)

    def _heading(self, block: Heading) -> None:
        heading = self._word.add_heading(level=block.level - 1)
        self._marks.set(heading, block.anchor)
        self._runs(heading, block.runs)

    def _note(self, block: Note) -> None:
        for line in block.items:
            self._runs(self._word.add_paragraph(style="Note"), line)

    def _paragraph(self, block: Paragraph, *, style: str | None = None) -> None:
        if not block.runs:
            return
        written = self._word.add_paragraph(style=style or _STYLES.get(block.kind, "Normal"))
        self._marks.set(written, block.anchor)
        self._runs(written, block.runs)
        if block.kind in {"conclusion", "headline"}:
            written.paragraph_format.keep_with_next = True
        if block.margin and self._document.watermark:
            self._line(safe(block.margin), "Margin")

    def _terms(self, block: Terms) -> None:
        for term, said in block.pairs:
            written = self._word.add_paragraph(style="Small")
            written.add_run(f"{safe(term)}: ").bold = True
            self._runs(written, said)

    def _legend(self, block: Legend) -> None:
        written = self._word.add_paragraph(style="Small")
        keep_with_before(written)
        for index, (sign, runs) in enumerate(block.entries):
            written.add_run("   " if index else "")
            shape = written.add_run().add_picture(io.BytesIO(paint(sign, width_px=_SIGN_PX)[0]), height=Pt(_SIGN_PT))
            describe(shape, "sign", f"sign of {plain_text(runs)}")
            written.add_run("\u2060\u00a0")
            self._runs(written, runs)

    def _items(self, block: Items) -> None:
        numbered = block.kind in {"findings", "references"}
        for place, item in enumerate(block.items, 1):
            for index, paragraph in enumerate(part for part in item.blocks if part.runs):
                plain = "List Continue" if index else "List Bullet"
                written = self._word.add_paragraph(style="Entry" if numbered else plain)
                if not index:
                    self._marks.set(written, item.anchor)
                    written.add_run(f"{item.number or place}.\t" if numbered else "").bold = True
                elif numbered:
                    written.add_run("\t")
                self._runs(written, paragraph.runs)
                self._emphasised(written, paragraph.kind)
                if paragraph.margin and self._document.watermark:
                    self._line(safe(paragraph.margin), "Margin")

    def _emphasised(self, written: WordParagraph, kind: str) -> None:
        if kind == "conclusion":
            written.paragraph_format.keep_with_next = True
            for run in written.runs:
                run.bold = True

    def _figure(self, figure: Figure) -> None:
        """Title, drawings and caption, kept on one page."""
        if figure.title:
            self._runs(self._word.add_heading(level=3), figure.title)
        for index, svg in enumerate(figure.svgs, 1):
            content, _ = paint(svg)
            holder = self._word.add_paragraph(style="Picture")
            shape = holder.add_run().add_picture(io.BytesIO(content), width=Cm(PAGE_CM))
            part = f", {index} of {len(figure.svgs)}" if len(figure.svgs) > 1 else ""
            describe(shape, f"{figure.key}{part}", f"{figure.alt}{part}")
        if not (figure.number or figure.caption or figure.credit):
            return
        caption = self._word.add_paragraph(style="Caption")
        if figure.number:
            caption.add_run("Figure ").bold = True
            field(caption, "SEQ Figure \\* ARABIC", str(figure.number))
            caption.add_run(". ")
        self._runs(caption, figure.caption)
        if figure.credit:
            caption.add_run(" " if figure.caption else "")
            caption.add_run(safe(figure.credit)).italic = True

    def _table(self, table: Table) -> None:
        caption = self._word.add_paragraph(style="Table Caption")
        self._runs(caption, table.caption)
        rows = (*((Row(table.head),) if table.head else ()), *table.rows, *table.foot)
        width = max(len(row.cells) for row in rows)
        made = self._word.add_table(rows=len(rows), cols=width, style="Yardwatch Table")
        made.alignment = WD_TABLE_ALIGNMENT.LEFT
        grid = [list(row.cells) for row in made.rows]
        small = width > 6
        set_widths(made, column_widths(rows, size_pt=6.5 if small else 8, total_cm=PAGE_CM))
        whole = len(rows) <= _KEPT_ROWS
        for index, row in enumerate(rows):
            head = bool(table.head) and index == 0
            keep_row_whole(made.rows[index])
            if head:
                repeat_row(made.rows[index])
            foot = index >= len(rows) - len(table.foot)
            for holder, cell in zip(grid[index], row.cells, strict=False):
                written = self._cell(holder, cell, bold=head or foot or cell.head, small=small)
                written.paragraph_format.keep_with_next = head or (whole and index < len(rows) - 1)
            self._marks.set(grid[index][0].paragraphs[0], row.anchor)
        self._word.add_paragraph(style="After Table")

    def _cell(self, holder: WordCell, cell: Cell, *, bold: bool, small: bool) -> WordParagraph:
        written: WordParagraph = holder.paragraphs[0]
        written.style = self._word.styles["Table Small" if small else "Table Text"]
        if cell.numeric:
            written.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        self._runs(written, cell.runs)
        for run in written.runs:
            run.bold = bold or run.bold
        return written

    def _runs(self, paragraph: WordParagraph, runs: Iterable[Run]) -> None:
        for run in runs:
            self._run(paragraph, run)

    def _run(self, paragraph: WordParagraph, run: Run) -> None:
        match run:
            case Number(text=text, anchor=anchor):
                self._marks.around(paragraph, number_anchor(run.id))
                if anchor:
                    inner_link(paragraph, text, anchor)
                else:
                    paragraph.add_run(safe(text))
            case Link(text=text, url=url) if url is not None:
                outer_link(paragraph, text, url).style = self._word.styles["Link"]
            case Link(text=text, anchor=anchor) if anchor:
                inner_link(paragraph, text, anchor).style = self._word.styles["Link"]
            case Words(text=text, style=style):
                self._words(paragraph.add_run("\n" + safe(text) if style == "line" else safe(text)), style)
            case _:
                paragraph.add_run(safe(run.text))

    def _words(self, run: WordRun, style: str) -> None:
        if style in _BOLD:
            run.bold = True
        if style in _COLOURS:
            run.font.color.rgb = _COLOURS[style]
        if style == "mono":
            run.style = self._word.styles["Mono"]
        if style == "name":
            own = run._r.get_or_add_rPr()
            own.append(_no_proof())


def _no_proof() -> Any:  # noqa: ANN401 -- an element of lxml
    """Names are not looked up for their spelling."""
    mark = OxmlElement("w:noProof")
    mark.set(qn("w:val"), "true")
    return mark
