"""Railcars out to other programs."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from yardwatch.errors import MisuseError, Notice
from yardwatch.model.railcar import Count
from yardwatch.model.scene import Republish
from yardwatch.pipeline.checked import counts_in
from yardwatch.pipeline.coco import NO_PICTURES, to_coco
from yardwatch.pipeline.files import check_target, write_all
from yardwatch.pipeline.geoparquet import write_geoparquet
from yardwatch.pipeline.tabling import Exported
from yardwatch.pipeline.yolo import to_yolo
from yardwatch.workspace import open_workspace

__all__ = ["FORMS", "chosen_counts", "export_railcars", "form_of"]

FORMS = ("coco", "yolo-obb", "geoparquet")
"""Forms in which railcars go out and come in."""

_SUFFIXES = {".json": "coco", ".parquet": "geoparquet", ".geoparquet": "geoparquet", ".txt": "yolo-obb"}


def export_railcars(folder: Path, target: Path, *, form: str | None = None, scenes: Sequence[str] = ()) -> Exported:
    """Write the railcars of the workspace in `folder`, as they stand after all decisions of persons; no pictures.

    Parameters
    ----------
    folder : Path
        The workspace.
    target : Path
        A file for COCO and GeoParquet, a folder for YOLO-OBB.
    form : str, optional
        One of `FORMS`; by default told from the name of the target.
    scenes : sequence of str
        Ids of the scenes; all that were counted unless given.

    Raises
    ------
    MisuseError
        If the target or the form is none, no such scene was counted, or an extra is not installed.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    form = form or form_of(target)
    with open_workspace(folder) as store:
        site, counts = store.site(), chosen_counts(counts_in(store), scenes)
    files: dict[Path, bytes]
    if form == "yolo-obb":
        if target.exists() and not target.is_dir():
            raise MisuseError(f"{target}: is a file; name a folder for the labels")
        files = {target / name: text.encode("utf-8", "replace") for name, text in to_yolo(counts, site).items()}
    else:
        check_target(target)
        files = {target: to_coco(counts, site).encode() if form == "coco" else write_geoparquet(counts, site)}
    write_all(files)
    number = sum(len(count.railcars) for count in counts)
    return Exported(tuple(files), {"railcars": number}, _without_pictures(counts))


def form_of(path: Path) -> str:
    """The form that the name of a file or folder says.

    Raises
    ------
    MisuseError
        If it says none.
    """
    if path.is_dir() or not path.suffix:
        return "yolo-obb"
    form = _SUFFIXES.get(path.suffix.lower())
    if form is None:
        raise MisuseError(f"{path}: is of no known form; give --format {'|'.join(FORMS)}")
    return form


def chosen_counts(counts: Iterable[Count], scenes: Sequence[str]) -> list[Count]:
    """The counts of some scenes, by id; all where none is named.

    Raises
    ------
    MisuseError
        If one was not counted.
    """
    by_id = {count.scene.id: count for count in counts}
    unknown = [name for name in scenes if name not in by_id]
    if unknown:
        known = ", ".join(by_id) or "none"
        raise MisuseError(f'scene "{unknown[0]}" has no count; count it with yardwatch run; counted are: {known}')
    return [by_id[name] for name in dict.fromkeys(scenes)] if scenes else list(by_id.values())


def _without_pictures(counts: Sequence[Count]) -> tuple[Notice, ...]:
    closed = sum(count.scene.rights.may_republish is not Republish.YES for count in counts)
    message = f"no picture was written; of {len(counts)} scenes, {closed} may not be republished as far as is known"
    return (Notice("no_pictures", message, NO_PICTURES),)
