"""A person's word on what was proposed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from yardwatch.claims.extract import event_of
from yardwatch.errors import MisuseError
from yardwatch.model.claim import Claim, ClaimStatus, Source
from yardwatch.model.event import Event
from yardwatch.model.ports import WorkspaceStore
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.pipeline.observing import UNKNOWN_PERSON
from yardwatch.pipeline.records import cells_of
from yardwatch.workspace import open_workspace

__all__ = ["Judged", "Listed", "judge_claims", "judge_in", "list_claims"]


@dataclass(frozen=True, slots=True)
class Listed:
    """Claims of a workspace."""

    claims: tuple[Claim, ...]
    """By date."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        claims: list[Json] = [cells_of(claim) for claim in self.claims]
        return document(made_by("claim list"), (), {"claims": claims})


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of some claims."""

    status: ClaimStatus
    """What they are now."""
    claims: tuple[Claim, ...]
    """The claims, as they are now."""
    changed: tuple[str, ...]
    """Ids of those that were something else before."""
    events: tuple[Event, ...]
    """Events that are kept since they were accepted."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        word = "accept" if self.status is ClaimStatus.ACCEPTED else "reject"
        body: dict[str, Json] = {
            "status": self.status.value,
            "claims": [{"id": claim.id, "changed": claim.id in self.changed} for claim in self.claims],
            "events": [event.id for event in self.events],
        }
        return document(made_by(f"claim {word}"), (), body)


def list_claims(folder: Path, *, status: str | None = None) -> Listed:
    """The claims in the workspace in `folder`, all or those of one status.

    Raises
    ------
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    with open_workspace(folder) as store:
        return Listed(tuple(claim for claim in store.claims() if status in {None, claim.status.value}))


def judge_claims(
    folder: Path, ids: Sequence[str], status: str, *, by: str | None = None, note: str | None = None
) -> Judged:
    """Accept or reject claims in the workspace in `folder`; what they were is kept beside it.

    An accepted claim of an event, or of a plan with a date, becomes an event.

    Raises
    ------
    MisuseError
        If there is no claim with one of the ids.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    with open_workspace(folder) as store:
        return judge_in(store, ids, ClaimStatus(status), by=by, note=note)


def judge_in(
    store: WorkspaceStore, ids: Sequence[str], status: ClaimStatus, *, by: str | None = None, note: str | None = None
) -> Judged:
    """Accept or reject claims in a store."""
    kept = {claim.id: claim for claim in store.claims()}
    unknown = [name for name in ids if name not in kept]
    if unknown:
        raise MisuseError(f"there is no claim {', '.join(unknown)}; yardwatch claim list DIR names those there are")
    chosen = list(dict.fromkeys(ids))
    now, person = datetime.now(UTC).replace(microsecond=0), " ".join((by or "").split()) or UNKNOWN_PERSON
    judged = [replace(kept[name], status=status) for name in chosen]
    changed = tuple(claim.id for claim in judged if store.review(claim, by=person, reviewed_at=now, note=note))
    events = _events(judged, store.sources()) if status is ClaimStatus.ACCEPTED else []
    taken = {event.id for event in store.events()}
    fresh = tuple(event for event in events if event.id not in taken and store.add_event(event))
    return Judged(status, tuple(judged), changed, fresh)


def _events(claims: Sequence[Claim], sources: Sequence[Source]) -> list[Event]:
    """The events that claims tell of, each with its source."""
    by_id = {source.id: source for source in sources}
    told = []
    for claim in claims:
        event, source = event_of(claim), by_id[claim.source_id]
        if event is not None:
            told.append(replace(event, source=event.source or source.publisher, source_date=source.published))
    return told
