"""A report for the public through the command line: what keeps it from being written, and the ways out."""

import json
import zipfile

import pytest

from yardwatch.report.finishing import WATERMARK


@pytest.fixture
def counted(yardwatch, yard):
    """A workspace with one counted image of which nobody knows whether it may be published."""
    assert yardwatch("init", "watch", "--site", yard / "site.geojson").code == 0
    assert yardwatch("scene", "add", "watch", yard / "image1.tif", "--credit", "© Nobody").code == 0
    assert yardwatch("run", "watch").code == 0
    return yardwatch


def test_a_picture_of_unknown_rights_keeps_a_public_report_from_being_written(counted, tmp_path):
    """Each way out that is named leads out; what is written otherwise is marked on its page."""
    refused = counted("report", "watch", "--out", "r.html", "--public", "--json", "r.json")
    assert refused.code == 1
    assert not (tmp_path / "r.html").exists()
    assert "ways out" in refused.err
    document = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert (document["written"], document["audience"]) == (False, "public")
    scene = document["refused"][0]["scene"]
    assert {one["scene"] for one in document["refused"]} == {scene}
    assert all(one["may_republish"] == "unknown" and len(one["ways_out"]) == 3 for one in document["refused"])

    for option, code in (("--internal", None), (None, "report_internal")):
        words = ["report", "watch", "--out", "r.html", "--json", "-", *([option] if option else [])]
        ended = counted(*words)
        found = ended.document("report")
        assert (ended.code, found["audience"], found["refused"]) == (0, "internal", [])
        assert [warning["code"] for warning in found["warnings"]] == ([code] if code else [])
        assert WATERMARK in (tmp_path / "r.html").read_text("utf-8")

    outlined = counted("report", "watch", "--out", "r.html", "--public", "--outlines", "--json", "-")
    assert (outlined.code, outlined.document("report")["audience"]) == (0, "public")
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "data:image/jpeg" not in page
    assert WATERMARK not in page

    said = ("--words", "letter of Nobody, 3 May 2026", "--by", "A. Nalyst", "--json", "-")
    permitted = counted("scene", "permit", "watch", scene, *said)
    assert permitted.document("scene-permit")["may_republish"] == "yes"
    assert counted("report", "watch", "--out", "r.html", "--public").code == 0
    assert "data:image/jpeg" in (tmp_path / "r.html").read_text("utf-8")
    assert counted("scene", "permit", "watch", scene, *said[:-2], "--withdraw").code == 0
    assert counted("report", "watch", "--out", "r.html", "--public").code == 1


def test_a_permission_needs_a_scene_that_is_there(counted):
    """A misspelt scene gets no permission."""
    ended = counted("scene", "permit", "watch", "nothing", "--words", "letter", "--by", "A")
    assert (ended.code, "there is no such scene" in ended.err) == (2, True)


def test_from_a_case_to_a_public_report_with_own_words_and_references(yardwatch, tmp_path):
    """Three commands; a person's words are kept by the next one."""
    assert yardwatch("case", "tumangang-khasan", "watch").code == 0
    first = yardwatch("report", "watch", "--out", "r.docx", "--public", "--texts", "--references", "--json", "-")
    document = first.document("report")
    assert (first.code, document["written"], document["audience"]) == (0, True, "public")
    assert [name.rpartition(".")[2] for name in document["beside"]] == ["bib", "json", "md"]
    assert zipfile.is_zipfile(tmp_path / "r.docx")
    assert len(json.loads((tmp_path / "r.csl.json").read_text("utf-8"))) == 21
    assert {"id", "text", "place", "observations"} == set(document["numbers"][0])
    texts = tmp_path / "watch" / "report-texts.md"
    texts.write_text(texts.read_text("utf-8").replace("## standfirst\n", "## standfirst\n\nWhat the record shows.\n"))
    assert yardwatch("report", "watch", "--out", "r.html", "--section", "overview", "--texts").code == 0
    page = (tmp_path / "r.html").read_text("utf-8")
    assert '<p class="standfirst">What the record shows.</p>' in page
    assert "What was said" not in page
    assert "What the record shows." in texts.read_text("utf-8")


def test_an_unknown_section_names_those_there_are(yardwatch):
    """Nothing is written for a misspelt one."""
    assert yardwatch("case", "tumangang-khasan", "watch").code == 0
    ended = yardwatch("report", "watch", "--out", "r.html", "--section", "everything")
    assert (ended.code, "findings" in ended.err) == (2, True)
