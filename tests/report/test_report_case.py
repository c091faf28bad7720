"""A case without any image prints as a full report: what was seen, said, concluded, and what could not be known."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from invented_case import PLACES, invented_case, invented_report, observations
from page import Page

from yardwatch.model.claim import Source
from yardwatch.model.dates import When
from yardwatch.report import CaseFindings, Followed, render_html
from yardwatch.trends.flow import Assumption, Flow
from yardwatch.trends.series import build_series

EVIL = '<script>alert("x")</script>\u202e&amp;\x1b'
SENTENCE = re.compile(r"(?<=[.!?;:])\s+")
LIKELY = re.compile(r"likel|\bchance|almost certain|probab", re.IGNORECASE)
CONFIDENT = re.compile(r"confiden", re.IGNORECASE)


@pytest.fixture(scope="module")
def case():
    return invented_case()


@pytest.fixture(scope="module")
def written(case):
    return render_html(invented_report(case))


@pytest.fixture(scope="module")
def page(written):
    return Page(written)


def row_with(page, *words):
    found = [row for row in page.rows if all(any(word in cell for cell in row) for word in words)]
    assert found, words
    return [" ".join(cell.split()) for cell in found[0]]


def test_a_case_prints_whole_and_the_same_each_time(case, written):
    """Tags close in order, and the same case gives the same bytes."""
    Page(written)
    assert render_html(invented_report(case)) == written
    assert render_html(invented_report(invented_case())) == written


def test_nothing_is_fetched_and_nothing_can_run(written, page):
    """No script, no style from elsewhere, no picture; links are anchors of the page or plain web addresses."""
    assert not {tag for tag, _ in page.tags} & {"script", "iframe", "object", "embed", "link", "base", "form", "image"}
    for tag, own in page.tags:
        assert not [name for name in own if name.startswith("on") or name in {"src", "action", "xlink:href"}]
        if "href" in own:
            assert tag == "a"
            assert own["href"].startswith(("#", "https://gazette.example/"))
    assert "url(" not in written
    assert "@import" not in written


def test_every_link_within_the_page_leads_somewhere_and_only_once(page):
    """Anchors are unique, and each reference has its anchor."""
    assert len(set(page.ids)) == len(page.ids)
    leads = {own["href"][1:] for tag, own in page.tags if tag == "a" and own["href"].startswith("#")}
    assert leads
    assert leads <= set(page.ids)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<b>x</b>", "https://good.example@evil.example/",
        "https://a.example/\njavascript:x", 'https://a.example/"onmouseover="x', "//evil.example", "file:///etc/passwd",
        "https://b\u0430nk.example/", " https://a.example", "http:\\\\evil.example",
    ],
)  # fmt: skip
def test_an_address_that_is_not_plainly_of_the_web_is_text_and_no_link(case, url):
    """Whatever a source gives as its address, only http and https without tricks become links."""
    sources = (replace(case.sources[0], url=url), *case.sources[1:])
    page = Page(render_html(invented_report(replace(case, sources=sources))))
    assert {own["href"][:1] for tag, own in page.tags if tag == "a"} == {"#"}


def test_a_plain_address_is_written_out_and_may_be_followed_without_telling_from_where(page):
    """The address stands as text in the references."""
    links = [own for tag, own in page.tags if tag == "a" and own["href"].startswith("http")]
    assert [(own["href"], own["rel"]) for own in links] == [
        ("https://gazette.example/a?b=1", "noreferrer noopener nofollow")
    ]
    assert "https://gazette.example/a?b=1" in page.text
    assert "javascript:alert(1)" in page.text


def test_hostile_text_of_every_kind_is_shown_as_text(case):
    """Names, quotes, notes, reasons and ids with markup, direction and control characters do no harm."""
    hostile = CaseFindings(
        sources=tuple(replace(one, title=EVIL, publisher=EVIL + one.id) for one in case.sources),
        claims=tuple(replace(one, quote=EVIL, place_text=EVIL, measure=EVIL) for one in case.claims),
        events=tuple(replace(one, title=EVIL, kind=EVIL, place=EVIL, source=EVIL) for one in case.events),
        followed=tuple(Followed(replace(one.series, extent=EVIL, klass=EVIL, unit=EVIL)) for one in case.followed),
        jumps=tuple(replace(one, extents=(EVIL, EVIL), caveats=(EVIL,)) for one in case.jumps),
        comparisons=tuple(replace(one, first=EVIL, second=EVIL) for one in case.comparisons),
        tested=tuple(replace(one, title=EVIL, series=EVIL, reason=EVIL) for one in case.tested),
        milestones=tuple(replace(one, title=EVIL) for one in case.milestones),
        lineage=case.lineage,
        statements=tuple(replace(one, origins=(EVIL,)) for one in case.statements),
        drifts=tuple(replace(one, before=EVIL, after=EVIL, sentence=EVIL) for one in case.drifts),
        reconciliations=tuple(replace(one, sentence=EVIL) for one in case.reconciliations),
        assessments=tuple(
            replace(
                one, about=EVIL, conclusion=EVIL, because=EVIL, rule=EVIL, alternatives=(EVIL,), observations=(EVIL,)
            )
            for one in case.assessments
        ),
        looks=tuple(replace(one, extent=EVIL, note=EVIL) for one in case.looks),
    )
    seen = tuple(replace(one, klass=EVIL, zone=EVIL, note=EVIL, by=EVIL) for one in observations())
    places = tuple(replace(one, name=EVIL + one.name, source=EVIL) for one in PLACES)
    written = render_html(replace(invented_report(hostile, places=places), observations=seen))
    page = Page(written)
    assert "<script" not in written
    assert "\u202e" not in written
    assert "\x1b" not in written
    assert '<script>alert("x")</script>' in page.text


def test_likelihood_and_confidence_never_share_a_sentence(page):
    """Each rendered sentence speaks of one of the two at most."""
    sentences = [part for block in page.texts for part in SENTENCE.split(block)]
    assert any(LIKELY.search(part) for part in sentences)
    assert any(CONFIDENT.search(part) for part in sentences)
    assert not [part for part in sentences if LIKELY.search(part) and CONFIDENT.search(part)]


def test_nothing_is_said_to_be_the_work_of_an_event(page):
    """No word on causes."""
    assert not re.search(r"\bcaus(?:e|es|ed|ing|al|ation)\b", page.text, re.IGNORECASE)


def test_a_key_finding_names_what_it_stands_on_and_what_would_change_it(page):
    """References lead to observations, claims and events; alternatives are printed."""
    start = page.text.index("Key findings")
    head = page.text[start : page.text.index("The site")]
    assert "It is likely that more railcars stood at Port yard." in head
    assert "Confidence is low: One extent, few dates." in head
    assert "Stands on O5, O6, M1, C1, E1." in head
    assert "The record is insufficient to say." in head
    assert "The two dates show different extents." in page.text
    assert "An image of the whole facility." in page.text


def test_the_jump_between_extents_carries_its_caveat(page):
    """From 4 in the yard to 73 in the facility, said not to be of one extent."""
    told = next(block for block in page.texts if block.startswith("Largest step between dates"))
    assert "from 4 (Port yard, 24 September 2023) to about 73 (Port facility, 5 October 2023)" in told
    assert "different extents" in told


def test_counts_by_type_stand_with_their_sum(page):
    """175, 66 and 14 are told with 255."""
    assert row_with(page, "railcar: ore", "about 175")[1] == "about 175"
    assert row_with(page, "Sum")[1] == "about 255"
    assert "Port facility, 17 June 2024: about 14 box, 175 ore and 66 tank; about 255 in all." in page.texts


def test_published_observations_keep_their_qualifier_and_their_source(page):
    """One row each, with a number that can be cited."""
    assert row_with(page, "O3", "two strings")[1:5] == ["about May 2023", "railcar", "at least 5", "[1]"]
    assert row_with(page, "24 September 2023", "[2]")[3] == "4"
    assert "A. Nalyst" in row_with(page, "seen by ourselves")[4]


def test_dates_without_an_image_are_named(page):
    """Those known as looks and those written down by hand."""
    assert row_with(page, "1 August 2023", "cloud")[1:4] == ["1 August 2023", "Port yard", "image not usable"]
    assert row_with(page, "20 June 2024", "no pass")[1:4] == ["20 June 2024", "Old siding", "no image"]
    assert "kept apart: Port yard" in page.text


def test_each_extent_has_its_own_chart_and_every_chart_is_told_in_words(written, page):
    """Extents share no drawing but the table of rows, and a reader who sees nothing gets every number."""
    charts = re.findall(r'<svg[^>]*class="chart".*?</svg>', written, re.DOTALL)
    assert len(charts) == 2
    own, rows = charts
    assert "Port yard" in own
    assert "Port facility" not in own
    assert "Port facility" in rows
    for chart in charts:
        assert chart.index("<title>") < chart.index("<desc>")
    assert "about May 2023: at least 5" in own
    assert "1 August 2023: not usable" in own
    assert "E1: Two ministers meet (13 September 2023)" in own


def test_a_lower_bound_is_an_arrow_and_an_interval_is_told_with_both_ends(page):
    """The table keeps what kind of number it is."""
    assert row_with(page, "about May 2023", "O3")[-4] in {"at least 5", "railcar"}
    assert [row for row in page.rows if "2–4" in [" ".join(cell.split()) for cell in row]]
    hidden = [row for row in page.rows if any("1 July 2024" in cell for cell in row)]
    assert "30 %" in hidden[0]


def test_claims_are_graded_in_words_and_copies_count_once(page):
    """Two tellings of one origin; the grade of the source is spelled out."""
    assert "B2: usually reliable; probably true" in page.text
    assert "suggested by rule: It agrees." in page.text
    told = row_with(page, "C1, C2")
    assert told[2:] == ["2", "1", "Port Gazette"]


def test_drift_is_written_on_the_line_and_in_a_sentence(written, page):
    """From the model's words to the copy's."""
    tree = re.search(r'<svg[^>]*class="tree".*?</svg>', written, re.DOTALL)[0]
    assert "approximately 73 → up to 73" in tree
    assert "stated" in tree
    assert row_with(page, "C2 repeats C1", "estimate")[0] == "how firmly"


def test_a_claim_that_only_its_own_source_bears_out_stays_open(page):
    """The verdict is in words, with the numbers of the claim."""
    row = row_with(page, "C1 approximately 73", "Cannot tell")
    assert row[1] == "65.7–80.3"
    assert row_with(page, "C3", "Not observable from above")


def test_an_event_test_tells_why_it_is_insufficient_and_what_it_could_have_shown(page):
    """Reason and smallest factor stand beside the verdict."""
    row = row_with(page, "The line opens again", "insufficient")
    assert row[2] == "4 before, 1 after"
    assert row[6:] == ["× 9.5", "1 usable date after; 5 are needed on each side."]
    assert row_with(page, "Two ministers meet", "change")[3:6] == ["× 6.1 (2–19)", "3 to 22 days", "0.008"]


def test_events_carry_their_dates_in_words_and_are_marked_where_they_want_a_source(page):
    """The uncertain one and the planned one."""
    assert row_with(page, "E2", "reopening")[1] == "about 1 November 2023 to about 10 November 2023"
    assert "wants a source" in row_with(page, "E2", "reopening")[5]
    assert "wants a source" in row_with(page, "E3", "Courier")[5]
    assert "wants a source" not in row_with(page, "E1", "summit")[5]


def test_a_plan_that_nobody_looked_for_is_not_called_late(page):
    """Planned, and not looked for."""
    assert row_with(page, "New quay done", "not looked for")[1:4] == ["December 2024", "not looked for", "not known"]


def test_places_are_points_with_a_circle_as_wide_as_they_may_be_off(written, page):
    """Drawn where there is a point, named where there is none."""
    site_map = re.search(r'<svg[^>]*class="map".*?</svg>', written, re.DOTALL)[0]
    assert site_map.count('stroke-dasharray="5 4"') == 1
    assert row_with(page, "Port yard", "invented map")[2] == "a point, good to 200 m; check on imagery"
    assert "not located by anybody: Old siding." in page.text


def test_sources_are_numbered_as_first_cited(page):
    """Those that nobody cites come last; what is not known is said."""
    listed = [own["id"] for tag, own in page.tags if tag == "li" and own.get("id", "").startswith("s-")]
    assert listed == ["s-1", "s-2", "s-3"]
    text = page.text[page.text.index("References") :]
    assert text.index("Port Gazette") < text.index("Courier") < text.index("Idle Press")
    assert "Idle Press , Unquoted, no date" in text.replace("Press,", "Press ,")


def test_a_flow_is_a_range_with_everything_that_was_assumed():
    """Both ends are printed, and each assumption with its reason."""
    stay = Assumption(1.0, 4.0, "trains were seen to stay from one to four days")
    found = Flow(12.0, 80.0, "railcar", (stay,))
    page = Page(render_html(invented_report(replace(invented_case(), flows=(found,)))))
    assert next(text for text in page.texts if text.endswith("if these assumptions hold:")).startswith("12")
    assert "1 to 4: trains were seen to stay from one to four days" in page.texts


def test_an_empty_case_says_what_it_lacks():
    """No observation, no claim, no place: still a report."""
    bare = invented_report(CaseFindings(), places=())
    page = Page(render_html(replace(bare, observations=())))
    assert "No conclusion has been drawn from this record yet." in page.text
    assert "names no date as one without an image" in page.text


def test_a_report_with_images_gains_the_case(report, case):
    """Key findings, key figures and the ribbon sheet stand in one document."""
    both = Page(render_html(replace(report, case=case, observations=(*report.observations, *observations()))))
    for heading in ("Key findings", "Key figures", "Ribbon sheet", "Activity over time", "References"):
        assert heading in both.texts
    assert len(set(both.ids)) == len(both.ids)


def test_a_report_of_images_alone_has_no_part_of_a_case(report):
    """Nothing changes for who has only images."""
    page = Page(render_html(report))
    assert "Key findings" not in page.text
    assert "References" not in page.texts


def test_observations_that_no_finding_uses_are_shown_all_the_same():
    """A case without claims, events or series lists what was published."""
    page = Page(render_html(invented_report(CaseFindings(sources=(Source("gazette", "G", "G"),)))))
    assert row_with(page, "O1", "10 January 2023")[4] == "[1]"
    assert row_with(page, "24 September 2023")[4] == "courier"


def test_a_series_of_hundreds_of_dates_still_prints():
    """Labels give way, and the page stays small."""
    first = observations()[0]
    days = [datetime(year, month, 3, tzinfo=UTC) for year in range(1995, 2025) for month in range(1, 13)]
    dates = [When(f"{day:%Y-%m-%d}", day, day + timedelta(hours=23), is_instant=False) for day in days]
    series = build_series([replace(first, id=when.text, when=when) for when in dates])[0]
    written = render_html(invented_report(CaseFindings(followed=(Followed(series),))))
    assert len(written) < 500_000
    assert ">2020<" in written
