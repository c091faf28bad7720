"""The case holds the public record it was made from: every row once, and nothing else."""

import csv
import json
from datetime import UTC, datetime

import pytest
from tests.shared_data import shared_data

from yardwatch.pipeline import build_case, case_names, findings_of, report_of
from yardwatch.report import render_html
from yardwatch.workspace import open_workspace

NAME = "tumangang-khasan"
TYPED = {"ore", "box", "tank", "maintenance-of-way", "passenger"}


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    folder = tmp_path_factory.mktemp("case") / "watch"
    build_case(NAME, folder)
    with open_workspace(folder) as store:
        yield store


@pytest.fixture(scope="module")
def found(case):
    return findings_of(case)


@pytest.fixture(scope="module")
def page(case):
    return render_html(report_of(case, made_at=datetime(2026, 1, 1, tzinfo=UTC)))


def rows(name):
    """The rows of the record; in one row of the events a comma in the source splits its cell."""
    lines = list(csv.reader((shared_data() / "case" / name).read_text("utf-8").splitlines()))
    header = lines[0]
    for line in lines[1:]:
        spare = len(line) - len(header)
        if spare:
            at = header.index("source")
            line[at : at + spare + 1] = [",".join(line[at : at + spare + 1])]
        yield dict(zip(header, (cell.strip() for cell in line), strict=True))


def amount(row):
    """Value, low and high as the record states them."""
    text = row["quantity"]
    if ".." in text:
        low, high = text.split("..")
        return None, float(low), float(high)
    value = 1 / 3 if text == "1/3" else float(text)
    exact = "exact" in row["qualifier"] or row["qualifier"] == "empty"
    return value, value if exact or row["qualifier"] == "at least" else None, value if exact else None


def kind(row):
    """Class and unit."""
    match row["unit"], row["railcar_type"]:
        case "railcar", typed:
            return (f"railcar:{typed}" if typed in TYPED else "railcar"), None
        case "m of train", _:
            return "train", "m"
        case "train", _:
            return ("train, monthly total" if "monthly" in row["notes"] else "train"), None
        case "locomotive", _:
            return "locomotive", None
        case unit, typed:
            return typed, unit


def plain(name):
    """A name without the remarks that the record puts into it."""
    for remark in (" (seed 000)", " caption", " (1.2 km from station)", " (Wagner shipment)"):
        name = name.replace(remark, "")
    return name


@pytest.mark.real
def test_each_published_observation_is_there_once(case):
    """Place, number, unit, date, source and address, in the record's own terms."""
    sources = {source.id: source for source in case.sources()}
    kept = [
        (
            one.zone, one.klass, one.unit, one.quantity.value, one.quantity.low, one.quantity.high, one.when.text,
            sources[one.source_id].publisher, sources[one.source_id].url, one.by,
        )
        for one in case.observations()
    ]  # fmt: skip
    told = [
        (
            plain(row["facility"]), *kind(row), *amount(row), row["image_date_edtf"],
            plain(row["source"]), row["source_url"], plain(row["source"]),
        )
        for row in rows("observations.csv")
    ]  # fmt: skip
    key = lambda item: tuple(map(str, item))  # noqa: E731
    assert sorted(kept, key=key) == sorted(told, key=key)
    notes = " ".join(one.note or "" for one in case.observations())
    assert all(row["notes"] in notes for row in rows("observations.csv"))


@pytest.mark.real
def test_each_claim_is_there_once(case):
    """With its number, qualifier and unit, and what it copies; sentences of others are not copied."""
    sources = {source.id: source for source in case.sources()}
    claims = {claim.id: claim for claim in case.claims()}

    def outlet(claim):
        return sources[claim.source_id].publisher

    kept = sorted(
        (
            outlet(claim), f"{claim.value:g}" if claim.value is not None else "", claim.qualifier or "",
            claim.unit or "", claim.when.text if claim.when else "",
            outlet(claims[claim.copied_from]) if claim.copied_from else "",
        )
        for claim in claims.values()
    )  # fmt: skip
    columns = ("outlet", "value", "qualifier", "unit", "image_date", "copies")
    assert kept == sorted(tuple(row[name] for name in columns) for row in rows("claims.csv"))
    subjects = {(claim.measure, claim.place_text) for claim in claims.values()}
    assert len(subjects) == len({row["subject"] for row in rows("claims.csv")})


@pytest.mark.real
def test_each_event_is_there_once(case):
    """Word for word, but for the name of a file that only the record's keeper has."""
    kept = [(e.when.text, e.title, e.place, e.kind, e.source_date.text) for e in case.events()]
    columns = ("date_edtf", "event", "place", "kind", "source_date")
    assert sorted(kept) == sorted(tuple(row[name] for name in columns) for row in rows("events.csv"))
    said = {e.source for e in case.events()}
    assert {row["source"] for row in rows("events.csv")} - said == {"checkpoint-upgrade.txt"}


@pytest.mark.real
def test_points_are_those_of_the_record_and_say_how_good_they_are(case):
    """A place of which the record has no point has none."""
    features = json.loads((shared_data() / "case" / "points.geojson").read_text("utf-8"))["features"]
    told = {f["properties"]["name"]: tuple(f["geometry"]["coordinates"]) for f in features}
    placed = [place for place in case.site().places if place.point is not None]
    assert {place.name: place.point for place in placed} == told
    assert all(place.precision_m == 300 and "check on imagery" in place.source for place in placed)
    assert not case.site().zones
    assert not case.site().tracks


def test_the_case_says_what_it_is_not_sure_of(case, found):
    """No source is graded, and events of "several news agencies" want a source of their own."""
    assert {source.reliability for source in case.sources()} == {"F"}
    vague = {event.id for event in case.events() if "several" in (event.source or "")}
    assert vague
    assert vague <= set(found.wanting_source)
    assert {place.name for place in case.site().places} >= {"Tumangang yard", "Tumangang Rail Facility"}
    assert case.site().extent("Tumangan").name == "Tumangang"


def test_the_sums_by_type_come_out_of_the_record(found, page):
    """264 and 150 on 2024-06-17, each told with its parts."""
    sums = {
        one.series.extent: {point.when.text: (point.value, len(point.ids)) for point in one.series.points}
        for one in found.followed
        if one.series.derived
    }
    assert sums["Tumangang Rail Facility"]["2024-06-17"] == (264, 5)
    assert sums["Khasan Rail Facility"]["2024-06-17"] == (150, 4)
    for number in ("264", "150", "175", "66", "14", "112", "33"):
        assert number in page


def test_the_jump_of_autumn_2023_is_named_with_its_caveat(found, page):
    """The yard and the facility are two extents."""
    jump = next(j for j in found.jumps if j.before.when.text == "2023-09-24")
    assert (jump.after.when.text, jump.after.best) == ("2023-10-05", 73)
    assert jump.extents == ("Tumangang yard", "Tumangang Rail Facility")
    assert "extents" in jump.caveats[0]
    assert jump.caveats[0][1:] in page


def test_what_changed_on_the_way_is_named(found, page):
    """Qualifier, unit, object, conflicting lengths and dates."""
    kinds = {(drift.kind, drift.relation) for drift in found.drifts}
    assert kinds >= {
        ("qualifier", "copy"), ("unit", "copy"), ("object", "copy"), ("value", "independent"),
        ("object", "independent"), ("date", "event"),
    }  # fmt: skip
    for drift in found.drifts:
        words = [drift.before, drift.after] if drift.kind != "date" else ["2024-06-12"]
        assert all(word in page for word in words), drift
    for words in ("800 m", "400 m", "225 trains", "up to 73", "covered boxcars"):
        assert words in page


def test_a_verdict_is_insufficient_where_the_dates_cannot_tell(found, page):
    """And no verdict speaks of causes."""
    assert {test.verdict for test in found.tested} == {"insufficient"}
    assert "insufficient" in page
    assert "caused" not in page


def test_dates_without_an_image_are_named(found, page):
    """Those of events on which nothing was observed."""
    dates = {look.when.text for look in found.looks}
    assert {"2023-09-13", "2024-06-19", "2024-12-04"} <= dates
    assert "2022-11-18" not in dates
    assert "2026-12" not in dates
    assert "no image" in page.lower()
    titles = [look.note for look in found.looks]
    assert any(title in page for title in titles)


def test_nothing_published_is_taken_for_a_fair_sample_of_days(found):
    """Who publishes an image chose it; so no conclusion is drawn on how many days were busy."""
    assert not any(one.id.startswith("presence") for one in found.assessments)


def test_there_is_no_other_case_yet():
    """The list is read from what ships."""
    assert case_names() == (NAME,)
