"""Lay scenes on one another: one image on a reference, and the new scenes of a workspace on its first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from yardwatch._version import __version__
from yardwatch.errors import InputError, MisuseError, Notice
from yardwatch.imagery.placing import placed_files
from yardwatch.imagery.scenes import SceneFile, open_scene
from yardwatch.imagery.sites import read_site
from yardwatch.model.alignment import Alignment, SceneAlignment
from yardwatch.model.ports import Progress, WorkspaceStore
from yardwatch.model.provenance import Provenance
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site, frame_of
from yardwatch.pipeline.documents import Json, document, scene_facts
from yardwatch.pipeline.files import check_target, write_all
from yardwatch.pipeline.reopening import reopened
from yardwatch.pipeline.told import Told
from yardwatch.registration.aligning import align

__all__ = ["ALIGN_METHOD", "Registered", "not_aligned", "register_image", "register_workspace", "registration_facts"]

ALIGN_METHOD = "structure-ties/1"
"""Name and version of the method."""


@dataclass(frozen=True, slots=True)
class Registered:
    """An image, laid on a reference or not."""

    scene: Scene
    """The image, where its file says that it lies."""
    reference: Scene
    """The reference."""
    alignment: Alignment
    """What was found."""
    notices: tuple[Notice, ...]
    """What was noticed in the files."""
    written: tuple[Path, ...]
    """Files that say where the image belongs."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON for programs."""
        inputs = {scene.filename: scene.sha256 for scene in (self.reference, self.scene)}
        body: dict[str, Json] = {
            "scene": scene_facts(self.scene),
            "reference": scene_facts(self.reference),
            "registration": registration_facts(self.alignment),
            "transform": list(self.alignment.grid.transform) if self.alignment.accepted else None,
            "files": [str(path) for path in self.written],
        }
        return document(Provenance(__version__, ALIGN_METHOD, {}, inputs), self.notices, body)


def register_image(
    image: Path,
    reference: Path,
    *,
    told: Told,
    site_file: Path | None = None,
    out: Path | None = None,
    reach_m: float = 300.0,
) -> Registered:
    """Lay an image on a reference and, if asked and accepted, write beside it where it belongs.

    Parameters
    ----------
    image, reference : Path
        The two images.
    told : Told
        What the user says of the image.
    site_file : Path, optional
        Site whose CRS is taken for a world file without ``.prj``.
    out : Path, optional
        World file (its ``.prj`` is written beside it) or ``.vrt``; no pixels are copied.
    reach_m : float
        How far off the image may lie, metres.

    Raises
    ------
    InputError
        If a file is bad.
    MisuseError
        If `out` cannot be written or is an input.
    """
    if out is not None:
        check_target(out, inputs=(image, reference))
    site, notices = read_site(site_file) if site_file else (None, ())
    with _opened(image, site, told) as moving, _opened(reference, site, Told()) as still:
        alignment = align(moving, still, reach_m=reach_m)
        scene, kept = moving.scene, still.scene
        notices = tuple(dict.fromkeys((*notices, *still.notices, *moving.notices)))
    files = placed_files(out, scene, alignment.grid, image=image) if out and alignment.accepted else {}
    write_all(files)
    return Registered(scene, kept, alignment, notices, tuple(files))


def register_workspace(
    store: WorkspaceStore, scenes: Sequence[Scene], *, progress: Progress | None = None
) -> tuple[SceneAlignment, ...]:
    """Lay those scenes of a workspace that were not laid yet on its reference, and keep each at once.

    The reference is that of earlier alignments, or else the first scene whose file can be opened. A workspace with one
    scene has nothing to be laid on, and costs nothing.

    Parameters
    ----------
    store : WorkspaceStore
        Where the scenes are and the alignments go.
    scenes : sequence of Scene
        The scenes that are new.
    progress : callable, optional
        Told of each scene.
    """
    known = {found.scene_id: found.reference_id for found in store.alignments()}
    everything = store.scenes()
    new = [scene for scene in scenes if scene.id not in known]
    if len(everything) < 2 or not new:
        return ()
    site, found = store.site(), []
    chosen = next(iter(known.values()), None)
    for candidate in [scene for scene in everything if chosen is None or scene.id == chosen]:
        try:
            with reopened(store, site, candidate) as reference:
                others = [scene for scene in new if scene.id != candidate.id]
                for index, scene in enumerate(others):
                    if progress is not None:
                        progress(f"align {scene.filename}", index + 1, len(others))
                    found += _laid(store, site, scene, reference)
        except (InputError, MisuseError):
            continue
        break
    return tuple(found)


def not_aligned(store: WorkspaceStore) -> Mapping[str, Notice]:
    """By its id, what to say of each scene that could not be laid on the reference."""
    names = {scene.id: scene.filename for scene in store.scenes()}
    return {
        found.scene_id: Notice(
            "not_aligned",
            f"it could not be laid on {names[found.reference_id]} and is taken where its file says that it lies: "
            f"{found.alignment.reason}",
            "look whether the tracks lie on it, or place it with yardwatch georeference",
        )
        for found in store.alignments()
        if not found.alignment.accepted
    }


def registration_facts(alignment: Alignment) -> dict[str, Json]:
    """What a document says of an alignment."""
    shift = alignment.shift_m
    return {
        "accepted": alignment.accepted,
        "reason": alignment.reason,
        "shift_m": [round(shift[0], 4), round(shift[1], 4)] if shift else None,
        "rmse_px": _rounded(alignment.rmse_px),
        "tie_points": alignment.tie_points,
        "se_m": _rounded(alignment.se_m),
    }


def _laid(store: WorkspaceStore, site: Site, scene: Scene, reference: SceneFile) -> list[SceneAlignment]:
    """The alignment of one scene, kept; none if its file cannot be opened, which its count will say."""
    try:
        with reopened(store, site, scene) as moving:
            alignment = align(moving, reference)
    except (InputError, MisuseError):
        return []
    found = SceneAlignment(scene.id, reference.scene.id, scene.grid, alignment, ALIGN_METHOD)
    store.keep_alignment(found)
    return [found]


def _opened(path: Path, site: Site | None, told: Told) -> SceneFile:
    frame = frame_of(site) if site else None
    return open_scene(path, site_crs=site.crs if site else None, frame=frame, stated=told.stated())


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
