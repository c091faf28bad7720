"""Tables in and out: text stays text, nothing is run, and what comes back is what went out."""

import csv
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shared_data import shared_data

from yardwatch.errors import LimitError, MisuseError, TableError
from yardwatch.tables.reading import read_tables
from yardwatch.tables.sheet import guarded, unguarded
from yardwatch.tables.writing import to_csv, to_xlsx

HEADER = ("id", "quote")
TEXT = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
EVIL = ["=1+1", "+yard", "-2", "@SUM(A1)", "\tx", "'=x", "''=x", "'quoted'", "_x0041_", "a\x01b", "a, b;c", 'say "x"']


@given(st.text())
def test_a_guard_is_taken_off_again(text):
    """For any text; and no guarded text begins like a formula."""
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}


def written(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    return path


def test_hostile_text_comes_back_from_csv_and_is_not_a_formula_there(tmp_path):
    """Neither does a spreadsheet see one."""
    rows = [[str(number), text] for number, text in enumerate(EVIL)]
    data = to_csv(HEADER, rows)
    (sheet,) = read_tables(written(tmp_path, "claims.csv", data))
    assert [row[1] for row in sheet.rows] == EVIL
    cells = [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row]
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t"}]


def test_hostile_text_comes_back_from_a_workbook_and_is_not_a_formula_there(tmp_path):
    """Each is a cell of text."""
    path = written(tmp_path, "t.xlsx", to_xlsx({"claims": (HEADER, [[str(n), text] for n, text in enumerate(EVIL)])}))
    (sheet,) = read_tables(path)
    assert (sheet.name, sheet.header) == ("claims", HEADER)
    assert [row[1] for row in sheet.rows] == EVIL
    book = openpyxl.load_workbook(path)
    assert {cell.data_type for row in book["claims"].iter_rows() for cell in row} == {"s"}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(TEXT, min_size=1), st.floats(0, 1e9)),
        min_size=1,
        max_size=5,
    )
)
def test_any_text_and_number_comes_back_from_csv(tmp_path_factory, rows):
    """Number for number, character for character."""
    path = written(tmp_path_factory.mktemp("t"), "claims.csv", to_csv(("id", *HEADER), [("x", *row) for row in rows]))
    (sheet,) = read_tables(path)
    assert [(text, float(number)) for _, text, number in sheet.rows] == rows


def test_a_formula_of_a_stranger_is_text(tmp_path):
    """It is shown, not worked out."""
    book = openpyxl.Workbook()
    book.active.append(["id", "quote"])
    book.active.append([7, "=1+1"])
    book.save(tmp_path / "t.xlsx")
    (sheet,) = read_tables(tmp_path / "t.xlsx")
    assert sheet.rows == (("7", "=1+1"),)


@pytest.mark.real
def test_the_hostile_table_is_read_as_text(tmp_path):
    """And goes out so that a spreadsheet does not run it."""
    (sheet,) = read_tables(shared_data() / "hostile" / "claims_formula.csv")
    assert sheet.rows == (("1", '=HYPERLINK("http://127.0.0.1","x")', "+yard"),)
    out = to_csv(sheet.header, sheet.rows).decode("utf-8-sig")
    assert "'=HYPERLINK" in out
    assert ",'+yard" in out


@pytest.mark.parametrize("text", ["id;quote\n1;a, b\n", "id\tquote\n1\ta, b\n", '\ufeffid,quote\r\n\r\n1,"a, b"\r\n'])
def test_tables_of_any_spreadsheet_are_read(tmp_path, text):
    """Semicolons, tabs, byte order marks, empty rows."""
    (sheet,) = read_tables(written(tmp_path, "claims.csv", text.encode()))
    assert (sheet.header, sheet.rows) == (HEADER, (("1", "a, b"),))


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b"\xff\xfe\x00", "UTF-8"),
        ("a.csv", b"id,quote\n1,a,b\n", "row 2"),
        ("a.csv", b"id,quote\n\x00,1\n", "not a table"),
        ("a.xlsx", b"PK\x03\x04 garbage", "damaged"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path, name, data, words):
    """With the row where there is one."""
    with pytest.raises(TableError, match=words):
        read_tables(written(tmp_path, name, data))


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path):
    """Before it is unpacked."""
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
    with pytest.raises(LimitError, match="unpacks"):
        read_tables(path)


def test_an_archive_that_is_no_workbook_is_refused(tmp_path):
    """In one line."""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", b"hello")
    with pytest.raises(TableError, match="no workbook"):
        read_tables(path)


def test_a_text_too_long_for_a_workbook_is_named(tmp_path):
    """Rather than cut."""
    with pytest.raises(MisuseError, match="row 2, quote"):
        to_xlsx({"claims": (HEADER, [["1", "x" * 40_000]])})
