"""From hostile files to a published report: nothing outside it changes, and nobody is asked for anything."""

import csv
import io
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import threading
import zipfile
from hashlib import sha256

import docx
import openpyxl
import pypdf
import pytest

GUARD = """
import sys
def refuse(event, args):
    asked = {"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request",
             "webbrowser.open"}
    if event in asked:
        print("REQUEST", event, args[1:], file=sys.stderr)
        raise PermissionError(event)
sys.addaudithook(refuse)
from yardwatch.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
NAMES = '<script>fetch("http://127.0.0.1:{port}/name")</script><img src=http://127.0.0.1:{port}/img onerror=x()>'
FORMULA = '=HYPERLINK("http://127.0.0.1:{port}/cell";"more")'
ARTICLE = """<html><head><title>{name}</title>
<link rel="stylesheet" href="http://127.0.0.1:{port}/style.css"><style>@import url(http://127.0.0.1:{port}/x)</style>
<script src="http://127.0.0.1:{port}/script.js"></script></head><body><article>
<p>About 73 railcars stood at Yard on 3 December 2024, an analyst said. <img src="file://{secret}">
<iframe src="file://{secret}"></iframe><object data="{secret}"></object><img src="http://127.0.0.1:{port}/pixel.png"></p>
<p>“At least 41 tank wagons stood at Yard,” he said. <a href="http://127.0.0.1:{port}/more">More</a></p>
</article></body></html>"""
DOCX = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY secret SYSTEM "file://{secret}">]>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>
<w:t>&secret; 73 railcars</w:t></w:r></w:p></w:body></w:document>"""
CANARY = "the canary sings"


@pytest.fixture
def listener():
    """A port of this machine that counts who knocks."""
    knocked = []
    server = socket.create_server(("127.0.0.1", 0))

    def wait():
        while True:
            try:
                peer, _ = server.accept()
            except OSError:
                return
            knocked.append(peer.recv(200))
            peer.close()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    yield server.getsockname()[1], knocked
    server.close()


@pytest.fixture
def place(tmp_path, yard, listener):
    """A folder with hostile files and a workspace whose names, notes and classes are hostile."""
    port, _ = listener
    secret = tmp_path / "outside" / "secret.txt"
    secret.parent.mkdir()
    secret.write_text(CANARY)
    work = tmp_path / "work"
    work.mkdir()
    told = {"port": port, "secret": secret, "name": NAMES.format(port=port)}
    (work / "article.html").write_text(ARTICLE.format(**told), encoding="utf-8")
    with zipfile.ZipFile(work / "evil.docx", "w") as archive:
        archive.writestr("word/document.xml", DOCX.format(**told))
        archive.writestr("[Content_Types].xml", "<Types/>")
    (work / "cut.docx").write_bytes(b"PK\x03\x04" + b"\0" * 40)
    (work / "cut.pdf").write_bytes(b"%PDF-1.7\n1 0 obj <</Type/Catalog/OpenAction<</S/URI/URI(http://127.0.0.1)>>>>\n")
    site = json.loads((yard / "site.geojson").read_text())
    site["name"] = told["name"]
    (work / "site.geojson").write_text(json.dumps(site))
    return work, told


def outside(folder):
    """Every file that no command has business with, and its hash."""
    kept = [*(folder.parent / "outside").rglob("*"), *(path for path in folder.iterdir() if path.is_file())]
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in kept if path.is_file()}


def run(folder, *words):
    """A command in a process that may not ask anybody for anything."""
    done = subprocess.run(
        [sys.executable, "-c", GUARD, *map(str, words)], cwd=folder, capture_output=True, text=True, timeout=180,
        check=False, env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert "REQUEST" not in done.stderr, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_the_guard_sees_a_request(tmp_path):
    """Else this file would prove nothing."""
    program = GUARD.replace("from yardwatch.cli.main import main", "import urllib.request").replace(
        "sys.exit(main(sys.argv[1:]))", "urllib.request.urlopen('http://127.0.0.1:9/')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert "REQUEST" in done.stderr


@pytest.mark.parametrize("name", ["evil.docx", "cut.docx", "cut.pdf"])
def test_a_malformed_document_ends_in_one_line(place, listener, name):
    """It gives nothing away of other files and asks nobody."""
    folder, _ = place
    before = outside(folder)
    done = run(folder, "claim", "extract", name)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert name in done.stderr
    assert CANARY not in done.stdout + done.stderr
    assert outside(folder) == before
    assert not listener[1]


def test_hostile_words_come_through_to_all_outputs_as_words(place, listener):
    """An article, names, notes and formulas; report in three forms, tables, GeoPackage and evidence package."""
    folder, told = place
    name, formula = told["name"], FORMULA.format(port=told["port"])
    before = outside(folder)
    extracted = run(folder, "claim", "extract", "article.html", "--json", "-")
    assert extracted.returncode == 0, extracted.stderr
    document = json.loads(extracted.stdout)
    assert document["claims"]
    assert CANARY not in extracted.stdout
    assert run(folder, "init", "watch", "--site", "site.geojson").returncode == 0
    for count, note in (("at least 7", formula), ("3", name)):
        words = ("--zone", "Yard", "--class", name, "--count", count, "--date", "2024-12-03", "--note", note)
        assert run(folder, "observe", "watch", *words, "--by", formula).returncode == 0
    source = ("--publisher", formula, "--title", name, "--url", f"file://{told['secret']}")
    assert run(folder, "source", "add", "watch", *source).returncode == 0
    published = run(folder, "publish", "watch", "--out", "out.html", "--by", formula, "--waive-sign-off", name)
    assert published.returncode == 0, published.stderr
    for target in ("out.pdf", "out.docx"):
        assert run(folder, "report", "watch", "--out", target).returncode == 0
    assert run(folder, "export", "watch", "--tables", "tables").returncode == 0
    assert run(folder, "export", "watch", "--tables", "book.xlsx").returncode == 0
    assert run(folder, "export", "watch", "--package", "evidence.zip").returncode == 0
    assert run(folder, "audit", "evidence.zip").returncode == 0
    after = outside(folder)
    assert {key: after[key] for key in before} == before
    assert not listener[1]
    _holds_words(folder, formula)
    with zipfile.ZipFile(folder / "evidence.zip") as package:
        assert not any(CANARY.encode() in package.read(one) for one in package.namelist())


def _holds_words(folder, formula):
    """Each output holds the hostile text, and nothing in it runs or refers to anything outside."""
    page = (folder / "out.html").read_text("utf-8")
    assert "<script" not in page
    assert not re.findall(r"<(?:img|iframe|object|embed|link)\b", page)
    assert not re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', page)
    read = pypdf.PdfReader(folder / "out.pdf")
    notes = [note.get_object() for one in read.pages for note in one.get("/Annots", ())]
    assert not [note for note in notes if "/A" in note and note["/A"]["/S"] != "/GoTo"]
    assert "/OpenAction" not in read.trailer["/Root"]
    word = docx.Document(folder / "out.docx")
    assert not [one for one in word.part.rels.values() if one.is_external]
    assert "w:instrText" not in word.element.xml
    (cells,) = [
        [cell for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")) for cell in row]
        for path in (folder / "tables").glob("observations.csv")
    ]
    assert any(formula in cell for cell in cells)
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@"}]
    book = openpyxl.load_workbook(folder / "book.xlsx")
    assert "f" not in {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    with sqlite3.connect(folder / "watch" / "yardwatch.gpkg") as database:
        held = database.execute("SELECT note, typeof(note) FROM observations").fetchall()
    assert (formula, "text") in held
