"""Claims proposed from a text by rules: each with its words, for a person to accept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from yardwatch.claims._extract.dates import Mention, dates_in, day_of
from yardwatch.claims._extract.places import Gazetteer, Spot
from yardwatch.claims._extract.quantities import Counted, counted_in
from yardwatch.claims._extract.speakers import Said, SpeechFinder, agency_of
from yardwatch.claims._extract.statements import Stated, hedged_in, negated_in, stated_in
from yardwatch.claims._extract.text import Sentence, Token, quoted_spans, sentences_of
from yardwatch.claims._extract.vocabulary import words
from yardwatch.errors import MisuseError
from yardwatch.model.claim import Claim, ClaimQualifier
from yardwatch.model.dates import When
from yardwatch.model.event import Event

__all__ = ["LONGEST_TEXT", "RuleProposer", "event_of", "extract_claims"]

LONGEST_TEXT = 4_000_000
"""Code points that are read at most; an article has some ten thousand."""

_NO_PLACES: Mapping[str, str] = MappingProxyType({})
_LASTING = words("length width height depth diameter gauge distance area")
"""What does not change with the day, and so takes no date from the image."""
_LONGEST_IMAGING_DAYS = 62
_SEEN_IN = words(
    """imagery image images satellite photo photos photograph photographs picture pictures pass overpass sentinel"""
)


@dataclass(frozen=True, slots=True)
class _Setting:
    """What a sentence's claims share."""

    text: str
    sentence: Sentence
    dates: Sequence[Mention]
    spots: Sequence[Spot]
    said: Said | None
    fallback_date: str | None
    fallback_place: str | None
    agency: str | None
    gazetteer: Gazetteer
    source_id: str
    counted: Sequence[Counted]


class RuleProposer:
    """Proposes claims by the rules of this module; a `ClaimProposer`."""

    @property
    def name(self) -> str:
        """What made the proposals, for their provenance."""
        return "rules/1"

    def propose(
        self, text: str, *, source_id: str, published: When | None, places: Mapping[str, str]
    ) -> Sequence[Claim]:
        """See `extract_claims`."""
        return extract_claims(text, source_id=source_id, published=published, places=places)


def extract_claims(
    text: str, *, source_id: str, published: When | None = None, places: Mapping[str, str] = _NO_PLACES
) -> tuple[Claim, ...]:
    """Propose the claims that a text makes, in the order of the text.

    Rules only: the same text gives the same claims, in time linear in its length. Nothing is looked up outside.

    Parameters
    ----------
    text : str
        The main text of an article, with its title as first line.
    source_id : str
        Id of the source, kept in each claim; the claims are numbered after it.
    published : When or None
        Day of publication, for dates relative to it; without it these stay unknown.
    places : mapping of str to str
        Names and aliases of places, in any case, to the name of their zone or place.

    Returns
    -------
    tuple of Claim
        Proposed, each with ``text[claim.start:claim.end] == claim.quote``. `zone` is set only where the words name
        exactly one.

    Raises
    ------
    MisuseError
        If the text is longer than `LONGEST_TEXT`.
    """
    if len(text) > LONGEST_TEXT:
        raise MisuseError(
            f"a text of {len(text)} characters is too long to read for claims; give {LONGEST_TEXT} at most"
        )
    proposed = list(_proposals(text, source_id, day_of(published), Gazetteer(places)))
    return tuple(replace(claim, id=f"{source_id}-{number:03d}") for number, claim in enumerate(proposed, 1))


def event_of(claim: Claim) -> Event | None:
    """The event that a dated claim of kind "event" or "plan" tells of; None for any other."""
    if claim.kind not in {"event", "plan"} or claim.when is None:
        return None
    kind = "milestone" if claim.kind == "plan" else (claim.measure or "event")
    return Event(
        id=claim.id,
        title=claim.quote,
        when=claim.when,
        kind=kind,
        place=claim.zone or claim.place_text,
        source=claim.attributed_to,
    )


def _proposals(text: str, source_id: str, published: date | None, gazetteer: Gazetteer) -> Iterator[Claim]:
    sentences = list(sentences_of(text))
    speech = SpeechFinder(sentences, quoted_spans(text))
    agency = agency_of(text)
    dates = _dated(sentences, published)
    seen_on = _image_dates(sentences, dates)
    place: str | None = None
    last_counted: Counted | None = None
    block = -1
    for number, sentence in enumerate(sentences):
        if sentence.block != block and sentence.is_prose:
            place, block = None, sentence.block
        spots = gazetteer.spots(sentence.tokens)
        taken = [(mention.first, mention.last) for mention in dates[number]]
        counted = counted_in(sentence.tokens, taken=taken, in_list=not sentence.is_prose, before=last_counted)
        last_counted = counted[-1] if counted else last_counted
        yield from _claims_of(
            _Setting(
                text=text,
                sentence=sentence,
                dates=dates[number],
                spots=spots,
                said=speech.of(sentence),
                fallback_date=seen_on[number],
                fallback_place=place,
                agency=agency,
                gazetteer=gazetteer,
                source_id=source_id,
                counted=counted,
            )
        )
        lasting = [spot for spot in spots if spot.rank >= 2]
        if lasting:
            place = text[lasting[-1].start : lasting[-1].end]


def _dated(sentences: Sequence[Sentence], published: date | None) -> list[list[Mention]]:
    """The dates of each sentence."""
    found: list[list[Mention]] = []
    before: str | None = None
    for sentence in sentences:
        mentions = dates_in(sentence.tokens, published=published, before=before)
        before = next((m.text for m in reversed(mentions) if m.text is not None and m.role == "at"), before)
        found.append(mentions)
    return found


def _image_dates(sentences: Sequence[Sentence], dates: Sequence[Sequence[Mention]]) -> list[str | None]:
    """For each sentence the date of the imagery it goes on telling of: the last given, or before that the first."""
    given = [
        next((m.text for m in mentions if m.text is not None and m.role == "at" and _is_narrow(m)), None)
        if any(token.lower in _SEEN_IN for token in sentence.tokens)
        else None
        for sentence, mentions in zip(sentences, dates, strict=True)
    ]
    every = {text for text in given if text is not None}
    last = every.pop() if len(every) == 1 else None
    found = []
    for text in given:
        last = text or last
        found.append(last)
    return found


def _is_narrow(mention: Mention) -> bool:
    """Whether a date is close enough to be that of an image or two."""
    when = mention.when()
    if when is None or when.earliest is None or when.latest is None:
        return False
    return (when.latest - when.earliest).days <= _LONGEST_IMAGING_DAYS


def _claims_of(setting: _Setting) -> Iterator[Claim]:
    if setting.sentence.tokens[-1].text == "?":
        return
    stated = stated_in(setting.sentence.tokens) if setting.sentence.is_prose else []
    stated = [one for one in stated if not any(_is_mostly(one, other) for other in setting.counted)]
    together: list[Counted | Stated] = [*setting.counted, *stated]
    for one in sorted(together, key=lambda each: (each.first, each.last)):
        yield _quantity(setting, one) if isinstance(one, Counted) else _statement(setting, one)


def _is_mostly(one: Stated, other: Counted) -> bool:
    """Whether a clause says little more than a quantity that is proposed anyway."""
    both = min(one.last, other.last) - max(one.first, other.first)
    if one.is_weak and both > 0:
        return True
    return both >= 0.7 * (one.last - one.first)


def _quantity(setting: _Setting, counted: Counted) -> Claim:
    first, last = _around(setting.sentence.tokens, counted.first, counted.last)
    claim = _claim(setting, counted.first, counted.last, "quantity")
    return replace(
        claim,
        measure=counted.measure, value=counted.value, low=counted.low, high=counted.high, unit=counted.unit,
        type=counted.type, qualifier=counted.qualifier,
        hedged=hedged_in(setting.sentence.tokens[first:last]),
        negated=_is_denied(setting.sentence.tokens, counted.first),
        when=_date_for_count(setting, counted),
    )  # fmt: skip


def _statement(setting: _Setting, stated: Stated) -> Claim:
    claim = _claim(setting, stated.first, stated.last, stated.kind)
    words = setting.sentence.tokens[stated.first : stated.last]
    negated = negated_in(words) or _is_denied(setting.sentence.tokens, stated.first)
    qualifier = ClaimQualifier.NONE if negated and not stated.is_sole else None
    mention = _date_within(setting, stated.first, stated.last)
    if stated.is_sole:
        qualifier = ClaimQualifier.ONLY
    elif stated.kind == "plan" and mention is not None and mention.role in {"by", "until"}:
        qualifier = ClaimQualifier.UP_TO
    when = mention.when() if mention is not None else None
    if (
        when is None
        and mention is None
        and stated.kind in {"activity", "construction", "status"}
        and not stated.is_sole
    ):
        when = _fallback(setting)
    one = 1.0 if stated.is_sole else None
    return replace(
        claim,
        measure=stated.measure, value=one, low=one, high=one, qualifier=qualifier,
        negated=negated, hedged=hedged_in(words), when=when,
    )  # fmt: skip


def _is_denied(tokens: Sequence[Token], first: int) -> bool:
    """Whether the sentence denies what follows."""
    return any(token.lower in {"denied", "denies", "deny"} for token in tokens[:first])


def _claim(setting: _Setting, first: int, last: int, kind: str) -> Claim:
    """A claim with all that every kind has."""
    tokens = setting.sentence.tokens
    start, end = tokens[first].start, tokens[last - 1].end
    place = _place_of(setting, first, last)
    said = setting.said
    return Claim(
        id="",
        source_id=setting.source_id,
        kind=kind,
        quote=setting.text[start:end],
        place_text=place,
        zone=None if place is None else setting.gazetteer.zone_of(place),
        attributed_to=None if said is None else said.speaker,
        via=setting.agency if said is None or said.via is None else said.via,
        start=start,
        end=end,
    )


def _place_of(setting: _Setting, first: int, last: int) -> str | None:
    """The place of the stretch: named in it, else the nearest in the sentence, else the one spoken of before."""
    best = max(setting.spots, key=lambda spot: _fitness(spot, first, last), default=None)
    if best is None or (best.rank == 1 and setting.fallback_place is not None and not _inside(best, first, last)):
        return setting.fallback_place
    return setting.text[best.start : best.end]


def _fitness(spot: Spot, first: int, last: int) -> tuple[int, int, int]:
    distance = max(0, spot.first - last, first - spot.last)
    return (int(_inside(spot, first, last) and spot.rank >= 2), int(spot.rank >= 2), -distance)


def _inside(spot: Spot, first: int, last: int) -> bool:
    return first <= spot.first and spot.last <= last


def _date_for_count(setting: _Setting, counted: Counted) -> When | None:
    """The date of a count: the next one before another count, else the last one before it, else that of the image."""
    following = min(
        (one.first for one in setting.counted if one.first > counted.first), default=len(setting.sentence.tokens)
    )
    usable = [m for m in setting.dates if m.role in {"at", "by", "until"} and _is_of_the_deed(setting, m)]
    after = [m for m in usable if counted.first <= m.first < following]
    before = [m for m in usable if m.first < counted.first]
    chosen = after[0] if after and not (before and _opens(setting.sentence.tokens, before[0])) else None
    chosen = chosen or (before[-1] if before else None) or (after[0] if after else None)
    if chosen is None and setting.dates:
        chosen = next((m for m in usable), None)
    if chosen is not None:
        return chosen.when()
    return None if counted.measure in _LASTING else _fallback(setting)


def _opens(tokens: Sequence[Token], mention: Mention) -> bool:
    """Whether a date opens its sentence ("On June 17, …") and so holds for all of it."""
    return mention.first <= 2 and mention.last < len(tokens) and tokens[mention.last].text == ","


def _date_within(setting: _Setting, first: int, last: int) -> Mention | None:
    """The date of a clause: one inside it, else one that opens the sentence, else the only one of the sentence."""
    usable = [m for m in setting.dates if m.role != "said" and _is_of_the_deed(setting, m)]
    inside = [m for m in usable if first <= m.first and m.last <= last + 1]
    if inside:
        return inside[0]
    opening = [m for m in usable if _opens(setting.sentence.tokens, m)]
    return opening[0] if opening else None


def _is_of_the_deed(setting: _Setting, mention: Mention) -> bool:
    """Whether a date dates the deed and not what it is compared with ("for the first time since 2020")."""
    before = [token.lower for token in setting.sentence.tokens[max(0, mention.first - 3) : mention.first]]
    return not ("since" in before and "time" in before)


def _fallback(setting: _Setting) -> When | None:
    if setting.fallback_date is None:
        return None
    return Mention(0, 0, setting.fallback_date).when()


def _around(tokens: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """The words between the marks around a stretch, to look for reserve in."""
    begin, end = first, last
    while begin and tokens[begin - 1].text not in ',;:—–(“"':
        begin -= 1
    while end < len(tokens) and tokens[end].text not in ',;:—–)”".':
        end += 1
    return begin, end
