"""Quantity claims of a sentence: a number, what it counts, and the words that belong to both."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from yardwatch.claims._extract.nouns import RAILCAR_TYPES, Thing, singular, thing_after, type_of
from yardwatch.claims._extract.numbers import Number, numbers_in
from yardwatch.claims._extract.text import Token
from yardwatch.claims._extract.vocabulary import words
from yardwatch.model.claim import ClaimQualifier

__all__ = ["Counted", "counted_in"]

_CURRENCY = frozenset("$€£¥₩₽")
_LABELS = words(
    """no article resolution chapter figure fig table page route highway flight track line section km hwy platform
    building phase unit site hs un"""
)  # fmt: skip
_COMPARING = words("with to from than of against was were had were")
_COMPARED = words(
    """compared up down versus against rose fell risen fallen increased dropped grew climbed more fewer rising
    falling"""
)  # fmt: skip
_SEEN = words(
    """seeing saw see seen spotted visible observed parked standing crossed cross crossing arrived arriving departed
    departing identified photographed carrying pulled pulling waiting left entered leaving"""
)  # fmt: skip
_SINGLE = words("train locomotive railcar wagon boxcar ship vessel barge convoy ferry")
_TOTALLING = frozenset({"(", "totalling", "totaling", "numbering"})
_MANY = {
    "many": "many", "most": "most", "mostly": "most", "predominantly": "most", "mainly": "most", "numerous": "many",
    "fewer": "fewer", "few": "few", "some": "some",
}  # fmt: skip
_DASHES = frozenset("-–—‑")
_TIMES = frozenset("×x*")
_MARKS = frozenset(":=–—-|(")


@dataclass(frozen=True, slots=True)
class Counted:
    """A quantity with the tokens that say it."""

    first: int
    """Index of its first token."""
    last: int
    """Index after its last token."""
    value: float | None
    """The number; None for a range, a vague word or an order ("many ore, fewer tank")."""
    low: float | None
    """Lower bound."""
    high: float | None
    """Upper bound."""
    unit: str
    """Unit."""
    measure: str
    """What is counted or measured."""
    type: str | None
    """Railcar type or other kind."""
    qualifier: ClaimQualifier | None
    """How the number is meant; None for an order."""


def counted_in(
    tokens: Sequence[Token], *, taken: Sequence[tuple[int, int]], in_list: bool, before: Counted | None = None
) -> list[Counted]:
    """The quantities of a sentence, in order.

    Parameters
    ----------
    tokens : sequence of Token
        The sentence.
    taken : sequence of (int, int)
        Index ranges that are dates, whose numbers count nothing.
    in_list : bool
        Whether it is a line of a list, where "Tank cars: 66" counts.
    before : Counted or None
        The last quantity of the sentence before, for "Of these, 90 were …".
    """
    dated = {i for first, last in taken for i in range(first, last)}
    numbers = [n for n in numbers_in(tokens) if not dated.intersection(range(n.core, n.last))]
    labelled = _labelled(tokens, numbers) if in_list else None
    if labelled is not None:
        return [labelled]
    found: list[Counted] = []
    for at, number in enumerate(numbers):
        following = numbers[at + 1] if at + 1 < len(numbers) else None
        counted = _counted(tokens, number, following, found) or _of_these(
            tokens, number, [*filter(None, [before]), *found]
        )
        if counted is not None and not (found and counted.first < found[-1].last and counted.unit != found[-1].unit):
            found.append(counted)
    found += _singles(tokens, found)
    found += _orders(tokens, found)
    return sorted(found, key=lambda one: one.first)


def _counted(
    tokens: Sequence[Token], number: Number, following: Number | None, before: Sequence[Counted]
) -> Counted | None:
    if _is_label(tokens, number):
        return None
    if number.is_fraction:
        return _share(tokens, number)
    first_of_two = _first_dimension(tokens, number, following)
    if first_of_two is not None:
        return first_of_two
    thing = thing_after(tokens, number.last, first=number.first)
    if thing is None:
        return _totalling(tokens, number) or _compared(tokens, number, before)
    return _thing_counted(tokens, number, thing, before)


def _thing_counted(tokens: Sequence[Token], number: Number, thing: Thing, before: Sequence[Counted]) -> Counted | None:
    """A number with its thing, unless it is the same length in other units or makes no sense."""
    converted = before and number.first and tokens[number.first - 1].text == "(" and number.first - 1 == before[-1].last
    if converted or not _is_plausible(number, thing, before):
        return None
    if thing.unit == "tanker" and before and before[-1].unit in {"railcar", "locomotive"}:
        thing = replace(thing, unit="railcar", measure="railcar", type="tank")
    if _is_second_dimension(tokens, number, before) and thing.measure == "length":
        thing = replace(thing, measure="width")
    return _made(_limited_after(tokens, number, thing.last), thing, thing.last)


def _first_dimension(tokens: Sequence[Token], number: Number, following: Number | None) -> Counted | None:
    """The 348 of "348 × 26 m", whose unit stands after the second number."""
    if following is None or following.core != number.last + 1:
        return None
    if tokens[number.last].lower not in _TIMES | {"by"}:
        return None
    thing = thing_after(tokens, following.last, first=following.first)
    return _made(number, thing, thing.last) if thing is not None and thing.measure == "length" else None


def _made(number: Number, thing: Thing, last: int) -> Counted:
    return Counted(
        number.first, last, number.value, number.low, number.high, thing.unit, thing.measure, thing.type,
        number.qualifier,
    )  # fmt: skip


def _is_label(tokens: Sequence[Token], number: Number) -> bool:
    """Whether the number names something ("Article 4", "10:24", "38 North") or is money."""
    before = tokens[number.core - 1] if number.core else None
    if before is not None and number.is_written:
        tight = before.end == tokens[number.core].start
        if before.text in _CURRENCY or before.lower in _LABELS or before.text in {"#", "№"}:
            return True
        if tight and (before.text in ":/'’" or before.text.isalpha()):
            return True
        if tight and before.text in _DASHES and number.core > 1 and tokens[number.core - 2].end == before.start:
            return tokens[number.core - 2].text.isalpha()
    after = tokens[number.last] if number.last < len(tokens) else None
    if after is None:
        return False
    if after.text in {":", "/"} and number.is_written and after.start == tokens[number.last - 1].end:
        return True
    name = (tokens[number.core].lower, after.lower)
    return name == ("38", "north") or after.text in _CURRENCY


def _is_plausible(number: Number, thing: Thing, before: Sequence[Counted]) -> bool:
    if (
        number.is_written
        and number.value is not None
        and 1900 <= number.value <= 2099
        and number.last - number.core == 1
    ):
        return thing.is_known and number.qualifier is not ClaimQualifier.EXACT
    if thing.is_known:
        return True
    if thing.unit == "railcar":
        return bool(before) and before[-1].unit in {"railcar", "locomotive"}
    return (
        number.value is None or number.value >= 2
        if number.qualifier is ClaimQualifier.RANGE
        else (number.value is not None and number.value >= 3)
    )


def _share(tokens: Sequence[Token], number: Number) -> Counted:
    """As in "a third of the apron": the share and what it is of."""
    last = number.last
    while (
        last < len(tokens)
        and last - number.last < 5
        and (tokens[last].text[0].isalpha() or tokens[last].text in _DASHES)
    ):
        last += 1
        if tokens[last - 1].lower not in {"of", "the", "its", "all", "their"}:
            break
    return Counted(
        number.first, last, number.value, number.low, number.high, "fraction", "share", None, number.qualifier
    )


def _is_second_dimension(tokens: Sequence[Token], number: Number, before: Sequence[Counted]) -> bool:
    joint = tokens[number.core - 1].lower if number.core else ""
    return (joint in _TIMES or joint == "by") and bool(before) and before[-1].measure == "length"


def _compared(tokens: Sequence[Token], number: Number, before: Sequence[Counted]) -> Counted | None:
    """As in "compared with seven", "up from 20": the unit is that of the number before."""
    if not before or number.qualifier is ClaimQualifier.NONE or number.first == 0:
        return None
    near = [token.lower for token in tokens[max(0, number.first - 4) : number.first]]
    after = tokens[number.last] if number.last < len(tokens) else None
    bare = after is None or not after.text[0].isalnum() or after.lower in {"in", "a", "on", "the", "last", "per", "at"}
    if not bare or near[-1] not in _COMPARING or not _COMPARED.intersection(near):
        return None
    last = before[-1]
    return Counted(
        number.first, number.last, number.value, number.low, number.high, last.unit, last.measure, last.type,
        number.qualifier,
    )  # fmt: skip


def _totalling(tokens: Sequence[Token], number: Number) -> Counted | None:
    """As in "freight cars (at least 73)", "railcars, totalling up to 73": what was named just before."""
    i = number.first - 1
    if i < 1 or tokens[i].lower not in _TOTALLING:
        return None
    i -= tokens[i - 1].text == ","
    for begin in range(i - 1, max(-1, i - 6), -1):
        thing = thing_after(tokens[:i], begin, first=begin + 1) if tokens[begin].text[0].isalpha() else None
        if (
            thing is not None
            and thing.last == i
            and thing.is_known
            and (begin == 0 or not tokens[begin - 1].text[0].isdigit())
        ):
            wider = thing_after(tokens[:i], begin - 1, first=begin) if begin else None
            thing = wider if wider is not None and wider.last == i and wider.type else thing
            return _made(number, thing, number.last)
    return None


def _limited_after(tokens: Sequence[Token], number: Number, last: int) -> Number:
    """The number with "at most" or "at least" taken in that ends its clause: "20 railcars at the yard at most"."""
    if number.qualifier is not ClaimQualifier.EXACT or number.value is None:
        return number
    for i in range(last, min(len(tokens) - 1, last + 7)):
        if not tokens[i].text[0].isalnum():
            return number
        ends = i + 2 >= len(tokens) or not tokens[i + 2].text[0].isalnum()
        if tokens[i].lower == "at" and tokens[i + 1].lower == "most" and ends:
            return replace(number, low=0, high=number.value, qualifier=ClaimQualifier.AT_MOST)
        if tokens[i].lower == "at" and tokens[i + 1].lower == "least" and ends:
            return replace(number, low=number.value, high=None, qualifier=ClaimQualifier.AT_LEAST)
    return number


def _of_these(tokens: Sequence[Token], number: Number, before: Sequence[Counted]) -> Counted | None:
    """As in "Of these, 90 were standing": what was counted before."""
    opening = [token.lower for token in tokens[max(0, number.first - 4) : number.first]]
    partial = opening[:2] == ["of", "these"] or opening[:2] == ["of", "them"] or opening[-2:] == ["of", "which"]
    after = tokens[number.last].lower if number.last < len(tokens) else ""
    if not partial or not before or after not in {"were", "are", "was", "had", "have"}:
        return None
    last = before[-1]
    return Counted(
        number.first, _phrase_end(tokens, number.last), number.value, number.low, number.high, last.unit, last.measure,
        None, number.qualifier,
    )  # fmt: skip


def _labelled(tokens: Sequence[Token], numbers: Sequence[Number]) -> Counted | None:
    """As in "Tank cars: 66", "Ore wagons 175", "Locomotives – about six" as a line of a list."""
    if len(numbers) != 1 or numbers[0].first == 0:
        return None
    number = numbers[0]
    rest = [token.text for token in tokens[number.last :]]
    first = 1 if tokens[0].text in "•·*-–—" else 0
    label = [token for token in tokens[first : number.first] if token.text not in _MARKS]
    if any(text.isalnum() for text in rest) or not 1 <= len(label) <= 6:
        return None
    thing = _label_thing(label)
    if thing is None or number.qualifier is ClaimQualifier.NONE:
        return None
    return replace(_made(number, thing, number.last), first=first)


def _label_thing(label: Sequence[Token]) -> Thing | None:
    words = [singular(token.lower) for token in label if token.text[0].isalpha()]
    for last in range(len(label), 0, -1):
        for begin in range(last):
            thing = thing_after(label[:last], begin, first=begin + 1)
            if thing is not None and thing.last == last and (thing.is_known or len(label) == 1):
                return replace(thing, type=thing.type or (type_of(words) if thing.unit == "railcar" else None))
    return None


def _singles(tokens: Sequence[Token], found: Sequence[Counted]) -> list[Counted]:
    """As in "seeing a train cross the border", "a locomotive was visible": one, where it was seen or moved."""
    singles = []
    for i in range(len(tokens) - 1):
        if tokens[i].lower not in {"a", "an", "another"}:
            continue
        thing = _single_after(tokens, i + 1)
        if thing is None or any(one.first < thing.last and i < one.last for one in found):
            continue
        leads = i > 0 and tokens[i - 1].lower in _SEEN
        last = _phrase_end(tokens, thing.last)
        if leads or any(token.lower in _SEEN for token in tokens[thing.last : thing.last + 4]):
            first = i - 1 if leads else i
            singles.append(Counted(first, last, 1, 1, 1, thing.unit, thing.measure, thing.type, ClaimQualifier.EXACT))
    return singles


def _single_after(tokens: Sequence[Token], i: int) -> Thing | None:
    for at in range(i, min(len(tokens), i + 4)):
        if not tokens[at].text[0].isalpha():
            return None
        if tokens[at].lower in _SINGLE:
            thing = thing_after(tokens, i, first=i)
            return thing if thing is not None and thing.last == at + 1 else None
    return None


def _phrase_end(tokens: Sequence[Token], last: int) -> int:
    """Index after the few words that say what the single thing did."""
    end = last
    while end < len(tokens) and end - last < 6 and (tokens[end].text[0].isalnum() or tokens[end].text in _DASHES):
        if tokens[end].lower in {"and", "but", "which", "that", "on", "in", "while", "as", "for"}:
            break
        end += 1
    return end


def _orders(tokens: Sequence[Token], found: Sequence[Counted]) -> list[Counted]:
    """As in "many ore, fewer tank and freight cars": which type is more, without a number."""
    parts = []
    for i, token in enumerate(tokens[:-1]):
        word = _MANY.get(token.lower)
        at = i + 1
        while word is not None and at < len(tokens) and tokens[at].lower in {"of", "the", "them", "were", "are"}:
            at += 1
        kind, last = _types_at(tokens, at) if word is not None else ("", at)
        if kind and not any(one.first < last and i < one.last for one in found):
            parts.append((i, last, f"{word} {kind}"))
    if len(parts) > 1 and parts[-1][1] - parts[0][0] <= 30:
        first, last, wording = parts[0][0], parts[-1][1], ", ".join(text for _, _, text in parts)
    elif parts and singular(tokens[parts[0][1] - 1].lower) in {"car", "wagon", "railcar"}:
        first, last, wording = parts[0]
    else:
        return []
    return [Counted(first, last, None, None, None, "railcar", "railcar", wording, None)]


def _types_at(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """Railcar types in a row ("tank and freight cars") as words, and the index after them; "" if there are none."""
    types: list[str] = []
    last = at
    while last < len(tokens) and last - at < 8:
        word = singular(tokens[last].lower)
        if word in RAILCAR_TYPES:
            types.append(RAILCAR_TYPES[word])
        elif word in {"car", "wagon", "railcar"} and types:
            return " and ".join(dict.fromkeys(types)), last + 1
        elif not (types and (word in {"and", "-", "top", "type"})):
            break
        last += 1
    while last > at and tokens[last - 1].lower == "and":
        last -= 1
    return " and ".join(dict.fromkeys(types)), last
