"""Each number in a report's text leads to what was observed, in the document and in every form it is written in."""

import html
import io
import re
from dataclasses import replace

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from invented_case import invented_report, observations
from invented_pair import invented_pair
from invented_yard import MADE_AT
from page import Page

from yardwatch.model.observation import Observation
from yardwatch.model.publishing import Edition, changed_numbers
from yardwatch.model.quantity import Qualifier, Quantity
from yardwatch.report.blocks import Link, Number, Paragraph, Table, Words
from yardwatch.report.compose import SECTIONS, Choice, compose
from yardwatch.report.docx import write_docx
from yardwatch.report.docx_parts import bookmark_name
from yardwatch.report.html import number_anchor, write_html
from yardwatch.report.pdf import write_pdf
from yardwatch.report.tracing import Ground, Subject, Tracer, number_texts
from yardwatch.report.walking import all_runs, anchors_in, blocks_in, plain_text, printed_numbers, runs_in

CHECKABLE = {"method", "references", "provenance", "signed", "appendix", "points", "records"}
"""Sections that hold constants of the method, hashes and tables, and no sentence on what was seen."""
EXEMPT = {"facts", "errata"}
"""Tables of what files are and were made with, and of what was printed before."""
DIGITS = re.compile(r"(?<![\w.])\d")
REFERENCE = re.compile(r"\[\d+\]|\b[ACEMO]\d+\b")


@pytest.fixture(scope="module")
def whole(report):
    """Images, a case and people's observations in one."""
    told = invented_report()
    return replace(report, case=told.case, observations=(*report.observations, *observations()))


@pytest.fixture(scope="module")
def document(whole):
    return compose(whole)


@pytest.fixture(scope="module")
def compared(report):
    """A report with a before and after, and what was seen between them."""
    pair = invented_pair()
    change, found = pair.comparison.changes[0], pair.comparison
    seen = Observation(
        "m-change", "change:built", Quantity(1500.0, 1400.0, 1600.0, Qualifier.ABOUT), found.after.acquired, "machine",
        MADE_AT, change.zone, found.after.id, provenance=found.provenance, unit="m2",
    )  # fmt: skip
    return compose(replace(report, before_after=(pair,), observations=(*report.observations, seen)))


def tables(document):
    """All of them."""
    return [block for _, block in blocks_in(document) if isinstance(block, Table)]


def cells(table):
    """All words in its rows."""
    return [run for row in (*table.rows, *table.foot) for cell in row.cells for run in cell.runs]


def links_on(page):
    """What can be clicked on a page."""
    return [one.get_object() for one in page.get("/Annots", ())]


def prose(document):
    """The words of paragraphs, lists, notes and captions, with their section."""
    for section, block in blocks_in(document):
        if section is None or section.key in CHECKABLE or not hasattr(block, "runs"):
            pieces = () if isinstance(block, Paragraph) or not hasattr(block, "items") else runs_in(block)
        else:
            pieces = runs_in(block)
        if section is not None and section.key not in CHECKABLE:
            for runs in pieces:
                yield section.key, runs


def test_no_number_stands_in_the_text_without_leading_anywhere(document):
    """Digits in prose are numbers that lead somewhere, or dates, names, references, or about the document itself."""
    told = 0
    for key, runs in prose(document):
        for run in runs:
            told += isinstance(run, Number)
            if isinstance(run, Words) and run.style in {"", "strong", "em", "soft", "line"}:
                assert not DIGITS.search(REFERENCE.sub("", run.text)), (key, run.text, plain_text(runs))
    assert told > 60


def bare(run):
    """Whether words hold a number that leads nowhere and is not said to be something else."""
    if not isinstance(run, Words) or run.style not in {"", "strong", "em", "soft", "line"}:
        return False
    return bool(number_texts(run.text) if run.style == "line" else DIGITS.search(REFERENCE.sub("", run.text)))


def test_no_number_stands_in_a_table_without_leading_anywhere(document, compared):
    """Digits in cells are numbers with an id, or dates, names, quotes, references, or of the record itself."""
    told = {}
    for table in (*tables(document), *tables(compared)):
        if table.kind not in EXEMPT:
            assert not [run for run in cells(table) if bare(run)], table.kind
            told[table.kind] = told.get(table.kind, 0) + sum(isinstance(run, Number) for run in cells(table))
    assert all(
        told[kind] for kind in ("tally", "observed", "points", "changes", "verdicts", "cars", "tracks", "tests")
    ), told


def test_each_number_of_a_table_leads_to_its_observation_or_stands_in_the_row_that_tells_it(document, compared):
    """A number without a link stands in a row that is an observation, or that leads on itself."""
    for made in (document, compared):
        there = set(anchors_in(made))
        for table in tables(made):
            for row in (*table.rows, *table.foot):
                runs = [run for cell in row.cells for run in cell.runs]
                leads = [run for run in runs if isinstance(run, Link) and (run.anchor in there or run.url)]
                for run in runs:
                    if isinstance(run, Number):
                        assert run.anchor in there if run.anchor else row.observation or leads, run


def test_on_the_page_no_digit_stands_bare_in_a_cell(document, compared):
    """The same of what is written: in each form, what is no number says what else it is."""
    for made in (document, compared):
        for table in re.findall(r"<table.*?</table>", write_html(made), re.DOTALL):
            if any(f'class="{kind}"' in table[:60] for kind in EXEMPT):
                continue
            for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", table.partition("</thead>")[2], re.DOTALL):
                bare = re.sub(r"<(bdi|q|a|span|b)\b[^>]*>.*?</\1>", "", cell, flags=re.DOTALL)
                assert not DIGITS.search(REFERENCE.sub("", html.unescape(bare))), cell


def test_each_number_of_a_table_is_a_link_in_a_pdf_and_a_docx_too(document, compared):
    """As many as in the document, and each to a place that is there."""
    pytest.importorskip("weasyprint", reason="needs the extra pdf")
    for made in (document, compared):
        wanted = {
            run.anchor for table in tables(made) for run in cells(table) if isinstance(run, Number) and run.anchor
        }
        word = docx.Document(io.BytesIO(write_docx(made)))
        in_tables = [link for table in word.element.body.iter(qn("w:tbl")) for link in table.iter(qn("w:hyperlink"))]
        assert {bookmark_name(one) for one in wanted} <= {link.get(qn("w:anchor")) for link in in_tables}
        reader = pypdf.PdfReader(io.BytesIO(write_pdf(made)))
        places = set(reader.named_destinations)
        leads = {own["/Dest"] for page in reader.pages for own in links_on(page) if "/Dest" in own}
        assert wanted <= leads
        assert leads <= places


def test_each_number_leads_to_a_row_that_names_an_observation_or_to_a_list_of_them(document):
    """Anchors are there, and what is there is a record; ids are never shared by two different texts."""
    there = set(anchors_in(document))
    texts = {}
    for run in all_runs(document):
        if isinstance(run, Number):
            assert not run.anchor or run.anchor in there, run
            assert run.anchor[:2] in {"", "o-", "m-", "c-", "e-", "a-", "y-"} or run.anchor.startswith(
                ("part-", "changed-")
            )
            assert texts.setdefault(run.id, run.text) == run.text, run
        elif isinstance(run, Link) and run.anchor is not None:
            assert run.anchor in there, run
    assert {one.id for one in printed_numbers(document)} == set(texts)


def test_almost_every_number_names_the_observations_it_stands_on(document):
    """Whoever reads the numbers by program gets the ids, too."""
    numbers = [one for one in printed_numbers(document) if one.id.startswith(("observation/", "series/", "finding/"))]
    assert numbers
    assert all(one.observations for one in numbers if not one.id.startswith("finding/none"))


def test_on_the_page_each_number_is_a_link_to_a_row_and_each_row_leads_to_a_file_or_a_source(document):
    """From the number to the observation, from there to the image with its hash, or to whoever published it."""
    page = Page(write_html(document))
    ids = set(page.ids)
    links = [own for tag, own in page.tags if tag == "a" and own.get("class") == "num"]
    assert len(links) > 60
    for own in links:
        assert own["data-number"]
        assert own["href"][1:] in ids
    rows = {own["id"]: own for tag, own in page.tags if tag == "tr" and own.get("data-observation")}
    assert {"o-1", "o-2"} <= set(rows)
    assert len(page.ids) == len(ids)
    assert [one for one in ids if one.startswith("p-")]


def test_in_a_docx_each_number_is_a_link_to_a_bookmark_that_is_there(document):
    """A word processor can follow them as well; names are those that it takes."""
    word = docx.Document(io.BytesIO(write_docx(document)))
    body = word.element.body
    marks = [one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))]
    leads = {one.get(qn("w:anchor")) for one in body.iter(qn("w:hyperlink")) if one.get(qn("w:anchor"))}
    assert len(marks) == len(set(marks))
    assert leads <= set(marks)
    assert all(re.fullmatch(r"[A-Za-z]\w{0,39}", mark) for mark in marks)
    assert {bookmark_name(number_anchor(one.id)) for one in printed_numbers(document)} <= set(marks)


def test_a_document_of_one_section_still_tells_what_its_numbers_stand_on(whole):
    """Rows that are in no chosen section are listed as records."""
    for key in ("figures", "findings", "series"):
        document = compose(whole, choice=Choice(sections=(key,)))
        keys = [section.key for section in document.sections]
        assert keys[0] == key
        assert set(keys) <= {key, "records", "provenance", "errata", "signed"}
        there = set(anchors_in(document))
        numbers = [run for run in all_runs(document) if isinstance(run, Number) and run.anchor]
        assert numbers
        assert {run.anchor for run in numbers} <= there | {""}, key


def test_new_evidence_makes_new_numbers_and_a_correction_keeps_the_old_id(whole):
    """So that an erratum is what was corrected, and nothing else."""
    was = {one.id: one.text for one in printed_numbers(compose(whole))}
    corrected = tuple(
        replace(one, quantity=replace(one.quantity, value=5.0)) if one.id == "obs-4" else one
        for one in whole.observations
    )
    now = {one.id: one.text for one in printed_numbers(compose(replace(whole, observations=corrected)))}
    changed = {name for name in was.keys() & now.keys() if was[name] != now[name]}
    assert "observation/obs-4" in changed


def test_digits_of_names_quotes_and_dates_are_no_numbers():
    """“Track 12” is a name; “73” is theirs; 3 December 2024 is a date."""
    tracer = Tracer(["Track 12", "Siding 3 B"])
    subject = Subject(
        "key", "place", (Ground("o-1", ("one",), frozenset({"41"})), Ground("o-2", ("two",))), anchor="a-1"
    )
    said = "On Track 12 stood about 41 cars (90 % interval 38–44) on 3 December 2024, not “up to 73” as in 2023-05 [4]."
    numbers = [run for run in tracer.runs(said, subject) if isinstance(run, Number)]
    assert [(run.text, run.anchor, run.id) for run in numbers] == [
        ("41", "o-1", "key#1"), ("90", "a-1", "key#2"), ("38–44", "a-1", "key#3"),
    ]  # fmt: skip
    assert plain_text(tracer.runs(said, subject)) == said


def test_every_section_that_can_be_chosen_is_one_that_is_made(document):
    """No name is offered in vain, and none is made that cannot be chosen."""
    made = {section.key for section in document.sections}
    assert made <= {*SECTIONS, "records", "provenance", "errata", "signed"}


def test_a_change_leads_to_what_was_seen_of_it_else_to_the_later_scene(report, compared):
    """So that a size or an area can be followed to the file."""
    numbers = [run for run in all_runs(compared) if isinstance(run, Number) and run.id.startswith("change/")]
    assert {run.id.split("/")[4].partition("#")[0] for run in numbers} == {"size", "area", "confidence"}
    assert {run.observations for run in numbers} == {("m-change",)}
    assert {run.anchor[:2] for run in numbers} == {"m-"}
    pair = invented_pair()
    bare = compose(replace(report, before_after=(pair,)))
    alone = [run for run in all_runs(bare) if isinstance(run, Number) and run.id.startswith("change/")]
    assert alone
    assert {run.anchor[:2] for run in alone} == {"p-"}


def test_one_railcar_less_is_a_correction_of_the_counts_and_not_of_every_car_after_it(document):
    """The ends of single cars and the metres of single tracks are no errata of their own."""
    numbers = printed_numbers(document)
    assert {"car", "track", "tally"} <= {one.id.partition("/")[0] for one in numbers}
    last = Edition(1, MADE_AT, True, dict.fromkeys((one.id for one in numbers), "as it was"), "ab" * 32, None, "A")
    kinds = {one.id.partition("/")[0] for one in changed_numbers(numbers, last)}
    assert "tally" in kinds
    assert not kinds & {"car", "track"}
