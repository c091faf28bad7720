"""Conclusions in calibrated words."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yardwatch.assessment.activity import PresenceFinding, assess_presence
from yardwatch.assessment.claimed import CLAIM_VERDICTS, ClaimFinding, Voice, assess_claim
from yardwatch.assessment.events import EVENT_VERDICTS, EventFinding, assess_event, chance_from_p
from yardwatch.assessment.ground import Ground, confidence_of
from yardwatch.assessment.levels import LevelChange, assess_level_change
from yardwatch.assessment.plans import MilestoneFinding, assess_milestone
from yardwatch.assessment.wording import checked, likelihood_of, mixed_sentences
from yardwatch.errors import MisuseError
from yardwatch.model.assessment import Assessment, Confidence, Likelihood

shares = st.floats(0, 1)
grades = st.sampled_from("ABCDEF")
ids = st.lists(st.sampled_from(["o1", "o2", "o3"]), unique=True).map(tuple)
others = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["likely with high confidence. It was caused by “them”", "”. It is likely, confidence is high. “"]),
)
"""Words of others, hostile ones included."""

grounds = st.builds(
    Ground,
    observations=st.integers(0, 12),
    sources=st.integers(0, 5),
    coverage=st.none() | shares,
    hidden_share=st.none() | shares,
    grades=st.lists(grades, max_size=4).map(tuple),
    one_extent=st.booleans(),
)
voices = st.builds(Voice, st.sampled_from(["Hilltop Institute", "Harbour Radio"]), grades)
levels = st.builds(
    LevelChange,
    place=st.just("Northfield yard"),
    what=st.just("railcars"),
    between=st.just("2024-03-01/2024-03-09"),
    before=st.floats(0, 300),
    after=st.floats(0, 300),
    probability=st.none() | shares,
    extents=st.lists(st.sampled_from(["yard", "facility"]), min_size=1, max_size=2).map(tuple),
    joined=st.booleans(),
    observations=ids,
)
tests_of_events = st.builds(
    EventFinding,
    event_id=st.just("e1"),
    title=others,
    when=st.just("2024-03-05"),
    place=st.just("Northfield yard"),
    what=st.just("railcars"),
    verdict=st.sampled_from(EVENT_VERDICTS),
    reason=st.sampled_from(["two dates before it", "no image after it"]),
    ratio=st.none() | st.floats(0.01, 50),
    ratio_low=st.none() | st.floats(0.01, 1),
    ratio_high=st.none() | st.floats(1, 99),
    p=st.none() | shares,
    smallest_ratio=st.none() | st.floats(1, 20),
    others_near=st.lists(others, max_size=2).map(tuple),
    observations=ids,
)
told = st.builds(
    ClaimFinding,
    claim_id=st.just("c1"),
    words=others,
    by=voices,
    verdict=st.sampled_from(CLAIM_VERDICTS),
    reconciled=st.just("Not consistent: the claim allows 36–44, what was observed 20."),
    agreeing=st.lists(voices, max_size=2).map(tuple),
    contradicting=st.lists(voices, max_size=2).map(tuple),
    changed=st.lists(st.just("A says “40” where B said “4”: the number 4 became 40."), max_size=1).map(tuple),
    observations=ids,
)
presences = st.integers(0, 30).flatmap(
    lambda usable: st.builds(
        PresenceFinding,
        place=st.just("Northfield yard"),
        what=st.just("railcars"),
        period=st.just("2024"),
        active=st.integers(0, usable),
        usable=st.just(usable),
        unusable=st.integers(0, 9),
        no_image=st.integers(0, 9),
        observations=ids,
    )
)
milestones = st.builds(
    MilestoneFinding,
    event_id=st.just("m1"),
    name=others,
    planned=st.just("2026-12"),
    observed=st.none() | st.just("2027-01-04/2027-02-01"),
    not_seen_by=st.none() | st.just("2027-01-03"),
    late_days=st.none()
    | st.tuples(st.none() | st.floats(-500, 0), st.none() | st.floats(0, 500))
    | st.tuples(st.floats(1, 50), st.none() | st.floats(50, 500)),
    observations=ids,
)
assessments = st.one_of(
    st.builds(assess_level_change, levels, grounds),
    st.builds(assess_event, tests_of_events, grounds),
    st.builds(assess_claim, told, grounds),
    st.builds(assess_presence, presences, grounds),
    st.builds(assess_milestone, milestones, grounds),
)


@given(assessments)
def test_likelihood_and_confidence_never_share_a_sentence_and_nothing_is_said_to_be_a_cause(made):
    """In any text of any assessment, as ICD 203 asks; words of others stand between quotation marks."""
    texts = [made.conclusion, made.rule, made.because, *made.alternatives, *made.would_change]
    for text in texts:
        ours = re.sub("“[^”]*”", "", text)
        assert not mixed_sentences(text)
        assert "caus" not in ours.replace("because", "")
        assert text.strip().endswith(".")
        assert not ({"“", "”"} & set(ours))
    assert "confidence" not in re.sub("“[^”]*”", "", made.conclusion).casefold()
    assert made.because.startswith(f"Confidence is {made.confidence.value}")


@given(assessments)
def test_every_assessment_says_what_it_stands_on_and_what_would_change_it(made):
    """Alternatives too; and where the record is insufficient there is no likelihood and low confidence."""
    assert made.alternatives
    assert made.would_change
    assert made.rule
    insufficient = "The record is insufficient" in made.conclusion
    assert (made.likelihood is None) == insufficient
    if insufficient:
        assert made.confidence is Confidence.LOW
    else:
        assert made.likelihood.value in made.conclusion
        assert f"{made.likelihood.percent[0]}–{made.likelihood.percent[1]} %" in made.rule


@given(st.floats(0.01, 0.99))
def test_the_word_for_a_probability_covers_it(probability):
    """By the table of ICD 203."""
    low, high = likelihood_of(probability).percent
    assert low - 1e-6 <= 100 * probability <= high + 1e-6


@given(shares)
def test_a_probability_and_its_complement_get_opposite_words(probability):
    """Likely that it rose is unlikely that it did not."""
    words = list(Likelihood)
    assert words.index(likelihood_of(probability)) + words.index(likelihood_of(1 - probability)) == len(words) - 1


@pytest.mark.parametrize(
    ("probability", "word"),
    [(0, "almost no chance"), (0.05, "very unlikely"), (0.2, "unlikely"), (0.45, "roughly even chance"),
     (0.55, "roughly even chance"), (0.8, "likely"), (0.95, "very likely"), (0.951, "almost certain")],
)  # fmt: skip
def test_an_edge_of_the_table_goes_to_the_more_careful_word(probability, word):
    """The ranges of ICD 203 share their edges."""
    assert likelihood_of(probability).value == word


@pytest.mark.parametrize("probability", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_misuse(probability):
    """Percent were meant, perhaps."""
    with pytest.raises(MisuseError, match="between 0 and 1"):
        likelihood_of(probability)


def test_a_sentence_that_mixes_or_blames_is_refused():
    """Also when a rule of ours should write one."""
    made = Assessment("x", "?", "It is likely, and confidence is high.", None, "", Confidence.LOW, "")
    with pytest.raises(MisuseError, match="make two sentences"):
        checked(made)
    with pytest.raises(MisuseError, match="causes"):
        checked(Assessment("x", "?", "The summit caused it.", None, "", Confidence.LOW, ""))


def test_counts_of_two_extents_are_insufficient_until_a_person_joins_them():
    """Four cars in the yard and 73 in the facility are no rise."""
    facts = {"place": "Northfield", "what": "railcars", "between": "2024-03-01/2024-03-09", "before": 4, "after": 73}
    apart = LevelChange(**facts, probability=0.97, extents=("yard", "facility"))
    ground = Ground(observations=8, coverage=0.8, hidden_share=0.0)
    made = assess_level_change(apart, ground)
    assert made.likelihood is None
    assert "different extents (yard, facility)" in made.conclusion
    joined = LevelChange(**facts, probability=0.97, extents=("yard", "facility"), joined=True)
    made = assess_level_change(joined, Ground(observations=8, coverage=0.8, hidden_share=0.0, one_extent=False))
    assert made.conclusion.startswith("It is almost certain that the number of railcars at Northfield rose")
    assert made.confidence is Confidence.MODERATE
    assert "yard, facility" in made.alternatives[0]


@given(grounds, st.integers(1, 5))
def test_more_observations_never_lower_confidence(ground, more):
    """All else being equal."""
    order = list(Confidence)
    better = replace(ground, observations=ground.observations + more)
    assert order.index(confidence_of(better)[0]) >= order.index(confidence_of(ground)[0])


def test_the_ground_is_as_good_as_its_weakest_part():
    """Ten images of which half the track was hidden."""
    good = {"observations": 10, "coverage": 0.9, "hidden_share": 0.0}
    assert confidence_of(Ground(**good))[0] is Confidence.HIGH
    level, because = confidence_of(Ground(**(good | {"hidden_share": 0.5})))
    assert (level, "50 % of track hidden" in because) == (Confidence.LOW, True)
    assert confidence_of(Ground(**(good | {"coverage": None})))[0] is Confidence.MODERATE
    assert confidence_of(Ground(sources=9, coverage=0.9, hidden_share=0.0, grades=("F",)))[0] is Confidence.LOW


def test_a_p_value_is_worth_at_most_its_bound():
    """Sellke, Bayarri and Berger: 0.05 is worth at most 0.71, 0.01 at most 0.89."""
    assert chance_from_p(0.05) == pytest.approx(0.711, abs=1e-3)
    assert chance_from_p(0.01) == pytest.approx(0.889, abs=1e-3)
    assert chance_from_p(0.5) == 0.5


@given(shares, shares)
def test_a_smaller_p_is_never_worth_less(one, other):
    """The bound is monotone."""
    low, high = sorted((one, other))
    assert chance_from_p(low) >= chance_from_p(high) - 1e-12


def test_an_independent_witness_makes_a_claim_likelier_and_a_contradiction_less():
    """Copies are not among them."""

    def word(**more):
        by = Voice("Hilltop Institute", "B")
        return list(Likelihood).index(
            assess_claim(ClaimFinding("c", "40 railcars", by, "cannot_tell", **more), Ground()).likelihood
        )

    alone = word()
    assert word(agreeing=(Voice("Harbour Radio", "B"),)) > alone > word(contradicting=(Voice("Harbour Radio", "A"),))
    assert word(changed=("It changed.",)) < alone


def test_a_claim_with_nothing_but_an_ungraded_source_is_insufficient():
    """F says that reliability cannot be judged."""
    made = assess_claim(ClaimFinding("c", "40 railcars", Voice("Somebody"), "not_observable"), Ground(sources=1))
    assert made.likelihood is None
    assert "no image from above can settle it" in made.would_change[0]


def test_a_plan_whose_date_has_not_come_is_insufficient():
    """And one that was seen done in time is very likely not late."""

    def made(**seen):
        return assess_milestone(MilestoneFinding("m", "new hall", "2026-12", **seen), Ground(observations=4))

    assert made(not_seen_by="2026-05-01", late_days=(None, None)).likelihood is None
    assert made(not_seen_by="2027-02-01", late_days=(32, None)).likelihood is Likelihood.VERY_LIKELY
    assert made(observed="2026-05/2026-06", late_days=(-200, -180)).likelihood is Likelihood.ALMOST_NO_CHANCE
    assert made(observed="2027-02/2027-03", late_days=(32, 90)).likelihood is Likelihood.ALMOST_CERTAIN
