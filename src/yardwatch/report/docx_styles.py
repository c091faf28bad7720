"""The looks of a DOCX: named styles, so that an editor changes one and all that bears it changes."""

from typing import TypeAlias

from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

__all__ = ["PAGE_CM", "style_document"]

PAGE_CM = 17.4
"""Width between the margins of an A4 page, centimetres."""

_INK, _SOFT, _ACCENT, _MARK = (RGBColor.from_string(one) for one in ("14191F", "4C545C", "173F63", "A3195B"))
_SERIF, _SANS = "Georgia", "Arial"
_Look: TypeAlias = tuple[str, float, bool, RGBColor, float]
_TEXT: tuple[tuple[str, _Look], ...] = (
    ("Eyebrow", (_SANS, 8, True, _ACCENT, 0)), ("Headline", (_SERIF, 22, True, _INK, 2)),
    ("Support", (_SERIF, 12, False, _SOFT, 6)), ("Lead", (_SERIF, 11.5, False, _INK, 6)),
    ("Conclusion", (_SERIF, 11.5, True, _INK, 2)), ("Small", (_SANS, 8.5, False, _SOFT, 4)),
    ("Note", (_SANS, 9, False, _INK, 3)), ("Margin", (_SANS, 8.5, False, _MARK, 4)),
    ("Banner", (_SANS, 10, True, _MARK, 6)),
    ("Entry", (_SERIF, 10.5, False, _INK, 3)), ("Table Text", (_SANS, 8, False, _INK, 0)),
    ("Table Small", (_SANS, 6.5, False, _INK, 0)), ("Table Caption", (_SANS, 8.5, False, _SOFT, 3)),
    ("After Table", (_SANS, 5, False, _SOFT, 2)), ("Picture", (_SANS, 8, False, _INK, 2)),
)  # fmt: skip
"""Name; then typeface, size in points, whether bold, colour, space after in points."""
_OWN: tuple[tuple[str, _Look], ...] = (
    ("Normal", (_SERIF, 10.5, False, _INK, 6)), ("Title", (_SERIF, 25, True, _INK, 4)),
    ("Subtitle", (_SERIF, 13, False, _SOFT, 2)), ("Heading 1", (_SANS, 15, True, _ACCENT, 5)),
    ("Heading 2", (_SANS, 11.5, True, _INK, 3)), ("Heading 3", (_SANS, 9.5, True, _INK, 2)),
    ("Caption", (_SANS, 8.5, False, _SOFT, 10)), ("List Bullet", (_SERIF, 10.5, False, _INK, 3)),
    ("List Continue", (_SERIF, 10.5, False, _SOFT, 3)),
    ("Footer", (_SANS, 7.5, False, _SOFT, 0)),
)  # fmt: skip
_KEPT = {"Headline", "Table Caption", "Picture", "Eyebrow"}
"""Styles whose paragraphs stay on the page of what follows them."""


def style_document(word: Word, *, lang: str) -> None:
    """Give an empty document its page and its styles."""
    page = word.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm((21 - PAGE_CM) / 2)
    page.top_margin, page.bottom_margin = Cm(1.9), Cm(2)
    for name, look in _TEXT:
        style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = word.styles["Normal"]
        _dress(style, look)
        style.paragraph_format.keep_with_next = name in _KEPT
    word.styles["Caption"].paragraph_format.keep_together = True
    for name, look in _OWN:
        _dress(word.styles[name], look)
    word.styles["Entry"].paragraph_format.left_indent = Cm(0.9)
    word.styles["Entry"].paragraph_format.first_line_indent = Cm(-0.9)
    _characters(word)
    _tables(word)
    _speak(word, lang)


def _dress(style: ParagraphStyle, look: _Look) -> None:
    face, size, bold, colour, after = look
    style.font.name, style.font.size, style.font.bold, style.font.italic = face, Pt(size), bold, False
    style.font.color.rgb = colour
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), face)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
        fonts.attrib.pop(qn(theme), None)
    form = style.paragraph_format
    form.space_after = Pt(after)
    form.widow_control = True
    if style.name.startswith("Heading"):
        form.space_before, form.keep_with_next = Pt(14 if style.name == "Heading 1" else 9), True


def _characters(word: Word) -> None:
    link = word.styles.add_style("Link", WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb, link.font.underline = _ACCENT, True
    mono = word.styles.add_style("Mono", WD_STYLE_TYPE.CHARACTER)
    mono.font.name, mono.font.size = "Consolas", Pt(7)


def _tables(word: Word) -> None:
    """A table with a rule under each row."""
    style = word.styles.add_style("Yardwatch Table", WD_STYLE_TYPE.TABLE)
    borders = OxmlElement("w:tblBorders")
    for side, wide, colour in (("top", "4", "14191F"), ("bottom", "4", "14191F"), ("insideH", "4", "C9CED3")):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", wide), ("space", "0"), ("color", colour)):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    properties = OxmlElement("w:tblPr")
    properties.append(borders)
    style.element.append(properties)


def _speak(word: Word, lang: str) -> None:
    """The language of the text, for spelling and for reading aloud."""
    own = word.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    if own is None:
        return
    for old in own.findall(qn("w:lang")):
        own.remove(old)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), "en-GB" if lang == "en" else lang)
    own.append(spoken)
