"""What an alignment must be to be kept, wherever it is kept."""

from collections.abc import Mapping

from yardwatch.errors import MisuseError
from yardwatch.model.alignment import SceneAlignment
from yardwatch.model.grid import Grid
from yardwatch.workspace.rules import unknown_scene

__all__ = ["check_alignment"]


def check_alignment(found: SceneAlignment, grids: Mapping[str, Grid]) -> None:
    """Make sure that an alignment is of one kept scene to another.

    Parameters
    ----------
    found : SceneAlignment
        The alignment.
    grids : mapping
        Id of each kept scene to where it lies now.

    Raises
    ------
    WorkspaceError
        If a scene is not kept.
    MisuseError
        If a scene is to lie on itself, or a grid is of another size or CRS than the scene.
    """
    for scene_id in (found.scene_id, found.reference_id):
        if scene_id not in grids:
            raise unknown_scene(scene_id)
    if found.scene_id == found.reference_id:
        raise MisuseError(f"scene {found.scene_id} cannot be laid on itself; give another reference")
    now = grids[found.scene_id]
    for grid in (found.own, found.alignment.grid):
        if (grid.crs, grid.width, grid.height) != (now.crs, now.width, now.height):
            raise MisuseError(f"scene {found.scene_id}: its alignment is of another size or CRS; align it anew")
