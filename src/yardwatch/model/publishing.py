"""What has been printed for others: editions, what was corrected in them, and who signed them off."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["AuditHead", "Edition", "Erratum", "Imprint", "PrintedNumber", "SignOff", "changed_numbers"]

_PARTS_OF_A_COUNT = ("car/", "track/")


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The end of an audit log: who keeps it elsewhere can tell whether the log was shortened or rewritten."""

    sequence: int
    """Number of the last entry; the first is 1."""
    sha256: str
    """Hash of that entry, hexadecimal."""

    def __str__(self) -> str:
        return f"{self.sequence}:{self.sha256}"


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A number as it stands in a document, and what it stands on."""

    id: str
    """Stable over editions as long as it answers the same question, e.g. ``tally/SCENE/ZONE``: it names the scene or
    the dates that it is of, so that a new scene brings new numbers instead of changing old ones."""
    text: str
    """As printed, e.g. ``at least 41``."""
    place: str
    """Where it stands, in words for a reader, e.g. ``Zone "Main yard", 3 December 2024``."""
    observations: tuple[str, ...] = ()
    """Ids of the observations under it."""
    assessment: str | None = None
    """Id of the assessment in whose sentence it stands, if any."""


@dataclass(frozen=True, slots=True)
class Erratum:
    """A number that differs from what was last published."""

    number_id: str
    """Id of the number."""
    place: str
    """Where it stands, in words."""
    was: str
    """As it was printed."""
    now: str
    """As it is printed now."""
    why: str
    """Why it differs, in the words of the author."""
    edition: int
    """Number of the edition that printed it as it was."""


@dataclass(frozen=True, slots=True)
class SignOff:
    """A second person's word that a document may go out, or the author's that it goes without one."""

    by: str
    """Who signed, or who waived it."""
    at: datetime
    """When (aware, UTC)."""
    waived: bool = False
    """Whether nobody but the author has looked."""
    why: str | None = None
    """Why it was waived, or a remark of the person who signed."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A document that was published."""

    number: int
    """Counted from 1 in its workspace."""
    published_at: datetime
    """When (aware, UTC)."""
    public: bool
    """False for an internal edition."""
    numbers: Mapping[str, str]
    """Id of each number in the text to its printed text."""
    sha256: str
    """Hash of the document, hexadecimal."""
    head: AuditHead
    """The end of the audit log that the document prints: as it was just before the edition was recorded."""
    by: str = ""
    """Its author."""
    document: str = ""
    """Name of the copy in the workspace's folder ``reports``."""
    errata: tuple[Erratum, ...] = ()
    """What differs from the edition before."""
    sign_off: SignOff | None = None
    """Who signed it off; None for an internal edition."""
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Id of each number or assessment to the ids of the observations under it."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a document says of its own publication."""

    number: int
    """Number of the edition."""
    published_at: datetime
    """When (aware, UTC)."""
    public: bool
    """False for an internal edition."""
    by: str
    """Its author."""
    head: AuditHead
    """The end of the audit log."""
    errata: tuple[Erratum, ...] = ()
    """What differs from the last published edition."""
    sign_off: SignOff | None = None
    """Who signed it off; None for an internal edition."""
    previous: Edition | None = None
    """The last edition for the same readers, for "since our last report"."""


def changed_numbers(numbers: Iterable[PrintedNumber], last: Edition) -> tuple[PrintedNumber, ...]:
    """The numbers that `last` printed otherwise, in their order.

    Not the ends and confidence of a single railcar, nor the metres of a single track: the counts that they make up are
    what is corrected.
    """
    return tuple(
        one
        for one in numbers
        if last.numbers.get(one.id, one.text) != one.text and not one.id.startswith(_PARTS_OF_A_COUNT)
    )
