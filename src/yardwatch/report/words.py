"""How numbers, dates and counts are said in English."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from yardwatch.model.dates import When
from yardwatch.model.quantity import Qualifier, Quantity
from yardwatch.model.railcar import Tally
from yardwatch.model.scene import Republish, Rights

__all__ = [
    "TallyWords",
    "bounds",
    "coverage_words",
    "credit_line",
    "distance",
    "image_words",
    "instant_words",
    "joined",
    "klass_words",
    "numeral",
    "plain",
    "quantity_words",
    "railcars",
    "tally_sentence",
    "tally_short",
    "tally_words",
    "thousands",
    "when_words",
]

_LEAST_M = 0.5
_COARSEST_M = 1.0
_WORTH_SAYING = 0.5
_BLANKS = "\t\n\r\v\f\u0085\u2028\u2029"
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


def plain(text: str) -> str:
    """`text` with line breaks as spaces and other control and direction characters made visible as �."""
    return _UNSAFE.sub("\ufffd", text.translate(dict.fromkeys(map(ord, _BLANKS), " ")))


def thousands(number: float) -> str:
    """A whole number with separators: ``1,234``."""
    return f"{round(number):,}"


def numeral(number: float) -> str:
    """A number with separators, or with three digits where it is no whole one: ``1,234``, ``0.333``."""
    return f"{number:,.0f}" if number == round(number) else f"{number:.3g}"


def distance(metres: float) -> str:
    """A length in prose: ``120 m`` below a kilometre, ``12.8 km`` from there on."""
    if 0 < metres < _LEAST_M:
        return "less than 1 m"
    return f"{thousands(metres)} m" if round(metres) < 1000 else f"{metres / 1000:,.1f} km"


def railcars(number: int) -> str:
    """``1 railcar``, ``1,234 railcars``."""
    return f"{thousands(number)} railcar" + ("" if number == 1 else "s")


def joined(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + (f" and {parts[-1]}" if parts else "")


def instant_words(moment: datetime) -> str:
    """``3 December 2024, 02:15 UTC``."""
    utc = moment.astimezone(UTC)
    return f"{_day(utc)}, {utc:%H:%M} UTC"


def when_words(when: When | None) -> str:
    """A date for people; an uncertain one stays as it was written, in EDTF."""
    if when is None:
        return "date not known"
    if when.is_instant and when.earliest is not None:
        return instant_words(when.earliest)
    if when.text.endswith("/.."):
        return f"since at least {_date_words(when.text[:-3])}"
    return _date_words(when.text)


def image_words(when: When | None) -> str:
    """An image named by its date."""
    return f"Image of {when_words(when)}" if when else "Image, date not known"


def quantity_words(quantity: Quantity) -> str:
    """What a person counted, with its qualifier; zero is said as what it is."""
    if quantity.high == 0:
        return "none: looked and saw nothing"
    if quantity.qualifier is Qualifier.UNKNOWN:
        return _unknown_number(quantity)
    if quantity.value is None:
        return f"{numeral(quantity.low or 0)}–{numeral(quantity.high or 0)}"
    words = {"exact": "", "about": "about ", "at_least": "at least ", "at_most": "at most "}
    return words[quantity.qualifier] + numeral(quantity.value)


def klass_words(klass: str) -> str:
    """The class of an observation for people."""
    return klass.replace("_", " ").replace(":", ": ")


def credit_line(rights: Rights) -> str:
    """What must stand under a picture, unknowns said as unknown."""
    allowed = {Republish.YES: "yes", Republish.NO: "no", Republish.UNKNOWN: "not known"}[rights.may_republish]
    credit, licence = rights.credit or "not known", rights.licence or "not known"
    return f"Credit: {credit}; licence: {licence}; may be republished: {allowed}."


def coverage_words(tally: Tally) -> str:
    """What of the track was not seen: ``120 m of track hidden, 40 m outside the image``; empty if all was."""
    parts = []
    if tally.hidden_m >= _LEAST_M:
        parts.append(f"{distance(tally.hidden_m)} of track hidden")
    if tally.outside_m >= _LEAST_M:
        parts.append(f"{distance(tally.outside_m)} {'' if parts else 'of track '}outside the image")
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class TallyWords:
    """One tally in words, in its parts."""

    head: str
    """The number with its qualifier, or that there is none."""
    interval: str
    """``90 % interval 68–79``, and who counted where a person did; empty where there is neither."""
    bound: str
    """What else bounds the number, where the image carries no count."""
    unseen: str
    """What of the track was not seen; empty if all was."""
    unmoved: str = ""
    """How many of the cars are indistinguishable from unmoved, and since when; empty if none is."""

    @property
    def sentence(self) -> str:
        """All parts as one."""
        interval = f" ({self.interval})" if self.interval else ""
        return "; ".join([self.head + interval, *(part for part in (self.unmoved, self.bound, self.unseen) if part)])


def tally_words(tally: Tally, *, gsd_m: float) -> TallyWords:
    """One tally in words: number, interval, and what was not seen.

    Parameters
    ----------
    tally : Tally
        Of a zone or of the whole site.
    gsd_m : float
        Ground sample distance of the scene, metres; named where it carries no count.
    """
    unseen = coverage_words(tally)
    if _nothing_seen(tally):
        return TallyWords("Unknown: none of the track could be seen", "", "", unseen)
    if tally.value is None or tally.qualifier is Qualifier.UNKNOWN:
        return TallyWords(*_no_count(tally, gsd_m), unseen)
    interval = _interval(tally)
    if tally.value == 0 and tally.qualifier is not Qualifier.AT_MOST:
        found = f"No railcar was found on {distance(tally.visible_m)} of visible track"
        return TallyWords(found, "" if tally.high == 0 and tally.by is None else interval, "", unseen)
    word = {"exact": "", "about": "About ", "at_least": "At least ", "at_most": "At most "}[tally.qualifier]
    return TallyWords(word + railcars(tally.value), interval, "", unseen, _unmoved(tally))


def tally_sentence(tally: Tally, *, gsd_m: float) -> str:
    """One tally as a sentence without full stop: ``About 73 railcars (90 % interval 68–79); 120 m of track hidden``."""
    return tally_words(tally, gsd_m=gsd_m).sentence


def tally_short(tally: Tally) -> str:
    """One tally for a table cell: ``about 73 (68–79)``."""
    if _nothing_seen(tally):
        return "not seen"
    if tally.value is None:
        return "no count" if tally.high is None else f"no count (0–{thousands(tally.high)})"
    if tally.value == 0 and tally.qualifier is not Qualifier.AT_MOST:
        return "none found" if tally.high == 0 else f"none found ({bounds(tally.low, tally.high)})"
    words = {"at_least": "at least ", "at_most": "at most ", "about": "about "}.get(tally.qualifier, "")
    return f"{words}{thousands(tally.value)} ({bounds(tally.low, tally.high)})"


def bounds(low: int, high: int | None) -> str:
    """``68–79``, or ``68 or more`` where nothing bounds it above."""
    return f"{thousands(low)} or more" if high is None else f"{thousands(low)}–{thousands(high)}"


def _unmoved(tally: Tally) -> str:
    """``of which 12 indistinguishable from unmoved: 10 since 18 June 2024, 2 since 5 March 2024``."""
    number = sum(one.number for one in tally.unmoved)
    if not number:
        return ""
    parts = [f"{thousands(one.number)} since {when_words(one.since)}" for one in tally.unmoved]
    chance = sum(one.by_chance for one in tally.unmoved)
    said = f"of which {thousands(number)} indistinguishable from unmoved ({joined(parts)})"
    return f"{said}, where about {thousands(chance)} would be by chance" if chance >= _WORTH_SAYING else said


def _interval(tally: Tally) -> str:
    """The bounds, and who counted where a person did; his number has no bounds of the machine's."""
    interval = f"{round(100 * tally.level)} % interval {bounds(tally.low, tally.high)}"
    if tally.by is None:
        return interval
    who = f"counted by {plain(tally.by)}"
    return who if tally.low == tally.high else f"{interval}, {who}"


def _no_count(tally: Tally, gsd_m: float) -> tuple[str, str, str]:
    if gsd_m <= _COARSEST_M:
        possible = f"{bounds(tally.low, tally.high)} railcars are possible" if tally.high is not None else ""
        return "Unknown: the image does not carry a count", "", possible
    head = f"The image does not carry a count at {gsd_m:.1f} m"
    if tally.high is None:
        return head, "", ""
    fitting = f"between {thousands(tally.low)} and {thousands(tally.high)} cars" if tally.high else "no car"
    return head, "", f"{fitting} would fit the occupied metres"


def _nothing_seen(tally: Tally) -> bool:
    return tally.visible_m < _LEAST_M and tally.hidden_m + tally.outside_m >= _LEAST_M


def _unknown_number(quantity: Quantity) -> str:
    if quantity.high is not None:
        return f"unknown, at most {numeral(quantity.high)}"
    return "some, number unknown" if quantity.low else "unknown"


def _date_words(edtf: str) -> str:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", edtf):
        return _day(date.fromisoformat(edtf))
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", edtf):
        return f"{date.fromisoformat(edtf + '-01'):%B %Y}"
    return edtf


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
