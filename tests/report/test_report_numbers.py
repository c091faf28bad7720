"""Each number in a report's text leads to what was observed, in the document and in every form it is written in."""

import io
import re
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn
from invented_case import invented_report, observations
from page import Page

from yardwatch.report.blocks import Link, Number, Paragraph, Words
from yardwatch.report.compose import SECTIONS, Choice, compose
from yardwatch.report.docx import write_docx
from yardwatch.report.docx_parts import bookmark_name
from yardwatch.report.html import number_anchor, write_html
from yardwatch.report.tracing import Ground, Subject, Tracer
from yardwatch.report.walking import all_runs, anchors_in, blocks_in, plain_text, printed_numbers, runs_in

CHECKABLE = {"method", "references", "provenance", "signed", "appendix", "points", "records"}
"""Sections that hold constants of the method, hashes and tables, and no sentence on what was seen."""
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
