"""Whether two claims speak of the same matter: place, measure, kind of thing and date."""

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from math import inf

from yardwatch.claims.phrases import stem
from yardwatch.model.claim import Claim, Source
from yardwatch.model.dates import When

__all__ = ["gap_days", "said_by", "same_matter", "same_outlet", "same_subject"]

_ROLLING = {"railcar", "car", "wagon", "train", "boxcar", "carriage"}
_DAY_S = 86_400.0
_NEAR_DAYS = 60


def gap_days(one: When | None, other: When | None) -> float | None:
    """Days between two dates, 0 where they overlap; None where one is unknown.

    An approximate or uncertain date (``~``, ``?``, ``%``) is widened by its own length on both sides.
    """
    if one is None or other is None:
        return None
    (start, end), (other_start, other_end) = _seconds(one), _seconds(other)
    return max(0.0, other_start - end, start - other_end) / _DAY_S


def same_subject(one: Claim, other: Claim, *, any_type: bool = False) -> bool:
    """Whether two claims measure the same thing of the same place; the date is left out of it.

    The type of railcar must be the same too unless `any_type`.
    """
    same_kind = (any_type or one.type == other.type) and _measure(one) == _measure(other) != ""
    return same_kind and _same_place(one, other)


def same_matter(one: Claim, other: Claim, sources: Mapping[str, Source]) -> bool:
    """Whether two claims speak of the same subject at the same time.

    Where one date is unknown they do if they were published within 60 days of each other; where both are, they do.
    """
    if not same_subject(one, other):
        return False
    gap = gap_days(one.when, other.when)
    if gap is not None:
        return gap == 0
    if one.when is None and other.when is None:
        return True
    published = gap_days(_published(one, sources), _published(other, sources))
    return published is not None and published <= _NEAR_DAYS


def same_outlet(one: str, other: str) -> bool:
    """Whether two names mean one publisher: equal, or the shorter begins or is a run of words within the longer."""
    short, long = sorted((_name_words(one), _name_words(other)), key=len)
    if not short or not long:
        return False
    return short == long[: len(short)] or (len(short) > 1 and f" {' '.join(short)} " in f" {' '.join(long)} ")


def said_by(claim: Claim, sources: Mapping[str, Source]) -> str:
    """The publisher of a claim, for people; its id where the source is not in the record."""
    source = sources.get(claim.source_id)
    return source.publisher if source else claim.source_id


def _published(claim: Claim, sources: Mapping[str, Source]) -> When | None:
    source = sources.get(claim.source_id)
    return source.published if source else None


def _same_place(one: Claim, other: Claim) -> bool:
    if one.zone and other.zone:
        return one.zone.casefold() == other.zone.casefold()
    return bool(_places(one) & _places(other))


def _places(claim: Claim) -> set[str]:
    named = (" ".join(_name_words(text)) for text in (claim.zone, claim.place_text) if text)
    return {name for name in named if name}


def _measure(claim: Claim) -> str:
    return _plain_measure(claim.measure or "")


@lru_cache(maxsize=4096)
def _plain_measure(measure: str) -> str:
    words = [stem(word) for word in measure.replace("-", " ").replace("_", " ").split()]
    return "rolling stock" if words and words[-1] in _ROLLING else " ".join(words)


@lru_cache(maxsize=4096)
def _name_words(name: str) -> tuple[str, ...]:
    words = tuple("".join(c if c.isalnum() else " " for c in name.casefold()).split())
    return words[1:] if words[:1] == ("the",) else words


def _seconds(when: When) -> tuple[float, float]:
    """First and last second that a date may mean, with the slack of an approximate one."""
    slack = timedelta()
    if when.earliest and when.latest and any(mark in when.text for mark in "~?%"):
        slack = max(timedelta(days=1), when.latest - when.earliest)
    start = -inf if when.earliest is None else when.earliest.timestamp() - slack.total_seconds()
    end = inf if when.latest is None else when.latest.timestamp() + slack.total_seconds()
    return start, end
