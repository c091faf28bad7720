"""Numbers as people write them, with what they say of how firmly the number is meant."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from yardwatch.claims._extract.text import Token
from yardwatch.model.claim import ClaimQualifier

__all__ = ["Number", "numbers_in"]

_DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,12}(?:\.\d{1,6})?")
_ONES = {
    word: value
    for value, word in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        1,
    )
}
_TENS = {
    w: 10 * n for n, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000, "dozen": 12, "score": 20}
_VAGUE = {"dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2000, "several": 3}
_FRACTIONS = {
    "half": 1 / 2, "third": 1 / 3, "thirds": 1 / 3, "quarter": 1 / 4, "quarters": 1 / 4, "fifth": 1 / 5,
    "fifths": 1 / 5,
}  # fmt: skip
_DASHES = frozenset("-–—‑")
_BEFORE: tuple[tuple[tuple[str, ...], ClaimQualifier], ...] = (
    (("no", "fewer", "than"), ClaimQualifier.AT_LEAST),
    (("no", "less", "than"), ClaimQualifier.AT_LEAST),
    (("not", "fewer", "than"), ClaimQualifier.AT_LEAST),
    (("not", "less", "than"), ClaimQualifier.AT_LEAST),
    (("a", "minimum", "of"), ClaimQualifier.AT_LEAST),
    (("in", "excess", "of"), ClaimQualifier.AT_LEAST),
    (("upwards", "of"), ClaimQualifier.AT_LEAST),
    (("at", "least"), ClaimQualifier.AT_LEAST),
    (("no", "more", "than"), ClaimQualifier.AT_MOST),
    (("not", "more", "than"), ClaimQualifier.AT_MOST),
    (("a", "maximum", "of"), ClaimQualifier.AT_MOST),
    (("at", "most"), ClaimQualifier.AT_MOST),
    (("a", "mere"), ClaimQualifier.ONLY),
    (("more", "than"), ClaimQualifier.AT_LEAST),
    (("fewer", "than"), ClaimQualifier.AT_MOST),
    (("less", "than"), ClaimQualifier.AT_MOST),
    (("well", "over"), ClaimQualifier.AT_LEAST),
    (("over",), ClaimQualifier.AT_LEAST),
    (("exceeding",), ClaimQualifier.AT_LEAST),
    (("under",), ClaimQualifier.AT_MOST),
    (("below",), ClaimQualifier.AT_MOST),
    (("as", "many", "as"), ClaimQualifier.UP_TO),
    (("as", "much", "as"), ClaimQualifier.UP_TO),
    (("up", "to"), ClaimQualifier.UP_TO),
    (("an", "estimated"), ClaimQualifier.ABOUT),
    (("estimated",), ClaimQualifier.ABOUT),
    (("close", "to"), ClaimQualifier.ABOUT),
    (("in", "the", "region", "of"), ClaimQualifier.ABOUT),
    (("approx", "."), ClaimQualifier.ABOUT),
    (("ca", "."), ClaimQualifier.ABOUT),
    *(
        ((word,), ClaimQualifier.ABOUT)
        for word in [
            "about",
            "approximately",
            "around",
            "roughly",
            "some",
            "nearly",
            "almost",
            "approx",
            "circa",
            "ca",
            "~",
            "≈",
            "estimatedly",
        ]
    ),
    (("only",), ClaimQualifier.ONLY),
    (("just",), ClaimQualifier.ONLY),
    (("merely",), ClaimQualifier.ONLY),
    (("exactly",), ClaimQualifier.EXACT),
    (("precisely",), ClaimQualifier.EXACT),
    (("a", "total", "of"), ClaimQualifier.EXACT),
    (("≥",), ClaimQualifier.AT_LEAST),
    (("≤",), ClaimQualifier.AT_MOST),
    ((">",), ClaimQualifier.AT_LEAST),
    (("<",), ClaimQualifier.AT_MOST),
)
"""Words before a number, longest and firmest first."""
_BEFORE_BY_LAST = {
    last: tuple((said, qualifier) for said, qualifier in _BEFORE if said[-1] == last)
    for last in {said[-1] for said, _ in _BEFORE}
}
_FIRST_WORDS = (
    frozenset(_ONES) | frozenset(_TENS) | frozenset(_SCALES) | frozenset(_VAGUE) | frozenset(_FRACTIONS)
) | frozenset({"a", "an", "single", "lone", "no"})
_AFTER: tuple[tuple[tuple[str, ...], ClaimQualifier], ...] = (
    (("or", "more"), ClaimQualifier.AT_LEAST),
    (("+",), ClaimQualifier.AT_LEAST),
    (("or", "fewer"), ClaimQualifier.AT_MOST),
    (("or", "less"), ClaimQualifier.AT_MOST),
    (("or", "so"), ClaimQualifier.ABOUT),
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a row of tokens, with the words that qualify it."""

    first: int
    """Index of its first token, the qualifier's words included."""
    core: int
    """Index of the first token of the number itself."""
    last: int
    """Index after its last token."""
    value: float | None
    """The number; None for a range or a vague word."""
    low: float | None
    """Least it can mean by its words; None where they set no bound."""
    high: float | None
    """Most it can mean by its words; None where they set no bound."""
    qualifier: ClaimQualifier
    """How it is meant."""
    is_fraction: bool = False
    """Whether it is a share written in words, such as "a third"."""
    is_written: bool = False
    """Whether it is a plain figure in digits."""


def numbers_in(tokens: Sequence[Token]) -> list[Number]:
    """All numbers of a row of tokens, in order, none overlapping."""
    found = []
    i = 0
    while i < len(tokens):
        may_begin = tokens[i].text[0].isdigit() or tokens[i].lower in _FIRST_WORDS
        number = _number_at(tokens, i) if may_begin else None
        if number is None:
            i += 1
        else:
            found.append(number)
            i = number.last
    return found


def _number_at(tokens: Sequence[Token], i: int) -> Number | None:
    vague = _vague_at(tokens, i)
    if vague is not None:
        return vague
    fraction = _fraction_at(tokens, i)
    if fraction is not None:
        return fraction
    plain = _plain_at(tokens, i)
    if plain is None:
        return None
    value, last = plain
    qualifier: ClaimQualifier | None
    low: float | None
    high: float | None
    second = _range_end(tokens, i, last)
    if second is not None and second[0] > value:
        high, last = second
        first = i - 1 if i and tokens[i - 1].lower in {"between", "from"} else i
        first, _ = _qualifier_before(tokens, first)
        return Number(first, i, last, None, value, high, ClaimQualifier.RANGE, is_written=True)
    if value == 1 and _is_none_at_all(tokens, i):
        return Number(i - 1, i, last, 0, 0, 0, ClaimQualifier.NONE)
    first, qualifier = _qualifier_before(tokens, i)
    if qualifier in {None, ClaimQualifier.ONLY}:
        last, after = _qualifier_after(tokens, last)
        qualifier = after or qualifier
    qualifier = qualifier or ClaimQualifier.EXACT
    low, high = _bounds(value, qualifier)
    return Number(first, i, last, value, low, high, qualifier, is_written=tokens[i].text[0].isdigit())


def _is_none_at_all(tokens: Sequence[Token], i: int) -> bool:
    """As in "not a single train", "never a single container"."""
    single = tokens[i].lower == "single" or (i + 1 < len(tokens) and tokens[i + 1].lower == "single")
    return single and i > 0 and tokens[i - 1].lower in {"not", "never", "without"}


def _plain_at(tokens: Sequence[Token], i: int) -> tuple[float, int] | None:
    """A plain number at `i` and the index after it."""
    token = tokens[i]
    if token.text[0].isdigit():
        if not _DIGITS.fullmatch(token.text):
            return None
        return _scaled(tokens, float(token.text.replace(",", "")), i + 1)
    if token.lower in {"a", "an"} and i + 1 < len(tokens):
        return _with_article(tokens, i)
    if token.lower == "half" and [t.lower for t in tokens[i + 1 : i + 3]] == ["a", "dozen"]:
        return 6.0, i + 3
    return _words_at(tokens, i)


def _with_article(tokens: Sequence[Token], i: int) -> tuple[float, int] | None:
    following = tokens[i + 1].lower
    if following in {"single", "lone", "solitary"}:
        return 1.0, i + 2
    if following in {"couple", "pair"} and i + 2 < len(tokens) and tokens[i + 2].lower == "of":
        return 2.0, i + 3
    if following in _SCALES and following != "score":
        return _scaled(tokens, 1.0, i + 1)
    return None


def _words_at(tokens: Sequence[Token], i: int) -> tuple[float, int] | None:
    word = tokens[i].lower
    if word in {"single", "lone"}:
        return 1.0, i + 1
    if word in _ONES:
        return _scaled(tokens, float(_ONES[word]), i + 1)
    if word not in _TENS:
        return None
    value, last = float(_TENS[word]), i + 1
    if last < len(tokens) and tokens[last].text in _DASHES:
        last += 1
    if last < len(tokens) and 1 <= _ONES.get(tokens[last].lower, 0) <= 9:
        return _scaled(tokens, value + _ONES[tokens[last].lower], last + 1)
    return _scaled(tokens, value, i + 1)


def _scaled(tokens: Sequence[Token], value: float, last: int) -> tuple[float, int]:
    """`value` times the hundred, thousand or dozen that follow, with what is added to it ("two hundred and five")."""
    for _ in range(3):
        scale = _SCALES.get(tokens[last].lower) if last < len(tokens) else None
        if scale is None:
            break
        value, last = value * scale, last + 1
        if scale == 100:
            at = last + 1 if last < len(tokens) and tokens[last].lower == "and" else last
            rest = _words_at(tokens, at) if at < len(tokens) else None
            if rest is not None and rest[0] < 100:
                value, last = value + rest[0], rest[1]
    return value, last


def _range_end(tokens: Sequence[Token], i: int, last: int) -> tuple[float, int] | None:
    """The upper number of a range, and the index after it."""
    if last + 1 >= len(tokens):
        return None
    between = i > 0 and tokens[i - 1].lower == "between"
    joint = tokens[last]
    joins = joint.lower in {"to", "or"} or (between and joint.lower == "and")
    tight = joint.text in _DASHES and joint.start == tokens[last - 1].end and joint.end == tokens[last + 1].start
    if not joins and not tight:
        return None
    return _plain_at(tokens, last + 1)


def _vague_at(tokens: Sequence[Token], i: int) -> Number | None:
    word = tokens[i].lower
    following = [t.lower for t in tokens[i + 1 : i + 3]]
    if word in _VAGUE:
        last = i + 2 if following[:1] == ["of"] else i + 1
        if last + 1 < len(tokens) and following[:1] == ["of"] and tokens[last].lower in _VAGUE:
            last += 2
        if following[:1] == ["hundred"]:
            return Number(i, i, i + 2, None, 300, None, ClaimQualifier.AT_LEAST)
        if following[:1] == ["dozen"]:
            return Number(i, i, i + 2, None, 36, None, ClaimQualifier.AT_LEAST)
        return Number(i, i, last, None, _VAGUE[word], None, ClaimQualifier.AT_LEAST)
    if word == "a" and following == ["handful", "of"]:
        return Number(i, i, i + 3, None, 2, None, ClaimQualifier.AT_LEAST)
    if word == "no" and following[:1] and following[0] not in {"more", "fewer", "less", "longer", "one", "."}:
        return Number(i, i, i + 1, 0, 0, 0, ClaimQualifier.NONE)
    return None


def _fraction_at(tokens: Sequence[Token], i: int) -> Number | None:
    """A share in words: "a third of", "two-thirds of", "half of", "half the"."""
    at, times = i, 1.0
    word = tokens[i].lower
    if word in {"a", "an", "one"} or (word in {"two", "three", "four"} and i + 1 < len(tokens)):
        times = float(_ONES.get(word, 1))
        at = i + 1
        if at < len(tokens) and tokens[at].text in _DASHES:
            at += 1
    part = _FRACTIONS.get(tokens[at].lower) if at < len(tokens) else None
    after = tokens[at + 1].lower if part is not None and at + 1 < len(tokens) else ""
    whole = after == "of" or (after in {"the", "its"} and tokens[at].lower == "half")
    if part is None or not whole or (at == i and tokens[at].lower != "half"):
        return None
    first, qualifier = _qualifier_before(tokens, i)
    qualifier = qualifier or ClaimQualifier.EXACT
    low, high = _bounds(times * part, qualifier)
    return Number(first, i, at + 1, times * part, low, high, qualifier, is_fraction=True)


def _qualifier_before(tokens: Sequence[Token], i: int) -> tuple[int, ClaimQualifier | None]:
    """Index of the first word that qualifies the number at `i`, and how; the firmest of several words wins."""
    first, found = i, None
    for _ in range(3):
        near = _BEFORE_BY_LAST.get(tokens[first - 1].lower, ()) if first else ()
        step = next(((len(said), q) for said, q in near if _stand_before(tokens, first, said)), None)
        if step is None:
            break
        first -= step[0]
        if found is None or (found is ClaimQualifier.ABOUT and step[1] not in {ClaimQualifier.ONLY}):
            found = step[1]
    return first, found


def _qualifier_after(tokens: Sequence[Token], last: int) -> tuple[int, ClaimQualifier | None]:
    for words, qualifier in _AFTER:
        if tuple(t.lower for t in tokens[last : last + len(words)]) == words:
            return last + len(words), qualifier
    return last, None


def _stand_before(tokens: Sequence[Token], i: int, words: tuple[str, ...]) -> bool:
    return i >= len(words) and all(tokens[i - len(words) + n].lower == word for n, word in enumerate(words))


def _bounds(value: float, qualifier: ClaimQualifier) -> tuple[float | None, float | None]:
    match qualifier:
        case ClaimQualifier.ABOUT:
            return None, None
        case ClaimQualifier.AT_LEAST:
            return value, None
        case ClaimQualifier.AT_MOST | ClaimQualifier.UP_TO:
            return 0, value
        case _:
            return value, value
