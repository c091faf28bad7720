"""A count in words and figures for a terminal."""

from collections.abc import Mapping

from yardwatch.model.quantity import Qualifier
from yardwatch.model.railcar import Count, Interval, Tally
from yardwatch.report import tally_sentence

__all__ = ["heading", "key_sentence", "tally_rows"]


def heading(count: Count) -> str:
    """Which image it was, when it was taken and how sharp it is."""
    scene = count.scene
    parts = [
        scene.filename,
        scene.acquired.text if scene.acquired else "date not known",
        f"{scene.gsd_m:.3g} m",
        f"{len(count.tracks)} tracks" if len(count.tracks) != 1 else "1 track",
    ]
    return " · ".join([*parts, "SIMULATED"] if scene.simulated else parts)


def key_sentence(count: Count) -> str:
    """How many cars, how sure, and what could not be seen."""
    return tally_sentence(count.total, gsd_m=count.scene.gsd_m)


def tally_rows(count: Count) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows of the table of zones; the last row counts every car once."""
    level = f"{count.total.level:.0%}"
    head = ("zone", "railcars", level, "visible m", "hidden m", "outside m", "by type")
    zones = [tally for tally in count.tallies if tally.zone is not None]
    return head, [_row(tally) for tally in (*zones, count.total)]


def _row(tally: Tally) -> tuple[str, ...]:
    seen = tally.visible_m > 0
    return (
        tally.zone or "all",
        _number(tally) if seen else "not seen",
        f"{tally.low}–{'?' if tally.high is None else tally.high}" if seen else "",
        f"{tally.visible_m:.0f}",
        f"{tally.hidden_m:.0f}",
        f"{tally.outside_m:.0f}",
        _types(tally.by_type),
    )


def _number(tally: Tally) -> str:
    """The count as it is meant: part of a zone that is hidden makes it a lower bound."""
    if tally.value is None:
        return "–"
    return f"≥ {tally.value}" if tally.qualifier is Qualifier.AT_LEAST else str(tally.value)


def _types(by_type: Mapping[str, Interval]) -> str:
    found = sorted(by_type.items(), key=lambda pair: -pair[1].value)
    return ", ".join(f"{name.replace('_', ' ')} {interval.value}" for name, interval in found if interval.value)
