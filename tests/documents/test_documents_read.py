"""Documents of strangers give their main text and nothing else, or one clear line."""

import pytest
from tests.documents.making import archive, docx, pdf

from yardwatch.documents.reading import read_document
from yardwatch.errors import DocumentError, LimitError
from yardwatch.sandbox.child import Limits

PAGE = """<!DOCTYPE html><html><head><title>Tarn Ferry | Lowland Post</title>
<meta property="og:title" content="Wagons at Tarn Ferry"><meta property="og:site_name" content="Lowland Post">
<meta property="article:published_time" content="2024-03-20T23:30:00-05:00">
<script>document.write("999 wagons")</script><style>p {color: red}</style></head>
<body><nav><a href="/">Home</a><a href="/yards">Yards</a></nav>
<div class="sidebar"><p>Most read: 500 wagons seen elsewhere in the country, says a man who knows.</p></div>
<article><h1>Wagons at Tarn Ferry</h1>
<p>Some 31 wagons stood in the <b>northern</b> yard at Tarn&nbsp;Ferry on Monday, a railwayman said.</p>
<p style="display:none">77 wagons that nobody can see.</p><p hidden>78 wagons.</p><p>Zero\u200bwidth</p>
<table><tr><td>Tank cars</td><td>66</td></tr></table>
<p>The bridge was closed last year, and a second track is to be built by the end of 2026, the ministry said.</p>
<div class="related-posts"><p>Related: 12 trains somewhere else.</p></div></article>
<footer><p>Copyright, all rights reserved, 2024.</p></footer></body></html>"""


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_page_gives_its_article_without_menus_scripts_and_hidden_text(tmp_path):
    """What a reader of the page does not see is not claimed by it."""
    document = read_document(written(tmp_path, "page.html", PAGE))
    assert document.kind == "html"
    assert "Some 31 wagons stood in the northern yard at Tarn Ferry on Monday" in document.text
    assert "Tank cars | 66" in document.text
    assert "Zerowidth" in document.text
    for unseen in ("999", "500 wagons", "77 wagons", "78 wagons", "12 trains", "Home", "Copyright", "color"):
        assert unseen not in document.text


def test_a_page_says_who_published_it_and_when_in_its_own_calendar(tmp_path):
    """The day is the publisher's, whatever day it is in Greenwich."""
    document = read_document(written(tmp_path, "page.html", PAGE))
    assert (document.title, document.publisher) == ("Wagons at Tarn Ferry", "Lowland Post")
    assert str(document.published) == "2024-03-20"
    assert document.text.splitlines()[0] == "Wagons at Tarn Ferry"


def test_linked_data_tell_publisher_and_date_too(tmp_path):
    """Many newspapers say it in JSON-LD only."""
    linked = '{"@graph": [{"datePublished": "2023-10-06T09:00:00Z", "publisher": {"name": "Northwire"}}]}'
    page = f'<html><body><script type="application/ld+json">{linked}</script><p>Three trains crossed.</p></body></html>'
    document = read_document(written(tmp_path, "page.html", page))
    assert (str(document.published), document.publisher) == ("2023-10-06", "Northwire")


@pytest.mark.parametrize("linked", ["{", "[" * 100_000, '"x"', "[1, null]"])
def test_broken_linked_data_do_no_harm(tmp_path, linked):
    """It is only a help."""
    page = f'<html><body><script type="application/ld+json">{linked}</script><p>Three trains crossed.</p></body></html>'
    assert read_document(written(tmp_path, "page.html", page)).text == "Three trains crossed."


def test_a_page_without_an_article_gives_the_part_with_most_prose(tmp_path):
    """Old pages have no article element."""
    prose = "".join(
        f"<p>The yard at Tarn Ferry held {n} wagons on day {n}, which is what we saw.</p>" for n in range(9)
    )
    page = (
        f"<html><body><div id=a><p>Weather: rain all over the country.</p></div><div id=b>{prose}</div></body></html>"
    )
    text = read_document(written(tmp_path, "page.htm", page)).text
    assert "held 8 wagons" in text
    assert "Weather" not in text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_the_encoding_it_is_in(tmp_path, encoding):
    """A byte-order mark, UTF-8, or Windows-1252 as the last resort."""
    path = written(tmp_path, "note.txt", "Zürich – 30 wagons".encode(encoding))
    document = read_document(path)
    assert document.text == "Zürich – 30 wagons"
    assert [notice.code for notice in document.notices] == (["encoding_assumed"] if encoding == "cp1252" else [])


def test_a_declared_encoding_counts(tmp_path):
    """Pages from Russia may still be in KOI8-R or Windows-1251."""
    page = '<html><head><meta charset="windows-1251"></head><body><p>Вагоны на станции</p></body></html>'
    document = read_document(written(tmp_path, "page.html", page.encode("cp1251")))
    assert document.text == "Вагоны на станции"


@pytest.mark.parametrize("compress", [False, True])
def test_a_pdf_gives_its_text_without_what_every_page_repeats(tmp_path, compress):
    """Running heads and page numbers would stand in the middle of sentences."""
    pages = [("Lowland Notes", f"On day {n} the yard held {n} wag-", "ons in all.", str(n)) for n in range(1, 5)]
    document = read_document(written(tmp_path, "notes.pdf", pdf(*pages, compress=compress)))
    assert (document.kind, document.title) == ("pdf", "Yard notes")
    assert "the yard held 3 wagons in all." in document.text
    assert "Lowland Notes" not in document.text
    assert "publication_unknown" in [notice.code for notice in document.notices]


def test_a_docx_gives_paragraphs_and_rows_without_deleted_and_hidden_text(tmp_path):
    """Tracked deletions are not what the document says."""
    body = (
        "<w:p><w:r><w:t>Three trains </w:t></w:r><w:del><w:r><w:delText>never </w:delText></w:r></w:del>"
        "<w:r><w:t>crossed.</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>Hidden</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Tank cars</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>66</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    document = read_document(written(tmp_path, "notes.docx", docx(body=body)))
    assert document.text == "Yard notes\n\nThree trains crossed.\n\nTank cars | 66"


def test_the_content_says_what_a_file_is_and_not_its_name(tmp_path):
    """Names lie."""
    assert read_document(written(tmp_path, "a.txt", pdf(("Three trains.",)))).kind == "pdf"
    assert read_document(written(tmp_path, "b.pdf", docx("Three trains."))).kind == "docx"


ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
EVIL = {
    "bomb.docx": (archive({"word/document.xml": b"<a>" + b" " * 30_000_000}), LimitError, "unpacks to"),
    "entity.docx": (archive({"word/document.xml": f"{ENTITY}<x>&e;</x>"}), DocumentError, "entities"),
    "other.docx": (archive({"hello.txt": "hello"}), DocumentError, "without a Word document"),
    "cut.docx": (docx("Three trains.")[:200], DocumentError, "not a DOCX"),
    "notxml.docx": (archive({"word/document.xml": "<w:p"}), DocumentError, "not a DOCX"),
    "cut.pdf": (b"%PDF-1.7\n1 0 obj", DocumentError, "PDF"),
    "noise.pdf": (b"%PDF-1.7\n" + bytes(range(256)) * 40, DocumentError, "PDF"),
    "picture.png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", DocumentError, "neither text"),
    "old.doc": (b"\xd0\xcf\x11\xe0" + bytes(100), DocumentError, "old kind"),
    "blank.txt": (b"  \n\n ", DocumentError, "no text"),
    "blank.html": (b"<html><script>x</script></html>", DocumentError, "no text"),
    "empty.pdf": (pdf(()), DocumentError, "no text"),
    "void.txt": (b"", DocumentError, "empty"),
}


@pytest.mark.parametrize("name", EVIL)
def test_a_bad_document_gets_one_line_with_name_and_remedy(tmp_path, name):
    """Never a traceback, never the content of another file."""
    content, kind, words = EVIL[name]
    with pytest.raises(kind) as caught:
        read_document(written(tmp_path, name, content))
    assert name in str(caught.value)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 20_000 + "Three trains crossed." + "</div>" * 20_000,
        "<html><p>Three trains crossed." + "<a" * 5_000,
        "<html><p>Three trains crossed." + "<!--" * 5_000,
        "<html><p>Three trains crossed.</p>" + "</b>" * 100_000,
        "<html><p>Three trains crossed.</p>" + "&#x110000;&#0;&nosuch;" * 20_000,
    ],
)
def test_hostile_markup_is_read_as_far_as_it_goes(tmp_path, page):
    """Depth and damage cost no more than size."""
    assert "Three trains crossed." in read_document(written(tmp_path, "page.html", page)).text


def test_nothing_a_page_refers_to_is_opened(tmp_path):
    """A reference to a file of this machine stays a reference."""
    secret = written(tmp_path, "secret.txt", "the secret")
    frames = f'<iframe src="{secret.as_uri()}"></iframe><object data="{secret}"></object>'
    page = f"<html><body>{frames}<p>Seen.</p></body></html>"
    assert "secret" not in read_document(written(tmp_path, "page.html", page)).text


def test_a_document_that_takes_too_long_is_given_up(tmp_path):
    """The limits are the caller's."""
    with pytest.raises(LimitError, match=r"page\.html"):
        read_document(
            written(tmp_path, "page.html", "<p>x</p>" * 2_000_000),
            limits=Limits(memory_bytes=512 * 2**20, cpu_s=1, wall_s=30),
        )


def test_an_address_is_not_fetched():
    """There is no network in this house."""
    with pytest.raises(DocumentError, match="download it"):
        read_document("https://example.org/page.html")
