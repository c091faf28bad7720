"""What the head of a text says of the text itself: its title, when it was published, and by which agency."""

from yardwatch.claims._extract.dates import dates_in
from yardwatch.claims._extract.speakers import agency_of
from yardwatch.claims._extract.text import Token, title_of, tokens_of
from yardwatch.claims._extract.vocabulary import words
from yardwatch.model.dates import When

__all__ = ["published_in", "publisher_in", "title_in"]

_HEAD_LINES = 15
_LONGEST_LINE = 160
_TELLING = words("published posted updated date dated issued released by")


def title_in(text: str) -> str | None:
    """The first line, if it is a heading; what pages say of themselves ("Skip to content") is passed over."""
    return title_of(text)


def published_in(text: str) -> When | None:
    """The day of publication that a line near the top states in full; None if none does.

    Such a line is short, ends or begins with a full date, and says "published" or the like, has a ``|`` as bylines
    have, or holds nothing but the date.
    """
    for line in [line.strip() for line in text[:20_000].splitlines() if line.strip()][:_HEAD_LINES]:
        if len(line) <= _LONGEST_LINE:
            day = _stated(tokens_of(line))
            if day is not None:
                return day
    return None


def publisher_in(text: str) -> str | None:
    """The agency of the dateline, such as "Reuters" in "SEOUL (Reuters) – …"; None without one."""
    return agency_of(text)


def _stated(tokens: list[Token]) -> When | None:
    found = [mention for mention in dates_in(tokens, published=None) if mention.text and len(mention.text) == 10]
    if len(found) != 1:
        return None
    mention = found[0]
    rest = [token for token in [*tokens[: mention.first], *tokens[mention.last :]] if token.text[0].isalnum()]
    alone = len(rest) <= 2 and all(token.text.isdecimal() or len(token.text) <= 4 for token in rest)
    byline = any(token.text == "|" for token in tokens) and mention.last >= len(tokens) - 1
    told = any(token.lower in _TELLING for token in tokens[:3]) and tokens[-1].text not in {".", "!", "?"}
    return mention.when() if alone or byline or told else None
