"""What others claimed, held against what we observed: same extent, same date, numbers with their bounds."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import floor, inf

from yardwatch.claims.amounts import ABOUT, Bounds, bounds_of, unit_of
from yardwatch.claims.matters import gap_days
from yardwatch.claims.phrases import stem
from yardwatch.model.catalogue import CATALOGUE
from yardwatch.model.claim import Claim, ClaimQualifier
from yardwatch.model.dates import When
from yardwatch.model.observation import Observation
from yardwatch.model.quantity import Qualifier, Quantity
from yardwatch.model.series import NO_IMAGE_CLASS, UNUSABLE_CLASS

__all__ = ["Comparison", "Reason", "Reconciliation", "Verdict", "not_observable", "reconcile"]

_PITCH_M = min(car.over_couplers_m for car in CATALOGUE)
_ONE_DAY = 1.5
_STANDING = {"length", "width", "area", "span", "height"}
_MOST_HIDDEN = 0.5
_UNSEEN = (
    (r"radiat|radiomet|spectromet|x-?ray|dosimet", "instruments of that kind cannot be told from above"),
    (r"weapon|\barms\b|munition|ammunition|\bshells?\b|missile|artillery|rocket", "what a load is made of is not seen"),
    (r"contents?\b|\binside\b|loaded with|carrying|cargo of|\bhorses?\b|medicine", "what closed cars hold is not seen"),
    (r"\bintend|\bintention|\banticipat|\bwants? to\b|\bhopes?\b|\bexpect", "what people mean to do is not seen"),
    (r"\bagree|\bsign(?:ed|s|ing)\b|\btreaty\b", "papers are not seen"),
    (r"\bworth\b|\bvalue of\b|record (?:volume|level)", "sums of trade are not seen"),
)  # fmt: skip


class Verdict(StrEnum):
    """How a claim stands against what was observed."""

    CONSISTENT = "consistent"
    NOT_CONSISTENT = "not_consistent"
    CANNOT_TELL = "cannot_tell"
    NOT_OBSERVABLE = "not_observable"


class Reason(StrEnum):
    """Why a verdict is what it is."""

    MEETS = "meets"
    APART = "apart"
    HIDDEN = "hidden"
    ONE_SIDED = "one_sided"
    OTHER_DATE = "other_date"
    DISAGREE = "disagree"
    NO_DATE = "no_date"
    NO_IMAGE = "no_image"
    OTHER_EXTENT = "other_extent"
    OTHER_KIND = "other_kind"
    OWN_SOURCE = "own_source"
    NOT_FROM_ABOVE = "not_from_above"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A claim against one observation, or against the sum of several of different types."""

    observations: tuple[str, ...]
    """Ids of the observations."""
    verdict: Verdict
    """How the claim stands against them alone."""
    reason: Reason
    """Why."""
    low: float
    """Least that may have been there."""
    high: float
    """Most that may have been there, what was hidden included; infinite where nothing bounds it."""
    hidden_share: float | None
    """Share of the track that was not seen; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A claim against all observations of its place and date."""

    claim_id: str
    """The claim."""
    verdict: Verdict
    """How it stands."""
    reason: Reason
    """Why."""
    low: float | None
    """Least that the claim's words allow; None where it names no number and nothing can be counted."""
    high: float | None
    """Most that they allow; infinite where nothing bounds it."""
    comparisons: tuple[Comparison, ...]
    """One by one."""
    sentence: str
    """The outcome with its numbers, for people."""


def reconcile(
    claim: Claim,
    observations: Sequence[Observation],
    *,
    tolerance_days: float = 0,
    joined: Iterable[Collection[str]] = (),
    own_sources: Collection[str] = (),
    about: float = ABOUT,
) -> Reconciliation:
    """Hold a claim against our observations of its place and date.

    An observation counts if it is of exactly the claim's zone (or of one that a person has joined with it), of the same
    kind of thing, and of a date that overlaps the claim's within `tolerance_days`; lengths, widths and areas need no
    date. The claim's range follows from its qualifier, the observation's from its bounds, with room for what stood
    hidden (as many of the catalogue's shortest cars as fit on the unseen track). Ranges that do not meet contradict,
    unless they are of different days or the claim's date is vaguer than a day. Ranges that meet only in what was
    hidden, or beyond the seen number of an "at least", decide nothing, nor does an image that shows less than half of
    the track. A claim without a number means at least one, and a denied one none.

    Parameters
    ----------
    claim : Claim
        What was said.
    observations : sequence of Observation
        What was seen, of any place and date.
    tolerance_days : float
        How far apart two dates may be.
    joined : iterable of collections of str
        Names of zones or places that a person declares to be one extent.
    own_sources : collection of str
        Sources that cannot confirm the claim since it goes back to them; its own is always one.
    about : float
        Share of the number by which "about" may be off, in claim and observation.
    """
    unseen = not_observable(claim)
    if unseen is not None:
        return _without(claim, Verdict.NOT_OBSERVABLE, Reason.NOT_FROM_ABOVE, unseen)
    allowed = _allowed(claim, about)
    fitting, reason = _fitting(
        claim, observations, tolerance_days, _extent(claim, joined), {claim.source_id, *own_sources}
    )
    if not fitting:
        return _without(claim, Verdict.CANNOT_TELL, reason, _MISSING[reason], allowed)
    groups = _sums_of_types(claim, fitting)
    comparisons = tuple(_compare(claim, allowed, group, about) for group in groups)
    return _together(claim, allowed, comparisons)


def not_observable(claim: Claim) -> str | None:
    """Why an image from above cannot show what is claimed; None where it can."""
    if claim.kind == "plan":
        return "a plan is not seen, only what comes of it"
    text = f"{claim.quote} {claim.measure or ''} {claim.type or ''}".casefold()
    return next((why for words, why in _UNSEEN if re.search(words, text)), None)


_MISSING = {
    Reason.NO_DATE: "the claim has no date to hold it against",
    Reason.NO_IMAGE: "there is no observation on that date",
    Reason.OTHER_EXTENT: "what was observed on that date is of another extent, and nobody has joined the two",
    Reason.HIDDEN: "the image of that date shows nothing of it",
    Reason.OTHER_KIND: "what was observed there on that date is something else",
    Reason.OWN_SOURCE: "all that was observed there comes from the claim's own source",
}
_BECAUSE = {
    Reason.MEETS: "",
    Reason.APART: "",
    Reason.HIDDEN: "; they meet only in what was hidden",
    Reason.ONE_SIDED: "; what was observed bounds it from one side only",
    Reason.OTHER_DATE: "; they are apart, but the dates are not the same day",
    Reason.DISAGREE: "; the observations do not agree with one another",
}
_VERDICT_WORDS = {
    Verdict.CONSISTENT: "Consistent",
    Verdict.NOT_CONSISTENT: "Not consistent",
    Verdict.CANNOT_TELL: "Cannot tell",
    Verdict.NOT_OBSERVABLE: "Not observable from above",
}


def _fitting(
    claim: Claim, observations: Sequence[Observation], days: float, extent: Collection[str], own: Collection[str]
) -> tuple[list[Observation], Reason]:
    """The observations that speak to a claim; where there are none, what is missing."""
    if claim.when is None and not _standing(claim):
        return [], Reason.NO_DATE
    steps: tuple[tuple[Reason, Callable[[Observation], bool]], ...] = (
        (Reason.NO_IMAGE, lambda seen: _standing(claim) or _within(gap_days(claim.when, seen.when), days)),
        (Reason.OTHER_EXTENT, lambda seen: (seen.zone or "").casefold() in extent),
        (Reason.HIDDEN, lambda seen: seen.klass != UNUSABLE_CLASS),
        (Reason.OTHER_KIND, lambda seen: _kind_fits(claim, seen)),
        (Reason.OWN_SOURCE, lambda seen: seen.source_id not in own),
    )
    left = [seen for seen in observations if seen.klass != NO_IMAGE_CLASS]
    for reason, fits in steps:
        left = [seen for seen in left if fits(seen)]
        if not left:
            return [], reason
    return left, Reason.MEETS


def _extent(claim: Claim, joined: Iterable[Collection[str]]) -> set[str]:
    """The names that mean the claim's extent."""
    name = (claim.zone or claim.place_text or "").casefold()
    names = {name} - {""}
    for group in joined:
        plain = {other.casefold() for other in group}
        names |= plain if name in plain else set()
    return names


def _within(gap: float | None, days: float) -> bool:
    return gap is not None and gap <= days


def _standing(claim: Claim) -> bool:
    """Whether what is claimed lasts, so that it may be measured on any date."""
    return stem(claim.measure or "") in _STANDING


def _kind_fits(claim: Claim, seen: Observation) -> bool:
    """Whether what was counted is what the claim speaks of; a typed claim wants that type."""
    klass, _, of_type = seen.klass.partition(":")
    words = claim.unit if claim.value is not None and claim.unit else claim.measure
    if words is None:
        return False
    wanted, counted = unit_of(words)[0], unit_of(seen.unit or klass)[0]
    same_thing = wanted == counted and (seen.unit is None or stem(klass) == stem(claim.measure or klass))
    return same_thing and (claim.type is None or not of_type or stem(claim.type) == stem(of_type))


def _allowed(claim: Claim, about: float) -> Bounds:
    """The numbers that the words of a claim allow; "some" is at least one."""
    if claim.negated or claim.qualifier is ClaimQualifier.NONE:
        return Bounds(0, 0)
    return bounds_of(claim, about=about) or Bounds(1, inf)


def _sums_of_types(claim: Claim, fitting: Sequence[Observation]) -> list[list[Observation]]:
    """Each total by itself; counts by type of one looker, place and date together where the claim is of all types."""
    groups: dict[tuple[str | None, ...], list[Observation]] = {}
    for seen in fitting:
        typed = ":" in seen.klass and claim.type is None
        key = (seen.zone, str(seen.when), seen.by, seen.source_id, seen.scene_id) if typed else (seen.id,)
        groups.setdefault(key, []).append(seen)
    return list(groups.values())


def _compare(claim: Claim, allowed: Bounds, group: Sequence[Observation], about: float) -> Comparison:
    parts = [_ranges(seen, about) for seen in group]
    partial = claim.type is None and any(":" in seen.klass for seen in group)
    whole_as_part = claim.type is not None and all(":" not in seen.klass for seen in group)
    firm = Bounds(sum(part.low for part, _ in parts), sum(part.high for part, _ in parts))
    least, most = sum(part.low for _, part in parts), sum(part.high for _, part in parts)
    possible = Bounds(0 if whole_as_part else least, inf if partial else most)
    ids = tuple(seen.id for seen in group)
    share = _hidden_share(group)
    settled = not whole_as_part and (share or 0) <= _MOST_HIDDEN
    verdict, reason = _verdict(allowed, firm, possible, settled=settled)
    if reason is Reason.ONE_SIDED and share:
        reason = Reason.HIDDEN
    if (
        verdict is Verdict.NOT_CONSISTENT
        and not _standing(claim)
        and not _same_day(claim.when, [seen.when for seen in group])
    ):
        verdict, reason = Verdict.CANNOT_TELL, Reason.OTHER_DATE
    return Comparison(ids, verdict, reason, possible.low, possible.high, share)


def _verdict(allowed: Bounds, firm: Bounds, possible: Bounds, *, settled: bool) -> tuple[Verdict, Reason]:
    """From the range of the claim, that of what was seen, and that of what may have been there."""
    if not allowed.meets(possible):
        return Verdict.NOT_CONSISTENT, Reason.APART
    if possible.within(allowed) or (settled and firm.low <= firm.high and allowed.meets(firm)):
        return Verdict.CONSISTENT, Reason.MEETS
    return Verdict.CANNOT_TELL, Reason.ONE_SIDED


def _ranges(seen: Observation, about: float) -> tuple[Bounds, Bounds]:
    """The range that was seen, and the one that may have been there; an unknown number gives a first that is empty."""
    count, unseen = seen.quantity, _unseen_cars(seen)
    factor = unit_of(seen.unit)[1] if seen.unit else 1.0
    low, high = _stated(count, about)
    unbounded = count.qualifier is Qualifier.AT_LEAST and seen.hidden_m is None
    possible = Bounds((low or 0.0) * factor, inf if high is None or unbounded else (high + unseen) * factor)
    match count.qualifier:
        case Qualifier.UNKNOWN:
            return Bounds(inf, -inf), possible
        case Qualifier.AT_MOST:
            return Bounds((high or 0.0) * factor, (high or 0.0) * factor), possible
        case Qualifier.AT_LEAST if high is None:
            return Bounds((low or 0.0) * factor, (low or 0.0) * factor), possible
    return Bounds((low or 0.0) * factor, (high or 0.0) * factor), possible


def _stated(count: Quantity, about: float) -> tuple[float | None, float | None]:
    """Lower and upper bound of a quantity, from its value where they are not given."""
    low, high = count.low, count.high
    if count.value is None:
        return low, high
    off = max(1.0, about * count.value) if count.qualifier is Qualifier.ABOUT else 0.0
    if low is None and count.qualifier is not Qualifier.AT_MOST:
        low = max(0.0, count.value - off)
    if high is None and count.qualifier in {Qualifier.EXACT, Qualifier.ABOUT, Qualifier.AT_MOST}:
        high = count.value + off
    return low, high


def _unseen_cars(seen: Observation) -> float:
    """How many of the shortest cars would fit on the track that was not seen."""
    return float(floor(((seen.hidden_m or 0.0) + (seen.outside_m or 0.0)) / _PITCH_M))


def _hidden_share(group: Sequence[Observation]) -> float | None:
    visible = sum(seen.visible_m or 0.0 for seen in group)
    unseen = sum((seen.hidden_m or 0.0) + (seen.outside_m or 0.0) for seen in group)
    return unseen / (visible + unseen) if visible + unseen > 0 else None


def _same_day(when: When | None, others: Sequence[When | None]) -> bool:
    """Whether all dates are single days, and the same one."""
    return all(_is_day(other) and gap_days(when, other) == 0 for other in (when, *others))


def _is_day(when: When | None) -> bool:
    if when is None or when.earliest is None or when.latest is None or "~" in when.text:
        return False
    return (when.latest - when.earliest).total_seconds() <= _ONE_DAY * 86_400


def _together(claim: Claim, allowed: Bounds, comparisons: tuple[Comparison, ...]) -> Reconciliation:
    verdicts = {item.verdict for item in comparisons}
    if {Verdict.CONSISTENT, Verdict.NOT_CONSISTENT} <= verdicts:
        verdict, reason = Verdict.CANNOT_TELL, Reason.DISAGREE
    else:
        order = (Verdict.NOT_CONSISTENT, Verdict.CONSISTENT, Verdict.CANNOT_TELL)
        leading = next(item for wanted in order for item in comparisons if item.verdict is wanted)
        verdict, reason = leading.verdict, leading.reason
    seen = ", ".join(str(Bounds(item.low, item.high)) for item in comparisons)
    hidden = [item.hidden_share for item in comparisons if item.hidden_share]
    share = f" ({100 * max(hidden):.0f} % of the track hidden)" if hidden else ""
    told = f"{_VERDICT_WORDS[verdict]}: the claim allows {allowed}, what was observed {seen}{share}{_BECAUSE[reason]}."
    return Reconciliation(claim.id, verdict, reason, allowed.low, allowed.high, comparisons, told)


def _without(claim: Claim, verdict: Verdict, reason: Reason, why: str, allowed: Bounds | None = None) -> Reconciliation:
    """An outcome that no observation took part in."""
    low, high = (None, None) if allowed is None else (allowed.low, allowed.high)
    return Reconciliation(claim.id, verdict, reason, low, high, (), f"{_VERDICT_WORDS[verdict]}: {why}.")
