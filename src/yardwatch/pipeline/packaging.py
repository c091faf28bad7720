"""The evidence package: a zip from which a peer can check a report without the pictures that may not travel."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from yardwatch.errors import MisuseError, Notice
from yardwatch.model.audit import Entry
from yardwatch.model.ports import Progress
from yardwatch.model.publishing import AuditHead
from yardwatch.model.scene import Republish, Scene
from yardwatch.pipeline.auditing import audit_workspace
from yardwatch.pipeline.checked import counts_in
from yardwatch.pipeline.coco import to_coco
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.pipeline.drafting_report import ReportOptions, draft_report, written_report
from yardwatch.pipeline.files import check_target
from yardwatch.pipeline.package_readme import CHECKSUMS, INSIDE, package_readme
from yardwatch.pipeline.permitting import permissions_in, with_permissions
from yardwatch.pipeline.reporting import report_of
from yardwatch.pipeline.signing import Signer, figure_files, scene_facts_of, with_credentials
from yardwatch.pipeline.site_history import HISTORY_FILE
from yardwatch.pipeline.tabling import tables_of
from yardwatch.pipeline.zipping import write_zip
from yardwatch.tables.writing import to_csv
from yardwatch.workspace import LOG_FILE, PERSONS_FILES, WORKSPACE_FILE, GeoPackageStore, check_log, open_workspace

__all__ = ["Packaged", "package_workspace"]

_MAY_NOT = "it may not be passed on"
_MAY_HOLD = "it may hold pictures that may not be passed on"
_NOT_KNOWN = "whether it may be passed on is not known"
_DOCUMENTS = (".html", ".pdf", ".docx")
_GONE = "its file was not there when this was packed"


@dataclass(frozen=True, slots=True)
class Packaged:
    """A package that was written."""

    path: Path
    """The zip."""
    files: tuple[str, ...]
    """What it holds."""
    left_out: Mapping[str, str]
    """What it does not hold, with the reason."""
    head: AuditHead | None
    """End of the audit log in it."""
    verdict: str
    """What an audit says of the workspace in it."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the author should know before he passes it on."""
        if self.verdict == "intact":
            return ()
        message = f"an audit of the workspace in the package says: {self.verdict}"
        return (Notice("package_not_intact", message, "see why with: yardwatch audit DIR; then pack again"),)

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        body: dict[str, Json] = {
            "files": [str(self.path)],
            "tables": {},
            "package": {
                "holds": list(self.files),
                "left_out": dict(self.left_out),
                "head": {"sequence": self.head.sequence, "sha256": self.head.sha256} if self.head else None,
                "verdict": self.verdict,
            },
        }
        return document(made_by("export"), self.notices, body)


def package_workspace(
    folder: Path, out: Path, *, signer: Signer | None = None, progress: Progress | None = None
) -> Packaged:
    """Write the evidence package of the workspace in `folder`; the same workspace gives the same bytes, unless signed.

    Parameters
    ----------
    folder : Path
        The workspace.
    out : Path
        The zip.
    signer : Signer, optional
        Whose key signs the figures.
    progress : callable, optional
        Told of each image.

    Raises
    ------
    MisuseError
        If `out` cannot be written.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    check_target(out)
    if out.suffix.lower() != ".zip":
        raise MisuseError(f"{out}: does not end in .zip; a package is a zip file")
    with TemporaryDirectory(prefix="yardwatch-") as temporary:
        root = Path(temporary)
        with open_workspace(folder) as store:
            store.begin_log()
            packing = _Packing(store, folder, root, signer)
            packing.copy(progress)
            packing.draw()
            packing.report(progress)
        packing.seal()
        checked = audit_workspace(root / INSIDE)
        (root / "README.txt").write_text(_readme(packing, checked.head, checked.verdict), encoding="utf-8")
        (root / CHECKSUMS).write_text(_checksums(root), encoding="utf-8")
        files = write_zip(root, out)
    return Packaged(out, files, packing.left_out, checked.head, checked.verdict)


class _Packing:
    """Lays the files of a package into a folder."""

    def __init__(self, store: GeoPackageStore, folder: Path, root: Path, signer: Signer | None) -> None:
        self.left_out: dict[str, str] = {}
        self.sources: dict[str, str] = {}
        self.name = store.site().name
        self.scenes = {scene.id: scene for scene in store.scenes()}
        self._store, self._folder, self._root, self._signer = store, folder, root, signer
        self._entries = check_log(folder).entries
        on_file = permissions_in(folder)
        self._open = {scene.id for scene in self.scenes.values() if _travels(scene, on_file)}

    @property
    def signed(self) -> bool:
        """Whether its figures carry content credentials."""
        return self._signer is not None

    @property
    def at(self) -> str:
        """The instant of the workspace's last entry."""
        return self._entries[-1].at

    def copy(self, progress: Progress | None) -> None:
        """The workspace: its GeoPackage, log, images and other files, as far as they may travel."""
        inside = self._root / INSIDE
        for name in ("images", "chips", "reports"):
            (inside / name).mkdir(parents=True)
        with self._store.reading() as connection:
            (inside / WORKSPACE_FILE).write_bytes(connection.serialize())
        shutil.copyfile(self._store.journal.path, inside / LOG_FILE)
        for number, scene in enumerate(self.scenes.values(), 1):
            if progress:
                progress(scene.filename, number, len(self.scenes))
            self._image(scene)
        for name, reason in self._others():
            if reason is None and (self._folder / name).is_file():
                (inside / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self._folder / name, inside / name)
            else:
                self.left_out[f"file/{name}"] = reason or _GONE

    def draw(self) -> None:
        """Small pictures of scenes, signed if there is a key; and tables."""
        figures, tables = self._root / "figures", self._root / "tables"
        figures.mkdir()
        tables.mkdir()
        for scene_id in sorted(self._open):
            chip = self._folder / "chips" / f"{scene_id}.png"
            if chip.is_file():
                (figures / chip.name).write_bytes(self._signed(chip.read_bytes(), self.scenes[scene_id]))
        for name, (header, rows) in tables_of(self._store).items():
            (tables / f"{name}.csv").write_bytes(to_csv(header, rows))
        counts = counts_in(self._store)
        if counts:
            (tables / "railcars.coco.json").write_text(to_coco(list(counts), self._store.site()), encoding="utf-8")

    def report(self, progress: Progress | None) -> None:
        """The last public edition, or else a draft with outlines in place of pictures that may not travel; figures."""
        made_at = datetime.fromisoformat(self.at)
        report = with_permissions(report_of(self._store, made_at=made_at, progress=progress), self._store, self._folder)
        drafted = draft_report(report, self._folder, options=ReportOptions(outlines=True))
        for name, content in figure_files(drafted.document, self._signer).items():
            (self._root / "figures" / name).write_bytes(content)
        edition = next((one for one in reversed(self._store.editions()) if one.public), None)
        kept = self._store.reports / PurePosixPath(edition.document).name if edition else None
        if kept is not None and kept.is_file():
            shutil.copyfile(kept, self._root / f"report{kept.suffix}")
        else:
            (self._root / "report.html").write_bytes(written_report(drafted.document, Path("report.html")))

    def seal(self) -> None:
        """Let the copy say where its images are and what was left out."""
        with open_workspace(self._root / INSIDE) as copy:
            copy.pack(self.sources, self.left_out, at=self.at)
        for lock in (self._root / INSIDE).glob(".*lock"):
            lock.unlink()

    def _image(self, scene: Scene) -> None:
        suffix = PurePosixPath(scene.filename).suffix[:8]
        self.sources[scene.id] = f"images/{scene.id}{suffix}"
        source = Path(self._store.source_of(scene.id))
        if scene.id not in self._open:
            self.left_out[f"scene/{scene.id}"] = _MAY_NOT
        elif not source.is_file():
            self.left_out[f"scene/{scene.id}"] = _GONE
        else:
            shutil.copyfile(source, self._root / INSIDE / self.sources[scene.id])

    def _others(self) -> Iterator[tuple[str, str | None]]:
        """Every other file that the log or a record tells of, with the reason to leave it out."""
        for name in _logged(self._entries):
            path = PurePosixPath(name)
            if path.parts[0] == "chips":
                yield name, None if path.stem in self._open else _MAY_NOT
            elif (self._folder / name).resolve().is_relative_to(self._folder.resolve()):
                yield name, _reason(name)
        for edition in self._store.editions():
            yield f"reports/{PurePosixPath(edition.document).name}", None if edition.public else _MAY_HOLD
        for digest in sorted({choice.sha256 for choice in self._store.network_choices() if choice.sha256}):
            yield f"models/{digest}.onnx", None

    def _signed(self, picture: bytes, scene: Scene) -> bytes:
        when = scene.acquired.text if scene.acquired else "date not known"
        return with_credentials(picture, scene_facts_of(scene, f"{self.name}, {when}"), self._signer)


def _travels(scene: Scene, on_file: Mapping[str, Mapping[str, Json]]) -> bool:
    if scene.id in on_file:
        return on_file[scene.id].get("may_republish") == "yes"
    return scene.rights.may_republish is Republish.YES


def _reason(name: str) -> str | None:
    """Why a file that lies beside the GeoPackage is left out; None if it travels."""
    if name in {*PERSONS_FILES, HISTORY_FILE}:
        return None
    return _MAY_HOLD if PurePosixPath(name).suffix in _DOCUMENTS else _NOT_KNOWN


def _logged(entries: tuple[Entry, ...]) -> list[str]:
    now: dict[str, str | None] = {}
    for entry in entries:
        now |= {name: digest for name, digest in entry.subjects.items() if name.startswith("file/")}
    return sorted(name.removeprefix("file/") for name, digest in now.items() if digest is not None)


def _checksums(root: Path) -> str:
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.name != CHECKSUMS)
    return "".join(f"{_hash(path)}  {path.relative_to(root).as_posix()}\n" for path in files)


def _hash(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _readme(packing: _Packing, head: AuditHead | None, verdict: str) -> str:
    wanted = [
        f"  {packing.scenes[name].sha256}  {INSIDE}/{source}"
        for name, source in packing.sources.items()
        if f"scene/{name}" in packing.left_out
    ]
    return package_readme(
        packing.name, head=head, verdict=verdict, left_out=packing.left_out,
        wanted=wanted, signed=packing.signed,
    )  # fmt: skip
