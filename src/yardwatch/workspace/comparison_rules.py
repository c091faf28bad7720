"""What a comparison must be to be kept, wherever it is kept."""

from collections.abc import Collection, Sequence

from yardwatch.errors import MisuseError
from yardwatch.model.change import Change, Comparison
from yardwatch.model.observation import Observation
from yardwatch.model.site import Site
from yardwatch.workspace.geometry import polygon_of
from yardwatch.workspace.rules import check_extent, check_numbers, check_when, unknown_scene

__all__ = ["check_comparison", "step_of"]


def step_of(found: Comparison) -> str:
    """The step under which the observations of a comparison are kept."""
    return f"change/1 since {found.before.id}"


def check_comparison(
    found: Comparison, observations: Sequence[Observation], site: Site, scene_ids: Collection[str]
) -> None:
    """Make sure that a comparison is of two kept scenes and its observations are of the later one.

    Raises
    ------
    WorkspaceError
        If a scene is not kept.
    MisuseError
        If it is of one scene only or in another CRS than the site, or something in it is unsound.
    """
    for scene in (found.before, found.after):
        if scene.id not in scene_ids:
            raise unknown_scene(scene.id)
    if found.before.id == found.after.id:
        raise MisuseError(f"scene {found.before.id} cannot be compared with itself; give an earlier one")
    if found.crs != site.crs:
        raise MisuseError(f"the comparison is in {found.crs}, the site in {site.crs}; compare with the site given")
    for change in found.changes:
        _check_change(change, site)
    for observation in observations:
        if observation.scene_id != found.after.id:
            raise MisuseError(f"observation {observation.id}: is not of {found.after.id}; keep it with its own scene")


def _check_change(change: Change, site: Site) -> None:
    subject = f"change {change.id}"
    polygon_of(change.polygon, subject=subject)
    check_extent(change.zone, site, subject=subject)
    check_numbers((change.area_m2, change.length_m, change.width_m, change.confidence), subject=subject)
    for when in (change.earliest, change.latest):
        check_when(when, subject=subject)
