"""The words of claims: stems, content words, and the objects they assert or deny."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Objects", "content_words", "objects_of", "shared_words", "stem"]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?", re.UNICODE)
_CLAUSE = re.compile(r"[,;:.!?()–—]|\bbut\b")
_NOT = re.compile(r"\b(?:not|no|never|without|neither|nor|rather than|instead of)\b|n['’]t\b")
_EMPTY = (
    "a an and are as at be been by did do does for from had has have he her his in into is it its of on or our she "
    "that the their there these they this those to was we were which who will with"
)
_OBJECTS = {
    "load": {
        "cargo": "crate container box pallet equipment goods cargo shipment supply bundle",
        "rolling stock": "railcar boxcar wagon train gondola hopper flatcar carriage tanker coach locomotive",
        "vehicles": "truck lorry car vehicle trailer tank",
        "arms": "weapon arms munition ammunition shell missile rocket artillery",
    },
    "structure": {
        "floating": "pontoon barge ferry raft boat",
        "bridge": "bridge viaduct overpass",
        "dam": "dam causeway embankment dyke",
        "tunnel": "tunnel underpass",
        "roof": "canopy roof awning",
        "building": "building warehouse hall shed depot",
    },
}
_GROUPS = {
    word: (family, group)
    for family, groups in _OBJECTS.items()
    for group, words in groups.items()
    for word in words.split()
}


@dataclass(frozen=True, slots=True)
class Objects:
    """The things a text speaks of, by family (``load``, ``structure``) and group (``cargo``, ``bridge`` …)."""

    asserted: Mapping[str, frozenset[str]]
    """Family to the groups that are said to be there."""
    denied: Mapping[str, frozenset[str]]
    """Family to the groups that are said not to be there."""


def stem(word: str) -> str:
    """A word without its English plural ending, in lower case."""
    word = word.casefold()
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + instead
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) and word != "goods"
    return word[:-1] if plural and word != "arms" else word


def content_words(text: str) -> frozenset[str]:
    """Stems of the words that carry meaning, also without the endings of verbs (covered, cover)."""
    plain = (stem(word) for word in _WORD.findall(text) if word.casefold() not in _EMPTY.split())
    return frozenset(_without_verb_ending(word) for word in plain)


def shared_words(one: str, other: str) -> float:
    """Share of the content words of the shorter text that the other has too; 0 where one has none."""
    first, second = content_words(one), content_words(other)
    return len(first & second) / min(len(first), len(second)) if first and second else 0.0


def objects_of(text: str) -> Objects:
    """The things that a text asserts and denies; a "not" reaches to the end of its clause."""
    asserted: dict[str, set[str]] = {}
    denied: dict[str, set[str]] = {}
    for clause in _CLAUSE.split(text.casefold()):
        stop = _NOT.search(clause)
        parts = (
            [(clause, asserted)]
            if stop is None
            else [(clause[: stop.start()], asserted), (clause[stop.end() :], denied)]
        )
        for part, kept in parts:
            for family, group in _named(part):
                kept.setdefault(family, set()).add(group)
    return Objects(
        {family: frozenset(groups) for family, groups in asserted.items()},
        {family: frozenset(groups) for family, groups in denied.items()},
    )


def _named(text: str) -> list[tuple[str, str]]:
    """The groups a text names; railway words that hold another word (tank car) are rolling stock."""
    joined = re.sub(r"\b(rail|box|tank|flat|freight|ore|coal|hopper|gondola|passenger)[ -](car|wagon)", r"rail\2", text)
    words = [stem(word).replace("railwagon", "railcar") for word in _WORD.findall(joined)]
    return [_GROUPS[word] for word in words if word in _GROUPS]


def _without_verb_ending(word: str) -> str:
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)]
    return word
