"""PDF and DOCX: what is in them, what they do not fetch, and how an internal one is marked."""

import io
import os
import re
import zipfile
from dataclasses import replace
from importlib import import_module

import docx
import numpy as np
import pypdf
import pytest
from defusedxml.ElementTree import fromstring
from docx.oxml.ns import qn
from invented_case import invented_report
from PIL import Image

from yardwatch.model.scene import Republish, Rights
from yardwatch.report import render_html
from yardwatch.report.compose import Choice, compose
from yardwatch.report.docx import write_docx
from yardwatch.report.finishing import WATERMARK, watermarked
from yardwatch.report.html import write_html
from yardwatch.report.licences import barred
from yardwatch.report.painting import paint
from yardwatch.report.pdf import embedded, write_pdf
from yardwatch.report.walking import figures_in

EVIL = '<img src=x onerror=alert(1)>{"=cmd|\'/C calc\'!A0"} ]]>\u202e\x1b\ufffe"; } @import url(http://evil.example/x);'


@pytest.fixture(scope="module")
def weasyprint():
    """The library, or a reason why the test does not run."""
    try:
        return import_module("weasyprint")
    except (ImportError, OSError) as error:
        if os.environ.get("YARDWATCH_CI"):
            pytest.fail(f"WeasyPrint cannot be used: {error}")
        pytest.skip(f"WeasyPrint cannot be used: {error}")


@pytest.fixture(scope="module")
def small(report):
    """A report with pictures, made small."""
    return compose(report, choice=Choice(sections=("figures", "overview", "zones")))


@pytest.fixture(scope="module")
def pdf(weasyprint, small):
    return pypdf.PdfReader(io.BytesIO(write_pdf(small)))


@pytest.fixture(scope="module")
def word(small):
    return docx.Document(io.BytesIO(write_docx(small)))


def elements(node, seen=None):
    """All elements of the structure of a PDF."""
    node = node.get_object()
    if isinstance(node, pypdf.generic.ArrayObject):
        for one in node:
            yield from elements(one)
    elif isinstance(node, pypdf.generic.DictionaryObject):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node["/K"])


def test_a_pdf_has_language_title_and_a_tree_of_tags(pdf):
    """As PDF/UA asks: marked, titled, with headings, tables, links and figures in their order."""
    root = pdf.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "Railcars at Port Invented" in pdf.metadata.title
    assert b"pdfuaid" in root["/Metadata"].get_data()
    tags = [one["/S"] for one in elements(root["/StructTreeRoot"]["/K"])]
    assert {"/Document", "/H1", "/H2", "/H3", "/P", "/Table", "/TH", "/TD", "/Figure", "/Caption", "/Link"} <= set(tags)
    assert tags.index("/H1") < tags.index("/H2")


def test_every_figure_of_a_pdf_has_an_alternative_text(pdf, small):
    """As many as the document has drawings."""
    found = [one for one in elements(pdf.trailer["/Root"]["/StructTreeRoot"]["/K"]) if one["/S"] == "/Figure"]
    assert len(found) == sum(len(figure.svgs) for figure in figures_in(small))
    assert all(len(one["/Alt"]) > 10 for one in found)


def test_no_link_of_a_pdf_leads_out_of_it(pdf):
    """Numbers lead to rows; there is no action to run."""
    for page in pdf.pages:
        for note in page.get("/Annots", []):
            own = note.get_object()
            assert own["/Subtype"] == "/Link"
            assert "/Dest" in own or own["/A"]["/S"] == "/GoTo"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "http://evil.example/", "https://evil.example/", "data:text/html,x", "ftp://a", "x.png",
        "data:image/svg+xml;base64,!!", "data:image/png,raw",
    ],
)  # fmt: skip
def test_what_is_not_embedded_is_never_read(url):
    """No file, no host, and no data but pictures."""
    with pytest.raises(ValueError, match="embedded"):
        embedded(url)


def test_hostile_names_change_nothing_in_any_form(weasyprint, report):
    """Markup, formulas, direction signs and style sheets in names are words; nothing is asked for from outside."""
    site = replace(report.site, name=EVIL)
    seen = tuple(replace(one, note=EVIL, klass=EVIL, by=EVIL) for one in report.observations)
    made = compose(replace(report, site=site, title=EVIL, observations=seen), choice=Choice(sections=("zones",)))
    page = write_html(made)
    assert "<img" not in page
    assert "@import" not in page.partition("<style>")[2].partition("</style>")[0]
    read = pypdf.PdfReader(io.BytesIO(write_pdf(made)))
    assert "onerror" in "".join(one.extract_text() for one in read.pages)
    assert "/JavaScript" not in str(read.trailer["/Root"])
    with zipfile.ZipFile(io.BytesIO(write_docx(made))) as files:
        for name in files.namelist():
            if name.endswith((".xml", ".rels")):
                fromstring(files.read(name))
        rels = files.read("word/_rels/document.xml.rels").decode()
        assert 'TargetMode="External"' not in rels
        assert "instrText" not in files.read("word/document.xml").decode()


def test_a_docx_has_headings_captions_alternative_texts_and_tables_that_repeat_their_heads(word, small):
    """What an editor and a screen reader need."""
    styles = [one.style.name for one in word.paragraphs]
    assert styles.count("Heading 1") == len(small.sections)
    assert {"Title", "Caption", "Table Caption", "Picture"} <= set(styles)
    drawn = sum(len(figure.svgs) for figure in figures_in(small))
    assert len(word.inline_shapes) == drawn
    assert all(len(shape._inline.docPr.get("descr")) > 10 for shape in word.inline_shapes)
    assert word.tables
    headed = [table for table in word.tables if list(table._tbl.iter(qn("w:tblHeader")))]
    assert headed
    assert all(list(row._tr.iter(qn("w:cantSplit"))) for table in word.tables for row in table.rows)
    assert "PAGE" in word.sections[0].footer._element.xml
    assert word.core_properties.title == small.name


def test_pictures_and_table_captions_stay_with_what_follows_them(word):
    """No caption is left alone at the foot of a page, and no heading."""
    for name in ("Picture", "Table Caption", "Heading 1", "Heading 2", "Heading 3"):
        assert word.styles[name].paragraph_format.keep_with_next, name


def test_an_internal_document_is_marked_on_every_page_in_all_forms(weasyprint, small):
    """On the screen, at the head of each page of paper, and in the head of a DOCX, where it is drawn across."""
    marked = watermarked(small)
    page = write_html(marked)
    assert 'class="watermark"' in page
    assert f"{WATERMARK}." in page
    assert WATERMARK not in write_html(small)
    read = pypdf.PdfReader(io.BytesIO(write_pdf(marked)))
    assert len(read.pages) > 2
    assert all("NOT FOR PUBLICATION" in one.extract_text() for one in read.pages)
    head = docx.Document(io.BytesIO(write_docx(marked))).sections[0].header._element.xml
    assert head.count(WATERMARK) >= 2
    assert "v:textpath" in head


@pytest.mark.parametrize("allowed", [Republish.NO, Republish.UNKNOWN])
def test_a_picture_that_may_not_be_published_is_named_with_its_figure(reported, sheet, allowed):
    """Unknown counts as no; the page of such a report marks itself."""
    scene = replace(sheet.count.scene, rights=Rights("Someone", "all rights reserved", allowed))
    own = reported(scene=scene)
    found = barred(compose(own))
    assert {one.scene.id for one in found} == {scene.id}
    assert "Figure 1" in {one.figure for one in found}
    assert WATERMARK in render_html(own)


def test_outlines_take_the_pixels_out_and_leave_the_drawing(reported, sheet):
    """Tracks and cars remain; no byte of the picture does."""
    scene = replace(sheet.count.scene, rights=Rights("Someone", None, Republish.NO))
    own = compose(reported(scene=scene), choice=Choice(outlines=True))
    assert not barred(own)
    page = write_html(own)
    assert "data:image/jpeg" not in page
    assert "Outline drawing: the picture may not be republished." in page
    assert page.count("<path") > 40


def test_a_painted_drawing_shows_what_the_svg_says():
    """Shapes, dashes, opacity and words come out where they are said to be."""
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50" width="100" height="50">'
        '<rect x="0" y="0" width="50" height="50" fill="#ff0000"/><rect x="50" y="0" width="50" height="50" '
        'fill="#0000ff" fill-opacity="0.5"/><path d="M10 40h30v5l-30 0Z" fill="#00ff00"/>'
        '<circle cx="75" cy="25" r="10" fill="none" stroke="#000000" stroke-width="2"/>'
        '<text x="25" y="20" font-size="12" text-anchor="middle" fill="#ffffff">ab</text></svg>'
    )
    content, form = paint(drawn, width_px=400)
    assert form == "png"
    with Image.open(io.BytesIO(content)) as opened:
        image = opened.convert("RGB")
    assert image.size == (400, 200)
    near = {(8, 8): (255, 0, 0), (380, 190): (127, 127, 255), (80, 170): (0, 255, 0), (300, 60): (0, 0, 0)}
    for at, colour in near.items():
        assert max(abs(a - b) for a, b in zip(image.getpixel(at), colour, strict=True)) < 40, at
    assert np.asarray(image.crop((70, 40, 130, 85))).min(2).max() > 200


def test_a_case_is_written_in_all_forms(weasyprint):
    """Charts and trees of claims, which hold no picture, come out as well."""
    made = compose(invented_report())
    read = pypdf.PdfReader(io.BytesIO(write_pdf(made)))
    said = re.sub(r"\s+", " ", " ".join(one.extract_text() for one in read.pages))
    assert "Key findings" in said
    assert "It is likely that more railcars stood at Port yard." in said
    assert docx.Document(io.BytesIO(write_docx(made))).inline_shapes
