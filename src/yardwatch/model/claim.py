"""What others have said: sources and their claims."""

from dataclasses import dataclass
from enum import StrEnum

from yardwatch.model.dates import When

__all__ = ["CLAIM_KINDS", "CREDIBILITY", "RELIABILITY", "Claim", "ClaimQualifier", "ClaimStatus", "Source"]

CLAIM_KINDS = ("quantity", "activity", "construction", "status", "event", "plan")
"""What a claim may be about."""

RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}
"""Admiralty grades of a source (AJP-2.1)."""

CREDIBILITY = {
    "1": "confirmed by other sources",
    "2": "probably true",
    "3": "possibly true",
    "4": "doubtful",
    "5": "improbable",
    "6": "truth cannot be judged",
}
"""Admiralty grades of a piece of information (AJP-2.1)."""


class ClaimQualifier(StrEnum):
    """How a claim means its number, in the source's own terms."""

    EXACT = "exact"
    ABOUT = "about"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    UP_TO = "up_to"
    RANGE = "range"
    ONLY = "only"
    NONE = "none"


class ClaimStatus(StrEnum):
    """Whether a person has looked at it."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Source:
    """A publication, an official statement, a person: whoever said something."""

    id: str
    """Unique in its workspace."""
    title: str
    """What it is called; the publisher's name where it has no title of its own."""
    publisher: str
    """Who is behind it."""
    published: When | None = None
    """When it appeared; None if not known."""
    url: str | None = None
    """Where it can be read; never fetched by us."""
    reliability: str = "F"
    """Admiralty grade A–F; F until a person has judged it."""
    sha256: str | None = None
    """Hash of the file that was read, if one was."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing a source says, in its words."""

    id: str
    """Unique in its workspace."""
    source_id: str
    """Who says it."""
    kind: str
    """One of `CLAIM_KINDS`."""
    quote: str
    """The words; a short statement of the fact where the words are not ours to copy."""
    place_text: str | None = None
    """The place as the source names it; None if it names none."""
    zone: str | None = None
    """Zone or place of the site that is meant; None if not known."""
    measure: str | None = None
    """What is counted or done: ``railcar``, ``length``, ``station razed`` …"""
    value: float | None = None
    """The number; None where there is none."""
    low: float | None = None
    """Lower bound the words allow; None where there is none."""
    high: float | None = None
    """Upper bound the words allow; None where there is none."""
    unit: str | None = None
    """``railcar``, ``train``, ``m`` …"""
    type: str | None = None
    """Railcar type or other kind, if said."""
    qualifier: ClaimQualifier | None = None
    """How the number is meant; None where there is none."""
    negated: bool = False
    """Whether the source says that it is not so."""
    hedged: bool = False
    """Whether the source says it with reserve ("appears to", "may")."""
    when: When | None = None
    """Date of what is claimed (of the image, if from one); None if not known."""
    attributed_to: str | None = None
    """Whom the source names as having said it."""
    via: str | None = None
    """Through whom the source has it ("Reuters, citing …")."""
    copied_from: str | None = None
    """Id of the claim this one repeats, if a person or the source says so."""
    credibility: str = "6"
    """Admiralty grade 1–6; 6 until judged."""
    start: int | None = None
    """Where the quote begins in the source's main text, code points."""
    end: int | None = None
    """Where it ends."""
    status: ClaimStatus = ClaimStatus.PROPOSED
    """Whether a person accepted it."""
