"""Build the workspace of a case that ships with the program."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from yardwatch.errors import MisuseError, Notice
from yardwatch.imagery.sites import read_site
from yardwatch.model.site import Site
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.pipeline.findings import names_nobody
from yardwatch.pipeline.records import KINDS
from yardwatch.pipeline.tabling import import_to
from yardwatch.workspace import create_workspace, open_workspace

__all__ = ["Case", "build_case", "case_list_document", "case_names", "case_title", "keeps_case"]

_PACKAGE = "yardwatch.cases"
_SITE = "site.geojson"


@dataclass(frozen=True, slots=True)
class Case:
    """A case as a workspace."""

    name: str
    """Its name."""
    folder: Path
    """The workspace."""
    site: Site
    """What it is about."""
    counts: dict[str, int]
    """Table to its number of rows."""
    notices: tuple[Notice, ...]
    """What a reader should know."""
    inputs: dict[str, str]
    """Each table of the case to its hash."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        body: dict[str, Json] = {
            "case": self.name,
            "workspace": str(self.folder),
            "site": {
                "name": self.site.name,
                "places": [
                    {"name": place.name, "aliases": list(place.aliases), "precision_m": place.precision_m}
                    for place in self.site.places
                ],
            },
            "tables": dict(self.counts),
        }
        return document(made_by("case", self.inputs), self.notices, body)


def case_names() -> tuple[str, ...]:
    """The cases that ship with the program."""
    found = (entry.name for entry in files(_PACKAGE).iterdir() if (entry / _SITE).is_file())
    return tuple(sorted(name.replace("_", "-") for name in found))


def case_title(name: str) -> str:
    """The site that a case is about.

    Raises
    ------
    MisuseError
        If there is no such case.
    """
    with _data(name) as folder:
        return read_site(folder / _SITE)[0].name


def case_list_document() -> dict[str, Json]:
    """The list of cases as a document."""
    cases: list[Json] = [{"name": name, "title": case_title(name)} for name in case_names()]
    return document(made_by("case"), (), {"cases": cases})


def build_case(name: str, folder: Path) -> Case:
    """Make the workspace of a case: its site, sources, observations, claims and events.

    Raises
    ------
    MisuseError
        If there is no such case.
    WorkspaceError
        If there is a workspace already, or none can be made there.
    """
    with _data(name) as data:
        site, _ = read_site(data / _SITE)
        with create_workspace(folder, site) as store:
            kept = import_to(store, [data / f"{kind}.csv" for kind in KINDS])
            wanting = [event for event in store.events() if names_nobody(event)]
            rows = {kind: int(new) for kind, new, _ in kept.rows}
            return Case(name, store.folder, site, rows, _unsourced(len(wanting)), dict(kept.inputs))


def keeps_case(folder: Path, name: str) -> bool:
    """Whether the workspace in a folder is that of a case."""
    with open_workspace(folder) as store:
        return store.site().name == case_title(name)


@contextmanager
def _data(name: str) -> Iterator[Path]:
    if name not in case_names():
        raise MisuseError(f'there is no case "{name}"; there are: {", ".join(case_names())}')
    with as_file(files(_PACKAGE) / name.replace("-", "_")) as folder:
        yield folder


def _unsourced(number: int) -> tuple[Notice, ...]:
    if not number:
        return ()
    message = f"{number} events rest on words such as “several news agencies”"
    return (Notice("event_unsourced", message, "find a source of its own for each before you print it"),)
