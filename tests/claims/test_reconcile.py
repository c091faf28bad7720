"""Claims held against observations."""

import csv
from datetime import UTC, datetime
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told import claim, when

from shared_data import shared_data
from yardwatch.claims.reconcile import Reason, Verdict, not_observable, reconcile
from yardwatch.model.claim import Claim, ClaimQualifier
from yardwatch.model.observation import Observation
from yardwatch.model.quantity import Qualifier, Quantity, parse_quantity


def seen(count, *, zone="Northfield yard", date="2024-03-01", klass="railcar", name="o1", **more):
    """What a person saw."""
    quantity = parse_quantity(count) if isinstance(count, str) else count
    recorded = datetime(2024, 4, 1, tzinfo=UTC)
    return Observation(name, klass, quantity, when(date), "Ann", recorded, zone=zone, **more)


def outcome(told, *observations, **options):
    """Verdict and reason."""
    result = reconcile(told, observations, **options)
    return result.verdict, result.reason


ABOUT_40 = claim("a", "first", "about 40 railcars", 40, qualifier=ClaimQualifier.ABOUT)


@pytest.mark.parametrize(
    ("count", "verdict"),
    [
        ("40", Verdict.CONSISTENT),
        ("about 42", Verdict.CONSISTENT),
        ("30..38", Verdict.CONSISTENT),
        ("20", Verdict.NOT_CONSISTENT),
        ("about 60", Verdict.NOT_CONSISTENT),
        ("none", Verdict.NOT_CONSISTENT),
        ("at least 60", Verdict.NOT_CONSISTENT),
        ("at least 20", Verdict.CANNOT_TELL),
        ("at most 20", Verdict.NOT_CONSISTENT),
        ("at most 60", Verdict.CANNOT_TELL),
        ("unknown", Verdict.CANNOT_TELL),
    ],
)
def test_a_bound_contradicts_from_one_side_only(count, verdict):
    """A floor of 20 says nothing against 40, and one of 60 does."""
    assert outcome(ABOUT_40, seen(count))[0] is verdict


def test_the_numbers_stand_in_the_sentence():
    """Both ranges and the share that was hidden."""
    result = reconcile(ABOUT_40, [seen("20", visible_m=900.0, hidden_m=100.0)])
    assert (result.low, result.high) == (36, 44)
    assert "36–44" in result.sentence
    assert "20–" in result.sentence
    assert "10 %" in result.sentence


@pytest.mark.parametrize(("hidden_m", "verdict"), [(100.0, Verdict.NOT_CONSISTENT), (400.0, Verdict.CANNOT_TELL)])
def test_what_may_have_stood_hidden_is_allowed_for(hidden_m, verdict):
    """Twenty cars fit on 400 m but not on 100 m."""
    assert outcome(ABOUT_40, seen("20", visible_m=600.0, hidden_m=hidden_m))[0] is verdict


def test_nothing_seen_under_cloud_is_not_nothing():
    """A claim of none is not borne out by an image that shows none of the track."""
    empty = claim("a", "first", "no railcars", 0)
    assert outcome(empty, seen("none", visible_m=0.0, hidden_m=900.0)) == (Verdict.CANNOT_TELL, Reason.HIDDEN)
    assert outcome(empty, seen("none", visible_m=900.0, hidden_m=0.0))[0] is Verdict.CONSISTENT


@pytest.mark.parametrize(
    ("observation", "reason"),
    [
        (seen("40", date="2024-03-05"), Reason.NO_IMAGE),
        (seen("unknown", klass="no image"), Reason.NO_IMAGE),
        (seen("unknown", klass="not usable"), Reason.HIDDEN),
        (seen("40", zone="Northfield facility"), Reason.OTHER_EXTENT),
        (seen("40", zone=None), Reason.OTHER_EXTENT),
        (seen("40", klass="container"), Reason.OTHER_KIND),
        (seen("40", source_id="first"), Reason.OWN_SOURCE),
        (seen("40", source_id="again"), Reason.OWN_SOURCE),
    ],
)
def test_what_is_missing_is_said(observation, reason):
    """No image, another extent, another kind of thing, or the claim's own source."""
    assert outcome(ABOUT_40, observation, own_sources={"again"}) == (Verdict.CANNOT_TELL, reason)


def test_extents_are_held_together_only_where_a_person_joined_them():
    """The yard is not the facility."""
    facility = seen("40", zone="Northfield facility")
    assert outcome(ABOUT_40, facility, joined=[{"Northfield yard", "Northfield facility"}])[0] is Verdict.CONSISTENT


def test_another_day_within_the_tolerance_may_agree_but_not_contradict():
    """A yard may fill overnight."""
    assert outcome(ABOUT_40, seen("41", date="2024-03-03"), tolerance_days=3)[0] is Verdict.CONSISTENT
    apart = outcome(ABOUT_40, seen("3", date="2024-03-03"), tolerance_days=3)
    assert apart == (Verdict.CANNOT_TELL, Reason.OTHER_DATE)
    vague = claim("a", "first", "40 railcars", 40, when=when("2024-03"))
    assert outcome(vague, seen("3")) == (Verdict.CANNOT_TELL, Reason.OTHER_DATE)


def test_observations_that_disagree_decide_nothing():
    """Two people counted, and one of them agrees with the claim."""
    assert outcome(ABOUT_40, seen("40"), seen("10", name="o2")) == (Verdict.CANNOT_TELL, Reason.DISAGREE)


def test_counts_by_type_are_summed_to_a_lower_bound():
    """There may be cars of types that nobody counted."""
    parts = [seen("30", klass="railcar:tank"), seen("25", klass="railcar:open_top", name="o2")]
    result = reconcile(ABOUT_40, parts)
    assert (result.verdict, result.comparisons[0].low, result.comparisons[0].high) == (Verdict.NOT_CONSISTENT, 55, inf)
    assert outcome(ABOUT_40, parts[0])[0] is Verdict.CANNOT_TELL


def test_a_claim_of_one_type_is_bounded_by_the_total():
    """Forty tank cars cannot stand among twenty cars; among sixty they can."""
    tanks = claim("a", "first", "40 tank cars", 40, type="tank")
    assert outcome(tanks, seen("20"))[0] is Verdict.NOT_CONSISTENT
    assert outcome(tanks, seen("60"))[0] is Verdict.CANNOT_TELL
    assert outcome(tanks, seen("40", klass="railcar:tank"))[0] is Verdict.CONSISTENT


def test_a_claim_without_a_number_means_at_least_one():
    """And a denied one none."""
    there, empty = claim("a", "first", "railcars stood there"), claim("b", "first", "no railcars", negated=True)
    assert outcome(there, seen("3"))[0] is Verdict.CONSISTENT
    assert outcome(there, seen("none"))[0] is Verdict.NOT_CONSISTENT
    assert outcome(empty, seen("none"))[0] is Verdict.CONSISTENT
    assert outcome(empty, seen("at least 1"))[0] is Verdict.NOT_CONSISTENT


def test_a_length_may_be_measured_on_any_date():
    """A bridge stays as long as it is."""
    told = Claim("a", "first", "quantity", "800 m", zone="bridge", measure="length", value=800, unit="m")
    measured = seen("about 400", zone="bridge", klass="length", unit="m", date="2024-03-01")
    assert outcome(told, measured)[0] is Verdict.NOT_CONSISTENT


@pytest.mark.parametrize(
    "words",
    [
        "new radiometers and spectrometers for radiation monitoring",
        "the containers hold ammunition",
        "covered cars loaded with grain",
        "they intend to send more",
        "a treaty was signed",
    ],
)
def test_what_no_image_from_above_can_show_is_said(words):
    """Instruments, contents, intentions, papers."""
    told = claim("a", "first", words)
    assert not_observable(told)
    assert outcome(told, seen("40")) == (Verdict.NOT_OBSERVABLE, Reason.NOT_FROM_ABOVE)


def test_a_plan_is_not_observable_and_a_count_is():
    """What comes of a plan is another claim."""
    assert not_observable(claim("a", "first", "40 railcars will come", 40, kind="plan"))
    assert not_observable(ABOUT_40) is None


qualifiers = st.sampled_from([None, *list(ClaimQualifier)[:5]])
numbers = st.integers(0, 300)


@given(numbers, qualifiers, numbers, numbers, st.floats(0, 2000), st.sampled_from(list(Qualifier)))
def test_a_contradiction_always_means_that_no_number_fits_both(value, qualifier, low, more, hidden_m, firmness):
    """Whatever the qualifiers, and with every car that could have stood hidden."""
    told = claim("a", "first", str(value), value, qualifier=qualifier)
    high = low + more
    quantity = {
        Qualifier.EXACT: Quantity(low, low, low, Qualifier.EXACT),
        Qualifier.ABOUT: Quantity(None, low, high, Qualifier.ABOUT),
        Qualifier.AT_LEAST: Quantity(low, low, None, Qualifier.AT_LEAST),
        Qualifier.AT_MOST: Quantity(high, 0, high, Qualifier.AT_MOST),
        Qualifier.UNKNOWN: Quantity(None, None, None, Qualifier.UNKNOWN),
    }[firmness]
    result = reconcile(told, [seen(quantity, visible_m=2000.0, hidden_m=hidden_m)])
    (item,) = result.comparisons
    apart = item.high < result.low or item.low > result.high
    assert (result.verdict is Verdict.NOT_CONSISTENT) == apart
    if firmness is Qualifier.UNKNOWN:
        assert result.verdict is not Verdict.NOT_CONSISTENT


@pytest.mark.real
def test_the_source_of_a_published_count_does_not_confirm_itself():
    """The count of 2023-10-05 and the claim of it are one statement; another extent a fortnight before is no test."""
    rows = csv.DictReader((shared_data() / "case" / "observations.csv").read_text(encoding="utf-8").splitlines())
    published = [
        seen(
            f"about {row['quantity']}" if row["qualifier"] == "approx" else row["quantity"],
            zone=row["facility"],
            date=row["image_date_edtf"],
            klass=row["unit"],
            name=f"o{number}",
            source_id=row["source"],
        )
        for number, row in enumerate(rows)
        if row["unit"] == "railcar"
    ]
    told = claim("c1", "CSIS Beyond Parallel", "approximately 73", 73, qualifier=ClaimQualifier.ABOUT)
    there = {"place_text": "Tumangang Rail Facility", "when": when("2023-10-05")}
    own = Claim(**{name: getattr(told, name) for name in told.__slots__} | there)
    assert outcome(own, *published) == (Verdict.CANNOT_TELL, Reason.OWN_SOURCE)
    other = Claim(**{name: getattr(told, name) for name in told.__slots__} | there | {"source_id": "Meduza"})
    assert outcome(other, *published)[0] is Verdict.CONSISTENT
    assert outcome(other, *published, own_sources={"CSIS Beyond Parallel"})[1] is Reason.OWN_SOURCE
