"""Open a scene of a workspace again, exactly as it was when it was added."""

from collections.abc import Iterator
from contextlib import contextmanager

from yardwatch.errors import GeoreferenceError, ImageError
from yardwatch.imagery.scenes import SceneFile, Stated, open_scene
from yardwatch.model.ports import WorkspaceStore
from yardwatch.model.scene import Scene
from yardwatch.model.site import Site, frame_of

__all__ = ["reopened"]


@contextmanager
def reopened(store: WorkspaceStore, site: Site, scene: Scene) -> Iterator[SceneFile]:
    """The file of a kept scene, after making sure that it is still the same; it lies where its alignment puts it.

    Raises
    ------
    ImageError
        If the file is gone, has changed, or lies elsewhere now (a world file beside it may have changed).
    """
    source = store.source_of(scene.id)
    with open_scene(source, site_crs=site.crs, frame=frame_of(site), stated=_stated(site, scene)) as reader:
        if reader.scene.sha256 != scene.sha256:
            raise ImageError(source, "has changed since it was added", "put the old file back, or add this one as well")
        aligned = next((found for found in store.alignments() if found.scene_id == scene.id), None)
        if reader.scene.grid != (aligned.own if aligned else scene.grid):
            raise GeoreferenceError(
                source, "lies elsewhere than when it was added", "put the old world file and .prj back beside it"
            )
        yield reader.at(scene.grid) if aligned else reader


def _stated(site: Site, scene: Scene) -> Stated:
    """What was stated when it was added; a CRS that was the site's is taken from the file or assumed again."""
    return Stated(
        crs=None if scene.grid.crs == site.crs else scene.grid.crs,
        gsd_m=scene.gsd_m,
        acquired=scene.acquired,
        credit=scene.rights.credit,
        licence=scene.rights.licence,
        may_republish=scene.rights.may_republish,
    )
