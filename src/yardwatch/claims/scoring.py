"""How well proposed claims match those that a careful reader listed."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yardwatch.model.claim import Claim

__all__ = ["ListedClaim", "Score", "pair_claims", "score_claims"]

_LEAST_OVERLAP = 0.5
_ELLIPSIS = " ... "


@dataclass(frozen=True, slots=True)
class ListedClaim:
    """A claim as a reader listed it."""

    kind: str
    """One of the claim kinds."""
    quote: str
    """Its words."""
    start: int
    """Where they begin in the text; −1 where they are not in it."""
    end: int
    """Where they end."""
    value: float | None
    """Its number; None where there is none."""
    unit: str | None
    """Its unit; None where there is none."""
    qualifier: str | None
    """Its qualifier; None where there is none."""
    date: str | None
    """EDTF; None where there is none."""

    @classmethod
    def from_row(cls, text: str, row: Mapping[str, str]) -> "ListedClaim":
        """From a row of a ``.claims.csv``; "first words ... last words" is a quote with something left out."""
        first, _, last = row["quote"].partition(_ELLIPSIS)
        start = text.find(first)
        end = text.find(last, start) + len(last) if last and start >= 0 else start + len(first)
        return cls(
            kind=row["kind"],
            quote=row["quote"],
            start=start,
            end=end,
            value=float(row["value"]) if row["value"] else None,
            unit=row["unit"] or None,
            qualifier=row["qualifier"] or None,
            date=row["date_edtf"] or None,
        )


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of what was listed, proposed and matched."""

    quantities: int = 0
    """Quantity claims that were listed."""
    quantities_found: int = 0
    """Those of them that were proposed with the same words, value, unit and qualifier."""
    rest: int = 0
    """Other claims that were listed."""
    rest_found: int = 0
    """Those of them that were proposed with the same words, value and qualifier."""
    dates: int = 0
    """Listed dates among the found."""
    dates_right: int = 0
    """Those of them that are the same EDTF."""
    proposed: int = 0
    """Proposals."""
    matched: int = 0
    """Proposals that were listed; the others want a reader's judgement."""

    def __add__(self, other: "Score") -> "Score":
        return Score(*(getattr(self, name) + getattr(other, name) for name in Score.__slots__))


def pair_claims(listed: Sequence[ListedClaim], proposed: Sequence[Claim]) -> dict[ListedClaim, Claim]:
    """Listed claims with the proposals that match them, one to one, the best overlap first.

    Quotes must overlap by half of their union, value, unit and qualifier must be equal.
    """
    options = [
        (overlap, -number, at)
        for number, one in enumerate(listed)
        for at, claim in enumerate(proposed)
        if (overlap := _overlap(one, claim)) >= _LEAST_OVERLAP and _same(one, claim)
    ]
    pairs: dict[ListedClaim, Claim] = {}
    taken: set[int] = set()
    for _, number, at in sorted(options, reverse=True):
        if listed[-number] not in pairs and at not in taken:
            pairs[listed[-number]] = proposed[at]
            taken.add(at)
    return pairs


def score_claims(listed: Sequence[ListedClaim], proposed: Sequence[Claim]) -> Score:
    """Count what was found."""
    pairs = pair_claims(listed, proposed)
    quantities = [one for one in listed if one.kind == "quantity"]
    dated = [(one, claim) for one, claim in pairs.items() if one.date is not None]
    return Score(
        quantities=len(quantities),
        quantities_found=sum(one in pairs for one in quantities),
        rest=len(listed) - len(quantities),
        rest_found=len(pairs) - sum(one in pairs for one in quantities),
        dates=len(dated),
        dates_right=sum(claim.when is not None and claim.when.text == one.date for one, claim in dated),
        proposed=len(proposed),
        matched=len(pairs),
    )


def _overlap(one: ListedClaim, claim: Claim) -> float:
    """Intersection over union of the two quotes, in code points."""
    if one.start < 0 or claim.start is None or claim.end is None:
        return 0.0
    both = min(one.end, claim.end) - max(one.start, claim.start)
    return max(0, both) / (max(one.end, claim.end) - min(one.start, claim.start))


def _same(one: ListedClaim, claim: Claim) -> bool:
    if (one.kind == "quantity") != (claim.kind == "quantity"):
        return False
    if one.value is not None and (claim.value is None or not math.isclose(one.value, claim.value, rel_tol=1e-6)):
        return False
    if one.unit is not None and one.unit != claim.unit:
        return False
    return one.qualifier is None or (claim.qualifier is not None and one.qualifier == claim.qualifier.value)
