"""Checking the audit log of a workspace: each entry by itself, the chain, and that it was not shortened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from yardwatch.model.audit import NO_ENTRY, Entry, Finding, Level
from yardwatch.model.publishing import AuditHead
from yardwatch.workspace.journal import LOG_FILE, BrokenEntryError, Journal, parsed_entry
from yardwatch.workspace.keeping_log import ACCEPTED, OUTSIDE, TOUCHED

__all__ = ["CheckedLog", "check_log"]

_RESTORE = "restore the log from a copy; what it says from here on proves nothing"
_ACCEPT = "look at it, then say who takes it as right and why: yardwatch audit DIR --accept --by NAME --why WHY"
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class CheckedLog:
    """A log and what was found in it."""

    entries: tuple[Entry, ...]
    """Those that are sound in themselves, in their order."""
    findings: tuple[Finding, ...]
    """What is wrong with the log, and what it tells of changes without Yardwatch that nobody has accepted."""

    @property
    def head(self) -> AuditHead | None:
        """The log's head."""
        return self.entries[-1].head if self.entries else None


def check_log(folder: Path, *, against: AuditHead | None = None) -> CheckedLog:
    """Check the log of the workspace in `folder`.

    Parameters
    ----------
    folder : Path
        The workspace.
    against : AuditHead, optional
        A head that was kept elsewhere: the log must still hold it.

    Raises
    ------
    WorkspaceError
        If the log cannot be read.
    """
    entries: list[Entry] = []
    findings: list[Finding] = []
    for number, line in enumerate(Journal(folder).lines(), 1):
        if not line.endswith(b"\n"):
            findings.append(_unfinished(number, line))
            continue
        try:
            entry = parsed_entry(line[:-1])
        except BrokenEntryError as error:
            findings.append(_broken(number, str(error)))
            continue
        findings += _chained(
            entry, number, entries, broken=any(one.subject == f"entry {number - 1}" for one in findings)
        )
        entries.append(entry)
    findings += [*_against(entries, against), *_told(entries)]
    return CheckedLog(tuple(entries), tuple(findings))


def _broken(number: int, problem: str) -> Finding:
    return Finding("entry_changed", Level.BROKEN, f"entry {number}", f"line {number} of {LOG_FILE} {problem}", _RESTORE)


def _unfinished(number: int, line: bytes) -> Finding:
    """A last line without end: a crash has cut it short, unless there is more than a whole entry."""
    try:
        parsed_entry(line[:-1])
    except BrokenEntryError:
        message = f"the last line of {LOG_FILE} was cut short after {len(line)} bytes, as by a crash"
        return Finding(
            "log_cut", Level.NOTE, f"entry {number}", message, "none needed: the next command writes it anew"
        )
    return _broken(number, "does not end as it was written")


def _chained(entry: Entry, number: int, before: Sequence[Entry], *, broken: bool) -> Iterator[Finding]:
    """That an entry follows the one before; nothing is said after a line that is broken itself."""
    if broken:
        return
    previous = before[-1].sha256 if before else NO_ENTRY
    if entry.sequence != number or entry.previous != previous:
        message = (
            f"line {number} of {LOG_FILE} does not follow the line before: entries were taken out, put in or moved"
        )
        yield Finding("chain_broken", Level.BROKEN, f"entry {number}", message, _RESTORE)


def _against(entries: Sequence[Entry], head: AuditHead | None) -> Iterator[Finding]:
    if head is None:
        return
    kept = next((entry for entry in entries if entry.sequence == head.sequence), None)
    if kept is None:
        message = f"the log ends before entry {head.sequence}, which it once had"
        yield Finding("log_truncated", Level.BROKEN, f"entry {head.sequence}", message, _RESTORE)
    elif kept.sha256 != head.sha256:
        message = f"entry {head.sequence} is not the one whose head was kept: the log was written anew"
        yield Finding("log_rewritten", Level.BROKEN, f"entry {head.sequence}", message, _RESTORE)


def _told(entries: Sequence[Entry]) -> Iterator[Finding]:
    accepted = max((index for index, entry in enumerate(entries) if entry.what == ACCEPTED), default=-1)
    for index, entry in enumerate(entries):
        yield from _told_by(entry, open_=index > accepted)


def _told_by(entry: Entry, *, open_: bool) -> Iterator[Finding]:
    place = f"entry {entry.sequence}"
    if entry.what == OUTSIDE and open_:
        if entry.more.get("damaged"):
            message = f"before {place} bytes of the GeoPackage changed without any program writing it{_named(entry)}"
            yield Finding("was_damaged", Level.BROKEN, place, message, _ACCEPT)
        else:
            message = f"before {place} {_edited(entry)} edited without Yardwatch{_named(entry)}"
            yield Finding("was_edited", Level.EDITED, place, message, _ACCEPT)
    if entry.what == TOUCHED:
        message = f"before {place} another program wrote the GeoPackage; no record differs"
        yield Finding("was_touched", Level.NOTE, place, message, "none needed")
    if "earlier_changes" in entry.more and open_:
        message = f"the log begins after {entry.more['earlier_changes']} changes of the workspace that it does not hold"
        yield Finding("log_begins_late", Level.BROKEN, place, message, f"put the earlier {LOG_FILE} back, or {_ACCEPT}")
    if "cut_bytes" in entry.more:
        message = f"before {place} a line that a crash had cut short ({entry.more['cut_bytes']} bytes) was taken off"
        yield Finding("log_was_cut", Level.NOTE, place, message, "none needed: its change was written again")


def _edited(entry: Entry) -> str:
    files = [name for name in entry.subjects if name.startswith("file/")]
    return "a file was" if files else "the GeoPackage was"


def _named(entry: Entry) -> str:
    if not entry.subjects:
        return ""
    names = sorted(entry.subjects)
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f": {', '.join(names[:_MOST_NAMED])}{more}"
