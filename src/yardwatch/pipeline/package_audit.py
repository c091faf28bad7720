"""Check an evidence package as it came: its checksums, and the workspace in it."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory

from yardwatch.errors import InputError
from yardwatch.model.audit import Finding, Level
from yardwatch.model.ports import Progress
from yardwatch.model.publishing import AuditHead
from yardwatch.pipeline.auditing import Audit, audit_workspace
from yardwatch.pipeline.package_readme import CHECKSUMS, INSIDE
from yardwatch.pipeline.zipping import unpack_zip
from yardwatch.workspace import WORKSPACE_FILE

__all__ = ["audit_package"]

_AGAIN = "ask the author for the package again"


def audit_package(path: Path, *, against: AuditHead | None = None, progress: Progress | None = None) -> Audit:
    """Check the zip that ``yardwatch export --package`` wrote, without keeping what is unpacked.

    Raises
    ------
    InputError
        If it is no sound zip, or no package.
    """
    with TemporaryDirectory(prefix="yardwatch-") as temporary:
        root = Path(temporary)
        unpack_zip(path, root)
        if not (root / INSIDE / WORKSPACE_FILE).is_file() or not (root / CHECKSUMS).is_file():
            raise InputError(str(path), "is no evidence package", "give a zip that yardwatch export --package wrote")
        audit = audit_workspace(root / INSIDE, against=against, progress=progress)
        findings = tuple(_checksums(root))
    return replace(audit, findings=(*findings, *audit.findings))


def _checksums(root: Path) -> Iterator[Finding]:
    listed: dict[str, str] = {}
    for line in (root / CHECKSUMS).read_text("utf-8", "replace").splitlines():
        digest, _, name = line.partition("  ")
        listed[name] = digest
    there = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()}
    there.pop(CHECKSUMS)
    for name in sorted(listed.keys() | there.keys()):
        if name not in there:
            yield Finding("file_missing", Level.BROKEN, name, f"is listed in {CHECKSUMS} and not there", _AGAIN)
        elif name not in listed:
            yield Finding("file_added", Level.BROKEN, name, f"is not listed in {CHECKSUMS}", _AGAIN)
        elif _hash(there[name]) != listed[name]:
            yield Finding("file_changed", Level.BROKEN, name, f"is not what {CHECKSUMS} says", _AGAIN)


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()
