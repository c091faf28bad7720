"""Dates in running text, those relative to the day of publication included, as EDTF."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from yardwatch.claims._extract.text import Token
from yardwatch.claims._extract.vocabulary import words
from yardwatch.errors import DateError
from yardwatch.model.dates import When, parse_when

__all__ = ["Mention", "dates_in", "day_of"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sept sep", "october oct", "november nov", "december dec"), 1)
    for name in names.split()
}  # fmt: skip
_WEEKDAYS = {d: n for n, d in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])}
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_PARTS = {"early": 0, "mid": 1, "late": 2}
_PART_DAYS = ((1, 10), (11, 20), (21, None))
_PART_MONTHS = ((1, 4), (5, 8), (9, 12))
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twelve": 12,
}  # fmt: skip
_UNIT_DAYS = {"day": 1, "week": 7}
_SINCE = {"since": "since", "until": "until", "till": "until", "by": "by", "before": "by"}
_YEAR_LEADS = words("in since by until till of during from to and early mid late before after through between")
_AHEAD = words("will plans planned plan scheduled expected due slated intends aims next going should shall")
_SAID = words("said told reported announced stated wrote noted report statement")
_CLAUSE_ENDS = frozenset({",", ";", ":", "and", "but", "which", "after", "while"})
_FIRST_WORDS = (
    frozenset(_MONTHS) | frozenset(_WEEKDAYS) | frozenset(_SEASONS) | frozenset(_PARTS) | frozenset(_NUMBERS)
) | words(
    "the this last next past previous yesterday today tomorrow end beginning start middle several first second third"
)
_DASHES = frozenset("-–—‑")


@dataclass(frozen=True, slots=True)
class Mention:
    """A date in a row of tokens."""

    first: int
    """Index of its first token."""
    last: int
    """Index after its last token."""
    text: str | None
    """EDTF; None where it cannot be told from the text and the day of publication."""
    role: str = "at"
    """``at``, ``since``, ``until``, ``by``, or ``said`` for the date of a statement itself."""

    def when(self) -> When | None:
        """The date as a value; an open interval for "since" and "until"."""
        if self.text is None:
            return None
        text = self.text
        if "/" not in text:
            text = {"since": f"{text}/..", "until": f"../{text}"}.get(self.role, text)
        return _parsed(text)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> When | None:
    try:
        return parse_when(text)
    except DateError:
        return None


@dataclass(frozen=True, slots=True)
class _Context:
    """What relative dates are relative to."""

    published: date | None
    ahead: bool
    year: int | None
    before: str | None


def day_of(when: When | None) -> date | None:
    """The day that relative dates count from: the last one that the day of publication can mean."""
    moment = None if when is None else (when.latest or when.earliest)
    return None if moment is None else moment.date()


def dates_in(tokens: Sequence[Token], *, published: date | None, before: str | None = None) -> list[Mention]:
    """The dates of a sentence, in order.

    Parameters
    ----------
    tokens : sequence of Token
        The sentence.
    published : date or None
        The day of publication; without it, dates relative to it are found but have no value.
    before : str or None
        The EDTF date that the text gave last, for "a few days later".

    Notes
    -----
    A month or day without a year is the last one up to the day of publication; in a clause that speaks of what is
    still to come it is the next one.
    """
    found: list[Mention] = []
    year: int | None = None
    i = 0
    while i < len(tokens):
        if not _may_begin(tokens[i]):
            i += 1
            continue
        mention = _at(tokens, i, _Context(published, _ahead_near(tokens, i), year, before))
        if mention is None:
            i += 1
            continue
        found.append(mention)
        if mention.text is not None and tokens_hold_year(tokens[mention.first : mention.last]):
            year = int(mention.text[:4]) if mention.text[:4].isdigit() else year
        before = mention.text if mention.text is not None and mention.role == "at" else before
        i = mention.last
    return _spans(tokens, found)


def _may_begin(token: Token) -> bool:
    """Whether a date can begin with this token at all."""
    return token.text[0].isdigit() or token.lower in _FIRST_WORDS


def _ahead_near(tokens: Sequence[Token], i: int) -> bool:
    """Whether the clause around `i` speaks of what is still to come."""
    first = last = i
    while first and tokens[first - 1].lower not in _CLAUSE_ENDS and i - first < 20:
        first -= 1
    while last < len(tokens) and tokens[last].lower not in _CLAUSE_ENDS and last - i < 20:
        last += 1
    words = {token.lower for token in tokens[first:last]}
    if _AHEAD & words:
        return True
    return (
        first == 0
        and last < len(tokens)
        and tokens[last].text == ","
        and bool(_AHEAD & {token.lower for token in tokens[last + 1 : last + 9]})
    )


def tokens_hold_year(tokens: Sequence[Token]) -> bool:
    """Whether a year is written out among the tokens."""
    return any(_is_year(token) for token in tokens)


def _at(tokens: Sequence[Token], i: int, context: _Context) -> Mention | None:
    """The date that begins at `i`."""
    for reader in (
        _iso,
        _past_years,
        _part_of,
        _month_first,
        _day_first,
        _relative,
        _weekday,
        _ago,
        _season,
        _bare_year,
    ):
        read = reader(tokens, i, context)
        if read is not None:
            text, last = read
            return Mention(i, last, text, _role(tokens, i))
    return None


_Read = tuple[str | None, int] | None


def _iso(tokens: Sequence[Token], i: int, context: _Context) -> _Read:  # noqa: ARG001 -- one form for all readers
    parts = tokens[i : i + 5]
    if len(parts) < 5 or not _is_year(parts[0]) or parts[1].text != "-" or parts[3].text != "-":
        return None
    if parts[0].start + 10 != parts[4].end or not (parts[2].text + parts[4].text).isdecimal():
        return None
    return _day(int(parts[0].text), int(parts[2].text), int(parts[4].text)), i + 5


def _part_of(tokens: Sequence[Token], i: int, context: _Context) -> _Read:
    """As in "early November", "mid-2023", "the end of 2026", "the first half of 2024"."""
    part, at = _part_at(tokens, i)
    if part is None or at >= len(tokens):
        return None
    month = _month(tokens[at])
    if month is not None:
        year, last = _year_after(tokens, at + 1)
        year = year or _year_of(month, None, context)
        return (None if year is None else _part_of_month(year, month, part)), last
    relative = _relative(tokens, at, context)
    if relative is not None and relative[0] is not None and len(relative[0]) == 4:
        return _part_of_year(int(relative[0]), part), relative[1]
    if _is_year(tokens[at]):
        return _part_of_year(int(tokens[at].text), part), at + 1
    return None


def _part_at(tokens: Sequence[Token], i: int) -> tuple[str | None, int]:
    """The part of a period that the words at `i` name, and the index of the period."""
    words = [token.lower for token in tokens[i : i + 5]]
    if words[0] in _PARTS:
        return words[0], i + 2 if words[1:2] and words[1] in _DASHES else i + 1
    skip = 1 if words[0] == "the" else 0
    rest = words[skip:]
    if rest[1:2] == ["of"] and rest[0] in {"end", "beginning", "start", "middle"}:
        return {"end": "end", "middle": "mid"}.get(rest[0], "early"), i + skip + 2
    if rest[2:3] == ["of"] and rest[0] in _QUARTERS and rest[1] in {"half", "quarter"}:
        return f"{rest[1]}{2 if rest[0] == 'last' and rest[1] == 'half' else _QUARTERS[rest[0]]}", i + skip + 3
    return None, i


def _part_of_month(year: int, month: int, part: str) -> str:
    if part.startswith("half"):
        first, last = (1, 15) if part[-1] == "1" else (16, monthrange(year, month)[1])
        return f"{year:04d}-{month:02d}-{first:02d}~/{year:04d}-{month:02d}-{last:02d}~"
    if part not in _PARTS:
        part = "late"
    first, end = _PART_DAYS[_PARTS[part]]
    return f"{year:04d}-{month:02d}-{first:02d}~/{year:04d}-{month:02d}-{end or monthrange(year, month)[1]:02d}~"


def _part_of_year(year: int, part: str) -> str:
    if part == "end":
        return f"{year:04d}-12"
    if part.startswith("half"):
        first = 1 if part[-1] == "1" else 7
        return f"{year:04d}-{first:02d}/{year:04d}-{first + 5:02d}"
    if part.startswith("quarter"):
        first = 3 * int(part[-1]) - 2
        return f"{year:04d}-{first:02d}/{year:04d}-{first + 2:02d}"
    first, last = _PART_MONTHS[_PARTS[part]]
    return f"{year:04d}-{first:02d}~/{year:04d}-{last:02d}~"


def _month_first(tokens: Sequence[Token], i: int, context: _Context) -> _Read:
    """As in "June 17, 2024", "Dec. 3", "November 2022", "in November"."""
    month = _month(tokens[i])
    if month is None or not _month_is_meant(tokens, i):
        return None
    at = i + 2 if i + 1 < len(tokens) and tokens[i + 1].text == "." and len(tokens[i].text) <= 4 else i + 1
    day, until, last = _days_at(tokens, at)
    year, last = _year_after(tokens, last)
    year = year or _year_of(month, day, context)
    return _month_text(year, month, day, until), last


def _day_first(tokens: Sequence[Token], i: int, context: _Context) -> _Read:
    """As in "17 June 2024", "22–25 September", "the 3rd of May"."""
    day, until, at = _days_at(tokens, i)
    if day is None:
        return None
    if at < len(tokens) and tokens[at].lower == "of":
        at += 1
    month = _month(tokens[at]) if at < len(tokens) else None
    if month is None:
        return None
    year, last = _year_after(tokens, at + 1)
    year = year or _year_of(month, day, context)
    return _month_text(year, month, day, until), last


def _month_text(year: int | None, month: int, day: int | None, until: int | None) -> str | None:
    if year is None:
        return None
    if day is None:
        return f"{year:04d}-{month:02d}"
    first = _day(year, month, day)
    last = _day(year, month, until) if until is not None else None
    return f"{first}/{last}" if first and last else first


def _relative(tokens: Sequence[Token], i: int, context: _Context) -> _Read:
    """As in "this year", "last month", "yesterday", "next week"."""
    word = tokens[i].lower
    days = {"yesterday": -1, "today": 0, "tomorrow": 1}.get(word)
    if days is not None:
        return (None if context.published is None else (context.published + timedelta(days=days)).isoformat()), i + 1
    steps = {"this": 0, "last": -1, "next": 1, "past": -1}.get(word)
    period = tokens[i + 1].lower if i + 1 < len(tokens) else ""
    if steps is None or period not in {"year", "month", "week"}:
        return None
    if context.published is None:
        return None, i + 2
    return _period(context.published, period, steps), i + 2


def _period(day: date, period: str, steps: int) -> str | None:
    try:
        if period == "year":
            return f"{day.year + steps:04d}"
        if period == "month":
            months = 12 * day.year + day.month - 1 + steps
            return f"{months // 12:04d}-{months % 12 + 1:02d}"
        monday = day - timedelta(days=day.weekday()) + timedelta(weeks=steps)
        return f"{monday.isoformat()}/{(monday + timedelta(days=6)).isoformat()}"
    except OverflowError:
        return None


def _weekday(tokens: Sequence[Token], i: int, context: _Context) -> _Read:
    """As in "on Monday": the last one up to the day of publication, or the next where the sentence looks ahead."""
    wanted = _WEEKDAYS.get(tokens[i].lower)
    if wanted is None or not tokens[i].text[0].isupper():
        return None
    if context.published is None:
        return None, i + 1
    back = (context.published.weekday() - wanted) % 7
    if i and tokens[i - 1].lower == "last" and back == 0:
        back = 7
    ahead = i > 0 and tokens[i - 1].lower == "next"
    try:
        return (context.published + timedelta(days=7 - back if ahead else -back)).isoformat(), i + 1
    except OverflowError:
        return None, i + 1


def _ago(tokens: Sequence[Token], i: int, context: _Context) -> _Read:
    """As in "two weeks ago", "a month earlier", "a few days later"."""
    vague = [token.lower for token in tokens[i : i + 2]] in (["a", "few"], ["several", "days"])
    at = i + 2 if tokens[i].lower == "a" and vague else i + 1
    count = 3 if vague else _count(tokens[i])
    if count is None or at + 1 >= len(tokens):
        return None
    unit, way = tokens[at].lower.removesuffix("s"), tokens[at + 1].lower
    if unit not in {"day", "week", "month", "year"} or way not in {"ago", "earlier", "later"}:
        return None
    if way == "ago":
        return (None if context.published is None else _shifted(context.published, unit, -count)), at + 2
    return _from_before(context.before, unit, count if way == "later" else -count, vague=vague), at + 2


def _from_before(before: str | None, unit: str, count: int, *, vague: bool) -> str | None:
    """A date so long after, or before, the one that the text gave last."""
    start = None if before is None else _parsed(before)
    moment = None if start is None else (start.latest if count > 0 else start.earliest)
    shifted = None if moment is None else _shifted(moment.date(), unit, count)
    if before is None or moment is None or shifted is None:
        return None
    if unit == "year" and len(before) >= 7:
        return f"{shifted[:4]}-{moment.month:02d}~"
    return shifted[:7] + "~" if vague else shifted


def _shifted(day: date, unit: str, count: int) -> str | None:
    """A day moved by a number of days, weeks, months or years, no finer than the unit says."""
    try:
        if unit in _UNIT_DAYS:
            return (day + timedelta(days=count * _UNIT_DAYS[unit])).isoformat() + ("~" if unit == "week" else "")
        text = _period(day, unit, count)
    except OverflowError:
        return None
    return None if text is None or not 0 < int(text[:4]) < 10_000 else f"{text}~"


def _past_years(tokens: Sequence[Token], i: int, context: _Context) -> _Read:
    """As in "the past five years", "the last two months"."""
    if tokens[i].lower not in {"past", "last", "previous"} or i + 2 >= len(tokens):
        return None
    count, unit = _count(tokens[i + 1]), tokens[i + 2].lower
    if count is None or unit not in {"days", "weeks", "months", "years"}:
        return None
    if context.published is None:
        return None, i + 3
    begin = _shifted(context.published, unit[:-1], -count)
    end = None if begin is None else context.published.isoformat()[: len(begin.rstrip("~"))]
    return (None if begin is None else f"{begin}/{end}"), i + 3


def _season(tokens: Sequence[Token], i: int, context: _Context) -> _Read:  # noqa: ARG001 -- one form for all readers
    """As in "summer 2024", "the spring of 2023"."""
    season = _SEASONS.get(tokens[i].lower)
    if season is None:
        return None
    year, last = _year_after(tokens, i + 2 if i + 1 < len(tokens) and tokens[i + 1].lower == "of" else i + 1)
    return None if year is None else (f"{year:04d}-{season}", last)


def _bare_year(tokens: Sequence[Token], i: int, context: _Context) -> _Read:  # noqa: ARG001 -- one form for all readers
    if not _is_year(tokens[i]):
        return None
    before = tokens[i - 1].lower if i else ""
    after = tokens[i + 1].text if i + 1 < len(tokens) else ""
    if before == "least" and i > 2 and tokens[i - 3].lower in {"since", "until"}:
        return tokens[i].text, i + 1
    if before in _YEAR_LEADS or (before == "(" and after == ")") or (i == 0 and after == ","):
        return tokens[i].text, i + 1
    return None


def _days_at(tokens: Sequence[Token], i: int) -> tuple[int | None, int | None, int]:
    """A day of the month, the last day of a span of them, and the index after; "3rd" and "the 3rd" too."""
    at = i + 1 if i < len(tokens) and tokens[i].lower == "the" else i
    day, last = _one_day(tokens, at)
    if day is None:
        return None, None, i
    if last + 1 < len(tokens) and (tokens[last].text in _DASHES or tokens[last].lower in {"to", "and"}):
        until, end = _one_day(tokens, last + 1)
        if until is not None and until > day:
            return day, until, end
    return day, None, last


def _one_day(tokens: Sequence[Token], i: int) -> tuple[int | None, int]:
    if i >= len(tokens) or not tokens[i].text.isdecimal() or len(tokens[i].text) > 2:
        return None, i
    day = int(tokens[i].text)
    if not 1 <= day <= 31:
        return None, i
    ordinal = i + 1 < len(tokens) and tokens[i + 1].lower in {"st", "nd", "rd", "th"}
    return day, i + 2 if ordinal else i + 1


def _year_after(tokens: Sequence[Token], i: int) -> tuple[int | None, int]:
    """A year at `i`, maybe after a comma or "of" or as "this year", and the index after it."""
    at = i + 1 if i + 1 < len(tokens) and (tokens[i].text == "," or tokens[i].lower == "of") else i
    if at < len(tokens) and _is_year(tokens[at]):
        return int(tokens[at].text), at + 1
    return None, i


def _year_of(month: int, day: int | None, context: _Context) -> int | None:
    """The year of a month without one: that of the sentence, else the last up to publication, or the next if ahead."""
    if context.published is None:
        return context.year
    if context.year is not None:
        return context.year
    now = context.published
    if context.ahead:
        return now.year if (month, day or 31) >= (now.month, now.day) else now.year + 1
    return now.year if (month, day or 1) <= (now.month, now.day) else now.year - 1


def _role(tokens: Sequence[Token], i: int) -> str:
    for back in range(1, min(i, 4) + 1):
        word = tokens[i - back].lower
        if word in _SINCE:
            return _SINCE[word]
        if word not in {"the", "at", "least", "about", "around"}:
            break
    near = [token.lower for token in tokens[max(0, i - 3) : i]]
    return "said" if len(near) > 1 and near[-1] in {"on", "in"} and near[-2] in _SAID else "at"


def _spans(tokens: Sequence[Token], found: list[Mention]) -> list[Mention]:
    """Mentions with those that form one span ("late November and early December", "from May to July 2023") joined."""
    joined: list[Mention] = []
    for mention in found:
        before = joined[-1] if joined else None
        gap = [] if before is None else [token.lower for token in tokens[before.last : mention.first]]
        if before is not None and len(gap) == 1 and (gap[0] in {"and", "to", "through", "until"} or gap[0] in _DASHES):
            whole = _span(tokens, before, mention)
            if whole is not None:
                joined[-1] = whole
                continue
        joined.append(mention)
    return joined


def _span(tokens: Sequence[Token], first: Mention, second: Mention) -> Mention | None:
    if first.text is None or second.text is None:
        return None
    begin, end = first.text.split("/")[0], second.text.split("/")[-1]
    had, has = (tokens_hold_year(tokens[m.first : m.last]) for m in (first, second))
    if has and not had and begin[:4].isdigit() and end[:4].isdigit():
        begin = end[:4] + begin[4:]
        if begin > end:
            begin = f"{int(end[:4]) - 1:04d}{begin[4:]}"
    text = f"{begin}/{end}"
    return None if _parsed(text) is None else Mention(first.first, second.last, text, "at")


def _month(token: Token) -> int | None:
    return _MONTHS.get(token.lower) if token.text[0].isupper() else None


def _month_is_meant(tokens: Sequence[Token], i: int) -> bool:
    """Whether "May" or "March" is the month and not a verb at the start of a sentence."""
    if tokens[i].lower not in {"may", "march", "mar", "jan", "sun"}:
        return True
    after = tokens[i + 1].text if i + 1 < len(tokens) else ""
    return i > 0 or after[:1].isdigit() or after == ","


def _is_year(token: Token) -> bool:
    return len(token.text) == 4 and token.text.isdecimal() and token.text.isascii() and "1900" <= token.text <= "2099"


def _count(token: Token) -> int | None:
    if token.text.isdecimal() and len(token.text) <= 3:
        return int(token.text)
    return _NUMBERS.get(token.lower)


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
