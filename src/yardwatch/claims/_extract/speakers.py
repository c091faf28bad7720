"""Who is named as having said a sentence, and through whom the text has it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yardwatch.claims._extract.text import Sentence, Token
from yardwatch.claims._extract.vocabulary import words

__all__ = ["Said", "SpeechFinder", "agency_of", "is_speech_verb"]

_SPEECH = words(
    """said says stated states told reported reports announced noted notes claimed claims added confirmed assessed
    assesses wrote explained estimates believes observed argued warned acknowledged denied tweeted"""
)
_NOUN_TOO = words("reports claims estimates states notes")
_PRONOUNS = words("he she it they who which we north")
_PASSIVE = words("is are was were be been being")
_AUXILIARIES = words("has have had also later then since reportedly again further previously")
_GENERIC = words(
    """report think-tank thinktank tank group institute he she it they authors author analysis ministry agency
    statement organisation organization company operator spokesman spokeswoman spokesperson project website
    minister official outlet centre center newspaper railway release post"""
)
_CONNECTORS = words("of for and the de von & on in")
_NO_NAMES = words(
    """monday tuesday wednesday thursday friday saturday sunday january february march april june july august
    september october november december in on at the a an satellite imagery images image but and while this that
    these meanwhile however earlier later new high-resolution commercial recent since by from as after before
    during it he she they for since some many most one two several"""
)
_NUMBERED_NAMES = frozenset({("38", "north")})
_TITLES = words("spokesman spokeswoman spokesperson minister head director chief analyst president governor")
_PERSON = re.compile(r"(?:[A-Z][\w’'-]+ ){1,3}[A-Z][\w’'-]+$")
_DATELINE = re.compile(r"^[^\n()]{2,60}\(([A-Z][\w .&-]{1,40})\)\s*[–—-]", re.MULTILINE)
_LONGEST_NAME = 12


@dataclass(frozen=True, slots=True)
class Said:
    """A speaker and the stretch of text that is theirs."""

    start: int
    """Where it begins."""
    end: int
    """Where it ends."""
    speaker: str
    """As the text names them."""
    via: str | None = None
    """Through whom, if the sentence says so ("…, citing …")."""


def agency_of(text: str) -> str | None:
    """The agency of the dateline: Reuters in "SEOUL (Reuters) – …"."""
    found = _DATELINE.search(text[:2000])
    return found[1].strip() if found else None


def is_speech_verb(tokens: Sequence[Token], i: int) -> bool:
    """Whether the word at `i` reports what somebody says: a verb in the active voice, not the noun "reports"."""
    word = tokens[i].lower
    if word not in _SPEECH:
        return False
    before = tokens[i - 1] if i else None
    if before is None or before.lower in _PASSIVE:
        return False
    if word in _NOUN_TOO:
        return before.text[0].isupper() or before.lower in _PRONOUNS or before.lower in _GENERIC
    return True


class SpeechFinder:
    """Finds the speaker of each stretch of a text.

    "The report" and "he" stand for whoever was named last as a speaker, or else is named next.
    """

    def __init__(self, sentences: Sequence[Sentence], quotes: Sequence[tuple[int, int]]) -> None:
        raw = [(sentence, _named(sentence.tokens)) for sentence in sentences]
        names = [named[0] for _, named in raw if named is not None and named[0] is not None]
        self._said: list[Said] = []
        last: str | None = None
        for sentence, named in raw:
            if named is None:
                continue
            speaker = named[0] or last or (names[0] if names else None)
            last = named[0] or last
            if speaker is not None:
                self._said.append(Said(sentence.start, sentence.end, speaker, named[1]))
        self._said += list(_of_quotes(self._said, quotes))
        self._said.sort(key=lambda said: said.start)
        self._starts = [said.start for said in self._said]
        self._at = 0

    def of(self, sentence: Sentence) -> Said | None:
        """Who says `sentence`; ask for the sentences in order."""
        while self._at < len(self._said) and self._said[self._at].end < sentence.start:
            self._at += 1
        for said in self._said[self._at : self._at + 3]:
            if said.start < sentence.end and said.end > sentence.start:
                return said
        return None


def _of_quotes(said: Iterable[Said], quotes: Sequence[tuple[int, int]]) -> Iterable[Said]:
    """What each speech in quotation marks is: said by whom its first or last sentence names."""
    waiting = sorted(said, key=lambda one: one.start)
    at = 0
    for start, end in quotes:
        while at < len(waiting) and waiting[at].end < start:
            at += 1
        touching = [one for one in waiting[at : at + 3] if one.start < end + 3 and one.end > start]
        if touching:
            yield Said(start, end, touching[0].speaker, touching[0].via)


def _named(tokens: Sequence[Token]) -> tuple[str | None, str | None] | None:
    """Speaker and go-between of a sentence; a speaker of None is a generic one; None if nobody speaks."""
    for i, token in enumerate(tokens):
        if token.lower == "according" and i + 1 < len(tokens) and tokens[i + 1].lower == "to":
            return _phrase(tokens, i + 2), None
        if token.lower == "citing" and i + 1 < len(tokens) and tokens[i + 1].lower not in _NO_NAMES | {"data"}:
            via = _subject(tokens, i)
            return _phrase(tokens, i + 1), via
        if is_speech_verb(tokens, i):
            cited = _cited(tokens, i)
            found, known = _speaker_at(tokens, i)
            if not known:
                continue
            if cited is not None:
                return _phrase(tokens, cited + 1), found
            return found, None
    return None


def _cited(tokens: Sequence[Token], i: int) -> int | None:
    """Index of a later "citing" that cites a person or a body, not pictures."""
    for n in range(i, len(tokens) - 1):
        if tokens[n].lower == "citing":
            return None if tokens[n + 1].lower in _NO_NAMES | {"data"} else n
    return None


def _speaker_at(tokens: Sequence[Token], i: int) -> tuple[str | None, bool]:
    """The subject of the verb at `i`, and whether there is one."""
    before, after = tokens[i - 1].text, tokens[i + 1] if i + 1 < len(tokens) else None
    if before in '”",' and after is not None and (after.text[0].isupper() or after.lower == "the"):
        name = _phrase(tokens, i + 1)
        if name is not None:
            return name, True
    name = _subject(tokens, i)
    if name is not None:
        return name, True
    generic = any(token.lower in _GENERIC for token in tokens[max(0, i - 4) : i])
    return None, generic


def _subject(tokens: Sequence[Token], i: int) -> str | None:
    """The name before the verb at `i`: the one since the last comma, or else the clause's first."""
    first = i
    while first and tokens[first - 1].text not in '“”";:.' and i - first < 30:
        first -= 1
    while i > first and tokens[i - 1].lower in _AUXILIARIES:
        i -= 1
    near = i
    while near > first and tokens[near - 1].text != ",":
        near -= 1
    if near < i:
        if any(token.lower in _GENERIC for token in tokens[near:i]) and not _starts_name(tokens, i - 1):
            return None
        first = near
    for at in range(first, i):
        if _starts_name(tokens, at):
            return _phrase(tokens, at, until=i)
    return None


def _starts_name(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    if tuple(t.lower for t in tokens[at : at + 2]) in _NUMBERED_NAMES:
        return True
    return token.text[0].isupper() and token.lower not in _NO_NAMES


def _phrase(tokens: Sequence[Token], at: int, *, until: int | None = None) -> str | None:
    """A name that begins at `at`; a possessive takes the nouns after it along; None for a generic noun."""
    until = len(tokens) if until is None else until
    while at < until and tokens[at].lower in {"the", "a", "an"}:
        at += 1
    if at >= until:
        return None
    last, owned = at, False
    while last < until and last - at < _LONGEST_NAME:
        token = tokens[last]
        joint = token.text in "-/&" or token.lower in _CONNECTORS
        named = token.text[0].isupper() or tuple(t.lower for t in tokens[last : last + 2]) in _NUMBERED_NAMES
        if not (named or joint or (owned and token.text[0].isalpha())) or token.lower in _SPEECH:
            break
        if (named and token.lower in _NO_NAMES and last > at) or (owned and token.lower in {"that", "which"}):
            break
        owned = owned or token.lower.endswith("'s")
        last += 1
    while last > at and (tokens[last - 1].lower in _CONNECTORS or tokens[last - 1].text in "-/&"):
        last -= 1
    name = _joined(tokens[at:last])
    if not name and at < until and tokens[at].text[0].isalpha() and tokens[at].lower not in _GENERIC:
        return _common(tokens, at, until)
    return _person_in(name) or None


def _common(tokens: Sequence[Token], at: int, until: int) -> str | None:
    """A speaker without a name, such as "officials" or "local residents"."""
    last = at
    while last < min(until, at + 4) and tokens[last].text[0].isalpha() and tokens[last].lower not in _SPEECH:
        last += 1
        if tokens[last - 1].lower.endswith("s"):
            return _joined(tokens[at:last])
    return None


def _person_in(name: str) -> str:
    """Of "Railway Ministry spokesman Ivan Petrov" the person."""
    words = name.split(" ")
    for at, word in enumerate(words[:-1]):
        if word.lower() in _TITLES and _PERSON.fullmatch(" ".join(words[at + 1 :])):
            return " ".join(words[at + 1 :])
    return name


def _joined(tokens: Sequence[Token]) -> str:
    """The words of tokens with the gaps that stand in the text."""
    parts = []
    for number, token in enumerate(tokens):
        if number and token.start > tokens[number - 1].end:
            parts.append(" ")
        parts.append(token.text)
    return "".join(parts)
