"""What changes from one telling to the next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told import case_record, claim, source, when

from shared_data import shared_data
from yardwatch.claims.drift import DriftKind, Relation, drifts
from yardwatch.claims.lineage import trace
from yardwatch.model.claim import ClaimQualifier
from yardwatch.model.event import Event

FIRST = source("first", "Hilltop Institute", "2024-03-02")
PAPER = source("paper", "The Morning Paper", "2024-03-03")
RADIO = source("radio", "Harbour Radio", "2024-03-04")
SOURCES = [FIRST, PAPER, RADIO]


def found(*claims, events=()):
    """Kind and relation of all drifts."""
    told = list(claims)
    return [(d.kind, d.relation) for d in drifts(told, SOURCES, trace(told, SOURCES), events=events)]


def copied(**changes):
    """What changes between a claim and its copy."""
    before = {"value": 40, "quote": "about 40 railcars", "qualifier": ClaimQualifier.ABOUT}
    origin = claim("a", "first", **before)
    return found(origin, claim("b", "paper", copied_from="a", **(before | changes)))


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"qualifier": ClaimQualifier.AT_LEAST, "quote": "at least 40 railcars"}, DriftKind.QUALIFIER),
        ({"qualifier": ClaimQualifier.UP_TO, "quote": "up to 40 railcars"}, DriftKind.QUALIFIER),
        ({"value": 50, "quote": "about 50 railcars"}, DriftKind.VALUE),
        ({"unit": "trains", "quote": "about 40 trains"}, DriftKind.UNIT),
        ({"when": when("2024-02-20")}, DriftKind.DATE),
        ({"negated": True}, DriftKind.NEGATION),
    ],
)
def test_each_change_along_a_copy_is_named(changes, kind):
    """One change, one drift, of its kind."""
    assert copied(**changes) == [(kind, Relation.COPY)]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"quote": "roughly forty freight cars"},
        {"unit": "wagons", "quote": "about 40 wagons"},
        {"when": when("2024-03")},
    ],
)
def test_another_way_to_say_the_same_is_no_drift(changes):
    """Wagons are railcars, and the month holds the day."""
    assert copied(**changes) == []


def test_a_length_in_feet_is_the_same_length():
    """Units that convert are converted; only what is off by more than a hundredth has changed."""

    def bridge(name, by, value, unit, **more):
        return claim(name, by, f"{value} {unit}", value, measure="length", unit=unit, **more)

    same = [bridge("a", "first", 800, "m"), bridge("b", "paper", 2625, "feet", copied_from="a")]
    assert found(*same) == []
    wrong = [bridge("a", "first", 800, "m"), bridge("b", "paper", 800, "feet", copied_from="a")]
    assert found(*wrong) == [(DriftKind.VALUE, Relation.COPY)]


def test_goods_that_became_wagons_are_an_object_drift():
    """What lay on the ground under sheets is not what stood on the track."""
    told = claim("a", "first", "sheets over pallets and boxes", measure="cargo")
    assert found(told, claim("b", "paper", "wagons under sheets", measure="cargo", copied_from="a")) == [
        (DriftKind.OBJECT, Relation.COPY)
    ]


def test_what_one_denies_and_the_other_asserts_is_a_conflict():
    """Without one repeating the other."""
    raft = claim("a", "first", "a ferry, and no bridge", measure="structure", attributed_to="Hilltop Institute")
    bridge = claim("b", "paper", "a new bridge", measure="structure", attributed_to="The Morning Paper")
    assert found(raft, bridge) == [(DriftKind.OBJECT, Relation.INDEPENDENT)]


def test_a_bridge_of_pontoons_and_a_bridge_do_not_conflict():
    """They have the bridge in common."""
    one = claim("a", "first", "a pontoon bridge", measure="structure", attributed_to="Hilltop Institute")
    other = claim("b", "paper", "a bridge", measure="structure", attributed_to="The Morning Paper")
    assert found(one, other) == []


def test_opposite_bounds_in_two_copies_of_one_claim_are_named():
    """One of them must be wrong about what the origin meant."""
    origin = claim("a", "first", "about 40 railcars", 40, qualifier=ClaimQualifier.ABOUT)
    low = claim("b", "paper", "at least 40", 40, qualifier=ClaimQualifier.AT_LEAST, copied_from="a")
    high = claim("c", "radio", "up to 40", 40, qualifier=ClaimQualifier.UP_TO, copied_from="a")
    assert (DriftKind.QUALIFIER, Relation.SIBLINGS) in found(origin, low, high)


@given(st.integers(1, 500), st.integers(1, 500), st.sampled_from(list(ClaimQualifier)[:5]))
def test_independent_numbers_conflict_only_where_their_ranges_do_not_meet(one, other, qualifier):
    """An "at least" is contradicted from one side only."""
    first = claim("a", "first", str(one), one, attributed_to="Hilltop Institute")
    second = claim("b", "paper", str(other), other, qualifier=qualifier, attributed_to="The Morning Paper")
    conflict = found(first, second) == [(DriftKind.VALUE, Relation.INDEPENDENT)]
    match qualifier:
        case ClaimQualifier.AT_LEAST:
            assert conflict == (one < other)
        case ClaimQualifier.AT_MOST | ClaimQualifier.UP_TO:
            assert conflict == (one > other)
        case ClaimQualifier.EXACT:
            assert conflict == (one != other)
        case _:
            assert conflict == (abs(one - other) > max(1, 0.1 * other))


SIGNED = Event("s", "Fishing pact signed in the capital", when("2021-06-10"), "treaty")
FORCE = Event(
    "f", "Fishing pact enters into force", when("2021-11-01"), "treaty", source="one weekly dates it 2021-06-03"
)


def test_a_pact_in_force_before_it_was_signed_is_named():
    """Both from a claim and from the words of an event's source."""
    (drift,) = drifts([], SOURCES, trace([], SOURCES), events=[SIGNED, FORCE])
    assert (drift.kind, drift.relation, drift.claim, drift.against) == (DriftKind.DATE, Relation.EVENT, "f", "s")
    assert "before it was signed (2021-06-10" in drift.sentence
    dated = claim("a", "paper", "the pact came into force", kind="event", when=when("2021-06-03"))
    assert found(dated, events=[SIGNED]) == [(DriftKind.DATE, Relation.EVENT)]


@pytest.mark.parametrize("date", ["2021-06", "2021-06-10", "2021-12-01", "1961-07-06"])
def test_a_pact_after_its_signature_or_of_another_age_is_no_conflict(date):
    """Sixty years earlier there was another pact."""
    dated = claim("a", "paper", "the pact was renewed", kind="event", when=when(date))
    assert found(dated, events=[SIGNED]) == []


def test_a_happening_dated_otherwise_than_in_the_record_is_named():
    """The words are the same, the month is not."""
    event = Event("o", "Minister opens the rebuilt Northfield station hall", when("2023-05-28"), "opening")
    words = "the minister opened the rebuilt hall of Northfield station"
    assert found(claim("a", "paper", words, kind="event"), events=[event]) == [(DriftKind.DATE, Relation.EVENT)]
    assert found(claim("a", "paper", words, kind="event", when=when("2023-05")), events=[event]) == []


EXPECTED = {
    ("qualifier", "copy", "c2", "c1"),
    ("qualifier", "copy", "c3", "c1"),
    ("value", "copy", "c4", "c1"),
    ("object", "copy", "c6", "c5"),
    ("qualifier", "copy", "c8", "c7"),
    ("unit", "copy", "c8", "c7"),
    ("qualifier", "siblings", "c3", "c2"),
    ("object", "independent", "c10", "c9"),
    ("value", "independent", "c12", "c11"),
    ("date", "event", "e13", "e11"),
}


@pytest.mark.real
@pytest.mark.parametrize("with_copies", [True, False])
def test_all_drifts_of_the_case_record_are_found_and_nothing_else(with_copies):
    """Qualifier, unit, object, lengths and dates, with the copies stated or inferred."""
    claims, sources, events = case_record(shared_data() / "case", with_copies=with_copies)
    named = drifts(claims, sources, trace(claims, sources), events=events)
    assert {(d.kind.value, d.relation.value, d.claim, d.against) for d in named} == EXPECTED
    assert len(named) == len(EXPECTED)
    assert all(d.sentence.endswith(".") and d.sentence.count("“") == d.sentence.count("”") for d in named)
    assert [d.claim for d in named if not d.serious] == ["c4"]
