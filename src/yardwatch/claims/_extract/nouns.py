"""What a number counts or measures: railcars by type, trains, metres, and things of any other name."""

from collections.abc import Sequence
from dataclasses import dataclass

from yardwatch.claims._extract.text import Token
from yardwatch.claims._extract.vocabulary import words

__all__ = ["RAILCAR_TYPES", "Thing", "singular", "thing_after", "type_of"]

RAILCAR_TYPES = {
    "ore": "ore", "coal": "coal", "grain": "grain", "cement": "cement", "timber": "timber", "ballast": "ballast",
    "box": "box", "boxcar": "box", "tank": "tank", "tanker": "tank", "cistern": "tank", "hopper": "hopper",
    "gondola": "gondola", "flat": "flat", "flatcar": "flat", "flatbed": "flat", "passenger": "passenger",
    "coach": "passenger", "carriage": "passenger", "sleeping": "passenger", "dining": "passenger",
    "container": "container", "covered": "covered", "enclosed": "covered", "refrigerated": "refrigerator",
    "refrigerator": "refrigerator", "reefer": "refrigerator", "maintenance": "maintenance-of-way",
    "fertiliser": "fertiliser", "fertilizer": "fertiliser", "autorack": "autorack", "freight": "freight",
    "goods": "freight", "cargo": "freight", "open": "open_top",
}  # fmt: skip
"""Words of railcar types, and the type as we write it."""

_GENERAL_TYPES = frozenset({"freight"})
_RAILCAR_HEADS = words(
    """car wagon railcar railcars railwagon boxcar hopper gondola flatcar flatbed carriage coach autorack tankcar"""
)
_ELIDED_TYPES = frozenset(RAILCAR_TYPES) - {"open", "maintenance", "container", "cargo", "goods", "coach"}
_TRAIN_TYPES = words("freight cargo goods passenger military coal ore tank container armoured armored")
_LOCOMOTIVES = words("locomotive loco shunter engine")
_LOCOMOTIVE_TYPES = words("diesel electric steam shunting diesel-electric")
_MEASURES = {
    "m": "m", "metre": "m", "metres": "m", "meter": "m", "meters": "m", "km": "km", "kilometre": "km",
    "kilometres": "km", "kilometer": "km", "kilometers": "km", "foot": "ft", "feet": "ft", "ft": "ft", "mile": "mile",
    "miles": "mile", "hectare": "ha", "hectares": "ha", "ha": "ha", "acre": "acre", "acres": "acre", "tonne": "t",
    "tonnes": "t", "ton": "t", "tons": "t", "litre": "l", "litres": "l", "liter": "l", "liters": "l",
    "barrel": "barrel", "barrels": "barrel", "%": "percent", "percent": "percent", "cm": "cm", "mm": "mm",
    "m2": "m2", "m²": "m2", "km2": "km2", "km²": "km2", "sqm": "m2",
}  # fmt: skip
_AREAS = {"m": "m2", "km": "km2", "ft": "ft2", "mile": "mile2"}
_LENGTHS = frozenset({"m", "km", "ft", "mile", "cm", "mm", "yd"})
_BY_MEASURE = {"t": "mass", "l": "volume", "barrel": "volume", "percent": "share"}
_DIMENSIONS = {
    "long": "length", "length": "length", "wide": "width", "width": "width", "high": "height", "height": "height",
    "tall": "height", "deep": "depth", "depth": "depth", "apart": "distance", "away": "distance", "from": "distance",
    "north": "distance", "south": "distance", "east": "distance", "west": "distance", "upstream": "distance",
    "downstream": "distance", "northeast": "distance", "northwest": "distance", "southeast": "distance",
    "southwest": "distance", "diameter": "diameter", "gauge": "gauge", "inside": "distance",
}  # fmt: skip
_THINGS = words(
    """train trainset container crate truck lorry bus vehicle van vessel ship barge boat ferry crane gantry building
    structure platform track siding warehouse shed depot bogie wheelset checkpoint bridge span pier berth jetty
    road lane gate tower hangar canopy roof tent pallet stack pile stockpile excavator bulldozer tunnel station
    yard railyard terminal hut dormitory house block storey story horse soldier troop worker box drum bay pipeline
    shipment crossing journey trip line greenhouse generator mast pole pillar pylon convoy locomotive"""
)
"""Nouns that can be counted from above or at a border; a vague number or a hyphen needs one of them."""
_NOT_THINGS = words(
    """second minute hour day week month year decade century time o'clock weekday weekend night morning evening
    country nation side neighbour neighbor leader government state way step reason point part phase stage aspect
    image photo photograph picture frame source report analyst expert official researcher observer article
    paragraph page dollar euro rouble ruble won yuan yen pound cent case occasion member question answer factor
    kind type sort group set series degree people person man woman child respect term thing instance example round
    era period season pass agency newspaper outlet paper ministry meaning sense dozen hundred thousand million
    billion percent word other figure number total result year-old view hand end purpose topic issue theme
    scenario"""
)
_ABSTRACT = ("tion", "ment", "ity", "ism", "ness", "ance", "ence", "ship", "ing")
_CONCRETE = frozenset({"ship", "building", "siding", "crossing", "station", "equipment", "shipment"})
_STOPS = words(
    """a an the this that these those of in on at by for from with without to into onto over under near along between
    and or but nor than as is are was were be been being has have had will would can could may might do does did
    not which who whom whose where when while if because since until after before during about around through
    across it its they their he she his her we our i you your there here also so then against per via toward
    towards was seen were seen inside outside beside behind beyond up down off out each"""
)
_IRREGULAR = {"people": "person", "men": "man", "women": "woman", "feet": "foot", "locos": "loco", "buses": "bus",
              "gantries": "gantry", "series": "series", "children": "child", "horses": "horse", "houses": "house",
              "warehouses": "warehouse", "axles": "axle", "storeys": "storey", "gas": "gas"}  # fmt: skip
_NOT_PLURALS = words(
    """goods gas bus previous various numerous serious arms customs diesel russia's less across us times s its"""
)
_DASHES = frozenset("-–‑")
_MOST_MODIFIERS = 7


@dataclass(frozen=True, slots=True)
class Thing:
    """What stands after a number."""

    last: int
    """Index after its last token."""
    unit: str
    """``railcar``, ``train``, ``m``, or the noun in the singular."""
    measure: str
    """What is counted or measured: the unit again, or ``length``, ``width``, ``share`` …"""
    type: str | None = None
    """Railcar type or other kind, if said."""
    is_known: bool = True
    """Whether the noun is one of those that we expect."""


def thing_after(tokens: Sequence[Token], i: int, *, first: int) -> Thing | None:
    """What the number that ends before index `i`, and begins at `first`, counts; None if nothing countable follows."""
    if i >= len(tokens):
        return None
    if tokens[i].text in _DASHES and i + 1 < len(tokens) and tokens[i].end == tokens[i + 1].start:
        return _hyphenated(tokens, i + 1)
    measured = _measure_at(tokens, i)
    if measured is not None:
        return measured
    if tokens[i].lower == "of":
        i += 1
        while i < len(tokens) and tokens[i].lower in {"the", "these", "those", "its", "them"}:
            i += 1
    counted = tokens[i].lower if i < len(tokens) else ""
    if counted in {"were", "are", "was", "is"} and first < i:
        i += 1
    return _phrase_at(tokens, i)


def type_of(modifiers: Sequence[str]) -> str | None:
    """The railcar type that modifiers name; a special word wins over "freight"."""
    named = [RAILCAR_TYPES[word] for word in modifiers if word in RAILCAR_TYPES]
    special = [word for word in named if word not in _GENERAL_TYPES]
    return next(reversed(special or named), None)


def singular(word: str) -> str:
    """A noun in the singular, by the spelling rules."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if _is_plural(word) else word


def _is_plural(word: str) -> bool:
    if word in {"people", "men", "women", "troops", "feet"}:
        return True
    if word in _NOT_PLURALS or len(word) < 4:
        return False
    return word.endswith("s") and not word.endswith(("ss", "us", "is", "'s", "ous"))


def _measure_at(tokens: Sequence[Token], i: int) -> Thing | None:
    word, last = tokens[i].lower, i + 1
    following = tokens[last].lower if last < len(tokens) else ""
    if word in {"square", "sq", "cubic"}:
        if following == "." and last + 1 < len(tokens):
            last += 1
            following = tokens[last].lower
        unit = _AREAS.get(_MEASURES.get(following, ""))
        if unit is None:
            return None
        return Thing(last + 1, unit if word != "cubic" else "m3", "area" if word != "cubic" else "volume")
    if word == "per" and following == "cent":
        return Thing(last + 1, "percent", "share")
    if word in {"yard", "yards"} and following in {"long", "wide", "away", "from", "apart", "of"}:
        return _dimensioned(tokens, last, "yd")
    unit = _MEASURES.get(word)
    if unit is None or (word == "m" and tokens[i].text == "M"):
        return None
    return _dimensioned(tokens, last, unit)


def _dimensioned(tokens: Sequence[Token], last: int, unit: str) -> Thing:
    """The dimension that the words after a unit name, such as "long" or "in width"."""
    if unit not in _LENGTHS:
        measure = _BY_MEASURE.get(unit, "area")
        return Thing(_with_content(tokens, last) if measure == "mass" else last, unit, measure)
    at = last + 1 if last < len(tokens) and (tokens[last].lower == "in" or tokens[last].text in _DASHES) else last
    word = tokens[at].lower if at < len(tokens) else ""
    measure = _DIMENSIONS.get(word, "length")
    taken = at + 1 if word in _DIMENSIONS and measure != "distance" else last
    return Thing(taken, unit, measure)


def _with_content(tokens: Sequence[Token], last: int) -> int:
    """Index after "of coal" where that follows."""
    if last + 1 < len(tokens) and tokens[last].lower == "of" and tokens[last + 1].lower not in _STOPS:
        return last + 2 if tokens[last + 1].text[0].isalpha() else last
    return last


def _hyphenated(tokens: Sequence[Token], i: int) -> Thing | None:
    """As in "800-metre", "12-car train", "three-track yard"."""
    measured = _measure_at(tokens, i)
    if measured is not None:
        return measured
    word = tokens[i].lower
    if singular(word) in _RAILCAR_HEADS:
        follows = i + 1 < len(tokens) and tokens[i + 1].lower in {"train", "string", "consist", "rake"}
        return Thing(i + 2 if follows else i + 1, "railcar", "railcar")
    if word in _THINGS:
        return Thing(i + 1, word, word)
    return None


def _phrase_at(tokens: Sequence[Token], i: int) -> Thing | None:
    """The noun phrase at `i`: modifiers and then the first noun in the plural, or one that we know."""
    phrase: list[str] = []
    for at in range(i, min(len(tokens), i + _MOST_MODIFIERS)):
        token = tokens[at]
        joined = token.text in _DASHES and at > i and tokens[at - 1].end == token.start
        inside = bool(phrase) and at > i and tokens[at - 1].text in _DASHES and tokens[at - 1].end == token.start
        if joined or (inside and token.lower in _STOPS):
            continue
        if not token.text[0].isalpha() or (token.lower in _STOPS and not inside):
            break
        phrase.append(token.lower)
        known = singular(token.lower)
        if not phrase[:-1] and token.lower in _ELIDED_TYPES and not _is_word(tokens, at + 1):
            break
        is_head = known in _RAILCAR_HEADS or known in _LOCOMOTIVES or known in _THINGS
        if _is_plural(token.lower) or (is_head and not _noun_follows(tokens, at + 1)):
            if known in {"tank", "container", "tanker", "box"} and _noun_follows(tokens, at + 1):
                continue
            return _named(tokens, at + 1, phrase)
    return _elided(i, phrase)


def _is_word(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word follows that the phrase may go on with."""
    return (
        at < len(tokens)
        and (tokens[at].text in _DASHES or tokens[at].text[0].isalpha())
        and (tokens[at].lower not in _STOPS)
    )


def _noun_follows(tokens: Sequence[Token], at: int) -> bool:
    word = singular(tokens[at].lower) if at < len(tokens) else ""
    return word in _RAILCAR_HEADS or word in _THINGS or word in _LOCOMOTIVES


def _named(tokens: Sequence[Token], last: int, phrase: Sequence[str]) -> Thing | None:
    """The thing that the words of a noun phrase name; None if it is nothing that one counts at a yard."""
    head = singular(phrase[-1])
    modifiers = [singular(word) for word in phrase[:-1]]
    rolling = _rolling_stock(head, modifiers, last)
    if rolling is not None:
        return rolling
    if head in _THINGS:
        end = _with_content(tokens, last) if head in {"crate", "container", "pallet", "pile", "stack", "box"} else last
        return Thing(end, head, head)
    abstract = head in _NOT_THINGS or (head.endswith(_ABSTRACT) and head not in _CONCRETE)
    if abstract or len(head) < 3 or not _is_plural(phrase[-1]):
        return None
    return Thing(last, head, head, is_known=False)


def _rolling_stock(head: str, modifiers: Sequence[str], last: int) -> Thing | None:
    if head in _RAILCAR_HEADS or (head == "tanker" and ("rail" in modifiers or "railway" in modifiers)):
        return Thing(last, "railcar", "railcar", type_of([*modifiers, head]))
    if head in _LOCOMOTIVES and (head != "engine" or set(modifiers) & (_LOCOMOTIVE_TYPES | {"switch", "rail"})):
        kind = "-".join(word for word in modifiers if word in _LOCOMOTIVE_TYPES) or None
        return Thing(last, "locomotive", "locomotive", kind)
    if head in {"train", "trainset"}:
        return Thing(last, "train", "train", next((word for word in modifiers if word in _TRAIN_TYPES), None))
    return None


def _elided(i: int, phrase: Sequence[str]) -> Thing | None:
    """As in "14 box" in a list of railcars: the type stands for the car."""
    if len(phrase) == 1 and phrase[0] in _ELIDED_TYPES:
        return Thing(i + 1, "railcar", "railcar", type_of(phrase), is_known=False)
    return None
