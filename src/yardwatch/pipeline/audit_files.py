"""Checking the files of a workspace beside its GeoPackage: images, pictures, documents, networks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path, PurePosixPath

from yardwatch.model.audit import Entry, Finding, Level
from yardwatch.model.ports import Progress
from yardwatch.pipeline.uploading import UPLOADS
from yardwatch.workspace import LEFT_OUT, LOG_FILE, WORKSPACE_FILE, GeoPackageStore, open_workspace

__all__ = ["CheckedFiles", "check_files", "files_to_accept"]

_FILE = "file/"
_RESTORE = "restore it from a copy"
_ACCEPT = (
    "if it was edited on purpose: yardwatch audit DIR --accept --by NAME --why WHY; if not, restore it from a copy"
)
_CHECKED_APART = {WORKSPACE_FILE, LOG_FILE}
_PASSING = (f"{WORKSPACE_FILE}-", ".")
_DESKS_OWN = ("jobs.sqlite", f"{UPLOADS}/u-")


@dataclass(frozen=True, slots=True)
class CheckedFiles:
    """What was found of files."""

    findings: tuple[Finding, ...] = ()
    """What is wrong."""
    checked: Mapping[str, int] = field(default_factory=dict)
    """How many of which were looked at."""
    not_recorded: tuple[str, ...] = ()
    """Files that the log does not know."""
    not_evidence: tuple[str, ...] = ()
    """Files that the desk keeps for itself, which always change and on which nothing stands."""
    documents: frozenset[str] = frozenset()
    """Names of published documents that are as they were published."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file that should be there, and as it was."""

    path: Path
    sha256: str
    name: str
    code: str
    """``scene``, ``file``, ``report`` or ``network``."""
    left_out: str | None = None
    """Why it was left out of an evidence package, if it was."""

    def checked(self) -> Iterator[Finding]:
        """What is wrong with it."""
        edited = self.code == "file"
        level = Level.EDITED if edited else Level.BROKEN
        remedy = _ACCEPT if edited else _RESTORE
        try:
            with self.path.open("rb") as stream:
                digest = file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            yield self._missing(error.strerror or "not there", level, remedy)
            return
        if digest != self.sha256:
            yield Finding(f"{self.code}_changed", level, self.name, "is not the file that was recorded", remedy)

    def _missing(self, problem: str, level: Level, remedy: str) -> Finding:
        if self.left_out is not None:
            message = f"was left out of this package: {self.left_out}; its hash is on record: {self.sha256}"
            return Finding("left_out", Level.NOTE, self.name, message, "ask the author, or buy the image")
        if self.code == "scene":
            remedy = "put it back, or add it from where it is now: yardwatch scene add DIR IMAGE"
        return Finding(f"{self.code}_missing", level, self.name, f"cannot be read ({problem})", remedy)


def check_files(folder: Path, entries: Sequence[Entry], *, progress: Progress | None = None) -> CheckedFiles:
    """Check all files that the workspace in `folder` knows of.

    Raises
    ------
    WorkspaceError
        If the workspace cannot be opened.
    """
    with open_workspace(folder) as store:
        left_out = _left_out(entries)
        expected = [
            *_scenes(store, left_out),
            *_documents(store, left_out),
            *_networks(store, left_out),
            *_logged(folder, entries, left_out),
        ]
    findings: list[Finding] = []
    documents = set()
    for number, file in enumerate(expected, 1):
        if progress:
            progress(file.name, number, len(expected))
        found = list(file.checked())
        findings += found
        if file.code == "report" and not found:
            documents.add(file.name)
    names = [file.code for file in expected]
    checked = {"scenes": names.count("scene"), "editions": names.count("report"), "files": len(expected)}
    known = {file.path.resolve() for file in expected}
    unknown = list(_unknown(folder, known))
    own = tuple(name for name in unknown if name.startswith(_DESKS_OWN))
    others = tuple(name for name in unknown if name not in own)
    return CheckedFiles(tuple(findings), checked, others, own, frozenset(documents))


def files_to_accept(folder: Path, entries: Sequence[Entry]) -> dict[str, str | None]:
    """Files that a person may have edited, with their hashes now; None for one that is gone."""
    changed: dict[str, str | None] = {}
    for file in _logged(folder, entries, {}):
        if not any(file.checked()):
            continue
        subject = f"{_FILE}{file.name}"
        changed[subject] = None
        if file.path.is_file():
            with file.path.open("rb") as stream:
                changed[subject] = file_digest(stream, "sha256").hexdigest()
    return changed


def _left_out(entries: Sequence[Entry]) -> Mapping[str, str]:
    """What was left out of an evidence package, and why."""
    return {
        name.removeprefix(LEFT_OUT): str(why)
        for entry in entries
        for name, why in entry.more.items()
        if name.startswith(LEFT_OUT)
    }


def _scenes(store: GeoPackageStore, left_out: Mapping[str, str]) -> Iterator[_File]:
    for scene in store.scenes():
        path, name = Path(store.source_of(scene.id)), f"scene {scene.id} ({scene.filename})"
        yield _File(path, scene.sha256, name, "scene", left_out.get(f"scene/{scene.id}"))


def _documents(store: GeoPackageStore, left_out: Mapping[str, str]) -> Iterator[_File]:
    for edition in store.editions():
        name = PurePosixPath(edition.document).name
        yield _File(store.reports / name, edition.sha256, name, "report", left_out.get(f"file/reports/{name}"))


def _networks(store: GeoPackageStore, left_out: Mapping[str, str]) -> Iterator[_File]:
    for digest in dict.fromkeys(choice.sha256 for choice in store.network_choices() if choice.sha256):
        name = f"models/{PurePosixPath(digest).name}.onnx"
        yield _File(store.folder / name, digest, name, "network", left_out.get(f"file/{name}"))


def _logged(folder: Path, entries: Sequence[Entry], left_out: Mapping[str, str]) -> Iterator[_File]:
    """Files that entries tell of, as the last that does tells it; a name that leads out of the folder is none."""
    now: dict[str, str | None] = {}
    for entry in entries:
        now |= {name: digest for name, digest in entry.subjects.items() if name.startswith(_FILE)}
    for subject, digest in now.items():
        name = subject.removeprefix(_FILE)
        path = folder / name
        if digest is not None and "\0" not in name and path.resolve().is_relative_to(folder.resolve()):
            yield _File(path, digest, name, "file", left_out.get(subject))


def _unknown(folder: Path, known: set[Path]) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name in _CHECKED_APART or name.startswith(_PASSING) or not path.is_file():
            continue
        if path.resolve() not in known:
            yield name
