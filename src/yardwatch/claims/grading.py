"""Admiralty grades of sources and claims: what the record suggests, and what a person has decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yardwatch.claims.amounts import bounds_of, same_unit
from yardwatch.claims.drift import Drift, DriftKind, Relation
from yardwatch.claims.lineage import Lineage
from yardwatch.claims.matters import same_matter
from yardwatch.claims.phrases import objects_of
from yardwatch.claims.reconcile import Reconciliation, Verdict
from yardwatch.errors import MisuseError
from yardwatch.model.claim import CREDIBILITY, RELIABILITY, Claim, Source

__all__ = ["Corroboration", "Grade", "admiralty", "corroboration", "suggest_credibility", "suggest_reliability"]

_LEAST_CHECKED = 5
_RELIABILITY_FROM = (("B", 0.9), ("C", 0.7), ("D", 0.4), ("E", 0.0))
_UNRELIABLE = "E"


@dataclass(frozen=True, slots=True)
class Grade:
    """An Admiralty grade with where it comes from."""

    code: str
    """The grade that holds: a person's where there is one, else the suggested one."""
    suggested: str
    """What the rule gives."""
    by_person: bool
    """Whether a person has decided it."""
    why: str
    """What the rule went by, one sentence."""


@dataclass(frozen=True, slots=True)
class Corroboration:
    """Who else, independently, says the same as a claim or the contrary."""

    agreeing: tuple[str, ...]
    """Independent origins, other than the claim's own, that agree."""
    contradicting: tuple[str, ...]
    """Independent origins that contradict."""
    claims: tuple[str, ...]
    """Ids of the root claims of both."""


def corroboration(claim: Claim, claims: Sequence[Claim], sources: Iterable[Source], lineage: Lineage) -> Corroboration:
    """Hold a claim against the other independent claims on its matter.

    Only roots speak: a copy never confirms, and neither does another claim of the same origin or one of a source graded
    E. Two claims agree where their numbers meet in one unit and neither denies what the other asserts; they contradict
    where numbers in one unit do not meet, objects exclude each other, or one denies. Numbers in different units, or a
    number beside none, say nothing of each other.
    """
    known = {source.id: source for source in sources}
    roots = set(lineage.roots)
    agreeing: dict[str, None] = {}
    contradicting: dict[str, None] = {}
    ids = []
    for other in claims:
        origin = lineage.origins[other.id]
        graded = known[other.source_id].reliability if other.source_id in known else "F"
        if other.id not in roots or origin == lineage.origins[claim.id] or graded == _UNRELIABLE:
            continue
        agreed = _agree(claim, other) if same_matter(claim, other, known) else None
        if agreed is not None:
            (agreeing if agreed else contradicting)[origin] = None
            ids.append(other.id)
    return Corroboration(tuple(agreeing), tuple(contradicting), tuple(ids))


def suggest_credibility(
    claim: Claim,
    corroborated: Corroboration,
    *,
    drifts: Iterable[Drift] = (),
    reconciled: Iterable[Reconciliation] = (),
) -> Grade:
    """Grade a claim 1–6; a grade that a person gave (any but 6) is kept.

    | what is known | grade |
    | --- | --- |
    | it is a copy whose meaning changed on the way | 4 |
    | agreed by another independent origin, nothing against it | 1 |
    | consistent with our observations, nothing against it | 2 |
    | something for it and something against it | 3 |
    | an independent origin or our observations against it | 4 |
    | both against it | 5 |
    | nothing to hold it against | 6 |

    Notes
    -----
    The words of the grades are those of AJP-2.1; the rule is ours. A first match from the top is taken.
    """
    mine = [item for item in reconciled if item.claim_id == claim.id]
    seen_for = any(item.verdict is Verdict.CONSISTENT for item in mine)
    seen_against = any(item.verdict is Verdict.NOT_CONSISTENT for item in mine)
    changed = [d.kind for d in drifts if d.claim == claim.id and d.relation is Relation.COPY and d.serious]
    code, why = _credibility(corroborated, changed, seen_for=seen_for, seen_against=seen_against)
    given = claim.credibility
    _known(given, CREDIBILITY, claim.id)
    return Grade(given if given != "6" else code, code, given != "6", why)


def suggest_reliability(source: Source, checked: Sequence[bool]) -> Grade:
    """Grade a source A–F by how many of its own claims held when checked; a person's grade (any but F) is kept.

    Fewer than five checked claims give F. Else B from 90 % right, C from 70 %, D from 40 %, E below. A is left to
    people.

    Parameters
    ----------
    source : Source
        Its `reliability` counts as a person's unless it is F.
    checked : sequence of bool
        For each of its claims of its own that could be checked, whether it held.
    """
    _known(source.reliability, RELIABILITY, source.id)
    held, number = sum(checked), len(checked)
    if number < _LEAST_CHECKED:
        code, why = "F", f"{number} of its claims could be checked; {_LEAST_CHECKED} are needed."
    else:
        code = next(letter for letter, least in _RELIABILITY_FROM if held / number >= least)
        why = f"{held} of {number} checked claims held."
    given = source.reliability
    return Grade(given if given != "F" else code, code, given != "F", why)


def admiralty(source_code: str, claim_code: str) -> str:
    """Both grades in the usual form and in words: ``B2: usually reliable; probably true``.

    Raises
    ------
    MisuseError
        If a grade is none.
    """
    _known(source_code, RELIABILITY, "source")
    _known(claim_code, CREDIBILITY, "claim")
    return f"{source_code}{claim_code}: {RELIABILITY[source_code]}; {CREDIBILITY[claim_code]}"


def _credibility(
    corroborated: Corroboration, changed: Sequence[DriftKind], *, seen_for: bool, seen_against: bool
) -> tuple[str, str]:
    if changed:
        return "4", f"It repeats another claim, and its {' and '.join(dict.fromkeys(changed))} changed on the way."
    said_for, said_against = bool(corroborated.agreeing), bool(corroborated.contradicting)
    why = f"Held against others: {_people(corroborated.agreeing)} independently {_say(corroborated.agreeing)} the same"
    why += f", {_people(corroborated.contradicting)} the contrary" if said_against else ""
    why += "; our observations " + _seen(seen_for=seen_for, seen_against=seen_against) + "."
    speaking_for, speaking_against = said_for or seen_for, said_against or seen_against
    if speaking_for and speaking_against:
        return "3", why
    if speaking_against:
        return ("5" if said_against and seen_against else "4"), why
    if said_for:
        return "1", why
    return ("2" if seen_for else "6"), why


def _agree(claim: Claim, other: Claim) -> bool | None:
    """Whether two claims say the same; None where they cannot be held against each other."""
    if claim.negated != other.negated and claim.value is None and other.value is None:
        return False
    if _exclude(claim, other):
        return False
    first, second = bounds_of(claim), bounds_of(other)
    if first is not None and second is not None and claim.negated == other.negated and same_unit(claim, other):
        return first.meets(second)
    if first is None and second is None:
        return _speak_alike(claim, other)
    return None


def _exclude(claim: Claim, other: Claim) -> bool:
    """Whether one text denies an object that the other asserts, or the two name different ones of one family."""
    first, second = objects_of(claim.quote), objects_of(other.quote)
    for family in first.asserted.keys() | second.asserted.keys():
        mine, theirs = first.asserted.get(family, frozenset()), second.asserted.get(family, frozenset())
        denied = mine & second.denied.get(family, frozenset()) or theirs & first.denied.get(family, frozenset())
        if denied or (mine and theirs and not mine & theirs):
            return True
    return False


def _speak_alike(claim: Claim, other: Claim) -> bool | None:
    """Agreement in words: an object in common; None where the words name none in common."""
    first, second = objects_of(claim.quote).asserted, objects_of(other.quote).asserted
    return True if any(first[family] & second[family] for family in first.keys() & second.keys()) else None


def _people(names: Sequence[str]) -> str:
    return " and ".join(names) if names else "nobody else"


def _say(names: Sequence[str]) -> str:
    return "say" if len(names) > 1 else "says"


def _seen(*, seen_for: bool, seen_against: bool) -> str:
    if seen_for and seen_against:
        return "speak both for and against it"
    if seen_for:
        return "are consistent with it"
    return "are not" if seen_against else "do not tell"


def _known(code: str, grades: dict[str, str], owner: str) -> None:
    if code not in grades:
        raise MisuseError(f"{owner}: {code!r} is no Admiralty grade; use one of {', '.join(grades)}")
