"""Claims are proposed with the words, number, unit, date and speaker that the text gives them."""

import csv
import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shared_data import shared_data

from yardwatch.claims.extract import LONGEST_TEXT, RuleProposer, event_of, extract_claims
from yardwatch.claims.heading import published_in, publisher_in, title_in
from yardwatch.claims.scoring import ListedClaim, Score, score_claims
from yardwatch.errors import MisuseError
from yardwatch.model.claim import CLAIM_KINDS, ClaimQualifier, ClaimStatus
from yardwatch.model.dates import parse_when
from yardwatch.model.ports import ClaimProposer

ARTICLES = Path(__file__).parent / "articles"
PUBLISHED = parse_when("2024-08-08")
PLACES = {"Sorrel": "Sorrel yard", "Old Sorrel": "Sorrel yard", "Amberfield": "Amberfield"}


def claims_of(text, *, published=PUBLISHED, places=PLACES):
    return extract_claims(f"A title\n\n{text}", source_id="s", published=published, places=places)


def counted(text, **options):
    """The quantity claims, as (quote, value, unit, qualifier)."""
    found = [claim for claim in claims_of(text, **options) if claim.kind == "quantity"]
    return [(claim.quote, claim.value, claim.unit, str(claim.qualifier)) for claim in found]


def score_of(path, published):
    text = path.read_text(encoding="utf-8")
    with path.with_name(f"{path.stem}.claims.csv").open(encoding="utf-8", newline="") as file:
        listed = [ListedClaim.from_row(text, row) for row in csv.DictReader(file)]
    assert all(one.start >= 0 for one in listed)
    return score_claims(listed, extract_claims(text, source_id=path.stem, published=parse_when(published)))


@pytest.mark.parametrize(
    ("words", "value", "unit", "qualifier"),
    [
        ("approximately 73 railcars", 73, "railcar", "about"),
        ("at least seven tank cars", 7, "railcar", "at_least"),
        ("up to 73 freight wagons", 73, "railcar", "up_to"),
        ("no more than twenty boxcars", 20, "railcar", "at_most"),
        ("only 9 wagons", 9, "railcar", "only"),
        ("twenty-five locomotives", 25, "locomotive", "exact"),
        ("1,250 containers", 1250, "container", "exact"),
        ("two dozen crates of shells", 24, "crate", "exact"),
        ("30 grey thoroughbred horses", 30, "horse", "exact"),
        ("1.8 million tonnes of coal", 1.8e6, "t", "exact"),
        ("about 40 per cent", 40, "percent", "about"),
        ("12 or more trains", 12, "train", "at_least"),
        ("roughly 2,400 square metres", 2400, "m2", "about"),
    ],
)
def test_a_number_keeps_its_unit_and_qualifier(words, value, unit, qualifier):
    """The qualifier is what drifts first from outlet to outlet."""
    assert counted(f"Analysts saw {words} there.") == [(words, value, unit, qualifier)]


@pytest.mark.parametrize("words", ["20 to 30 railcars", "between 20 and 30 railcars", "20–30 railcars"])
def test_a_range_has_bounds_and_no_single_value(words):
    """Its middle was never said."""
    claim = next(claim for claim in claims_of(f"We saw {words} there.") if claim.kind == "quantity")
    assert (claim.value, claim.low, claim.high) == (None, 20, 30)
    assert claim.qualifier is ClaimQualifier.RANGE
    assert claim.quote == words


def test_bounds_follow_the_qualifier():
    """At least has no upper bound, up to no number that was seen, about neither."""
    bounds = [(claim.low, claim.high) for claim in claims_of("At least 7 trains, up to 9 trucks, about 5 ships.")]
    assert bounds == [(7, None), (0, 9), (None, None)]


def test_a_list_of_types_gives_each_type():
    """The cars' noun may be left out after the first."""
    text = "On June 17, about 112 ore cars, four box, 33 tank and one passenger car were there."
    types = [(claim.value, claim.type) for claim in claims_of(text) if claim.kind == "quantity"]
    assert types == [(112, "ore"), (4, "box"), (33, "tank"), (1, "passenger")]


def test_lines_of_a_table_count():
    """As tables come out of pages and documents."""
    text = "Railcars\n\n- Ore cars: 120\nTank cars | about 45\nLocomotives – 3\n"
    assert [one[1:] for one in counted(text)] == [
        (120, "railcar", "exact"), (45, "railcar", "about"), (3, "locomotive", "exact"),
    ]  # fmt: skip


def test_an_order_of_types_is_a_claim_without_a_number():
    """Many ore and fewer tank cars say which are more, and no more than that."""
    claim = next(claim for claim in claims_of("We saw many ore and fewer tank cars.") if claim.kind == "quantity")
    assert (claim.value, claim.unit, claim.type) == (None, "railcar", "many ore, fewer tank")
    assert claim.quote == "many ore and fewer tank cars"


@pytest.mark.parametrize(
    "text",
    [
        "Resolution 1718 was adopted in 2006.",
        "38 North monitors the country.",
        "The train left at 10:40 on 3 May 2024.",
        "It cost $85 million over two years.",
        "The two countries met three times.",
    ],
)
def test_numbers_that_count_nothing_of_ours_are_left_alone(text):
    """Names, dates, hours, money and spans of time."""
    assert counted(text) == []


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("on June 17, 2024", "2024-06-17"),
        ("on 17 June", "2024-06-17"),
        ("on Monday", "2024-08-05"),
        ("yesterday", "2024-08-07"),
        ("in November", "2023-11"),
        ("in early November 2022", "2022-11-01~/2022-11-10~"),
        ("in late February", "2024-02-21~/2024-02-29~"),
        ("in late November and early December", "2023-11-21~/2023-12-10~"),
        ("this year", "2024"),
        ("last month", "2024-07"),
        ("last week", "2024-07-29/2024-08-04"),
        ("two weeks ago", "2024-07-25~"),
        ("in the first half of 2024", "2024-01/2024-06"),
        ("in mid-2023", "2023-05~/2023-08~"),
        ("between February and March 2024", "2024-02/2024-03"),
        ("in summer 2023", "2023-22"),
    ],
)
def test_dates_are_told_relative_to_publication(words, date):
    """Published on Thursday 2024-08-08."""
    claim = next(claim for claim in claims_of(f"The station was closed {words}.") if claim.kind == "status")
    assert str(claim.when) == date


def test_without_a_day_of_publication_relative_dates_stay_unknown():
    """A guess would look like knowledge."""
    claims = claims_of("The station was closed last month. The yard was opened in May 2023.", published=None)
    assert [claim.when and claim.when.text for claim in claims] == [None, "2023-05"]


def test_a_plan_has_its_deadline():
    """By the end of 2026 is a bound, not a day."""
    claim = claims_of("The new bridge will be completed by the end of 2026.")[0]
    assert (claim.kind, str(claim.when), claim.qualifier) == ("plan", "2026-12", ClaimQualifier.UP_TO)


def test_the_day_of_a_statement_is_not_the_day_of_what_it_states():
    """Said on Monday, seen on no day that we know of."""
    claim = next(claim for claim in claims_of("Forty trains crossed the bridge, the ministry said on Monday."))
    assert claim.when is None


def test_the_day_of_the_image_holds_for_what_follows():
    """Analyses name the day of the image once."""
    claims = claims_of("Imagery of June 17, 2024, covers the yard. About 40 railcars were in it.")
    assert str(claims[-1].when) == "2024-06-17"


def test_speakers_are_named_and_a_report_stands_for_whoever_was_named():
    """A copy of a claim is found by its speaker."""
    text = (
        "The Lowland Institute said that about 40 railcars stood there. “The canopy was built in May,” the report "
        "said.\n\n"
        "According to Amberfield Railways, the line was closed in June. Three trains have crossed since, said Ruta "
        "Malin."
    )
    speakers = [claim.attributed_to for claim in claims_of(text)]
    assert speakers[:2] == ["Lowland Institute", "Lowland Institute"]
    assert "Amberfield Railways" in speakers
    assert speakers[-1] == "Ruta Malin"


def test_the_agency_of_the_dateline_is_who_it_came_through():
    """Reuters, in all of a Reuters report."""
    claims = claims_of("PORT ORLEN (Northwire) – About 40 railcars were seen at Sorrel. Three trains crossed.")
    assert {claim.via for claim in claims} == {"Northwire"}


def test_reserve_and_denial_are_kept():
    """Appears to be is less than is, and has not is the opposite of has."""
    hedged, denied = claims_of("The bridge appears to be closed. A second track has not been built.")
    assert (hedged.hedged, hedged.negated, denied.negated) == (True, False, True)
    assert denied.qualifier is ClaimQualifier.NONE


def test_not_a_single_one_is_none():
    """And one would be the opposite of what was said."""
    claim = next(claim for claim in claims_of("There was never a single container.") if claim.kind == "quantity")
    assert (claim.value, claim.unit, claim.qualifier) == (0, "container", ClaimQualifier.NONE)


def test_what_is_denied_or_asked_is_not_claimed():
    """A denial that lost its "denied" would say what nobody said."""
    denied = claims_of("The director denied that weapons had been shipped through Sorrel.")
    assert [claim.negated for claim in denied] == [True]
    assert claims_of("Were 40 railcars shipped through Sorrel?") == ()


def test_a_zone_is_told_only_where_the_words_name_just_one():
    """A claim of two places is a claim of neither alone."""
    one, two = claims_of("About 40 railcars were at Old Sorrel station.\n\nThe Sorrel/Amberfield crossing was closed.")
    assert (one.place_text, one.zone) == ("Old Sorrel station", "Sorrel yard")
    assert (two.place_text, two.zone) == ("Sorrel/Amberfield crossing", None)
    both = claims_of("About 40 railcars were at the Sorrel and Amberfield yards.")[0]
    assert (both.place_text, both.zone) == ("Sorrel and Amberfield", None)


def test_titles_and_what_pages_say_of_themselves_are_not_claimed_from():
    """Nor is what stands under "Further reading"."""
    text = (
        "Skip to content\n\n90 railcars at Sorrel\n\nThree trains crossed.\n\nFurther Reading\n\nEleven trains crossed."
    )
    claims = extract_claims(text, source_id="s")
    assert [claim.value for claim in claims if claim.kind == "quantity"] == [3]
    assert title_in(text) == "90 railcars at Sorrel"


def test_the_head_of_a_text_tells_day_and_agency():
    """Where no metadata do."""
    text = "Title\n\nBy Tomas Reed | August 8, 2024\n\nPORT ORLEN (Northwire) – In May 2020 three trains crossed."
    assert (str(published_in(text)), publisher_in(text)) == ("2024-08-08", "Northwire")
    assert published_in("Title\n\nOn 3 May 2020 three trains crossed the bridge.") is None


def test_a_dated_happening_can_become_an_event():
    """For a person to accept, like any claim."""
    claim = claims_of("An agreement on the bridge was signed in Sorrel on 3 May 2024.")[0]
    event = event_of(claim)
    assert (claim.kind, str(event.when), event.title) == ("event", "2024-05-03", claim.quote)
    assert event_of(claims_of("About 40 railcars were at Sorrel.")[0]) is None


def test_claims_are_numbered_proposals_in_the_order_of_the_text():
    """And so can be named when a person accepts or rejects them."""
    claims = claims_of("Three trains were there. The bridge was closed in May. About 40 railcars were in the yard.")
    assert [claim.id for claim in claims] == ["s-001", "s-002", "s-003"]
    assert {claim.status for claim in claims} == {ClaimStatus.PROPOSED}
    assert [claim.start for claim in claims] == sorted(claim.start for claim in claims)


def test_the_rules_are_one_proposer_among_others():
    """A language model may take their place."""
    proposer: ClaimProposer = RuleProposer()
    assert proposer.name == "rules/1"
    assert proposer.propose("Three trains crossed.", source_id="s", published=None, places={})


WORDS = st.sampled_from(
    [
        "about",
        "at",
        "least",
        "73",
        "two",
        "dozen",
        "-",
        "–",
        "railcars",
        "cars",
        "tank",
        "ore",
        ",",
        ".",
        ";",
        "“",
        "”",
        '"',
        "(",
        ")",
        "'",
        "on",
        "Monday",
        "June",
        "17",
        "2024",
        "to",
        "and",
        "the",
        "only",
        "was",
        "built",
        "will",
        "be",
        "said",
        "38",
        "North",
        "Sorrel",
        "/",
        "of",
        "a",
        "third",
        "half",
        "%",
        "m",
        "800",
        "metre",
        "no",
        "not",
        "\n",
        "\n\n",
        ":",
        "1,000",
        "0",
        ".",
        "…",
        "×",
        "by",
        "early",
        "mid",
    ]
)


@given(st.lists(WORDS, max_size=60).map(" ".join) | st.text(max_size=300))
def test_whatever_the_text_spans_are_right_and_values_in_order(text):
    """Every proposal can be found again in the text."""
    for claim in extract_claims(text, source_id="s", published=PUBLISHED, places=PLACES):
        assert text[claim.start : claim.end] == claim.quote
        assert claim.quote.strip() == claim.quote != ""
        assert claim.kind in CLAIM_KINDS
        assert claim.low is None or claim.high is None or claim.low <= claim.high
        assert claim.place_text is None or claim.place_text in text


@pytest.mark.parametrize(
    "unit",
    [
        "About 40 railcars were at Sorrel on Monday, and the bridge, closed in May, was reopened, 38 North said. ",
        "two ", "a ", "“", "the only and ", "1,", "on June 17 and ", "X ", "said ", ", which ", "(",
        "railcars ", "between 2 and ", "Of these, 9 were ", "mid-", "half a dozen of ", "\n", "- 1\n",
        "Sorrel/", "no more than ",
    ],
)  # fmt: skip
def test_time_grows_with_length_and_no_faster(unit):
    """A long or evil text costs what it weighs: four times the text, well under sixteen times the time."""
    short, long = (unit * (size // len(unit)) for size in (20_000, 80_000))
    assert _seconds(long) < 8 * _seconds(short) + 0.2


def _seconds(text):
    begun = time.process_time()
    extract_claims(text, source_id="s", published=PUBLISHED, places=PLACES)
    return time.process_time() - begun


def test_a_text_beyond_all_articles_is_refused():
    """With the number that is allowed."""
    with pytest.raises(MisuseError, match=str(LONGEST_TEXT)):
        extract_claims("x" * (LONGEST_TEXT + 1), source_id="s")


def test_shuffled_words_give_no_error():
    """Broken text comes out of broken documents."""
    rng = random.Random(5)  # noqa: S311 -- to shuffle
    parts = " ".join(path.read_text(encoding="utf-8") for path in sorted(ARTICLES.glob("*.txt"))).split(" ")
    for _ in range(5):
        rng.shuffle(parts)
        extract_claims(" ".join(parts), source_id="s", published=PUBLISHED)


@pytest.mark.parametrize(("name", "least", "least_rest"), [("development", 0.9, 0.8), ("held_out", 0.75, 0.6)])
def test_what_a_careful_reader_finds_in_invented_articles_is_found(name, least, least_rest):
    """The articles held out were scored before their errors were looked at; docs/explanation tells the figures."""
    with (ARTICLES / "index.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["set"] == name]
    total = sum((score_of(ARTICLES / f"{row['name']}.txt", row["published"]) for row in rows), Score())
    assert total.quantities_found >= least * total.quantities
    assert total.rest_found >= least_rest * total.rest


@pytest.mark.real
@pytest.mark.parametrize(("name", "published"), [("goods-pile-up", "2022-12-12"), ("checkpoint-upgrade", "2024-12-10")])
def test_the_bar_holds_on_the_articles_we_have(name, published):
    """Four fifths of the quantities and three fifths of the rest."""
    score = score_of(shared_data() / "articles" / f"{name}.txt", published)
    assert score.quantities_found >= 0.8 * score.quantities
    assert score.rest_found >= 0.6 * score.rest
