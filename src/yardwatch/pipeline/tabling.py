"""Tables in and out: what people write in spreadsheets, and what they get back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from yardwatch.errors import MisuseError, Notice, TableError
from yardwatch.model.ports import WorkspaceStore
from yardwatch.model.site import Site
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.pipeline.files import check_target, write_all
from yardwatch.pipeline.keeping import KeptRecord, keep_all, places_unknown
from yardwatch.pipeline.records import (
    COLUMNS,
    KINDS,
    Record,
    cells_of,
    kind_of_record,
    kind_of_table,
    known_columns,
    read_record,
)
from yardwatch.pipeline.rows import Row
from yardwatch.tables.reading import read_tables
from yardwatch.tables.sheet import Sheet
from yardwatch.tables.writing import Cell, to_csv, to_xlsx
from yardwatch.workspace import open_workspace

__all__ = ["Exported", "Imported", "export_tables", "import_tables", "import_to", "records_in", "tables_of"]

_BOOKS = {".xlsx"}
_TABLES = {".csv", ".tsv", *_BOOKS}


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows of some tables."""

    kept: tuple[KeptRecord, ...]
    """One for each row, in the order of the tables."""
    inputs: Mapping[str, str]
    """Name of each file to its hash."""
    notices: tuple[Notice, ...] = ()
    """What a reader should know."""
    command: str = "import"
    """The command that did it."""

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """Table, new and known rows, for people."""
        new = Counter(kind_of_record(one.record) for one in self.kept if one.new)
        every = Counter(kind_of_record(one.record) for one in self.kept)
        return [(kind, str(new[kind]), str(every[kind] - new[kind])) for kind in KINDS if every[kind]]

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        records: list[Json] = [
            {"table": kind_of_record(one.record), "new": one.new, "record": cells_of(one.record)} for one in self.kept
        ]
        return document(made_by(self.command, self.inputs), self.notices, {"records": records})


@dataclass(frozen=True, slots=True)
class Exported:
    """Tables that were written."""

    files: tuple[Path, ...]
    """The files."""
    counts: Mapping[str, int]
    """Table to its number of rows."""
    notices: tuple[Notice, ...] = ()
    """What a reader should know."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        body: dict[str, Json] = {"files": [str(path) for path in self.files], "tables": dict(self.counts)}
        return document(made_by("export"), self.notices, body)


def import_tables(
    folder: Path, paths: Sequence[Path], *, kind: str | None = None, defaults: Mapping[str, str] | None = None
) -> Imported:
    """Keep the rows of CSV and XLSX files, or of all in folders, in the workspace in `folder`; all or none.

    Parameters
    ----------
    folder : Path
        The workspace.
    paths : sequence of Path
        Files, or folders of files.
    kind : str, optional
        Which table it is; by default told from the name of the file or sheet, or from its columns.
    defaults : mapping of str to str, optional
        What holds where a cell is empty, by column.

    Raises
    ------
    InputError
        If a file, row or cell is bad; it names them.
    MisuseError, WorkspaceError
        If a row refers to what is not there, or its id is taken.
    """
    with open_workspace(folder) as store:
        return import_to(store, paths, kind=kind, defaults=defaults)


def import_to(
    store: WorkspaceStore,
    paths: Sequence[Path],
    *,
    kind: str | None = None,
    defaults: Mapping[str, str] | None = None,
) -> Imported:
    """Keep the rows of tables in a store."""
    files = [file for path in paths for file in _in_folder(path)]
    records, site = [], store.site()
    for file in files:
        for sheet in read_tables(file):
            records.extend(records_in(sheet, site, subject=str(file), kind=kind, defaults=defaults or {}))
    inputs = {file.name: sha256(file.read_bytes()).hexdigest() for file in files}
    return Imported(keep_all(store, records), inputs, places_unknown(records))


def records_in(
    sheet: Sheet, site: Site, *, subject: str, kind: str | None = None, defaults: Mapping[str, str]
) -> list[Record]:
    """The records that the rows of a table stand for.

    Raises
    ------
    TableError
        If it is none of our tables, or two columns mean the same.
    InputError
        If a row is bad.
    """
    found = kind or kind_of_table(sheet.header, sheet.name)
    if found is None:
        raise TableError(f"{subject}: {sheet.name}", "is none of our tables", f"name it one of {', '.join(KINDS)}")
    columns = known_columns(found, sheet.header)
    twice = [name for name, number in Counter(columns).items() if name is not None and number > 1]
    if twice:
        raise TableError(f"{subject}: {sheet.name}", f"has two columns for {twice[0]}", "keep one of them")
    if not any(columns):
        raise TableError(
            f"{subject}: {sheet.name}", f"has no column of {found}", f"the columns are {', '.join(COLUMNS[found])}"
        )
    where = f"{Path(subject).name} ({sheet.name})" if Path(subject).stem != sheet.name else Path(subject).name
    return [
        read_record(
            found,
            Row({name: cell for name, cell in zip(columns, row, strict=True) if name}, f"{where} row {line}", defaults),
            site,
        )
        for line, row in zip(sheet.lines, sheet.rows, strict=True)
    ]


def export_tables(folder: Path, target: Path) -> Exported:
    """Write the tables of the workspace in `folder`: a workbook if `target` ends in .xlsx, else CSV files in a folder.

    Raises
    ------
    MisuseError
        If the target is a file that is no workbook, or would be overwritten by a folder.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    with open_workspace(folder) as store:
        tables = tables_of(store)
    counts = {kind: len(rows) for kind, (_, rows) in tables.items()}
    if target.suffix.lower() in _BOOKS:
        check_target(target)
        contents = {target: to_xlsx(tables)}
    else:
        if target.exists() and not target.is_dir():
            raise MisuseError(f"{target}: is a file; name a folder for the CSV files, or a file that ends in .xlsx")
        contents = {target / f"{kind}.csv": to_csv(*table) for kind, table in tables.items()}
    write_all(contents)
    return Exported(tuple(contents), counts)


def tables_of(store: WorkspaceStore) -> dict[str, tuple[Sequence[str], list[list[Cell]]]]:
    """All tables of a store: header and rows by name."""
    everything: dict[str, Iterable[Record]] = {
        "sources": store.sources(),
        "observations": store.observations(),
        "claims": store.claims(),
        "events": store.events(),
    }
    return {
        kind: (COLUMNS[kind], [[cells_of(record)[column] for column in COLUMNS[kind]] for record in everything[kind]])
        for kind in KINDS
    }


def _in_folder(path: Path) -> list[Path]:
    """The tables of a folder; anything else stands for itself."""
    if not path.is_dir():
        return [path]
    inside = sorted(file for file in path.iterdir() if file.suffix.lower() in _TABLES)
    if not inside:
        raise TableError(str(path), "is a folder without a table", f"name one with {', '.join(sorted(_TABLES))}")
    return inside
