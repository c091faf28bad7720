"""Which claim repeats which."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told import case_record, claim, source, when

from shared_data import shared_data
from yardwatch.claims.lineage import Basis, sources_behind, statements, trace
from yardwatch.errors import MisuseError

FIRST = source("first", "Hilltop Institute", "2024-03-02")
PAPER = source("paper", "The Morning Paper", "2024-03-03")
RADIO = source("radio", "Harbour Radio", "2024-03-04")


def test_a_claim_that_names_its_origin_hangs_below_it():
    """The attribution is enough; the number may have changed."""
    told = [claim("a", "first", value=7), claim("b", "paper", value=9, attributed_to="Hilltop Institute")]
    lineage = trace(told, [FIRST, PAPER])
    assert [(e.child, e.parent, e.basis) for e in lineage.edges] == [("b", "a", Basis.STATED)]
    assert lineage.independent(["a", "b"]) == ("Hilltop Institute",)


def test_a_likely_copy_is_inferred_with_its_reasons():
    """Same yard, same image, same number, a day later."""
    lineage = trace([claim("a", "first", value=7), claim("b", "paper", value=7)], [FIRST, PAPER])
    (edge,) = lineage.edges
    assert (edge.child, edge.parent, edge.basis) == ("b", "a", Basis.INFERRED)
    assert "same number" in edge.why
    assert edge.score == pytest.approx(1.0)


@pytest.mark.parametrize(
    "other",
    [
        {"value": 20},
        {"value": 7, "when": when("2024-05-01")},
        {"value": 7, "place_text": "Southfield yard"},
        {"value": 7, "measure": "containers"},
        {"value": 7, "type": "tank"},
        {"value": 7, "attributed_to": "The Morning Paper"},
    ],
)
def test_what_differs_in_number_date_place_or_kind_is_no_copy(other):
    """Nor is a claim that names its own publisher as the origin."""
    lineage = trace([claim("a", "first", value=7), claim("b", "paper", **other)], [FIRST, PAPER])
    assert lineage.edges == ()
    assert lineage.independent(["a", "b"]) == ("Hilltop Institute", "The Morning Paper")


def test_a_person_can_reject_an_inferred_copy():
    """Two people may well count the same seven cars."""
    told = [claim("a", "first", value=7), claim("b", "paper", value=7)]
    assert trace(told, [FIRST, PAPER], denied={("b", "a")}).edges == ()


def test_circular_reporting_is_broken_and_named():
    """Nobody is independent by going round."""
    told = [claim("a", "first", copied_from="b"), claim("b", "paper", copied_from="a")]
    lineage = trace(told, [FIRST, PAPER])
    assert len(lineage.edges) == 1
    assert len(lineage.flaws) >= 1
    assert len(lineage.independent(["a", "b"])) == 1


def test_two_copies_of_something_outside_the_record_count_once():
    """Both quote an agency whose own words nobody has added."""
    told = [
        claim("a", "paper", value=7, attributed_to="Coastal Agency"),
        claim("b", "radio", value=30, via="the Coastal Agency"),
    ]
    lineage = trace(told, [PAPER, RADIO])
    assert lineage.edges == ()
    assert lineage.hearsay == {"a": "Coastal Agency", "b": "the Coastal Agency"}
    assert len(lineage.independent(["a", "b"])) == 1


def test_a_copy_of_a_claim_that_is_not_there_is_named():
    """A dangling id must not make it independent in silence."""
    lineage = trace([claim("a", "paper", copied_from="lost")], [PAPER])
    assert lineage.hearsay == {"a": "lost"}
    assert "not in the record" in lineage.flaws[0]


def test_two_claims_with_one_id_are_misuse():
    """It could not be said which is the parent."""
    with pytest.raises(MisuseError, match="same id"):
        trace([claim("a", "first"), claim("a", "paper")], [FIRST, PAPER])


def test_all_sources_on_the_way_and_of_the_origin_are_behind_a_claim():
    """An observation that the origin published cannot confirm its own copy."""
    again = source("again", "Hilltop Institute", "2024-09-01")
    told = [claim("a", "first", value=7), claim("b", "paper", value=7, attributed_to="Hilltop Institute")]
    sources = [FIRST, PAPER, RADIO, again]
    assert sources_behind("b", told, sources, trace(told, sources)) == {"first", "paper", "again"}


records = st.lists(
    st.tuples(
        st.sampled_from(["first", "paper", "radio"]),
        st.sampled_from([None, 7, 7.5, 30]),
        st.sampled_from([None, "c0", "c1", "c2", "c3", "c9"]),
        st.sampled_from([None, "Hilltop Institute", "Harbour Radio", "Somebody"]),
    ),
    max_size=6,
)


@given(records, st.floats(0, 1))
def test_whatever_is_said_to_copy_what_it_is_a_forest(rows, threshold):
    """No claim is its own ancestor, each has one root, and copies never raise the number of origins."""
    told = [
        claim(f"c{n}", by, value=value, copied_from=copied, attributed_to=name)
        for n, (by, value, copied, name) in enumerate(rows)
    ]
    sources = [FIRST, PAPER, RADIO]
    lineage = trace(told, sources, threshold=threshold)
    for one in told:
        line = lineage.ancestry(one.id)
        assert len(set(line)) == len(line)
        assert line[-1] in lineage.roots
        assert lineage.independent(line) == (lineage.origins[one.id],)
    assert len(lineage.edges) + len(lineage.roots) == len(told)
    grouped = [claim_id for statement in statements(told, lineage) for claim_id in statement.claims]
    assert sorted(grouped) == sorted(one.id for one in told)


@given(st.integers(1, 6))
def test_any_number_of_copies_is_one_voice(copies):
    """However many outlets repeat it."""
    origin = claim("a", "first", value=7)
    told = [origin, *(replace(origin, id=f"b{n}", source_id=f"p{n}", copied_from="a") for n in range(copies))]
    sources = [FIRST, *(source(f"p{n}", f"Paper number {n}") for n in range(copies))]
    (statement,) = statements(told, trace(told, sources))
    assert statement.origins == ("Hilltop Institute",)


@pytest.mark.real
@pytest.mark.parametrize("with_copies", [True, False])
def test_the_copies_of_the_case_record_are_found(with_copies):
    """As stated, and by inference where the record's column of copies is left out."""
    claims, sources, _ = case_record(shared_data() / "case", with_copies=with_copies)
    lineage = trace(claims, sources)
    pairs = {(edge.child, edge.parent) for edge in lineage.edges}
    assert pairs == {("c2", "c1"), ("c3", "c1"), ("c4", "c1"), ("c6", "c5"), ("c8", "c7")}
    assert {edge.basis for edge in lineage.edges} == {Basis.STATED if with_copies else Basis.INFERRED}
    assert lineage.origins["c11"] == "38 North"
    first = statements(claims, lineage)[0]
    assert (len(first.claims), len(first.origins)) == (4, 1)
