"""Add images to a workspace."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from yardwatch.errors import ImageError, InputError, MisuseError, Notice
from yardwatch.imagery.extents import check_meets
from yardwatch.imagery.scenes import Stated, open_scene
from yardwatch.model.ports import Progress, WorkspaceStore
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site, frame_of
from yardwatch.pipeline.documents import Json, document, made_by, scene_facts
from yardwatch.pipeline.told import Told
from yardwatch.workspace import open_workspace

__all__ = ["AddedImage", "Additions", "add_images", "add_to"]

_SUFFIXES = {".tif", ".tiff", ".png", ".jpg", ".jpeg"}


@dataclass(frozen=True, slots=True)
class AddedImage:
    """What became of one image."""

    path: Path
    """The file as it was named."""
    status: Literal["added", "known", "failed"]
    """``known`` if a scene with the same hash was there already."""
    scene: Scene | None
    """The scene; None if it failed."""
    problem: str | None = None
    """Why it failed, in one line."""
    notices: tuple[Notice, ...] = ()
    """What was noticed in it."""


@dataclass(frozen=True, slots=True)
class Additions:
    """What became of all images."""

    images: tuple[AddedImage, ...]
    """In the order in which they were named."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was noticed in any of them."""
        return tuple(dict.fromkeys(notice for image in self.images for notice in image.notices))

    @property
    def failed(self) -> tuple[AddedImage, ...]:
        """Those that were not added."""
        return tuple(image for image in self.images if image.status == "failed")

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        inputs = {image.scene.filename: image.scene.sha256 for image in self.images if image.scene}
        body: dict[str, Json] = {"scenes": [_facts(image) for image in self.images]}
        return document(made_by("scene add", inputs), self.notices, body)


def add_images(folder: Path, images: Sequence[Path], *, told: Told, progress: Progress | None = None) -> Additions:
    """Add images, and all images in folders, to the workspace in `folder`.

    Each is opened and checked against the site; one that is bad does not keep the others out.

    Raises
    ------
    WorkspaceError
        If there is no workspace, or it cannot be used.
    """
    stated = told.stated()
    with open_workspace(folder) as store:
        return add_to(store, images, stated=stated, progress=progress)


def add_to(
    store: WorkspaceStore, images: Iterable[Path], *, stated: Stated, progress: Progress | None = None
) -> Additions:
    """Add images to a store, one after the other."""
    site = store.site()
    paths = [path for image in images for path in _in_folder(image)]
    added = []
    for index, path in enumerate(paths):
        if progress:
            progress(path.name, index + 1, len(paths))
        added.append(_add(store, site, path, stated))
    return Additions(tuple(added))


def _in_folder(path: Path) -> list[Path]:
    """The images of a folder; anything else, also a folder without image, stands for itself."""
    if not path.is_dir():
        return [path]
    return sorted(inside for inside in path.iterdir() if inside.suffix.lower() in _SUFFIXES) or [path]


def _add(store: WorkspaceStore, site: Site, path: Path, stated: Stated) -> AddedImage:
    try:
        if path.is_dir():
            raise ImageError(str(path), "is a folder without an image", f"name one with {', '.join(sorted(_SUFFIXES))}")
        with open_scene(path, site_crs=site.crs, frame=frame_of(site), stated=stated) as reader:
            scene, notices = reader.scene, reader.notices
            check_meets(site, scene.grid, subject=str(path))
    except (InputError, MisuseError) as error:
        return AddedImage(path, "failed", None, str(error))
    if store.add_scene(scene, str(path.absolute())):
        return AddedImage(path, "added", scene, notices=notices)
    kept = next(other for other in store.scenes() if other.sha256 == scene.sha256)
    return AddedImage(path, "known", kept, notices=_differences(kept, scene, stated))


def _differences(kept: Scene, now: Scene, stated: Stated) -> tuple[Notice, ...]:
    """Facts that were stated now but are kept as they were first."""
    said = {
        "--acquired": stated.acquired is not None and now.acquired != kept.acquired,
        "--gsd": stated.gsd_m is not None and now.gsd_m != kept.gsd_m,
        "--crs": stated.crs is not None and now.grid.crs != kept.grid.crs,
        "--credit": stated.credit is not None and now.rights.credit != kept.rights.credit,
        "--licence": stated.licence is not None and now.rights.licence != kept.rights.licence,
        "--may-republish": stated.may_republish is not None and now.rights.may_republish != kept.rights.may_republish,
    }
    options = ", ".join(option for option, differs in said.items() if differs)
    if not options:
        return ()
    message = f"{now.filename} is known already; its facts stay as they were first stated, not {options}"
    return (Notice("scene_known", message, "start a new workspace if the first statement was wrong"),)


def _facts(image: AddedImage) -> dict[str, Json]:
    return {
        "file": str(image.path),
        "status": image.status,
        "problem": image.problem,
        "scene": scene_facts(image.scene) if image.scene else None,
    }
