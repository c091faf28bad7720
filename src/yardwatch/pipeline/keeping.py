"""Put sources, observations, claims and events into a workspace, all or none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yardwatch.errors import MisuseError, Notice
from yardwatch.model.claim import Claim, Source
from yardwatch.model.event import Event
from yardwatch.model.observation import Observation
from yardwatch.model.ports import WorkspaceStore
from yardwatch.pipeline.records import KINDS, Record, kind_of_record
from yardwatch.workspace import MemoryStore

__all__ = ["KeptRecord", "keep_all", "places_unknown"]


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """What became of one record."""

    record: Record
    """The record."""
    new: bool
    """False if it was kept already."""


def keep_all(store: WorkspaceStore, records: Sequence[Record]) -> tuple[KeptRecord, ...]:
    """Keep all records, each after those it refers to, once a rehearsal has shown that all can be kept.

    Raises
    ------
    MisuseError
        If one has the id of another that is kept, or is unsound.
    WorkspaceError
        If one refers to a source, scene or claim that is neither kept nor among them.
    """
    kept = _Kept(store)
    new = _ordered([record for record in dict.fromkeys(records) if not kept.holds(record)])
    rehearsal = MemoryStore(store.site())
    for scene in store.scenes():
        rehearsal.add_scene(scene, store.source_of(scene.id))
    for record in (*_ordered([*store.sources(), *store.claims()]), *new):
        _add(rehearsal, record)
    for record in new:
        _add(store, record)
    fresh = set(new)
    return tuple(KeptRecord(record, record in fresh) for record in records)


def places_unknown(records: Iterable[Record]) -> tuple[Notice, ...]:
    """The notice that some claims name a place that the site does not have."""
    claims = [record for record in records if isinstance(record, Claim)]
    lost = list(dict.fromkeys(claim.place_text for claim in claims if claim.zone is None and claim.place_text))
    if not lost:
        return ()
    named = ", ".join(f'"{place}"' for place in lost[:5])
    message = f"{len(lost)} places of claims are neither zones nor places of the site: {named}"
    return (Notice("place_unknown", message, "name a zone or place of the site, or draw it there; the words are kept"),)


class _Kept:
    """What a store holds by now."""

    def __init__(self, store: WorkspaceStore) -> None:
        everything: list[Record] = [*store.sources(), *store.observations(), *store.claims(), *store.events()]
        self._now = {(kind_of_record(record), record.id): record for record in everything}
        self._earlier = {review.before for review in store.reviews()}

    def holds(self, record: Record) -> bool:
        """Whether just this is kept, or was until a person changed it; raises MisuseError if another has its id."""
        kind = kind_of_record(record)
        kept = self._now.get((kind, record.id))
        if kept is None:
            return False
        if _as_written(record) != _as_written(kept) and record not in self._earlier:
            word = kind.removesuffix("s")
            raise MisuseError(f"{word} {record.id}: the workspace has another {word} with this id; give it another id")
        return True


def _as_written(record: Record) -> Record | tuple[object, ...]:
    """What must be equal: of an observation not who made it by which parameters."""
    if isinstance(record, Observation):
        return (record.klass, record.quantity, record.when, record.by, record.zone, record.note, record.source_id)
    return record


def _ordered(records: Iterable[Record]) -> list[Record]:
    """Sources first, and each claim after the one it copies."""
    given = sorted(records, key=lambda record: KINDS.index(kind_of_record(record)))
    claims = {record.id: record for record in given if isinstance(record, Claim)}
    placed: dict[str, Claim] = {}
    for claim in claims.values():
        line = [claim]
        while (origin := claims.get(line[-1].copied_from or "")) is not None and origin not in line:
            line.append(origin)
        placed.update({one.id: one for one in reversed(line) if one.id not in placed})
    others = [record for record in given if not isinstance(record, Claim)]
    sources = [record for record in others if isinstance(record, Source)]
    return [*sources, *placed.values(), *(record for record in others if not isinstance(record, Source))]


def _add(store: WorkspaceStore, record: Record) -> None:
    match record:
        case Source():
            store.add_source(record)
        case Claim():
            store.add_claim(record)
        case Event():
            store.add_event(record)
        case Observation():
            store.add_observation(record)
