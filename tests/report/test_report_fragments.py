"""Pieces for a notebook stand on their own, and charts keep what kind of number and date each point is."""

import re
from dataclasses import replace

import pytest
from invented_case import claims, events, invented_case, sources
from page import Page

from yardwatch.claims.lineage import Basis, Edge, Lineage
from yardwatch.model.dates import parse_when
from yardwatch.model.series import Censored, How, Point, Series
from yardwatch.report import Followed, lineage_html, ribbon_html, series_html, tally_html
from yardwatch.report.dates import date_words, edtf_words
from yardwatch.trends.changepoints import find_changes

EVIL = '"><script>alert(1)</script>'


def series(*points, extent="Yard", klass="railcar", unit=None):
    return Series("s", extent, klass, unit, points)


def point(date, value=None, low=None, high=None, censored=Censored.NONE, how=How.SEEN, hidden=None):
    return Point(parse_when(date), how, value, low, high, censored, hidden, (date,))


@pytest.fixture(scope="module")
def followed():
    return invented_case().followed[0]


@pytest.mark.parametrize(
    ("edtf", "words"),
    [
        ("2023-10-05", "5 October 2023"),
        ("2024-02", "February 2024"),
        ("2025-02~", "about February 2025"),
        ("2019?", "perhaps 2019"),
        ("2022-11-01~/2022-11-10~", "about 1 November 2022 to about 10 November 2022"),
        ("2023-07-25/2023-07-27", "25 to 27 July 2023"),
        ("2023-07-25/2023-08-02", "25 July 2023 to 2 August 2023"),
        ("2002/..", "since at least 2002"),
        ("../2025-05-28", "28 May 2025 or earlier"),
        ("201X", "the 2010s"),
        ("2024-21", "spring 2024"),
        ("2022-XX", "2022-XX"),
        ("2022-02-31", "2022-02-31"),
    ],
)
def test_uncertain_dates_are_said_in_words(edtf, words):
    """What is not understood stays as written."""
    assert edtf_words(edtf) == words


def test_an_instant_is_told_by_its_day_and_no_date_as_unknown():
    """The hour belongs elsewhere."""
    assert date_words(parse_when("2024-12-03T02:15Z")) == "3 December 2024"
    assert date_words(None) == "date not known"


def test_fragments_are_whole_and_need_nothing_else(followed, sheet):
    """One element with its own style; no script, no link, nothing fetched; the same each time."""
    case = invented_case()
    ribbon, count = sheet.ribbons[0], sheet.count
    made = [
        lambda: series_html(followed, events=events()),
        lambda: lineage_html(case.lineage, claims(), sources(), drifts=case.drifts),
        lambda: tally_html(count),
        lambda: tally_html(count.total, gsd_m=0.5),
        lambda: ribbon_html(ribbon, count.railcars, dtype="uint8", simulated=True),
    ]
    for make in made:
        written = make()
        page = Page(written)
        assert written.startswith('<div class="yardwatch"><style>')
        assert written == make()
        assert not {tag for tag, _ in page.tags} & {"script", "link", "a", "iframe"}
        assert "url(" not in written
        rules = re.search(r"<style>(.*?)</style>", written, re.DOTALL)[1]
        assert all(line.startswith(".yardwatch") for line in rules.split("\n") if line.strip())
        for _, own in page.tags:
            assert own.get("href", "data:image/jpeg;base64,").startswith("data:image/jpeg;base64,")


def test_hostile_names_are_text_in_fragments(sheet):
    """An extent, a track, a zone and an outlet with markup in them."""
    case = invented_case()
    named = tuple(replace(source, publisher=EVIL) for source in sources())
    pieces = [
        series_html(series(point("2024-01-01", 4), extent=EVIL, klass=EVIL), events=[replace(events()[0], title=EVIL)]),
        lineage_html(case.lineage, [replace(claim, quote=EVIL) for claim in claims()], named),
        tally_html(replace(sheet.count.total, zone=EVIL)),
        ribbon_html(replace(sheet.ribbons[0], track=EVIL), dtype="uint8"),
    ]
    for written in pieces:
        Page(written)
        assert "<script" not in written


def test_a_count_in_a_notebook_tells_every_zone_and_then_the_whole(sheet):
    """As many rows as tallies, the whole site last."""
    rows = Page(tally_html(sheet.count)).rows
    assert len(rows) == 1 + len(sheet.count.tallies)
    assert rows[-1][0] == "Whole site"
    assert "railcars" in rows[1][1]


def test_a_ribbon_in_a_notebook_numbers_its_own_cars_once(sheet):
    """Cars of other tracks are left out, none is drawn twice."""
    ribbon = next(one for one in sheet.ribbons if one.track == "T1")
    own = [car for car in sheet.count.railcars if car.track == "T1"]
    numbers = re.findall(
        r'<tspan font-weight="700">(\d+)</tspan>', ribbon_html(ribbon, sheet.count.railcars, dtype="uint8")
    )
    assert sorted(map(int, numbers)) == list(range(1, len(own) + 1))


def test_no_line_joins_points_and_different_extents_get_charts_of_their_own():
    """Two series are two charts on one axis, each mark in a group that names its date and number."""
    first = series(point("2024-01-01", 4), point("2024-06-01", 9), extent="Yard")
    second = series(point("2024-03-01", 70, 60, 80), extent="Facility")
    written = series_html([first, second])
    assert written.count("<svg") == 2
    marks = re.findall(r"<g><title>([^<]*)</title>(.*?)</g>", written)
    told = {title for title, drawn in marks if "circle" in drawn}
    assert {"1 January 2024: 4", "1 June 2024: 9", "1 March 2024: 70 (60–80)"} <= told
    assert "polyline" not in written


def test_bounds_point_to_their_open_side():
    """An arrow up for at least, down for at most, and neither has a dot."""
    up = series_html(series(point("2024-01-01", 20), point("2024-02-01", 7, 7, None, Censored.LOWER)))
    down = series_html(series(point("2024-01-01", 20), point("2024-02-01", 7, 0, 7, Censored.UPPER)))
    drawn = [re.search(r"<title>1 February 2024: at \w+ 7</title>(.*?)</g>", written)[1] for written in (up, down)]
    assert "v-10" in drawn[0]
    assert "v10" in drawn[1]
    assert not [one for one in drawn if "circle" in one]


def test_an_uncertain_date_is_a_bar_as_long_as_the_date():
    """A month is a bar, a day is a dot."""
    written = series_html(series(point("2023-01-01", 5), point("2024-01", 4), point("2024-12-31", 4)))
    month, day = (
        re.search(rf"<title>{date}: 4</title>(.*?)</g>", written)[1] for date in ("January 2024", "31 December 2024")
    )
    start, end = re.search(r"M([\d.]+) [\d.]+H([\d.]+)", month).groups()
    year = 922 / 1.05
    assert float(end) - float(start) == pytest.approx(year * 31 / 731, rel=0.02)
    assert "circle" not in month
    assert "circle" in day


def test_dates_that_could_not_be_read_are_marked_along_the_axis_and_hidden_track_is_shown():
    """A ring, a cross, and a bar that is white by the share hidden."""
    written = series_html(
        series(
            point("2024-01-01", 5, hidden=0.25),
            point("2024-02-01", how=How.NO_IMAGE),
            point("2024-03-01", how=How.UNUSABLE),
        )
    )
    assert "1 February 2024: no image" in written
    assert "1 March 2024: not usable" in written
    bars = re.search(r"25 % of the track hidden</title>(.*?)</g>", written)[1]
    heights = [float(number) for number in re.findall(r'height="([\d.]+)"', bars)]
    assert heights[1] / heights[0] == pytest.approx(0.75, abs=0.01)


def test_a_change_is_a_band_between_images_and_not_a_day():
    """Its band is as wide as the gap."""
    low = [point(f"2022-{month:02d}-01", 3) for month in range(1, 13)]
    high = [point(f"2023-{month:02d}-01", 60) for month in range(3, 13)]
    one = series(*low, *high)
    found = find_changes(one)
    assert len(found.changes) == 1
    written = series_html(Followed(one, changes=found))
    band = re.search(r"<title>change between 1 December 2022 and 1 March 2023</title>(.*?)</g>", written)[1]
    wide = [float(number) for number in re.findall(r'width="([\d.]+)"', band)]
    assert min(wide) > 922 / 1.05 * 88 / 700


def test_empty_and_odd_series_still_draw():
    """No date at all, only unread dates, one huge number, one before the calendar's usual years."""
    odd = [
        series(),
        series(point("2024-01-01", how=How.NO_IMAGE)),
        series(point("2024-01-01", 1_000_000)),
        series(point("0001-01-01", 3), point("9999-12-31", 3)),
        series(point("2024-01-01", 0.25), unit="fraction"),
        series(point("2024-01-01", 0)),
    ]
    for one in odd:
        Page(series_html(one))


def test_events_on_one_day_keep_their_numbers_apart():
    """Labels go to other heights."""
    near = [replace(events()[0], id=f"e{index}") for index in range(3)]
    written = series_html(series(point("2023-09-01", 4), point("2023-10-01", 6)), events=near)
    heights = re.findall(r'y="([\d.]+)" width="18"', written)
    assert len(set(heights)) == 3


def test_a_long_chain_of_copies_is_drawn_without_end_of_the_stack():
    """Two thousand tellings, each of the one before."""
    claim = claims()[0]
    many = [replace(claim, id=f"c{index}") for index in range(2000)]
    edges = tuple(Edge(f"c{index}", f"c{index - 1}", Basis.INFERRED, 0.7, "alike") for index in range(1, 2000))
    names = tuple(one.id for one in many)
    chain = Lineage(edges, names, {}, dict.fromkeys(names, "Gazette"))
    written = lineage_html(chain, many, sources())
    assert written.count("inferred, 0.70 of 1") >= 1999
