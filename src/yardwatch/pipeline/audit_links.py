"""Checking each link from a published number to what it stands on: assessment, observation, scene, hash."""

import html
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from yardwatch.errors import YardwatchError
from yardwatch.model.audit import Entry, Finding, Level
from yardwatch.model.observation import Observation
from yardwatch.model.publishing import Edition
from yardwatch.workspace import GeoPackageStore, open_workspace

__all__ = ["check_links"]

_NUMBER = re.compile(r'data-number="([^"]*)"')
_RESTORE = "restore the workspace from a copy, or publish a new edition"


def check_links(
    folder: Path, entries: Sequence[Entry], records: Mapping[str, str], documents: Collection[str]
) -> tuple[tuple[Finding, ...], int]:
    """What is wrong with links, and how many were followed.

    Parameters
    ----------
    folder : Path
        The workspace.
    entries : sequence of Entry
        Its log.
    records : mapping
        Record to its hash.
    documents : collection of str
        Names of published documents that are as they were published.
    """
    try:
        with open_workspace(folder) as store:
            return _checked(store, _Known(entries, records, store), documents)
    except YardwatchError:
        return (), 0


class _Known:
    """What is, or was, on record."""

    def __init__(self, entries: Sequence[Entry], records: Mapping[str, str], store: GeoPackageStore) -> None:
        self.records = records
        self.scenes = {scene.id for scene in store.scenes()}
        self.observations = {seen.id: seen for seen in store.observations()}
        self._gone = {
            subject: entry.sequence for entry in entries for subject, digest in entry.subjects.items() if digest is None
        }

    def gone(self, subject: str) -> int | None:
        """The entry that told of the end of a record."""
        return self._gone.get(subject)


def _checked(store: GeoPackageStore, known: _Known, documents: Collection[str]) -> tuple[tuple[Finding, ...], int]:
    findings: list[Finding] = []
    links = 0
    for seen in known.observations.values():
        links += seen.scene_id is not None
        findings += _of_observation(seen, known)
    for edition in store.editions():
        links += sum(len(ids) for ids in edition.links.values())
        findings += _of_edition(edition, known)
        name = PurePosixPath(edition.document).name
        if name in documents:
            findings += _of_document(edition, store.reports / name)
    return tuple(findings), links


def _of_observation(seen: Observation, known: _Known) -> Iterator[Finding]:
    if seen.scene_id is not None and seen.scene_id not in known.scenes:
        message = f"was seen in scene {seen.scene_id}, which is not there"
        yield Finding("link_broken", Level.BROKEN, f"observation {seen.id}", message, _RESTORE)


def _of_edition(edition: Edition, known: _Known) -> Iterator[Finding]:
    name = f"edition {edition.number}"
    gone: dict[int, int] = {}
    for number, ids in edition.links.items():
        for one in ids:
            if f"observation/{one}" in known.records:
                continue
            entry = known.gone(f"observation/{one}")
            if entry is None:
                message = f"{number} stands on observation {one}, which was never recorded"
                yield Finding("link_broken", Level.BROKEN, name, message, _RESTORE)
            else:
                gone[entry] = gone.get(entry, 0) + 1
    for entry, number_of in gone.items():
        message = f"{number_of} of the observations it stands on were replaced since, as entry {entry} tells"
        yield Finding("link_replaced", Level.NOTE, name, message, "publish a new edition if its numbers changed")


def _of_document(edition: Edition, path: Path) -> Iterator[Finding]:
    """That an HTML document prints only numbers that were recorded with it."""
    if path.suffix.lower() not in {".html", ".htm"}:
        return
    printed = {html.unescape(found) for found in _NUMBER.findall(path.read_text("utf-8", "replace"))}
    for number in sorted(printed - edition.numbers.keys()):
        message = f"its document prints a number {number} that was not recorded with it"
        yield Finding("link_broken", Level.BROKEN, f"edition {edition.number}", message, _RESTORE)
