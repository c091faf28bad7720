"""Widths of columns and signs of legends in a DOCX, and the figure of a comparison."""

import io

import docx
import pytest
from docx.oxml.ns import qn
from invented_pair import invented_pair

from yardwatch.report.blocks import Cell, Row, Words
from yardwatch.report.compared import before_after_drawing, changes_panel
from yardwatch.report.compose import compose
from yardwatch.report.docx import write_docx
from yardwatch.report.docx_styles import PAGE_CM
from yardwatch.report.docx_tables import column_widths
from yardwatch.report.drawing import TextMark


def row(*texts):
    """A row of plain cells."""
    return Row(tuple(Cell((Words(text),)) for text in texts))


def test_columns_fill_the_page_and_have_room_for_their_longest_word():
    """A short one stays short; the note gets what is left."""
    rows = [row("O15", "3 December 2024", "locomotives", "a note of many words " * 9)]
    widths = column_widths(rows, size_pt=8, total_cm=PAGE_CM)
    assert sum(widths) == pytest.approx(PAGE_CM)
    assert widths[0] < widths[2] < widths[3]
    assert widths[0] >= 0.9
    assert widths[3] > PAGE_CM / 2


def test_columns_that_cannot_all_have_room_share_the_page():
    """None is lost."""
    widths = column_widths([row(*["transshipment"] * 20)], size_pt=8, total_cm=PAGE_CM)
    assert sum(widths) == pytest.approx(PAGE_CM)
    assert min(widths) == pytest.approx(PAGE_CM / 20)


def test_tables_of_a_docx_have_their_own_widths_and_legends_their_signs(report):
    """A word processor otherwise makes all columns alike; a legend without signs explains nothing."""
    word = docx.Document(io.BytesIO(write_docx(compose(report))))
    assert word.tables
    for table in word.tables:
        widths = [column.width.cm for column in table.columns]
        assert sum(widths) == pytest.approx(PAGE_CM, abs=0.1)
        assert table.autofit is False
    legend = next(one for one in word.paragraphs if "dashed" in one.text)
    assert len(list(legend._p.iter(qn("w:drawing")))) > 1
    assert legend._p.getprevious().pPr.find(qn("w:keepNext")) is not None
    short = next(table for table in word.tables if 1 < len(table.rows) <= 12)
    kept = [one.cells[0].paragraphs[0].paragraph_format.keep_with_next for one in short.rows]
    assert all(kept[:-1])
    assert not kept[-1]


def test_a_pair_shows_no_more_than_the_earlier_scene_and_may_leave_out_its_table():
    """Changes all over a scene do not shrink it to a stamp."""
    found = invented_pair()
    view = changes_panel(found.comparison).view
    assert view.width_m <= 200.001
    assert view.height_m <= max(160.001, 0.62 * view.width_m)
    whole, bare = before_after_drawing(found), before_after_drawing(found, with_table=False)
    assert bare.height < whole.height
    assert "Sure" in {mark.words for mark in whole.marks if isinstance(mark, TextMark)}
    assert "Sure" not in {mark.words for mark in bare.marks if isinstance(mark, TextMark)}
