"""Cars that did not move and trains that are met again, in a workspace."""

from dataclasses import replace

import numpy as np
import pytest

from yardwatch.model.dates import parse_when
from yardwatch.model.quantity import Qualifier
from yardwatch.model.railcar import Interval, Look, String, Tally
from yardwatch.pipeline.lines import trend_lines
from yardwatch.pipeline.meeting import trains_in
from yardwatch.pipeline.staying import with_stays
from yardwatch.pipeline.trending import Asked, trend_in
from yardwatch.report.words import tally_words
from yardwatch.workspace import MemoryStore


def made(count, number, date, starts, *, lengths=None, colours=None, track="T1"):
    """A count of another scene with cars at these chainages."""
    digest = f"{number:064x}"
    scene = replace(
        count.scene, id=f"s{number}", sha256=digest, filename=f"{number}.tif", acquired=date and parse_when(date)
    )
    cars = tuple(
        replace(
            count.railcars[0],
            id=f"c{index}",
            start_m=start,
            end_m=start + (12.8 if lengths is None else lengths[index]),
            zone="Yard",
            track=track,
            look=None if colours is None else Look((colours[index],) * 3, (colours[index],) * 8),
        )
        for index, start in enumerate(starts)
    )
    metres = {"visible_m": 150.0, "hidden_m": 0.0, "outside_m": 0.0, "occupied_m": 25.6}
    number_of = len(cars)
    tallies = tuple(
        Tally(
            zone, number_of, number_of, number_of, 0.9, Qualifier.EXACT, {"tank": Interval(*3 * [number_of])}, **metres
        )
        for zone in ("Yard", None)
    )
    covered = tuple(replace(count.tracks[0], name=name, hidden_m=0.0, visible_m=180.0) for name in ("T1", "T2"))
    strings = (String(track, cars[0].start_m, cars[-1].end_m, tuple(car.id for car in cars)),) if cars else ()
    return replace(count, scene=scene, railcars=cars, tallies=tallies, tracks=covered, strings=strings)


def kept(site, *counts):
    store = MemoryStore(site)
    for count in counts:
        store.add_scene(count.scene, f"{count.scene.id}.tif")
        store.save_count(count, "count/1", [])
    return store


def test_a_tally_says_how_many_of_its_cars_did_not_move_and_since_when(count):
    """By the date of the first scene that shows them; the first scene itself says nothing."""
    counts = [
        made(count, 1, "2024-01-01", [20, 40]),
        made(count, 2, "2024-02-01", [20, 100]),
        made(count, 3, "2024-03-01", [20, 100.2, 140]),
    ]
    told = with_stays(counts)
    assert told[0].total.unmoved == ()
    assert [(one.since.text, one.number) for one in told[1].total.unmoved] == [("2024-01-01", 1)]
    assert [(one.since.text, one.number) for one in told[2].total.unmoved] == [("2024-01-01", 1), ("2024-02-01", 1)]
    words = tally_words(told[2].total, gsd_m=0.5).sentence
    assert "of which 2 indistinguishable from unmoved (1 since 1 January 2024 and 1 since 1 February 2024)" in words


def test_an_undated_scene_says_nothing_of_who_stayed(count):
    """Before or after, nobody knows."""
    counts = [made(count, 1, "2024-01-01", [20]), made(count, 2, None, [20])]
    assert [one.total.unmoved for one in with_stays(counts)] == [(), ()]


def test_a_trend_tells_them_apart(site, count):
    """In words and in JSON, of the zone that was asked for."""
    store = kept(site, made(count, 1, "2024-01-01", [20, 40]), made(count, 2, "2024-02-01", [20, 90]))
    trend = trend_in(store, Asked(zone="yard"))
    (standing,) = trend.document["stationary"]
    assert (standing["scene"], standing["zone"], standing["railcars"]) == ("s2", "Yard", 2)
    assert [(one["since"], one["number"]) for one in standing["unmoved"]] == [("2024-01-01", 1)]
    assert any("1 indistinguishable from unmoved (1 since 2024-01-01)" in line for line in trend_lines(trend))


@pytest.fixture
def consist():
    """Lengths and colours of a mixed train."""
    rng = np.random.default_rng(3)
    return rng.choice([11.0, 13.0, 15.0, 18.0, 24.0], 16), rng.normal(0, 1.2, 16)


def starts(lengths, first):
    return first + np.concatenate([[0], np.cumsum(lengths + 1.1)[:-1]])


def test_a_train_is_met_again_on_another_track(site, count, consist):
    """Under other light, turned round; with the ids of the cars that belong together."""
    lengths, colours = consist
    store = kept(
        site,
        made(count, 1, "2024-01-01", starts(lengths, 20), lengths=lengths, colours=colours),
        made(
            count,
            2,
            "2024-02-01",
            starts(lengths[::-1], 50),
            lengths=lengths[::-1],
            colours=colours[::-1] + 0.5,
            track="T2",
        ),
    )
    (meeting,) = trains_in(store).meetings
    assert meeting.match.reversed
    assert meeting.p_adjusted <= 0.05
    document = trains_in(store).document
    assert len(document["matches"][0]["pairs"]) >= 14
    assert document["matches"][0]["pairs"][0] == ["c0", "c15"]


def test_a_string_that_never_moved_is_not_met_again(site, count, consist):
    """It is told as unmoved instead."""
    lengths, colours = consist
    same = [made(count, n, f"2024-0{n}-01", starts(lengths, 20), lengths=lengths, colours=colours) for n in (1, 2)]
    found = trains_in(kept(site, *same))
    assert (found.strings, found.pairs, found.meetings) == (2, 0, ())


def test_other_trains_are_not_taken_for_it(site, count, consist):
    """Nor anything for a string of fewer than six cars."""
    lengths, colours = consist
    rng = np.random.default_rng(9)
    other = rng.permutation(lengths)
    store = kept(
        site,
        made(count, 1, "2024-01-01", starts(lengths, 20), lengths=lengths, colours=colours),
        made(count, 2, "2024-02-01", starts(other, 50), lengths=other, colours=rng.normal(0, 1.2, 16), track="T2"),
        made(count, 3, "2024-03-01", starts(lengths[:5], 50), lengths=lengths[:5], colours=colours, track="T2"),
    )
    found = trains_in(store)
    assert (found.strings, found.pairs, found.meetings) == (2, 1, ())
