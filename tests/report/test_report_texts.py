"""A person's words are kept, and he is told when their numbers move."""

from dataclasses import replace

import pytest
from invented_case import invented_report, observations

from yardwatch.errors import InputError, MisuseError
from yardwatch.model.claim import Source
from yardwatch.model.dates import parse_when
from yardwatch.report.blocks import Number
from yardwatch.report.citations import bibtex, csl
from yardwatch.report.compose import Choice, composed
from yardwatch.report.finishing import watermarked
from yardwatch.report.html import write_html
from yardwatch.report.texts import Own, read_texts, texts_file
from yardwatch.report.walking import all_runs, plain_text, runs_in

KEY = "finding/level"
WORDS = "More cars stood there; 38 at most."


@pytest.fixture(scope="module")
def report():
    """A case whose first finding tells a number."""
    made = invented_report()
    told = replace(made.case.assessments[0], conclusion="It is likely that 4 to 38 railcars stood at Port yard.")
    return replace(made, case=replace(made.case, assessments=(told, *made.case.assessments[1:])))


def moved(report, words):
    told = replace(report.case.assessments[0], conclusion=words)
    return replace(report, case=replace(report.case, assessments=(told, *report.case.assessments[1:])))


def written(report, words):
    """The file of texts with a person's words below one draft."""
    lines = texts_file(composed(report, {}).draft, {}).splitlines()
    at = lines.index(f"## {KEY}") + 2
    return "\n".join([*lines[:at], "", words, *lines[at:]])


def found(made):
    """The words of the first finding."""
    section = next(one for one in made.document.sections if one.key == "findings")
    return [plain_text(runs) for block in section.blocks for runs in runs_in(block)]


def test_a_file_nobody_has_changed_changes_nothing(report):
    """Drafts in the file are drafts: they follow the record."""
    own = read_texts(texts_file(composed(report, {}).draft, {}))
    assert {"title", "standfirst", "section/overview", KEY} <= set(own)
    made = composed(report, own)
    assert made.document == composed(report, {}).document
    assert made.notices == ()


def test_a_persons_words_stand_in_the_place_of_the_draft_and_survive_a_rebuild(report):
    """Read, applied, written again and read again, they are the same, with what they were written from."""
    own = read_texts(written(report, WORDS))
    made = composed(report, own)
    assert WORDS in found(made)
    assert made.notices == ()
    again = read_texts(texts_file(made.draft, own))
    assert again[KEY] == own[KEY] == Own("It is likely that 4 to 38 railcars stood at Port yard.", WORDS)


def test_a_number_in_a_persons_words_leads_to_where_the_drafts_number_leads(report):
    """Same number, same id."""
    numbers = list(all_runs(composed(report, read_texts(written(report, WORDS))).document))
    drafted = list(all_runs(composed(report, {}).document))
    own = next(one for one in numbers if isinstance(one, Number) and one.id.startswith(KEY) and one.text == "38")
    assert own in drafted


def test_words_whose_numbers_moved_are_kept_and_flagged(report):
    """A warning names what moved; the note beside them is printed in internal documents only."""
    own = read_texts(written(report, WORDS))
    made = composed(moved(report, "It is likely that 4 to 41 railcars stood at Port yard."), own)
    assert WORDS in found(made)
    assert [(one.code, "38 → 41" in one.message) for one in made.notices] == [("text_out_of_date", True)]
    note = "Numbers moved since these words were written: 38 → 41."
    assert note in write_html(watermarked(made.document))
    assert note not in write_html(made.document)
    assert read_texts(texts_file(made.draft, own))[KEY].basis == own[KEY].basis


def test_words_without_their_basis_hold_for_the_numbers_of_today(report):
    """Deleting the quoted lines says that one has read them again."""
    text = written(report, WORDS).replace("> It is likely that 4 to 38 railcars stood at Port yard.\n", "")
    made = composed(moved(report, "It is likely that 4 to 38 railcars stood."), read_texts(text))
    assert made.notices == ()
    assert (
        read_texts(texts_file(made.draft, read_texts(text)))[KEY].basis == "It is likely that 4 to 38 railcars stood."
    )


def test_a_number_that_leads_nowhere_is_flagged_and_one_that_names_its_observation_is_not(report):
    """A person may add a number if he says where it comes from."""
    made = composed(report, read_texts(written(report, "There were 99 cars.")))
    assert [one.code for one in made.notices] == ["number_untraced"]
    named = observations()[0].id
    made = composed(report, read_texts(written(report, f"There were [99]({named}) cars.")))
    assert made.notices == ()
    number = next(run for run in all_runs(made.document) if isinstance(run, Number) and run.text == "99")
    assert number.observations == (named,)
    assert number.anchor.startswith("o-")
    made = composed(report, read_texts(written(report, "There were [99](nothing) cars.")))
    assert [one.code for one in made.notices] == ["number_untraced"]


def test_title_and_opening_words_are_a_persons_to_write(report):
    """And several paragraphs may take the place of one."""
    own = {
        "title": Own("", "Port of call"),
        "standfirst": Own("", "First.\n\nSecond."),
        "section/zones": Own("", "Here."),
    }
    made = composed(report, own).document
    assert made.title == "Port of call"
    assert [plain_text(one.runs) for one in made.standfirst] == ["First.", "Second."]
    assert "<p>Here.</p>" in write_html(made)


def test_words_for_a_text_that_the_document_does_not_have_are_kept_and_named(report):
    """Nothing a person wrote is lost."""
    own = {"zone/Far away": Own("Was.", "My words.")}
    made = composed(report, own)
    assert [one.code for one in made.notices] == ["text_unused"]
    assert read_texts(texts_file(made.draft, own))["zone/Far away"] == own["zone/Far away"]


def test_hostile_words_are_words(report):
    """Markup and links in a person's file are text."""
    page = write_html(composed(report, {KEY: Own("", "<script>x</script> [a](javascript:alert) end")}).document)
    assert "<script" not in page
    assert 'href="javascript' not in page


def test_a_text_that_stands_twice_is_refused():
    """It is not guessed which one is meant."""
    with pytest.raises(InputError, match="twice"):
        read_texts("## title\nOne\n## title\nTwo\n")


def test_an_unknown_section_is_refused_with_those_there_are():
    """Misspelt names are not passed over."""
    with pytest.raises(MisuseError, match="findings"):
        Choice(sections=("finding",))


def test_sources_come_out_for_reference_managers_whatever_is_in_them():
    """Braces and signs of TeX are escaped, dates are given as far as they are known, no address but a plain one."""
    sources = (
        Source("a", "50% of {cars} & more", "The Gazette", parse_when("2024-05-03"), "https://gazette.example/a"),
        Source("b", "No title", "Evil", parse_when("2024~"), "javascript:alert(1)"),
    )
    text = bibtex(sources)
    assert r"50\% of \{cars\} \& more" in text
    assert "url = {https://gazette.example/a}" in text
    assert "javascript" not in text
    assert text.count("@misc{") == 2
    items = csl(sources)
    assert items[0]["issued"] == {"date-parts": [[2024, 5, 3]]}
    assert "URL" not in items[1]
    assert len({item["id"] for item in items}) == 2
