"""Admiralty grades by rule, and those of people."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told import claim, source

from yardwatch.claims.drift import drifts
from yardwatch.claims.grading import admiralty, corroboration, suggest_credibility, suggest_reliability
from yardwatch.claims.lineage import trace
from yardwatch.claims.reconcile import Reason, Reconciliation, Verdict
from yardwatch.errors import MisuseError
from yardwatch.model.claim import RELIABILITY

FIRST = source("first", "Hilltop Institute", "2024-03-02")
PAPER = source("paper", "The Morning Paper", "2024-03-03")
RADIO = source("radio", "Harbour Radio", "2024-03-04")
SOURCES = [FIRST, PAPER, RADIO]
MINE = claim("a", "first", value=40, attributed_to="Hilltop Institute")


def graded(one, *others, sources=SOURCES, seen=None):
    """The suggested grade of a claim among others."""
    told = [one, *others]
    lineage = trace(told, sources)
    outcome = [] if seen is None else [Reconciliation(one.id, seen, Reason.MEETS, 1, 1, (), "")]
    found = drifts(told, sources, lineage)
    return suggest_credibility(one, corroboration(one, told, sources, lineage), drifts=found, reconciled=outcome)


def independent(value, by="paper", name="b"):
    """A claim that names its own publisher as the origin."""
    own = {"paper": "The Morning Paper", "radio": "Harbour Radio"}[by]
    return claim(name, by, value=value, attributed_to=own)


@given(st.integers(0, 8))
def test_no_number_of_copies_confirms(copies):
    """Repeating is not seeing."""
    told = [claim(f"c{n}", f"p{n}", value=40, copied_from="a") for n in range(copies)]
    sources = [FIRST, *(source(f"p{n}", f"Paper number {n}") for n in range(copies))]
    assert graded(MINE, *told, sources=sources).code == "6"
    assert all(graded(one, MINE, sources=sources).code == "6" for one in told)


@pytest.mark.parametrize(
    ("others", "seen", "code"),
    [
        ([independent(40)], None, "1"),
        ([independent(40)], Verdict.CONSISTENT, "1"),
        ([], Verdict.CONSISTENT, "2"),
        ([independent(40), independent(90, "radio", "c")], None, "3"),
        ([independent(40)], Verdict.NOT_CONSISTENT, "3"),
        ([independent(90)], None, "4"),
        ([], Verdict.NOT_CONSISTENT, "4"),
        ([independent(90)], Verdict.NOT_CONSISTENT, "5"),
        ([], Verdict.CANNOT_TELL, "6"),
        ([], None, "6"),
    ],
)
def test_the_rule_for_claims(others, seen, code):
    """One row of the table each."""
    assert graded(MINE, *others, seen=seen).code == code


def test_a_copy_that_changed_on_the_way_is_doubtful():
    """Its origin did not say that."""
    changed = claim("b", "paper", "at least 60 railcars", 60, copied_from="a")
    assert graded(changed, MINE).code == "4"
    assert "value" in graded(changed, MINE).why


def test_an_unreliable_source_confirms_nothing():
    """Graded E by a person."""
    assert graded(MINE, independent(40), sources=[FIRST, replace(PAPER, reliability="E"), RADIO]).code == "6"


def test_what_a_person_decided_is_kept_beside_the_suggestion():
    """For a claim and for a source."""
    grade = graded(replace(MINE, credibility="3"), independent(40))
    assert (grade.code, grade.suggested, grade.by_person) == ("3", "1", True)
    grade = suggest_reliability(replace(FIRST, reliability="A"), [False] * 9)
    assert (grade.code, grade.suggested, grade.by_person) == ("A", "E", True)


@given(st.lists(st.booleans(), max_size=40))
def test_a_source_is_graded_by_what_held_and_never_a(checked):
    """Too few checks give F; one more right never lowers the grade."""
    grade = suggest_reliability(FIRST, checked).code
    assert grade in set(RELIABILITY) - {"A"}
    assert (grade == "F") == (len(checked) < 5)
    if len(checked) >= 5:
        assert suggest_reliability(FIRST, [*checked, True]).code <= grade


def test_grades_are_put_in_the_words_of_the_code():
    """And no other letters."""
    assert admiralty("B", "2") == "B2: usually reliable; probably true"
    with pytest.raises(MisuseError, match="no Admiralty grade"):
        admiralty("G", "2")
