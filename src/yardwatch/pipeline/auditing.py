"""Check that a workspace still is what its audit log says: log, files, records, and what was published from them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from yardwatch.errors import InputError, MisuseError, YardwatchError
from yardwatch.model.audit import Entry, Finding, Level
from yardwatch.model.ports import Progress
from yardwatch.model.publishing import AuditHead
from yardwatch.pipeline.audit_files import CheckedFiles, check_files, files_to_accept
from yardwatch.pipeline.audit_links import check_links
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.workspace import check_log, check_records, open_workspace

__all__ = ["Audit", "accept_changes", "audit_workspace", "head_text", "read_head"]

_MOST_HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found."""

    findings: tuple[Finding, ...]
    """The worst first."""
    head: AuditHead | None
    """The log's head; None where there is no log."""
    checked: Mapping[str, int]
    """What was looked at, and how many."""
    not_recorded: tuple[str, ...]
    """Files in the folder that the log does not know, so that nothing can be said of them."""
    not_evidence: tuple[str, ...] = ()
    """Files that the desk keeps for itself: its jobs, who is signed in, uploads that nothing was made from."""

    @property
    def verdict(self) -> str:
        """``intact``, ``edited`` or ``broken``."""
        levels = {finding.level for finding in self.findings}
        return next((level.value for level in (Level.BROKEN, Level.EDITED) if level in levels), "intact")

    @property
    def intact(self) -> bool:
        """Whether all is as it was recorded."""
        return self.verdict == "intact"

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        body: dict[str, Json] = {
            "intact": self.intact,
            "verdict": self.verdict,
            "head": {"sequence": self.head.sequence, "sha256": self.head.sha256} if self.head else None,
            "checked": dict(self.checked),
            "findings": [
                {"code": one.code, "level": one.level.value, "subject": one.subject, "message": one.message,
                 "remedy": one.remedy}
                for one in self.findings
            ],
            "not_recorded": list(self.not_recorded),
            "not_evidence": list(self.not_evidence),
        }  # fmt: skip
        return document(made_by("audit"), (), body)


def audit_workspace(folder: Path, *, against: AuditHead | None = None, progress: Progress | None = None) -> Audit:
    """Check the workspace in `folder`; nothing in it is changed.

    Parameters
    ----------
    folder : Path
        The workspace.
    against : AuditHead, optional
        A head that was kept elsewhere.
    progress : callable, optional
        Told of each file.

    Raises
    ------
    WorkspaceError
        If there is no workspace.
    """
    log = check_log(folder, against=against)
    records = check_records(folder, log.entries)
    files = _files(folder, log.entries, progress)
    links, linked = check_links(folder, log.entries, records.digests, files.documents)
    findings = (*log.findings, *records.findings, *files.findings, *links)
    order = list(Level)
    return Audit(
        findings=tuple(sorted(findings, key=lambda finding: order.index(finding.level))),
        head=log.head,
        checked={"entries": len(log.entries), "records": len(records.digests), **files.checked, "links": linked},
        not_recorded=files.not_recorded,
        not_evidence=files.not_evidence,
    )


def accept_changes(folder: Path, *, by: str | None, why: str | None) -> AuditHead:
    """Take what was changed without Yardwatch as right; the log tells who said so, and why.

    Raises
    ------
    MisuseError
        If nobody is named, or no reason is given.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    person, reason = " ".join((by or "").split()), " ".join((why or "").split())
    if not person or not reason:
        raise MisuseError("--accept needs --by NAME and --why WHY: who takes the change as right, and for what reason")
    entries = check_log(folder).entries
    with open_workspace(folder) as store:
        return store.accept(by=person, why=reason, files=files_to_accept(folder, entries))


def head_text(head: AuditHead) -> str:
    """A head as one line of JSON for a file that is kept elsewhere."""
    return json.dumps({"sequence": head.sequence, "sha256": head.sha256}) + "\n"


def read_head(given: str) -> AuditHead:
    """The head that a file holds, or that is given as it stands in a report.

    Parameters
    ----------
    given : str
        Path of a file that ``--head`` wrote, or the head itself: ``12:9f86d0…``.

    Raises
    ------
    InputError
        If it is neither.
    """
    text = given
    try:
        if Path(given).is_file():
            with Path(given).open("rb") as file:
                text = file.read(_MOST_HEAD_BYTES).decode("utf-8", "replace")
        return _parsed(text)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise InputError(
            given, "holds no head of an audit log", "give a file that yardwatch audit --head wrote"
        ) from None


def _parsed(text: str) -> AuditHead:
    stripped = text.strip()
    if stripped.startswith("{"):
        found = json.loads(stripped)
        sequence, digest = found["sequence"], found["sha256"]
    else:
        number, _, digest = stripped.partition(":")
        sequence = int(number)
    if type(sequence) is not int or sequence < 1 or len(bytes.fromhex(digest)) != 32:
        raise ValueError(text)
    return AuditHead(sequence, digest.lower())


def _files(folder: Path, entries: Sequence[Entry], progress: Progress | None) -> CheckedFiles:
    try:
        return check_files(folder, entries, progress=progress)
    except YardwatchError:
        return CheckedFiles()  # what is wrong with the GeoPackage is among the findings already
