"""Railcars of other programs, kept as a person's."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePath

import numpy as np

from yardwatch.errors import Notice, TableError
from yardwatch.model.correction import Act
from yardwatch.model.frame import Floats
from yardwatch.model.line import Line
from yardwatch.model.ports import WorkspaceStore
from yardwatch.model.railcar import Count, Railcar
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site, frame_of
from yardwatch.pipeline.checked import counts_in
from yardwatch.pipeline.coco import read_coco
from yardwatch.pipeline.correcting import Decision, decide_in
from yardwatch.pipeline.documents import Json, document, made_by
from yardwatch.pipeline.exporting import chosen_counts, form_of
from yardwatch.pipeline.geoparquet import read_geoparquet
from yardwatch.pipeline.labels import Label
from yardwatch.pipeline.yolo import read_yolo
from yardwatch.railcars.correcting import same_stand
from yardwatch.railcars.placing import Stretch, locate_outline
from yardwatch.workspace import open_workspace

__all__ = ["ImportedRailcars", "ImportedScene", "Labels", "import_railcars", "import_railcars_in"]

_READERS: Mapping[str, Callable[[Path], tuple[list[Label], list[str]]]] = {
    "coco": read_coco,
    "yolo-obb": read_yolo,
    "geoparquet": read_geoparquet,
}
_NUMBERS = ("accepted", "changed", "added", "deleted", "off_track")
_SAME = 0.5
_SAME_END_M = 0.3


@dataclass(frozen=True, slots=True)
class Labels:
    """Files of railcars, and what a person says of them."""

    paths: Sequence[Path]
    """Files, or folders of YOLO-OBB."""
    form: str | None = None
    """One of `FORMS`; None to tell it from each name."""
    scene_id: str | None = None
    """The scene of all outlines; None where each file says it by id or file name."""
    complete: bool = False
    """Whether they hold every car of their scenes: then all others are deleted, and the tracks are checked."""


@dataclass(frozen=True, slots=True)
class ImportedScene:
    """What became of the outlines of one scene."""

    scene: Scene
    """The scene."""
    accepted: int
    """Cars that stand there already, as they are."""
    changed: int
    """Cars that have other ends or another type now."""
    added: int
    """Cars that are new."""
    deleted: int
    """Cars that the file does not have, where it was said to be complete."""
    off_track: int
    """Outlines that lie on no track; they are left out."""


@dataclass(frozen=True, slots=True)
class ImportedRailcars:
    """What became of some files of railcars."""

    scenes: tuple[ImportedScene, ...]
    """By scene."""
    inputs: Mapping[str, str]
    """Name of each file to its hash."""
    notices: tuple[Notice, ...]
    """What a reader should know."""

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The numbers of each scene, for people."""
        return [(one.scene.id, *(str(getattr(one, name)) for name in _NUMBERS)) for one in self.scenes]

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        scenes: list[Json] = [
            {"scene": one.scene.id, **{name: getattr(one, name) for name in _NUMBERS}} for one in self.scenes
        ]
        return document(made_by("import", self.inputs), self.notices, {"records": [], "scenes": scenes})


def import_railcars(folder: Path, labels: Labels, *, by: str | None = None) -> ImportedRailcars:
    """Keep the railcars of some files as a person's, in the workspace in `folder`; none if a file is bad.

    An outline that covers a car that stands there already confirms or changes it; others are added. Scenes must have
    been counted.

    Parameters
    ----------
    folder : Path
        The workspace.
    labels : Labels
        The files.
    by : str, optional
        Who drew or checked them.

    Raises
    ------
    InputError
        If a file is bad; it names the outline.
    MisuseError
        If a scene is not known or not counted, or an extra is not installed.
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    with open_workspace(folder) as store:
        return import_railcars_in(store, labels, by=by)


def import_railcars_in(store: WorkspaceStore, labels: Labels, *, by: str | None = None) -> ImportedRailcars:
    """Keep the railcars of some files as a person's in a store."""
    found: list[Label] = []
    strange: list[str] = []
    for path in labels.paths:
        read, unknown = _READERS[labels.form or form_of(path)](path)
        found.extend(read)
        strange.extend(unknown)
    site, counts = store.site(), {count.scene.id: count for count in counts_in(store)}
    groups: dict[str, list[Label]] = {}
    for label in found:
        groups.setdefault(labels.scene_id or _scene_id(label, counts.values()), []).append(label)
    plans = [
        _planned(chosen_counts(counts.values(), [name])[0], group, site, labels.complete)
        for name, group in groups.items()
    ]
    note = f"from {', '.join(path.name for path in labels.paths)}"
    for imported, decisions in plans:
        decide_in(store, imported.scene.id, decisions, by=by, note=note)
    done = tuple(imported for imported, _ in plans)
    return ImportedRailcars(done, _inputs(labels.paths), (*_unknown_types(strange), *_off_track(done)))


def _scene_id(label: Label, counts: Iterable[Count]) -> str:
    """The scene that an outline says it is of: by id, by file name or by its stem."""
    scenes, said = [count.scene for count in counts], label.picture or ""
    name = PurePath(said).name
    for fits in (
        [scene.id for scene in scenes if scene.id == said],
        [scene.id for scene in scenes if scene.filename == name],
        [scene.id for scene in scenes if PurePath(scene.filename).stem == name],
    ):
        if len(fits) == 1:
            return fits[0]
    known = ", ".join(scene.id for scene in scenes) or "none"
    raise TableError(
        label.subject, f"is of {said or 'no scene'!r}", f"name its scene with --scene; counted are: {known}"
    )


def _planned(count: Count, labels: Sequence[Label], site: Site, complete: bool) -> tuple[ImportedScene, list[Decision]]:
    """What a person decides about a scene by giving these outlines."""
    lines = {track.name: site.line(site.track(track.name)) for track in count.tracks}
    found = [(label, _stretch(label, count.scene, site, lines)) for label in labels]
    standing, decisions = list(count.railcars), []
    for label, stretch in found:
        if stretch is not None:
            decision = _decision(label, stretch, standing)
            standing = [car for car in standing if car.id != decision.railcar]
            decisions.append(decision)
    if complete:
        decisions += [Decision(act=Act.DELETE, railcar=car.id) for car in standing]
        decisions += [Decision(act=Act.CHECK, track=name) for name in lines]
    number = {act: sum(one.act is act for one in decisions) for act in Act}
    return (
        ImportedScene(
            scene=count.scene,
            accepted=number[Act.ACCEPT],
            changed=number[Act.CHANGE],
            added=number[Act.ADD],
            deleted=number[Act.DELETE],
            off_track=sum(stretch is None for _, stretch in found),
        ),
        decisions,
    )


def _stretch(label: Label, scene: Scene, site: Site, lines: Mapping[str, Line]) -> Stretch | None:
    """The part of a track that an outline covers."""
    grid, corners = scene.grid, label.corners
    if label.crs is None:
        if label.size_px not in {None, (grid.width, grid.height)}:
            raise TableError(
                label.subject,
                f"is of a picture of {label.size_px} pixels, the scene has {grid.width} × {grid.height}",
                "export the labels for the picture as it was added",
            )
        pixels = corners * ([grid.width, grid.height] if label.normalised else [1, 1])
        corners = np.column_stack(grid.to_crs(*pixels.T))
    local = _local(corners, label.crs or grid.crs, site)
    if not np.isfinite(local).all():
        return None
    found = locate_outline(local, lines)
    if found is None:
        return None
    length_m = lines[found.track].length_m
    start_m, end_m = max(0.0, found.start_m), min(length_m, found.end_m)
    return replace(found, start_m=start_m, end_m=end_m) if end_m - start_m >= 1.0 else None


def _local(corners: Floats, crs: str, site: Site) -> Floats:
    frame = replace(frame_of(site), crs=crs)
    return np.column_stack(frame.to_local(*corners.T))


def _decision(label: Label, stretch: Stretch, standing: Sequence[Railcar]) -> Decision:
    probe = Railcar(
        "", stretch.track, stretch.start_m, stretch.end_m, 0.0, 0.0, "unknown", None, {}, 1.0, None, ()
    )  # fmt: skip
    best = max(standing, key=lambda car: same_stand(car, probe), default=None)
    if best is None or same_stand(best, probe) < _SAME:
        return Decision(
            act=Act.ADD,
            track=stretch.track,
            start_m=stretch.start_m,
            end_m=stretch.end_m,
            offset_m=stretch.offset_m,
            width_m=stretch.width_m,
            type=label.type,
        )
    moved = max(abs(best.start_m - stretch.start_m), abs(best.end_m - stretch.end_m)) > _SAME_END_M
    kind = None if label.type in {"unknown", best.type} else label.type
    if not moved and kind is None:
        return Decision(act=Act.ACCEPT, railcar=best.id)
    if not moved:
        return Decision(act=Act.CHANGE, railcar=best.id, type=kind)
    return Decision(
        act=Act.CHANGE,
        railcar=best.id,
        start_m=stretch.start_m,
        end_m=stretch.end_m,
        offset_m=stretch.offset_m,
        type=kind,
    )


def _inputs(paths: Sequence[Path]) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in paths if path.is_file()}


def _unknown_types(names: Sequence[str]) -> tuple[Notice, ...]:
    if not names:
        return ()
    said = ", ".join(f'"{name[:40]}"' for name in dict.fromkeys(names[:5]))
    return (
        Notice("type_unknown", f"types without a word here are kept as unknown: {said}", "rename them in the file"),
    )


def _off_track(scenes: Sequence[ImportedScene]) -> tuple[Notice, ...]:
    number = sum(one.off_track for one in scenes)
    if not number:
        return ()
    return (Notice("off_track", f"{number} outlines lie 3 m or more beside every track", "draw the missing tracks"),)
