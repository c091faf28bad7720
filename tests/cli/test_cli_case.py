"""Sources, claims, events, trends, cases and tables through the command line."""

import csv
import io

import openpyxl
import pytest
from tests.shared_data import shared_data

CASE = "tumangang-khasan"
TABLES = ("sources", "observations", "claims", "events")
ARTICLE = """Northfield crossing grows busier

By the Lowland Institute, 18 December 2024

Imagery of 3 December 2024 shows approximately 225 railcars in the Yard. Many more cars are expected by June 2025.
The two countries signed a treaty on 19 June 2024, officials said.
"""


@pytest.fixture
def case(yardwatch):
    assert yardwatch("case", CASE, "watch").code == 0
    return yardwatch


@pytest.fixture
def started(yardwatch, yard):
    assert yardwatch("init", "watch", "--site", yard / "site.geojson").code == 0
    return yardwatch


def records(ended, name):
    return [one["record"] for one in ended.document(name)["records"]]


def test_a_case_becomes_a_workspace_and_a_report(yardwatch, tmp_path):
    """Listed, built, warned of what wants a source, printed; and not built twice."""
    listed = yardwatch("case", "--json", "-").document("case")
    assert [one["name"] for one in listed["cases"]] == [CASE]
    built = yardwatch("case", CASE, "watch", "--json", "-")
    document = built.document("case")
    assert document["tables"] == {"sources": 21, "observations": 31, "claims": 12, "events": 18}
    assert [warning["code"] for warning in document["warnings"]] == ["event_unsourced"]
    printed = yardwatch("report", "watch", "--out", "report.html", "--json", "-")
    printed.document("report")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "264" in page
    assert "insufficient" in page
    assert yardwatch("case", CASE, "watch").code == 2
    assert yardwatch("case", "atlantis", "other").code == 2
    assert yardwatch("case", CASE).code == 2


def test_tables_go_out_and_come_back_the_same(case):
    """As CSV and as a workbook; what is kept already is left as it is."""
    folder = case("export", "watch", "--tables", "out", "--json", "-").document("export")
    assert sorted(folder["tables"]) == sorted(TABLES)
    case("export", "watch", "--tables", "out.xlsx")
    again = case("import", "watch", "out", "--json", "-").document("import")
    assert not any(one["new"] for one in again["records"])
    assert len(again["records"]) == sum(folder["tables"].values())
    assert not any(
        one["new"] for one in case("import", "watch", "out.xlsx", "--json", "-").document("import")["records"]
    )


def test_an_export_is_the_same_after_a_round(yardwatch, tmp_path):
    """From one workspace into a fresh one of the same case, and out again."""
    yardwatch("case", CASE, "one")
    yardwatch("export", "one", "--tables", "a.xlsx")
    yardwatch("export", "one", "--tables", "a")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert tuple(book.sheetnames) == TABLES
    for table in TABLES:
        rows = list(csv.reader(io.StringIO((tmp_path / "a" / f"{table}.csv").read_text("utf-8-sig"))))
        assert len(rows) == book[table].max_row
    yardwatch("import", "one", "a.xlsx", "a")
    yardwatch("export", "one", "--tables", "b")
    for table in TABLES:
        assert (tmp_path / "a" / f"{table}.csv").read_bytes() == (tmp_path / "b" / f"{table}.csv").read_bytes()


@pytest.mark.real
def test_a_hostile_table_is_kept_as_text_and_goes_out_harmless(started, tmp_path):
    """No cell of it is a formula, neither in CSV nor in a workbook."""
    started("source", "add", "watch", "--id", "s1", "--publisher", "A stranger")
    hostile = shared_data() / "hostile" / "claims_formula.csv"
    added = started("claim", "add", "watch", "--from", hostile, "--source", "s1", "--json", "-")
    (kept,) = records(added, "claim-add")
    assert kept["quote"] == '=HYPERLINK("http://127.0.0.1","x")'
    assert (kept["zone"], kept["place_text"]) == (None, "+yard")
    assert [warning["code"] for warning in added.document("claim-add")["warnings"]] == ["place_unknown"]
    started("export", "watch", "--tables", "out")
    started("export", "watch", "--tables", "out.xlsx")
    text = (tmp_path / "out" / "claims.csv").read_text("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert ",=HYPERLINK" not in text.replace('"', "")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert not [c for row in book["claims"].iter_rows() for c in row if c.data_type == "f"]
    assert not any(one["new"] for one in started("import", "watch", "out", "--json", "-").document("import")["records"])


def test_one_of_each_is_kept_and_known_the_second_time(started):
    """An id that was not given follows from what was told."""
    told = {
        "source": ("--id", "s1", "--publisher", "Lowland Institute", "--published", "2024-12-18", "--reliability", "C"),
        "claim": ("--source", "s1", "--quote", "about 9", "--value", "9", "--zone", "yard", "--qualifier", "about"),
        "event": ("--title", "Opening", "--date", "2024-05", "--kind", "opening"),
    }
    for kind, options in told.items():
        first = started(kind, "add", "watch", *options, "--json", "-").document(f"{kind}-add")
        again = started(kind, "add", "watch", *options, "--json", "-").document(f"{kind}-add")
        assert [one["new"] for one in (*first["records"], *again["records"])] == [True, False]
    listed = started("claim", "list", "watch", "--json", "-").document("claim-list")
    assert [(one["zone"], one["value"], one["status"]) for one in listed["claims"]] == [("Yard", 9, "accepted")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("claim", "add", "watch", "--source", "nobody", "--quote", "x"), "nobody"),
        (("claim", "add", "watch", "--quote", "x"), "source"),
        (("event", "add", "watch", "--title", "x"), "date"),
        (("event", "add", "watch", "--title", "x", "--date", "yesterday"), "yesterday"),
        (("source", "add", "watch"), "publisher"),
        (("trend", "watch", "--zone", "Port"), "Port"),
        (("claim", "accept", "watch", "c9"), "c9"),
        (("import", "watch", "bad.csv"), "bad.csv row 3"),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_nothing_is_kept(started, tmp_path, words, said):
    """One line each, exit code 2."""
    (tmp_path / "bad.csv").write_text("zone,class,count,date\nYard,railcar,7,2024\nYard,railcar,lots,2024\n")
    ended = started(*words)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert said in ended.err
    assert "nothing was observed" in started("trend", "watch").out


def test_a_spreadsheet_of_counts_becomes_series(started, tmp_path):
    """With a date that had no image, kept as such; joined only where a person says so."""
    rows = ["zone,class,count,date,by"]
    rows += [
        f"Yard,railcar,{4 + 20 * (year > 2021)},{year}-0{month}-10,A" for year in range(2019, 2025) for month in (3, 8)
    ]
    rows.append("Yard,no image,none,2020-01-05,A")
    (tmp_path / "counts.csv").write_text("\n".join(rows))
    assert started("import", "watch", "counts.csv").code == 0
    started("event", "add", "watch", "--id", "e1", "--title", "Opening", "--date", "2021-12-01")
    started("event", "add", "watch", "--id", "m1", "--title", "Roof done", "--date", "2023", "--kind", "milestone")
    started("observe", "watch", "--zone", "Yard", "--class", "works:m1", "--count", "none", "--date", "2024-06-01")
    document = started("trend", "watch", "--dwell-days", "1..5", "--json", "-").document("trend")
    (series,) = document["series"]
    assert (series["presence"]["usable"], series["presence"]["no_image"]) == (12, 1)
    assert [change["between"] for change in series["changes"]] == ["2021-08-10/2022-03-10"]
    assert series["flow"]["low_a_day"] < series["flow"]["high_a_day"]
    assert document["events"][0]["verdict"] in {"change", "no change shown", "insufficient"}
    assert document["milestones"][0]["not_seen_by"] == "2024-06-01"
    assert started("report", "watch", "--out", "r.html").code == 0


def test_extents_are_joined_only_by_a_person(case):
    """The joined series says of which extents it is."""
    names = ("Tumangang yard", "Tumangang Rail Facility")
    options = [word for name in names for word in ("--join", name)]
    apart = case("trend", "watch", "--class", "railcar", "--json", "-").document("trend")
    together = case("trend", "watch", "--class", "railcar", *options, "--json", "-").document("trend")
    assert not any(one["joined"] for one in apart["series"])
    (joined,) = [one for one in together["series"] if one["joined"]]
    assert joined["joined"] == list(names) or sorted(joined["joined"]) == sorted(names)
    assert {point["zone"] for point in joined["points"]} == set(names)
    assert all(jump["caveats"] for jump in apart["jumps"])


def test_claims_are_proposed_accepted_and_rejected(started, tmp_path):
    """Proposals change no conclusion until a person accepts them; both versions are kept."""
    (tmp_path / "a.txt").write_text(ARTICLE)
    found = started("claim", "extract", "a.txt", "--json", "-").document("claim-extract")
    assert found["source"]["published"] == "2024-12-18"
    assert found["claims"]
    assert all(found["text"][one["start"] : one["end"]] == one["quote"] for one in found["claims"])
    assert any((one["value"], one["unit"], one["qualifier"]) == (225, "railcar", "about") for one in found["claims"])
    assert not any(one["zone"] for one in found["claims"])
    started("claim", "extract", "a.txt", "--into", "watch")
    listed = started("claim", "list", "watch", "--status", "proposed", "--json", "-").document("claim-list")["claims"]
    assert "Yard" in {one["zone"] for one in listed}
    first, *rest = [one["id"] for one in listed]
    accepted = started("claim", "accept", "watch", first, *rest[:-1], "--by", "A", "--json", "-")
    assert all(one["changed"] for one in accepted.document("claim-accept")["claims"])
    rejected = started("claim", "reject", "watch", rest[-1], "--json", "-").document("claim-reject")
    assert rejected["claims"] == [{"id": rest[-1], "changed": True}]
    again = started("claim", "accept", "watch", first, "--json", "-").document("claim-accept")
    assert not any(one["changed"] for one in again["claims"])
    assert started("claim", "extract", "a.txt", "--into", "watch", "--json", "-").code == 0
    status = {
        one["id"]: one["status"]
        for one in started("claim", "list", "watch", "--json", "-").document("claim-list")["claims"]
    }
    assert (status[first], status[rest[-1]]) == ("accepted", "rejected")


def test_a_dated_event_that_is_accepted_is_kept_as_an_event(started, tmp_path):
    """With the source that told of it."""
    (tmp_path / "a.txt").write_text(ARTICLE)
    started("claim", "extract", "a.txt", "--into", "watch")
    listed = started("claim", "list", "watch", "--json", "-").document("claim-list")["claims"]
    dated = [one for one in listed if one["kind"] in {"event", "plan"} and one["date"]]
    assert dated, [(one["kind"], one["quote"]) for one in listed]
    accepted = started("claim", "accept", "watch", dated[0]["id"], "--json", "-").document("claim-accept")
    assert accepted["events"] == [dated[0]["id"]]
    started("export", "watch", "--tables", "out")
    (event,) = csv.DictReader(io.StringIO((tmp_path / "out" / "events.csv").read_text("utf-8-sig")))
    assert event["source"]
    assert event["date"] == dated[0]["date"]
