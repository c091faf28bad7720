"""What every store asks of what others have said, and of a person's changes to it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from yardwatch.errors import MisuseError, WorkspaceError
from yardwatch.model.claim import CLAIM_KINDS, CREDIBILITY, RELIABILITY, Claim, Source
from yardwatch.model.event import Event
from yardwatch.model.review import Review
from yardwatch.model.site import Site
from yardwatch.workspace.rules import check_aware, check_extent, check_numbers, check_when, unknown_source

__all__ = ["Record", "check_record", "is_kept", "kind_of", "review_of"]

Record = Source | Claim | Event
"""Anything of what others have said."""


def kind_of(record: Record) -> str:
    """What it is, in a word: ``source``, ``claim`` or ``event``."""
    return type(record).__name__.lower()


def is_kept(record: Record, kept: Record | None, earlier: Iterable[Record]) -> bool:
    """Whether just this is kept; `kept` has its id, and `earlier` are the versions of it that persons changed.

    So what was read from a file once more never undoes what a person decided.

    Raises
    ------
    MisuseError
        If something else has its id.
    """
    if kept is None:
        return False
    if record == kept or record in earlier:
        return True
    raise MisuseError(
        f"{_subject(record)}: the workspace has another {kind_of(record)} with this id; give it another id, "
        "or change the kept one by a review"
    )


def check_record(record: Record, site: Site, source_ids: Collection[str], copies: Mapping[str, str | None]) -> None:
    """Make sure that something is sound and refers to what is there.

    Parameters
    ----------
    record : Source, Claim or Event
        What shall be kept.
    site : Site
        What is watched.
    source_ids : collection of str
        Ids of the sources that are kept.
    copies : mapping of str to str or None
        Id of each claim that is kept to that of the claim it copies.

    Raises
    ------
    MisuseError
        If a date, number, grade, kind, span or zone is none, or the claim copies itself in the end.
    WorkspaceError
        If its source or the claim it copies is not kept.
    """
    match record:
        case Source():
            check_when(record.published, subject=_subject(record))
            _check_word(record.reliability, RELIABILITY, "an Admiralty grade of a source", subject=_subject(record))
        case Claim():
            _check_claim(record, site)
            _check_origin(record, source_ids, copies)
        case Event():
            check_when(record.when, subject=_subject(record))
            check_when(record.source_date, subject=_subject(record))


def review_of(kept: Record | None, changed: Record, *, by: str, reviewed_at: datetime, note: str | None) -> Review:
    """A person's change of what is kept; there must be something to change, an author and a date.

    Raises
    ------
    WorkspaceError
        If nothing with that id is kept.
    MisuseError
        If `by` is empty or `reviewed_at` has no zone.
    """
    subject = f"review of {_subject(changed)}"
    if kept is None:
        raise WorkspaceError(f"{subject}: it is not in the workspace; add it first")
    if not by.strip():
        raise MisuseError(f"{subject}: nobody is named; say by whom it is")
    check_aware(reviewed_at, "reviewed_at", subject=subject)
    return Review(kept, changed, by, reviewed_at, note)


def _check_claim(claim: Claim, site: Site) -> None:
    subject = _subject(claim)
    check_when(claim.when, subject=subject)
    check_numbers((claim.value, claim.low, claim.high), subject=subject)
    check_extent(claim.zone, site, subject=subject)
    _check_word(claim.kind, CLAIM_KINDS, "a kind of claim", subject=subject)
    _check_word(claim.credibility, CREDIBILITY, "an Admiralty grade of a claim", subject=subject)
    if not _is_span(claim.start, claim.end):
        raise MisuseError(f"{subject}: a quote from {claim.start} to {claim.end} is no span; give both ends or none")


def _check_origin(claim: Claim, source_ids: Collection[str], copies: Mapping[str, str | None]) -> None:
    if claim.source_id not in source_ids:
        raise unknown_source(claim.source_id)
    if claim.copied_from is None:
        return
    if claim.copied_from not in copies:
        raise WorkspaceError(
            f"{_subject(claim)}: copies claim {claim.copied_from!r}, which is not in the workspace; add that one first"
        )
    passed, origin = {claim.id}, claim.copied_from
    while origin not in passed and (further := copies.get(origin)) is not None:
        passed.add(origin)
        origin = further
    if origin == claim.id:
        raise MisuseError(f"{_subject(claim)}: copies {claim.copied_from}, which in the end copies it; name one origin")


def _is_span(start: int | None, end: int | None) -> bool:
    """Whether there is neither end, or a start that is not after the end."""
    if start is None or end is None:
        return start is end
    return 0 <= start <= end


def _check_word(word: str, known: Collection[str], meaning: str, *, subject: str) -> None:
    if word not in known:
        raise MisuseError(f"{subject}: {word!r} is not {meaning}; use one of {', '.join(known)}")


def _subject(record: Record) -> str:
    return f"{kind_of(record)} {record.id}"
