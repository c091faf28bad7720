"""Permissions to publish a picture, kept on file beside the workspace."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from yardwatch.errors import InputError, MisuseError
from yardwatch.model.ports import WorkspaceStore
from yardwatch.model.railcar import Count
from yardwatch.model.scene import Republish, Rights, Scene
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.pipeline.files import write_all
from yardwatch.report import Report
from yardwatch.report.compared import BeforeAfter
from yardwatch.workspace import open_workspace

__all__ = ["Permitted", "permissions_in", "permit_picture", "with_permissions"]

_FILE = "permissions.json"
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Permitted:
    """A permission that was put on file."""

    scene_id: str
    """Whose picture it is."""
    rights: Rights
    """What may be done with it now."""
    path: Path
    """The file that says so."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        body: dict[str, Json] = {
            "scene": self.scene_id,
            "may_republish": self.rights.may_republish.value,
            "credit": self.rights.credit,
            "licence": self.rights.licence,
            "file": str(self.path),
        }
        return document(made_by("scene permit"), (), body)


def permit_picture(
    folder: Path, scene_id: str, *, words: str, by: str, allowed: bool = True, credit: str | None = None
) -> Permitted:
    """Put on file that a picture may be published, or may not.

    Parameters
    ----------
    folder : Path
        The workspace.
    scene_id : str
        Whose picture it is.
    words : str
        Who allowed it, when and how, e.g. ``letter of Example Imaging, 3 May 2026``; kept with the permission.
    by : str
        Who puts it on file.
    allowed : bool
        False to withdraw it.
    credit : str, optional
        Credit line that the permission asks for.

    Raises
    ------
    MisuseError
        If there is no such scene, or `words` or `by` is empty.
    """
    if not words.strip() or not by.strip():
        raise MisuseError("a permission without words or without a name is none; say who allowed it, and who says so")
    with open_workspace(folder) as store:
        scene = next((one for one in store.scenes() if one.id == scene_id), None)
        if scene is None:
            known = ", ".join(one.id for one in store.scenes()) or "none"
            raise MisuseError(f"{scene_id}: there is no such scene in {folder}; there are: {known}")
        entry: dict[str, Json] = {
            "may_republish": "yes" if allowed else "no",
            "words": words.strip(),
            "credit": credit.strip() if credit else None,
            "by": by.strip(),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        path = folder / _FILE
        entries = {**_entries(folder), scene_id: entry}
        write_all({path: (json.dumps(entries, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")})
        store.log_files("permit", [path], by=by.strip())
        return Permitted(scene_id, _rights(scene, entry), path)


def permissions_in(folder: Path) -> dict[str, Mapping[str, Json]]:
    """Id of each scene to what is on file for it.

    Raises
    ------
    InputError
        If the file is not one of ours.
    """
    return {name: entry for name, entry in _entries(folder).items() if isinstance(entry, Mapping)}


def with_permissions(report: Report, store: WorkspaceStore, folder: Path) -> Report:
    """The report with what is on file for each of its scenes."""
    entries = permissions_in(folder)
    if not entries:
        return report
    rights = {one.id: _rights(one, entries[one.id]) for one in store.scenes() if one.id in entries}

    def scene(one: Scene) -> Scene:
        return replace(one, rights=rights.get(one.id, one.rights))

    def count(one: Count) -> Count:
        return replace(one, scene=scene(one.scene))

    def pair(one: BeforeAfter) -> BeforeAfter:
        found = replace(one.comparison, before=scene(one.comparison.before), after=scene(one.comparison.after))
        before, after = (replace(seen, scene=scene(seen.scene)) for seen in (one.before, one.after))
        return replace(one, comparison=found, before=before, after=after)

    return replace(
        report,
        sheets=tuple(replace(sheet, count=count(sheet.count)) for sheet in report.sheets),
        further=tuple(count(one) for one in report.further),
        before_after=tuple(pair(one) for one in report.before_after),
    )


def _rights(scene: Scene, entry: Mapping[str, Json]) -> Rights:
    """The rights of a scene as they are on file; anything but a plain yes is no."""
    allowed = Republish.YES if entry.get("may_republish") == "yes" else Republish.NO
    credit = str(entry.get("credit") or "") or scene.rights.credit
    licence = scene.rights.licence
    if licence is None and allowed is Republish.YES:
        licence = f"by permission ({entry.get('words', 'no words')})"
    return Rights(credit, licence, allowed)


def _entries(folder: Path) -> dict[str, Json]:
    path = folder / _FILE
    if not path.exists():
        return {}
    remedy = "put permissions on file with yardwatch scene permit"
    if path.stat().st_size > _LARGEST:
        raise InputError(str(path), "is too large", remedy)
    try:
        entries = json.loads(path.read_text("utf-8"))
    except (ValueError, OSError) as error:
        raise InputError(str(path), f"cannot be read ({type(error).__name__})", remedy) from error
    if not isinstance(entries, dict):
        raise InputError(str(path), "is no list of permissions", remedy)
    return entries
