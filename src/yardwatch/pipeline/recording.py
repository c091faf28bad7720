"""Keep what others have said and what has happened, as it is told on a command line or in a form."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yardwatch.errors import Notice
from yardwatch.model.ports import WorkspaceStore
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.pipeline.keeping import keep_all, places_unknown
from yardwatch.pipeline.records import Record, cells_of, kind_of_record, read_record
from yardwatch.pipeline.rows import Row
from yardwatch.workspace import open_workspace

__all__ = ["Recorded", "record", "record_in"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A source, claim or event that is in the workspace."""

    record: Record
    """It."""
    new: bool
    """False if it was there already."""
    notices: tuple[Notice, ...]
    """What a reader should know."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        kind = kind_of_record(self.record)
        facts: dict[str, Json] = {"table": kind, "new": self.new, "record": cells_of(self.record)}
        return document(made_by(f"{kind.removesuffix('s')} add"), self.notices, {"records": [facts]})


def record(folder: Path, kind: str, told: Mapping[str, str | None]) -> Recorded:
    """Keep one source, claim or event, told in words by column, in the workspace in `folder`.

    Raises
    ------
    InputError
        If something is missing or not understood.
    MisuseError, WorkspaceError
        If it refers to what is not there, or there is no workspace.
    """
    with open_workspace(folder) as store:
        return record_in(store, kind, told)


def record_in(store: WorkspaceStore, kind: str, told: Mapping[str, str | None]) -> Recorded:
    """Keep one source, claim or event, told in words by column, in a store."""
    row = Row({name: text for name, text in told.items() if text is not None}, kind.removesuffix("s"))
    found = read_record(kind, row, store.site())
    (kept,) = keep_all(store, [found])
    return Recorded(found, kept.new, places_unknown([found]))
