"""Is it so, what somebody claimed."""

from dataclasses import dataclass

from yardwatch.assessment.ground import NOTHING, Ground, confidence_of
from yardwatch.assessment.wording import checked, identity, in_words, likelihood_of, quoted, rule_of
from yardwatch.errors import MisuseError
from yardwatch.model.assessment import Assessment, Confidence

__all__ = ["CLAIM_VERDICTS", "ClaimFinding", "Voice", "assess_claim"]

CLAIM_VERDICTS = ("consistent", "not_consistent", "cannot_tell", "not_observable")
"""How a claim can stand against our observations."""

_WEIGHT = {"A": 4.0, "B": 3.0, "C": 2.0, "D": 1.0, "E": 1.0, "F": 1.5}
_OWN_WEIGHT = {"A": 4.0, "B": 3.0, "C": 2.0, "D": 1.0, "E": 0.5, "F": 1.0}
_SEEN = {"consistent": 4.0, "not_consistent": 0.1}
_CHANGED = 0.25
_POOR = {"D", "E", "F"}


@dataclass(frozen=True, slots=True)
class Voice:
    """An independent origin that speaks to a claim."""

    name: str
    """Its name."""
    grade: str = "F"
    """Its Admiralty grade A–F."""


@dataclass(frozen=True, slots=True)
class ClaimFinding:
    """A claim with all that was found about it."""

    claim_id: str
    """The claim."""
    words: str
    """What it says."""
    by: Voice
    """Who says so, at the root of its lineage."""
    verdict: str
    """One of `CLAIM_VERDICTS`."""
    reconciled: str = ""
    """One sentence on how it stands against our observations."""
    agreeing: tuple[Voice, ...] = ()
    """Independent origins that say the same; copies are none."""
    contradicting: tuple[Voice, ...] = ()
    """Independent origins that say the contrary."""
    changed: tuple[str, ...] = ()
    """One sentence for each thing that changed in it on the way from its origin."""
    observations: tuple[str, ...] = ()
    """Ids of the observations it was held against."""
    claims: tuple[str, ...] = ()
    """Ids of the other claims."""


def assess_claim(finding: ClaimFinding, ground: Ground) -> Assessment:
    """Conclude whether a claim is true.

    Even odds are multiplied by a weight for its own origin (A 4, B 3, C 2, D and F 1, E ½), for each independent
    origin that agrees (A 4, B 3, C 2, F 1½, D and E 1; divided for one that contradicts), by 4 where our observations
    are consistent with it, by 1/10 where they are not, and by ¼ where it is a copy that changed on the way.
    Insufficient where no observation of ours decides and neither its own origin nor another that speaks to it is graded
    A, B or C.

    Notes
    -----
    The weights are conventions, set so that one good witness makes a claim likely and two make it very likely. They
    are not measured.
    """
    if finding.verdict not in CLAIM_VERDICTS:
        raise MisuseError(
            f"claim {finding.claim_id}: verdict {finding.verdict!r} is none of {', '.join(CLAIM_VERDICTS)}"
        )
    confidence, because = confidence_of(ground)
    said = f"{quoted(finding.words)} ({finding.by.name})"
    if _nothing_speaks(finding):
        why = _who_speaks(finding)
        likelihood, conclusion = None, f"The record is insufficient to judge {said}: {why}."
        confidence, because = Confidence.LOW, NOTHING
        rule = f"No probability is given: {why}."
    else:
        probability, factors = _probability(finding)
        likelihood = likelihood_of(probability)
        conclusion = f"{in_words(likelihood)} this is so: {said}."
        rule = rule_of(probability, f"Even odds times {factors}")
    return checked(
        Assessment(
            id=identity("claim", finding.claim_id),
            about=f"Is it so: {said}?",
            conclusion=conclusion,
            likelihood=likelihood,
            rule=rule,
            confidence=confidence,
            because=because,
            observations=finding.observations,
            claims=(finding.claim_id, *finding.claims),
            alternatives=_alternatives(finding),
            would_change=_would_change(finding),
        )
    )


def _nothing_speaks(finding: ClaimFinding) -> bool:
    voices = (finding.by, *finding.agreeing, *finding.contradicting)
    return finding.verdict not in _SEEN and all(voice.grade in _POOR for voice in voices)


def _who_speaks(finding: ClaimFinding) -> str:
    """Why nothing can be concluded."""
    if not (finding.agreeing or finding.contradicting):
        return f"nothing but its own source, graded {finding.by.grade}, speaks for it"
    said = [f"{voice.name} says the contrary" for voice in finding.contradicting]
    said += [f"{voice.name} agrees" for voice in finding.agreeing]
    return f"{', '.join(said)}, none of these sources is graded A to C, and no observation of ours decides"


def _probability(finding: ClaimFinding) -> tuple[float, str]:
    """Probability, and the factors it comes from in words."""
    factors = [(f"{_OWN_WEIGHT[finding.by.grade]:g} for its origin", _OWN_WEIGHT[finding.by.grade])]
    factors += [(f"{_WEIGHT[v.grade]:g} for {v.name}", _WEIGHT[v.grade]) for v in finding.agreeing]
    factors += [(f"1/{_WEIGHT[v.grade]:g} against {v.name}", 1 / _WEIGHT[v.grade]) for v in finding.contradicting]
    if finding.verdict in _SEEN:
        factors.append((f"{_SEEN[finding.verdict]:g} for our observations", _SEEN[finding.verdict]))
    if finding.changed:
        factors.append((f"{_CHANGED:g} for what changed on the way", _CHANGED))
    odds = 1.0
    for _, factor in factors:
        odds *= factor
    return odds / (1 + odds), ", ".join(told for told, _ in factors)


def _alternatives(finding: ClaimFinding) -> tuple[str, ...]:
    said = [f"{voice.name} says the contrary." for voice in finding.contradicting]
    said += list(finding.changed)
    said += [finding.reconciled] if finding.verdict == "not_consistent" and finding.reconciled else []
    said.append("Those who agree may share an origin that none of them names.")
    said.append("The claim may be of another extent, or another hour of the day, than what was observed.")
    return tuple(said)


def _would_change(finding: ClaimFinding) -> tuple[str, ...]:
    if finding.verdict == "not_observable":
        return ("A witness or document from the ground; no image from above can settle it.",)
    return ("A usable image of the same extent and date.", "A source that saw it itself and does not repeat another.")
