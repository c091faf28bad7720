"""What changed on the way from one telling to the next, and where independent tellings conflict."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from yardwatch.claims.amounts import amount_of, bounds_of, same_unit, unit_of
from yardwatch.claims.dating import date_conflicts
from yardwatch.claims.lineage import Basis, Lineage
from yardwatch.claims.matters import gap_days, said_by, same_matter
from yardwatch.claims.phrases import objects_of
from yardwatch.model.claim import Claim, ClaimQualifier, Source
from yardwatch.model.event import Event

__all__ = ["Drift", "DriftKind", "Relation", "drifts"]

_LONGEST_QUOTE = 80
_SAME = 0.01


class DriftKind(StrEnum):
    """What changed."""

    QUALIFIER = "qualifier"
    VALUE = "value"
    UNIT = "unit"
    OBJECT = "object"
    DATE = "date"
    HEDGE = "hedge"
    NEGATION = "negation"


class Relation(StrEnum):
    """How the two tellings stand to each other."""

    COPY = "copy"
    SIBLINGS = "siblings"
    INDEPENDENT = "independent"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that two tellings of a matter say differently."""

    kind: DriftKind
    """What differs."""
    relation: Relation
    """Copy and model, two copies of one model, two of their own, or a date against an event."""
    claim: str
    """Id of the copy, or of the later of two; of a claim or event whose date contradicts an event."""
    against: str
    """Id of what it differs from; of an event where `relation` is ``event``."""
    before: str
    """How it stood there."""
    after: str
    """How it stands in `claim`."""
    sentence: str
    """What differs, in one sentence for people."""
    serious: bool = True
    """False where what is meant stayed the same, e.g. a number rounded within its own "about"."""


_MEANT = {
    ClaimQualifier.EXACT: "a plain number",
    ClaimQualifier.ONLY: "a plain number",
    ClaimQualifier.ABOUT: "an estimate",
    ClaimQualifier.AT_LEAST: "a lower bound",
    ClaimQualifier.AT_MOST: "an upper bound",
    ClaimQualifier.UP_TO: "an upper bound",
    ClaimQualifier.RANGE: "a range",
    ClaimQualifier.NONE: "none at all",
}
_BOUNDS = {"a lower bound", "an upper bound"}
_GROUP_WORDS = {
    "cargo": "goods, crates or containers",
    "rolling stock": "railcars or trains",
    "vehicles": "road vehicles",
    "arms": "arms",
    "floating": "something floating",
    "bridge": "a bridge",
    "dam": "a dam",
    "tunnel": "a tunnel",
    "roof": "a roof",
    "building": "a building",
}


def drifts(
    claims: Sequence[Claim], sources: Iterable[Source], lineage: Lineage, *, events: Sequence[Event] = ()
) -> tuple[Drift, ...]:
    """Find what changed between tellings: along copies, between copies of one claim, and between independent claims.

    Along a copy any change counts: qualifier, number, unit, object, date, a "may" that was dropped, a "not" that was.
    Between two copies of one claim opposite bounds count ("up to", "at least"); what else differs there shows against
    their model. Between independent claims on one matter only what cannot both be true counts: numbers whose ranges
    do not meet, and objects of which one excludes the other. Dates are also held against `events`.

    Parameters
    ----------
    claims : sequence of Claim
        The record.
    sources : iterable of Source
        Who published them, and when.
    lineage : Lineage
        Which claim repeats which, from `yardwatch.claims.lineage.trace`.
    events : sequence of Event
        Dated happenings.
    """
    record = _Record({claim.id: claim for claim in claims}, {source.id: source for source in sources})
    found = [
        *_along_copies(record, lineage),
        *_between_siblings(record, lineage),
        *_between_independents(record, lineage),
        *_against_events(record, events),
    ]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Record:
    """Claims and sources by id."""

    claims: Mapping[str, Claim]
    sources: Mapping[str, Source]

    def who(self, claim: Claim) -> str:
        return said_by(claim, self.sources)


@dataclass(frozen=True, slots=True)
class _Change:
    """What differs, before it is put in words."""

    kind: DriftKind
    before: str
    after: str
    comment: str
    serious: bool = True


def _along_copies(record: _Record, lineage: Lineage) -> Iterator[Drift]:
    for edge in lineage.edges:
        parent, child = record.claims[edge.parent], record.claims[edge.child]
        source = "" if edge.basis is Basis.STATED else "; that it is a copy was inferred"
        for change in _changes(parent, child):
            told = f"{record.who(child)} says “{_phrase(child)}” where {record.who(parent)} said “{_phrase(parent)}”"
            yield _drift(change, Relation.COPY, child, parent, f"{told}: {change.comment}{source}.")


def _between_siblings(record: _Record, lineage: Lineage) -> Iterator[Drift]:
    for parent_id in dict.fromkeys(edge.parent for edge in lineage.edges):
        children = [record.claims[edge.child] for edge in lineage.children(parent_id)]
        for one, other in combinations(children, 2):
            if {_meant(one), _meant(other)} == _BOUNDS:
                change = _Change(DriftKind.QUALIFIER, _meant(one), _meant(other), "")
                told = f"{record.who(one)} says “{_phrase(one)}” and {record.who(other)} “{_phrase(other)}”"
                model = record.who(record.claims[parent_id])
                yield _drift(
                    change,
                    Relation.SIBLINGS,
                    other,
                    one,
                    f"{told}: two copies of one claim of {model} bound it from opposite sides.",
                )


def _between_independents(record: _Record, lineage: Lineage) -> Iterator[Drift]:
    for one, other in combinations((record.claims[claim_id] for claim_id in lineage.roots), 2):
        if lineage.origins[one.id] == lineage.origins[other.id] or not same_matter(one, other, record.sources):
            continue
        conflicts = [*_number_conflict(one, other), *_object_changes(one, other)]
        for change in conflicts:
            told = f"{record.who(one)} says “{_phrase(one)}”, {record.who(other)} “{_phrase(other)}”"
            yield _drift(change, Relation.INDEPENDENT, other, one, f"{told}: {change.comment}.")


def _against_events(record: _Record, events: Sequence[Event]) -> Iterator[Drift]:
    by_id = {event.id: event for event in events}
    for conflict in date_conflicts(record.claims.values(), events, record.sources):
        yield Drift(
            DriftKind.DATE,
            Relation.EVENT,
            conflict.stated_by,
            conflict.event,
            by_id[conflict.event].when.text,
            conflict.stated.text,
            conflict.sentence,
        )


def _drift(change: _Change, relation: Relation, claim: Claim, against: Claim, sentence: str) -> Drift:
    return Drift(change.kind, relation, claim.id, against.id, change.before, change.after, sentence, change.serious)


def _changes(parent: Claim, child: Claim) -> Iterator[_Change]:
    """All that a copy says otherwise than its model."""
    yield from _qualifier_change(parent, child)
    yield from _unit_change(parent, child)
    yield from _value_change(parent, child)
    yield from _object_changes(parent, child)
    if gap_days(parent.when, child.when):
        before, after = str(parent.when), str(child.when)
        yield _Change(DriftKind.DATE, before, after, f"the date {before} became {after}")
    if parent.hedged and not child.hedged:
        yield _Change(DriftKind.HEDGE, "said with reserve", "said flatly", "the reserve was dropped", serious=False)
    if parent.negated != child.negated:
        words = ("denied", "asserted") if parent.negated else ("asserted", "denied")
        yield _Change(DriftKind.NEGATION, *words, f"what was {words[0]} is now {words[1]}")


def _qualifier_change(parent: Claim, child: Claim) -> Iterator[_Change]:
    before, after = _meant(parent), _meant(child)
    if before and after and before != after:
        yield _Change(DriftKind.QUALIFIER, before, after, f"{before} became {after}")


def _unit_change(parent: Claim, child: Claim) -> Iterator[_Change]:
    if parent.unit and child.unit and not same_unit(parent, child):
        before, after = unit_of(parent.unit)[0], unit_of(child.unit)[0]
        yield _Change(DriftKind.UNIT, before, after, f"the unit {before} became {after}")


def _value_change(parent: Claim, child: Claim) -> Iterator[_Change]:
    before, after = amount_of(parent), amount_of(child)
    if before is None or after is None or before == after or not same_unit(parent, child):
        return
    if parent.unit != child.unit and abs(before - after) <= _SAME * max(abs(before), abs(after)):
        return
    comment = f"the number {_number(before)} became {_number(after)}"
    first, second = bounds_of(parent), bounds_of(child)
    serious = first is None or second is None or not first.meets(second)
    yield _Change(DriftKind.VALUE, _number(before), _number(after), comment + _rounding(before, after), serious)


def _number_conflict(one: Claim, other: Claim) -> Iterator[_Change]:
    first, second = bounds_of(one), bounds_of(other)
    comparable = one.unit is not None and other.unit is not None and same_unit(one, other)
    if first is not None and second is not None and comparable and not first.meets(second):
        comment = f"the numbers conflict ({first} against {second}), and neither repeats the other"
        yield _Change(DriftKind.VALUE, str(first), str(second), comment)


def _object_changes(one: Claim, other: Claim) -> Iterator[_Change]:
    """Families of things in which the two texts name nothing in common, or one denies what the other asserts."""
    first, second = objects_of(one.quote), objects_of(other.quote)
    for family in sorted(first.asserted.keys() | second.asserted.keys()):
        before, after = first.asserted.get(family, frozenset()), second.asserted.get(family, frozenset())
        denied = (first.denied.get(family, frozenset()) & after) | (second.denied.get(family, frozenset()) & before)
        if not denied and (not before or not after or before & after):
            continue
        names = _named(before) or f"not {_named(denied)}", _named(after) or f"not {_named(denied)}"
        expressly = f", though {_named(denied)} is expressly denied by one of them" if denied else ""
        yield _Change(DriftKind.OBJECT, *names, f"{names[0]} against {names[1]}{expressly}")


def _named(groups: frozenset[str]) -> str:
    return " and ".join(_GROUP_WORDS[group] for group in sorted(groups))


def _meant(claim: Claim) -> str:
    """What the number of a claim is; empty where it has none."""
    if claim.value is None and claim.qualifier is not ClaimQualifier.NONE:
        return ""
    return _MEANT[claim.qualifier or ClaimQualifier.EXACT]


def _rounding(before: float, after: float) -> str:
    rounded = before == int(before) and after == int(after) and round(before, -1) == after
    return " (rounded)" if rounded else ""


def _number(value: float) -> str:
    return f"{value:,.10g}"


def _phrase(claim: Claim) -> str:
    """The words of a claim, shortened, without quotation marks of their own."""
    words = " ".join(claim.quote.replace("“", "").replace("”", "").split())
    return words if len(words) <= _LONGEST_QUOTE else words[: _LONGEST_QUOTE - 1].rsplit(" ", 1)[0] + "…"
