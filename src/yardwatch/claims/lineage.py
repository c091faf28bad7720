"""Which claim repeats which, so that copies count once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from yardwatch.claims.amounts import amount_of, same_unit
from yardwatch.claims.matters import gap_days, said_by, same_outlet, same_subject
from yardwatch.claims.phrases import shared_words
from yardwatch.errors import MisuseError
from yardwatch.model.claim import Claim, Source
from yardwatch.model.dates import When

__all__ = ["Basis", "Edge", "Lineage", "Statement", "sources_behind", "statements", "trace"]

_NEAR = 0.1
_SHORT_DAYS = 14
_LONG_DAYS = 60
_NARROW_DAYS = 8


class Basis(StrEnum):
    """How a copy is known to be one."""

    STATED = "stated"
    INFERRED = "inferred"


@dataclass(frozen=True, slots=True)
class Edge:
    """One claim that repeats another."""

    child: str
    """Id of the claim that repeats."""
    parent: str
    """Id of the claim that is repeated."""
    basis: Basis
    """Whether somebody says so or it was inferred."""
    score: float
    """How strongly, from 0 to 1; 1 where it is stated."""
    why: str
    """What it rests on, for people."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """A forest of claims: each has at most one parent, and no claim is its own ancestor."""

    edges: tuple[Edge, ...]
    """By child, in the order of the claims."""
    claims: tuple[str, ...]
    """Ids of all claims that were looked at."""
    hearsay: Mapping[str, str]
    """Id of a claim to the name it is taken from, where that one's own words are not in the record."""
    origins: Mapping[str, str]
    """Id of a claim to the publisher or speaker it goes back to."""
    flaws: tuple[str, ...] = ()
    """What is contradictory in the record, one sentence each: circles, copies older than their model …"""

    def parent(self, claim_id: str) -> Edge | None:
        """The edge to what a claim repeats; None for a root."""
        return next((edge for edge in self.edges if edge.child == claim_id), None)

    def children(self, claim_id: str) -> tuple[Edge, ...]:
        """The edges from what repeats a claim."""
        return tuple(edge for edge in self.edges if edge.parent == claim_id)

    def ancestry(self, claim_id: str) -> tuple[str, ...]:
        """The claim, what it repeats, and so on to the root."""
        parents = {edge.child: edge.parent for edge in self.edges}
        line = [claim_id]
        while line[-1] in parents:
            line.append(parents[line[-1]])
        return tuple(line)

    def root(self, claim_id: str) -> str:
        """Id of the claim at the top."""
        return self.ancestry(claim_id)[-1]

    @property
    def roots(self) -> tuple[str, ...]:
        """Claims that repeat none in the record."""
        children = {edge.child for edge in self.edges}
        return tuple(claim_id for claim_id in self.claims if claim_id not in children)

    def independent(self, claim_ids: Iterable[str]) -> tuple[str, ...]:
        """Names of the independent origins of some claims; copies, and claims of one origin, count once."""
        return tuple(dict.fromkeys(self.origins[claim_id] for claim_id in claim_ids))


@dataclass(frozen=True, slots=True)
class Statement:
    """Claims about one matter, with those who say it of their own."""

    claims: tuple[str, ...]
    """Ids, in the order of the record."""
    origins: tuple[str, ...]
    """Independent origins; their number is how often it was said."""


def trace(
    claims: Sequence[Claim],
    sources: Iterable[Source],
    *,
    threshold: float = 0.6,
    denied: Collection[tuple[str, str]] = (),
) -> Lineage:
    """Find out which claim repeats which.

    A copy is *stated* by `Claim.copied_from`, or where a claim is attributed to, or comes via, another publisher. It is
    *inferred* from a score: 0.35 for the same date of what is claimed, 0.35 for the same number (0.25 within 10 %),
    0.2 for publication up to 14 days later (0.1 up to 60), and up to 0.3 for shared words. Place, measure and type must
    be equal, and neither number nor date may contradict. Of several possible parents the best is taken, then the first.
    A claim that names its own publisher as the origin is never taken for a copy by inference.

    Parameters
    ----------
    claims : sequence of Claim
        The record.
    sources : iterable of Source
        Who published them, and when.
    threshold : float
        Least score of an inferred copy.
    denied : collection of (child, parent)
        Inferred copies that a person has looked at and rejected.

    Raises
    ------
    MisuseError
        If two claims have one id.

    Notes
    -----
    Circular reporting is broken at the claim where it closes, and named in `Lineage.flaws`.
    """
    if len({claim.id for claim in claims}) != len(claims):
        raise MisuseError("two claims have the same id; give each its own")
    tracing = _Tracing(claims, {source.id: source for source in sources}, threshold, frozenset(denied))
    for claim in claims:
        tracing.state(claim)
    for claim in claims:
        tracing.infer(claim)
    return tracing.lineage()


def statements(claims: Sequence[Claim], lineage: Lineage) -> tuple[Statement, ...]:
    """Group claims by the matter they speak of, in the order of the record.

    Claims go together where one repeats the other, or where subject and date are the same: both without a date, or both
    dated within eight days that overlap.
    """
    groups: list[list[Claim]] = []
    linked = {frozenset((edge.child, edge.parent)) for edge in lineage.edges}
    for claim in claims:
        near = [group for group in groups if any(_together(claim, other, linked) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(member for group in near for member in group), claim])
    order = {claim.id: n for n, claim in enumerate(claims)}
    found = [tuple(sorted((claim.id for claim in group), key=order.__getitem__)) for group in groups]
    return tuple(Statement(ids, lineage.independent(ids)) for ids in sorted(found, key=lambda ids: order[ids[0]]))


def sources_behind(
    claim_id: str, claims: Iterable[Claim], sources: Iterable[Source], lineage: Lineage
) -> frozenset[str]:
    """Ids of the sources that cannot confirm a claim: those it came through, and all of its origin's publisher."""
    line = set(lineage.ancestry(claim_id))
    own = {claim.source_id for claim in claims if claim.id in line}
    origin = lineage.origins[claim_id]
    same = {source.id for source in sources if same_outlet(source.publisher.partition(" via ")[0], origin)}
    return frozenset(own | same)


class _Tracing:
    """The forest while it grows."""

    def __init__(
        self,
        claims: Sequence[Claim],
        sources: Mapping[str, Source],
        threshold: float,
        denied: frozenset[tuple[str, str]],
    ) -> None:
        self._claims = claims
        self._by_id = {claim.id: claim for claim in claims}
        self._positions = {claim.id: n for n, claim in enumerate(claims)}
        self._sources = sources
        self._threshold = threshold
        self._denied = denied
        self._edges: dict[str, Edge] = {}
        self._hearsay: dict[str, str] = {}
        self._flaws: list[str] = []

    def state(self, claim: Claim) -> None:
        """Take what the record itself says."""
        if claim.copied_from is not None:
            self._copy_of(claim, claim.copied_from)
            return
        for name in self._named(claim):
            parent = self._claim_of(name, claim)
            if parent is not None:
                self._link(claim, parent, Basis.STATED, 1.0, f"it is attributed to {name}")
                return
            self._hearsay.setdefault(claim.id, name)

    def infer(self, claim: Claim) -> None:
        """Find the claim that this one most looks like a copy of."""
        own = said_by(claim, self._sources)
        if claim.id in self._edges or claim.id in self._hearsay or same_outlet(claim.attributed_to or "", own):
            return
        scored = [(*self._score(claim, other), other) for other in self._claims]
        fitting = [item for item in scored if item[0] >= self._threshold and (claim.id, item[2].id) not in self._denied]
        for score, why, other in sorted(fitting, key=lambda item: (-item[0], self._published_at(item[2]), item[2].id)):
            if not self._closes_circle(claim.id, other.id):
                self._link(claim, other, Basis.INFERRED, score, why)
                return

    def lineage(self) -> Lineage:
        """The forest as a value."""
        edges = tuple(self._edges[claim.id] for claim in self._claims if claim.id in self._edges)
        ids = tuple(claim.id for claim in self._claims)
        bare = Lineage(edges, ids, dict(self._hearsay), {})
        names = {claim_id: self._origin_name(bare.root(claim_id)) for claim_id in ids}
        return Lineage(edges, ids, dict(self._hearsay), _merged(names), tuple(self._flaws))

    def _copy_of(self, claim: Claim, parent_id: str) -> None:
        parent = self._by_id.get(parent_id)
        if parent is None:
            self._flaws.append(f"{claim.id} is said to repeat {parent_id}, which is not in the record.")
            self._hearsay[claim.id] = parent_id
        else:
            self._link(claim, parent, Basis.STATED, 1.0, "the record says so")

    def _named(self, claim: Claim) -> list[str]:
        """Names that a claim is taken from, other than its own publisher's."""
        origin, through, carrier = said_by(claim, self._sources).partition(" via ")
        own = carrier if through else origin
        names = [claim.attributed_to, claim.via, origin if through else None]
        return [name for name in names if name and not same_outlet(name, own)]

    def _claim_of(self, name: str, claim: Claim) -> Claim | None:
        """The claim of that publisher which says most nearly the same."""
        its = [
            other
            for other in self._claims
            if other.id != claim.id
            and same_subject(claim, other, any_type=True)
            and not (gap_days(claim.when, other.when) or 0) > _LONG_DAYS
            and same_outlet(name, said_by(other, self._sources).partition(" via ")[0])
        ]
        return max(its, key=lambda other: _likeness(claim, other)[0], default=None)

    def _score(self, child: Claim, parent: Claim) -> tuple[float, str]:
        """How much one claim looks like a copy of another, and by what."""
        if child.source_id == parent.source_id or not same_subject(child, parent):
            return 0.0, ""
        score, why = _likeness(child, parent)
        later = self._days_later(child, parent)
        if score == 0 or later is None or later < 0 or later > _LONG_DAYS:
            return 0.0, ""
        if later == 0 and (score < 0.6 or self._positions[child.id] < self._positions[parent.id]):
            return 0.0, ""
        score += 0.2 if later <= _SHORT_DAYS else 0.1
        days = "on the same day, so that which came first is not known" if later == 0 else f"{later:.0f} days later"
        return min(score, 1.0), f"{why}, published {days}"

    def _days_later(self, child: Claim, parent: Claim) -> float | None:
        """Days from one publication to the other; None where one is not dated."""
        first, second = self._published(parent), self._published(child)
        if first is None or second is None or first.earliest is None or second.earliest is None:
            return None
        return (second.earliest.date() - first.earliest.date()).days

    def _link(self, child: Claim, parent: Claim, basis: Basis, score: float, why: str) -> None:
        if self._closes_circle(child.id, parent.id):
            self._flaws.append(f"{child.id} and {parent.id} are said to repeat each other; the circle was broken here.")
            return
        if basis is Basis.STATED and (self._days_later(child, parent) or 0) < 0:
            self._flaws.append(f"{child.id} is said to repeat {parent.id} but was published before it.")
        self._edges[child.id] = Edge(child.id, parent.id, basis, round(score, 3), why)
        self._hearsay.pop(child.id, None)

    def _closes_circle(self, child: str, parent: str) -> bool:
        above: str | None = parent
        while above is not None and above != child:
            above = self._edges[above].parent if above in self._edges else None
        return above == child

    def _origin_name(self, root: str) -> str:
        return self._hearsay.get(root) or said_by(self._by_id[root], self._sources).partition(" via ")[0]

    def _published(self, claim: Claim) -> When | None:
        source = self._sources.get(claim.source_id)
        return source.published if source else None

    def _published_at(self, claim: Claim) -> float:
        when = self._published(claim)
        return when.earliest.timestamp() if when and when.earliest else 0.0


def _likeness(one: Claim, other: Claim) -> tuple[float, str]:
    """How alike two claims on one subject are, without their publication; 0 where they contradict."""
    gap = gap_days(one.when, other.when)
    number = _number_likeness(amount_of(one), amount_of(other), comparable=same_unit(one, other))
    if (gap is not None and gap > 0) or number < 0:
        return 0.0, ""
    words = 0.3 * shared_words(one.quote, other.quote)
    reasons = ["same subject"]
    reasons += ["same date"] if gap == 0 else []
    reasons += [{0.35: "same number", 0.25: "near number"}[number]] if number else []
    reasons += ["shared words"] if words >= 0.1 else []
    return 0.35 * (gap == 0) + number + words + 1e-9, ", ".join(reasons)


def _number_likeness(one: float | None, other: float | None, *, comparable: bool) -> float:
    """What the numbers speak for a copy; negative where they speak against one."""
    if one is None or other is None:
        return 0.0
    if one == other:
        return 0.35
    return 0.25 if comparable and abs(one - other) <= _NEAR * max(abs(one), abs(other)) else -1.0


def _together(one: Claim, other: Claim, linked: Collection[frozenset[str]]) -> bool:
    if frozenset((one.id, other.id)) in linked:
        return True
    if not same_subject(one, other):
        return False
    if one.when is None or other.when is None:
        return one.when is None and other.when is None
    return _narrow(one.when) and _narrow(other.when) and gap_days(one.when, other.when) == 0


def _narrow(when: When) -> bool:
    return bool(when.earliest and when.latest and (when.latest - when.earliest).days <= _NARROW_DAYS)


def _merged(names: Mapping[str, str]) -> dict[str, str]:
    """Each claim to one name per publisher, the first that was met."""
    known: list[str] = []
    merged: dict[str, str] = {}
    for claim_id, name in names.items():
        match = next((other for other in known if same_outlet(other, name)), None)
        if match is None:
            known.append(name)
        merged[claim_id] = match or name
    return merged
