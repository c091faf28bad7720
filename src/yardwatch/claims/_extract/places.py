"""Where a claim is about: places in the words of the text, and the zone they name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yardwatch.claims._extract.text import Token, tokens_of
from yardwatch.claims._extract.vocabulary import words

__all__ = ["FACILITIES", "Gazetteer", "Spot"]

FACILITIES = words(
    """station yard railyard checkpoint crossing bridge port terminal depot facility border junction warehouse
    airfield airport factory river zone complex tunnel railway line harbour harbor pier siding platform area hub
    plant refinery district apron canopy"""
)
"""Common nouns that name a kind of place."""

_MIDDLE = words("rail railway railroad freight border friendship handling train marshalling road goods station")
_LEADS = words("in at near from of between across outside inside to on into through around over via towards")
_NO_PLACES = words(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december covid pandemic i the a an this that these in on at planet maxar airbus
    reuters satellite imagery google sentinel president minister mr mrs ms dr soviet-era"""
)
_OPENERS = words(
    """one two three four five six seven eight nine ten several many most some all both no new old main each every
    another freight railway rail passenger train cargo border local other such first second third only large small"""
)
_JOINTS = frozenset({"/", "-", "–"})


@dataclass(frozen=True, slots=True)
class Spot:
    """A place named in a row of tokens."""

    first: int
    """Index of its first token."""
    last: int
    """Index after its last token."""
    start: int
    """Where it begins in the text."""
    end: int
    """Where it ends."""
    rank: int
    """How well it serves: 3 a known name, 2 a facility, 1 any other name."""


class Gazetteer:
    """Known place names and the zones they stand for.

    Parameters
    ----------
    places : mapping of str to str
        Name or alias, in any case, to the name of the zone.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        self._names: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name, zone in places.items():
            parts = tuple(token.lower for token in tokens_of(name))
            if parts:
                self._names.setdefault(parts[0], []).append((parts, zone))
        for known in self._names.values():
            known.sort(key=lambda pair: -len(pair[0]))

    def spots(self, tokens: Sequence[Token]) -> list[Spot]:
        """The places that a sentence names, in order."""
        found: list[Spot] = []
        i = 0
        while i < len(tokens):
            spot = self._spot_at(tokens, i)
            if spot is None:
                i += 1
                continue
            found.append(spot)
            i = spot.last
        return found

    def zone_of(self, words: str) -> str | None:
        """The one zone that all known names in `words` stand for; the longer name wins over one inside it."""
        tokens = tokens_of(words)
        zones = set()
        i = 0
        while i < len(tokens):
            known = self._known_at(tokens, i)
            if known is None:
                i += 1
                continue
            zones.add(known[1])
            i += known[0]
        return zones.pop() if len(zones) == 1 else None

    def _known_at(self, tokens: Sequence[Token], i: int) -> tuple[int, str] | None:
        """Number of tokens and zone of the longest known name at `i`."""
        for name, zone in self._names.get(tokens[i].lower, ()):
            if tuple(token.lower for token in tokens[i : i + len(name)]) == name:
                return len(name), zone
        return None

    def _with_others(self, tokens: Sequence[Token], last: int) -> int:
        """Index after the names that a known one is joined with: "Khasan/Tumangan", "Khasan and Tumangan"."""
        while last + 1 < len(tokens):
            tight = tokens[last].text in _JOINTS and tokens[last].start == tokens[last - 1].end
            listed = tokens[last].lower == "and" and self._known_at(tokens, last + 1) is not None
            if not (listed or (tight and tokens[last + 1].text[0].isupper())):
                break
            known = self._known_at(tokens, last + 1)
            last += 1 + (known[0] if known is not None else 1)
        return last

    def _spot_at(self, tokens: Sequence[Token], i: int) -> Spot | None:
        known = self._known_at(tokens, i)
        if known is not None:
            last = _with_facility(tokens, self._with_others(tokens, i + known[0]))
            return Spot(i, last, tokens[i].start, tokens[last - 1].end, 3)
        if not _capital(tokens, i):
            return None
        last = i + 1
        while last < len(tokens) and last - i < 8:
            tight = tokens[last].text in _JOINTS and tokens[last].start == tokens[last - 1].end
            if not (_capital(tokens, last) or (tight and last + 1 < len(tokens) and _capital(tokens, last + 1))):
                break
            last += 1
        whole = _with_facility(tokens, last)
        is_facility = tokens[whole - 1].lower in FACILITIES
        led = i > 0 and (
            tokens[i - 1].lower in _LEADS or (tokens[i - 1].lower == "the" and i > 1 and tokens[i - 2].lower in _LEADS)
        )
        if not is_facility and not led:
            return None
        begin = i
        if (
            not is_facility
            and i > 1
            and tokens[i - 1].lower in {"at", "in", "of", "near"}
            and tokens[i - 2].lower in FACILITIES
        ):
            begin, is_facility = i - 2, True
        return Spot(begin, whole, tokens[begin].start, tokens[whole - 1].end, 2 if is_facility else 1)


def _with_facility(tokens: Sequence[Token], last: int) -> int:
    """Index after the facility that a name goes on to: "… railway checkpoint"."""
    at = last
    while at < len(tokens) and at - last < 3 and (tokens[at].lower in _MIDDLE or tokens[at].lower in FACILITIES):
        at += 1
        if tokens[at - 1].lower in FACILITIES and not (at < len(tokens) and tokens[at].lower in FACILITIES):
            return at
    return last


def _capital(tokens: Sequence[Token], i: int) -> bool:
    word = tokens[i]
    if not word.text[0].isupper() or word.lower in _NO_PLACES or len(word.text) < 2:
        return False
    if i == 0 and word.lower in _OPENERS:
        return False
    return i > 0 or (i + 1 < len(tokens) and (tokens[i + 1].lower in FACILITIES or tokens[i + 1].text in _JOINTS))
